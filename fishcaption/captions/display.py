"""The values that outlets are given: a caption as an audience sees it, and the display at one moment."""

from __future__ import annotations

from typing import NamedTuple


class CueWord(NamedTuple):
    """One word of a caption with the marks and the blank behind it.

    [``start``, ``end``) are code points of line number ``line``. The words of a caption tile its lines, in
    the order in which they are heard. ``offset_seconds`` is the time from the caption's first word to this
    one, as the voice says it without a pause; 0.0 where no time is known.
    """

    line: int
    start: int
    end: int
    offset_seconds: float = 0.0
    place: int = 0


class AudienceCue(NamedTuple):
    """A caption as an audience sees it: plain text without tags.

    ``id`` grows from caption to caption of one layout, and stays while words are heard or the text is
    revised. ``heard`` words were heard or are being heard. ``is_settled``: its lines do not change any more.
    ``moment`` is when its first word was heard, by `time.perf_counter`. ``text_id`` is of the text that it is
    made of, and ``start`` its place there: who corrects an earlier caption of a text has it shown once more,
    with a new ``id`` and the same place.
    """

    id: int
    lines: tuple[str, ...]
    words: tuple[CueWord, ...]
    heard: int
    is_settled: bool
    moment: float
    speaker: str = ""
    language: str = "en"
    text_id: str = ""
    start: int = 0

    def heard_lines(self) -> tuple[str, ...]:
        """Return the lines as far as their words were heard; lines of which nothing was are left out."""
        ends: dict[int, int] = {}
        for word in self.words[: self.heard]:
            ends[word.line] = word.end
        return tuple(self.lines[line][:end].rstrip() for line, end in ends.items())


class Display(NamedTuple):
    """Everything that an outlet shows from one moment on.

    ``cue`` is None while nothing is shown. ``following`` is the caption that comes next, so that it can be
    drawn before it is due; None if it is not known. ``is_typing``: somebody is typing who lets the audience
    know. ``is_black``: the operator shows nothing on purpose. ``is_rehearsal``: nothing is shown, because the
    show is being rehearsed.
    """

    cue: AudienceCue | None = None
    following: AudienceCue | None = None
    is_paused: bool = False
    is_typing: bool = False
    is_black: bool = False
    is_rehearsal: bool = False
