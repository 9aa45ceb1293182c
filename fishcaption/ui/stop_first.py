"""Esc stops what is heard before it closes anything: in dialogs, menus and lists too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow


class StopFirst(QObject):
    """Watches the few QWindows, where keys arrive first, not every object of the program.

    `stop_if_busy` says whether there was something to stop; then nobody else gets the key.
    """

    def __init__(self, stop_if_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._stop_if_busy = stop_if_busy
        self._watched: QWindow | None = None
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._on_focus_window_changed)

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._on_window_destroyed)

    def _on_window_destroyed(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._stop_if_busy()
        ):
            return True
        return super().eventFilter(watched, event)
