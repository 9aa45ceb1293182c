"""Scripts of the world in the editor: the side they begin at, what is lit of them, where keys put the cursor.

What a real keyboard and a real input method make of them is in test_input_methods.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBitmap, QColor, QRegion, QTextCursor

from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak.transcript import Transcript
from tests.ui.conftest import Desk

ENTER = Qt.Key.Key_Return
HEBREW = "שלום מה שלומך היום"
ARABIC = "مرحبا كيف حالك اليوم"


def boxes(view: Editor | Transcript, color: QColor) -> QRect:
    """The smallest rectangle of the view that holds all pixels of that colour."""
    image = view.viewport().grab().toImage()
    others = image.createMaskFromColor(color.rgba(), Qt.MaskMode.MaskOutColor)
    return QRegion(QBitmap.fromImage(others)).boundingRect()


def place(view: Editor | Transcript, start: int, end: int) -> QRect:
    """Where the ink of this stretch of the first paragraph is, on one line."""
    block = view.document().firstBlock()
    line = block.layout().lineForTextPosition(start)
    ink = QRectF()
    for run in line.glyphRuns(start, end - start):
        ink = ink.united(run.boundingRect())
    return ink.translated(
        0, view.blockBoundingGeometry(block).translated(view.contentOffset()).top()
    ).toRect()


@pytest.mark.parametrize(
    ("text", "is_at_the_right"),
    [(HEBREW, True), (ARABIC, True), ("Hello there", False), ("He said שלום", False), ("שלום hello", True)],
)
def test_a_paragraph_begins_at_its_scripts_side(desk: Desk, text: str, is_at_the_right: bool) -> None:
    desk.editor.set_text(text)
    view = desk.editor
    desk.window.setFocus()  # no cursor is drawn
    view.viewport().grab()
    drawn = place(view, 0, len(text))
    ends = view.viewport().width() - drawn.right(), drawn.left()
    assert min(ends) == (ends[0] if is_at_the_right else ends[1])
    assert min(ends) < 20
    assert max(ends) > 100


def test_every_line_of_a_long_one_does(desk: Desk) -> None:
    desk.editor.set_text(" ".join([HEBREW] * 12))
    desk.editor.viewport().grab()
    layout = desk.editor.document().firstBlock().layout()
    assert layout.lineCount() > 2
    ends = {
        round(layout.lineAt(index).position().x() + layout.lineAt(index).naturalTextWidth())
        for index in range(layout.lineCount())
    }
    assert max(ends) - min(ends) <= 1


def test_it_stays_there_while_it_is_typed(desk: Desk) -> None:
    desk.editor.set_text(HEBREW)
    for _ in range(3):
        desk.type("!")
        desk.editor.viewport().grab()
        line = desk.editor.document().firstBlock().layout().lineAt(0)
        assert line.position().x() > 100


@pytest.mark.parametrize(
    "text",
    [HEBREW, ARABIC, "He said שלום לך to me", "ab 👨‍👩‍👧‍👦 cd 👋🏽 e", "สวัสดี ครับ", "cafe\u0301 nai\u0308ve"],
)
def test_what_is_lit_is_drawn_where_the_word_stands(desk: Desk, text: str) -> None:
    desk.editor.set_text(text)
    desk.press(ENTER)
    for word in text.split():
        start = text.index(word)
        desk.reader.hear(start)
        desk.look()
        assert desk.lit(desk.transcript) == [word]
        lit = boxes(desk.transcript, QColor(desk.window.look.colors.lit))
        units = [len(text[:point].encode("utf-16-le")) // 2 for point in (start, start + len(word))]
        wanted = place(desk.transcript, *units)
        # the ground is as wide as the letters take room, their ink a little less or more
        assert abs(lit.left() - wanted.left()) <= 4, word
        assert abs(lit.right() - wanted.right()) <= 4, word
        assert lit.top() <= wanted.center().y() <= lit.bottom()


@pytest.mark.parametrize(("text", "signs"), [("a👨‍👩‍👧‍👦b", 3), ("e\u0301x", 2), ("🇩🇪🇫🇷", 2), ("กำ", 1)])
def test_a_sign_that_is_drawn_as_one_is_passed_by_one_key(desk: Desk, text: str, signs: int) -> None:
    desk.editor.set_text(text)
    for _ in range(signs):
        assert desk.editor.textCursor().position() > 0
        desk.press(Qt.Key.Key_Left)
    assert desk.editor.textCursor().position() == 0


def test_backspace_takes_a_mark_off_and_delete_the_whole_sign(desk: Desk) -> None:
    """As everywhere in Qt: what was typed last goes first."""
    desk.editor.set_text("ae\u0301b")
    desk.editor.moveCursor(QTextCursor.MoveOperation.Left)
    desk.press(Qt.Key.Key_Backspace)
    assert desk.editor.text() == "aeb"
    desk.editor.set_text("ae\u0301b")
    desk.editor.moveCursor(QTextCursor.MoveOperation.Start)
    desk.press(Qt.Key.Key_Right)
    desk.press(Qt.Key.Key_Delete)
    assert desk.editor.text() == "ab"
