"""A service's voices, and the credit of the account: its REST interface.

It works with Fish Audio and with our own embedded voice. Every failure is raised as an error of our tree.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Self

from fishcaption.core.errors import ConnectionLost, InputError, ProtocolError
from fishcaption.core.protocol.refusals import error_for_status
from fishcaption.core.speech import Provider, Voice
from fishcaption.core.untrusted import json_of, one_line
from fishcaption.fish.endpoint import USER_AGENT, Endpoint, missing_key, system_tls

if TYPE_CHECKING:
    import ssl

    import httpx

PAGE_SIZE = 30
_MOST_PAGE_SIZE = 100
_TIMEOUT_SECONDS = 15.0
_NAME_LENGTH = 100

_MOST_BYTES = 1 << 20
"""Of an answer. A page of 30 voices has some 100 kB."""

_MOST_PARTS = 4096
_PARTS_A_TURN = 64

_ID = re.compile(r"[\x21-\x7e]{1,128}")
_LANGUAGE = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}")
_MOST_LANGUAGES = 100
_MOST_DOLLARS = 1e9


@dataclass(frozen=True, slots=True)
class VoicePage:
    """One page of the voices, in the service's order; ``has_more``: there is a next page."""

    voices: tuple[Voice, ...]
    has_more: bool


class Library:
    """An async context manager. ``endpoint`` is asked before every request; ``provider`` marks the voices."""

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        provider: Provider = "fish",
        tls: Callable[[], ssl.SSLContext] = system_tls,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._endpoint = endpoint
        self._provider = provider
        self._make_tls = tls
        self._timeout_seconds = timeout_seconds
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}  # by (is loopback, is secure)
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def voices(
        self, page: int = 1, *, search: str = "", own: bool = False, page_size: int = PAGE_SIZE
    ) -> VoicePage:
        """Return a page of voices, counted from 1, with titles like ``search``; ``own``: only the account's.

        Voices that cannot speak (in training, failed, taken down) are left out, so a page may be short.
        Raises InputError for a page that cannot exist, or an error that says why the service cannot be asked.
        """
        if page < 1 or not 1 <= page_size <= _MOST_PAGE_SIZE:
            raise InputError(f"Pages begin at 1, and hold 1 to {_MOST_PAGE_SIZE} voices.")
        query = {
            "page_size": str(page_size),
            "page_number": str(page),
            "sort_by": "created_at" if own else "task_count",
            "self": "true" if own else "false",
        }
        if search.strip():
            query["title"] = search.strip()
        answer = await self._get("/model", query)
        items = answer.get("items")
        if not isinstance(items, list):
            raise _strange()
        there = items[:page_size]
        voices = [voice for item in there if (voice := self._voice(item)) is not None]
        return VoicePage(tuple(voices), _has_more(answer, page, page_size, len(there)))

    async def check_key(self) -> None:
        """Return if the service accepts the key. Raises Unauthorized, or why the service cannot be asked."""
        await self._get("/model", {"self": "true", "page_size": "1"})

    async def credit(self) -> Decimal:
        """Return the API credit in dollars, separate from the platform's. Raises why it cannot be asked."""
        answer = await self._get("/wallet/self/api-credit", {})
        said = answer.get("credit")
        try:
            credit = Decimal(said if isinstance(said, str) and len(said) <= _NAME_LENGTH else "")
        except InvalidOperation as error:
            raise _strange() from error
        if not credit.is_finite() or abs(credit) > _MOST_DOLLARS:
            raise _strange()
        return credit

    def _voice(self, item: object) -> Voice | None:
        if not isinstance(item, dict):
            return None
        id_, title = item.get("_id"), item.get("title")
        if not isinstance(id_, str) or not _ID.fullmatch(id_) or not isinstance(title, str):
            return None
        if (
            item.get("type", "tts") != "tts"
            or item.get("state", "trained") != "trained"
            or item.get("dmca_taken_down") is True
        ):
            return None
        languages = item.get("languages")
        return Voice(
            self._provider,
            id_,
            one_line(title, _NAME_LENGTH) or id_,
            tuple(
                language
                for language in languages[:_MOST_LANGUAGES]
                if isinstance(language, str) and _LANGUAGE.fullmatch(language)
            )
            if isinstance(languages, list)
            else (),
        )

    async def _get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        endpoint = await self._endpoint()
        if not endpoint.key:
            raise missing_key()
        client = await self._client(endpoint)
        import httpx

        # what is packed has no size that can be known before it is unpacked
        headers = {"Authorization": f"Bearer {endpoint.key}", "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                client.stream("GET", endpoint.web(path), params=dict(query), headers=headers) as answer,
            ):
                body = await _body(answer)
                if body is None:
                    raise _strange()
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ConnectionLost(
                "The voice's service does not answer.", hint="Check the network, and try again."
            ) from error
        except (httpx.HTTPError, OSError) as error:
            raise ConnectionLost(
                "The voice's service cannot be reached.",
                hint="Check the network, and the system's proxy settings.",
            ) from error
        content = json_of(body)
        if not answer.is_success:
            raise error_for_status(answer.status_code, _message(content, answer, body))
        if not isinstance(content, dict):
            raise _strange()
        return content

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


async def _body(answer: httpx.Response) -> bytes | None:
    """Return the whole body; None for one that is packed, or larger than any honest one."""
    import httpx

    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return None
    body = bytearray()
    parts = 0
    is_too_much = False
    cancelled: asyncio.CancelledError | None = None
    try:
        async for part in answer.aiter_raw():
            parts += 1
            if not is_too_much:
                body += part
                is_too_much = len(body) > _MOST_BYTES or parts > _MOST_PARTS
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


def _has_more(answer: Mapping[str, Any], page: int, page_size: int, count: int) -> bool:
    match answer.get("has_more"), answer.get("total"):
        case bool(has_more), _:
            return has_more
        case _, int(total):
            return page * page_size < total
        case _:
            return count >= page_size


def _message(content: object, answer: httpx.Response, body: bytes) -> str | None:
    """Return the service's message: a field of a JSON body, or all of a plain one (as for a refused key)."""
    if isinstance(content, dict):
        message = content.get("message")
        return message if isinstance(message, str) else None
    is_plain = answer.headers.get("content-type", "").startswith("text/plain")
    return body[: _NAME_LENGTH * 10].decode("utf-8", "replace") if is_plain else None


def _strange() -> ProtocolError:
    return ProtocolError(
        "The voice's service answered in a way we do not understand.",
        hint="If you are behind a proxy or a sign-in page, that may be what answered.",
    )
