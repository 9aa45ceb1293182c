"""Texts to be read aloud: ours have a good length, and the user's own are parted at sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.voices.reading_texts import MOST_WORDS, is_long, own_texts, reading_texts
from tests.checkout import ROOT

FILES = sorted((ROOT / "resources/reading-texts").glob("*.txt"))


def test_there_are_texts_in_eight_languages() -> None:
    assert {"en", "de", "es", "fr", "it", "ja", "nl", "pt"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_ours_are_read_in_15_to_20_seconds_and_each_is_of_another_kind(path) -> None:  # type: ignore[no-untyped-def]  # a path
    texts = reading_texts(path.read_text("utf-8"))
    assert len(texts) >= 6
    assert len({text.title for text in texts}) == len(texts)
    assert all(text.title for text in texts)
    for text in texts:
        if path.stem == "ja":
            assert 110 <= len(text.text) <= 150, text.title
        else:
            assert 45 <= len(text.text.split()) <= 60, text.title
        assert not is_long(text.text)
        assert text.text[-1] in ".!?。！？"
    whole = " ".join(text.text for text in texts)
    assert "?" in whole or "？" in whole or "か。" in whole
    assert "!" in whole or "！" in whole


def test_own_text_is_parted_at_sentences_and_paragraphs() -> None:
    sentence = "This is a sentence of exactly nine words, no more. "
    parts = own_texts(sentence * 14 + "\nAnother paragraph.\n\n", "en")
    assert [len(part.text.split()) for part in parts] == [60, 60, 20, 2]
    assert all(part.text.endswith(".") for part in parts)


def test_own_japanese_text_keeps_no_blanks_between_sentences() -> None:
    parts = own_texts("今日はとてもいい天気ですね。" * 20, "ja")
    assert len(parts) > 1
    assert not any(" " in part.text or is_long(part.text) for part in parts)


@given(st.text(alphabet="ab.!? \n駅。", max_size=600))
def test_nothing_of_own_text_is_lost(text: str) -> None:
    parts = own_texts(text, "en")
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    assert all(part.text.strip() for part in parts)
    assert MOST_WORDS == 60
