"""Readers of the audience's page, in a process of their own: as many as wanted, each as cheap as it can be.

    python -m benchmarks.page_readers PORT PATH READERS STUCK

They speak WebSocket by hand: a library's own work would be most of what is measured. One line on standard
output says that all have joined; at the end of standard input the last one has, for each message's id, when
each reader had it (`time.perf_counter`). ``STUCK`` more of them join and take nothing from then on.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections import defaultdict
from time import perf_counter

_ID = re.compile(rb'^{"id":(\d+)')
_PONG = bytes([0x8A, 0x80, 0, 0, 0, 0])
_AT_ONCE = 100  # that join at a time


class Reader(asyncio.Protocol):
    """One reader. Frames of a server are not masked: a head of two or four bytes, and the message."""

    def __init__(self, head: bytes, took: dict[int, list[float]]) -> None:
        self._head = head
        self.took = took
        self._rest = b""
        self._is_open = False
        self.transport: asyncio.Transport
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.is_lost = True
        if not self.joined.done():
            self.joined.set_exception(exc or ConnectionResetError("refused"))

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        now = perf_counter()
        self._rest += data
        if not self._is_open:
            answer, gap, rest = self._rest.partition(b"\r\n\r\n")
            if not gap:
                return
            if not answer.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
            self._is_open, self._rest = True, rest
        while len(self._rest) >= 2:
            length, start = self._rest[1], 2
            if length == 126:
                length, start = int.from_bytes(self._rest[2:4], "big"), 4
            if len(self._rest) < start + length:
                return
            self.take(self._rest[0] & 15, self._rest[start : start + length], now)
            self._rest = self._rest[start + length :]

    def take(self, kind: int, message: bytes, now: float) -> None:
        """Take a frame of the server's."""
        if kind == 9:
            self.transport.write(_PONG)
        elif kind == 1:
            if not self.joined.done():
                self.joined.set_result(None)
            elif found := _ID.match(message):
                self.took[int(found[1])].append(now)


async def run(port: int, path: str, count: int, stuck: int, make: type[Reader] = Reader) -> None:
    """Let so many readers join and read, until standard input ends."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Origin: http://127.0.0.1:{port}\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    took: dict[int, list[float]] = defaultdict(list)
    readers: list[Reader] = []
    for begin in range(0, count, _AT_ONCE):
        group = [make(head, took) for _ in range(min(_AT_ONCE, count - begin))]
        for reader in group:
            await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)  # type: ignore[misc]  # a default
        await asyncio.gather(*(reader.joined for reader in group))
        readers += group
    for _ in range(stuck):
        ear = socket.socket()
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ear.connect(("127.0.0.1", port))
        ear.setblocking(False)
        reader = make(head, defaultdict(list))
        transport, _ = await loop.create_connection(lambda reader=reader: reader, sock=ear)  # type: ignore[misc]  # a default
        await reader.joined
        transport.pause_reading()
    print("joined", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    lost = sum(reader.is_lost for reader in readers)
    print(json.dumps({"took": took, "lost": lost}), flush=True)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
