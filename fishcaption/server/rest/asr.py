"""Recognition of speech, where somebody has given the server a recogniser: tests do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response

from fishcaption.server.request import BadRequest
from fishcaption.server.rest.answers import Doors, TooLarge, error, flag
from fishcaption.server.rest.forms import read_form
from fishcaption.server.rest.wallet import Account
from fishcaption.server.terms import HOUR_PRICE, Recogniser

LARGEST_AUDIO: Final = 20 * 1024 * 1024
"""Bytes of a recording, by the service's documents."""


class Asr:
    """The route of recognition."""

    def __init__(self, doors: Doors, account: Account, recogniser: Recogniser) -> None:
        self._doors = doors
        self._account = account
        self._recogniser = recogniser

    async def recognise(self, http: HTTPRequest) -> Response:
        """POST /v1/asr"""
        if refusal := self._doors.refusal(http.headers):
            return refusal
        if why := self._account.objection():
            return error(402, why)
        try:
            form = await read_form(http)
            files = form.files.get("audio", [])
            if len(files) != 1:
                raise BadRequest("missing field `audio`")
            language = form.one("language", 20) or None
            omits_times = flag(form.one("ignore_timestamps", 10), "ignore_timestamps", True)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except TooLarge:
            return error(413, "The recording is too large")
        except BadRequest as bad:
            return error(400, str(bad))
        if len(files[0].content) > LARGEST_AUDIO:
            return error(413, f"The recording is larger than {LARGEST_AUDIO >> 20} MiB")
        try:
            told: dict[str, Any] = await run_in_threadpool(self._recogniser, files[0].content, language)
        except ValueError:
            return error(400, "Audio is not valid, please check your audio")
        self._account.owe(HOUR_PRICE * Decimal(told["duration"]) / 3600)
        return JSONResponse({**told, "segments": [] if omits_times else told["segments"]})
