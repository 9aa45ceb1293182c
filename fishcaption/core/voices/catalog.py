"""Entries of a service's library of voices, what keeps one from being used, and a search of the library.

Facts about the library are from Fish Audio's REST reference (GET /model). What comes from there is bounded
and plain text when it is in an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple

from fishcaption.core.speech import Provider, Voice

Sort = Literal["score", "task_count", "created_at"]
"""The service's orders: by its own score, by how much a voice is used, or the newest first."""


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
        """Whose voice it is."""
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
