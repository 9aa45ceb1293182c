"""The journal of the draft, and the thread that writes files: what is typed is on disk before it can be lost.

A `Writer` writes several files in the order in which their newest content was given. So a text that goes from
one file to another stands in at least one of them at every moment. Only `close` ends the writer, and no file
and no error delays the program's end. A slow disk never makes the window wait.

The `Journal` of the draft is a file of plain UTF-8, which a person can find and read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from fishcaption.core.errors import StorageError
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole

_log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # a disk that was full is asked again
_ZERO = b"\xc0\x80"  # U+0000, as Java writes it: a zero byte is damage
CLOSE_SECONDS = 5.0  # that a disk may take, in all, when the program ends; one that answers takes some ms

OnError = Callable[[StorageError], None]


def draft_path() -> Path:
    """Return the file of the draft."""
    return data_dir() / "draft.txt"


class _Job(NamedTuple):
    name: str
    write: Callable[[], None]
    on_error: OnError
    due: float  # on the monotonic clock


class Writer:
    """Writes what it is given, in a thread that begins with the first `soon` and ends with `close`.

    A write that fails, with any error, is told through its `on_error`, in the writer's thread, once for each
    series of failures of that name. It is tried again every `RETRY_SECONDS` until something newer is given.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._thread: threading.Thread | None = None
        # guarded by _ready; in the order of writing, the later ones of a name (True) apart
        self._jobs: dict[tuple[str, bool], _Job] = {}
        self._failing: set[str] = set()
        self._is_writing = False
        self._is_closing = False
        self._last_patience: float | None = None  # until then, on the monotonic clock, what ends waits

    def soon(self, name: str, write: Callable[[], None], on_error: OnError, *, after: float = 0.0) -> None:
        """Call `write` in the thread, behind what was given before. Returns at once.

        It replaces what waits under this name: `write` must write the newest content. With `after`, it is
        called so many seconds later, in addition to what is to be written at once.
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

    def settle(self) -> bool:
        """`flush` for files that close: all of them together wait no longer than `CLOSE_SECONDS`."""
        return self.flush(self._patience())

    def close(self) -> bool:
        """Write what is still to be written, the later ones too, then end the thread.

        Return False if a disk does not answer: then the thread is not waited for, and ends with the program.
        """
        with self._ready:
            self._is_closing = True
            self._ready.notify_all()
        if self._thread is not None:
            self._thread.join(self._patience())
            if self._thread.is_alive():
                return False
            self._thread = None
        return True

    def _patience(self) -> float:
        now = monotonic()
        if self._last_patience is None:
            self._last_patience = now + CLOSE_SECONDS
        return max(0.0, self._last_patience - now)

    def _is_idle(self) -> bool:
        return not self._is_writing and not any(not is_later for _, is_later in self._jobs)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job.write()
            except StorageError as exc:
                self._failed(job, exc)
            except OSError as exc:
                self._failed(job, _as_told(job, exc.strerror or type(exc).__name__))
            except Exception as exc:  # noqa: BLE001  the boundary: a bug in one file must not cost the others
                _log.error("%s could not be saved: %s", Path(job.name).name, type(exc).__name__)
                self._failed(job, _as_told(job, type(exc).__name__))
            else:
                self._failing.discard(job.name)
            with self._ready:
                self._is_writing = False
                self._ready.notify_all()

    def _next(self) -> _Job | None:
        """Return the next job that is due; None once all is written and the writer closes."""
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
            try:
                job.on_error(error)
            except RuntimeError as exc:  # the window, or its loop, has just gone: Qt and asyncio say so
                _log.info("nobody hears that a file was not saved: %s", type(exc).__name__)


def _as_told(job: _Job, why: str) -> StorageError:
    """Return what is told of an unexpected error, without its own words, which may hold what was typed."""
    return StorageError(
        f"{Path(job.name).name} could not be saved ({why}).",
        hint="fishcaption goes on trying. Copy what you need before you close the window.",
    )


class WrittenFile:
    """A file that a `Writer` writes: one that others use too, or one of its own, which ends with it.

    ``write`` writes the newest content; it is called in the writer's thread, as `on_error` is.
    """

    def __init__(
        self, path: Path, write: Callable[[], None], on_error: OnError | None, writer: Writer | None
    ) -> None:
        self.path = path
        self.on_error = on_error
        self._write = write
        self._own = Writer() if writer is None else None
        self._shared = writer

    @property
    def writer(self) -> Writer:
        """The writer, for other files whose order matters."""
        writer = self._shared or self._own
        assert writer is not None
        return writer

    def soon(self, *, after: float = 0.0) -> None:
        """Have the newest content written; see `Writer.soon`."""
        self.writer.soon(str(self.path), self._write, self.tell, after=after)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what was to be written at once was, or failed; False if `timeout` was too short."""
        return self.writer.flush(timeout)

    def close(self, *, settles: bool = True) -> None:
        """Write what is still to be written; a disk that does not answer is not waited for.

        With ``settles=False``, a writer that others use too is left to them.
        """
        if settles:
            self.writer.settle()
        if self._own is not None:
            self._own.close()

    def tell(self, error: StorageError) -> None:
        """Tell what is wrong with the file, if anybody wants to know."""
        if self.on_error is not None:
            self.on_error(error)


class Journal:
    """Keeps one text on disk. `on_error` is called from the writer's thread; the text stays in memory.

    Off the record nothing is written, and what stood on disk is taken away; it is written once that is over.
    """

    def __init__(
        self,
        path: Path,
        on_error: OnError | None = None,
        *,
        writer: Writer | None = None,
        what: str = "Your draft",
    ) -> None:
        """Without a shared `writer`, the journal has one of its own and closes it.

        ``what`` begins the sentences about it, such as "Your draft".
        """
        self._file = WrittenFile(path, self._write, on_error, writer)
        self._what = what
        self._is_closed = False
        self._text: str | None = None  # the newest; set by `keep`, read by the writer
        self._is_off_record = False
        self._others: list[Journal] = []  # that `another` has made
        self._restored = ""  # what came back, until it has gone

    @property
    def on_error(self) -> OnError | None:
        """Called with what is wrong with the file."""
        return self._file.on_error

    @on_error.setter
    def on_error(self, on_error: OnError | None) -> None:
        self._file.on_error = on_error

    def another(self, path: Path) -> Journal:
        """Return a journal of another text, written in order with this one: a text may go between them.

        It must be closed before this one.
        """
        other = Journal(path, self._file.tell, writer=self._file.writer, what="A text that you typed")
        other.off_record = self._is_off_record
        self._others.append(other)
        return other

    @property
    def off_record(self) -> bool:
        """True while nothing is written, by this journal and by the others that it has made."""
        return self._is_off_record

    @off_record.setter
    def off_record(self, is_off: bool) -> None:
        has_changed, self._is_off_record = is_off != self._is_off_record, is_off
        if has_changed and self._text is not None and not self._is_closed:
            self.keep(self._text)
        for other in self._others:
            other.off_record = is_off

    def restore(self) -> str:
        """Return the text that was kept last; empty if there is none or it cannot be read.

        What is wrong with the file is told through `on_error`, in this thread.
        """
        content, told = intact.read(self._file.path, self._what)
        if content is not None:
            # a power cut leaves zeros where the disk was told of a length and not yet of what stands there
            whole = content.replace(b"\0", b"")
            text = whole.replace(_ZERO, b"\0").decode("utf-8", "replace")
            if whole != content or text.encode() != whole.replace(_ZERO, b"\0"):
                told = (
                    f"{self._what} could not be read in part. {intact.copy_aside(self._file.path, content)}"
                )
            self._restored = text
        if told:
            self._file.tell(StorageError(told))
        return self._restored

    def keep(self, text: str) -> None:
        """Have this text on disk soon instead of the one before. Returns at once."""
        if self._is_closed:
            raise RuntimeError("the journal is closed")
        self._text = text
        self._file.soon()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what was kept was written or failed; False if `timeout` seconds were too few."""
        return self._file.flush(timeout)

    def close(self) -> None:
        """Write what is still to be written; a disk that does not answer is not waited for."""
        self._is_closed = True
        self._file.close()

    def _write(self) -> None:
        text = "" if self._is_off_record or self._text is None else self._text
        if not self._is_off_record or self._file.path.exists():
            write_whole(self._file.path, text.encode("utf-8", "replace").replace(b"\0", _ZERO))
        if self._restored and not self._text:  # what came back was spoken, or deleted
            intact.strike(intact.asides_in(self._file.path.parent), [self._restored])
            self._restored = ""
