"""Parts of every REST answer: errors as the service words them, who may ask, bodies within bounds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Final

from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse

from fishcaption.core.secrecy import PROOF_HEADER, answer, claimed_nonce
from fishcaption.server import gate
from fishcaption.server.request import BadRequest

_DRAINED: Final = 4  # times the limit of a body: so much is read and dropped, so that the answer arrives


class TooLarge(Exception):
    """A body is longer than it may be."""


class Doors:
    """Decides who may ask. ``is_public``: the list of voices needs no key."""

    def __init__(self, key: str, *, is_public: bool = False) -> None:
        self.key = key
        self._is_public = is_public

    def refusal(self, headers: Mapping[str, str], *, is_list: bool = False) -> JSONResponse | None:
        """Return the answer to a request that may not be; None if it may. ``is_list``: it may be public."""
        why = gate.refusal(headers, self.key)
        if why is None or (why.status == 401 and is_list and self._is_public and not _shows_key(headers)):
            return None
        return error(why.status, why.message)

    def is_owner(self, headers: Mapping[str, str]) -> bool:
        """Return whether this request has the key."""
        return gate.refusal(headers, self.key) is None

    def proof(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that prove the key to a client that has proved it."""
        nonce = claimed_nonce(headers.get("authorization", ""))
        return {} if nonce is None else {PROOF_HEADER: answer(self.key, nonce)}


def _shows_key(headers: Mapping[str, str]) -> bool:
    return bool(headers.get("authorization", "").strip())


def error(status: int, message: str) -> JSONResponse:
    """Return an error as the service words it."""
    return JSONResponse({"status": status, "message": message, "reason": None}, status)


def whole(value: str | None, default: int, limits: tuple[int, int], name: str) -> int:
    """Return a number of a query. Raises BadRequest."""
    if value is None:
        return default
    is_number = value.isascii() and value.isdecimal() and len(value) <= 9
    if not is_number or not limits[0] <= int(value) <= limits[1]:
        raise BadRequest(f"{name} must be in [{limits[0]}, {limits[1]}]")
    return int(value)


def flag(value: str | None, name: str, default: bool = False) -> bool:
    """Return a truth value of a form or query, as clients write it. Raises BadRequest."""
    if value is None or not value.strip():
        return default
    known = {
        "true": True,
        "1": True,
        "on": True,
        "yes": True,
        "false": False,
        "0": False,
        "off": False,
        "no": False,
    }
    if value.strip().lower() not in known:
        raise BadRequest(f"invalid type for `{name}`: expected a boolean")
    return known[value.strip().lower()]


async def body(http: HTTPRequest, most: int) -> bytes | None:
    """Return the body of a request; None if it is longer. Raises ClientDisconnect."""
    data = bytearray()
    try:
        async for part in bounded(http, most):
            data += part
    except TooLarge:
        return None
    return bytes(data)


async def bounded(http: HTTPRequest, most: int) -> AsyncGenerator[bytes]:
    """Yield a body's parts. Raises TooLarge for a longer one, of which a good part is read and dropped."""
    count = 0
    parts: AsyncIterator[bytes] = http.stream()
    async for part in parts:
        count += len(part)
        if count > most:
            await _drain(parts, most * _DRAINED)
            raise TooLarge
        yield part


async def _drain(parts: AsyncIterator[bytes], most: int) -> None:
    count = 0
    async for part in parts:
        count += len(part)
        if count > most:
            return
