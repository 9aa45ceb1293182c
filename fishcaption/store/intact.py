"""Reading files so that nothing is lost: all stores read, put aside and delete files in this way.

If something in a file cannot be used, the file as it was is first kept aside, as ``history.jsonl.broken`` or
``….broken-2``: as a copy if most of it can be used, else by renaming it. A file that cannot be read at all
(it is another user's, a folder, a pipe, far too large) is renamed too. If even that fails, it is left alone:
nothing is written over it (`places.leave_alone`). Each of these gives a sentence for the window.

What the user deletes is also deleted from the files that were put aside: see `strike` and `forget`.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from errno import EFBIG, EINVAL
from pathlib import Path
from typing import Final, NamedTuple

from fishcaption.core.errors import StorageError
from fishcaption.store import places
from fishcaption.store.places import write_whole

MOST_BYTES: Final = 64 << 20
"""Of any file of ours that holds text."""

# In JSON no string goes on in the next line: what has no end there was cut off.
_STRING: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)("|\\?(?=\n|\Z))')
_HALF_LETTER: Final = re.compile("[\ud800-\udfff]+$")  # bytes that are no UTF-8, or half a pair


class FileContent(NamedTuple):
    """A file's content. None: there is no file, or it cannot be read, and `told` says so."""

    content: bytes | None = None
    told: str = ""


def read(path: Path, what: str, most_bytes: int = MOST_BYTES) -> FileContent:
    """Read a whole file. Never raises, never waits: one that cannot be read is put aside, or left alone.

    ``what`` it is to the user begins the sentence that tells of it, such as "Your history".
    """
    try:
        return FileContent(content_of(path, most_bytes))
    except (FileNotFoundError, NotADirectoryError):
        return FileContent()
    except OSError as exc:
        return FileContent(None, f"{what} could not be read ({exc.strerror or exc}). {put_aside(path)}")


def content_of(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return a file's content, without waiting for a pipe. Raises OSError, also for too large a file."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(EINVAL, "it is no file")
        with open(handle, "rb", closefd=False) as file:
            content = file.read(most_bytes + 1)
    finally:
        os.close(handle)
    if len(content) > most_bytes:
        raise OSError(EFBIG, "it is too large")
    return content


def put_aside(path: Path) -> str:
    """Rename the file to a free name, or leave it alone if that fails; return a sentence that says so."""
    try:
        aside = places.make_way(path)
    except OSError:
        places.leave_alone(path)
        return f"It is left as it is, and nothing is saved in its place ({path})."
    return f"It was put aside as {aside.name}."


def copy_aside(path: Path, content: bytes) -> str:
    """Keep a copy of the content of a file that can be used only in part; return a sentence that says so.

    If there is no room for a copy, the file is renamed before anything is written in its place.
    """
    for aside in asides(path):
        with suppress(OSError):
            if aside.stat().st_size == len(content) and aside.read_bytes() == content:
                return f"The file as it was is kept as {aside.name}."
    aside = places.free_name(path)
    try:
        write_whole(aside, content)
    except StorageError:
        places.leave_alone(path)
        return f"The file as it was is still there ({path})."
    return f"The file as it was is kept as {aside.name}."


def asides(path: Path) -> tuple[Path, ...]:
    """Return the files of this one that were put aside."""
    return _named(path.parent, re.escape(path.name))


def asides_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of this folder that were put aside."""
    return _named(folder, "[^.].*")


def forget(path: Path) -> None:
    """Delete the files of this one that were put aside. Raises StorageError."""
    for aside in asides(path):
        try:
            aside.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(f"{aside} could not be deleted: {exc.strerror or exc}.") from exc


def strike(kept_aside: Iterable[Path], texts: Iterable[str]) -> None:
    """Take these texts, which the user deleted, out of files that were put aside.

    Texts that were cut off when the file broke are taken out, too. Raises StorageError.
    """
    wanted = {text.strip() for text in texts} - {""}
    for aside in kept_aside if wanted else ():
        with suppress(OSError):  # one that cannot be read was never shown, and so nothing of it was deleted
            content = aside.read_bytes() if aside.is_file() else b""
            left = _struck(content, wanted)
            if left != content:
                write_whole(aside, left)


def _named(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of this name that were put aside: listing a folder is faster than trying names."""
    is_aside = re.compile(rf"{name}\.broken(-\d+)?").fullmatch
    try:
        return tuple(sorted(folder / entry for entry in os.listdir(folder) if is_aside(entry)))  # noqa: PTH208  names are enough
    except OSError:
        return ()


def _struck(content: bytes, texts: set[str]) -> bytes:
    """Return a file's content without these texts, which are JSON strings in it or all of it."""
    if content.replace(b"\0", b"").decode("utf-8", "replace").strip() in texts:
        return b""
    whole = content.decode("utf-8", "surrogateescape")

    def without(match: re.Match[str]) -> str:
        said = _decoded(match[1]).strip()
        if match[2] == '"':
            return '""' if said in texts else match[0]
        return '"' if said and any(text.startswith(said) for text in texts) else match[0]

    for text in texts:  # also where a broken quotation mark has turned the strings inside out
        for ascii_only in (False, True):
            whole = whole.replace(json.dumps(text, ensure_ascii=ascii_only), '""')
    return _STRING.sub(without, whole).encode("utf-8", "surrogateescape")


def _decoded(literal: str) -> str:
    """Return the text of a JSON string's inside, which may end in the middle of a letter."""
    for end in range(len(literal), max(0, len(literal) - 6) - 1, -1):
        with suppress(ValueError):
            return _HALF_LETTER.sub("", str(json.loads(f'"{literal[:end]}"', strict=False)))
    return ""
