"""The history: what was heard, what was cut and where, what was never spoken; on this machine only.

A file of JSON lines to which is added; what is deleted is gone from it with the next write, which comes at
once. No times are kept unless the user wants them, and nothing at all off the record.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Fate
from fishcaption.core.tags import visible
from fishcaption.store import lines
from fishcaption.store.journal import OnError, Writer
from fishcaption.store.places import append_whole, data_dir, write_whole

LIMIT = 10_000  # entries; the oldest go first
_SLACK = 500  # that many more before the file is written anew

_FATES = {fate.value: fate for fate in (Fate.HEARD, Fate.CUT, Fate.FAILED)}


def history_path() -> Path:
    """The file of the history."""
    return data_dir() / "history.jsonl"


# a dataclass: of a tuple that is an item's data Qt makes a list
@dataclass(frozen=True, slots=True)
class Entry:
    """One utterance that has ended. Its text before `heard_end` (code points) was heard: 0 means never."""

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
        self.on_error = on_error
        self.off_record = False
        self.keep_times = False
        self.mended = 0  # lines that could not be read, known once loaded
        self._path = path
        self._limit = limit
        self._own = Writer() if writer is None else None
        self._writer = writer or self._own or Writer()
        self._subscribers: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        # guarded by _lock
        self._loaded = False
        self._entries: list[Entry] = []  # oldest first
        self._next_id = 1
        self._to_add: list[Entry] = []
        self._is_whole_due = False

    def load(self) -> None:
        """Read the file, if it was not read yet."""
        with self._lock:
            if self._loaded:
                return
            self._loaded = True
            found, self.mended = lines.read(self._path)
            for raw in found:
                entry = _entry(raw, self._next_id)
                if entry is None:
                    self.mended += 1
                    continue
                self._entries.append(entry)
                self._next_id = entry.id + 1
            if self.mended:
                lines.put_aside(self._path)
            self._is_whole_due = bool(self.mended)
            self._bound(0)

    def add(self, text: str, heard_end: int, fate: Fate, voice: str = "") -> Entry | None:
        """Remember an utterance that has ended; None off the record, or where its text is empty.

        `text` is what was shown, `heard_end` a place in it; tags are not remembered.
        """
        shown = visible(text)
        if self.off_record or not shown.strip():
            return None
        heard_end = len(shown) if heard_end >= len(text) else min(len(visible(text[:heard_end])), len(shown))
        self.load()
        with self._lock:
            at = int(time.time()) if self.keep_times else None
            entry = Entry(self._next_id, shown, heard_end, fate, voice, at)
            self._next_id += 1
            self._entries.append(entry)
            self._to_add.append(entry)
            self._bound(_SLACK)
        self._changed()
        return entry

    def entries(self) -> tuple[Entry, ...]:
        """All of them, the newest first."""
        self.load()
        with self._lock:
            return tuple(reversed(self._entries))

    def search(self, words: str) -> tuple[Entry, ...]:
        """Those that hold each of the words, in any case and place, the newest first; all for no words."""
        wanted = words.casefold().split()
        return tuple(
            entry for entry in self.entries() if all(word in entry.text.casefold() for word in wanted)
        )

    def delete(self, ids: Collection[int]) -> None:
        """Forget these, here and on disk; ids that are gone are no error."""
        self.load()
        gone = frozenset(ids)
        with self._lock:
            left = [entry for entry in self._entries if entry.id not in gone]
            if len(left) == len(self._entries):
                return
            self._entries = left
            self._to_add.clear()
            self._is_whole_due = True
        self._changed()

    def delete_between(self, one: int, other: int) -> None:
        """Forget the stretch from one entry to another, both with it, in either order."""
        low, high = sorted((one, other))
        self.delete([entry.id for entry in self.entries() if low <= entry.id <= high])

    def clear(self) -> None:
        """Forget everything, and the copy of what could not be read."""
        lines.aside(self._path).unlink(missing_ok=True)
        self.delete([entry.id for entry in self.entries()])

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when an entry has come or gone; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what has changed was written or failed; False if `timeout` seconds were too few."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Write what is still to be written."""
        self._writer.flush()
        if self._own is not None:
            self._own.close()

    def _bound(self, slack: int) -> None:
        """Forget the oldest where there are too many."""
        if len(self._entries) > self._limit + slack:
            del self._entries[: -self._limit]
            self._to_add.clear()
            self._is_whole_due = True

    def _changed(self) -> None:
        self._writer.soon(str(self._path), self._write, self._tell)
        for callback in tuple(self._subscribers):
            callback()

    def _write(self) -> None:
        """In the writer's thread. After a failure the file may end in half a line: it is written whole."""
        with self._lock:
            is_whole, self._is_whole_due = self._is_whole_due, False
            given = tuple(self._entries) if is_whole else tuple(self._to_add)
            self._to_add.clear()
        try:
            content = lines.encoded(map(_plain, given))
            if is_whole:
                write_whole(self._path, content)
            elif given:
                append_whole(self._path, content)
        except StorageError:
            with self._lock:
                self._is_whole_due = True
            raise

    def _tell(self, error: StorageError) -> None:
        if self.on_error is not None:
            self.on_error(error)


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


def _entry(raw: dict[str, Any], least_id: int) -> Entry | None:
    """The entry of a line; what is wrong beside its text is mended, None without a text."""
    text, number, heard_end, at = (raw.get(name) for name in ("text", "id", "heard_end", "at"))
    if not isinstance(text, str):
        return None
    fate, voice = raw.get("fate"), raw.get("voice")
    return Entry(
        id=number if type(number) is int and number >= least_id else least_id,
        text=text,
        heard_end=min(max(heard_end, 0), len(text)) if type(heard_end) is int else 0,
        fate=_FATES.get(fate, Fate.CUT) if isinstance(fate, str) else Fate.CUT,
        voice=voice if isinstance(voice, str) else "",
        at=at if type(at) is int else None,
    )
