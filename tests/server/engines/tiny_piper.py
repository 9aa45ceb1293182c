"""A Piper model made by hand: each sign of its input lasts 512 samples, at a level of its number.

Its bytes are written as Protocol Buffers (onnx.proto3), so no package makes models and none is kept.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

UNITS = 2
UNIT = 256
RATE = 16_000
SIGNS = "_^$ .,!?:;abcdefghijklmnopqrstuvwxyzəɛɪɔʊʌæðŋʃʒθɹɡɾɚˈˌːɑɐ"
IDS = {sign: [number] for number, sign in enumerate(SIGNS)}


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _part(number: int, content: bytes | str | int) -> bytes:
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    data = content.encode() if isinstance(content, str) else content
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _node(operator: str, inputs: str, output: str, *attributes: bytes) -> bytes:
    names = b"".join(_part(1, name) for name in inputs.split())
    return names + _part(2, output) + _part(4, operator) + b"".join(_part(5, one) for one in attributes)


def _value(name: str, kind: int, dimensions: int) -> bytes:
    shape = b"".join(_part(1, _part(2, f"{name}{place}")) for place in range(dimensions))
    return _part(1, name) + _part(2, _part(1, _part(1, kind) + _part(2, shape)))


def _constant(name: str, kind: int, form: str, *values: float) -> bytes:
    raw = struct.pack(f"<{len(values)}{form}", *values)
    return _part(1, len(values)) + _part(2, kind) + _part(8, name) + _part(9, raw)


def _numbers(name: str, *values: int) -> bytes:
    return _constant(name, 7, "q", *values)


def _floats(name: str, *values: float) -> bytes:
    return _constant(name, 1, "f", *values)


def model(*, speakers: int = 1, tells_times: bool = True) -> bytes:
    """Return the model's file."""
    to_float = _part(1, "to") + _part(3, 1) + _part(20, 2)
    nodes = [
        _node("Cast", "input", "level", to_float),
        _node("Mul", "level scale", "quiet"),
        _node("Mul", "quiet zero", "nothing"),
        _node("Add", "nothing units", "length"),
        _node("Ceil" if tells_times else "Identity", "length", "/Ceil_output_0"),
        _node("Reshape", "quiet column", "columns"),
        _node("Expand", "columns wide", "spread"),
        _node("Reshape", "spread row", "output"),
    ]
    if speakers > 1:
        nodes.append(_node("Identity", "sid", "speaker"))
    constants = [
        _floats("scale", 1 / 128),
        _floats("zero", 0.0),
        _floats("units", UNITS - 0.5),
        _numbers("column", 1, -1, 1),
        _numbers("wide", 1, 1, UNITS * UNIT),
        _numbers("row", 1, 1, -1),
    ]
    inputs = [_value("input", 7, 2), _value("input_lengths", 7, 1), _value("scales", 1, 1)]
    if speakers > 1:
        inputs.append(_value("sid", 7, 1))
    graph = b"".join(
        [
            *(_part(1, node) for node in nodes),
            _part(2, "tiny"),
            *(_part(5, constant) for constant in constants),
            *(_part(11, one) for one in inputs),
            _part(12, _value("output", 1, 3)),
        ]
    )
    return _part(1, 8) + _part(7, graph) + _part(8, _part(1, "") + _part(2, 15))


def config(**changes: Any) -> dict[str, Any]:
    """Return a configuration."""
    return {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": IDS,
        "num_speakers": 1,
        "language": {"code": "en_US", "name_english": "English", "country_english": "United States"},
        "dataset": "tiny",
        **changes,
    }


def put(folder: Path, name: str = "en_US-tiny-low", content: bytes | None = None, **changes: Any) -> None:
    """Put a model and its configuration into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    data = model(speakers=changes.get("num_speakers", 1)) if content is None else content
    (folder / f"{name}.onnx").write_bytes(data)
    (folder / f"{name}.onnx.json").write_text(json.dumps(config(**changes)), "utf-8")
