"""uvicorn as the embedded voice's web server: idle, it sleeps; it serves clients that the gate lets pass."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from fishcaption.server.gate import ACCEPTED_AT_ONCE, Gate, Refusal

_CLOSING_SECONDS: Final = 1
_LARGEST_FRAME: Final = 64 * 1024 * 1024


class _WebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which also answers a client whose handshake cannot be read (it has a body, say)."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(Refusal(400, "This is no WebSocket's handshake").answer())
            self.transport.close()


class WebServer(uvicorn.Server):
    """uvicorn's server, but idle it sleeps: uvicorn's own looks ten times a second whether to end.

    Made on the running loop. ``serve`` returns after `end`, or when the process is told to end.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket, gate: Gate, backlog: int) -> None:
        super().__init__(config)
        self._listener = listener
        self._gate = gate
        self._backlog = backlog
        self._ending = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def main_loop(self) -> None:
        """Wait until the server is to end; uvicorn calls this."""
        # asyncio has one number for this and for how many it takes at once.
        self._listener.listen(self._backlog)
        await self._ending.wait()
        self._gate.close()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End after a signal; a second one ends at once. uvicorn calls this."""
        # Not handed on: being told to end is how this program ends well.
        self.force_exit = self.should_exit
        self._loop.call_soon_threadsafe(self.end)

    def end(self) -> None:
        """Close what is open, and have `serve` return."""
        self.should_exit = True
        self._ending.set()


def web_server(app: Starlette, listener: socket.socket, gate: Gate, *, backlog: int) -> WebServer:
    """Return a server of ``app`` for clients that the gate lets pass, on a socket that listens already.

    ``backlog`` is how many connections the system holds for it.
    """

    def gated(**of_server: Any) -> asyncio.Protocol:
        return gate.protocol(lambda: H11Protocol(**of_server))

    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", gated),
        backlog=min(ACCEPTED_AT_ONCE, max(1, gate.most // 4)),
        proxy_headers=False,
        # Answers a refused handshake with status and body of our own, and sends without waiting for a task.
        ws=_WebSocketProtocol,
        ws_max_size=_LARGEST_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=_CLOSING_SECONDS,
    )
    return WebServer(config, listener, gate, backlog)
