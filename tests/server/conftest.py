"""A real server process, and a client that knows of the protocol what its schema says and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.server.by_hand import STOP, packed, start, text, unpacked

ROOT = Path(__file__).resolve().parents[2]
KEY = "a-key-for-tests"
PLAIN = "/v1/tts/live"
TIMED = "/v1/tts/live/with-timestamp"
TWELVE_WORDS = "Please read this short caption aloud so that everyone here can follow."


@dataclass(frozen=True)
class Served:
    """Where a server is."""

    url: str
    process: subprocess.Popen[str] | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}"}

    def socket(
        self, path: str = TIMED, headers: dict[str, str] | None = None
    ) -> AbstractAsyncContextManager[ClientConnection]:
        sent = self.headers if headers is None else headers
        return connect(
            self.url.replace("http", "ws") + path,
            additional_headers=sent,
            compression=None,
            max_size=None,
            proxy=None,
        )


def begin_server(*arguments: str, key: str = KEY) -> Served:
    """Start `fishcaption serve` on a free port; it listens when this returns."""
    command = [sys.executable, "-m", "fishcaption.server", "--port", "0", "--key", key, *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=dict(os.environ)
    )
    assert process.stdout is not None
    return Served(process.stdout.readline().strip(), process)


def end_server(served: Served) -> None:
    process = served.process
    assert process is not None
    assert process.stdout is not None
    process.terminate()
    process.stdout.close()
    process.wait(20)


def servers(folder: Path) -> list[psutil.Process]:
    """The processes that programs share whose runtime folder this is."""
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if any(str(folder) in part for part in line) and "--shared" in line:
            found.append(process)
    return found


def end_shared(folder: Path) -> None:
    """End those that still wait for a next user."""
    for process in servers(folder):
        with suppress(psutil.NoSuchProcess):
            process.terminate()
        process.wait(15)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One server for all tests that do not ask for another."""
    served = begin_server()
    yield served
    end_server(served)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Servers with arguments of the test's own."""
    begun: list[Served] = []

    def begin(*arguments: str) -> Served:
        begun.append(begin_server(*arguments))
        return begun[-1]

    yield begin
    for one in begun:
        end_server(one)


@dataclass
class Said:
    """What came of one session."""

    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def audio(self) -> bytes:
        return b"".join(event["audio"] for event in self.events if event["event"] == "audio")

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == "audio"]

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]

    def words(self) -> list[tuple[str, float, float]]:
        """The words of the last snapshot of every chunk, in seconds of the session."""
        newest: dict[int, list[tuple[str, float, float]]] = {}
        for frame in self.frames:
            if frame["alignment"] is not None:
                offset = frame["chunk_audio_offset_sec"]
                newest[frame["chunk_seq"]] = [
                    (one["text"], offset + one["start"], offset + one["end"])
                    for one in frame["alignment"]["segments"]
                ]
        return [word for seq in sorted(newest) for word in newest[seq]]


async def rest_of(socket: ClientConnection) -> Said:
    """Every event up to the one that ends the session."""
    said = Said()
    while True:
        data = await socket.recv()
        assert isinstance(data, bytes)
        said.events.append(unpacked(data))
        if said.last["event"] in ("finish", "error"):
            return said


async def say(socket: ClientConnection, words: str, **request: Any) -> Said:
    """One whole session."""
    await socket.send(start(**request))
    await socket.send(text(words))
    await socket.send(STOP)
    return await rest_of(socket)


@asynccontextmanager
async def session(served: Served, path: str = TIMED, **request: Any) -> AsyncIterator[ClientConnection]:
    """A socket on which a session is begun."""
    async with served.socket(path) as socket:
        await socket.send(start(**request))
        yield socket


__all__ = ["KEY", "PLAIN", "TIMED", "Said", "Served", "packed", "rest_of", "say", "session"]
