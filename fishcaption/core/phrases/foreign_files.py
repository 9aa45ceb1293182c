"""Files of other programs: recognized, so that the user is told how to get the phrases out of them.

Boards in the Open Board Format (openboardformat.org) are read; for other files, the hint says how to export a
table.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError

_MOST_BOARDS: Final = 1_000
_MOST_BYTES: Final = 32 << 20  # of all unpacked boards of a file
_AS_CSV: Final = "and import the file that this makes."
_COPY: Final = (
    "Export its phrases as CSV or as text in the program it comes from, or copy them into a text file, one "
    "on each line."
)
_WORKBOOK: Final = (
    "This is an Excel workbook.",
    f"Open it in Excel or LibreOffice, save it as “CSV UTF-8 (comma delimited)”, {_AS_CSV}",
)
_DOCUMENT: Final = ("This is a document for a word processor.", f"Save it there as text in UTF-8, {_AS_CSV}")
# By the beginning of a name in the archive: its kind, and what to do.
_ARCHIVES: Final = (
    ("xl/", *_WORKBOOK),
    ("Index/", "This is a Numbers or Pages document.", f"In Numbers: File, Export To, CSV…, {_AS_CSV}"),
    ("word/", *_DOCUMENT),
    ("ppt/", "This is a presentation.", _COPY),
    ("Grids/", "This is a grid set of Grid 3.", _COPY),
    ("META-INF/container.xml", "This is an electronic book.", _COPY),
)
_SHEET: Final = (
    "This is a LibreOffice spreadsheet.",
    f"Open it in LibreOffice, save it as “Text CSV” with the character set UTF-8, {_AS_CSV}",
)
_BEGINNINGS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel workbook or Word document.", _WORKBOOK[1]),
    (b"SQLite format 3\0", "This is a database, such as a page set of TD Snap.", _COPY),
    (b"%PDF", "This is a PDF.", _COPY),
    (b"{\\rtf", *_DOCUMENT),
    (b"\x1f\x8b", "This is a compressed file.", "Unpack it, and import the file in it."),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7-Zip archive.", "Unpack it, and import the file in it."),
    (b"Rar!", "This is a RAR archive.", "Unpack it, and import the file in it."),
    (b"\x89PNG", "This is a picture.", _COPY),
    (b"\xff\xd8\xff", "This is a picture.", _COPY),
    (b"RIFF", "This is sound or video.", _COPY),
)


def refuse(content: bytes) -> None:
    """Raise InputError, with a hint, for a file of another program that is no archive."""
    for beginning, words, hint in _BEGINNINGS:
        if content.startswith(beginning):
            raise InputError(words, hint=hint)
    head = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise InputError("This is a web page or XML.", hint=_COPY)


def is_archive(content: bytes) -> bool:
    """Return whether this is a ZIP archive, like spreadsheets and sets of boards."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def boards(content: bytes) -> Iterator[Any]:
    """Yield the boards of an archive as JSON values. Raises InputError, with a hint, for other archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.casefold().endswith(".obf")]
            if not names:
                raise _told(archive)
            room = _MOST_BYTES
            for name in names[:_MOST_BOARDS]:
                with archive.open(name) as file:
                    board = file.read(room + 1)
                room -= len(board)
                if room < 0:
                    raise InputError("The boards in this file are too large.", hint="Export a part of them.")
                yield parsed(board)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError, RuntimeError) as exc:
        # RuntimeError: a password, or an unknown compression
        raise InputError("This archive is damaged or locked.", hint=_COPY) from exc


def _told(archive: zipfile.ZipFile) -> InputError:
    """Return the error for an archive without boards."""
    names = archive.namelist()
    for beginning, words, hint in _ARCHIVES:
        if any(name.startswith(beginning) for name in names):
            return InputError(words, hint=hint)
    if "content.xml" in names and "mimetype" in names:
        with archive.open("mimetype") as file:
            kind = file.read(200)
        words, hint = _SHEET if b"spreadsheet" in kind else _DOCUMENT
        return InputError(words, hint=hint)
    return InputError("This is a ZIP archive.", hint=f"Unpack it, and import the file in it. {_COPY}")
