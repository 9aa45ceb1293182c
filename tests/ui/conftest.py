"""A window on a reader whose ear the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.app.user_data import remember
from fishcaption.core.models import no_day
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.calls.call_tools import CallTools
from fishcaption.ui.calls.feature import CallsFeature
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.feature import Feature
from fishcaption.ui.history.controller import HistoryController
from fishcaption.ui.phrases.feature import PhrasesFeature
from fishcaption.ui.phrases.panel import PhrasePanel
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.held_texts import HeldTextCommands
from fishcaption.ui.speak.large_type import LargeType
from fishcaption.ui.speak.large_type_control import LargeTypeControl
from fishcaption.ui.speak.mode_switch import ModeSwitch
from fishcaption.ui.speak.queue import QueueCommands, QueuePanel
from fishcaption.ui.speak.transcript import Transcript
from fishcaption.ui.speak.workspace import SpeakWorkspace
from tests.ui.fakes import HIBARI, FakeReader, FakeServices
from tests.ui.folder_stores import FolderStores
from tests.ui.present.fake_audience import FakeAudienceService
from tests.ui.present.fake_script import FakeScript

_Feature = TypeVar("_Feature", bound=Feature)


@dataclass
class Desk:
    """A window and what it works with."""

    window: Window
    reader: FakeReader
    services: FakeServices
    journal: Journal
    qtbot: QtBot
    stores: FolderStores

    @property
    def workspace(self) -> SpeakWorkspace:
        assert isinstance(self.window.text_workspace, SpeakWorkspace)
        return self.window.text_workspace

    @property
    def editor(self) -> Editor:
        return self.workspace.editor

    @property
    def transcript(self) -> Transcript:
        return self.workspace.transcript

    @property
    def composer(self) -> Composer:
        return self.workspace.composer

    @property
    def banner(self) -> Any:
        return self.window.banner

    @property
    def status(self) -> str:
        return self.window._status_line.text()

    @property
    def mode(self) -> ModeSwitch:
        return self.workspace.mode

    @property
    def queue(self) -> QueuePanel:
        assert self.workspace.queue is not None
        return self.workspace.queue

    @property
    def waiting(self) -> QueueCommands:
        assert self.workspace.waiting is not None
        return self.workspace.waiting

    @property
    def held(self) -> HeldTextCommands:
        assert self.workspace.held is not None
        return self.workspace.held

    @property
    def history(self) -> HistoryController:
        return self._feature(HistoryController)

    @property
    def large(self) -> LargeType | None:
        return self._feature(LargeTypeControl).view

    @property
    def calls(self) -> CallTools:
        return self._feature(CallsFeature).tools

    @property
    def phrases(self) -> PhrasePanel:
        panel = self._feature(PhrasesFeature).panel
        assert panel is not None
        return panel

    @property
    def phrases_button(self) -> QToolButton:
        return self._feature(PhrasesFeature)._button

    def _feature(self, kind: type[_Feature]) -> _Feature:
        assert self.window.features is not None
        feature = self.window.features.find(kind)
        assert isinstance(feature, kind)
        return feature

    def change(self, **changes: Any) -> None:
        """Have other settings, as if they were chosen."""
        self.services.settings.change(**changes)

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
    kept: list[FolderStores] = []

    def open_desk(**changes: Any) -> Desk:
        phrases, vocabulary = changes.pop("has", (None, None))
        today = changes.pop("today", no_day)
        calls = changes.pop("calls", None)
        audience = changes.pop("audience", None)
        cast = changes.pop("cast", None)
        own_voices = changes.pop("own_voices", None)
        has_show = changes.pop("has_show", False)
        is_complete = changes.pop("is_complete", True)
        settings = Settings(**{"voice": HIBARI, "theme": "light", **changes})
        reader = FakeReader(settings.voice)
        services = FakeServices(
            reader,
            settings,
            today=today,
            phrase_service=phrases,
            vocabulary_service=vocabulary,
            call_service=calls,
            audience_service=audience,
            cast_service=cast,
            own_voice_service=own_voices,
        )
        if has_show:
            audience = services.audience_service = FakeAudienceService()
            services.script_service = FakeScript(reader, audience.audience)
        stores = FolderStores.of(tmp_path)
        kept.append(stores)
        reader.subscribe_ended(partial(remember, stores.history))
        window = Window(reader, services, journal, stores=stores)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window.is_complete() is is_complete)
        return Desk(window, reader, services, journal, qtbot, stores)

    yield open_desk
    for stores in kept:
        stores.held_texts.close()
        stores.history.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
