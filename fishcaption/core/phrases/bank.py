"""The phrase bank: phrases that are said often, each with one click or one key.

A `Bank` is a value: its methods return a changed bank. Its order is the user's. It keeps no times, only how
often each phrase was spoken, and in which order. `core.phrases.files` writes and reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Final

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.phrases.searching import WORD, Query, searched
from fishcaption.core.speech import Voice
from fishcaption.core.text.folding import folded
from fishcaption.core.text.incoming import cleaned
from fishcaption.core.untrusted import one_line

KEYS: Final = (*(f"F{number}" for number in range(1, 13)), *(f"Ctrl+{number}" for number in range(1, 10)))
"""Keys that a phrase may have, as Qt writes them."""

COLORS: Final = ("blue", "green", "teal", "purple", "pink", "red", "orange", "yellow", "grey")
"""Colours of categories and phrases; the window knows how each looks. Empty: no colour."""

LONGEST: Final = 5_000
"""Code points of a phrase: a page, so that a prepared talk fits."""

LONGEST_NAME: Final = 80
MOST: Final = 5_000
"""Phrases in a bank, at most: more than anybody could find."""

_LONGEST_FILE_NAME: Final = 120
_CONTROLS: Final = dict.fromkeys(
    (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFEFF), " "
) | {0x0D: "\n", 0x2028: "\n", 0x2029: "\n"}


@dataclass(frozen=True, slots=True)
class Category:
    """A group of phrases, known by its name. ``color`` is one of `COLORS`, or empty.

    ``preset`` is the name of the preset with which its phrases are spoken; empty: the chosen voice.
    """

    name: str
    color: str = ""
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase. If ``said`` is empty, ``shown`` is spoken; if ``color`` is empty, the category's is used.

    ``recording`` is the name of a file with the user's own sound, which is heard instead of a voice.
    ``uses`` counts how often it was spoken; ``last_used`` is higher the later that was, and is no time.
    """

    id: str
    shown: str
    said: str = ""
    category: str = ""
    color: str = ""
    key: str = ""
    uses: int = 0
    last_used: int = 0
    recording: str = ""

    @property
    def spoken(self) -> str:
        """Text that a voice is given."""
        return self.said or self.shown


class Ahead(Enum):
    """State of the work that makes the phrases' sound ahead of time."""

    LOOKING = "looking"  # for sound that is there already
    READY = "ready"  # all phrases that can be
    WORKING = "working"
    RESTING = "resting"  # until nothing is spoken and no key is pressed
    ASKING = "asking"  # the user must first agree to the price
    FAILED = "failed"  # for the reason in `Progress.error`; goes on by itself if that can help
    FULL = "full"  # no disk space is left for it
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of phrases whose sound in the chosen voice is ready, so that no network is needed.

    ``price`` is the price of the missing phrases in dollars; ``offer`` identifies it when the user agrees.
    """

    state: Ahead
    ready: int
    total: int
    voice: Voice | None = None
    price: float = 0.0
    offer: str = ""
    error: FishCaptionError | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Two banks in one. ``added`` phrases are new; ``keyless`` ones lost their key, which was taken."""

    bank: Bank
    added: tuple[Phrase, ...]
    known: int  # phrases that were here already
    keyless: tuple[Phrase, ...]
    dropped: int  # beyond `MOST`


# No slots: a cached property holds the phrases by id.
@dataclass(frozen=True)
class Bank:
    """Categories and phrases, in the user's order. Names, ids and keys are unique; every category is there.

    Make one with `Bank()`, `starting` or `bank_of`, or by a method of these; the constructor checks nothing.
    """

    categories: tuple[Category, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    # -- asking ------------------------------------------------------------------------------------

    def phrase(self, number: str) -> Phrase:
        """Return the phrase of this id. Raises KeyError."""
        return self._by_id[number]

    def __contains__(self, number: object) -> bool:
        return number in self._by_id

    def holder(self, key: str) -> Phrase | None:
        """Return the phrase that a key speaks; None if there is none."""
        return next((phrase for phrase in self.phrases if key and phrase.key == key), None)

    def recorded(self, text: str) -> Phrase | None:
        """Return the phrase with a recording that shows or says exactly this text; None if there is none.

        Case, blanks and marks do not matter; the words do.
        """
        wanted = WORD.findall(folded(text))
        if not wanted:
            return None
        return next(
            (
                phrase
                for phrase in self.phrases
                if phrase.recording
                and wanted in (WORD.findall(folded(phrase.shown)), WORD.findall(folded(phrase.said)))
            ),
            None,
        )

    def category(self, name: str) -> Category | None:
        """Return the category of this name; None if there is none."""
        return next((category for category in self.categories if category.name == name), None)

    def preset_of(self, phrase: Phrase) -> str:
        """Return the name of the preset with which a phrase is spoken; empty: the chosen voice."""
        category = self.category(phrase.category)
        return category.preset if category is not None else ""

    def color_of(self, phrase: Phrase) -> str:
        """Return a phrase's own colour, else its category's."""
        category = self.category(phrase.category)
        return phrase.color or (category.color if category is not None else "")

    def search(self, query: str = "", *, category: str | None = None) -> tuple[Phrase, ...]:
        """Return the phrases that match, the best first; without a query all, the most used first.

        A phrase matches by its words or their beginnings in any order, by the first letters of its words
        ("hay" finds "How are you?"), or by a part of its shown text, its spoken text or its category's name.
        Case and accents do not matter. ``category`` limits the search to one category; None: all.
        """
        wanted = Query(query)
        found = [
            (rank, -phrase.uses, -phrase.last_used, place, phrase)
            for place, phrase in enumerate(self.phrases)
            if (category is None or phrase.category == category)
            and (rank := searched(phrase.shown, phrase.said, phrase.category).rank(wanted)) is not None
        ]
        found.sort(key=lambda row: row[:4])
        return tuple(row[4] for row in found)

    # -- changing ----------------------------------------------------------------------------------

    def add(
        self, shown: str, said: str = "", *, category: str = "", color: str = "", key: str = ""
    ) -> tuple[Bank, Phrase]:
        """Return the bank with one more phrase at its end, and the phrase; a missing category is added.

        Raises InputError if the phrase is empty or too long, the bank is full, or the key is taken.
        """
        if len(self.phrases) >= MOST:
            raise InputError(f"There are {MOST} phrases already.", hint="Remove some that you do not need.")
        phrase = checked(Phrase(self._fresh_id(), shown, said, category, color, key))
        self._check_key(phrase)
        grown = self._with_category(phrase.category)
        return replace(grown, phrases=(*self.phrases, phrase)), phrase

    def edit(self, number: str, **changes: str) -> Bank:
        """Return the bank with another text, category, colour, key or recording of a phrase, by field.

        Raises KeyError for an unknown id, InputError like `add`.
        """
        old = self.phrase(number)
        new = checked(replace(old, **changes))  # type: ignore[arg-type]  # texts, as declared
        self._check_key(new)
        return self._with_category(new.category)._with(new)

    def give_key(self, number: str, key: str) -> Bank:
        """Give a phrase a key, and take it from any other; empty: no key. Raises KeyError, InputError."""
        other = self.holder(key)
        freed = self if other is None or other.id == number else self._with(replace(other, key=""))
        return freed.edit(number, key=key)

    def remove(self, number: str) -> Bank:
        """Return the bank without a phrase. Raises KeyError."""
        gone = self.phrase(number)
        return replace(self, phrases=tuple(phrase for phrase in self.phrases if phrase is not gone))

    def move(self, number: str, place: int) -> Bank:
        """Move a phrase to a place in the whole order, counted from 0. Raises KeyError."""
        moved = self.phrase(number)
        others = [phrase for phrase in self.phrases if phrase is not moved]
        others.insert(max(0, place), moved)
        return replace(self, phrases=tuple(others))

    def used(self, number: str) -> Bank:
        """Count that a phrase was spoken. Raises KeyError."""
        phrase = self.phrase(number)
        last = max((other.last_used for other in self.phrases), default=0)
        return self._with(replace(phrase, uses=phrase.uses + 1, last_used=last + 1))

    def forget_uses(self) -> Bank:
        """Forget how often each phrase was spoken."""
        return replace(self, phrases=tuple(replace(phrase, uses=0, last_used=0) for phrase in self.phrases))

    def add_category(self, name: str, color: str = "") -> Bank:
        """Add a category. Raises InputError for a name that is empty, too long or there already."""
        category = Category(category_named(name), color_named(color))
        if not category.name:
            raise InputError("A category needs a name.")
        if self.category(category.name) is not None:
            raise InputError(f"There is a category “{category.name}” already.")
        return replace(self, categories=(*self.categories, category))

    def edit_category(
        self,
        name: str,
        *,
        new_name: str | None = None,
        color: str | None = None,
        preset: str | None = None,
    ) -> Bank:
        """Change a category's name, colour or preset; its phrases stay in it. Raises KeyError, InputError."""
        old = self.category(name)
        if old is None:
            raise KeyError(name)
        new = Category(
            old.name if new_name is None else category_named(new_name),
            old.color if color is None else color_named(color),
            old.preset if preset is None else preset_named(preset),
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

    def with_preset_renamed(self, name: str, new_name: str) -> Bank:
        """Return the bank where a preset has another name."""
        changed = tuple(
            replace(category, preset=new_name) if category.preset == name else category
            for category in self.categories
        )
        return self if changed == self.categories else replace(self, categories=changed)

    def remove_category(self, name: str) -> Bank:
        """Remove a category; its phrases stay, without a category. Raises KeyError."""
        if self.category(name) is None:
            raise KeyError(name)
        return Bank(
            tuple(category for category in self.categories if category.name != name),
            tuple(
                replace(phrase, category="") if phrase.category == name else phrase for phrase in self.phrases
            ),
        )

    def move_category(self, name: str, place: int) -> Bank:
        """Move a category to a place, counted from 0. Raises KeyError."""
        moved = self.category(name)
        if moved is None:
            raise KeyError(name)
        others = [category for category in self.categories if category is not moved]
        others.insert(max(0, place), moved)
        return replace(self, categories=tuple(others))

    def join(self, other: Bank) -> Joined:
        """Append the phrases of another bank that differ from all of ours in shown or spoken text.

        A phrase that is here without a recording gets that of the other bank's.
        """
        bank, added, known, keyless, dropped = self, list[Phrase](), 0, list[Phrase](), 0
        here = {(phrase.shown, phrase.said): phrase for phrase in self.phrases}
        for category in other.categories:
            if bank.category(category.name) is None:
                bank = bank.add_category(category.name, category.color)
                bank = bank.edit_category(category.name, preset=category.preset)
        keys = {phrase.key for phrase in self.phrases}
        fresh: list[Phrase] = []
        number = bank._highest_id()
        for phrase in other.phrases:
            if (ours := here.get((phrase.shown, phrase.said))) is not None:
                known += 1
                if phrase.recording and ours.id in self and not ours.recording:
                    bank = bank._with(replace(ours, recording=phrase.recording))
                continue
            if len(bank.phrases) + len(fresh) >= MOST:
                dropped += 1
                continue
            number += 1
            new = replace(phrase, id=str(number), last_used=0)
            here[phrase.shown, phrase.said] = new
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
    """Return a consistent bank of these categories and phrases.

    An id that is empty or comes twice is replaced, a key that comes twice stays with the first phrase, and
    missing categories are added. Raises InputError for an invalid phrase.
    """
    kept: dict[str, Category] = {}
    for category in categories:
        name = category_named(category.name)
        if name and name not in kept:
            kept[name] = Category(name, color_named(category.color), preset_named(category.preset))
    ids: set[str] = set()
    keys: set[str] = set()
    usable: list[Phrase] = []
    given = [checked(phrase) for phrase in phrases]
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
        usable.append(phrase)
    return Bank(tuple(kept.values()), tuple(usable))


def _is_id(text: str) -> bool:
    return re.fullmatch("[0-9]{1,9}", text) is not None


def key_named(text: str) -> str:
    """Return the key for "f1", "ctrl-3" or "CTRL + 3"; empty for none. Raises InputError."""
    wanted = re.sub(r"[\s+_-]+", "+", text.strip()).strip("+").casefold()
    wanted = wanted.replace("control", "ctrl").replace("strg", "ctrl")
    if not wanted:
        return ""
    for key in KEYS:
        if key.casefold() in (wanted, wanted.replace("ctrl", "ctrl+")):
            return key
    raise InputError(
        f"“{one_line(text, 20)}” is no key for a phrase.", hint=f"{KEYS[0]} to F12, {KEYS[12]} to Ctrl+9."
    )


def excerpt(text: str, length: int = 30) -> str:
    """Return the beginning of a phrase on one line, for a message."""
    return one_line(text, length)


def checked(phrase: Phrase) -> Phrase:
    """Return the phrase as it is stored; its key and id are not checked. Raises InputError."""
    shown, said = _clean(phrase.shown), _clean(phrase.said)
    if not shown:
        raise InputError("A phrase needs a text.", hint="Type the text of the phrase.")
    for text in (shown, said):
        if len(text) > LONGEST:
            raise InputError(f"A phrase can have {LONGEST} characters at most.", hint="Cut it into several.")
    key = key_named(phrase.key)
    return replace(
        phrase,
        shown=shown,
        said="" if said == shown else said,
        category=category_named(phrase.category),
        color=color_named(phrase.color),
        key=key,
        uses=max(0, phrase.uses),
        last_used=max(0, phrase.last_used),
        recording=recording_named(phrase.recording),
    )


def recording_named(text: str) -> str:
    """Return the name of a recording's file as it is stored; empty for a path, or no kind of sound."""
    name = text.strip()
    is_bare = name.isprintable() and not set(name) & set('/\\:*?"<>|') and not name.startswith(".")
    is_played = name.casefold().endswith((".flac", ".wav"))
    return name if is_bare and is_played and len(name) <= _LONGEST_FILE_NAME else ""


def _clean(text: str) -> str:
    return cleaned(text).translate(_CONTROLS).strip()


def category_named(text: str) -> str:
    """Return a category's name as it is stored; may be empty. Raises InputError."""
    name = " ".join(_clean(text).split())
    if len(name) > LONGEST_NAME:
        raise InputError(f"A category's name can have {LONGEST_NAME} characters at most.")
    return name


def preset_named(text: str) -> str:
    """Return the name of a preset as it is stored; may be empty."""
    return " ".join(_clean(text).split())[:LONGEST_NAME]


def color_named(text: str) -> str:
    """Return a colour as it is stored; may be empty. Raises InputError."""
    color = text.strip().casefold()
    color = "grey" if color == "gray" else color
    if color and color not in COLORS:
        raise InputError(f"There is no colour “{one_line(text, 20)}”.", hint=f"{', '.join(COLORS)}.")
    return color


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
    """Return the bank of a new user, without the keys that the window uses itself."""
    bank = Bank()
    for category, phrases in _STARTING:
        bank = bank.add_category(category.name, category.color)
        for shown, key in phrases:
            bank, _ = bank.add(shown, category=category.name, key=key)
    return bank
