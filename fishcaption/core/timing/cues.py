"""Cues: captions as an audience sees them, made from an utterance's text and the frames of its words.

`Captions` decides which words are shown together, and where their lines break: by sentences, clauses and
words, in this order. That depends only on the text up to the end of the next caption, so shown captions stay
as they are while text is appended. `Captions.cues` adds times: the same text and times give the same cues.
The rest turns cues into entries of subtitle files.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from fishcaption.core.speech import WordTime
from fishcaption.core.text.segmentation import OPENERS, Segmenter, is_dense, marks_end, words

COLUMNS: Final = 42  # Netflix; 32 for Zoom, CEA-608 and halls (DCMP)
LINES: Final = 2

_LEAST_SECONDS: Final = 1.0  # EAD: a caption is shown for at least 1 s, and split beyond 7 s
_MOST_SECONDS: Final = 7.0
_LINGER_SECONDS: Final = 0.5  # after the last word, if nothing follows
_GAP_SECONDS: Final = 0.5  # a shorter gap would flicker: the caption before it stays

_SHORT_SENTENCE: Final = 16  # columns: a shorter sentence shares a caption with its neighbour
_SHORT_WORD: Final = 3  # columns: an article or a preposition, which belongs to the next word
_CLAUSE_WORTH: Final = 14  # a break behind a clause may make lines this many columns uneven
_LEAN_COST: Final = 6
_AHEAD: Final = 1000  # code points: more than three captions
_FAR: Final = 20_000  # code points: too many to read only to know how sentences share captions


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that are shown together: [start, end) in code points of the text, and their lines."""

    start: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption and its time: [start_frame, end_frame) in frames of the utterance."""

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    start: int
    end: int


class Captions:
    """The captions of a text that may grow, computed as far as they are asked for.

    A caption has at most ``lines`` lines of at most ``columns`` columns; East Asian wide characters take two.
    A word that is longer than a line is cut. ``language`` is the two-letter code by whose rules sentences
    end.
    """

    def __init__(self, columns: int = COLUMNS, lines: int = LINES, *, language: str = "en") -> None:
        self._layout = _Layout(columns, lines)
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
        return _timed(text, captions, times, rate, self._layout)

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


class _Atom(NamedTuple):
    """A part of a line that is never broken: a word with its marks."""

    start: int
    end: int
    text: str
    columns: int
    is_apart: bool  # a blank stands before it
    ends_clause: bool


class _Layout:
    """Cuts sentences into captions, and captions into lines."""

    def __init__(self, columns: int, lines: int) -> None:
        self._columns = columns
        self._lines = lines

    def fits(self, text: str, start: int, end: int) -> bool:
        """Return whether the stretch of the text fits into one caption."""
        atoms = _atoms(text, start, end, self._columns)
        return self._filled(atoms) == len(atoms)

    def captions(self, text: str, start: int, end: int) -> list[Caption]:
        """Return the captions of a stretch of the text; they tile it."""
        atoms = _atoms(text, start, end, self._columns)
        found: list[Caption] = []
        while atoms:
            count = self._cut(atoms)
            after = atoms[count].start if count < len(atoms) else end
            found.append(Caption(found[-1].end if found else start, after, self._broken(atoms[:count])))
            atoms = atoms[count:]
        return found

    def _filled(self, atoms: Sequence[_Atom]) -> int:
        """Return the number of atoms that one caption can hold."""
        line, used = 1, 0
        for index, atom in enumerate(atoms):
            used += atom.columns + (atom.is_apart and used > 0)
            if used > self._columns:
                line, used = line + 1, atom.columns
                if line > self._lines:
                    return index
        return len(atoms)

    def _cut(self, atoms: Sequence[_Atom]) -> int:
        """Return the number of atoms that the next caption shows: all, or up to the best place."""
        most = self._filled(atoms)
        if most == len(atoms):
            return most
        total, full = _line_columns(atoms), _line_columns(atoms[:most])
        # If one more caption holds the rest, both share the atoms evenly; else this one is filled well.
        is_last_but_one = self._filled(atoms[most:]) == len(atoms) - most
        wanted = total / 2 if is_last_but_one else full
        worth = _CLAUSE_WORTH if is_last_but_one else full / 2
        costs: dict[int, float] = {}
        for count in range(1, most + 1):
            if is_last_but_one and self._filled(atoms[count:]) < len(atoms) - count:
                continue
            cost = abs(_line_columns(atoms[:count]) - wanted)
            costs[count] = cost + _break_cost(atoms[count - 1], worth)
        return min(costs, key=lambda count: (costs[count], -count))

    def _broken(self, atoms: Sequence[_Atom]) -> tuple[str, ...]:
        """Return the lines: as few as possible, and of similar length."""
        # best[n]: the cost and the breaks of the first n atoms on the lines so far
        best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        while len(atoms) not in best:
            longer: dict[int, tuple[float, tuple[int, ...]]] = {}
            for first, (cost, breaks) in best.items():
                for last in range(first + 1, len(atoms) + 1):
                    columns = _line_columns(atoms[first:last])
                    if columns > self._columns and last > first + 1:
                        break
                    cost_here = cost + (self._columns - columns) ** 2 / self._columns
                    if last < len(atoms):
                        cost_here += _break_cost(atoms[last - 1], _CLAUSE_WORTH)
                    if last not in longer or cost_here < longer[last][0]:
                        longer[last] = (cost_here, (*breaks, last))
            best = longer
        return tuple(_line(atoms[first:last]) for first, last in pairwise((0, *best[len(atoms)][1])))


def _timed(
    text: str, captions: Sequence[Caption], times: Sequence[WordTime], rate: int, layout: _Layout
) -> tuple[Cue, ...]:
    spoken: list[tuple[Caption, Sequence[WordTime]]] = []
    first = 0
    for caption in captions:
        last = first
        while last < len(times) and times[last].span.start < caption.end:
            last += 1
        if first < last:
            spoken += _not_too_long(text, caption, times[first:last], rate, layout)
        first = last
    starts = [heard[0].start_frame for _, heard in spoken]
    made: list[Cue] = []
    for index, (caption, heard) in enumerate(spoken):
        start = starts[index]
        end = max(heard[-1].end_frame + round(_LINGER_SECONDS * rate), start + round(_LEAST_SECONDS * rate))
        end = min(end, max(start + round(_MOST_SECONDS * rate), heard[-1].end_frame))
        if index + 1 < len(spoken) and starts[index + 1] < end + _GAP_SECONDS * rate:
            end = max(start, starts[index + 1])
        if start < end:
            made.append(Cue(start, end, caption.lines, caption.start, caption.end))
    return tuple(made)


def _not_too_long(
    text: str, caption: Caption, heard: Sequence[WordTime], rate: int, layout: _Layout
) -> list[tuple[Caption, Sequence[WordTime]]]:
    """Return the caption with its words, cut before the first word that would end too late for a cue."""
    latest = heard[0].start_frame + _MOST_SECONDS * rate
    count = next((index for index, word in enumerate(heard) if index and word.end_frame > latest), len(heard))
    if count == len(heard):
        return [(caption, heard)]
    cut = _word_start(text, heard[count - 1].span.end, heard[count].span.start)
    first, rest = (
        Caption(start, end, tuple(line for part in layout.captions(text, start, end) for line in part.lines))
        for start, end in ((caption.start, cut), (cut, caption.end))
    )
    return [(first, heard[:count]), *_not_too_long(text, rest, heard[count:], rate, layout)]


def _word_start(text: str, before: int, start: int) -> int:
    """Return the start of a word with the marks that open it."""
    while start > before and text[start - 1] in OPENERS:
        start -= 1
    return start


VTT_HEADER: Final = "WEBVTT\n\n"


def to_srt(number: int, start_seconds: float, end_seconds: float, lines: Iterable[str]) -> str:
    """Return one SubRip entry and the empty line behind it. ``number`` counts from 1.

    SubRip has no escapes, and players (FFmpeg, libass) read `<…>` as tags, and `{…}` and backslashes as
    commands of SubStation. So similar signs replace them, or a word joiner is put behind them.
    """
    return f"{number}\n{_span(start_seconds, end_seconds, ',')}\n{_without_commands(_shown(lines))}\n\n"


def to_vtt(start_seconds: float, end_seconds: float, lines: Iterable[str]) -> str:
    """Return one WebVTT cue and the empty line behind it; a file begins with `VTT_HEADER`."""
    escaped = _shown(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{_span(start_seconds, end_seconds, '.')}\n{escaped}\n\n"


_TAG: Final = re.compile(r"<([^<>]*)>")
_BRACED: Final = re.compile(r"\{([^{}]*)\}")
_COMMAND: Final = re.compile(r"\\(?=\S)|&(?=#?\w+;)|--(?=>)")


def _without_commands(text: str) -> str:
    text = _BRACED.sub("｛\\1｝", _TAG.sub("‹\\1›", text))
    return _COMMAND.sub(lambda match: f"{match.group()}\u2060", text)


def _shown(lines: Iterable[str]) -> str:
    # An empty line ends an entry, and so would a line break that only some programs know.
    return "\n".join(" ".join(_WORD.findall(line)) or "\u00a0" for line in lines)


def _span(start_seconds: float, end_seconds: float, point: str) -> str:
    return f"{_time(start_seconds, point)} --> {_time(end_seconds, point)}"


def _time(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def width(text: str) -> int:
    """Return the columns of a text: 2 for East Asian wide characters and emoji, 0 for combining marks."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _end(caption: Caption) -> int:
    return caption.end


def _line(atoms: Sequence[_Atom]) -> str:
    return "".join(
        f" {atom.text}" if atom.is_apart and index else atom.text for index, atom in enumerate(atoms)
    )


def _line_columns(atoms: Sequence[_Atom]) -> int:
    return sum(atom.columns + atom.is_apart for atom in atoms) - (atoms[0].is_apart if atoms else 0)


def _break_cost(before: _Atom, clause_worth: float) -> float:
    if before.ends_clause:
        return -clause_worth
    return _LEAN_COST if before.columns <= _SHORT_WORD and before.text.isalpha() else 0.0


# No line is broken at a no-break space, nor between a word and the marks that French sets apart from it.
_UNBROKEN: Final = r"[\S\u00a0\u202f\u2007]+"
_WORD: Final = re.compile(_UNBROKEN)
_CHUNK: Final = re.compile(rf"(?:[«‹][ \t])?{_UNBROKEN}(?:[ \t][»›!?:;)\]}}…]+(?=\s|$))*")
_NEVER_FIRST: Final = "\"'”’»›)]}）］｝」』】〉》〕.,;:!?…。、，．！？；：،؛؟"
_CLAUSE: Final = re.compile(r"[,;:.!?…–—，、；：。！？。、][\"'”’»)\]」』）]*$")


def _atoms(text: str, start: int, end: int, columns: int) -> list[_Atom]:
    atoms: list[_Atom] = []
    for chunk in _CHUNK.finditer(text, start, end):
        first = chunk.start()
        for cut in (*_cuts_inside(text, first, chunk.end(), columns), chunk.end()):
            part = text[first:cut]
            ends_clause = _CLAUSE.search(part) is not None
            atoms.append(_Atom(first, cut, part, width(part), first == chunk.start(), ends_clause))
            first = cut
    return atoms


def _cuts_inside(text: str, start: int, end: int, columns: int) -> list[int]:
    """Return the cuts in a text without blanks: around dense words, and wherever a line would be too long."""
    cuts: list[int] = []
    if not text[start:end].isascii():
        before = start
        for span in words(text[start:end]):
            first, last = start + span.start, start + span.end
            if is_dense(text[first:last]):
                cuts += [_word_start(text, before, first), marks_end(text, last, end)]
            before = last
    return _forced(text, [start, *sorted({cut for cut in cuts if start < cut < end}), end], columns)[1:-1]


def _forced(text: str, places: Sequence[int], columns: int) -> list[int]:
    """Return the places, with more between two of them that are further apart than a line."""
    found = [places[0]]
    for place in places[1:]:
        used = 0
        for index in range(found[-1], place):
            used += _width(text[index])
            if used > columns:
                found.append(_parting(text, found[-1] + 1, index))
                used = width(text[found[-1] : index + 1])
        found.append(place)
    return found


def _parting(text: str, least: int, most: int) -> int:
    """Return the last place in [least, most] that no closing mark and no part of a cluster follows."""
    for index in range(most, least, -1):
        is_inside = unicodedata.category(text[index])[0] == "M" or "\u200d" in text[index - 1 : index + 1]
        if not is_inside and text[index] not in _NEVER_FIRST:
            return index
    return most
