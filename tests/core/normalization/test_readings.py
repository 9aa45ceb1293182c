"""What is shown, and what must be spoken: a table of forms in five languages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import perf_counter

import pytest

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules

READINGS = [
    line.split("\t")
    for line in Path(__file__).with_name("readings.tsv").read_text(encoding="utf-8").splitlines()
]
"""Language, shown, spoken by an embedded voice."""


def test_the_table_is_large_and_each_form_stands_in_it_once() -> None:
    assert len(READINGS) >= 400
    assert {language for language, _, _ in READINGS} == {"en", "de", "es", "fr", "it"}
    assert len({(language, shown) for language, shown, _ in READINGS}) == len(READINGS)


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "it"])
def test_forms_are_read_as_people_say_them(language: str) -> None:
    wrong = []
    for _, shown, spoken in (reading for reading in READINGS if reading[0] == language):
        said = Normalizer(Rules(), language=language, voice_id="", family="embedded").normalize(shown)
        if said.text != spoken:
            wrong.append((shown, spoken, said.text))
        ends = [0, *(span[1] for span in said.spans)]
        assert all(before < after for before, after in pairwise(ends))
        assert not shown or ends[-1] == len(shown)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["1", "A", ".", "²", "-", ":"])
def test_a_hundred_kilobytes_of_one_sign_take_less_than_a_second(sign: str) -> None:
    assert seconds_for(sign * 100_000) < 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["1 ", "12:", "1-", "1/", "1.", "AB ", "A1-", "5 km ", "code 1 ", "(1", "=1", "$1 "]
)
def test_the_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    seconds_for(unit * 100)
    short, long = (min(seconds_for(unit * count) for _ in range(3)) for count in (1000, 8000))
    assert long < 24 * short + 0.1


def seconds_for(text: str) -> float:
    normalizer = Normalizer(Rules(), language="en", voice_id="", family="embedded")
    before = perf_counter()
    normalizer.normalize(text)
    return perf_counter() - before
