"""The text that is read aloud: as large as leaves all of it in sight, for nobody scrolls while reading."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent

from fishcaption.ui.widgets.fields import TextField
from fishcaption.ui.widgets.theme import Look

_FACTORS: Final = (1.9, 1.7, 1.5, 1.35, 1.2, 1.1, 1.0)  # of the window's text
_LARGEST_POINTS: Final = 30.0


class ReadingField(TextField):
    """Shows a text that cannot be changed; Tab leaves it, arrows scroll it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._usual = look.font()
        self._points = 0.0
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(5 * self.fontMetrics().lineSpacing())
        self.fit()

    def show_text(self, text: str) -> None:
        """Show this text."""
        if text != self.toPlainText():
            self.setPlainText(text)
            self.fit()

    def fit(self) -> None:
        """Choose the size of the text for the room that there is."""
        margin = 2 * round(self.document().documentMargin()) + 2
        room = self.viewport().size() - QSize(margin, margin)
        points = self._usual.pointSizeF()
        for factor in _FACTORS:
            points = min(_LARGEST_POINTS, factor * self._usual.pointSizeF())
            font = QFont(self._usual)
            font.setPointSizeF(points)
            needed = QFontMetrics(font).boundingRect(
                QRect(0, 0, max(1, room.width()), 100_000), Qt.TextFlag.TextWordWrap, self.toPlainText()
            )
            if needed.height() <= room.height() and needed.width() <= room.width():
                break
        if points != self._points:
            self._points = points
            self.setStyleSheet(f"font-size: {points:.1f}pt")  # the program's sheet keeps fonts that are set

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
