"""Columns: how much room a text takes, and that nothing is cut inside what a reader sees as one letter."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cues.captions import Captions
from fishcaption.core.cues.columns import forced_cuts, is_inside_cluster, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("漢字", 4),
        ("e\u0301", 1),
        ("ｱ", 1),
        ("🙂", 2),
        ("👍🏽", 2),
        ("👨\u200d👩\u200d👧", 2),
        ("❤\ufe0f", 2),
        ("🇩🇪", 2),
        ("ก็", 1),
        ("ที่นี่", 2),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("हिन्दी", 3),
        ("مُحَمَّد", 4),
        ("שָׁלוֹם", 4),
        ("a\u200db", 2),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_a_line_of_32_to_42_columns_has_16_to_21_wide_characters() -> None:
    text = "他们在那里等了很久然后回家吃了一顿很丰盛的晚餐又看了一会儿电视才去睡觉"
    for columns, most in ((32, 16), (42, 21)):
        lines = [line for caption in Captions(columns, language="zh").all(text) for line in caption.lines]
        assert most - 7 <= max(map(len, lines)) <= most


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("e\u0301", 1),
        ("👍🏽", 1),
        ("👨\u200d👩", 1),
        ("👨\u200d👩", 2),
        ("🇩🇪🇫🇷", 1),
        ("🇩🇪🇫🇷", 3),
        ("क्षि", 1),
        ("क्षि", 2),
        ("เก", 1),
        ("กำ", 1),
        ("\u1112\u1161", 1),
    ],
)
def test_inside_a_cluster(text: str, index: int) -> None:
    assert is_inside_cluster(text, index)


def test_between_clusters() -> None:
    assert not is_inside_cluster("🇩🇪🇫🇷", 2)
    assert not is_inside_cluster("ab", 1)
    assert not is_inside_cluster("กข", 1)


LETTERS = st.sampled_from(
    ["x", "e\u0301", "👍🏽", "👨\u200d👩\u200d👧", "漢", "ก็", "เก", "कि", "क्ष", ")", "。", "한"]
)


@given(st.lists(LETTERS, min_size=1, max_size=80), st.integers(4, 20))
def test_no_cut_is_inside_a_letter(letters: list[str], columns: int) -> None:
    text = "".join(letters)
    cuts = forced_cuts(text, [0, len(text)], columns)
    assert cuts[0] == 0
    assert cuts[-1] == len(text)
    assert cuts == sorted(set(cuts))
    for start, end in pairwise(cuts):
        assert width(text[start:end]) <= columns
        assert end == len(text) or not is_inside_cluster(text, end)
