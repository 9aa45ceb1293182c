"""The models: nothing that was free begins to cost, and no model's end is passed over in silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fishcaption.core.errors import InputError, ModelUnavailable
from fishcaption.core.models import DEFAULT_MODEL, MODELS, choices, free, instead_of, model, price, usable

BEFORE = date(2026, 11, 30)
AFTER = date(2026, 12, 1)
NEXT_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("name", "day", "agreed", "is_usable"),
    [
        ("s2.1-pro-free", BEFORE, "", True),
        ("s2.1-pro-free", AFTER, "", False),
        ("s2.1-pro-free", AFTER, "s2.1-pro-free", True),
        ("s2.1-pro-free", AFTER, "s1", False),
        ("s2.1-pro", NEXT_YEAR, "", True),
        ("s1", date(2026, 12, 31), "", True),
        ("s1", NEXT_YEAR, "", False),
        ("s1", NEXT_YEAR, "s1", False),
        ("s9-pro", BEFORE, "s9-pro", False),
        ("", BEFORE, "", False),
        ("S2.1-PRO-FREE", BEFORE, "", False),
        ("s2.1-pro-free\r\nkey: x", BEFORE, "", False),
    ],
)
def test_a_model_that_may_not_be_used_unasked_is_refused_with_prices(
    name: str, day: date, agreed: str, is_usable: bool
) -> None:
    if is_usable:
        assert usable(name, on=day, agreed=agreed) is model(name)
        return
    with pytest.raises(ModelUnavailable) as caught:
        usable(name, on=day, agreed=agreed)
    assert "s2.1-pro (1.5 ¢ a thousand letters)" in caught.value.hint
    assert not caught.value.retryable
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", MODELS)
def test_no_model_costs_more_from_one_day_to_the_next_unless_it_is_refused_first(name: str) -> None:
    """Whatever the table will say: a day on which a price rises is a day on which the user is asked."""
    day = date(2026, 1, 1)
    for _ in range(800):
        tomorrow = day + timedelta(days=1)
        if MODELS[name].price_on(tomorrow) > MODELS[name].price_on(day):
            with pytest.raises(ModelUnavailable):
                usable(name, on=tomorrow)
        day = tomorrow


def test_the_price_is_the_highest_that_may_be_billed_on_that_day() -> None:
    assert price(DEFAULT_MODEL, "a" * 1_000_000, on=BEFORE) == 0
    assert price(DEFAULT_MODEL, "a" * 1_000_000, on=AFTER) == 15


def test_every_end_has_a_successor_that_can_be_had() -> None:
    for found in MODELS.values():
        if found.last_day is not None:
            after = found.last_day + timedelta(days=1)
            assert not model(found.successor).is_over(after)
            assert model(found.successor) in choices(after)


@pytest.mark.parametrize(
    ("name", "day", "is_refused", "offered"),
    [
        (DEFAULT_MODEL, AFTER, False, ["s2.1-pro", DEFAULT_MODEL]),
        (DEFAULT_MODEL, AFTER, True, ["s2.1-pro"]),
        (DEFAULT_MODEL, BEFORE, True, ["s2.1-pro"]),
        ("s2.1-pro", BEFORE, True, [DEFAULT_MODEL]),
        ("s9-pro", BEFORE, False, [DEFAULT_MODEL, "s2.1-pro"]),
        ("", NEXT_YEAR, False, ["s2.1-pro"]),
        ("s1", NEXT_YEAR, False, ["s2.1-pro"]),
    ],
)
def test_few_models_are_offered_instead(name: str, day: date, is_refused: bool, offered: list[str]) -> None:
    assert [one.name for one in instead_of(name, day, is_refused=is_refused)] == offered


def test_nothing_is_called_free_that_may_cost() -> None:
    assert free(BEFORE) == DEFAULT_MODEL
    assert free(AFTER) == ""


def test_the_default_model_costs_nothing() -> None:
    """Nobody pays before they have chosen to."""
    assert price(DEFAULT_MODEL, "any text at all") == 0


@pytest.mark.parametrize(
    ("text", "dollars"), [("a" * 1_000_000, 15.0), ("日" * 1_000_000, 45.0), ("", 0.0), ("\ud800", 15e-6)]
)
def test_the_price_is_of_utf8_bytes(text: str, dollars: float) -> None:
    """15 dollars a million bytes; a Chinese character is three of them."""
    assert price("s2.1-pro", text) == pytest.approx(dollars)


@pytest.mark.parametrize("name", ["", "s2.1-Pro-free", "s2.1-pro-free ", "speech-1.5", "gpt"])
def test_a_model_there_is_not_is_refused(name: str) -> None:
    """The service would bill the paid default for it."""
    with pytest.raises(InputError) as caught:
        model(name)
    assert "s2.1-pro-free" in caught.value.hint


def test_only_s1_takes_parentheses() -> None:
    """Which marks a text's writer must be protected from depends on the model."""
    families = {name: model.family for name, model in MODELS.items()}
    assert families.pop("s1") == "s1"
    assert set(families.values()) == {"s2"}
