"""How fast each voice speaks, as it was learned: it tells how far behind the ear is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from fishcaption.store.places import data_dir, write_whole

_MOST_VOICES = 500
_MOST_VALUES = 16

Paces = Mapping[str, tuple[float, ...]]


def paces_path() -> Path:
    """The file of the paces."""
    return data_dir() / "paces.json"


def load(path: Path) -> Paces:
    """What was kept; empty where nothing was, and without what makes no sense. Never raises."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        name: tuple(map(float, values))
        for name, values in content.items()
        if isinstance(values, list) and len(values) <= _MOST_VALUES and all(map(_is_number, values))
    }


def save(path: Path, paces: Paces) -> None:
    """Keep these, the newest if there are too many. Blocks on the disk. Raises StorageError."""
    newest = dict([*paces.items()][-_MOST_VOICES:])
    write_whole(path, json.dumps(newest).encode())


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and isinstance(value, int | float) and math.isfinite(value)
