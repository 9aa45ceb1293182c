"""The box that numbers are typed into; every number that a window asks for has one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class NumberBox(QDoubleSpinBox):
    """Takes a number when its typing has ended (Enter, or the focus goes), never on the way: before 1.7
    comes 1. Either decimal mark and all digits are understood (`core.typed_number`).

    `valueChanged` comes for numbers that were taken. What is no number stays as it was typed, with the value
    as it was, and is told; so is a number that had to be brought within the range. Esc gives the value back.
    """

    told = Signal(str)  # why it was not taken as it was typed; empty once that is mended

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        *,
        decimals: int = 0,
        prefix: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what assistive technology calls it."""
        super().__init__(parent)
        self._refused: tuple[str, float] | None = None  # what stands there and is no number; the value then
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setPrefix(prefix)
        self.setSuffix(suffix)
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: float) -> None:
        """Stand at this value; what is being typed stays if it is the value already."""
        if round(value, self.decimals()) != self.value():
            self.setValue(value)

    def _on_value_changed(self) -> None:
        self._refused = None

    def _bounded(self, number: float) -> float:
        if number > self.maximum():
            self.told.emit(self.tr("The most is {number}.").format(number=self._shown(self.maximum())))
        elif number < self.minimum():
            self.told.emit(self.tr("The least is {number}.").format(number=self._shown(self.minimum())))
        return min(max(number, self.minimum()), self.maximum())

    def _shown(self, value: float) -> str:
        return f"{self.prefix()}{super().textFromValue(value)}{self.suffix()}".strip()

    # -- Qt ----------------------------------------------------------------------------------------

    def setValue(self, value: float) -> None:
        self._refused = None
        super().setValue(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        # whatever is typed stays to be seen: a key that does nothing tells nobody why
        return QValidator.State.Acceptable, text, position

    def valueFromText(self, text: str) -> float:
        from fishcaption.core.typed_number import typed_number

        number = typed_number(
            text,
            self.minimum(),
            self.maximum(),
            decimals=self.decimals(),
            units=(self.prefix(), self.suffix()),
        )
        if number is not None:
            if self._refused is not None:
                self.told.emit("")
            self._refused = None
            return self._bounded(number)
        typed = text.removeprefix(self.prefix()).removesuffix(self.suffix())
        self._refused = typed, self.value()
        low, high = self._shown(self.minimum()), self._shown(self.maximum())
        self.told.emit(
            self.tr("“{text}” is not one number. Write one from {low} to {high}; {value} stays.").format(
                text=typed.strip(), low=low, high=high, value=self._shown(self.value())
            )
        )
        return self.value()

    def textFromValue(self, value: float) -> str:
        if self._refused is not None and value == self._refused[1]:
            return self._refused[0]
        return super().textFromValue(value)

    def stepBy(self, steps: int) -> None:
        if self._refused is not None:
            self.setValue(self.value())
        super().stepBy(steps)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.setValue(self.value())  # here, since the key itself closes a dialog, or stops
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the page is scrolled, and no number changed in passing
