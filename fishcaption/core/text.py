"""Text: sentences, and the words that are lit. How text arrived changes nothing here.

`Segmenter` turns a stream of text into segments: a sentence each, or a bounded part of a long one. Whether a mark
ends a sentence is judged by the sentence so far and the one character after the gap, never by more: so a segment can
be given away as soon as that character is there, and any split of the same text gives the same segments.

Positions are code points. Nothing here knows markup, time or sound.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import sentencex

from fishcaption.core.speech import Span

LONGEST_SEGMENT: Final = 300
"""Code points in a segment, at most: about 20 s of speech. The live service takes 100 to 300 a chunk."""

_JUDGED: Final = (
    80  # how much of a sentence `sentencex` sees: abbreviations are shorter, and the cost stays flat
)

_NEWLINES: Final = "\n\v\f\x85\u2028\u2029"
_OPEN_STOPS: Final = ".!?…‥"  # these end a sentence only where a blank follows, and not always then
_SURE_STOPS: Final = "。！？｡．؟۔।॥၊။፧።៕‼⁇⁈⁉‽⸮։᙮᠃᠉﹒﹖﹗"  # these end one wherever they stand
_CLOSERS: Final = "\"'”’»›)]}）］｝」』】〉》〕〗＂＇*_"
_LINE_OR_STOP: Final = re.compile(
    f"[{_NEWLINES}]|[{re.escape(_OPEN_STOPS + _SURE_STOPS)}]+[{re.escape(_CLOSERS)}]*"
)
_GAP: Final = re.compile(rf"[^\S{_NEWLINES}]*[{_NEWLINES}]?")
_BLANKS: Final = re.compile(r"\s*")
_CLAUSE_END: Final = re.compile(r"(?:[,;:–—](?=\s)|[，、；：،؛])[\"'”’»)\]」』）]*\s*|\s[–—-]\s+")
_WORD_GAP: Final = re.compile(r"\s+")
_LIST_NUMBER: Final = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]+")

# Scripts that are written without blanks between words are lit by the character or cluster.
_HAN: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SMALL_KANA: Final = (
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶー\u3099\u309a\u31f0-\u31ff\uff67-\uff70\uff9e\uff9f"
)
_KANA: Final = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_THAI: Final = "\u0e01-\u0e4e\u0e81-\u0ece"
# Marks that `\w` leaves out although they are parts of words: accents, vowel signs, joiners, the soft hyphen.
_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83"
    "\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0b56\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3e-\u0c56"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d82\u0d83\u0dca-\u0ddf\u0f18\u0f19\u0f35\u0f37"
    "\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0"
    "\ua8e0-\ua8f1\ufe20-\ufe2f"
)
_LETTERS: Final = f"(?:[^\\W_{_HAN}{_KANA}{_THAI}]|[{_MARKS}])"
_WORD: Final = re.compile(
    f"[{_HAN}][\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
    f"|[{_KANA}][{_SMALL_KANA}]*"
    "|[เ-ไ\u0ec0-\u0ec4]?[\u0e01-\u0e2e\u0e81-\u0eae][\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ece]*"
    f"|[{_THAI}]"
    f"|[$€£¥₹]?(?=[^\\W_])(?:{_LETTERS}+(?:(?:['’ʼ\\-‐‑.@&·]|_+|(?<=\\d)[,:](?=\\d))(?=[^\\W_{_HAN}{_KANA}{_THAI}]))?)+"
    "[%‰°]?"
    "|[+=×÷±≤≥≈&@%€£$]"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a bounded part of one, verbatim with the blanks around it.

    ``start`` is where it stands in all text that was pushed.
    """

    start: int
    text: str


class Segmenter:
    """Cuts a stream of text into segments of at most `LONGEST_SEGMENT` code points that tile it exactly.

    A segment ends after a sentence and the blanks that follow it, at a line's end, or, where a sentence is too long,
    after a clause mark, else at a blank, else anywhere that is not inside a cluster. A segment may be blank when the
    text is. ``language`` is a two-letter code; it matters for abbreviations only.
    """

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._start = 0
        self._pending = ""
        self._searched = 0  # no boundary begins in the pending text before this

    @property
    def pending(self) -> str:
        """Text that was pushed and is in no segment yet; at most a little longer than a segment."""
        return self._pending

    def push(self, text: str) -> list[Segment]:
        """Take the next text; return the segments that are certain now, whatever follows."""
        self._pending += text
        return self._cut_all(final=False)

    def close(self) -> list[Segment]:
        """Return the rest; what is pushed afterwards begins a new sentence."""
        return self._cut_all(final=True)

    def _cut_all(self, *, final: bool) -> list[Segment]:
        text, start = self._pending, 0
        segments: list[Segment] = []
        while start < len(text):
            end = self._cut(text, start, final=final)
            if end is None:
                break
            segments.append(Segment(self._start + start, text[start:end]))
            start, self._searched = end, 0
        self._pending = text[start:]
        self._start += start
        return segments

    def _cut(self, text: str, start: int, *, final: bool) -> int | None:
        """Where the segment that begins at ``start`` ends; None while that depends on what follows."""
        limit = min(len(text), start + LONGEST_SEGMENT)
        whole = limit < len(text)  # the window is full: nothing that follows can matter
        head = _blanks_end(text, start, limit)
        position = max(head, start + self._searched)
        while match := _LINE_OR_STOP.search(text, position, limit):
            if text[match.start()] in _NEWLINES:
                return match.end()
            if match.end() == limit and not whole and not final:
                self._searched = match.start() - start
                return None
            gap_end = _gap_end(text, match.end(), limit)
            if gap_end == limit and not whole and not final and text[gap_end - 1] not in _NEWLINES:
                self._searched = match.start() - start
                return None
            if self._ends_sentence(text, start, match, gap_end):
                return gap_end
            position = match.end()
        if whole:
            return _forced_cut(text, start, head, limit)
        self._searched = limit - start
        return limit if final else None

    def _ends_sentence(self, text: str, start: int, match: re.Match[str], gap_end: int) -> bool:
        if not _WORD.search(text, start, match.end()):
            return False
        if any(mark in _SURE_STOPS for mark in match.group()):
            return True
        if gap_end == match.end():
            return gap_end == len(text)
        if gap_end == len(text) or text[gap_end - 1] in _NEWLINES:
            return True
        sentence = text[max(start, match.end() - _JUDGED) : match.end()]
        return is_sentence_end(sentence, text[gap_end], self._language) and not _LIST_NUMBER.fullmatch(
            text, start, match.end()
        )


def is_sentence_end(sentence: str, following: str = "A", language: str = "en") -> bool:
    """Whether ``sentence``, which ends in a mark, is over when ``following`` is the next character after a blank."""
    if not following.isalnum():
        following = "A"
    if sentence.rstrip(_CLOSERS).endswith(("…", "‥")):
        return not following.islower()
    known = f"{sentence} {following}".encode("utf-8", "replace").decode()  # lone surrogates
    return len(sentencex.segment(language, known)[-1]) == 1


def words(text: str) -> tuple[Span, ...]:
    """Return what is lit one after the other: words without the marks around them.

    Apostrophes and hyphens inside a word belong to it. Han is lit by the character, kana and Thai by the syllable or
    cluster. Signs that are read aloud (``+``, ``&``) are words; emoji and other marks are not.
    """
    return tuple([Span(match.start(), match.end()) for match in _WORD.finditer(text)])


def speakable(text: str) -> bool:
    """Whether a voice has anything to say for it: there is at least one word."""
    return _WORD.search(text) is not None


def _blanks_end(text: str, start: int, limit: int) -> int:
    match = _BLANKS.match(text, start, limit)
    return match.end() if match else start


def _gap_end(text: str, start: int, limit: int) -> int:
    """After the blanks that belong to the sentence before: up to the next word or the end of the line."""
    match = _GAP.match(text, start, limit)
    return match.end() if match else start


def _forced_cut(text: str, start: int, head: int, limit: int) -> int:
    least = max(head, start + LONGEST_SEGMENT // 3)
    for pattern in (_CLAUSE_END, _WORD_GAP):
        ends = [match.end() for match in pattern.finditer(text, start, limit) if match.end() > least]
        if ends:
            return ends[-1]
    for end in range(limit, limit - 16, -1):
        if not (
            unicodedata.category(text[end])[0] == "M" or text[end] == "\u200d" or text[end - 1] == "\u200d"
        ):
            return end
    return limit
