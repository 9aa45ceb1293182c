"""Whoever has no key: how far they come, for how long, and how many of them; on real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import httpx
import psutil
import pytest

from fishcaption.core.secrecy import (
    PROOF_HEADER,
    answer,
    claim,
    claimed_nonce,
    is_answer,
    is_claim,
    without_keys,
)
from fishcaption.server import gate as module
from fishcaption.server.gate import Gate, refusal
from fishcaption.server.serve import _listen, _most_files, most_waiting
from tests.server.conftest import KEY, Served, begin_server, end_server

NONCE = "0123456789abcdef0123"
RIGHT = {"host": "127.0.0.1:80", "authorization": f"Bearer {KEY}"}
CLAIM = claim(KEY, NONCE)


def test_an_answer_is_not_held_back_for_the_next_packet() -> None:
    """asyncio sets TCP_NODELAY only where the socket tells its protocol: else an answer takes 40 ms more."""
    with _listen(0) as listener, socket.create_connection(listener.getsockname()) as client:
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
        assert client.getpeername() == listener.getsockname()


# --- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, None),
        ({"authorization": f"bearer  {KEY} "}, None),
        ({"authorization": CLAIM}, None),
        ({"host": "localhost:1"}, None),
        ({"host": "LOCALHOST"}, None),
        ({"host": "[::1]:80"}, None),
        ({"origin": "http://127.0.0.1:80"}, None),  # a client that names the server itself
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": f"Bearer {KEY}x"}, 401),
        ({"authorization": f"Bearer {KEY[:-1]}"}, 401),
        ({"authorization": f"Basic {KEY}"}, 401),
        ({"authorization": KEY}, 401),
        ({"authorization": "Bearer \x80\xff"}, 401),
        ({"authorization": claim(f"{KEY}x", NONCE)}, 401),
        ({"authorization": CLAIM.replace("0123", "0124")}, 401),
        ({"authorization": f"FishCaption-Proof {KEY}"}, 401),
        ({"authorization": f"FishCaption-Proof {NONCE} {answer(KEY, NONCE)}"}, 401),  # told back to its maker
        ({"authorization": f"{CLAIM} more"}, 401),
        ({"host": "rebound.example:80"}, 403),
        ({"host": "127.0.0.1.example"}, 403),
        ({"host": ""}, 403),
        ({"host": "[::1"}, 403),
        ({"host": "127.0.0.1@evil.example"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:81"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
    ],
)
def test_who_may(changed: dict[str, str], status: int | None) -> None:
    why = refusal({**RIGHT, **changed}, KEY)
    assert (why.status if why else None) == status


def test_each_side_proves_the_key_and_neither_shows_it() -> None:
    assert claimed_nonce(CLAIM) == NONCE
    assert is_claim(CLAIM, KEY)
    assert is_answer(answer(KEY, NONCE), KEY, NONCE)
    assert KEY not in CLAIM + answer(KEY, NONCE)
    for wrong in ("", "0" * 64, answer(KEY, NONCE + "1"), answer("other", NONCE), CLAIM.split()[2], "ü"):
        assert not is_answer(wrong, KEY, NONCE)
    for wrong in ("", "FishCaption-Proof", "FishCaption-Proof short 00", f"FishCaption-Proof {NONCE} ü"):
        assert not is_claim(wrong, KEY)


def test_no_key_is_handed_on() -> None:
    given = {"FISH_API_KEY": "a", "Fish_Api_Key": "b", "FISHCAPTION_SERVE_KEY": "c", "PATH": "/bin"}
    assert without_keys(given) == {"PATH": "/bin"}


# --- the gate --------------------------------------------------------------------------------------------


class Inside(asyncio.Protocol):
    """What is behind the gate: says that somebody has come in, and what came with them."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"in: " + data)


@asynccontextmanager
async def gated(
    seconds: float = 5.0, most: int = 100
) -> AsyncIterator[Callable[[bytes], Awaitable[Visitor]]]:
    gate = Gate(KEY, seconds=seconds, most=most)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: gate.protocol(Inside), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    visitors: list[Visitor] = []

    async def visit(said: bytes) -> Visitor:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        visitors.append(Visitor(reader, writer))
        writer.write(said)
        return visitors[-1]

    try:
        yield visit
    finally:
        for visitor in visitors:
            visitor.writer.transport.abort()
        gate.close()
        server.close()
        await server.wait_closed()


class Visitor:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def all(self) -> bytes:
        """What was answered until the other side closed; it does within ten seconds."""
        try:
            return await asyncio.wait_for(self.reader.read(), 10)
        except ConnectionResetError:
            return b""


REQUEST = f"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
WRONG = REQUEST.replace(KEY.encode(), b"wrong")
TLS = bytes.fromhex("16030100c8010000c40303") + bytes(200)


async def test_line_ends_may_be_bare() -> None:
    async with gated() as visit:
        visitor = await visit(REQUEST.replace(b"\r", b""))
        assert await visitor.reader.readexactly(4) == b"in: "


async def test_who_shows_the_key_is_in_with_all_that_came() -> None:
    async with gated(seconds=1.0) as visit:
        visitor = await visit(REQUEST[:20])
        for at in range(20, len(REQUEST)):  # as slowly as it likes within its time
            visitor.writer.write(REQUEST[at : at + 1])
        visitor.writer.write(b"body")
        expected = b"in: " + REQUEST
        assert (await visitor.reader.readexactly(len(expected))) == expected
        await asyncio.sleep(1.2)  # its time is over, and it stays
        visitor.writer.write(b"more")
        assert b"more" in await visitor.reader.readuntil(b"more")


@pytest.mark.slow
@pytest.mark.logs("without the right key")
@pytest.mark.parametrize(
    ("said", "answered"),
    [
        (b"", b""),
        (REQUEST[:-2], b""),
        (TLS, b""),
        (b"\r\n\r\n", b"HTTP/1.1 403 "),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000, b"HTTP/1.1 431 "),
        (WRONG.replace(b"\r", b""), b"HTTP/1.1 401 "),
        (WRONG, b"HTTP/1.1 401 "),
        (WRONG + b"x" * 1_000_000, b"HTTP/1.1 401 "),  # the answer comes all the same
        (b"GET / HTTP/1.1\r\n\xff\xfe: \x00\r\nno colon\r\n: none\r\n\r\n", b"HTTP/1.1 403 "),
    ],
)
async def test_who_does_not_is_away_when_the_time_is_over(said: bytes, answered: bytes) -> None:
    async with gated(seconds=1.0) as visit:
        began = perf_counter()
        told = await (await visit(said)).all()
        assert told.startswith(answered) if answered else told == b""
        assert perf_counter() - began < 5


@pytest.mark.logs("without the right key")
async def test_who_has_waited_longest_makes_room() -> None:
    async with gated(most=3) as visit:
        idle = [await visit(b"GET ") for _ in range(3)]
        inside = await visit(REQUEST)  # there are three before it
        assert (await inside.reader.readexactly(4)) == b"in: "
        assert await idle[0].all() == b""
        assert not any(one.reader.at_eof() for one in idle[1:])


@pytest.mark.logs("Refused a connection", "Refused 49 more")
async def test_the_log_tells_of_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLD_SECONDS", 0.5)
    async with gated() as visit:
        for visitor in [await visit(WRONG) for _ in range(50)]:
            assert b"401" in await visitor.all()
        await asyncio.sleep(0.6)


@pytest.mark.parametrize(("files", "most"), [(None, 2000), (20_000, 2000), (1024, 341), (256, 85), (1, 1)])
def test_those_without_a_key_never_use_up_the_files(files: int | None, most: int) -> None:
    assert most_waiting(files) == most


# --- the real server -------------------------------------------------------------------------------------


@pytest.fixture
def crowded() -> Served:
    return begin_server()


@pytest.mark.slow
async def test_hundreds_who_have_the_key_come_in_at_once(crowded: Served) -> None:
    """All of them connect before the first of them says anything."""
    port = int(crowded.url.rpartition(":")[2])
    people = min(500, most_waiting(_most_files()))
    request = REQUEST.replace(b"GET /x", b"GET /model/heart")

    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            return await reader.read(12)
        finally:
            writer.transport.abort()

    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(ask()) for _ in range(people)]
        assert {task.result() for task in asked} == {b"HTTP/1.1 200"}
    finally:
        end_server(crowded)


@pytest.mark.slow
async def test_a_crowd_without_a_key_does_not_keep_out_who_has_it(crowded: Served) -> None:
    """600 idle connections: it answers, and has closed them when their time is over."""
    host, port = "127.0.0.1", int(crowded.url.rpartition(":")[2])
    assert crowded.process is not None
    crowd: list[socket.socket] = []
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5, verify=False) as http:
            for number in range(600):
                crowd.append(socket.create_connection((host, port)))
                if number % 60 == 0:
                    answered = await http.get(f"{crowded.url}/model", headers=crowded.headers)
                    assert answered.status_code == 200
        server = psutil.Process(crowded.process.pid)
        async with asyncio.timeout(4 * module.KEY_SECONDS):
            while len(await asyncio.to_thread(server.net_connections)) > 50:  # noqa: ASYNC110  of another process
                await asyncio.sleep(0.2)
    finally:
        for one in crowd:
            one.close()
        end_server(crowded)


def test_a_client_that_proves_its_key_is_answered_with_a_proof(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), 10) as connection:
        upgrade = (
            "GET /v1/tts/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Authorization: {CLAIM}\r\n\r\n"
        )
        connection.sendall(upgrade.encode())
        told = connection.recv(65536).decode("latin-1")
    assert told.startswith("HTTP/1.1 101 ")
    assert f"{PROOF_HEADER}: {answer(KEY, NONCE)}\r\n" in told.lower()
