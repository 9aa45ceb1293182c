"""A live service that a test or a benchmark tells how to behave: a real WebSocket server on 127.0.0.1.

Its voice can be read back: every character is as many samples as the manner says, all of them the character's
number, the last one -1. So `said` tells from the audio alone what was spoken, in full, cut or twice.

    async with LiveServer(Manner(first_seconds=0.3), Fault("reset", after=4)) as server:
        ...                          # the first connection is reset after its fourth frame of audio
        server.talks[0].text         # what it was given

Each connection takes the next fault of the list, if there is one left. In a process of its own:

    python -m tests.live_server --first 0.1 --frame 0.464 --pace 7.7 [--log]

prints its address, runs until its standard input ends, and then prints its log as JSON lines.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import re
import socket
import ssl
import struct
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import pairwise
from time import perf_counter
from typing import Any, Literal, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from fishcaption.core.protocol.frames import pack, unpack

PLAIN = "/v1/tts/live"
TIMED = "/v1/tts/live/with-timestamp"

_END = -1


def voice(text: str, frames_a_character: int) -> bytes:
    """The audio of the text: int16, mono."""
    samples = array("h")
    for character in text:
        samples.extend([ord(character) & 0x7FFF] * (frames_a_character - 1))
        samples.append(_END)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def said(pcm: bytes) -> str:
    """What was spoken in full. A character that was cut off is not in it."""
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return "".join(chr(before) for before, end in pairwise(samples) if end == _END)


def said_twice(spoken: str, texts: list[str]) -> list[str]:
    """The texts of which a part was said twice, all else being said once. Fails if one was not said."""
    repeated = []
    at = 0
    for text in texts:
        if spoken.startswith(text, at):
            at += len(text)
            continue
        # it broke off in this text, and goes on from one of its words
        lengths = [length for length in range(len(text), -1, -1) if spoken.startswith(text[:length], at)]
        for length in lengths:
            rest = [word for word in range(length + 1) if spoken.startswith(text[word:], at + length)]
            if rest:
                repeated.append(text)
                at += length + len(text) - max(rest)
                break
        else:
            raise AssertionError(f"not said whole: {text!r} in {spoken[at - 20 : at + 60]!r}")
    assert at == len(spoken), f"said too much: {spoken[at:]!r}"
    return repeated


Words = Literal["running", "sparse", "late", "corrected", "none"]
"""How the words' times are told: with every frame; with every third, else null; only in a frame without
audio at a chunk's end; wrong until such a frame puts them right; never (alignment is null, content empty)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the service behaves on every connection. ``pace`` is times real time; seconds throughout."""

    first_seconds: float = 0.0
    frame_seconds: float = 0.1
    pace: float = math.inf
    characters_a_second: float = 15.0
    piece_seconds: float = 0.0  # not 0: every chunk takes about so long, however much text it is
    words: Words = "running"
    closes_after_finish: bool = False
    finish_reason: str = "stop"  # of every session; "error" comes after all of its sound
    ends_with_null: bool = False  # a frame without audio before the finish, as null
    odd: bool = False  # frames end in the middle of a sample
    noisy: bool = False  # unknown events, log events and text frames in between
    pongs: bool = True
    handshake_seconds: float = 0.0
    key: str = ""  # the only key that is let in; empty: any
    timed_status: int = 0  # what /with-timestamp is refused with; 0: it is there
    status: int = 0  # what every socket is refused with
    status_body: str = ""
    most_sessions: int = 0  # at the same time; 0: any number


What = Literal[
    "refuse",  # the handshake is answered with `status`
    "hang",  # the handshake is never answered
    "reset",  # TCP reset
    "close",  # a proper close, in the middle of a session
    "truncate",  # half a WebSocket frame, then the end
    "silence",  # nothing more comes, the connection stays
    "deaf",  # nothing more is read either
    "error",  # an error event, then a close
    "finish_error",  # finish with reason error
    "early_finish",  # finish with reason stop, not asked for
    "garbage",  # a frame that is no MessagePack
    "stray",  # a frame of audio after finish
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens once to one connection, after that many of its frames of audio (0: at its first text)."""

    what: What
    after: int = 0
    status: int = 503
    message: str = "boom"
    max_concurrency: int | None = None


@dataclass(slots=True)
class Talk:
    """What one connection was told and what it did. Times are of `perf_counter`."""

    path: str
    headers: Headers
    opened: float
    requests: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)  # the text of each session
    events: list[tuple[float, str, str]] = field(default_factory=list)  # (when, event, text) as they came
    sent: list[tuple[float, int]] = field(default_factory=list)  # (when, bytes) of each frame of audio
    finishes: int = 0
    closed: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.sessions)


@dataclass(slots=True)
class _Chunk:
    seq: int
    text: str
    offset_frames: int
    width: int  # frames a character


def spoken_words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words as the service names them, with where they stand: no punctuation, Chinese by character.

    What stands in brackets is obeyed and not said.
    """
    text = re.sub(
        r"\[[^\]]*\]|<\|phoneme_start\|>.*?<\|phoneme_end\|>", lambda mark: " " * len(mark.group()), text
    )
    for match in re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", text):
        word = match.group()
        if any(unicodedata.name(character, "").startswith("CJK") for character in word):
            yield from (
                (character, match.start() + at, match.start() + at + 1) for at, character in enumerate(word)
            )
        else:
            yield word.replace("'", "").replace("’", ""), match.start(), match.end()


class _Conversation:
    """One connection's sessions, one after another."""

    def __init__(self, server: LiveServer, ws: ServerConnection, fault: Fault | None, talk: Talk) -> None:
        self._server = server
        self._manner = server.manner
        self._ws = ws
        self._fault = fault
        self._talk = talk
        self._is_timed = talk.path.endswith("with-timestamp")
        self._frames_sent = 0
        self._chunks: asyncio.Queue[_Chunk | None] = asyncio.Queue()
        self._buffer = ""
        self._seq = 0
        self._offset = 0
        self._started = 0.0
        self._open = False

    async def run(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            try:
                async with asyncio.TaskGroup() as group:
                    speaking = group.create_task(self._speak())
                    await self._listen()
                    speaking.cancel()
            except* ConnectionClosed:
                pass
        self._leave()

    def _leave(self) -> None:
        if self._open:
            self._open = False
            self._server.sessions -= 1

    async def _listen(self) -> None:
        async for frame in self._ws:
            if isinstance(frame, str):
                continue
            event = unpack(frame)
            name = event["event"]
            text = event.get("text") or ""
            self._talk.events.append((perf_counter(), name, text))
            if name == "start":
                if not await self._start(event["request"]):
                    return
            elif name == "text":
                self._talk.sessions[-1] += text
                self._buffer += text
                self._cut()
                if self._fault is not None and not self._fault.after and await self._happen():
                    return
            elif name == "flush":
                self._cut(everything=True)
            elif name == "stop":
                self._cut(everything=True)
                self._chunks.put_nowait(None)

    async def _start(self, request: dict[str, Any]) -> bool:
        limit = self._manner.most_sessions
        if limit and self._server.sessions >= limit:
            await self._send(
                {"event": "error", "error": "Concurrency limit exceeded", "max_concurrency": limit}
            )
            await self._ws.close()
            return False
        self._server.sessions += 1
        self._open = True
        self._talk.requests.append(request)
        self._talk.sessions.append("")
        self._buffer = request.get("text") or ""
        self._rate = request.get("sample_rate") or 44100
        self._length = request.get("chunk_length") or 300
        self._seq = self._offset = 0
        self._started = perf_counter()
        return True

    def _cut(self, everything: bool = False) -> None:
        while len(self._buffer) >= self._length:
            at = self._buffer.rfind(" ", 0, self._length) + 1 or self._length
            self._say(self._buffer[:at])
            self._buffer = self._buffer[at:]
        if everything:
            if self._buffer.strip():
                self._say(self._buffer)
            self._buffer = ""

    def _say(self, text: str) -> None:
        width = self._frames_a_character(text)
        self._chunks.put_nowait(_Chunk(self._seq, text, self._offset, width))
        self._seq += 1
        self._offset += len(text) * width

    def _frames_a_character(self, text: str) -> int:
        manner = self._manner
        seconds = manner.piece_seconds / len(text) or 1 / manner.characters_a_second
        return max(2, round(self._rate * seconds))

    async def _speak(self) -> None:
        while True:
            chunk = await self._chunks.get()
            if chunk is None:
                await self._finish()
            else:
                await self._pause(self._manner.first_seconds)
                await self._speak_chunk(chunk)

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def _speak_chunk(self, chunk: _Chunk) -> None:
        manner = self._manner
        pcm = voice(chunk.text, chunk.width)
        size = 2 * max(1, round(manner.frame_seconds * self._rate)) + (1 if manner.odd else 0)
        begun = perf_counter()
        for number, at in enumerate(range(0, len(pcm), size)):
            part = pcm[at : at + size]
            if not math.isinf(manner.pace):
                await self._pause(begun + (at / 2 / self._rate) / manner.pace - perf_counter())
            if manner.noisy:
                await self._send({"event": "log", "message": "still here"})
                await self._ws.send('{"event": "audio"}')
                await self._send({"event": "surprise", "audio": 3})
            tells = manner.words == "running" or (manner.words == "sparse" and number % 3 == 2)
            tells = tells or manner.words == "corrected"
            frames = (at + len(part)) // 2 if tells else None
            await self._audio(chunk, part, frames, wrong=manner.words == "corrected")
            if self._fault is not None and self._fault.after == self._frames_sent and await self._happen():
                return
        if manner.words in ("late", "corrected", "sparse"):
            await self._audio(chunk, b"", len(pcm) // 2)

    async def _audio(self, chunk: _Chunk, part: bytes, frames: int | None, wrong: bool = False) -> None:
        event: dict[str, Any] = {
            "event": "audio",
            "audio": part,
            "time": (perf_counter() - self._started) * 1e3,
        }
        if self._is_timed:
            event |= {
                "content": "" if self._manner.words == "none" else chunk.text,
                "chunk_seq": chunk.seq,
                "chunk_audio_offset_sec": chunk.offset_frames / self._rate,
                "alignment": None if frames is None else self._alignment(chunk, frames, wrong),
            }
        if part:
            self._frames_sent += 1
            self._talk.sent.append((perf_counter(), len(part)))
        await self._send(event)

    def _alignment(self, chunk: _Chunk, frames: int, wrong: bool) -> dict[str, Any]:
        """The words that have begun within the chunk's first frames."""
        width = chunk.width
        late = 0.05 if wrong else 0.0
        segments = [
            {"text": word, "start": start * width / self._rate + late, "end": end * width / self._rate + late}
            for word, start, end in spoken_words(chunk.text)
            if start * width < frames
        ]
        return {"segments": segments, "audio_duration": frames / self._rate}

    async def _finish(self) -> None:
        self._leave()
        self._talk.finishes += 1
        if self._manner.ends_with_null:
            await self._send({"event": "audio", "audio": None})
        await self._send(
            {
                "event": "finish",
                "reason": self._manner.finish_reason,
                "time": (perf_counter() - self._started) * 1e3,
            }
        )
        if self._fault is not None and self._fault.what == "stray":
            await self._send({"event": "audio", "audio": b"\x01\x00" * 100})
        if self._manner.closes_after_finish:
            await self._ws.close()

    async def _send(self, event: dict[str, Any]) -> None:
        await self._ws.send(pack(event))

    async def _happen(self) -> bool:
        """The fault's time has come. True: it has, and the connection is gone."""
        assert self._fault is not None
        fault, self._fault = self._fault, None
        match fault.what:
            case "reset":
                self._ws.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self._ws.transport.abort()
            case "close":
                await self._ws.close()
            case "truncate":
                self._ws.transport.write(b"\x82\x7e\x10\x00half a frame")
                self._ws.transport.close()
            case "silence":
                pass
            case "deaf":
                self._ws.transport.pause_reading()
            case "error":
                event: dict[str, Any] = {"event": "error", "error": fault.message}
                if fault.max_concurrency is not None:
                    event["max_concurrency"] = fault.max_concurrency
                await self._send(event)
                await self._ws.close()
            case "finish_error":
                await self._send(
                    {"event": "finish", "reason": "error", "message": fault.message, "time": 1.0}
                )
            case "early_finish":
                await self._send({"event": "finish", "reason": "stop", "time": 1.0})
            case "garbage":
                await self._ws.send(b"\xc1 this is no MessagePack")
            case "stray":
                self._fault = fault
                return False
            case other:
                raise AssertionError(f"{other} is of the handshake")
        await self._ws.wait_closed()
        return True


Rest = Callable[[Request], tuple[int, str] | None]
"""Answers a plain HTTP request with a status and a body; None: not found."""


class LiveServer:
    """The service, for as long as the context lasts. `talks` are its connections in their order."""

    def __init__(
        self,
        manner: Manner | None = None,
        *faults: Fault | None,
        rest: Rest | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        ping_seconds: float | None = None,
    ) -> None:
        """``ping_seconds``: how often it pings, and how long it waits for the answer; None: not at all."""
        self.manner = manner or Manner()
        self.faults = list(faults)
        self.talks: list[Talk] = []
        self.refused: list[tuple[str, int]] = []  # (path, status) of each handshake that was not let in
        self.sessions = 0  # now open
        self._rest = rest
        self._tls = tls
        self._port = port
        self._ping_seconds = ping_seconds
        self._gone = asyncio.Event()
        self._server: Server | None = None
        self._connections: set[ServerConnection] = set()
        self._fault_of: dict[str, Fault | None] = {}

    @property
    def url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def be(self, **manner: Any) -> None:
        """Change the manner for the connections to come."""
        self.manner = replace(self.manner, **manner)

    def drop_all(self) -> None:
        """Cut every connection there is."""
        for connection in list(self._connections):
            connection.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            ssl=self._tls,
            compression=None,
            max_size=None,
            max_queue=None,  # a conversation that has gone silent must still see its connection close
            ping_interval=self._ping_seconds,
            ping_timeout=self._ping_seconds,
            process_request=self._admit,
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._gone.set()
        self.drop_all()
        self._server.close()
        await self._server.wait_closed()

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" not in request.headers:
            answer = self._rest(request) if self._rest is not None else None
            status, body = answer or (404, json.dumps({"status": 404, "message": "Not Found"}))
            return self._answer(connection, status, body)
        path = request.path.partition("?")[0]
        status, body = self._verdict(path, request.headers)
        if not status:
            fault = self.faults.pop(0) if self.faults else None
            self._fault_of[str(connection.id)] = fault
            if fault is not None and fault.what == "hang":
                await self._gone.wait()
            if fault is not None and fault.what == "refuse":
                status, body = fault.status, json.dumps({"status": fault.status, "message": fault.message})
        if self.manner.handshake_seconds:
            await asyncio.sleep(self.manner.handshake_seconds)
        if status:
            self.refused.append((path, status))
            return self._answer(connection, status, body)
        return None

    def _verdict(self, path: str, headers: Headers) -> tuple[int, str]:
        manner = self.manner
        if manner.key and headers.get("Authorization") != f"Bearer {manner.key}":
            return 401, json.dumps({"status": 401, "message": "Invalid Token"})
        if manner.status:
            return manner.status, manner.status_body
        if path == TIMED and manner.timed_status:
            return manner.timed_status, json.dumps(
                {"status": manner.timed_status, "message": "no such thing"}
            )
        return (0, "") if path in (PLAIN, TIMED) else (404, "")

    def _answer(self, connection: ServerConnection, status: int, body: str) -> Response:
        response = connection.respond(HTTPStatus(status), body)
        if body.startswith(("{", "[")):
            del response.headers["Content-Type"]
            response.headers["Content-Type"] = "application/json"
        return response

    async def _serve(self, ws: ServerConnection) -> None:
        assert ws.request is not None
        if not self.manner.pongs:
            _swallow_pongs(ws)
        talk = Talk(ws.request.path.partition("?")[0], ws.request.headers, perf_counter())
        self.talks.append(talk)
        self._connections.add(ws)
        try:
            await _Conversation(self, ws, self._fault_of.pop(str(ws.id), None), talk).run()
        finally:
            self._connections.discard(ws)
            talk.closed = perf_counter()
            ws.transport.abort()


def _swallow_pongs(ws: ServerConnection) -> None:
    send = ws.protocol.send_frame

    def send_frame(frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            send(frame)

    ws.protocol.send_frame = send_frame  # type: ignore[method-assign]  # no option for it, nobody does this


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=float, default=0.1)
    parser.add_argument("--frame", type=float, default=0.464)
    parser.add_argument("--pace", type=float, default=7.7)
    parser.add_argument("--speed", type=float, default=15.0, help="characters a second")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--words", default="running")
    parser.add_argument("--plain", action="store_true", help="refuse /with-timestamp")
    parser.add_argument("--reset-after", type=int, default=0, help="of the first connection, frames of audio")
    parser.add_argument("--log", action="store_true")
    options = parser.parse_args()
    manner = Manner(
        first_seconds=options.first,
        frame_seconds=options.frame,
        pace=options.pace,
        characters_a_second=options.speed,
        words=options.words,
        timed_status=404 if options.plain else 0,
    )
    faults = [Fault("reset", options.reset_after)] if options.reset_after else []
    async with LiveServer(manner, *faults, port=options.port) as server:
        print(server.url, flush=True)  # noqa: T201  the address is this program's output
        await asyncio.to_thread(sys.stdin.read)
        if options.log:
            for talk in server.talks:
                line = {"path": talk.path, "closed": talk.closed, "events": talk.events, "sent": talk.sent}
                print(json.dumps(line))  # noqa: T201  and so is its log


if __name__ == "__main__":
    asyncio.run(_main())
