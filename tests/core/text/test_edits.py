"""Where a changed text is another one, by the word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.edits import changed_from, first_difference


@pytest.mark.parametrize(
    ("old", "new", "rest"),
    [
        ("one two three", "one too three", "too three"),
        ("one two", "one two three", " three"),
        ("one two", "one", ""),
        ("one two", "one tw", "tw"),
        ("one ", "one t", "t"),
        ("the", "there", "there"),
        ("don", "don't", "don't"),
        ("it costs 3.", "it costs 3.5", "3.5"),
        ("so it is.", "so it is?", "is?"),  # a mark is heard
        ("so it is", "so it is.", "."),  # but not one that comes behind what was said
        ("so it is. No", "so it is, no", "is, no"),
        ("one two three", "one three", "three"),
        ("你好吗", "你坏吗", "坏吗"),
        ("", "one", "one"),
    ],
)
def test_what_has_to_be_said_anew(old: str, new: str, rest: str) -> None:
    place = first_difference(old, new)
    assert new[changed_from(old, new, place) :] == rest


@given(st.text(st.sampled_from("ab .,'"), max_size=20), st.text(st.sampled_from("ab .,'"), max_size=20))
def test_what_stands_before_it_is_the_same(old: str, new: str) -> None:
    place = first_difference(old, new)
    assert old[:place] == new[:place]
    assert old[place : place + 1] != new[place : place + 1] or old == new
    assert 0 <= changed_from(old, new, place) <= place
