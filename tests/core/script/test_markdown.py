"""Markdown as a script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script.markdown import script_of
from fishcaption.core.script.model import ScriptCue


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (
            "# Opening\n\nHello *world*.\nIt is\nlate.",
            [ScriptCue(1, "Hello *world*. It is late.", note="Opening", is_marked=True)],
        ),
        ("Opening\n===\n\nHello", [ScriptCue(1, "Hello", note="Opening", is_marked=True)]),
        ("Opening\n---\nHello", [ScriptCue(1, "Hello", note="Opening", is_marked=True)]),
        ("One\n\n---\n\nTwo\n***\nThree", [ScriptCue(1, "One"), ScriptCue(2, "Two"), ScriptCue(3, "Three")]),
        ("---\ntitle: My talk\ntags:\n  - a\n---\nHello", [ScriptCue(1, "Hello")]),
        ("---\nHello there\n---\nyou", [ScriptCue(1, "you", note="Hello there", is_marked=True)]),
        (
            "Hello\n<!-- slowly\nand loud -->\nyou\n\nBye",
            [ScriptCue(1, "Hello\nyou", note="slowly\nand loud"), ScriptCue(2, "Bye")],
        ),
        ("Hello <!-- no end", [ScriptCue(1, "Hello <!-- no end")]),
        (
            "- one\n- two\n  goes on\n\n> quoted\n> twice",
            [ScriptCue(1, "- one\n- two goes on"), ScriptCue(2, "> quoted\n> twice")],
        ),
        ("Line  \nbroken\\\nhere\njoined", [ScriptCue(1, "Line\nbroken\nhere joined")]),
        ("```\n# code\n\nANNA: x\n```", [ScriptCue(1, "```\n# code\nANNA: x\n```")]),
        ("\\# escaped", [ScriptCue(1, "\\# escaped")]),
        (
            "**ANNA:** Hello\nthere\n**BEN:** Yes",
            [ScriptCue(1, "Hello there", "ANNA"), ScriptCue(2, "Yes", "BEN")],
        ),
        ("今日は\n良い天気", [ScriptCue(1, "今日は良い天気")]),
    ],
)
def test_cues_of_markdown(text: str, cues: list[ScriptCue]) -> None:
    assert list(script_of(text).cues) == cues


PARTS = st.sampled_from(
    ["# a", "b", "---", "===", "<!--", "-->", "```", "- x", "> y", "\\# z", "", "ANNA: q", "|t|", "  "]
)


def has_no_settings(text: str) -> bool:
    return not text.startswith("---\nANNA:")


@given(st.lists(PARTS, max_size=12).map("\n".join).filter(has_no_settings))
def test_no_markdown_loses_a_letter_or_fails(text: str) -> None:
    kept = "".join(cue.text + cue.note + cue.speaker for cue in script_of(text).cues)
    assert not kept or sum(map(str.isalpha, kept)) == sum(map(str.isalpha, text))
