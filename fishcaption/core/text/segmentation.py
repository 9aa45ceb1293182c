"""Text: sentences, and the words that are lit. How text arrived changes nothing here.

`Segmenter` turns a stream of text into segments: a sentence each, or a bounded part of a long one. Whether a
mark ends a sentence is judged by the sentence so far and the one character after the gap, or, behind an
abbreviation or an ordinal, the word after it (`core.text.sentence_ends`), never by more: a segment can be
given away as soon as that is there, and any split of a text gives the same segments.

Positions are code points. Nothing here knows markup, time or sound.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from fishcaption.core.speech import Span
from fishcaption.core.text.open_forms import may_go_on
from fishcaption.core.text.sentence_ends import JUDGED, LOOKED_AT, Ending, stop_ending

LONGEST_SEGMENT: Final = 300
"""Code points in a segment, at most: about 20 s of speech, and the service's largest ``chunk_length``."""

SHORTEST_PART: Final = LONGEST_SEGMENT // 3
"""A segment that is shorter is a whole sentence, or the end of one."""

_NEWLINES: Final = "\n\v\f\x85\u2028\u2029"
_OPEN_STOPS: Final = ".!?…‥"  # these end a sentence only where a blank follows, and not always then
_SURE_STOPS: Final = "。！？｡．؟۔।॥၊။፧።៕‼⁇⁈⁉‽⸮։᙮᠃᠉﹒﹖﹗"  # these end one wherever they stand
_WIDE_DOTS: Final = ("．", "﹒")  # dots of Western forms, too: "３．１４"
_CLOSERS: Final = "\"'”’»›)]}）］｝」』】〉》〕〗＂＇*_“«‹"  # the last three close in German and Danish
OPENERS: Final = "([{“‘„«‹「『（《〈【"
_STOPS: Final = _OPEN_STOPS + _SURE_STOPS
_STOP: Final = f"[{re.escape(_STOPS)}]+[{re.escape(_CLOSERS)}]*"
_LINE_OR_STOP: Final = re.compile(f"[{_NEWLINES}]|{_STOP}")
# Closing marks behind a blank, as French has them ("! »"); before a letter they would open ("»Ja").
_APART: Final = "»›”’)]}」』"
_CLOSED_APART: Final = re.compile(rf"(?:[^\S{_NEWLINES}]+[{re.escape(_APART)}]+(?=[\s.,;:!?…–—]|$))+")
_GAP: Final = re.compile(rf"[^\S{_NEWLINES}]*[{_NEWLINES}]?")
_BLANKS: Final = re.compile(r"\s*")
_CLAUSE_END: Final = re.compile(
    rf"(?:[,;:–—](?=[{re.escape(_CLOSERS)}]*\s)|[，、；：،؛])[{re.escape(_CLOSERS)}]*\s*|\s[–—-]+\s+"
)
_WORD_GAP: Final = re.compile(r"\s+")
_LIST_NUMBER: Final = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]+\s*")

# Scripts that are written without blanks between words are lit by the character or cluster.
_HAN: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_KANA: Final = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SMALL_KANA: Final = (
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶー\u3099\u309a\u31f0-\u31ff\uff67-\uff70\uff9e\uff9f"
)
_THAI_LAO: Final = "\u0e01-\u0e4e\u0e81-\u0ece"
_THAI_LAO_CLUSTER: Final = (
    "[\u0e40-\u0e44\u0ec0-\u0ec4]?[\u0e01-\u0e2e\u0e81-\u0eae]"
    "[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ece]*"
)
# Parts of words that `\w` leaves out: accents, points, vowel signs, joiners, the soft hyphen.
_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c2\u05c4-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0971-\u0df3\u0f71-\u0fbc\u1000-\u1049"
    "\u1050-\u109f\u1780-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\ua8e0-\ua8f1\ufe20-\ufe2f"
    # … and what nobody sees: directions, the word joiner, variants
    "\u034f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_DENSE: Final = f"{_HAN}{_KANA}{_THAI_LAO}"
_MARKS_BEHIND: Final = re.compile(f"[^\\s{re.escape(OPENERS)}]*")
_LETTER: Final = f"[^\\W_{_DENSE}]"


# Compiled on first use, 10 ms: the first paint needs neither.
@cache
def _word() -> re.Pattern[str]:
    return re.compile(
        f"[{_HAN}][\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
        f"|[{_KANA}][{_SMALL_KANA}]*"
        f"|{_THAI_LAO_CLUSTER}|[{_THAI_LAO}]"
        f"|[$€£¥₹]?{_LETTER}(?:{_LETTER}|[{_MARKS}]"
        # What joins two halves to one word: it's, well-known, e.g, a@b.org, AT&T, snake_case, 10,000, 12:30
        f"|(?:['’ʼ\\-‐‑.．@&·]|_+|(?<=\\d)[,:，：](?=\\d))(?={_LETTER}))*[%‰°]?"
        "|[+=×÷±≤≥≈&@%€£$]"
    )


@cache
def _dense_start() -> re.Pattern[str]:
    return re.compile(f"[{_DENSE}]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a bounded part of one, verbatim with the blanks around it.

    ``start`` is where it stands in all text that was pushed.
    """

    start: int
    text: str


class Segmenter:
    """Cuts a stream of text into segments of at most `LONGEST_SEGMENT` code points that tile it exactly.

    A segment ends after a sentence and the blanks that follow it, at a line's end, or, where a sentence is
    too long, after a clause mark, else at a blank, but not where a form could go on (`core.text.open_forms`),
    else
    anywhere that is not inside a cluster. A segment may be blank where the text is. ``language`` is a
    two-letter code. ``begun`` is what is there already of the sentence with which the text begins.

    The cost of a text is linear, however it is pushed.
    """

    def __init__(self, language: str = "en", begun: str = "") -> None:
        self._language = language
        self._begun = begun[-JUDGED:]
        self._start = 0
        self._pending = ""
        self._searched = 0  # no end of a segment is to be found in the pending text before this

    @property
    def begun(self) -> str:
        """What was there already of the pending sentence, as far as it matters."""
        return self._begun

    @property
    def pending(self) -> str:
        """Text that was pushed and is in no segment yet: less than a segment and the character after it."""
        return self._pending

    def push(self, text: str) -> list[Segment]:
        """Take the next text; return the segments that are certain now, whatever follows."""
        self._pending += text
        return self._cut_all(is_end=False)

    def close(self) -> list[Segment]:
        """Return the rest; what is pushed afterwards begins a new sentence."""
        return self._cut_all(is_end=True)

    def _cut_all(self, *, is_end: bool) -> list[Segment]:
        text, start = self._pending, 0
        segments: list[Segment] = []
        while start < len(text):
            end, is_over = self._cut(text, start, is_end=is_end)
            if end is None:
                break
            segments.append(Segment(self._start + start, text[start:end]))
            self._begun = "" if is_over else (self._begun + text[start:end])[-JUDGED:]
            start, self._searched = end, 0
        self._pending = text[start:]
        self._start += start
        return segments

    def _cut(self, text: str, start: int, *, is_end: bool) -> tuple[int | None, bool]:
        """Where the segment that begins there ends, None while that depends on what follows; whether its
        sentence is over.
        """
        limit = min(len(text), start + LONGEST_SEGMENT)
        is_full = limit < len(text)  # then nothing that follows can matter
        is_certain = is_full or is_end
        head = _match_end(_BLANKS, text, start, limit)
        position = max(head, start + self._searched)
        word_start: int | None = None
        while match := _LINE_OR_STOP.search(text, position, limit):
            if text[match.start()] in _NEWLINES:
                return match.end(), True
            mark_end = _match_end(_CLOSED_APART, text, match.end(), limit)
            gap_end = _match_end(_GAP, text, mark_end, limit)
            if gap_end == limit and not is_certain and text[limit - 1] not in _NEWLINES:
                self._searched = match.start() - start
                return None, False
            if word_start is None:
                word = None if self._begun else _word().search(text, head, limit)
                word_start = -1 if self._begun else word.start() if word else limit
            if word_start < match.start():
                ending = self._ending(text, start, gap_end, limit, is_certain=is_certain)
                if ending is Ending.OVER:
                    return gap_end, True
                if ending is Ending.OPEN:
                    self._searched = match.start() - start
                    return None, False
            position = mark_end
        if is_full:
            return _forced_cut(text, start, head, limit, self._language), False
        self._searched = limit - start
        return (limit if is_end else None), True

    def _ending(self, text: str, start: int, gap_end: int, limit: int, *, is_certain: bool) -> Ending:
        """Whether a segment that has a word ends at a mark, with the gap behind it."""
        if gap_end == len(text) or text[gap_end - 1] in _NEWLINES:
            return _ending(self._begun + text[start:gap_end], "", self._language, is_all=True)
        last = max(gap_end, limit) + 1  # nothing that stands behind the longest segment may matter
        after = text[gap_end : min(last, gap_end + LOOKED_AT)]
        return _ending(self._begun + text[start:gap_end], after, self._language, is_all=is_certain)


def segments(text: str, language: str = "en") -> list[str]:
    """A whole text in its segments: see `Segmenter`."""
    segmenter = Segmenter(language)
    return [segment.text for segment in (*segmenter.push(text), *segmenter.close())]


def ends_sentence(text: str, following: str = "", *, language: str = "en", is_line_end: bool = False) -> bool:
    """Whether a sentence is surely over at the end of the text: see `sentence_ending`."""
    ending = sentence_ending(text, following, language=language, is_line_end=is_line_end)
    return ending is Ending.OVER


def sentence_ending(
    text: str, following: str = "", *, language: str = "en", is_line_end: bool = False
) -> Ending:
    """What is known of a sentence at the end of the text, where ``following`` is what is there of the rest.

    With ``is_line_end`` nothing follows on this line. A list's number is no sentence, nor is what no voice
    can say.
    """
    if not speakable(text):
        return Ending.GOES_ON
    return _ending(text, following, language, is_all=is_line_end)


def _ending(text: str, following: str, language: str, *, is_all: bool) -> Ending:
    """`sentence_ending` of a text that has a word."""
    end = len(text.rstrip())
    stop_end = len(text[:end].rstrip(_CLOSERS))
    if text[stop_end - 1 : stop_end].isspace() and not text[stop_end:end].strip(_APART):
        stop_end = len(text[:stop_end].rstrip().rstrip(_CLOSERS))
    stop_start = len(text[:stop_end].rstrip(_STOPS))
    if stop_start == stop_end:
        return Ending.GOES_ON
    stop = text[stop_start:stop_end]
    if is_all and not following:
        return Ending.OVER
    if stop in _WIDE_DOTS and end == len(text):
        if not following:
            return Ending.OPEN
        if _is_wide_form(text[stop_start - 1 : stop_start], following[0]):
            return Ending.GOES_ON
    if any(mark in _SURE_STOPS for mark in stop):
        return Ending.OVER
    if end == len(text) or _LIST_NUMBER.fullmatch(text):
        return Ending.GOES_ON
    is_trailing = stop[-1] in "…‥" or stop.endswith("..")
    if following[:1].islower() and (stop_end < end or is_trailing):
        return Ending.GOES_ON
    if stop != ".":
        return Ending.OVER
    return stop_ending(text[:stop_start], following, language, is_closed=stop_end < end, is_all=is_all)


def _is_wide_form(before: str, after: str) -> bool:
    """Whether a dot between these is a part of a number, an address, a name."""
    return all(side.isalnum() and not _dense_start().match(side) for side in (before, after))


def clause_ends(text: str) -> list[int]:
    """Return where a clause is over: after a comma, colon or dash and the blanks behind it.

    What needs a blank behind it to be a clause mark is none at the end of the text.
    """
    return [match.end() for match in _CLAUSE_END.finditer(text)]


def words(text: str) -> tuple[Span, ...]:
    """Return what is lit one after the other: words without the marks around them.

    Apostrophes and hyphens inside a word belong to it. Han is lit by the character, kana and Thai by the
    syllable or cluster. Signs that are read aloud (``+``, ``&``) are words; emoji and other marks are not.
    """
    return tuple([Span(match.start(), match.end()) for match in _word().finditer(text)])


def speakable(text: str) -> bool:
    """Whether a voice has anything to say for the text: there is at least one word."""
    return _word().search(text) is not None


def is_dense(word: str) -> bool:
    """Whether a word is of a script without blanks: it says about half of what a word says elsewhere."""
    return _dense_start().match(word) is not None


def marks_end(text: str, start: int, end: int) -> int:
    """Return where the marks stop that follow a word without a blank and do not open what comes next."""
    return _match_end(_MARKS_BEHIND, text, start, end)


def _match_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    match = pattern.match(text, start, end)
    return match.end() if match else start


def _forced_cut(text: str, start: int, head: int, limit: int, language: str) -> int:
    least = max(head, start + SHORTEST_PART)
    ends: list[int] = []
    for pattern in (_CLAUSE_END, _WORD_GAP):
        ends = [match.end() for match in pattern.finditer(text, start, limit) if match.end() > least]
        for end in reversed(ends):
            if not may_go_on(text[start:end], language):
                return end
    if ends:
        return ends[-1]
    for end in range(limit, limit - 16, -1):
        if unicodedata.category(text[end])[0] != "M" and "\u200d" not in text[end - 1 : end + 1]:
            return end
    return limit
