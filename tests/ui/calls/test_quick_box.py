"""The quick box: type, Enter, and the focus is where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fishcaption.core.errors import InputError
from fishcaption.store.journal import Journal
from fishcaption.ui.calls.quick_box import QuickBox
from fishcaption.ui.widgets.theme import Look
from tests.ui.conftest import commit

ELSEWHERE = 7_000_000  # offscreen, Qt numbers its windows from 1 on


class FakeForegroundWindow:
    """A desktop on which another program was in front."""

    def __init__(self) -> None:
        self.brought: list[int] = []

    def window(self) -> int:
        return ELSEWHERE

    def bring(self, window: int) -> None:
        self.brought.append(window)


class Box:
    def __init__(self, path: Path, qtbot: QtBot) -> None:
        self.spoken: list[str] = []
        self.refuse = False
        self.front = FakeForegroundWindow()
        self.widget = QuickBox(self.speak, Journal(path), self.front)
        qtbot.addWidget(self.widget)
        self.widget.set_look(Look("light", 100))
        self.widget.appear()
        qtbot.waitUntil(self.widget._editor.hasFocus)

    def speak(self, text: str) -> None:
        if self.refuse:
            raise InputError("There is no such voice.", hint="Choose another one.")
        self.spoken.append(text)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Box]]:
    made: list[Box] = []

    def make() -> Box:
        made.append(Box(tmp_path / "quick.txt", qtbot))
        return made[-1]

    yield make
    for box in made:
        if box.widget.isVisible() or box.widget.text():
            box.widget.end()
        box.widget._journal.close()


def test_enter_speaks_empties_and_gives_the_focus_back(make: Callable[[], Box], qtbot: QtBot) -> None:
    box = make()
    assert box.front.brought == [int(box.widget.winId())]
    QTest.keyClicks(box.widget._editor, "I am here")
    QTest.keyClick(box.widget._editor, Qt.Key.Key_Return)
    assert box.spoken == ["I am here"]
    assert box.widget.text() == ""
    assert not box.widget.isVisible()
    assert box.front.brought[-1] == ELSEWHERE


def test_an_enter_of_the_input_method_does_not_speak(make: Callable[[], Box], qtbot: QtBot) -> None:
    box = make()
    commit(box.widget._editor, "", "ni hao")
    QTest.keyClick(box.widget._editor, Qt.Key.Key_Return)
    assert box.spoken == []
    commit(box.widget._editor, "你好")
    QTest.keyClick(box.widget._editor, Qt.Key.Key_Return)
    assert box.spoken == ["你好"]


def test_enter_on_an_empty_box_repeats(make: Callable[[], Box], qtbot: QtBot) -> None:
    box = make()
    with qtbot.waitSignal(box.widget.repeat_asked):
        QTest.keyClick(box.widget._editor, Qt.Key.Key_Return)
    assert not box.widget.isVisible()


def test_esc_stops_and_closes_and_the_words_are_there_again(
    make: Callable[[], Box], qtbot: QtBot, tmp_path: Path
) -> None:
    box = make()
    QTest.keyClicks(box.widget._editor, "not now")
    with qtbot.waitSignal(box.widget.stop_asked):
        QTest.keyClick(box.widget.windowHandle(), Qt.Key.Key_Escape)
    assert not box.widget.isVisible()
    assert box.front.brought[-1] == ELSEWHERE
    assert box.spoken == []
    box.widget.appear()
    assert box.widget.text() == "not now"


def test_what_is_typed_is_on_disk_before_anything_is_pressed(
    make: Callable[[], Box], qtbot: QtBot, tmp_path: Path
) -> None:
    box = make()
    QTest.keyClicks(box.widget._editor, "kept")
    path = tmp_path / "quick.txt"
    qtbot.waitUntil(lambda: path.exists() and path.read_text("utf-8") == "kept")
    box.widget.end()
    assert make().widget.text() == "kept"


def test_a_refusal_is_told_and_the_words_stay(make: Callable[[], Box], qtbot: QtBot) -> None:
    box = make()
    box.refuse = True
    QTest.keyClicks(box.widget._editor, "hello")
    QTest.keyClick(box.widget._editor, Qt.Key.Key_Return)
    assert box.widget.isVisible()
    assert box.widget._note.text() == "There is no such voice. Choose another one."
    assert box.widget.text() == "hello"


def test_its_buttons_are_large_and_named(make: Callable[[], Box]) -> None:
    box = make()
    for button in box.widget.findChildren(QAbstractButton):
        assert button.height() >= 44, button.text()
        assert button.accessibleName() or button.text()
