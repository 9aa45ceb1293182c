"""Voices that are made of a description: candidates to hear, each signed, so that one of them can be kept."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response

from fishcaption.server.engines.pool import Speaker, SynthesisFailed, VoiceEngines
from fishcaption.server.library.catalog import Catalogue
from fishcaption.server.library.character import Character, character_of, digest
from fishcaption.server.request import BadRequest, decode
from fishcaption.server.rest.answers import Doors, body, error
from fishcaption.server.rest.samples import spoken
from fishcaption.server.rest.wallet import Account
from fishcaption.server.terms import DESIGN_PRICE

MODEL: Final = "voice-design-1"
MOST_CANDIDATES: Final = 4
_LONGEST_INSTRUCTION: Final = 2000
_LONGEST_TEXT: Final = 300
"""The reference says 150, the guide 300."""
_LARGEST: Final = 64 * 1024
_TEXT: Final = "Hello. This is a voice that was made of words alone. I hope that you like it."


class Design:
    """The route of designed voices."""

    def __init__(self, doors: Doors, account: Account, catalogue: Catalogue, engines: VoiceEngines) -> None:
        self._doors = doors
        self._account = account
        self._catalogue = catalogue
        self._engines = engines

    async def design(self, http: HTTPRequest) -> Response:
        """POST /v1/voice-design"""
        if refusal := self._doors.refusal(http.headers):
            return refusal
        if why := self._account.objection():
            return error(402, why)
        if http.headers.get("model", MODEL) != MODEL:
            return error(400, f"unknown model, expected {MODEL}")
        try:
            instruction, text, count = _asked(
                await body(http, _LARGEST), http.headers.get("content-type", "")
            )
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except BadRequest as bad:
            return error(400, str(bad))
        self._account.owe(DESIGN_PRICE)
        seed = secrets.token_bytes(8)  # asked again, there are others to choose from
        candidates = []
        for index in range(count):
            character = character_of(digest(seed + bytes([index]) + instruction.encode("utf-8", "replace")))
            try:
                candidates.append(await self._candidate(index, character, text))
            except BadRequest as bad:  # a text that the voice cannot say
                return error(400, str(bad))
            except SynthesisFailed as failed:
                return error(500, str(failed))
        return JSONResponse({"candidates": candidates})

    async def _candidate(self, index: int, character: Character, text: str) -> dict[str, Any]:
        sound = await spoken(self._engines, Speaker(self._catalogue.base, character), text)
        return {
            "id": secrets.token_hex(8),
            "index": index,
            "audio_base64": base64.b64encode(sound).decode("ascii"),
            "sample_rate": 24_000,
            "duration_ms": round((len(sound) - 44) / 48),
            "text": text,
            "signature": signature(self._doors.key, character, sound),
        }


def _asked(data: bytes | None, content_type: str) -> tuple[str, str, int]:
    if data is None:
        raise BadRequest(f"The body is larger than {_LARGEST >> 10} KiB")
    try:
        value = decode(data, content_type)
    except ValueError as bad:
        raise BadRequest(str(bad)) from None
    if not isinstance(value, Mapping):
        raise BadRequest("invalid type: expected a map of request fields")
    instruction, text, count = value.get("instruction"), value.get("reference_text"), value.get("n", 1)
    if not isinstance(instruction, str) or not instruction.strip():
        raise BadRequest("missing field `instruction`")
    if len(instruction) > _LONGEST_INSTRUCTION:
        raise BadRequest(f"`instruction` is longer than {_LONGEST_INSTRUCTION} characters")
    if text is not None and (not isinstance(text, str) or len(text) > _LONGEST_TEXT):
        raise BadRequest(f"`reference_text` must be a text of at most {_LONGEST_TEXT} characters")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_CANDIDATES:
        raise BadRequest(f"n must be in [1, {MOST_CANDIDATES}]")
    return instruction, text if text and text.strip() else _TEXT, count


def signature(key: str, character: Character, sound: bytes) -> str:
    """Return the proof that these very bytes are a candidate of this character."""
    pitch, pace = (f"{value:.6f}" for value in character)
    return f"{pitch}:{pace}:{_made(key, pitch, pace, sound)}"


def designed_character(key: str, signatures: Sequence[str], sounds: Sequence[bytes]) -> Character | None:
    """Return the character of the candidate that is being kept; None if nothing is signed.

    Raises BadRequest if a signature is not of its recording's very bytes.
    """
    if not signatures:
        return None
    if len(signatures) != len(sounds):
        raise BadRequest(f"{len(signatures)} signatures for {len(sounds)} recordings")
    for told, sound in zip(signatures, sounds, strict=True):
        pitch, _, rest = told.partition(":")
        pace, _, proof = rest.partition(":")
        proven = _made(key, pitch, pace, sound)
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), proven.encode()):
            raise BadRequest("A voice design's signature does not match its audio")
    pitch, pace = signatures[0].split(":")[:2]
    return Character(float(pitch), float(pace))


def _made(key: str, pitch: str, pace: str, sound: bytes) -> str:
    message = f"design\n{pitch}\n{pace}\n".encode("utf-8", "replace") + sha256(sound).digest()
    return hmac.new(key.encode("utf-8", "replace"), message, sha256).hexdigest()
