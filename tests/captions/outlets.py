"""Outlets under test: captions for them, their configuration, their row in the operator's list."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fishcaption.captions.display import AudienceCue, CueWord
from fishcaption.captions.outlet import Outlet, OutletState
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import Mode, OutletConfig

PATIENCE_SECONDS = 20.0
LINE_PLACES = 100  # more than the code points of a line


def cue(
    number: int,
    *lines: str,
    heard: int | None = None,
    word_seconds: float = 0.0,
    start: int = 0,
    **rest: Any,
) -> AudienceCue:
    """Return a caption whose words end at blanks; all of them were heard if nothing else is said."""
    words: list[CueWord] = []
    for line, text in enumerate(lines):
        for first, end in (match.span() for match in re.finditer("[^ ]* |[^ ]+", text)):
            place = start + line * LINE_PLACES + first
            words.append(CueWord(line, first, end, len(words) * word_seconds, place))
    count = len(words) if heard is None else min(heard, len(words))
    return AudienceCue(number, lines, tuple(words), count, True, 0.0, start=start)._replace(**rest)


def config(kind: str, options: Mapping[str, str], mode: Mode | None = None) -> OutletConfig:
    """Return the configuration of an outlet, with the default of every option that is not given."""
    entry = outlet_kind(kind)
    assert entry is not None
    assert {option.name for option in entry.options} >= set(options)
    defaults = {option.name: option.default for option in entry.options if not option.is_secret}
    new = entry.new(f"{kind}-1")
    return new._replace(is_on=True, mode=mode or new.mode, options={**defaults, **options})


class Row:
    """The outlet's row in the operator's list: every state that it told."""

    def __init__(self) -> None:
        self.states: list[OutletState] = []
        self._news = asyncio.Event()

    def tell(self, state: OutletState) -> None:
        """Take the next state."""
        self.states.append(state)
        self._news.set()
        self._news = asyncio.Event()

    @property
    def last(self) -> OutletState:
        """The state that the row shows."""
        return self.states[-1]

    async def told(self, is_so: Callable[[OutletState], bool]) -> None:
        """Wait until the outlet has told such a state at some time."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(map(is_so, self.states)):
                await self._news.wait()

    async def until(self, is_so: Callable[[OutletState], bool]) -> OutletState:
        """Wait until the row shows such a state; return it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (self.states and is_so(self.last)):
                await self._news.wait()
        return self.last


@asynccontextmanager
async def running(outlet: Outlet) -> AsyncIterator[None]:
    """Run the outlet until the block ends."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(outlet.run())
        yield
        task.cancel()
