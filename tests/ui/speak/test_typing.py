"""Speak as I type: what was given can be changed, what was heard stays; Stop and failures lose nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from pytestqt.qtbot import QtBot

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Fate
from fishcaption.ui.editor.given_text import GivenText
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.widgets.longtext import Units
from tests.ui.conftest import Desk, commit
from tests.ui.fakes import FISH

CTRL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return
BACKSPACE = Qt.Key.Key_Backspace


@pytest.fixture
def live(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(speak_mode="type")


def drawn(editor: Editor, style: QTextCharFormat) -> str:
    marks = [mark for mark in editor.extraSelections() if mark.format == style]
    return "".join(mark.cursor.selectedText() for mark in marks)


def sent_text(editor: Editor) -> str:
    """What is drawn as given to the voice, and can be changed."""
    return drawn(editor, editor._given.sent_format)


def heard_text(editor: Editor) -> str:
    """What is drawn as heard."""
    return drawn(editor, editor._given.heard_format)


def send(desk: Desk, end: int, fixed: int | None = None) -> None:
    """Give the text before `end` to the voice; all of that is as good as heard, or only what is `fixed`."""
    desk.reader.send(desk.reader.line[0], end, fixed=fixed)
    desk.look()


def at(editor: Editor, position: int, anchor: int | None = None) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


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
    send(live, 14, fixed=8)
    assert (heard_text(live.editor), sent_text(live.editor)) == ("Hello 👋 ", "there ")
    marks = live.editor._given
    given, heard, lit = marks.sent_format, marks.heard_format, marks.lit_format
    lines = [style.underlineStyle() for style in (QTextCharFormat(), given, heard)]
    assert len(set(lines)) == 3
    assert lit.background() not in (given.background(), heard.background())
    live.type(" all")
    assert (heard_text(live.editor), sent_text(live.editor)) == ("Hello 👋 ", "there ")


def test_the_word_at_the_ear_is_lit_where_it_was_typed(live: Desk) -> None:
    live.type("Hello 👋 there you")
    send(live, 14)
    live.reader.hear(8)
    live.look()
    assert live.lit(live.editor) == ["there"]
    live.type(" and more")
    assert live.lit(live.editor) == ["there"]


def test_what_was_heard_cannot_be_changed(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 12)
    editor = live.editor

    def cut() -> None:
        live.press(Qt.Key.Key_X, CTRL)

    for place in (0, 5, 12):
        at(editor, place)
        live.press(BACKSPACE)
        assert editor.text() == "Hello there you"
    at(editor, 5)
    live.press(Qt.Key.Key_Delete)
    at(editor, 2, 8)
    live.press(BACKSPACE)
    at(editor, 2, 8)
    cut()
    at(editor, 14)
    live.press(BACKSPACE, CTRL)
    assert editor.text() == "Hello there u"
    at(editor, 13)
    live.press(BACKSPACE, CTRL)
    live.press(BACKSPACE, CTRL)
    assert editor.text() == "Hello there "
    assert "cannot be changed" in live.status
    at(editor, 3)
    live.type("now")
    assert editor.text() == "Hello there now"
    at(editor, 3)
    commit(editor, "好")
    assert editor.text() == "Hello there now好"
    at(editor, 6, 15)
    live.press(BACKSPACE)
    assert editor.text() == "Hello there 好"
    at(editor, 4)
    data = QMimeData()
    data.setText("pasted")
    editor.insertFromMimeData(data)
    assert editor.text() == "Hello there 好pasted"
    assert live.reader.at_ear.text == "Hello there 好pasted"


def test_what_was_given_and_not_heard_can_be_changed(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 15, fixed=6)
    at(live.editor, 11)
    live.press(BACKSPACE)
    assert live.reader.at_ear.text == "Hello ther you"
    live.look()
    assert (heard_text(live.editor), sent_text(live.editor)) == ("Hello ", "ther")
    live.type("apist")
    assert live.reader.at_ear.text == "Hello therapist you"
    at(live.editor, 3, 15)
    live.press(Qt.Key.Key_Delete)
    assert live.editor.text() == "Hello  you"
    assert live.reader.at_ear.text == "Hello  you"


def test_a_change_in_emoji_that_were_given_keeps_every_place_right(live: Desk) -> None:
    live.type("a 👋 b 👋 cc dd")
    send(live, 9, fixed=2)
    at(live.editor, 4)
    live.press(BACKSPACE)
    assert live.editor.text() == "a  b 👋 cc dd"
    send(live, 10, fixed=5)
    assert (heard_text(live.editor), sent_text(live.editor)) == ("a  b ", "👋 cc ")
    live.reader.at_ear.fate = Fate.SPEAKING
    live.reader.hear(7)
    live.look()
    assert live.lit(live.editor) == ["cc"]


def test_an_undo_goes_back_into_what_was_given_and_says_it_anew(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 15, fixed=6)
    live.editor.undo()
    assert live.editor.text() == "Hello there"
    assert live.reader.at_ear.text == "Hello there"
    live.look()
    assert sent_text(live.editor) == "there"
    live.editor.redo()
    assert live.reader.at_ear.text == "Hello there you"


@pytest.mark.parametrize("times", [1, 5, 40])
def test_no_undo_reaches_into_what_was_heard(live: Desk, times: int) -> None:
    live.type("Hello there you all")
    send(live, 19, fixed=8)
    for _ in range(times):
        live.press(Qt.Key.Key_Z, CTRL)
    assert live.editor.text().startswith("Hello th")
    assert live.reader.at_ear.text == live.editor.text()
    assert live.editor.text() == {1: "Hello there you", 5: "Hello there", 40: "Hello there"}[times]
    live.look()
    assert heard_text(live.editor) == "Hello th"
    for _ in range(times):
        live.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert live.editor.text() == "Hello there you all"
    assert live.reader.at_ear.text == "Hello there you all"


def test_a_redo_does_not_delete_what_was_heard_meanwhile(live: Desk) -> None:
    live.type("Hello there you")
    send(live, 3, fixed=0)
    at(live.editor, 6, 12)
    live.press(BACKSPACE)
    assert live.editor.text() == "Hello you"
    live.editor.undo()
    assert live.editor.text() == "Hello there you"
    send(live, 15, fixed=12)
    live.editor.redo()
    assert live.editor.text() == "Hello there you"
    assert live.reader.at_ear.text == "Hello there you"
    assert heard_text(live.editor) == "Hello there "


def test_a_letter_put_into_what_was_heard_by_another_tool_is_taken_back(live: Desk) -> None:
    live.type("Hello there")
    send(live, 11, fixed=6)
    live.editor.range(2, 2).insertText("XX")
    assert live.editor.text() == "Hello there"
    live.look()
    assert (heard_text(live.editor), sent_text(live.editor)) == ("Hello ", "there")


def test_what_cannot_be_mended_is_tried_once(live: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where another tool has left half an emoji, which Qt does not give back as it was."""
    live.type("Hello there")
    send(live, 11, fixed=6)
    monkeypatch.setattr(GivenText, "_is_fixed_there", lambda _given: False)
    live.editor.range(0, 2).removeSelectedText()
    live.type("!")
    assert live.editor.text().endswith("there!")


steps = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.text("ab 👋", min_size=1, max_size=6), st.integers(0, 40)),
        st.tuples(st.just("delete"), st.just(""), st.integers(0, 40)),
        st.tuples(st.just("cut"), st.just(""), st.integers(0, 40)),
        st.tuples(st.just("undo"), st.just(""), st.integers(1, 4)),
        st.tuples(st.just("redo"), st.just(""), st.integers(1, 4)),
        st.tuples(st.just("give"), st.just(""), st.integers(0, 12)),
        st.tuples(st.just("hear"), st.just(""), st.integers(0, 8)),
    ),
    max_size=25,
)


@given(steps=steps)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 3 // 5,
    deadline=None,
)
def test_whatever_is_done_what_was_heard_stays_and_the_voice_knows_the_rest(
    live: Desk, steps: list[tuple[str, str, int]]
) -> None:
    editor, reader = live.editor, live.reader
    live.composer.stop()
    editor.take_text()
    editor.document().clearUndoRedoStacks()
    heard = ""
    for kind, text, number in steps:
        typed = live.composer.live.number()
        if kind in ("type", "delete", "cut"):
            units = Units(editor.text())  # no hand gets into the middle of an emoji
            place = min(number, len(editor.text()))
            at(editor, units.before(place), units.before(min(place, 3)) if kind == "cut" else None)
        match kind:
            case "type":
                live.type(text)
            case "delete" | "cut":
                live.press(BACKSPACE)
            case "undo" | "redo":
                for _ in range(number):
                    editor.undo() if kind == "undo" else editor.redo()
            case _ if typed is None:
                continue
            case _:
                assert typed is not None
                now = reader.utterances[typed]
                if kind == "give":
                    given = min(len(now.text), now.sent_end + number)
                    reader.send(now.id, given, fixed=min(now.fixed_end, given))
                else:
                    reader.send(now.id, now.sent_end, fixed=min(now.sent_end, now.fixed_end + number))
                heard = now.text[: now.fixed_end]
        live.look()
        assert editor.text().startswith(heard)
        typed = live.composer.live.number()
        assert typed is None or reader.utterances[typed].text == editor.text()
        assert heard_text(editor) == heard
        fixed = editor._given.fixed_at
        assert fixed == len(heard.encode("utf-16-le")) // 2
    assert not live.banner.text()


def test_whatever_way_a_change_takes_what_was_sent_stays(live: Desk) -> None:
    """Assistive tools and dragging write past the keyboard."""
    live.type("Hello there you")
    send(live, 12)
    live.editor.range(0, 8).removeSelectedText()
    assert live.editor.text() == "Hello there you"
    assert live.reader.at_ear.text == "Hello there you"


def test_say_so_far_is_there_and_says_it(live: Desk) -> None:
    assert live.window.transport.so_far.isVisible()
    live.type("Hello")
    live.window.transport.so_far.click()
    live.press(ENTER, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert live.reader.calls == ["begin_live", "say_so_far", "say_so_far"]
    assert live.editor.text() == "Hello"


def test_on_enter_there_is_no_say_so_far(desk: Desk) -> None:
    assert not desk.window.transport.so_far.isVisible()


def test_the_switch_is_in_sight_and_changes_the_next_utterance(desk: Desk) -> None:
    desk.mode.buttons["type"].click()
    assert desk.services.applied[-1].speak_mode == "type"
    desk.type("Hel")
    assert desk.reader.calls == ["begin_live"]
    desk.mode.buttons["enter"].click()
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
    assert "was not spoken" in live.status
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
    assert heard_text(live.editor).replace("\u2029", " ") == "word " * 390
    assert live.reader.at_ear.text == live.editor.text()


def test_a_key_in_a_long_text_reaches_the_reader_after_the_screen(live: Desk, qtbot: QtBot) -> None:
    text = "All of this is typed at once. " * 2_000
    live.paste(text)
    live.type("x")
    assert live.editor.text() == text + "x"
    assert live.reader.at_ear.text == text
    qtbot.waitUntil(lambda: live.reader.at_ear.text == text + "x")
    live.type("y\n")
    assert live.reader.at_ear.text == text + "xy"
    assert not live.reader.at_ear.live
