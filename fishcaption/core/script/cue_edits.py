"""A script after one of its cues was edited, added or deleted in a list of cues.

Each function returns a new script; all other cues are the same objects as before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fishcaption.core.script.model import Script, ScriptCue


def with_text(script: Script, cue: int, text: str) -> Script:
    """Return the script with this text in a cue. Raises KeyError for a cue that is not in it."""
    return _with_cue(script, replace(script.cues[script.places[cue]], text=text, seconds=None))


def with_speaker(script: Script, cue: int, speaker: str) -> Script:
    """Return the script with this speaker at a cue. Raises KeyError for a cue that is not in it."""
    return _with_cue(script, replace(script.cues[script.places[cue]], speaker=speaker))


def with_new_cue(script: Script, behind: int | None) -> tuple[Script, int]:
    """Return the script with an empty cue behind this one (None: at the end), and the id of the new cue.

    It has the speaker of the cue before it. Raises KeyError for a cue that is not in the script.
    """
    place = len(script.cues) if behind is None else script.places[behind] + 1
    speaker = script.cues[place - 1].speaker if place else ""
    number = _last_id(script) + 1
    cues = (*script.cues[:place], ScriptCue(number, "", speaker), *script.cues[place:])
    return replace(script, cues=cues, last_id=number), number


def without(script: Script, cues: Collection[int]) -> Script:
    """Return the script without these cues; one that is not in it is no error."""
    left = tuple(cue for cue in script.cues if cue.id not in cues)
    return replace(script, cues=left, last_id=_last_id(script))


def with_script(script: Script, other: Script, behind: int | None) -> Script:
    """Return the script with the cues of another one behind this cue (None: at the end), with new ids.

    Raises KeyError for a cue that is not in the script.
    """
    place = len(script.cues) if behind is None else script.places[behind] + 1
    last = _last_id(script)
    added = tuple(replace(cue, id=last + number) for number, cue in enumerate(other.cues, 1))
    cues = (*script.cues[:place], *added, *script.cues[place:])
    return replace(script, cues=cues, last_id=last + len(added))


def _with_cue(script: Script, cue: ScriptCue) -> Script:
    place = script.places[cue.id]
    return replace(script, cues=(*script.cues[:place], cue, *script.cues[place + 1 :]))


def _last_id(script: Script) -> int:
    return max(script.last_id, max((cue.id for cue in script.cues), default=0))
