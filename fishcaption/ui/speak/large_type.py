"""The large-type view: the caption as it is heard, for the person opposite. Never the draft.

It is a second consumer of the one clock: it shows what the reader's snapshot says is at the ear, and what was
shown last stays until something else is heard, for slow readers. What was stopped is shown as far as it was
heard.
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
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from fishcaption.core.speech import Fate, Snapshot, Span, UtteranceView
from fishcaption.core.text.tags import visible
from fishcaption.core.timing.cues import Captions
from fishcaption.ui.widgets.longtext import Units, showable
from fishcaption.ui.widgets.theme import Colors

COLUMNS = 32
"""Characters a line: as few as captions for a hall have, so that the type is as large as can be."""

LINES = 3
_LARGEST = 400  # points; a single word on a wall
_SMALLEST = 12
_LEAST_LINES = 4  # room for so many, however short the caption


class LargeType(QWidget):
    """A full-screen view of the caption at the ear."""

    closed = Signal()
    stop_asked = Signal()
    pause_asked = Signal()
    leave_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Large type"))
        self.setAccessibleName(self.tr("The caption that is heard, in large type"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._colors: Colors | None = None
        self._captions = Captions(COLUMNS, LINES)
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
        """Show what is at the ear now."""
        view = snapshot.current
        if view is None:
            return
        if view.fate is Fate.CUT and view.word is None:
            self._show_heard(view)
        elif view.word is not None:
            caption = self._captions.at(view.text, view.word.start, language=view.language)
            if caption is not None:
                self._show(view.text, caption.start, caption.end, view.word)
        elif not self._shown and view.fate in (Fate.HEARD, Fate.SHOWN):
            self._show_heard(view)  # opened a moment too late

    def shown_text(self) -> str:
        """The caption as it stands on the screen."""
        return self._shown

    def _show(self, text: str, start: int, end: int, word: Span | None) -> None:
        part = text[start:end]
        whole = visible(part)
        lead = len(whole) - len(whole.lstrip())
        shown = showable(whole.strip()).replace("\n", " ")
        lit = None
        if word is not None:
            units = Units(shown)
            # what is left out depends on what stands before it only
            before = [len(visible(part[: max(0, point - start)])) for point in (word.start, word.end)]
            ends = [min(max(0, place - lead), len(shown)) for place in before]
            lit = Span(units.before(ends[0]), units.before(ends[1]))
        if (shown, lit) != (self._shown, self._lit):
            self._shown, self._lit = shown, lit
            self.update()

    def _show_heard(self, view: UtteranceView) -> None:
        """What is not at the ear any more is shown as far as it was heard."""
        caption = self._captions.at(view.text, max(0, view.heard_end - 1), language=view.language)
        if caption is None or view.heard_end == 0:
            self._show(view.text, 0, 0, None)
        else:
            self._show(view.text, caption.start, min(caption.end, view.heard_end), None)

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
            layout.draw(painter, QPointF(margin, top), self._marks(colors), QRectF(self.rect()))
        painter.end()

    def _marks(self, colors: Colors) -> list[QTextLayout.FormatRange]:
        if self._lit is None:
            return []
        mark = QTextLayout.FormatRange()
        mark.start, mark.length = self._lit.start, self._lit.end - self._lit.start
        mark.format = QTextCharFormat()
        mark.format.setBackground(QColor(colors.lit))
        mark.format.setForeground(QColor(colors.on_lit))
        return [mark]

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
    """The screen of that name; without one, another than `own` where there is another."""
    screens = QGuiApplication.screens()
    for screen in screens:
        if name and screen.name() == name:
            return screen
    return next((screen for screen in screens if screen is not own), own)
