"""Speak as I type: what was sent looks different and stays; Stop and failures lose nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Fate
from fishcaption.ui.editor import Editor
from tests.ui.conftest import Desk, commit
from tests.ui.fakes import FISH

CTRL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return
BACKSPACE = Qt.Key.Key_Backspace


@pytest.fixture
def live(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(speak_mode="type")


def sent_text(editor: Editor) -> str:
    """What is drawn as sent."""
    marks = [mark for mark in editor.extraSelections() if mark.format == editor._sent_format]
    return "".join(mark.cursor.selectedText() for mark in marks)


def send(desk: Desk, end: int) -> None:
    desk.reader.send(desk.reader.line[0], end)
    desk.look()


def test_every_key_reaches_the_reader(live: Desk) -> None:
    live.type("Hello there")
    assert live.reader.calls == ["begin_live"]
    assert live.reader.at_ear.text == "Hello there"
    assert live.reader.at_ear.live
    live.press(BACKSPACE)
    assert live.reader.at_ear.text == "Hello ther"


def test_blanks_alone_begin_nothing(live: Desk) -> None:
    live.type("  ")
    assert live.reader.calls == []


def test_enter_says_the_rest_and_ends_it(live: Desk) -> None:
    live.type("Hello there")
    send(live, 6)
    live.press(ENTER)
    assert live.reader.calls == ["begin_live", "finish_live"]
    assert not live.reader.at_ear.live
    assert live.editor.is_empty()
    assert live.transcript.text() == "Hello there"
    live.type("Next")
    assert live.reader.calls == ["begin_live", "finish_live", "begin_live"]
    assert live.reader.utterances[2].text == "Next"


def test_what_was_sent_looks_different_and_not_by_colour_alone(live: Desk) -> None:
    live.type("Hello 👋 there you")
    send(live, 8)
    assert sent_text(live.editor) == "Hello 👋 "
    style = live.editor._sent_format
    assert style.underlineStyle() != style.UnderlineStyle.NoUnderline
    live.type(" all")
    assert sent_text(live.editor) == "Hello 👋 "


def test_the_word_at_the_ear_is_lit_where_it_was_typed(live: Desk) -> None:
    live.type("Hello 👋 there you")
    send(live, 14)
    live.reader.hear(8)
    live.look()
    assert live.lit(live.editor) == ["there"]
    live.type(" and more")
    assert live.lit(live.editor) == ["there"]


def test_what_was_sent_cannot_be_changed(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 12)
    editor = live.editor

    def at(position: int, anchor: int | None = None) -> None:
        cursor = editor.textCursor()
        cursor.setPosition(position if anchor is None else anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)

    def cut() -> None:
        live.press(Qt.Key.Key_X, CTRL)

    for place in (0, 5, 12):
        at(place)
        live.press(BACKSPACE)
        assert editor.text() == "Hello there you"
    at(5)
    live.press(Qt.Key.Key_Delete)
    at(2, 8)
    live.press(BACKSPACE)
    at(2, 8)
    cut()
    at(14)
    live.press(BACKSPACE, CTRL)
    assert editor.text() == "Hello there u"
    at(13)
    live.press(BACKSPACE, CTRL)
    live.press(BACKSPACE, CTRL)
    assert editor.text() == "Hello there "
    assert "cannot be changed" in live.status
    at(3)
    live.type("now")
    assert editor.text() == "Hello there now"
    at(3)
    commit(editor, "好")
    assert editor.text() == "Hello there now好"
    at(6, 15)
    live.press(BACKSPACE)
    assert editor.text() == "Hello there 好"
    at(4)
    data = QMimeData()
    data.setText("pasted")
    editor.insertFromMimeData(data)
    assert editor.text() == "Hello there 好pasted"
    assert live.reader.at_ear.text == "Hello there 好pasted"


def test_undo_does_not_reach_into_what_was_sent(live: Desk) -> None:
    live.type("Hello there")
    send(live, 6)
    live.type(" you")
    for _ in range(5):
        live.editor.undo()
    assert live.editor.text() == "Hello there"


def test_whatever_way_a_change_takes_what_was_sent_stays(live: Desk) -> None:
    """Assistive tools and dragging write past the keyboard."""
    live.type("Hello there you")
    send(live, 12)
    live.editor.range(0, 8).removeSelectedText()
    assert live.editor.text() == "Hello there you"
    assert live.reader.at_ear.text == "Hello there you"


def test_say_so_far_is_there_and_says_it(live: Desk) -> None:
    assert live.window._so_far.isVisible()
    live.type("Hello")
    live.window._so_far.click()
    live.press(ENTER, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert live.reader.calls == ["begin_live", "say_so_far", "say_so_far"]
    assert live.editor.text() == "Hello"


def test_on_enter_there_is_no_say_so_far(desk: Desk) -> None:
    assert not desk.window._so_far.isVisible()


def test_the_switch_is_in_sight_and_changes_the_next_utterance(desk: Desk) -> None:
    desk.window._as_typed.click()
    assert desk.services.applied[-1].speak_mode == "type"
    desk.type("Hel")
    assert desk.reader.calls == ["begin_live"]
    desk.window._on_enter.click()
    desk.type("lo\n")
    assert desk.reader.calls == ["begin_live", "finish_live"]
    desk.type("draft")
    assert desk.reader.calls == ["begin_live", "finish_live"]


def test_stop_tells_what_was_sent_and_leaves_the_rest_as_a_draft(live: Desk) -> None:
    live.type("Hello there you all")
    send(live, 12)
    live.reader.hear(6)
    live.look()
    live.press(Qt.Key.Key_Escape)
    assert live.reader.utterances[1].fate is Fate.CUT
    assert live.transcript.text() == "Hello there "
    assert live.editor.text() == "you all"
    assert live.reader.utterances[1].text == "Hello there "
    assert sent_text(live.editor) == ""
    live.type("!")
    assert live.reader.at_ear.text == "you all!"


def test_a_failure_keeps_the_text_in_place_and_another_try_takes_it(live: Desk) -> None:
    live.reader.voice = FISH
    live.type("Hello there you")
    send(live, 6)
    live.reader.hear(3)
    live.reader.fail(ConnectionLost("Fish Audio cannot be reached.", hint="Check the network."))
    live.look()
    assert live.editor.text() == "Hello there you"
    live.type(" all")
    assert live.editor.text() == "Hello there you all"
    live.press(ENTER)
    assert "Not spoken yet" in live.status
    live.press(Qt.Key.Key_F4)
    assert live.services.retried_embedded == 1
    assert live.transcript.text() == "Hello there you"
    assert live.editor.text() == " all"
    assert live.reader.at_ear.text == "Hello there you"
    live.type("!")
    assert live.reader.utterances[2].text == " all!"


def test_after_a_failure_esc_gives_what_was_not_heard_back(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 12)
    live.reader.hear(6)
    live.look()
    live.reader.fail(ConnectionLost("Fish Audio cannot be reached."))
    live.look()
    live.press(Qt.Key.Key_Escape)
    assert live.editor.text() == "there you"
    assert live.transcript.text() == "Hello "
    live.press(BACKSPACE)
    assert live.reader.at_ear.text == "there yo"


def test_a_long_paste_is_given_whole_when_it_is_all_there(live: Desk, qtbot: QtBot) -> None:
    text = "All of this is typed at once. " * 10_000
    live.paste(text)
    assert live.reader.at_ear.text == text


def test_a_soft_break_in_what_was_sent_changes_nothing(live: Desk) -> None:
    live.paste("word " * 390)
    send(live, 5 * 390)
    for _ in range(30):
        live.type("more ")
    assert live.editor.text() == "word " * 390 + "more " * 30
    assert sent_text(live.editor).replace("\u2029", " ") == "word " * 390
    assert live.reader.at_ear.text == live.editor.text()
