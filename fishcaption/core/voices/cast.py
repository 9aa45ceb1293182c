"""The cast: which parts of a text are said by which speaker, by the names that stand before them.

A name counts only where it has a voice in the cast: in any other text "NOTE:" is a word like all others, and
nothing is left unspoken by mistake. `core.voices.speaker_names` knows the forms of a name before a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Voice
from fishcaption.core.text.folding import folded
from fishcaption.core.text.scripts import runs
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.presets import Preset, Presets, voice_in
from fishcaption.core.voices.speaker_names import NamedLine, named_line, recognized

_Voice = TypeVar("_Voice")

MOST_TOGETHER = 20
"""Speakers of one conversation with a service: as many as were seen to stay apart."""

MOST_SPEAKERS = 200
"""Names that a cast may hold."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The voices of speakers by name, or their presets, and the voices of scripts, such as "Cyrillic".

    ``says_names``: the names before lines are spoken, too. ``presets`` are the ids of the presets that
    speakers have; `resolved` looks for them. ``silent`` are the speakers whose preset is gone: nobody speaks
    for them.
    """

    speakers: Mapping[str, Voice | Preset] = field(default_factory=dict)
    scripts: Mapping[str, Voice] = field(default_factory=dict)
    says_names: bool = False
    presets: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def resolved(self, presets: Presets) -> Cast:
        """Return it with the presets themselves in the place of the voices of those who have one."""
        if not self.presets:
            return self
        found = {name: presets.get(id) for name, id in self.presets.items()}
        there = {name: preset for name, preset in found.items() if preset is not None}
        silent = frozenset(name for name, preset in found.items() if preset is None)
        return replace(self, speakers={**self.speakers, **there}, silent=silent)

    def with_speaker(self, name: str, who: Voice | Preset | None) -> Cast:
        """Return it with another voice or preset for a speaker; None: none of their own.

        Raises InputError where there are too many speakers.
        """
        speakers = {known: own for known, own in self.speakers.items() if known != name}
        presets = {known: id for known, id in self.presets.items() if known != name}
        if who is not None:
            if len(speakers) >= MOST_SPEAKERS:
                raise InputError(f"At most {MOST_SPEAKERS} speakers can have a voice of their own.")
            speakers[name] = voice_in(who)
        if isinstance(who, Preset):
            presets[name] = who.id
        return replace(self, speakers=speakers, presets=presets)


class SpokenPart(NamedTuple):
    """A stretch [start, end) of a text and who says it; an empty speaker is the chosen voice's.

    What stands between two parts is not spoken: names, and blanks.
    """

    start: int
    end: int
    speaker: str = ""


def speaker_mark(number: int) -> str:
    """Return the mark behind which the speaker of this number (from 0) speaks, in models of the S2 family."""
    return f"<|speaker:{number}|>"


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a text that look like speakers', in the order in which they come."""
    found = [line for _, line in _named(text)]
    known = recognized(found)
    return tuple(dict.fromkeys(line.name for line in found if line.name in known))


def voice_of(name: str, cast: Mapping[str, _Voice]) -> _Voice | None:
    """Return the voice of a name, however it is written; None: it has none."""
    if name in cast:
        return cast[name]
    wanted = folded(name)
    return next((voice for known, voice in cast.items() if folded(known) == wanted), None)


def spoken_parts(text: str, names: Iterable[str], *, says_names: bool = False) -> tuple[SpokenPart, ...]:
    """Return the parts of a text by speaker. ``names`` are those of the cast; others are no speakers'.

    A part goes on until the next name; ``says_names``: the name belongs to the part.
    """
    known = {folded(name): name for name in names}
    parts: list[SpokenPart] = []
    start, speaker = 0, ""
    for (line_start, said_start), line in _named(text) if known else ():
        name = known.get(folded(line.name))
        if name is None:
            continue
        _add(parts, text, start, line_start, speaker)
        start, speaker = line_start if says_names else said_start, name
    _add(parts, text, start, len(text), speaker)
    return tuple(parts)


class VoicedPart(NamedTuple):
    """A stretch [start, end) of a text and the voice or preset that says it; None: the chosen one."""

    start: int
    end: int
    voice: Voice | Preset | None


def preset_is_gone(speaker: str) -> InputError:
    """Return the error of a speaker for whom nobody speaks."""
    return InputError(
        f"The preset that {one_line(speaker, 40)} speaks with is not there any more. Nothing was said.",
        hint="Choose a voice or another preset in Speakers.",
    )


def silent_speaker(text: str, cast: Cast) -> str:
    """Return the first speaker of a text for whom nobody can speak; empty: there is none."""
    if not cast.silent:
        return ""
    parts = spoken_parts(text, cast.speakers, says_names=cast.says_names)
    return next((part.speaker for part in parts if part.speaker in cast.silent), "")


def voiced_parts(text: str, cast: Cast) -> tuple[VoicedPart, ...]:
    """Return the parts of a text by voice: by the names before its lines and, in each, by its scripts.

    Only scripts that have a voice in the cast change the voice. Parts that follow each other with the same
    voice, without a name between them, are one.
    """
    found: list[VoicedPart] = []
    for part in spoken_parts(text, cast.speakers, says_names=cast.says_names):
        voice = voice_of(part.speaker, cast.speakers) if part.speaker else None
        stretches = _by_script(text[part.start : part.end], cast.scripts) if cast.scripts else ()
        for start, end, script in stretches or ((0, part.end - part.start, ""),):
            found.append(VoicedPart(part.start + start, part.start + end, cast.scripts.get(script, voice)))
    return tuple(found)


def _by_script(text: str, scripts: Mapping[str, Voice]) -> list[tuple[int, int, str]]:
    """Return the stretches of a text by script, of those that have a voice; all others are one ("")."""
    found: list[tuple[int, int, str]] = []
    for start, end, script in runs(text):
        name = script if script in scripts else ""
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], end, name)
        else:
            found.append((start, end, name))
    trimmed = []
    for start, end, name in found:
        said = text[start:end]
        bare = (start + len(said) - len(said.lstrip()), start + len(said.rstrip()), name)
        if bare[0] < bare[1]:
            trimmed.append(bare)
    return trimmed


def _add(parts: list[SpokenPart], text: str, start: int, end: int, speaker: str) -> None:
    said = text[start:end]
    end = start + len(said.rstrip())
    start += len(said) - len(said.lstrip())
    if start < end:
        parts.append(SpokenPart(start, end, speaker))


def _named(text: str) -> list[tuple[tuple[int, int], NamedLine]]:
    """Return the lines that may begin with a name; with each where it begins, and the words behind it."""
    found = []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        named = named_line(bare)
        if named is not None:
            start = at + len(line) - len(line.lstrip())
            found.append(((start, start + len(bare) - len(named.text)), named))
        at += len(line)
    return found
