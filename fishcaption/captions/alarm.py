"""One call at a moment, on the running event loop: `captions.track.Alarm`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class LoopAlarm:
    """Rings on the loop that runs when it is made."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        """See `captions.track.Alarm.set`."""
        self.clear()
        self._handle = self._loop.call_later(max(0.0, moment - time.perf_counter()), act)

    def clear(self) -> None:
        """See `captions.track.Alarm.clear`."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
