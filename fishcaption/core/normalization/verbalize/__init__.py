"""How written forms are read aloud: numbers, dates, money, measures, codes, addresses, emoji.

Each function looks through a text and tells what is said in the place of which stretch of it (`Reading`s, in
order, none over another); what it does not tell of stays as it is. Left alone on purpose: file names, numbers
inside names ("B12"), dates that two countries read in two ways, and whatever is written in a language that is
not in the tables.

    context     what the words before a number tell of it
    forms       patterns that are looked for together, and what they may know of what stands before them
    numbers     numbers by themselves, and before a noun (whose gender `genders` guesses)
    ordinals    ordinals, Roman numerals, "Nr. 5"
    dates       dates and times of day
    amounts     money and measures
    codes       what people write down: codes, telephone numbers, versions; `postcodes`, and `spelling`
    signs       what stands between the numbers of a sum
    addresses, emoji

Nothing here looks beyond the end of a text, and nothing looks further before a form than
`core.text.readings.LEFT`.
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
"""The two-letter codes of the languages whose forms are read here."""

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
    """What is said for numbers and what is made of them, and for the units and currencies beside them.

    Without units, an amount is left as it is; without numbers, "5 km" is said as "5 kilometers". What stands
    before ``start`` was said already, and is only looked at.
    """
    if language not in LOCALES:
        return []
    return _forms(language, with_numbers, with_units).read(text, start)


def after_number(
    text: str, number: str, language: str, *, with_numbers: bool, with_units: bool
) -> list[Reading]:
    """What is said for a unit, or for "am" or "pm", that begins the text; the number was said before it."""
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
