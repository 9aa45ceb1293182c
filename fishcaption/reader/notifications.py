"""Subscribers, and when they are called: after a change, and when an utterance has ended.

A command of the reader tells at its end, before it returns: what it changed is whole by then. What changes
beside commands (audio comes, the ear moves on) is told by the event loop, soon. So no subscriber ever runs in
the middle of the engine's work, and a bug in one goes to the loop's exception handler and no further.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType

from fishcaption.core.speech import UtteranceView
from fishcaption.reader.crash_boundary import crash_boundary


class Notifications:
    """Subscribers, and what they are still to be told: each end in order, then once that something changed.

    As a context manager it holds everything back until the block, a command, is left.
    """

    def __init__(self) -> None:
        self._changed_subscribers: list[Callable[[], None]] = []
        self._ended_subscribers: list[Callable[[UtteranceView], None]] = []
        self._is_changed = False
        self._ended: deque[UtteranceView] = deque()
        self._commands = 0  # that are being done: one may give another
        self._is_scheduled = False

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
        self._is_changed = True
        self._schedule()

    def ended(self, view: UtteranceView) -> None:
        """Tell that an utterance has ended."""
        self._ended.append(view)
        self._schedule()

    def __enter__(self) -> None:
        self._commands += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._commands -= 1
        if not self._commands:
            self._tell()

    def _schedule(self) -> None:
        if not self._commands and not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._tell_soon)

    def _tell_soon(self) -> None:
        self._is_scheduled = False
        self._tell()

    def _tell(self) -> None:
        while self._ended:
            view = self._ended.popleft()
            for ended in tuple(self._ended_subscribers):
                with crash_boundary(_report):
                    ended(view)
        if self._is_changed:
            self._is_changed = False
            for changed in tuple(self._changed_subscribers):
                with crash_boundary(_report):
                    changed()


def _report(error: Exception) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": "a subscriber of the reader failed", "exception": error}
    )
