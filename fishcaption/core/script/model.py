"""A script and its cues, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class ScriptCue:
    """A part of a script that one key speaks: a line, a sentence, a slide.

    ``id`` stays with the cue while the script is edited. ``text`` is shown text: it may have Markdown and
    tags. ``speaker`` is a name, or empty. ``note`` is for the operator alone. ``seconds`` is the length that
    a subtitle file gives, None if it gives none.
    """

    id: int
    text: str
    speaker: str = ""
    note: str = ""
    seconds: float | None = None
    is_marked: bool = False


@dataclass(frozen=True)
class Script:
    """A list of cues; ``name`` is the file's name without its folder, or empty.

    ``problems`` are sentences about the parts of a file that could not be used as they were meant.
    ``last_id`` is the largest id that any cue of this script ever had: a new cue never gets the id of one
    that was deleted, and so never its sound.
    """

    name: str = ""
    cues: tuple[ScriptCue, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)
    last_id: int = field(default=0, compare=False)

    @cached_property
    def places(self) -> dict[int, int]:
        """The place of each cue in `cues`, by id."""
        return {cue.id: place for place, cue in enumerate(self.cues)}

    def speakers(self) -> tuple[str, ...]:
        """Return the names of the speakers, in the order in which they come."""
        return tuple(dict.fromkeys(cue.speaker for cue in self.cues if cue.speaker))
