"""Abbreviations expand at a word's end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.vocabulary.abbreviations import Abbreviations

TABLE = Abbreviations({"brb": "be right back", "US": "United States", "->": "leads to", "w/o": "without"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brb ", (0, "be right back ")),
        ("I will brb.", (7, "be right back.")),
        ("Brb, ", None),  # the comma has ended it; the blank ends nothing
        ("Brb,", (0, "Be right back,")),
        ("BRB!", (0, "BE RIGHT BACK!")),
        ("so\nbrb\n", (3, "be right back\n")),
        ("(brb)", (1, "be right back)")),
        ("“brb”", (1, "be right back”")),
        ("the US.", (4, "United States.")),
        ("with us ", None),
        ("a -> ", (2, "leads to ")),
        ("go w/o ", (3, "without ")),
        ("xbrb ", None),
        ("brb", None),
        ("brb's", None),
        ("x.brb ", None),
        (" ", None),
        ("", None),
    ],
)
def test_an_abbreviation_expands_when_its_word_has_ended(text: str, expected: tuple[int, str] | None) -> None:
    assert TABLE.expansion(text) == expected


@pytest.mark.parametrize(
    ("short", "long"), [("", "x"), ("a b", "x"), ("so.", "x"), ("x" * 33, "x"), ("x", " "), ("x", "y" * 2001)]
)
def test_an_abbreviation_that_cannot_work_is_refused(short: str, long: str) -> None:
    with pytest.raises(InputError) as refused:
        Abbreviations({short: long})
    assert refused.value.hint


@given(st.text(max_size=50))
def test_no_text_breaks_abbreviations(text: str) -> None:
    if (found := TABLE.expansion(text)) is not None:
        start, replacement = found
        assert 0 <= start < len(text) - 1
        assert replacement.endswith(text[-1])
