"""Back, Forward and Repeat: the ear goes to another place, in audio that is here where there is some."""

from __future__ import annotations

from fishcaption.core.speech import Fate
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.production import Production
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.recovery import Recovery
from fishcaption.reader.run_factory import RunFactory
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance, Utterances


class Navigation:
    """Moves the ear by sentences and by utterances. It has no state: all follows from where the ear is."""

    def __init__(
        self,
        playlist: Playlist,
        utterances: Utterances,
        playback: Playback,
        production: Production,
        queue: SpeechQueue,
        recovery: Recovery,
        factory: RunFactory,
    ) -> None:
        self._playlist = playlist
        self._utterances = utterances
        self._playback = playback
        self._production = production
        self._queue = queue
        self._recovery = recovery
        self._factory = factory

    def repeat(self, gain: float) -> None:
        """Hear the utterance at the ear, or the latest one, again from its start, with this gain."""
        first = self._playlist.first
        utterance = first.utterance if first is not None else self._utterances.latest
        if utterance is not None:
            utterance.amplify(gain)
            self._replay(utterance, 0)

    def back(self) -> None:
        """Go to the start of this sentence or, near its start, of the one before it."""
        here = self._playback.at_ear()
        if here is None:
            latest = self._utterances.latest
            if latest is not None:
                self._replay(latest, _last_sentence(latest))
            return
        run, frame = here
        start, point = run.timeline.sentence_at(frame), run.timeline.previous(frame)
        if point < start or frame - run.timeline.frame_of(start) >= run.rate:
            self._jump(run, run.timeline.seek_frame(point))
            return
        runs = run.utterance.runs
        before = next((other for other in reversed(runs[: runs.index(run)]) if other.frames), None)
        earlier = self._utterances.before(run.utterance)
        if before is not None:
            self._replay(run.utterance, before.sentence_start(before.frames - 1))
        elif earlier is not None:
            self._replay(earlier, _last_sentence(earlier))
        else:
            self._jump(run, 0)

    def forward(self) -> None:
        """Go to the start of the next sentence; past the last one, to the next utterance."""
        here = self._playback.at_ear()
        if here is None:
            return
        run, frame = here
        point = run.timeline.next(frame)
        if point is not None and (run.cut_at is None or point < run.cut_at):
            self._jump(run, run.timeline.seek_frame(point))
        elif run.complete or len(self._playlist) > 1:
            self._queue.skip_at_ear()

    def _jump(self, run: SynthesisRun, frame: int) -> None:
        """Go on at a frame of a run in the playlist; what stands before it there has been heard."""
        self._playback.note_heard()
        self._queue.restart(self._playlist.since(self._playlist.index(run)), frame)
        self._playback.note_jump(run)
        self._production.reconsider()

    def _replay(self, utterance: Utterance, point: int) -> None:
        """Hear the utterance again from a code point on, then go on with the playlist."""
        rest = [run for run in self._playlist if run.utterance is not utterance]
        runs = [run for run in utterance.runs if run.frames or not run.complete]
        if not runs:
            if not utterance.live and utterance.text.strip() and self._factory.voice_config is not None:
                self._queue.restart(rest)
                self._utterances.forget_audio(utterance)
                self._recovery.say_anew(utterance)
            return
        first = next((run for run in reversed(runs) if run.start <= point), runs[0])
        start_frame = first.seek_frame(point) if point else 0
        is_cut_short = utterance.fate in (Fate.CUT, Fate.FAILED) and not utterance.live
        self._queue.restart(runs[runs.index(first) :] + rest, start_frame)
        if utterance.fate is Fate.SHOWN:
            self._utterances.tell_end_again(utterance)  # it may be heard this time
        utterance.speak_again()
        self._playback.note_replay(utterance, point)
        self._utterances.set_latest(utterance)
        if is_cut_short:
            self._recovery.say_unvoiced(utterance)


def _last_sentence(utterance: Utterance) -> int:
    """Return where the last sentence begins that there is audio of."""
    run = next((run for run in reversed(utterance.runs) if run.frames), utterance.runs[-1])
    return run.sentence_start(run.frames - 1)
