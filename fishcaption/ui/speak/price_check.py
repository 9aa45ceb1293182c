"""Before a text is spoken its price is looked at: the user is asked about one above the limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fishcaption.core.errors import LimitReached
    from fishcaption.ui.ports import ModelService


class PriceCheck:
    """Asks before a text is spoken that is too expensive; one question at a time."""

    def __init__(self, models: ModelService) -> None:
        self._models = models
        # None: nothing is asked
        self.ask: Callable[[float, LimitReached | None, Callable[[], None]], None] | None = None
        self._is_asking = False

    def is_asking(self) -> bool:
        """Return whether a question waits for its answer."""
        return self._is_asking

    def is_too_dear(self, text: str) -> bool:
        """Return whether the text costs more than may be spent without asking."""
        return self._models.is_too_dear(text)

    def run_if_affordable(self, text: str, act: Callable[[], None]) -> None:
        """Call `act` at once if the text is cheap, else when the user has agreed to its price."""
        if self.ask is None or not self._models.is_too_dear(text):
            act()
            return
        self._is_asking = True
        self.ask(self._models.price_of(text), self._models.limit_of(text), act)

    def answered(self) -> None:
        """The question is off the screen, whatever the answer was."""
        self._is_asking = False
