"""The terms of a server: what it accepts and costs, and how it behaves where services have differed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

MODELS: Final = (
    "s2.1-pro",
    "s2.1-pro-free",
    "s2-pro",
    "s1",
    "drama-3-preview",
    "drama-3",
    "speech-1.5",
    "speech-1.6",
)
DEFAULT_MODEL: Final = "s2.1-pro"
"""The model that a missing or unknown ``model`` header stands for."""
FREE_MODEL: Final = "s2.1-pro-free"
PRICE: Final = Decimal(15)
"""Dollars for a million UTF-8 bytes that any other model speaks (the service's documents, models-pricing)."""
DESIGN_PRICE: Final = Decimal("0.01")
"""Dollars for a request for designed voices (the same documents)."""
HOUR_PRICE: Final = Decimal("0.36")
"""Dollars for an hour that is recognised (the same documents)."""

Recogniser = Callable[[bytes, str | None], dict[str, Any]]
"""Given a recording and its language (None: to be found out), it returns the body of an answer of /v1/asr.

It is called in a worker thread, and raises ValueError for what is no recording.
"""


class Switches(NamedTuple):
    """Behaviour that tests of clients turn on. As they are here, the server does as the documents say.

    ``training_seconds``: a new voice is in training so long, and then trained. ``default_visibility``: of a
    voice made without one ("public" in the documents of August 2026, later "private"). ``is_public``: the
    list needs no key. ``window``: a search finds no more than so many voices. ``made_up``: so many voices
    are there besides. ``sample_seconds``: addresses of samples expire. ``several``: what comes of a request
    with several speakers; "cut": nothing after its first chunk, as others have measured. ``most_sessions``:
    live sockets at a time. ``deducted_after_seconds``: credit is deducted late. ``has_old_words``: a 402
    does not tell API credit from the web's plan. ``recogniser``: it hears for /v1/asr, which is not there
    without it.
    """

    training_seconds: float = 0.0
    default_visibility: Literal["public", "private"] = "public"
    is_public: bool = False
    window: int | None = None
    made_up: int = 0
    sample_seconds: int | None = None
    several: Literal["spoken", "cut", "refused"] = "spoken"
    most_sessions: int | None = None
    deducted_after_seconds: float = 0.0
    has_old_words: bool = False
    recogniser: Recogniser | None = None


AS_DOCUMENTED: Final = Switches()


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the server. ``credit`` in dollars; without it every model but the free one is refused.

    ``reuses_sockets``: a socket stays open after ``finish``, as it does at the service since 2026.
    ``takes_any_voice``: any id stands for the default voice.
    """

    key: str = field(repr=False)
    credit: Decimal = Decimal(1000)
    reuses_sockets: bool = True
    takes_any_voice: bool = False
    switches: Switches = AS_DOCUMENTED


def model_of(header: str | None) -> str:
    """Return the model that a ``model`` header stands for."""
    return header if header in MODELS else DEFAULT_MODEL
