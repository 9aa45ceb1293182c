"""Readers of a NATS server over its WebSocket, in a process of their own: see `page_readers`.

python -m benchmarks.broker_readers PORT READERS
"""

from __future__ import annotations

import asyncio
import re
import sys

from benchmarks.page_readers import Reader, run

_ID = re.compile(rb'\r\n{"id":(\d+)')
_GREETING = (
    b'CONNECT {"verbose":false,"user":"reader","pass":"reader","protocol":1}\r\n'
    b"SUB captions.main.now 1\r\nPING\r\n"
)


def _masked(message: bytes) -> bytes:
    """Return a binary frame of a client's, masked with zeros: the message as it is."""
    length = bytes([0x80 | len(message)]) if len(message) < 126 else b"\xfe" + len(message).to_bytes(2, "big")
    return b"\x82" + length + bytes(4) + message


class NatsReader(Reader):
    """Speaks NATS within the frames."""

    def take(self, kind: int, message: bytes, now: float) -> None:
        """Take a frame of the server's; captions are short enough to stand in one."""
        if kind not in (1, 2):
            super().take(kind, message, now)
        elif message.startswith(b"INFO"):
            self.transport.write(_masked(_GREETING))
        elif message.startswith(b"PING"):
            self.transport.write(_masked(b"PONG\r\n"))
        elif b"PONG" in message and not self.joined.done():
            self.joined.set_result(None)
        else:
            for found in _ID.finditer(message):
                self.took[int(found[1])].append(now)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), "/", int(sys.argv[2]), 0, NatsReader))
