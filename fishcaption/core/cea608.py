"""CEA-608 captions, the closed captions inside a video signal: their characters, and lines that fold.

The character sets are those of 47 CFR 15.119 (f) and (g), and of CTA-608-E, annex on optional extended
characters. A screen has at most four rows of a caption, each of 32 columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

COLUMNS: Final = 32
ROWS: Final = 4

_BASIC: Final = (
    "".join(map(chr, range(0x20, 0x7F))).translate(str.maketrans("", "", "*\\^_`{|}~")) + "áéíóúç÷Ññ█"
)
_SPECIAL: Final = "®°½¿™¢£♪àèâêîôû"
_EXTENDED: Final = (
    "ÁÉÓÚÜü‘¡*─©℠·“”"  # Spanish, and signs
    "ÀÂÇÈÊËëÎÏïÔÙùÛ«»"  # French
    "ÃãÍÌìÒòÕõ{}\\^_|~"  # Portuguese
    "ÄäÖöß¥¤ÅåØø┌┐└┘"  # German and Danish
)
CHARACTERS: Final = frozenset(_BASIC + _SPECIAL + _EXTENDED)
"""Every character that a decoder can show."""

_SIMILAR: Final = str.maketrans({
    "’": "'", "‚": "'", "′": "'", "`": "'", "„": '"', "‟": '"', "″": '"', "‹": "«", "›": "»",
    "–": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "—": "─", "―": "─", "•": "·", "…": "...",
    "€": "EUR", "ẞ": "SS", "Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "Đ": "D", "đ": "d", "Ł": "L", "ł": "l",
    "ı": "i", "×": "x", "♫": "♪", "♬": "♪", "♩": "♪", "¼": "1/4", "¾": "3/4", "№": "No.",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200a": " ", "\u3000": " ", "\t": " ",
})  # fmt: skip
_UNKNOWN: Final = "?"


def folded(text: str) -> tuple[str, bool]:
    """Return the text in CEA-608's characters, and whether all of it could be written.

    A letter with a mark that the set lacks loses the mark; marks alone and invisible signs go; another
    character becomes one question mark for each run of such characters, and the answer is False.
    """
    found: list[str] = []
    is_whole = True
    for character in unicodedata.normalize("NFC", text).translate(_SIMILAR):
        if character in CHARACTERS:
            found.append(character)
            continue
        plain = "".join(part for part in _base(character) if part in CHARACTERS)
        if plain:
            found.append(plain)
        elif unicodedata.category(character)[0] not in "MC":
            is_whole = False
            if not found or found[-1] != _UNKNOWN:
                found.append(_UNKNOWN)
    return "".join(found), is_whole


def screens(lines: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return lines of folded text as screens of at most `ROWS` rows of at most `COLUMNS` columns.

    Lines that fit stay as they are; others are filled anew, and a word longer than a row is cut.
    """
    kept = [" ".join(line.split()) for line in lines if line.strip()]
    rows = kept if all(len(line) <= COLUMNS for line in kept) else _filled(" ".join(kept).split())
    return tuple(tuple(rows[first : first + ROWS]) for first in range(0, len(rows), ROWS))


def _base(character: str) -> str:
    """Return the character without marks, in the form that is compatible with it."""
    return unicodedata.normalize("NFKD", character).translate(_SIMILAR)


def _filled(words: Iterable[str]) -> list[str]:
    rows: list[str] = []
    for word in words:
        if rows and len(rows[-1]) + 1 + len(word) <= COLUMNS:
            rows[-1] += f" {word}"
        else:
            rows += [word[first : first + COLUMNS] for first in range(0, len(word), COLUMNS)]
    return rows
