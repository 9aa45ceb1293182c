"""Gathers the cues of a script while it is read, the same way for every format."""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.errors import InputError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.text.segmentation import segments
from fishcaption.core.voices.speaker_names import LONGEST_MARKED_NAME

MOST_CUES: Final = 200_000
"""Cues of a script: far more than any show has, and few enough to be held in memory."""

LONGEST_CUE: Final = 2_000
"""Code points of a cue: about two minutes of speech. A longer text is cut at ends of sentences."""

_LONGEST_NOTE: Final = 2_000
_COLON: Final = re.compile("[:：]")


class CueList:
    """Cues in the order in which they come.

    A heading is a note and a marker of the text behind it. One that no text follows before the next heading
    of its level or a higher one is spoken itself: in slides with a line each, nothing else would be there.
    A note belongs to the text behind it, or to the last text if none follows.
    """

    def __init__(self, *, language: str = "en", longest: int = LONGEST_CUE) -> None:
        """``language`` is the two-letter code by whose rules sentences end."""
        self._language = language
        self._longest = longest
        self._cues: list[ScriptCue] = []
        self._headings: list[tuple[int, str]] = []  # levels and titles that wait for their text
        self._notes: list[str] = []  # of the text that comes
        self._problems: list[str] = []
        self._is_marked = False

    def tell(self, sentence: str) -> None:
        """Say about a part of the file that it could not be used as it was meant."""
        self._problems.append(sentence)

    def mark(self) -> None:
        """Set a marker at the text that comes."""
        self._is_marked = True

    def heading(self, level: int, title: str) -> None:
        """Take a heading; level 1 is the highest. An empty one is a marker without a name."""
        title = " ".join(title.split())
        self._say_headings(level)
        if title:
            self._headings.append((level, title))
        else:
            self.mark()

    def note(self, text: str) -> None:
        """Take a note for the operator about the text that comes."""
        self._notes += _lines(text)

    def add(self, text: str, *, speaker: str = "", seconds: float | None = None) -> None:
        """Take the text of a cue; a blank one is none. A long one becomes several, without a length."""
        lines = _lines(text)
        if not lines:
            return
        notes = [title for _, title in self._headings] + self._notes
        is_marked = self._is_marked or bool(self._headings)
        self._headings, self._notes, self._is_marked = [], [], False
        parts = cut(lines, self._longest, self._language)
        for index, part in enumerate(parts):
            self._append(
                part,
                speaker=_name(speaker),
                note="\n".join(notes)[:_LONGEST_NOTE].rstrip() if index == 0 else "",
                seconds=seconds if len(parts) == 1 else None,
                is_marked=is_marked and index == 0,
            )

    def script(self, name: str = "") -> Script:
        """Return the script; nothing may be added afterwards."""
        self._say_headings(0)
        if self._notes and self._cues:
            self._append_note(self._notes)
        return Script(name, tuple(self._cues), tuple(self._problems), len(self._cues))

    def _say_headings(self, level: int) -> None:
        """Make a cue of a heading that another one of this level leaves without a text."""
        if self._headings and self._headings[-1][0] >= level:
            _, title = self._headings.pop()
            self.mark()
            self.add(title)

    def _append(self, text: str, *, speaker: str, note: str, seconds: float | None, is_marked: bool) -> None:
        if len(self._cues) == MOST_CUES:
            raise InputError(
                f"This script has more than {MOST_CUES:,} cues.", hint="Divide it into several files."
            )
        self._cues.append(ScriptCue(len(self._cues) + 1, text, speaker, note, seconds, is_marked))

    def _append_note(self, lines: list[str]) -> None:
        last = self._cues[-1]
        note = "\n".join([last.note, *lines] if last.note else lines)[:_LONGEST_NOTE].rstrip()
        self._cues[-1] = ScriptCue(last.id, last.text, last.speaker, note, last.seconds, last.is_marked)


def cut(lines: list[str], most: int, language: str = "en") -> list[str]:
    """Return the lines as one text, or as several of at most so many code points, cut at ends of sentences.

    A line that is not too long is kept whole. Sentences are grouped as far as they fit.
    """
    whole = "\n".join(lines)
    if len(whole) <= most:
        return [whole]
    parts: list[str] = []
    for line in lines:
        pieces = segments(line, language) if len(line) > most else [line]
        is_new = True
        for piece in pieces:
            joint = "\n" if is_new else ""
            if parts and len(parts[-1]) + len(joint) + len(piece.rstrip()) <= most:
                parts[-1] += joint + piece
            else:
                parts.append(piece)
            is_new = False
    return [stripped for part in parts if (stripped := "\n".join(_lines(part)))]


def _name(speaker: str) -> str:
    """Return a speaker's name as it can be written before a colon."""
    return " ".join(_COLON.sub(" ", speaker).split())[:LONGEST_MARKED_NAME].strip()


def _lines(text: str) -> list[str]:
    """Return the lines that are not blank, without the blanks around them."""
    return [line for raw in text.split("\n") if (line := raw.strip())]
