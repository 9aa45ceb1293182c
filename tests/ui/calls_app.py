"""A program with a main window and the tools for calls: commands come in as lines, acts go out as lines."""

from __future__ import annotations

import sys
from operator import attrgetter

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from fishcaption.app.settings import SettingsStore
from fishcaption.store.settings import Settings
from fishcaption.ui.calls.call_tools import CallActions, CallTools
from fishcaption.ui.lazy_track import LazyTrack
from fishcaption.ui.widgets.theme import Look, before_application
from tests.ui.calls.test_window import FakeCalls
from tests.ui.fakes import FakeReader


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    before_application()
    application = QApplication(sys.argv[:1])
    look = Look("light", 100)
    window = QWidget()
    window.setWindowTitle("main")
    window.resize(600, 400)
    window.show()
    settings = SettingsStore(Settings())
    acts = CallActions(
        speak=lambda text: say(f"speak {text}"),
        speak_draft=lambda: say("speak the draft"),
        stop=lambda: say("stop"),
        pause=lambda: say("pause"),
        repeat=lambda: say("repeat"),
        attention=lambda: say("attention"),
        next_cue=lambda: say("next cue"),
    )
    track = LazyTrack(FakeReader(), window).made()
    beside = CallTools(acts, FakeCalls(), settings, track, parent=window)
    beside.set_look(look)

    settings.subscribe(attrgetter("strip_place"), lambda _, place: say(f"strip_place {place}"))
    # as the main window has one: it must not take Esc from the box and the strip
    shortcut = QShortcut(QKeySequence("Esc"), window)
    shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
    shortcut.activated.connect(lambda: say("shortcut"))
    beside.begin()

    def on_order() -> None:
        order = sys.stdin.readline().strip()
        if order == "strip":
            beside.toggle_strip()
        elif order == "strip_keys":
            beside.go_to_strip()
        elif order == "keys":
            settings.change(global_keys={"stop": ("Ctrl+Shift+F10",), "quick_box": ("Ctrl+Shift+F11",)})
            say("held")

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(on_order)
    application.exec()


if __name__ == "__main__":
    main()
