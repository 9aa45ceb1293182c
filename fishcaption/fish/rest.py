"""The REST side of a voice's service: one request and its bounded answer, whatever the service does.

It works with Fish Audio and with our own embedded voice. Every failure is raised as an error of our tree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from fishcaption.core.errors import ConnectionLost, InputError, ProtocolError
from fishcaption.core.protocol.refusals import error_for_status
from fishcaption.core.untrusted import json_of
from fishcaption.fish.endpoint import USER_AGENT, Endpoint, missing_key, system_tls

if TYPE_CHECKING:
    import ssl

    import httpx

TIMEOUT_SECONDS = 15.0

_MOST_BYTES = 1 << 20
"""Of an answer. A page of 30 voices has some 100 kB."""

_LEAST_PART_BYTES = 256  # on average: who sends less at a time only wants to keep us busy
_PARTS_A_TURN = 64
_MESSAGE_BYTES = 1000


class Upload(NamedTuple):
    """A file of a multipart form: the field, the name that the service sees, the content and its type.

    ``content`` is read in the event loop's thread, in parts of 64 kB: who shows progress counts there.
    """

    field: str
    name: str
    content: IO[bytes]
    media_type: str


class Body(NamedTuple):
    """Content of a request: fields of a form, with files (multipart) or without; or a value as JSON.

    A field with several values is sent once for each.
    """

    fields: Mapping[str, str | Sequence[str]] = {}
    uploads: tuple[Upload, ...] = ()
    json: object = None


NO_BODY = Body()


class Downloaded(NamedTuple):
    """An answer to a download: its HTTP status and type, where a redirection leads, and the whole body."""

    status: int
    media_type: str
    location: str
    body: bytes


class Rest:
    """Requests to one service. An async context manager.

    ``endpoint`` is asked before every request. Leaving closes the connections.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        tls: Callable[[], ssl.SSLContext] = system_tls,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._endpoint = endpoint
        self._make_tls = tls
        self._timeout_seconds = timeout_seconds
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}  # by (is loopback, is secure)
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | Sequence[str]] | None = None,
        body: Body = NO_BODY,
        *,
        headers: Mapping[str, str] | None = None,
        needs_key: bool = True,
        timeout_seconds: float | None = None,
        most_bytes: int = _MOST_BYTES,
    ) -> dict[str, Any]:
        """Return the map that the service answers with; empty where it answers with nothing.

        A request that ``needs_key`` is not sent without one. ``timeout_seconds`` is for the whole request,
        ``most_bytes`` for the answer.
        Raises an error that says why the service cannot be asked, what it refuses, or that it answered
        something else.
        """
        endpoint = await self._endpoint()
        if needs_key and not endpoint.key:
            raise missing_key()
        # what is packed has no size that can be known before it is unpacked
        sent = {**(headers or {}), "Accept-Encoding": "identity"}
        if endpoint.key:
            sent["Authorization"] = f"Bearer {endpoint.key}"
        seconds = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        client = await self._client(endpoint)
        request = client.build_request(
            method,
            endpoint.web(path),
            params=dict(query or {}),
            headers=sent,
            data=dict(body.fields) or None,
            files=[(one.field, (one.name, one.content, one.media_type)) for one in body.uploads] or None,
            json=body.json,
            timeout=seconds,
        )
        answer, received = await _answered(client, request, seconds, most_bytes)
        value = json_of(received)
        if not answer.is_success:
            raise error_for_status(answer.status_code, _message(value, answer, received))
        if not received.strip():
            return {}
        if not isinstance(value, dict):
            raise strange_answer()
        return value

    async def download(self, url: str, most_bytes: int, accept: str) -> Downloaded:
        """Return what is at this address, whole. No key is sent there, and no redirection is followed.

        ``accept`` names the types that are wanted. Raises InputError for what is no address, ConnectionLost,
        or ProtocolError for more than ``most_bytes``.
        """
        import httpx

        client = await self._client(Endpoint(url, ""))
        sent = {"Accept-Encoding": "identity", "Accept": accept}
        try:
            request = client.build_request("GET", url, headers=sent, timeout=self._timeout_seconds)
        except (httpx.InvalidURL, ValueError) as error:
            raise InputError("This is not an address that can be asked.") from error
        answer, received = await _answered(client, request, self._timeout_seconds, most_bytes)
        headers = answer.headers
        return Downloaded(
            answer.status_code, headers.get("content-type", ""), headers.get("location", ""), received
        )

    async def _client(self, endpoint: Endpoint) -> httpx.AsyncClient:
        kind = (endpoint.is_loopback, endpoint.is_secure)
        async with self._opening:
            if kind not in self._clients:
                try:
                    self._clients[kind] = await asyncio.to_thread(self._make_client, *kind)
                except (ImportError, ValueError) as error:
                    raise InputError(
                        "The system's proxy settings cannot be used.",
                        hint="Set the address of an HTTP proxy, or none.",
                    ) from error
            return self._clients[kind]

    def _make_client(self, is_loopback: bool, is_secure: bool) -> httpx.AsyncClient:
        """Make a client, in a thread: the import and the certificates are slow."""
        import httpx

        return httpx.AsyncClient(
            verify=self._make_tls() if is_secure else False,
            trust_env=not is_loopback,  # no proxy leads to this machine
            timeout=self._timeout_seconds,
            headers={"User-Agent": USER_AGENT},
        )


async def _answered(
    client: httpx.AsyncClient, request: httpx.Request, seconds: float, most_bytes: int
) -> tuple[httpx.Response, bytes]:
    """Return the answer, which is closed, and its whole body."""
    import httpx

    try:
        async with asyncio.timeout(seconds):
            answer = await client.send(request, stream=True)
            try:
                received = await _received(answer, most_bytes)
            finally:
                await answer.aclose()
    except (TimeoutError, httpx.TimeoutException) as error:
        raise ConnectionLost(
            "The voice's service does not answer.", hint="Check the network, and try again."
        ) from error
    except (httpx.HTTPError, OSError) as error:
        raise ConnectionLost(
            "The voice's service cannot be reached.",
            hint="Check the network, and the system's proxy settings.",
        ) from error
    if received is None:
        raise strange_answer()
    return answer, received


async def _received(answer: httpx.Response, most_bytes: int) -> bytes | None:
    """Return the whole body; None for one that is packed, or larger than any honest one."""
    import httpx

    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return None
    body = bytearray()
    parts, most_parts = 0, most_bytes // _LEAST_PART_BYTES
    is_too_much = False
    cancelled: asyncio.CancelledError | None = None
    try:
        async for part in answer.aiter_raw():
            parts += 1
            if not is_too_much:
                body += part
                is_too_much = len(body) > most_bytes or parts > most_parts
            if parts % _PARTS_A_TURN == 0:  # ten thousand parts of a byte each come with one read
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError as error:
                    cancelled, is_too_much = error, True
            if is_too_much:
                # and read on until that is noticed: to leave is to leave the library's generators unfinished
                await answer.aclose()
    except (httpx.HTTPError, httpx.StreamError):
        if not is_too_much:
            raise
    if cancelled is not None:
        raise cancelled
    return None if is_too_much else bytes(body)


def _message(content: object, answer: httpx.Response, body: bytes) -> str | None:
    """Return the service's message: a field of a JSON body, or all of a plain one (as for a refused key)."""
    if isinstance(content, dict):
        message = content.get("message")
        return message if isinstance(message, str) else None
    is_plain = answer.headers.get("content-type", "").startswith("text/plain")
    return body[:_MESSAGE_BYTES].decode("utf-8", "replace") if is_plain else None


def strange_answer() -> ProtocolError:
    """Return the error for an answer that no honest service gives."""
    return ProtocolError(
        "The voice's service answered in a way we do not understand.",
        hint="If you are behind a proxy or a sign-in page, that may be what answered.",
    )
