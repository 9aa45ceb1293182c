"""Fountain (fountain.io): the dialogue of a play or a film becomes a script.

Names stand in capitals on a line behind an empty one; the lines below are spoken. Scenes and acts are
markers, and everything that is not spoken (action, directions in brackets, notes) is a note for the operator.
The title page and what is commented out (`/* … */`) are left out.
"""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.script.cue_list import CueList
from fishcaption.core.script.model import Script
from fishcaption.core.text.readings import words_of

_TITLE: Final = re.compile(r"[A-Za-z][A-Za-z ]{0,30}:")
_TITLE_KEYS: Final = words_of(
    "title credit author authors source notes contact copyright revision date draft"
)
_SCENE: Final = re.compile(r"(?:INT|EXT|EST|I/E|INT\./EXT|INT/EXT)[. ]", re.I)
_SCENE_NUMBER: Final = re.compile(r"\s*#[\w.-]+#\s*$")
_SECTION: Final = re.compile(r"#{1,6}\s*(?=[^#\s])")
_PAGE_BREAK: Final = re.compile(r"={3,}$")
_EXTENSION: Final = re.compile(r"\s*\([^()\n]{0,60}\)")
_NOTE: Final = re.compile(r"\[\[((?:(?!\[\[)[^\n]|\n(?!\n)){0,4000}?)\]\]")
_LONGEST_NAME: Final = 60


def script_of(text: str, name: str = "", *, language: str = "en") -> Script:
    """Return the script of a text in Fountain. Raises InputError for too many cues."""
    cues = CueList(language=language)
    lines = _without_title_page(_without_boneyard(text).split("\n"))
    reading = _Reading(cues)
    is_behind_gap = True
    for number, raw in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        reading.take(raw, is_behind_gap=is_behind_gap, is_before_text=bool(following.strip()))
        is_behind_gap = not raw.strip()
    reading.end()
    return cues.script(name)


class _Reading:
    """The dialogue that is being read."""

    def __init__(self, cues: CueList) -> None:
        self._cues = cues
        self._speaker: str | None = None  # None: no dialogue
        self._said: list[str] = []
        self._note = ""  # the beginning of a note that goes on in the next line

    def take(self, raw: str, *, is_behind_gap: bool, is_before_text: bool) -> None:
        """Take the next line."""
        line = self._without_notes(raw).strip()
        if not line:
            # two blanks keep an empty line inside a dialogue
            if not raw.startswith("  ") and not raw.strip():
                self.end()
        elif self._speaker is not None:
            self._take_dialogue(line)
        elif is_behind_gap and is_before_text and (speaker := _speaker(line)):
            self._speaker = speaker
        else:
            self._take_direction(line)

    def end(self) -> None:
        """The dialogue is over."""
        if self._note:  # it never ended: its words are not lost
            self._cues.note(self._note)
            self._note = ""
        if self._said:
            self._cues.add("\n".join(self._said), speaker=self._speaker or "")
        elif self._speaker is not None:
            self._cues.note(self._speaker)
        self._speaker, self._said = None, []

    def _take_dialogue(self, line: str) -> None:
        if line.startswith("(") and line.endswith(")"):
            self._cues.note(line)
        else:
            self._said.append(line.removeprefix("~").strip())

    def _take_direction(self, line: str) -> None:
        if section := _SECTION.match(line):
            self._cues.mark()
            self._cues.note(line[section.end() :])
        elif _SCENE.match(line) or (line.startswith(".") and line[1:2].isalnum()):
            self._cues.mark()
            self._cues.note(_SCENE_NUMBER.sub("", line.removeprefix(".")))
        elif line.startswith("~"):  # sung by nobody in particular
            self._cues.add(line[1:].strip())
        elif not _PAGE_BREAK.match(line):
            self._cues.note(line.strip("<>").removeprefix("!").removeprefix("=").strip())

    def _without_notes(self, line: str) -> str:
        """Give the notes of a line to the operator; return the rest."""
        if self._note:
            line, self._note = f"{self._note} {line.strip()}", ""
        for note in _NOTE.findall(line):
            self._cues.note(note)
        line = _NOTE.sub("", line)
        start = line.find("[[")
        if start >= 0 and len(line) - start < 4000 and line.strip():
            self._note, line = line[start:], line[:start]
        return line


def _speaker(line: str) -> str:
    """Return the name of a line that names a character; empty for other lines."""
    if line.startswith("!"):
        return ""
    is_forced = line.startswith("@")
    name = _EXTENSION.sub("", line.removeprefix("@").removesuffix("^")).strip()
    if is_forced:
        return name
    is_name = len(name) <= _LONGEST_NAME and name.isupper() and name[0].isalnum()
    is_direction = _SCENE.match(line) or line.endswith((":", ".", "!", "?")) or line.startswith((">", "."))
    return name if is_name and not is_direction else ""


def _without_boneyard(text: str) -> str:
    """Return the text without what is commented out; what never ends is not."""
    parts: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        parts.append(text[at:start])
        at = end + 2
    return "".join(parts) + text[at:]


def _without_title_page(lines: list[str]) -> list[str]:
    """Return the lines behind the title page, which ends at the first empty line."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    opening = _TITLE.match(lines[first]) if first < len(lines) else None
    if opening is None or opening[0].casefold().rstrip(":").split()[0] not in _TITLE_KEYS:
        return lines
    end = next((at for at in range(first, len(lines)) if not lines[at].strip()), len(lines))
    return lines[end:]
