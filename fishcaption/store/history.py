"""The history: texts that were heard, cut (and where), or never spoken; on this machine only.

Each utterance adds a line of JSON to a file. What the user deletes is gone from the file with the next write,
which comes at once. No times are kept unless the user wants them, and nothing at all off the record.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fishcaption.core.bounded_json import whole
from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Fate
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.text.tags import visible
from fishcaption.store import intact
from fishcaption.store import jsonl as lines
from fishcaption.store.journal import OnError, Writer, WrittenFile
from fishcaption.store.places import append_whole, data_dir, write_whole

LIMIT = 10_000  # entries; the oldest go first
_MOST_LETTERS = 10_000_000  # code points of all entries: a file of that many can be read again
_LATEST = 32_000_000_000  # the year 2984; Windows tells no later time
_MOST_IDS = 1 << 53
_SLACK = 500  # that many more before the file is written anew

_FATES = {fate.value: fate for fate in (Fate.HEARD, Fate.SHOWN, Fate.CUT, Fate.FAILED)}


def history_path() -> Path:
    """Return the file of the history."""
    return data_dir() / "history.jsonl"


# a dataclass: of a tuple that is an item's data Qt makes a list
@dataclass(frozen=True, slots=True)
class Entry:
    """One utterance that has ended. Its text before `heard_end` (code points) was heard: 0 means never.

    A text that was only shown (`Fate.SHOWN`) ran to its end; nobody heard it after `heard_end`.
    """

    id: int  # grows; unique in this history
    text: str
    heard_end: int
    fate: Fate
    voice: str = ""  # the name of who spoke
    at: int | None = None  # seconds of the epoch, where times are kept


class History:
    """All entries, in memory and on disk. Used in one thread; the first use reads the file.

    `load` may be called in any thread before. A failure to write is told through `on_error`, once, from the
    writer's thread; the entries stay in memory and are tried again.
    """

    def __init__(
        self,
        path: Path,
        on_error: OnError | None = None,
        *,
        writer: Writer | None = None,
        limit: int = LIMIT,
    ) -> None:
        self.off_record = False
        self.keep_times = False
        self.mended = 0  # lines that could not be read, known once loaded; `on_error` was told of them
        self._file = WrittenFile(path, self._write, on_error, writer)
        self._limit = limit
        self._subscribers: Subscribers[[]] = Subscribers()
        self._lock = threading.RLock()
        # guarded by _lock
        self._loaded = False
        self._entries: list[Entry] = []  # oldest first
        self._letters = 0  # code points of them
        self._next_id = 1
        self._to_add: list[Entry] = []
        self._is_whole_due = False
        self._deleted: set[str] = set()  # texts to delete from the copies that were put aside, too
        self._is_cleared = False

    def load(self) -> None:
        """Read the file, if it was not read yet."""
        with self._lock:
            if self._loaded:
                return
            self._loaded = True
            found, self.mended, told = lines.read(self._file.path, "Your history", lines.has_text)
            for raw in found:
                entry = _entry(raw, self._next_id)
                self._entries.append(entry)
                self._next_id = entry.id + 1
            self._letters = sum(len(entry.text) for entry in self._entries)
            self._is_whole_due = bool(self.mended)
            self._bound(0)
        if told:
            self._file.tell(StorageError(told))

    def add(self, text: str, heard_end: int, fate: Fate, voice: str = "") -> Entry | None:
        """Remember an utterance that has ended; None off the record, or if its text is empty or far too long.

        `text` is what was shown, `heard_end` a place in it; tags are not remembered.
        """
        shown = whole(visible(text))
        if self.off_record or not shown.strip() or len(shown) > _MOST_LETTERS:
            return None
        is_all = heard_end >= len(text)
        heard_end = len(shown) if is_all else min(len(whole(visible(text[:heard_end]))), len(shown))
        self.load()
        with self._lock:
            at = int(time.time()) if self.keep_times else None
            entry = Entry(self._next_id, shown, heard_end, fate, voice, at)
            self._next_id += 1
            self._entries.append(entry)
            self._letters += len(shown)
            self._to_add.append(entry)
            self._bound(_SLACK)
        self._changed()
        return entry

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, the newest first."""
        self.load()
        with self._lock:
            return tuple(reversed(self._entries))

    def search(self, words: str) -> tuple[Entry, ...]:
        """Return the entries that hold each of the words, in any case and place, the newest first."""
        wanted = words.casefold().split()
        return tuple(
            entry for entry in self.entries() if all(word in entry.text.casefold() for word in wanted)
        )

    def delete(self, ids: Collection[int]) -> None:
        """Delete these, here and on disk; ids that do not exist are no error."""
        self.load()
        gone = frozenset(ids)
        with self._lock:
            deleted = [entry for entry in self._entries if entry.id in gone]
            if not deleted:
                return
            self._forget(deleted)
        self._changed()

    def delete_between(self, one: int, other: int) -> None:
        """Delete all entries from one to another, including both, in either order."""
        low, high = sorted((one, other))
        self.delete([entry.id for entry in self.entries() if low <= entry.id <= high])

    def clear(self) -> None:
        """Delete everything, also the copies of files that could not be read."""
        self.load()
        with self._lock:
            self._is_cleared = True
            self._forget(self._entries)
        self._changed()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when an entry has come or gone; the returned function ends that."""
        return self._subscribers.add(callback)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what has changed was written or failed; False if `timeout` seconds were too few."""
        return self._file.flush(timeout)

    def close(self) -> None:
        """Write what is still to be written."""
        self._file.close()

    def _forget(self, deleted: Collection[Entry]) -> None:
        """Take these out of the entries, and have them deleted from the copies that were put aside."""
        gone = {entry.id for entry in deleted}
        self._deleted |= {entry.text for entry in deleted}
        self._entries = [entry for entry in self._entries if entry.id not in gone]
        self._letters -= sum(len(entry.text) for entry in deleted)
        self._to_add.clear()
        self._is_whole_due = True

    def _bound(self, slack: int) -> None:
        """Drop the oldest if there are too many, or too much text."""
        first = len(self._entries) - self._limit if len(self._entries) > self._limit + slack else 0
        letters = self._letters - sum(len(entry.text) for entry in self._entries[:first])
        while letters > _MOST_LETTERS:
            letters -= len(self._entries[first].text)
            first += 1
        if first:
            del self._entries[:first]
            self._letters = letters
            self._to_add.clear()
            self._is_whole_due = True

    def _changed(self) -> None:
        self._file.soon()
        self._subscribers.tell()

    def _write(self) -> None:
        """Write, in the writer's thread. After a failure the file may end in half a line: then all of it."""
        with self._lock:
            is_whole, self._is_whole_due = self._is_whole_due, False
            is_cleared, self._is_cleared = self._is_cleared, False
            deleted, self._deleted = self._deleted, set()
            given = tuple(self._entries) if is_whole else tuple(self._to_add)
            self._to_add.clear()
        is_done = False
        try:
            content = lines.encoded(map(_plain, given))
            if is_whole:
                write_whole(self._file.path, content)
            elif given:
                append_whole(self._file.path, content)
            if is_cleared:
                intact.forget(self._file.path)
            intact.strike(intact.asides_in(self._file.path.parent), deleted)
            is_done = True
        finally:
            if not is_done:
                with self._lock:
                    self._is_whole_due = True
                    self._is_cleared |= is_cleared
                    self._deleted |= deleted


def _plain(entry: Entry) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": entry.id,
        "text": entry.text,
        "heard_end": entry.heard_end,
        "fate": entry.fate.value,
        "voice": entry.voice,
    }
    if entry.at is not None:
        plain["at"] = entry.at
    return plain


def _entry(raw: dict[str, Any], least_id: int) -> Entry:
    """Return the entry of a line that has a text; other fields that are wrong get a default."""
    text: str = raw["text"]
    number, heard_end, at = (raw.get(name) for name in ("id", "heard_end", "at"))
    fate, voice = raw.get("fate"), raw.get("voice")
    return Entry(
        id=number if type(number) is int and least_id <= number < _MOST_IDS else least_id,
        text=text,
        heard_end=min(max(heard_end, 0), len(text)) if type(heard_end) is int else 0,
        fate=_FATES.get(fate, Fate.CUT) if isinstance(fate, str) else Fate.CUT,
        voice=voice if isinstance(voice, str) else "",
        at=at if type(at) is int and 0 <= at < _LATEST else None,
    )
