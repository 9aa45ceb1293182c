"""The service of the account that windows need: its keys, and what they are worth.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError

if TYPE_CHECKING:
    from fishcaption.store.keys import KeyPlace


class KeyReport(NamedTuple):
    """A valid key. `credit` is in dollars, None if the service does not say."""

    credit: float | None = None


class AccountService(Protocol):
    """The key of Fish Audio's account."""

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Answer where the current key is saved."""
        ...

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """Check this key with the service; nothing is changed."""
        ...

    def save_key(self, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use this key from now on, and save it in the keyring.

        StorageError if there is no keyring: the key is used until the program ends.
        """
        ...

    def forget_key(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Delete the key from the keyring and use none; answer where another key is still found."""
        ...
