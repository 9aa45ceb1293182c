"""The index of kept audio, in SQLite: which entries there are, how large, when last used, and who pins them.

It holds no text and no names that tell anything. A damaged one is made anew from the files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from fishcaption.core.errors import StorageError

_BUSY_SECONDS: Final = 2.0
_SUFFIXES: Final = ("", "-wal", "-shm")
_TABLES: Final = """
create table if not exists entries (
    name text primary key, bytes integer not null, used real not null
) without rowid;
create index if not exists by_use on entries (used);
create table if not exists pins (owner text, name text, primary key (owner, name)) without rowid;
create table if not exists facts (name text primary key, value text) without rowid;
"""


class Index:
    """The entries by name, for one thread at a time. Methods block on the disk and may raise StorageError."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it. Raises StorageError where the folder cannot be written."""
        self._path = path
        try:
            self._db = self._opened()
        except StorageError:
            self._delete()
            self._db = self._opened()
        self.bytes: int = self._one("select coalesce(sum(bytes), 0) from entries")
        """Bytes of all entries."""

    def __contains__(self, name: str) -> bool:
        return self._one("select count(*) from entries where name = ?", name) > 0

    def __len__(self) -> int:
        return int(self._one("select count(*) from entries"))

    def names(self) -> set[str]:
        """Return the names of all entries."""
        with _translated():
            return {name for (name,) in self._db.execute("select name from entries")}

    def fact(self, name: str) -> str:
        """Return what was noted under a name; empty: nothing."""
        with _translated():
            found = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def note(self, name: str, value: str) -> None:
        """Note a fact."""
        with _translated(), self._db:
            self._db.execute("insert or replace into facts values (?, ?)", (name, value))

    def add(self, entries: Mapping[str, int], used: float) -> None:
        """Add entries with their bytes, all last used at this time (seconds of the epoch)."""
        with _translated(), self._db:
            rows = [(name, size, used) for name, size in entries.items()]
            self._db.executemany("insert or replace into entries values (?, ?, ?)", rows)
        self.bytes = self._one("select coalesce(sum(bytes), 0) from entries")

    def use(self, uses: Mapping[str, float]) -> None:
        """Note when entries were used last."""
        with _translated(), self._db:
            rows = [(at, name) for name, at in uses.items()]
            self._db.executemany("update entries set used = ? where name = ?", rows)

    def remove(self, names: Collection[str]) -> None:
        """Take these entries out; their pins stay, for when they are made again."""
        with _translated(), self._db:
            self._db.executemany("delete from entries where name = ?", [(name,) for name in names])
        self.bytes = self._one("select coalesce(sum(bytes), 0) from entries")

    def pin(self, owner: str, names: Collection[str]) -> None:
        """Have an owner pin these, and no others any more."""
        with _translated(), self._db:
            self._db.execute("delete from pins where owner = ?", (owner,))
            self._db.executemany("insert into pins values (?, ?)", [(owner, name) for name in set(names)])

    def unused(self, wanted_bytes: int) -> list[str]:
        """Return the entries that nobody pins and nobody used for longest, of so many bytes together.

        Fewer where there are no more.
        """
        rows = "select name, bytes from entries where name not in (select name from pins) order by used"
        found: list[str] = []
        with _translated():
            for name, size in self._db.execute(rows):
                if wanted_bytes <= 0:
                    break
                found.append(name)
                wanted_bytes -= size
        return found

    def close(self, *, delete: bool = False) -> None:
        """Close it; with ``delete`` it is gone."""
        with suppress(sqlite3.Error):
            self._db.close()
        if delete:
            self._delete()

    def _opened(self) -> sqlite3.Connection:
        with _translated():
            db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False)
            try:
                db.execute("pragma journal_mode = wal")
                db.execute("pragma synchronous = normal")
                db.executescript(_TABLES)
                db.execute("select name, bytes, used from entries limit 1").fetchone()
                db.execute("select owner, name from pins limit 1").fetchone()
            except sqlite3.Error:
                db.close()
                raise
        return db

    def _delete(self) -> None:
        for suffix in _SUFFIXES:
            with suppress(OSError):
                self._path.with_name(self._path.name + suffix).unlink()

    def _one(self, question: str, *values: str) -> int:
        with _translated():
            return int(self._db.execute(question, values).fetchone()[0])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise StorageError(
            "The sound of what was spoken could not be saved.",
            hint="Is the disk full, or the folder of the cache not writable?",
        ) from exc
