"""Whatever a client sends that is no request: an answer that says so, no traceback, and no time lost."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx
import ormsgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fishcaption.server.request import BadRequest, decode, parse
from tests.server.by_hand import STOP, packed, start, text, unpacked
from tests.server.conftest import KEY, PLAIN, ROOT, TIMED, TWELVE_WORDS

MANY_DIGITS = "9" * 5000
BEARER = {"Authorization": f"Bearer {KEY}"}


# --- the reading of a request ----------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "text", "reference_id", "references", "temperature", "top_p", "prosody", "chunk_length", "normalize",
        "min_chunk_length", "format", "sample_rate", "mp3_bitrate", "opus_bitrate", "latency", "speed",
    ]
)  # fmt: skip
EXTREMES = st.sampled_from(
    [
        "\ud800",
        "pcm\udfff",
        10**400,
        -(10**400),
        10**18,
        1e308,
        float("nan"),
        float("inf"),
        2**63,
        -0.0,
        "x" * 9999,
    ]
)


@given(st.dictionaries(FIELDS, VALUES | EXTREMES) | VALUES)
def test_a_request_is_taken_or_refused_in_words_that_can_be_sent(body: Any) -> None:
    if isinstance(body, dict):
        body.setdefault("text", "a")
    told = ""
    try:
        parse(body)
    except BadRequest as error:
        told = str(error)
    told.encode()
    assert len(told) < 500


@pytest.mark.parametrize("kind", ["application/json", "application/msgpack", "", "text/\x00"])
@given(data=st.binary(max_size=200))
def test_a_body_is_read_or_no_body_of_its_kind(kind: str, data: bytes) -> None:
    with suppress(ValueError):
        decode(data, kind)


# --- the server ------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A server whose log is kept."""

    url: str
    process: subprocess.Popen[bytes]
    log: io.BytesIO

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.url.rpartition(":")[2])

    def said(self) -> str:
        return self.log.getvalue().decode()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    command = [sys.executable, "-m", "fishcaption.server", "--port", "0", "--key", KEY]
    log = io.BytesIO()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stderr is not None
    errors = process.stderr
    reader = threading.Thread(target=lambda: [log.write(line) for line in errors], name="its log")
    reader.start()
    yield Server(process.stdout.readline().decode().strip(), process, log)
    process.terminate()
    process.wait(20)
    reader.join()
    process.stdout.close()
    errors.close()
    assert re.findall(r"(?ms)^(?:ERROR|CRITICAL|Traceback).*", log.getvalue().decode()) == []


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=server.url, headers=BEARER, timeout=60, trust_env=False, verify=False
    ) as client:
        yield client


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "a", "format": "\\ud800"}',
        b'{"text": "a", "latency": "\\udfff\\ud800"}',
        b'{"text": "a", "reference_id": "\\ud800"}',
        b'{"text": "a", "sample_rate": %s}' % (b"9" * 400),
        b'{"text": "a", "mp3_bitrate": -%s}' % (b"9" * 400),
        b'{"text": "a", "opus_bitrate": %s}' % (b"9" * 5000),
        b'{"text": "a", "temperature": %s}' % (b"9" * 400),
        b'{"text": "a", "temperature": NaN}',
        b'{"text": "a", "top_p": 1e999}',
        b'{"text": "a", "prosody": {"speed": %s}}' % (b"9" * 400),
        b'{"text": "a", "chunk_length": 1e400}',
        b'{"text": %s}' % (b"9" * 5000),
        b"[" * 100_000,
        b'{"text": "a", "references": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
        b"[" + b"0," * 2_000_000 + b"0]",
        b"\xff\xfe\x00",
        b"",
        b'{"text": null}',
        b'"text"',
    ],
    ids=range(19),
)
def test_a_wrong_body_is_a_400(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/v1/tts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    answer.text.encode()


@pytest.mark.parametrize(
    "query",
    [
        {"page_size": MANY_DIGITS},
        {"page_number": MANY_DIGITS},
        {"page_size": "٣"},
        {"page_size": "²"},
        {"page_size": "-1"},
        {"page_number": ""},
    ],
)
def test_a_wrong_page_is_a_400(http: httpx.Client, query: dict[str, str]) -> None:
    assert http.get("/model", params=query).status_code == 400


def test_odd_queries_and_ids_are_no_trouble(http: httpx.Client) -> None:
    assert http.get("/model?title=%ff%ed%a0%80&tag=%00&language=" + "x" * 200).status_code == 200
    assert http.get("/model?language=" + "x" * 5000).status_code == 400
    assert http.get("/model?" + "tag=x&" * 500).status_code == 400
    for name in ("%ff", "%ed%a0%80", "%00", "x" * 5000, "%2e%2e", MANY_DIGITS):
        assert http.get(f"/model/{name}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "mib"), [("application/json", 33), ("application/msgpack", 65), ("application/octet-stream", 33)]
)
def test_a_body_that_is_too_large_is_a_413(http: httpx.Client, kind: str, mib: int) -> None:
    part = bytes(1 << 20)
    answer = http.post("/v1/tts", content=(part for _ in range(mib)), headers={"Content-Type": kind})
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_deep_msgpack_is_a_400(http: httpx.Client) -> None:
    for body in (b"\x91" * 100_000, b"\xdf\xff\xff\xff\xff", b"\xc1", ormsgpack.packb([{}] * 1000)):
        answer = http.post("/v1/tts", content=body, headers={"Content-Type": "application/msgpack"})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("//v1/tts", "It is /v1/tts:"),
        ("/v1/tts/", "It is /v1/tts:"),
        ("/v1/v1/tts", "It is /v1/tts:"),
        ("/v1/model", "It is /model:"),
        ("/v1/model/heart", "It is /model/{id}:"),
        ("/v1/wallet/self/api-credit", "It is /wallet/{owner}/api-credit:"),
        ("/v1/tts/live", "was asked for as no WebSocket"),
        ("/v1/asr", "There are /v1/tts/live, "),
        ("/v1", "There are "),
        ("/%1b[31m%ff", "There are "),
    ],
)
def test_a_wrong_path_is_a_404_that_says_what_is_right(
    http: httpx.Client, server: Server, asked: str, right: str
) -> None:
    answer = http.post(f"{server.url}{asked}", json={"text": "a"})
    assert answer.status_code == 404
    assert right in answer.json()["message"]
    assert "\x1b" not in answer.json()["message"]


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        (f"/{PLAIN}", PLAIN),
        (f"{PLAIN}/", PLAIN),
        (f"/v1{PLAIN}", PLAIN),
        (f"//v1/{TIMED}//", TIMED),
        ("/v1/tts", "was asked for as a WebSocket"),
        ("/", "There are "),
    ],
)
async def test_a_wrong_path_of_a_socket_is_a_404_that_says_what_is_right(
    server: Server, asked: str, right: str
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(server.url.replace("http", "ws") + asked, additional_headers=BEARER, proxy=None):
            pass
    assert caught.value.response.status_code == 404
    assert right in json.loads(caught.value.response.body or b"")["message"]


def test_a_voice_that_is_not_here_is_told_on_both_sides(http: httpx.Client, server: Server) -> None:
    answer = http.post("/v1/tts", json={"text": "a", "reference_id": "933563129e564b19a115bedd57b7406a"})
    assert answer.status_code == 400
    assert "--any-voice" in answer.json()["message"]
    while "933563129e564b19a115bedd57b7406a" not in server.said():
        assert server.process.poll() is None


# --- clients that leave ----------------------------------------------------------------------------------


def request(head: str) -> bytes:
    return f"{head} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n".encode()


UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.mark.parametrize(
    "said",
    [
        request("GET  /model ") + b"\r\n",
        request("GET /model").replace(b" HTTP/1.1", b"") + b"\r\n",
        request("get /model") + b"\r\n",
        request("GET /*").replace(b"*", b"\xff\xfe") + b"\r\n",
        request("GET /model") + b"no colon\r\n\r\n",
        request("CONNECT a:1") + b"\r\n",
        request("OPTIONS *") + b"\r\n",
        request("PRI *") + b"\r\n",
        request("POST /v1/tts") + b"Content-Length: -5\r\n\r\n",
        request("POST /v1/tts") + b"Content-Length: %s\r\n\r\n" % MANY_DIGITS.encode(),
        request("POST /v1/tts") + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        request("POST /v1/tts") + b"Transfer-Encoding: gzip\r\n\r\n",
        request("POST /v1/tts") + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
        request("GET /v1/tts/live") + UPGRADE + b"Content-Length: 5\r\n\r\n",
        request("GET /v1/tts/live") + UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n",
        request("GET /v1/tts/live") + UPGRADE + b"X: " + b"x" * 9000 + b"\r\n\r\n",
        request("GET /v1/tts/live") + UPGRADE + b"Sec-WebSocket-Version: 99\r\n\r\n",
        request("GET /v1/tts/live") + UPGRADE + b"Sec-WebSocket-Extensions: \x00\r\n\r\n",
        request("POST /v1/tts/live") + UPGRADE + b"\r\n",
    ],
    ids=range(19),
)
def test_what_is_no_http_is_a_4xx(server: Server, said: bytes) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(said)
        assert re.match(rb"HTTP/1\.1 4\d\d ", connection.recv(65536))


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x82\0\0\0\0\xff\xfe",
        b"\x82\x01x",
        b"\xc2\x81\0\0\0\0x",
        b"\x83\x80\0\0\0\0",
        b"\x82\xff\0\0\1" + bytes(9),
    ],
    ids=["utf-8", "unmasked", "reserved", "opcode", "a terabyte"],
)
def test_what_is_no_frame_closes_the_socket(server: Server, frame: bytes) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(request("GET /v1/tts/live") + UPGRADE + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")
        connection.sendall(frame)
        assert connection.recv(65536)[0] == 0x88  # a close frame


def test_a_client_that_leaves_while_it_sends_is_no_trouble(server: Server, http: httpx.Client) -> None:
    said = [
        request("POST /v1/tts") + b"Content-Length: 1000\r\n\r\n{",
        request("POST /v1/tts") + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        request("GET /v1/tts/live") + b"Upgrade: websocket\r\n",
        request("GET /model") + b"\r\n",
    ]
    for one in said:
        for linger in (b"\x00" * 8, b"\x01\x00\x00\x00\x00\x00\x00\x00"):  # an end, and a reset
            with socket.create_connection(server.address) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.sendall(one)
    assert http.get("/model").status_code == 200


async def test_a_client_that_leaves_while_it_is_spoken_to_is_no_trouble(server: Server) -> None:
    long = f"{TWELVE_WORDS} " * 200
    async with httpx.AsyncClient(headers=BEARER, trust_env=False, verify=False, timeout=30) as http:
        async with http.stream(
            "POST", f"{server.url}/v1/tts", json={"text": long, "format": "pcm"}
        ) as answer:
            async for _ in answer.aiter_raw():
                break
        for path in (PLAIN, TIMED):
            socket_ = await connect(
                server.url.replace("http", "ws") + path, additional_headers=BEARER, proxy=None
            )
            await socket_.send(start())
            await socket_.send(text(long))
            await socket_.send(STOP)
            await socket_.recv()
            socket_.transport.abort()
            await socket_.wait_closed()
        assert (await http.get(f"{server.url}/model")).status_code == 200


@pytest.mark.parametrize(
    "frame",
    [
        packed({"event": "start", "request": {"text": "", "sample_rate": 2**62}}),
        packed({"event": "start", "request": {"text": "", "format": 1e308}}),
        packed({"event": "start", "request": []}),
        packed({"event": "start"}),
        packed({"event": None}),
        packed({"event": {"start": 1}}),
        packed([]),
        b"\x91" * 100_000,
        b"",
        b"\xc1",
    ],
    ids=range(10),
)
async def test_a_wrong_event_is_an_error_event(server: Server, frame: bytes) -> None:
    async with connect(
        server.url.replace("http", "ws") + PLAIN, additional_headers=BEARER, proxy=None
    ) as socket_:
        await socket_.send(frame)
        told = await socket_.recv()
        assert isinstance(told, bytes)
        assert unpacked(told)["event"] == "error"
        with pytest.raises(ConnectionClosed):
            await socket_.recv()


# --- long texts ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "long",
    [
        "…" * 1_000_000,
        f"{TWELVE_WORDS} " * 140_000,
        "Hello." + " " * 10_000_000,
        "\n" * 1_000_000 + "Hello.",
        "?!" * 500_000,
        "x" * 10_000_000,
    ],
    ids=["dots", "text", "blanks", "lines", "marks", "word"],
)
async def test_a_long_text_does_not_hold_up_the_others(server: Server, long: str) -> None:
    """They were held up for five seconds by a million dots, and for 1.4 by 10 MB of text."""
    body = json.dumps({"text": long, "format": "pcm"}).encode()
    slowest = alone = 0.0
    async with (
        httpx.AsyncClient(headers=BEARER, trust_env=False, verify=False, timeout=60) as http,
        asyncio.TaskGroup() as tasks,
    ):

        async def speak() -> None:
            async with http.stream(
                "POST", f"{server.url}/v1/tts", content=body, headers={"Content-Type": "application/json"}
            ) as answer:
                async for _ in answer.aiter_raw():
                    break

        async def ask() -> float:
            began = perf_counter()
            assert (await http.get(f"{server.url}/model")).status_code == 200
            return perf_counter() - began

        for _ in range(20):
            alone = max(alone, await ask())
        speaking = tasks.create_task(speak())
        for _ in range(40):
            slowest = max(slowest, await ask())
            if speaking.done():
                break
            await asyncio.sleep(0.02)
        speaking.cancel()
    assert slowest < 0.5 + 5 * alone  # of a machine that may be busy
