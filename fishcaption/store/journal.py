"""What is typed is on disk before it can be lost: one thread writes, and a slow disk never holds the window.

A `Writer` writes several files in the order in which their newest content was given. That order is what
keeps a text that goes from one file to another in at least one of them at every moment.

The `Journal` of the draft is plain UTF-8 for a person to find, and whole at every moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from fishcaption.core.errors import StorageError
from fishcaption.store.places import data_dir, write_whole

RETRY_SECONDS = 2.0  # a disk that was full is asked again

OnError = Callable[[StorageError], None]


def draft_path() -> Path:
    """The file of the draft."""
    return data_dir() / "draft.txt"


class _Job(NamedTuple):
    name: str
    write: Callable[[], None]
    on_error: OnError
    due: float  # on the monotonic clock


class Writer:
    """Writes what it is given, in a thread that begins with the first `soon` and ends with `close`.

    A write that raises StorageError is told through its `on_error`, from the writer's thread, once for each
    run of failures of that name, and is tried again every `RETRY_SECONDS` until something newer is given.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._thread: threading.Thread | None = None
        # guarded by _ready; in the order of writing, the later ones of a name (True) apart
        self._jobs: dict[tuple[str, bool], _Job] = {}
        self._failing: set[str] = set()
        self._is_writing = False
        self._is_closing = False

    def soon(self, name: str, write: Callable[[], None], on_error: OnError, *, after: float = 0.0) -> None:
        """Call `write` in the thread, behind what was given before. Returns at once.

        What waits under this name is overtaken by it: `write` must write the newest content. With `after`
        it is called that many seconds later, besides what is to be written at once.
        """
        with self._ready:
            if self._is_closing:
                raise RuntimeError("the writer is closed")
            key = (name, after > 0)
            self._jobs.pop(key, None)  # the newest goes to the end: the order of writing is that of giving
            self._jobs[key] = _Job(name, write, on_error, monotonic() + after)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._ready.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was to be written at once was, or failed; False if `timeout` was too short."""
        with self._ready:
            return self._ready.wait_for(self._is_idle, timeout)

    def close(self) -> None:
        """Write what is still to be written, the later ones too, then end the thread."""
        with self._ready:
            self._is_closing = True
            self._ready.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _is_idle(self) -> bool:
        return not self._is_writing and not any(not is_later for _, is_later in self._jobs)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job.write()
            except StorageError as exc:
                self._failed(job, exc)
            else:
                self._failing.discard(job.name)
            with self._ready:
                self._is_writing = False
                self._ready.notify_all()

    def _next(self) -> _Job | None:
        """The next that is due; None once all is written and the writer closes."""
        with self._ready:
            while True:
                now = monotonic()
                for key, job in self._jobs.items():
                    if self._is_closing or job.due <= now:
                        self._is_writing = True
                        return self._jobs.pop(key)
                if self._is_closing:
                    return None
                self._ready.wait(min((job.due - now for job in self._jobs.values()), default=None))

    def _failed(self, job: _Job, error: StorageError) -> None:
        is_told = job.name in self._failing
        self._failing.add(job.name)
        with self._ready:
            is_newer_there = any(name == job.name for name, _ in self._jobs)
            if not self._is_closing and not is_newer_there:
                again = _Job(job.name, job.write, job.on_error, monotonic() + RETRY_SECONDS)
                self._jobs[job.name, True] = again
        if not is_told:
            job.on_error(error)


class Journal:
    """Keeps one text on disk. `on_error` is called from the writer's thread; the text stays in memory."""

    def __init__(self, path: Path, on_error: OnError | None = None, *, writer: Writer | None = None) -> None:
        """Without a `writer` that is shared, the journal has one of its own and closes it."""
        self.on_error = on_error
        self._path = path
        self._own = Writer() if writer is None else None
        self._writer = writer or self._own or Writer()
        self._is_closed = False
        self._text = ""  # the newest; set by `keep`, read by the writer

    def another(self, path: Path) -> Journal:
        """A journal of another text, in step with this one: a text may go from the one to the other.

        It is to be closed before this one.
        """
        return Journal(path, self._tell, writer=self._writer)

    def restore(self) -> str:
        """The text that was kept last; empty if there is none or it cannot be read."""
        try:
            return self._path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def keep(self, text: str) -> None:
        """Have this text on disk soon instead of the one before. Returns at once."""
        if self._is_closed:
            raise RuntimeError("the journal is closed")
        self._text = text
        self._writer.soon(str(self._path), self._write, self._tell)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what was kept was written or failed; False if `timeout` seconds were too few."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Write what is still to be written."""
        self._is_closed = True
        self._writer.flush()
        if self._own is not None:
            self._own.close()

    def _write(self) -> None:
        write_whole(self._path, self._text.encode("utf-8", "replace"))

    def _tell(self, error: StorageError) -> None:
        if self.on_error is not None:
            self.on_error(error)
