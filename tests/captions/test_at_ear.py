"""The caption that is shown for what is heard: which words, and which of them is lit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.at_ear import CaptionAtEar, ShownCaption
from fishcaption.core.speech import Fate, Span, UtteranceView
from fishcaption.core.text.tags import TAGS

TEXT = (
    "The first sentence is short. The second one is rather long, so long that it needs more than one caption "
    "to be shown to the person opposite, who reads it. The third one waves."
)


def view(text: str, word: Span | None = None, heard_end: int = 0) -> UtteranceView:
    return UtteranceView(1, text, False, Fate.SPEAKING, len(text), heard_end, word, None)


def lit(caption: ShownCaption | None) -> str | None:
    assert caption is not None
    return caption.text[caption.lit.start : caption.lit.end] if caption.lit is not None else None


@pytest.mark.parametrize(("columns", "lines"), [(32, 3), (42, 1), (20, 2)])
def test_each_word_is_lit_in_a_caption_that_shows_it(columns: int, lines: int) -> None:
    captions = CaptionAtEar(columns, lines)
    for match in re.finditer(r"\w+", TEXT):
        caption = captions.of_word(view(TEXT, Span(*match.span())))
        assert lit(caption) == match.group()
        assert caption is not None
        assert len(caption.text) <= columns * lines


def test_without_a_word_at_the_ear_there_is_none() -> None:
    assert CaptionAtEar(32, 3).of_word(view(TEXT)) is None


def test_tags_are_not_shown_and_lines_are_one() -> None:
    text = f"  Hello {TAGS[0].char} there,\nyou."
    place = text.index("there")
    caption = CaptionAtEar(42, 2).of_word(view(text, Span(place, place + 5)))
    assert lit(caption) == "there"
    assert caption is not None
    assert "\n" not in caption.text
    assert not caption.text.startswith(" ")


def test_marks_are_not_shown() -> None:
    text = "Say **bold** and [a link](http://a.example) &amp; more."
    captions = CaptionAtEar(42, 2)
    for word in ("Say", "bold", "and", "link", "more"):
        caption = captions.of_word(view(text, Span(text.index(word), text.index(word) + len(word))))
        assert lit(caption) == word
        assert caption is not None
        assert caption.text == "Say bold and a link & more."
    assert captions.of_heard(view(text, heard_end=text.index("link") + 4)).text == "Say bold and a link"


def test_what_was_heard_is_shown_as_far_as_it_was() -> None:
    captions = CaptionAtEar(32, 3)
    assert captions.of_heard(view(TEXT)) == ShownCaption("")
    assert captions.of_heard(view(TEXT, heard_end=9)) == ShownCaption("The first")
    last = captions.of_heard(view(TEXT, heard_end=len(TEXT)))
    assert last.text.endswith("The third one waves.")
    assert CaptionAtEar(32, 3).of_heard(view("", heard_end=0)) == ShownCaption("")


@given(text=st.text(max_size=200), start=st.integers(0, 200), length=st.integers(1, 20))
def test_whatever_the_text_the_lit_word_lies_inside_the_caption(text: str, start: int, length: int) -> None:
    word = Span(min(start, len(text)), min(start + length, len(text)))
    caption = CaptionAtEar(32, 2).of_word(view(text, word))
    if caption is not None:
        assert caption.lit is not None
        assert 0 <= caption.lit.start <= caption.lit.end <= len(caption.text)
