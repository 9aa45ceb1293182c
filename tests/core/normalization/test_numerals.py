"""Numbers in words, where each language has its traps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.numerals import LANGUAGES, LARGEST, cardinal, digits, ordinal, year


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [
        (0, "en", "zero"),
        (21, "en", "twenty-one"),
        (1_000_001, "en", "one million one"),
        (999_999, "en", "nine hundred ninety-nine thousand nine hundred ninety-nine"),
        (1, "de", "eins"),
        (21, "de", "einundzwanzig"),
        (101, "de", "einhunderteins"),
        (101_000, "de", "einhunderteintausend"),
        (1_000_000, "de", "eine Million"),
        (2_000_016, "de", "zwei Millionen sechzehn"),
        (100, "es", "cien"),
        (101, "es", "ciento uno"),
        (21_000, "es", "veintiún mil"),
        (31_000_000, "es", "treinta y un millones"),
        (10**9, "es", "mil millones"),
        (71, "fr", "soixante et onze"),
        (80, "fr", "quatre-vingts"),
        (81, "fr", "quatre-vingt-un"),
        (91, "fr", "quatre-vingt-onze"),
        (200, "fr", "deux cents"),
        (201, "fr", "deux cent un"),
        (80_000, "fr", "quatre-vingt mille"),
        (200_000_000, "fr", "deux cents millions"),
        (28, "it", "ventotto"),
        (118, "it", "centodiciotto"),
        (180, "it", "centottanta"),
        (23, "it", "ventitré"),
        (23_000, "it", "ventitremila"),
        (1_000_000, "it", "un milione"),
    ],
)
def test_cardinals(number: int, language: str, said: str) -> None:
    assert cardinal(number, language) == said


@given(st.integers(0, 10 * LARGEST), st.sampled_from(LANGUAGES))
def test_every_number_has_a_name_that_no_other_has(number: int, language: str) -> None:
    said = cardinal(number, language)
    assert said
    assert not any(map(str.isdigit, said))
    assert said != cardinal(number + 1, language)
    assert max(map(len, said.split())) <= 40 or language == "de"


def test_ordinals_years_and_digits() -> None:
    assert [ordinal(n) for n in (1, 12, 20, 22, 100, 103)] == [
        "first",
        "twelfth",
        "twentieth",
        "twenty-second",
        "one hundredth",
        "one hundred third",
    ]
    assert [year(n, "en") for n in (1100, 1905, 1999, 2000, 2009, 2026)] == [
        "eleven hundred",
        "nineteen oh five",
        "nineteen ninety-nine",
        "two thousand",
        "two thousand nine",
        "twenty twenty-six",
    ]
    assert year(1999, "de") == "neunzehnhundertneunundneunzig"
    assert year(1999, "fr") == "mille neuf cent quatre-vingt-dix-neuf"
    assert digits("0049", "en") == "zero zero four nine"
