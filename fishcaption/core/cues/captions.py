"""Captions: a growing text as an audience sees it, and the cues of a text whose words have times.

`Captions` decides which words are shown together, and where their lines break: by sentences, clauses and
words, in this order. That depends only on the text up to the end of the next caption, so shown captions stay
as they are while text is appended. `Captions.cues` adds times: the same text and times give the same cues.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from fishcaption.core.cues.audience_text import NOTHING, AudienceReader, AudienceText
from fishcaption.core.cues.columns import width
from fishcaption.core.cues.layout import Caption, CaptionLayout
from fishcaption.core.cues.timed import Cue, timed_cues
from fishcaption.core.normalization.markdown import open_fence
from fishcaption.core.speech import WordTime
from fishcaption.core.text.segmentation import Segmenter

COLUMNS: Final = 42  # Netflix; 32 for Zoom, CEA-608 and halls (DCMP)
LINES: Final = 2

_SHORT_SENTENCE: Final = 16  # columns: a shorter sentence shares a caption with its neighbour
_MOST_SHARED: Final = 600  # code points: joiners and accents have no width, and would be one caption for ever
_AHEAD: Final = 1000  # code points: more than three captions
_FAR: Final = 20_000  # code points: too many to read only to know how sentences share captions
_UNSURE_WORDS: Final = 4  # text that follows may change where a line breaks before these
_UNSURE: Final = 24  # code points, in scripts without blanks
_OPEN_ADDRESS: Final = re.compile(r"\[[^\[\]\n]*\]\([^()\s]*$")
_MAY_VANISH: Final = re.compile(r"[*_`~\[<\\|#&]|^\s*[-+=•‣▪◦>:]")  # once more of the text is there


class Captions:
    """The captions of a text that may grow, computed as far as they are asked for.

    The text is shown text. Tags and Markdown marks are left out of the captions; places are still those of
    the shown text. A caption has at most ``lines`` lines of at most ``columns`` columns; East Asian wide
    characters take two. A word that is longer than a line is cut. ``language`` is the code by whose rules
    sentences end and lines break.
    """

    def __init__(self, columns: int = COLUMNS, lines: int = LINES, *, language: str = "en") -> None:
        self._columns, self._lines = columns, lines
        self._language = language
        self._layout = CaptionLayout(columns, lines, language)
        self._text = ""
        self._start = 0  # the text is read from here to `_read_to`
        self._read_to = 0
        self._segmenter = Segmenter(language)
        self._reader = AudienceReader()
        # Sentences that share captions with each other, and perhaps with the next: [start, end), and text.
        self._group = (0, 0)
        self._group_text = NOTHING
        self._made: list[Caption] = []
        self._unfinished: list[Caption] | None = None  # as if the text ended at `_read_to`
        self._settled_end = 0

    def at(self, text: str, code_point: int, *, language: str = "en") -> Caption | None:
        """Return the caption that shows the code point, or the next caption; None behind the last.

        A text that begins with the text of the call before is cheap; any other text is read again.
        """
        if language != self._language:
            self._language, self._text, self._start = language, "", len(text) + 1  # read the text again
            self._layout = CaptionLayout(self._columns, self._lines, language)
        is_near = self._start <= code_point < self._read_to + _FAR
        if not is_near or not (text is self._text or text.startswith(self._text)):
            self._begin(text, code_point)
        self._text = text
        self._read(min(len(text), code_point + _AHEAD))
        place = bisect_right(self._made, code_point, key=_end)
        if place < len(self._made):
            return self._made[place]
        return next((caption for caption in self._open_captions() if caption.end > code_point), None)

    def all(self, text: str) -> tuple[Caption, ...]:
        """Return the captions of the whole text; a text that begins with the last one is cheap."""
        self._read_all(text)
        return (*self._made, *self._open_captions())

    def cues(self, text: str, times: Sequence[WordTime], rate: int, *, since: int = 0) -> tuple[Cue, ...]:
        """Return the cues of a text whose words sound at ``times``, which rise; some words may have no time.

        A cue begins with its first word and does not overlap the next cue. It is shown for at least 1 s, and
        as long as it takes to read, if the next cue leaves room, and for at most 7 s: slower words are shown
        in more cues. With ``since``, only cues of captions that end behind this code point are returned, and
        only their words need a time; the cost is that of these.

        When text and times are appended, cues that end at or before `settled_end` stay as they are, except
        for the end_frame of the last of them.
        """
        self._settled_end = self.settled(text)
        place = bisect_right(self._made, since, key=_end)
        captions = [*self._made[place:], *self._open_captions()]
        return timed_cues(
            [one for one in captions if one.end > since], times, rate, self._layout, self._language
        )

    @property
    def settled_end(self) -> int:
        """The place that `settled` gave for the text of the last `cues`."""
        return self._settled_end

    def settled(self, text: str) -> int:
        """Return the place before which captions stay as they are, whatever text follows.

        A text that begins with the last one is cheap.
        """
        self._read_all(text)
        start, end = self._group
        pending = text[end:]
        if _MAY_VANISH.search(pending):
            return start
        words = pending.rsplit(maxsplit=_UNSURE_WORDS)
        sure = len(words[0]) if len(words) > _UNSURE_WORDS else 0
        sure_end = end + min(sure, max(0, len(pending) - _UNSURE))
        captions = self._captions_to(sure_end) if sure_end > end else []
        return captions[-2].start if len(captions) > 2 else start

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
        self._reader = AudienceReader()
        if start:
            line_start = max(start - _AHEAD, text.rfind("\n", start - _AHEAD, start) + 1)
            self._reader.take(open_fence(text, line_start))
            self._reader.take(text[line_start:start])
        self._group = (start, start)
        self._group_text = NOTHING
        self._made = []
        self._unfinished = None

    def _read_all(self, text: str) -> None:
        if self._start or not text.startswith(self._text):
            self._begin(text, 0)
        self._text = text
        self._read(len(text))

    def _read(self, end: int) -> None:
        if end > self._read_to:
            for segment in self._segmenter.push(self._text[self._read_to : end]):
                start = self._start + segment.start
                self._add(self._reader.take(segment.text, start), start + len(segment.text))
            self._read_to = end
            self._unfinished = None

    def _add(self, sentence: AudienceText, sentence_end: int) -> None:
        start, end = self._group
        if start < end and not self._share(self._group_text, sentence):
            self._made += self._layout.captions(self._group_text, start, end)
            start, self._group_text = end, NOTHING
        self._group = (start, sentence_end)
        # What shows nothing, such as a rule between paragraphs, belongs to what follows, however long it is.
        joined = self._group_text.joined(sentence)
        self._group_text = joined if joined.text.strip() else NOTHING

    def _share(self, before: AudienceText, sentence: AudienceText) -> bool:
        """Return whether a sentence is shown together with those before it."""
        if not before.text or not before.text.strip():
            return True
        if len(before.text) + len(sentence.text) > _MOST_SHARED:
            return False
        is_short = min(width(before.text.strip()), width(sentence.text.strip())) <= _SHORT_SENTENCE
        return is_short and "\n" not in before.text[-2:] and self._layout.fits(before.joined(sentence))

    def _open_captions(self) -> list[Caption]:
        """Return the captions that may still change, as if the text ended here."""
        if self._unfinished is None:
            self._unfinished = self._captions_to(self._read_to)
        return self._unfinished

    def _captions_to(self, text_end: int) -> list[Caption]:
        """Return the captions behind those that are made, as if the text ended at ``text_end``."""
        start, end = self._group
        sentence = self._pending(end, text_end)
        found: list[Caption] = []
        before = self._group_text
        if start < end < text_end and not self._share(before, sentence):
            found, start, before = self._layout.captions(before, start, end), end, NOTHING
        return found + self._layout.captions(before.joined(sentence), start, text_end)

    def _pending(self, start: int, end: int) -> AudienceText:
        """Return what the audience sees of a sentence that is not whole yet.

        An address of a link is not shown while it is being written: the link counts as closed.
        """
        shown = self._text[start:end]
        if _OPEN_ADDRESS.search(shown):
            closed = self._reader.copy().take(f"{shown})", start)
            if not closed.text.endswith(")"):
                return AudienceText(closed.text, [min(place, end) for place in closed.places])
        return self._reader.copy().take(shown, start)


def _end(caption: Caption) -> int:
    return caption.end
