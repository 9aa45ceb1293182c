"""The scripts of a text that this computer has no font for: the audience would see boxes.

It must be known before a show, and only Qt knows it: it looks for letters in all fonts there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QTextLayout

_MOST_LETTERS: Final = 20_000  # different ones: more than any script has that people write
_AT_ONCE: Final = 256
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me")
_BY_NAME: Final = {
    "CJK": "Chinese and Japanese characters",
    "IDEOGRAPHIC": "Chinese and Japanese characters",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "OLD": "historic letters",
    "CANADIAN": "Canadian syllables",
    "LINEAR": "historic letters",
}
_SIGNS: Final = "emoji and signs"


def missing_scripts(text: str, family: str = "") -> tuple[str, ...]:
    """Return the names of the scripts of which letters cannot be shown, in the order of the text.

    ``family`` is the typeface of the captions; empty: the system's. Needs the application.
    """
    own = family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    font = QFont(own)
    letters = [
        letter for letter in dict.fromkeys(text) if not letter.isascii() and _is_seen(letter)
    ][:_MOST_LETTERS]  # fmt: skip
    missing: list[str] = []
    for start in range(0, len(letters), _AT_ONCE):
        missing += _missing(letters[start : start + _AT_ONCE], font)
    return tuple(dict.fromkeys(map(_script, missing)))


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in _UNSEEN and not "\ufe00" <= letter <= "\ufe0f"


def _missing(letters: Sequence[str], font: QFont) -> list[str]:
    """Return the letters without a glyph. Mostly there are none: many are asked for at once."""
    if not letters or not _lacks(" ".join(letters), font):
        return []
    if len(letters) == 1:
        return list(letters)
    middle = len(letters) // 2
    return [*_missing(letters[:middle], font), *_missing(letters[middle:], font)]


def _lacks(text: str, font: QFont) -> bool:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine().setLineWidth(1e7)
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


def _script(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind[0] in "SP" or kind in ("Co", "Cn"):
        return _SIGNS
    first = unicodedata.name(letter, "").partition(" ")[0]
    return _BY_NAME.get(first, first.capitalize() or _SIGNS)
