"""The times of a show: spoken, left, the time of day, and the time at which it has to be over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QTime, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fishcaption.ui.audience_ports import ShowView
from fishcaption.ui.widgets.controls import FlowBox, FlowRow
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written

_DAY_SECONDS = 24 * 60 * 60


class ClockRow(QWidget):
    """Shows times, and takes the time of the end ("15:30"). Its clock runs while it is in sight."""

    noticed = Signal(str)  # a time that was not understood

    def __init__(
        self, view: Callable[[], ShowView], now: Callable[[], QDateTime] = QDateTime.currentDateTime
    ) -> None:
        super().__init__()
        self._view = view
        self._now = now
        self._target: QTime | None = None
        tr = self.tr
        self._spoken, self._left, self._time, self._rest = (Label() for _ in range(4))
        self._end = LineField()
        self._end.setAccessibleName(tr("Time at which the show must be over, such as 15:30"))
        self._end.setToolTip(as_written(self._end.accessibleName()))
        self._end.setPlaceholderText(tr("15:30"))
        row = FlowRow(14)
        for words, shown in (
            (tr("Spoken"), self._spoken), (tr("Left"), self._left),
            (tr("Time"), self._time), (tr("End at"), self._end),
        ):  # fmt: skip
            row.addWidget(_captioned(words, shown))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FlowBox(row))
        column.addWidget(self._rest)
        self._end.setMaximumWidth(self._end.fontMetrics().horizontalAdvance("00:00") + 40)
        self._rest.setWordWrap(True)
        self._rest.hide()
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._on_tick)
        self._end.editingFinished.connect(self._on_end)

    def show_times(self) -> None:
        """Show the times as they are now."""
        view, now = self._view(), self._now()
        self._spoken.setText(clock(view.spoken_seconds))
        self._left.setText(clock(view.left_seconds))
        self._time.setText(now.toString("HH:mm:ss"))
        if self._target is None:
            self._rest.hide()
            return
        spare = seconds_until(now.time(), self._target) - view.left_seconds
        words = (
            self.tr("{time} to spare at this pace.")
            if spare >= 0
            else self.tr("{time} too long at this pace.")
        )
        self._rest.setText(words.format(time=clock(abs(spare))))
        self._rest.show()

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self._end,)

    def _on_end(self) -> None:
        text = self._end.text().strip()
        found = time_of(text)
        if text and found is None:
            self.noticed.emit(
                self.tr("“{text}” is not a time. Write hours and minutes: 15:30.").format(text=text)
            )
        elif found is not None:
            self._end.setText(found.toString("HH:mm"))
        self._target = found
        self.show_times()

    def _on_tick(self) -> None:
        self.show_times()
        self._tick.start(1000 - self._now().time().msec())

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()


def _captioned(words: str, shown: QWidget) -> QWidget:
    """Return both side by side; they stay together where the row wraps."""
    caption = Label(words)
    caption.setBuddy(shown)
    caption.setProperty("role", "hint")
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(caption)
    row.addWidget(shown)
    return both


def clock(seconds: float) -> str:
    """Return a length of time as hours (where there are any), minutes and seconds: 1:02:03, 2:03."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def time_of(text: str) -> QTime | None:
    """Return the time of day that was written: 15:30, 15.30, 1530, 9; None if it is none."""
    parts = text.replace(".", ":").replace(" ", "").split(":")
    if len(parts) == 1 and parts[0].isdecimal() and len(parts[0]) in (3, 4):
        parts = [parts[0][:-2], parts[0][-2:]]
    if not 1 <= len(parts) <= 2 or not all(part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    found = QTime(int(parts[0]), int(parts[1]) if len(parts) == 2 else 0)
    return found if found.isValid() else None


def seconds_until(now: QTime, target: QTime) -> float:
    """Return the seconds to a time of day; one that is more than twelve hours ahead is past already."""
    ahead = now.secsTo(target) % _DAY_SECONDS
    return float(ahead if ahead <= _DAY_SECONDS // 2 else ahead - _DAY_SECONDS)
