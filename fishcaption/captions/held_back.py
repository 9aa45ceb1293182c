"""Whole captions for outlets that cannot revise, held back while they may still be corrected."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.outlet_kind import OutletOption

HOLD_WORDS, HOLD_SECONDS = "hold_words", "hold_seconds"
"""The names of the options of how long typed text is held back."""

HELD_BACK: Final = (
    OutletOption(
        HOLD_WORDS,
        "Hold back typed text: words",
        "A typed caption is sent after so many more words. Until then you can correct it.",
        "number",
        "3",
        low=0,
        high=20,
    ),
    OutletOption(
        HOLD_SECONDS,
        "Hold back typed text: seconds",
        "A typed caption waits at least so many seconds, too.",
        "number",
        "0",
        low=0,
        high=20,
    ),
)
"""The options of every outlet that holds typed captions back."""

IDLE_SECONDS: Final = 10.0
"""After so long without another word, nobody is about to correct the last one."""


_MOST_GIVEN: Final = 500  # words that a correction may still go back to


class Line(NamedTuple):
    """A caption to send: its lines, or the words of it that were not sent yet."""

    lines: tuple[str, ...]
    moment: float
    speaker: str = ""
    language: str = "en"


class _Word(NamedTuple):
    place: int
    line: int
    text: str  # with the blank behind it


class _Held(NamedTuple):
    """A caption of a text that is being written, as it is so far."""

    cue: AudienceCue
    words: tuple[_Word, ...]
    ended: float | None = None  # when the next one of its text began


class HeldBack:
    """Gives each caption once: one whose text is known with its first word; one that is being typed once the
    next has begun and, since then, ``words`` more were typed and ``seconds`` have passed.

    Typed text that is corrected before it was given is given as corrected. Words that are corrected too late
    are given once more from the first one that differs, as a stenographer writes them again. Ask `due` when
    to look again with `take`; ``idle_seconds`` after the last change everything is given.
    """

    def __init__(
        self,
        words: int = 0,
        seconds: float = 0.0,
        *,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._words = words
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._held: list[_Held] = []  # by their places in one text
        self._given: list[_Word] = []  # words of a text that is being written, by place
        self._text_id = ""  # of that text
        self._last_id = 0  # that was given with its text known
        self._changed = -math.inf
        self._shown: AudienceCue | None = None

    def put(self, display: Display) -> list[Line]:
        """Take what is displayed now; return what is to be sent now."""
        cue = display.cue
        found: list[Line] = []
        if cue is None or cue.text_id != self._text_id:
            found += self._give(len(self._held))
        if cue is None:
            return found
        if cue.text_id != self._text_id:
            self._text_id = cue.text_id
            self._given.clear()
        if cue.is_settled:
            found += self._settled(cue)
        elif cue != self._shown:
            self._shown, self._changed = cue, self._clock()
            self._begin(cue)
            self._held.append(_Held(cue, _words(cue)))
        return found + self.take()

    def take(self) -> list[Line]:
        """Return what has become due by now."""
        now = self._clock()
        count = 0
        while count < len(self._held) and self._due(count) <= now:
            count += 1
        return self._give(count)

    def due(self) -> float | None:
        """Return when something is to be sent if nothing else is shown before; None: nothing is held."""
        return self._due(0) if self._held else None

    # -- inside ------------------------------------------------------------------------------------

    def _begin(self, cue: AudienceCue) -> None:
        """End what stands before this caption in its text; what stood behind it was revised."""
        before: list[_Held] = []
        for held in self._held:
            words = tuple(word for word in held.words if word.place < cue.start)
            if words:
                ended = self._clock() if held.ended is None else held.ended
                before.append(held._replace(words=words, ended=ended))
        self._held = before

    def _settled(self, cue: AudienceCue) -> list[Line]:
        """The text of this caption is known: it and what stands before it can be given."""
        self._begin(cue)
        found = self._give(len(self._held))
        if cue.id > self._last_id:
            self._last_id = cue.id
            found += self._line(cue, _words(cue))
            self._given = [word for word in self._given if word.place < cue.start]  # Back may repeat it
        return found

    def _due(self, place: int) -> float:
        held = self._held[place]
        idle = self._changed + self._idle_seconds
        if held.ended is None:
            return idle
        following = sum(later.cue.heard for later in self._held[place + 1 :])
        return min(idle, held.ended + self._seconds) if following >= self._words else idle

    def _give(self, count: int) -> list[Line]:
        """Give the first ones; the one that has not ended as far as it was heard."""
        found: list[Line] = []
        for held in self._held[:count]:
            words = held.words if held.ended is not None else held.words[: held.cue.heard]
            found += self._line(held.cue, words)
        del self._held[:count]
        return found

    def _line(self, cue: AudienceCue, words: tuple[_Word, ...]) -> list[Line]:
        """Return the line with these words, but those that were given so."""
        if not words:
            return []
        known = [word.text.strip() for word in self._given if word.place >= words[0].place]
        same = 0
        while same < min(len(known), len(words)) and known[same] == words[same].text.strip():
            same += 1
        if same == len(words):
            return []
        self._given = [word for word in self._given if word.place < words[0].place]
        self._given = [*self._given, *words][-_MOST_GIVEN:]
        lines: dict[int, str] = {}
        for word in words[same:]:
            lines[word.line] = lines.get(word.line, "") + word.text
        texts = tuple(text.strip() for text in lines.values())
        return [Line(texts, cue.moment, cue.speaker, cue.language)]


def _words(cue: AudienceCue) -> tuple[_Word, ...]:
    return tuple(
        _Word(word.place, word.line, cue.lines[word.line][word.start : word.end]) for word in cue.words
    )
