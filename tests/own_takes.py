"""A collection of the user's recordings on disk, as the program itself writes it."""

from __future__ import annotations

from pathlib import Path

from fishcaption.store.recordings import collection
from fishcaption.store.recordings.consent import Consent


def record(
    folder: Path, text: str, seconds: float, *, is_kept: bool = True, audio: bytes | None = None
) -> Path:
    """One recording of the text; its content is `audio`, or what tells which it is."""
    take = collection.begin(folder, text, "en")
    (folder / take.file).write_bytes(b"fLaC" + text.encode() if audio is None else audio)
    collection.end(folder, take, seconds, is_kept=is_kept)
    return folder / take.file


def agree(folder: Path) -> None:
    """The person whose voice it is agrees."""
    collection.agree(folder, Consent("Somebody", True, "2026-11-30"))


def collected(folder: Path) -> Path:
    """Two recordings that a voice can be made of; one that is not kept, and one without words."""
    collection.create(folder)
    record(folder, "The first text.", 15.0)
    record(folder, "The second text.", 20.0)
    record(folder, "It was not good.", 15.0, is_kept=False)
    record(folder, "", 15.0)
    agree(folder)
    return folder
