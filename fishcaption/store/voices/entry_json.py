"""An entry of a library as JSON, and back: whatever stands in a file, only a whole entry comes out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from fishcaption.core.bounded_json import exactly, few, parsed
from fishcaption.core.errors import InputError
from fishcaption.core.speech import VOICE_KINDS, Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoiceSample, VoiceState

_LONGEST: Final = 2000  # of any text in it
_MOST: Final = 100  # of any list in it


def to_json(entry: VoiceEntry) -> str:
    """Return the entry as JSON on one line."""
    plain = {
        "provider": entry.provider,
        "id": entry.id,
        "name": entry.voice.name,
        "languages": entry.voice.languages,
        "state": entry.state.value,
        "description": entry.description,
        "tags": entry.tags,
        "author": entry.author,
        "author_id": entry.author_id,
        "cover_url": entry.cover_url,
        "samples": [list(sample) for sample in entry.samples],
        "visibility": entry.visibility,
        "is_own": entry.is_own,
        "is_licensed": entry.is_licensed,
        "likes": entry.likes,
        "uses": entry.uses,
        "created": entry.created,
        "retires_on": entry.retires_on.isoformat() if entry.retires_on is not None else "",
    }
    return json.dumps(plain, ensure_ascii=False)


def from_json(text: str) -> VoiceEntry | None:
    """Return the entry; None if the text is not one of ours."""
    try:
        raw = exactly(parsed(text), dict)
        provider = raw["provider"]
        if provider not in VOICE_KINDS:
            return None
        return VoiceEntry(
            Voice(provider, _text(raw["id"]), _text(raw["name"]), _texts(raw["languages"])),
            VoiceState(raw["state"]),
            description=_text(raw["description"]),
            tags=_texts(raw["tags"]),
            author=_text(raw["author"]),
            author_id=_text(raw["author_id"]),
            cover_url=_text(raw["cover_url"]),
            samples=tuple(VoiceSample(*_three(one)) for one in few(raw["samples"], list, _MOST)),
            visibility=_text(raw["visibility"]),
            is_own=exactly(raw["is_own"], bool),
            is_licensed=exactly(raw["is_licensed"], bool),
            likes=exactly(raw["likes"], int),
            uses=exactly(raw["uses"], int),
            created=_text(raw["created"]),
            retires_on=date.fromisoformat(raw["retires_on"]) if raw["retires_on"] else None,
        )
    except (InputError, KeyError, TypeError, ValueError):
        return None


def _text(raw: Any) -> str:
    return str(few(raw, str, _LONGEST))


def _texts(raw: Any) -> tuple[str, ...]:
    return tuple(_text(one) for one in few(raw, list, _MOST))


def _three(raw: Any) -> tuple[str, str, str]:
    title, text, url = _texts(raw)
    return title, text, url
