"""The phrase bank on disk: one JSON file, whole at every moment.

Entries that cannot be used are left out, and the file as it was is put aside first. The sound of phrases is
in `store.kept_audio`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.phrases.bank import Bank, starting
from fishcaption.core.phrases.files import VERSION, from_plain, to_json
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole


@dataclass(frozen=True, slots=True)
class LoadedBank:
    """A bank as it was on disk, and one sentence for each thing that had to be repaired."""

    bank: Bank
    mended: tuple[str, ...] = ()


def phrases_path() -> Path:
    """Return the file of the bank."""
    return data_dir() / "phrases.json"


def load(path: Path) -> LoadedBank:
    """Read the bank; if there is none, return the one to begin with. Never raises.

    A file that can be used only in part is first kept aside, as ``….broken``.
    """
    content, told = intact.read(path, "Your phrases")
    if content is None:
        return LoadedBank(starting(), (told,) if told else ())
    try:
        raw = parsed(content)
        if raw == {"version": VERSION, "categories": [], "phrases": []}:
            return LoadedBank(Bank())
        read = from_plain(raw)
    except InputError:
        return LoadedBank(starting(), ("The file of your phrases was broken.", intact.put_aside(path)))
    version = raw.get("version", VERSION) if isinstance(raw, dict) else VERSION
    problems = tuple(map(str, read.problems))
    if isinstance(version, int) and version > VERSION:
        problems += ("Your phrases were written by a newer fishcaption.",)
    if not problems:
        return LoadedBank(read.bank)
    told = intact.copy_aside(path, content)
    with suppress(StorageError):  # it is told again at the next start then
        save(path, read.bank)
    return LoadedBank(read.bank, (*(f"Your phrases: {words}" for words in problems[:3]), told))


def save(path: Path, bank: Bank) -> None:
    """Write the bank; the file is whole at every moment. Blocks on the disk. Raises StorageError."""
    write_whole(path, to_json(bank))
