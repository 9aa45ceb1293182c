"""Segmentation: a text's sentences, and its words, which are lit one by one.

`Segmenter` turns a stream of text into segments: each is a sentence, or a bounded part of a long one. Whether
a mark ends a sentence depends on the sentence so far and on the one character after the gap; behind an
abbreviation or an ordinal, on the word after it (`core.text.sentence_ends`); and on nothing else. So a
segment can be used as soon as that much is there, and any split of a text gives the same segments.

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
"""Code points of a segment, at most: about 20 s of speech, and the service's largest ``chunk_length``."""

SHORTEST_PART: Final = LONGEST_SEGMENT // 3
"""Code points: a shorter segment is a whole sentence, or the end of one."""

_NEWLINES: Final = "\n\v\f\x85\u2028\u2029"
_OPEN_STOPS: Final = ".!?…‥"  # these end a sentence only before a blank, and not always
_SURE_STOPS: Final = "。！？｡．؟۔।॥၊။፧።៕‼⁇⁈⁉‽⸮։᙮᠃᠉﹒﹖﹗"  # these always end a sentence
_WIDE_DOTS: Final = ("．", "﹒")  # they are also dots of Western forms: "３．１４"
_CLOSERS: Final = "\"'”’»›)]}）］｝」』】〉》〕〗＂＇*_“«‹"  # the last three close in German and Danish
OPENERS: Final = "([{“‘„«‹「『（《〈【"
_STOPS: Final = _OPEN_STOPS + _SURE_STOPS
_STOP: Final = f"[{re.escape(_STOPS)}]+[{re.escape(_CLOSERS)}]*"
_LINE_OR_STOP: Final = re.compile(f"[{_NEWLINES}]|{_STOP}")
# Closing marks behind a blank, as in French ("! »"); before a letter they open ("»Ja").
_APART: Final = "»›”’)]}」』"
_CLOSED_APART: Final = re.compile(rf"(?:[^\S{_NEWLINES}]+[{re.escape(_APART)}]+(?=[\s.,;:!?…–—]|$))+")
_GAP: Final = re.compile(rf"[^\S{_NEWLINES}]*[{_NEWLINES}]?")
_BLANKS: Final = re.compile(r"\s*")
_CLAUSE_END: Final = re.compile(
    rf"(?:[,;:–—](?=[{re.escape(_CLOSERS)}]*\s)|[，、；：،؛])[{re.escape(_CLOSERS)}]*\s*|\s[–—-]+\s+"
)
_WORD_GAP: Final = re.compile(r"\s+")
_LIST_NUMBER: Final = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]+\s*")

# Scripts without blanks between words are lit by the character or cluster.
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
# Parts of words that `\w` does not match: accents, points, vowel signs, joiners, the soft hyphen.
_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c2\u05c4-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0971-\u0df3\u0f71-\u0fbc\u1000-\u1049"
    "\u1050-\u109f\u1780-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\ua8e0-\ua8f1\ufe20-\ufe2f"
    # … and invisible characters: directions, the word joiner, variants
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

    ``start`` is its place in all text that was pushed.
    """

    start: int
    text: str


class Segmenter:
    """Cuts a stream of text into segments of at most `LONGEST_SEGMENT` code points that tile it exactly.

    A segment ends after a sentence and the blanks that follow it, or at a line's end. A sentence that is too
    long is cut after a clause mark, else at a blank, but not where a form could go on
    (`core.text.open_forms`), else anywhere outside a cluster. A segment may be blank if the text is.
    ``language`` is a two-letter code. ``begun`` is the part of the first sentence that came before this text.

    The cost is linear in the length of the text, however it is split.
    """

    def __init__(self, language: str = "en", begun: str = "") -> None:
        self._language = language
        self._begun = begun[-JUDGED:]
        self._start = 0
        self._pending = ""
        self._searched = 0  # the pending text has no end of a segment before this

    @property
    def begun(self) -> str:
        """The part of the pending sentence that came before the pending text, as far as it matters."""
        return self._begun

    @property
    def pending(self) -> str:
        """Text that was pushed and is in no segment yet: less than a segment and the character after it."""
        return self._pending

    def push(self, text: str) -> list[Segment]:
        """Take the next text; return the segments that are certain, whatever follows."""
        self._pending += text
        return self._cut_all(is_end=False)

    def close(self) -> list[Segment]:
        """Return the rest; text that is pushed afterwards begins a new sentence."""
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
        """Return the end of the segment that begins at ``start``, and whether its sentence is over.

        The end is None while it depends on text that follows.
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
        """Return whether a segment that has a word ends at a mark, with the gap behind it."""
        if gap_end == len(text) or text[gap_end - 1] in _NEWLINES:
            return _ending(self._begun + text[start:gap_end], "", self._language, is_all=True)
        last = max(gap_end, limit) + 1  # text behind the longest segment may not matter
        after = text[gap_end : min(last, gap_end + LOOKED_AT)]
        return _ending(self._begun + text[start:gap_end], after, self._language, is_all=is_certain)


def segments(text: str, language: str = "en") -> list[str]:
    """Return the segments of a whole text: see `Segmenter`."""
    segmenter = Segmenter(language)
    return [segment.text for segment in (*segmenter.push(text), *segmenter.close())]


def ends_sentence(text: str, following: str = "", *, language: str = "en", is_line_end: bool = False) -> bool:
    """Return whether a sentence is certainly over at the end of the text: see `sentence_ending`."""
    ending = sentence_ending(text, following, language=language, is_line_end=is_line_end)
    return ending is Ending.OVER


def sentence_ending(
    text: str, following: str = "", *, language: str = "en", is_line_end: bool = False
) -> Ending:
    """Return whether a sentence is over at the end of the text, as far as ``following`` tells.

    ``following`` is the text that is known to follow. With ``is_line_end`` nothing follows on this line. A
    list's number is no sentence, nor is a text that no voice can say.
    """
    if not speakable(text):
        return Ending.GOES_ON
    return _ending(text, following, language, is_all=is_line_end)


def _ending(text: str, following: str, language: str, *, is_all: bool) -> Ending:
    """Return `sentence_ending` of a text that has a word."""
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
    """Return whether a dot between these characters is a part of a number, an address or a name."""
    return all(side.isalnum() and not _dense_start().match(side) for side in (before, after))


def clause_ends(text: str) -> list[int]:
    """Return the ends of clauses: after a comma, colon or dash and the blanks behind it.

    A mark that needs a blank behind it ends no clause at the end of the text.
    """
    return [match.end() for match in _CLAUSE_END.finditer(text)]


def words(text: str) -> tuple[Span, ...]:
    """Return the stretches that are lit one after the other: words without the marks around them.

    Apostrophes and hyphens inside a word belong to it. Han is lit by the character, kana and Thai by the
    syllable or cluster. Signs that are read aloud (``+``, ``&``) are words; emoji and other marks are not.
    """
    return tuple([Span(match.start(), match.end()) for match in _word().finditer(text)])


def speakable(text: str) -> bool:
    """Return whether a voice has anything to say for the text: it has at least one word."""
    return _word().search(text) is not None


def is_dense(word: str) -> bool:
    """Return whether a word is of a script without blanks: it counts as about half a word."""
    return _dense_start().match(word) is not None


def marks_end(text: str, start: int, end: int) -> int:
    """Return the end of the marks that follow a word without a blank and do not open the next word."""
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
