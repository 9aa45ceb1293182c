"""An event loop whose clock is simulated: hours pass as fast as their work is done, and a stall is a number.

Where nothing is ready, the clock goes on to the next timer. `time.perf_counter` is the same clock meanwhile.
Nothing real may be waited for: work for threads is done at once.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple, Unpack

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


class _Selector(selectors.DefaultSelector):
    """Waits in simulated time only."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that is not simulated")
        self.now += max(0.0, timeout)
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """See the module."""

    def __init__(self) -> None:
        self._simulated = _Selector()
        super().__init__(self._simulated)

    def time(self) -> float:
        """Return the simulated moment."""
        return self._simulated.now

    def hold(self, seconds: float) -> None:
        """Let time pass in which the loop does nothing, as a busy machine does."""
        self._simulated.now += seconds

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[Unpack[_Arguments]], _Result],
        *args: *_Arguments,
    ) -> asyncio.Future[_Result]:
        """Do it now."""
        done: asyncio.Future[_Result] = self.create_future()
        try:
            done.set_result(func(*args))
        except OSError as error:
            done.set_exception(error)
        return done


@contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Have another value in a module meanwhile."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def run(main: Callable[[SimulatedLoop], Coroutine[Any, Any, _Result]]) -> _Result:
    """Run it on a simulated loop."""
    loop = SimulatedLoop()
    with replaced(time, "perf_counter", loop.time), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))
