"""A collection of recordings as one file, for a stick or another computer, and back.

The file is a ZIP archive of the folder as it is; any program opens it. What is imported may also be a folder.
Nothing else is taken from either than sound files, the list and the consent.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Final, NamedTuple

from fishcaption.core.errors import InputError, StorageError
from fishcaption.store.places import make_folder, translated
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.consent import CONSENT_NAME
from fishcaption.store.recordings.places import free_folder
from fishcaption.store.recordings.take_list import LIST_NAME, MOST_TAKES, is_take_name

MOST_BYTES: Final = 8 << 30
"""Of all files of an import: 20 hours of recordings."""

_MOST_ENTRIES: Final = 2 * MOST_TAKES
_MOST_LIST_BYTES: Final = 2 << 20  # of an archive's own list of entries, which is read whole
_BLOCK: Final = 1 << 20
_OTHERS: Final = (LIST_NAME, CONSENT_NAME)


class _Source(NamedTuple):
    name: str
    size: int
    open: Callable[[], IO[bytes]]


def export(folder: Path, target: Path) -> Path:
    """Write the collection to a ZIP file, and return its path, which ends in ``.zip``.

    It takes the place of another file of this name only once it is whole. Raises StorageError.
    """
    target = target if target.suffix.casefold() == ".zip" else target.with_name(f"{target.name}.zip")
    view = collection.load(folder)
    names = [name for name in _OTHERS if (folder / name).is_file()] + [take.file for take in view.takes]
    part = target.with_name(f".{target.name}.new")
    try:
        with translated(target), part.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # FLAC is compressed already
                for name in names:
                    archive.write(folder / name, f"{folder.name}/{name}")
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def take_in(source: Path, root: Path) -> CollectionView:
    """Make a collection of an exported file or of a folder with recordings, and return it.

    The source stays as it is. Raises InputError if it holds no recordings, or too much; StorageError.
    """
    if not source.exists():
        raise InputError(f"{source.name} is not there.", hint="Choose the file or folder again.")
    name = _name_of(source)
    with ExitStack() as half_made:
        with translated(root):
            make_folder(root)
            half = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
        half_made.callback(shutil.rmtree, half, ignore_errors=True)
        with _sources(source) as found:
            if not any(is_take_name(one.name) for one in found):
                raise InputError(
                    f"There are no recordings in {source.name}.",
                    hint="Choose a file that fishcaption has exported, or a folder with sound files.",
                )
            if sum(one.size for one in found) > MOST_BYTES:
                raise InputError(
                    f"{source.name} is too large to be imported.",
                    hint="The most are 8 GB. Import a part of it.",
                )
            for one in found:
                _copy(one, half / one.name)
        collection.load(half)
        if not (half / LIST_NAME).exists():
            collection.create(half)
        target = free_folder(root, name)
        with translated(target):
            half.rename(target)
        half_made.pop_all()
    return collection.load(target)


@contextmanager
def _sources(source: Path) -> Iterator[list[_Source]]:
    """Yield what there is to be copied, each name once."""
    with translated(source):
        if source.is_dir():
            yield _unique(_in_folder(source))
            return
    try:
        with source.open("rb") as file:
            _check_end(file, source)
            with zipfile.ZipFile(file) as archive:
                yield _unique(_in_archive(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as exc:
        raise InputError(
            f"{source.name} is no collection of recordings, or is damaged.",
            hint="Choose a file that fishcaption has exported. Copy it again if it came over a network.",
        ) from exc
    except OSError as exc:
        raise StorageError(f"{source.name} could not be read: {exc.strerror or exc}.") from exc


def _in_folder(folder: Path) -> Iterator[_Source]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and (entry.name in _OTHERS or is_take_name(entry.name)):
                yield _Source(entry.name, entry.stat().st_size, partial(_opened, entry.path))


def _opened(path: str) -> IO[bytes]:
    return Path(path).open("rb")


def _in_archive(archive: zipfile.ZipFile) -> Iterator[_Source]:
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/").rpartition("/")[2]
        is_usual = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        if is_usual and (name in _OTHERS or is_take_name(name)):
            yield _Source(name, entry.file_size, partial(archive.open, entry))


def _unique(found: Iterator[_Source]) -> list[_Source]:
    kept: dict[str, _Source] = {}
    for one in found:
        kept.setdefault(one.name.casefold(), one)
        if len(kept) > _MOST_ENTRIES:
            raise InputError("There are too many files in it.", hint=f"The most are {_MOST_ENTRIES}.")
    return list(kept.values())


def _copy(one: _Source, target: Path) -> None:
    """Copy one file, and no more of it than it says it has."""
    with translated(target), one.open() as incoming, target.open("xb") as file:
        left = one.size
        while left > 0 and (block := incoming.read(min(left, _BLOCK))):
            file.write(block)
            left -= len(block)
        file.flush()
        os.fsync(file.fileno())


def _check_end(file: IO[bytes], source: Path) -> None:
    """Raise InputError if an archive's own list is larger than any collection's: it is read whole."""
    file.seek(0, os.SEEK_END)
    size = file.tell()
    tail = min(size, (1 << 16) + 22)
    file.seek(size - tail)
    end = file.read(tail)
    place = end.rfind(b"PK\x05\x06")
    if place >= 0 and int.from_bytes(end[place + 12 : place + 16], "little") > _MOST_LIST_BYTES:
        raise InputError(f"There are too many files in {source.name}.", hint=f"The most are {_MOST_ENTRIES}.")
    file.seek(0)


def _name_of(source: Path) -> str:
    """Return the name of a collection that this file or folder can have."""
    wanted = source.name if source.is_dir() else source.stem
    name = "".join(char if char.isalnum() or char in " -_.()" else " " for char in wanted)
    return " ".join(name.split())[:40].strip(" .") or "Imported"
