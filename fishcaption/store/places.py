"""The folders of our files, and safe writing. Settings have the configuration folder, texts the data folder.

Each profile has folders of its own. FISHCAPTION_PROFILE names the one in use, for children too; `--profile`
sets it before anything is read.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EDQUOT, ENOSPC
from itertools import chain, count
from pathlib import Path
from tempfile import mkstemp

from fishcaption.core.errors import StorageError

PROFILE = "FISHCAPTION_PROFILE"
PROFILES = "profiles"  # the folder of the named ones, beside the files of the one without a name

_HAS_XDG = sys.platform.startswith("linux")
_NEW = ".new"
_STALE_SECONDS = 60.0  # no write of ours takes that long
# The real paths of files that this process could neither read nor put aside. One set for the process, as the
# class that writes a file may not be the one that has read it.
_left_alone: set[str] = set()


def config_dir() -> Path:
    """Return the settings' folder, or FISHCAPTION_CONFIG_DIR. It may not exist yet."""
    return _of_profile(config_root())


def data_dir() -> Path:
    """Return the folder of texts and other data, or FISHCAPTION_DATA_DIR. It may not exist yet."""
    return _of_profile(data_root())


def config_root() -> Path:
    """Return the settings' folder of the profile without a name."""
    if override := os.environ.get("FISHCAPTION_CONFIG_DIR"):
        return Path(override)
    if _HAS_XDG:
        return _xdg("XDG_CONFIG_HOME", ".config")
    import platformdirs

    return Path(platformdirs.user_config_dir("fishcaption", appauthor=False))


def data_root() -> Path:
    """Return the data folder of the profile without a name."""
    if override := os.environ.get("FISHCAPTION_DATA_DIR"):
        return Path(override)
    if _HAS_XDG:
        return _xdg("XDG_DATA_HOME", ".local/share")
    import platformdirs

    return Path(platformdirs.user_data_dir("fishcaption", appauthor=False))


def cache_dir() -> Path:
    """Return the folder of what can be made again, or FISHCAPTION_CACHE_DIR. It may not exist yet."""
    return _of_profile(cache_root())


def cache_root() -> Path:
    """Return the cache folder of the profile without a name."""
    if override := os.environ.get("FISHCAPTION_CACHE_DIR"):
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_cache_dir("fishcaption", appauthor=False))


def _xdg(variable: str, otherwise: str) -> Path:
    """Return what platformdirs would (XDG Base Directory, 0.8): its import is 2 % of the window's start."""
    folder = Path(os.environ.get(variable, ""))
    return (folder if folder.is_absolute() else Path.home() / otherwise) / "fishcaption"


def _of_profile(root: Path) -> Path:
    name = os.environ.get(PROFILE, "")
    return root / PROFILES / name if name else root


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file's content so that at every moment it is either the old or the new one, as a whole.

    The new one is on the disk when this returns: a power cut does not undo it. Only this user may read
    what is written. A link is followed, not replaced. A file that is there and cannot be read is never
    replaced: it is put aside first. Raises StorageError.
    """
    target = Path(os.path.realpath(path))
    with translated(path):
        make_folder(target.parent)
        _spare(target)
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=_NEW)
        with ExitStack() as half_written:
            half_written.callback(_take_away, Path(name))
            with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
            half_written.pop_all()
        sync_folder(target.parent)


def _take_away(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def append_whole(path: Path, content: bytes) -> None:
    """Add to the end of a file that only this user may read, and have it on the disk.

    If this fails, or the power is cut, a part of it may stand there: readers of the file must notice that.
    Raises StorageError.
    """
    with translated(path):
        make_folder(path.parent)
        _spare(Path(os.path.realpath(path)))
        is_new = not path.exists()
        with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:  # noqa: PTH123  a handle, not a path
            _close_to_others(path)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make this folder, and those it is in, if missing, for this user only. Raises OSError."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)


def leave_alone(path: Path) -> None:
    """Never write over this file, which could not be read: it is put aside first, as soon as it can be."""
    _left_alone.add(os.path.realpath(path))


def make_way(path: Path) -> Path:
    """Rename the file to a free name beside it, and return that. Raises OSError."""
    aside = free_name(path)
    path.rename(aside)
    with suppress(OSError):  # another user's
        _close_to_others(aside)
    return aside


def free_name(path: Path) -> Path:
    """Return a name beside the file that nothing has yet."""
    names = chain([".broken"], (f".broken-{number}" for number in count(2)))
    return next(aside for name in names if not os.path.lexists(aside := path.with_name(path.name + name)))


def _spare(target: Path) -> None:
    """Put a file aside that could not be read, or cannot be, before something is written in its place."""
    is_left_alone = str(target) in _left_alone
    if os.path.lexists(target) and (is_left_alone or not os.access(target, os.R_OK)):
        make_way(target)
    _left_alone.discard(str(target))


def _close_to_others(path: Path) -> None:
    if path.is_file() and path.stat().st_mode & 0o077 and sys.platform != "win32":
        path.chmod(0o600)


def sync_folder(folder: Path) -> None:
    """Write the folder's names to the disk: without it, a power cut may undo a rename. Raises OSError."""
    if sys.platform == "win32":  # which opens no folders and journals names itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Delete half-written files of programs that were killed. Never raises."""
    before = time.time() - _STALE_SECONDS
    with suppress(OSError):
        for left in folder.glob(f".*{_NEW}"):
            if left.stat().st_mtime < before:
                left.unlink()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise StorageError instead of OSError: this file could not be saved."""
    try:
        yield
    except OSError as exc:
        if exc.errno in {ENOSPC, EDQUOT}:
            raise StorageError(
                f"The disk is full: {path.name} could not be saved.",
                hint="Free some space; nothing is lost until then.",
            ) from exc
        raise StorageError(
            f"{path.name} could not be saved in {path.parent}: {exc.strerror or exc}.",
            hint="Check that this folder exists and may be written to.",
        ) from exc
