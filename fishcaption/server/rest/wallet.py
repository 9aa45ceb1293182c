"""The account: credit that runs out as text is spoken, and the web plan, which pays nothing here."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Final

from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response

from fishcaption.server.library.catalog import MADE, OWNER_ID
from fishcaption.server.rest.answers import Doors, error
from fishcaption.server.terms import FREE_MODEL, PRICE, Terms

_NEVER: Final = "2099-12-31T23:59:59Z"
_PLACES: Final = Decimal("0.000001")


class Account:
    """The credit of the key's owner. It may fall below zero: what has begun is finished."""

    def __init__(self, terms: Terms) -> None:
        self._credit = terms.credit
        self._late_seconds = terms.switches.deducted_after_seconds
        self._has_old_words = terms.switches.has_old_words
        self._owed: list[tuple[float, Decimal]] = []

    @property
    def credit(self) -> Decimal:
        """The credit that is left, in dollars, less what is deducted by now."""
        now = time.monotonic()
        self._credit -= sum((dollars for due, dollars in self._owed if due <= now), Decimal(0))
        self._owed = [one for one in self._owed if one[0] > now]
        return self._credit

    def owe(self, dollars: Decimal) -> None:
        """Deduct this, when the time comes."""
        if not self._late_seconds:
            self._credit -= dollars
        else:
            self._owed.append((time.monotonic() + self._late_seconds, dollars))

    def speak(self, text: str, model: str) -> None:
        """Deduct what it costs to speak this text."""
        if model != FREE_MODEL:
            self.owe(PRICE * len(text.encode("utf-8", "replace")) / 1_000_000)

    def objection(self, model: str | None = None) -> str:
        """Return why a request is a 402; empty if it is none. ``model``: a free one needs no credit."""
        if model == FREE_MODEL or self.credit > 0:
            return ""
        if self._has_old_words:
            return "Invalid api key or insufficient balance"
        told = "Insufficient API credit. API credit is managed independently from platform credit."
        return f"{told} The model {FREE_MODEL} needs none." if model else told


class Wallet:
    """The routes of the account."""

    def __init__(self, doors: Doors, account: Account) -> None:
        self._doors = doors
        self._account = account

    async def credit(self, http: HTTPRequest) -> Response:
        """GET /wallet/self/api-credit"""
        if refusal := self._doors.refusal(http.headers):
            return refusal
        if http.path_params["owner"] not in ("self", OWNER_ID):
            return error(403, "You have no permission for this wallet")
        credit = self._account.credit.quantize(_PLACES).normalize()
        return JSONResponse(
            {
                "_id": OWNER_ID,
                "user_id": OWNER_ID,
                "credit": f"{credit:f}",
                "cumulative_top_up": "0",
                "created_at": MADE,
                "updated_at": MADE,
                "has_phone_sha256": False,
                "has_free_credit": None,
            }
        )

    async def package(self, http: HTTPRequest) -> Response:
        """GET /wallet/self/package, with the ``_id`` that the official Python client insists on."""
        if refusal := self._doors.refusal(http.headers):
            return refusal
        return JSONResponse(
            {
                "_id": OWNER_ID,
                "user_id": OWNER_ID,
                "type": "free",
                "total": 0,
                "balance": 0,
                "created_at": MADE,
                "updated_at": MADE,
                "finished_at": _NEVER,  # clients need a string
            }
        )
