"""The list of a collection's takes as a CSV file that a spreadsheet opens and may have changed.

Columns: file, text, language, date, seconds, kept, source. Others are not read. A spreadsheet may have put
semicolons, tabs, decimal commas or another encoding into it: all are understood.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.text.incoming import cleaned, encoding_of
from fishcaption.core.untrusted import one_line

LIST_NAME: Final = "takes.csv"
MOST_BYTES: Final = 16 << 20
MOST_TAKES: Final = 2_000
LONGEST_TEXT: Final = 20_000
"""Code points of what is said in one take."""

SOUND_SUFFIXES: Final = frozenset((".flac", ".wav", ".mp3", ".m4a", ".opus", ".ogg"))
MICROPHONE: Final = "microphone"
"""The source of a take that was recorded; another one names the file that it is from."""

_COLUMNS: Final = ("file", "text", "language", "date", "seconds", "kept", "source")
_LONGEST_NAME: Final = 200
_LONGEST_SECONDS: Final = 100_000.0
_YES: Final = ("yes", "y", "true", "1", "x")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Take(NamedTuple):
    """A recording: a file of the collection, with what is said in it, in a language (two letters).

    ``day`` is as 2026-11-30. ``seconds`` is its length, 0 where it is not known: the recording was cut off.
    The voice is made from the takes that are kept.
    """

    file: str
    text: str = ""
    language: str = "en"
    day: str = ""
    seconds: float = 0.0
    is_kept: bool = False
    source: str = MICROPHONE

    @property
    def suffix(self) -> str:
        """The end of the file's name that tells its kind, such as ".flac"."""
        return suffix_of(self.file)


class ReadList(NamedTuple):
    """The takes of a list, and how many of its rows could not be read."""

    takes: tuple[Take, ...]
    bad: int = 0


def encoded(takes: Iterable[Take]) -> bytes:
    """Return the CSV file of these takes; its mark lets spreadsheets see that it is UTF-8."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for take in takes:
        kept = "yes" if take.is_kept else "no"
        seconds = f"{take.seconds:.2f}"
        text, source = cleaned(take.text), one_line(take.source, _LONGEST_NAME)
        table.writerow((take.file, text, take.language, take.day, seconds, kept, source))
    return written.getvalue().encode("utf-8-sig", "replace")


def decoded(content: bytes) -> ReadList:
    """Return the takes of a CSV file, each file once. Raises InputError if it has no such columns."""
    text = _text_of(content)
    head = text.split("\n", 1)[0]
    sign = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    found: dict[str, Take] = {}
    bad = 0
    columns: list[str] | None = None
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error:  # a cell that no list has
            bad += 1
            continue
        if columns is None:
            columns = [cell.strip().casefold() for cell in cells]
            if "file" not in columns:
                raise InputError("The list of the recordings has no column “file”.")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        take = _take(dict(zip(columns, cells, strict=False)))
        if take is None or take.file.casefold() in found or len(found) >= MOST_TAKES:
            bad += 1
        else:
            found[take.file.casefold()] = take
    if columns is None:
        raise InputError("The list of the recordings is empty.")
    return ReadList(tuple(found.values()), bad)


def suffix_of(name: str) -> str:
    """Return the end of a file's name from its last dot on, in small letters; empty: it has none."""
    return name[name.rfind(".") :].casefold() if "." in name else ""


def is_take_name(name: str) -> bool:
    """Return whether a file of this name may be a take: a plain name, of a kind of sound file."""
    return (
        suffix_of(name) in SOUND_SUFFIXES
        and len(name) <= _LONGEST_NAME
        and not name.startswith(".")
        and name.isprintable()
        and not re.search(r'[<>:"/\\|?*]', name)
    )


def _text_of(content: bytes) -> str:
    encoding = encoding_of(content[:64], is_whole=len(content) <= 64) or "utf-8"
    try:
        return cleaned(content.decode(encoding))
    except UnicodeDecodeError:
        return cleaned(content.decode("cp1252", "replace"))  # as spreadsheets on Windows save it


def _take(row: Mapping[str, str]) -> Take | None:
    """Return the take of a row; None if it names no file."""
    name = row.get("file", "").strip()
    if not is_take_name(name):
        return None
    return Take(
        name,
        row.get("text", "").strip()[:LONGEST_TEXT],
        language_of(row.get("language", "")),
        _day_of(row.get("date", "")),
        _seconds_of(row.get("seconds", "")),
        row.get("kept", "").strip().casefold() in _YES,
        one_line(row.get("source", ""), _LONGEST_NAME) or MICROPHONE,
    )


def language_of(written: str) -> str:
    """Return a language's code as it is written, such as "de" or "pt-br"; "en" where it is none."""
    code = written.strip().casefold().replace("_", "-")
    return code if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", code) else "en"


def _day_of(written: str) -> str:
    written = written.strip()
    if not _DAY.fullmatch(written):
        return ""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return ""


def _seconds_of(written: str) -> float:
    try:
        seconds = float(written.strip()[:20].replace(",", "."))
    except ValueError:
        return 0.0
    return seconds if 0.0 <= seconds <= _LONGEST_SECONDS else 0.0
