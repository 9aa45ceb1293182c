"""Plain text from a file, in any usual encoding."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.text.incoming import cleaned, encoding_of
from fishcaption.core.text.tags import without_tags

MOST_BYTES: Final = 8 << 20
"""Of a text file: a hundred long novels' worth."""


class Decoded(NamedTuple):
    """A text, and a sentence that tells if its encoding was guessed; empty if not."""

    text: str
    told: str = ""


def opened(path: Path) -> BinaryIO:
    """Open a file without waiting for a pipe. Raises StorageError."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise StorageError(f"{path.name} is not a file.", hint="Choose a file with a text.")
    return os.fdopen(handle, "rb")


def unreadable(path: Path, error: OSError) -> StorageError:
    """Return the error of a file that the system does not let us read."""
    return StorageError(
        f"{path.name} cannot be read: {error.strerror or error}.",
        hint="Choose another file, or allow this one to be read.",
    )


def decoded(content: bytes, name: str) -> Decoded:
    """Return the text of a file's content: UTF-8, UTF-16, UTF-32, else Windows' Western letters.

    Raises InputError for what is not a text.
    """
    encoding = encoding_of(content, is_whole=True) or "utf-8"
    told = ""
    try:
        text = content.decode(encoding, "strict" if encoding.startswith("utf-8") else "replace")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        told = "The file is not in UTF-8. It was read with Western letters (Windows-1252)."
    if "\0" in text:
        raise InputError(
            f"{name} is not a text file.", hint="Save it as plain text (.txt), or copy and paste its text."
        )
    return Decoded(without_tags(cleaned(text)), told)
