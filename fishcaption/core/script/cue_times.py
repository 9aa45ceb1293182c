"""Lengths of a script's cues: as they were spoken or shown before, else estimated from the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final

from fishcaption.core.script.model import Script, ScriptCue

LETTER_SECONDS: Final = 1 / 15
"""Seconds a letter, before anything was heard: people and voices speak 13 to 17 letters a second."""

_DENSE: Final = re.compile(
    "[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003134f]"
)
_DENSE_LETTERS: Final = 2.5  # letters that take as long as a character of Han, kana, Hangul or Thai
_LETTER_BOUNDS: Final = (0.02, 0.5)  # seconds a letter that can be
_ENOUGH_LETTERS: Final = 100  # known before others are estimated from them
_LONGEST_SECONDS: Final = 3600.0


class CueTimes:
    """Lengths of a script's cues in seconds, one way of speaking them. ``known`` are lengths by id.

    A length belongs to the text of its cue: `use` forgets it when the text is another one.
    """

    def __init__(self, script: Script, known: Mapping[int, float] | None = None) -> None:
        self._known: dict[int, float] = {}
        self._known_letters = self._known_seconds = 0.0  # of all that is known
        self._script = script
        self._letters_before = _letters_before(script)
        for number, seconds in (known or {}).items():
            self.learn(number, seconds)

    @property
    def script(self) -> Script:
        """The script whose cues these are."""
        return self._script

    @property
    def known(self) -> Mapping[int, float]:
        """Lengths in seconds by id."""
        return self._known

    def use(self, script: Script) -> None:
        """The script is another one: cues with the same id and text keep their length."""
        old, known = self._script, self._known
        self._script = script
        self._letters_before = _letters_before(script)
        self._known = {}
        self._known_letters = self._known_seconds = 0.0
        for number, seconds in known.items():
            if number in script.places and _text_of(old, number) == _text_of(script, number):
                self.learn(number, seconds)

    def learn(self, number: int, seconds: float) -> None:
        """Take the length of a cue; one that makes no sense, or of a cue that is gone, is ignored."""
        if number not in self._script.places or not 0.0 < seconds <= _LONGEST_SECONDS:
            return
        if number in self._known:
            self._known_seconds -= self._known[number]
        else:
            self._known_letters += self._letters_of(self._script.places[number])
        self._known_seconds += seconds
        self._known[number] = seconds

    def seconds(self, number: int) -> float:
        """Return the length of the cue of this id. Raises KeyError."""
        place = self._script.places[number]
        return self._estimate(place, place + 1, [place] if number in self._known else [])

    def left(self, place: int) -> float:
        """Return the length of all cues from this place on."""
        places = self._script.places
        known = [at for number in self._known if (at := places[number]) >= place]
        return self._estimate(place, len(self._script.cues), known)

    def of(self, numbers: Iterable[int]) -> float:
        """Return the length of these cues together; ids that are gone count nothing."""
        return sum(self.seconds(number) for number in numbers if number in self._script.places)

    def _estimate(self, start: int, end: int, known: Iterable[int]) -> float:
        """Return the length of the cues [start, end), of which those at ``known`` places are known."""
        before, cues = self._letters_before, self._script.cues
        letters = before[end] - before[start]
        seconds = 0.0
        for place in known:
            letters -= self._letters_of(place)
            seconds += self._known[cues[place].id]
        return seconds + max(0.0, letters) * self._letter_seconds()

    def _letters_of(self, place: int) -> float:
        return self._letters_before[place + 1] - self._letters_before[place]

    def _letter_seconds(self) -> float:
        if self._known_letters < _ENOUGH_LETTERS:
            return LETTER_SECONDS
        low, high = _LETTER_BOUNDS
        return min(high, max(low, self._known_seconds / self._known_letters))


def given_lengths(script: Script) -> dict[int, float]:
    """Return the lengths that a subtitle file gives for its cues, by id."""
    return {cue.id: cue.seconds for cue in script.cues if cue.seconds is not None}


def _letters_before(script: Script) -> list[float]:
    """Return, for each place and the end, the letters of all cues before it."""
    return list(accumulate((_letters(cue) for cue in script.cues), initial=0.0))


def _letters(cue: ScriptCue) -> float:
    if cue.text.isascii():
        return len(cue.text)
    return len(cue.text) + (_DENSE_LETTERS - 1) * len(_DENSE.findall(cue.text))


def _text_of(script: Script, number: int) -> tuple[str, str]:
    cue = script.cues[script.places[number]]
    return cue.speaker, cue.text
