"""Words of a cue that a voice may say wrongly: what is left to it as it is written, and is no common word.

Only what can be known without listening is named: digits that were not read, unknown abbreviations, letters
of a script that the voice's language does not have, and signs. A presenter listens to these before the show.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from fishcaption.core.text.capitals import is_listed
from fishcaption.core.text.tags import visible

MOST: Final = 5
"""Words that are named for one cue: more would not be read."""

_LONGEST_TEXT: Final = 20_000
_LONGEST_WORD: Final = 40
_MARKS: Final = ".,;:!?…()[]{}\"'“”‘’„«»‹›¿¡—–-*_~`#|<>=+/\\…。、！？"
_LATIN: Final = ("LATIN", "FULLWIDTH", "FEMININE", "MASCULINE", "MICRO")
_HAN: Final = ("CJK", "IDEOGRAPHIC")
_SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = {
    language: names
    for names, languages in (
        (_LATIN, "en de es fr it pt nl sv da nb no fi pl cs sk sl hr hu ro tr id ms vi ca et lv lt"),
        (("CYRILLIC",), "ru uk bg be mk sr kk"),
        (("GREEK",), "el"),
        (("ARABIC",), "ar fa ur"),
        (("HEBREW",), "he"),
        (("DEVANAGARI",), "hi"),
        (("THAI",), "th"),
        (("HANGUL",), "ko"),
        ((*_HAN, "FULLWIDTH"), "zh"),
        ((*_HAN, "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "FULLWIDTH"), "ja"),
    )
    for language in languages.split()
}  # beginnings of the names of a script's letters in Unicode, by language


def doubtful_words(shown: str, spoken: str, language: str) -> tuple[str, ...]:
    """Return at most `MOST` words of the shown text that are doubtful, in their order.

    ``spoken`` is the text as the voice is given it: a word that was replaced there is the user's wish, or was
    read as a person would. ``language`` is the two-letter code of the voice; empty if it is not known.
    """
    left = set(_words(spoken[:_LONGEST_TEXT]))
    found: dict[str, None] = {}
    for word in _words(visible(shown[:_LONGEST_TEXT])):
        if word in left and _is_doubtful(word, language[:2]):
            found[word[:_LONGEST_WORD]] = None
            if len(found) == MOST:
                break
    return tuple(found)


def _words(text: str) -> Iterator[str]:
    for part in text.split():
        if word := part.strip(_MARKS):
            yield word


def _is_doubtful(word: str, language: str) -> bool:
    if any(map(str.isdecimal, word)):
        return True
    if len(word) > 1 and word.isupper() and word.isalpha() and not is_listed(word, language):
        return _has_capitals(word)
    if word.isascii() and word.isalpha():
        return language in _SCRIPTS and _SCRIPTS[language] is not _LATIN and len(word) > 1
    return any(_is_foreign(character, language) for character in word)


def _has_capitals(word: str) -> bool:
    return all(character != character.lower() for character in word)


def _is_foreign(character: str, language: str) -> bool:
    category = unicodedata.category(character)
    if category in ("So", "Sm"):
        return True
    if category not in ("Lu", "Ll", "Lo", "Lt") or language not in _SCRIPTS:
        return False
    return not unicodedata.name(character, "").startswith(_SCRIPTS[language])
