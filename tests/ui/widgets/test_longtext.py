"""Long paragraphs: one for whoever reads, copies and undoes, small blocks for Qt; positions with emoji."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fishcaption.ui.widgets import longtext
from fishcaption.ui.widgets.longtext import BLOCK_UNITS, LongText, Units, showable

WORDS = "The quick brown fox jumps over the lazy dog. "
CJK = "春はあけぼの、やうやう白くなりゆく山ぎは、すこしあかりて。"


@pytest.fixture
def view(qtbot: QtBot) -> LongText:
    view = LongText()
    qtbot.addWidget(view)
    return view


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Blocks so small that a short text has many."""
    monkeypatch.setattr(longtext, "BLOCK_UNITS", 20)
    monkeypatch.setattr(longtext, "_SLICE", 50)
    return 20


def put(view: LongText, text: str, at: int | None = None) -> None:
    cursor = view.textCursor()
    if at is None:
        cursor.movePosition(QTextCursor.MoveOperation.End)
    else:
        cursor.setPosition(at)
    view.insert(cursor, text)


def longest_block(view: LongText) -> int:
    block, longest = view.document().begin(), 0
    while block.isValid():
        longest = max(longest, block.length() - 1)
        block = block.next()
    return longest


TEXTS = [
    "",
    "one line",
    "two\nlines",
    "\n\n\n",
    "ends with a line feed\n",
    WORDS * 1000,
    (WORDS * 100 + "\n\n") * 20 + "short\n",
    "x" * 10_000,
    CJK * 500,
    "👋🏽👨‍👩‍👧‍👦e\u0301" * 800,
    "a\n" * 5000,
    WORDS * 45 + "\n" + WORDS,
    " " * 5000,
    ("क्षत्रिय" * 900),
    "short\n" + "y" * 2001 + "\nshort",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_out_as_it_went_in(view: LongText, text: str) -> None:
    put(view, text)
    assert view.text() == text
    assert longest_block(view) <= BLOCK_UNITS


def test_no_cut_falls_into_a_sign_that_is_drawn_as_one(view: LongText) -> None:
    put(view, "👨‍👩‍👧‍👦" * 3000)
    block = view.document().begin().next()
    while block.isValid():
        assert block.text().startswith("👨")
        block = block.next()


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a\0b", "a b"),
        ("a\ud83dz", "a\ufffdz"),
        ("a\u2029b\u2028c", "a\nb\nc"),
        ("\ufdd0\ufffc", "\ufffd\ufffd"),
    ],
)
def test_what_qt_would_act_on_is_replaced_one_to_one(view: LongText, given_text: str, shown: str) -> None:
    assert showable(given_text) == shown
    put(view, given_text)
    assert view.text() == shown


def test_copying_joins_the_blocks(view: LongText) -> None:
    text = WORDS * 200 + "\n" + CJK * 200
    put(view, text)
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == text
    assert view.selected_text() == text


def test_a_selection_across_a_soft_break_is_joined(view: LongText) -> None:
    text = WORDS * 200
    put(view, text)
    boundary = view.document().begin().next().position()
    view.setTextCursor(view.range(boundary - 8, boundary + 8))
    assert view.selected_text() == text[boundary - 8 : boundary + 8]


@pytest.mark.parametrize("unit", [WORDS, CJK, "x"])
def test_typing_keeps_blocks_short_and_undo_sees_only_what_was_typed(
    qtbot: QtBot, view: LongText, small_blocks: int, unit: str
) -> None:
    typed = unit * 3
    for char in typed:
        QTest.keyClicks(view, char) if char.isascii() else commit(view, char)
    assert view.text() == typed
    assert longest_block(view) <= small_blocks
    seen = [view.text()]
    while view.document().isUndoAvailable():
        view.undo()
        seen.append(view.text())
        assert typed.startswith(view.text())
    assert seen[-1] == ""
    assert len(set(seen)) == len(seen), "each undo takes text away, never only a break"
    assert len(seen) < len(typed) or not unit.isascii(), "and not letter by letter"
    while view.document().isRedoAvailable():
        view.redo()
    assert view.text() == typed


def commit(view: LongText, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    view.inputMethodEvent(event)


def test_a_paste_is_one_step_of_undo_however_long(view: LongText) -> None:
    put(view, "before ")
    put(view, WORDS * 20_000)
    assert not view.is_settled()
    view.settle()
    view.undo()
    assert view.text() == "before "
    view.redo()
    assert view.text() == "before " + WORDS * 20_000


def test_a_long_paste_arrives_by_itself(qtbot: QtBot, view: LongText) -> None:
    put(view, WORDS * 20_000)
    qtbot.waitUntil(view.is_settled)
    assert view.text() == WORDS * 20_000


def test_a_key_during_a_long_paste_comes_after_it(qtbot: QtBot, view: LongText) -> None:
    put(view, WORDS * 20_000)
    view.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(view, "z")
    assert view.text() == WORDS * 20_000 + "z"


def test_deleting_at_a_break_that_stands_for_nothing_deletes_a_sign(
    qtbot: QtBot, view: LongText, small_blocks: int
) -> None:
    text = "0123456789" * 5
    put(view, text)
    second = view.document().begin().next().position()
    cursor = view.textCursor()
    cursor.setPosition(second)
    view.setTextCursor(cursor)
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert view.text() == text[: second - 2] + text[second - 1 :]
    view.undo()
    cursor.setPosition(second - 1)
    view.setTextCursor(cursor)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.text() == text[: second - 1] + text[second:]


edits = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 400), st.text("ab \n魚👋é", max_size=70)),
        st.tuples(st.just("delete"), st.integers(0, 400), st.integers(0, 60)),
        st.tuples(st.just("undo"), st.just(0), st.just(0)),
        st.tuples(st.just("redo"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@given(edits=edits)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 3 // 2,
    deadline=None,
)
def test_whatever_is_edited_the_text_is_the_authors(
    view: LongText, small_blocks: int, edits: list[tuple[str, int, str | int]]
) -> None:
    """Against a plain string: insertions, deletions across breaks of both kinds, undo and redo."""
    view.clear()
    states, now = [""], 0
    for kind, where, what in edits:
        text = states[now]
        where = min(where, len(text))
        units = Units(text)
        if kind == "undo" or kind == "redo":
            (view.undo if kind == "undo" else view.redo)()
            now = max(0, now - 1) if kind == "undo" else min(len(states) - 1, now + 1)
        elif isinstance(what, str):
            if not what:
                continue
            put(view, what, view.place(units.before(where)))
            view.settle()
            del states[now + 1 :]
            states.append(text[:where] + what + text[where:])
            now += 1
        else:
            end = min(len(text), where + what)
            if where == end:
                continue
            view.insert(view.range(view.place(units.before(where)), view.place(units.before(end))), "")
            del states[now + 1 :]
            states.append(text[:where] + text[end:])
            now += 1
        assert view.text() == states[now]
        assert longest_block(view) <= small_blocks


@given(text=st.text(max_size=60), more=st.text(max_size=60))
def test_units_are_those_of_utf16(text: str, more: str) -> None:
    units = Units(text)
    units.append(more)
    whole = text + more
    for point in range(len(whole) + 1):
        assert units.before(point) == len(whole[:point].encode("utf-16-le")) // 2


@pytest.mark.parametrize("text", ["Hi 👋🏽 world again", CJK * 300 + "👋 world", "👋🏽" * 3000 + " world"])
def test_a_place_is_where_the_word_stands(view: LongText, text: str) -> None:
    put(view, text)
    start = text.index("world") if "world" in text else 0
    units = Units(text)
    found = view.range(view.place(units.before(start)), view.place(units.before(start + 5)))
    assert found.selectedText().replace("\u2029", "") == "world"


def test_a_place_after_many_hidden_breaks(view: LongText) -> None:
    text = "".join(chr(0x4E00 + number % 5000) for number in range(30_000))
    put(view, text)
    for start in (0, 1, 1599, 1600, 1601, 15_000, 29_998):
        found = view.range(view.place(start), view.place(start + 2)).selectedText()
        assert found.replace("\u2029", "") == text[start : start + 2]


def test_bringing_a_far_word_into_view_moves_no_cursor(qtbot: QtBot, view: LongText) -> None:
    view.resize(500, 300)
    view.show()
    put(view, WORDS * 20_000)
    view.moveCursor(QTextCursor.MoveOperation.Start)
    place = 600_000
    assert not view.is_in_view(place)
    began = process_time()
    view.bring_into_view(place)
    assert process_time() - began < 0.1
    assert view.is_in_view(place)
    assert view.textCursor().position() == 0
    rect = view.cursorRect(view.range(place, place))
    assert view.viewport().rect().contains(rect.center())
