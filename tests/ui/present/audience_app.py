"""The audience's window as a program of its own: a line of JSON is done, and answered with what is so then.

    python -m tests.ui.present.audience_app

A line is a list: a name of `Program` and its arguments. The operator's window stands on the first screen, a
window with "slides", which counts clicks, covers the last one. It ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from fishcaption.captions.display import Display
from fishcaption.core.audience_style import AudienceStyle, ScreenIdentity
from fishcaption.ui.present.audience_screens import identity
from fishcaption.ui.present.audience_window import AudienceWindow
from tests.ui.present.cues import cue

_SETTLED_MS = 150


class Slides(QWidget):
    """What the audience looks at."""

    def __init__(self) -> None:
        # no window manager: raised, it is above every window, whatever that has asked for
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.X11BypassWindowManagerHint
        super().__init__(None, flags)
        self.clicks = 0
        self.setStyleSheet("background: #204060")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicks += 1


class Program:
    """What a line can ask for."""

    def __init__(self) -> None:
        screens = QGuiApplication.screens()
        self.operator = QWidget()
        self.operator.setWindowTitle("operator")
        self.field = QLineEdit()
        QVBoxLayout(self.operator).addWidget(self.field)
        self.operator.setGeometry(screens[0].geometry().adjusted(60, 60, -200, -200))
        self.operator.show()
        self.slides = Slides()
        self.slides.setGeometry(screens[-1].geometry())
        self.slides.show()
        self.window = AudienceWindow(self.operator)
        self.told: list[str] = []
        self.window.lost.connect(lambda *words: self.told.append(" ".join(words)))
        self.window.found.connect(self.told.append)
        self.style = AudienceStyle()
        self.shown_at = 0.0

    def set_style(self, **changes: Any) -> None:
        self.style = self.style._replace(**changes)
        self.window.set_style(self.style)

    def appear(self, screen: str = "") -> None:
        """Show it on the screen with this name; without one, where it finds a place."""
        chosen = ScreenIdentity(name=screen)
        for one in QGuiApplication.screens():
            if screen and one.name() == screen:
                chosen = identity(one)
        self.window.appear(chosen)

    def vanish(self) -> None:
        self.window.vanish()

    def words(self, heard: int, *lines: str) -> None:
        self.shown_at = time.perf_counter()
        caption = cue(*lines, heard=heard)
        self.window.show_display(Display(caption))

    def clear(self) -> None:
        self.window.show_display(Display())

    def raise_slides(self) -> None:
        self.slides.raise_()

    def look(self) -> None: ...

    def state(self) -> dict[str, Any]:
        window = self.window
        return {
            "visible": window.isVisible(),
            "geometry": window.geometry().getRect(),
            "on": window.on_screen(),
            "active": window.isActiveWindow(),
            "told": self.told,
            "clicks": self.slides.clicks,
            "field": self.field.text(),
            "screens": [screen.name() for screen in QGuiApplication.screens()],
            "shown_at": self.shown_at,
        }


def main() -> int:
    """Run until standard input ends."""
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    program = Program()

    def answer() -> None:
        sys.stdout.write(json.dumps(program.state()) + "\n")
        sys.stdout.flush()

    def on_line() -> None:
        line = sys.stdin.readline()
        if not line:
            program.window.close()
            application.quit()
            return
        name, *arguments = json.loads(line)
        if arguments and isinstance(arguments[-1], dict):
            getattr(program, name)(**arguments[-1])
        else:
            getattr(program, name)(*arguments)
        QTimer.singleShot(_SETTLED_MS, answer)

    lines = QSocketNotifier(0, QSocketNotifier.Type.Read, application)
    lines.activated.connect(on_line)
    QTimer.singleShot(0, answer)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
