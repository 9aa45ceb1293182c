"""Expression tags in editor and transcript: one character, one key to remove, nothing on a clipboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fishcaption.core.text.tags import FIRST, RESERVED, TAGS, visible
from fishcaption.ui.editor import text_editor as editor_module
from fishcaption.ui.widgets import longtext
from fishcaption.ui.widgets.chips import CHIP, chip_name
from fishcaption.ui.widgets.longtext import OWN_FORMAT, LongText, Units
from tests.ui.conftest import Desk, commit

WHISPER, LAUGH = TAGS[0].char, TAGS[8].char
BACKSPACE, DELETE = Qt.Key.Key_Backspace, Qt.Key.Key_Delete
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader is told by the editor."""
    told: list[str] = []
    monkeypatch.setattr(editor_module, "announce", lambda _widget, text: told.append(text))
    return told


def test_a_tag_is_one_character_of_the_text_and_an_object_in_the_document(desk: Desk) -> None:
    desk.type("Hello ")
    desk.editor.insert_tag(WHISPER)
    desk.type(" world")
    assert desk.editor.text() == f"Hello {WHISPER} world"
    assert desk.editor.document().toRawText() == f"Hello {CHIP} world"


@pytest.mark.parametrize(("start", "key"), [(4, BACKSPACE), (3, DELETE)])
def test_one_key_removes_it_and_one_undo_brings_it_back(desk: Desk, start: int, key: Qt.Key) -> None:
    desk.editor.set_text(f"one{LAUGH}two")
    cursor = desk.editor.textCursor()
    cursor.setPosition(start)
    desk.editor.setTextCursor(cursor)
    desk.press(key)
    assert desk.editor.text() == "onetwo"
    desk.editor.undo()
    assert desk.editor.text() == f"one{LAUGH}two"
    desk.editor.redo()
    assert desk.editor.text() == "onetwo"


def test_inserting_one_is_one_step_of_undo(desk: Desk) -> None:
    desk.type("abc")
    desk.editor.insert_tag(WHISPER)
    desk.editor.undo()
    assert desk.editor.text() == "abc"
    desk.editor.redo()
    assert desk.editor.text() == "abc" + WHISPER


def test_what_is_typed_behind_one_is_no_tag(desk: Desk) -> None:
    desk.editor.insert_tag(WHISPER)
    desk.type("abc")
    commit(desk.editor, "好")
    assert desk.editor.text() == WHISPER + "abc好"


def test_other_programs_get_the_text_without_it_and_this_one_with_it(desk: Desk) -> None:
    desk.editor.set_text(f"I {WHISPER} know")
    desk.editor.selectAll()
    desk.editor.copy()
    copied = QGuiApplication.clipboard().mimeData()
    assert copied.text() == "I know"
    assert bytes(copied.data(OWN_FORMAT).data()).decode() == f"I {WHISPER} know"
    desk.press(DELETE)
    desk.editor.paste()
    assert desk.editor.text() == f"I {WHISPER} know"


def test_a_text_without_tags_is_copied_plainly(desk: Desk) -> None:
    desk.editor.set_text("plain")
    desk.editor.selectAll()
    desk.editor.copy()
    assert not QGuiApplication.clipboard().mimeData().hasFormat(OWN_FORMAT)


@pytest.mark.parametrize("char", [WHISPER, chr(FIRST + RESERVED - 1)])
def test_nothing_typed_pasted_or_composed_is_a_tag(desk: Desk, char: str) -> None:
    QTest.sendKeyEvent(
        QTest.KeyAction.Click, desk.editor, Qt.Key.Key_unknown, char, Qt.KeyboardModifier.NoModifier
    )
    commit(desk.editor, char)
    data = QMimeData()
    data.setText(char)
    desk.editor.insertFromMimeData(data)
    assert desk.editor.text() == "\ufffd" * 3


def test_a_tag_of_a_newer_version_is_kept(desk: Desk) -> None:
    newer = chr(FIRST + RESERVED - 1)
    desk.editor.set_text(f"a{newer}b")
    assert desk.editor.text() == f"a{newer}b"
    assert chip_name(newer) == "tag"


def test_a_screen_reader_is_told_its_name(desk: Desk, said: list[str]) -> None:
    desk.type("ab")
    desk.editor.insert_tag(WHISPER)
    desk.press(Qt.Key.Key_Left)
    desk.press(Qt.Key.Key_Left)
    desk.press(Qt.Key.Key_Right)
    desk.press(Qt.Key.Key_Right)
    desk.press(BACKSPACE)
    assert said == ["whispering", "whispering", "whispering", "whispering removed"]


def test_words_are_lit_in_the_transcript_where_they_stand(desk: Desk) -> None:
    text = f"Hi 👋 {LAUGH} there {WHISPER}you"
    desk.editor.set_text(text)
    desk.press(Qt.Key.Key_Return)
    assert desk.transcript.text() == text
    desk.reader.hear(text.index("there"))
    desk.look()
    assert desk.lit(desk.transcript) == ["there"]


def test_the_journal_brings_it_back(desk: Desk) -> None:
    desk.editor.set_text(f"I {WHISPER} know")
    desk.composer.drafts._save()
    assert desk.journal.flush(5)
    assert desk.journal.restore() == f"I {WHISPER} know"


def test_reading_in_place_refuses_one(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.paste("A long text to be read. " * 50)
    desk.press(Qt.Key.Key_Return)
    assert desk.editor.is_reading()
    desk.editor.insert_tag(WHISPER)
    assert WHISPER not in desk.editor.text()
    assert "being read" in desk.status


edits = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 200), st.text(f"ab 👋\n{WHISPER}{LAUGH}", max_size=40)),
        st.tuples(st.just("delete"), st.integers(0, 200), st.integers(1, 30)),
        st.tuples(st.just("undo"), st.just(0), st.just(0)),
        st.tuples(st.just("redo"), st.just(0), st.just(0)),
    ),
    max_size=10,
)


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> LongText:
    monkeypatch.setattr(longtext, "BLOCK_UNITS", 20)
    monkeypatch.setattr(longtext, "_SLICE", 50)
    view = LongText()
    qtbot.addWidget(view)
    return view


@given(edits=edits)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 4 // 5,
    deadline=None,
)
def test_whatever_is_edited_each_tag_is_where_it_was_put(
    view: LongText, edits: list[tuple[str, int, str | int]]
) -> None:
    """Against a plain string, with blocks so small that chips stand beside soft breaks."""
    view.clear()
    states, now = [""], 0
    for kind, where, what in edits:
        text = states[now]
        where = min(where, len(text))
        end = where if isinstance(what, str) else min(len(text), where + what)
        put = what if isinstance(what, str) else ""
        if kind == "undo":
            view.undo()
            now = max(0, now - 1)
        elif kind == "redo":
            view.redo()
            now = min(len(states) - 1, now + 1)
        elif put or end > where:
            units = Units(text)
            view.insert(view.range(view.place(units.before(where)), view.place(units.before(end))), put)
            view.settle()
            states[now + 1 :] = [text[:where] + put + text[end:]]
            now += 1
        assert view.text() == states[now]
        view.selectAll()
        assert view.createMimeDataFromSelection().text() == visible(states[now])
        view.moveCursor(QTextCursor.MoveOperation.End)


def test_what_is_given_to_the_voice_is_drawn_beside_chips_not_over_them(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(speak_mode="type")
    desk.type("Hi 👋 ")
    desk.editor.insert_tag(WHISPER)
    desk.type(" you ")
    desk.editor.insert_tag(LAUGH)
    desk.type("all")
    desk.reader.send(1, len(desk.reader.at_ear.text) - 3, fixed=2)
    desk.look()
    marks = [mark for mark in desk.editor.extraSelections() if mark.format == desk.editor._given.sent_format]
    assert [mark.cursor.selectedText() for mark in marks] == [" 👋 ", " you "]
