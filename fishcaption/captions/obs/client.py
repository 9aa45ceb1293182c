"""A conversation with OBS by obs-websocket 5 (protocol.md of obsproject/obs-websocket, RPC version 1)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

ANSWER_SECONDS: Final = 5.0
_MOST_BYTES: Final = 1 << 20
_SUBPROTOCOL: Final = Subprotocol("obswebsocket.json")
_HELLO, _IDENTIFY, _IDENTIFIED, _REQUEST, _RESPONSE = 0, 1, 2, 6, 7
_WRONG_PASSWORD: Final = 4009
_OTHER_VERSION: Final = 4010

NOT_FOUND: Final = 600
"""Status of a request that names a source there is not."""

NOT_RUNNING: Final = 501
"""Status of a request that needs a stream, while there is none."""


class ObsGone(Exception):
    """OBS is not there, closed the conversation, or does not answer: it may come back."""


class ObsRefused(Exception):
    """OBS refused the conversation: the user has to do something. The text is a sentence that says what."""


class RequestFailed(Exception):
    """OBS answered a request with an error: ``code`` is its status (`RequestStatus` of the protocol)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"status {code}")
        self.code = code


class Obs:
    """An open conversation. One request at a time."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)

    async def request(self, kind: str, **data: object) -> Mapping[str, Any]:
        """Return the answer to a request. Raises RequestFailed, or ObsGone where none comes."""
        number = str(next(self._numbers))
        await self._send(_REQUEST, {"requestType": kind, "requestId": number, "requestData": data})
        while True:
            answer = await self.receive(_RESPONSE)
            if answer.get("requestId") != number:
                continue
            status = answer.get("requestStatus")
            if not isinstance(status, dict) or status.get("result") is not True:
                code = status.get("code") if isinstance(status, dict) else None
                raise RequestFailed(code if isinstance(code, int) else 0)
            found = answer.get("responseData")
            return found if isinstance(found, dict) else {}

    @property
    def is_closed(self) -> bool:
        """True once OBS has closed the conversation, or is gone."""
        return self._socket.close_code is not None

    async def closed(self) -> None:
        """Wait until OBS has closed the conversation."""
        await self._socket.wait_closed()

    async def identify(self, password: str) -> None:
        """Show the password, where OBS asks for one. Raises ObsRefused, ObsGone."""
        hello = await self.receive(_HELLO)
        data: dict[str, object] = {"rpcVersion": 1, "eventSubscriptions": 0}
        if isinstance(asked := hello.get("authentication"), dict):
            data["authentication"] = proof(password, str(asked.get("salt")), str(asked.get("challenge")))
        await self._send(_IDENTIFY, data)
        try:
            await self.receive(_IDENTIFIED)
        except ObsGone:
            if self._socket.close_code == _WRONG_PASSWORD:
                raise ObsRefused(
                    "OBS refused the password. Copy it from OBS: Tools, WebSocket Server Settings, "
                    "Show Connect Info."
                ) from None
            if self._socket.close_code == _OTHER_VERSION:
                raise ObsRefused("This version of OBS cannot be used. Install OBS 28 or later.") from None
            raise

    async def receive(self, kind: int) -> dict[str, Any]:
        """Return the data of the next message of a kind; others are passed over. Raises ObsGone."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while True:
                    message = _parsed(await self._socket.recv())
                    if message.get("op") == kind and isinstance(data := message.get("d"), dict):
                        return data
        except (ConnectionClosed, TimeoutError) as error:
            raise ObsGone from error

    async def _send(self, kind: int, data: Mapping[str, object]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.send(json.dumps({"op": kind, "d": data}))
        except (ConnectionClosed, TimeoutError) as error:
            raise ObsGone from error


@asynccontextmanager
async def conversation(host: str, port: int, password: str) -> AsyncIterator[Obs]:
    """Open a conversation with an OBS. Raises ObsGone where it is not there, ObsRefused where it refuses."""
    address = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
    try:
        socket = await connect(
            address,
            subprotocols=[_SUBPROTOCOL],
            proxy=None,
            open_timeout=ANSWER_SECONDS,
            close_timeout=1.0,
            ping_interval=5.0,
            ping_timeout=ANSWER_SECONDS,
            max_size=_MOST_BYTES,
            compression=None,
        )
    except (OSError, TimeoutError, WebSocketException, ValueError) as error:
        raise ObsGone from error
    try:
        obs = Obs(socket)
        await obs.identify(password)
        yield obs
    finally:
        await socket.close()


def proof(password: str, salt: str, challenge: str) -> str:
    """Return the answer to a challenge, which shows that we know the password and does not tell it."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


def _parsed(message: str | bytes) -> dict[str, Any]:
    """Return a message; an empty one for what is none."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
