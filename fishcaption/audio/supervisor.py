"""A sound engine that is kept running: a process that dies is followed by another.

An engine that does not answer is killed, and so followed as well. If engines die again and again, their
device kills them: the next one does without a device. If even that one dies, there is none for some time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from fishcaption.audio import wire
from fishcaption.audio.process import EngineProcess, Event

ANSWER_SECONDS = 2.0
START_SECONDS = 15.0
"""The time that an engine has to answer; the first time, it is loaded from a disk that may sleep."""

CLOSE_SECONDS = 2.0
DEATHS_SECONDS = 60.0
DEATHS = 3
"""An engine that dies more often within `DEATHS_SECONDS` has a device that kills it."""


class EngineDeath(Enum):
    """The death of an engine, by what follows it."""

    NEXT = auto()  # another one
    NEXT_WITHOUT_DEVICE = auto()  # another one, which must not open a device
    NONE = auto()  # no other one, for some time


class EngineSupervisor:
    """The engine of a player, or the one after it. Everything is called on one event loop.

    ``opening`` returns the first message to an engine; ``on_start`` is called with one that has just been
    started, to tell it the rest. ``on_event`` gets what the running engine says. ``on_death`` is called
    before the next one is started. ``is_awaited`` says whether the engine has to answer now and then.
    """

    def __init__(
        self,
        opening: Callable[[], bytes],
        on_start: Callable[[EngineProcess], None],
        on_event: Callable[[Event], None],
        on_death: Callable[[EngineDeath], None],
        is_awaited: Callable[[], bool],
        log_file: Path | None,
    ) -> None:
        self._opening = opening
        self._on_start = on_start
        self._on_event = on_event
        self._on_death = on_death
        self._is_awaited = is_awaited
        self._log_file = log_file
        self._loop: asyncio.AbstractEventLoop
        self._engine: EngineProcess | None = None
        self._past: list[EngineProcess] = []  # that have not ended yet
        self._deaths: deque[float] = deque()  # when, on the monotonic clock
        self._has_device = True  # False: the engines kept dying of it
        self._watch: asyncio.TimerHandle | None = None  # when to look whether it has answered

    def start(self) -> None:
        """Start the first engine; called on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._start()

    def leave(self) -> bool:
        """Let the engine end; `close` waits for it. False: there is none."""
        engine, self._engine = self._engine, None
        if engine is None:
            return False
        self._stop_watch()
        engine.close()
        self._past.append(engine)
        return True

    async def close(self) -> None:
        """Wait until every engine has ended: one that hangs for `CLOSE_SECONDS`, then it is killed."""
        for past in self._past:
            if not await asyncio.to_thread(past.join, CLOSE_SECONDS):
                past.kill()
                await asyncio.to_thread(past.join, CLOSE_SECONDS)

    @property
    def is_running(self) -> bool:
        """True if there is an engine."""
        return self._engine is not None

    @property
    def has_device(self) -> bool:
        """False if the engine must do without a device."""
        return self._has_device

    @property
    def pid(self) -> int | None:
        """The engine's process id; None where there is none."""
        return self._engine.pid if self._engine is not None else None

    # messages

    def send(self, message: bytes) -> None:
        """Send in order: audio, and where clips begin and end."""
        if self._engine is not None:
            self._engine.send(message)

    def send_urgent(self, message: bytes) -> None:
        """Send before all that waits to be sent in order."""
        if self._engine is not None:
            self._engine.send_urgent(message)

    def command(self, do: str, **fields: object) -> None:
        """Send a command before all that waits, and expect that the engine answers after it."""
        if self._engine is not None:
            self._engine.send_urgent(wire.command(do, **fields))
            self.expect()

    def drop_ordered(self) -> None:
        """Forget what waits to be sent in order."""
        if self._engine is not None:
            self._engine.drop_ordered()

    def reopen(self) -> None:
        """Open what is wanted now, even if engines have died of the device before."""
        self._has_device = True
        self.send_urgent(self._opening())

    # life and death

    def revive(self) -> bool:
        """Try a device again that killed engines, once it has had time; return True if it is tried."""
        is_tired = not self._has_device or self._engine is None
        if not is_tired or not self._deaths or time.monotonic() - self._deaths[-1] < DEATHS_SECONDS / 2:
            return False
        self._deaths.clear()
        self._has_device = True
        if self._engine is None:
            self._start()
        else:
            self._engine.send_urgent(self._opening())
        return True

    def kill_hung(self) -> None:
        """Kill an engine whose device does not answer: the next one may do better."""
        self._deaths.append(time.monotonic())  # worth two: it has cost so long
        if self._engine is not None:
            self._engine.kill()

    def _start(self) -> None:
        engine = self._engine = EngineProcess(self._on_engine_event, self._on_engine_end, self._log_file)
        self._stop_watch()
        engine.send_urgent(self._opening())
        self._on_start(engine)

    def _on_engine_event(self, engine: EngineProcess, event: Event) -> None:
        if engine is not self._engine:
            return
        if event["ev"] == "pong":
            self._on_answer()
        else:
            self._on_event(event)

    def _on_engine_end(self, engine: EngineProcess) -> None:
        if engine is not self._engine:
            self._past = [past for past in self._past if past is not engine]
            return
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > DEATHS_SECONDS:
            self._deaths.popleft()
        if len(self._deaths) > 2 * DEATHS:
            self._engine = None
            self._on_death(EngineDeath.NONE)
            return
        if len(self._deaths) > DEATHS:
            self._has_device = False
            self._on_death(EngineDeath.NEXT_WITHOUT_DEVICE)
        else:
            self._on_death(EngineDeath.NEXT)
        self._start()

    # does it still answer?

    def expect(self) -> None:
        """Ask for an answer, unless one is still to come or will be asked for."""
        engine = self._engine
        if engine is not None and self._watch is None:
            engine.send_urgent(wire.command("ping"))
            seconds = START_SECONDS if engine.last_event_at is None else ANSWER_SECONDS
            self._look_after(seconds, self._on_no_answer)

    def _on_answer(self) -> None:
        self._stop_watch()
        if self._is_awaited():
            self._look_after(ANSWER_SECONDS, self.expect)

    def _on_no_answer(self) -> None:
        # The answer may be here: after a stall of this process its threads are behind this timer.
        self._look_after(ANSWER_SECONDS / 4, self._on_silence)

    def _on_silence(self) -> None:
        if self._engine is not None:
            self._engine.kill()

    def _look_after(self, seconds: float, look: Callable[[], None]) -> None:
        def call() -> None:
            self._watch = None
            look()

        self._watch = self._loop.call_later(seconds, call)

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
