"""Markdown is read without its marks as it is written: any split of it gives the same text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fishcaption.core.normalization.markdown_stream import MarkdownStream


def plain(markdown: str) -> str:
    reader = MarkdownStream()
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
    reader = MarkdownStream()
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
    reader = MarkdownStream()
    assert reader.push(markdown) == at_once
    assert reader.rest() == after_a_rest
    assert reader.rest() == ""


def test_a_mark_that_is_never_closed_holds_the_text_only_so_long() -> None:
    reader = MarkdownStream()
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
    reader = MarkdownStream()
    parts = [
        reader.push(markdown[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(markdown)], strict=True)
    ]
    assert "".join(parts) + reader.close() == plain(markdown)


@given(MARKDOWN, st.data())
def test_rests_change_blanks_and_the_ends_of_blocks_only(markdown: str, data: st.DataObject) -> None:
    """Where the writer rests, the text may fall apart; nothing of it is lost or said twice."""
    cuts = data.draw(st.lists(st.integers(0, len(markdown)), max_size=4).map(sorted), label="cuts")
    reader, text = MarkdownStream(), ""
    for start, end in zip([0, *cuts], [*cuts, len(markdown)], strict=True):
        text += reader.push(markdown[start:end]) + reader.rest()
    text += reader.close()
    letters = re.sub(r"[^a-z0-9好今]", "", plain(markdown))
    found = re.sub(r"[^a-z0-9好今]", "", text)
    assert found.count("word") >= letters.count("word")


@settings(deadline=None)  # 4,000 characters, one at a time
@given(MARKDOWN)
def test_one_character_at_a_time_gives_the_same_plain_text(markdown: str) -> None:
    reader = MarkdownStream()
    assert "".join(map(reader.push, markdown)) + reader.close() == plain(markdown)


@given(st.lists(st.sampled_from(["word", "Word.", "don't", "3.5", "今天。", "“so”", "a_b"]), max_size=30))
def test_plain_text_stays_as_it_is(parts: list[str]) -> None:
    text = " ".join(parts)
    assert plain(text) == (f"{text}\n" if text else "")


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["[", "**a ", "`", "word. ", "- x\n", "|a", "<a ", "[^", "\n", "*"])
def test_plain_is_linear(unit: str) -> None:
    reader = MarkdownStream()
    text = (unit * 50_000)[:50_000]
    for start in range(0, len(text), 7):
        reader.push(text[start : start + 7])
    reader.close()
