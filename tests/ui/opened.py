"""All that can be opened over the window or shown in it, and the widgets that are on the screen then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from fishcaption.core.normalization.rules import Replacement
from fishcaption.store.recordings.places import recordings_root
from fishcaption.store.vocabulary import Vocabulary
from tests.ui.calls.test_window import MADE, FakeCalls
from tests.ui.conftest import Desk
from tests.ui.fake_own_voices import FakeOwnVoices
from tests.ui.fake_phrases import FakePhrases
from tests.ui.fake_vocabulary import FakeVocabulary
from tests.ui.present.fake_script import script
from tests.ui.voices.studio.fake_recordings import with_takes

COMMANDS = (
    "audience.screen",
    "audience.style",
    "audience.window",
    "help.about",
    "calls.window",
    "calls.global_keys",
    "calls.strip",
    "calls.quick_box",
    "phrases.edit",
    "phrases.show",
    "text.abbreviations",
    "text.completion",
    "text.expression",
    "text.history",
    "text.pronunciation",
    "voice.choose",
    "voice.make",
    "voice.offline",
    "voice.own",
    "voice.record",
    "window.key",
    "window.keys",
    "window.large_type",
    "window.palette",
    "window.profiles",
    "window.settings",
    "workspace.present",
)
"""What opens or shows something."""


def furnished(open_desk: Callable[..., Desk], **changes: Any) -> Desk:
    """A window with phrases, vocabulary and calls, and a text that waits."""
    vocabulary = FakeVocabulary(
        Vocabulary({"brb": "be right back"}, (Replacement("SQL", "sequel"),)), words=("word",)
    )
    desk = open_desk(
        has=(FakePhrases(), vocabulary),
        calls=FakeCalls(),
        own_voices=FakeOwnVoices(),
        has_show=True,
        **changes,
    )
    desk.services.recordings_service = with_takes(recordings_root())
    desk.services.script_service.set_script(script("ANNA: Good evening.", "The lights go down."))
    desk.window.resize(1080, 740)
    desk.type("One.\nTwo.\n")
    desk.look()
    QTest.qWait(0)
    return desk


def show(desk: Desk, command: str) -> None:
    """Run it, and answer what it asks; "menu" is the window's menu, an empty command nothing."""
    if command == "menu":
        desk.window.voice_bar.menu.click()
    elif command:
        desk.window.commands.run(command)
    if command == "calls.window":
        desk.services.call_service.answer(MADE)
    if command == "voice.offline":
        desk.services.downloads.answer("voices")
    if command == "voice.record":
        desk.services.recordings_service.settle()
    QTest.qWait(0)


def on_screen() -> list[QWidget]:
    """Every widget that is shown, in an order that stays."""
    windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    found: list[QWidget] = []
    for window in sorted(windows, key=lambda window: (type(window).__name__, window.windowTitle())):
        found += [window, *(part for part in window.findChildren(QWidget) if part.isVisible())]
    return list(dict.fromkeys(found))  # a dialog is a child of the window, too


def close(desk: Desk) -> None:
    """Close all of it."""
    desk.window.close()
    for window in QApplication.topLevelWidgets():
        window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
