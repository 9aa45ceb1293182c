"""One request at a time to a service that takes captions: bounded in time and size, and following nobody."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from enum import Enum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import urlsplit

from fishcaption import __version__
from fishcaption.core.errors import InputError

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS: Final = 5.0
"""So long a service has to take a caption and to answer."""

_MOST_BYTES: Final = 4096  # of an answer: a sentence, or a number
_USER_AGENT: Final = f"fishcaption/{__version__}"


class Request(NamedTuple):
    """A request as it goes out. Its address and headers may hold secrets: it is in no log."""

    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Answer(NamedTuple):
    """An answer: its status, the beginning of its body as text, and its Date header."""

    status: int
    text: str
    date: str = ""


class Failure(Enum):
    """The ways in which no answer came."""

    UNREACHED = "unreached"  # nothing was sent: it cannot have been taken
    UNANSWERED = "unanswered"  # it may have been taken


class Web:
    """An async context manager. ``url`` is where the requests go; a proxy is used for far ones.

    A redirect is not followed: it is the answer. Certificates are trusted as the system trusts them.
    """

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        try:
            self._client = await asyncio.to_thread(self._make_client)
        except (ImportError, ValueError) as error:
            raise InputError(
                "The system's proxy settings cannot be used.",
                hint="Set the address of an HTTP proxy, or none.",
            ) from error
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def send(self, request: Request) -> Answer | Failure:
        """Send it; return the answer, or in which way none came. Raises nothing but cancellation."""
        import httpx

        assert self._client is not None
        is_sent = False

        async def trace(event: str, _info: object) -> None:
            nonlocal is_sent
            is_sent = is_sent or event.endswith("send_request_headers.started")

        headers = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity", **request.headers}
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                self._client.stream(
                    request.method,
                    request.url,
                    content=request.body or None,
                    headers=headers,
                    extensions={"trace": trace},
                ) as answer,
            ):
                text = (await _beginning(answer)).decode("utf-8", "replace")
                return Answer(answer.status_code, text, answer.headers.get("date", "")[:100])
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return Failure.UNANSWERED if is_sent else Failure.UNREACHED

    def _make_client(self) -> httpx.AsyncClient:
        """In a thread: the import and the certificates are slow."""
        import ssl

        import httpx
        import truststore

        logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it tells whole addresses
        is_secure = urlsplit(self._url).scheme == "https"
        return httpx.AsyncClient(
            verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_secure else False,
            trust_env=not is_near(self._url),
            timeout=self._timeout_seconds,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1),
        )


async def _beginning(answer: httpx.Response) -> bytes:
    """Return the beginning of the body; a longer one is not waited for."""
    import httpx

    body = bytearray()
    with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
        async for part in answer.aiter_raw():
            body += part
            if len(body) > _MOST_BYTES:
                # and read on until that is noticed: to leave is to leave the library's generators unfinished
                await answer.aclose()
    return bytes(body[:_MOST_BYTES])


def is_near(url: str) -> bool:
    """Return whether an address is on this computer or in its own network, where no proxy leads."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".local")
    return address.is_loopback or address.is_private or address.is_link_local


def checked_url(url: str, label: str) -> str:
    """Return an address that can be asked. Raises InputError, which does not quote it."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not url.isprintable() or " " in url:
        raise InputError(
            f"“{label}” is not a web address.", hint="Copy it whole; it begins with http:// or https://."
        )
    return url


def with_query(url: str, query: Mapping[str, str]) -> str:
    """Return the address with more fields in its query; its own stay as they are, letter for letter."""
    from urllib.parse import urlencode

    address, hash_sign, fragment = url.partition("#")
    separator = "&" if "?" in address else "?"
    if address.endswith(("?", "&")):
        separator = ""
    return f"{address}{separator}{urlencode(query)}{hash_sign}{fragment}"
