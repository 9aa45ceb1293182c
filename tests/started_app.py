"""The real program in a process of its own, which tells what its window told, and ends as it is bidden.

    python -m tests.started_app close|terminate [WORDS...]

Once everything is there, the window's pages and dialogs are opened, what it tells is read and dismissed until
all WORDS were told, or some time has passed; then it is closed, or the process is sent SIGTERM. A line of
JSON on standard output says what was told, and which words and keys every command has.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from time import monotonic
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from fishcaption.app import program
from fishcaption.app.instance import LaunchRequest
from fishcaption.ui.shell.window import Window

PATIENCE_SECONDS = 20.0
_LOOK_MS = 20
_OPENED = (
    "text.history",
    "text.pronunciation",
    "window.settings",
    "phrases.edit",
    "calls.quick_box",
    "window.larger",
)


class Watched(Window):
    """The window, watched from inside: nothing of it is in the way of what is tested."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._seen: list[str] = []
        self._end_at = 0.0
        self._look_again = QTimer(self)
        self._look_again.timeout.connect(self._on_look)
        self._look_again.start(_LOOK_MS)

    def _on_look(self) -> None:
        self._note(self._status_line.text())
        if not self.is_complete() or not self._services.speech.is_entered:  # type: ignore[attr-defined]  # the program's own
            return
        self._end_at = monotonic() + PATIENCE_SECONDS
        self._look_again.timeout.disconnect()
        self._look_again.timeout.connect(self._on_wait)
        for command in _OPENED:
            self.commands.run(command)

    def _on_wait(self) -> None:
        self._note(self._status_line.text())
        if words := self.banner.text():
            self._note(words)
            self.banner._close.click()
        told = "\n".join(self._seen)
        if all(words in told for words in sys.argv[2:]) or monotonic() > self._end_at:
            self._look_again.stop()
            self._finish()

    def _note(self, words: str) -> None:
        if words not in self._seen:
            self._seen.append(words)

    def _finish(self) -> None:
        commands = {action.id: (action.words, self.commands.keys(action.id)) for action in self.commands}
        sys.stdout.write(json.dumps({"told": self._seen, "commands": commands}) + "\n")
        sys.stdout.flush()
        if sys.argv[1] == "terminate":  # which comes whatever is open
            os.kill(os.getpid(), signal.SIGTERM)
            return
        for dialog in self.findChildren(QDialog):
            dialog.close()
        self.close()


if __name__ == "__main__":
    vars(program)["Window"] = Watched  # the program builds what it finds there
    code = program.window(LaunchRequest())
    assert not [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    sys.exit(code)
