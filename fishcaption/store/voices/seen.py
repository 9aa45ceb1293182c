"""The database of voices: those that were seen, for times without a network; favourites; those used last.

It is SQLite in one file of the data folder, with a write-ahead log. A file that cannot be used is put aside,
and a new one begun. `SeenVoices` may be used in any thread, by one call at a time; every call may block.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from fishcaption.core.errors import StorageError
from fishcaption.core.voices.catalog import VoiceEntry, VoiceQuery, narrowed, searched_words
from fishcaption.store import intact
from fishcaption.store.places import data_dir, make_folder
from fishcaption.store.voices.entry_json import from_json, to_json

MOST_SEEN: Final = 20_000
MOST_FAVOURITES: Final = 1_000
MOST_RECENT: Final = 20

_MOST_BYTES: Final = 128 << 20
_PAGE_BYTES: Final = 4096
_LOCKED_SECONDS: Final = 2.0  # that another window of the same profile is waited for
_VERSION: Final = 1
_TABLES: Final = f"""
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA max_page_count = {_MOST_BYTES // _PAGE_BYTES};
    CREATE TABLE IF NOT EXISTS seen (
        provider TEXT, id TEXT, words TEXT, entry TEXT, turn INTEGER, PRIMARY KEY (provider, id)
    );
    CREATE INDEX IF NOT EXISTS seen_turns ON seen (turn);
    CREATE TABLE IF NOT EXISTS favourites (
        provider TEXT, id TEXT, entry TEXT, turn INTEGER, PRIMARY KEY (provider, id)
    );
    CREATE TABLE IF NOT EXISTS recent (
        provider TEXT, id TEXT, entry TEXT, turn INTEGER, PRIMARY KEY (provider, id)
    );
    PRAGMA user_version = {_VERSION};
"""
_Result = TypeVar("_Result")


class Shelf(NamedTuple):
    """The user's favourites and the voices used last, the newest first."""

    favourites: tuple[VoiceEntry, ...]
    recent: tuple[VoiceEntry, ...]


def voices_path() -> Path:
    """Return the file of the database."""
    return data_dir() / "voices.sqlite3"


class SeenVoices:
    """The database, opened by the first call. ``tell`` gets a sentence if a file had to be put aside."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._guard = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._is_closed = False

    def close(self) -> None:
        """Close the file; later calls find nothing and keep nothing."""
        with self._guard:
            self._is_closed = True
            self._leave()

    # -- what was seen -----------------------------------------------------------------------------

    def see(self, entries: Iterable[VoiceEntry]) -> None:
        """Keep these as seen now; the ones not seen for longest go. Raises StorageError."""
        rows = [(entry.provider, entry.id, searched_words(entry), to_json(entry)) for entry in entries]

        def see(database: sqlite3.Connection) -> None:
            turn = _next_turn(database, "seen")
            database.executemany(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
                [(*row, turn + place) for place, row in enumerate(rows)],
            )
            for table in ("favourites", "recent"):
                database.executemany(
                    f"UPDATE {table} SET entry = ? WHERE provider = ? AND id = ?",
                    [(entry, provider, id_) for provider, id_, _, entry in rows],
                )
            database.execute(
                "DELETE FROM seen WHERE turn <= (SELECT turn FROM seen ORDER BY turn DESC LIMIT 1 OFFSET ?)",
                (MOST_SEEN,),
            )

        if rows:
            self._do(see, None)

    def find(self, query: VoiceQuery, most: int) -> tuple[VoiceEntry, ...]:
        """Return at most so many seen voices that match, whatever page is asked for; the last seen first.

        Raises StorageError.
        """
        words = query.title.casefold().split()

        def find(database: sqlite3.Connection) -> tuple[VoiceEntry, ...]:
            likes = " AND ".join(["instr(words, ?) > 0"] * len(words)) or "1"
            rows = database.execute(f"SELECT entry FROM seen WHERE {likes} ORDER BY turn DESC", words)
            found: list[VoiceEntry] = []
            while len(found) < most and (some := rows.fetchmany(200)):
                entries = [entry for (text,) in some if (entry := from_json(text)) is not None]
                found += [
                    entry
                    for entry in narrowed(entries, query)
                    if (not query.is_own or entry.is_own) and (not query.is_licensed or entry.is_licensed)
                ]
            return tuple(found[:most])

        return self._do(find, ())

    # -- what the user has made of them ---------------------------------------------------------------

    def shelf(self) -> Shelf:
        """Return favourites and recent voices. Raises StorageError."""
        return self._do(
            lambda database: Shelf(_marked(database, "favourites"), _marked(database, "recent")),
            Shelf((), ()),
        )

    def set_favourite(self, entry: VoiceEntry, is_favourite: bool) -> None:
        """Keep the voice as a favourite, or no more. Raises StorageError."""
        if is_favourite:
            self._do(lambda database: _mark(database, "favourites", entry, MOST_FAVOURITES), None)
        else:
            self._do(
                lambda database: database.execute(
                    "DELETE FROM favourites WHERE provider = ? AND id = ?", (entry.provider, entry.id)
                ),
                None,
            )

    def use(self, entry: VoiceEntry) -> None:
        """Keep the voice as the one used last. Raises StorageError."""
        self._do(lambda database: _mark(database, "recent", entry, MOST_RECENT), None)

    # -- inside ------------------------------------------------------------------------------------

    def _do(self, act: Callable[[sqlite3.Connection], _Result | object], otherwise: _Result) -> _Result:
        """Do it in one transaction, in a new file if the old one is broken; `otherwise` if all is closed."""
        with self._guard:
            if self._is_closed:
                return otherwise
            try:
                try:
                    return self._transact(act)  # type: ignore[return-value]  # None stands for any other result
                except sqlite3.OperationalError:  # the disk is full, the folder read-only, the file locked
                    raise
                except sqlite3.DatabaseError:
                    self._put_aside()
                    return self._transact(act)  # type: ignore[return-value]  # as above
            except (sqlite3.Error, OSError) as error:
                self._leave()
                raise StorageError(
                    f"The voices that were seen, and favourites, cannot be kept: {error}.",
                    hint=f"Check that {self._path.parent} exists, has room and may be written to.",
                ) from error

    def _transact(self, act: Callable[[sqlite3.Connection], _Result]) -> _Result:
        if self._database is None:
            self._database = self._opened()
        with self._database:
            return act(self._database)

    def _opened(self) -> sqlite3.Connection:
        make_folder(self._path.parent)
        with suppress(FileNotFoundError):
            if not self._path.is_file() or self._path.stat().st_size > _MOST_BYTES:
                self._put_aside()
        database = sqlite3.connect(self._path, timeout=_LOCKED_SECONDS, check_same_thread=False)
        try:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise sqlite3.DatabaseError("a newer fishcaption wrote it")
            database.executescript(_TABLES)
            for table in ("seen", "favourites", "recent"):
                database.execute(f"SELECT entry, turn FROM {table} LIMIT 1").fetchone()
        except sqlite3.OperationalError as error:
            database.close()
            if "no such column" in str(error):  # another program's tables
                raise sqlite3.DatabaseError(str(error)) from error
            raise
        except sqlite3.DatabaseError:
            database.close()
            raise
        with suppress(OSError):
            self._path.chmod(0o600)
        return database

    def _put_aside(self) -> None:
        self._leave()
        if self._path.exists():
            self._tell(f"The file of the voices you have seen was broken. {intact.put_aside(self._path)}")
        for end in ("-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def _leave(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None


def _next_turn(database: sqlite3.Connection, table: str) -> int:
    (last,) = database.execute(f"SELECT max(turn) FROM {table}").fetchone()
    return last + 1 if isinstance(last, int) else 1


def _mark(database: sqlite3.Connection, table: str, entry: VoiceEntry, most: int) -> None:
    row = (entry.provider, entry.id, to_json(entry), _next_turn(database, table))
    database.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)", row)
    database.execute(
        f"DELETE FROM {table} WHERE turn <= (SELECT turn FROM {table} ORDER BY turn DESC LIMIT 1 OFFSET ?)",
        (most,),
    )


def _marked(database: sqlite3.Connection, table: str) -> tuple[VoiceEntry, ...]:
    rows = database.execute(f"SELECT entry FROM {table} ORDER BY turn DESC LIMIT {MOST_FAVOURITES}")
    return tuple(entry for (text,) in rows if (entry := from_json(text)) is not None)
