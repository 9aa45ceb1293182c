"""Plays and films in Fountain as scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script.fountain import script_of
from fishcaption.core.script.model import ScriptCue

PLAY = """\
Title: The Brick
Credit: written by
Author: Somebody
    and another one

# Act one

= Steel arrives.

INT. KITCHEN - DAY #12#

The kettle boils.

STEEL (O.S.)
(starting the engine)
So much for
retirement!

@McAVOY
Yes. [[he smiles]]

/* STEEL
Not this.
*/

> THE END <

CUT TO:

DAN ^
It is *late*.

EXTREMELY LOUD!

~Sing along

BANG
"""


def test_a_play() -> None:
    assert script_of(PLAY).cues == (
        ScriptCue(
            1,
            "So much for\nretirement!",
            "STEEL",
            note="Act one\nSteel arrives.\nINT. KITCHEN - DAY\nThe kettle boils.\n(starting the engine)",
            is_marked=True,
        ),
        ScriptCue(2, "Yes.", "McAVOY", note="he smiles"),
        ScriptCue(3, "It is *late*.", "DAN", note="THE END\nCUT TO:"),
        ScriptCue(4, "Sing along", note="EXTREMELY LOUD!\nBANG"),
    )


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("", []),
        ("He comes in.", []),
        ("ANNA\nHello.", [ScriptCue(1, "Hello.", "ANNA")]),
        ("!ANNA\nshouts\n\nBEN\nHi", [ScriptCue(1, "Hi", "BEN", note="ANNA\nshouts")]),
        (".ANNA'S ROOM\n\nANNA\nHi", [ScriptCue(1, "Hi", "ANNA", note="ANNA'S ROOM", is_marked=True)]),
        ("ANNA\n[[a note\nof two lines]]\nHi", [ScriptCue(1, "Hi", "ANNA", note="a note of two lines")]),
        ("ANNA\nOne.\n  \nTwo.", [ScriptCue(1, "One.\nTwo.", "ANNA")]),
        ("ANNA\nHi [[no end\n\nBEN\nYes", [ScriptCue(1, "Hi", "ANNA", note=""), ScriptCue(2, "Yes", "BEN")]),
        ("АННА\nДа", [ScriptCue(1, "Да", "АННА")]),
        (
            "Dear all: this is no title\n\nANNA\nHi",
            [ScriptCue(1, "Hi", "ANNA", note="Dear all: this is no title")],
        ),
    ],
)
def test_cues_of_fountain(text: str, cues: list[ScriptCue]) -> None:
    found = script_of(text).cues
    assert [(cue.text, cue.speaker) for cue in found] == [(cue.text, cue.speaker) for cue in cues]
    assert [cue.is_marked for cue in found] == [cue.is_marked for cue in cues]
    if "no end" not in text:
        assert [cue.note for cue in found] == [cue.note for cue in cues]
    else:  # a note that never ends is kept
        assert "no end" in "".join(cue.note for cue in found)


PARTS = st.sampled_from(
    ["ANNA", "hello", "(x)", "[[n", "m]]", "/*", "*/", "", "  ", "# a", ".b", "~c", "===", "> d <", "@e"]
)


@given(st.lists(PARTS, max_size=14).map("\n".join))
def test_anything_is_read(text: str) -> None:
    script = script_of(text)
    assert all(cue.text.strip() for cue in script.cues)
