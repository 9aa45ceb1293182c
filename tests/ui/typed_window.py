"""The window with the fake reader as a program of its own, for real keyboards and input methods.

    python -m tests.ui.typed_window FOLDER [SETTING=VALUE...]

It writes a line of JSON whenever there is something new: the text of the editor, what is composed in it, what
was spoken, what is lit, how loud it was repeated. It reads lines: "hear 12" has the ear at that code point of
what is spoken, "speak" presses the button, "quit" ends it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from fishcaption.core.speech import Fate
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.workspace import SpeakWorkspace
from fishcaption.ui.widgets.theme import before_application
from tests.ui.fakes import HIBARI, FakeReader, FakeServices

_LOOK_MS = 10


class Told:
    """Writes what is new, and does what it reads."""

    def __init__(self, window: Window, reader: FakeReader) -> None:
        self._window = window
        assert isinstance(window.text_workspace, SpeakWorkspace)
        self._workspace = window.text_workspace
        self._reader = reader
        self._before = ""
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._on_time)
        self._timer.start(_LOOK_MS)
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, window)
        self._lines.activated.connect(self._on_line)

    def _on_time(self) -> None:
        editor, transcript = self._workspace.editor, self._workspace.transcript
        lit = [
            mark.cursor.selectedText()
            for view, style in (
                (editor, editor._given.lit_format),
                (transcript, transcript._lit_format),
            )
            for mark in view.extraSelections()
            if mark.format == style
        ]
        given = self._reader.utterances.values()
        spoken = [entry.text for entry in given if entry.text and entry.fate is not Fate.CUT]
        state = json.dumps(
            {
                "text": editor.text(),
                "composed": editor.textCursor().block().layout().preeditAreaText(),
                "placeholder": editor.placeholderText(),
                "spoken": spoken,
                "lit": lit,
                "gains": self._reader.gains,
                "has_focus": editor.hasFocus(),
            }
        )
        if state != self._before:
            self._before = state
            sys.stdout.write(state + "\n")
            sys.stdout.flush()

    def _on_line(self) -> None:
        line = sys.stdin.readline().split()
        if not line or line[0] == "quit":
            self._window.close()
            QApplication.quit()
        elif line[0] == "speak":
            self._window.transport.speak.click()
        else:
            self._reader.hear(int(line[1]))
            self._workspace.composer._look()


def main(folder: Path, changes: list[str]) -> int:
    """Run until told to quit."""
    before_application()
    application = QApplication(sys.argv[:1])
    settings = {name: value for name, _, value in (change.partition("=") for change in changes)}
    reader = FakeReader()
    window = Window(
        reader,
        FakeServices(reader, Settings(voice=HIBARI, **{"theme": "light", **settings})),  # type: ignore[arg-type]  # words only
        Journal(folder / "draft.txt"),
    )
    told = Told(window, reader)
    window.show()
    code = application.exec()
    del told
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
