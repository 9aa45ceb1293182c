"""The box that numbers are typed into, with a decimal mark or without; every number of a window has one.

A number is used when its typing has ended (Enter, or the focus goes), never on the way: before 1.7 comes 1.
Either decimal mark and the digits of every script are understood (`core.typed_number`). `valueChanged` comes
for numbers that are used. A text that is not a number stays as it was typed, the value stays as it was, and
`told` says so; it also says when a number was brought within the range. Esc gives the value back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class NumberBox(QDoubleSpinBox):
    """For numbers with so many `decimals`; with none, for whole numbers."""

    told = Signal(str)  # why the text was not used as it was typed; empty once that is mended

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        *,
        decimals: int,
        prefix: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what assistive technology calls it."""
        super().__init__(parent)
        self.refused: tuple[str, float] | None = None  # the text that is not a number, and the value then
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPrefix(prefix)
        self.setSuffix(suffix)
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)

    def show_value(self, value: float) -> None:
        """Show this value; what is being typed stays if it is the value already."""
        if round(value, self.decimals()) != self.value():
            self.setValue(value)

    def _read(self, text: str) -> float:
        """Return the number that was typed, within the range; else say what is wrong, return the value."""
        from fishcaption.core.typed_number import typed_number

        low, high = self.minimum(), self.maximum()
        units = (self.prefix(), self.suffix())
        number = typed_number(text, low, high, decimals=self.decimals(), units=units)
        if number is None:
            self._refuse(text)
            return self.value()
        if number > high:
            self.told.emit(self.tr("The highest value is {number}.").format(number=self._shown(high)))
        elif number < low:
            self.told.emit(self.tr("The lowest value is {number}.").format(number=self._shown(low)))
        elif self.refused is not None:
            self.told.emit("")
        self.refused = None
        return min(max(number, low), high)

    def _refuse(self, text: str) -> None:
        typed = text.removeprefix(self.prefix()).removesuffix(self.suffix())
        self.refused = typed, self.value()
        words = self.tr("“{text}” is not a number. Type a number from {low} to {high}. It is still {value}.")
        numbers = {"low": self.minimum(), "high": self.maximum(), "value": self.value()}
        shown = {name: self._shown(number) for name, number in numbers.items()}
        self.told.emit(words.format(text=typed.strip(), **shown))

    def _shown(self, value: float) -> str:
        return f"{self.prefix()}{super().textFromValue(value)}{self.suffix()}".strip()

    # -- Qt ----------------------------------------------------------------------------------------

    def setValue(self, value: float) -> None:
        self.refused = None
        super().setValue(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        # whatever is typed can be seen: a key that does nothing tells nobody why
        return QValidator.State.Acceptable, text, position

    def valueFromText(self, text: str) -> float:
        return self._read(text)

    def textFromValue(self, value: float) -> str:
        if self.refused is not None and value == self.refused[1]:
            return self.refused[0]
        return super().textFromValue(value)

    def stepBy(self, steps: int) -> None:
        if self.refused is not None:
            self.setValue(self.value())
        super().stepBy(steps)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride  # before Esc closes a dialog or stops the voice
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.setValue(self.value())
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the page is scrolled, and no number changed in passing
