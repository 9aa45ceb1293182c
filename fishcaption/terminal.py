"""The command line's standard streams: open from the start, safe to write to, their failures told.

A stream may be closed, a pipe that nobody reads, a file on a full disk, or have an encoding without some
letters; none of that ends a command with a traceback. Texts come from services and files, too: a terminal
would act on control characters in them, so these are shown as U+FFFD.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from fishcaption.core.errors import StorageError

STANDARD_OUTPUT: Final = Path("-")
"""Standard output, where a file is named."""

_PROGRESS_COLUMNS: Final = 8

# Controls (C0 but for tab and line feed, DEL, C1) and what turns the direction of the text that follows.
_UNSAFE: Final = {
    code: "\ufffd" for code in (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F))
} | dict.fromkeys((*range(0x2066, 0x206A), 0x2028, 0x2029), "\ufffd")


class NobodyReads(StorageError):
    """The program that read our standard output has ended. It knows why, so nothing is told."""


def prepare() -> None:
    """Open those of the three standard streams that are closed, on the null device.

    Call it before any file is opened: a file that gets the number of a closed standard stream would receive
    the messages of this process and its children.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115  # a number, open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test may have put something else there
            stream.reconfigure(errors="replace")


def plain(text: str) -> str:
    """Return the text with U+FFFD in the place of each character on which a terminal acts."""
    return text.translate(_UNSAFE)


def out(text: str) -> None:
    """Write to standard output, at once. Raises NobodyReads, or StorageError if there is no room."""
    _write(plain(text))


def out_json(value: Any, *, indent: int | None = None) -> None:
    """Write a value as JSON and a line's end: as it is in UTF-8, escaped in any other encoding."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    _write(json.dumps(value, ensure_ascii=not is_utf8, indent=indent).translate(_ESCAPED) + "\n")


def out_bytes() -> BinaryIO:
    """Return standard output as an unbuffered stream of bytes: for sound, and captions in UTF-8."""
    sys.stdout.flush()
    return open(os.dup(sys.stdout.fileno()), "wb", buffering=0)  # noqa: PTH123  # a number; the caller closes it


def err(text: str) -> None:
    """Write to standard error, at once; a failure cannot be told to anybody."""
    with suppress(OSError, ValueError):
        sys.stderr.write(plain(text))
        sys.stderr.flush()


def is_watched() -> bool:
    """Return whether a person sees what is written to standard error."""
    with suppress(OSError, ValueError):
        return sys.stderr.isatty()
    return False


def progress(text: str) -> None:
    """Show a short text on standard error, in the place of the one before; empty: show none."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"\r{plain(text):{_PROGRESS_COLUMNS}}\r{plain(text)}")
        sys.stderr.flush()


def flush() -> None:
    """Write out what is buffered for standard output. Raises as `out` does."""
    _write("")


# JSON escapes C0 itself.
_ESCAPED: Final = {code: f"\\u{code:04x}" for code in _UNSAFE if code >= 0x7F}


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _forget_output()
        if isinstance(error, BrokenPipeError):
            raise NobodyReads("Nobody reads standard output any more.") from error
        raise StorageError(
            f"Standard output cannot be written: {error.strerror or error}.",
            hint="Choose another place, or make room on the disk.",
        ) from error


def _forget_output() -> None:
    """Drop what is left in the buffer: Python would complain about it again at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    with suppress(OSError):
        sys.stdout.flush()
