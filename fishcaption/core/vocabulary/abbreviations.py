"""Abbreviations that expand while the user types: "brb" becomes "be right back"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.errors import InputError

_ENDS: Final = ' \t\n\u2029\u00a0.,;:!?…)]}"”»'
_OPENS: Final = "([{\"“„«'‘¿¡—–/"
_LONGEST_SHORT: Final = 32
_LONGEST_LONG: Final = 2000


class Abbreviations:
    """The user's table of short forms and their expansions: "brb", "be right back".

    A short form in small letters also matches in capitals: the case of its first letter, or of all its
    letters, is given to the expansion. A short form with capitals matches only as it is written: "US" does
    not make "us" a country. Raises InputError for an entry that could not work.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        for short, long in table.items():
            _check_abbreviation(short, long)
        self._table = dict(table)
        self._longest = max(map(len, table), default=0)

    @property
    def table(self) -> Mapping[str, str]:
        """A copy of the table."""
        return dict(self._table)

    def expansion(self, text_before_cursor: str) -> tuple[int, str] | None:
        """Return (start, replacement) if the last character, just typed, ends a short form; else None.

        The text from ``start`` to the cursor is to be replaced by ``replacement``, which ends with the typed
        character. Done as one edit, one undo brings the short form back. To expand at the very end of a text,
        as when Enter speaks, ask with a line break appended.
        """
        if len(text_before_cursor) < 2 or text_before_cursor[-1] not in _ENDS:
            return None
        cursor = len(text_before_cursor)
        begin = max(0, cursor - 2 - self._longest)
        window = text_before_cursor[begin : cursor - 1]
        word = re.split(r"\s", window)[-1]
        while word:
            start = cursor - 1 - len(word)
            is_start = start == 0 or text_before_cursor[start - 1] in _OPENS
            is_start = is_start or text_before_cursor[start - 1].isspace()
            long = self._long(word) if is_start else None
            if long is not None:
                return start, long + text_before_cursor[-1]
            if word[0] not in _OPENS:
                return None
            word = word[1:]
        return None

    def _long(self, word: str) -> str | None:
        if word in self._table:
            return self._table[word]
        long = self._table.get(word.lower())
        if long is None:
            return None
        return long.upper() if len(word) > 1 and word.isupper() else long[:1].upper() + long[1:]


def _check_abbreviation(short: str, long: str) -> None:
    if not 1 <= len(short) <= _LONGEST_SHORT or any(map(str.isspace, short)):
        raise InputError(
            f"An abbreviation has 1 to {_LONGEST_SHORT} characters and no blanks.",
            hint="Choose a short form that is not a word.",
        )
    if short[-1] in _ENDS:
        raise InputError(
            "An abbreviation cannot end with a mark that ends a word.", hint="Leave out the mark at its end."
        )
    if not long.strip() or len(long) > _LONGEST_LONG:
        raise InputError(
            f"The expansion of an abbreviation has 1 to {_LONGEST_LONG} characters.",
            hint="Write the text that it stands for; use a phrase for a long text.",
        )
