"""The ledger of what was sent to the service: one line for each day, model and key, added to a file.

Several programs of ours (a window, `say`) add to one file: each writes whole lines at its end, and what the
others wrote is read with `load`. It holds no text, and of a key its id only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from fishcaption.core.account.named_keys import LONGEST_NAME
from fishcaption.core.account.spending import Sent, Spending, first_kept
from fishcaption.core.errors import StorageError
from fishcaption.store import jsonl
from fishcaption.store.journal import Writer
from fishcaption.store.places import append_whole, data_dir, write_whole

_WHAT: Final = "What was spent at Fish Audio"
_SAVE_AFTER_SECONDS: Final = 0.5
_MOST_LINES: Final = 20_000
"""With more, the file is written anew, with one line for each day, model and key."""
_MOST_BYTES: Final = 1 << 40


def ledger_path() -> Path:
    """Return the file of the ledger."""
    return data_dir() / "spending.jsonl"


def append(path: Path, entries: Iterable[Sent]) -> None:
    """Add these to the file. Blocks on the disk. Raises StorageError."""
    append_whole(path, jsonl.encoded(map(_as_plain, entries)))


def read(path: Path, today: date) -> tuple[Spending, jsonl.Read]:
    """Return what is in the file of the days that count, and how well it could be read. Never raises."""
    lines = jsonl.read(path, _WHAT, _is_ours)
    spending = Spending()
    for entry in lines.objects:
        spending.add(_sent(entry))
    spending.forget_before(first_kept(today))
    return spending, lines


class Ledger:
    """Text that was sent. Any thread may call `add`; `load`, and the writer's thread, touch the disk.

    ``on_error`` is told, in that thread, what is wrong with the file.
    """

    def __init__(self, path: Path, on_error: Callable[[StorageError], None], *, writer: Writer) -> None:
        self._path = path
        self._on_error = on_error
        self._writer = writer
        self._guard = threading.Lock()
        # guarded
        self._written = Spending()
        self._unwritten: Counter[tuple[date, str, str]] = Counter()

    def load(self, today: date) -> None:
        """Read what is in the file, of other programs, too. Blocks on the disk."""
        spending, lines = read(self._path, today)
        if lines.told:
            self._on_error(StorageError(lines.told))
        if len(lines.objects) > _MOST_LINES or lines.bad:
            self._rewrite(spending)
        with self._guard:
            self._written = spending

    def add(self, sent: Sent) -> None:
        """Count it, and have it on disk soon."""
        with self._guard:
            self._unwritten[sent.day, sent.model, sent.key] += sent.bytes
        self._writer.soon(str(self._path), self._append, self._on_error, after=_SAVE_AFTER_SECONDS)

    def spending(self) -> Spending:
        """Return all that is known to have been sent."""
        found = Spending()
        with self._guard:
            for sent in self._written.entries():
                found.add(sent)
            for (day, model, key), count in self._unwritten.items():
                found.add(Sent(day, model, key, count))
        return found

    def _append(self) -> None:
        with self._guard:
            unwritten, self._unwritten = self._unwritten, Counter()
        entries = [Sent(day, model, key, count) for (day, model, key), count in unwritten.items()]
        try:
            append(self._path, entries)
        except StorageError:
            with self._guard:
                self._unwritten += unwritten
            raise
        with self._guard:
            for sent in entries:
                self._written.add(sent)

    def _rewrite(self, spending: Spending) -> None:
        lines = jsonl.encoded(map(_as_plain, spending.entries()))
        self._writer.soon(str(self._path) + " anew", partial(write_whole, self._path, lines), self._on_error)


def _as_plain(sent: Sent) -> dict[str, Any]:
    return {"day": sent.day.isoformat(), "model": sent.model, "key": sent.key, "bytes": sent.bytes}


def _is_ours(entry: dict[str, Any]) -> bool:
    match entry:
        case {"day": str(day), "model": str(model), "key": str(key), "bytes": int(count)}:
            try:
                date.fromisoformat(day)
            except ValueError:
                return False
            return len(model) <= LONGEST_NAME and len(key) <= LONGEST_NAME and 0 < count < _MOST_BYTES
    return False


def _sent(entry: dict[str, Any]) -> Sent:
    return Sent(date.fromisoformat(entry["day"]), entry["model"], entry["key"], entry["bytes"])
