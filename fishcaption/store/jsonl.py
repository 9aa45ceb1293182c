"""Files of one JSON object a line: what is broken costs its own line only, and adding never rewrites.

A line that was cut off (a kill, a full disk, a power cut while adding) and a line that is none of ours are
left out; a file with such lines is copied aside first, so that nothing of it is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.store import intact


class Read(NamedTuple):
    """The objects of the file's good lines, how many lines were none, and the sentence that tells of it."""

    objects: list[dict[str, Any]]
    bad: int = 0
    told: str = ""


def encoded(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """The lines of these objects, each with its end."""
    return b"".join(_line(entry) for entry in objects)


def read(path: Path, what: str, is_ours: Callable[[dict[str, Any]], bool]) -> Read:
    """Read the file; empty where there is none. Never raises: one that cannot be read is one bad line.

    ``what`` it is to the user begins the sentence, such as "Your history".
    """
    content, told = intact.read(path, what)
    if content is None:
        return Read([], int(bool(told)), told)
    found: list[dict[str, Any]] = []
    bad = 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            entry = parsed(line)
        except InputError:
            entry = None
        if isinstance(entry, dict) and is_ours(entry):
            found.append(entry)
        else:
            bad += 1
    if bad:
        told = f"{what} could not be read in part. {intact.copy_aside(path, content)}"
    return Read(found, bad, told)


def has_text(entry: Mapping[str, Any]) -> bool:
    """Whether it is about a text."""
    return isinstance(entry.get("text"), str)


def _line(entry: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps(entry).encode() + b"\n"
