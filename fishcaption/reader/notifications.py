"""Calls to those who want to know: that something changed, and that an utterance has ended."""

from __future__ import annotations

from collections.abc import Callable

from fishcaption.core.speech import UtteranceView


class Notifications:
    """Subscribers, each told at once."""

    def __init__(self) -> None:
        self._changed_subscribers: list[Callable[[], None]] = []
        self._ended_subscribers: list[Callable[[UtteranceView], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after each change; the returned function ends it."""
        self._changed_subscribers.append(callback)
        return lambda: self._changed_subscribers.remove(callback)

    def subscribe_ended(self, callback: Callable[[UtteranceView], None]) -> Callable[[], None]:
        """Call back with each utterance that has ended; the returned function ends it."""
        self._ended_subscribers.append(callback)
        return lambda: self._ended_subscribers.remove(callback)

    def changed(self) -> None:
        """Tell that something changed that is worth a look."""
        for callback in tuple(self._changed_subscribers):
            callback()

    def ended(self, view: UtteranceView) -> None:
        """Tell that an utterance has ended."""
        for callback in tuple(self._ended_subscribers):
            callback(view)
