"""The strip: a small window above all others, for calls, with Stop, Pause and the words being heard.

It never takes the focus by itself, neither when it is shown nor when a button is clicked: keys still go to
the call. `take_keys` gives it the focus until the user chooses another window: then Tab goes from button to
button, and arrows move the strip. On Wayland no program can stay on top or choose its place; there the strip
says so.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.captions.at_ear import CaptionAtEar
from fishcaption.core.speech import Fate, Snapshot, Span, State
from fishcaption.ui.platform.foreground_window import ForegroundWindow, front
from fishcaption.ui.widgets.caption import drawable, lit_marks
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.state_words import state_words
from fishcaption.ui.widgets.theme import Colors, Look

COLUMNS = 42
MARGIN = 12  # pixels between the strip and the edge of the screen
_STEP, _SMALL_STEP = 24, 2  # pixels an arrow key moves it
_TREMBLE = 16  # pixels a hand may move while it clicks
_BUSY = (State.CONNECTING, State.SPEAKING, State.PAUSED)
_ARROWS = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


def stays_on_top() -> bool:
    """Return whether this desktop lets a window stay above the others."""
    return not QGuiApplication.platformName().startswith("wayland")


class _Heard(QWidget):
    """One line: the words being heard, with the current one lit; or the state in words."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: Colors | None = None
        self._text = ""
        self._lit: Span | None = None  # in UTF-16 units
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_colors(self, colors: Colors) -> None:
        self._colors = colors
        self.update()

    def show_text(self, text: str, lit: Span | None = None) -> None:
        if (text, lit) != (self._text, self._lit):
            self._text, self._lit = text, lit
            self.setAccessibleName(text)
            self.update()

    def text(self) -> str:
        return self._text

    def lit(self) -> str:
        """The word that is lit."""
        units = self._text.encode("utf-16-le", "surrogatepass")
        lit = self._lit or Span(0, 0)
        return units[2 * lit.start : 2 * lit.end].decode("utf-16-le", "surrogatepass")

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 32, round(metrics.height() * 1.4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 6, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colors is None or not self._text:
            return
        layout = QTextLayout(self._text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(1e6)
        width = line.naturalTextWidth()
        line.setLineWidth(max(width, self.width()))
        layout.endLayout()
        left = 0.0
        if width > self.width() and self._lit is not None:  # the lit word, and a little of what comes
            first, last = self._edges(layout, self._lit)
            left = min(max(0.0, last - 0.75 * self.width()), first, width - self.width())
        painter = QPainter(self)
        painter.setPen(QColor(self._colors.text))
        marks = lit_marks(self._lit, self._colors, underlined=True)
        top = (self.height() - line.height()) / 2
        layout.draw(painter, QPointF(-left, top), marks, QRectF(self.rect()))
        painter.end()

    def _edges(self, layout: QTextLayout, word: Span) -> tuple[float, float]:
        line = layout.lineAt(0)
        found: Any = [line.cursorToX(place) for place in (word.start, word.end)]
        left, right = sorted(edge[0] if isinstance(edge, tuple) else edge for edge in found)
        return left, right


class Strip(QWidget):
    """The strip. Its buttons emit signals; the owner acts on them."""

    stop_asked = Signal()
    pause_asked = Signal()
    repeat_asked = Signal()
    quick_box_asked = Signal()
    moved = Signal(tuple)  # (left, top), to be saved
    closed = Signal()

    def __init__(self, place: tuple[int, ...] = (), desktop: ForegroundWindow | None = None) -> None:
        """`place` is the last value of `moved`."""
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self._place = place
        self._desktop = desktop if desktop is not None else front()
        self._before = 0  # the window that had the focus before the keys were taken
        self._look: Look | None = None
        self._captions = CaptionAtEar(COLUMNS, 1)
        self._is_paused = False
        self._held_at: QPoint | None = None  # by the mouse
        self._is_dragged = False
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setWindowTitle(self.tr("fishcaption strip"))
        self._build()

    # -- what its owner calls ----------------------------------------------------------------------

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        side = look.icon_size()
        for button, icon in self._icons.items():
            color = look.colors.danger if button is self._stop else look.colors.text
            room = side // 3 if button is self._stop else 0  # Qt leaves hardly any before the words
            button.setIcon(look.icon(icon, color, room))
            button.setIconSize(QSize(side + room, side))
        self._heard.set_colors(look.colors)
        self._frame.setStyleSheet(
            f"QFrame#strip {{ background: {look.colors.window}; border: 2px solid {look.colors.border}; }}"
            f"QFrame#strip[hasKeys='true'] {{ border: 3px solid {look.colors.focus}; }}"
        )
        if self.isVisible():
            self._fit()

    def appear(self) -> None:
        """Show the strip where it was, without taking the focus."""
        self._fit()
        self.show()
        self.raise_()

    def draw(self, snapshot: Snapshot) -> None:
        """Show what is being heard; while nothing is, the state in words."""
        is_paused = snapshot.state is State.PAUSED
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            self._show_pause()
        self._pause.setEnabled(snapshot.state in _BUSY)
        self._repeat.setEnabled(snapshot.current is not None)
        view = snapshot.current
        if view is not None and view.word is not None and snapshot.state in _BUSY:
            caption = self._captions.of_word(view)
            if caption is not None:
                self._heard.show_text(*drawable(caption))
        elif not (snapshot.state is State.SPEAKING and view is not None and view.fate is Fate.SPEAKING):
            self._heard.show_text(state_words(snapshot, self.tr))

    def shown_text(self) -> str:
        """Return the words of its line."""
        return self._heard.text()

    def take_keys(self) -> None:
        """Take the focus until the user chooses another window, to use or move the strip by keys."""
        self._before = self._desktop.window()
        self._accept_focus(True)
        self.raise_()
        self.activateWindow()
        self._desktop.bring(int(self.winId()))
        self._stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_corner(self) -> None:
        """Go to the next corner of the screen, clockwise."""
        area = self._area()
        corners = self._corners(area)
        here = self.frameGeometry().topLeft()
        nearest = min(range(4), key=lambda index: (corners[index] - here).manhattanLength())
        is_there = (corners[nearest] - here).manhattanLength() <= 2
        self._go(corners[(nearest + 1) % 4] if is_there else corners[nearest])
        self._keep_place()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._icons: dict[QAbstractButton, str] = {}
        self._grip = QToolButton()
        self._own(
            self._grip, "grip-vertical", self.tr("Move the strip: drag it, click here, or use the arrow keys")
        )
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setProperty("role", "danger")
        self._stop.setAutoDefault(False)
        self._stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._own(self._stop, "square", self.tr("Stop at once"))
        self._pause = self._button("pause", self.tr("Pause"))
        self._heard = _Heard()
        self._repeat = self._button("rotate-ccw", self.tr("Repeat"))
        self._quick = self._button("text-cursor-input", self.tr("Type a few words"))
        self._close = self._button("x", self.tr("Close the strip"))
        self._note = Label(
            self.tr(
                "On this desktop (Wayland) the strip cannot stay on top by itself: choose “Always on top” "
                "in the strip's window menu."
            )
        )
        self._note.setProperty("role", "hint")
        self._note.setWordWrap(True)
        self._note.setVisible(not stays_on_top())
        self._frame = QFrame()
        self._frame.setObjectName("strip")
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self._grip, self._stop, self._pause):
            row.addWidget(widget)
        row.addWidget(self._heard, 1)
        for widget in (self._repeat, self._quick, self._close):
            row.addWidget(widget)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(6, 6, 6, 6)
        column.addLayout(row)
        column.addWidget(self._note)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._frame)
        for part in (*self._icons, self._heard):
            part.installEventFilter(self)
        self._grip.clicked.connect(self.next_corner)
        self._stop.clicked.connect(self.stop_asked)
        self._pause.clicked.connect(self.pause_asked)
        self._repeat.clicked.connect(self.repeat_asked)
        self._quick.clicked.connect(self.quick_box_asked)
        self._close.clicked.connect(self.close)

    def _button(self, icon: str, words: str, tip: str = "") -> QToolButton:
        button = QToolButton()
        button.setText(words)
        self._own(button, icon, tip or words)
        return button

    def _own(self, button: QAbstractButton, icon: str, tip: str) -> None:
        button.setProperty("big", True)
        button.setToolTip(as_written(tip))
        button.setAccessibleName(button.text() or tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icons[button] = icon

    def _show_pause(self) -> None:
        words = self.tr("Resume") if self._is_paused else self.tr("Pause")
        self._pause.setText(words)
        self._pause.setToolTip(as_written(words))
        self._pause.setAccessibleName(words)
        self._icons[self._pause] = "play" if self._is_paused else "pause"
        if self._look is not None:
            self._pause.setIcon(self._look.icon(self._icons[self._pause]))

    # -- where it stands ---------------------------------------------------------------------------

    def _fit(self) -> None:
        """Fit the size to the text size, and stand on a screen that exists."""
        self.ensurePolished()
        hint = self.sizeHint()
        area = self._area()
        self.resize(min(hint.width(), area.width() - 2 * MARGIN), hint.height())
        if len(self._place) == 2:
            self._go(QPoint(*self._place))
        else:
            self._go(self._corners(area)[1])

    def _area(self) -> QRect:
        screen = None
        if self.isVisible():
            screen = self.screen()
        elif len(self._place) == 2:
            screen = QGuiApplication.screenAt(QPoint(*self._place) + QPoint(8, 8))
        return (screen or QGuiApplication.primaryScreen()).availableGeometry()

    def _corners(self, area: QRect) -> tuple[QPoint, QPoint, QPoint, QPoint]:
        right = area.left() + area.width() - self.width() - MARGIN
        bottom = area.top() + area.height() - self.height() - MARGIN
        left, top = area.left() + MARGIN, area.top() + MARGIN
        return QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)

    def _go(self, place: QPoint) -> None:
        """Move there, but stay within a screen."""
        middle = place + QPoint(self.width() // 2, self.height() // 2)
        screen = QGuiApplication.screenAt(middle) or QGuiApplication.screenAt(place)
        area = screen.availableGeometry() if screen is not None else self._area()
        left = min(max(place.x(), area.left()), area.left() + max(0, area.width() - self.width()))
        top = min(max(place.y(), area.top()), area.top() + max(0, area.height() - self.height()))
        self.move(left, top)

    def _keep_place(self) -> None:
        self._go(self.pos())
        place = (self.pos().x(), self.pos().y())
        if place != self._place:
            self._place = place
            self.moved.emit(place)

    # -- the focus ---------------------------------------------------------------------------------

    def _accept_focus(self, does_accept: bool) -> None:
        self._frame.setProperty("hasKeys", does_accept)
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)
        if (window := self.windowHandle()) is not None:
            window.setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, not does_accept)

    # -- Qt ----------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._accept_focus(False)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # it also gives the focus back, which the program's shortcut does not
            return True
        return super().event(event)

    def _moved_by(self, event: QKeyEvent) -> bool:
        way = _ARROWS.get(Qt.Key(event.key()))
        if way is not None:
            is_small = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.move(self.pos() + way * (_SMALL_STEP if is_small else _STEP))
            self._keep_place()
        return way is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._moved_by(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.stop_asked.emit()
            self._desktop.bring(self._before)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys, and drags of the grip or the line. A click or a trembling hand is not a drag."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._moved_by(event)  # a button would take arrows for a walk of the focus
        if not isinstance(event, QMouseEvent) or watched not in (self._grip, self._heard):
            return super().eventFilter(watched, event)
        now = event.globalPosition().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._held_at, self._is_dragged = now, False
        elif event.type() == QEvent.Type.MouseMove and self._held_at is not None:
            if not self._is_dragged and (now - self._held_at).manhattanLength() < _TREMBLE:
                return True
            if not self._is_dragged and not stays_on_top():
                self._held_at = None
                self.windowHandle().startSystemMove()  # Wayland moves windows itself, or not at all
                return True
            self._is_dragged = True
            self.move(self.pos() + now - self._held_at)
            self._held_at = now
            return True
        elif event.type() == QEvent.Type.MouseButtonRelease and self._held_at is not None:
            self._held_at = None
            if self._is_dragged:
                self._grip.setDown(False)
                self._keep_place()
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
