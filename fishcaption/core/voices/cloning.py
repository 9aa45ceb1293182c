"""A voice of one's own at a service: what it is made of and told, and how the service judges it.

Limits are from Fish Audio's REST reference (POST /model, POST /v1/voice-design). It names none for titles and
descriptions: those are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, Literal, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.models import REQUEST_PRICES
from fishcaption.core.voices.catalog import VoiceEntry

Visibility = Literal["private", "unlist"]
"""Private, or usable by everybody who knows the id. Public is not offered: it grants a licence for ever."""

MOST_CLIPS: Final = 20
TITLE_LENGTH: Final = 80
DESCRIPTION_LENGTH: Final = 500
MOST_TAGS: Final = 10
TAG_LENGTH: Final = 40

DESIGN_MODEL: Final = "voice-design-1"
DESIGN_PRICE: Final = REQUEST_PRICES[DESIGN_MODEL]
"""Dollars for one request of designed voices, however many it asks for."""
DESIGN_LENGTH: Final = 2000
DESIGN_TEXT_LENGTH: Final = 150
MOST_DESIGNS: Final = 4


BEST_REFERENCE_SECONDS: Final = (10.0, 30.0)
"""Of one recording that travels with a session."""
MOST_REFERENCES: Final = 2
MOST_REFERENCE_SECONDS: Final = 40.0
"""Of all recordings that travel with a session: each word waits for them."""


class VoiceDetails(NamedTuple):
    """The words that stand with a voice at its service."""

    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility = "private"


class Clip(NamedTuple):
    """A recording that a voice is made of: a whole file, and its exact words.

    Without words the service listens itself.
    """

    name: str
    audio: bytes
    text: str = ""
    media_type: str = "audio/flac"


class ClipQuality(NamedTuple):
    """The service's verdict on one recording. ``passed`` is None where it does not say."""

    name: str
    seconds: float
    passed: bool | None
    reason: str = ""
    language: str = ""


class Made(NamedTuple):
    """A voice of the account, and the service's verdict on its recordings, where it gives one."""

    entry: VoiceEntry
    quality: tuple[ClipQuality, ...] = ()


class Candidate(NamedTuple):
    """A designed voice that can be heard. ``audio`` is WAV; the signature is bound to these bytes."""

    number: int  # from 1
    audio: bytes
    signature: str
    text: str


class Step(Enum):
    """A step of making a voice."""

    READING = "reading"  # the recordings, from the disk
    LOOKING = "looking"  # whether it is there already, or after an answer was lost
    SENDING = "sending"
    WAITING = "waiting"  # all is sent, the answer has not come
    TRAINING = "training"


class CloneProgress(NamedTuple):
    """Progress of making a voice; ``part`` is of the sending, 0 to 1."""

    step: Step
    part: float = 0.0


def best_takes(seconds: Sequence[float]) -> tuple[int, ...]:
    """Return the places of the recordings to send with each session, by their lengths; the first ones win.

    Recordings of the length that the service asks for come first. Where there are none, the longest of the
    others are taken: they are worse, but they are the person's. None is longer than all may be together.
    """
    low, high = BEST_REFERENCE_SECONDS
    places = [place for place, length in enumerate(seconds) if 0 < length <= MOST_REFERENCE_SECONDS]
    places.sort(key=lambda place: 0.0 if low <= seconds[place] <= high else high + abs(high - seconds[place]))
    chosen: list[int] = []
    left = MOST_REFERENCE_SECONDS
    for place in places:
        if len(chosen) < MOST_REFERENCES and seconds[place] <= left:
            chosen.append(place)
            left -= seconds[place]
    return tuple(sorted(chosen))


def checked(details: VoiceDetails) -> VoiceDetails:
    """Return the details as they are sent. Raises InputError for what is missing or too long."""
    title, description = details.title.strip(), details.description.strip()
    tags = tuple(dict.fromkeys(tag for one in details.tags if (tag := one.strip())))
    if not title:
        raise InputError("The voice has no name.", hint="Write one, such as “My voice”.")
    for what, text, most in (
        ("name", title, TITLE_LENGTH),
        ("description", description, DESCRIPTION_LENGTH),
        *(("tag", tag, TAG_LENGTH) for tag in tags),
    ):
        if len(text) > most:
            raise InputError(f"The {what} is too long: it may have {most} characters.")
    if len(tags) > MOST_TAGS:
        raise InputError(f"There are {len(tags)} tags: a voice may have {MOST_TAGS}.")
    return VoiceDetails(title, description, tags, details.visibility)


def checked_design(description: str, text: str, count: int) -> tuple[str, str]:
    """Return description and text as they are sent. Raises InputError for what the service does not take."""
    description, text = description.strip(), text.strip()
    if not description:
        raise InputError("The voice is not described.", hint="Such as “a calm old man with a low voice”.")
    if len(description) > DESIGN_LENGTH:
        raise InputError(f"The description is too long: it may have {DESIGN_LENGTH} characters.")
    if len(text) > DESIGN_TEXT_LENGTH:
        raise InputError(f"The text is too long: it may have {DESIGN_TEXT_LENGTH} characters.")
    if not 1 <= count <= MOST_DESIGNS:
        raise InputError(f"1 to {MOST_DESIGNS} voices can be designed at once.")
    return description, text
