"""Scripts, that is writing systems: which letters of a text belong to which, and who can read them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from fishcaption.core.text.readings import words_of

_LONGEST: Final = 100_000  # code points that are looked at

# The first word of a letter's name in Unicode, where that is not the script's own name.
_NAMED: Final = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HALFWIDTH": "Japanese",
    "HANGUL": "Korean",
    "BOPOMOFO": "Chinese",
}
# Signs and letters of science that every voice reads, or that are none of a script.
_COMMON: Final = words_of(
    "MICRO OHM FEMININE MASCULINE MODIFIER MATHEMATICAL SUPERSCRIPT FULLWIDTH KELVIN ANGSTROM DOUBLE SCRIPT "
    "BLACK PLANCK"
)

_BY_LANGUAGE: Final = {
    "ar": "Arabic", "fa": "Arabic", "ur": "Arabic", "ps": "Arabic", "ug": "Arabic", "sd": "Arabic",
    "he": "Hebrew", "yi": "Hebrew",
    "ru": "Cyrillic", "uk": "Cyrillic", "be": "Cyrillic", "bg": "Cyrillic", "mk": "Cyrillic",
    "sr": "Cyrillic", "kk": "Cyrillic", "ky": "Cyrillic", "tg": "Cyrillic", "mn": "Cyrillic",
    "tt": "Cyrillic",
    "el": "Greek", "hy": "Armenian", "ka": "Georgian", "am": "Ethiopic", "ti": "Ethiopic",
    "hi": "Devanagari", "mr": "Devanagari", "ne": "Devanagari", "sa": "Devanagari",
    "bn": "Bengali", "as": "Bengali", "pa": "Gurmukhi", "gu": "Gujarati", "or": "Oriya", "ta": "Tamil",
    "te": "Telugu", "kn": "Kannada", "ml": "Malayalam", "si": "Sinhala", "th": "Thai", "lo": "Lao",
    "my": "Myanmar", "km": "Khmer", "ko": "Korean", "ja": "Japanese", "zh": "Chinese", "yue": "Chinese",
    "cmn": "Chinese",
}  # fmt: skip


@lru_cache(4096)
def script_of(character: str) -> str:
    """Return the script of a letter ("Latin", "Cyrillic", "Chinese"); empty for what is no letter of one."""
    if character.isascii():
        return "Latin" if character.isalpha() else ""
    if not character.isalpha():
        return ""
    first = unicodedata.name(character, "").partition(" ")[0]
    if not first or first in _COMMON:
        return ""
    return _NAMED.get(first, first.capitalize())


def scripts_in(text: str) -> Counter[str]:
    """Return how many letters of each script a text has, by its first 100,000 characters."""
    sample = text[:_LONGEST]
    if sample.isascii():
        letters = sum(map(str.isalpha, sample))
        return Counter({"Latin": letters} if letters else {})
    return Counter(script for script in map(script_of, sample) if script)


def readable(languages: Iterable[str]) -> frozenset[str]:
    """Return the scripts that a voice of these languages reads; empty: nothing is known of it.

    Latin letters stand in texts of every language, and every voice says something for them.
    """
    codes = (code.casefold().replace("_", "-").partition("-")[0] for code in languages)
    found = {_BY_LANGUAGE.get(code, "Latin") for code in codes}
    if "Japanese" in found:
        found.add("Chinese")
    return frozenset(found | {"Latin"}) if found else frozenset()


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Return the stretches [start, end) of a text in one script; other signs belong to the one before."""
    start, script = 0, ""
    for index, character in enumerate(text):
        found = script_of(character)
        if not found or found == script:
            continue
        if script:
            yield start, index, script
            start = index
        script = found
    if start < len(text):
        yield start, len(text), script
