"""The models of a voice's service: which there are today, what a text may cost, what is to be asked.

Prices and ends are facts of `core.models`; here they meet the settings and the day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from fishcaption.core.errors import InputError, LimitReached, ModelUnavailable
from fishcaption.core.models import MODELS, Model, instead_of, price, usable

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.ui.ports import ModelOffer


def _no_limit(dollars: float) -> None:
    """Nobody has set one."""


def _no_speakers(text: str) -> frozenset[str]:
    """Only the chosen voice speaks."""
    return frozenset()


class Models:
    """`ui.ports.ModelService`. ``today`` is asked whenever it matters; None: all that is promised holds.

    ``limit`` returns the user's limit that spending so many dollars more would pass.
    ``unkept`` returns what of a text has no sound on this computer yet: the rest costs nothing.
    ``models_of_speakers`` returns the models of other voices than the chosen one that say a part of a text;
    an empty word is the chosen model.
    """

    def __init__(
        self,
        settings: SettingsStore,
        today: Callable[[], date | None],
        *,
        limit: Callable[[float], LimitReached | None] = _no_limit,
        unkept: Callable[[str], str] = str,
        models_of_speakers: Callable[[str], frozenset[str]] = _no_speakers,
    ) -> None:
        self._limit = limit
        self._unkept = unkept
        self._models_of_speakers = models_of_speakers
        self._settings = settings
        self._today = today

    def offers(self) -> tuple[ModelOffer, ...]:
        """Return the models that can be asked for today."""
        day = self._today()
        return tuple(self._offer(model) for model in MODELS.values() if model.can_be_asked_for(day))

    def choose(self, name: str) -> None:
        """Speak with this model from now on: the user has chosen it with its price in sight."""
        is_over = name in MODELS and MODELS[name].is_over(self._today())
        agreed = name if is_over else self._settings.current.model_agreed
        self._settings.change(model=name, model_agreed=agreed)

    def price_of(self, text: str) -> float:
        """Return what the text may cost, in dollars: of what is kept already, nothing.

        Nothing with a model there is not: it is never spoken with.
        """
        dollars = self._whole_price(text)
        if not dollars or self._models_of_speakers(text):  # whose sound is theirs, not the chosen voice's
            return dollars
        return self._whole_price(self._unkept(text))

    def is_too_dear(self, text: str) -> bool:
        """Return whether the text costs more than may be spent without asking."""
        whole = self._whole_price(text)
        if not whole or (whole <= self._settings.current.cost_limit and self._limit(whole) is None):
            return False  # asked at each key: nothing has to be looked up
        dollars = self.price_of(text)
        is_limited = bool(dollars) and self._limit(dollars) is not None
        return is_limited or dollars > self._settings.current.cost_limit

    def limit_of(self, text: str) -> LimitReached | None:
        """Return the user's limit that speaking the text would pass; None: none, or it is free."""
        dollars = self.price_of(text)
        return self._limit(dollars) if dollars else None

    def _whole_price(self, text: str) -> float:
        settings = self._settings.current
        names = {name or settings.model for name in self._models_of_speakers(text)}
        if settings.voice.kind.has_models:
            names.add(settings.model)
        # all of it with the dearest: it may cost so much
        return max((self._price_with(name, text) for name in names), default=0.0)

    def _price_with(self, name: str, text: str) -> float:
        try:
            return price(name, text, on=self._today())
        except InputError:
            return 0.0

    def question(self) -> ModelUnavailable | None:
        """Return why the user must be asked before the chosen model speaks; None: it may."""
        settings = self._settings.current
        if not settings.voice.kind.has_models:
            return None
        try:
            usable(settings.model, on=self._today(), agreed=settings.model_agreed)
        except ModelUnavailable as error:
            return error
        return None

    def instead(self) -> tuple[ModelOffer, ...]:
        """Return what can be used instead of the chosen model; itself, where it only may cost now."""
        name = self._settings.current.model
        found = instead_of(name, self._today(), is_refused=self.question() is None)
        return tuple(map(self._offer, found))

    def _offer(self, model: Model) -> ModelOffer:
        from fishcaption.ui.ports import ModelOffer  # not by every start: an embedded voice has no models

        day = self._today()
        cents = model.price_on(day) / 10  # dollars a million bytes are tenths of a cent a thousand letters
        return ModelOffer(model.name, model.note, cents, model.is_over(day) and not model.price)
