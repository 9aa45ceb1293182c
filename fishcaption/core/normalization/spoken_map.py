"""The spoken map: the shown text and the spoken text of one utterance, and the map between the two.

A voice and the `Timeline` of its sound know only the spoken text; windows know only the shown text. Positions
are code points from the start of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.speech import Piece, Span, WordTime
from fishcaption.core.text.segmentation import speakable
from fishcaption.core.text.tags import is_tag

_SPEAKER: Final = re.compile(r"<\|speaker:\d+\|>")


class VoicedPiece(NamedTuple):
    """A piece for the voice, and the same text for a timeline: with blanks for marks that are not spoken."""

    piece: Piece
    timed: str


class SpokenMap:
    """Pieces of a text, appended in order. Text that no voice can say alone goes with the next piece."""

    def __init__(self, can_say: Callable[[str], bool] = speakable) -> None:
        self._can_say = can_say
        self._parts: list[Normalized] = []
        self._shown: list[int] = []  # the start of each part
        self._spoken: list[int] = []
        self._shown_end = 0
        self._spoken_end = 0
        self._lead = VoicedPiece(Piece(0, ""), "")
        self._marks: list[Span] = []  # marks that the voice acts on, in the spoken text

    @property
    def has_words(self) -> bool:
        """True if a voice was given anything to say."""
        return self._lead.piece.start > 0

    @property
    def text(self) -> str:
        """The spoken text of all pieces."""
        return "".join(part.text for part in self._parts)

    def append(self, shown: str, normalized: Normalized) -> VoicedPiece | None:
        """Append a piece; return the piece for the voice, or None if it waits for the next one."""
        timed = _without_speakers(normalized.text)
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
        """Return the point of the shown text; inside a replaced stretch it is the stretch's start."""
        index = bisect_right(self._spoken, spoken) - 1
        if index < 0:
            return 0
        return self._shown[index] + self._parts[index].shown(spoken - self._spoken[index])

    def spoken(self, shown: int) -> int:
        """Return the point of the spoken text; inside a replaced stretch it is the stretch's start."""
        index = bisect_right(self._shown, shown) - 1
        if index < 0:
            return 0
        return self._spoken[index] + self._parts[index].spoken(shown - self._shown[index])

    def shown_behind(self, spoken: int) -> int:
        """Return the end of the shown text that is spoken before the point, with whole replaced stretches."""
        index = bisect_left(self._spoken, spoken) - 1
        if index < 0:
            return 0
        at = spoken - self._spoken[index]
        return self._shown[index] + self._parts[index].shown_span(at - 1, at)[1]

    def shown_span(self, word: Span) -> Span | None:
        """Return the shown stretch to light while a spoken word is heard; None if it has none."""
        index = bisect_right(self._spoken, word.start) - 1
        if index < 0:
            return None
        at = self._spoken[index]
        start, end = self._parts[index].shown_span(word.start - at, word.end - at)
        return Span(self._shown[index] + start, self._shown[index] + end) if start < end else None

    def without_marks(self, times: Iterable[WordTime]) -> list[WordTime]:
        """Return the times without those of marks that the voice only acts on."""
        if not self._marks:
            return list(times)
        return [time for time in times if not self._is_marked(time.span)]

    def _is_marked(self, span: Span) -> bool:
        index = bisect_right(self._marks, span.start, key=_start) - 1
        near = self._marks[max(0, index) : index + 2]
        return any(mark.start < span.end and span.start < mark.end for mark in near)


def _without_speakers(spoken: str) -> str:
    """Return the text with blanks for the marks that say who speaks."""
    if "<|" not in spoken:
        return spoken
    return _SPEAKER.sub(lambda mark: " " * len(mark.group()), spoken)


def _start(span: Span) -> int:
    return span.start
