"""Errors out of a TaskGroup as themselves: callers catch errors of our tree, not groups of them."""

from __future__ import annotations

import asyncio

from fishcaption.core.errors import FishCaptionError


class Ungrouped:
    """A context around a TaskGroup that raises its one error as itself, rather than in a group.

    Of several errors of our tree it raises the first; a group with a bug beside other errors stays a group.
    """

    async def __aenter__(self) -> None:
        self._cancelling = _this_task().cancelling()

    async def __aexit__(self, kind: object, group: BaseException | None, traceback: object) -> None:
        if not isinstance(group, BaseExceptionGroup):
            return
        # Before Python 3.13 a group that a task's error has ended does not take back that it cancelled us. On
        # 3.11.2, which is Debian 12's, no timeout in this task would become a TimeoutError any more.
        while _this_task().cancelling() > self._cancelling:
            _this_task().uncancel()
        leaves = list(_leaves(group))
        if len(leaves) == 1 or all(isinstance(leaf, FishCaptionError) for leaf in leaves):
            raise leaves[0] from leaves[0].__cause__


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
