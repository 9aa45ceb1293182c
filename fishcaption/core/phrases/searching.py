"""A search in the phrases: how well a phrase matches what is typed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from fishcaption.core.text.folding import folded

_REMEMBERED: Final = 5_000  # as many as a bank may have
WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
"""A word of a phrase."""


class Query:
    """The text that is searched for, folded once."""

    __slots__ = ("letters", "parts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = " ".join(folded(text).split())
        self.words = WORD.findall(self.text)
        self.parts = self.words or [self.text]
        # first letters of words are typed without blanks
        self.letters = self.text if len(self.words) == 1 and self.words[0] == self.text else ""


class Searched:
    """The searched texts of a phrase, folded once."""

    __slots__ = ("haystack", "initials", "text", "words")

    def __init__(self, shown: str, said: str, category: str) -> None:
        self.text = " ".join(folded(shown).split())
        self.words = WORD.findall(self.text)
        self.initials = "".join(word[0] for word in self.words)
        self.haystack = "\n".join((self.text, folded(said), folded(category)))

    def rank(self, query: Query) -> int | None:
        """Return how well the phrase matches: 0 is best, None is no match."""
        if not query.text:
            return 0
        letters = query.letters
        # any match contains the parts of the query, or its letters among the first letters
        is_inside = all(part in self.haystack for part in query.parts)
        if not is_inside and not (letters and letters in self.initials):
            return None
        if self.text == query.text or (query.words and self.words == query.words):
            return 0
        if self.text.startswith(query.text) or (letters and self.initials == letters):
            return 1
        if letters and len(letters) > 1 and self.initials.startswith(letters):
            return 2
        if query.words and self._has_in_order(query.words):
            return 3
        if letters and len(letters) > 1 and letters in self.initials:
            return 4
        if query.words and all(any(word.startswith(wanted) for word in self.words) for wanted in query.words):
            return 5
        return 6 if is_inside else None

    def _has_in_order(self, wanted: list[str]) -> bool:
        """Return whether neighbouring words begin with these parts, one after the other."""
        return any(
            all(word.startswith(start) for word, start in zip(self.words[first:], wanted, strict=False))
            for first in range(len(self.words) - len(wanted) + 1)
        )


@lru_cache(maxsize=_REMEMBERED)
def searched(shown: str, said: str, category: str) -> Searched:
    """Return the texts of a phrase, ready to be searched."""
    # cached: each use of a phrase makes another bank
    return Searched(shown, said, category)
