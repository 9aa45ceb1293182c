"""Fish Audio's models: how each is told to speak, what it costs, until when it is to be had, what follows.

No model is taken in another's place in silence, and nothing that was free begins to cost by itself: a model
that is unknown, has ended, or is past the day to which it was promised free is refused here (`usable`), and
the user is asked. The day comes in as a value.

Prices and the end of s1 are of the service's documents (models-pricing, migrate-from-s1). That s2.1-pro-free
is free through 2026-11-30 was announced by two projects that use it; the documents name no day, and it was
prolonged once. So after that day it is no error, but a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from fishcaption.core.errors import InputError, ModelUnavailable
from fishcaption.core.speech import Family


class Model(NamedTuple):
    """What the ``model`` header may say. Prices are of a million UTF-8 bytes of text, in dollars.

    ``last_day`` is the last on which it is to be had at ``price``; ``price_after`` what it may cost then,
    None: it is not to be had any more. ``successor`` is the model that takes its place, at its own price.
    """

    name: str
    price: float
    family: Family
    note: str
    last_day: date | None = None
    price_after: float | None = None
    successor: str = ""

    def is_over(self, day: date | None) -> bool:
        """Whether what it promised has ended on that day; None is a day on which nothing has."""
        return self.last_day is not None and day is not None and day > self.last_day

    def price_on(self, day: date | None) -> float:
        """What a million bytes may cost on that day, at most."""
        return self.price_after if self.is_over(day) and self.price_after is not None else self.price

    def can_be_asked_for(self, day: date | None) -> bool:
        """Whether the service may still have it on that day, be it at another price."""
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
"""Every model there is. The service answers an unknown one with s2.1-pro, at its price: so we refuse it."""

DEFAULT_MODEL = "s2.1-pro-free"


def no_day() -> None:
    """A day on which all that is promised holds."""


def model(name: str) -> Model:
    """The model of that exact name. Raises InputError, which names those there are."""
    if name in MODELS:
        return MODELS[name]
    raise InputError(
        f"There is no model called {name[:40]!r}.",
        hint=f"Choose one of: {', '.join(MODELS)}. (The service would take the paid one in its place.)",
    )


def usable(name: str, *, on: date | None, agreed: str = "") -> Model:
    """The model of that name, if it may be spoken with on that day (None: while it is promised) unasked.

    ``agreed`` is the model that the user has said may go on past its day. Raises ModelUnavailable for one
    there is not, that has ended, or that may have begun to cost; its hint holds the choices and their prices.
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
        raise ModelUnavailable(f"The model {name} has ended on {last_day}.", hint=hint)
    raise ModelUnavailable(
        f"The model {name} was announced as free until {last_day}; now it may cost money.", hint=hint
    )


def choices(day: date | None) -> tuple[Model, ...]:
    """The models that can be asked for on that day, the cheapest first."""
    there = (model for model in MODELS.values() if model.can_be_asked_for(day))
    return tuple(sorted(there, key=lambda model: (model.price_on(day), model.is_over(day))))


def instead_of(name: str, day: date | None, *, is_refused: bool) -> tuple[Model, ...]:
    """What to offer for a model that cannot be used as it is, in a few buttons.

    A free one where there is one, what takes its place, and itself where it only may have begun to cost and
    the service has not refused it.
    """
    found = MODELS.get(name)
    successor = found.successor if found is not None and found.successor else MODELS[DEFAULT_MODEL].successor
    wanted = [free(day), successor]
    if found is not None and found.is_over(day) and not is_refused:
        wanted.append(name)
    there = {model.name: model for model in choices(day) if not (is_refused and model.name == name)}
    return tuple(there[one] for one in dict.fromkeys(wanted) if one in there)


def free(day: date | None) -> str:
    """The name of a model that costs nothing on that day; empty: there is none."""
    return next((model.name for model in choices(day) if not model.price_on(day)), "")


def price(name: str, text: str, *, on: date | None = None) -> float:
    """What it costs in dollars, at most, to have the model speak the text on that day.

    None: while its price is promised. Raises InputError for an unknown model.
    """
    return model(name).price_on(on) * len(text.encode("utf-8", "replace")) / 1_000_000


def _cost(found: Model, day: date | None) -> str:
    """What it costs on that day, as people can use it."""
    # dollars a million bytes are tenths of a cent a thousand letters
    cents = found.price_on(day) / 10
    most = "up to " if found.is_over(day) else ""
    return f"{most}{cents:.1f} ¢ a thousand letters" if cents else "free"
