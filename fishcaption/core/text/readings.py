"""Readings: stretches of a text, each with what is spoken in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

Edit = tuple[int, int, str]
"""(start, end, new): the text [start, end) becomes ``new``."""

LEFT: Final = 48
"""Code points before a form that may decide how it is read; nothing looks further back."""


class Reading(NamedTuple):
    """The text [start, end) is spoken as ``spoken``; an `Edit` whose parts have names."""

    start: int
    end: int
    spoken: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with these edits, which are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += text[at:start], new
        at = end
    return "".join((*parts, text[at:]))


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list that is written with blanks between them."""
    return frozenset(text.split())
