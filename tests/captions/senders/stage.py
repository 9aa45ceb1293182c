"""A sender that runs against a service, with captions from the test's hands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.outlet import Light, Outlet, OutletState
from fishcaption.captions.outlets import outlet_kind
from fishcaption.captions.senders.sender import Pace, Sender
from fishcaption.core.audience import Mode, OutletConfig
from tests.captions import outlets
from tests.captions.senders.peer import TOKEN

QUICK = Pace(timeout_seconds=0.3, gap_seconds=0.0, again_seconds=(0.01,), refused_seconds=0.01)
"""The program's times, shorter."""


class Numbers(dict[str, int]):
    """Numbers that are kept in memory."""

    def get(self, name: str, /) -> int:  # type: ignore[override]  # as the outlets' port has it
        return super().get(name, 0)

    def set(self, name: str, number: int, /) -> None:
        self[name] = number


def cue(number: int, *lines: str, moment: float | None = None, **rest: Any) -> AudienceCue:
    """A caption of one text, whose words were all heard."""
    at = time.perf_counter() if moment is None else moment
    return outlets.cue(number, *lines, start=number * 1000, **{"moment": at, "text_id": "text", **rest})


@dataclass
class Running:
    """The sender, and all that it has told."""

    outlet: Outlet
    numbers: Numbers
    told: list[OutletState] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    def show(self, *lines: str, **rest: Any) -> None:
        """Show another caption; none without lines."""
        self.count += 1
        self.outlet.show(Display(cue(self.count, *lines, **rest)) if lines else Display())

    async def told_that(self, condition: Callable[[OutletState], bool]) -> OutletState:
        """Wait until it tells such a state; return it."""
        async with asyncio.timeout(10):
            while not (found := [state for state in self.told if condition(state)]):
                self.news.clear()
                await self.news.wait()
        return found[0]

    async def sent(self, text: str) -> OutletState:
        return await self.told_that(lambda state: state.light is Light.ON and state.last_line == text)

    async def trouble(self, words: str) -> OutletState:
        return await self.told_that(lambda state: state.light is Light.TROUBLE and words in state.words)


def made(
    kind: str,
    link: str = "",
    options: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    *,
    numbers: Numbers | None = None,
    mode: Mode | None = None,
    pace: Pace = QUICK,
    **clocks: Any,
) -> Running:
    """Make the sender of a kind, as the registry does, with other times."""
    entry = outlet_kind(kind)
    assert entry is not None
    values = {option.name: option.default for option in entry.options if not option.is_secret}
    config = OutletConfig(
        "id", kind, kind, layout=entry.layout, mode=mode or entry.mode, options=values | dict(options or {})
    )
    running = Running(None, numbers if numbers is not None else Numbers())  # type: ignore[arg-type]  # below

    def tell(state: OutletState) -> None:
        assert TOKEN not in repr(state), "a secret is told"
        running.told.append(state)
        running.news.set()

    make = entry.load()
    if not isinstance(make, type):  # a function that chooses the class
        from fishcaption.captions.senders import own_server

        make = own_server.class_of(config)
    assert issubclass(make, Sender)
    all_secrets = {"link": link, **(secrets or {})}
    running.outlet = make(config, all_secrets, tell, running.numbers, pace=pace, **clocks)
    return running


@asynccontextmanager
async def running(kind: str, link: str = "", *rest: Any, **more: Any) -> AsyncIterator[Running]:
    """Run it until the block ends."""
    outlet = made(kind, link, *rest, **more)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(outlet.outlet.run())
        yield outlet
        task.cancel()
