"""MessagePack and Fish's frames written out by hand from their published formats.

On purpose not the library that client and server share: what both would read wrongly alike is found here.
"""

from __future__ import annotations

import struct
from typing import Any


def packed(value: Any) -> bytes:
    """The value in MessagePack; floats as 64 bits, strings and bytes with the shortest head."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int() if 0 <= value < 128:
            return bytes([value])
        case int():
            return b"\xd3" + struct.pack(">q", value)
        case float():
            return b"\xcb" + struct.pack(">d", value)
        case str():
            data = value.encode("utf-8")
            head = bytes([0xA0 | len(data)]) if len(data) < 32 else b"\xdb" + struct.pack(">I", len(data))
            return head + data
        case bytes():
            return b"\xc6" + struct.pack(">I", len(value)) + value
        case list():
            return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(packed, value))
        case dict():
            pairs = b"".join(packed(key) + packed(item) for key, item in value.items())
            return b"\xde" + struct.pack(">H", len(value)) + pairs
        case _:
            raise TypeError(type(value))


_FIXED = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"} | {
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_SIZES = {0xC4: (">B", "bin"), 0xC5: (">H", "bin"), 0xC6: (">I", "bin")} | {
    0xD9: (">B", "str"),
    0xDA: (">H", "str"),
    0xDB: (">I", "str"),
    0xDC: (">H", "array"),
    0xDD: (">I", "array"),
    0xDE: (">H", "map"),
    0xDF: (">I", "map"),
}


def unpacked(data: bytes) -> Any:
    """The one value that the bytes are; extension types, which the protocol does not use, are an error."""
    value, end = _value(data, 0)
    assert end == len(data), "bytes after the value"
    return value


def _value(data: bytes, at: int) -> tuple[Any, int]:
    first = data[at]
    if first < 0x80:
        return first, at + 1
    if first >= 0xE0:
        return first - 0x100, at + 1
    if first < 0xC0:
        kind, length = (
            ("map", first & 0x0F)
            if first < 0x90
            else ("array", first & 0x0F)
            if first < 0xA0
            else ("str", first & 0x1F)
        )
        return _sized(data, at + 1, kind, length)
    if first in _FIXED:
        return _FIXED[first], at + 1
    if first in _NUMBERS:
        form = _NUMBERS[first]
        return struct.unpack_from(form, data, at + 1)[0], at + 1 + struct.calcsize(form)
    form, kind = _SIZES[first]
    return _sized(data, at + 1 + struct.calcsize(form), kind, struct.unpack_from(form, data, at + 1)[0])


def _sized(data: bytes, at: int, kind: str, length: int) -> tuple[Any, int]:
    if kind in ("bin", "str"):
        raw = data[at : at + length]
        assert len(raw) == length, "cut off"
        return (raw if kind == "bin" else raw.decode("utf-8")), at + length
    items = []
    for _ in range(length * (2 if kind == "map" else 1)):
        item, at = _value(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2], strict=True)) if kind == "map" else items), at


# Frames as the service's clients send them.
TEXT_HI = bytes.fromhex("82 a56576656e74 a474657874 a474657874 a26869".replace(" ", ""))
FLUSH = bytes.fromhex("81 a56576656e74 a5666c757368".replace(" ", ""))
STOP = bytes.fromhex("81 a56576656e74 a473746f70".replace(" ", ""))
# {"event": "start", "request": {"text": "", "format": "pcm", "sample_rate": 24000}}
START = bytes.fromhex(
    (
        "82 a56576656e74 a57374617274"
        " a772657175657374 83 a474657874 a0 a6666f726d6174 a370636d ab73616d706c655f72617465 cd5dc0"
    ).replace(" ", "")
)


def start(**request: Any) -> bytes:
    """A ``start`` frame for 16-bit PCM at 24 kHz, with these fields besides."""
    fields = {"text": "", "format": "pcm", "sample_rate": 24000, **request}
    return packed({"event": "start", "request": fields})


def text(words: str) -> bytes:
    """A ``text`` frame."""
    return packed({"event": "text", "text": words})
