"""How it is said: what is shown becomes what is spoken, piece by piece, with the map between the two.

`Rules` are the user's: what is read as a person would read it, and the replacements. A `Saying` applies them
to the pieces of one utterance, in order; it remembers what one piece leaves open for the next (a fence, a
list's item), so any split at sentence ends gives the same spoken text. No text is refused.

The stages stand in `Saying.say`. What a stage has put in is final: no later one acts on it, and no
replacement is applied to another's result. Rules never look across a sentence's end, which is what makes the
split harmless. How a form is read (numbers, addresses, emoji) is in `core.aloud`.

Positions are code points of the piece, shown and spoken.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.markup import Family, literal
from fishcaption.core.tags import is_tag, marks

_LONGEST_WRITTEN: Final = 256
_LONGEST_SAID: Final = 1024


@dataclass(frozen=True, slots=True)
class Replacement:
    """``written`` is said as ``said`` tells, in that language and voice only where they are given.

    ``language`` is a two-letter code, ``voice`` a voice's id. ``phoneme`` is for Fish Audio's models: CMU
    Arpabet for English, pinyin with tone numbers, romaji with pitch digits; other voices use ``said``, or say
    it as it is written where that is empty. Raises InputError for an entry that cannot work.
    """

    written: str
    said: str
    language: str = ""
    voice: str = ""
    match_case: bool = False
    whole_word: bool = True
    phoneme: str = ""

    def __post_init__(self) -> None:
        if not self.written.strip() or len(self.written) > _LONGEST_WRITTEN:
            raise InputError(
                f"A replacement is for 1 to {_LONGEST_WRITTEN} characters, not for {len(self.written)}.",
                hint="Write the word as it stands in your texts.",
            )
        if len(self.said) > _LONGEST_SAID or len(self.phoneme) > _LONGEST_SAID:
            raise InputError(
                f"What is said instead can have {_LONGEST_SAID} characters at most.", hint="Make it shorter."
            )


@dataclass(frozen=True, slots=True)
class Rules:
    """What is read as a person would read it, each to be switched off, and the user's replacements."""

    markdown: bool = True
    code: bool = True
    urls: bool = True
    emails: bool = True
    emoji: bool = True
    numbers: bool = True
    units: bool = True
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A piece as it is spoken, and which stretch of the spoken text stands for which of the shown one.

    ``spans`` are (shown_start, shown_end, spoken_start, spoken_end), in order; they tile both texts. Spans of
    one length say the text as it stands, character by character; in others only the ends are certain. None is
    empty on the shown side.
    """

    text: str
    spans: tuple[tuple[int, int, int, int], ...]

    def shown(self, spoken_point: int) -> int:
        """Where the point stands in what is shown; before a replaced stretch while it is being said.

        What is silent before the point counts as said. Monotone; 0 is 0, and the end is the end.
        """
        index = bisect_right(self.spans, spoken_point, key=lambda span: span[2]) - 1
        if index < 0 or spoken_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if spoken_point >= end:
            return shown_end
        return shown_start + spoken_point - start if shown_end - shown_start == end - start else shown_start

    def spoken(self, shown_point: int) -> int:
        """Where the point stands in what is spoken; a replaced stretch is said from its beginning.

        Monotone; 0 is 0, and the end is the end.
        """
        index = bisect_right(self.spans, shown_point, key=lambda span: span[0]) - 1
        if index < 0 or shown_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if shown_point >= shown_end:
            return end
        return start + shown_point - shown_start if shown_end - shown_start == end - start else start

    def shown_span(self, spoken_start: int, spoken_end: int) -> tuple[int, int]:
        """The stretch that is lit while [spoken_start, spoken_end) is heard: of a replaced one, all of it.

        Marks that are silent at its ends are not in it.
        """
        first = bisect_right(self.spans, spoken_start, key=lambda span: span[2]) - 1
        last = bisect_left(self.spans, spoken_end, key=lambda span: span[2]) - 1
        if first < 0 or last < first:
            point = self.shown(spoken_start)
            return point, point
        shown_start, shown_end, start, end = self.spans[first]
        begin = shown_start + spoken_start - start if shown_end - shown_start == end - start else shown_start
        shown_start, shown_end, start, end = self.spans[last]
        is_same = shown_end - shown_start == end - start
        return begin, shown_start + min(spoken_end, end) - start if is_same else shown_end


class _Change(NamedTuple):
    """A stretch of the draft that is no more as it was shown. ``raw``: given to the voice just so."""

    shown_start: int
    shown_end: int
    start: int
    end: int
    raw: str = ""


class _Edit(NamedTuple):
    """What a stage wants: [start, end) of the draft becomes ``new``, or ``raw`` when all else is done."""

    start: int
    end: int
    new: str
    raw: str = ""


_RAW_STANDS: Final = "\ufffc"  # in a raw text's place until the end: no letter, no blank


class _Draft:
    """A piece on its way from shown to spoken: the text as it is now, and what was changed so far."""

    def __init__(self, shown: str) -> None:
        self.text = shown
        self._shown_length = len(shown)
        self._changes: list[_Change] = []

    def apply(self, edits: Iterable[_Edit]) -> None:
        """Make these edits, which are in order. One that touches what is final already is not made."""
        old, new = self._changes, list[_Change]()
        parts: list[str] = []
        at = grown = index = 0  # the draft up to `at` is in `parts`; which is `grown` longer
        for edit in edits:
            if edit.start < at:
                continue
            while index < len(old) and old[index].end <= edit.start:
                new.append(_moved(old[index], grown))
                index += 1
            inner = index
            while inner < len(old) and old[inner].start < edit.end and old[inner].start == old[inner].end:
                inner += 1
            if inner < len(old) and old[inner].start < edit.end:
                continue
            shown_start = self._shown_at(edit.start, index)
            shown_end = self._shown_at(edit.end, inner)
            index = inner
            text = _RAW_STANDS if edit.raw else edit.new
            new.append(
                _Change(shown_start, shown_end, edit.start + grown, edit.start + grown + len(text), edit.raw)
            )
            parts += self.text[at : edit.start], text
            grown += len(text) - (edit.end - edit.start)
            at = edit.end
        if not parts:
            return
        new += [_moved(change, grown) for change in old[index:]]
        self.text = "".join((*parts, self.text[at:]))
        self._changes = new

    def _shown_at(self, point: int, index: int) -> int:
        """Where a point stands in the shown text, with so many changes before it."""
        if not index:
            return point
        before = self._changes[index - 1]
        return before.shown_end + point - before.end

    def said(self, family: Family) -> Said:
        """The draft as it is given to the voice: nothing but what is raw is acted on."""
        if not self._changes:
            spans = ((0, len(self.text), 0, len(self.text)),) if self.text else ()
            return Said(literal(self.text, family), spans)
        parts: list[str] = []
        spans_: list[tuple[int, int, int, int]] = []
        shown = at = length = 0
        for change in self._changes:
            if change.start > at:
                spans_.append((shown, change.shown_start, length, length + change.start - at))
                parts.append(literal(self.text[at : change.start], family))
                length += change.start - at
            text = change.raw or literal(self.text[change.start : change.end], family)
            spans_.append((change.shown_start, change.shown_end, length, length + len(text)))
            parts.append(text)
            length += len(text)
            shown, at = change.shown_end, change.end
        if at < len(self.text):
            spans_.append((shown, self._shown_length, length, length + len(self.text) - at))
            parts.append(literal(self.text[at:], family))
        return Said("".join(parts), tuple(spans_))


def _moved(change: _Change, by: int) -> _Change:
    return change._replace(start=change.start + by, end=change.end + by) if by else change


class Saying:
    """Makes the pieces of one utterance, in order, into what one voice is given.

    ``language`` is a two-letter code; empty where it is not known: then only what has no language is read
    (Markdown, code, emoji in English). ``voice_id`` and ``family`` are the voice's.
    """

    def __init__(self, rules: Rules, *, language: str, voice_id: str, family: Family) -> None:
        self._rules = rules
        self._family = family

    def say(self, text: str) -> Said:
        """The next piece as it is spoken. A blank piece stays one."""
        draft = _Draft(text)
        draft.apply(self._tags(draft.text))
        return draft.said(self._family)

    def _tags(self, text: str) -> list[_Edit]:
        if text.isascii():
            return []
        found = [index for index, character in enumerate(text) if is_tag(character)]
        return [_Edit(index, index + 1, "", marks(text, index, self._family)) for index in found]
