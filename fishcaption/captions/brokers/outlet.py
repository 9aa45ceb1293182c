"""The outlet for a broker, whichever it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Final, NamedTuple, Protocol

from fishcaption.captions.brokers.messages import CueMessages
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState, Retries, Tell
from fishcaption.core.audience import OutletConfig

RETRY_SECONDS: Final = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Seconds until the next try to reach the broker; the last one for ever."""

_LEAVE_SECONDS: Final = 2.0

NOW, HISTORY = "now", "history"


class BrokerGone(Exception):
    """The broker is not there or does not answer: it may come back."""


class BrokerRefused(Exception):
    """The broker refused us: the user has to do something. The text is a sentence that says what."""


class Message(NamedTuple):
    """The newest message of a topic."""

    topic: str
    payload: bytes


class Broker(Protocol):
    """An open connection to a broker."""

    async def publish(self, messages: Sequence[Message], /) -> None:
        """Have the broker keep these, in order, as the newest of their topics; return when it has them all.

        Raises BrokerGone, BrokerRefused.
        """
        ...

    async def closed(self) -> None:
        """Wait until the connection is closed."""
        ...


Connect = Callable[[], AbstractAsyncContextManager[Broker]]


class BrokerOutlet:
    """`captions.outlet.Outlet` that publishes to the broker that `connect` connects to."""

    def __init__(
        self,
        config: OutletConfig,
        tell: Tell,
        connect: Connect,
        *,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        self._mode = config.mode
        self._tell_state = tell
        self._connect = connect
        self._retries = Retries(retry_seconds)
        self._messages = CueMessages()
        self._newest: dict[str, bytes] = {}
        self._due: set[str] = set()  # topics whose newest message the broker may not have
        self._moment: float | None = None  # when the caption's first word was heard
        self._line = ""
        self._changed = asyncio.Event()
        self._state = OutletState(Light.WAITING, "")

    # -- captions.outlet.Outlet --------------------------------------------------------------------

    def show(self, display: Display) -> None:
        """Show this from now on."""
        if (told := self._messages.take(display, self._mode)) is None:
            return
        self._put(NOW, told.now)
        if told.history is not None:
            self._put(HISTORY, told.history)
        if display.cue is not None:
            self._line = " ".join(display.cue.lines)
        is_new = display.cue is not None and display.cue.heard <= 1
        self._moment = display.cue.moment if display.cue is not None and is_new else None

    async def run(self) -> None:
        """Keep the broker at what is shown, until cancelled; leave an empty caption there."""
        while True:
            try:
                async with self._connect() as broker:
                    self._retries.begin_anew()
                    await self._stay(broker)
            except BrokerGone:
                self._tell(
                    Light.WAITING,
                    "The broker does not answer. Check its address. It is tried again and again; "
                    "no caption is lost.",
                )
            except BrokerRefused as refusal:
                self._tell(Light.TROUBLE, str(refusal))
            await self._retries.wait()

    # -- inside ------------------------------------------------------------------------------------

    def _put(self, topic: str, payload: str) -> None:
        self._newest[topic] = payload.encode("utf-8", "replace")
        self._due.add(topic)
        self._changed.set()

    async def _stay(self, broker: Broker) -> None:
        """Publish what is new until the broker goes. Raises BrokerGone, BrokerRefused."""
        self._due = set(self._newest)  # it may have lost what it had
        is_closed = asyncio.Event()
        refusal: BrokerRefused | None = None
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._watch(broker, is_closed))
            try:
                await self._publish_all(broker, is_closed)
            except BrokerGone:
                pass  # raised below: from here it would come in a group
            except BrokerRefused as error:
                refusal = error
            except asyncio.CancelledError:  # the end; after a break the caption goes on standing there
                await self._leave(broker)
                raise
            finally:
                watch.cancel()
        raise refusal or BrokerGone

    async def _watch(self, broker: Broker, is_closed: asyncio.Event) -> None:
        await broker.closed()
        is_closed.set()
        self._changed.set()

    async def _publish_all(self, broker: Broker, is_closed: asyncio.Event) -> None:
        self._tell(Light.ON, "The broker takes the captions.")
        while not is_closed.is_set():
            self._changed.clear()
            while self._due:
                due, self._due = self._due, set()
                moment = self._moment
                is_taken = False
                try:
                    await broker.publish(self._in_order(due))
                    is_taken = True
                finally:
                    self._due |= set() if is_taken else due
                lag = 0.0 if moment is None else max(0.0, time.perf_counter() - moment)
                self._tell(Light.ON, "The broker takes the captions.", lag)
            await self._changed.wait()

    def _in_order(self, topics: set[str]) -> list[Message]:
        """The history comes first: readers who have missed a caption look there when the next one comes."""
        return [Message(topic, self._newest[topic]) for topic in (HISTORY, NOW) if topic in topics]

    async def _leave(self, broker: Broker) -> None:
        """Leave no caption standing there, as far as the broker still listens."""
        with suppress(BrokerGone, BrokerRefused, TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS):
                self.show(Display())
                await broker.publish(self._in_order(self._due))

    def _tell(self, light: Light, words: str, lag_seconds: float = 0.0) -> None:
        state = OutletState(light, words, self._line, lag_seconds)
        if state != self._state:
            self._state = state
            self._tell_state(state)
