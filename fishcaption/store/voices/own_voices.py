"""The user's own voices as this computer knows them: which account each belongs to, what it was made of.

The service's list is what counts; this file says the rest, and what there is while the service cannot be
asked. It holds no key and no recording.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from fishcaption.core.bounded_json import exactly, few, parsed
from fishcaption.core.errors import InputError
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.cloning import (
    DESCRIPTION_LENGTH,
    MOST_CLIPS,
    MOST_TAGS,
    TAG_LENGTH,
    ClipQuality,
    Visibility,
    VoiceDetails,
)
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole

MOST_VOICES: Final = 1000

_WHAT: Final = "The list of your own voices"
_FORMAT: Final = "fishcaption own voices"
_MOST_BYTES: Final = 8 << 20
_LONGEST: Final = 200


class KnownVoice(NamedTuple):
    """A voice of the user's at the service. Empty words are not known.

    ``account`` is the id of its account there, ``key`` the id of the key that made it (empty: the one key),
    ``collection`` the recordings it was made of. ``created`` is as the service writes it.
    """

    id: str
    details: VoiceDetails
    languages: tuple[str, ...] = ()
    account: str = ""
    key: str = ""
    collection: str = ""
    created: str = ""
    quality: tuple[ClipQuality, ...] = ()


def own_voices_path() -> Path:
    """Return the file of the list."""
    return data_dir() / "own-voices.json"


def load(path: Path) -> tuple[dict[str, KnownVoice], str]:
    """Return the voices by their ids, and a sentence where something in the file cannot be used."""
    content, told = intact.read(path, _WHAT, _MOST_BYTES)
    if content is None:
        return {}, told
    try:
        voices, bad = decoded(content)
    except InputError:
        return {}, f"{_WHAT} could not be read. {intact.put_aside(path)}"
    if bad:
        told = f"{_WHAT} could not be read in part. {intact.copy_aside(path, content)}"
    return voices, told


def save(path: Path, voices: Mapping[str, KnownVoice]) -> None:
    """Write the list, or an export of it. Raises StorageError."""
    write_whole(path, encoded(islice(voices.values(), MOST_VOICES)))


def encoded(voices: Iterable[KnownVoice]) -> bytes:
    """Return the file of these voices."""
    plain = {"format": _FORMAT, "voices": [_plain(voice) for voice in voices]}
    return json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def decoded(content: bytes) -> tuple[dict[str, KnownVoice], int]:
    """Return the voices of a file by their ids, and how many could not be read.

    Raises InputError if it is no such file.
    """
    value = parsed(content)
    if (
        not isinstance(value, dict)
        or value.get("format") != _FORMAT
        or not isinstance(value.get("voices"), list)
    ):
        raise InputError("This is no list of own voices.", hint="Choose a file that “Export” has written.")
    found: dict[str, KnownVoice] = {}
    bad = max(0, len(value["voices"]) - MOST_VOICES)
    for raw in value["voices"][:MOST_VOICES]:
        try:
            voice = _voice(exactly(raw, dict))
        except (KeyError, TypeError, ValueError):
            bad += 1
        else:
            found[voice.id] = voice
    return found, bad


def _plain(voice: KnownVoice) -> dict[str, Any]:
    plain: dict[str, Any] = voice._asdict()
    plain["details"] = voice.details._asdict()
    plain["quality"] = [list(one) for one in voice.quality]
    return plain


def _voice(raw: dict[str, Any]) -> KnownVoice:
    number = few(raw["id"], str, 128)
    if not number or not number.isascii() or not number.isprintable() or " " in number:
        raise ValueError(number)
    details = exactly(raw["details"], dict)
    visibility: Visibility = "unlist" if details.get("visibility") == "unlist" else "private"
    return KnownVoice(
        number,
        VoiceDetails(
            _line(details["title"]) or number,
            _line(details.get("description", ""), DESCRIPTION_LENGTH),
            tuple(_line(tag, TAG_LENGTH) for tag in few(details.get("tags", []), list, MOST_TAGS)),
            visibility,
        ),
        tuple(_line(one, 40) for one in few(raw.get("languages", []), list, 100)),
        _line(raw.get("account", "")),
        _line(raw.get("key", "")),
        _line(raw.get("collection", "")),
        _line(raw.get("created", "")),
        tuple(_quality(one) for one in few(raw.get("quality", []), list, MOST_CLIPS)),
    )


def _quality(raw: Any) -> ClipQuality:
    name, seconds, passed, reason, language = few(raw, list, 5)
    if passed is not None:
        exactly(passed, bool)
    if type(seconds) not in (int, float):
        raise TypeError(seconds)
    return ClipQuality(_line(name), float(seconds), passed, _line(reason), _line(language))


def _line(raw: Any, most: int = _LONGEST) -> str:
    return one_line(exactly(raw, str), most)
