"""Snapshots, views of utterances and the times of words: how things stand, read from the other parts.

Nothing here changes anything. The times of words that were told last are kept: captions ask at each word.
"""

from __future__ import annotations

from collections.abc import Sequence

from fishcaption.core.speech import Snapshot, Span, State, UtteranceView, WordTime
from fishcaption.reader.playback import Playback, Position
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.production import Production
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.recovery import Recovery
from fishcaption.reader.run_factory import RunFactory
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance, Utterances


class Views:
    """Frozen values that tell how the reader stands now."""

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
        self._told: tuple[object, tuple[int, tuple[WordTime, ...]]] = (None, (0, ()))  # see `word_times`

    def snapshot(self) -> Snapshot:
        """Return everything a window draws of speaking."""
        here = self._playback.position()
        first = self._playlist.first
        at_ear = first.utterance if first is not None else self._utterances.latest
        voice_config = first.voice_config if first is not None else self._factory.voice_config
        return Snapshot(
            state=self._state(here),
            voice=voice_config.voice if voice_config is not None else None,
            current=self._view(at_ear, here) if at_ear is not None else None,
            waiting=tuple(utterance.id for utterance in self._queue.waiting()),
            unheard_seconds=self._playback.unheard_seconds(),
            error=self._recovery.error,
            player=self._playback.player_state(),
            behind_seconds=self._queue.behind_seconds(),
        )

    def view(self, utterance: Utterance) -> UtteranceView:
        """Return the utterance as it stands now."""
        return self._view(utterance, self._playback.position())

    def ended_view(self, utterance: Utterance) -> UtteranceView:
        """Return the utterance as it stands at its end, when the ear has left it."""
        return self._view(utterance, None)

    def word_times(self, utterance: Utterance) -> tuple[int, tuple[WordTime, ...]]:
        """Return a rate in frames a second, and the words as they sound one after the other, in such frames.

        Spans are of the utterance's text; times are estimated where no exact ones came.
        """
        runs = utterance.runs
        on = [(run.timeline.word_times(), run.end_frame, run.text_end, run.delivered_seconds) for run in runs]
        known = (utterance.id, *on[:-1], on[-1][:-1])  # all that the answer depends on
        if known != self._told[0]:
            self._told = known, self._made_word_times(runs)
        return self._told[1]

    def _made_word_times(self, runs: Sequence[SynthesisRun]) -> tuple[int, tuple[WordTime, ...]]:
        rate = runs[0].rate
        found: list[WordTime] = []
        before_seconds = 0.0
        for run in runs:
            base, scale = round(before_seconds * rate), rate / run.rate
            for word in run.timeline.word_times():
                if run.end_frame is not None and word.start_frame >= run.end_frame:
                    break
                shown = run.shown_span(word.span)
                if shown is None:
                    continue
                start, end = base + round(word.start_frame * scale), base + round(word.end_frame * scale)
                if found and found[-1].span.end > shown.start:  # several words are said for one that is shown
                    shown = Span(found[-1].span.start, max(found[-1].span.end, shown.end))
                    start = found.pop().start_frame
                found.append(WordTime(shown, start, end))
            before_seconds += run.delivered_seconds
        return rate, tuple(found)

    def heard_frames(self, utterance: Utterance) -> int:
        """Return how much of the utterance was heard, in the frames of `word_times`."""
        here = self._playback.position()
        seconds = 0.0
        for run in utterance.runs:
            if here is not None and here[0] is run:
                return round((seconds + here[1] / run.rate) * utterance.runs[0].rate)
            if here is None or not run.clips:
                return 0
            seconds += run.delivered_seconds
        return 0

    def _state(self, here: Position | None) -> State:
        first = self._playlist.first
        if first is None:
            if self._playback.is_signalling:
                return State.SPEAKING
            return State.FAILED if self._recovery.error is not None else State.IDLE
        if self._playback.is_paused:
            return State.PAUSED
        if self._playback.is_signalling:
            return State.SPEAKING
        own = [run for run in self._playlist if run.utterance is first.utterance]
        if first.utterance.live and not self._production.unheard_seconds(own[-1]):
            return State.IDLE  # all that was typed is heard, and nobody types
        if here is not None and here[0] is first and here[1] > first.start_frame:
            return State.SPEAKING
        return State.CONNECTING

    def _view(self, utterance: Utterance, here: Position | None) -> UtteranceView:
        word = None
        heard_end = utterance.heard_end
        if here is not None and here[0].utterance is utterance and here[0] is self._playlist.first:
            run, frame = here
            heard_end = max(heard_end, run.heard_end(frame))
            word = run.word_at(frame) if frame > run.start_frame or run.start_frame else None
        fixed_end = self._playback.fixed_end(utterance, here)
        shown_from = utterance.shown_from
        if shown_from is None and self._playback.is_silent and heard_end > utterance.heard_end:
            shown_from = utterance.heard_end
        voice_config = utterance.runs[-1].voice_config if utterance.runs else None
        return UtteranceView(
            id=utterance.id,
            text=utterance.text,
            live=utterance.live,
            fate=utterance.fate,
            sent_end=utterance.sent_end,
            heard_end=heard_end,
            word=word,
            error=utterance.error,
            fixed_end=max(fixed_end, heard_end, word.end if word is not None else 0),
            voice=voice_config.voice if voice_config is not None else None,
            language=(voice_config.language if voice_config is not None else "") or "en",
            shown_from=shown_from,
        )
