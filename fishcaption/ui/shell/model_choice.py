"""The list of a service's models in the window, each with what it costs today."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.labels import as_written

if TYPE_CHECKING:
    from fishcaption.ui.ports import ModelOffer, ModelService


class ModelChoice(Choice):
    """The list of the models.

    A model that is chosen here or in an answer is chosen with its price in sight: nobody asks again.
    """

    answered = Signal(str)  # the model that was chosen in place of one that cannot be used

    def __init__(self, models: ModelService) -> None:
        super().__init__()
        self._models = models
        self.setAccessibleName(self.tr("Fish Audio model and its price"))
        self.setMinimumContentsLength(26)

    def show_model(self, chosen: str) -> None:
        """Let the chosen one stand there, be it one that is not to be had any more."""
        offers = self._models.offers()
        self.clear()
        for offer in offers:
            self.addItem(f"{offer.name} — {cost_words(offer, self.tr)}", offer.name)
            self.setItemData(self.count() - 1, as_written(offer.note), Qt.ItemDataRole.ToolTipRole)
        if chosen not in (offer.name for offer in offers):
            self.addItem(self.tr("{name} — not to be had").format(name=chosen[:40]), chosen)
        self.setCurrentIndex(self.findData(chosen))

    def remedies(self, chosen: str) -> list[tuple[str, str]]:
        """Return what can be used instead: words with the price, and the model's name."""
        words = (self.tr("Go on with {name} ({cost})"), self.tr("Use {name} ({cost})"))
        return [
            (
                words[offer.name != chosen].format(name=offer.name, cost=cost_words(offer, self.tr)),
                offer.name,
            )
            for offer in self._models.instead()
        ]


def cost_words(offer: ModelOffer, tr: Callable[[str], str]) -> str:
    """Return what the model costs, as people can use it."""
    if not offer.cents:
        return tr("free")
    if offer.is_at_most:
        return tr("up to {cents:.1f} ¢ a thousand letters").format(cents=offer.cents)
    return tr("{cents:.1f} ¢ a thousand letters").format(cents=offer.cents)
