"""Captions inside a video signal: the characters there are, and rows of 32 columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cea608 import CHARACTERS, COLUMNS, ROWS, folded, screens


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain text, 100 %!", "Plain text, 100 %!"),
        ("“Don’t” — he said…", "“Don't” ─ he said..."),
        ("Grüße aus Köln, ñandú, São Paulo", "Grüße aus Köln, ñandú, São Paulo"),
        ("Łódź, Dvořák, Škoda", "Lódz, Dvorák, Skoda"),
        ("cafe\u0301", "café"),
        ("5\u202f€ or ½ №\u00a07", "5 EUR or ½ No. 7"),
        ("ﬁne ²", "fine 2"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_text_is_written_in_the_characters_there_are(text: str, shown: str) -> None:
    assert folded(text) == (shown, True)


@pytest.mark.parametrize("text", ["日本語", "Привет", "สวัสดี", "مرحبا", "ok 🎉"])
def test_what_cannot_be_written_is_told(text: str) -> None:
    shown, is_whole = folded(text)
    assert not is_whole
    assert "??" not in shown


@given(st.text())
def test_nothing_else_is_ever_written(text: str) -> None:
    shown, is_whole = folded(text)
    assert set(shown) <= CHARACTERS
    assert folded(shown) == (shown, True)
    assert is_whole or "?" in shown


@given(st.lists(st.text("ab ", max_size=70), max_size=12))
def test_screens_hold_every_word_in_order(lines: list[str]) -> None:
    found = screens(lines)
    assert all(0 < len(rows) <= ROWS for rows in found)
    assert all(0 < len(row) <= COLUMNS for rows in found for row in rows)
    letters = "".join("".join(row for rows in found for row in rows).split())
    assert letters == "".join("".join(lines).split())


def test_lines_that_fit_stay_as_they_are() -> None:
    assert screens(["One line", "and another"]) == (("One line", "and another"),)
    assert screens(["x" * 33]) == (("x" * 32, "x"),)
    assert screens([]) == ()
