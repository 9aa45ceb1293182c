"""Profiles: each has its own settings, draft, history and phrases, and a window of its own.

A profile is a folder in the configuration folder and one in the data folder (see `places`). The one without
a name is always there. `Claim` is how a window holds its profile: one window each, and none under which a
profile is renamed or deleted.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.store.intact import content_of
from fishcaption.store.places import PROFILE, PROFILES, cache_root, config_root, data_root, make_folder

_LONGEST = 40
_FAR = 1 << 30  # behind every note
_LONGEST_NOTE = 4096
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # in file names, by one of the three systems
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # files of these names are not


def checked(name: str, what: str = "a profile") -> str:
    """Return the normalized name of ``what``, if a folder can have it on every system. Raises InputError."""
    name = unicodedata.normalize("NFC", name)
    if (
        not name
        or len(name) > _LONGEST
        or not name.isprintable()
        or name != name.strip(" .")
        or _FORBIDDEN.search(name)
        or _DEVICES.fullmatch(name)
    ):
        raise InputError(
            f"“{name[:_LONGEST]}” cannot be the name of {what}.",
            hint=f'Take up to {_LONGEST} letters, digits and blanks; none of < > : " / \\ | ? *',
        )
    return name


def use(name: str) -> None:
    """Work in this profile from now on; empty: the one without a name. Call it before anything is read.

    A new profile is made when the first file is written. Raises InputError.
    """
    os.environ[PROFILE] = same(name) if name else ""


def documents_folder(variable: str, name: str) -> Path:
    """Return the folder that this variable of the environment names, or one among the user's documents.

    A profile with a name has a folder of its own beside that. It may not exist yet.
    """
    if root := os.environ.get(variable):
        folder = Path(root)
    else:
        import platformdirs

        folder = platformdirs.user_documents_path() / name
    profile = current()
    return folder.with_name(f"{folder.name} ({profile})") if profile else folder


def current() -> str:
    """Return the name of the profile in use, or "". Raises InputError for one that cannot be a name."""
    name = os.environ.get(PROFILE, "")
    return checked(name) if name else ""


def names() -> tuple[str, ...]:
    """Return the names of the profiles that have one."""
    found = set()
    for folder in _homes():
        try:
            found |= {entry.name for entry in folder.iterdir() if entry.is_dir()}
        except OSError:
            continue
    return tuple(sorted((name for name in found if _is_name(name)), key=str.casefold))


def create(name: str) -> str:
    """Make a new profile and return its normalized name. Raises InputError, StorageError."""
    name = checked(name)
    _refuse_taken(name)
    for folder in _homes():
        try:
            make_folder(folder / name)
        except OSError as exc:
            raise _cannot("made", name, exc) from exc
    return name


def rename(old: str, new: str) -> str:
    """Give a profile another name and return that, normalized.

    Raises InputError if it is open or does not exist, or the name is taken; StorageError.
    """
    old, new = _existing(old), checked(new)
    if old.casefold() != new.casefold():
        _refuse_taken(new)
    with _claimed(old):
        pass  # its window is closed; the lock goes with the folder
    for folder in _homes():
        try:
            if (folder / old).is_dir():
                (folder / old).rename(folder / new)
        except OSError as exc:
            raise _cannot("renamed", old, exc) from exc
    with suppress(OSError):  # it can be made anew
        (_cache() / old).rename(_cache() / new)
    return new


def delete(name: str) -> None:
    """Delete a profile with all that was written in it.

    Raises InputError if it is open or does not exist; StorageError.
    """
    name = _existing(name)
    with _claimed(name):
        pass
    for folder in (*_homes(), _cache()):
        try:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        except OSError as exc:
            raise _cannot("deleted", name, exc) from exc


def same(name: str) -> str:
    """Return the name, or that of an existing profile that differs only in case. Raises InputError."""
    name = checked(name)
    return next((other for other in names() if other.casefold() == name.casefold()), name)


class Claim:
    """A profile's lock, held by one program from `take` to `release`, or until the program ends in any way.

    The program that holds it may leave a note for others.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is the profile's data folder; it is made if need be."""
        self._path = folder / "window.lock"
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Hold it, if no other program does; return whether it is held. It is, if the system cannot tell."""
        try:
            make_folder(self._path.parent)
            file = open(os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+b")  # noqa: PTH123, SIM115  a handle of this user's only, closed by `release`
        except OSError:  # a home that cannot be written to is no reason not to speak
            return True
        try:
            is_ours = _lock(file)
        except OSError:  # a file system without locks
            is_ours = True
        if is_ours:
            self._file = file
        else:
            file.close()
        return is_ours

    def note(self) -> str:
        """Return the note of the program that holds it, or held it last; empty if there is none."""
        try:
            return content_of(self._path, _LONGEST_NOTE).decode("utf-8", "replace")
        except OSError:
            return ""

    def leave(self, note: str) -> None:
        """Replace the note; nothing happens if it cannot be written."""
        if self._file is not None:
            with suppress(OSError):
                self._file.truncate(0)
                self._file.write(note.encode())
                self._file.flush()

    def release(self) -> None:
        """Release it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        file.seek(_FAR)  # what is locked there cannot be read
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _homes() -> set[Path]:
    return {config_root() / PROFILES, data_root() / PROFILES}


def _cache() -> Path:
    return cache_root() / PROFILES


def _is_name(name: str) -> bool:
    try:
        return checked(name) == name
    except InputError:
        return False


def _existing(name: str) -> str:
    name = same(name)
    if name not in names():
        raise InputError(f"There is no profile “{name}”.")
    return name


def _refuse_taken(name: str) -> None:
    if same(name) in names():
        raise InputError(f"There is a profile “{same(name)}” already.", hint="Take another name.")


def _claimed(name: str) -> ExitStack:
    """Return a context in which no window has this profile. Raises InputError if one has it now."""
    held = ExitStack()
    claim = held.enter_context(Claim(data_root() / PROFILES / name))
    if not claim.take():
        raise InputError(f"The profile “{name}” is open.", hint="Close its window first.")
    return held


def _cannot(done: str, name: str, error: OSError) -> FishCaptionError:
    return StorageError(f"The profile “{name}” could not be {done}: {error.strerror or error}.")
