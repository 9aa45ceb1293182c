"""Columns: how much room text takes in a line, and where a text without blanks may be cut.

A column is the width of a Latin letter. East Asian wide characters and emoji take two, so that lines of 32 to
42 columns have 16 to 21 characters of Chinese, Japanese or Korean, as these scripts want it (Netflix: 16).
Vowel signs, accents, points and joiners take none: they stand above, below or inside a letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_NEVER_FIRST: Final = "\"'”’»›)]}）］｝」』】〉》〕.,;:!?…。、，．！？；：،؛؟"
_ZERO_WIDTH_JOINER: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"
_SKIN_TONES: Final = ("\U0001f3fb", "\U0001f3ff")
_REGIONAL: Final = ("\U0001f1e6", "\U0001f1ff")  # two of them are a flag
_JAMO_INITIALS: Final = ("\u1100", "\u115f")
_JAMO_OTHERS: Final = ("\u1160", "\u11ff")
_VIRAMA: Final = 9  # the combining class of signs that join two consonants, as in Devanagari
_THAI_LAO_BEFORE: Final = "เแโใไເແໂໃໄ"  # vowels that stand before their consonant
_THAI_LAO_BEHIND: Final = "ะาำๅະາຳ"


def width(text: str) -> int:
    """Return the columns of a text: see the module."""
    if text.isascii():
        return len(text)
    return sum(_widths(text, 0, len(text)))


def is_inside_cluster(text: str, index: int) -> bool:
    """Return whether the characters on both sides of a place are one to a reader: a letter, its accent."""
    before, after = text[index - 1], text[index]
    if before.isascii() and after.isascii():
        return False
    if unicodedata.category(after)[0] == "M" or unicodedata.category(after) == "Cf":
        return True
    if before == _ZERO_WIDTH_JOINER or _is_in(after, _SKIN_TONES) or _is_in(after, _JAMO_OTHERS):
        return True
    if unicodedata.combining(before) == _VIRAMA and after.isalpha():
        return True
    if _is_in(before, _JAMO_INITIALS) and unicodedata.category(after) == "Lo":
        return True
    if before in _THAI_LAO_BEFORE or after in _THAI_LAO_BEHIND:
        return True
    return _is_in(after, _REGIONAL) and _regionals_before(text, index) % 2 == 1


def forced_cuts(text: str, places: Sequence[int], columns: int) -> list[int]:
    """Return the places, with more between two of them that are further apart than a line."""
    found = [places[0]]
    for place in places[1:]:
        while width(text[found[-1] : place]) > columns:
            found.append(_parting(text, found[-1], place, columns))
        found.append(place)
    return found


def _widths(text: str, start: int, end: int) -> list[int]:
    """Return the columns of each character in its surroundings."""
    found: list[int] = []
    for index in range(start, end):
        character = text[index]
        wide = _width(character)
        if wide and index > start:
            before = text[index - 1]
            if before == _ZERO_WIDTH_JOINER and wide == 2:
                wide = 0  # one picture of several
            elif _is_in(character, _SKIN_TONES) and _width(before) == 2:
                wide = 0
        elif character == _EMOJI_STYLE and found and found[-1] == 1:
            wide = 1  # a sign as a picture
        found.append(wide)
    return found


def _parting(text: str, start: int, end: int, columns: int) -> int:
    """Return the last place up to which a line is filled; no closing mark, no part of a cluster follows."""
    used, last, last_at_all = 0, start, start
    for index, wide in enumerate(_widths(text, start, end), start=start):
        if index > start and not is_inside_cluster(text, index):
            last_at_all = index
            if text[index] not in _NEVER_FIRST:
                last = index
        used += wide
        if used > columns and last_at_all > start:
            break
    return last if last > start else last_at_all if last_at_all > start else end


@lru_cache(4096)
def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf") or _is_in(character, _JAMO_OTHERS):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_in(character: str, ends: tuple[str, str]) -> bool:
    return ends[0] <= character <= ends[1]


def _regionals_before(text: str, index: int) -> int:
    start = index
    while start and _is_in(text[start - 1], _REGIONAL):
        start -= 1
    return index - start
