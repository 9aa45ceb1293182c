"""What was spent, and the limits for it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.account.spending import Limits, Sent, Spending

TODAY = date(2026, 12, 3)
PAID = "s2.1-pro"  # $15 a million bytes


def spent(*entries: tuple[date, str, int]) -> Spending:
    spending = Spending()
    for day, model, count in entries:
        spending.add(Sent(day, model, "", count))
    return spending


@pytest.mark.parametrize(
    ("model", "day", "dollars"),
    [
        (PAID, TODAY, 15.0),
        ("s2.1-pro-free", date(2026, 11, 30), 0.0),
        ("s2.1-pro-free", TODAY, 15.0),  # after its announced end it may cost
        ("never-heard-of", TODAY, 15.0),  # the service answers with the paid one
    ],
)
def test_bytes_cost_the_highest_price_of_their_day(model: str, day: date, dollars: float) -> None:
    assert Sent(day, model, "", 1_000_000).dollars == pytest.approx(dollars)


def test_day_and_month_are_told_apart() -> None:
    yesterday, november = TODAY - timedelta(days=1), date(2026, 11, 29)
    spending = spent((TODAY, PAID, 100_000), (yesterday, PAID, 200_000), (november, PAID, 400_000))
    assert spending.dollars("day", TODAY) == pytest.approx(1.5)
    assert spending.dollars("month", TODAY) == pytest.approx(4.5)
    spending.forget_before(yesterday)
    assert [sent.day for sent in spending.entries()] == [TODAY, yesterday]


@pytest.mark.parametrize(
    ("limits", "more", "words"),
    [
        (Limits(), 1000.0, ""),
        (Limits(day=2.0), 0.5, ""),
        (Limits(day=2.0), 0.51, "$2.00 for today"),
        (Limits(day=1.5), 0.0, "$1.50 for today"),  # reached: nothing more speaks
        (Limits(day=5.0, month=4.0), 0.0, "$4.00 for this month"),
        (Limits(month=5.0), 0.6, "$5.00 for this month"),
    ],
)
def test_a_limit_is_told_with_what_is_spent(limits: Limits, more: float, words: str) -> None:
    spending = spent((TODAY, PAID, 100_000), (TODAY - timedelta(days=1), PAID, 200_000))
    error = limits.reached(spending, TODAY, more)
    assert (str(error) if error else "").find(words) >= 0
    assert bool(words) == (error is not None)


@given(st.lists(st.integers(1, 1_000_000), max_size=20), st.floats(0, 100))
def test_no_limit_lets_more_through_than_it_says(counts: list[int], more: float) -> None:
    spending = spent(*((TODAY, PAID, count) for count in counts))
    limits = Limits(day=10.0)
    if limits.reached(spending, TODAY, more) is None:
        assert spending.dollars("day", TODAY) + more <= 10.0 + 1e-6
