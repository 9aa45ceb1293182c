"""One script as a file: a first line about the script, and one line for each cue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.show import Show
from fishcaption.core.speech import Voice
from fishcaption.store import jsonl
from fishcaption.store.settings_file import voice_as_plain, voice_from_plain

MOST_SPEAKERS: Final = 200
"""Speakers of one script that may have a voice of their own."""

_VERSION: Final = 1
_MOST_CUES: Final = 200_000
_LONGEST_NAME: Final = 300
_MOST_SECONDS: Final = 86_400.0
_WHAT: Final = "Your script"


@dataclass(frozen=True)
class KeptScript:
    """A script as it is kept: the show, the speakers' voices, and the lengths of cues in seconds by id.

    ``spoken_seconds`` are lengths as the voice speaks at the usual speed, ``shown_seconds`` as a person does.
    """

    show: Show = field(default_factory=Show)
    is_muted: bool = False
    is_rehearsal: bool = False
    speakers: Mapping[str, Voice] = field(default_factory=dict)
    spoken_seconds: Mapping[int, float] = field(default_factory=dict)
    shown_seconds: Mapping[int, float] = field(default_factory=dict)
    presets: Mapping[str, str] = field(default_factory=dict)  # ids, of speakers that have one

    @property
    def name(self) -> str:
        """The script's name."""
        return self.show.script.name


@dataclass(frozen=True, slots=True)
class CueLine:
    """All that is written about one cue."""

    cue: ScriptCue
    is_spoken: bool
    spoken_seconds: float | None
    shown_seconds: float | None


def lines_of(kept: KeptScript) -> list[CueLine]:
    """Return what is written about each cue."""
    spoken, show = kept.show.spoken, kept.show
    return [
        CueLine(cue, cue.id in spoken, kept.spoken_seconds.get(cue.id), kept.shown_seconds.get(cue.id))
        for cue in show.script.cues
    ]


def head_of(kept: KeptScript) -> dict[str, Any]:
    """Return the first line's object."""
    show = kept.show
    return {
        "version": _VERSION,
        "name": kept.name,
        "last_id": show.script.last_id,
        "current": show.current,
        "following": show.following,
        "held": show.is_held,
        "muted": kept.is_muted,
        "rehearsal": kept.is_rehearsal,
        "speakers": {name: voice_as_plain(voice) for name, voice in kept.speakers.items()},
        "presets": dict(kept.presets),
    }


def encoded(line: CueLine) -> bytes:
    """Return the line of one cue, with its end."""
    cue = line.cue
    entry: dict[str, Any] = {"id": cue.id, "text": cue.text}
    more = {
        "speaker": cue.speaker,
        "note": cue.note,
        "seconds": cue.seconds,
        "marked": cue.is_marked,
        "spoken": line.is_spoken,
        "spoken_seconds": line.spoken_seconds,
        "shown_seconds": line.shown_seconds,
    }
    return jsonl.line_of(entry | {name: value for name, value in more.items() if value})


def read(path: Path) -> tuple[KeptScript | None, str]:
    """Return a script, None if there is none, and a sentence about what was wrong. Never raises."""
    objects, _, told = jsonl.read(path, _WHAT, _is_ours)
    if not objects:
        return None, told
    head = next((entry for entry in objects if "version" in entry), {})
    cues: dict[int, dict[str, Any]] = {}
    for entry in objects:
        if "version" not in entry and len(cues) < _MOST_CUES:
            cues.setdefault(entry["id"], entry)
    script = Script(
        _text(head.get("name"), _LONGEST_NAME),
        tuple(map(_cue, cues.values())),
        last_id=max((*cues, _whole(head.get("last_id")) or 0), default=0),
    )
    return _with_place(head, script, cues), told


def _with_place(head: Mapping[str, Any], script: Script, cues: Mapping[int, Mapping[str, Any]]) -> KeptScript:
    current, following = _whole(head.get("current")), _whole(head.get("following"))
    if following not in cues:  # behind the last cue, or the first line was lost
        following = None if head.get("following", 0) is None else next(iter(cues), None)
    show = Show(
        script,
        current if current in cues else None,
        following,
        head.get("held") is True,
        frozenset(number for number, entry in cues.items() if entry.get("spoken") is True),
    )
    speakers, presets = _speakers(head.get("speakers")), head.get("presets")
    return KeptScript(
        show,
        head.get("muted") is True,
        head.get("rehearsal") is True,
        speakers,
        _seconds(cues, "spoken_seconds"),
        _seconds(cues, "shown_seconds"),
        {
            name: _text(id, _LONGEST_NAME)
            for name, id in (presets.items() if isinstance(presets, dict) else ())
            if name in speakers
        },
    )


def _is_ours(entry: Mapping[str, Any]) -> bool:
    if "version" in entry:
        return isinstance(entry["version"], int)
    return jsonl.has_text(entry) and _whole(entry.get("id")) is not None


def _cue(entry: Mapping[str, Any]) -> ScriptCue:
    return ScriptCue(
        entry["id"],
        entry["text"],
        _text(entry.get("speaker"), _LONGEST_NAME),
        _text(entry.get("note")),
        _number(entry.get("seconds")),
        entry.get("marked") is True,
    )


def _speakers(raw: object) -> dict[str, Voice]:
    found: dict[str, Voice] = {}
    for name, voice in raw.items() if isinstance(raw, dict) else ():
        with suppress(ValueError, TypeError, LookupError):  # a kind of voice that this version does not know
            if len(found) < MOST_SPEAKERS and len(name) <= _LONGEST_NAME:
                found[name] = voice_from_plain(voice)
    return found


def _seconds(cues: Mapping[int, Mapping[str, Any]], name: str) -> dict[int, float]:
    found = ((number, _number(entry.get(name))) for number, entry in cues.items())
    return {number: seconds for number, seconds in found if seconds is not None}


def _text(raw: object, longest: int | None = None) -> str:
    return raw[:longest] if isinstance(raw, str) else ""


def _whole(raw: object) -> int | None:
    return raw if type(raw) is int and 0 < raw < 1 << 53 else None


def _number(raw: object) -> float | None:
    if type(raw) not in (int, float) or not math.isfinite(raw) or not 0 < raw <= _MOST_SECONDS:  # type: ignore[arg-type, operator]  # a number
        return None
    return float(raw)  # type: ignore[arg-type]  # as above
