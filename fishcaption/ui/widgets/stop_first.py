"""Stop's keys stop the voice before they do anything else, such as close a dialog, menu or list.

A key that no shortcut has taken is looked at again, for keyboards with other letters.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication


class StopFirst(QObject):
    """Watches the QWindows, where keys arrive first, and not every object of the program.

    `is_stop` returns whether a key is one of Stop's. `stop_if_busy` stops, and returns whether there was
    something to stop: then no widget gets the key. `take` gets all other keys, and returns whether it has
    used them.
    """

    def __init__(
        self,
        is_stop: Callable[[QKeyEvent], bool],
        stop_if_busy: Callable[[], bool],
        take: Callable[[QKeyEvent], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._is_stop = is_stop
        self._stop_if_busy = stop_if_busy
        self._take = take
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._on_focus_window_changed)
        # an open menu or list gets keys before the focus, and no signal tells that one has opened
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self._on_rest)

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        # it is never removed: a window without the focus gets no key, and one that was may be gone already
        if window is not None:
            window.installEventFilter(self)

    def _on_rest(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None and (window := popup.windowHandle()) is not None:
            window.installEventFilter(self)  # installing a filter again changes nothing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._is_stop(event) and self._stop_if_busy():
                return True
            if self._take(event):
                return True
        return super().eventFilter(watched, event)
