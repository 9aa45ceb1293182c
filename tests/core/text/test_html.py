"""HTML that is pasted: its words as they are shown, whatever it is made of, in a bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.html import MOST_CHARACTERS, html_text

SHOWN = [
    ("<p>Hello <b>world</b>!</p><p>Two</p>", "Hello world!\nTwo"),
    ("<html><head><title>T</title><style>p{}</style></head><body>a<br>b<script>x()</script> c</body>",
     "a\nb c"),
    ("<ul><li>one</li><li>two</li></ul>after", "one\ntwo\nafter"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>", "a\tb\nc\td"),
    ("a&nbsp;b &amp; c &eacute; &#x1F600; &lt;i&gt; &#99999999999; &nosuch; AT&T",
     "a b & c é 😀 <i> \ufffd &nosuch; AT&T"),
    ("  lead <i> x </i> y  ", "lead x y"),
    ("<b>bo</b>ld and<br/>\n <br>on", "bold and\n\non"),
    ("<pre>a\n  b</pre>c", "a\n  b\nc"),
    ("<div hidden>no<div>no</div></div>yes", "yes"),
    ("<p style='color: red; display: NONE'>no</p>yes", "yes"),
    ("<div class='x hidden y' title='a>b'>yes</div>", "yes"),
    ("<script>if (a < b) '</p>'</script>yes<script>never closed", "yes"),
    ("<STYLE>p { }</STYLE>Yes<noscript>no</noscript>", "Yes"),
    ("<!-- <p>no</p> -->yes<!doctype html><?xml no?>", "yes"),
    ("Version:0.9\r\n<html><!--StartFragment--><b>hi</b><!--EndFragment--></html>", "hi"),
    ("<img src=x alt='A cat'> and <img src=y>", "A cat and"),
    ("<h1>שלום</h1><p>مرحبا", "שלום\nمرحبا"),
    ("a <3 b < c <", "a <3 b < c <"),
    ("<a href='x'>link", "link"),
    ("<a href='never closed", ""),
    ("no tags at all", "no tags at all"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("html", "text"), SHOWN)
def test_what_is_shown_is_what_is_read(html: str, text: str) -> None:
    assert html_text(html) == text


PARTS = [
    "<",
    ">",
    "/",
    "p",
    "script",
    "'",
    '"',
    "=",
    "&",
    "#",
    "9",
    ";",
    "!",
    "--",
    "style",
    "display:none",
    "x",
    "hidden",
    "td",
    "pre",
    "]",
    "[",
]


@given(st.lists(st.sampled_from([*PARTS, " ", "\n"])))
def test_every_text_is_html(parts: list[str]) -> None:
    found = html_text("".join(parts))
    assert not found.startswith("\n")
    assert "<script" not in found


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    ["<", "<!--", "<a '", '<a ">', "<svg>", "</p>", "<?x ", "<![CDATA[", "<script>", "&#", "<p style='none' ",
     "<title></titl>", "<div>", " \n", "&#9", "<pre>", "<a"],
)  # fmt: skip
def test_no_html_takes_long(part: str) -> None:
    """One that needed time by the square of its length would run into the test's limit."""
    assert len(html_text(part * (MOST_CHARACTERS // len(part)))) <= MOST_CHARACTERS


def test_what_is_read_is_bounded() -> None:
    assert html_text("x" * (MOST_CHARACTERS + 10)) == "x" * MOST_CHARACTERS
