"""Numbers as people type them, whatever country they are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.typed_number import MOST_CHARACTERS, typed_number

MEANT: list[tuple[str, float | None]] = [
    ("1,5", 1.5), ("0.75", 0.75), ("0,75", 0.75), ("1.5", 1.5), (",5", 0.5), (".5", 0.5), ("2.", 2.0),
    ("7", 7.0), (" 12 ", 12.0), ("+3", 3.0), ("-4", -4.0), ("−4,5", -4.5), ("- 4", -4.0),
    ("１．５", 1.5), ("１，５", 1.5), ("1。5", 1.5), ("٠٫٧٥", 0.75), ("۱٫۵", 1.5), ("१.५", 1.5), ("๑.๕", 1.5),
    ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1\u00a0234.5", 1234.5),
    ("1\u202f234,5", 1234.5), ("1'234.5", 1234.5), ("1’234,5", 1234.5), ("12,34,567.25", 1234567.25),
    ("1.234.567", 1234567.0), ("1,234,567", 1234567.0), ("1 234 567", 1234567.0), ("١٬٢٣٤٬٥٦٧", 1234567.0),
    ("1,250", 1.25), ("0,750", 0.75), ("0.500", 0.5), ("1.2500", 1.25),
    ("$0.75", 0.75), ("0,75 $", 0.75), ("$ 1,5", 1.5), ("-$2", -2.0), ("1.5\u200e", 1.5),
    ("\u2067٣\u2069", 3.0),
    ("", None), (" ", None), ("$", None), ("abc", None), ("1.2.3", None), ("1,2,3", None), (",", None),
    (".", None), ("-", None), ("--1", None), ("1-2", None), ("1 5", None), ("1,,5", None), ("1.5,5.5", None),
    ("1e3", None), ("inf", None), ("nan", None), ("0x10", None), ("5²", None), ("½", None), ("Ⅳ", None),
    ("①", None), ("1_000", None), ("1.5 apples", None), ("1'5", None), ("12 34", None), ("1,23.45", None),
    ("9" * 41, None), ("٫", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), MEANT)
def test_a_typed_number_is_what_the_person_means(text: str, number: float | None) -> None:
    found = typed_number(text, -10, 100, units=("$",))
    assert found == number, f"{text!r} is {found}"


def test_a_mark_that_could_be_either_is_read_by_the_range() -> None:
    assert typed_number("1,250", 0.5, 3.0, decimals=1) == 1.25
    assert typed_number("1.500", 0, 5000, decimals=0) == 1500, "nobody types thousandths of a millisecond"
    assert typed_number("112.500", 80, 300, decimals=0) == 112.5
    assert typed_number("1,000", 0, 1000) is None, "a dollar or a thousand: not to be guessed"
    assert typed_number("1,000.00", 0, 1000) == 1000
    assert typed_number("9,999", 100, 1000) == 9999, "neither fits: what is out of range is told by the range"


@pytest.mark.parametrize(("unit", "text"), [("×", "1,7×"), ("×", "1.7 x"), ("×", "1.7X"), ("%", "1,7 ٪"),
                                            ("ms", "1.7MS"), ("s", "1,7s"), ("", "1.7")])  # fmt: skip
def test_the_unit_may_be_typed_too(unit: str, text: str) -> None:
    assert typed_number(text, 0, 5, units=(f" {unit}",)) == 1.7


@given(st.integers(0, 10**9), st.sampled_from(["", ".", ","]), st.text("0123456789", max_size=2))
def test_either_mark_is_the_decimal_mark(whole: int, mark: str, after: str) -> None:
    text = f"{whole}{mark}{after}" if mark else str(whole)
    expected = float(f"{whole}.{after}") if mark and after else float(whole)
    assert typed_number(text, 0, 1e12) == expected


@given(st.text(max_size=MOST_CHARACTERS + 5))
def test_any_text_is_a_bounded_number_or_none(text: str) -> None:
    found = typed_number(text, 0, 10)
    assert found is None or abs(found) < 1e41
