"""Written forms: patterns, each with how it is said, looked for together.

Whatever a form needs to know of what stands before it, it asks `left`, which sees `LEFT` code points; nothing
looks further back, and nothing looks beyond the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from fishcaption.core.text.readings import LEFT, Reading

Spoken = str | tuple[str, int] | None
"""How a match is said; with where it ends, if that is not the match's end; None: it is no such form."""


class Form(NamedTuple):
    """A pattern and how it is said. Of several at one place it is the first that says something."""

    pattern: str
    say: Callable[[re.Match[str]], Spoken]


BLANK: Final = r"[ \u00a0\u202f\u2009]"
# A number: not inside a name, a version, a path, another number.
BEFORE: Final = r"(?<![\w,/\\\-–−@=&%$€£¥^])(?<!&#)(?<!\w[.*:])(?<!\d['’])"
AFTER: Final = r"(?![\w^]|[.,:/–−-]\d|[./\\@:*]\w|::)"
# A word, or a code that begins with letters.
WORD_BEFORE: Final = r"(?<![\w@/\\.])"


def left(match: re.Match[str]) -> str:
    """What stands before a match, as far as it may matter."""
    return match.string[max(0, match.start() - LEFT) : match.start()]


def right(match: re.Match[str]) -> str:
    """The word and the signs that follow a match, as far as they may matter."""
    return match.string[match.end() : match.end() + LEFT]


def alternatives(signs: Iterable[str]) -> str:
    """A pattern for any of them, the longest first."""
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
        """What is said in the place of which stretch from ``start`` on, in order, none over another."""
        found: list[Reading] = []
        while match := self._all.search(text, start):
            reading = self._first(text, match.start(), int((match.lastgroup or "f0")[1:]))
            if reading is None:
                start = match.start() + 1
            else:
                start = max(reading.end, match.start() + 1)
                if reading.said != text[reading.start : reading.end]:
                    found.append(reading)
        return found

    def _first(self, text: str, start: int, index: int) -> Reading | None:
        while index < len(self._forms):
            pattern = self._single.get(index)
            if pattern is None:
                pattern = self._single[index] = re.compile(self._forms[index].pattern)
            match = pattern.match(text, start)
            said = self._forms[index].say(match) if match else None
            if match and said is not None:
                return Reading(start, *((match.end(), said) if isinstance(said, str) else said[::-1]))
            index += 1
        return None
