"""What of one text was given to a voice: as it is shown, as it is spoken, and the way between the two.

A voice, and the `Timeline` of its sound, know the spoken text only; whoever looks knows the shown one only.
Positions are code points from the text's own start on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.speech import Piece, Span, WordTime
from fishcaption.core.text.segmentation import speakable
from fishcaption.core.text.tags import is_tag


class VoicedPiece(NamedTuple):
    """A piece for the voice, and the same for a timeline: blank where the voice acts and says nothing."""

    piece: Piece
    timed: str


class SpokenMap:
    """Pieces of a text, appended in order. What no voice can say alone goes together with the next piece."""

    def __init__(self, can_say: Callable[[str], bool] = speakable) -> None:
        self._can_say = can_say
        self._parts: list[Normalized] = []
        self._shown: list[int] = []  # where each part begins
        self._spoken: list[int] = []
        self._shown_end = 0
        self._spoken_end = 0
        self._lead = VoicedPiece(Piece(0, ""), "")
        self._marks: list[Span] = []  # what the voice acts on, in the spoken text

    @property
    def has_words(self) -> bool:
        """Whether a voice was given anything to say."""
        return self._lead.piece.start > 0

    def append(self, shown: str, normalized: Normalized) -> VoicedPiece | None:
        """Append a piece; return what the voice is to be given, None where that waits for the next piece."""
        timed = normalized.text
        for start, end, spoken_start, spoken_end in normalized.spans:
            if end - start == 1 and is_tag(shown[start]):
                blanks = " " * (spoken_end - spoken_start)
                timed = timed[:spoken_start] + blanks + timed[spoken_end:]
                self._marks.append(Span(self._spoken_end + spoken_start, self._spoken_end + spoken_end))
        self._parts.append(normalized)
        self._shown.append(self._shown_end)
        self._spoken.append(self._spoken_end)
        self._shown_end += len(shown)
        self._spoken_end += len(normalized.text)
        lead = self._lead
        voiced = VoicedPiece(Piece(lead.piece.start, lead.piece.text + normalized.text), lead.timed + timed)
        is_ready = self._can_say(voiced.piece.text)
        self._lead = VoicedPiece(Piece(self._spoken_end, ""), "") if is_ready else voiced
        return voiced if is_ready else None

    def shown(self, spoken: int) -> int:
        """Where the point stands in what is shown; before a replaced stretch while it is being said."""
        index = bisect_right(self._spoken, spoken) - 1
        if index < 0:
            return 0
        return self._shown[index] + self._parts[index].shown(spoken - self._spoken[index])

    def spoken(self, shown: int) -> int:
        """Where the point stands in what is spoken; a replaced stretch is said from its beginning."""
        index = bisect_right(self._shown, shown) - 1
        if index < 0:
            return 0
        return self._spoken[index] + self._parts[index].spoken(shown - self._shown[index])

    def shown_behind(self, spoken: int) -> int:
        """Where in what is shown that ends which is said before the point; a replaced stretch in full."""
        index = bisect_left(self._spoken, spoken) - 1
        if index < 0:
            return 0
        at = spoken - self._spoken[index]
        return self._shown[index] + self._parts[index].shown_span(at - 1, at)[1]

    def shown_span(self, word: Span) -> Span | None:
        """What is lit while a spoken word is heard; None for one that stands for nothing shown."""
        index = bisect_right(self._spoken, word.start) - 1
        if index < 0:
            return None
        at = self._spoken[index]
        start, end = self._parts[index].shown_span(word.start - at, word.end - at)
        return Span(self._shown[index] + start, self._shown[index] + end) if start < end else None

    def without_marks(self, times: Iterable[WordTime]) -> list[WordTime]:
        """The times without those of what the voice only acts on."""
        if not self._marks:
            return list(times)
        return [time for time in times if not self._is_marked(time.span)]

    def _is_marked(self, span: Span) -> bool:
        index = bisect_right(self._marks, span.start, key=_start) - 1
        near = self._marks[max(0, index) : index + 2]
        return any(mark.start < span.end and span.start < mark.end for mark in near)


def _start(span: Span) -> int:
    return span.start
