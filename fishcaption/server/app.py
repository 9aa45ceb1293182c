"""Fish Audio's API with the embedded voices: an ASGI application for any client of that protocol.

Routes, authorisation and the order of frames live here; what is said and when lives in `session`. Every route
asks for a key. Errors before a socket is accepted are HTTP answers, later ones are events.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NoReturn

from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from fishcaption.core.errors import ProtocolError
from fishcaption.core.protocol.frames import pack, unpack
from fishcaption.core.secrecy import PROOF_HEADER, answer, claimed_nonce
from fishcaption.server.gate import refusal
from fishcaption.server.request import BadRequest, Request, decode, parse
from fishcaption.server.session import Frame, ServerSession, SynthesisFailed, UnknownVoice, VoiceEngines
from fishcaption.server.voice_registry import VoiceEntry

logger = logging.getLogger(__name__)

MODELS: Final = (
    "s2.1-pro",
    "s2.1-pro-free",
    "s2-pro",
    "s1",
    "drama-3-preview",
    "drama-3",
    "speech-1.5",
    "speech-1.6",
)
DEFAULT_MODEL: Final = "s2.1-pro"
"""The model that a missing or unknown ``model`` header stands for."""
FREE_MODEL: Final = "s2.1-pro-free"

MOST_WAITING: Final = 8_000_000
"""Code points that a session keeps unspoken, at most: endless text does not fill the memory."""

LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes of a request in msgpack, at most: it may hold recordings."""
LARGEST_JSON: Final = 32 * 1024 * 1024
"""Bytes of a request in JSON, at most; reading it holds up the loop."""
_MOST_SESSIONS: Final = 64

_TYPES: Final = {"pcm": "audio/pcm", "wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the server. ``credit`` in dollars; without it every model but the free one is refused.

    ``reuses_sockets``: a socket stays open after ``finish``, as it does at the service since 2026.
    """

    key: str
    credit: Decimal = Decimal(1000)
    reuses_sockets: bool = True


class Leases:
    """The users of the server. A lease is held for as long as its holder keeps reading the answer."""

    def __init__(self) -> None:
        self._held = 0
        self._changed = asyncio.Event()
        self.is_over = False

    def close(self) -> None:
        """Give no more leases: the server is about to end."""
        self.is_over = True

    async def hold(self) -> AsyncGenerator[bytes]:
        """Yield the body of an answer that is a lease; it does not end by itself."""
        self._change(1)
        try:
            yield b"held\n"
            await asyncio.Event().wait()
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._held += by
        self._changed.set()

    async def until(self, holds: Callable[[int], bool], seconds: float | None = None) -> bool:
        """Wait until ``holds`` of the number of leases; return False if that did not come in time."""
        try:
            async with asyncio.timeout(seconds):
                while not holds(self._held):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True


def build(engines: VoiceEngines, terms: Terms, leases: Leases | None = None) -> Starlette:
    """Return the application. ``leases`` adds the path on which programs ask for a lease."""
    api = _Api(engines, terms)
    routes: list[Route | WebSocketRoute] = [
        WebSocketRoute("/v1/tts/live", api.live),
        WebSocketRoute("/v1/tts/live/with-timestamp", api.live_with_timestamp),
        Route("/v1/tts", api.tts, methods=["POST"]),
        Route("/model", api.models),
        Route("/model/{id}", api.model),
        Route("/wallet/{owner}/api-credit", api.credit),
        Route("/wallet/{owner}/package", api.package),
    ]
    if leases is not None:
        held = leases

        async def lease(request: HTTPRequest) -> Response:
            if refusal := api.refusal(request.headers):
                return refusal
            if held.is_over:
                return _error(503, "The server is about to end")
            return StreamingResponse(held.hold(), media_type="text/plain", headers=api.proof(request.headers))

        routes.append(Route("/lease", lease))
    signpost = _Signpost(tuple(routes))
    routes.append(WebSocketRoute("/{path:path}", signpost.no_such_socket))
    app = Starlette(routes=routes, exception_handlers={HTTPException: signpost.no_such_thing})
    app.router.redirect_slashes = False  # few clients follow: they are told
    return app


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"status": status, "message": message, "reason": None}, status)


class _Signpost:
    """Answers requests for paths that do not exist, and names the right one.

    Most such clients have a slash or a /v1 too many in their base URL.
    """

    def __init__(self, routes: Sequence[Route | WebSocketRoute]) -> None:
        self._routes = routes

    async def no_such_thing(self, http: HTTPRequest, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return self._not_found(http.url, "no WebSocket")
        return _error(status, {405: "Method Not Allowed"}.get(status, "Error"))

    async def no_such_socket(self, websocket: WebSocket) -> None:
        with suppress(WebSocketDisconnect):
            await websocket.send_denial_response(self._not_found(websocket.url, "a WebSocket"))

    def _not_found(self, url: URL, asked_for: str) -> JSONResponse:
        asked = "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in url.path[:100])
        told = f"Not Found: there is no {asked} here."
        right = self._meant(url.path[:1000])
        if right == url.path:
            told = f"Not Found: {asked} was asked for as {asked_for}, which it is not."
        elif right:
            base = f"http://{url.netloc}"
            told += f" It is {right}: a client's base URL is {base}, without a slash or /v1 behind it."
        else:
            told += f" There are {', '.join(dict.fromkeys(route.path for route in self._routes))}."
        logger.warning("Refused a request: %s", told)
        return _error(404, told)

    def _meant(self, path: str) -> str | None:
        """Return the path that the client would have asked for with the right base URL."""
        parts = [part for part in path.split("/") if part]
        while parts:
            path = "/" + "/".join(parts)
            if (route := next((one for one in self._routes if one.path_regex.match(path)), None)) is not None:
                return route.path
            if parts.pop(0) != "v1":
                return None
        return None


class _Refused(Exception):
    """The conversation ends with an ``error`` event of this text."""


class _Gone(Exception):
    """The client has closed the socket."""


class _Api:
    def __init__(self, engines: VoiceEngines, terms: Terms) -> None:
        self._engines = engines
        self._terms = terms

    # --- keys ------------------------------------------------------------------------------------------

    def refusal(self, headers: Mapping[str, str]) -> JSONResponse | None:
        """Return the answer to a request without the right key; None if the key is right."""
        why = refusal(headers, self._terms.key)
        return None if why is None else _error(why.status, why.message)

    def proof(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that prove the key to a client that has proved it."""
        nonce = claimed_nonce(headers.get("authorization", ""))
        return {} if nonce is None else {PROOF_HEADER: answer(self._terms.key, nonce)}

    def _refusal_to_speak(self, headers: Mapping[str, str]) -> JSONResponse | None:
        model = headers.get("model", "")
        is_free = model == FREE_MODEL
        if refusal := self.refusal(headers):
            return refusal
        if self._terms.credit <= 0 and not is_free:
            return _error(
                402,
                "Insufficient API credit. API credit is managed independently from platform credit. "
                f"The model {FREE_MODEL} needs none.",
            )
        return None

    # --- the live sockets ------------------------------------------------------------------------------

    async def live(self, websocket: WebSocket) -> None:
        """GET /v1/tts/live"""
        await self._converse(websocket, with_timestamps=False)

    async def live_with_timestamp(self, websocket: WebSocket) -> None:
        """GET /v1/tts/live/with-timestamp"""
        await self._converse(websocket, with_timestamps=True)

    async def _converse(self, websocket: WebSocket, *, with_timestamps: bool) -> None:
        if refusal := self._refusal_to_speak(websocket.headers):
            await websocket.send_denial_response(refusal)
            return
        proof = self.proof(websocket.headers).items()
        try:
            await websocket.accept(headers=[(name.encode(), value.encode()) for name, value in proof])
        except WebSocketDisconnect:
            return
        conversation = _Conversation(websocket, self._engines, with_timestamps, self._terms.reuses_sockets)
        await conversation.run()

    # --- REST ------------------------------------------------------------------------------------------

    async def tts(self, http: HTTPRequest) -> Response:
        """POST /v1/tts: the sound as it is made."""
        if refusal := self._refusal_to_speak(http.headers):
            return refusal
        kind = http.headers.get("content-type", "")
        try:
            data = await _body(http, LARGEST_BODY if "msgpack" in kind else LARGEST_JSON)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        if data is None:
            return _error(413, f"The body is larger than {LARGEST_JSON >> 20} MiB of JSON or msgpack may be")
        try:
            body = decode(data, kind)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        try:
            request = parse(body)
            session = _session(self._engines, request)
            session.stop()
            frames = session.frames()
            # The first sound before the first byte: an error still has a status of its own.
            first = await _next_sound(frames)
        except BadRequest as error:
            return _error(400, str(error))
        except SynthesisFailed as error:
            return _error(500, str(error))

        async def sound() -> AsyncIterator[bytes]:
            async with aclosing(frames):
                yield first
                while more := await _next_sound(frames):
                    yield more

        return StreamingResponse(sound(), media_type=_TYPES[request.format])

    async def models(self, http: HTTPRequest) -> Response:
        """GET /model: the voices."""
        if refusal := self.refusal(http.headers):
            return refusal
        query = http.query_params
        try:
            size = _whole(query.get("page_size"), 10, (1, 100), "page_size")
            number = _whole(query.get("page_number"), 1, (1, 1_000_000), "page_number")
        except BadRequest as error:
            return _error(400, str(error))
        title = query.get("title", "").casefold()
        tags, languages = query.getlist("tag"), query.getlist("language")
        # Nobody has made these voices: they are public, and no account's own.
        own_only = query.get("self", "false").lower() in ("true", "1")
        found = [
            entry
            for entry in self._engines.entries
            if not own_only
            and title in entry.voice.name.casefold()
            and all(tag in _tags(entry) for tag in tags)
            and (not languages or entry.language in languages)
        ]
        page = found[(number - 1) * size : number * size]
        return JSONResponse(
            {
                "total": len(found),
                "items": [_voice(entry) for entry in page],
                "has_more": number * size < len(found),
                "max_offset": None,
                "accessible_upper_bound": None,
                "window_limited": False,
                "total_is_exact": True,
            }
        )

    async def model(self, http: HTTPRequest) -> Response:
        """GET /model/{id}: one voice."""
        if refusal := self.refusal(http.headers):
            return refusal
        try:
            return JSONResponse(_voice(self._engines.find((http.path_params["id"],))))
        except BadRequest:
            return _error(404, "Model not found")

    async def credit(self, http: HTTPRequest) -> Response:
        """GET /wallet/self/api-credit"""
        if refusal := self.refusal(http.headers):
            return refusal
        return JSONResponse(
            {
                "_id": "embedded",
                "user_id": "embedded",
                "credit": str(self._terms.credit),
                "cumulative_top_up": "0",
                "created_at": _MADE,
                "updated_at": _MADE,
                "has_phone_sha256": False,
                "has_free_credit": None,
            }
        )

    async def package(self, http: HTTPRequest) -> Response:
        """GET /wallet/self/package, with the ``_id`` that the official Python client insists on."""
        if refusal := self.refusal(http.headers):
            return refusal
        return JSONResponse(
            {
                "_id": "embedded",
                "user_id": "embedded",
                "type": "free",
                "total": 0,
                "balance": 0,
                "created_at": _MADE,
                "updated_at": _MADE,
                "finished_at": _NEVER,  # clients need a string
            }
        )


# --- one socket ------------------------------------------------------------------------------------------


class _Conversation:
    """The sessions on one socket, one after another: one half listens while the other speaks."""

    def __init__(
        self, websocket: WebSocket, engines: VoiceEngines, with_timestamps: bool, reuses: bool
    ) -> None:
        self._websocket = websocket
        self._engines = engines
        self._with_timestamps = with_timestamps
        self._reuses = reuses
        # The listener appends, and gives text to the last; the speaker takes away the first, once finished.
        self._sessions: deque[ServerSession] = deque()
        self._last: ServerSession | None = None
        self._started = asyncio.Event()

    async def run(self) -> None:
        """Serve until the client goes, or an error ends the conversation."""
        try:
            async with asyncio.TaskGroup() as halves:
                halves.create_task(self._listen())
                halves.create_task(self._speak())
        except* (_Gone, WebSocketDisconnect):
            pass
        except* _Refused as group:
            await self._end({"event": "error", "error": str(group.exceptions[0])})
        except* SynthesisFailed as group:
            session = self._sessions[0] if self._sessions else None
            await self._end(
                {
                    "event": "finish",
                    "reason": "error",
                    "message": str(group.exceptions[0]),
                    "time": session.elapsed_ms if session else 0,
                }
            )
        except* _Finished:
            with suppress(WebSocketDisconnect):
                await self._websocket.close()

    async def _end(self, event: dict[str, Any]) -> None:
        with suppress(WebSocketDisconnect):
            await self._websocket.send_bytes(pack(event))
            await self._websocket.close()

    async def _listen(self) -> NoReturn:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise _Gone
            if (frame := message.get("bytes")) is not None:
                self._take(frame)

    def _take(self, frame: bytes) -> None:
        try:
            event = unpack(frame)
        except ProtocolError:
            raise _Refused("Failed to parse the message as MsgPack: expected a map with `event`") from None
        # What an event means depends on those before it, and not on how far the speaker has come meanwhile.
        session = self._last
        match event["event"]:
            case "start":
                self._start(event.get("request"))
            case _ if session is None:
                raise _Refused("the first event must be `start`")
            case "text" if session.is_stopped:
                raise _Refused("`text` received after `stop`: a session begins with `start`")
            case "text":
                text = event.get("text")
                if not isinstance(text, str):
                    raise _Refused("missing field `text`")
                session.push(text)
                if sum(one.waiting for one in self._sessions) > MOST_WAITING:
                    raise _Refused("Too much text is waiting to be spoken")
            case "flush":
                session.flush()
            case "stop":
                session.stop()
            case _:
                pass

    def _start(self, request: object) -> None:
        if self._last is not None and not self._last.is_stopped:
            raise _Refused("`start` received before the session was finished")
        if len(self._sessions) > _MOST_SESSIONS:
            raise _Refused("Too many sessions are waiting to be spoken")
        try:
            self._last = _session(self._engines, parse(request))
        except BadRequest as error:
            raise _Refused(str(error)) from None
        self._sessions.append(self._last)
        self._started.set()

    async def _speak(self) -> NoReturn:
        while True:
            while not self._sessions:
                self._started.clear()
                await self._started.wait()
            session = self._sessions[0]
            try:
                async with aclosing(session.frames()) as frames:
                    async for frame in frames:
                        await self._send(frame)
            except BadRequest as error:
                raise _Refused(str(error)) from None
            self._sessions.popleft()
            await self._websocket.send_bytes(
                pack({"event": "finish", "reason": "stop", "time": session.elapsed_ms})
            )
            if not self._reuses:
                raise _Finished

    async def _send(self, frame: Frame) -> None:
        if frame.audio or self._with_timestamps:
            await self._websocket.send_bytes(pack(frame.event(self._with_timestamps)))
            # Sending waits only where the client is slow; others are to have their turn all the same.
            await asyncio.sleep(0)


class _Finished(Exception):
    """The session is over, and by the server's terms the socket with it."""


# --- small things ----------------------------------------------------------------------------------------

_MADE: Final = "2026-11-01T00:00:00Z"
_NEVER: Final = "2099-12-31T23:59:59Z"


def _tags(entry: VoiceEntry) -> list[str]:
    return ["embedded", entry.engine, entry.language]


def _voice(entry: VoiceEntry) -> dict[str, Any]:
    return {
        "_id": entry.voice.id,
        "type": "tts",
        "title": entry.voice.name,
        "description": entry.description,
        "cover_image": "",
        "train_mode": "fast",
        "state": "trained",
        "tags": _tags(entry),
        "samples": [],
        "created_at": _MADE,
        "updated_at": _MADE,
        "languages": list(entry.voice.languages),
        "visibility": "public",
        "lock_visibility": False,
        "like_count": 0,
        "mark_count": 0,
        "shared_count": 0,
        "task_count": 0,
        "unliked": False,
        "liked": False,
        "marked": False,
        "author": {"_id": "embedded", "nickname": "fishcaption", "avatar": ""},
    }


def _whole(value: str | None, default: int, limits: tuple[int, int], name: str) -> int:
    if value is None:
        return default
    is_number = value.isascii() and value.isdecimal() and len(value) <= 9
    if not is_number or not limits[0] <= int(value) <= limits[1]:
        raise BadRequest(f"{name} must be in [{limits[0]}, {limits[1]}]")
    return int(value)


def _session(engines: VoiceEngines, request: Request) -> ServerSession:
    """Return a session; the log of the server tells which unknown voice a client asks for."""
    try:
        return ServerSession(engines, request)
    except UnknownVoice as error:
        logger.warning("Refused a request: %s", error)
        raise


async def _body(http: HTTPRequest, most: int) -> bytes | None:
    """Return the body of a request; None if it is longer. Raises ClientDisconnect."""
    data = bytearray()
    async for part in http.stream():
        data += part
        if len(data) > most:
            return None
    return bytes(data)


async def _next_sound(frames: AsyncIterator[Frame]) -> bytes:
    """Return the next bytes that are not empty; empty at the end."""
    async for frame in frames:
        if frame.audio:
            return frame.audio
    return b""
