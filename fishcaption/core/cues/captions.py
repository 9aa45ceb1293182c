"""Captions: a growing text as an audience sees it, and the cues of a text whose words have times.

`Captions` decides which words are shown together, and where their lines break: by sentences, clauses and
words, in this order. That depends only on the text up to the end of the next caption, so shown captions stay
as they are while text is appended. `Captions.cues` adds times: the same text and times give the same cues.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from fishcaption.core.cues.columns import width
from fishcaption.core.cues.layout import Caption, CaptionLayout
from fishcaption.core.cues.timed import Cue, timed_cues
from fishcaption.core.speech import WordTime
from fishcaption.core.text.segmentation import Segmenter

COLUMNS: Final = 42  # Netflix; 32 for Zoom, CEA-608 and halls (DCMP)
LINES: Final = 2

_SHORT_SENTENCE: Final = 16  # columns: a shorter sentence shares a caption with its neighbour
_AHEAD: Final = 1000  # code points: more than three captions
_FAR: Final = 20_000  # code points: too many to read only to know how sentences share captions


class Captions:
    """The captions of a text that may grow, computed as far as they are asked for.

    A caption has at most ``lines`` lines of at most ``columns`` columns; East Asian wide characters take two.
    A word that is longer than a line is cut. ``language`` is the two-letter code by whose rules sentences
    end.
    """

    def __init__(self, columns: int = COLUMNS, lines: int = LINES, *, language: str = "en") -> None:
        self._layout = CaptionLayout(columns, lines)
        self._language = language
        self._text = ""
        self._start = 0  # the text is read from here to `_read_to`
        self._read_to = 0
        self._segmenter = Segmenter(language)
        self._group = (0, 0)  # sentences that share captions with each other, and perhaps with the next
        self._made: list[Caption] = []
        self._settled_end = 0

    def at(self, text: str, code_point: int, *, language: str = "en") -> Caption | None:
        """Return the caption that shows the code point, or the next caption; None behind the last.

        A text that begins with the text of the call before is cheap; any other text is read again.
        """
        if language != self._language:
            self._language, self._text, self._start = language, "", len(text) + 1  # read the text again
        is_near = self._start <= code_point < self._read_to + _FAR
        if not is_near or not (text is self._text or text.startswith(self._text)):
            self._begin(text, code_point)
        self._text = text
        self._read(min(len(text), code_point + _AHEAD))
        place = bisect_right(self._made, code_point, key=_end)
        if place < len(self._made):
            return self._made[place]
        return next((caption for caption in self._unfinished() if caption.end > code_point), None)

    def all(self, text: str) -> tuple[Caption, ...]:
        """Return the captions of the whole text; a text that begins with the last one is cheap."""
        if self._start or not text.startswith(self._text):
            self._begin(text, 0)
        self._text = text
        self._read(len(text))
        return (*self._made, *self._unfinished())

    def cues(self, text: str, times: Sequence[WordTime], rate: int) -> tuple[Cue, ...]:
        """Return the cues of a text whose words sound at ``times``, which rise; some words may have no time.

        A cue begins with its first word and does not overlap the next cue. It is shown for at least 1 s if
        the next cue leaves room, and for at most 7 s: slower words are shown in more cues.

        When text and times are appended, cues that end at or before `settled_end` stay as they are, except
        for the end_frame of the last of them.
        """
        captions = self.all(text)
        self._settled_end = captions[-2].start if len(captions) > 1 else 0
        return timed_cues(text, captions, times, rate, self._layout)

    @property
    def settled_end(self) -> int:
        """Cues before this code point stay when the text grows; the last two captions may change."""
        return self._settled_end

    def _begin(self, text: str, code_point: int) -> None:
        """Start at the beginning, or at a line or sentence not far before the code point."""
        start = 0
        if code_point > _FAR:
            least = code_point - _AHEAD
            start = next(
                (at + 1 for mark in "\n.。" if (at := text.rfind(mark, least, code_point)) >= 0), least
            )
        self._text = ""
        self._start = self._read_to = start
        self._segmenter = Segmenter(self._language)
        self._group = (start, start)
        self._made = []

    def _read(self, end: int) -> None:
        if end > self._read_to:
            for segment in self._segmenter.push(self._text[self._read_to : end]):
                self._add(self._start + segment.start + len(segment.text))
            self._read_to = end

    def _add(self, sentence_end: int) -> None:
        start, end = self._group
        if start < end and not self._share(start, end, sentence_end):
            self._made += self._layout.captions(self._text, start, end)
            start = end
        self._group = (start, sentence_end)

    def _share(self, start: int, end: int, sentence_end: int) -> bool:
        """Return whether a sentence is shown together with those before it."""
        before, sentence = self._text[start:end], self._text[end:sentence_end]
        is_short = min(width(before.strip()), width(sentence.strip())) <= _SHORT_SENTENCE
        return is_short and "\n" not in before[-2:] and self._layout.fits(self._text, start, sentence_end)

    def _unfinished(self) -> list[Caption]:
        """Return the captions that may still change, as if the text ended here."""
        start, end = self._group
        found: list[Caption] = []
        if start < end < self._read_to and not self._share(start, end, self._read_to):
            found, start = self._layout.captions(self._text, start, end), end
        return found + self._layout.captions(self._text, start, self._read_to)


def _end(caption: Caption) -> int:
    return caption.end
