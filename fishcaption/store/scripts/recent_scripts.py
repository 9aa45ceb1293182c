"""The files of scripts that were opened last, the newest first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole

if TYPE_CHECKING:
    from fishcaption.store.journal import Writer

MOST: Final = 10
_WHAT: Final = "The list of recent scripts"
_MOST_BYTES: Final = 1 << 20
_LONGEST_PATH: Final = 4096


def recent_scripts_path() -> Path:
    """Return the file of the list."""
    return data_dir() / "recent-scripts.json"


class RecentScripts:
    """At most `MOST` paths of files. Used in one thread; ``on_error`` is called in any.

    Off the record nothing is added. The file is read when this is made.
    """

    def __init__(self, path: Path, writer: Writer, on_error: Callable[[StorageError], None]) -> None:
        self.off_record = False
        self._path = path
        self._writer = writer
        self._on_error = on_error
        self._paths, told = _load(path)
        if told:
            on_error(StorageError(told))

    def paths(self) -> tuple[Path, ...]:
        """Return the files, the newest first. They need not exist any more."""
        return tuple(map(Path, self._paths))

    def add(self, path: Path) -> None:
        """Put a file first that was opened."""
        name = str(path.absolute())
        if not self.off_record and len(name) <= _LONGEST_PATH:
            self._use((name, *(other for other in self._paths if other != name)))

    def clear(self) -> None:
        """Forget all of them."""
        self._use(())

    def _use(self, paths: tuple[str, ...]) -> None:
        if paths[:MOST] != self._paths:
            self._paths = paths[:MOST]
            self._writer.soon(str(self._path), self._write, self._on_error)

    def _write(self) -> None:
        """In the writer's thread."""
        write_whole(self._path, json.dumps(self._paths, indent=2).encode())


def _load(path: Path) -> tuple[tuple[str, ...], str]:
    content, told = intact.read(path, _WHAT, _MOST_BYTES)
    if content is None:
        return (), told
    try:
        value = parsed(content)
    except InputError:
        value = None
    if not isinstance(value, list):
        return (), f"{_WHAT} could not be read. {intact.put_aside(path)}"
    names = dict.fromkeys(name for name in value if _is_usable(name))
    return tuple(names)[:MOST], ""


def _is_usable(name: object) -> bool:
    return (
        isinstance(name, str) and len(name) <= _LONGEST_PATH and "\0" not in name and Path(name).is_absolute()
    )
