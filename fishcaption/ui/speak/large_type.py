"""The large-type view: the words being heard, for the person opposite. It never shows the draft.

The last caption stays until something else is heard, for slow readers. A stopped text is shown as far as it
was heard.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from fishcaption.captions.at_ear import CaptionAtEar, ShownCaption
from fishcaption.core.speech import Fate, Snapshot, Span
from fishcaption.ui.widgets.caption import drawable, lit_marks
from fishcaption.ui.widgets.theme import Colors

COLUMNS = 32
"""Characters in a line: as few as in captions for a hall, so that the type is as large as possible."""

LINES = 3
_LARGEST = 400  # points; a single word on a wall
_SMALLEST = 12
_LEAST_LINES = 4  # room for so many, however short the caption


class LargeType(QWidget):
    """A full-screen view of the caption being heard."""

    closed = Signal()
    stop_asked = Signal()
    pause_asked = Signal()
    leave_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Large type"))
        self.setAccessibleName(self.tr("The words being heard, in large type"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._colors: Colors | None = None
        self._captions = CaptionAtEar(COLUMNS, LINES)
        self._shown = ""  # the caption, as drawn
        self._lit: Span | None = None  # in it, in UTF-16 units
        self._fitted: tuple[str, int, int, float] | None = None  # text, width, height -> points

    def set_colors(self, colors: Colors) -> None:
        """Draw in these colours."""
        self._colors = colors
        self.update()

    def show_on(self, screen: QScreen) -> None:
        """Fill this screen."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()

    def draw(self, snapshot: Snapshot) -> None:
        """Show what is being heard now."""
        view = snapshot.current
        if view is None:
            return
        if view.fate is Fate.CUT and view.word is None:
            self._show(self._captions.of_heard(view))
        elif view.word is not None:
            caption = self._captions.of_word(view)
            if caption is not None:
                self._show(caption)
        elif not self._shown and view.fate in (Fate.HEARD, Fate.SHOWN):
            self._show(self._captions.of_heard(view))  # opened a moment too late

    def shown_text(self) -> str:
        """Return the caption on the screen."""
        return self._shown

    def _show(self, caption: ShownCaption) -> None:
        shown, lit = drawable(caption)
        if (shown, lit) != (self._shown, self._lit):
            self._shown, self._lit = shown, lit
            self.update()

    # -- drawing -----------------------------------------------------------------------------------

    def _layout(self, points: float, width: float) -> QTextLayout:
        font = QFont(self.font())
        font.setPointSizeF(points)
        font.setWeight(QFont.Weight.DemiBold)
        layout = QTextLayout(self._shown, font)
        option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, height))
            height += line.height() * 1.15
        layout.endLayout()
        return layout

    def _fits(self, points: float, width: float, height: float) -> bool:
        layout = self._layout(points, width)
        # maximumWidth is the widest word's where a word does not fit
        total, lines = layout.boundingRect().height(), layout.lineCount()
        # a single word must not be a giant beside the sentence after it
        return (
            total * 1.1 <= height
            and total / lines <= height / _LEAST_LINES
            and layout.minimumWidth() <= width
        )

    def _points(self, width: int, height: int) -> float:
        if self._fitted is None or self._fitted[:3] != (self._shown, width, height):
            low, high = float(_SMALLEST), float(_LARGEST)
            while high - low > 1:
                middle = (low + high) / 2
                low, high = (middle, high) if self._fits(middle, width, height) else (low, middle)
            self._fitted = (self._shown, width, height, low)
        return self._fitted[3]

    # -- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self._colors
        painter.fillRect(self.rect(), QColor(colors.base if colors else "#000000"))
        if self._shown and colors is not None:
            margin = min(self.width(), self.height()) // 16
            width, height = self.width() - 2 * margin, self.height() - 2 * margin
            layout = self._layout(self._points(width, height), width)
            top = margin + (height - layout.boundingRect().height()) / 2
            painter.setPen(QColor(colors.text))
            layout.draw(painter, QPointF(margin, top), lit_marks(self._lit, colors), QRectF(self.rect()))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.pause_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.stop_asked.emit()
        elif event.key() == Qt.Key.Key_F11:
            self.leave_asked.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def other_screen(name: str, own: QScreen) -> QScreen:
    """Return the screen with this name; without one, another screen than `own` if there is one."""
    screens = QGuiApplication.screens()
    for screen in screens:
        if name and screen.name() == name:
            return screen
    return next((screen for screen in screens if screen is not own), own)
