"""Files of the phrase bank: CSV for a spreadsheet, JSON for everything; lists and boards are read, too.

A file is read as far as possible, and each problem is told with its line. A CSV that is written here runs no
formula in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import (
    MOST,
    Bank,
    Category,
    Phrase,
    bank_of,
    category_named,
    checked,
    color_named,
    key_named,
    preset_named,
    recording_named,
)
from fishcaption.core.phrases.foreign_files import boards, is_archive, refuse
from fishcaption.core.phrases.tables import table_of
from fishcaption.core.text.incoming import cleaned, encoding_of
from fishcaption.core.text.tags import without_tags

VERSION: Final = 1
"""Version of the written files; a newer one may hold values that are unknown here."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be used. ``line`` counts from 1; 0 if the file has no lines."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.words}" if self.line else self.words


@dataclass(frozen=True, slots=True)
class Imported:
    """Content of a file: a bank of its own, and the problems with the rest."""

    bank: Bank
    problems: tuple[Problem, ...] = ()


# -- CSV --------------------------------------------------------------------------------------------------

_COLUMNS: Final = ("shown", "said", "category", "color", "key", "uses", "recording", "preset")
# of our tables before there were presets, and before there were recordings
_EARLIER_COLUMNS: Final = (_COLUMNS[:-1], _COLUMNS[:-2])
_ALIASES: Final[Mapping[str, str]] = {
    **{name: name for name in _COLUMNS},
    **dict.fromkeys(("phrase", "text", "label", "show", "display", "name"), "shown"),
    **dict.fromkeys(("spoken", "say", "speak", "vocalization", "vocalisation", "pronunciation"), "said"),
    **dict.fromkeys(("group", "folder", "board", "topic"), "category"),
    **dict.fromkeys(("colour",), "color"),
    **dict.fromkeys(("shortcut", "hotkey"), "key"),
    **dict.fromkeys(("used", "count"), "uses"),
    **dict.fromkeys(("audio", "sound", "sound file", "audio file"), "recording"),
}
# Signs by which a spreadsheet takes a cell for a formula; some do so in full width as well.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# Text at the beginning of a JSON file of phrases, and of no list of phrases.
_OURS: Final = re.compile(r'"(?:phrases|categories|buttons|shown|version|text|label)"\s*:')
_JUDGED: Final = 4_000
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def to_csv(bank: Bank) -> bytes:
    """Return the bank for a spreadsheet: UTF-8 with a byte order mark for Excel, every cell quoted.

    A cell that would be taken for a formula begins with an apostrophe, which `from_csv` removes. The order of
    empty categories is lost.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for phrase in bank.phrases:
        category = bank.category(phrase.category)
        # a slash marks a category's colour, as opposed to a phrase's own
        color = phrase.color + ("/" + category.color if category is not None and category.color else "")
        cells = (
            *(phrase.shown, phrase.said, phrase.category, color),
            *(phrase.key, str(phrase.uses), phrase.recording, bank.preset_of(phrase)),
        )
        writer.writerow(["'" + cell if _FORMULA.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def from_file(content: bytes, name: str = "") -> Imported:
    """Read any file of phrases: a table, a list, JSON, or boards; the ending of ``name`` may tell which.

    Raises InputError if nothing can be used; for another program's file, the hint says what to do.
    """
    if not content.strip(b"\0\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise InputError("This file is empty.", hint="Choose another file.")
    refuse(content)
    if is_archive(content):
        return _from_boards(boards(content))
    text, problems = _decoded(content)
    is_json = name.casefold().endswith((".json", ".obf"))
    if text.lstrip()[:1] in ("[", "{"):  # or words: “[laughs] Hello”
        try:
            raw = parsed(text)
        except InputError as exc:
            if is_json or _OURS.search(text[:_JUDGED]):
                raise InputError(str(exc), hint="Is it a file of phrases?") from exc
        else:
            return from_plain(raw)
    elif is_json:
        raise InputError("Line 1 is no JSON.", hint="Is it a file of phrases?")
    return _from_text(text, problems)


def from_csv(content: bytes) -> Imported:
    """Read a table of phrases: its first line names the columns, in any order; other columns are ignored.

    The separator is a comma, a semicolon, a tab or a bar, or the one that a first line “sep=” tells. A text
    that is no table is read as a list with a phrase on each line. Raises InputError if nothing can be used.
    """
    return _from_text(*_decoded(content))


def _wide(content: bytes) -> str | None:
    """Return the UTF-16 encoding of a whole file without a byte order mark; None if it need not be that."""
    if b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    likely: list[tuple[int, str]] = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        kinds = Counter(unicodedata.category(char) for char in text if char not in "\t\r\n\ufeff")
        if not kinds["Cc"] + kinds["Cn"] + kinds["Co"]:
            # an alphabet has few distinct high bytes
            likely.append((len({ord(char) >> 8 for char in text}), encoding))
    return min(likely)[1] if likely else None


def _from_text(text: str, problems: list[Problem]) -> Imported:
    table = table_of(text, lambda cell: _ALIASES.get(cell.strip().casefold(), ""))
    if not table.rows and not table.columns:
        raise InputError("This file is empty.", hint="Choose another file.")
    problems += [Problem(line, words) for line, (words,) in table.doubts]
    reading = _Reading(problems, has_tags=tuple(table.columns) in (_COLUMNS, *_EARLIER_COLUMNS))
    for line, cells in table.rows:
        found: dict[str, str] = {}
        for column, cell in zip(table.columns, cells, strict=False):
            if column and column not in found:
                found[column] = cell[1:] if _ESCAPED.match(cell) else cell
        reading.add(line, found)
    return reading.result()


def _decoded(content: bytes) -> tuple[str, list[Problem]]:
    """Return a file's text without controls, and whether its encoding was guessed. Raises InputError."""
    try:
        encoding = _wide(content) or encoding_of(content, is_whole=True) or "utf-8"
        return cleaned(content.decode(encoding)), []
    except UnicodeDecodeError:
        if b"\0" in content:
            raise InputError(
                "This file is not text.", hint="Export the phrases as CSV, and import that."
            ) from None
        told = Problem(0, "It is not in UTF-8; it was read with Western letters (Windows-1252).")
        return cleaned(content.decode("cp1252", "replace")), [told]


class _Reading:
    """Gathers the entries of a file, one by one, and the problems with them."""

    def __init__(self, problems: list[Problem], *, has_tags: bool) -> None:
        """``has_tags``: the file is ours, and so are its expression tags."""
        self._problems = problems
        self._has_tags = has_tags
        self._categories: dict[str, Category] = {}
        self._phrases: list[Phrase] = []
        self._keys: dict[str, int] = {}
        self._too_many = 0

    def add_category(self, line: int, name: str, color: str, preset: str = "") -> None:
        """Add a category with its colour and the name of its preset."""
        clean = self._try(line, lambda: category_named(name), "")
        if clean:
            known = self._categories.get(clean, Category(clean))
            self._categories[clean] = Category(
                clean,
                known.color or self._try(line, lambda: color_named(color), ""),
                known.preset or preset_named(preset),
            )

    def add(self, line: int, found: Mapping[str, str]) -> Phrase | None:
        """Add and return a phrase; None if it is invalid."""
        if len(self._phrases) >= MOST:
            self._too_many += 1
            return None
        if not self._has_tags:
            found = {name: without_tags(text) for name, text in found.items()}
        own_color, _, category_color = found.get("color", "").partition("/")
        if (category := found.get("category", "")).strip():
            self.add_category(line, category, category_color, found.get("preset", ""))
        phrase = self._try(
            line,
            lambda: checked(
                Phrase(str(len(self._phrases) + 1), found.get("shown", ""), found.get("said", ""))
            ),
            None,
        )
        if phrase is None:
            return None
        key = self._try(line, lambda: key_named(found.get("key", "")), "")
        if key in self._keys:
            self._problems.append(Problem(line, f"{key} is taken by line {self._keys[key]}"))
            key = ""
        elif key:
            self._keys[key] = line
        self._phrases.append(
            replace(
                phrase,
                category=self._try(line, lambda: category_named(category), "", is_told=False),
                color=self._try(line, lambda: color_named(own_color), ""),
                key=key,
                uses=self._uses(line, found.get("uses", "")),
                recording=recording_named(found.get("recording", "")),
            )
        )
        return self._phrases[-1]

    def result(self) -> Imported:
        """Return everything that could be used. Raises InputError if that is nothing."""
        if not self._phrases and not self._categories:
            why = str(self._problems[0]) if self._problems else "It holds no phrase."
            raise InputError(f"Nothing in this file can be used. {why}")
        if self._too_many:
            self._problems.append(
                Problem(0, f"{self._too_many} more are left out: there can be {MOST} phrases.")
            )
        return Imported(bank_of(self._categories.values(), self._phrases), tuple(self._problems))

    def _uses(self, line: int, cell: str) -> int:
        number = cell.strip()
        if not number:
            return 0
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            self._problems.append(Problem(line, "“uses” is no number"))
            return 0
        return int(number)

    def _try(self, line: int, make: Callable[[], Any], instead: Any, *, is_told: bool = True) -> Any:
        try:
            return make()
        except InputError as exc:
            if is_told:
                self._problems.append(Problem(line, str(exc)))
            return instead


# -- JSON -------------------------------------------------------------------------------------------------


def to_json(bank: Bank) -> bytes:
    """Return the whole bank as JSON text."""
    return (json.dumps(plain(bank), indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def plain(bank: Bank) -> dict[str, Any]:
    """Return the bank as plain values for JSON; empty values are left out."""
    return {
        "version": VERSION,
        "categories": [
            _without_empty(name=entry.name, color=entry.color, preset=entry.preset)
            for entry in bank.categories
        ],
        "phrases": [
            _without_empty(
                id=entry.id,
                shown=entry.shown,
                said=entry.said,
                category=entry.category,
                color=entry.color,
                key=entry.key,
                uses=entry.uses,
                last_used=entry.last_used,
                recording=entry.recording,
            )
            for entry in bank.phrases
        ],
    }


def _without_empty(**fields: str | int) -> dict[str, str | int]:
    return {name: value for name, value in fields.items() if value}


def from_json(content: bytes) -> Imported:
    """Read a file of `to_json`, a list of texts, a list of objects with the columns of a CSV, or a board.

    Raises InputError if nothing can be used.
    """
    try:
        raw = parsed(content)
    except InputError as exc:
        raise InputError(str(exc), hint="Is it a file of phrases?") from exc
    return from_plain(raw)


def from_plain(raw: Any) -> Imported:
    """Read the values of `plain` as far as possible; problems count the phrases. Raises InputError."""
    if isinstance(raw, dict) and isinstance(raw.get("buttons"), list):
        return _from_boards([raw])
    problems: list[Problem] = []
    reading = _Reading(problems, has_tags=isinstance(raw, dict) and "version" in raw)
    entries = raw.get("phrases", []) if isinstance(raw, dict) else raw
    categories = raw.get("categories", []) if isinstance(raw, dict) else []
    if not isinstance(categories, list):
        problems.append(Problem(0, "There is no list of categories."))
        categories = []
    for entry in categories:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            preset = entry.get("preset", "")
            reading.add_category(
                0, entry["name"], str(entry.get("color", "")), preset if isinstance(preset, str) else ""
            )
        else:
            problems.append(Problem(0, "A category has no name."))
    if not isinstance(entries, list):
        raise InputError("There is no list of phrases in this file.")
    own: dict[str, tuple[str, int]] = {}  # by the id while reading: the entry's own id, and its order of use
    for number, entry in enumerate(entries, 1):
        before = len(problems)
        found = _fields(entry)
        if found is None:
            problems.append(Problem(0, f"Phrase {number}: it has no text."))
            continue
        phrase = reading.add(number, found)
        problems[before:] = [Problem(0, f"Phrase {number}: {problem.words}") for problem in problems[before:]]
        if phrase is not None and isinstance(entry, dict):
            last, name = entry.get("last_used", 0), entry.get("id", "")
            own[phrase.id] = (name if isinstance(name, str) else "", last if type(last) is int else 0)
    imported = reading.result()
    phrases = []
    for phrase in imported.bank.phrases:
        name, last = own.get(phrase.id, ("", 0))
        phrases.append(replace(phrase, id=name, last_used=last))
    return Imported(bank_of(imported.bank.categories, phrases), imported.problems)


def _fields(entry: Any) -> dict[str, str] | None:
    """Return an entry's texts by column; None if it has no text to show."""
    if isinstance(entry, str):
        return {"shown": entry}
    if not isinstance(entry, dict):
        return None
    found: dict[str, str] = {}
    for name, value in entry.items():
        column = _ALIASES.get(str(name).strip().casefold(), "")
        if column and isinstance(value, str | int) and not isinstance(value, bool):
            found.setdefault(column, str(value))
    return found if "shown" in found else None


# -- boards -----------------------------------------------------------------------------------------------


def _from_boards(found: Iterable[Any]) -> Imported:
    """Read boards of the Open Board Format; each is a category. Raises InputError."""
    problems: list[Problem] = []
    reading = _Reading(problems, has_tags=False)
    for board in found:
        name = str(board.get("name") or "") if isinstance(board, dict) else ""
        buttons = board.get("buttons") if isinstance(board, dict) else None
        if not isinstance(buttons, list):
            problems.append(Problem(0, f"A board has no buttons: {name[:40]}"))
            continue
        without = 0
        for number, button in enumerate(buttons, 1):
            fields = _fields(button)
            if fields is None or not fields["shown"].strip() or button.get("load_board"):
                without += 1  # a picture, or a button that opens another board
                continue
            before = len(problems)
            reading.add(number, {"shown": fields["shown"], "said": fields.get("said", ""), "category": name})
            problems[before:] = [
                Problem(0, f"{name}, button {number}: {problem.words}") for problem in problems[before:]
            ]
        if without:
            problems.append(Problem(0, f"{name}: {without} buttons without words were left out."))
    return reading.result()
