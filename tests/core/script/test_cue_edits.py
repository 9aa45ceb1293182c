"""Edits of single cues: what is edited changes, everything else is the same object, no id comes twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script import cue_edits
from fishcaption.core.script.model import Script, ScriptCue

PLAY = Script(
    "play.txt",
    (ScriptCue(4, "One.", "ANNA", seconds=2.0), ScriptCue(7, "Two."), ScriptCue(2, "Three.", "BEN")),
    last_id=9,
)


def texts(script: Script) -> list[str]:
    return [cue.text for cue in script.cues]


def test_another_text_is_another_length() -> None:
    changed = cue_edits.with_text(PLAY, 4, "Uno.")
    assert changed.cues[0] == ScriptCue(4, "Uno.", "ANNA")
    assert changed.cues[1] is PLAY.cues[1]
    assert changed.name == "play.txt"


def test_another_speaker() -> None:
    assert cue_edits.with_speaker(PLAY, 7, "CLEO").cues[1] == ScriptCue(7, "Two.", "CLEO")


@pytest.mark.parametrize(("behind", "place", "speaker"), [(4, 1, "ANNA"), (7, 2, ""), (None, 3, "BEN")])
def test_a_new_cue_has_the_speaker_before_it_and_an_id_that_none_had(
    behind: int | None, place: int, speaker: str
) -> None:
    changed, number = cue_edits.with_new_cue(PLAY, behind)
    assert number == changed.last_id == 10
    assert changed.cues[place] == ScriptCue(10, "", speaker)
    assert len(changed.cues) == 4


def test_the_first_cue_of_an_empty_script() -> None:
    changed, number = cue_edits.with_new_cue(Script(), None)
    assert changed.cues == (ScriptCue(number, ""),)


def test_the_id_of_a_deleted_cue_does_not_come_back() -> None:
    changed, number = cue_edits.with_new_cue(cue_edits.without(PLAY, (7, 99)), None)
    assert texts(changed) == ["One.", "Three.", ""]
    assert number == 10


def test_another_script_comes_in_with_ids_of_its_own() -> None:
    other = Script("", (ScriptCue(4, "New.", seconds=1.0), ScriptCue(5, "Newer.")))
    changed = cue_edits.with_script(PLAY, other, 4)
    assert texts(changed) == ["One.", "New.", "Newer.", "Two.", "Three."]
    assert [cue.id for cue in changed.cues] == [4, 10, 11, 7, 2]
    assert changed.last_id == 11


@pytest.mark.parametrize(
    "act", [cue_edits.with_new_cue, lambda script, cue: cue_edits.with_text(script, cue, "")]
)
def test_a_cue_that_is_not_there_is_an_error(act: object) -> None:
    with pytest.raises(KeyError):
        act(PLAY, 99)  # type: ignore[operator]  # both take a script and a cue


@given(
    st.lists(st.tuples(st.sampled_from(["new", "delete", "text", "paste"]), st.integers(0, 9)), max_size=30)
)
def test_no_id_is_ever_given_twice(steps: list[tuple[str, int]]) -> None:
    script, given_ids = PLAY, {cue.id for cue in PLAY.cues}
    for act, number in steps:
        cue = script.cues[number % len(script.cues)].id if script.cues else None
        before = {cue.id for cue in script.cues}
        if act == "new":
            script, _ = cue_edits.with_new_cue(script, cue)
        elif act == "paste":
            script = cue_edits.with_script(script, PLAY, cue)
        elif cue is not None and act == "delete":
            script = cue_edits.without(script, (cue,))
        elif cue is not None:
            script = cue_edits.with_text(script, cue, str(number))
        after = [cue.id for cue in script.cues]
        assert len(set(after)) == len(after)
        assert not (set(after) - before) & given_ids
        given_ids |= set(after)
