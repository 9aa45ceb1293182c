"""The learned speed of each voice's speech, from which the reader estimates how far the ear is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole

_WHAT = "How fast your voices speak"
_MOST_BYTES = 1 << 20
_MOST_VOICES = 500
_MOST_VALUES = 16

SpeechRates = Mapping[str, tuple[float, ...]]


def rates_path() -> Path:
    """Return the file of the rates."""
    return data_dir() / "paces.json"


def load(path: Path, tell: Callable[[str], None] | None = None) -> SpeechRates:
    """Return the rates; empty if there are none. Never raises.

    Values that make no sense are left out, and the file is kept aside; `tell` gets the sentence about it.
    """
    content, told = intact.read(path, _WHAT, _MOST_BYTES)
    rates: SpeechRates = {}
    if content is not None:
        try:
            value = parsed(content)
        except InputError:
            value = None
        rates = _good(value) if isinstance(value, dict) else {}
        if value != {name: list(values) for name, values in rates.items()}:
            told = f"{_WHAT} could not be read in part. {intact.copy_aside(path, content)}"
    if told and tell is not None:
        tell(told)
    return rates


def _good(value: dict[str, Any]) -> SpeechRates:
    return {
        name: tuple(map(float, values))
        for name, values in islice(value.items(), _MOST_VOICES)
        if isinstance(values, list) and len(values) <= _MOST_VALUES and all(map(_is_number, values))
    }


def save(path: Path, rates: SpeechRates) -> None:
    """Keep these, the newest if there are too many. Blocks on the disk. Raises StorageError."""
    newest = dict([*rates.items()][-_MOST_VOICES:])
    write_whole(path, json.dumps(newest).encode())


def _is_number(value: object) -> bool:
    return type(value) in (int, float)
