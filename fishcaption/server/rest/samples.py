"""Samples and covers: sound that a voice really makes, and small pictures, at addresses that are proofs."""

from __future__ import annotations

import struct
import zlib
from collections import OrderedDict
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from starlette.requests import Request as HTTPRequest
from starlette.responses import Response

from fishcaption.server import gate
from fishcaption.server.engines.pool import Speaker, SynthesisFailed, VoiceEngines
from fishcaption.server.library.casting import Cast
from fishcaption.server.library.catalog import Catalogue, Listed
from fishcaption.server.request import BadRequest, Request
from fishcaption.server.rest.answers import error
from fishcaption.server.rest.entities import sample_text
from fishcaption.server.session import ServerSession
from fishcaption.server.signed import cover_id, is_sample, opens
from fishcaption.server.sound import wav

_KEPT: Final = 32
_SAMPLE_RATE: Final = 24_000
_SIDE: Final = 64
_EXPIRED: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>'
    b"<Message>Request has expired</Message></Error>"
)
_MAGIC: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))


def picture_kind(data: bytes) -> str:
    """Return the kind of picture by its first bytes; empty if it is none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")


class Samples:
    """The routes of samples and covers."""

    def __init__(self, key: str, catalogue: Catalogue, engines: VoiceEngines) -> None:
        self._key = key
        self._catalogue = catalogue
        self._engines = engines
        self._sounds: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    async def sample(self, http: HTTPRequest) -> Response:
        """GET /sample/{id}.wav"""
        if refusal := self._refusal(http):
            return refusal
        target = _target(http)
        if not is_sample(target, self._key, datetime.now(UTC)):
            return Response(_EXPIRED, 403, media_type="application/xml")
        one = self._catalogue.find(http.path_params["name"].removesuffix(".wav"))
        if one is None or (one.clone is not None and not one.clone.has_sample):
            return error(404, "Sample not found")
        try:
            return Response(await self._sound(one), media_type="audio/wav")
        except (SynthesisFailed, BadRequest) as failed:  # such as a text that the voice cannot say
            return error(500, str(failed))

    async def cover(self, http: HTTPRequest) -> Response:
        """GET /coverimage/…, and /cdn-cgi/image/…/coverimage/…: an uploaded picture stays as it is."""
        if refusal := self._refusal(http):
            return refusal
        id_ = cover_id(http.url.path, self._key)
        if id_ is None or self._catalogue.find(id_) is None:
            return error(404, "Cover not found")
        clones = self._catalogue.clones
        uploaded = None if clones is None else clones.cover(id_)
        data = uploaded or drawn(id_)
        return Response(data, media_type=f"image/{picture_kind(data)}")

    def _refusal(self, http: HTTPRequest) -> Response | None:
        """Return the answer to whoever has neither the key nor an address that was given out."""
        why = gate.refusal(http.headers, self._key)
        if why is None or (why.status == 401 and opens(http.method, _target(http), self._key)):
            return None
        return error(why.status, why.message)

    async def _sound(self, one: Listed) -> bytes:
        key = (one.id, sample_text(one))
        if key not in self._sounds:
            speaker = Speaker(one.entry, one.character)
            self._sounds[key] = await spoken(self._engines, speaker, sample_text(one))
            while len(self._sounds) > _KEPT:
                self._sounds.popitem(last=False)
        self._sounds.move_to_end(key)
        return self._sounds[key]


async def spoken(engines: VoiceEngines, speaker: Speaker, text: str) -> bytes:
    """Return a WAV file of a text in a voice, at 24 kHz. Raises SynthesisFailed, BadRequest."""

    async def alone(cast: Cast) -> tuple[Speaker, ...]:
        return cast.speakers

    request = Request(text=text, format="pcm", rate=_SAMPLE_RATE)
    session = ServerSession(engines, request, Cast([speaker]), alone, lambda text: None)
    session.stop()
    return wav(b"".join([frame.audio async for frame in session.frames()]), _SAMPLE_RATE)


def drawn(id_: str) -> bytes:
    """Return a cover for a voice without one: two colours of its own, 64 pixels square."""
    one, other = (blake2b(f"{id_}{n}".encode(), digest_size=3).digest() for n in (0, 1))
    rows = b"".join(
        b"\0" + b"".join(one if (x - 31) ** 2 + (y - 31) ** 2 < 500 else other for x in range(_SIDE))
        for y in range(_SIDE)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _target(http: HTTPRequest) -> str:
    return f"{http.url.path}?{http.url.query}"
