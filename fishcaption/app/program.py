"""The program with a window: it builds the parts, runs Qt and asyncio on one loop, and shuts down in order.

The window is painted before anything that takes long is imported, started or looked up; what the user says
until then is spoken a moment later. `services` do in tasks what the window asks for and cannot wait for.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from fishcaption import terminal
from fishcaption.app.crash_report import log_to_file, report_bugs, tell_terminal
from fishcaption.app.event_loop import event_loop, qt_writes_with_us
from fishcaption.app.instance import InstanceServer, LaunchRequest, hold_or_give
from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.screen import Screen
from fishcaption.app.services import Services
from fishcaption.app.settings import SettingsFile, SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.store.places import data_dir
from fishcaption.store.profiles import Claim
from fishcaption.store.settings_file import Loaded, load, settings_path
from fishcaption.ui.shell.window import Window
from fishcaption.ui.widgets.theme import before_application

_log = logging.getLogger(__name__)

# importlib.resources first: where two threads begin to import it at the same time, by two of its modules,
# each waits for the other, and Python gives one of them an error
_ENGINE = (
    "importlib.resources",
    "fishcaption.speech.system",
    "fishcaption.app.sound",
    "fishcaption.app.services.vocabulary",
)
_ALONE_MS = 30_000


def window(given: LaunchRequest) -> int:
    """Open the window with what the start was given; return the exit code once it is closed.

    Where the profile has a window already, what was given goes there. Raises FishCaptionError if that one
    does not answer, and where there is no screen.
    """
    log_to_file()
    qt_writes_with_us()
    before_application()
    screen = Screen()
    try:
        return _run(screen, given)
    finally:
        screen.leave()


def _run(screen: Screen, given: LaunchRequest) -> int:
    application = screen.application
    application.setApplicationName("fishcaption")
    application.setDesktopFileName("io.github.fishcaption")
    application.setQuitOnLastWindowClosed(False)  # else Qt ends the loop under the tasks that shut down
    with Claim(data_dir()) as claim:
        try:
            is_ours = hold_or_give(claim, given)
        except FishCaptionError as error:
            if not terminal.is_watched() and application.platformName() != "offscreen":
                _tell_alone(application, error)
            raise
        if not is_ours:
            sys.stderr.write("fishcaption is open already; its window comes to the front.\n")
            return 0
        loaded = load(settings_path())

        with asyncio.Runner(loop_factory=partial(event_loop, application)) as runner:
            try:
                return runner.run(_live(loaded, claim, given))
            except Exception as error:  # the boundary: no end without a word
                if screen.is_gone:
                    return FishCaptionError.exit_code  # it was told, and ended the loop under us
                _log.error("a bug ended the window", exc_info=error)
                raise FishCaptionError(
                    "Something went wrong inside fishcaption, and it had to end. Your text is kept.",
                    hint="Start it again. If it happens again, please report it with the log.",
                ) from error


def _tell_alone(application: QApplication, error: FishCaptionError) -> None:
    """Say why there is no window, in one of its own: who started it from the desktop sees no terminal."""
    box = QMessageBox(QMessageBox.Icon.Warning, "fishcaption", str(error))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(error.hint)
    box.finished.connect(application.quit)
    QTimer.singleShot(_ALONE_MS, box.reject)  # nobody may be there
    box.show()
    application.exec()


async def _live(loaded: Loaded, claim: Claim, given: LaunchRequest) -> int:
    loop = asyncio.get_running_loop()
    # qasync installs none of these hooks: without them a cancelled stream complains when it is collected
    sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)  # type: ignore[attr-defined]  # private, but what asyncio sets itself
    with contextlib.closing(UserData(loaded.settings)) as user_data:
        return await _show(loaded, user_data, claim, given)


async def _show(loaded: Loaded, user_data: UserData, claim: Claim, given: LaunchRequest) -> int:
    loop = asyncio.get_running_loop()
    closed = asyncio.Event()
    settings_file = SettingsFile(user_data.writer, user_data.tell)
    settings = SettingsStore(loaded.settings, settings_file.save)
    user_data.follow(settings)
    lazy = LazySpeech(settings)
    reader = LazyReader(lazy, user_data.unheard)
    user_data.record(reader)
    async with asyncio.TaskGroup() as tasks:
        services = Services(lazy, reader, user_data, tasks)
        shown = Window(
            reader,
            services,
            user_data.journal,
            notices=loaded.mended,
            stores=user_data,
        )
        shown.closed.connect(closed.set)
        report_bugs(shown.tell)
        user_data.listen(partial(_call_soon, loop, shown.tell))
        lazy.on_error = shown.tell
        services.on_notice = shown.notice
        services.on_stop = shown.text_workspace.stop_if_busy
        if user_data.words:
            shown.notice(user_data.words)
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, shown.close)
        start = GivenAtStart(given)
        shown.add_later(start)
        first_paint = _FirstPaint(shown)
        shown.show()
        await first_paint.happened.wait()
        for name in _ENGINE:  # half a second, in which keys are to be taken
            await asyncio.to_thread(import_module, name)
        lazy.is_imported = True
        with InstanceServer(claim, partial(_take, shown, settings)):
            async with lazy.system as speech:
                services.open()
                _name_voice(settings)
                if given.text:
                    _take(shown, settings, start.take())
                services.tasks.start(partial(_settle, shown, user_data))
                await closed.wait()
                user_data.listen(tell_terminal)
                speech.reader.stop()
                await services.close(tell_terminal)
        shown.deleteLater()
    return 0


class GivenAtStart:
    """The text and settings that this start was given, until there is a voice for them.

    It is a `ui.workspace.Later`: Stop keeps the text from being spoken.
    """

    def __init__(self, given: LaunchRequest) -> None:
        self._given = given

    def is_pending(self) -> bool:
        """Return whether a text is about to be spoken."""
        return bool(self._given.text) and self._given.speak

    def end(self) -> None:
        """Stop: the text comes into the editor, and waits there."""
        self._given = self._given._replace(speak=False)

    def take(self) -> LaunchRequest:
        """Return what is to be done now, once."""
        given, self._given = self._given, LaunchRequest()
        return given


def _name_voice(settings: SettingsStore) -> None:
    """Show who speaks where the settings name nobody."""
    from fishcaption.speech.system import voice_of

    settings.fill_in(voice=voice_of(settings.current.voice))


async def _settle(shown: Window, user_data: UserData) -> None:
    """Do what nobody waits for, once there is a voice."""
    await asyncio.to_thread(user_data.load)
    from fishcaption.core.normalization import normalize  # with the engine: not before the first paint

    language = next(iter(shown.settings.voice.languages), "en")
    await asyncio.to_thread(normalize.warm, language)  # no key waits for the first number
    gc.collect()
    gc.freeze()  # what is here now stays: a full collection would hold everything up
    gc.enable()  # see `cli`


def _call_soon(
    loop: asyncio.AbstractEventLoop, tell: Callable[[StorageError], None], error: StorageError
) -> None:
    """From another thread, as long as the loop runs."""
    with contextlib.suppress(RuntimeError):  # it has just ended
        loop.call_soon_threadsafe(tell, error)


def _take(shown: Window, settings: SettingsStore, given: LaunchRequest) -> None:
    """Do with what a start was given, this one's or a later one's."""
    if given.token:
        os.environ["XDG_ACTIVATION_TOKEN"] = given.token  # Qt shows it to Wayland, which lets nobody push in
    shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
    shown.raise_()
    shown.activateWindow()
    if given.settings:
        try:
            for words in settings.take_file(given.settings):
                shown.tell(StorageError(words))
        except FishCaptionError as error:
            shown.tell(error)
    if given.text:
        shown.take_text(given.text, speak=given.speak)


class _FirstPaint(QObject):
    """Tells when the window has been painted for the first time."""

    def __init__(self, shown: QObject) -> None:
        super().__init__(shown)
        self.happened = asyncio.Event()
        shown.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            asyncio.get_running_loop().call_soon(self.happened.set)
        return False
