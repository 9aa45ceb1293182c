"""Texts of any kind become scripts; a script becomes a text that can be edited, and back.

The text of a script:

    # Opening                a marker with its name, as in Markdown; “#” alone is a marker without a name
    [[Wait for the light]]   a note for the operator, as in Fountain
    ANNA: Good evening.      a speaker (`core.voices.speaker_names`)
    It is good to see you.

    The next cue.            a blank line divides cues, and so does a speaker
    \\# not a marker          a line behind a backslash is taken as it stands
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from fishcaption.core.script.cue_list import LONGEST_CUE, CueList
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.text.unwrap import unwrap
from fishcaption.core.voices.speaker_names import MARKER, NamedLine, is_sure, named_line, recognized

LONGEST_LINE: Final = 240
"""Code points: in a text without blank lines, a longer line becomes groups of sentences (about 15 s each)."""

_HEADING: Final = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING: Final = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_BLANK_LINE: Final = re.compile(r"\n[^\S\n]*\n")


def script_of(text: str, name: str = "", *, language: str = "en") -> Script:
    """Return the script that a text from elsewhere, a file's or a pasted one, is meant to be.

    Lines that a page has broken are joined. Blank lines divide cues; in a text without them, each line is a
    cue, and a long one is cut into groups of sentences. Raises InputError for too many cues.
    """
    text = unwrap(text.strip())
    if _BLANK_LINE.search(text):
        return parse(text, name, language=language)
    return parse(text.replace("\n", "\n\n"), name, language=language, longest=LONGEST_LINE)


def parse(
    text: str,
    name: str = "",
    *,
    known: Iterable[str] = (),
    language: str = "en",
    longest: int = LONGEST_CUE,
) -> Script:
    """Return the script of a text in the form that `to_text` gives. ``known`` are names of speakers.

    Ids count from 1. Raises InputError for too many cues.
    """
    lines = [line.strip() for line in text.split("\n")]
    named = [named_line(line) for line in lines]
    names = recognized((line for line in named if line is not None), known)
    reading = _Reading(CueList(language=language, longest=longest))
    for line, maybe in zip(lines, named, strict=True):
        if not line:
            reading.end_block()
        elif heading := _HEADING.match(line):
            reading.end_cue()
            reading.cues.heading(len(heading[1]), _CLOSING.sub("", heading[2] or ""))
        elif _is_note(line):
            reading.cues.note(line[2:-2])
        elif maybe is not None and maybe.name in names:
            reading.begin(line, maybe)
        else:
            reading.body.append(line[1:] if line[0] == "\\" and _is_special(line[1:]) else line)
    reading.end_cue()
    return reading.cues.script(name)


def to_text(script: Script) -> str:
    """Return the script as a text from which `parse` makes the same script, but for ids and lengths.

    Lengths belong to a subtitle file, and would only be in the way; `editing.edited` keeps them.
    """
    writing = _Writing(script)
    return "\n\n".join(map(writing.block, script.cues)) + ("\n" if script.cues else "")


def as_text(line: str) -> str:
    """Return a line that `parse` takes for this text, whatever it looks like."""
    return f"\\{line}" if _is_special(line) else line


def opens_cue(line: str) -> bool:
    """Return whether a line may begin a cue in the middle of a block: with a name, or as a marker."""
    return named_line(line) is not None or _HEADING.match(line) is not None


class _Reading:
    """The cue that is being read: its speaker and its lines."""

    def __init__(self, cues: CueList) -> None:
        self.cues = cues
        self.body: list[str] = []
        self._speaker = self._aside = ""
        self._opening = ""  # the line with the speaker's name

    def begin(self, line: str, named: NamedLine) -> None:
        """A line with a speaker's name begins a cue."""
        self.end_cue()
        self._speaker, self._aside, self._opening = named.name, named.aside, line
        if named.text:
            self.body.append(named.text)

    def end_block(self) -> None:
        """At a blank line the cue is over; a name that stands alone belongs to the text behind the line."""
        if self.body:
            self.end_cue()

    def end_cue(self) -> None:
        """The cue is over, whatever follows."""
        if self.body:
            self.cues.note(self._aside)
            self.cues.add("\n".join(self.body), speaker=self._speaker)
        elif self._opening:
            self.cues.add(self._opening)  # a name with no text: no word is lost
        self.body, self._speaker, self._aside, self._opening = [], "", "", ""


class _Writing:
    """The lines of cues, with marks only where they are needed."""

    def __init__(self, script: Script) -> None:
        self._prefixes = Counter(cue.speaker for cue in script.cues if cue.speaker)
        lines = (line for cue in script.cues for line in cue.text.split("\n"))
        self._said = Counter(named.name for line in lines if (named := named_line(line)) is not None)

    def block(self, cue: ScriptCue) -> str:
        """Return the lines of one cue."""
        notes = [line for line in cue.note.split("\n") if line]
        lines: list[str] = []
        if cue.is_marked:
            is_title = (
                bool(notes) and notes[0] == " ".join(notes[0].split()) and not _CLOSING.search(notes[0])
            )
            title = notes[0] if is_title else ""
            lines.append(f"# {title}".rstrip())
            notes = notes[bool(title) :]
        lines += [f"[[{note}]]" for note in notes]
        first, *others = cue.text.split("\n")
        lines.append(f"{self._prefix(cue.speaker)} {first}" if cue.speaker else self._plain(first))
        return "\n".join([*lines, *map(self._plain, others)])

    def _prefix(self, name: str) -> str:
        """Return the name with its colon, and with the marker where it would not be recognized."""
        alone = f"{name}:"
        found = named_line(alone)
        is_plain = found is not None and found.name == name and not found.is_marked
        is_recognized = is_plain and (is_sure(name) or self._prefixes[name] > 1)
        return alone if is_recognized else f"{MARKER}{alone}"

    def _plain(self, line: str) -> str:
        """Return a line of a cue's text, behind a backslash if it would be taken for something else."""
        named = named_line(line)
        if named is not None and not named.is_marked:
            name = named.name
            is_taken = is_sure(name) or name in self._prefixes or self._said[name] > 1
        else:
            is_taken = _is_special(line)
        return f"\\{line}" if is_taken else line


def _is_note(line: str) -> bool:
    return line.startswith("[[") and line.endswith("]]") and len(line) > 3


def _is_special(line: str) -> bool:
    """Return whether a line could be anything but text, or begins with backslashes before such a line."""
    bare = line.lstrip("\\")
    return bool(_HEADING.match(bare)) or _is_note(bare) or named_line(bare) is not None
