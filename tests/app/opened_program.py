"""The real program in this process: its window, services, speech and files, on Qt's and asyncio's one loop.

Nothing in it is a fake. It has no sound device: the machine's clock is the ear.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from fishcaption.app.event_loop import event_loop
from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.services import Services
from fishcaption.app.settings import SettingsFile, SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import Settings
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.feature import Feature
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.workspace import SpeakWorkspace

PATIENCE_SECONDS = 20.0

_Result = TypeVar("_Result")
_Feature = TypeVar("_Feature", bound=Feature)


@dataclass
class Opened:
    """The program, and its parts by name."""

    window: Window
    services: Services
    speech: LazySpeech
    reader: LazyReader
    user_data: UserData
    settings: SettingsStore

    @property
    def workspace(self) -> SpeakWorkspace:
        assert isinstance(self.window.text_workspace, SpeakWorkspace)
        return self.window.text_workspace

    @property
    def editor(self) -> Editor:
        return self.workspace.editor

    @property
    def composer(self) -> Composer:
        return self.workspace.composer

    def feature(self, kind: type[_Feature]) -> _Feature:
        assert self.window.features is not None
        found = self.window.features.find(kind)
        assert isinstance(found, kind)
        return found

    def silence(self) -> None:
        """Nothing is spoken, and nothing stands in the editor."""
        self.composer.stop()
        self.editor.set_text("")


async def until(condition: Callable[[], bool]) -> None:
    """Let the program go on until this is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(100_000):
            if condition():
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Open the program with these settings, with everything in it; close it as its user would."""
    errors: list[FishCaptionError] = []
    user_data = UserData(settings)
    store = SettingsStore(settings, SettingsFile(user_data.writer, user_data.tell).save)
    user_data.follow(store)
    speech = LazySpeech(store)
    reader = LazyReader(speech, user_data.unheard)
    user_data.record(reader)
    async with asyncio.TaskGroup() as tasks:
        services = Services(speech, reader, user_data, tasks)
        window = Window(reader, services, user_data.journal, stores=user_data)
        speech.on_error = window.tell
        window.show()
        await until(window.is_complete)
        speech.is_imported = True
        try:
            async with speech.system as system:
                services.open()
                try:
                    yield Opened(window, services, speech, reader, user_data, store)
                finally:  # a test that fails leaves no window to the next one
                    window.close()
                    system.reader.stop()
                    await services.close(errors.append)
        finally:
            window.deleteLater()
    await asyncio.to_thread(user_data.close)
    assert errors == []


def run(application: QApplication, test: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run a test on a loop of the program's own kind."""

    async def whole() -> _Result:
        return await test()

    application.setQuitOnLastWindowClosed(False)  # as the program has it
    try:
        with asyncio.Runner(loop_factory=partial(event_loop, application)) as runner:
            return runner.run(whole())
    finally:
        application.setQuitOnLastWindowClosed(True)
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
