"""The program with a window: it builds the parts, runs Qt and asyncio on one loop, and shuts down in order.

The window is painted before anything that takes long is imported, started or looked up; what the user says
until then is spoken a moment later. `_Desk` does in tasks what the window asks for and cannot wait for.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import linecache
import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from fishcaption import terminal
from fishcaption.app.instance import InstanceServer, LaunchRequest, hold_or_give
from fishcaption.app.screen import Screen
from fishcaption.app.user_data import UserData
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.speech import Fate, PlayerState, Snapshot, State, UtteranceView, Voice
from fishcaption.store import keys
from fishcaption.store import speech_rates as paces
from fishcaption.store.keys import KeyPlace
from fishcaption.store.places import PROFILE, config_root, data_dir
from fishcaption.store.profiles import Claim
from fishcaption.store.settings import Loaded, OutputDevice, Settings, imported, load, save, settings_path
from fishcaption.ui.ports import FishVoices, KeyReport, Stores
from fishcaption.ui.shell.window import Window
from fishcaption.ui.widgets.theme import before_application

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import date

    from fishcaption.app.services.phrases import Phrases
    from fishcaption.app.services.vocabulary import VocabularyDesk
    from fishcaption.app.sound import Sounding
    from fishcaption.core.normalization.normalize import Rules
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.store.parked import Unheard
    from fishcaption.ui.calls.window import CallService
    from fishcaption.ui.phrases.panel import PhraseService
    from fishcaption.ui.ports import Speaker
    from fishcaption.ui.settings.vocabulary import VocabularyService

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

_DEFERRED = (
    "fishcaption.ui.speak.queue",
    "fishcaption.ui.history.controller",
    "fishcaption.ui.shell.deferred_panels",
    "fishcaption.ui.phrases.panel",
    "fishcaption.ui.calls.call_tools",
    "fishcaption.ui.speak.completion",
    "fishcaption.app.services.phrases",
    "fishcaption.app.services.vocabulary",
    "fishcaption.app.services.calls",
    "fishcaption.core.tones",
)
_ENGINE = ("fishcaption.speech.system", "fishcaption.app.sound", "fishcaption.app.services.vocabulary")
_ALONE_MS = 30_000
_CLOSE_SECONDS = 5.0  # that a disk is waited for at the end
_SAVE_AFTER_SECONDS = 0.5  # settings that change by the dozen (a slider) are written once


def window(given: LaunchRequest) -> int:
    """Open the window with what the start was given; return the exit code once it is closed.

    Where the profile has a window already, what was given goes there. Raises FishCaptionError if that one
    does not answer, and where there is no screen.
    """
    _keep_log()
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


def event_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """Qt's and asyncio's loop in one. Its blocking work is done `aside`.

    It takes nothing from other threads once it is closed: one that comes back just then would reach a QObject
    of qasync's that is gone, and crash the process.
    """
    os.environ["QT_API"] = "pyside6"  # qasync tries other bindings first
    import qasync

    class Loop(qasync.QEventLoop):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            self._closing = threading.RLock()
            self._has_daemons = False
            super().__init__(application)

        def run_in_executor(
            self, executor: Executor | None, callback: Callable[..., _Answer], *args: Any
        ) -> asyncio.Future[_Answer]:
            if executor is None and not self._has_daemons:
                from fishcaption.blocking import use_daemons  # 2 % of the start; nothing blocks before it

                use_daemons()
                self._has_daemons = True
            return cast("asyncio.Future[_Answer]", super().run_in_executor(executor, callback, *args))

        def call_soon_threadsafe(
            self, callback: Callable[..., object], *args: Any, context: Any = None
        ) -> None:
            with self._closing:
                if not self.is_closed():  # nobody waits for it any more; an error would only be logged
                    super().call_soon_threadsafe(callback, *args, context=context)

        def close(self) -> None:
            with self._closing:
                super().close()

    return cast("asyncio.AbstractEventLoop", Loop())


def billing_day() -> date | None:
    """See `fish.endpoint`, whose modules are not imported before the first paint."""
    from fishcaption.fish import endpoint

    return endpoint.billing_day()


async def _of_keyring(
    work: Callable[[], _Answer],
    *,
    seconds: float = keys.ANSWER_SECONDS,
    on_slow: Callable[[], None] | None = None,
) -> _Answer:
    """The keyring's answer to `work`. Raises what `keys.silent` makes where none has come in time."""
    from fishcaption.blocking import answer  # not before the first paint

    return await answer(work, keys.silent, seconds=seconds, on_slow=on_slow)


def qt_writes_with_us() -> None:
    """Have Qt write what it keeps by itself, the folders that were seen in file dialogs, beside our settings.

    Else it makes a file of its own in the user's folder; Windows and macOS have a store of theirs for it.
    """
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(config_root()))


async def _live(loaded: Loaded, claim: Claim, given: LaunchRequest) -> int:
    loop = asyncio.get_running_loop()
    # qasync installs none of these hooks: without them a cancelled stream complains when it is collected
    sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)  # type: ignore[attr-defined]  # private, but what asyncio sets itself
    with contextlib.closing(UserData(loaded.settings)) as kept:
        return await _show(loaded, kept, claim, given)


async def _show(loaded: Loaded, kept: UserData, claim: Claim, given: LaunchRequest) -> int:
    loop = asyncio.get_running_loop()
    closed = asyncio.Event()
    parts = _Parts(loaded.settings, kept.unheard)
    async with asyncio.TaskGroup() as tasks:
        desk = _Desk(parts, kept, loaded.settings, tasks)
        shown = Window(
            cast("Speaker", parts),
            desk,
            loaded.settings,
            kept.journal,
            notices=loaded.mended,
            stores=Stores(kept.history, kept.parked),
            today=billing_day,
        )
        shown.closed.connect(closed.set)
        _report_crashes(shown)
        kept.listen(partial(_call_soon, loop, shown.tell))
        parts.on_error = shown.tell
        desk.on_notice = shown.notice
        if kept.words:
            shown.notice(kept.words)
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, shown.close)
        start = _Start(given)
        shown.add_later(start)
        first_paint = _FirstPaint(shown)
        shown.show()
        await first_paint.happened.wait()
        for name in _ENGINE:  # half a second, in which keys are to be taken
            await asyncio.to_thread(import_module, name)
        parts.is_imported = True
        with InstanceServer(claim, partial(_take, shown, desk)):
            async with parts.speech as speech:
                desk.open()
                _name_voice(shown)
                if given.text:
                    _take(shown, desk, start.take())
                desk.start(partial(_settle, shown, kept))
                await closed.wait()
                kept.listen(_complain)
                parts.subscribe_ended(kept.remember)  # the window hears no more
                speech.reader.stop()
                await desk.close()
        shown.deleteLater()
    return 0


class _Start:
    """What this start was given, until there is a voice for it (`ui.speak.composer.Later`)."""

    def __init__(self, given: LaunchRequest) -> None:
        self._given = given

    def is_pending(self) -> bool:
        """Whether a text is about to be spoken."""
        return bool(self._given.text) and self._given.speak

    def end(self) -> None:
        """Stop: the text comes into the editor, and waits there."""
        self._given = self._given._replace(speak=False)

    def take(self) -> LaunchRequest:
        """What is to be done now; it is over with that."""
        given, self._given = self._given, LaunchRequest()
        return given


def _name_voice(shown: Window) -> None:
    """Show who speaks where the settings name nobody."""
    from fishcaption.speech.system import voice_of

    voice = voice_of(shown.settings.voice)
    if voice != shown.settings.voice:
        shown.take_settings(replace(shown.settings, voice=voice))


async def _settle(shown: Window, kept: UserData) -> None:
    """What nobody waits for, once the house is entered."""
    await asyncio.to_thread(kept.load)
    from fishcaption.core.normalization import (
        normalize as saying,  # imported by the house: not before the first paint
    )

    language = next(iter(shown.settings.voice.languages), "en")
    await asyncio.to_thread(saying.warm, language)  # no key waits for the first number
    linecache.clearcache()  # PySide has read the source of every module: 4 MB
    gc.collect()
    gc.freeze()  # what is here now stays: a full collection would hold everything up
    gc.enable()  # see `cli`


def _call_soon(
    loop: asyncio.AbstractEventLoop, tell: Callable[[StorageError], None], error: StorageError
) -> None:
    """From another thread, as long as the loop runs."""
    with contextlib.suppress(RuntimeError):  # it has just ended
        loop.call_soon_threadsafe(tell, error)


def _ignore(error: FishCaptionError) -> None:
    """Before there is a window to tell it in."""


def _ignore_words(words: str) -> None:
    """The same of what is told in the status line."""


def _complain(error: FishCaptionError) -> None:
    """The window is closed: what is wrong now, the terminal and the log are told."""
    _log.warning("%s", error)
    terminal.err(f"fishcaption: {error}\n")


def _take(shown: Window, desk: _Desk, given: LaunchRequest) -> None:
    """Do with what a start was given, this one's or a later one's."""
    if given.token:
        os.environ["XDG_ACTIVATION_TOKEN"] = given.token  # Qt shows it to Wayland, which lets nobody push in
    shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
    shown.raise_()
    shown.activateWindow()
    if given.settings:
        try:
            loaded = imported(given.settings)
        except FishCaptionError as error:
            shown.tell(error)
        else:
            shown.take_settings(loaded.settings)
            desk.apply(loaded.settings)
            for words in loaded.mended:
                shown.tell(StorageError(words))
    if given.text:
        shown.take_text(given.text, speak=given.speak)


class _Parts:
    """The house, built when it is first needed, which is after the first paint.

    Until then this stands for its reader (`ui.ports.Speaker`): idle, and built by the first command.
    """

    def __init__(self, settings: Settings, unheard: Unheard) -> None:
        self._settings = settings
        self._unheard = unheard
        self._kept: tuple[int, ...] = ()  # utterances whose text is on disk as not heard
        self.on_error: Callable[[FishCaptionError], None] = _ignore
        self.is_imported = False  # else the first command imports the engine, and keys wait for it
        self.rules: Callable[[], Rules] | None = None  # how what is shown is said now
        self._is_replacing = False
        self._sounding: Sounding | None = None
        self._built: SpeechSystem | None = None
        self._subscribers: list[Callable[[], None]] = []
        self._ended_subscribers: list[Callable[[UtteranceView], None]] = []
        self._untold: list[UtteranceView] = []  # ended while nobody subscribed: as the window comes or goes

    @property
    def speech(self) -> SpeechSystem:
        """The house; building it imports the engine."""
        if self._built is None:
            from fishcaption.app.sound import Sounding
            from fishcaption.speech.system import SpeechSystem

            settings = self._settings
            self._sounding = Sounding(settings, on_change=self._on_player_changed, on_error=self._tell_error)
            known = paces.load(paces.paces_path(), self._tell_broken)
            self._built = speech = SpeechSystem(
                self._sounding.player, key=None, paces=known, today=billing_day
            )
            speech.reader.subscribe(self._tell)
            speech.reader.subscribe_ended(self._tell_ended)
            # all of it now: who types at once may press Enter before the house is entered
            speech.reader.replace = self._is_replacing
            speech.reader.hold_seconds = settings.sentence_hold_seconds
            if self.rules is not None:
                speech.reader.rules = self.rules()
            choose_voice(speech, settings)
        return self._built

    def use(self, settings: Settings) -> None:
        """Speak and sound as these settings say from now on, whether the house is built or not."""
        before, self._settings = self._settings, settings
        if self._built is not None and self._sounding is not None:
            self._sounding.use(settings)
            self._built.reader.hold_seconds = settings.sentence_hold_seconds
            if _speaker_of(settings) != _speaker_of(before):
                choose_voice(self._built, settings)

    def use_rules(self) -> None:
        """How what is shown is said may be another."""
        if self._built is not None and self.rules is not None and self._built.reader.rules != self.rules():
            self._built.reader.rules = self.rules()

    def _tell_error(self, error: FishCaptionError) -> None:
        self.on_error(error)

    def _tell_broken(self, words: str) -> None:
        self.on_error(StorageError(words))

    @property
    def replace(self) -> bool:
        """See `reader.Reader.replace`."""
        return self._is_replacing

    @replace.setter
    def replace(self, is_replacing: bool) -> None:
        self._is_replacing = is_replacing
        if self._built is not None:
            self._built.reader.replace = is_replacing

    def snapshot(self) -> Snapshot:
        """See `reader.Reader.snapshot`."""
        if self._built is not None:
            return self._built.reader.snapshot()
        return Snapshot(State.IDLE, self._settings.voice, None, (), 0.0, None, PlayerState("", False, None))

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `reader.Reader.subscribe`."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def subscribe_ended(self, callback: Callable[[UtteranceView], None]) -> Callable[[], None]:
        """See `reader.Reader.subscribe_ended`. What ended while nobody subscribed is told at once."""
        self._ended_subscribers.append(callback)
        untold, self._untold = self._untold, []
        for view in untold:
            callback(view)
        return lambda: self._ended_subscribers.remove(callback)

    def __getattr__(self, name: str) -> object:
        return getattr(self.speech.reader, name)

    def _tell_ended(self, view: UtteranceView) -> None:
        if not self._ended_subscribers:
            self._untold.append(view)
        for callback in tuple(self._ended_subscribers):
            callback(view)

    def _tell(self) -> None:
        self._keep_unheard()  # before the window takes the text out of the draft
        for callback in tuple(self._subscribers):
            callback()

    def _keep_unheard(self) -> None:
        """Have on disk what was given and not heard, or failed and can be tried again.

        What is being typed live is in the draft.
        """
        assert self._built is not None
        reader = self._built.reader
        snapshot = reader.snapshot()
        views = {view.id: view for view in map(self._view, (*self._kept, *snapshot.waiting)) if view}
        if snapshot.current is not None:
            views[snapshot.current.id] = snapshot.current
        kept = {
            number: view.text
            for number, view in sorted(views.items())
            if not view.live
            and (
                view.fate in (Fate.WAITING, Fate.SPEAKING)
                or (view.error is not None and snapshot.error is not None)
            )
        }
        self._kept = tuple(kept)
        self._unheard.keep(tuple(kept.items()))

    def _view(self, number: int) -> UtteranceView | None:
        assert self._built is not None
        try:
            return self._built.reader.utterance(number)
        except KeyError:  # the reader remembers only so many
            return None

    def _on_player_changed(self) -> None:
        if self._built is not None:
            self._built.reader.player_changed()


def choose_voice(speech: SpeechSystem, settings: Settings) -> None:
    """Have the house speak with the voice of the settings; without one, with the embedded default."""
    from fishcaption.speech.system import voice_of

    speech.choose(voice_of(settings.voice), settings.model, settings.latency, agreed=settings.model_agreed)


def _speaker_of(settings: Settings) -> tuple[object, ...]:
    """What `choose_voice` looks at."""
    return settings.voice, settings.model, settings.model_agreed, settings.latency


class _Desk:
    """`ui.ports.Services`: does what takes time in tasks of the program's group, and answers in the loop."""

    def __init__(self, parts: _Parts, kept: UserData, settings: Settings, tasks: asyncio.TaskGroup) -> None:
        self._parts = parts
        parts.rules = self._rules
        self._kept = kept
        self._settings = settings
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self._is_open = False
        self.on_notice: Callable[[str], None] = _ignore_words
        self._phrases: Phrases | None = None
        self._wording: VocabularyDesk | None = None

    @property
    def _house(self) -> SpeechSystem:
        return self._parts.speech

    def open(self) -> None:
        """The house is entered: use the settings, look for the key, make ready for the first word."""
        self._is_open = True
        self._say_by_rules()
        if self._phrases is not None:
            self.start(partial(self._phrases.run, self._house))
        self.start(self._find_key)
        self.warm()

    async def close(self) -> None:
        """Have written what is not, and end what runs."""
        self._is_open = False
        place = paces.paces_path()
        self._kept.writer.soon(
            str(place), partial(paces.save, place, dict(self._house.paces)), self._kept.tell
        )
        for task in self._running:
            task.cancel()
        if self._phrases is not None:
            self._phrases.on_error = _complain
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._phrases.close()
            except TimeoutError:
                _complain(StorageError("The disk does not answer. Your phrases may not have been saved."))

    # -- ui.ports.Services ------------------------------------------------------------------------

    def apply(self, settings: Settings) -> None:
        """Use these settings from now on and save them."""
        before, self._settings = self._settings, settings
        self._kept.use(settings)
        self._parts.use(settings)
        if _speaker_of(settings) != _speaker_of(before):
            self.warm()
        self._say_by_rules()
        kept = self._kept
        kept.writer.soon(str(settings_path()), self._save, kept.tell, after=_SAVE_AFTER_SECONDS)

    def warm(self) -> None:
        """Open the device, have a socket ready."""
        if self._is_open:
            self._house.warm()
        if self._phrases is not None:
            self._phrases.stirred()

    def retry_embedded(self) -> None:
        """Say with the embedded voice what the last failure left unsaid."""
        from fishcaption.core.models import DEFAULT_MODEL

        self._house.choose(self._house.find_voice(""), DEFAULT_MODEL)
        self._house.reader.retry()
        choose_voice(self._house, self._settings)
        self.warm()

    def open_profile(self, name: str) -> None:
        """Start the program in that profile; it finds the window that is open, or opens one."""
        from PySide6.QtCore import QProcess, QProcessEnvironment

        environment = QProcessEnvironment.systemEnvironment()
        environment.remove(PROFILE)
        other = QProcess()
        other.setProgram(sys.executable)
        other.setProcessEnvironment(environment)
        itself = [] if getattr(sys, "frozen", False) else ["-m", "fishcaption"]
        other.setArguments([*itself, *(("--profile", name) if name else ())])
        other.startDetached()  # it lives on when this window is closed

    def is_ready(self) -> bool:
        """Whether the engine is imported."""
        return self._parts.is_imported

    def prepare(self, on_ready: Callable[[], None]) -> None:
        """Import what the window's furniture is made of, in a thread: the keys go on."""

        async def prepare() -> None:
            for name in _DEFERRED:
                await asyncio.to_thread(import_module, name)
            on_ready()

        self.start(prepare)

    def phrases(self) -> PhraseService | None:
        """The phrase bank."""
        if self._phrases is None:
            from fishcaption.app.services.phrases import Phrases

            self._phrases = Phrases(cast("Speaker", self._parts), self._settings, today=billing_day)
            self._say_by_rules()
            if self._is_open:
                self.start(partial(self._phrases.run, self._house))
        return self._phrases

    def calls(self) -> CallService | None:
        """What calls need."""
        from fishcaption.app.services.calls import Calling

        return Calling(self._answer, lambda: self._house.reader)

    def wording(self) -> VocabularyService | None:
        """Abbreviations, replacements and completion."""
        return self._worded()

    def _worded(self) -> VocabularyDesk:
        """The user's wording; read when it is first needed, which the first word may do."""
        if self._wording is None:
            from fishcaption.app.services.vocabulary import VocabularyDesk, language_of

            kept = self._kept
            learned = kept.learn(language_of(self._settings))
            self._wording = VocabularyDesk(
                learned,
                self._answer,
                settings=lambda: self._settings,
                writer=kept.writer,
                on_error=kept.tell,
            )
            self._wording.subscribe(self._say_by_rules)
            self._wording.use(self._settings)
        return self._wording

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """The voices that need no account."""

        async def voices() -> tuple[Voice, ...]:
            return self._house.embedded.voices()

        self._answer(voices, on_done)

    def fish_voices(
        self, search: str, page: int, on_done: Callable[[FishVoices | FishCaptionError], None]
    ) -> None:
        """One page of Fish Audio's voices, the user's own with the first."""
        self._answer(partial(self._fish_voices, search, page), on_done)

    def devices(self, on_done: Callable[[tuple[OutputDevice, ...] | FishCaptionError], None]) -> None:
        """The sound devices there are now."""

        async def devices() -> tuple[OutputDevice, ...]:
            from fishcaption.audio.devices import outputs

            found = await asyncio.to_thread(outputs)
            return tuple(OutputDevice(device.name, device.hostapi) for device in found)

        self._answer(devices, on_done)

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Where the key in use is kept."""
        self._answer(self._key_place, on_done)

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """Ask the service whether it knows this key."""
        self._answer(partial(self._check_key, key), on_done)

    def save_key(self, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use this key from now on, and keep it in the keyring."""

        async def save_key() -> KeyPlace:
            self._house.key = keys.checked(key)
            await _of_keyring(partial(keys.save, key))
            return KeyPlace.KEYRING

        self._answer(save_key, on_done)

    def forget_key(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Take the key out of the keyring and use none."""

        async def forget_key() -> KeyPlace:
            self._house.key = ""
            await _of_keyring(keys.forget)
            return await self._key_place()

        self._answer(forget_key, on_done)

    # -- inside -----------------------------------------------------------------------------------

    def _rules(self) -> Rules:
        """How what is shown is said: by the settings, and by the user's wording."""
        from fishcaption.app.services.vocabulary import rules_of

        return rules_of(self._settings, self._worded().wording())

    def _say_by_rules(self) -> None:
        """The switches or the replacements may be others."""
        self._parts.use_rules()
        if self._wording is not None:
            self._wording.use(self._settings)
        if self._phrases is not None:
            self._phrases.use(self._settings, self._rules())

    async def _find_key(self) -> None:
        """Look for the key, for as long as the keyring takes; who speaks waits only a little."""
        speech = self._house
        try:
            found = await _of_keyring(keys.find, seconds=math.inf, on_slow=self._on_slow_keyring)
        except FishCaptionError as error:
            speech.go_without_key(error)
            self._tell_of_key(error)
            if self._settings.voice.provider != "fish":
                self.on_notice(str(error))
            return
        if not speech.key:  # else the user has just entered one
            speech.key = found.key if found is not None else ""
        if found is not None:
            self.warm()

    def _on_slow_keyring(self) -> None:
        self._house.go_without_key(keys.silent())
        self._tell_of_key(keys.silent())

    def _tell_of_key(self, error: FishCaptionError) -> None:
        """Who speaks with a voice of this computer needs no key."""
        if self._settings.voice.provider == "fish" and not self._house.key:
            self._parts.on_error(error)

    async def _key_place(self) -> KeyPlace:
        if found := await _of_keyring(keys.find):
            return found.place
        return KeyPlace.SESSION if self._house.key else KeyPlace.NOWHERE

    async def _fish_voices(self, search: str, page: int) -> FishVoices:
        from fishcaption.core.models import DEFAULT_MODEL
        from fishcaption.fish.endpoint import Endpoint
        from fishcaption.fish.library import Library
        from fishcaption.speech.system import fish_url

        async def endpoint() -> Endpoint:
            return Endpoint(fish_url(), self._house.key, DEFAULT_MODEL)

        async with Library(endpoint) as library:
            public = await library.voices(page, search=search)
            own = (await library.voices(own=True, search=search)).voices if page == 1 else ()
        return FishVoices(own, public.voices, public.has_more)

    async def _check_key(self, key: str) -> KeyReport:
        from fishcaption.core.models import DEFAULT_MODEL
        from fishcaption.fish.endpoint import Endpoint
        from fishcaption.fish.library import Library
        from fishcaption.speech.system import fish_url

        checked = keys.checked(key)

        async def endpoint() -> Endpoint:
            return Endpoint(fish_url(), checked, DEFAULT_MODEL)

        async with Library(endpoint) as library:
            await library.check_key()
            try:
                return KeyReport(float(await library.credit()))
            except FishCaptionError:  # the key is good; what it is worth is not known
                return KeyReport()

    def _save(self) -> None:
        """In the writer's thread."""
        save(settings_path(), self._settings)

    def _answer(
        self, work: Callable[[], Awaitable[_Answer]], on_done: Callable[[_Answer | FishCaptionError], None]
    ) -> None:
        async def answer() -> None:
            result: _Answer | FishCaptionError
            try:
                result = await work()
            except FishCaptionError as error:
                result = error
            on_done(result)

        self.start(answer)

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it in a task of the program's, until the desk is closed."""
        task = self._tasks.create_task(_bounded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _bounded(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    except Exception as error:  # noqa: BLE001  the boundary: a bug in one service must not end the window
        asyncio.get_running_loop().call_exception_handler({"message": "in a service", "exception": error})


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


# -- the log, and what should never happen ----------------------------------------------------------------


class _LogFile(logging.Handler):
    """Writes to a small file of this user's, which is looked for when there is something to write."""

    def __init__(self) -> None:
        super().__init__()
        self._to: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._to is None:
            self._to = _log_file()
        self._to.handle(record)

    def close(self) -> None:
        if self._to is not None:
            self._to.close()
        super().close()


def _log_file() -> logging.Handler:
    from fishcaption import logs  # 2 % of the window's start

    handler: logging.Handler
    try:
        handler = logs.rotating(logs.folder() / "fishcaption.log")
    except OSError:  # a home that cannot be written to is no reason not to speak
        handler = logging.StreamHandler()
    handler.setFormatter(logs.WithoutWords("%(asctime)s %(levelname)s %(name)s %(message)s"))
    return handler


def _keep_log() -> None:
    """Warnings are kept; no text that was typed is ever logged."""
    logging.basicConfig(level=logging.WARNING, handlers=[_LogFile()])


def _report_crashes(shown: Window) -> None:
    """A bug anywhere is logged and told in the window, which lives on."""

    def report(error: BaseException) -> None:
        _log.error("a bug", exc_info=error)
        shown.tell(
            FishCaptionError(
                "Something went wrong inside fishcaption. Your text is kept.",
                hint="You can go on. If it happens again, please report it with the log.",
            )
        )

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(error)

    def on_loop_exception(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        report(error if isinstance(error, BaseException) else RuntimeError(str(context.get("message"))))

    sys.excepthook = on_exception
    asyncio.get_running_loop().set_exception_handler(on_loop_exception)
