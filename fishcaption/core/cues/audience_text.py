"""The audience's text: shown text without tags and Markdown marks, with the places of its characters.

Nothing is added but what parts two cells of a table, and no word is lost: a link shows its words, a picture
its description, code and tables their words. What is shown and what is spoken are judged by the same reader
of Markdown (`core.normalization.markdown`), sentence by sentence, so the cost of a text that grows is that of
what came last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Final, NamedTuple

from fishcaption.core.normalization.markdown import MarkRemover
from fishcaption.core.text.readings import Edit
from fishcaption.core.text.segmentation import segments
from fishcaption.core.text.tags import is_tag

_SIGNS: Final = re.compile(r"[*_`~\[<\\|#>&]|^[ \t]*(?:[-+=•‣▪◦]|:-)", re.MULTILINE)


class AudienceText(NamedTuple):
    """A plain text, and the place of each of its characters, and of its end, in the shown text.

    ``places`` has one more entry than the text, and never falls. Text that stands for other text (`&` for
    `&amp;`) has the place where that begins.
    """

    text: str
    places: Sequence[int]

    def shown(self, point: int) -> int:
        """Return the place in the shown text of a point of the plain text."""
        return self.places[point]

    def plain(self, place: int) -> int:
        """Return the point of the plain text for a place in the shown text; from a mark, what follows it."""
        if isinstance(self.places, range):
            return min(max(0, place - self.places.start), len(self.text))
        return min(bisect_left(self.places, place), len(self.text))

    def part(self, start: int, end: int) -> AudienceText:
        """Return the plain text [start, end)."""
        return AudienceText(self.text[start:end], self.places[start : end + 1])

    def joined(self, other: AudienceText) -> AudienceText:
        """Return this text and the one that follows it in the shown text."""
        if not self.text:
            return other
        mine, others = self.places, other.places
        if isinstance(mine, range) and isinstance(others, range) and mine[-1] == others[0]:
            return AudienceText(self.text + other.text, range(mine[0], others[-1] + 1))
        return AudienceText(self.text + other.text, [*mine[:-1], *others])


NOTHING: Final = AudienceText("", range(1))
"""An empty text, which `AudienceText.joined` leaves out."""


class AudienceReader:
    """Takes the sentences of a shown text, in order, and returns what the audience sees of each.

    A piece ends where a sentence or a bounded part of one does (`core.text.segmentation.Segmenter`).
    """

    def __init__(self) -> None:
        self._marks = MarkRemover(marks_go=True, code_is_read=False, is_spoken=False)
        self._last = "\n"  # the last character of the plain text
        self._follows_tag = False

    def copy(self) -> AudienceReader:
        """Return another reader that goes on from here; this one stays as it is."""
        other = copy(self)
        other._marks = self._marks.copy()
        return other

    def take(self, piece: str, start: int = 0) -> AudienceText:
        """Return what the audience sees of the next piece, which begins at ``start`` of the shown text."""
        plain = AudienceText(piece, range(start, start + len(piece) + 1))
        if self._marks.is_busy or _SIGNS.search(piece):
            plain = _edited(plain, self._marks.edits(piece))
            if "&" in plain.text:
                from fishcaption.core.text.characters import entities  # its patterns: for few texts

                plain = _edited(plain, entities(plain.text))
        else:
            self._marks.pass_over(piece)
        if not plain.text.isascii() or self._follows_tag:
            plain = _edited(plain, self._tags(plain.text))
        self._last = plain.text[-1:] or self._last
        return plain

    def _tags(self, text: str) -> list[Edit]:
        """Return edits that drop tags, and the second of two blanks around one: see `tags.visible`."""
        found: list[Edit] = []
        last = self._last
        for index, character in enumerate(text):
            is_doubled = self._follows_tag and character == " " and last.isspace()
            self._follows_tag = is_tag(character)
            if self._follows_tag or is_doubled:
                found.append((index, index + 1, ""))
            else:
                last = character
        return found


def audience_text(text: str, language: str = "en") -> AudienceText:
    """Return what an audience sees of a whole text; ``language`` is the code by whose rules sentences end."""
    reader = AudienceReader()
    texts: list[str] = []
    places: list[int] = []
    start = 0
    for piece in segments(text, language):
        found = reader.take(piece, start)
        texts.append(found.text)
        places += found.places[:-1]
        start += len(piece)
    return AudienceText("".join(texts), [*places, start])


def _edited(plain: AudienceText, edits: Iterable[Edit]) -> AudienceText:
    parts: list[str] = []
    moved: list[int] = []
    at = 0
    text, places = plain
    for start, end, new in edits:
        if start < at:
            continue
        parts += text[at:start], new
        moved += places[at:start]
        moved += [places[start]] * len(new)
        at = end
    if not at:
        return plain
    return AudienceText("".join((*parts, text[at:])), [*moved, *places[at:]])
