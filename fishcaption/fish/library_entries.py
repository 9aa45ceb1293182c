"""Entries of the library, read from a service's answers: bounded, and plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from fishcaption.core.speech import Provider, Voice
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.catalog import VoiceEntry, VoiceSample, VoiceState
from fishcaption.fish.endpoint import Endpoint

FILES_URL: Final = "https://public-platform.r2.fish.audio/"
"""Address of Fish Audio's covers and samples, if the service tells only a path."""

_NAME_LENGTH = 100
_TEXT_LENGTH = 500
_TAG_LENGTH = 40
_URL_LENGTH = 2000
_MOST_TAGS = 30
_MOST_LANGUAGES = 100
_MOST_SAMPLES = 5
_MOST_COUNT = 10**12

_ID = re.compile(r"[\x21-\x7e]{1,128}")
_LANGUAGE = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}")
_STATES = {
    "trained": VoiceState.READY,
    "created": VoiceState.TRAINING,
    "training": VoiceState.TRAINING,
    "failed": VoiceState.FAILED,
}


def entry_of(
    item: object, provider: Provider, endpoint: Endpoint, day: date, *, is_own: bool = False
) -> VoiceEntry | None:
    """Return the entry of one item of an answer; None for one that has no id a voice could have.

    ``day`` is today, by which a voice that goes on a date may be gone.
    """
    if not isinstance(item, dict):
        return None
    if not (id_ := voice_id(item.get("_id"))):
        return None
    author = item.get("author")
    author = author if isinstance(author, dict) else {}
    state, goes = _state(item, day)
    voice = Voice(provider, id_, _line(item.get("title"), _NAME_LENGTH) or id_, _languages(item))
    return VoiceEntry(
        voice,
        state,
        description=_line(item.get("description"), _TEXT_LENGTH),
        tags=_lines(item.get("tags"), _TAG_LENGTH, _MOST_TAGS),
        author=_line(author.get("nickname"), _NAME_LENGTH),
        author_id=_line(author.get("_id"), _NAME_LENGTH),
        cover_url=_address(item.get("cover_image"), endpoint, small=True),
        samples=_samples(item.get("samples"), endpoint),
        visibility=_line(item.get("visibility"), _TAG_LENGTH),
        is_own=is_own,
        is_licensed=item.get("licensed") is True,
        likes=_count(item.get("like_count")),
        uses=_count(item.get("task_count")),
        created=_line(item.get("created_at"), _TAG_LENGTH),
        retires_on=goes,
    )


def voice_id(value: object) -> str:
    """Return an id as a service gives it; empty for what is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _state(item: Mapping[str, Any], day: date) -> tuple[VoiceState, date | None]:
    """Return the state, and the day on which the voice goes, if it does."""
    goes = _day(item.get("pvc_retire_effective_at"))
    if item.get("dmca_taken_down") is True or item.get("takedown_category") in ("dmca", "policy"):
        return VoiceState.TAKEN_DOWN, goes
    if item.get("type", "tts") != "tts":
        return VoiceState.NOT_SPEECH, goes
    state = item.get("state", "trained")
    trained = _STATES.get(state, VoiceState.FAILED) if isinstance(state, str) else VoiceState.FAILED
    if not trained.can_speak:
        return trained, goes
    if item.get("pvc_release_state") == "retired" or (goes is not None and goes <= day):
        return VoiceState.RETIRED, goes
    if item.get("pvc_release_state") == "retiring" or goes is not None:
        return VoiceState.RETIRING, goes
    return VoiceState.READY, None


def _samples(value: object, endpoint: Endpoint) -> tuple[VoiceSample, ...]:
    """Return the recordings; the service tells them as a list, or one as a map of its own."""
    found = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    samples: list[VoiceSample] = []
    for one in found[:_MOST_SAMPLES]:
        url = _address(one.get("audio"), endpoint) if isinstance(one, dict) else ""
        if url:
            samples.append(
                VoiceSample(_line(one.get("title"), _NAME_LENGTH), _line(one.get("text"), _TEXT_LENGTH), url)
            )
    return tuple(samples)


def _address(value: object, endpoint: Endpoint, *, small: bool = False) -> str:
    """Return a whole address. ``small``: that of a picture of 64 pixels, where Fish Audio makes one."""
    if not isinstance(value, str) or not 0 < len(value) <= _URL_LENGTH or not value.isprintable():
        return ""
    home = endpoint.web("/") if endpoint.is_loopback else FILES_URL
    try:
        whole = urljoin(home, quote(value.strip(), safe="%/:=&?~#+!$,;'@()*[]"))
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    if small and whole.startswith(FILES_URL):
        return f"{FILES_URL}cdn-cgi/image/width=64,format=webp/{whole.removeprefix(FILES_URL)}"
    return whole


def _languages(item: Mapping[str, Any]) -> tuple[str, ...]:
    languages = item.get("languages")
    if not isinstance(languages, list):
        return ()
    return tuple(
        language
        for language in languages[:_MOST_LANGUAGES]
        if isinstance(language, str) and _LANGUAGE.fullmatch(language)
    )


def _line(value: object, most: int) -> str:
    return one_line(value, most) if isinstance(value, str) else ""


def _lines(value: object, most: int, many: int) -> tuple[str, ...]:
    found = value[:many] if isinstance(value, list) else []
    return tuple(dict.fromkeys(line for one in found if (line := _line(one, most))))


def _count(value: object) -> int:
    return min(max(value, 0), _MOST_COUNT) if type(value) is int else 0


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) > _TAG_LENGTH:
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None
