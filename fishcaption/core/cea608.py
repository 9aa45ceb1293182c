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

_OWN_CODES: Final = {
    "á": 0x2A,
    "é": 0x5C,
    "í": 0x5E,
    "ó": 0x5F,
    "ú": 0x60,
    "ç": 0x7B,
    "÷": 0x7C,
    "Ñ": 0x7D,
    "ñ": 0x7E,
    "█": 0x7F,
}
BASIC: Final = {
    chr(code): code for code in range(0x20, 0x7F) if code not in (*_OWN_CODES.values(), *map(ord, "^_`|~"))
} | _OWN_CODES
"""The characters of one byte, with that byte: ASCII, but for some signs in whose places others stand."""

# By first byte: the characters of the second bytes from 0x30 or 0x20 on; a blank is one not used here.
_SPECIAL_ROW: Final = "®°½¿™¢£♪à èâêîôû"
_EXTENDED_ROWS: Final = {
    0x12: "ÁÉÓÚÜü‘¡* ─©℠·“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»",  # Spanish, signs, French
    0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤ ÅåØø┌┐└┘",  # Portuguese, German, Danish
}
SPECIAL: Final = {sign: (0x11, 0x30 + at) for at, sign in enumerate(_SPECIAL_ROW) if sign != " "}
"""The special characters, with their two bytes."""

EXTENDED: Final = {
    sign: (first, 0x20 + at)
    for first, signs in _EXTENDED_ROWS.items()
    for at, sign in enumerate(signs)
    if sign != " "
}
"""The extended characters, with their two bytes: a decoder shows each in place of the letter before it."""

CHARACTERS: Final = frozenset(BASIC | SPECIAL | EXTENDED)
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
