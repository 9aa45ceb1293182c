"""Speak on Enter: the draft moves to the transcript and is lit there; Enter counts once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fishcaption.core.errors import InputError
from fishcaption.ui.editor import text_editor as editor_module
from tests.ui.conftest import Desk, commit

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ENTER = Qt.Key.Key_Return


def held_enter(desk: Desk, times: int) -> None:
    """The key is kept down: Qt repeats the press."""
    for number in range(times):
        event = QKeyEvent(QEvent.Type.KeyPress, ENTER, NONE, "\r", number > 0)
        QApplication.sendEvent(desk.editor, event)


def test_enter_moves_the_draft_to_the_transcript_and_empties_the_editor(desk: Desk) -> None:
    desk.type("Hello there.\n")
    assert desk.reader.at_ear.text == "Hello there."
    assert desk.transcript.text() == "Hello there."
    assert desk.editor.is_empty()


def test_the_word_being_heard_is_lit_in_the_transcript(desk: Desk) -> None:
    desk.type("Hello there my friend.\n")
    for point, word in ((0, "Hello"), (6, "there"), (12, "my")):
        desk.reader.hear(point)
        desk.look()
        assert desk.lit(desk.transcript) == [word]
    desk.reader.hear_all()
    desk.look()
    assert desk.lit(desk.transcript) == []


def test_emoji_are_lit_right(desk: Desk) -> None:
    text = "Hi 👋🏽 world 👨‍👩‍👧‍👦 again."
    desk.editor.set_text(text)
    desk.press(ENTER)
    for word in text.split():
        desk.reader.hear(text.index(word))
        desk.look()
        assert desk.lit(desk.transcript) == [word]


def test_several_utterances_stand_one_below_another_and_each_is_lit_in_its_place(desk: Desk) -> None:
    for line in ("One 👋 two.", "Three four.", "Five six."):
        desk.editor.set_text(line)
        desk.press(ENTER)
        QTest.qWait(1)
        desk.editor._entered_at = None
    assert desk.transcript.text() == "One 👋 two.\nThree four.\nFive six."
    for word in ("One", "two.", "four.", "Five", "six."):
        while word not in desk.reader.at_ear.text:
            desk.reader.hear(len(desk.reader.at_ear.text))
        desk.reader.hear(desk.reader.at_ear.text.index(word))
        desk.look()
        assert desk.lit(desk.transcript) == [word]


def test_emptying_is_a_setting(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(empty_on_speak=False)
    desk.type("Hello.\n")
    assert desk.editor.text() == "Hello."
    assert desk.transcript.text() == "Hello."


def test_undo_brings_the_spoken_draft_back(desk: Desk) -> None:
    desk.type("Hello.\n")
    desk.editor.undo()
    assert desk.editor.text() == "Hello."


def test_a_held_enter_counts_once(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(empty_on_speak=False)
    desk.type("Hello.")
    held_enter(desk, 10)
    assert desk.reader.calls == ["speak"]
    assert desk.editor.text() == "Hello."


def test_a_bouncing_enter_counts_once(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(editor_module, "monotonic", lambda: now)
    desk = open_desk(empty_on_speak=False)
    desk.type("Hello.")
    for seconds in (0, 0.03, 0.15, 0.19):
        now += seconds
        desk.press(ENTER)
    assert desk.reader.calls == ["speak"]
    now += 0.25
    desk.press(ENTER)
    assert desk.reader.calls == ["speak", "speak"]


def test_lines_typed_fast_are_no_bounce(desk: Desk) -> None:
    desk.type("yes\nno\nmaybe\n")
    assert desk.transcript.text() == "yes\nno\nmaybe"


def test_shift_enter_is_a_new_line(desk: Desk) -> None:
    desk.type("one")
    desk.press(ENTER, SHIFT)
    desk.type("two")
    assert desk.editor.text() == "one\ntwo"
    assert desk.reader.calls == []
    desk.press(ENTER)
    assert desk.reader.at_ear.text == "one\ntwo"


@pytest.mark.parametrize("enter_speaks", [True, False])
def test_ctrl_enter_always_speaks(open_desk: Callable[..., Desk], enter_speaks: bool) -> None:
    desk = open_desk(enter_speaks=enter_speaks)
    desk.type("one")
    desk.press(ENTER, CTRL)
    assert desk.transcript.text() == "one"


def test_enter_can_be_a_new_line(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(enter_speaks=False)
    desk.type("one\ntwo")
    assert desk.editor.text() == "one\ntwo"
    assert desk.reader.calls == []
    assert "Ctrl+Enter" in desk.editor.placeholderText()


def test_enter_inside_a_composition_does_nothing(desk: Desk) -> None:
    commit(desk.editor, "", preedit="ni hao")
    for modifier in (NONE, CTRL, SHIFT, Qt.KeyboardModifier.AltModifier):
        desk.press(ENTER, modifier)
    assert desk.reader.calls == []
    assert desk.editor.text() == ""
    commit(desk.editor, "你好")
    assert desk.editor.text() == "你好"
    desk.press(ENTER)
    assert desk.reader.at_ear.text == "你好"


def test_a_click_on_speak_speaks_what_is_composed_as_it_is_shown(desk: Desk) -> None:
    desk.type("I say ")
    commit(desk.editor, "", preedit="你好")
    desk.window.transport.speak.click()
    assert desk.reader.at_ear.text == "I say 你好"
    assert desk.editor.is_empty()


def test_what_the_input_method_gives_then_is_not_there_twice(desk: Desk) -> None:
    commit(desk.editor, "", preedit="한")
    desk.window.transport.speak.click()
    commit(desk.editor, "한")
    assert desk.editor.is_empty()
    assert desk.reader.at_ear.text == "한"
    commit(desk.editor, "한")
    assert desk.editor.text() == "한"


def test_a_click_into_the_text_keeps_what_is_composed(desk: Desk) -> None:
    desk.type("I say ")
    commit(desk.editor, "", preedit="你好")
    QTest.mouseClick(desk.editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert desk.editor.text() == "I say 你好"
    assert desk.editor.textCursor().position() < 3


def test_the_placeholder_is_not_painted_under_a_composition(desk: Desk) -> None:
    assert desk.editor.placeholderText()
    commit(desk.editor, "", preedit="ni")
    assert not desk.editor.placeholderText()
    commit(desk.editor, "")
    assert desk.editor.placeholderText()


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_to_speak_is_told_in_words(desk: Desk, text: str) -> None:
    desk.editor.set_text(text)
    desk.press(ENTER)
    assert desk.reader.calls == []
    assert "nothing to speak" in desk.status
    assert desk.editor.text() == text


def test_what_the_reader_refuses_stays_in_the_editor(desk: Desk) -> None:
    desk.reader.refuse = InputError("No voice is chosen.", hint="Choose a voice first.")
    desk.type("Hello.\n")
    assert desk.editor.text() == "Hello."
    assert desk.transcript.text() == ""
    assert desk.banner.text() == "No voice is chosen. Choose a voice first."


def test_a_million_code_points_of_all_kinds_are_spoken_as_they_are(desk: Desk) -> None:
    text = ("a b\u200f שלום 👋 " * 80_000)[:1_000_000]
    desk.editor.set_text(text)
    desk.press(ENTER)
    assert desk.reader.at_ear.text == text.strip()


def test_nul_and_lone_surrogates_do_no_harm(desk: Desk) -> None:
    desk.editor.set_text("a\0b \ud83d c")
    desk.press(ENTER)
    assert desk.reader.at_ear.text == "a b \ufffd c"
    desk.reader.hear(6)
    desk.look()
    assert desk.lit(desk.transcript) == ["c"]


def test_replacing_is_a_setting(open_desk: Callable[..., Desk]) -> None:
    assert open_desk(while_speaking="wait").reader.replace is False


def test_new_text_can_replace_what_is_spoken(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(while_speaking="replace")
    desk.type("One two three.\n")
    desk.reader.hear(4)
    desk.look()
    desk.type("Four.\n")
    assert desk.reader.at_ear.text == "Four."
    desk.look()
    assert desk.transcript.text() == "One two three.\nFour."


def test_the_cursor_is_not_stolen_while_words_are_lit(desk: Desk) -> None:
    desk.type("One two three.\n")
    desk.type("the next draft")
    for _ in range(4):
        desk.press(Qt.Key.Key_Left)
    before = desk.editor.textCursor().position()
    for point in range(0, 13):
        desk.reader.hear(point)
        desk.look()
    assert desk.editor.textCursor().position() == before
    assert desk.editor.hasFocus()
