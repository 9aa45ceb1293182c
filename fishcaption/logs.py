"""Logs: a few small files, readable by this user only, that tell where in the program something went wrong.

An exception's message may hold the user's text ("no number: 'my PIN is …'"), so no log has it: only the type,
and the places in the program.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from io import TextIOWrapper

    _TextHandler = logging.StreamHandler[TextIO]
else:
    _TextHandler = logging.StreamHandler

LARGEST: Final = 512 * 1024
"""Bytes of a log, at most; one before it is kept."""
_MOST_A_MINUTE: Final = 60
_LONGEST_RECORD: Final = 8_000

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def folder() -> Path:
    """Return the folder of the logs; it may not exist yet."""
    import platformdirs  # 2 % of the window's start

    return Path(platformdirs.user_log_dir("fishcaption", appauthor=False))


def opened(path: Path) -> IO[bytes]:
    """Open a log to append to, readable by this user only; a full one is put aside first. Raises OSError."""
    _make_folder(path.parent)
    if path.exists() and path.stat().st_size > LARGEST:
        path.chmod(0o600)
        path.replace(path.with_suffix(".old.log"))
    return open(path, "ab", opener=_for_us_alone)


def rotating(path: Path) -> logging.Handler:
    """Return a handler for a file of this user only, which is put aside when it is full. Raises OSError."""
    from logging.handlers import RotatingFileHandler  # brings sockets and queues along

    class Rotating(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            return open(path, "a", encoding="utf-8", errors="backslashreplace", opener=_for_us_alone)

    _make_folder(path.parent)
    return Rotating(path, maxBytes=LARGEST, backupCount=1)


def _make_folder(path: Path) -> None:
    ours = [place for place in (path.parent, path) if place == path or place.name == "fishcaption"]
    for place in ours:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.stat().st_mode & 0o077:
            place.chmod(0o700)


def _for_us_alone(path: str, flags: int) -> int:
    handle = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod"):  # it may be there from a time when others could read it
        os.fchmod(handle, 0o600)
    return handle


class WithoutWords(logging.Formatter):
    """Formats an exception, and its causes, as types and places in the program, without their messages."""

    def formatException(self, ei: _ExcInfo) -> str:
        """See logging."""
        return "\n".join(_places(ei[1], set())) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        """See logging; the words of another formatter are not taken over."""
        record.exc_text = None
        return super().format(record)


def on_terminal() -> None:
    """Log to standard error without messages of exceptions, too: it is often written to a file."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(WithoutWords())


def _places(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _places(cause, seen)
        yield "which led to:"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            if id(inner) not in seen:
                yield "made of:"
                yield from _places(inner, seen)


class Paced(_TextHandler):
    """Writes a limited number of records a minute to a stream, each of limited length, and counts the others.

    If the stream is a file that has become too large, it is emptied first.
    """

    def __init__(self, stream: TextIO, most_a_minute: int = _MOST_A_MINUTE) -> None:
        super().__init__(stream)
        self._most = most_a_minute
        self._written = self._left_out = 0
        self._minute = monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """See logging."""
        if monotonic() - self._minute >= 60:
            self._minute, self._written = monotonic(), 0
            if self._left_out:
                self.stream.write(f"({self._left_out} more messages in that minute)\n")
                self._left_out = 0
        if self._written >= self._most:
            self._left_out += 1
            return
        self._written += 1
        self._begin_again_if_full()
        super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        """See logging."""
        return super().format(record)[:_LONGEST_RECORD]

    def _begin_again_if_full(self) -> None:
        try:
            handle = self.stream.fileno()
            if os.fstat(handle).st_size > LARGEST:  # of a terminal and of a pipe it is 0
                os.ftruncate(handle, 0)
        except (OSError, ValueError):  # no file
            return
