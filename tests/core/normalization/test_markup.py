"""Brackets are read, layouts are undone, Markdown is not heard; and how text arrived changes nothing."""

from __future__ import annotations

import random
import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fishcaption.core.normalization.markup import Plain, literal, unwrap
from fishcaption.core.speech import Family


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("See [12] and (p. 3).", "s2", "See (12) and (p. 3)."),
        ("See [12] and (laugh).", "s1", "See [12] and [laugh]."),
        ("[word](/wɜːd/)", "embedded", "(word)(/wɜːd/)"),
        ("<|speaker:0|>Hi", "s2", "< speaker:0 >Hi"),
        ("<|phoneme_start|>", "s1", "< phoneme_start >"),
        ("［笑］", "s2", "（笑）"),
        ("（笑）", "s1", "［笑］"),
        ("a\0b\x1bc\ud800d\tе\n\ufeff", "s2", "a b c d\tе\n "),
        ("Fine — “as is” 😀", "s2", "Fine — “as is” 😀"),
    ],
)
def test_what_a_voice_would_act_on_is_read(text: str, family: Family, expected: str) -> None:
    assert literal(text, family) == expected


@given(st.text(), st.text(), st.sampled_from(["s2", "s1", "embedded"]))
def test_literal_keeps_positions_however_the_text_is_cut(first: str, second: str, family: Family) -> None:
    whole = literal(first + second, family)
    assert whole == literal(first, family) + literal(second, family)
    assert len(whole) == len(first + second)
    assert literal(whole, family) == whole
    assert "<|" not in whole
    assert not {"s1": {"(", ")"}}.get(family, {"[", "]"}) & set(whole)
    whole.encode()


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


def plain(markdown: str) -> str:
    reader = Plain()
    return reader.push(markdown) + reader.close()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", ""),
        ("Just text.", "Just text.\n"),
        ("Two  \nlines", "Two\nlines\n"),
        ("One line\nand its end.", "One line and its end.\n"),
        ("# A Title\nText.", "A Title.\nText.\n"),
        ("## Why? ##\n", "Why?\n"),
        ("A Title\n=====\nText", "A Title.\nText\n"),
        ("**bold** *it* __b__ _i_ ~~gone~~ ***both***", "bold it b i gone both\n"),
        ("snake_case_name 5 * 3 = 2**4", "snake_case_name 5 * 3 = 2**4\n"),
        ("**Bold. Still bold.** Then not.", "Bold. Still bold. Then not.\n"),
        ("**never closed. And on", "never closed. And on\n"),
        ("`code()` and ``a`b``", "code() and a`b\n"),
        ("[a link. Two](http://x.org/a.b?c=1 'T') on", "a link. Two on\n"),
        ("[ref][1] ![alt](p.png) <https://x.org>", "ref alt https://x.org\n"),
        ("see [12] and [see p. 3], a[0]", "see [12] and [see p. 3], a[0]\n"),
        ("noted[^1].\n\n[^1]: A note.", "noted.\n\nA note.\n"),
        ("[1]: http://x.org\nText", "Text\n"),
        ("a<br>b &amp; c &lt; d \\* e <!-- no -->", "a\nb & c < d * e\n"),
        ("- one\n- two!\n* three,\n+ [x] four", "one.\ntwo!\nthree,\nfour.\n"),
        ("1. one\n2) two\n", "1. one.\n2) two.\n"),
        ("- one\n  - nested *item*\n    goes on\n", "one.\nnested item goes on.\n"),
        ("> quoted\n> text\n>\n> more", "quoted text\n\nmore\n"),
        ("| A | B |\n|---|:-:|\n| 1 | `x\\|y` |\n|  |  |", "A, B.\n1, x|y.\n"),
        ("Text\n\n---\n\n***\nMore", "Text\n\nMore\n"),
        ("```python\nx = a**2  # *no*\n\ny\n```\nDone", "x = a**2  # *no*\ny\nDone\n"),
        ("~~~\n```\n~~~~\nDone", "```\nDone\n"),
        ("``` not `a` fence", "``` not a fence\n"),
        ("#hashtag and 3.5 and -5 and 1.", "#hashtag and 3.5 and -5 and 1.\n"),
        ("-\n*\n+ ", ""),
        ("One.\r\n\r\n\r\n\r\nTwo.", "One.\n\nTwo.\n"),
        ("Great 🎉\n\n* 🎉", "Great 🎉\n\n🎉.\n"),
    ],
)
def test_markdown_is_not_heard(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


def test_text_is_given_as_soon_as_it_is_certain() -> None:
    reader = Plain()
    assert reader.push("Some **bold. Te") == "Some"
    assert reader.push("xt** here. N") == " bold. Text here. N"
    assert reader.push("ext\n") == "ext"
    assert reader.push("\n") == "\n\n"
    assert reader.push("- item\n- ") == "item"
    assert reader.push("b") == ".\nb"
    assert reader.close() == ".\n"


@pytest.mark.parametrize(
    ("markdown", "at_once", "after_a_rest"),
    [
        ("Can you hear me?\n", "Can you hear me?", "\n"),
        ("Good morning, everyone.", "Good morning, everyone.", ""),
        ("Hello!", "Hello", "!"),
        ("Say **this one!**", "Say", " this one!"),
        ("Call `exit()`", "Call", " exit()"),
        ("See [the page](http://x.org)", "See", " the page"),
        ("- an item\n", "an item", ".\n"),
        ("| a | b |\n", "a, b.\n", ""),
        ("42\n", "42", "\n"),
        ("It is ", "It is", " "),
        # what may become something else waits on
        ("Say **this", "Say", ""),
        ("Say *", "Say", ""),
        ("R&am", "R", ""),
        ("[x", "", ""),
        ("- ", "", ""),
    ],
)
def test_what_is_complete_goes_after_a_rest(markdown: str, at_once: str, after_a_rest: str) -> None:
    reader = Plain()
    assert reader.push(markdown) == at_once
    assert reader.rest() == after_a_rest
    assert reader.rest() == ""


def test_a_mark_that_is_never_closed_holds_the_text_only_so_long() -> None:
    reader = Plain()
    assert "word word" in reader.push("an [open bracket. " + "word word. Word " * 60)


MARKS = [
    *"#-*_`[]()<>|!\\",
    "# ",
    "- ",
    "* ",
    "**",
    "__",
    "```",
    "~~~",
    "~~",
    "](",
    "]: ",
    "[^1]",
    "> ",
    "|--|",
]
MARKS += [
    "1. ",
    "12",
    "===",
    "---",
    "<br>",
    "&amp;",
    "[x] ",
    "\n",
    "\n\n",
    "  \n",
    "\r\n",
    " ",
    "\t",
    "\u2028",
    "\0",
]
MARKS += ["word", "Word. ", "e.g. ", "好。", "😀", "x" * 210, "|" * 4000]
MARKDOWN = st.lists(st.sampled_from(MARKS), max_size=40).map("".join)


@given(MARKDOWN, st.data())
def test_any_split_gives_the_same_plain_text(markdown: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(markdown)), max_size=6).map(sorted), label="cuts")
    reader = Plain()
    parts = [
        reader.push(markdown[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(markdown)], strict=True)
    ]
    assert "".join(parts) + reader.close() == plain(markdown)


@given(MARKDOWN, st.data())
def test_rests_change_blanks_and_the_ends_of_blocks_only(markdown: str, data: st.DataObject) -> None:
    """Where the writer rests, the text may fall apart; nothing of it is lost or said twice."""
    cuts = data.draw(st.lists(st.integers(0, len(markdown)), max_size=4).map(sorted), label="cuts")
    reader, text = Plain(), ""
    for start, end in zip([0, *cuts], [*cuts, len(markdown)], strict=True):
        text += reader.push(markdown[start:end]) + reader.rest()
    text += reader.close()
    letters = re.sub(r"[^a-z0-9好今]", "", plain(markdown))
    found = re.sub(r"[^a-z0-9好今]", "", text)
    assert found.count("word") >= letters.count("word")


@settings(deadline=None)  # 4,000 characters, one at a time
@given(MARKDOWN)
def test_one_character_at_a_time_gives_the_same_plain_text(markdown: str) -> None:
    reader = Plain()
    assert "".join(map(reader.push, markdown)) + reader.close() == plain(markdown)


@given(st.lists(st.sampled_from(["word", "Word.", "don't", "3.5", "今天。", "“so”", "a_b"]), max_size=30))
def test_plain_text_stays_as_it_is(parts: list[str]) -> None:
    text = " ".join(parts)
    assert plain(text) == (f"{text}\n" if text else "")


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["[", "**a ", "`", "word. ", "- x\n", "|a", "<a ", "[^", "\n", "*"])
def test_plain_is_linear(unit: str) -> None:
    reader = Plain()
    text = (unit * 50_000)[:50_000]
    for start in range(0, len(text), 7):
        reader.push(text[start : start + 7])
    reader.close()
