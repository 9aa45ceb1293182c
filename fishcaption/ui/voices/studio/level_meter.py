"""The level of the microphone: a bar, and a word that stays as long as it is true.

The word changes only when the level has been otherwise for a while, so that it can be read, and a screen
reader is not kept busy. Colour says nothing that the word does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fishcaption.ui.recording_ports import Level
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.theme import Colors

FLOOR_DB: Final = -60.0
"""The lowest level of the bar."""

QUIET_DB: Final = -30.0
"""A voice whose peaks stay below this is better nearer to the microphone."""

_SPOKEN_DB: Final = -45.0  # peaks below that are no voice near a microphone
_STEADY_LEVELS: Final = 30  # about a second: after so many of another kind the word changes
_CLIPPED_LEVELS: Final = 60  # that it was too loud is told at once, and stays so long


class Heard(Enum):
    """A judgement of the level."""

    NOTHING = "nothing"  # all is zero
    SILENCE = "silence"
    QUIET = "quiet"
    GOOD = "good"
    LOUD = "loud"


def decibels(linear: float) -> float:
    """Return a level (0 to 1) in dB below the end of the scale, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 20 * math.log10(linear)) if linear > 0 else FLOOR_DB


class Judge:
    """Turns levels, some 30 a second, into a judgement that does not flicker."""

    def __init__(self) -> None:
        self.now = Heard.SILENCE
        self._other = Heard.SILENCE
        self._count = 0
        self._loud_left = 0
        self._peak_db = FLOOR_DB

    def take(self, level: Level) -> bool:
        """Take the next level; return whether the judgement has changed."""
        before = self.now
        # a voice pauses between words: its peaks count for about a second
        self._peak_db = max(decibels(level.peak), self._peak_db - 30 / _STEADY_LEVELS)
        self._loud_left = _CLIPPED_LEVELS if level.is_clipped else max(0, self._loud_left - 1)
        if self._loud_left:
            self.now, self._count = Heard.LOUD, 0
            return self.now is not before
        found = self._found(level)
        if found is self.now:
            self._count = 0
        elif found is self._other:
            self._count += 1
        else:
            self._other, self._count = found, 1
        if self._count >= _STEADY_LEVELS or found is Heard.NOTHING:
            self.now, self._count = found, 0
        return self.now is not before

    def _found(self, level: Level) -> Heard:
        if not level.has_signal:
            return Heard.NOTHING
        if self._peak_db < _SPOKEN_DB:
            return Heard.SILENCE
        return Heard.QUIET if self._peak_db < QUIET_DB else Heard.GOOD


class _Bar(QWidget):
    """The bar itself: the level, and a mark at the highest of late."""

    def __init__(self) -> None:
        super().__init__()
        self._share = self._held = 0.0
        self._colors: Colors | None = None
        self._is_loud = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_colors(self, colors: Colors) -> None:
        self._colors = colors
        self.update()

    def show_level(self, level: Level | None, *, is_loud: bool) -> None:
        """Show this level; None: nothing is recorded."""
        share = 0.0 if level is None else 1 - decibels(level.peak) / FLOOR_DB
        self._held = 0.0 if level is None else max(share, self._held - 0.01)
        self._share, self._is_loud = share, is_loud
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, max(18, self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        palette = self.palette()
        painter.setPen(QColor(self._colors.border) if self._colors else palette.mid().color())
        painter.setBrush(palette.base())
        painter.drawRoundedRect(frame, 5, 5)
        inner = frame.adjusted(3, 3, -3, -3)
        painter.setPen(Qt.PenStyle.NoPen)
        accent, danger = (
            (QColor(self._colors.accent), QColor(self._colors.danger))
            if self._colors
            else (palette.highlight().color(), palette.highlight().color())
        )
        painter.setBrush(danger if self._is_loud else accent)
        if self._share > 0:
            painter.drawRoundedRect(QRectF(inner.topLeft(), inner.size()).adjusted(
                0, 0, -inner.width() * (1 - self._share), 0), 3, 3)  # fmt: skip
        if self._held > 0.01:
            painter.drawRect(
                QRectF(inner.left() + inner.width() * self._held - 2, inner.top(), 2, inner.height())
            )
        painter.end()


class LevelMeter(QWidget):
    """The bar and the word. `on_changed` is called with the word when it changes."""

    def __init__(self) -> None:
        super().__init__()
        self.on_changed: Callable[[Heard, str], None] | None = None
        self._bar = _Bar()
        self._word = Label()
        self._word.setAccessibleDescription(self.tr("Level of the microphone"))
        self._judge = Judge()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar, 1)
        row.addWidget(self._word, 1)
        self.rest()

    def set_colors(self, colors: Colors) -> None:
        """Draw in these colours."""
        self._bar.set_colors(colors)

    def begin(self) -> None:
        """A recording begins: judge anew."""
        self._judge = Judge()
        self._show(None)

    def rest(self) -> None:
        """Nothing is recorded: the bar is empty."""
        self._bar.show_level(None, is_loud=False)
        self._word.setText(self.tr("The level is shown while you record."))

    def show_level(self, level: Level) -> None:
        """Show the level of this moment."""
        has_changed = self._judge.take(level)
        self._bar.show_level(level, is_loud=self._judge.now is Heard.LOUD)
        if has_changed:
            self._show(self._judge.now)

    def words(self) -> str:
        """Return the word that is shown."""
        return self._word.text()

    def _show(self, heard: Heard | None) -> None:
        words = {
            None: self.tr("Listening…"),
            Heard.NOTHING: self.tr("No sound at all"),
            Heard.SILENCE: self.tr("Silence"),
            Heard.QUIET: self.tr("Quiet: move closer"),
            Heard.GOOD: self.tr("Good"),
            Heard.LOUD: self.tr("Too loud: move away"),
        }[heard]
        self._word.setText(words)
        if heard is not None and self.on_changed is not None:
            self.on_changed(heard, words)
