"""Money spent at the service: what was sent is written down, and the user's limits are kept.

An utterance that has begun is spoken to its end; a limit stops the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from fishcaption.core.account.spending import Limits, Sent
from fishcaption.core.models import MODELS
from fishcaption.ui.account_ports import SpendingReport, SpentRow

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.errors import FishCaptionError, LimitReached
    from fishcaption.store.account.ledger import Ledger
    from fishcaption.tasks import ServiceTasks


class SpendingLimits:
    """`ui.account_ports.SpendingService`. ``today`` is asked whenever it matters; None: nothing is billed."""

    def __init__(
        self, ledger: Ledger, settings: SettingsStore, tasks: ServiceTasks, today: Callable[[], date | None]
    ) -> None:
        self._ledger = ledger
        self._settings = settings
        self._tasks = tasks
        self._today = today
        self._agreed_on: date | None = None

    def start(self) -> None:
        """Read what was spent before, beside the event loop."""
        self._tasks.start(self._load)

    def sent(self, model: str, sent_bytes: int) -> None:
        """Count text that was sent to a model."""
        if (day := self._today()) is not None:
            self._ledger.add(Sent(day, model, self._settings.current.fish_keys.used, sent_bytes))

    def check(self, model: str) -> None:
        """Raise LimitReached if a model that costs must not speak now."""
        found, day = MODELS.get(model), self._today()
        if (found is None or found.price_on(day)) and (error := self.limit()) is not None:
            raise error

    def report(self, on_done: Callable[[SpendingReport | FishCaptionError], None]) -> None:
        """See `SpendingService`."""

        async def report() -> SpendingReport:
            await self._load()
            day, spending = self._today() or date.today(), self._ledger.spending()
            names = self._settings.current.fish_keys
            rows = tuple(
                SpentRow(sent.day, sent.model, names.name_of(sent.key), sent.bytes, sent.dollars)
                for sent in spending.entries()
            )
            return SpendingReport(spending.dollars("day", day), spending.dollars("month", day), rows)

        self._tasks.answer(report, on_done)

    def limit(self, dollars: float = 0.0) -> LimitReached | None:
        """See `SpendingService`."""
        settings, day = self._settings.current, self._today()
        limits = Limits(settings.day_limit, settings.month_limit)
        if day is None or not any(limits) or (self._agreed_on == day and self.can_agree()):
            return None
        return limits.reached(self._ledger.spending(), day, dollars)

    def can_agree(self) -> bool:
        """See `SpendingService`."""
        return self._settings.current.at_limit == "ask"

    def agree(self) -> None:
        """See `SpendingService`."""
        self._agreed_on = self._today()

    async def _load(self) -> None:
        await asyncio.to_thread(self._ledger.load, self._today() or date.today())
