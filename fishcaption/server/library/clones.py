"""Voices that clients have made, in memory, and in a folder if there is one: a small file for each.

Of the recordings nothing is kept but what they came to. A file that cannot be read is passed over, and stays.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from fishcaption.server.library.character import HIGH, LOW, PACE, Character

logger = logging.getLogger(__name__)

MOST_CLONES: Final = 1000
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of all that is kept, covers included."""
_LARGEST_FILE: Final = 256 * 1024
_ID_LENGTH: Final = 32


class NoRoom(Exception):
    """There are as many voices as may be, or their covers are too large."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A voice that a client has made. ``created`` and ``updated`` are ISO 8601, ``audios`` what was found."""

    id: str
    title: str
    character: Character
    created: str
    updated: str
    description: str = ""
    tags: tuple[str, ...] = ()
    visibility: str = "private"
    languages: tuple[str, ...] = ("en",)
    audios: tuple[Mapping[str, Any], ...] = ()
    texts: tuple[str, ...] = ()
    has_sample: bool = False
    is_enhanced: bool = True
    cover_bytes: int = 0


class Clones:
    """The voices that were made, the newest first. Changed on the loop's thread; saving blocks a little.

    ``folder``: where they are kept; None: nowhere. Raises nothing for a folder that cannot be read.
    """

    def __init__(
        self, folder: Path | None = None, *, most: int = MOST_CLONES, most_bytes: int = MOST_BYTES
    ) -> None:
        self._folder = folder
        self._most = most
        self._most_bytes = most_bytes
        self._covers: dict[str, bytes] = {}  # where there is no folder
        self._clones: dict[str, Clone] = {}
        self.version = 0
        if folder is not None:
            self._read(folder)

    def __len__(self) -> int:
        return len(self._clones)

    def all(self) -> list[Clone]:
        """Return the voices, the newest first."""
        return list(reversed(self._clones.values()))

    def find(self, id_: str) -> Clone | None:
        """Return the voice of this id; None if there is none."""
        return self._clones.get(id_)

    def put(self, clone: Clone, cover: bytes | None = None) -> None:
        """Add a voice or change it, and its cover if one is given. Raises NoRoom, or OSError of the disk."""
        is_new = clone.id not in self._clones
        used = sum(one.cover_bytes for one in self._clones.values() if one.id != clone.id) + clone.cover_bytes
        if (is_new and len(self._clones) >= self._most) or used > self._most_bytes:
            raise NoRoom
        if self._folder is not None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if cover is not None:
                _write(self._folder / f"{clone.id}.cover", cover)
            _write(self._folder / f"{clone.id}.json", json.dumps(asdict(clone)).encode())
        elif cover is not None:
            self._covers[clone.id] = cover
        self._clones[clone.id] = clone
        self.version += 1

    def remove(self, id_: str) -> None:
        """Remove a voice and its cover. Raises OSError if the disk keeps it."""
        if self._folder is not None:
            for name in (f"{id_}.json", f"{id_}.cover"):
                (self._folder / name).unlink(missing_ok=True)
        self._covers.pop(id_, None)
        self._clones.pop(id_, None)
        self.version += 1

    def cover(self, id_: str) -> bytes | None:
        """Return the picture that was uploaded for a voice; None if there is none, or it cannot be read."""
        clone = self._clones.get(id_)
        if clone is None or not clone.cover_bytes:
            return None
        if self._folder is None:
            return self._covers.get(id_)
        with contextlib.suppress(OSError), (self._folder / f"{id_}.cover").open("rb") as file:
            return file.read(self._most_bytes)
        return None

    def _read(self, folder: Path) -> None:
        found: list[Clone] = []
        try:
            paths = sorted(folder.glob("*.json"))[: self._most]
        except OSError:
            paths = []
        for path in paths:
            try:
                with path.open("rb") as file:
                    found.append(_clone(json.loads(file.read(_LARGEST_FILE)), path.stem))
            except (OSError, ValueError, RecursionError):
                logger.warning("A voice in the server's folder cannot be read, and is passed over.")
        self._clones = {one.id: one for one in sorted(found, key=lambda one: (one.created, one.id))}


def _clone(value: object, id_: str) -> Clone:
    """Return the voice of a file. Raises ValueError for what we have not written."""
    try:
        told: dict[str, Any] = dict(value)  # type: ignore[call-overload]  # what is no map is a TypeError
        pitch, pace = told["character"]
        character = Character(float(pitch), float(pace))
        texts = {name: told[name] for name in ("title", "created", "updated", "description", "visibility")}
        lists: dict[str, Any] = {name: tuple(told[name]) for name in ("tags", "languages", "texts", "audios")}
        clone = Clone(
            id=id_,
            character=character,
            has_sample=bool(told["has_sample"]),
            is_enhanced=bool(told["is_enhanced"]),
            cover_bytes=int(told["cover_bytes"]),
            **texts,
            **lists,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("not a voice's file") from None
    is_well = (
        len(id_) == _ID_LENGTH
        and id_.isalnum()
        and (LOW[0] <= character.pitch <= HIGH[1] and PACE[0] <= character.pace <= PACE[1])
        and clone.cover_bytes >= 0
        and _are_texts(texts.values())
        and all(_are_texts(lists[name]) for name in ("tags", "languages", "texts"))
        and all(isinstance(one, dict) for one in clone.audios)
    )
    if not is_well:
        raise ValueError("not a voice's file")
    return clone


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _write(path: Path, data: bytes) -> None:
    """Write a file of this user's, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    fresh.replace(path)
