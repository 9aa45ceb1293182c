"""A window on a reader whose ear the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.core.models import no_day
from fishcaption.store.held_texts import HeldTexts
from fishcaption.store.history import History
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.ports import Stores
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.editor import Editor
from fishcaption.ui.speak.transcript import Transcript
from tests.ui.fakes import HIBARI, FakeReader, FakeServices


@dataclass
class Desk:
    """A window and what it works with."""

    window: Window
    reader: FakeReader
    services: FakeServices
    journal: Journal
    qtbot: QtBot
    stores: Stores

    @property
    def editor(self) -> Editor:
        return self.window._editor

    @property
    def transcript(self) -> Transcript:
        return self.window._transcript

    @property
    def composer(self) -> Composer:
        return self.window._composer

    @property
    def banner(self) -> Any:
        return self.window._banner

    @property
    def status(self) -> str:
        return self.window._status.text()

    def type(self, text: str) -> None:
        """Type on the keyboard; a line feed is Enter."""
        for char in text:
            if char == "\n":
                QTest.keyClick(self.editor, Qt.Key.Key_Return)
            elif char.isascii():
                QTest.keyClicks(self.editor, char)
            else:
                commit(self.editor, char)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is: first the shortcuts see it, then the widget."""
        window = QApplication.focusWindow()
        QTest.keyClick(self.window.windowHandle() if window is None else window, key, modifier)

    def paste(self, text: str) -> None:
        """Paste a text, and wait until all of it is there."""
        data = QMimeData()
        data.setText(text)
        self.editor.insertFromMimeData(data)
        self.qtbot.waitUntil(self.editor.is_settled)

    def look(self) -> None:
        """Let the window see what the reader says now."""
        self.reader.changed()
        self.composer._look()

    def lit(self, view: Editor | Transcript) -> list[str]:
        """The words that are lit, by the format that lights them."""
        lit = view._given.lit_format if isinstance(view, Editor) else view._lit_format
        return [mark.cursor.selectedText() for mark in view.extraSelections() if mark.format == lit]


def commit(widget: QWidget, text: str, preedit: str = "") -> None:
    """What an input method sends."""
    event = QInputMethodEvent(preedit, [])
    if text:
        event.setCommitString(text)
    QApplication.sendEvent(widget, event)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "draft.txt")


@pytest.fixture
def open_desk(qtbot: QtBot, journal: Journal, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens a window with these settings, ready to type in."""
    kept: list[Stores] = []

    def open_desk(**changes: Any) -> Desk:
        phrases, wording = changes.pop("has", (None, None))
        today = changes.pop("today", no_day)
        calls = changes.pop("calls", None)
        settings = Settings(**{"voice": HIBARI, "theme": "light", **changes})
        reader = FakeReader(settings.voice)
        services = FakeServices(
            reader, settings, today=today, phrase_service=phrases, wording_service=wording, call_service=calls
        )
        stores = Stores(History(tmp_path / "history.jsonl"), HeldTexts(tmp_path / "parked.jsonl"))
        kept.append(stores)
        window = Window(reader, services, journal, stores=stores)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window._deferred_panels is not None)
        return Desk(window, reader, services, journal, qtbot, stores)

    yield open_desk
    for stores in kept:
        stores.parked.close()
        stores.history.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
