"""A number as people type it: with a point or a comma, in the digits of any script.

No locale decides, so that people who live abroad, or copy a number that others wrote, are understood.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 40
"""Code points of a number, at most."""

_SIGNS: Final = {
    **dict.fromkeys("٫。．｡", "."),  # Arabic signs, and those of input methods for wide letters
    **dict.fromkeys("，、､", ","),
    **dict.fromkeys("٬’＇ʼ`´", "'"),
    **dict.fromkeys("−－﹣‐‑‒–", "-"),
    **{"＋": "+", "٪": "%", "％": "%", "＄": "$", "×": "x"},
}
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?P<mark>[.,' ])(?:\d{2,3}(?P=mark))*\d{3}", re.ASCII)
_DECIMAL: Final = re.compile(r"(?P<before>.*)(?P<mark>[.,])(?P<after>\d*)", re.ASCII)


def typed_number(
    text: str, low: float, high: float, *, decimals: int = 2, units: tuple[str, ...] = ()
) -> float | None:
    """Return the number that a person means by this text; None if it is no number or could be two.

    ``units`` may stand before or behind it. A single point or comma is the decimal mark; of two kinds of
    marks, the last one is. A mark that comes more than once parts groups of digits, as blanks and apostrophes
    do. A single mark before exactly three last digits could be either ("1,000"): then the reading that lies
    in [low, high] counts. If both do, the result is None, or the larger one if ``decimals`` is 0. The result
    may lie outside [low, high].
    """
    if len(text) > MOST_CHARACTERS:
        return None
    plain = _without(units, _plain(text))
    sign = -1 if plain.startswith("-") else 1
    plain = _without(units, plain[1:].lstrip()) if plain[:1] in ("+", "-") else plain  # "-$5"
    grouped, decimal = _grouped(plain), _decimal(plain)
    if grouped is None or decimal is None:
        found = decimal if grouped is None else grouped
        return None if found is None else sign * found
    fitting = [sign * value for value in (decimal, grouped) if low <= sign * value <= high]
    if len(fitting) == 1 or (fitting and decimals == 0):
        return fitting[-1]
    return None if fitting else sign * grouped


def _plain(text: str) -> str:
    """Return the text in ASCII where possible, with single blanks and no characters without width."""
    made: list[str] = []
    for char in text:
        digit, kind = unicodedata.decimal(char, None), unicodedata.category(char)
        if digit is not None:
            made.append(str(digit))
        elif kind != "Cf":
            made.append(_SIGNS.get(char, char))
    return " ".join("".join(made).split()).casefold()


def _without(units: tuple[str, ...], plain: str) -> str:
    for unit in filter(None, map(_plain, units)):
        while unit in (plain[: len(unit)], plain[-len(unit) :]):  # an input field adds its own
            plain = plain.removeprefix(unit).removesuffix(unit).strip()
    return plain


def _grouped(digits: str) -> float | None:
    """Return a number without a decimal mark; in India, groups of two stand before the last three digits."""
    if _is_digits(digits):
        return float(digits)
    return float(re.sub(r"\D", "", digits)) if _GROUPED.fullmatch(digits) else None


def _decimal(digits: str) -> float | None:
    """Return a number with a decimal mark; None if there is none."""
    found = _DECIMAL.fullmatch(digits)
    if found is None or found["mark"] in found["before"]:
        return None
    before = _grouped(found["before"]) if found["before"] else 0.0
    if before is None or not (found["before"] or found["after"]):
        return None
    return float(f"{before:.0f}.{found['after'] or 0}")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
