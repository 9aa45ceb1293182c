"""What comes into the text from elsewhere: HTML alone, controls, other programs' private characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from fishcaption.core.text.tags import TAGS
from fishcaption.ui.history.page import HistoryPage
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.longtext import LongText
from tests.ui import opened
from tests.ui.conftest import Desk, commit

TAG = TAGS[0].char
CTRL = Qt.KeyboardModifier.ControlModifier
# what is a sequence for a terminal goes whole
DIRTY = "a\x00b\x07c\x1b[31md\x7fe\x9bf\ufefff\u0085g"
CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n", "\t"}


def html(code: str) -> QMimeData:
    data = QMimeData()
    data.setHtml(code)
    return data


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data


def test_html_alone_is_pasted_as_its_text(desk: Desk) -> None:
    QGuiApplication.clipboard().setMimeData(html("<p>Hello <b>you</b></p><script>no()</script><p>there</p>"))
    desk.press(Qt.Key.Key_V, CTRL)
    assert desk.editor.text() == "Hello you\nthere"
    desk.press(Qt.Key.Key_Z, CTRL)
    assert desk.editor.text() == ""


def test_where_there_is_both_the_plain_text_is_pasted(desk: Desk) -> None:
    data = html("<p>from the page</p>")
    data.setText("as text")
    desk.editor.insertFromMimeData(data)
    assert desk.editor.text() == "as text"


def test_a_picture_alone_pastes_nothing(desk: Desk) -> None:
    desk.type("x")
    desk.editor.insertFromMimeData(html("<img src='file:///dev/zero'>"))
    assert desk.editor.text() == "x"
    assert not desk.editor.canInsertFromMimeData(QMimeData())


@pytest.mark.parametrize("way", ["pasted", "composed", "opened", "handed over", "held", "abbreviated"])
def test_controls_are_no_text(open_desk: Callable[..., Desk], way: str) -> None:
    desk = open_desk()
    if way == "pasted":
        desk.editor.insertFromMimeData(text(DIRTY))
    elif way == "composed":
        commit(desk.editor, DIRTY)
    elif way == "opened":
        desk.editor.set_text(DIRTY)
    elif way == "handed over":
        desk.window.take_text(DIRTY)
    elif way == "held":
        desk.composer.drafts.bring(DIRTY)
    else:
        desk.type("brb")
        desk.editor.replace_before(3, DIRTY)
    assert not CONTROLS & set(desk.editor.text())
    if way not in ("opened", "held"):  # texts of ours, in which places stay
        assert desk.editor.text() == "abcdef\ng"
    desk.editor.selectAll()
    desk.editor.copy()
    assert not CONTROLS & set(QGuiApplication.clipboard().text())
    desk.type("\n")
    (given,) = [entry.text for entry in desk.reader.utterances.values()]
    assert not CONTROLS & set(given)


def test_what_is_handed_over_to_be_spoken_has_no_controls_and_no_tags(desk: Desk) -> None:
    desk.type("draft")
    desk.window.take_text(f"Hi\x07 {TAG}you\x1b[0m", speak=True)
    (given,) = [entry.text for entry in desk.reader.utterances.values()]
    assert given == "Hi \ufffdyou"


def test_controls_that_a_view_is_given_are_no_boxes(desk: Desk) -> None:
    view = LongText()
    desk.qtbot.addWidget(view)
    view.insert(view.textCursor(), "a\x00b\x07c\x1bd\x9fe\x0bf")
    assert view.text() == "a b c d e\nf", "one for one: positions stay"


@pytest.mark.parametrize("way", ["pasted", "composed", "handed over", "typed"])
def test_private_characters_from_outside_are_no_chips(desk: Desk, way: str) -> None:
    foreign = f"x{TAG}\ue1ffy"
    if way == "pasted":
        desk.editor.insertFromMimeData(text(foreign))
    elif way == "handed over":
        desk.window.take_text(foreign)
    elif way == "typed":
        for char in foreign:
            QTest.sendKeyEvent(
                QTest.KeyAction.Click, desk.editor, Qt.Key.Key_unknown, char, Qt.KeyboardModifier(0)
            )
    else:
        commit(desk.editor, foreign)
    assert desk.editor.text() == "x\ufffd\ufffdy"


def test_own_chips_are_copied_cut_and_pasted(desk: Desk) -> None:
    desk.type("x")
    desk.editor.insert_tag(TAG)
    desk.type("y")
    assert desk.editor.text() == f"x{TAG}y"
    desk.editor.selectAll()
    desk.press(Qt.Key.Key_X, CTRL)
    assert QGuiApplication.clipboard().text() == "xy"
    desk.press(Qt.Key.Key_V, CTRL)
    desk.press(Qt.Key.Key_V, CTRL)
    assert desk.editor.text() == f"x{TAG}yx{TAG}y"


def test_fields_of_one_line_take_html_and_no_controls(open_desk: Callable[..., Desk]) -> None:
    desk = opened.furnished(open_desk)
    opened.show(desk, "text.history")
    page = desk.window.findChild(HistoryPage)
    assert isinstance(page, HistoryPage)
    QGuiApplication.clipboard().setMimeData(html("<p>one</p><p>two</p>"))
    QTest.keyClick(page._search, Qt.Key.Key_V, CTRL)
    assert page._search.text() == "one two"
    QGuiApplication.clipboard().setMimeData(text(f"\x1b[1mthree\x00\n{TAG}four"))
    page._search.selectAll()
    page._search.paste()  # the menu's, which clears by what is edited
    QTest.keyClicks(page._search, "!")
    assert page._search.text() == "three \ufffdfour!"
    opened.close(desk)


@pytest.mark.slow
def test_every_field_that_is_written_in_is_such_a_field(open_desk: Callable[..., Desk]) -> None:
    desk = opened.furnished(open_desk)
    for command in opened.COMMANDS:
        opened.show(desk, command)
        for widget in opened.on_screen():
            if type(widget) in (QLineEdit, QPlainTextEdit):
                parent = widget.parentWidget()
                # a box of numbers or choices has its own
                assert parent is not None
                assert widget.objectName().startswith("qt_") or parent.inherits("QComboBox"), widget
    assert any(isinstance(widget, LineField) for widget in opened.on_screen())
    opened.close(desk)
