"""A service that lies, floods, drips and never ends: plain sockets, a thread for each connection.

    with hostile() as url:                                  # a process of its own
        Endpoint(f"{url}/{behaviour}", key)                 # the first folder of a path chooses

What it can do on a live socket stands in `LIVE`, on a plain request in `REST`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import ormsgpack

RATE = 24000
_BLOCK = bytes(1 << 16)
_DRIP_SECONDS = 0.05
_RESTS = threading.Event()  # never set: a slow service waits for nothing

Connection = socket.socket


def frame(data: bytes, *, opcode: int = 2, fin: bool = True) -> bytes:
    """One WebSocket frame of the server's side."""
    head = bytes([opcode | (0x80 if fin else 0)])
    if len(data) < 126:
        return head + bytes([len(data)]) + data
    if len(data) < 1 << 16:
        return head + b"\x7e" + struct.pack("!H", len(data)) + data
    return head + b"\x7f" + struct.pack("!Q", len(data)) + data


def event(name: str, **values: Any) -> bytes:
    """One event in its frame."""
    return frame(ormsgpack.packb({"event": name, **values}))


FINISH = event("finish", reason="stop")


def sound(seconds: float) -> bytes:
    """A tone, so that it is no silence."""
    return struct.pack("<h", 3000) * round(seconds * RATE)


def timed(segments: Any, seq: Any = 0, data: Any = b"", **values: Any) -> bytes:
    """A frame with the times of words."""
    return event(
        "audio",
        **{
            "audio": data,
            "content": "Hello",
            "chunk_seq": seq,
            "chunk_audio_offset_sec": 0.0,
            "alignment": {"segments": segments, "audio_duration": 1.0},
        }
        | values,
    )


def _segments(count: int, text: str = "a") -> list[dict[str, Any]]:
    return [{"text": text, "start": at * 1e-4, "end": at * 1e-4} for at in range(count)]


def _packed(head: bytes, body: bytes) -> bytes:
    """An audio event of which one value is written by hand."""
    return frame(b"\x83\xa5event\xa5audio\xa5audio\xc4\x02\x00\x00" + head + body)


# --- live sockets: each gives the bytes to send, for as long as anybody reads them -------------------------

Bytes = Iterator[bytes]


def friendly() -> Bytes:
    """As it should be."""
    yield event("audio", audio=sound(1.0))
    yield FINISH


def one_frame() -> Bytes:
    yield b"\x82\x7f" + struct.pack("!Q", 1_500_000_000)
    yield from itertools.repeat(_BLOCK, 1_500_000_000 // len(_BLOCK))


def fragments() -> Bytes:
    yield frame(_BLOCK, fin=False)
    yield from itertools.repeat(frame(_BLOCK, opcode=0, fin=False))


def empty_fragments() -> Bytes:
    yield frame(b"\x81", fin=False)
    yield from itertools.repeat(frame(b"", opcode=0, fin=False) * 30_000)


def tiny_frames() -> Bytes:
    yield from itertools.repeat(event("x") * 5_000)


def text_frames() -> Bytes:
    yield from itertools.repeat(frame(b"", opcode=1) * 30_000)


def empty_frames() -> Bytes:
    yield from itertools.repeat(frame(b"") * 30_000)


def pings() -> Bytes:
    yield from itertools.repeat(frame(bytes(125), opcode=9) * 1_000)


def pongs() -> Bytes:
    yield from itertools.repeat(frame(bytes(125), opcode=10) * 1_000)


def many_lists() -> Bytes:
    yield _packed(b"\xa1x\xdd" + struct.pack("!I", 4_000_000), b"\x90" * 4_000_000)


def many_keys() -> Bytes:
    count = 400_000
    body = b"".join(b"\xa6" + f"{number:06}".encode() + b"\xc0" for number in range(count))
    yield _packed(b"\xa1x\xdf" + struct.pack("!I", count), body)


def claimed_lists() -> Bytes:
    yield _packed(b"\xa1x\xdd\xff\xff\xff\xff", b"\x90" * 100_000)


def deep() -> Bytes:
    yield _packed(b"\xa1x", b"\x91" * 100_000)


def long_error() -> Bytes:
    yield event("error", error="cannot say " * 350_000)


def long_failure() -> Bytes:
    yield event("finish", reason="error", message="\x1b[2J<img src=/x> " * 250_000)


def million_segments() -> Bytes:
    yield timed(_segments(100_000)[:90_000])
    yield event("audio", audio=sound(0.5))
    yield FINISH


def growing_segments() -> Bytes:
    for count in itertools.cycle(range(1, 400, 7)):
        yield timed(_segments(count, "Hello" * (count % 3 + 1)), data=sound(0.01))


def million_chunks() -> Bytes:
    for seq in itertools.count():
        yield timed(_segments(2), seq, sound(0.0001))


def long_content() -> Bytes:
    for _ in range(30):
        yield timed(_segments(2), 0, sound(0.01), content="ﷺ" * 1_000_000)
    yield FINISH


def odd_sound() -> Bytes:
    for _ in range(200):
        yield event("audio", audio=sound(0.01)[:-1])
    yield FINISH


def large_sound() -> Bytes:
    """As much as a message may hold, with the times of words."""
    yield timed(_segments(900), data=sound(80.0))
    yield FINISH


def endless_sound() -> Bytes:
    yield from itertools.repeat(event("audio", audio=sound(0.5)))


def chatter() -> Bytes:
    while True:
        yield event("log", message="still here")
        _RESTS.wait(_DRIP_SECONDS)


def empty_sound() -> Bytes:
    while True:
        yield event("audio", audio=None)
        _RESTS.wait(_DRIP_SECONDS)


def drip() -> Bytes:
    whole = event("audio", audio=sound(1.0))
    for at in range(len(whole)):
        yield whole[at : at + 1]
        _RESTS.wait(_DRIP_SECONDS)


_STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    1 << 63,
    1e308,
    float("nan"),
    "x",
    "\x1b[31m",
    b"\xff",
    [],
    {},
    [[]],
    {"a": [1]},
)


def wrong_types() -> Bytes:
    """Every field as it should not be; those of sound are right, so that nobody is muted by the others."""
    for value in _STRANGE:
        for field in ("content", "chunk_seq", "chunk_audio_offset_sec", "alignment", "time", "extra"):
            yield (
                timed(_segments(1), **{field: value}, data=sound(0.001))
                if field != "chunk_seq"
                else timed(_segments(1), value, sound(0.001))
            )
        for field in ("text", "start", "end"):
            yield timed([_segments(1)[0] | {field: value}], data=sound(0.001))
        yield timed([value], data=sound(0.001))
    yield FINISH


LIVE: dict[str, Callable[[], Bytes]] = {
    make.__name__: make
    for make in (
        friendly, one_frame, fragments, empty_fragments, tiny_frames, text_frames, empty_frames, pings, pongs,
        many_lists, many_keys, claimed_lists, deep, long_error, long_failure, million_segments,
        growing_segments, million_chunks, long_content, odd_sound, large_sound, endless_sound, chatter,
        empty_sound, drip, wrong_types,
    )
}  # fmt: skip


# --- plain requests, and handshakes that are never done --------------------------------------------------


def _head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode()


_JSON = "Content-Type: application/json"
_VOICE = {"_id": "a" * 32, "title": "A voice", "languages": ["en"]}


def no_voices() -> Bytes:
    """As it should be."""
    body = b'{"items": []}'
    yield _head(_JSON, f"Content-Length: {len(body)}") + body


def endless_body() -> Bytes:
    yield _head(_JSON)
    yield b'{"items": ["'
    yield from itertools.repeat(b"x" * (1 << 16))


def endless_chunks() -> Bytes:
    yield _head(_JSON, "Transfer-Encoding: chunked")
    yield from itertools.repeat(b"1\r\nx\r\n" * 10_000)


def packed() -> Bytes:
    body = gzip.compress(bytes(200_000_000), compresslevel=1)
    yield _head(_JSON, "Content-Encoding: gzip", f"Content-Length: {len(body)}")
    yield body


def deep_json() -> Bytes:
    body = b'{"items":' + b"[" * 500_000
    yield _head(_JSON, f"Content-Length: {len(body)}") + body


def many_json() -> Bytes:
    body = b'{"items":[' + b"[]," * 340_000 + b"[]]}"
    yield _head(_JSON, f"Content-Length: {len(body)}") + body


def many_voices() -> Bytes:
    body = json.dumps({"total": 10**30, "items": [_VOICE] * 10_000}).encode()
    yield _head(_JSON, f"Content-Length: {len(body)}") + body


def long_numbers() -> Bytes:
    body = b'{"total":' + b"9" * 500_000 + b',"items":[]}'
    yield _head(_JSON, f"Content-Length: {len(body)}") + body


def endless_headers() -> Bytes:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (f"X-{number}: {'y' * 100}\r\n".encode() * 100 for number in itertools.count())


def endless_line() -> Bytes:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from itertools.repeat(b"y" * (1 << 16))


def slow_headers() -> Bytes:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"x"
        _RESTS.wait(_DRIP_SECONDS)


def slow_body() -> Bytes:
    yield _head(_JSON, "Content-Length: 1000")
    while True:
        yield b" "
        _RESTS.wait(_DRIP_SECONDS)


def endless_refusal() -> Bytes:
    yield _head("Content-Type: text/plain", status="402 Payment Required")
    yield from itertools.repeat(b"pay " * 10_000)


def long_refusal() -> Bytes:
    body = json.dumps({"status": 402, "message": "cannot say " * 50_000}).encode()
    yield _head(_JSON, f"Content-Length: {len(body)}", status="402 Payment Required") + body


def away() -> Bytes:
    yield _head("Location: http://127.0.0.1:1/", "Content-Length: 0", status="307 Temporary Redirect")


REST: dict[str, Callable[[], Bytes]] = {
    make.__name__: make
    for make in (
        no_voices, endless_body, endless_chunks, packed, deep_json, many_json, many_voices, long_numbers,
        endless_headers, endless_line, slow_headers, slow_body, endless_refusal, long_refusal, away,
    )
}  # fmt: skip


def _serve(connection: Connection) -> None:
    with connection, suppress(OSError):
        request = b""
        while b"\r\n\r\n" not in request:
            if not (part := connection.recv(1 << 16)):
                return
            request += part
        name = request.split(b" ", 2)[1].decode().split("/")[1]
        if name in LIVE:
            _accept(connection, request)
            connection.recv(1 << 16)  # the start of a session
        for part in (LIVE.get(name) or REST[name])():
            connection.sendall(part)
        connection.settimeout(5)
        while connection.recv(1 << 16):
            pass


def _accept(connection: Connection, request: bytes) -> None:
    key = next(
        line.split(b":", 1)[1].strip()
        for line in request.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key:")
    )
    token = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
    connection.sendall(
        _head(
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {token}",
            status="101 Switching Protocols",
        )
    )


@contextmanager
def hostile() -> Iterator[str]:
    """The service in a process of its own; its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.hostile_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201  its output

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()  # until its parent ends


if __name__ == "__main__":
    _main()
