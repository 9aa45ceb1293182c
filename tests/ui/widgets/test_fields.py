"""Arrows and Backspace in every script: each place is passed, each sign goes whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.widgets.fields import LineField, TextField, is_inside_sign

LEFT, RIGHT, BACK, DELETE = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_Delete
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
PICTURES = {
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a flag": "🇩🇪",
    "a flag of letters": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a keycap": "1\ufe0f\u20e3",
    "a skin": "👍🏽",
    "a heart": "❤\ufe0f",
    "a pirate": "🏴\u200d☠\ufe0f",
    "a keycap without its variation": "1\u20e3",
}
SIGNS = {
    **PICTURES,
    "a letter and its accent": "e\u0301",
    "accents on end": "a\u0301\u0302\u0303",
    "Korean, composed": "\u1112\u1161\u11ab",
    "Hindi": "नी",
    "Tamil": "நி",
    "Thai": "กำ",
    "Hebrew with points": "שָׁ",
    "Arabic with marks": "بِّ",
    "one letter": "b",
    "beyond the first plane": "𝔘",
}
ALPHABET = ["a", "Z", " ", ".", "1", "\n", "ש", "ל", "ب", "ع", "٣", "(", *SIGNS.values()]
MIXED = st.lists(st.sampled_from(ALPHABET), max_size=24).map("".join)


def places(view: QPlainTextEdit) -> set[int]:
    """Where the caret can stand: between all signs, and at every paragraph's end."""
    found: set[int] = set()
    block = view.document().begin()
    while block.isValid():
        layout, last = block.layout(), block.length() - 1
        text = block.text()
        inside = [at for at in range(last) if not is_inside_sign(text, layout, at)]
        found |= {block.position() + at for at in (0, *inside, last)}
        block = block.next()
    return found


def held(view: QPlainTextEdit, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> list[int]:
    """The places that a held arrow passes, from where the caret stands, until it goes no further."""
    passed = [view.textCursor().position()]
    for _ in range(2 * len(view.toPlainText()) + 2):
        QTest.keyClick(view, key, modifier)
        if view.textCursor().position() == passed[-1]:
            return passed
        passed.append(view.textCursor().position())
    raise AssertionError(f"it goes on for ever: {passed[-6:]}")


def put(view: QPlainTextEdit, place: int) -> None:
    """As a click puts it: what arrows have meant before does not matter."""
    QTest.keyClick(view, Qt.Key.Key_Home)
    cursor = view.textCursor()
    cursor.setPosition(place)
    view.setTextCursor(cursor)


@pytest.fixture(params=[TextField, Editor])
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> TextField:
    view: TextField = request.param()
    qtbot.addWidget(view)
    view.show()
    return view


quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(text=MIXED)
@quick
def test_a_held_arrow_passes_every_place(view: TextField, text: str) -> None:
    view.setPlainText(text)
    every, end = places(view), len(text.encode("utf-16-le")) // 2
    for start in (0, end):
        ways = []
        for key in (LEFT, RIGHT):
            put(view, start)
            ways.append(held(view, key))
        assert every in [set(way) for way in ways], ways
        assert min(map(len, ways)) == 1, "there is nothing before the start, and nothing behind the end"
        assert all(way == sorted(way, reverse=start > 0) for way in ways), "on, and never back"


@given(text=MIXED, at=st.integers(0, 24), turns=st.lists(st.sampled_from([LEFT, RIGHT]), max_size=8))
@quick
def test_the_other_arrow_goes_back_the_same_way(
    view: TextField, text: str, at: int, turns: list[Qt.Key]
) -> None:
    view.setPlainText(text)
    every = sorted(places(view))
    put(view, every[at % len(every)])
    for key in turns:
        before = view.textCursor().position()
        QTest.keyClick(view, key)
        if view.textCursor().position() != before:
            there = view.textCursor().position()
            QTest.keyClick(view, LEFT if key == RIGHT else RIGHT)
            assert view.textCursor().position() == before
            QTest.keyClick(view, key)
            assert view.textCursor().position() == there


@pytest.mark.parametrize(
    "text", ["abc def\nשלום עולם", "שלום עולם\n\nשלום", "one\n\nשלום two\nthree", "بب\nab\nبب"]
)
def test_held_words_and_selections_pass_over_paragraphs_too(view: TextField, text: str) -> None:
    view.setPlainText(text)
    for start, end in ((0, len(text)), (len(text), 0)):
        for modifier in (CTRL, SHIFT, CTRL | SHIFT):
            ends = []
            for key in (LEFT, RIGHT):
                put(view, start)
                ends.append(held(view, key, modifier)[-1])
                if modifier & SHIFT:
                    assert view.textCursor().anchor() == start
            assert sorted(ends) == sorted((start, end)), "one arrow leads to the other end, one nowhere"


def test_in_a_paragraph_arrows_go_where_they_point(view: TextField) -> None:
    view.setPlainText("abc\nשלום\n\nשלום")
    for place, key, there in ((1, RIGHT, 2), (1, LEFT, 0), (5, LEFT, 6), (6, RIGHT, 5), (9, LEFT, 10)):
        put(view, place)
        QTest.keyClick(view, key)
        assert view.textCursor().position() == there, (place, key)
        QTest.keyClick(view, Qt.Key.Key_Home)


# -- signs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", PICTURES.values(), ids=PICTURES)
def test_one_backspace_and_one_delete_take_one_picture(view: TextField, sign: str) -> None:
    view.setPlainText(f"x{sign}{sign}y")
    put(view, 1 + 2 * len(sign.encode("utf-16-le")) // 2)
    QTest.keyClick(view, BACK)
    assert view.toPlainText() == f"x{sign}y"
    view.undo()
    assert view.toPlainText() == f"x{sign}{sign}y"
    put(view, 1)
    QTest.keyClick(view, DELETE)
    assert view.toPlainText() == f"x{sign}y"
    view.undo()
    assert view.toPlainText() == f"x{sign}{sign}y"
    put(view, 1)
    QTest.keyClick(view, RIGHT, SHIFT)
    assert view.textCursor().selectedText() == sign
    QTest.keyClick(view, BACK, SHIFT)
    QTest.keyClick(view, RIGHT)
    QTest.keyClick(view, BACK, SHIFT)
    assert view.toPlainText() == "xy"
    QTest.keyClick(view, BACK)
    QTest.keyClick(view, BACK)
    assert view.toPlainText() == "y", "at the start there is nothing to take"


@pytest.mark.parametrize("sign", PICTURES.values(), ids=PICTURES)
def test_one_line_takes_one_picture_too(qtbot: QtBot, sign: str) -> None:
    line = LineField()
    qtbot.addWidget(line)
    line.show()
    line.setText(f"x{sign}{sign}")
    QTest.keyClick(line, BACK)
    assert line.text() == f"x{sign}"
    line.undo()
    assert line.text() == f"x{sign}{sign}"
    QTest.keyClick(line, BACK)
    QTest.keyClick(line, BACK)
    QTest.keyClick(line, BACK)
    assert line.text() == ""


def test_of_a_letter_the_mark_that_was_typed_last_goes_first(view: TextField) -> None:
    view.setPlainText("e\u0301\u0302")
    view.moveCursor(QTextCursor.MoveOperation.End)
    for left in ("e\u0301", "e", ""):
        QTest.keyClick(view, BACK)
        assert view.toPlainText() == left


@given(signs=st.lists(st.sampled_from([*PICTURES.values(), " ", "\n", "b", "ש", "न"]), max_size=12))
@quick
def test_each_backspace_takes_one_sign_of_many(view: TextField, signs: list[str]) -> None:
    view.setPlainText("".join(signs))
    view.moveCursor(QTextCursor.MoveOperation.End)
    while signs:
        QTest.keyClick(view, BACK)
        del signs[-1]
        assert view.toPlainText() == "".join(signs)


@given(signs=st.lists(st.sampled_from([*SIGNS.values(), " ", "\n"]), max_size=12))
@quick
def test_each_delete_takes_one_sign_of_many(view: TextField, signs: list[str]) -> None:
    view.setPlainText("".join(signs))
    while signs:
        QTest.keyClick(view, DELETE)
        del signs[0]
        assert view.toPlainText() == "".join(signs)


def test_a_long_paragraph_is_never_broken_inside_a_sign(qtbot: QtBot) -> None:
    editor = Editor()
    qtbot.addWidget(editor)
    for sign in SIGNS.values():
        for before in range(4):
            text = "x" * before + sign * 3000
            editor.set_text(text)
            assert editor.text() == text
            block = editor.document().begin().next()
            while block.isValid():
                assert block.text().startswith(sign), repr(sign)
                block = block.next()


def test_what_was_heard_is_not_taken_with_what_was_typed_behind_it(qtbot: QtBot) -> None:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.show()
    editor.set_text("See 👍🏽")
    editor.mark_given("See 👍🏽", 5, 5)
    QTest.keyClick(editor, BACK)
    assert editor.text() == "See 👍"
    with qtbot.waitSignal(editor.refused):
        QTest.keyClick(editor, BACK)
