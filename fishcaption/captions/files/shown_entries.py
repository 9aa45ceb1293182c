"""Displays become entries of a file: the captions as the audience saw them, each word once, with its time."""

from __future__ import annotations

from typing import Final, NamedTuple

from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.core.cues.transcript_formats import TimedWord

_LATE_SECONDS: Final = 0.25
"""A word that is shown so much later than foretold was held back by a pause; those behind it are, too."""

_LEAST_SECONDS: Final = 0.001  # players skip an entry that takes no time


class Entry(NamedTuple):
    """A caption that stood from ``start_seconds`` to ``end_seconds``, as far as its words were heard."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]
    words: tuple[TimedWord, ...]
    speaker: str
    language: str


class ShownEntries:
    """Gives each caption when it has left the display: until then nobody knows how long it stood.

    Moments are those of `time.perf_counter`. Times of entries are seconds from ``origin``, a moment; from
    the first caption's moment if it is None. ``ahead_seconds`` are added to all.
    """

    def __init__(self, origin: float | None, ahead_seconds: float = 0.0) -> None:
        self._origin = origin
        self._ahead_seconds = ahead_seconds
        self._cue: AudienceCue | None = None  # on the display
        self._start = 0.0  # moment
        self._end = 0.0  # moment at which the last entry ended
        self._first = 0  # its words before this one are in an earlier entry
        self._moments: list[float] = []  # of its words that were heard
        self._held_seconds = 0.0  # by which pauses have made its words later
        self._held_from = 0  # the first word behind the last pause
        self._given = (0, 0)  # id of the last caption, and how many of its words were given

    def take(self, display: Display, now: float) -> list[Entry]:
        """Return the entries that have ended with this display."""
        cue = display.cue
        found: list[Entry] = []
        if self._cue is not None and (cue is None or cue.id != self._cue.id):
            end = now if cue is None else min(now, max(cue.moment, self._start))
            found = self._ended(end)
        if cue is not None:
            if self._cue is None:
                self._begin(cue, now)
            self._cue = cue
            self._hear(cue, now)
        return found

    def finish(self, now: float) -> list[Entry]:
        """Return the caption that is on the display as an entry that ends now."""
        return self._ended(now)

    def _begin(self, cue: AudienceCue, now: float) -> None:
        is_back = cue.id == self._given[0]  # it was hidden in between
        self._first = self._given[1] if is_back else 0
        self._start = max(now if is_back else min(cue.moment, now), self._end)
        self._moments, self._held_seconds, self._held_from = [], 0.0, 0
        if self._origin is None:
            self._origin = self._start

    def _hear(self, cue: AudienceCue, now: float) -> None:
        """Find the moments of the words that are new."""
        del self._moments[cue.heard :]
        new = cue.words[len(self._moments) : cue.heard]
        for word in new:
            if len(new) == 1:
                self._measure_pause(now - cue.moment - word.offset_seconds)
            moment = min(cue.moment + word.offset_seconds + self._held_seconds, now)
            self._moments.append(max(moment, self._moments[-1] if self._moments else self._start))

    def _measure_pause(self, late_seconds: float) -> None:
        """Take by how much a word was shown later than it would have been without a pause.

        A busy machine may show one later than it was heard: the least of the words behind a pause counts.
        """
        if late_seconds > self._held_seconds + _LATE_SECONDS:
            self._held_seconds, self._held_from = late_seconds, len(self._moments)
        elif late_seconds < self._held_seconds:
            held_seconds = max(0.0, late_seconds)
            for at in range(self._held_from, len(self._moments)):
                earlier = self._moments[at] - (self._held_seconds - held_seconds)
                self._moments[at] = max(earlier, self._moments[at - 1] if at else self._start)
            self._held_seconds = held_seconds

    def _ended(self, end: float) -> list[Entry]:
        cue = self._cue
        self._cue = None
        if cue is None or self._origin is None:
            return []
        self._given = (cue.id, cue.heard)
        lines = _lines(cue, self._first)
        if not lines:
            return []
        self._end = max(end, self._start + _LEAST_SECONDS)
        shift = self._ahead_seconds - self._origin
        words = zip(cue.words[self._first : cue.heard], self._moments[self._first :], strict=False)
        return [
            Entry(
                self._start + shift,
                self._end + shift,
                lines,
                tuple(TimedWord(_text(cue, word), moment + shift) for word, moment in words),
                cue.speaker,
                cue.language,
            )
        ]


def _text(cue: AudienceCue, word: CueWord) -> str:
    return cue.lines[word.line][word.start : word.end].strip()


def _lines(cue: AudienceCue, first: int) -> tuple[str, ...]:
    """Return the lines of the words that were heard, from one on; lines without any are left out."""
    spans: dict[int, tuple[int, int]] = {}
    for word in cue.words[first : cue.heard]:
        start, _ = spans.get(word.line, (word.start, 0))
        spans[word.line] = (start, word.end)
    lines = (cue.lines[line][start:end].strip() for line, (start, end) in spans.items())
    return tuple(line for line in lines if line)
