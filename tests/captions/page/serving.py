"""A running web server of the audience's page, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from fishcaption.captions.display import Display
from fishcaption.captions.page.access import Keys
from fishcaption.captions.page.messages import Messages
from fishcaption.captions.page.options import PageOptions
from fishcaption.captions.page.server import PageServer
from fishcaption.core.audience import Mode

READERS, OPERATOR = "r" * 22, "o" * 22


class Serving:
    """A running server, and what it told the app."""

    def __init__(self, options: PageOptions) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        keys = Keys(READERS, OPERATOR, options.is_control_public, frozenset({"hall.example"}))
        self.server = PageServer(options, keys, self.told.put_nowait)
        self.server.begin("http://here", [], {})
        self.until = asyncio.Event()
        self.messages = Messages()
        self.mode: Mode = "word"
        self.port = 0

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """The readers' address."""
        return f"http://{self.place}/c/{READERS}"

    def show(self, display: Display) -> None:
        """Show this to the readers."""
        self.server.publish(self.messages.take(display, self.mode))

    async def event(self, kind: str) -> dict[str, Any]:
        """Return the next event of this kind; those before it are gone."""
        while (event := await self.told.get())["ev"] != kind:
            pass
        return event

    @asynccontextmanager
    async def reader(self, path: str = f"/c/{READERS}/live", **more: Any) -> AsyncIterator[ClientConnection]:
        """Connect as a reader does."""
        async with connect(f"ws://{self.place}{path}", proxy=None, compression=None, **more) as reader:
            yield reader

    async def get(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Return the answer to a request."""
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.request(method, f"http://{self.place}{path}", **more)


@asynccontextmanager
async def serving(patience_seconds: float = 100, **options: Any) -> AsyncIterator[Serving]:
    """Serve on a free port until this is left."""
    one = Serving(PageOptions(port=0, **options))
    async with asyncio.timeout(patience_seconds), asyncio.TaskGroup() as tasks:
        tasks.create_task(one.server.run(one.until))
        one.port = (await one.event("ready"))["port"]
        try:
            yield one
        finally:
            one.until.set()


async def received(reader: ClientConnection) -> dict[str, Any]:
    """Return a reader's next message."""
    message: dict[str, Any] = json.loads(await reader.recv())
    return message
