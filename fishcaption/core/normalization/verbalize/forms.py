"""Written forms: patterns with functions that return their words, looked for together.

A form that needs the text before it calls `left`, which returns `LEFT` code points; nothing looks further
back, and nothing looks beyond the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from fishcaption.core.text.readings import LEFT, Reading

Spoken = str | tuple[str, int] | None
"""Words of a match, or (words, end) if it does not end with the match; None: it is no such form."""


class Form(NamedTuple):
    """A pattern and its words. Of several forms at one place, the first that returns words is used."""

    pattern: str
    words: Callable[[re.Match[str]], Spoken]


BLANK: Final = r"[ \u00a0\u202f\u2009]"
# Before and behind a number: it is not inside a name, a version, a path or another number.
BEFORE: Final = r"(?<![\w,/\\\-–−@=&%$€£¥^])(?<!&#)(?<!\w[.*:])(?<!\d['’])"
AFTER: Final = r"(?![\w^]|[.,:/–−-]\d|[./\\@:*]\w|::)"
# Before a word, or a code that begins with letters.
WORD_BEFORE: Final = r"(?<![\w@/\\.])"


def left(match: re.Match[str]) -> str:
    """Return the text before a match, as far as it may matter."""
    return match.string[max(0, match.start() - LEFT) : match.start()]


def right(match: re.Match[str]) -> str:
    """Return the text behind a match, as far as it may matter."""
    return match.string[match.end() : match.end() + LEFT]


def alternatives(signs: Iterable[str]) -> str:
    """Return a pattern for any of the signs, the longest first."""
    return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


_STARTS: Final = (
    r"(?=(?<!\d)\d|[-−+±~≈≥≤<>$€£¥₹₩₽₺₪₴₿.'’#№§¢√∛∞π(×÷·*^=½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]"
    r"|(?<![^\W_])[^\W\d_]|(?<=[^\W²³])[²³⁻])"
)
_NAME: Final = re.compile(r"\?P<\w+>")


class Forms:
    """Forms that are looked for together, in one pass."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = tuple(forms)
        self._single: dict[int, re.Pattern[str]] = {}
        named = "|".join(f"(?P<f{index}>{_NAME.sub('?:', form.pattern)})" for index, form in enumerate(forms))
        self._all = re.compile(f"{_STARTS}(?:{named})" if forms else r"(?!)")

    def read(self, text: str, start: int = 0) -> list[Reading]:
        """Return the readings from ``start`` on, in order and without overlaps."""
        found: list[Reading] = []
        while match := self._all.search(text, start):
            reading = self._first(text, match.start(), int((match.lastgroup or "f0")[1:]))
            if reading is None:
                start = match.start() + 1
            else:
                start = max(reading.end, match.start() + 1)
                if reading.spoken != text[reading.start : reading.end]:
                    found.append(reading)
        return found

    def _first(self, text: str, start: int, index: int) -> Reading | None:
        while index < len(self._forms):
            pattern = self._single.get(index)
            if pattern is None:
                pattern = self._single[index] = re.compile(self._forms[index].pattern)
            match = pattern.match(text, start)
            said = self._forms[index].words(match) if match else None
            if match and said is not None:
                return Reading(start, *((match.end(), said) if isinstance(said, str) else said[::-1]))
            index += 1
        return None
