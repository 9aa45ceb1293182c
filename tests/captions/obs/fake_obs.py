"""An OBS as far as obs-websocket 5 shows it: sources, a scene, a password, a stream; it can be killed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from fishcaption.captions.obs.client import proof

SALT, CHALLENGE = "salt+", "challenge/"


class FakeObs:
    """Listens on loopback; what it was told stands in `sources` and `captions`."""

    def __init__(self, password: str = "", *, port: int = 0) -> None:
        self._password = password
        self._wanted_port = port
        self._server: Server | None = None
        self.sources: dict[str, str] = {}
        self.captions: list[str] = []
        self.is_streaming = True
        self.can_make = True
        self.is_deaf = False
        self.refused = 0
        self.changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._talk,
            "127.0.0.1",
            self._wanted_port,
            subprotocols=[Subprotocol("obswebsocket.json")],
            compression=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    async def kill(self) -> None:
        """Be gone at once, as a process that is killed."""
        if self._server is not None:
            for connection in tuple(self._server.connections):
                connection.transport.abort()
            self._server.close(close_connections=False)
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):  # as OBS bears it
            await self._converse(connection)

    async def _converse(self, connection: ServerConnection) -> None:
        hello: dict[str, Any] = {"rpcVersion": 1}
        if self._password:
            hello["authentication"] = {"challenge": CHALLENGE, "salt": SALT}
        await connection.send(json.dumps({"op": 0, "d": hello}))
        async for message in connection:
            received = json.loads(message)
            data = received["d"]
            if received["op"] == 1:
                if self._password and data.get("authentication") != proof(self._password, SALT, CHALLENGE):
                    self.refused += 1
                    await connection.close(4009, "Authentication failed.")
                    await self._tell()
                    return
                await connection.send(json.dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
            elif received["op"] == 6 and not self.is_deaf:
                await connection.send(json.dumps({"op": 5, "d": {"eventType": "SomethingElse"}}))
                code, answer = self._do(data["requestType"], data.get("requestData") or {})
                status = {"result": code == 100, "code": code}
                done = {"requestId": data["requestId"], "requestStatus": status, "responseData": answer}
                await connection.send(json.dumps({"op": 7, "d": done}))
                await self._tell()

    def _do(self, kind: str, data: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        match kind:
            case "SetInputSettings":
                if data["inputName"] not in self.sources:
                    return 600, {}
                self.sources[data["inputName"]] = data["inputSettings"]["text"]
            case "GetInputKindList":
                return 100, {"inputKinds": ["image_source", "text_gdiplus_v2"]}
            case "GetCurrentProgramScene":
                return 100, {"currentProgramSceneName": "Scene"}
            case "CreateInput":
                if not self.can_make or data["inputKind"] != "text_gdiplus_v2":
                    return 605, {}
                self.sources[data["inputName"]] = data["inputSettings"]["text"]
            case "SendStreamCaption":
                if not self.is_streaming:
                    return 501, {}
                self.captions.append(data["captionText"])
        return 100, {}

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()
