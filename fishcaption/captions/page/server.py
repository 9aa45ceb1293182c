"""The web server of the audience's page: pages, history, sockets of readers, the operator's control.

One encoded message goes to all readers at once. A reader that does not take what it is sent is cut at a
bound, before each message: it comes back and gets the newest state. It never delays another one.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from time import monotonic, perf_counter
from typing import Any, Final, cast

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as SocketRequest
from websockets.http11 import Response

from fishcaption.captions.page import access, control, site
from fishcaption.captions.page.access import Keys, Kind, Refusal, Room, Route
from fishcaption.captions.page.connection import PageConnection
from fishcaption.captions.page.options import PageOptions

MOST_WAITING_BYTES: Final = 64 * 1024
"""A reader that has not taken so much of what it was sent is cut."""
EVERY_SECONDS: Final = 15.0
"""A message goes out at least so often: scripts do not see pings, and notice a dead socket by it."""
PING_SECONDS: Final = 20.0
TELL_SECONDS: Final = 0.5
OPEN_SECONDS: Final = 5.0
"""A connection may take so long until its request is there."""
CLOSE_SECONDS: Final = 5.0
GOODBYE_SECONDS: Final = 1.0
MOST_COMMANDS_A_SECOND: Final = 20
_MOST_HISTORY: Final = 200
_MOST_ANSWERS: Final = 50
_NOTHING: Final = (
    '{"id":0,"show":"","mode":"pop-on","last":0,"cue":null,"paused":false,"typing":false,"black":false}'
)

Event = dict[str, Any]


class PageServer:
    """Serves the page; ``tell`` is called with what the app should know. Used in one event loop."""

    def __init__(self, options: PageOptions, keys: Keys, tell: Callable[[Event], None]) -> None:
        self._options = options
        self._keys = keys
        self._tell = tell
        self._pages = {Kind.PAGE: site.page("reader"), Kind.OPERATOR: site.page("operator")}
        self._strangers = Room(access.MOST_STRANGERS, access.MOST_STRANGERS_OF_ADDRESS)
        self._room = Room(options.most_readers, options.most_readers_of_address)
        self._readers: set[ServerConnection] = set()
        self._operators: set[ServerConnection] = set()
        self._newest = _NOTHING
        self._past: deque[dict[str, Any]] = deque(maxlen=_MOST_HISTORY)
        self._view: dict[str, Any] = control.as_json(control.OperatorView())
        self._histories: dict[int, bytes] = {}  # answers that were given since the last caption
        self._address = ""
        self._beat: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._is_over = False
        self._commands: deque[float] = deque(maxlen=MOST_COMMANDS_A_SECOND)
        self._cut = 0

    # -- life -----------------------------------------------------------------------------------------------

    async def run(self, until: asyncio.Event, context: ssl.SSLContext | None = None) -> None:
        """Serve until the event is set; then no text is left on any screen. OSError: the port is in use."""
        host = "0.0.0.0" if self._options.is_public else "127.0.0.1"
        connection = partial(PageConnection, self._strangers)
        serving = serve(
            self._serve,
            host,
            self._options.port,
            create_connection=cast("type[ServerConnection]", connection),
            process_request=self._answer,
            server_header=None,
            compression=None,
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=1024,
            max_queue=1,
            backlog=1024,
            ssl=context,
        )
        async with serving as server:
            self._tell({"ev": "ready", "port": int(server.sockets[0].getsockname()[1])})
            self._beat_later()
            try:
                await until.wait()
            finally:
                for timer in (self._beat, self._telling):
                    if timer is not None:
                        timer.cancel()
                self._is_over = True
                self._forget()
                # those who do not say goodbye in time hold up nobody
                asyncio.get_running_loop().call_later(GOODBYE_SECONDS, self._abort)

    def _abort(self) -> None:
        for reader in (*self._readers, *self._operators):
            reader.transport.abort()

    def _beat_later(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
        if not self._is_over:
            self._beat = asyncio.get_running_loop().call_later(EVERY_SECONDS, self._repeat)

    def _repeat(self) -> None:
        """Send what is the newest again, after a silence."""
        self._send(self._readers, self._newest)
        self._send(self._operators, self._operator_message())
        self._beat_later()

    def _tell_readers(self) -> None:
        """Tell the app, soon and not too often, how many readers there are."""
        if self._telling is None and not self._is_over:
            self._telling = asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell_readers_now)

    def _tell_readers_now(self) -> None:
        self._telling = None
        self._tell({"ev": "readers", "count": len(self._readers), "cut": self._cut})
        self._send(self._operators, self._operator_message())

    # -- from the app ---------------------------------------------------------------------------------------

    def publish(self, message: str) -> None:
        """Send a message of `messages.Messages` to all readers; it is the newest from now on."""
        told = json.loads(message)
        self._newest = message
        if past := told.pop("past", None):
            self._histories.clear()
            last = self._past[-1]["id"] if self._past else 0
            self._past.extend(entry for entry in past if entry["id"] > last)
            self._newest = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        self._send(self._readers, message)
        self._beat_later()
        self._tell({"ev": "shown", "id": told["id"], "at": perf_counter()})

    def begin(self, address: str, past: list[dict[str, Any]], view: dict[str, Any]) -> None:
        """Take the readers' address, the history of a process before this one, and what operators see."""
        self._address = address
        self._past = deque(past, maxlen=_MOST_HISTORY)
        self._histories.clear()
        self._view = view

    def show_operator(self, view: dict[str, Any]) -> None:
        """Show this to the operators."""
        self._view = view
        self._send(self._operators, self._operator_message())

    def _forget(self) -> None:
        self._past.clear()
        self._histories.clear()
        self._newest = _NOTHING
        self._send(self._readers, self._newest)

    def _operator_message(self) -> str:
        told = {**self._view, "readers": len(self._readers), "address": self._address}
        return json.dumps(told, ensure_ascii=False)

    def _send(self, readers: set[ServerConnection], message: str) -> None:
        for reader in tuple(readers):
            if reader.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                readers.discard(reader)
                reader.transport.abort()
                self._cut += 1
        broadcast(readers, message.encode(), text=True)

    # -- readers --------------------------------------------------------------------------------------------

    async def _serve(self, connection: ServerConnection) -> None:
        """Keep a socket until its reader goes; a reader that says anything is sent away."""
        assert isinstance(connection, PageConnection)
        is_operator = connection.kind is Kind.OPERATOR_LIVE
        readers = self._operators if is_operator else self._readers
        newest = self._operator_message() if is_operator else self._newest
        broadcast((connection,), newest.encode(), text=True)
        readers.add(connection)
        self._tell_readers()
        try:
            with suppress(ConnectionClosed):
                await connection.recv()
        finally:
            readers.discard(connection)
            self._tell_readers()

    def _answer(self, connection: ServerConnection, request: SocketRequest) -> Response | None:
        """Answer a request; None: the socket may be opened. See websockets."""
        assert isinstance(connection, PageConnection)
        headers = request.headers
        asked = access.Request(
            request.method,
            request.path,
            _only(headers, "Host"),
            _only(headers, "Origin") if "Origin" in headers else None,
            _only(headers, "Authorization"),
            connection.peer,
            "Sec-Purpose" in headers,
        )
        route = access.decide(asked, self._keys, commands=control.ACTIONS)
        if isinstance(route, Refusal):
            return _refused(route)
        if route.kind in (Kind.LIVE, Kind.OPERATOR_LIVE):
            if "upgrade" not in _only(headers, "Connection").lower():
                return _refused(Refusal(426, "This is for the page's own script."))
            if not connection.move_to(self._room, route.kind):
                return _refused(Refusal(503, "There are too many readers already."))
            return None
        return self._plain(route, asked, "gzip" in _only(headers, "Accept-Encoding"))

    def _plain(self, route: Route, asked: access.Request, is_compressed: bool) -> Response:
        if route.kind in self._pages:
            page = self._pages[route.kind]
            response = _response(200, "text/html", page.compressed if is_compressed else page.body)
            response.headers["Content-Security-Policy"] = (
                f"{page.policy}; connect-src 'self' ws://{asked.host} wss://{asked.host}"
            )
            if is_compressed:
                response.headers["Content-Encoding"] = "gzip"
        elif route.kind is Kind.HISTORY:
            response = self._history(route.query, is_compressed)
        elif route.kind is Kind.STATE:
            response = _response(200, "application/json", self._operator_message().encode())
        elif route.kind is Kind.CODE:
            from fishcaption.captions.page import qr

            response = _response(200, "image/svg+xml", qr.svg(self._address).encode())
        else:
            response = self._command(route)
        if asked.method == "HEAD":
            response.body = b""
        return response

    def _history(self, query: dict[str, str], is_compressed: bool) -> Response:
        after = int(query["after"]) if query.get("after", "").isdecimal() and len(query["after"]) < 10 else 0
        body = self._histories.get(after)
        if body is None:
            cues = [cue for cue in self._past if cue["id"] > after]
            told = {"show": json.loads(self._newest)["show"], "cues": cues}
            body = gzip.compress(json.dumps(told, ensure_ascii=False).encode(), 1)
            if len(self._histories) < _MOST_ANSWERS:
                self._histories[after] = body
        response = _response(200, "application/json", body if is_compressed else gzip.decompress(body))
        if is_compressed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    def _command(self, route: Route) -> Response:
        now = monotonic()
        if len(self._commands) == MOST_COMMANDS_A_SECOND and now - self._commands[0] < 1:
            return _json(429, {"error": "That is too fast."})
        self._commands.append(now)
        if why := control.refusal(route.name, route.query, self._view):
            return _json(409, {"error": why})
        value = route.query.get("to", "")[: control.LONGEST_VALUE]
        self._tell({"ev": "command", "action": route.name, "value": value})
        return _json(202, {"command": route.name})


# -- answers ----------------------------------------------------------------------------------------------


def _only(headers: Headers, name: str) -> str:
    """Return a header's value; of several the first and the others joined, which fits none of ours."""
    return ", ".join(headers.get_all(name))


def _response(status: int, kind: str, body: bytes) -> Response:
    headers = Headers(
        {
            "Content-Type": f"{kind}; charset=utf-8",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Connection": "close",
        }
    )
    response = Response(status, HTTPStatus(status).phrase, headers, body)
    _measure(response)
    return response


def _measure(response: Response) -> None:
    if "Content-Length" in response.headers:
        del response.headers["Content-Length"]  # else it would be there twice
    response.headers["Content-Length"] = str(len(response.body))


def _json(status: int, value: object) -> Response:
    return _response(status, "application/json", json.dumps(value, ensure_ascii=False).encode())


def _refused(why: Refusal) -> Response:
    return _response(why.status, "text/plain", why.words.encode())


def context_of(options: PageOptions) -> ssl.SSLContext | None:
    """Return the TLS context; None: plain http. OSError or ValueError: the certificate cannot be used."""
    if not options.is_secure:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # without a password OpenSSL would ask on the terminal for that of the key
    context.load_cert_chain(options.certificate, options.certificate_key or None, password=str)
    return context
