"""Fish Audio's models in the window: each with what it costs today, and what is offered for one that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal

from fishcaption.core.errors import InputError, ModelUnavailable
from fishcaption.core.models import MODELS, Model, instead_of, price, usable
from fishcaption.store.settings import Settings
from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.labels import as_written


class ModelChoice(Choice):
    """The list of the models. ``today`` is asked whenever it matters; None: all that is promised holds.

    A model that is chosen here or in an answer is chosen with its price in sight: nobody asks again.
    """

    answered = Signal(str)  # the model that was chosen in place of one that cannot be used

    def __init__(self, today: Callable[[], date | None]) -> None:
        super().__init__()
        self._today = today
        self._settings = Settings()
        self.setAccessibleName(self.tr("Fish Audio model and its price"))
        self.setMinimumContentsLength(26)

    def show_settings(self, settings: Settings) -> None:
        """Let the chosen one stand there, be it one that is not to be had any more."""
        self._settings = settings
        if not settings.voice.kind.has_models:
            return
        day = self._today()
        there = [model for model in MODELS.values() if model.can_be_asked_for(day)]
        self.clear()
        for model in there:
            self.addItem(f"{model.name} — {self._cost(model)}", model.name)
            self.setItemData(self.count() - 1, as_written(model.note), Qt.ItemDataRole.ToolTipRole)
        if settings.model not in (model.name for model in there):
            self.addItem(self.tr("{name} — not to be had").format(name=settings.model[:40]), settings.model)
        self.setCurrentIndex(self.findData(settings.model))

    def chosen(self, name: str) -> dict[str, str]:
        """The settings with which the model speaks, now that the user has chosen it."""
        is_over = name in MODELS and MODELS[name].is_over(self._today())
        return {"model": name, "model_agreed": name if is_over else self._settings.model_agreed}

    def price_of(self, text: str) -> float:
        """What the text may cost, in dollars. Nothing with a model there is not: it is never spoken with."""
        if not self._settings.voice.kind.has_models:
            return 0.0
        try:
            return price(self._settings.model, text, on=self._today())
        except InputError:
            return 0.0

    def question(self) -> ModelUnavailable | None:
        """Why the user must be asked before the chosen model speaks; None: it may."""
        if not self._settings.voice.kind.has_models:
            return None
        try:
            usable(self._settings.model, on=self._today(), agreed=self._settings.model_agreed)
        except ModelUnavailable as error:
            return error
        return None

    def offers(self) -> list[tuple[str, str]]:
        """What can be used instead: words with the price, and the model's name."""
        found = instead_of(self._settings.model, self._today(), is_refused=self.question() is None)
        words = (self.tr("Go on with {name} ({cost})"), self.tr("Use {name} ({cost})"))
        return [
            (
                words[model.name != self._settings.model].format(name=model.name, cost=self._cost(model)),
                model.name,
            )
            for model in found
        ]

    def _cost(self, model: Model) -> str:
        # dollars a million bytes are tenths of a cent a thousand letters
        cents = model.price_on(self._today()) / 10
        if not cents:
            return self.tr("free")
        if model.is_over(self._today()) and not model.price:
            return self.tr("up to {cents:.1f} ¢ a thousand letters").format(cents=cents)
        return self.tr("{cents:.1f} ¢ a thousand letters").format(cents=cents)
