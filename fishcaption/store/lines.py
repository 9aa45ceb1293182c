"""Files of one JSON object a line: what is broken costs its own line only, and adding never rewrites.

A line that was cut off (a kill, a full disk, a power cut while adding) and a line that is none of ours are
left out; a file with such lines is copied aside as `….broken` first, so that nothing of it is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fishcaption.core.errors import StorageError
from fishcaption.store.places import write_whole


def encoded(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """The lines of these objects, each with its end."""
    return b"".join(_line(entry) for entry in objects)


def read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The objects of the file's good lines, and how many lines were none. Empty where there is no file.

    Never raises: a file that cannot be read at all is one bad line.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError:
        return [], 1
    found: list[dict[str, Any]] = []
    bad = 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        if isinstance(entry, dict):
            found.append(entry)
        else:
            bad += 1
    return found, bad


def put_aside(path: Path) -> None:
    """Keep a copy of a file with broken lines, as `….broken`."""
    with suppress(OSError, StorageError):
        write_whole(aside(path), path.read_bytes())


def aside(path: Path) -> Path:
    """Where the copy of a broken file is."""
    return path.with_name(path.name + ".broken")


def _line(entry: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps(entry).encode() + b"\n"
