"""One collection of recordings on disk: a folder of sound files, their list, and who agreed.

The list is written before a recording begins and after it ends, whole each time. So a kill costs nothing: the
sound that was recorded is in its file, and the list says what was read. Each change reads the list first: the
folder is the user's, and another program may have changed it. Sound files that are not in the list are takes,
too. Everything here waits for the disk: call it in a thread, one call at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import intact, places
from fishcaption.store.recordings import consent as consents
from fishcaption.store.recordings import take_list
from fishcaption.store.recordings.consent import CONSENT_NAME, Consent
from fishcaption.store.recordings.take_list import LIST_NAME, MICROPHONE, MOST_TAKES, Take

FOUND: Final = "found in the folder"
"""The source of a sound file that somebody else has put into the folder."""


class CollectionView(NamedTuple):
    """A collection as it is now. ``told``: sentences about what was wrong on disk, empty if nothing was.

    ``consent`` is None until the person whose voice it is has agreed.
    """

    folder: Path
    takes: tuple[Take, ...] = ()
    consent: Consent | None = None
    told: str = ""

    @property
    def name(self) -> str:
        """The collection's name, which is the folder's."""
        return self.folder.name

    @property
    def kept(self) -> tuple[Take, ...]:
        """The takes that a voice is made from."""
        return tuple(take for take in self.takes if take.is_kept)

    @property
    def kept_seconds(self) -> float:
        """The length of the kept takes together."""
        return sum(take.seconds for take in self.kept)

    def path(self, take: Take) -> Path:
        """Return the file of a take."""
        return self.folder / take.file


class _Listed(NamedTuple):
    rows: list[Take]  # of files that are not there, too: a folder may still be being copied
    here: frozenset[str]
    told: str

    def takes(self) -> tuple[Take, ...]:
        return tuple(take for take in self.rows if take.file in self.here)

    def missing(self) -> list[str]:
        """Return the files that are not there; of a take that was begun there may be none yet."""
        return [take.file for take in self.rows if take.file not in self.here and take.seconds > 0]


def create(folder: Path) -> CollectionView:
    """Make a new, empty collection. Raises StorageError."""
    places.write_whole(folder / LIST_NAME, take_list.encoded(()))
    return load(folder)


def load(folder: Path) -> CollectionView:
    """Return the collection as it is on disk. What is wrong in it is put aside and told, never lost.

    Raises StorageError if the folder cannot be read.
    """
    places.sweep(folder)
    listed = _read(folder)
    told = [listed.told] if listed.told else []
    if listed.told and not (folder / LIST_NAME).exists():  # it was put aside
        places.write_whole(folder / LIST_NAME, take_list.encoded(listed.rows))
    if missing := listed.missing():
        names = ", ".join(missing[:3])
        told.append(f"{len(missing)} recordings of the list are not in the folder ({names}).")
    agreed = None
    content, problem = intact.read(folder / CONSENT_NAME, "The consent", consents.MOST_BYTES)
    if content is not None:
        agreed = consents.decoded(content)
        if agreed is None:
            problem = "The file of the consent does not say whose voice it is. Please say it again."
    if problem:
        told.append(problem)
    return CollectionView(folder, listed.takes(), agreed, " ".join(told))


def begin(folder: Path, text: str, language: str, source: str = MICROPHONE, suffix: str = ".flac") -> Take:
    """Put a new take into the list, and return it: its file is to be recorded or copied now.

    Then call `end` or `drop`. Raises InputError if the collection is full; StorageError.
    """
    chosen: list[Take] = []

    def add(takes: list[Take]) -> list[Take]:
        if len(takes) >= MOST_TAKES:
            raise InputError(
                f"This collection has {MOST_TAKES} recordings, which is the most.",
                hint="Make another collection, or remove recordings from this one.",
            )
        name = _free_name(folder, takes, suffix)
        said, code = text[: take_list.LONGEST_TEXT].strip(), take_list.language_of(language)
        chosen.append(Take(name, said, code, date.today().isoformat(), source=source))
        return [*takes, *chosen]

    _change(folder, add)
    return chosen[0]


def end(folder: Path, take: Take, seconds: float, *, is_kept: bool) -> CollectionView:
    """Say that the take is complete, and so long.

    If it is kept, it is the one of its text: other recordings of the same text are no longer kept, and stay.
    Raises StorageError.
    """
    return change(folder, take._replace(seconds=seconds, is_kept=is_kept))


def drop(folder: Path, take: Take) -> CollectionView:
    """Take back a take that `begin` has listed and of which there is no sound. Raises StorageError."""
    with suppress(OSError):
        if (folder / take.file).stat().st_size:
            return load(folder)
        (folder / take.file).unlink()
    return _change(folder, lambda takes: [other for other in takes if other.file != take.file])


def change(folder: Path, take: Take) -> CollectionView:
    """Replace what is listed of this take's file. Raises StorageError."""
    return _change(folder, lambda takes: _kept_once(takes, take))


def remove(folder: Path, file: str) -> CollectionView:
    """Delete a take, and its sound. Raises StorageError."""
    try:
        (folder / file).unlink(missing_ok=True)
    except OSError as exc:
        raise StorageError(
            f"{file} could not be deleted: {exc.strerror or exc}.",
            hint="Close other programs that have it open.",
        ) from exc
    return _change(folder, lambda takes: [take for take in takes if take.file != file])


def agree(folder: Path, consent: Consent | None) -> CollectionView:
    """Write down that they agree, or (None) that they no longer do. Raises InputError, StorageError."""
    path = folder / CONSENT_NAME
    if consent is None:
        try:
            path.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(f"{path} could not be deleted: {exc.strerror or exc}.") from exc
    else:
        speaker = consents.checked(consent.speaker)
        places.write_whole(path, consents.encoded(consent._replace(speaker=speaker)))
    return load(folder)


# -- inside ----------------------------------------------------------------------------------------


def _change(folder: Path, edit: Callable[[list[Take]], list[Take]]) -> CollectionView:
    listed = _read(folder)
    places.write_whole(folder / LIST_NAME, take_list.encoded(edit(listed.rows)))
    view = load(folder)
    return view._replace(told=f"{listed.told} {view.told}".strip())


def _read(folder: Path) -> _Listed:
    here = _sound_files(folder)
    path = folder / LIST_NAME
    content, told = intact.read(path, "The list of your recordings", take_list.MOST_BYTES)
    listed: tuple[Take, ...] = ()
    if content is not None:
        try:
            listed, bad = take_list.decoded(content)
        except InputError as error:
            told = f"{error} {intact.put_aside(path)} The recordings are still there."
        else:
            if bad:
                aside = intact.copy_aside(path, content)
                told = f"Some lines of the list of your recordings could not be read. {aside}"
    rows = list(listed)
    known = {take.file for take in rows}
    for name in sorted(here.keys() - known)[: max(0, MOST_TAKES - len(rows))]:
        rows.append(Take(name, day=here[name], source=FOUND))
    return _Listed(rows, frozenset(here), told)


def _sound_files(folder: Path) -> dict[str, str]:
    """Return the sound files of the folder, and the day of each. Raises StorageError."""
    found: dict[str, str] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    if take_list.is_take_name(entry.name) and entry.is_file() and entry.stat().st_size:
                        changed = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                        found[entry.name] = changed.date().isoformat()
                if len(found) > 2 * MOST_TAKES:
                    break
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise StorageError(
            f"The folder of these recordings cannot be read: {exc.strerror or exc}.",
            hint=f"Check that {folder} is a folder that you may open.",
        ) from exc
    return found


def _kept_once(takes: list[Take], changed: Take) -> list[Take]:
    """Return the takes with this one changed; of one text, one take is kept."""
    found = [changed if take.file == changed.file else take for take in takes]
    if all(take.file != changed.file for take in takes):
        found.append(changed)
    if not changed.is_kept or not changed.text.strip():
        return found
    return [
        take._replace(is_kept=False)
        if take.file != changed.file and take.is_kept and take.text.strip() == changed.text.strip()
        else take
        for take in found
    ]


def _free_name(folder: Path, takes: list[Take], suffix: str) -> str:
    used = {take.file.casefold().rpartition(".")[0] for take in takes}
    names = (f"take-{number:03}" for number in count(len(used) + 1))
    return next(
        f"{name}{suffix}"
        for name in names
        if name not in used and not os.path.lexists(folder / f"{name}{suffix}")
    )
