"""Covers and samples of the library's voices: small files, from the service's own places only.

The addresses come out of answers, so they are checked: a file is fetched from Fish Audio's hosts, over an
encrypted connection, or from a service on this machine. No key is sent there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from fishcaption.core.errors import Forbidden, InputError, ProtocolError
from fishcaption.core.protocol.refusals import error_for_status
from fishcaption.fish.endpoint import Endpoint, system_tls
from fishcaption.fish.rest import TIMEOUT_SECONDS, Rest

if TYPE_CHECKING:
    import ssl

MOST_COVER_BYTES: Final = 200_000
MOST_SAMPLE_BYTES: Final = 6_000_000

_AT_ONCE: Final = 4
_MOST_REDIRECTIONS: Final = 3
# its own, and that of Cloudflare's storage, where signed addresses of it are
_HOSTS: Final = ("fish.audio", "r2.cloudflarestorage.com")
_HOST: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class Downloads:
    """An async context manager. ``endpoint`` is the service of the files; it is asked each time."""

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        tls: Callable[[], ssl.SSLContext] = system_tls,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._endpoint = endpoint
        self._rest = Rest(endpoint, tls=tls, timeout_seconds=timeout_seconds)
        self._covers = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._rest.__aexit__(*exc)

    async def cover(self, url: str) -> bytes:
        """Return a picture's file, of at most 200 kB; four are fetched at once. Raises as `sample`."""
        async with self._covers:
            return await self._fetch(url, MOST_COVER_BYTES, "image/webp,image/png,image/jpeg")

    async def sample(self, url: str) -> bytes:
        """Return a recording's file, of at most 6 MB.

        Raises Forbidden where it is not (an address may have expired), InputError for an address of another
        host, ProtocolError for a page or too large a file, or why it cannot be fetched.
        """
        return await self._fetch(url, MOST_SAMPLE_BYTES, "audio/*")

    async def _fetch(self, url: str, most_bytes: int, accept: str) -> bytes:
        endpoint = await self._endpoint()
        for _ in range(1 + _MOST_REDIRECTIONS):
            _check(url, endpoint)
            answer = await self._rest.download(url, most_bytes, accept)
            if 300 <= answer.status < 400 and answer.location:
                url = _led_to(url, answer.location)
                continue
            if answer.status in (401, 403, 404, 410):
                raise Forbidden(
                    "The file of this voice is not there any more.", hint="Search for the voice again."
                )
            if not 200 <= answer.status < 300:
                raise error_for_status(answer.status)
            if answer.media_type.startswith("text/") or not answer.body:
                break
            return answer.body
        raise ProtocolError(
            "A file of this voice is not what it should be.",
            hint="If you are behind a proxy or a sign-in page, that may be what answered.",
        )


def _led_to(url: str, location: str) -> str:
    """Return where a redirection leads; empty, which is no address, if it leads nowhere."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _check(url: str, endpoint: Endpoint) -> None:
    """Raise InputError for an address that is none of the service's."""
    try:
        parts = urlsplit(url)
        is_ours = _is_ours(parts, urlsplit(endpoint.web("/")), endpoint.is_loopback)
    except ValueError:
        is_ours = False
    if not is_ours:
        raise InputError("The file of this voice is at a place that is not the service's.")


def _is_ours(parts: SplitResult, home: SplitResult, is_local: bool) -> bool:
    if is_local:
        return (parts.scheme, parts.hostname, parts.port) == (home.scheme, home.hostname, home.port)
    host = (parts.hostname or "").lower()
    is_known = bool(_HOST.fullmatch(host)) and any(
        host == known or host.endswith(f".{known}") for known in _HOSTS
    )
    return parts.scheme == "https" and is_known and parts.port in (None, 443) and not parts.username
