"""A WebSocket whose other side cannot fill our memory or hold our loop, whatever it sends.

The library parses all that one read brings before anybody else gets a turn: 256 kB of frames of two bytes are
a second and 130,000 objects. Here it gets a little at a time, the loop goes round in between, and nothing is
read while something is left. Answers that the other side does not fetch (to pings) end the connection.

Slow to import: only once a socket is to be opened.
"""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

__all__ = ["MOST_BYTES", "BoundedConnection", "DirectConnect", "is_their_fault"]

MOST_BYTES = 4 << 20
"""Of a message. The service's are half a second of audio; what it makes of its longest chunk of text (300
characters) has 2.5 MB.
"""

_SLICE_BYTES = 2048  # a thousand of the smallest frames, at most: some 10 ms
_TURN_SECONDS = 0.005
_MOST_UNSENT_BYTES = 1 << 20
_MOST_PINGS = 5  # in a slice; an honest service sends one in ten seconds or more

_BROKEN = (CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_DATA, CloseCode.MESSAGE_TOO_BIG)


class BoundedConnection(ClientConnection):
    """A connection as the module describes it; for `connect`'s ``create_connection``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unread = bytearray()
        self._is_full = False  # the queue of messages has no room
        self._is_turn_due = False
        self._pings = 0  # in this slice

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have the queue of messages ask us, who may have more to give it, to pause."""
        super().connection_made(transport)
        self.recv_messages.pause = self._pause
        self.recv_messages.resume = self._resume

    def data_received(self, data: bytes) -> None:
        """Take it a little at a time."""
        self._unread += data
        if not self._is_turn_due:
            self._take()

    def eof_received(self) -> None:
        """Deliver what came before the end first."""
        while self._unread:
            self._take_slice()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop what was not taken: it is lost with the connection."""
        self._unread.clear()
        super().connection_lost(exc)

    def process_event(self, event: Event) -> None:
        """Count what has to be answered."""
        self._pings += isinstance(event, Frame) and event.opcode is Opcode.PING
        super().process_event(event)

    def _pause(self) -> None:
        self._is_full = True
        self.transport.pause_reading()

    def _resume(self) -> None:
        self._is_full = False
        if self._unread:
            self._call_soon()
        elif not self._is_turn_due:
            self.transport.resume_reading()

    def _call_soon(self) -> None:
        if not self._is_turn_due:
            self._is_turn_due = True
            self.transport.pause_reading()
            self.loop.call_soon(self._on_turn)

    def _on_turn(self) -> None:
        self._is_turn_due = False
        self._take()

    def _take(self) -> None:
        until = self.loop.time() + _TURN_SECONDS
        while self._unread and not self._is_full:
            if self.loop.time() > until:
                self._call_soon()
                return
            self._take_slice()
        if not self._is_full:
            self.transport.resume_reading()
        elif self._unread:
            self.transport.pause_reading()

    def _take_slice(self) -> None:
        part = bytes(self._unread[:_SLICE_BYTES])
        del self._unread[:_SLICE_BYTES]
        self._pings = 0
        super().data_received(part)
        if (
            self.protocol.parser_exc is not None
            or self._pings > _MOST_PINGS
            or self.transport.get_write_buffer_size() > _MOST_UNSENT_BYTES
        ):
            self._unread.clear()
            self.transport.abort()


class DirectConnect(connect):
    """Follows no redirection: the key goes only to the address that the user has set."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """See `connect`."""
        return exc


def is_their_fault(error: ConnectionClosed) -> bool:
    """Return whether we have closed the connection because of what came over it."""
    return error.sent is not None and error.sent.code in _BROKEN
