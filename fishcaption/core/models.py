"""Fish Audio's models: how each is told to speak, its price, until when it is available, its successor.

No model silently replaces another, and nothing that was free begins to cost money by itself: a model that is
unknown, has ended, or is past the last day on which it was promised free is refused here (`usable`), and the
user is asked. The day comes in as a value.

Prices and the end of s1 are from the service's documents (models-pricing, migrate-from-s1). Two projects that
use s2.1-pro-free announced that it is free through 2026-11-30; the documents name no day, and the offer was
prolonged once. So after that day, using it is not an error but a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from fishcaption.core.errors import InputError, ModelUnavailable
from fishcaption.core.speech import Family


class Model(NamedTuple):
    """One model; ``name`` is the value of the ``model`` header. Prices are dollars for a million UTF-8 bytes.

    ``last_day`` is the last day on which the model is available at ``price``. After that it may cost
    ``price_after``; None: it is no longer available. ``successor`` is the model that replaces it, at the
    successor's own price.
    """

    name: str
    price: float
    family: Family
    note: str
    last_day: date | None = None
    price_after: float | None = None
    successor: str = ""

    def is_over(self, day: date | None) -> bool:
        """Return whether the day is past `last_day`; ``None`` is a day on which all promises hold."""
        return self.last_day is not None and day is not None and day > self.last_day

    def price_on(self, day: date | None) -> float:
        """Return the highest price of a million bytes on that day, in dollars."""
        return self.price_after if self.is_over(day) and self.price_after is not None else self.price

    def can_be_asked_for(self, day: date | None) -> bool:
        """Return whether the service may still offer the model on that day, at whatever price."""
        return not self.is_over(day) or self.price_after is not None


MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        Model(
            "s2.1-pro-free",
            0.0,
            "s2",
            "fair use, no promise of how soon it speaks; announced as free through 30 November 2026; as "
            "others report, what it is given may train the service's models",
            last_day=date(2026, 11, 30),
            price_after=15.0,
            successor="s2.1-pro",
        ),
        Model("s2.1-pro", 15.0, "s2", "the recommended one"),
        Model("s2-pro", 15.0, "s2", "the previous one"),
        Model(
            "s1",
            15.0,
            "s1",
            "retired after 31 December 2026; s2.1-pro answers for it then",
            last_day=date(2026, 12, 31),
            successor="s2.1-pro",
        ),
        Model(
            "drama-3-preview",
            15.0,
            "s2",
            "a preview for acted speech; its price is s2.1-pro's until it has one",
        ),
    )
}
"""Models that speak. The service answers an unknown name with s2.1-pro, at its price: so we refuse it."""

REQUEST_PRICES: Mapping[str, float] = {"voice-design-1": 0.01}
"""Dollars for one request of a model that is not paid by the text; such models do not speak."""


DEFAULT_MODEL = "s2.1-pro-free"


def no_day() -> None:
    """Return a day on which all promises hold: None."""


def model(name: str) -> Model:
    """Return the model of exactly this name. Raises InputError, whose hint names all models."""
    if name in MODELS:
        return MODELS[name]
    raise InputError(
        f"There is no model called {name[:40]!r}.",
        hint=f"Choose one of: {', '.join(MODELS)}. (The service would use the paid model instead.)",
    )


def usable(name: str, *, on: date | None, agreed: str = "") -> Model:
    """Return the model of this name if it may be used on that day without asking the user.

    ``agreed`` is the model that the user has allowed past its last day. Raises ModelUnavailable for a model
    that does not exist, has ended, or may have begun to cost money; the hint holds the choices and prices.
    """
    found = MODELS.get(name)
    if found is not None and (not found.is_over(on) or (agreed == name and found.can_be_asked_for(on))):
        return found
    others = instead_of(name, on, is_refused=False)
    offers = " or ".join(f"{other.name} ({_cost(other, on)})" for other in others)
    hint = f"Choose which speaks from now on: {offers}. The voices on this computer cost nothing."
    if found is None or found.last_day is None:
        raise ModelUnavailable(f"There is no model called {name[:40]!r} any more.", hint=hint)
    last_day = f"{found.last_day.day} {found.last_day:%B %Y}"
    if found.price_after is None:
        raise ModelUnavailable(f"The model {name} ended on {last_day}.", hint=hint)
    raise ModelUnavailable(
        f"The model {name} was announced as free until {last_day}; now it may cost money.", hint=hint
    )


def choices(day: date | None) -> tuple[Model, ...]:
    """Return the models that are available on that day, the cheapest first."""
    there = (model for model in MODELS.values() if model.can_be_asked_for(day))
    return tuple(sorted(there, key=lambda model: (model.price_on(day), model.is_over(day))))


def instead_of(name: str, day: date | None, *, is_refused: bool) -> tuple[Model, ...]:
    """Return the few models to offer instead of one that cannot be used as it is.

    They are a free one, if any; the successor; and the model itself, if it only may have begun to cost money
    and the service has not refused it.
    """
    found = MODELS.get(name)
    successor = found.successor if found is not None and found.successor else MODELS[DEFAULT_MODEL].successor
    wanted = [free(day), successor]
    if found is not None and found.is_over(day) and not is_refused:
        wanted.append(name)
    there = {model.name: model for model in choices(day) if not (is_refused and model.name == name)}
    return tuple(there[one] for one in dict.fromkeys(wanted) if one in there)


def free(day: date | None) -> str:
    """Return the name of a model that is free on that day; empty if there is none."""
    return next((model.name for model in choices(day) if not model.price_on(day)), "")


def price(name: str, text: str, *, on: date | None = None) -> float:
    """Return the highest price in dollars for the model to speak the text on that day.

    ``None`` is a day on which all promises hold. Raises InputError for an unknown model.
    """
    return model(name).price_on(on) * len(text.encode("utf-8", "replace")) / 1_000_000


def _cost(found: Model, day: date | None) -> str:
    """Return the price on that day in words that people can use."""
    # dollars a million bytes are tenths of a cent a thousand letters
    cents = found.price_on(day) / 10
    most = "up to " if found.is_over(day) else ""
    return f"{most}{cents:.1f} ¢ a thousand letters" if cents else "free"
