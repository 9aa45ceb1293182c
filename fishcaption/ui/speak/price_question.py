"""The question whether a text may cost what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox, QWidget

from fishcaption.ui.widgets.dialog_parts import ask
from fishcaption.ui.widgets.state_words import dollar_words

if TYPE_CHECKING:
    from fishcaption.core.errors import LimitReached


def ask_price(
    dollars: float, model: str, limit: LimitReached | None, parent: QWidget, on_yes: Callable[[], None]
) -> QMessageBox:
    """Ask if a text may cost this price, and pass this limit; `on_yes` is called on Yes.

    No is the default.
    """
    tr = parent.tr
    words = tr("Speaking this text with {model} costs about {price}.")
    words = words.format(model=model, price=dollar_words(dollars))
    if limit is not None:
        words = f"{words} {limit}"
    box = ask(tr("What this costs"), words, tr("Speak it"), parent, on_yes)
    box.setInformativeText(tr("Stopping early costs less: text is sent only shortly before it is heard."))
    return box
