"""Failures: what a voice or the sound device left unspoken, and saying it again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.run_factory import RunFactory
from fishcaption.reader.synthesis_run import SynthesisRun
from fishcaption.reader.utterances import Utterance

_log = logging.getLogger(__name__)


class Recovery:
    """The last failure, the utterances it left unspoken, and another try."""

    def __init__(
        self, playlist: Playlist, queue: SpeechQueue, factory: RunFactory, clock: Callable[[], float]
    ) -> None:
        self._playlist = playlist
        self._queue = queue
        self._factory = factory
        self._clock = clock
        self._error: FishCaptionError | None = None
        self._unspoken: list[Utterance] = []

    @property
    def error(self) -> FishCaptionError | None:
        """The last failure, until something else is spoken or it is tried again."""
        return self._error

    def forget(self) -> None:
        """Try nothing again: something else is spoken."""
        self._error = None
        self._unspoken = []

    # -- failures ----------------------------------------------------------------------------------

    def run_failed(self, run: SynthesisRun, error: FishCaptionError) -> None:
        """End the run's utterance when what there is of it has been heard; what waits would fail alike.

        What waits is kept for another try, but for an InputError, which is about one text only.
        """
        if run not in self._playlist:
            return
        runs = run.utterance.runs
        for later in runs[runs.index(run) + 1 :]:  # what the failed run was to say comes first
            self._queue.discard(later)
        failed = [run.utterance]
        if not isinstance(error, InputError):
            not_begun = [other for other in self._playlist if not other.started]
            failed = list(dict.fromkeys((*failed, *(other.utterance for other in not_begun))))
            self._queue.withdraw(not_begun)
        self._unspoken += [utterance for utterance in failed if utterance not in self._unspoken]
        for utterance in failed:
            utterance.fail(error)
            if not any(other.utterance is utterance and other.frames for other in self._playlist):
                self._queue.drop(utterance)
        self._error = error
        _log.info("an utterance failed: %s", type(error).__name__)

    def sound_failed(self, error: FishCaptionError) -> None:
        """End everything: nothing can be heard. All of it is kept for another try."""
        self._unspoken = self._playlist.utterances()
        for utterance in self._unspoken:
            utterance.fail(error)
        self._error = error
        self._queue.clear()

    # -- another try -------------------------------------------------------------------------------

    def retry(self) -> None:
        """Say, with the voice now in use, what the last failure left unspoken, in the order it was given."""
        for utterance in self._unspoken:
            self._play_rest(utterance)
            self.say_unvoiced(utterance)
        self.forget()

    def say_unvoiced(self, utterance: Utterance) -> None:
        """Say what has no audio yet of an utterance whose last run ended early.

        Raises InputError where no voice is chosen.
        """
        last = utterance.runs[-1]
        point = last.voiced_end
        if not utterance.text[point:].strip():
            return
        last.hand_over(point)
        utterance.forgive()
        run = self._factory.new(utterance, point, self._factory.chosen())
        self._queue.add(run)
        run.set_text(utterance.text, self._clock())
        if not utterance.live:
            run.close(self._clock())

    def say_anew(self, utterance: Utterance) -> None:
        """Say an ended utterance, of which there is no audio, from its start and before everything else."""
        voice_config = self._factory.chosen()
        utterance.runs.clear()
        utterance.forgive()
        run = self._factory.new(utterance, 0, voice_config)
        self._queue.add_first(run)
        run.set_text(utterance.text, self._clock())
        run.close(self._clock())

    def _play_rest(self, utterance: Utterance) -> None:
        """Play what has audio and was not heard of an utterance: the sound failed, not the voice."""
        point = utterance.heard_end
        runs = [run for run in utterance.runs if run.frames]
        if self._playlist.has(utterance) or not runs or runs[-1].voiced_end <= point:
            return
        first = next((run for run in reversed(runs) if run.start <= point), runs[0])
        start_frame = first.seek_frame(point) if point > first.start else 0
        self._queue.add_again(runs[runs.index(first) :], start_frame)
        utterance.forgive()
        utterance.speak_again()
