"""The sockets of a live service: opened before they are needed, handed out, taken back, thrown away.

At most one socket that has not spoken yet waits to be taken (the spare), beside the one that spoke last. An
open socket may vanish while nobody speaks on it: one is handed out only if it has shown life lately.

Each socket has a task of its own in the pool's group, which opens it, asks it for life, and sees it closed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from fishcaption.core.errors import ConnectionLost, FishCaptionError, InputError, ProtocolError
from fishcaption.core.protocol.refusals import error_for_status
from fishcaption.core.protocol.session import Session
from fishcaption.core.secrecy import PROOF_HEADER, claim, is_answer
from fishcaption.core.untrusted import json_of
from fishcaption.fish.endpoint import USER_AGENT, Endpoint, missing_key, system_tls

if TYPE_CHECKING:
    import ssl

    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed, InvalidStatus

_log = logging.getLogger(__name__)

TIMED = "/v1/tts/live/with-timestamp"
PLAIN = "/v1/tts/live"

_NOT_TIMED = frozenset({400, 403, 404, 405, 426, 501})
"""Statuses that may mean that a service has no timed socket for us; the plain one then says what is wrong."""

_CLOCK_JUMP_SECONDS = 10.0
"""If the clocks disagree by so much, the machine has slept: no socket from before can be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The times, in seconds, that we wait; and how often we try again (one delay before each try)."""

    open_seconds: float = 10.0
    take_seconds: float | None = None  # a text waits for a socket; None: until its opening has failed
    first_audio_seconds: float = 15.0  # from a flush to its first audio
    between_audio_seconds: float = 10.0  # between frames of audio that are owed
    idle_seconds: float = 8.0  # hands at rest: the session is ended
    held_seconds: float = 5.0  # the sink does not take more: what comes is read, and kept for it
    retry_delays: tuple[float, ...] = (0.0, 0.5, 1.5, 3.0, 5.0)
    rate_limited_seconds: float = 0.5  # at least before a new try at a service that counts
    give_up_seconds: float = 30.0  # no new try after so long without a word more
    ping_seconds: float = 20.0
    pong_seconds: float = 60.0  # generous: a service that is busy speaking answers late
    recycle_seconds: float = 300.0  # an idle socket is replaced by a fresh one
    surplus_seconds: float = 60.0  # the second of two idle sockets is closed
    wanted_seconds: float = 1800.0  # without any use: no spare is kept any more
    short_lived_seconds: float = 5.0  # a spare that died sooner is not replaced: they are not kept here
    stale_seconds: float = 1.5  # an opening that nobody waits for and takes longer is begun anew on need


class Socket:
    """One open socket, handed out by `Sockets.take`. It raises only errors of our tree."""

    def __init__(self, ws: ClientConnection, endpoint: Endpoint, is_timed: bool) -> None:
        self._ws = ws
        self.endpoint = endpoint
        self.is_timed = is_timed
        # one session per piece: only `finish` tells whose sound it was
        self.is_piecewise = not is_timed
        self.session = Session(endpoint.model)
        self.opened = self.idle_since = time.monotonic()
        # it has waited in the pool: it may have died there unnoticed
        self.has_rested = False
        self._sign_of_life = (time.monotonic(), time.time())

    async def send(self, frame: bytes) -> None:
        """Send one frame; waits while the network is behind. Raises ConnectionLost."""
        try:
            await self._ws.send(frame)
        except _closed() as error:
            raise _lost(error) from error

    async def receive(self) -> bytes | str:
        """Return the next frame; text frames are strings. Raises ConnectionLost or ProtocolError."""
        try:
            return await self._ws.recv()
        except _closed() as error:
            from fishcaption.fish.bounded_connection import is_their_fault

            if is_their_fault(error):
                raise ProtocolError(
                    "The voice's service sent what is no message, or is too large for one.",
                    hint="If you are behind a proxy, that may be what answered. Else choose another voice.",
                ) from error
            raise _lost(error) from error

    def abandon(self) -> None:
        """Cut the connection now, whatever is still under way."""
        self._ws.transport.abort()

    # --- for the pool --------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """True if it has not been seen to close."""
        from websockets.protocol import State

        return self._ws.state is State.OPEN

    def saw_life(self) -> None:
        """Take note that something has come from the other side."""
        self._sign_of_life = (time.monotonic(), time.time())

    def is_alive(self, within_seconds: float) -> bool:
        """Return whether it was alive lately, by two clocks: one stands still while a machine sleeps."""
        quiet = time.monotonic() - self._sign_of_life[0]
        quiet_by_wall = time.time() - self._sign_of_life[1]
        return self.is_open and quiet <= within_seconds and abs(quiet_by_wall - quiet) < _CLOCK_JUMP_SECONDS

    async def is_quiet(self) -> bool:
        """Return whether nothing has come between sessions: it would be taken for the next one's sound."""
        try:
            async with asyncio.timeout(0):
                await self.receive()
        except TimeoutError:
            return True
        except (ConnectionLost, ProtocolError):
            return False
        return False

    async def closed(self) -> None:
        """Return when the connection is gone."""
        await self._ws.wait_closed()

    async def ping(self) -> Awaitable[float]:
        """Ask for life; awaiting what is returned waits for the answer. Raises ConnectionLost."""
        try:
            return await self._ws.ping()
        except _closed() as error:
            raise _lost(error) from error

    async def answered(self) -> None:
        """Wait until the other side has answered a ping. Raises ConnectionLost."""
        try:
            await (await self._ws.ping())
        except _closed() as error:
            raise _lost(error) from error


class _Opening:
    """The opening of a socket. ``done`` gets the socket, or the error that says why there is none."""

    def __init__(self, endpoint: Endpoint | None, is_claimed: bool) -> None:
        self.endpoint = endpoint  # None: asked for when it begins
        self.is_claimed = is_claimed  # somebody waits for it
        self.began = time.monotonic()
        self.done: asyncio.Future[Socket | Exception] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None]

    def settle(self, result: Socket | Exception) -> None:
        if not self.done.done():
            self.done.set_result(result)


class Sockets:
    """The pool: an async context manager that owns a task per socket.

    ``endpoint`` is asked at every opening: the embedded voice may have a new port after a restart, the user
    may have changed the key. Sockets to another endpoint than the current one are not handed out.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        patience: Patience,
        tls: Callable[[], ssl.SSLContext] = system_tls,
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._make_tls = tls
        self._tls: ssl.SSLContext | None = None
        self._is_loaded = False
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._openings: list[_Opening] = []  # those nobody has claimed
        self._idle: list[Socket] = []  # the one that was used last stands last
        self._plain: set[str] = set()  # addresses whose timed socket was refused
        self._untold: set[str] = set()  # addresses whose timed socket tells no times
        self._wanted_until = 0.0
        self._is_closing = False

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exc: Any) -> None:
        self._is_closing = True
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)
        # what was cut closes its file descriptor in the loop's next turn
        await asyncio.sleep(0)

    def warm(self) -> None:
        """Have a socket ready soon. Returns at once; a failure is raised by the next `take`."""
        self._wanted_until = time.monotonic() + self._patience.wanted_seconds
        self._open_spare()

    async def take(self) -> Socket:
        """Return an open socket, to be given back or abandoned. Raises why there is none."""
        socket = await self._take()
        socket.is_piecewise = not socket.is_timed or socket.endpoint.url in self._untold
        return socket

    async def _take(self) -> Socket:
        self._wanted_until = time.monotonic() + self._patience.wanted_seconds
        endpoint = await self._endpoint()
        while self._idle:
            socket = self._idle.pop()
            lately = self._patience.ping_seconds + self._patience.pong_seconds
            try:
                if socket.endpoint == endpoint and socket.is_alive(lately) and await socket.is_quiet():
                    return socket
            except asyncio.CancelledError:
                self._rest(socket, len(self._idle))
                raise
            socket.abandon()
        while True:
            opening = self._claim(endpoint)
            try:
                result = await asyncio.shield(opening.done)
            except asyncio.CancelledError:
                self._unclaim(opening)
                raise
            if isinstance(result, Exception):
                raise result
            if result.endpoint == endpoint:
                return result
            result.abandon()

    def give_back(self, socket: Socket) -> None:
        """Take back a socket whose session has finished; it is used again, unless the service closes it."""
        socket.saw_life()
        self._rest(socket, len(self._idle))

    def drop_idle(self) -> None:
        """Close the sockets that nobody uses: the service may count them."""
        while self._idle:
            self._idle.pop().abandon()

    def tells_no_times(self, endpoint: Endpoint) -> None:
        """Use a session per piece at this service: its timed socket does not tell times of words."""
        self._untold.add(endpoint.url)

    # --- openings ------------------------------------------------------------------------------------------

    def _open_spare(self) -> None:
        if not self._idle and not self._openings and not self._is_closing:
            self._openings.append(self._open(None, is_claimed=False))

    def _open(self, endpoint: Endpoint | None, is_claimed: bool) -> _Opening:
        opening = _Opening(endpoint, is_claimed)
        opening.task = self._group.create_task(self._tend(opening))
        self._tasks.add(opening.task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._drop_opening(opening, ConnectionLost("The connection is not needed any more."))

        opening.task.add_done_callback(ended)
        return opening

    def _claim(self, endpoint: Endpoint) -> _Opening:
        while self._openings:
            opening = self._openings.pop()
            is_stale = time.monotonic() - opening.began > self._patience.stale_seconds
            if opening.endpoint in (None, endpoint) and not is_stale:
                opening.is_claimed = True
                return opening
            opening.task.cancel()
        return self._open(endpoint, is_claimed=True)

    def _unclaim(self, opening: _Opening) -> None:
        """Take note that nobody waits for it any more: the socket becomes the spare, or is not needed."""
        opening.is_claimed = False
        if not opening.done.done():
            self._openings.append(opening)
        elif isinstance(result := opening.done.result(), Socket):
            self._become_spare(result)

    def _become_spare(self, socket: Socket) -> None:
        if len(self._idle) > 1:
            socket.abandon()
        else:
            self._rest(socket, 0)

    def _rest(self, socket: Socket, place: int) -> None:
        if socket.is_open:
            socket.idle_since = time.monotonic()
            socket.has_rested = True
            self._idle.insert(place, socket)

    async def _tend(self, opening: _Opening) -> None:
        """Open a socket and look after it to its end.

        An error goes to whoever waits for the socket; even a bug must not end the others' sockets.
        """
        (error,) = await asyncio.gather(self._live(opening), return_exceptions=True)
        if error is None:
            return
        if not isinstance(error, Exception):  # what it waited for was cancelled
            raise error
        is_told = opening.is_claimed and not opening.done.done()
        if not isinstance(error, FishCaptionError) and not is_told:
            _log.error("a bug while opening or keeping a socket", exc_info=error)
        self._drop_opening(opening, error)

    async def _live(self, opening: _Opening) -> None:
        socket = await self._connect(opening.endpoint or await self._endpoint())
        try:
            if opening.is_claimed:
                opening.settle(socket)
            else:
                self._openings.remove(opening)
                self._become_spare(socket)
            await self._keep(socket)
        finally:
            socket.abandon()
            is_spare_lost = socket in self._idle
            if is_spare_lost:
                self._idle.remove(socket)
            await socket.closed()
        now = time.monotonic()
        has_lived = now - socket.opened >= self._patience.short_lived_seconds
        if is_spare_lost and has_lived and now < self._wanted_until:
            self._open_spare()

    def _drop_opening(self, opening: _Opening, why: Exception) -> None:
        if opening in self._openings:
            self._openings.remove(opening)
        opening.settle(why)

    async def _keep(self, socket: Socket) -> None:
        """Ping the socket (networks forget silent connections); return when it is dead or not wanted."""
        patience = self._patience
        while True:
            try:
                async with asyncio.timeout(patience.ping_seconds):
                    await socket.closed()
                return
            except TimeoutError:
                pass
            idle = time.monotonic() - socket.idle_since
            if socket in self._idle and (
                idle >= patience.recycle_seconds
                or (idle >= patience.surplus_seconds and socket is not self._idle[-1])
            ):
                return
            try:
                pong = await socket.ping()
                if socket not in self._idle:
                    # It is speaking, or its audio waits for the ear: then the answer waits unread behind it.
                    continue
                async with asyncio.timeout(patience.pong_seconds):
                    await pong
                socket.saw_life()
            except (ConnectionLost, _closed()):
                return
            except TimeoutError:
                if socket in self._idle:
                    return

    # --- handshakes ----------------------------------------------------------------------------------------

    async def _connect(self, endpoint: Endpoint) -> Socket:
        if not endpoint.key:
            raise missing_key()
        if not self._is_loaded or (endpoint.is_secure and self._tls is None):
            await asyncio.to_thread(self._load, endpoint.is_secure)
        from websockets.exceptions import InvalidStatus

        refusal: InvalidStatus | None = None
        for path in (PLAIN,) if endpoint.url in self._plain else (TIMED, PLAIN):
            try:
                ws = await self._handshake(endpoint, path)
            except InvalidStatus as error:
                if path is PLAIN or error.response.status_code not in _NOT_TIMED:
                    raise _refused(error, endpoint.model) from error
                refusal = error
                continue
            is_timed = path is TIMED
            if refusal is not None:
                _log.info("the service has no timed socket (HTTP %d)", refusal.response.status_code)
                self._plain.add(endpoint.url)
            return Socket(ws, endpoint, is_timed)
        raise AssertionError("the plain socket is opened or refused")

    def _load(self, is_secure: bool) -> None:
        """Import what is slow to import; runs in a thread."""
        import fishcaption.fish.bounded_connection  # noqa: F401  so that it is there

        if is_secure and self._tls is None:
            self._tls = self._make_tls()
        self._is_loaded = True

    async def _handshake(self, endpoint: Endpoint, path: str) -> ClientConnection:
        from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

        from fishcaption.fish.bounded_connection import MOST_BYTES, BoundedConnection, DirectConnect

        nonce = secrets.token_urlsafe(24) if endpoint.shares_key else ""
        shown = claim(endpoint.key, nonce) if nonce else f"Bearer {endpoint.key}"
        try:
            ws = await DirectConnect(
                endpoint.socket(path),
                additional_headers={"Authorization": shown, "model": endpoint.model},
                user_agent_header=USER_AGENT,
                compression=None,  # noise: 5 % fewer bytes for 9 % more work
                proxy=None if endpoint.is_loopback else True,
                ssl=self._tls if endpoint.is_secure else None,
                open_timeout=self._patience.open_seconds,
                ping_interval=None,  # `_keep` pings: this library's own would end a socket whose audio waits
                close_timeout=1,
                max_size=MOST_BYTES,
                max_queue=1,
                create_connection=BoundedConnection,
            )
        except InvalidStatus as error:
            if nonce:
                raise _stranger() from error
            raise
        except (OSError, InvalidHandshake, InvalidURI, ImportError) as error:
            raise (
                _stranger() if nonce and isinstance(error, InvalidHandshake) else _unreachable(error)
            ) from error
        proof = ws.response.headers.get(PROOF_HEADER, "") if ws.response is not None else ""
        if nonce and not is_answer(proof, endpoint.key, nonce):
            ws.transport.abort()
            await ws.wait_closed()
            raise _stranger()
        return ws


def _closed() -> type[ConnectionClosed]:
    from websockets.exceptions import ConnectionClosed

    return ConnectionClosed


_CHECK_NETWORK = "Check the network; your text is kept."


def _lost(error: ConnectionClosed) -> ConnectionLost:
    code = f" (code {error.rcvd.code})" if error.rcvd is not None else ""
    return ConnectionLost(f"The connection to the voice broke{code}.", hint=_CHECK_NETWORK)


def no_answer() -> ConnectionLost:
    """Return the error for a service that is not heard from in time."""
    return ConnectionLost("The voice's service does not answer.", hint=_CHECK_NETWORK)


def _stranger() -> ConnectionLost:
    """Return the error for a service that has not proved that it shares our key."""
    return ConnectionLost(
        "Another program answers in the embedded voice's place. It was told nothing.",
        hint="Try again: the voice is started anew.",
    )


def _refused(error: InvalidStatus, model_name: str) -> FishCaptionError:
    answer = json_of(bytes(error.response.body or b""))
    message = answer.get("message") if isinstance(answer, dict) else None
    return error_for_status(error.response.status_code, message, model_name)


def _words_of(error: OSError) -> str:
    """Return the system's words, where asyncio puts its own in their place (“Connect call failed (…)”)."""
    if error.strerror and error.strerror.startswith("Connect call failed") and error.errno:
        return os.strerror(error.errno).lower()
    return error.strerror or "the connection broke"


def _unreachable(error: Exception) -> FishCaptionError:
    """Return why there is no connection, without a proxy's address, which may hold a password."""
    import ssl

    from websockets.exceptions import InvalidMessage, InvalidProxy, InvalidURI, ProxyError

    if isinstance(error, TimeoutError):
        return ConnectionLost("The voice's service does not answer.", hint=_CHECK_NETWORK)
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectionLost(
            f"The voice's service could not prove who it is: {error.verify_message}.",
            hint="Check the date of this computer, and whether its network asks you to sign in.",
        )
    if isinstance(error, ImportError):
        return InputError(
            "A SOCKS proxy is set, which needs the package python-socks.", hint="Use an HTTP proxy."
        )
    if isinstance(error, ProxyError | InvalidProxy):
        return ConnectionLost("The proxy did not let us through.", hint="Check the system's proxy settings.")
    if isinstance(error, OSError | InvalidMessage):
        why = _words_of(error) if isinstance(error, OSError) else "the connection broke"
        return ConnectionLost(f"The voice's service cannot be reached: {why}.", hint=_CHECK_NETWORK)
    if isinstance(error, InvalidURI):
        return InputError("That is not the address of a service.")
    return ProtocolError(
        "What answered is not the voice's service.",
        hint="If you are behind a proxy or a sign-in page, that may be what answered.",
    )
