"""Covers and samples: from the service's own places only, bounded, without the key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fishcaption.core.errors import ConnectionLost, FishCaptionError, Forbidden, InputError, ProtocolError
from fishcaption.fish.downloads import MOST_COVER_BYTES, Downloads
from fishcaption.fish.endpoint import Endpoint

PICTURE = b"\x89PNG" + bytes(1000)


class Files:
    """A real server of files, which may lie; it remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[bytes] = []
        self.at_once = self.most_at_once = 0
        self.release, self.four = asyncio.Event(), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(request)
        path = request.split()[1].decode()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.at_once == 4:
            self.four.set()
        if path.startswith("/wait"):
            await self.release.wait()
        head, body = {
            "/page": ("200 OK\r\nContent-Type: text/html", b"<html>"),
            "/gone": ("403 Forbidden", b"<Error>expired</Error>"),
            "/ill": ("500 Oh", b""),
            "/empty": ("200 OK", b""),
            "/large": ("200 OK\r\nContent-Type: image/png", PICTURE * 1000),
            "/moved": ("302 Found\r\nLocation: /cover", b""),
            "/away": ("302 Found\r\nLocation: http://127.0.0.1:9/secret", b""),
            "/nowhere": ("302 Found\r\nLocation: http://[", b""),
            "/loop": ("302 Found\r\nLocation: /loop", b""),
        }.get(path, ("200 OK\r\nContent-Type: image/png", PICTURE))
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
        try:
            writer.write(body)
            await writer.drain()
        except ConnectionError:
            pass
        self.at_once -= 1
        writer.close()


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    made = Files()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made


@asynccontextmanager
async def downloads(url: str) -> AsyncIterator[Downloads]:
    async def endpoint() -> Endpoint:
        return Endpoint(url, "a-key-of-mine")

    async with Downloads(endpoint, timeout_seconds=5) as made:
        yield made


@pytest.mark.parametrize("path", ["/cover", "/moved"])
async def test_a_file_is_fetched_without_the_key(files: Files, path: str) -> None:
    async with downloads(files.url) as made:
        assert await made.cover(files.url + path) == PICTURE
    assert not any(b"a-key-of-mine" in request for request in files.asked)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/page", ProtocolError),
        ("/gone", Forbidden),
        ("/ill", FishCaptionError),
        ("/empty", ProtocolError),
        ("/large", ProtocolError),
        ("/away", InputError),
        ("/nowhere", InputError),
        ("/loop", ProtocolError),
    ],
)
async def test_what_is_no_file_of_ours_is_an_error(
    files: Files, path: str, error: type[FishCaptionError]
) -> None:
    async with downloads(files.url) as made:
        with pytest.raises(error):
            await made.cover(files.url + path)


async def test_four_covers_are_fetched_at_once_and_others_wait(files: Files) -> None:
    async with downloads(files.url) as made, asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(made.cover(f"{files.url}/wait{n}")) for n in range(9)]
        await asyncio.wait_for(files.four.wait(), 5)
        files.release.set()
        await asyncio.gather(*asked)
    assert files.most_at_once == 4
    assert len(PICTURE) < MOST_COVER_BYTES


@pytest.mark.parametrize(
    "url",
    [
        "http://public-platform.r2.fish.audio/cover",
        "https://fish.audio.example/cover",
        "https://evilfish.audio/cover",
        "https://fish.audio:8443/cover",
        "https://user@fish.audio/cover",
        "https://127.0.0.1/cover",
        "https://[::1]/cover",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "//fish.audio/cover",
        "https://[/",
        "https://xn--a.fish.audio/cover",
        "https://a..fish.audio/cover",
        "https://fish.audio/a\x00cover",
        "",
    ],
)
async def test_another_place_is_never_asked(url: str) -> None:
    async with downloads("https://api.fish.audio") as made:
        with pytest.raises(InputError):
            await made.sample(url)


async def test_nobody_there_is_a_lost_connection(free_port: int) -> None:
    async with downloads(f"http://127.0.0.1:{free_port}") as made:
        with pytest.raises(ConnectionLost):
            await made.sample(f"http://127.0.0.1:{free_port}/a")
