"""Money spent at the service, as far as this program can know, and the limits that the user has set for it.

The service tells no usage. So we count the bytes of text that were sent to each model, which is what it
bills (its documents, models-pricing), at the model's highest price of that day: figures are "about".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from fishcaption.core.errors import LimitReached
from fishcaption.core.models import DEFAULT_MODEL, MODELS, REQUEST_PRICES

KEPT_DAYS = 400
"""Days that are remembered: a year, and the month that is compared with it."""

Period = Literal["day", "month"]


class Sent(NamedTuple):
    """Text sent to a model on one day: ``bytes`` of UTF-8; ``key`` is an id (`named_keys`).

    Of a model that is paid by the request (`core.models.REQUEST_PRICES`), ``bytes`` is their number.
    """

    day: date
    model: str
    key: str
    bytes: int

    @property
    def dollars(self) -> float:
        """The most that it may have cost; of a model that is not known, the price of the recommended one."""
        if (by_request := REQUEST_PRICES.get(self.model)) is not None:
            return by_request * self.bytes
        found = MODELS.get(self.model) or MODELS[MODELS[DEFAULT_MODEL].successor]
        return found.price_on(self.day) * self.bytes / 1_000_000


class Spending:
    """The bytes that were sent, by day, model and key."""

    def __init__(self) -> None:
        self._bytes: Counter[tuple[date, str, str]] = Counter()

    def add(self, sent: Sent) -> None:
        """Count it."""
        self._bytes[sent.day, sent.model, sent.key] += sent.bytes

    def forget_before(self, day: date) -> None:
        """Drop what was sent before this day."""
        for key in [key for key in self._bytes if key[0] < day]:
            del self._bytes[key]

    def entries(self) -> Iterator[Sent]:
        """Yield what was sent, the newest day first."""
        for (day, model, key), count in sorted(self._bytes.items(), reverse=True):
            yield Sent(day, model, key, count)

    def dollars(self, period: Period, today: date) -> float:
        """Return about how much was spent in the period that this day is in, in dollars."""
        first = today.replace(day=1) if period == "month" else today
        return sum(sent.dollars for sent in self.entries() if first <= sent.day <= today)


class Limits(NamedTuple):
    """Limits in dollars; 0 is no limit."""

    day: float = 0.0
    month: float = 0.0

    def reached(self, spending: Spending, today: date, more: float = 0.0) -> LimitReached | None:
        """Return the error for the first limit that ``more`` dollars would pass; None: none.

        With nothing more, a limit is passed as soon as it is reached.
        """
        for period, limit, words in (("day", self.day, "today"), ("month", self.month, "this month")):
            spent = spending.dollars("day" if period == "day" else "month", today)
            if limit and (spent + more > limit + 1e-9 or spent >= limit):
                return LimitReached(
                    f"Your limit of ${limit:.2f} for {words} is reached: about ${spent:.2f} is spent.",
                    hint="A voice on this computer, or a free model, costs nothing. The limit is in the "
                    "settings.",
                )
        return None


def first_kept(today: date) -> date:
    """Return the first day that is remembered."""
    return today - timedelta(days=KEPT_DAYS)
