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

from fishcaption.core.speech import Fate, Snapshot, Span, UtteranceView, WordTime
from fishcaption.ui.longtext import Units, showable
from fishcaption.ui.theme import Colors

COLUMNS = 32
"""Characters a line: as few as captions for a hall have, so that the type is as large as can be."""

LINES = 3
_PAGE = 500  # code points looked at at a time
_LARGEST = 400  # points; a single word on a wall
_SMALLEST = 12
_LEAST_LINES = 4  # room for so many, however short the caption


class CueFinder:
    """Which stretch of an utterance's text is one caption, without looking at more than a page of the text.

    The same text gives the same captions as it grows and as the ear moves on through it.
    """

    def __init__(self) -> None:
        self._text = ""
        self._cues: list[Span] = []

    def at(self, text: str, point: int) -> Span | None:
        """The caption that shows this code point of the text; None where there is none."""
        if self._cues and text is not self._text:
            end = self._cues[-1].end
            # what was appended touches the last captions only
            self._cues = self._cues[:-2] if text[:end] == self._text[:end] else []
        self._text = text
        if not self._cues or not self._cues[0].start <= point < self._cues[-1].end + _PAGE:
            self._cues = _cues(text, _start_of_page(text, point))
        while self._cues and self._cues[-1].end <= point:
            more = _cues(text, self._cues[-1].end)
            if not more:
                break
            self._cues = self._cues[-2:] + more
        return next((cue for cue in reversed(self._cues) if cue.start <= point), None)


def _start_of_page(text: str, point: int) -> int:
    """Where to begin to make captions for this point: at a paragraph or a sentence not far before it."""
    for mark in ("\n", ". "):
        found = text.rfind(mark, max(0, point - _PAGE), point)
        if found >= 0:
            return found + len(mark)
    return max(0, point - _PAGE)


def _cues(text: str, start: int) -> list[Span]:
    """The captions of a page of the text from `start` on."""
    from fishcaption.core.cues import cues
    from fishcaption.core.text import words

    page = text[start : start + 2 * _PAGE]
    # only the text decides which words share a cue; the times are those of a voice that says a word a frame
    times = [WordTime(span, frame, frame + 1) for frame, span in enumerate(words(page))]
    found = [
        Span(start + cue.start, start + cue.end) for cue in cues(page, times, 1, columns=COLUMNS, lines=LINES)
    ]
    if start + len(page) < len(text) and len(found) > 2:
        del found[-2:]  # the page's end is not the text's: these would be cut otherwise
    return found


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
        self._finder = CueFinder()
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
            self._cut_at(view)
        elif view.word is not None:
            cue = self._finder.at(view.text, view.word.start)
            if cue is not None:
                self._show(view.text, cue, view.word)

    def shown_text(self) -> str:
        """The caption as it stands on the screen."""
        return self._shown

    def _show(self, text: str, cue: Span, word: Span | None) -> None:
        part = text[cue.start : cue.end]
        lead = len(part) - len(part.lstrip())
        shown = showable(part.strip()).replace("\n", " ")
        lit = None
        if word is not None:
            units, start = Units(shown), cue.start + lead
            ends = [min(max(0, point - start), len(shown)) for point in (word.start, word.end)]
            lit = Span(units.before(ends[0]), units.before(ends[1]))
        if (shown, lit) != (self._shown, self._lit):
            self._shown, self._lit = shown, lit
            self.update()

    def _cut_at(self, view: UtteranceView) -> None:
        """What was stopped is shown as far as it was heard."""
        cue = self._finder.at(view.text, max(0, view.heard_end - 1))
        if cue is None or view.heard_end == 0:
            shown: Span = Span(0, 0)
        else:
            shown = Span(cue.start, min(cue.end, view.heard_end))
        self._show(view.text, shown, None)

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
