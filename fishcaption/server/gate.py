"""The gate before the server: a client without the key gets no further, and costs little time and memory.

Any user of the machine can connect. So a connection has a few seconds to show its key, at most so many wait
without it, and the one that has waited longest makes room for a new one: a client with the key sends it at
once and is through. Until then a connection is one small object; the HTTP parser and the application, which
cost more, come after it. A refused request is answered here, and told in the log once a minute.

`refusal` decides; the application asks it again for every request on a connection. Only `signed` addresses,
of samples and covers, pass without a key: players send none.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from fishcaption.core.secrecy import claimed_nonce, is_claim, is_key
from fishcaption.server import signed

logger = logging.getLogger(__name__)

KEY_SECONDS: Final = 5.0
"""A connection may take so long until its request's headers, with the key, are there."""
MOST_WAITING: Final = 2000
"""Connections without a key at a time, where the process may open so many files."""
ACCEPTED_AT_ONCE: Final = 100
"""Connections taken from the system's queue in one turn of the loop; a key is read a few turns later."""
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_LONGEST_HEAD: Final = 16 * 1024
_TOLD_SECONDS: Final = 60.0
_OUR_NAMES: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request: an HTTP status, and the message to the client, as the service words it."""

    status: int
    message: str

    def answer(self) -> bytes:
        """Return the whole answer as bytes; the connection is to be closed after it."""
        told = {"status": self.status, "message": self.message, "reason": None}
        body = json.dumps(told, separators=(",", ":")).encode()
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode("ascii") + body


def refusal(headers: Mapping[str, str], key: str) -> Refusal | None:
    """Return why a request with these headers (lower-case names) is refused; None if it may pass.

    A web page in a browser on this machine could send requests, too. ``Host`` and ``Origin`` tell it apart;
    it is refused whatever key it sends.
    """
    host = headers.get("host", "")
    if _name(f"//{host}") not in _OUR_NAMES:
        return Refusal(403, "This server answers to 127.0.0.1 and localhost only")
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return Refusal(403, "This server answers no web pages")
    authorization = headers.get("authorization", "").strip()
    scheme, _, shown = authorization.partition(" ")
    if not shown:
        return Refusal(401, "this route requires an api-key")
    if claimed_nonce(authorization) is not None:
        return None if is_claim(authorization, key) else Refusal(401, "Invalid Token")
    if scheme.lower() != "bearer" or not is_key(shown.strip(), key):
        return Refusal(401, "Invalid Token")
    return None


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


class Gate:
    """Lets connections through to ``inner`` once they have shown the key. For uvicorn: `protocol`."""

    def __init__(
        self,
        key: str,
        *,
        seconds: float = KEY_SECONDS,
        most: int = MOST_WAITING,
        opens: Callable[[str, str, str], bool] = signed.opens,
    ) -> None:
        """``opens`` tells of a request's method and target, and the key, that it needs to show none."""
        self.key = key
        self.opens = opens
        self._seconds = seconds
        self.most = most
        self._waiting: OrderedDict[_Waiting, float] = OrderedDict()  # until when; in the order of coming
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._refused = 0  # not told yet
        self._told: asyncio.TimerHandle | None = None

    def protocol(self, inner: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Return a protocol for a new connection; ``inner`` makes the one that follows once it is through."""
        return _Waiting(self, inner)

    def close(self) -> None:
        """Close the connections that still wait, and all that come from now on."""
        self._is_closed = True
        for one in tuple(self._waiting):
            self.send_away(one)
        for timer in (self._timer, self._told):
            if timer is not None:
                timer.cancel()

    # --- for those who wait --------------------------------------------------------------------------------

    def enter(self, one: _Waiting) -> None:
        """Take note of a new connection."""
        loop = asyncio.get_running_loop()
        if self._is_closed:
            one.abort()
            return
        if len(self._waiting) >= self.most:
            self.send_away(next(iter(self._waiting)))
        self._waiting[one] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def leave(self, one: _Waiting) -> None:
        """Take note that a connection is through, or gone."""
        self._waiting.pop(one, None)

    def send_away(self, one: _Waiting) -> None:
        """Close a connection whose time is over, or whose place another one needs."""
        self.leave(one)
        if not one.is_refused:
            self.note_refused()
        one.abort()

    def note_refused(self) -> None:
        """Tell refusals in the log, once for many."""
        self._refused += 1
        if self._told is None:
            self._told = asyncio.get_running_loop().call_later(_TOLD_SECONDS, self._tell)
            logger.warning("Refused a connection without the right key. More are told of once a minute.")
            self._refused = 0

    def _tell(self) -> None:
        self._told = None
        if self._refused:
            logger.warning("Refused %d more connections without the right key.", self._refused)
            self._refused = 0
            self._told = asyncio.get_running_loop().call_later(_TOLD_SECONDS, self._tell)

    def _look(self) -> None:
        """Close the connections whose time is over."""
        loop = asyncio.get_running_loop()
        self._timer = None
        for one, until in tuple(self._waiting.items()):
            if until > loop.time():
                self._timer = loop.call_at(until, self._look)
                break
            self.send_away(one)


class _Waiting(asyncio.Protocol):
    """A connection that has not shown its key yet."""

    def __init__(self, gate: Gate, inner: Callable[[], asyncio.Protocol]) -> None:
        self._gate = gate
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self.is_refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._gate.enter(self)

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio."""
        self._gate.leave(self)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self.is_refused or self._transport is None:  # the rest of a body, until the other side hangs up
            return
        self._head += data
        if end := _HEAD_END.search(self._head):
            lines = self._head[: end.start()].split(b"\n")
            why = refusal(_headers(lines[1:]), self._gate.key)
            if why is not None and why.status == 401 and self._gate.opens(*_asked(lines[0]), self._gate.key):
                why = None
            self._decide(self._transport, why)
        elif not self._head[:1].isalpha():  # TLS, and whatever else
            self._gate.send_away(self)
        elif len(self._head) > _LONGEST_HEAD:
            self._decide(self._transport, Refusal(431, "The request's headers are too long"))

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _decide(self, transport: asyncio.Transport, why: Refusal | None) -> None:
        if why is not None:
            self._gate.note_refused()
            # If it were cut while a body is on its way, the answer would be lost. So it stays until the other
            # side closes it, or its time is over.
            self.is_refused = True
            transport.write(why.answer())
            transport.write_eof()
            return
        self._gate.leave(self)
        inner = self._inner()
        inner.connection_made(transport)
        transport.set_protocol(inner)
        inner.data_received(self._head)


def _asked(line: bytes) -> tuple[str, str]:
    """Return the method and the target of a request's first line."""
    method, _, rest = line.decode("latin-1").partition(" ")
    return method, rest.partition(" ")[0]


def _headers(lines: Iterable[bytes]) -> dict[str, str]:
    """Return a request's headers, names in lower case; of several with one name the first."""
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found
