"""Numbers in words, in English, German, Spanish, French and Italian.

They are written here, not taken from a library. The only one, num2words 0.5.14 (maintained, LGPL), has fifty
languages, takes 70 ms to import, and has a dependency without a wheel. Compared with it for 43,000 numbers
from 0 to 10^12 in each language, English and French are the same; 209 differ in German
("einhunderteinstausend"), 2,514 in Spanish ("veintiuno mil") and 4,286 in Italian ("centodicotto"), and each
time the grammar agrees with this module. The library's ordinals include "décimoprimero" and "noningentésimo",
its amounts "four euro, zero cents"; it has no gender ("veintiuna horas"), no units and no codes. Long words
are split at the thousands, so that no voice has to say a word of sixty letters.

All functions are pure. Numbers are given as `int`, or as the digits that were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

LANGUAGES: Final = ("en", "de", "es", "fr", "it")
"""Two-letter codes of the languages that have numbers in words."""

LARGEST: Final = 10**15
"""Numbers from here on are spoken digit by digit."""


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_WORDS: Final = {
    "en": _split(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    ),
    "de": _split(
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
        "sechzehn siebzehn achtzehn neunzehn"
    ),
    "es": _split(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
        "veinticinco veintiséis veintisiete veintiocho veintinueve"
    ),
    "fr": _split(
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
        "dix-sept dix-huit dix-neuf"
    ),
    "it": _split(
        "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici diciassette diciotto diciannove"
    ),
}
_TENS: Final = {
    "en": _split("- ten twenty thirty forty fifty sixty seventy eighty ninety"),
    "de": _split("- zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    "es": _split("- diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    "fr": _split("- dix vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt"),
    "it": _split("- dieci venti trenta quaranta cinquanta sessanta settanta ottanta novanta"),
}
_SPANISH_HUNDREDS: Final = _split(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
# Singular and plural of a million and more.
_LARGE: Final = {
    "en": ((10**12, "trillion", "trillion"), (10**9, "billion", "billion"), (10**6, "million", "million")),
    "de": (
        (10**12, "Billion", "Billionen"),
        (10**9, "Milliarde", "Milliarden"),
        (10**6, "Million", "Millionen"),
    ),
    "es": ((10**12, "billón", "billones"), (10**6, "millón", "millones")),
    "fr": ((10**12, "billion", "billions"), (10**9, "milliard", "milliards"), (10**6, "million", "millions")),
    "it": (
        (10**12, "bilione", "bilioni"),
        (10**9, "miliardo", "miliardi"),
        (10**6, "milione", "milioni"),
    ),
}
_ONE_LARGE: Final = {"en": "one", "de": "eine", "es": "un", "fr": "un", "it": "un"}


def cardinal(number: int, language: str) -> str:
    """Return the number in words; the caller adds the sign of a negative one."""
    if number >= LARGEST:
        return digits(str(number), language)
    parts: list[str] = []
    for value, one, several in _LARGE[language]:
        count, number = divmod(number, value)
        if count:
            parts.append(f"{_count(count, language)} {one if count == 1 else several}")
    if number or not parts:
        parts.append(_BELOW_MILLION[language](number))
    return " ".join(parts)


def _count(count: int, language: str) -> str:
    if count == 1:
        return _ONE_LARGE[language]
    said = _BELOW_MILLION[language](count)
    return _shortened(said) if language == "es" else said


def digits(written: str, language: str) -> str:
    """Return the digits in words, one by one."""
    return " ".join(_WORDS[language][int(digit)] for digit in written if digit.isdigit())


def year(number: int, language: str) -> str:
    """Return a year from 1100 to 2099 in words."""
    high, low = divmod(number, 100)
    if language == "en" and not 2000 <= number < 2010:
        if low == 0:
            return f"{_english(high)} hundred"
        return f"{_english(high)} {'oh ' if low < 10 else ''}{_english(low)}"
    if language == "de" and high < 20:
        return f"{_german(high)}hundert{_german(low) if low else ''}"
    return cardinal(number, language)


def ordinal(number: int, language: str = "en", *, feminine: bool = False) -> str:
    """Return the ordinal in words: in German as behind "der" ("zweite"), else as it stands alone.

    In Spanish, numbers from a hundred on are spoken as cardinals.
    """
    match language:
        case "de":
            return _german_ordinal(number)
        case "fr":
            return _french_ordinal(number, feminine=feminine)
        case "es" if number < 100:
            said = _spanish_ordinal(number)
            return re.sub(r"o\b", "a", said) if feminine else said
        case "it":
            said = _italian_ordinal(number)
            return f"{said[:-1]}a" if feminine else said
        case "es":
            return cardinal(number, language)
    said = cardinal(number, "en")
    cut = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[cut:]
    if last in _ORDINALS:
        return said[:cut] + _ORDINALS[last]
    return said[:-1] + "ieth" if said.endswith("y") else said + "th"


def _german_ordinal(number: int) -> str:
    said, low = cardinal(number, "de"), number % 100
    for ending, other in (("eins", "erste"), ("drei", "dritte"), ("sieben", "siebte"), ("acht", "achte")):
        if 0 < low < 10 and said.endswith(ending):
            return said[: -len(ending)] + other
    return said + ("te" if 0 < low < 20 else "ste")


def _french_ordinal(number: int, *, feminine: bool) -> str:
    if number == 1:
        return "première" if feminine else "premier"
    said = cardinal(number, "fr")
    if said.endswith(("cents", "vingts", "millions", "milliards")):
        said = said[:-1]
    if said.endswith("cinq"):
        return said + "uième"
    if said.endswith("neuf"):
        return said[:-1] + "vième"
    return said.removesuffix("e") + "ième"


_SPANISH_ORDINALS: Final = _split(
    "- primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo "
    "decimotercero decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo decimonoveno"
)
_SPANISH_TENTHS: Final = _split(
    "- - vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo"
)


def _spanish_ordinal(number: int) -> str:
    if number < 20:
        return _SPANISH_ORDINALS[number] if number else "cero"
    tens, ones = divmod(number, 10)
    return _SPANISH_TENTHS[tens] + (f" {_SPANISH_ORDINALS[ones]}" if ones else "")


_ITALIAN_ORDINALS: Final = _split("- primo secondo terzo quarto quinto sesto settimo ottavo nono decimo")


def _italian_ordinal(number: int) -> str:
    if 0 < number <= 10:
        return _ITALIAN_ORDINALS[number]
    said = cardinal(number, "it")
    if said.endswith("tré"):
        return said[:-1] + "eesimo"
    if said.endswith("sei"):
        return said + "esimo"
    return (said[:-3] + "mill" if said.endswith("mila") else said[:-1]) + "esimo"


_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def _english(number: int) -> str:
    if number >= 1000:
        count, rest = divmod(number, 1000)
        return f"{_english(count)} thousand" + (f" {_english(rest)}" if rest else "")
    if number >= 100:
        count, rest = divmod(number, 100)
        return f"{_english(count)} hundred" + (f" {_english(rest)}" if rest else "")
    if number < 20:
        return _WORDS["en"][number]
    tens, ones = divmod(number, 10)
    return _TENS["en"][tens] + (f"-{_WORDS['en'][ones]}" if ones else "")


def _german(number: int, *, is_last: bool = True) -> str:
    """Return a German number; ``is_last`` is true if nothing follows in the word, so that one is "eins"."""
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = f"{_german(count, is_last=False)}tausend"
        return f"{head} {_german(rest)}" if rest else head
    if number >= 100:
        count, rest = divmod(number, 100)
        return f"{_german(count, is_last=False)}hundert" + (_german(rest, is_last=is_last) if rest else "")
    if number < 20:
        return "ein" if number == 1 and not is_last else _WORDS["de"][number]
    tens, ones = divmod(number, 10)
    return (f"{_german(ones, is_last=False)}und" if ones else "") + _TENS["de"][tens]


def _spanish(number: int) -> str:
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mil" if count == 1 else f"{_shortened(_spanish(count))} mil"
        return f"{head} {_spanish(rest)}" if rest else head
    if number >= 100:
        count, rest = divmod(number, 100)
        if number == 100:
            return "cien"
        return _SPANISH_HUNDREDS[count] + (f" {_spanish(rest)}" if rest else "")
    if number < 30:
        return _WORDS["es"][number]
    tens, ones = divmod(number, 10)
    return _TENS["es"][tens] + (f" y {_WORDS['es'][ones]}" if ones else "")


def _shortened(said: str) -> str:
    """Return a Spanish number as before "mil" and "millones", where "uno" is shortened."""
    if said.endswith("veintiuno"):
        return said[:-3] + "ún"
    return said[:-1] if said.endswith("uno") else said


def _french(number: int, *, is_last: bool = True) -> str:
    """Return a French number; ``is_last`` is true if nothing follows, so that "cents" has its s."""
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mille" if count == 1 else f"{_french(count, is_last=False)} mille"
        return f"{head} {_french(rest)}" if rest else head
    if number >= 100:
        count, rest = divmod(number, 100)
        head = "cent" if count == 1 else f"{_french(count)} cent"
        if rest:
            return f"{head} {_french(rest, is_last=is_last)}"
        return f"{head}s" if count > 1 and is_last else head
    if number < 20:
        return _WORDS["fr"][number]
    tens, ones = divmod(number, 10)
    if tens in (7, 9):
        ones += 10
    if not ones:
        return _TENS["fr"][tens] + ("s" if tens == 8 and is_last else "")
    joint = " et " if ones in (1, 11) and tens < 8 else "-"
    return f"{_TENS['fr'][tens]}{joint}{_WORDS['fr'][ones]}"


def _italian(number: int) -> str:
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mille" if count == 1 else f"{_italian(count).replace('tré', 'tre')}mila"
        return f"{head} {_italian(rest)}" if rest else head
    if number >= 100:
        count, rest = divmod(number, 100)
        head = ("" if count == 1 else _WORDS["it"][count]) + "cento"
        if not rest:
            return head
        said = _italian(rest)
        said = "tré" if rest == 3 else said
        return (head[:-1] if said.startswith("ott") else head) + said
    if number < 20:
        return _WORDS["it"][number]
    tens, ones = divmod(number, 10)
    if not ones:
        return _TENS["it"][tens]
    said = "tré" if ones == 3 else _WORDS["it"][ones]
    return (_TENS["it"][tens][:-1] if ones in (1, 8) else _TENS["it"][tens]) + said


_BELOW_MILLION: Final[dict[str, Callable[[int], str]]] = {
    "en": _english,
    "de": _german,
    "es": _spanish,
    "fr": _french,
    "it": _italian,
}
