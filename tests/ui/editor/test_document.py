"""Pasted documents: joined where a page layout broke them, lit in place, given back when stopped."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fishcaption.core.errors import ConnectionLost
from fishcaption.ui.editor.line_joiner import _group_end, _joined_groups
from tests.ui.conftest import Desk

ENTER = Qt.Key.Key_Return
DOCUMENT = "\n\n".join(
    f"Paragraph {number} 👋 has a few words, and it is here to be read in its place." for number in range(40)
)
PDF = (
    "The quick brown fox jumps over the lazy dog and then it goes on to look for an-\n"
    "other dog that is less lazy than the first one was, which takes a little while\n"
    "because most dogs are asleep at this time of the day.\n"
)
JOINED = PDF.replace("an-\n", "an").replace("\n", " ").rstrip() + "\n"


@pytest.fixture
def reading(desk: Desk) -> Desk:
    desk.paste(DOCUMENT)
    desk.press(ENTER)
    return desk


def test_a_document_stays_and_is_lit_in_place(reading: Desk) -> None:
    assert reading.editor.text() == DOCUMENT
    assert reading.transcript.text() == ""
    for number in (0, 7, 39):
        reading.reader.hear(DOCUMENT.index(f"Paragraph {number} ") + len(f"Paragraph {number} 👋 "))
        reading.look()
        assert reading.lit(reading.editor) == ["has"]


def test_a_pasted_remark_is_no_document(desk: Desk) -> None:
    desk.paste("See you at five.")
    desk.press(ENTER)
    assert desk.transcript.text() == "See you at five."
    assert desk.editor.is_empty()


def test_what_is_typed_is_no_document_however_long(desk: Desk) -> None:
    desk.paste("word " * 20)
    desk.editor.set_text("written by hand " * 60)
    desk.press(ENTER)
    assert desk.editor.is_empty()


def test_it_cannot_be_changed_while_it_is_read_and_is_a_draft_again_after(reading: Desk) -> None:
    reading.type("x")
    reading.press(Qt.Key.Key_Backspace)
    reading.paste("more")
    assert reading.editor.text() == DOCUMENT
    reading.type("x")
    assert "Esc" in reading.status
    reading.reader.hear_all()
    reading.look()
    assert reading.lit(reading.editor) == []
    reading.type("x")
    assert reading.editor.text() != DOCUMENT


def test_space_pauses_while_it_is_read(reading: Desk) -> None:
    reading.reader.hear(3)
    reading.press(Qt.Key.Key_Space)
    reading.press(Qt.Key.Key_Space)
    assert reading.reader.calls == ["speak", "pause", "resume"]


def test_stopping_gives_it_back(reading: Desk) -> None:
    reading.reader.hear(30)
    reading.look()
    reading.press(Qt.Key.Key_Escape)
    assert reading.lit(reading.editor) == []
    assert reading.editor.text() == DOCUMENT
    reading.type("x")
    assert len(reading.editor.text()) == len(DOCUMENT) + 1


def test_enter_while_it_is_read_does_nothing(reading: Desk) -> None:
    reading.press(ENTER)
    assert reading.reader.calls == ["speak"]


def test_repeat_lights_it_in_place_again_unless_it_was_changed(reading: Desk) -> None:
    reading.reader.hear_all()
    reading.look()
    reading.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    reading.reader.hear(0)
    reading.look()
    assert reading.lit(reading.editor) == ["Paragraph"]
    reading.reader.hear_all()
    reading.look()
    reading.type("x")
    reading.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    reading.reader.hear(0)
    reading.look()
    assert reading.lit(reading.editor) == []
    assert reading.lit(reading.transcript) == ["Paragraph"]


def test_a_failure_leaves_it_in_place_and_another_try_goes_on_there(reading: Desk) -> None:
    reading.reader.hear(30)
    reading.reader.fail(ConnectionLost("Fish Audio cannot be reached."))
    reading.look()
    assert reading.editor.text() == DOCUMENT
    reading.press(Qt.Key.Key_F5)
    reading.reader.hear(DOCUMENT.index("words"))
    reading.look()
    assert reading.lit(reading.editor) == ["words,"]


def test_the_lit_word_is_kept_in_view_until_the_reader_scrolls_away(reading: Desk) -> None:
    bar = reading.editor.verticalScrollBar()
    reading.reader.hear(len(DOCUMENT) // 2)
    reading.look()
    assert bar.value() > 0
    position = reading.editor.textCursor().position()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    QTest.qWait(1)
    reading.reader.hear(len(DOCUMENT) * 3 // 4)
    reading.look()
    assert bar.value() == 0
    assert reading.editor.textCursor().position() == position
    # back at the word, it is followed again
    bar.setValue(bar.maximum() * 3 // 4)
    bar.triggerAction(bar.SliderAction.SliderSingleStepAdd)
    QTest.qWait(1)
    before = bar.value()
    reading.reader.hear(len(DOCUMENT) - 5)
    reading.look()
    assert bar.value() > before


def test_lines_and_hyphens_of_a_pdf_are_joined_and_undo_gives_them_back(desk: Desk) -> None:
    desk.type("Before. ")
    desk.paste(PDF)
    assert desk.editor.text() == "Before. " + JOINED
    desk.editor.undo()
    assert desk.editor.text() == "Before. " + PDF
    desk.editor.undo()
    assert desk.editor.text() == "Before. "


def test_joining_is_a_setting(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(join_pasted_lines=False)
    desk.paste(PDF)
    assert desk.editor.text() == PDF


def test_a_long_pdf_is_joined_in_the_background(desk: Desk) -> None:
    text = "\n".join([PDF] * 300)
    desk.paste(text)
    assert desk.editor.text() == "\n".join([JOINED] * 300)
    desk.editor.undo()
    assert desk.editor.text() == text


def test_a_key_waits_for_what_is_still_being_joined(desk: Desk) -> None:
    from PySide6.QtCore import QMimeData

    data = QMimeData()
    data.setText("\n".join([PDF] * 100))
    desk.editor.insertFromMimeData(data)
    assert not desk.editor.is_settled()
    desk.type("x")
    assert desk.editor.text() == "\n".join([JOINED] * 100) + "x"


@pytest.mark.parametrize(
    "text", [PDF * 400, "x" * 30_000, "\n" * 30_000, "a\n" * 20_000, PDF * 50 + "\n\n" + PDF]
)
def test_the_groups_tile_the_text(text: str) -> None:
    start, ends = 0, []
    while start < len(text):
        start = _group_end(text, start)
        ends.append(start)
    assert ends[-1] == len(text)
    assert ends == sorted(set(ends))


def test_a_megabyte_is_there_without_a_stall(desk: Desk, qtbot: QtBot) -> None:
    """No step of the event loop takes 50 ms of work; here with room for a slow machine."""
    from PySide6.QtCore import QMimeData

    data = QMimeData()
    data.setText("The quick brown fox jumps over the lazy dog. " * 22_000)
    longest = 0.0
    last = process_time()
    desk.editor.insertFromMimeData(data)
    while not desk.editor.is_settled():
        longest = max(longest, process_time() - last)
        last = process_time()
        QTest.qWait(0)
    assert longest < 0.2
    assert len(desk.editor.text()) == 990_000


def test_the_joined_text_of_groups_is_that_of_the_whole() -> None:
    text = "\n".join([PDF] * 200)
    groups = list(_joined_groups(text))
    assert "".join(lines for lines, _ in groups) == text
    assert "".join(joined for _, joined in groups) == "\n".join([JOINED] * 200)
