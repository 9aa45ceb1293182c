"""Entries of a service's library of voices, what keeps one from being used, and a search of the library.

Facts about the library are from Fish Audio's REST reference (GET /model). What comes from there is bounded
and plain text when it is in an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, Literal, NamedTuple

from fishcaption.core.speech import Provider, Voice

Sort = Literal["score", "task_count", "created_at"]
"""The service's orders: by its own score, by how much a voice is used, or the newest first."""

# an id of Fish Audio's alone, with our prefix, or in the address of one of its pages
_ID: Final = re.compile(
    r"(?:fish:|https?://(?:[\w-]+\.)*fish\.audio(?:/\S*?)?(?:/m/|/model/|[?&]model_?id=))?"
    r"([0-9a-f]{32})(?:[/?&#]\S*)?",
    re.IGNORECASE,
)
_LONGEST_LINK: Final = 2000


class VoiceState(Enum):
    """State of a voice; most others than READY keep it from speaking."""

    READY = "ready"
    TRAINING = "training"
    FAILED = "failed"
    TAKEN_DOWN = "taken down"
    RETIRING = "retiring"  # it speaks, until `VoiceEntry.retires_on`
    RETIRED = "retired"
    NOT_SPEECH = "not speech"  # such as a singing voice conversion
    GONE = "gone"  # it was there, and the service knows it no more

    @property
    def can_speak(self) -> bool:
        """True if the service speaks with it."""
        return self in (VoiceState.READY, VoiceState.RETIRING)


class VoiceSample(NamedTuple):
    """A recording that the library offers of a voice. The address may be signed, and expire."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """A voice with what its library tells. ``tags`` and ``languages`` as the library writes them.

    ``cover_url`` and the samples' are whole addresses; empty: there is none. ``is_own``: it belongs to the
    account that asked. ``uses`` counts what was made with it, by anybody.
    """

    voice: Voice
    state: VoiceState = VoiceState.READY
    description: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    author_id: str = ""
    cover_url: str = ""
    samples: tuple[VoiceSample, ...] = ()
    visibility: str = ""
    is_own: bool = False
    is_licensed: bool = False
    likes: int = 0
    uses: int = 0
    created: str = ""  # as the service writes it: ISO 8601
    retires_on: date | None = None

    @property
    def id(self) -> str:
        """The id at its provider."""
        return self.voice.id

    @property
    def provider(self) -> Provider:
        """The provider of the voice."""
        return self.voice.provider


class VoiceQuery(NamedTuple):
    """A search of a library. Empty values do not narrow it. ``page`` counts from 1.

    ``gender`` and ``age`` are words such as "female" and "young", which libraries keep among the tags.
    """

    title: str = ""
    page: int = 1
    is_own: bool = False
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gender: str = ""
    age: str = ""
    is_licensed: bool = False
    sort: Sort = "score"

    @property
    def all_tags(self) -> tuple[str, ...]:
        """All words that the service is to find among the tags of a voice."""
        return tuple(dict.fromkeys(tag for tag in (self.gender, self.age, *self.tags) if tag))


class VoicePage(NamedTuple):
    """One page of a search, in the library's order; the same voice is never twice in it.

    ``total`` is how many voices match, as far as the library tells; None: it does not. ``is_cut_short``: more
    voices match, but the library shows no more of them, so the user has to narrow the search.
    """

    entries: tuple[VoiceEntry, ...]
    has_more: bool
    total: int | None = None
    is_cut_short: bool = False


def pasted_id(text: str) -> str:
    """Return the id in a text that is nothing but a Fish Audio id, or the address of its page; else ""."""
    found = _ID.fullmatch(text.strip()) if len(text) <= _LONGEST_LINK else None
    return found[1].lower() if found is not None else ""


def narrowed(entries: Iterable[VoiceEntry], query: VoiceQuery) -> tuple[VoiceEntry, ...]:
    """Return the entries that match the query, without those that a service sent although they do not.

    Only what an entry tells is compared: one without languages or tags stays, as the service may know more.
    """
    wanted = {tag.casefold() for tag in query.all_tags}
    languages = {_primary(language) for language in query.languages}
    return tuple(
        entry
        for entry in entries
        if (not wanted or not entry.tags or wanted <= {tag.casefold() for tag in entry.tags})
        and (
            not languages
            or not entry.voice.languages
            or any(_primary(language) in languages for language in entry.voice.languages)
        )
    )


def searched_words(entry: VoiceEntry) -> str:
    """Return the words of an entry that a search without a network looks into, in small letters."""
    words = (entry.voice.name, entry.author, entry.description, *entry.tags, *entry.voice.languages)
    return "\n".join(words).casefold()


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()
