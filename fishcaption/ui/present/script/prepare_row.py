"""Preparing the script: the button, how far it is, and the question what it may cost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from fishcaption.ui.audience_ports import Preparation, ShowView
from fishcaption.ui.widgets.controls import announce, command_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import ScriptService

_BAR_HEIGHT = 12
_BUSY = (Preparation.WORKING, Preparation.WAITING)


class PrepareRow(QWidget):
    """Shows the state of preparing. What costs money waits until the price is agreed to here."""

    def __init__(self, script: ScriptService) -> None:
        super().__init__()
        self._script = script
        self._state = Preparation.OFF
        self._dollars = 0.0
        self.prepare = command_button(self.tr("Prepare"))
        self.agree = command_button("")
        self.cancel = command_button(self.tr("Cancel"))
        self._words = Label()
        self._words.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("Prepared cues"))
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(_BAR_HEIGHT)
        column = QVBoxLayout()
        column.addWidget(self._words)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        for button in (self.prepare, self.agree, self.cancel):
            row.addWidget(button)
        self.prepare.clicked.connect(partial(self._prepare, False))
        self.agree.clicked.connect(partial(self._prepare, True))
        self.cancel.clicked.connect(self._on_cancel)

    def show_view(self, view: ShowView) -> None:
        """Show how far preparing is."""
        state, count = view.preparation, len(view.script.cues)
        is_new, self._state, self._dollars = state is not self._state, state, view.price_dollars
        words = self._said(view)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.prepare.setVisible(state not in (*_BUSY, Preparation.ASKING))
        self.prepare.setEnabled(count > 0)
        self.agree.setVisible(state is Preparation.ASKING)
        self.agree.setText(self.tr("Pay ${price} and prepare").format(price=_price(view.price_dollars)))
        self.cancel.setVisible(state in (*_BUSY, Preparation.ASKING))
        self._bar.setVisible(state in _BUSY)
        self._bar.setRange(0, max(1, count))
        self._bar.setValue(view.prepared)
        if is_new and words and state not in _BUSY:
            announce(self, words)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.prepare, self.agree, self.cancel)

    def _said(self, view: ShowView) -> str:
        numbers = {"done": view.prepared, "count": len(view.script.cues)}
        match view.preparation:
            case Preparation.WORKING:
                return self.tr("Preparing: {done} of {count} cues.").format(**numbers)
            case Preparation.WAITING:
                words = self.tr("Preparing waits: {done} of {count} cues. It goes on by itself.")
                return words.format(**numbers)
            case Preparation.ASKING:
                words = self.tr(
                    "Preparing this script costs about ${price}. Nothing is sent before you agree."
                )
                return words.format(price=_price(view.price_dollars))
            case Preparation.READY:
                return self.tr("Ready: all {count} cues are on this computer.").format(**numbers)
            case Preparation.FAILED if view.error is not None:
                return f"{view.error} {view.error.hint}".strip()
        return self.tr("Prepare: all is made ready ahead, and the show runs without a network.")

    def _prepare(self, is_agreed: bool, _is_checked: bool = False) -> None:
        self._script.prepare(may_cost_dollars=self._dollars if is_agreed else 0.0)

    def _on_cancel(self) -> None:
        self._script.cancel_preparing()


def _price(dollars: float) -> str:
    return f"{dollars:.2f}" if dollars >= 0.01 else f"{dollars:.4f}"
