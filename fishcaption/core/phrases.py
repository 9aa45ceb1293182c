"""The phrase bank: what is said often, one click or one key each; to be found, changed and carried along.

A `Bank` is a value: what changes it returns another one. Its order is the user's. It keeps no times: of what
was said only how often, and what came after what.

Files: CSV for a spreadsheet, JSON for everything. A file is read as far as it can be, and what cannot is told
with its line; a CSV that was written here runs no formula in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any, Final

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Voice

KEYS: Final = (*(f"F{number}" for number in range(1, 13)), *(f"Ctrl+{number}" for number in range(1, 10)))
"""The keys that a phrase may have, as Qt writes them."""

COLORS: Final = ("blue", "green", "teal", "purple", "pink", "red", "orange", "yellow", "grey")
"""What a category or a phrase can be marked with; the window knows how each looks. Empty: no colour."""

LONGEST: Final = 5_000
"""Code points of a phrase: a page, so that a prepared talk fits."""

LONGEST_NAME: Final = 80
MOST: Final = 5_000
"""Phrases in a bank: more than anybody finds again."""

VERSION: Final = 1

_CONTROLS: Final = dict.fromkeys(
    (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFEFF), " "
) | {0x0D: "\n", 0x2028: "\n", 0x2029: "\n"}


@dataclass(frozen=True, slots=True)
class Category:
    """A group of phrases, known by its name. ``color`` is one of `COLORS`, or empty."""

    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase. ``said`` empty: it is said as it is shown. ``color`` empty: its category's.

    ``uses`` counts how often it was spoken, ``last_used`` is higher the later that was; neither is a time.
    """

    id: str
    shown: str
    said: str = ""
    category: str = ""
    color: str = ""
    key: str = ""
    uses: int = 0
    last_used: int = 0

    @property
    def spoken(self) -> str:
        """The text that a voice is given."""
        return self.said or self.shown


class Ahead(Enum):
    """What is being done to have the phrases ready."""

    LOOKING = "looking"  # what is there already
    READY = "ready"  # all that can be
    WORKING = "working"
    RESTING = "resting"  # goes on when nothing is spoken and no key pressed
    ASKING = "asking"  # it costs money that nobody has agreed to
    FAILED = "failed"  # `Progress.error` tells why; it goes on by itself where that helps
    FULL = "full"  # the disk space for it
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many phrases sound at once in the chosen voice, without a network.

    ``price`` in dollars is that of the phrases that are missing; ``offer`` what it is agreed to by.
    """

    state: Ahead
    ready: int
    total: int
    voice: Voice | None = None
    price: float = 0.0
    offer: str = ""
    error: FishCaptionError | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of a file that could not be used. ``line`` counts from 1; 0 where there are no lines."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.words}" if self.line else self.words


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: a bank of its own, and what could not be used of it."""

    bank: Bank
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """Two banks made one. ``added`` phrases are new; ``keyless`` came without their key, which was taken."""

    bank: Bank
    added: tuple[Phrase, ...]
    known: int  # phrases that were here already
    keyless: tuple[Phrase, ...]
    dropped: int  # beyond `MOST`


# No slots: what is searched is worked out once for each bank.
@dataclass(frozen=True)
class Bank:
    """Categories and phrases, in the user's order. Names, ids and keys are unique; every category is there.

    Make one with `Bank()`, `starting`, `bank_of` or what these return; the constructor checks nothing.
    """

    categories: tuple[Category, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    # -- asking ------------------------------------------------------------------------------------

    def phrase(self, number: str) -> Phrase:
        """The phrase of that id. Raises KeyError."""
        return self._by_id[number]

    def __contains__(self, number: object) -> bool:
        return number in self._by_id

    def holder(self, key: str) -> Phrase | None:
        """The phrase that a key speaks; None where there is none."""
        return next((phrase for phrase in self.phrases if key and phrase.key == key), None)

    def category(self, name: str) -> Category | None:
        """The category of that name."""
        return next((category for category in self.categories if category.name == name), None)

    def color_of(self, phrase: Phrase) -> str:
        """A phrase's own colour, else its category's."""
        category = self.category(phrase.category)
        return phrase.color or (category.color if category is not None else "")

    def search(self, query: str = "", *, category: str | None = None) -> tuple[Phrase, ...]:
        """The phrases that match, best first; without a query all, most used first.

        A phrase matches by its words or their beginnings in any order, by its first letters ("hay": "How are
        you?", also inside: "are you"), or by a part of what is shown, said or its category's name. Case and
        accents do not matter. ``category`` narrows it to one; None: all.
        """
        wanted = _Query(query)
        found = [
            (rank, -phrase.uses, -phrase.last_used, place, phrase)
            for place, phrase in enumerate(self.phrases)
            if (category is None or phrase.category == category)
            and (rank := _found_in(phrase.shown, phrase.said, phrase.category).rank(wanted)) is not None
        ]
        found.sort(key=lambda row: row[:4])
        return tuple(row[4] for row in found)

    # -- changing ----------------------------------------------------------------------------------

    def add(
        self, shown: str, said: str = "", *, category: str = "", color: str = "", key: str = ""
    ) -> tuple[Bank, Phrase]:
        """The bank with one more phrase at its end, and the phrase. A new category is made.

        Raises InputError where there is nothing to show, it is too long or one too many, or the key is taken.
        """
        if len(self.phrases) >= MOST:
            raise InputError(f"There are {MOST} phrases already.", hint="Remove some that you do not need.")
        phrase = _checked(Phrase(self._fresh_id(), shown, said, category, color, key))
        self._check_key(phrase)
        grown = self._with_category(phrase.category)
        return replace(grown, phrases=(*self.phrases, phrase)), phrase

    def edit(self, number: str, **changes: str) -> Bank:
        """Give a phrase another `shown`, `said`, `category`, `color` or `key`.

        Raises KeyError for no phrase of ours, InputError as `add` does.
        """
        old = self.phrase(number)
        new = _checked(replace(old, **changes))  # type: ignore[arg-type]  # texts, as declared
        self._check_key(new)
        return self._with_category(new.category)._with(new)

    def give_key(self, number: str, key: str) -> Bank:
        """Put a phrase on a key, taking it from who has it; empty: on none. Raises KeyError, InputError."""
        other = self.holder(key)
        freed = self if other is None or other.id == number else self._with(replace(other, key=""))
        return freed.edit(number, key=key)

    def remove(self, number: str) -> Bank:
        """The bank without a phrase. Raises KeyError."""
        gone = self.phrase(number)
        return replace(self, phrases=tuple(phrase for phrase in self.phrases if phrase is not gone))

    def move(self, number: str, place: int) -> Bank:
        """Let a phrase stand at a place of the whole order, counted from 0. Raises KeyError."""
        moved = self.phrase(number)
        others = [phrase for phrase in self.phrases if phrase is not moved]
        others.insert(max(0, place), moved)
        return replace(self, phrases=tuple(others))

    def used(self, number: str) -> Bank:
        """A phrase was spoken. Raises KeyError."""
        phrase = self.phrase(number)
        last = max((other.last_used for other in self.phrases), default=0)
        return self._with(replace(phrase, uses=phrase.uses + 1, last_used=last + 1))

    def forget_uses(self) -> Bank:
        """Nothing is known any more of what was spoken how often."""
        return replace(self, phrases=tuple(replace(phrase, uses=0, last_used=0) for phrase in self.phrases))

    def add_category(self, name: str, color: str = "") -> Bank:
        """One more category. Raises InputError for a name that is empty, too long or there already."""
        category = Category(_name(name), _color(color))
        if not category.name:
            raise InputError("A category needs a name.")
        if self.category(category.name) is not None:
            raise InputError(f"There is a category “{category.name}” already.")
        return replace(self, categories=(*self.categories, category))

    def edit_category(self, name: str, *, new_name: str | None = None, color: str | None = None) -> Bank:
        """Another name or colour; its phrases stay with it. Raises KeyError, InputError as `add_category`."""
        old = self.category(name)
        if old is None:
            raise KeyError(name)
        new = Category(
            old.name if new_name is None else _name(new_name), old.color if color is None else _color(color)
        )
        if not new.name:
            raise InputError("A category needs a name.")
        if new.name != name and self.category(new.name) is not None:
            raise InputError(f"There is a category “{new.name}” already.")
        return Bank(
            tuple(new if category is old else category for category in self.categories),
            tuple(
                replace(phrase, category=new.name) if phrase.category == name else phrase
                for phrase in self.phrases
            ),
        )

    def remove_category(self, name: str) -> Bank:
        """Without a category; its phrases stay, in none. Raises KeyError."""
        if self.category(name) is None:
            raise KeyError(name)
        return Bank(
            tuple(category for category in self.categories if category.name != name),
            tuple(
                replace(phrase, category="") if phrase.category == name else phrase for phrase in self.phrases
            ),
        )

    def move_category(self, name: str, place: int) -> Bank:
        """Let a category stand at another place, counted from 0. Raises KeyError."""
        moved = self.category(name)
        if moved is None:
            raise KeyError(name)
        others = [category for category in self.categories if category is not moved]
        others.insert(max(0, place), moved)
        return replace(self, categories=tuple(others))

    def join(self, other: Bank) -> Joined:
        """This bank, and behind it what it has not of another one: told apart by what is shown and said."""
        bank, added, known, keyless, dropped = self, list[Phrase](), 0, list[Phrase](), 0
        here = {(phrase.shown, phrase.said) for phrase in self.phrases}
        for category in other.categories:
            if bank.category(category.name) is None:
                bank = bank.add_category(category.name, category.color)
        keys = {phrase.key for phrase in self.phrases}
        fresh: list[Phrase] = []
        number = bank._highest_id()
        for phrase in other.phrases:
            if (phrase.shown, phrase.said) in here:
                known += 1
                continue
            if len(bank.phrases) + len(fresh) >= MOST:
                dropped += 1
                continue
            here.add((phrase.shown, phrase.said))
            number += 1
            new = replace(phrase, id=str(number), last_used=0)
            if phrase.key and phrase.key in keys:
                new = replace(new, key="")
                keyless.append(phrase)
            elif phrase.key:
                keys.add(phrase.key)
            fresh.append(new)
            added.append(new)
        bank = replace(bank, phrases=(*bank.phrases, *fresh))
        return Joined(bank, tuple(added), known, tuple(keyless), dropped)

    # -- inside ------------------------------------------------------------------------------------

    @cached_property
    def _by_id(self) -> dict[str, Phrase]:
        return {phrase.id: phrase for phrase in self.phrases}

    def _highest_id(self) -> int:
        return max((int(phrase.id) for phrase in self.phrases), default=0)

    def _fresh_id(self) -> str:
        return str(self._highest_id() + 1)

    def _with(self, new: Phrase) -> Bank:
        return replace(self, phrases=tuple(new if phrase.id == new.id else phrase for phrase in self.phrases))

    def _with_category(self, name: str) -> Bank:
        return self if not name or self.category(name) is not None else self.add_category(name)

    def _check_key(self, phrase: Phrase) -> None:
        other = self.holder(phrase.key)
        if other is not None and other.id != phrase.id:
            raise InputError(
                f"{phrase.key} speaks “{excerpt(other.shown)}” already.",
                hint="Choose another key, or take this one from it.",
            )


def bank_of(categories: Iterable[Category], phrases: Iterable[Phrase]) -> Bank:
    """A bank of what is given, made consistent.

    Ids that are empty or come twice are made anew, of a key that comes twice the first phrase keeps it, and
    missing categories are made. Raises InputError for a phrase that cannot be one.
    """
    kept: dict[str, Category] = {}
    for category in categories:
        name = _name(category.name)
        if name and name not in kept:
            kept[name] = Category(name, _color(category.color))
    ids: set[str] = set()
    keys: set[str] = set()
    checked: list[Phrase] = []
    given = [_checked(phrase) for phrase in phrases]
    number = max((int(phrase.id) for phrase in given if _is_id(phrase.id)), default=0)
    for phrase in given:
        if not _is_id(phrase.id) or phrase.id in ids:
            number += 1
            phrase = replace(phrase, id=str(number))
        if phrase.key in keys:
            phrase = replace(phrase, key="")
        ids.add(phrase.id)
        if phrase.key:
            keys.add(phrase.key)
        if phrase.category:
            kept.setdefault(phrase.category, Category(phrase.category))
        checked.append(phrase)
    return Bank(tuple(kept.values()), tuple(checked))


def _is_id(text: str) -> bool:
    return re.fullmatch("[0-9]{1,9}", text) is not None


def key_named(text: str) -> str:
    """The key that somebody writes as "f1", "ctrl-3" or "CTRL + 3"; empty for none. Raises InputError."""
    wanted = re.sub(r"[\s+_-]+", "+", text.strip()).strip("+").casefold()
    wanted = wanted.replace("control", "ctrl").replace("strg", "ctrl")
    if not wanted:
        return ""
    for key in KEYS:
        if key.casefold() in (wanted, wanted.replace("ctrl", "ctrl+")):
            return key
    raise InputError(
        f"“{text.strip()[:20]}” is no key for a phrase.", hint=f"{KEYS[0]} to F12, {KEYS[12]} to Ctrl+9."
    )


def excerpt(text: str, length: int = 30) -> str:
    """The beginning of a phrase, on one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _checked(phrase: Phrase) -> Phrase:
    shown, said = _clean(phrase.shown), _clean(phrase.said)
    if not shown:
        raise InputError("A phrase must show something.", hint="Type what it says.")
    for text in (shown, said):
        if len(text) > LONGEST:
            raise InputError(f"A phrase can have {LONGEST} letters.", hint="Cut it into several.")
    key = key_named(phrase.key)
    return replace(
        phrase,
        shown=shown,
        said="" if said == shown else said,
        category=_name(phrase.category),
        color=_color(phrase.color),
        key=key,
        uses=max(0, phrase.uses),
        last_used=max(0, phrase.last_used),
    )


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_CONTROLS).strip()


def _name(text: str) -> str:
    name = " ".join(_clean(text).split())
    if len(name) > LONGEST_NAME:
        raise InputError(f"A category's name can have {LONGEST_NAME} letters.")
    return name


def _color(text: str) -> str:
    color = text.strip().casefold()
    color = "grey" if color == "gray" else color
    if color and color not in COLORS:
        raise InputError(f"There is no colour “{text.strip()[:20]}”.", hint=f"{', '.join(COLORS)}.")
    return color


# -- searching --------------------------------------------------------------------------------------------

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def _fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


class _Query:
    """What is searched for, folded once."""

    __slots__ = ("letters", "parts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = " ".join(_fold(text).split())
        self.words = _WORD.findall(self.text)
        self.parts = self.words or [self.text]
        # first letters are typed without blanks
        self.letters = self.text if len(self.words) == 1 and self.words[0] == self.text else ""


class _Searched:
    """What of a phrase is searched, folded once."""

    __slots__ = ("haystack", "initials", "text", "words")

    def __init__(self, shown: str, said: str, category: str) -> None:
        self.text = " ".join(_fold(shown).split())
        self.words = _WORD.findall(self.text)
        self.initials = "".join(word[0] for word in self.words)
        self.haystack = "\n".join((self.text, _fold(said), _fold(category)))

    def rank(self, query: _Query) -> int | None:
        """How well it matches: 0 is best, None not at all."""
        if not query.text:
            return 0
        letters = query.letters
        # what matches in any way has its parts in it, or the letters among its first ones
        is_inside = all(part in self.haystack for part in query.parts)
        if not is_inside and not (letters and letters in self.initials):
            return None
        if self.text == query.text or (query.words and self.words == query.words):
            return 0
        if self.text.startswith(query.text) or (letters and self.initials == letters):
            return 1
        if letters and len(letters) > 1 and self.initials.startswith(letters):
            return 2
        if query.words and self._has_in_order(query.words):
            return 3
        if letters and len(letters) > 1 and letters in self.initials:
            return 4
        if query.words and all(any(word.startswith(wanted) for word in self.words) for wanted in query.words):
            return 5
        return 6 if is_inside else None

    def _has_in_order(self, wanted: list[str]) -> bool:
        """Whether neighbouring words begin as what is wanted, one after the other."""
        return any(
            all(word.startswith(start) for word, start in zip(self.words[first:], wanted, strict=False))
            for first in range(len(self.words) - len(wanted) + 1)
        )


@lru_cache(maxsize=MOST)
def _found_in(shown: str, said: str, category: str) -> _Searched:
    # remembered: a bank is another one at each use of a phrase
    return _Searched(shown, said, category)


# -- CSV --------------------------------------------------------------------------------------------------

_COLUMNS: Final = ("shown", "said", "category", "color", "key", "uses")
_ALIASES: Final[Mapping[str, str]] = {
    **{name: name for name in _COLUMNS},
    **dict.fromkeys(("phrase", "text", "label", "show", "display", "name"), "shown"),
    **dict.fromkeys(("spoken", "say", "speak", "vocalization", "vocalisation", "pronunciation"), "said"),
    **dict.fromkeys(("group", "folder", "board", "topic"), "category"),
    **dict.fromkeys(("colour",), "color"),
    **dict.fromkeys(("shortcut", "hotkey"), "key"),
    **dict.fromkeys(("used", "count"), "uses"),
}
# What makes a spreadsheet take a cell for a formula, in some of them in full width as well.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def to_csv(bank: Bank) -> bytes:
    """The bank for a spreadsheet: UTF-8 with a mark by which Excel knows it, every cell quoted.

    A cell that would be taken for a formula has an apostrophe before it, which `from_csv` takes off.
    The order of empty categories is not told.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for phrase in bank.phrases:
        category = bank.category(phrase.category)
        # a colour of a phrase's own and its category's are told apart by the stroke
        color = phrase.color + ("/" + category.color if category is not None and category.color else "")
        cells = (phrase.shown, phrase.said, phrase.category, color, phrase.key, str(phrase.uses))
        writer.writerow(["'" + cell if _FORMULA.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def from_csv(content: bytes) -> Imported:
    """Read a table of phrases: its first line names the columns, in any order; other columns are passed over.

    The separator may be a comma, a semicolon or a tab. A file of one column without names is a list of
    phrases. Raises InputError where nothing at all can be used.
    """
    text = _decoded(content)
    rows = list(_rows(text))
    if not rows:
        raise InputError("There is nothing in this file.")
    first = [_ALIASES.get(cell.strip().casefold(), "") for cell in rows[0][1]]
    problems: list[Problem] = []
    if "shown" not in first:
        if any(len(cells) > 1 for _, cells in rows) or any(first):
            raise InputError(
                f"Line {rows[0][0]} names no column “shown”.",
                hint=f"The first line names the columns: {', '.join(_COLUMNS)}. Only “shown” is needed.",
            )
        first = ["shown"]
    else:
        del rows[0]
    reading = _Reading(problems)
    for line, cells in rows:
        found: dict[str, str] = {}
        for name, cell in zip(first, cells, strict=False):
            if name and name not in found:
                found[name] = cell[1:] if _ESCAPED.match(cell) else cell
        if any(cell.strip() for cell in cells):
            reading.add(line, found)
    return reading.result()


def _decoded(content: bytes) -> str:
    """UTF-8 with a mark or without, UTF-16 with one, else Windows' Western letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, each with the line where it begins. Raises InputError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as exc:
        raise InputError(
            f"Line {line} cannot be read as a table.",
            hint="Is a quotation mark open, or is it another kind of file?",
        ) from exc


def _separator(text: str) -> str:
    """The separator that makes most known names of the first line; a comma where none does."""
    head = next((line for line in text.splitlines() if line.strip()), "")

    def known(separator: str) -> int:
        cells = next(csv.reader([head], delimiter=separator), [])
        return sum(cell.strip().casefold() in _ALIASES for cell in cells)

    best = max((",", ";", "\t"), key=known)
    return best if known(best) else ","


class _Reading:
    """Gathers what a file holds, an entry at a time, and what cannot be used of it."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._categories: dict[str, Category] = {}
        self._phrases: list[Phrase] = []
        self._keys: dict[str, int] = {}

    def add_category(self, line: int, name: str, color: str) -> None:
        """A category with its colour."""
        clean = self._try(line, lambda: _name(name), "")
        if clean:
            known = self._categories.get(clean, Category(clean))
            self._categories[clean] = Category(
                clean, known.color or self._try(line, lambda: _color(color), "")
            )

    def add(self, line: int, found: Mapping[str, str]) -> Phrase | None:
        """A phrase with whatever is told of it; None where it cannot be one."""
        if len(self._phrases) >= MOST:
            if not self._problems or "more than" not in self._problems[-1].words:
                self._problems.append(Problem(line, f"more than {MOST} phrases; the rest is left out"))
            return None
        own_color, _, category_color = found.get("color", "").partition("/")
        if (category := found.get("category", "")).strip():
            self.add_category(line, category, category_color)
        phrase = self._try(
            line,
            lambda: _checked(
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
                category=self._try(line, lambda: _name(category), "", is_told=False),
                color=self._try(line, lambda: _color(own_color), ""),
                key=key,
                uses=self._uses(line, found.get("uses", "")),
            )
        )
        return self._phrases[-1]

    def result(self) -> Imported:
        """All that could be used. Raises InputError where that is nothing."""
        if not self._phrases and not self._categories:
            why = str(self._problems[0]) if self._problems else "It holds no phrase."
            raise InputError(f"Nothing in this file can be used. {why}")
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
    """The whole bank, for another machine or a copy."""
    return (json.dumps(plain(bank), indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def plain(bank: Bank) -> dict[str, Any]:
    """The bank as JSON has it; what is empty is left out."""
    return {
        "version": VERSION,
        "categories": [_without_empty(name=entry.name, color=entry.color) for entry in bank.categories],
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
            )
            for entry in bank.phrases
        ],
    }


def _without_empty(**fields: str | int) -> dict[str, str | int]:
    return {name: value for name, value in fields.items() if value}


def from_json(content: bytes) -> Imported:
    """Read what `to_json` wrote, or a list of texts, or of objects with the columns of a CSV.

    Raises InputError where nothing at all can be used.
    """
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as exc:
        raise InputError(f"Line {exc.lineno} is no JSON.", hint="Is it a file of phrases?") from exc
    except (UnicodeDecodeError, RecursionError) as exc:
        raise InputError("This is no JSON file.", hint="Is it a file of phrases?") from exc
    return from_plain(raw)


def from_plain(raw: Any) -> Imported:
    """Read what `plain` made, as far as it can be; problems count the phrases. Raises InputError."""
    problems: list[Problem] = []
    reading = _Reading(problems)
    entries = raw.get("phrases", []) if isinstance(raw, dict) else raw
    categories = raw.get("categories", []) if isinstance(raw, dict) else []
    for entry in categories if isinstance(categories, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            reading.add_category(0, entry["name"], str(entry.get("color", "")))
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
    """An entry's texts by column; None where it has none at all."""
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


# -- to begin with ----------------------------------------------------------------------------------------

_STARTING: Final = (
    (
        Category("To begin", "blue"),
        (
            ("I speak by computer. Please give me a moment.", "F1"),
            ("Hello, good to see you.", ""),
            ("I can hear and understand you. I type what I want to say.", ""),
            ("Please ask me things that I can answer with yes or no.", ""),
        ),
    ),
    (
        Category("Answers", "green"),
        (
            ("Yes.", "F2"),
            ("No.", "F3"),
            ("Thank you.", "F6"),
            ("Please wait, I am typing.", "F7"),
            ("I do not know.", ""),
            ("Maybe.", ""),
            ("I agree with you.", ""),
            ("You are welcome.", ""),
        ),
    ),
    (
        Category("Talk", "purple"),
        (
            ("How are you?", ""),
            ("I am fine, and you?", ""),
            ("What do you think?", ""),
            ("Can you say that again, please?", ""),
            ("That is not what I meant.", ""),
            ("I have something to say.", "F9"),
            ("Let me finish, please.", ""),
            ("That made me laugh.", ""),
            ("I have to go now. Goodbye.", ""),
        ),
    ),
    (
        Category("Needs", "orange"),
        (
            ("I need help, please.", "F12"),
            ("I need a break.", ""),
            ("I am thirsty.", ""),
            ("I am hungry.", ""),
            ("I need the bathroom.", ""),
            ("I am in pain.", ""),
            ("Please call a doctor.", ""),
        ),
    ),
    (
        Category("Telephone", "teal"),
        (
            ("Hello. I speak by computer, so my answers take a moment. Please do not hang up.", "Ctrl+1"),
            ("I am still here. I am typing.", "Ctrl+2"),
            ("Please send me a message instead.", ""),
            ("Thank you for your patience. Goodbye.", ""),
        ),
    ),
)


def starting() -> Bank:
    """The bank of somebody who has none yet. Keys that the window uses itself are left to it."""
    bank = Bank()
    for category, phrases in _STARTING:
        bank = bank.add_category(category.name, category.color)
        for shown, key in phrases:
            bank, _ = bank.add(shown, category=category.name, key=key)
    return bank
