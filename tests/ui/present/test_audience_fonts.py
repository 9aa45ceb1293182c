"""Scripts without a font are named; what can be shown is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from fishcaption.ui.present.audience_fonts import missing_scripts

SHOWN = (
    "",
    "Plain.",
    "Ünïcode – “quotes” … €",
    "تظهر الترجمة",
    "字幕は聞こえた",
    "คำบรรยาย",
    "हिन्दी",
    "👩‍🚒 🎉 ❤️",
    "a\u0301\u200d\u00ad",
)


@pytest.mark.parametrize("text", SHOWN)
def test_what_can_be_shown_is_not_named(qapp: QApplication, text: str) -> None:
    assert missing_scripts(text) == ()


@pytest.mark.parametrize(
    ("letters", "named"),
    [
        ("\ue123", "emoji and signs"),  # for private use
        ("\U000e1234", "emoji and signs"),  # no character at all
    ],
)
def test_what_cannot_be_shown_is_named(qapp: QApplication, letters: str, named: str) -> None:
    assert missing_scripts(f"Some text {letters} and {letters} more") == (named,)


def test_each_script_is_named_once_in_the_order_of_the_text(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = set("กไฮあ한漢ক🎉Ж")
    monkeypatch.setattr(
        "fishcaption.ui.present.audience_fonts._lacks", lambda text, font: not lacking.isdisjoint(text)
    )
    text = "Hello ก and ไ, then あ, 한국, 漢字, ক, 🎉, Ж; ฮ"
    assert missing_scripts(text) == (
        "Thai",
        "Japanese",
        "Korean",
        "Chinese and Japanese characters",
        "Bengali",
        "emoji and signs",
        "Cyrillic",
    )


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_repeating_a_text_changes_nothing(qapp: QApplication, text: str) -> None:
    found = missing_scripts(text)
    assert missing_scripts(text * 2) == found
    assert all(found)


def test_a_long_script_is_quick(qapp: QApplication) -> None:
    text = "".join(map(chr, range(0x4E00, 0x5E00))) * 100
    began = time.thread_time()
    assert missing_scripts(text) == ()
    assert time.thread_time() - began < 2.0
