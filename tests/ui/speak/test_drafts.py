"""The four ways to speak, Speak on nothing, the history under Up and Down, thoughts that are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Fate
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.store.held_texts import HeldTexts
from tests.ui.conftest import Desk, commit

NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ENTER, UP, DOWN, BACKSPACE = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Backspace,
)
LIVE = ["sentence", "word", "type"]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldTexts]:
    held = HeldTexts(tmp_path / "parked.jsonl")
    yield held
    held.close()


def texts(held: HeldTexts) -> list[str]:
    return [text.text for text in held.texts()]


def with_history(desk: Desk, *newest_first: str) -> Desk:
    desk.composer.drafts.history = lambda place: newest_first[place] if place < len(newest_first) else None
    return desk


# --- ways to speak ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "kind"), [("sentence", Kind.SENTENCES), ("word", Kind.WORDS), ("type", Kind.TYPED)]
)
def test_each_way_is_told_to_the_reader(open_desk: Callable[..., Desk], mode: str, kind: Kind) -> None:
    desk = open_desk(speak_mode=mode)
    desk.type("Hello there")
    assert desk.reader.at_ear.kind is kind
    assert desk.reader.at_ear.text == "Hello there"
    desk.press(ENTER)
    assert desk.reader.calls == ["begin_live", "finish_live"]


@pytest.mark.parametrize("mode", ["enter", *LIVE])
def test_ctrl_enter_speaks_in_every_way(open_desk: Callable[..., Desk], mode: str) -> None:
    desk = open_desk(speak_mode=mode, enter_speaks=False)
    desk.type("Hello there")
    desk.press(ENTER, CTRL)
    assert not desk.reader.at_ear.live
    assert desk.editor.is_empty()


@pytest.mark.parametrize("setting", ["wait", "replace"])
def test_alt_enter_does_the_other_of_waiting_and_replacing(
    open_desk: Callable[..., Desk], setting: str
) -> None:
    desk = open_desk(while_speaking=setting)
    desk.type("One two three.\n")
    desk.reader.hear(4)
    desk.look()
    desk.type("Four.")
    desk.press(ENTER, ALT)
    assert desk.reader.utterances[1].fate is (Fate.CUT if setting == "wait" else Fate.SPEAKING)
    desk.type("Five.\n")
    assert desk.reader.utterances[2].fate is (Fate.WAITING if setting == "wait" else Fate.CUT)


# --- nothing to speak ------------------------------------------------------------------------------------


def test_speak_on_nothing_repeats_the_last(desk: Desk) -> None:
    desk.type("Hello.\n")
    desk.reader.hear_all()
    desk.look()
    desk.editor._entered_at = None
    desk.press(ENTER)
    assert desk.reader.calls == ["speak", "repeat"]


def test_a_second_enter_while_it_is_spoken_repeats_nothing(desk: Desk) -> None:
    desk.type("Hello there.\n")
    desk.reader.hear(6)
    desk.look()
    desk.editor._entered_at = None
    desk.press(ENTER)
    assert desk.reader.calls == ["speak"]
    assert "Still speaking" in desk.status


def test_repeating_on_nothing_is_a_setting(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(empty_repeats=False)
    desk.type("Hello.\n")
    desk.reader.hear_all()
    desk.look()
    desk.editor._entered_at = None
    desk.press(ENTER)
    assert desk.reader.calls == ["speak"]
    assert "nothing to speak" in desk.status


# --- the history -----------------------------------------------------------------------------------------


def test_up_in_an_empty_editor_walks_back_and_down_comes_back(desk: Desk) -> None:
    with_history(desk, "third", "second\nof two lines", "first")
    for text in ("third", "second\nof two lines"):
        desk.press(UP)
        assert desk.editor.text() == text
    desk.press(UP)  # the cursor is at its end, in the second line
    assert desk.editor.text() == "second\nof two lines"
    desk.press(UP)
    desk.press(UP)
    assert desk.editor.text() == "first", "there is none before it"
    desk.press(DOWN)
    desk.press(DOWN)
    assert desk.editor.text() == "third"
    desk.press(DOWN)
    assert desk.editor.text() == ""
    desk.press(DOWN)
    assert desk.editor.text() == ""


def test_a_draft_is_not_walked_away(desk: Desk) -> None:
    with_history(desk, "third")
    desk.type("draft")
    desk.press(UP)
    desk.press(DOWN)
    assert desk.editor.text() == "draft"


def test_what_is_changed_is_a_draft(desk: Desk) -> None:
    with_history(desk, "third", "second")
    desk.press(UP)
    desk.type("!")
    desk.press(UP)
    assert desk.editor.text() == "third!"
    desk.press(ENTER)
    assert desk.reader.at_ear.text == "third!"
    desk.press(UP)
    assert desk.editor.text() == "third"


def test_without_a_history_up_does_nothing(desk: Desk) -> None:
    desk.press(UP)
    assert desk.editor.text() == ""


def test_up_with_a_modifier_or_in_a_composition_is_not_ours(desk: Desk) -> None:
    with_history(desk, "third")
    desk.press(UP, SHIFT)
    commit(desk.editor, "", preedit="ni")
    desk.press(UP)
    assert desk.editor.text() == ""
    commit(desk.editor, "")


@pytest.mark.parametrize("mode", LIVE)
def test_what_comes_from_the_history_waits_for_enter(open_desk: Callable[..., Desk], mode: str) -> None:
    desk = with_history(open_desk(speak_mode=mode), "Third thing. Said.")
    desk.press(UP)
    desk.type(" More.")
    assert desk.reader.calls == []
    desk.press(ENTER)
    assert desk.reader.calls == ["speak"]
    assert desk.reader.at_ear.text == "Third thing. Said. More."
    desk.type("Now")
    assert desk.reader.calls == ["speak", "begin_live"]


def test_an_emptied_editor_is_live_again(open_desk: Callable[..., Desk]) -> None:
    desk = with_history(open_desk(speak_mode="type"), "ab")
    desk.press(UP)
    desk.press(BACKSPACE)
    desk.press(BACKSPACE)
    desk.type("c")
    assert desk.reader.calls == ["begin_live"]


def test_a_restored_draft_is_not_spoken_by_itself(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("What nobody was to hear yet.", "utf-8")
    desk = open_desk(speak_mode="type")
    assert desk.editor.text() == "What nobody was to hear yet."
    desk.look()
    assert desk.reader.calls == []


# --- thoughts that are held ------------------------------------------------------------------------------


def test_a_draft_is_held_and_comes_back(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    desk.type("Thought one")
    assert desk.composer.drafts.hold()
    assert desk.editor.text() == ""
    assert texts(held) == ["Thought one"]
    desk.type("Yes.\n")
    assert desk.composer.drafts.take(held.texts()[0].id)
    assert desk.editor.text() == "Thought one"
    assert texts(held) == []


def test_one_that_comes_back_changes_places_with_the_draft(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    for thought in ("one", "two"):
        desk.type(thought)
        desk.composer.drafts.hold()
    desk.type("three")
    assert desk.composer.drafts.take(held.texts()[1].id)
    assert desk.editor.text() == "one"
    assert texts(held) == ["three", "two"]


def test_what_is_not_there_changes_nothing(desk: Desk, held: HeldTexts) -> None:
    assert not desk.composer.drafts.hold()
    desk.composer.drafts.held = held
    assert not desk.composer.drafts.hold()
    assert "no draft to hold" in desk.status
    desk.type("a")
    assert not desk.composer.drafts.take(7)
    assert desk.editor.text() == "a"


@pytest.mark.parametrize("mode", LIVE)
def test_holding_what_is_typed_live_ends_it_where_it_is_fixed(
    open_desk: Callable[..., Desk], held: HeldTexts, mode: str
) -> None:
    desk = open_desk(speak_mode=mode)
    desk.composer.drafts.held = held
    desk.type("Hello there you all")
    desk.reader.send(1, 16, fixed=6)
    desk.look()
    assert desk.composer.drafts.hold()
    assert texts(held) == ["there you all"]
    assert desk.editor.text() == ""
    assert desk.reader.utterances[1].text == "Hello "
    assert not desk.reader.utterances[1].live
    assert desk.transcript.text() == "Hello "
    assert desk.composer.drafts.take(held.texts()[0].id)
    assert desk.reader.calls == ["begin_live", "finish_live"], "it waits for Enter"


def test_holding_what_nobody_has_heard_leaves_nothing_behind(
    open_desk: Callable[..., Desk], held: HeldTexts
) -> None:
    desk = open_desk(speak_mode="type")
    desk.composer.drafts.held = held
    desk.type("Hello there")
    desk.reader.send(1, 6, fixed=0)
    desk.look()
    desk.composer.drafts.hold()
    desk.look()
    assert texts(held) == ["Hello there"]
    assert desk.transcript.text() == ""
    assert desk.reader.line == []


def test_holding_after_a_failure_keeps_what_was_not_heard(
    open_desk: Callable[..., Desk], held: HeldTexts
) -> None:
    desk = open_desk(speak_mode="type")
    desk.composer.drafts.held = held
    desk.type("Hello there you")
    desk.reader.send(1, 12)
    desk.reader.hear(6)
    desk.look()
    desk.reader.fail(ConnectionLost("Fish Audio cannot be reached."))
    desk.look()
    desk.composer.drafts.hold()
    assert texts(held) == ["there you"]
    assert desk.editor.text() == ""
    assert desk.transcript.text() == "Hello "


def test_a_text_that_is_read_in_place_is_not_held(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    desk.paste("A long text to be read. " * 50)
    desk.press(ENTER)
    assert not desk.composer.drafts.hold()
    assert not desk.composer.drafts.take(1)
    assert texts(held) == []


def test_what_waits_its_turn_is_taken_back_as_the_draft(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    desk.type("One two.\nThree four.\n")
    desk.type("draft")
    desk.composer.take_back(2)
    assert desk.editor.text() == "Three four."
    assert texts(held) == ["draft"]
    desk.composer.take_back(2)  # it is gone by now
    assert desk.editor.text() == "Three four."


def test_without_a_place_to_hold_it_the_draft_stays_beside(desk: Desk) -> None:
    desk.composer.drafts.held = None
    desk.type("draft")
    desk.composer.drafts.bring("brought")
    assert desk.editor.text() == "brought\ndraft"


def test_what_is_written_and_spoken_is_learned_from(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    learned: list[str] = []
    desk.composer.learn = learned.append
    desk.type("Hello there.\n")
    desk.composer.say("From elsewhere.")
    desk.change(speak_mode="word")
    desk.type("Live one\n")
    assert learned == ["Hello there.", "Live one"]


def test_the_cursor_is_behind_what_comes_back(desk: Desk) -> None:
    with_history(desk, "one 👋 two")
    desk.press(UP)
    cursor = desk.editor.textCursor()
    assert not cursor.movePosition(QTextCursor.MoveOperation.Right)


# -- undo --------------------------------------------------------------------------------------------------


def undo(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Z, CTRL)


def redo(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)


def test_hold_is_one_undo_and_one_redo(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    desk.type("One thought")
    desk.composer.drafts.hold()
    undo(desk)
    assert (desk.editor.text(), texts(held)) == ("One thought", [])
    redo(desk)
    assert (desk.editor.text(), texts(held)) == ("", ["One thought"])
    undo(desk)
    undo(desk)
    assert desk.editor.text() in ("One ", "One"), "and on into what was typed"
    assert texts(held) == []


def test_take_back_is_one_undo_and_loses_nothing(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    held.hold("held before")
    desk.type("draft")
    desk.composer.drafts.take(held.texts()[0].id)
    assert (desk.editor.text(), texts(held)) == ("held before", ["draft"])
    undo(desk)
    assert (desk.editor.text(), texts(held)) == ("draft", ["held before"])
    redo(desk)
    assert (desk.editor.text(), texts(held)) == ("held before", ["draft"])
    undo(desk)
    desk.type(" and more")
    assert (desk.editor.text(), texts(held)) == ("draft and more", ["held before"])
    undo(desk)
    undo(desk)
    undo(desk)
    assert texts(held) == ["held before"]


def test_taking_back_what_waits_is_one_undo_too(desk: Desk, held: HeldTexts) -> None:
    desk.composer.drafts.held = held
    desk.type("One.\nTwo.\n")
    desk.type("draft")
    desk.composer.take_back(2)
    assert (desk.editor.text(), texts(held)) == ("Two.", ["draft"])
    undo(desk)
    assert (desk.editor.text(), texts(held)) == ("draft", ["Two."])


@pytest.mark.parametrize("mode", ["sentence", "word", "type"])
def test_an_undone_hold_brings_back_nothing_that_was_heard_and_speaks_nothing(
    open_desk: Callable[..., Desk], held: HeldTexts, mode: str
) -> None:
    desk = open_desk(speak_mode=mode)
    desk.composer.drafts.held = held
    desk.type("Hello there you all")
    desk.qtbot.waitUntil(lambda: bool(desk.reader.utterances))
    desk.reader.send(1, 12, fixed=6)
    desk.look()
    desk.composer.drafts.hold()
    given = [entry.text for entry in desk.reader.utterances.values()]
    undo(desk)
    assert (desk.editor.text(), texts(held)) == ("there you all", [])
    desk.look()
    assert [entry.text for entry in desk.reader.utterances.values()] == given
