"""Frames of the live protocol: MessagePack maps, packed and unpacked within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ormsgpack

from fishcaption.core.errors import InputError, ProtocolError


def pack(event: Mapping[str, Any]) -> bytes:
    """Return the frame of one event. Raises InputError for text with half a surrogate pair."""
    try:
        return ormsgpack.packb(event)
    except TypeError as error:
        raise InputError("This text holds half a character, which cannot be sent.") from error


_FEW_BYTES = 16_384
# A timed frame of 300 Chinese characters has 2,200 values. 4 MB of empty lists would take 850 ms and 290 MB.
_MOST_VALUES = 10_000

_FIXED = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_NESTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _holds_few(frame: bytes) -> bool:
    """Return whether the frame holds few values, whatever lengths it claims: unpacking it costs little."""
    if len(frame) <= _FEW_BYTES:
        return True
    at, left = 0, 1
    for _ in range(_MOST_VALUES):
        if not left or at >= len(frame):
            return True
        kind = frame[at]
        at += 1
        left -= 1
        if 0x80 <= kind <= 0x8F:
            left += 2 * (kind & 0x0F)
        elif 0x90 <= kind <= 0x9F:
            left += kind & 0x0F
        elif 0xA0 <= kind <= 0xBF:
            at += kind & 0x1F
        elif kind in _FIXED:
            at += _FIXED[kind]
        elif kind in _SIZED:
            width = _SIZED[kind]
            at += width + int.from_bytes(frame[at : at + width], "big")
        elif kind in _NESTED:
            width, each = _NESTED[kind]
            left += each * int.from_bytes(frame[at : at + width], "big")
            at += width
    return False


def unpack(frame: bytes) -> dict[str, Any]:
    """Return the event of one frame. Raises ProtocolError unless it is a map with an event's name."""
    if not _holds_few(frame):
        raise ProtocolError("The voice's service sent a message that holds too much.")
    try:
        event = ormsgpack.unpackb(frame)
    except ValueError as error:
        raise ProtocolError("The voice's service sent bytes that are not a message.") from error
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise ProtocolError("The voice's service sent a message that is not an event.")
    return event


FLUSH = pack({"event": "flush"})
STOP = pack({"event": "stop"})

TEXT_BYTES = 4096
"""UTF-8 bytes of one text frame, at most: the unsent frames of a large text can still be dropped."""


def text_parts(text: str) -> Iterator[str]:
    """Yield the text in parts of at most `TEXT_BYTES` bytes, none empty; cut after a blank if possible."""
    if len(text) * 4 <= TEXT_BYTES:
        if text:
            yield text
        return
    data = text.encode("utf-8", "surrogatepass")
    start = 0
    while start < len(data):
        end = min(start + TEXT_BYTES, len(data))
        if end < len(data):
            end = data.rfind(b" ", start, end) + 1 or end
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[start:end].decode("utf-8", "surrogatepass")
        start = end
