"""Speech of a request, for the live sockets and POST /v1/tts: its session, and what it costs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from fishcaption.server.engines.pool import SynthesisFailed, VoiceEngines
from fishcaption.server.library.casting import Casting, UnknownVoice
from fishcaption.server.request import BadRequest, Request, decode, parse
from fishcaption.server.rest.answers import Doors, body, error
from fishcaption.server.rest.wallet import Account
from fishcaption.server.session import Frame, ServerSession
from fishcaption.server.terms import model_of

logger = logging.getLogger(__name__)

LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes of a request in msgpack, at most: it may hold recordings."""
LARGEST_JSON: Final = 32 * 1024 * 1024
"""Bytes of a request in JSON, at most; reading it holds up the loop."""
_TYPES: Final = {"pcm": "audio/pcm", "wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg"}


class Speech:
    """Makes sessions, and is the route of speech over REST."""

    def __init__(self, doors: Doors, account: Account, casting: Casting, engines: VoiceEngines) -> None:
        self._doors = doors
        self._account = account
        self._casting = casting
        self._engines = engines

    def refusal(self, headers: Mapping[str, str]) -> JSONResponse | None:
        """Return the answer to a request to speak that is not allowed or paid for; None if it is."""
        if refusal := self._doors.refusal(headers):
            return refusal
        why = self._account.objection(model_of(headers.get("model")))
        return error(402, why) if why else None

    def begin(self, value: object, model: str) -> ServerSession:
        """Return a session for a request on a live socket. Raises BadRequest, also without credit."""
        request = parse(value)
        if why := self._account.objection(model):
            raise BadRequest(why)
        return self._session(request, model)

    def _session(self, request: Request, model: str) -> ServerSession:
        """Return a session; the log of the server tells which unknown voice a client asks for."""
        try:
            cast = self._casting.cast(request, model)
        except UnknownVoice as unknown:
            logger.warning("Refused a request: %s", unknown)
            raise

        def pay(text: str) -> None:
            self._account.speak(text, model)

        without_recordings = replace(request, references=())
        return ServerSession(self._engines, without_recordings, cast, self._casting.found, pay)

    async def tts(self, http: HTTPRequest) -> Response:
        """POST /v1/tts: the sound as it is made."""
        if refusal := self.refusal(http.headers):
            return refusal
        kind = http.headers.get("content-type", "")
        try:
            data = await body(http, LARGEST_BODY if "msgpack" in kind else LARGEST_JSON)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        if data is None:
            return error(413, f"The body is larger than {LARGEST_JSON >> 20} MiB of JSON or msgpack may be")
        try:
            value = decode(data, kind)
        except ValueError as bad:
            return PlainTextResponse(str(bad), 400)
        try:
            request = parse(value)
            session = self._session(request, model_of(http.headers.get("model")))
            session.stop()
            frames = session.frames()
            # The first sound before the first byte: an error still has a status of its own.
            first = await _next_sound(frames)
        except BadRequest as bad:
            return error(400, str(bad))
        except SynthesisFailed as failed:
            return error(500, str(failed))

        async def sound() -> AsyncIterator[bytes]:
            async with aclosing(frames):
                yield first
                while more := await _next_sound(frames):
                    yield more

        return StreamingResponse(sound(), media_type=_TYPES[request.format])


async def _next_sound(frames: AsyncIterator[Frame]) -> bytes:
    """Return the next bytes that are not empty; empty at the end."""
    async for frame in frames:
        if frame.audio:
            return frame.audio
    return b""
