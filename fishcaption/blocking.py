"""Blocking work beside the event loop, and giving up on work that does not return.

Files, keyrings, sound systems and name lookups can block for ever, and a thread cannot be cancelled. So each
call has a daemon thread of its own (`use_daemons`, for all of `asyncio.to_thread` and the loop's own
lookups): one that hangs delays neither the next call nor the end of the process. `answer` is for callers that
cannot wait for ever: it gives up after a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import math
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from fishcaption.core.errors import FishCaptionError

_Answer = TypeVar("_Answer")

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h

SLOW_SECONDS = 3.0
"""After so long, a user who waits is told the reason."""


class DaemonThreadExecutor(ThreadPoolExecutor):
    """Starts a daemon thread for each call; `shutdown` waits for none. (asyncio accepts only a subclass.)"""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call it in a new thread."""
        future: Future[Any] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001  as every executor does: it is raised where it is awaited
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=work, name="aside", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nothing: what still runs ends with the process."""


def use_daemons() -> None:
    """Have the running loop do its blocking work in daemon threads from now on."""
    _share_one_heap()
    asyncio.get_running_loop().set_default_executor(DaemonThreadExecutor())


def _share_one_heap() -> None:
    """Have all threads allocate from one heap, where the C library is glibc.

    By default each thread that is started gets one of its own, which keeps what it once held: a thread for
    each call made the program 7 MB larger. Python's lock lets one thread allocate at a time anyway.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


async def answer(
    work: Callable[[], _Answer],
    late: Callable[[], FishCaptionError],
    *,
    seconds: float,
    on_slow: Callable[[], None] | None = None,
) -> _Answer:
    """Return the result of `work`, done in a thread; raise `late()` if it has not come after so many seconds.

    `on_slow` is called once if it takes longer than `SLOW_SECONDS`. A result that comes too late is dropped.
    """
    asked = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        waits = [min(SLOW_SECONDS, seconds), max(0.0, seconds - SLOW_SECONDS)] if on_slow else [seconds]
        for place, wait in enumerate(waits):
            # Qt's timers, unlike asyncio's own, know no endless time
            done, _ = await asyncio.wait([asked], timeout=wait if wait < math.inf else None)
            if done:
                return asked.result()
            if place == 0 and on_slow is not None:
                on_slow()
        raise late()
    finally:
        asked.cancel()
