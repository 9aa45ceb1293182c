"""Edits of text that was given to the voice and not heard.

An edit *cuts* a run: its text ends at the first changed word, its audio where that word would have begun,
and a new run says the rest. What was asked for before that place still comes, so no word is lost, and none is
said twice. Often the frame of a cut is known only when the audio around it has come: `settle` looks again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Fate
from fishcaption.core.text.edits import changed_from, first_difference
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.plugs import AudioBuffer
from fishcaption.reader.production import Production
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.run_factory import RunFactory
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance, Utterances

# Where a cut is only estimated, the audio of so much more must be there: better times may still come with it.
_UNSURE_SECONDS = 0.25
# A cut is made in the quietest spot so near to where it is thought to be.
_NEAR_SECONDS = 0.04
_SPOT_SECONDS = 0.005


class Edits:
    """Changes the text of utterances that are still to be heard."""

    def __init__(
        self,
        playlist: Playlist,
        utterances: Utterances,
        playback: Playback,
        production: Production,
        queue: SpeechQueue,
        factory: RunFactory,
        clock: Callable[[], float],
    ) -> None:
        self._playlist = playlist
        self._utterances = utterances
        self._playback = playback
        self._production = production
        self._queue = queue
        self._factory = factory
        self._clock = clock

    def set_text(self, utterance: Utterance, text: str) -> None:
        """Take the whole text so far of a live utterance; what was changed and not heard is said anew.

        Raises InputError, and changes nothing, where the text differs before `fixed_end`.
        """
        old = utterance.text
        place = first_difference(old, text)
        if place == len(old) == len(text):
            return
        fixed = self._playback.fixed_end(utterance, self._playback.position())
        if place < fixed:
            raise InputError("What is being heard cannot be changed any more.")
        word = changed_from(old, text, place)
        if word < utterance.sent_end and (word >= fixed or place < utterance.sent_end):
            self._revise(utterance, text, max(word, fixed))
        else:
            utterance.set_text(text, self._clock())

    def take_back(self, utterance: Utterance) -> str:
        """End the utterance behind the word at the ear; return the text that is not heard.

        What was heard stays the utterance's text. Of one that was not heard at all nothing stays, and its end
        is not told.
        """
        fixed = self._playback.fixed_end(utterance, self._playback.position())
        text = utterance.text
        if text[:fixed].strip():
            self.cut([run for run in utterance.runs if run.start <= fixed][-1], fixed)
            utterance.close_with(text[:fixed])
            if not self._playlist.has(utterance):  # it was to be heard again, from behind that place on
                self._utterances.end(utterance, Fate.CUT)
            self._playback.wake()
        else:
            utterance.close_with("")
            self._utterances.keep_end_quiet(utterance)
            self._queue.skip([utterance])
            self._utterances.forget_audio(utterance)
        return text[fixed:].lstrip()

    # -- letting a whole text pass -----------------------------------------------------------------

    def interrupt_typing(self) -> Utterance | None:
        """End the run of the text that is being typed where the voice has it, so that another text can pass.

        Return its utterance, for `continue_typing` once the other text is in the queue; None: nobody types.
        """
        last = self._playlist.last
        if last is None or not last.utterance.live or last.utterance.kind is Kind.PIPED:
            return None
        if self._production.is_settled(last):
            self._production.end(last)
        self._production.end_text(last, last.sent_end)
        self._playback.wake()
        return last.utterance

    def continue_typing(self, utterance: Utterance | None) -> None:
        """Have the rest of the text that is being typed said behind everything."""
        if utterance is None:
            return
        before = utterance.runs[-1]
        start = before.start if before.text_end is None else before.text_end
        run = self._factory.new(utterance, start, before.voice_config)
        self._queue.add(run, at_end=True)
        run.set_text(utterance.text, self._clock())
        if before.start == start and not before.is_in_player:
            self._queue.discard(before)

    # -- cuts --------------------------------------------------------------------------------------

    def settle(self, run: SynthesisRun) -> None:
        """End the audio of a run that was cut, once it is known where."""
        if run.cut_at is None or run.end_frame is not None:
            return
        frame = run.timeline.cut_frame(run.cut_at)
        written = run.written_frame if run.clips and run in self._playlist else 0
        is_sure = not frame or written > frame or run.timeline.is_exact(run.cut_at)
        needed = frame + (0 if is_sure else round(_UNSURE_SECONDS * run.rate))
        if not run.complete and run.audio.frames < needed:
            return
        frame = _quietest(run.audio, frame, run.rate) if frame else 0
        run.end_sound(frame)
        if written > frame:
            end = self._playback.cut(run, frame)
            run.end_sound(min(max(frame, end), run.audio.frames))
            later = self._playlist.since(self._playlist.index(run) + 1)
            if any(other.clips for other in later):
                self._playback.write_again(later)
        self._production.end(run)
        self._playback.wake()

    def _revise(self, utterance: Utterance, text: str, place: int) -> None:
        """Cut the utterance there, and say the rest of this text instead."""
        run = [run for run in utterance.runs if run.start <= place][-1]
        old, now = utterance.text, self._clock()
        place = self.cut(run, place)
        utterance.text = text
        revised = self._factory.new(utterance, place, run.voice_config)
        self._queue.add(revised)
        revised.set_text(text, now)
        if not text.startswith(old) and not old.startswith(text):
            revised.feed.hold(now)
        if run.complete and not run.frames and not run.is_in_player:
            self._queue.discard(run)

    def cut(self, run: SynthesisRun, place: int, *, keeps_later: bool = False) -> int:
        """End a run's text there, and its audio; return the place, earlier where it was inside a number.

        What later runs of the utterance were to say is said by none of them any more, unless they are kept.
        """
        spoken = run.spoken_map.spoken(place - run.start)
        place = min(place, run.start + run.spoken_map.shown(spoken))
        self.cut_spoken(run, place, spoken, keeps_later=keeps_later)
        return place

    def cut_spoken(self, run: SynthesisRun, place: int, spoken: int, *, keeps_later: bool = False) -> None:
        """End a run's text at a place, and its audio at a point of the text that is spoken."""
        runs = run.utterance.runs
        for later in [] if keeps_later else runs[runs.index(run) + 1 :]:
            self._queue.discard(later)
        self._production.end_text(run, place)
        if run.timeline.has_words(spoken):
            run.cut_sound(spoken)
            self.settle(run)
        self._production.wake()
        self._playback.wake()


def _quietest(audio: AudioBuffer, frame: int, rate: int) -> int:
    """Return the quietest spot near a frame: words run into each other, and their ends are known to 0.1 s."""
    spot, reach = max(1, round(_SPOT_SECONDS * rate)), round(_NEAR_SECONDS * rate)
    first = max(0, frame - reach)
    samples = array("h", audio.read(first, 2 * reach))
    middle = frame - first - spot // 2
    starts = range(middle % spot, max(0, len(samples) - spot), spot)
    loudness = {start: sum(map(abs, samples[start : start + spot])) for start in starts}
    quietest = min(loudness, key=lambda start: (loudness[start], abs(start - middle)), default=middle)
    is_quieter = loudness.get(quietest, 0) < loudness.get(middle, 0) / 2
    return first + spot // 2 + quietest if is_quieter else frame
