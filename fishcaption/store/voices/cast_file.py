"""The cast on disk: plain JSON for people to read, mend and take along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.core.speech import Voice
from fishcaption.core.voices.cast import MOST_SPEAKERS, Cast
from fishcaption.core.voices.presets import voice_in
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole
from fishcaption.store.settings_file import voice_as_plain, voice_from_plain

_VERSION: Final = 1
_MOST_BYTES: Final = 4 << 20
_LONGEST_NAME: Final = 80
_LONGEST_ID: Final = 40


def cast_path() -> Path:
    """The file of the cast."""
    return data_dir() / "cast.json"


def load(path: Path) -> tuple[Cast, str]:
    """Return the cast, and a sentence about what was wrong with the file. Never raises.

    What cannot be used is left out; the file as it was is kept beside it.
    """
    content, told = intact.read(path, "The voices of your speakers", _MOST_BYTES)
    if content is None:
        return Cast(), told
    try:
        value = parsed(content)
    except InputError:
        value = None
    if not isinstance(value, dict):
        return Cast(), f"The voices of your speakers could not be read. {intact.put_aside(path)}"
    speakers, is_whole = _voices(value.get("speakers"))
    scripts, are_whole = _voices(value.get("scripts"))
    told = ""
    if not (is_whole and are_whole):
        told = f"Some voices of your speakers could not be used. {intact.copy_aside(path, content)}"
    presets = value.get("presets")
    kept = {
        name: id
        for name, id in (presets.items() if isinstance(presets, dict) else ())
        if name in speakers and isinstance(id, str) and len(id) <= _LONGEST_ID
    }
    return Cast(speakers, scripts, value.get("says_names") is True, kept), told


def save(path: Path, cast: Cast) -> None:
    """Write the cast; the file is whole at every moment. Blocks on the disk. Raises StorageError."""
    content = {
        "version": _VERSION,
        "speakers": {name: voice_as_plain(voice_in(who)) for name, who in cast.speakers.items()},
        "presets": dict(cast.presets),
        "scripts": {name: voice_as_plain(voice) for name, voice in cast.scripts.items()},
        "says_names": cast.says_names,
    }
    write_whole(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace"))


def _voices(raw: Any) -> tuple[dict[str, Voice], bool]:
    """Return the voices by name, and whether all of them could be used."""
    if raw is None:
        return {}, True
    if not isinstance(raw, dict):
        return {}, False
    found: dict[str, Voice] = {}
    for name, plain in raw.items():
        try:
            if 0 < len(name) <= _LONGEST_NAME and len(found) < MOST_SPEAKERS:
                found[name] = voice_from_plain(plain)
        except (ValueError, TypeError, LookupError, AttributeError):
            continue
    return found, len(found) == len(raw)
