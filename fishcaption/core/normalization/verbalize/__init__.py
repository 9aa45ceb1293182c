"""Verbalizing: written forms in words, such as numbers, dates, money, measures, codes, addresses and emoji.

Each function returns the `Reading`s in a text, in order and without overlaps; all other text stays as it is.
Some forms are left alone on purpose: file names, numbers inside names ("B12"), dates that two countries read
in two ways, and texts in a language without tables.

    forms       patterns that are looked for together, with the text before them
    numbers     numbers by themselves, and before a noun (`genders` guesses its gender)
    ordinals    ordinals, Roman numerals, "Nr. 5"
    dates       dates and times of day
    amounts     money and measures
    codes       codes, telephone numbers, versions; `postcodes`; `spelling`: sign by sign
    context     tells by the words before a number whether it is a code
    signs       signs between the numbers of a calculation
    addresses   e-mail and web addresses
    emoji       the names of emoji

Nothing here looks beyond the end of a text, or further before a form than `core.text.readings.LEFT`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from fishcaption.core.normalization.locales import LOCALES
from fishcaption.core.normalization.verbalize.addresses import addresses
from fishcaption.core.normalization.verbalize.amounts import Amounts
from fishcaption.core.normalization.verbalize.codes import Codes
from fishcaption.core.normalization.verbalize.dates import Dates
from fishcaption.core.normalization.verbalize.emoji import emoji
from fishcaption.core.normalization.verbalize.forms import Forms
from fishcaption.core.normalization.verbalize.numbers import Numbers
from fishcaption.core.normalization.verbalize.ordinals import Ordinals
from fishcaption.core.normalization.verbalize.signs import Signs, operators
from fishcaption.core.text.readings import Reading

__all__ = [
    "LANGUAGES",
    "addresses",
    "after_number",
    "emoji",
    "numbers",
    "operators",
]

LANGUAGES: Final = tuple(LOCALES)
"""Two-letter codes of the languages whose forms are read here."""

_LONE_HALF: Final = re.compile(r"([ap])(?:m\b|\.m\.|M\b)(?!\w)", re.IGNORECASE)
_HOUR: Final = re.compile(r"(?:1[0-2]|0?[1-9])(?::[0-5]\d)?")


@cache
def _amounts(code: str, with_numbers: bool, with_units: bool) -> Amounts:
    return Amounts(Numbers(LOCALES[code], with_numbers=with_numbers), with_units=with_units)


@cache
def _forms(code: str, with_numbers: bool, with_units: bool) -> Forms:
    numbers_ = Numbers(LOCALES[code], with_numbers=with_numbers)
    amounts = _amounts(code, with_numbers, with_units)
    codes = Codes(numbers_, amounts)
    return Forms(
        [
            *codes.shapes(),
            *numbers_.fixed_forms(),
            *Dates(numbers_).forms(),
            *codes.by_words(),
            *amounts.forms(),
            *Ordinals(numbers_).forms(),
            *Signs(numbers_).forms(),
            *numbers_.forms(),
        ]
    )


def numbers(
    text: str, language: str, *, with_numbers: bool, with_units: bool, start: int = 0
) -> list[Reading]:
    """Return the readings of numbers and of all forms with numbers, units and currencies.

    Without units, an amount stays as it is; without numbers, "5 km" becomes "5 kilometers". The text before
    ``start`` was spoken already, and is only looked at.
    """
    if language not in LOCALES:
        return []
    return _forms(language, with_numbers, with_units).read(text, start)


def after_number(
    text: str, number: str, language: str, *, with_numbers: bool, with_units: bool
) -> list[Reading]:
    """Return the reading of a unit, "am" or "pm" at the text's start; the number was spoken before."""
    if language not in LOCALES:
        return []
    half = _LONE_HALF.match(text)
    if half and with_numbers and language == "en" and _HOUR.fullmatch(number):
        has_dot = text[half.end() : half.end() + 1] == "."
        return [Reading(0, half.end(), f"{half.group(1).upper()}.M{'' if has_dot else '.'}")]
    if ":" in number:
        return []
    unit = _amounts(language, with_numbers, with_units).unit_alone(text, number)
    return [Reading(0, *unit)] if unit else []
