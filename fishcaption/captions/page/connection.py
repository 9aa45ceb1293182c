"""One connection of the audience's page: counted from its first byte, and a reader's with the key."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection
from websockets.server import ServerProtocol

from fishcaption.captions.page.access import Kind, Room

_SYSTEM_BYTES: Final = 64 * 1024
_LENGTH: Final = re.compile(rb"(?im)^content-length:[^\r\n]*")


class PageConnection(ServerConnection):
    """A connection that takes a place among the strangers, and later one among the readers."""

    def __init__(self, strangers: Room, protocol: ServerProtocol, server: Server, **options: Any) -> None:
        super().__init__(protocol, server, **options)
        self.peer = ""
        self.kind: Kind | None = None
        self._room: Room | None = strangers
        self._is_begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio. Where there is no place, the connection is cut at once."""
        super().connection_made(transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        # The system would keep megabytes for a reader that takes nothing, and hide that it takes nothing.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_BYTES)
        room = self._room
        if room is not None and not room.enter(self.peer):
            self._room = None
            self.transport.abort()

    def move_to(self, room: Room, kind: Kind) -> bool:
        """Leave the strangers for a place in a room; False if there is none."""
        if not room.enter(self.peer):
            return False
        if self._room is not None:
            self._room.leave(self.peer)
        self._room, self.kind = room, kind
        return True

    def data_received(self, data: bytes) -> None:
        """See asyncio. Control surfaces post a body with a command: it is not wanted, and no mistake."""
        if not self._is_begun:
            self._is_begun = True
            if data.startswith(b"POST "):
                head, gap, _ = data.partition(b"\r\n\r\n")
                data = _LENGTH.sub(b"Content-Length: 0", head) + gap
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._room is not None:
            self._room.leave(self.peer)
            self._room = None
        super().connection_lost(exc)
