"""Lines that a page layout has broken are joined, and no others."""

from __future__ import annotations

import random
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.unwrap import unwrap

ENGLISH = (
    "It was a quiet morning in the harbour, and most of the boats had not yet come back from the sea when "
    "the first of the visitors walked down the hill. She carried a small case and a letter; nobody knew "
    "her, and she asked for nothing. An hour later the wind had turned, the sky was grey, and everyone who "
    "had seen her was quite sure that she had been there before, many years ago, when the pier was of wood."
)
GERMAN = (
    "Am Morgen lag der Hafen noch still, und die meisten Boote waren noch nicht von der See zurückgekehrt, "
    "als die ersten Gäste den Hügel herunterkamen. Eine Frau trug einen kleinen Koffer und einen Brief, "
    "niemand kannte ihren Namen, und Fragen stellte sie keine. Eine Stunde später hatte der Wind gedreht, "
    "der Himmel war grau, und alle waren sich sicher, dass sie vor vielen Jahren schon hier gewesen war."
)


def laid_out(text: str, width: int, raggedness: float, seed: int) -> str:
    """Lines as proportional type breaks them: of nearly one width."""
    chance = random.Random(seed)
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width * (
            1 + chance.uniform(-raggedness, raggedness)
        ):
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


@pytest.mark.parametrize("text", [ENGLISH, GERMAN])
@pytest.mark.parametrize("width", range(45, 101, 11))
@pytest.mark.parametrize("raggedness", [0, 0.07])
def test_a_page_s_lines_are_joined(text: str, width: int, raggedness: float) -> None:
    document = (
        f"A Title\n\n{laid_out(text, width, raggedness, 1)}\n\n{laid_out(text, width, raggedness, 2)}\n"
    )
    assert unwrap(document) == f"A Title\n\n{text}\n\n{text}\n"


def test_paragraphs_without_empty_lines_stay_apart() -> None:
    document = "\n".join(textwrap.fill(part, 60) for part in (ENGLISH + " So it ended.", ENGLISH))
    assert unwrap(document) == f"{ENGLISH} So it ended.\n{ENGLISH}"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("exam-", "ple", "example"),
        ("exam‐", "ple", "example"),
        ("exam\u00ad", "ple", "example"),
        ("well-", "known", "well-known"),
        ("user-", "friendly", "user-friendly"),  # written so elsewhere in the text
        ("Jean-", "Paul", "Jean-Paul"),
        ("2019-", "2021", "2019-2021"),
        ("Haupt-", "und Nebensatz", "Haupt- und Nebensatz"),
        ("so –", "said he", "so – said he"),
    ],
)
def test_hyphens_at_a_line_s_end(before: str, after: str, expected: str) -> None:
    line = "and then the others who were there said that it was so,"
    text = f"{line}\n{line} {before}\n{after} {line}\n{line} and user-friendly."
    assert expected in unwrap(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One line only.",
        "A heading\n\nA paragraph in one line, as long as it happens to be: nobody wrapped it here.\n",
        "Down by the river where the willows lean\nThe water carries all that we have been\n"
        "And every stone that sleeps upon its bed\nRemembers something that the river said",
        "- one item of the list that is rather long\n- another item that is about as long\n- the last",
        "Erika Mustermann\r\nHeidestraße 17\r\n51147 Köln\r\n",
        "def spoken(text: str) -> bool:\n    return any(map(str.isalpha, text))\n\nfor line in lines:\n",
        "Hi!\nhow are you\nfine thanks\nand you",
        "first message of a chat, quite long, as people write\nok\nthen one about as long as it",
    ],
)
def test_lines_that_an_author_ended_stay(text: str) -> None:
    assert unwrap(text) == text


def test_chinese_lines_are_joined_without_a_blank() -> None:
    text = (
        "今天我们去公园玩了一整天，天气很好，大家在草\n地上跑来跑去，然后回家吃了一顿晚餐，最后都\n睡着了。"
    )
    assert unwrap(text) == text.replace("\n", "")


@given(
    st.lists(st.sampled_from(["word ", "Word ", "x-", "\n", "\n\n", "  ", ".", "- ", "漢", "\r\n", "y" * 30]))
)
def test_unwrap_changes_only_blanks_and_hyphens(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(unwrap(text).split()).replace("-", "") == "".join(text.split()).replace("-", "")


def test_unwrap_is_linear() -> None:
    assert len(unwrap((textwrap.fill(ENGLISH, 70) + "\n\n") * 2500)) > 1_000_000
