"""Tables and lists of phrases as people and spreadsheets write them; a table's first line names its columns.

Nothing is lost: if a quotation mark is never closed, its line is read without quoting, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError

_SEPARATORS: Final = (",", ";", "\t", "|")
_NO_SEPARATOR: Final = "\x1f"  # occurs in no cleaned text
_LONGEST_CELL: Final = 1 << 17
_MOST_LINES: Final = 50  # of a cell; with more lines between quotation marks, the first mark was never closed
# "sep=;" as Excel expects it, and as people and programs write it
_SAID: Final = re.compile(
    r"""[ \t]*["']?[ \t]*sep[ \t]*=[ \t]*["']?(?P<sign>\\t|tab|[^\w\s"']|\t|[ ])["']?"""
    r"""[ \t,;|]*["']?[ \t,;|]*""",
    re.IGNORECASE,
)
_HINT: Final = (
    "The first line of a table names its columns: shown, said, category, color, key, uses. Only “shown” is "
    "needed. In a list each line is a phrase; one with a comma may stand in quotation marks."
)


class Row(NamedTuple):
    """A row that is not blank, and the line where it begins."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """Rows and the names of their columns; a list has one, “shown”. ``doubts``: a line and its problem."""

    columns: list[str]
    rows: list[Row]
    doubts: list[Row]


def table_of(text: str, column_of: Callable[[str], str]) -> Table:
    """Return the table or list of a text whose lines end in ``\\n``.

    ``column_of`` returns the column that people call by a name; empty if there is none. Raises InputError for
    a table whose columns have no names, and for a text that is no table or list.
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if (said := _SAID.fullmatch(lines[first])) is not None:
        sign = said["sign"]
        separator = "\t" if sign.casefold() in ("\\t", "tab") else sign
        for sign in (separator, *_SEPARATORS):  # the named separator is not always the one that was used
            table = _read(lines, first + 1, sign, column_of)
            if table.columns or not table.rows:
                return table
        table = _read(lines, first + 1, separator, column_of)
        if any(len(row.cells) > 1 for row in table.rows):
            raise _nameless(table.rows[0])
        return table._replace(columns=["shown"])
    separator = max(_SEPARATORS, key=lambda sign: _known(lines[first], sign, column_of))
    table = _read(lines, first, separator, column_of)
    if table.columns or not table.rows:
        return table
    for sign in _SEPARATORS:
        other = _read(lines, first, sign, column_of)
        if _is_nameless(other.rows, column_of):
            raise _nameless(other.rows[0])
    listed = _read(lines, first, _NO_SEPARATOR, column_of)
    return listed if listed.columns else listed._replace(columns=["shown"])


def _read(lines: list[str], first: int, separator: str, column_of: Callable[[str], str]) -> Table:
    """Return the rows from this line on, by this separator; without columns if the first row names none."""
    doubts: list[Row] = []
    rows = list(_rows("\n".join(lines[first:]), separator, first + 1, doubts))
    if rows and (columns := _columns(rows[0].cells, column_of)):
        return Table(columns, rows[1:], doubts)
    return Table([], rows, doubts)


def _columns(cells: Sequence[str], column_of: Callable[[str], str]) -> list[str]:
    """Return the columns that a first row names; empty if it names none ("Text, please" is a phrase)."""
    columns = [column_of(cell) for cell in cells]
    if "shown" not in columns:
        return []
    is_said = sum(map(bool, columns)) == 1 and any(cell[:1] == " " for cell in cells[1:])
    return [] if is_said else columns


def _known(line: str, separator: str, column_of: Callable[[str], str]) -> int:
    """Return the number of cells of the line that are names of columns."""
    return sum(bool(column_of(cell)) for row in _rows(line, separator, 1, []) for cell in row.cells)


def _is_nameless(rows: Sequence[Row], column_of: Callable[[str], str]) -> bool:
    """Return whether rows without names are a table: of one width, with no blank behind each separator."""
    if not rows or len(rows[0].cells) < 2:
        return False
    has_names = any(map(column_of, rows[0].cells))
    is_even = len(rows) > 1 and len({len(row.cells) for row in rows}) == 1
    is_written = all(cell[:1] == " " for row in rows for cell in row.cells[1:])
    return (has_names or is_even) and not is_written


def _nameless(row: Row) -> InputError:
    return InputError(f"Line {row.line} names no column “shown”.", hint=_HINT)


def _rows(text: str, separator: str, line: int, doubts: list[Row]) -> Iterator[Row]:
    """Yield the rows that are not blank. Raises InputError for a cell that is too long."""
    sign = re.escape(separator)
    quoted = re.compile(rf' *"((?:[^"]|"")*+)" *(?={sign}|\n|\Z)')
    bare = re.compile(rf"[^{sign}\n]*+")
    at, opened = 0, 0
    while at < len(text):
        cells, start = [], line
        while True:
            found = quoted.match(text, at)
            if found is not None and found[1].count("\n") >= _MOST_LINES:
                found = None
            if found is not None:
                cell, at = found[1].replace('""', '"'), found.end()
                line += found[0].count("\n")
            else:
                end = text.find("\n", at)
                rest = text[at : end if end >= 0 else len(text)]
                if rest.lstrip(" ").startswith('"') and rest.count('"') % 2 and opened != line:
                    opened = line
                    doubts.append(
                        Row(line, ["a quotation mark is not closed; the line is read as it stands"])
                    )
                found = bare.match(text, at)
                assert found is not None  # it may be empty
                cell, at = found[0], found.end()
            if len(cell) > _LONGEST_CELL:
                raise InputError(
                    f"Line {opened or start} cannot be read as a table.",
                    hint="Is a quotation mark open, or is it another kind of file?",
                )
            cells.append(cell)
            if not text.startswith(separator, at):
                break
            at += len(separator)
        at += 1
        line += 1
        if any(cell.strip() for cell in cells):
            yield Row(start, cells)
