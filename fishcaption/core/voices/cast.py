"""The cast: which parts of a text are said by which speaker, by the names that stand before them.

A name counts only where it has a voice in the cast: in any other text "NOTE:" is a word like all others, and
nothing is left unspoken by mistake. `core.voices.speaker_names` knows the forms of a name before a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from fishcaption.core.text.folding import folded
from fishcaption.core.voices.speaker_names import NamedLine, named_line, recognized

_Voice = TypeVar("_Voice")

MOST_SPEAKERS = 200
"""Names that a cast may hold."""


class SpokenPart(NamedTuple):
    """A stretch [start, end) of a text and who says it; an empty speaker is the chosen voice's.

    What stands between two parts is not spoken: names, and blanks.
    """

    start: int
    end: int
    speaker: str = ""


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
