"""The live sockets: sessions one after another, what comes in and what goes out beside each other.

Errors before a socket is accepted are HTTP answers, later ones are events.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing, suppress
from typing import Any, Final, NoReturn

from starlette.websockets import WebSocket, WebSocketDisconnect

from fishcaption.core.errors import ProtocolError
from fishcaption.core.protocol.frames import pack, unpack
from fishcaption.server.engines.pool import SynthesisFailed
from fishcaption.server.request import BadRequest
from fishcaption.server.rest.answers import Doors
from fishcaption.server.session import Frame, ServerSession
from fishcaption.server.speech import Speech
from fishcaption.server.terms import Terms, model_of

MOST_WAITING: Final = 8_000_000
"""Code points that a session keeps unspoken, at most: endless text does not fill the memory."""
_MOST_SESSIONS: Final = 64
_MOST_RECORDED: Final = 64 * 1024 * 1024  # bytes of recordings, of all sessions that wait on a socket


class _Refused(Exception):
    """The conversation ends with an ``error`` event of this text."""


class _Gone(Exception):
    """The client has closed the socket."""


class Live:
    """The routes of the live sockets."""

    def __init__(self, doors: Doors, speech: Speech, terms: Terms) -> None:
        self._doors = doors
        self._speech = speech
        self._terms = terms
        self._open = 0

    async def plain(self, websocket: WebSocket) -> None:
        """GET /v1/tts/live"""
        await self._converse(websocket, with_timestamps=False)

    async def timed(self, websocket: WebSocket) -> None:
        """GET /v1/tts/live/with-timestamp"""
        await self._converse(websocket, with_timestamps=True)

    async def _converse(self, websocket: WebSocket, *, with_timestamps: bool) -> None:
        if refusal := self._speech.refusal(websocket.headers):
            await websocket.send_denial_response(refusal)
            return
        proof = self._doors.proof(websocket.headers).items()
        try:
            await websocket.accept(headers=[(name.encode(), value.encode()) for name, value in proof])
        except WebSocketDisconnect:
            return
        most = self._terms.switches.most_sessions
        self._open += 1
        try:
            conversation = _Conversation(websocket, self._speech, with_timestamps, self._terms.reuses_sockets)
            if most is not None and self._open > most:
                await conversation.refuse(most)
            else:
                await conversation.run()
        finally:
            self._open -= 1


class _Conversation:
    """The sessions on one socket, one after another: one half listens while the other speaks."""

    def __init__(self, websocket: WebSocket, speech: Speech, with_timestamps: bool, reuses: bool) -> None:
        self._websocket = websocket
        self._speech = speech
        self._model = model_of(websocket.headers.get("model"))
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

    async def refuse(self, most: int) -> None:
        """End as soon as a session is asked for: too many sockets are open."""
        await self._websocket.receive()
        await self._end({"event": "error", "error": "Concurrency limit exceeded", "max_concurrency": most})

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
            self._last = self._speech.begin(request, self._model)
        except BadRequest as error:
            raise _Refused(str(error)) from None
        self._sessions.append(self._last)
        if sum(one.waiting_bytes for one in self._sessions) > _MOST_RECORDED:
            raise _Refused("Too many recordings are waiting to be listened to")
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
