"""Columns: how much room text takes in a line, and where a text without blanks may be cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_NEVER_FIRST: Final = "\"'”’»›)]}）］｝」』】〉》〕.,;:!?…。、，．！？；：،؛؟"


def width(text: str) -> int:
    """Return the columns of a text: 2 for East Asian wide characters and emoji, 0 for combining marks."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def forced_cuts(text: str, places: Sequence[int], columns: int) -> list[int]:
    """Return the places, with more between two of them that are further apart than a line."""
    found = [places[0]]
    for place in places[1:]:
        used = 0
        for index in range(found[-1], place):
            used += _width(text[index])
            if used > columns:
                found.append(_parting(text, found[-1] + 1, index))
                used = width(text[found[-1] : index + 1])
        found.append(place)
    return found


def _parting(text: str, least: int, most: int) -> int:
    """Return the last place in [least, most] that no closing mark and no part of a cluster follows."""
    for index in range(most, least, -1):
        is_inside = unicodedata.category(text[index])[0] == "M" or "\u200d" in text[index - 1 : index + 1]
        if not is_inside and text[index] not in _NEVER_FIRST:
            return index
    return most
