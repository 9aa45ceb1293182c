"""Services that take captions, on real sockets, with the faults that the real ones have.

A service's class takes a request and returns a reply; how a reply goes wrong on its way is done here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, urlsplit

TOKEN = "tok3n-0123456789"


@dataclass
class Got:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        fields = parse_qs(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=True)
        return {name: values[-1] for name, values in fields.items()}


@dataclass
class Reply:
    """An answer, and how it goes out."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: Literal["whole", "hang", "cut", "garbage", "endless"] = "whole"


Fault = int | Literal["hang", "cut", "garbage", "endless", "taken, then hang", "taken, then cut"]


class Service:
    """A service that takes everything. Each fault is for one request, in order; the rest goes well."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.faults: deque[Fault] = deque()
        self.came = asyncio.Condition()

    def take(self, request: Got) -> Reply:
        """Do with a request what this service does."""
        return Reply()

    def reply(self, request: Got) -> Reply:
        self.got.append(request)
        if not self.faults or (request.method == "GET" and request.path.endswith("/seq")):
            return self.take(request)
        fault = self.faults.popleft()
        if isinstance(fault, int):
            return Reply(fault, self.words(fault))
        if fault.startswith("taken"):
            self.take(request)
        manner = fault.removeprefix("taken, then ")
        return Reply(manner=manner)  # type: ignore[arg-type]  # one of them

    def words(self, status: int) -> bytes:
        return b""

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until this is so, after some request."""
        async with asyncio.timeout(10), self.came:
            await self.came.wait_for(condition)


@asynccontextmanager
async def serving(service: Service, port: int = 0) -> AsyncIterator[str]:
    """Serve on loopback; the address is without a path."""
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections[task] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (request := await _request(reader)) is not None:
                reply = service.reply(request)
                async with service.came:
                    service.came.notify_all()
                if not await _answer(writer, reply, reader):
                    break
        writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.gather(*connections)
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader) -> Got | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(method, target, headers, body)


async def _answer(writer: asyncio.StreamWriter, reply: Reply, reader: asyncio.StreamReader) -> bool:
    """Send the reply; False: the connection ends with it."""
    if reply.manner == "cut":
        writer.transport.abort()
        return False
    if reply.manner == "hang":  # until the other side gives up
        await reader.read()
        return False
    if reply.manner == "garbage":
        writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
        await writer.drain()
        return False
    headers = {"Content-Length": str(len(reply.body)), **reply.headers}
    if reply.manner == "endless":
        headers = {"Content-Type": "text/plain"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {reply.status} Whatever\r\n{lines}\r\n".encode() + reply.body)
    await writer.drain()
    while reply.manner == "endless":
        writer.write(b"x" * 65536)
        await writer.drain()
    return True


class ZoomService(Service):
    """Lines with numbers: each once, none left out, none while the meeting has not begun."""

    def __init__(self) -> None:
        super().__init__()
        self.is_started = True
        self.is_expired = False
        self.last = 0
        self.shown: list[str] = []

    def take(self, request: Got) -> Reply:
        query = request.query
        if self.is_expired or query.get("signature") != TOKEN:
            return Reply(403)
        if request.method == "GET" and request.path == "/closedcaption/seq":
            return Reply(200, str(self.last).encode())
        if request.method != "POST":
            return Reply(405)
        if not self.is_started:
            return Reply(400)
        if not query.get("seq", "").isdigit() or int(query["seq"]) > self.last + 1:
            return Reply(403)
        if int(query["seq"]) == self.last + 1:  # else it is there already
            self.last += 1
            self.shown.append(request.text)
        return Reply()


class YouTubeService(Service):
    """Captions with times, in UTC; ``skew`` is how far its clock is ahead of this computer's."""

    def __init__(self, skew_seconds: float = 0.0) -> None:
        super().__init__()
        self.skew_seconds = skew_seconds
        self.tells_time = True
        self.last = 0
        self.shown: list[tuple[float, str]] = []  # how long ago, and the text
        self.late = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skew_seconds)

    def take(self, request: Got) -> Reply:
        now = self.now()
        said = now.isoformat(timespec="milliseconds").removesuffix("+00:00").encode()
        headers = {"Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        reply = Reply(200, said if self.tells_time else b"", headers)
        number = int(request.query["seq"])
        if number <= self.last:
            return reply
        self.last = number
        lines = request.text.removesuffix("\n").split("\n")
        assert len(lines) % 2 == 0
        for stamp, text in zip(lines[::2], lines[1::2], strict=True):
            age = (now - datetime.fromisoformat(f"{stamp}+00:00")).total_seconds()
            if abs(age) > 60:
                self.late += 1
            else:
                self.shown.append((age, text))
        return reply


class TeamsService(Service):
    """Every request is a line. It says what is wrong in its body."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Literal["started", "not started", "expired"] = "started"
        self.shown: list[str] = []

    def take(self, request: Got) -> Reply:
        if request.query.get("token") != TOKEN or self.state == "expired":
            return Reply(401)
        if self.state == "not started":
            return Reply(404)
        if not request.query.get("lang") or request.headers["content-type"] != "text/plain; charset=utf-8":
            return Reply(400, b"bad request")
        self.shown.append(request.text)
        return Reply()

    def words(self, status: int) -> bytes:
        return b"The meeting is \x1b[31mnot\nallowed to." if status == 400 else b""


class StreamTextService(Service):
    """A text that is written and deleted, in the order of the numbers, each once."""

    def __init__(self) -> None:
        super().__init__()
        self.last = 0
        self.text = ""

    def take(self, request: Got) -> Reply:
        number = int(request.query["seq"])
        assert number <= self.last + 1
        if number == self.last + 1:
            self.last = number
            for letter in request.text:
                self.text = self.text[:-1] if letter == "\x08" else self.text + letter
        return Reply()


class VMixService(Service):
    """Titles with their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = {"Captions": {"Headline.Text": "Headline"}}

    def take(self, request: Got) -> Reply:
        query = request.query
        if request.path != "/API/" or query.get("Function") != "SetText":
            return Reply(404)
        title = self.titles.get(query["Input"], {})
        if query["SelectedName"] not in title:
            return Reply(500, b"Input or field not found")
        title[query["SelectedName"]] = query["Value"]
        return Reply(200, b"Function completed successfully.")
