"""Cues of one utterance at the times at which they were heard, silences included."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from fishcaption.core.cues.captions import Captions
from fishcaption.core.cues.timed import Cue
from fishcaption.core.cues.transcript_formats import TimedWord
from fishcaption.core.speech import UtteranceView, WordTime
from fishcaption.core.timing.heard_times import HeardTimes

_RATE = 1000  # cues are timed to a millisecond


class TimedCue(NamedTuple):
    """A caption and when it stands, in seconds from the first frame that was heard, as its words are."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]
    words: tuple[TimedWord, ...] = ()


class TimedWords(Protocol):
    """The engine, as `fishcaption.reader.Reader` is."""

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        """Return a rate, and the words of an utterance with the frames at which they sound."""
        ...

    def heard_frames(self, number: int, /) -> int:
        """Return how much of the utterance was heard, in these frames."""
        ...


class HeardCues:
    """Gives each cue once, when it has been heard to its end and does not change any more.

    ``frames_per_second`` is the voice's rate times the speed. Where nothing is played (``is_played`` False)
    the times are those of a recording, in which one frame follows the other. ``language`` is the two-letter
    code by whose rules sentences end.
    """

    def __init__(
        self,
        words: TimedWords,
        frames_per_second: float,
        *,
        language: str = "en",
        is_played: bool = True,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._words = words
        self._is_played = is_played
        self._clock = clock
        self._times = HeardTimes(frames_per_second)
        self._captions = Captions(language=language)
        self._since = 0  # cues before this code point were given
        self._given = 0  # and so many behind it
        self._heard_end = 0

    def take(self, view: UtteranceView, *, is_final: bool = False) -> list[TimedCue]:
        """Return the cues that are new; called whenever the track shows something, and at the end."""
        if self._is_played:
            self._times.look(self._clock(), self._words.heard_frames(view.id))
        if view.heard_end <= self._heard_end and not is_final:
            return []
        self._heard_end = view.heard_end
        text = view.text[: view.heard_end]
        if not is_final and self._captions.settled(text) <= self._since:
            return []  # the engine makes all times anew for whoever asks
        heard = self._heard_words(view)
        cues = self._captions.cues(text, heard, _RATE, since=self._since)
        settled_end = self._captions.settled_end
        settled = cues if is_final else [cue for cue in cues[:-1] if cue.end <= settled_end]
        found = [
            TimedCue(cue.start_frame / _RATE, cue.end_frame / _RATE, cue.lines, _timed_words(cue, heard))
            for cue in settled[self._given :]
        ]
        self._given += len(found)
        # the last one of all is held back: when it ends is known once the next one begins
        if settled_end > self._since and not any(cue.end <= settled_end for cue in cues[len(settled) :]):
            self._since, self._given = settled_end, 0
        return found

    def _heard_words(self, view: UtteranceView) -> list[WordTime]:
        """Return the words that were heard and are not on a cue that was given, in milliseconds."""
        _, words = self._words.word_times(view.id)
        first, last = (bisect_left(words, place, key=_start) for place in (self._since, view.heard_end))
        seconds = self._times.seconds
        return [
            WordTime(
                word.span,
                round(seconds(word.start_frame) * _RATE),
                round(seconds(word.end_frame) * _RATE),
            )
            for word in words[first:last]
        ]


def _timed_words(cue: Cue, heard: Sequence[WordTime]) -> tuple[TimedWord, ...]:
    """Return the words of a cue, each with the marks around it."""
    first, last = (bisect_left(heard, place, key=_start) for place in (cue.start, cue.end))
    text, plain = cue.plain.text, cue.plain.plain
    points = [0, *(plain(word.span.start) for word in heard[first + 1 : last]), len(text)]
    return tuple(
        TimedWord(text[point:end].strip(), word.start_frame / _RATE)
        for word, (point, end) in zip(heard[first:last], pairwise(points), strict=True)
    )


def _start(word: WordTime) -> int:
    return word.span.start
