"""Reading speed: whether an audience can read a caption in the time for which it stands.

Adults read 15 to 17 characters a second, children 12 to 15 (BBC, Netflix). The limits are Netflix's Timed
Text Style Guides for adults, by script: 17 for alphabets (20 for English originals, which is fast for a
hall), 12 for Korean, 9 for Chinese, 4 for Japanese. Blanks and marks count, as they do there.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

ALPHABETIC_PER_SECOND: Final = 17.0
_KOREAN_PER_SECOND: Final = 12.0
_CHINESE_PER_SECOND: Final = 9.0
_JAPANESE_PER_SECOND: Final = 4.0
_ROUNDING: Final = 0.01


class ReadingSpeed(NamedTuple):
    """Characters a second of a caption, and how many can be read."""

    per_second: float
    most_per_second: float

    @property
    def is_too_fast(self) -> bool:
        """True if the speech outruns the reader."""
        return self.per_second > self.most_per_second + _ROUNDING


def reading_seconds(text: str, language: str = "en") -> float:
    """Return the seconds that an adult needs to read a plain text; 0.0 for an empty one.

    ``language`` tells Japanese kanji from Chinese characters; kana beside them tell it, too.
    """
    if text.isascii():
        return len(text) / ALPHABETIC_PER_SECOND
    is_japanese = language[:2].lower() == "ja" or any("\u3041" <= character <= "\u30ff" for character in text)
    han = _JAPANESE_PER_SECOND if is_japanese else _CHINESE_PER_SECOND
    return sum(1 / (_per_second(character) or han) for character in text if not _is_mark(character))


def reading_speed(text: str, seconds: float, language: str = "en") -> ReadingSpeed:
    """Return how fast a caption has to be read that stands for these seconds, for `CueCheck.warnings`.

    ``text`` is plain: all lines with a blank between two of them. A text of several scripts has the limit
    that follows from its parts.
    """
    needed = reading_seconds(text, language)
    count = sum(not _is_mark(character) for character in text)
    most = count / needed if needed else ALPHABETIC_PER_SECOND
    return ReadingSpeed(count / seconds if seconds > 0 else (float("inf") if count else 0.0), most)


def _is_mark(character: str) -> bool:
    """Return whether a character is a part of the one before it."""
    return not character.isascii() and unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")


@lru_cache(4096)
def _per_second(character: str) -> float | None:
    """Return the limit for a character's script; None for Han and its marks, which two languages share."""
    if "\u3041" <= character <= "\u30ff" or "\u31f0" <= character <= "\u31ff":
        return _JAPANESE_PER_SECOND
    if "\uac00" <= character <= "\ud7a3" or "\u1100" <= character <= "\u11ff":
        return _KOREAN_PER_SECOND
    return None if unicodedata.east_asian_width(character) in "WF" else ALPHABETIC_PER_SECOND
