"""The tasks in which services and outlets do what takes time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from fishcaption.core.errors import FishCaptionError

_Answer = TypeVar("_Answer")


class ServiceTasks:
    """Tasks of the program's group, which waits for them; `cancel` ends those that still run."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._running: set[asyncio.Task[None]] = set()

    def start(
        self, work: Callable[[], Coroutine[Any, Any, None]], on_bug: Callable[[], None] | None = None
    ) -> asyncio.Task[None]:
        """Do it in a task. A bug in it is reported, then told to `on_bug`, and ends nothing else."""
        task = self._group.create_task(_bounded(work, on_bug))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def answer(
        self, work: Callable[[], Awaitable[_Answer]], on_done: Callable[[_Answer | FishCaptionError], None]
    ) -> asyncio.Task[None]:
        """Give the result of `work`, or an error of our tree, to `on_done`, in the loop's thread."""

        async def answer() -> None:
            result: _Answer | FishCaptionError
            try:
                result = await work()
            except FishCaptionError as error:
                result = error
            on_done(result)

        return self.start(answer)

    def cancel(self) -> None:
        """End what still runs."""
        for task in self._running:
            task.cancel()


async def asked(ask: Callable[[Callable[[_Answer | FishCaptionError], None]], None]) -> _Answer:
    """Return what a service answers that takes an ``on_done``; raise its error. It may be cancelled."""
    future: asyncio.Future[_Answer | FishCaptionError] = asyncio.get_running_loop().create_future()

    def on_done(result: _Answer | FishCaptionError) -> None:
        if not future.done():
            future.set_result(result)

    ask(on_done)
    result = await future
    if isinstance(result, FishCaptionError):
        raise result
    return result


async def _bounded(work: Callable[[], Coroutine[Any, Any, None]], on_bug: Callable[[], None] | None) -> None:
    try:
        await work()
    except Exception as error:  # noqa: BLE001  the boundary: a bug in one service must not end the window
        asyncio.get_running_loop().call_exception_handler({"message": "in a service", "exception": error})
        if on_bug is not None:
            on_bug()
