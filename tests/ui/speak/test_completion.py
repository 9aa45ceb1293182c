"""Abbreviations expand as they are typed; words are offered without the focus and never taken by Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.app.settings import SettingsStore
from fishcaption.core.vocabulary.abbreviations import Abbreviations
from fishcaption.core.vocabulary.completion import Completion
from fishcaption.store.settings import Settings
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak import completion as completing_module
from fishcaption.ui.speak.completion import EditorCompletion, _begun
from tests.ui.conftest import commit

SHIFT = Qt.KeyboardModifier.ShiftModifier
TABLE = {"brb": "be right back", "omw": "on my way", "gr": "großartig 👋"}


@pytest.fixture
def open_editor(qtbot: QtBot) -> Callable[..., tuple[Editor, EditorCompletion]]:
    windows = []  # qtbot keeps none alive

    def open_editor(**changes: bool) -> tuple[Editor, EditorCompletion]:
        window = QWidget()
        windows.append(window)
        qtbot.addWidget(window)
        editor = Editor()
        completing = EditorCompletion(editor, SettingsStore(Settings(**changes)))  # type: ignore[arg-type]  # only switches
        completing.words = Completion("en")
        completing.abbreviations = Abbreviations(TABLE)
        column = QVBoxLayout(window)
        for widget in (completing.row, editor, QPushButton("next")):
            column.addWidget(widget)
        window.show()
        window.activateWindow()
        editor.setFocus()
        qtbot.waitUntil(editor.hasFocus)
        return editor, completing

    return open_editor


@pytest.fixture
def pair(open_editor: Callable[..., tuple[Editor, EditorCompletion]]) -> tuple[Editor, EditorCompletion]:
    return open_editor()


def write(editor: Editor, text: str) -> None:
    QTest.keyClicks(editor, text)
    QTest.qWait(1)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("brb ", "be right back "),
        ("I am omw, ok", "I am on my way, ok"),
        ("Brb.", "Be right back."),
        ("BRB!", "BE RIGHT BACK!"),
        ("(omw)", "(on my way)"),
        ("gr brb ", "großartig 👋 be right back "),
        ("xbrb ", "xbrb "),
        ("brb", "brb"),
    ],
)
def test_an_abbreviation_expands_when_its_word_ends(
    pair: tuple[Editor, EditorCompletion], typed: str, text: str
) -> None:
    write(pair[0], typed)
    assert pair[0].text() == text


def test_one_undo_gives_the_abbreviation_back(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, _ = pair
    write(editor, "so brb ")
    editor.undo()
    assert editor.text() == "so brb "
    write(editor, "now ")
    assert editor.text() == "so brb now "
    for _ in range(9):
        editor.undo()
    assert editor.text() == ""


def test_behind_a_new_line_and_at_the_very_end_it_expands_too(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "omw")
    QTest.keyClick(editor, Qt.Key.Key_Return, SHIFT)
    write(editor, "brb")
    completing.expand_end()
    assert editor.text() == "on my way\nbe right back"


def test_what_is_composed_expands_too(pair: tuple[Editor, EditorCompletion]) -> None:
    commit(pair[0], "brb")
    commit(pair[0], " ")
    assert pair[0].text() == "be right back "


def test_expanding_is_a_setting(open_editor: Callable[..., tuple[Editor, EditorCompletion]]) -> None:
    editor, _ = open_editor(abbreviations=False)
    write(editor, "brb ")
    assert editor.text() == "brb "


def test_words_are_offered_while_they_are_typed(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "than")
    assert "thank" in completing.row.words()
    assert len(completing.row.words()) <= 5
    assert editor.hasFocus()
    write(editor, "qqq")
    assert completing.row.words() == ()


def test_tab_takes_the_first_word_and_then_goes_on(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "I wan")
    first = completing.row.words()[0]
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    QTest.qWait(1)
    assert editor.text() == f"I {first} "
    before = editor.text()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == before
    assert not editor.hasFocus()


@pytest.mark.parametrize("index", range(3))
def test_a_number_takes_any_word(pair: tuple[Editor, EditorCompletion], index: int) -> None:
    editor, completing = pair
    write(editor, "Thank ")
    words = completing.row.words()
    action = completing.actions()[index]
    assert action.keys == (f"Alt+{index + 1}",)
    action.act()
    assert editor.text() == f"Thank {words[index]} "


def test_a_click_takes_one_and_leaves_the_focus(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "Thank y")
    word = completing.row.words()[0]
    completing.row._buttons[0].click()
    assert editor.text() == f"Thank {word} "
    assert editor.hasFocus()


def test_taking_a_word_is_one_step_of_undo(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "thank y")
    completing.take(0)
    editor.undo()
    assert editor.text() == "thank y"


@pytest.mark.parametrize("mark", [".", ",", "?", "!"])
def test_a_mark_behind_a_taken_word_takes_the_place_of_the_blank(
    pair: tuple[Editor, EditorCompletion], mark: str
) -> None:
    editor, completing = pair
    write(editor, "thank y")
    word = completing.row.words()[0]
    completing.take(0)
    write(editor, mark)
    assert editor.text() == f"thank {word}{mark}"
    write(editor, f" {mark}")
    assert editor.text() == f"thank {word}{mark} {mark}"


def test_a_word_behind_a_mark_is_parted_from_it(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "Well,")
    word = completing.row.words()[0]
    completing.take(0)
    assert editor.text() == f"Well, {word} "


def test_enter_takes_no_word(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    asked: list[None] = []
    editor.speak_asked.connect(lambda: asked.append(None))
    write(editor, "than")
    assert completing.row.words()
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == "than"
    assert asked == [None]


def test_offering_is_a_setting(open_editor: Callable[..., tuple[Editor, EditorCompletion]]) -> None:
    editor, completing = open_editor(completion=False)
    write(editor, "than")
    assert completing.row.words() == ()
    assert not completing.row.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "than"


@pytest.mark.parametrize("is_wanted", [False, True])
def test_a_screen_reader_is_told_only_if_that_is_wanted(
    open_editor: Callable[..., tuple[Editor, EditorCompletion]],
    monkeypatch: pytest.MonkeyPatch,
    is_wanted: bool,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(completing_module, "announce", lambda _widget, text: told.append(text))
    editor, completing = open_editor(completion_announced=is_wanted)
    write(editor, "than")
    assert told[-1:] == ([", ".join(completing.row.words())] if is_wanted else [])


def test_nothing_is_offered_inside_a_composition(pair: tuple[Editor, EditorCompletion]) -> None:
    editor, completing = pair
    write(editor, "than")
    commit(editor, "", preedit="ni")
    QTest.qWait(1)
    assert completing.row.words() == ()
    commit(editor, "")


@pytest.mark.parametrize(
    ("before", "word", "length"),
    [
        ("th", "there", 2),
        ("with Th", "there", 2),
        ("don’t wo", "worry", 2),
        ("can’", "can't", 4),
        ("hello ", "there", 0),
        ("hello,", "there", 0),
        ("ath", "there", 0),
        ("", "there", 0),
        ("in in", "in", 2),
    ],
)
def test_how_much_of_a_word_stands_there(before: str, word: str, length: int) -> None:
    assert _begun(before, word) == length
