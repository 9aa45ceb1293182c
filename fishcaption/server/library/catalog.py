"""All voices of the server in one list: found by id, searched, sorted, a page at a time.

Thousands of made-up voices (for tests and benchmarks of pickers) are a number and a title each; a search
looks at those alone, and is kept for its next page.
"""

from __future__ import annotations

import unicodedata
from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from fishcaption.core.speech import Voice
from fishcaption.server.library.character import AS_IT_IS, Character, character_of, digest
from fishcaption.server.voice_registry import VoiceEntry

if TYPE_CHECKING:
    from fishcaption.server.library.clones import Clone, Clones

Sort = Literal["score", "task_count", "created_at"]
MADE: Final = "2026-11-01T00:00:00Z"
"""The day on which the embedded voices were made, as far as clients are told."""
LICENSED: Final = 24
"""So many of the made-up voices are licensed: the English ones among the first."""
_KEPT_SEARCHES: Final = 16
_FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)

_WARMTH: Final = (
    "Warm",
    "Bright",
    "Calm",
    "Deep",
    "Soft",
    "Clear",
    "Old",
    "Young",
    "Brisk",
    "Gentle",
    "Dry",
    "Merry",
)
_TRADE: Final = (
    "Narrator",
    "Teacher",
    "Captain",
    "Nurse",
    "Reporter",
    "Guide",
    "Singer",
    "Baker",
    "Judge",
    "Pilot",
)
_LANGUAGES: Final = ("en", "zh", "ja", "de", "es", "fr", "ko", "pt", "ar", "it", "ru", "hi")
_AGES: Final = ("young", "middle-aged", "old")
_SECOND_LANGUAGE: Final = 7 * len(_LANGUAGES)  # the last dozen of so many voices speak English, too
_PERIOD: Final = _SECOND_LANGUAGE


class Listed(NamedTuple):
    """A voice as the list shows it. ``entry`` is the embedded voice that speaks for it, in ``character``."""

    id: str
    title: str
    entry: VoiceEntry
    character: Character = AS_IT_IS
    description: str = ""
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    visibility: str = "public"
    author_id: str = "embedded"
    author: str = "fishcaption"
    created: str = MADE
    updated: str = MADE
    tasks: int = 0
    is_licensed: bool = False
    clone: Clone | None = None

    @property
    def is_own(self) -> bool:
        """True if the account's owner has made it."""
        return self.clone is not None


class Query(NamedTuple):
    """A search. Empty values do not narrow it; of several tags all must be there, of languages one."""

    title: str = ""
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    title_languages: tuple[str, ...] = ()
    author_id: str = ""
    is_own: bool = False
    is_licensed: bool = False
    sort: Sort = "score"
    shows_private: bool = True


Ref = Listed | int
"""A voice, or the number of a made-up one."""


class Catalogue:
    """The voices of a server. ``made_up`` is how many voices there are besides, for tests and benchmarks.

    ``entries`` returns the embedded voices as they are now: some come and go while the server runs. ``base``
    is the embedded voice of which all voices are made that are none of the embedded ones.
    """

    def __init__(
        self, entries: Callable[[], Sequence[VoiceEntry]], clones: Clones | None = None, *, made_up: int = 0
    ) -> None:
        self.clones = clones
        self._entries = entries
        self._known: Sequence[VoiceEntry] = ()
        self._embedded: list[Listed] = []
        self._by_id: dict[str, Listed] = {}
        self._changes = 0
        self._look()
        self.base = entries()[0]
        self._made_up = range(made_up)
        self._titles = [folded(_title(number)) for number in self._made_up]
        self._by_tasks: Sequence[int] = ()
        self._searches: OrderedDict[tuple[Query, tuple[int, int]], list[Ref]] = OrderedDict()

    def find(self, id_: str) -> Listed | None:
        """Return the voice of this id; None if there is none."""
        self._look()
        if (embedded := self._by_id.get(id_)) is not None:
            return embedded
        if self.clones is not None and (clone := self.clones.find(id_)) is not None:
            return self.own(clone)
        number = _number(id_)
        return None if number is None or number >= len(self._made_up) else self._one(number)

    def own(self, clone: Clone) -> Listed:
        """Return a voice that was made here as the list shows it."""
        return Listed(
            clone.id,
            clone.title,
            self.base,
            clone.character,
            clone.description,
            clone.tags,
            clone.languages,
            clone.visibility,
            OWNER_ID,
            "You",
            clone.created,
            clone.updated,
            clone=clone,
        )

    def search(self, query: Query) -> Sequence[Ref]:
        """Return what is found, in order; see `listed`."""
        self._look()
        key = (query, self._version)
        if key not in self._searches:
            self._searches[key] = self._found(query)
            while len(self._searches) > _KEPT_SEARCHES:
                self._searches.popitem(last=False)
        self._searches.move_to_end(key)
        return self._searches[key]

    def listed(self, found: Sequence[Ref]) -> list[Listed]:
        """Return the voices for a part of what `search` found."""
        return [one if isinstance(one, Listed) else self._one(one) for one in found]

    @property
    def _version(self) -> tuple[int, int]:
        return self._changes, 0 if self.clones is None else self.clones.version

    def _look(self) -> None:
        """Take note of embedded voices that have come or gone."""
        entries = self._entries()
        if entries != self._known:
            self._known = entries
            self._embedded = [_embedded(entry) for entry in entries]
            self._by_id = {one.id: one for one in self._embedded}
            self._changes += 1

    def _clones(self) -> list[Clone]:
        return [] if self.clones is None else self.clones.all()

    def _found(self, query: Query) -> list[Ref]:
        if query.is_own:
            return [one for one in map(self.own, self._clones()) if _fits(one, query)]
        fixed = [*self._embedded, *map(self.own, self._clones())]
        found: list[Ref] = list(self._found_made_up(query))
        for one in fixed if query.sort != "score" else reversed(fixed):
            if _fits(one, query) and (one.visibility == "public" or (one.is_own and query.shows_private)):
                _put(found, one, query.sort)
        return found

    def _found_made_up(self, query: Query) -> Sequence[int]:
        numbers = self._numbers(query.sort)
        titles = self._titles
        for word in folded(query.title).split():
            numbers = [number for number in numbers if word in titles[number]]
        if query.tags or query.languages or query.title_languages:
            fitting = {number for number in range(_PERIOD) if _made_up_fits(number, query)}
            numbers = [number for number in numbers if number % _PERIOD in fitting]
        if query.author_id:
            numbers = [number for number in numbers if _author(number) == query.author_id]
        if query.is_licensed:
            numbers = [number for number in numbers if _is_licensed(number)]
        return numbers

    def _numbers(self, sort: Sort) -> Sequence[int]:
        """Return the made-up voices in order."""
        if sort == "created_at":
            return self._made_up[::-1]
        if sort == "task_count":
            if len(self._by_tasks) != len(self._made_up):
                self._by_tasks = sorted(self._made_up, key=_tasks, reverse=True)
            return self._by_tasks
        return self._made_up

    def _one(self, number: int) -> Listed:
        id_ = f"{_PREFIX}{number:024x}"
        created = _created(number)
        return Listed(
            id_,
            _title(number),
            self.base,
            character_of(digest(id_.encode())),
            f"Voice {number} of a library that was made up",
            _tags(number),
            _languages(number),
            author_id=_author(number),
            author=f"Author {number % 997}",
            created=created,
            updated=created,
            tasks=_tasks(number),
            is_licensed=_is_licensed(number),
        )


OWNER_ID: Final = "owner"
"""The id of the account whose key the server accepts."""


def folded(text: str) -> str:
    """Return a title as it is searched: without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _embedded(entry: VoiceEntry) -> Listed:
    voice: Voice = entry.voice
    tags = ("embedded", entry.engine, entry.language)
    return Listed(voice.id, voice.name, entry, AS_IT_IS, entry.description, tags, voice.languages)


def _fits(one: Listed, query: Query) -> bool:
    title = folded(one.title)
    return (
        all(word in title for word in folded(query.title).split())
        and all(tag in one.tags for tag in query.tags)
        and (not query.languages or bool(set(query.languages) & set(one.languages)))
        and (not query.title_languages or one.languages[0] in query.title_languages)
        and (not query.author_id or query.is_own or one.author_id == query.author_id)
        and (not query.is_licensed or query.is_own or one.is_licensed)
    )


# --- voices that are made up, from their number ----------------------------------------------------------

_PREFIX: Final = "fade0000"  # of their ids, which are as long as the service's


def _number(id_: str) -> int | None:
    digits = id_[len(_PREFIX) :]
    is_one = len(id_) == 32 and id_.startswith(_PREFIX) and set(digits) <= set("0123456789abcdef")
    return int(digits, 16) if is_one else None


def _title(number: int) -> str:
    warmth = _WARMTH[number % len(_WARMTH)]
    return f"{warmth} {_TRADE[number // len(_WARMTH) % len(_TRADE)]} {number}"


def _languages(number: int) -> tuple[str, ...]:
    first = _LANGUAGES[number % len(_LANGUAGES)]
    return (first, "en") if number % _SECOND_LANGUAGE > 6 * len(_LANGUAGES) else (first,)


def _tags(number: int) -> tuple[str, ...]:
    return (("female", "male")[number // 2 % 2], _AGES[number // 4 % len(_AGES)], "made-up")


def _tasks(number: int) -> int:
    return number * 7919 % 100_003


def _created(number: int) -> str:
    return (_FIRST_DAY + timedelta(minutes=number * 13)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_licensed(number: int) -> bool:
    return number < LICENSED * len(_LANGUAGES) and _LANGUAGES[number % len(_LANGUAGES)] == "en"


def _author(number: int) -> str:
    return f"author-{number % 997}"


def _made_up_fits(number: int, query: Query) -> bool:
    """Return whether tags and languages fit; they come again after `_PERIOD` voices."""
    return (
        set(query.tags) <= set(_tags(number))
        and (not query.languages or not set(query.languages).isdisjoint(_languages(number)))
        and (not query.title_languages or _languages(number)[0] in query.title_languages)
    )


def _put(found: list[Ref], one: Listed, sort: Sort) -> None:
    """Put a voice into its place among those that are sorted; by score it is the first."""
    if sort == "task_count":
        insort(found, one, key=lambda other: -(_tasks(other) if isinstance(other, int) else other.tasks))
    elif sort == "created_at":
        insort(found, one, key=_age)
    else:
        found.insert(0, one)


def _age(one: Ref) -> float:
    created = _created(one) if isinstance(one, int) else one.created
    return -datetime.fromisoformat(created).timestamp()
