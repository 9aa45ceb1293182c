"""The boxes that numbers are typed into, with a decimal mark and without; every number of a window has one.

A number is taken when its typing has ended (Enter, or the focus goes), never on the way: before 1.7 comes 1.
Either decimal mark and all digits are understood (`core.typed_number`). `valueChanged` comes for numbers that
were taken. What is no number stays as it was typed, with the value as it was, and is told; so is a number
that had to be brought within the range. Esc gives the value back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget


class NumberBox(QDoubleSpinBox):
    """For numbers with so many `decimals`."""

    told = Signal(str)  # why it was not taken as it was typed; empty once that is mended

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
        self.refused: tuple[str, float] | None = None  # what stands there and is no number; the value then
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        _prepare(self, name, prefix, suffix)

    def show_value(self, value: float) -> None:
        """Stand at this value; what is being typed stays if it is the value already."""
        if round(value, self.decimals()) != self.value():
            self.setValue(value)

    def as_text(self, value: float) -> str:
        """The number as it stands in the box."""
        return super().textFromValue(value)

    def setValue(self, value: float) -> None:
        self.refused = None
        super().setValue(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _keep(text, position)

    def valueFromText(self, text: str) -> float:
        return _read(self, text, self.decimals())

    def textFromValue(self, value: float) -> str:
        typed = _typed(self, value)
        return super().textFromValue(value) if typed is None else typed

    def stepBy(self, steps: int) -> None:
        if self.refused is not None:
            self.setValue(self.value())
        super().stepBy(steps)

    def event(self, event: QEvent) -> bool:
        if _is_esc(event):
            self.setValue(self.value())
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if _is_meant(self, event):
            super().wheelEvent(event)


class WholeBox(QSpinBox):
    """For whole numbers."""

    told = Signal(str)  # as that of `NumberBox`

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        step: int,
        *,
        prefix: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what assistive technology calls it."""
        super().__init__(parent)
        self.refused: tuple[str, float] | None = None  # as in `NumberBox`
        self.setRange(low, high)
        self.setSingleStep(step)
        _prepare(self, name, prefix, suffix)

    def as_text(self, value: float) -> str:
        """The number as it stands in the box."""
        return super().textFromValue(round(value))

    def setValue(self, value: int) -> None:
        self.refused = None
        super().setValue(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _keep(text, position)

    def valueFromText(self, text: str) -> int:
        return round(_read(self, text, 0))

    def textFromValue(self, value: int) -> str:
        typed = _typed(self, value)
        return super().textFromValue(value) if typed is None else typed

    def stepBy(self, steps: int) -> None:
        if self.refused is not None:
            self.setValue(self.value())
        super().stepBy(steps)

    def event(self, event: QEvent) -> bool:
        if _is_esc(event):
            self.setValue(self.value())
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if _is_meant(self, event):
            super().wheelEvent(event)


# -- what both do -----------------------------------------------------------------------------------------

_Box = NumberBox | WholeBox


def _prepare(box: _Box, name: str, prefix: str, suffix: str) -> None:
    box.setKeyboardTracking(False)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setPrefix(prefix)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    box.lineEdit().setAccessibleName(name)


def _keep(text: str, position: int) -> tuple[QValidator.State, str, int]:
    """Let whatever is typed be seen: a key that does nothing tells nobody why."""
    return QValidator.State.Acceptable, text, position


def _read(box: _Box, text: str, decimals: int) -> float:
    """The number that was typed, within the range; else the value as it is, and what is wrong is told."""
    from fishcaption.core.typed_number import typed_number

    low, high = box.minimum(), box.maximum()
    number = typed_number(text, low, high, decimals=decimals, units=(box.prefix(), box.suffix()))
    if number is None:
        typed = text.removeprefix(box.prefix()).removesuffix(box.suffix())
        box.refused = typed, box.value()
        words = box.tr("“{text}” is not one number. Write one from {low} to {high}; {value} stays.")
        told = {"low": _shown(box, low), "high": _shown(box, high), "value": _shown(box, box.value())}
        box.told.emit(words.format(text=typed.strip(), **told))
        return box.value()
    if number > high:
        box.told.emit(box.tr("The most is {number}.").format(number=_shown(box, high)))
    elif number < low:
        box.told.emit(box.tr("The least is {number}.").format(number=_shown(box, low)))
    elif box.refused is not None:
        box.told.emit("")
    box.refused = None
    return min(max(number, low), high)


def _shown(box: _Box, value: float) -> str:
    return f"{box.prefix()}{box.as_text(value)}{box.suffix()}".strip()


def _typed(box: _Box, value: float) -> str | None:
    """What was typed and is no number, as long as the value is that of then."""
    return box.refused[0] if box.refused is not None and value == box.refused[1] else None


def _is_esc(event: QEvent) -> bool:
    """Whether this is Esc, before it closes a dialog or stops."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Escape
    )


def _is_meant(box: _Box, event: QWheelEvent) -> bool:
    """Whether the wheel is for the box; else the page is scrolled, and no number changed in passing."""
    if not box.hasFocus():
        event.ignore()
    return box.hasFocus()
