"""Files with one JSON object on each line: damage costs one line only, and adding does not rewrite the file.

Lines that were cut off (by a kill, a full disk or a power cut) and lines that are not ours are left out; a
file with such lines is copied aside first, so that nothing of it is lost.
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
    """The objects of a file's good lines, the number of bad lines, and the sentence that tells of them."""

    objects: list[dict[str, Any]]
    bad: int = 0
    told: str = ""


def encoded(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the lines of these objects, each with its end."""
    return b"".join(line_of(entry) for entry in objects)


def read(path: Path, what: str, is_ours: Callable[[dict[str, Any]], bool]) -> Read:
    """Read the file; empty if there is none. Never raises: a file that cannot be read counts as a bad line.

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
    """Return whether the object has a text."""
    return isinstance(entry.get("text"), str)


def line_of(entry: Mapping[str, Any]) -> bytes:
    """Return the line of one object, with its end."""
    try:
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps(entry).encode() + b"\n"
