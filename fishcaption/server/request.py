"""A client's request: Fish Audio's TTSRequest as it comes over the wire, checked.

Written from the published schema and on purpose not from the client's half (`core.protocol`), so that the
two cannot share a misreading. Unknown fields are accepted and nulls count as left out, as the official
clients send both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import ormsgpack

RATES: Final[Mapping[str, tuple[int, ...]]] = {
    "pcm": (8000, 16000, 24000, 32000, 44100),
    "wav": (8000, 16000, 24000, 32000, 44100),
    "mp3": (32000, 44100),
    "opus": (48000,),
}
_DEFAULT_RATE: Final = {"opus": 48000}
_MP3_KBITS: Final = (64, 128, 192)
_OPUS_AUTO: Final = 32000  # what "auto" comes to here, in bit/s
# The schema says bit/s, the official SDKs send kbit/s.
_OPUS_BITS: Final = {-1000: _OPUS_AUTO} | {n * k: n * 1000 for n in (24, 32, 48, 64) for k in (1, 1000)}
SLOWEST: Final = 0.5
FASTEST: Final = 2.0
_LATENCIES: Final = ("low", "normal", "balanced")


_MOST_VALUES: Final = 1_000_000  # in a body of JSON: reading so many takes some 50 ms
_LARGEST_NUMBER: Final = 1e9


class BadRequest(Exception):
    """A request that cannot be served; ``str()`` is the message to the client, as the service words it."""

    def __init__(self, told: str) -> None:
        # What a client has sent may hold halves of characters, which nothing can be encoded with.
        super().__init__(told.encode("utf-8", "replace").decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Request:
    """One manner of speaking, and who speaks.

    ``volume`` in dB, ``rate`` in frames a second, bitrates in bit/s. ``reference_ids`` are voices, one
    for each speaker; ``references`` the recordings of each speaker. ``has_list``: they came as a list, as for
    several speakers, were it of one.
    """

    text: str = ""
    reference_ids: tuple[str, ...] = ()
    references: tuple[tuple[bytes, ...], ...] = field(default=(), repr=False)
    has_list: bool = False
    speed: float = 1.0
    volume: float = 0.0
    chunk_length: int = 300
    min_chunk_length: int = 50
    format: str = "mp3"
    rate: int = 44100
    bitrate: int = 128000
    latency: str = "normal"


def decode(data: bytes, content_type: str) -> object:
    """Return the value in the body of an HTTP request. Raises ValueError if it is not of its content type."""
    if "msgpack" in content_type:
        try:
            return ormsgpack.unpackb(data)
        except ValueError:
            raise ValueError("Failed to parse the request body as MsgPack") from None
    try:
        if sum(map(data.count, (b"[", b"{", b","))) > _MOST_VALUES:
            raise ValueError
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("Failed to parse the request body as JSON") from None


def parse(body: object) -> Request:
    """Check a request. Raises BadRequest with what is wrong with it."""
    if not isinstance(body, Mapping):
        raise BadRequest("invalid type: expected a map of request fields")
    fields = _Fields(body)
    text = fields.text("text")
    if text is None:
        raise BadRequest("missing field `text`")
    prosody = fields.map("prosody")
    format_ = fields.choice("format", tuple(RATES), "mp3")
    rate = _rate(fields, format_)
    for name in ("temperature", "top_p", "repetition_penalty", "early_stop_threshold"):
        fields.number(name, 0.0)
    for name in ("normalize", "condition_on_previous_chunks"):
        fields.flag(name)
    prosody.flag("normalize_loudness")
    return Request(
        text=text,
        reference_ids=_reference_ids(body.get("reference_id")),
        references=_references(body.get("references")),
        has_list=isinstance(body.get("reference_id"), list) or _is_2d(body.get("references")),
        speed=prosody.number("speed", 1.0, (SLOWEST, FASTEST)),
        volume=prosody.number("volume", 0.0, (-20, 20)),
        chunk_length=fields.whole("chunk_length", 300, (100, 300)),
        min_chunk_length=fields.whole("min_chunk_length", 50, (0, 100)),
        format=format_,
        rate=rate,
        bitrate=_bitrate(fields, format_),
        latency=fields.choice("latency", _LATENCIES, "normal"),
    )


class _Fields:
    """Reads fields of a map by type; a missing or null field has its default."""

    def __init__(self, body: Mapping[Any, Any]) -> None:
        self._body = body

    def text(self, name: str) -> str | None:
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            raise BadRequest(f"invalid type for `{name}`: expected a string")
        return value

    def map(self, name: str) -> _Fields:
        value = self._body.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise BadRequest(f"invalid type for `{name}`: expected a map")
        return _Fields(value or {})

    def flag(self, name: str) -> None:
        if not isinstance(self._body.get(name, False), bool | None):
            raise BadRequest(f"invalid type for `{name}`: expected a boolean")

    def number(self, name: str, default: float, limits: tuple[float, float] | None = None) -> float:
        value = self._body.get(name)
        if value is None:
            return float(default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadRequest(f"invalid type for `{name}`: expected a number")
        if limits is not None and not limits[0] <= value <= limits[1]:  # not-a-number compares false
            raise BadRequest(f"{name} must be in [{limits[0]}, {limits[1]}]")
        if not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
            raise BadRequest(f"{name} is out of range")
        return float(value)

    def whole(self, name: str, default: int, limits: tuple[int, int]) -> int:
        value = self.number(name, default, limits)
        if not value.is_integer():
            raise BadRequest(f"invalid type for `{name}`: expected an integer")
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name)
        if value is None:
            return default
        if value not in choices:
            known = ", ".join(f"`{choice}`" for choice in choices)
            raise BadRequest(f"unknown variant `{value[:40]}`, expected one of {known}")
        return value


def _rate(fields: _Fields, format_: str) -> int:
    default = _DEFAULT_RATE.get(format_, 44100)
    value = fields.number("sample_rate", default)
    if value not in RATES[format_]:
        known = ", ".join(map(str, RATES[format_]))
        raise BadRequest(
            f"Invalid sample rate {value:g} for format {format_}. Supported sample rates: {known}"
        )
    return int(value)


def _bitrate(fields: _Fields, format_: str) -> int:
    mp3 = fields.number("mp3_bitrate", 128)
    if mp3 not in _MP3_KBITS:
        raise BadRequest(f"Invalid mp3_bitrate {mp3:g}. Supported bitrates: 64, 128, 192")
    opus = fields.number("opus_bitrate", -1000)
    if opus not in _OPUS_BITS:
        raise BadRequest(
            f"Invalid opus_bitrate {opus:g}. Supported bitrates: -1000, 24000, 32000, 48000, 64000"
        )
    return _OPUS_BITS[int(opus)] if format_ == "opus" else int(mp3) * 1000


def _reference_ids(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise BadRequest("invalid type for `reference_id`: expected a string or a list of strings")


def _references(value: object) -> tuple[tuple[bytes, ...], ...]:
    """Return the recordings of each speaker. A plain list is all of one."""
    if value is None or value == []:
        return ()
    listed = value if isinstance(value, list) else [value]
    return tuple(map(_recordings, listed if _is_2d(value) else [listed]))


def _is_2d(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, list) for one in value)


def _recordings(value: object) -> tuple[bytes, ...]:
    found = value if isinstance(value, list) else []
    if not found or not all(isinstance(one, Mapping) and _is_recording(one) for one in found):
        raise BadRequest("Reference Audio is not valid, please check your reference audio")
    return tuple(one["audio"] for one in found)


def _is_recording(reference: Mapping[Any, Any]) -> bool:
    return isinstance(reference.get("audio"), bytes) and isinstance(reference.get("text"), str)
