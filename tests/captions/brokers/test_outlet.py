"""The outlet for a broker before one that does not answer, stays connected, and answers later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fishcaption.captions.brokers.outlet import NOW, Broker, BrokerGone, BrokerOutlet, Message
from fishcaption.captions.display import Display
from fishcaption.core.audience import OutletConfig
from tests.captions.outlets import Row, cue, running


class Slow:
    """A broker that takes the first messages, then lets one go without an answer, then takes all."""

    def __init__(self) -> None:
        self.newest: dict[str, Any] = {}
        self.connections = 0
        self.is_deaf = False
        self.news = asyncio.Condition()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Broker]:
        self.connections += 1
        yield self

    async def publish(self, messages: Sequence[Message], /) -> None:
        if self.is_deaf:
            self.is_deaf = False
            raise BrokerGone
        async with self.news:
            self.newest |= {message.topic: json.loads(message.payload) for message in messages}
            self.news.notify_all()

    async def closed(self) -> None:
        await asyncio.Event().wait()

    async def until_line(self, line: str) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: line in json.dumps(self.newest.get(NOW)))


async def test_the_caption_stands_there_again_after_an_answer_that_did_not_come() -> None:
    broker = Slow()
    config = OutletConfig("nats-1", "nats", "NATS", mode="pop-on")
    outlet = BrokerOutlet(config, Row().tell, broker.connected, retry_seconds=(0.0,))
    async with running(outlet):
        outlet.show(Display(cue(1, "Before.")))
        await broker.until_line("Before.")
        broker.is_deaf = True
        outlet.show(Display(cue(2, "Meanwhile.")))
        await broker.until_line("Meanwhile.")
        assert broker.connections == 2
    assert broker.newest[NOW]["cue"] is None  # nothing stands there after the end
