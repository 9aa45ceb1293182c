"""The quick box: a few words typed above another program. Enter speaks them and gives the focus back.

Its text is on disk like every draft, and comes back if the box was closed without speaking.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.journal import Journal
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.platform.foreground_window import ForegroundWindow, front
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.theme import Look

_KEEP_MS = 50  # the text is saved so long after the last key
_KEEP_AT_LEAST_MS = 60  # and at least this often while keys come
_LINES = 3


class QuickBox(QWidget):
    """The box. It is created once, and shown and hidden often.

    `speak` gives a text to the voice and may raise FishCaptionError: then the box stays open with its text.
    Enter in an empty box emits `repeat_asked`. Esc emits `stop_asked` and hides the box.
    """

    repeat_asked = Signal()
    stop_asked = Signal()

    def __init__(
        self, speak: Callable[[str], object], journal: Journal, desktop: ForegroundWindow | None = None
    ) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self._speak = speak
        self._journal = journal
        self._desktop = desktop if desktop is not None else front()
        self._before = 0  # the window that had the focus
        self.setWindowTitle(self.tr("fishcaption quick box"))
        self._build()
        self._keep_soon, self._keep_late = QTimer(self), QTimer(self)
        for timer, wait in ((self._keep_soon, _KEEP_MS), (self._keep_late, _KEEP_AT_LEAST_MS)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(self._on_keep)
        if text := journal.restore():
            self._editor.set_text(text)
        self._editor.textChanged.connect(self._on_text_changed)
        self._editor.speak_asked.connect(self._on_speak)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        # queued: the last filter sees a key first, and the window's own takes Esc while something is heard
        app.focusWindowChanged.connect(self._on_focus_window_changed, Qt.ConnectionType.QueuedConnection)

    # -- what its owner calls ----------------------------------------------------------------------

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._frame.setStyleSheet(
            f"QFrame#quick {{ background: {look.colors.window}; border: 3px solid {look.colors.focus}; }}"
        )
        self._editor.set_colors(look.colors)
        side = look.icon_size()
        for button, icon, color in (
            (self._say, "speech", look.colors.on_accent),
            (self._leave, "x", look.colors.text),
        ):
            focused = look.colors.accent if button is self._say else None
            button.setIcon(look.icon(icon, color, side // 3, focused))
            button.setIconSize(QSize(side + side // 3, side))

    def set_enter_speaks(self, does_speak: bool) -> None:
        """Set whether Enter speaks, or only Ctrl+Enter."""
        self._editor.enter_speaks = does_speak
        key = self.tr("Enter") if does_speak else self.tr("Ctrl+Enter")
        self._editor.set_placeholder(self.tr("Type here. {key} speaks, Esc stops.").format(key=key))

    def appear(self) -> None:
        """Show the box in front, and remember the window that was there."""
        if not self.isActiveWindow():
            before = self._desktop.window()
            if before != int(self.winId()):
                self._before = before
        self._note.clear()
        self._note.hide()
        self._stand()
        self.show()
        self.raise_()
        self.activateWindow()
        self._desktop.bring(int(self.winId()))
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go(self) -> None:
        """Hide, and give the focus back to the window that had it."""
        self.hide()
        self._desktop.bring(self._before)

    def end(self) -> None:
        """Save the text and close: the program ends."""
        if self._keep_soon.isActive():
            self._on_keep()
        self._journal.close()
        self.close()

    def text(self) -> str:
        """Return the typed text."""
        return self._editor.text()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._editor = Editor()
        self._editor.setAccessibleName(self.tr("A few words to speak"))
        self._editor.setTabChangesFocus(True)
        self._say = QPushButton(self.tr("Speak"))
        self._say.setProperty("role", "primary")
        self._leave = QPushButton(self.tr("Close"))
        self._note = Label()
        self._note.setWordWrap(True)
        self._note.hide()
        for button in (self._say, self._leave):
            button.setProperty("big", True)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._frame = QFrame()
        self._frame.setObjectName("quick")
        row = QHBoxLayout()
        row.addWidget(self._say)
        row.addStretch(1)
        row.addWidget(self._leave)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self._editor, 1)
        column.addWidget(self._note)
        column.addLayout(row)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._frame)
        self.set_enter_speaks(True)
        self._say.clicked.connect(self._on_speak)
        self._leave.clicked.connect(self.go)

    def _stand(self) -> None:
        """Stand in the middle of the pointer's screen, above the lower edge with the buttons of calls."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        self._editor.ensurePolished()
        self._editor.setMinimumHeight(_LINES * self._editor.fontMetrics().lineSpacing() + 24)
        self.adjustSize()
        width = min(area.width() - 24, max(self.sizeHint().width(), area.width() // 2))
        height = min(area.height() - 24, self.sizeHint().height())
        left = area.left() + (area.width() - width) // 2
        top = area.top() + min(area.height() * 6 // 10, area.height() - height - 24)
        self.setGeometry(left, max(area.top(), top), width, height)

    # -- what happens ------------------------------------------------------------------------------

    def _on_speak(self) -> None:
        text = self._editor.text()
        if not text.strip():
            self.repeat_asked.emit()
            self.go()
            return
        try:
            self._speak(text)
        except FishCaptionError as error:
            words = f"{error} {error.hint}".strip()
            self._note.setText(words)
            self._note.show()
            announce(self._note, words, urgent=True)
            return
        self._editor.take_text()
        self._on_keep()
        self.go()

    def _on_text_changed(self) -> None:
        self._keep_soon.start()
        if not self._keep_late.isActive():
            self._keep_late.start()

    def _on_keep(self) -> None:
        self._keep_soon.stop()
        self._keep_late.stop()
        self._journal.keep(self._editor.text())

    def _on_escape(self) -> None:
        self.stop_asked.emit()
        self.go()

    # -- Qt ----------------------------------------------------------------------------------------

    def _on_focus_window_changed(self) -> None:
        own = self.windowHandle()
        if own is not None and QGuiApplication.focusWindow() == own:
            own.removeEventFilter(self)
            own.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Esc before any shortcut or other widget."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if (
            event.type() in kinds
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and watched == self.windowHandle()
        ):
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._on_escape()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_escape()
        else:
            super().keyPressEvent(event)
