"""The service for a voice that cannot be reached: other tries, and who speaks instead.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice


class StandIn(NamedTuple):
    """The voice that speaks in the place of the chosen one, and why."""

    voice: Voice
    instead_of: Voice
    why: FishCaptionError


class RetryFollower(Protocol):
    """The window's side: makes the tries, and tells of them."""

    def on_wait(self, seconds: float) -> None:
        """The next retry is in so many seconds."""
        ...

    def on_due(self) -> None:
        """Retry now."""
        ...

    def on_stand_in(self, stand_in: StandIn | None) -> None:
        """This voice speaks in the place of the chosen one now; None: the chosen one speaks again."""
        ...


class RetryService(Protocol):
    """Retries when the service cannot be reached, and the voice that speaks instead."""

    def follow(self, follower: RetryFollower, /) -> None:
        """Call the follower from now on."""
        ...

    def is_pending(self) -> bool:
        """Return whether a retry will come."""
        ...

    def end(self) -> None:
        """Cancel the next retry, because of Stop."""
        ...

    def go_back(self) -> None:
        """Speak with the chosen voice again, from the next text on."""
        ...

    def close(self) -> None:
        """End all retries: the window is closed."""
        ...
