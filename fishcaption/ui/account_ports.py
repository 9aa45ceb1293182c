"""The services of the account that windows need: its keys, what they are worth, what was spent.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError

if TYPE_CHECKING:
    from fishcaption.core.errors import LimitReached
    from fishcaption.store.keys import KeyPlace


class KeyReport(NamedTuple):
    """A valid key. `credit` is in dollars, None if the service does not say."""

    credit: float | None = None


class WebPlan(NamedTuple):
    """The plan of the service's web site: its name, and how many of its credits are left. It pays no API."""

    name: str
    credits_left: float


class CreditReport(NamedTuple):
    """API credit in dollars, which may be below zero; the web plan, None if the service does not say.

    What was spoken is deducted up to a minute late.
    """

    credit: float
    plan: WebPlan | None
    asked_at: datetime


class SpentRow(NamedTuple):
    """Text sent to one model on one day with one key: its bytes, and about what it cost."""

    day: date
    model: str
    key_name: str
    bytes: int
    dollars: float


class SpendingReport(NamedTuple):
    """About what was spent from this computer in this profile, in dollars; the newest day first."""

    today: float
    month: float
    rows: tuple[SpentRow, ...]


class AccountService(Protocol):
    """The keys of Fish Audio's accounts; the settings hold their names, and which one is used."""

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Answer where the key in use is saved."""
        ...

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """Check this key with the service; nothing is changed."""
        ...

    def add_key(
        self,
        name: str,
        key: str,
        on_done: Callable[[KeyPlace | FishCaptionError], None],
        *,
        is_kept: bool = True,
    ) -> None:
        """Use another key from now on, and save it in the keyring under this name.

        StorageError if there is no keyring: the key is used until the program ends, as is one that is not to
        be kept.
        """
        ...

    def replace_key(self, id: str, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use this key in the place of the one with that id."""
        ...

    def use_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use the key with this id from now on."""
        ...

    def rename_key(self, id: str, name: str) -> None:
        """Give the key with this id another name."""
        ...

    def forget_key(self, id: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Delete the key with this id from the keyring; answer where the key that is used then is."""
        ...

    def credit(self, on_done: Callable[[CreditReport | FishCaptionError], None]) -> None:
        """Ask the service for the credit of the key in use."""
        ...


class SpendingService(Protocol):
    """Money spent at the service, and the user's limits for it."""

    def report(self, on_done: Callable[[SpendingReport | FishCaptionError], None]) -> None:
        """Answer with what was spent."""
        ...

    def limit(self, dollars: float = 0.0) -> LimitReached | None:
        """Return the limit that spending so much more would pass; None: none, or the user has agreed."""
        ...

    def can_agree(self) -> bool:
        """Return whether the user may go on over a limit, or has chosen to stop there."""
        ...

    def agree(self) -> None:
        """Go on over the limits until the day ends, or the program."""
        ...
