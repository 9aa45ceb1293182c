"""The real program in a process of its own, which tells what its window told, and ends as it is bidden.

    python -m tests.started_app close|terminate [WORDS...]

Once everything is there, the window's pages and dialogs are opened, what it tells is read and dismissed, and
it is closed, or the process is sent SIGTERM; not before all WORDS were told. A line of JSON on standard
output says what was seen.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from fishcaption import app
from fishcaption.handover import Given
from fishcaption.ui.window import Window

_LOOK_MS = 20
_SETTLED_MS = 200  # what another thread tells has come by then
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
        self._statuses: list[str] = []
        self._look_again = QTimer(self)
        self._look_again.timeout.connect(self._on_look)
        self._look_again.start(_LOOK_MS)

    def _on_look(self) -> None:
        if (words := self._status.text()) not in self._statuses:
            self._statuses.append(words)
        stores = self._stores
        if self._furniture is None or stores is None or not stores.history._loaded:
            return
        if not self._services._is_open or self._services._wording._learned._completion is None:  # type: ignore[attr-defined]  # the program's own
            return
        for command in _OPENED:
            self.commands.run(command)
        self._look_again.timeout.disconnect()
        self._look_again.timeout.connect(self._on_wait)
        self._look_again.start(_SETTLED_MS)

    def _on_wait(self) -> None:
        self._statuses.append(self._status.text())
        told = "\n".join((*self._statuses, self._banner.text()))
        if all(words in told for words in sys.argv[2:]):
            self._look_again.stop()
            self._on_end()

    def _on_end(self) -> None:
        if sys.argv[1] != "terminate":  # which comes whatever is open
            for dialog in self.findChildren(QDialog):
                dialog.close()
        told: list[str] = []
        while words := self._banner.text():
            told.append(words)
            self._banner._close.click()
        sys.stdout.write(json.dumps({"told": told, "status": self._statuses}) + "\n")
        sys.stdout.flush()
        if sys.argv[1] == "terminate":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self.close()


if __name__ == "__main__":
    vars(app)["Window"] = Watched  # the program builds what it finds there
    code = app.window(Given())
    assert not [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    sys.exit(code)
