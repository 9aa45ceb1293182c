"""Sentences and words: tables, and the promise that how text arrives changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.segmentation import (
    LONGEST_SEGMENT,
    Segment,
    Segmenter,
    clause_ends,
    ends_sentence,
    speakable,
    words,
)

PARTS = [*"aB.!?…,;—\"'”)(1。、！」「今かีกहि😀\u200d\u0301*_", "e.g.", "Dr.", ".5"]
PARTS += [" ", "  ", "\n", "\r\n", "\u2028", "\0", "\ud800", "word " * 20, "x" * 150, "漢" * 60]
TRICKY = st.lists(st.sampled_from(PARTS), max_size=60).map("".join)


def segments(text: str) -> list[str]:
    segmenter = Segmenter()
    return [segment.text for segment in segmenter.push(text) + segmenter.close()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hello", ["Hello"]),
        ("Hello. World", ["Hello. ", "World"]),
        ("  Hello.  World  ", ["  Hello.  ", "World  "]),
        ("Dr. Smith came at 5 p.m. today. He left.", ["Dr. Smith came at 5 p.m. today. ", "He left."]),
        ("Take e.g. this. Or that.", ["Take e.g. this. ", "Or that."]),
        ("Version 3.5.2 costs $4.50. Buy it at example.com now!", None),
        ("One\ntwo\r\n\r\nthree", ["One\n", "two\r\n", "\r\nthree"]),
        ("He said “Go!” Then he went.", ["He said “Go!” ", "Then he went."]),
        ('"Really?" she said.', ['"Really?" she said.']),
        ("Wait… What? No... maybe.", ["Wait… ", "What? ", "No... maybe."]),
        ("1. First item. 2. Second item.", ["1. First item. ", "2. Second item."]),
        ("今天天气很好。我们去公园吧！好吗？", ["今天天气很好。", "我们去公园吧！", "好吗？"]),
        ("「元気？」と言った。はい", ["「元気？」", "と言った。", "はい"]),
        ("यह हिंदी है। कैसे हो? ठीक।", ["यह हिंदी है। ", "कैसे हो? ", "ठीक।"]),
        ("هل أنت بخير؟ نعم.", ["هل أنت بخير؟ ", "نعم."]),
        ("Hi! 😀. Bye.", ["Hi! ", "😀. Bye."]),
        ("Oh. . . . well", ["Oh. ", ". . . well"]),
        ("« Non ! » Elle rit. « Oui ? » dit-il.", ["« Non ! » ", "Elle rit. ", "« Oui ? » dit-il."]),
        ("Oui\u00a0!\u00a0»\nPuis rien.", ["Oui\u00a0!\u00a0»\n", "Puis rien."]),
        ("He (left. ) She stayed. »No«, she said.", ["He (left. ) ", "She stayed. ", "»No«, she said."]),
        ("»Nein!« Sie lachte. „Ja.“ Dann", ["»Nein!« ", "Sie lachte. ", "„Ja.“ ", "Dann"]),
    ],
)
def test_a_segment_is_a_sentence(text: str, expected: list[str] | None) -> None:
    if expected is None:
        expected = ["Version 3.5.2 costs $4.50. ", "Buy it at example.com now!"]
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "ends_with"),
    [
        ("clause one is here, " * 40, ", "),
        ("word " * 200, " "),
        ("一二三四五、" * 100, "、"),
    ],
)
def test_a_long_sentence_is_cut_where_it_hurts_least(text: str, ends_with: str) -> None:
    found = segments(text)
    assert len(found) > 1
    assert all(LONGEST_SEGMENT // 3 < len(segment) <= LONGEST_SEGMENT for segment in found[:-1])
    assert all(segment.endswith(ends_with) for segment in found[:-1])


def test_a_hard_cut_spares_clusters() -> None:
    found = segments("e\u0301" * 400)
    assert all(segment.startswith("e") for segment in found)


def test_what_is_certain_is_given_at_once() -> None:
    segmenter = Segmenter()
    assert segmenter.push("Hello there.") == []
    assert segmenter.push(" ") == []
    assert segmenter.pending == "Hello there. "
    assert segmenter.push("H") == [Segment(0, "Hello there. ")]
    assert segmenter.push("i\n") == [Segment(13, "Hi\n")]
    assert segmenter.push("你好。") == []
    assert segmenter.push("吗") == [Segment(16, "你好。")]
    assert segmenter.close() == [Segment(19, "吗")]
    assert segmenter.pending == ""


@given(TRICKY, st.data())
def test_segments_tile_the_text_and_depend_on_nothing_else(text: str, data: st.DataObject) -> None:
    whole = Segmenter()
    expected = whole.push(text) + whole.close()
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted), label="cuts")
    split = Segmenter()
    found: list[Segment] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        found += split.push(text[start:end])
        assert len(split.pending) <= LONGEST_SEGMENT + 1
    found += split.close()
    assert found == expected
    assert "".join(segment.text for segment in found) == text
    assert all(0 < len(segment.text) <= LONGEST_SEGMENT for segment in found)
    position = 0
    for segment in found:
        assert segment.start == position
        position += len(segment.text)


@given(TRICKY)
def test_one_character_at_a_time_gives_the_same_segments(text: str) -> None:
    segmenter = Segmenter()
    found = [segment for character in text for segment in segmenter.push(character)] + segmenter.close()
    assert [segment.text for segment in found] == segments(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["The quick brown fox jumps. ", "a", "word ", ". ", "a. ", "\n", " ", "漢", ".", "(“"]
)
def test_anything_is_cut_in_linear_time(unit: str) -> None:
    """Characters one by one, and all at once: quadratic cost would take minutes."""
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    segmenter = Segmenter()
    found = [segment for character in text for segment in segmenter.push(character)] + segmenter.close()
    assert [segment.text for segment in found] == segments(text)


@pytest.mark.parametrize(
    ("text", "following", "expected"),
    [
        ("Hello. ", "A", True),
        ("Hello.", "A", False),  # a number or an address may go on here
        ("Hello", "A", False),
        ("Hello, ", "A", False),
        ("Dr. ", "A", False),
        ("I met Dr. ", "S", False),
        ("e.g. ", "t", False),
        ("He left.) ", "T", True),
        ("3. ", "T", False),
        ("...", "A", False),
        ("No. ", "A ", True),
        ("No. ", "A", False),  # it may be "A5"
        ("No. ", "5", False),
        ("See No. ", "5", False),
        ("Why…  ", "b", False),
        ("Why…  ", "B", True),
        ("好。", "好", True),
        ("\ud800 yes. ", "A", True),
    ],
)
def test_where_a_sentence_ends(text: str, following: str, expected: bool) -> None:
    assert ends_sentence(text, following) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop — well-known O’Neil's.", ["Don't", "stop", "well-known", "O’Neil's"]),
        ("It's $5.00, 10,000 or 50% at 12:30!", ["It's", "$5.00", "10,000", "or", "50%", "at", "12:30"]),
        ("a@b.org AT&T e.g. U.S. v2.0", ["a@b.org", "AT&T", "e.g", "U.S", "v2.0"]),
        ("2 + 2 = 4", ["2", "+", "2", "=", "4"]),
        ("snake_case _this_ **that**", ["snake_case", "this", "that"]),
        ("Hi 🙂 👩‍👩‍👧 there", ["Hi", "there"]),
        ("-- ... !? «»", []),
        ("今天好。", ["今", "天", "好"]),
        ("ちょっと、タワー", ["ちょっ", "と", "タ", "ワー"]),
        ("สวัสดี ไทย", ["ส", "วั", "ส", "ดี", "ไท", "ย"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می\u200cخواهم بروم", ["می\u200cخواهم", "بروم"]),
        ("한국어 글", ["한국어", "글"]),
        ("nai\u0308ve café exam\u00adple", ["nai\u0308ve", "café", "exam\u00adple"]),
        ("iPhone15と漢字", ["iPhone15", "と", "漢", "字"]),
        ("\ud800\0", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in words(text)] == expected
    assert speakable(text) is bool(expected)


@given(TRICKY)
def test_words_rise_and_hold_no_blanks(text: str) -> None:
    position = 0
    for span in words(text):
        assert position <= span.start < span.end <= len(text)
        assert not any(character.isspace() for character in text[span.start : span.end])
        position = span.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One, two, three", [5, 10]),
        ("One,", []),
        ("at 10,000 m", []),
        ("so – well -- yes", [5, 13]),
        ("一、二", [2]),
        ('"Yes," he said', [7]),
    ],
)
def test_clause_ends(text: str, expected: list[int]) -> None:
    assert clause_ends(text) == expected


def test_a_wide_dot_between_the_parts_of_a_form_ends_no_sentence() -> None:
    for text in ("It is ３．１４ now", "See ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ here"):
        for cut in range(len(text)):
            segmenter = Segmenter()
            found = [*segmenter.push(text[:cut]), *segmenter.push(text[cut:]), *segmenter.close()]
            assert [segment.text for segment in found] == [text]
    segmenter = Segmenter()
    found = [*segmenter.push("終わり．次は３．５．終"), *segmenter.close()]
    assert [segment.text for segment in found] == ["終わり．", "次は３．５．", "終"]
    assert [(span.start, span.end) for span in words("３．１４ １２：３０")] == [(0, 4), (5, 10)]
