"""Choosing a part of a take: by numbers, or by keys on its waveform.

On the waveform: Left and Right move the cursor (with Shift in steps of a second), S and E set the start and
the end there, Space plays the part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.voices.studio.words import error_words
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.ui.widgets.theme import Look

PEAKS = 400
"""Parts of the waveform."""

_STEP_SECONDS = 0.05
_LEAST_SECONDS = 0.2  # of a part


class Waveform(QWidget):
    """The loudness of a recording over time, with a part of it, and a cursor that keys move."""

    part_changed = Signal()
    play_asked = Signal()

    def __init__(self, seconds: float, look: Look) -> None:
        super().__init__()
        self.seconds = seconds
        self.start, self.end = 0.0, seconds
        self.cursor_seconds = 0.0
        self._peaks: tuple[float, ...] = ()
        self._colors = look.colors
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(round(5 * self.fontMetrics().height()))
        self.setAccessibleName(self.tr("Waveform"))
        self.tell()

    def show_peaks(self, peaks: tuple[float, ...]) -> None:
        """Show these peaks (0 to 1)."""
        self._peaks = peaks
        self.update()

    def set_part(self, start: float, end: float) -> None:
        """Choose this part."""
        self.start, self.end = start, end
        self.update()

    def tell(self) -> None:
        """Say where the cursor is."""
        words = self.tr("Cursor at {seconds} s. S sets the start, E the end, Space plays the part.")
        self.setAccessibleDescription(words.format(seconds=f"{self.cursor_seconds:.2f}"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, round(6 * self.fontMetrics().height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_SECONDS
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move(self.cursor_seconds + (step if key == Qt.Key.Key_Right else -step))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move(0.0 if key == Qt.Key.Key_Home else self.seconds)
        elif key == Qt.Key.Key_S:
            self._set(min(self.cursor_seconds, self.seconds - _LEAST_SECONDS), self.end)
        elif key == Qt.Key.Key_E:
            self._set(self.start, max(self.cursor_seconds, _LEAST_SECONDS))
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.play_asked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._move(event.position().x() / max(1, self.width()) * self.seconds)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, area = self._colors, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QColor(colors.focus if self.hasFocus() else colors.border))
        painter.setBrush(QColor(colors.base))
        painter.drawRoundedRect(area, 6, 6)
        middle, width = area.center().y(), area.width() / max(1, len(self._peaks))
        painter.setPen(Qt.PenStyle.NoPen)
        for place, peak in enumerate(self._peaks):
            moment = place / len(self._peaks) * self.seconds
            is_in = self.start <= moment < self.end
            painter.setBrush(QColor(colors.accent if is_in else colors.border))
            height = max(1.0, peak * (area.height() - 8))
            painter.drawRect(
                QRectF(area.left() + place * width, middle - height / 2, max(1.0, width - 0.5), height)
            )
        for moment, color, thickness in (
            (self.start, colors.text, 2),
            (self.end, colors.text, 2),
            (self.cursor_seconds, colors.danger, 3),
        ):
            x = area.left() + area.width() * moment / max(self.seconds, 0.01)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color))
            painter.drawRect(
                QRectF(
                    QPointF(x - thickness / 2, area.top() + 2), QPointF(x + thickness / 2, area.bottom() - 2)
                )
            )
        painter.end()

    def _move(self, seconds: float) -> None:
        self.cursor_seconds = min(max(0.0, seconds), self.seconds)
        self.tell()

    def _set(self, start: float, end: float) -> None:
        if end - start < _LEAST_SECONDS:  # the other end makes way
            start, end = (start, self.seconds) if start != self.start else (0.0, end)
        self.set_part(start, end)
        self.part_changed.emit()


class CutDialog(QDialog):
    """Asks for a part of a recording. `play` plays from a start to an end, in seconds."""

    chosen = Signal(float, float, bool)  # start, end, whether the silence around the voice is cut off

    def __init__(
        self, seconds: float, play: Callable[[float, float], None], look: Look, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Cut a recording"))
        self._play_part = play
        self._is_gone = False
        words = Label(
            self.tr("Choose a part with this voice only: whole sentences, no music. The recording stays.")
        )
        words.setWordWrap(True)
        self.waveform = Waveform(seconds, look)
        last = max(seconds, _LEAST_SECONDS)
        self.start = NumberBox(
            self.tr("Start"), 0, last - _LEAST_SECONDS, 0.1, decimals=2, suffix=self.tr(" s")
        )
        self.end = NumberBox(self.tr("End"), _LEAST_SECONDS, last, 0.1, decimals=2, suffix=self.tr(" s"))
        self.end.setValue(last)
        self._status = StatusLine()
        row = FlowRow()
        for name, box in ((self.tr("Start:"), self.start), (self.tr("End:"), self.end)):
            row.addWidget(Label(name))
            row.addWidget(box)
        row.addWidget(text_button(self.tr("Play the part"), self._on_play))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cut = buttons.addButton(self.tr("Cut"), QDialogButtonBox.ButtonRole.AcceptRole)
        trim = buttons.addButton(
            self.tr("Only cut off the silence around the voice"), QDialogButtonBox.ButtonRole.ActionRole
        )
        column = QVBoxLayout(self)
        for widget in (words, self.waveform, FlowBox(row), self._status, buttons):
            column.addWidget(widget, 1 if widget is self.waveform else 0)
        self.start.valueChanged.connect(self._on_numbers)
        self.end.valueChanged.connect(self._on_numbers)
        self.start.told.connect(self._status.tell)
        self.end.told.connect(self._status.tell)
        self.waveform.part_changed.connect(self._on_part)
        self.waveform.play_asked.connect(self._on_play)
        cut.clicked.connect(self._on_cut)
        trim.clicked.connect(self._on_trim)
        buttons.rejected.connect(self.reject)
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(QSize(round(56 * points), round(30 * points)).boundedTo(room))
        self.waveform.setFocus()
        self._say_length()

    def on_peaks(self, answer: tuple[float, ...] | FishCaptionError) -> None:
        """Show the waveform that a service answers with."""
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(error_words(answer))
        else:
            self.waveform.show_peaks(answer)

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)

    def _on_numbers(self) -> None:
        start, end = self.start.value(), self.end.value()
        if end - start < _LEAST_SECONDS:
            self._status.tell(self.tr("The end must be behind the start."))
            return
        self.waveform.set_part(start, end)
        self._say_length()

    def _on_part(self) -> None:
        start, end = self.waveform.start, self.waveform.end
        for box, value in ((self.start, start), (self.end, end)):
            box.blockSignals(True)
            box.show_value(value)
            box.blockSignals(False)
        self._say_length()

    def _say_length(self) -> None:
        length = self.waveform.end - self.waveform.start
        words = self.tr("The part is {seconds} s long; 15 to 20 s are best.")
        self._status.tell(words.format(seconds=f"{length:.1f}"))

    def _on_play(self) -> None:
        self._play_part(self.waveform.start, self.waveform.end)

    def _on_cut(self) -> None:
        if self.end.value() - self.start.value() < _LEAST_SECONDS:
            self._status.tell(self.tr("The end must be behind the start."))
            return
        self.chosen.emit(self.waveform.start, self.waveform.end, False)
        self.accept()

    def _on_trim(self) -> None:
        self.chosen.emit(self.waveform.start, self.waveform.end, True)
        self.accept()
