"""Failures: what a voice or the sound device left unspoken, and saying it again, or by another voice.

Where somebody stands in for a voice that cannot be reached (`RunFactory.find_stand_in`), that is no failure
of the utterance: the stand-in goes on at once. Two demands meet there. No sentence is to be said half by one
voice and half by the other; and no word is to be lost or said twice, nor waited for. So a sentence of which
nothing can have been heard yet is the stand-in's as a whole, although a part of it may be here already; one
that was begun at the ear goes on with its first word that has not all of its sound, since to begin it again
would say words twice. From there on all the utterance is the stand-in's: a run is never given back, so the
voices do not alternate. What of the first voice stands before that place is heard to its end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from fishcaption.core.errors import (
    FishCaptionError,
    InputError,
    LimitReached,
    ModelUnavailable,
    PaymentRequired,
    Unauthorized,
)
from fishcaption.reader.edits import Edits
from fishcaption.reader.playback import Playback
from fishcaption.reader.playlist import Playlist
from fishcaption.reader.plugs import Turn
from fishcaption.reader.queue import SpeechQueue
from fishcaption.reader.run_factory import RunFactory
from fishcaption.reader.synthesis_run import SynthesisRun, VoiceConfig
from fishcaption.reader.utterances import Utterance

_ASKS = (Unauthorized, PaymentRequired, ModelUnavailable, LimitReached)
"""Errors that the user is asked about; another conversation would fail alike."""

_log = logging.getLogger(__name__)


class Recovery:
    """The last failure, the utterances it left unspoken, another try, and who takes over.

    The owner sets `on_stood_in`, called with the error because of which a stand-in has taken over.
    """

    def __init__(
        self,
        playlist: Playlist,
        playback: Playback,
        queue: SpeechQueue,
        edits: Edits,
        factory: RunFactory,
        clock: Callable[[], float],
    ) -> None:
        self.on_stood_in: Callable[[FishCaptionError], None] = _ignore
        self._playlist = playlist
        self._playback = playback
        self._queue = queue
        self._edits = edits
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
        if run.turn is not None and run.turn.apart and not isinstance(error, _ASKS):
            self._take_apart(run, run.turn.apart)
            return
        stand_in = self._factory.stand_in(run.voice_config.voice) if error.retryable else None
        if stand_in is not None:
            self._take_over(run, stand_in)
            self.on_stood_in(error)
            return
        runs = run.utterance.runs
        for later in runs[runs.index(run) + 1 :]:  # what the failed run was to say comes first
            self._queue.discard(later)
        failed = [run.utterance]
        if not isinstance(error, InputError):
            not_begun = self._not_begun()
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

    # -- a stand-in --------------------------------------------------------------------------------

    def _take_apart(self, run: SynthesisRun, turns: Sequence[Turn]) -> None:
        """Have each speaker say their own turns from the first word on that one conversation has not said."""
        utterance, now = run.utterance, self._clock()
        place = self._edits.cut(run, run.voiced_end, keeps_later=True)
        before = run
        for turn in turns:
            if turn.end > place:
                taken = self._factory.of_turn(utterance, turn, place)
                self._queue.add_behind(before, taken)
                taken.set_text(utterance.text, now)
                taken.close(now)
                before = taken
        if not run.frames and not run.is_in_player:
            self._queue.discard(run)

    def _take_over(self, run: SynthesisRun, stand_in: VoiceConfig) -> None:
        """Have the stand-in say what this run has not said, and what waits for voices like it."""
        _log.info("another voice takes over: %s", stand_in.voice.provider)
        utterance, now = run.utterance, self._clock()
        place, said = self._cut(run)
        if utterance.live or utterance.text[place : run.turn_end].strip():
            taken = self._factory.new(utterance, place, stand_in, said, run.turn_end)
            if utterance.turns:
                self._queue.add_behind(run, taken)
            else:
                self._queue.add(taken)
            taken.set_text(utterance.text, now)
            if not utterance.live:
                taken.close(now)
            if not run.frames and not run.is_in_player:
                self._queue.discard(run)
        for other in self._not_begun():
            if other.turn is not None and other.turn.apart:
                self._take_apart(other, other.turn.apart)
        for other in self._not_begun():
            config = self._factory.stand_in(other.voice_config.voice)
            if config is not None:
                self._exchange(other, config)

    def _not_begun(self) -> list[SynthesisRun]:
        return [run for run in self._playlist if not run.started]

    def _cut(self, run: SynthesisRun) -> tuple[int, str | None]:
        """End the run where the stand-in goes on; return that place of the text, and what is said for it.

        None: the text as it stands.
        """
        if run.said:  # its words have no places in the text that is shown
            if not run.spoken_map.has_words:
                self._edits.cut_spoken(run, run.start, 0)
                return run.start, run.said
            spoken = run.voiced_spoken_end
            if spoken is None:
                return len(run.utterance), None
            self._edits.cut_spoken(run, run.start, spoken)
            return run.start, run.spoken_text[spoken:]
        place = run.voiced_end
        sentence = run.sentence_of(place)
        if sentence >= self._playback.fixed_end(run.utterance, self._playback.position()):
            place = max(run.start, sentence)
        return self._edits.cut(run, place, keeps_later=bool(run.utterance.turns)), None

    def _exchange(self, run: SynthesisRun, config: VoiceConfig) -> None:
        utterance, now = run.utterance, self._clock()
        other = self._factory.new(utterance, run.start, config, run.said, run.turn_end)
        self._queue.exchange(run, other)
        other.set_text(utterance.text, now)
        if not utterance.live:
            other.close(now)

    # -- another try -------------------------------------------------------------------------------

    def retry(self, *, is_for_all: bool = False) -> None:
        """Say, with the voice now in use, what the last failure left unspoken, in the order it was given.

        Texts in turns keep their voices, unless that is for all.
        """
        for utterance in self._unspoken:
            self._play_rest(utterance)
            self.say_unvoiced(utterance, is_for_all=is_for_all)
        self.forget()

    def say_unvoiced(self, utterance: Utterance, *, is_for_all: bool = False) -> None:
        """Say what has no audio yet of an utterance whose last run ended early.

        Raises InputError where no voice is chosen.
        """
        last = self._last_voiced(utterance)
        point = last.voiced_end
        if not utterance.text[point:].strip():
            return
        rest = self._factory.rest(utterance, point, self._factory.chosen(), is_for_all=is_for_all)
        last.hand_over(point)
        utterance.forgive()
        for run in rest:
            self._queue.add(run)
            run.set_text(utterance.text, self._clock())
            if not utterance.live:
                run.close(self._clock())

    def say_anew(self, utterance: Utterance) -> None:
        """Say an ended utterance, of which there is no audio, from its start and before everything else."""
        voice_config = self._factory.chosen()
        utterance.runs.clear()
        utterance.forgive()
        first, *others = self._factory.rest(utterance, 0, voice_config)
        self._queue.add_first(first)
        for run in others:
            self._queue.add(run)
        for run in (first, *others):
            run.set_text(utterance.text, self._clock())
            run.close(self._clock())

    def _last_voiced(self, utterance: Utterance) -> SynthesisRun:
        """Return the run behind which the rest is to be said; those behind it are forgotten."""
        if utterance.turns:
            runs = utterance.runs
            last = next((run for run in runs if run.voiced_end < (run.turn_end or 0)), runs[-1])
            for later in runs[runs.index(last) + 1 :]:
                self._queue.discard(later)
        return utterance.runs[-1]

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


def _ignore(error: FishCaptionError) -> None:
    """Nobody asks."""
