"""Layout: sentences become captions, and captions become lines.

A caption is filled from its start, and its lines are as even as good break places allow (`core.cues.breaks`,
`core.cues.dense`). Where a sentence is cut into captions depends only on the text up to the end of the next
caption, so captions stay as they are while the sentence grows.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from fishcaption.core.cues.audience_text import NOTHING, AudienceText
from fishcaption.core.cues.breaks import INSEPARABLE, NEVER, Breaks
from fishcaption.core.cues.columns import forced_cuts, width
from fishcaption.core.cues.dense import phrase_ends
from fishcaption.core.text.segmentation import OPENERS, is_dense, marks_end, words

_CLAUSE_WORTH: Final = 14.0  # a break behind a clause may make lines this many columns uneven
_LINE_PRICE: Final = 30.0  # one more line than needed is better than a break that is never made
_NEW_LINE: Final = -40.0  # a line that the text itself begins


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that are shown together: [start, end) in code points of the shown text, and their lines.

    ``places`` has, for each line, the place in the shown text of each of its characters. ``plain`` is the
    text of the caption on one line, with the blanks between its words.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    places: tuple[Sequence[int], ...] = field(default=(), compare=False, repr=False)
    plain: AudienceText = field(default=NOTHING, compare=False, repr=False)


class _Atom(NamedTuple):
    """A part of a line that is never broken: a word with its marks. Places are in the plain text."""

    start: int
    end: int
    text: str
    columns: int
    is_apart: bool  # a blank stands before it
    cost: float  # of a break behind it


class CaptionLayout:
    """Cuts sentences of one language into captions, and captions into lines."""

    def __init__(self, columns: int, lines: int, language: str = "en") -> None:
        self._columns = columns
        self._lines = lines
        self._language = language
        self._breaks = Breaks(language)

    def fits(self, plain: AudienceText) -> bool:
        """Return whether the text fits into one caption."""
        stretch = _Stretch(self._atoms(plain.text), self._columns, self._lines)
        return stretch.filled(0) == len(stretch.atoms)

    def captions(self, plain: AudienceText, start: int, end: int) -> list[Caption]:
        """Return the captions of a text; they tile [start, end) of the shown text."""
        stretch = _Stretch(self._atoms(plain.text), self._columns, self._lines)
        found: list[Caption] = []
        first = 0
        while first < len(stretch.atoms):
            breaks = self._cut(stretch, first)
            last = first + breaks[-1]
            after = plain.shown(stretch.atoms[last].start) if last < len(stretch.atoms) else end
            before = found[-1].end if found else start
            found.append(_caption(plain, stretch.atoms[first:last], breaks, before, after))
            first = last
        return found

    def _cut(self, stretch: _Stretch, first: int) -> tuple[int, ...]:
        """Return the ends of the next caption's lines, in atoms; it shows all, or up to the best place."""
        end = len(stretch.atoms)
        most = stretch.filled(first)
        lines = _Lines(stretch.atoms[first:most], self._columns, self._lines)
        if most == end:
            return lines.breaks(most - first)
        full = stretch.columns(first, most)
        # If one more caption holds the rest, both share the atoms evenly; else this one is filled well.
        is_last_but_one = stretch.filled(most) == end
        wanted = stretch.columns(first, end) / 2 if is_last_but_one else full
        scale = 1.0 if is_last_but_one else full / 2 / _CLAUSE_WORTH
        costs: dict[int, float] = {}
        for last in range(first + 1, most + 1):
            if is_last_but_one and stretch.filled(last) < end:
                continue
            cost = stretch.atoms[last - 1].cost
            costs[last] = (
                abs(stretch.columns(first, last) - wanted)
                + (cost if cost >= NEVER else cost * scale)
                + lines.badness(last - first)
            )
        return lines.breaks(min(costs, key=lambda last: (costs[last], -last)) - first)

    def _atoms(self, text: str) -> list[_Atom]:
        chunks = list(_CHUNK.finditer(text))
        costs = self._breaks.costs([chunk.group() for chunk in chunks])
        atoms: list[_Atom] = []
        for index, (chunk, cost) in enumerate(zip(chunks, costs, strict=True)):
            start, end = chunk.span()
            if index + 1 < len(chunks) and "\n" in text[end : chunks[index + 1].start()]:
                cost = _NEW_LINE
            first = start
            for cut, inner in self._cuts_inside(text, start, end):
                part = text[first:cut]
                atoms.append(_Atom(first, cut, part, width(part), first == start, inner))
                first = cut
            part = text[first:end]
            atoms.append(_Atom(first, end, part, width(part), first == start, cost))
        return atoms

    def _cuts_inside(self, text: str, start: int, end: int) -> list[tuple[int, float]]:
        """Return the cuts in a text without blanks, with their costs.

        They are between phrases of dense scripts, and wherever a line would be too long.
        """
        costs: dict[int, float] = {}
        if not text[start:end].isascii():
            costs = {start + cut: cost for cut, cost in _dense_cuts(text[start:end], self._language)}
            places = [cut for cut in costs if costs[cut] < NEVER]
            # a word of a phrase is cut off only where the phrase is longer than a line
            longest = max(
                (width(text[one:other]) for one, other in pairwise([start, *places, end])), default=0
            )
            if longest <= self._columns:
                costs = {cut: cost for cut, cost in costs.items() if cost < NEVER}
        elif end - start <= self._columns:
            return []
        cuts = forced_cuts(text, [start, *sorted(costs), end], self._columns)[1:-1]
        return [(cut, costs.get(cut, NEVER)) for cut in cuts]


class _Stretch:
    """The atoms of a text, and how many of them a caption can hold."""

    def __init__(self, atoms: Sequence[_Atom], columns: int, lines: int) -> None:
        self.atoms = atoms
        self._columns = columns
        self._lines = lines
        self._ends = _column_ends(atoms)
        self._units = _units(atoms, self._ends, columns)

    def columns(self, first: int, last: int) -> int:
        """Return the columns of the atoms [first, last) on one line."""
        return self._ends[last] - self._ends[first] - self.atoms[first].is_apart

    def filled(self, first: int) -> int:
        """Return the end of the atoms from ``first`` on that one caption can hold.

        No line in it has to end where a break is never made.
        """
        line_first, line, done = first, 1, first
        for unit in range(bisect_right(self._units, first), len(self._units)):
            last = self._units[unit]
            if self.columns(line_first, last) > self._columns and done > line_first:
                line, line_first = line + 1, done
                if line > self._lines:
                    return done
            done = last
        return done


class _Lines:
    """The best lines for the first so many atoms: few, of similar length, broken where it reads well."""

    def __init__(self, atoms: Sequence[_Atom], columns: int, lines: int) -> None:
        self._atoms = atoms
        self._columns = columns
        # for each number of lines: the cost and the breaks of the first n atoms on them
        self._best: list[dict[int, tuple[float, tuple[int, ...]]]] = [{0: (0.0, ())}]
        self._ends = _column_ends(atoms)
        for _ in range(lines):
            self._best.append(self._one_more(self._best[-1]))

    def badness(self, count: int) -> float:
        """Return the cost of the bad breaks between the best lines of the first atoms."""
        return sum(max(0.0, self._atoms[end - 1].cost) for end in self._chosen(count)[1][:-1])

    def breaks(self, count: int) -> tuple[int, ...]:
        """Return the ends of the lines of the first atoms."""
        return self._chosen(count)[1]

    def _chosen(self, count: int) -> tuple[float, tuple[int, ...]]:
        return min(
            (best[count][0] + _LINE_PRICE * number, best[count][1])
            for number, best in enumerate(self._best)
            if count in best and number
        )

    def _one_more(
        self, best: dict[int, tuple[float, tuple[int, ...]]]
    ) -> dict[int, tuple[float, tuple[int, ...]]]:
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        atoms, most, ends = self._atoms, self._columns, self._ends
        for first, (cost, breaks) in best.items():
            if first == len(atoms):
                continue
            if first:
                cost += atoms[first - 1].cost
            base = ends[first] + atoms[first].is_apart
            for last in range(first + 1, len(atoms) + 1):
                columns = ends[last] - base
                if columns > most and last > first + 1:
                    break
                cost_here = cost + (most - columns) ** 2 / most
                if last not in longer or cost_here < longer[last][0]:
                    longer[last] = (cost_here, (*breaks, last))
        return longer


def word_start(text: str, before: int, start: int) -> int:
    """Return the start of a word with the marks that open it."""
    while start > before and text[start - 1] in OPENERS:
        start -= 1
    return start


def _caption(
    plain: AudienceText, atoms: Sequence[_Atom], breaks: Sequence[int], start: int, end: int
) -> Caption:
    lines: list[str] = []
    places: list[Sequence[int]] = []
    for first, last in pairwise((0, *breaks)):
        lines.append(_line(atoms[first:last]))
        places.append(_line_places(plain, atoms[first:last], lines[-1]))
    return Caption(start, end, tuple(lines), tuple(places), plain.part(atoms[0].start, atoms[-1].end))


def _column_ends(atoms: Sequence[_Atom]) -> list[int]:
    """Return the columns of all atoms before each place, with a blank before those that stand apart."""
    ends = [0]
    for atom in atoms:
        ends.append(ends[-1] + atom.columns + atom.is_apart)
    return ends


def _units(atoms: Sequence[_Atom], ends: Sequence[int], columns: int) -> list[int]:
    """Return the ends of the stretches of atoms that are never parted, unless one is longer than a line."""
    found: list[int] = []
    first = 0
    for last, atom in enumerate(atoms, start=1):
        if atom.cost < NEVER or last == len(atoms):
            if last - first > 1 and ends[last] - ends[first] - atoms[first].is_apart > columns:
                found += _short_units(atoms, first, last, ends, columns)
            else:
                found.append(last)
            first = last
    return found


def _short_units(
    atoms: Sequence[_Atom], first: int, last: int, ends: Sequence[int], columns: int
) -> list[int]:
    """Return the ends of the parts of a unit that is longer than a line: forms, or else atoms."""
    found: list[int] = []
    start = first
    for end in range(first + 1, last + 1):
        if end == last or atoms[end - 1].cost < INSEPARABLE:
            is_short = ends[end] - ends[start] - atoms[start].is_apart <= columns
            found += [end] if is_short else range(start + 1, end + 1)
            start = end
    return found


def _line(atoms: Sequence[_Atom]) -> str:
    return "".join(
        f" {atom.text}" if atom.is_apart and index else atom.text for index, atom in enumerate(atoms)
    )


def _line_places(plain: AudienceText, atoms: Sequence[_Atom], line: str) -> Sequence[int]:
    """Return the place in the shown text of each character of a line; a blank has that of the next word."""
    start, end = atoms[0].start, atoms[-1].end
    if end - start == len(line):  # one blank between words
        return plain.places[start:end]
    found: list[int] = []
    for index, atom in enumerate(atoms):
        if atom.is_apart and index:
            found.append(plain.places[atom.start])
        found += plain.places[atom.start : atom.end]
    return found


def _dense_cuts(text: str, language: str) -> list[tuple[int, float]]:
    """Return the places around the dense words of a text without blanks, with the cost of a break there."""
    found: set[int] = set()
    before = 0
    spans = words(text)
    starts = [*(span.start for span in spans), len(text)]
    for (first, last), following in zip(spans, starts[1:], strict=True):
        if is_dense(text[first:last]):
            found |= {word_start(text, before, first), marks_end(text, last, following)}
        before = last
    cuts = sorted(found - {0, len(text)})
    if not cuts:
        return []
    phrases = sorted(phrase_ends(text, language))
    cost: list[tuple[int, float]] = []
    for cut in cuts:
        # a phrase ends behind its marks, which the model may part from it
        at = bisect_left(phrases, cut)
        is_end = at < len(phrases) and phrases[at] == cut
        if _CLAUSE.search(text, 0, cut):
            cost.append((cut, -_CLAUSE_WORTH))
        elif text[cut - 1].isdigit() or (text[cut].isdigit() and text[cut - 1] == "第"):
            cost.append((cut, INSEPARABLE))  # a number and its unit
        else:
            cost.append((cut, 0.0 if is_end else NEVER))
    return cost


# No line is broken at a no-break space, nor between a word and the marks that French sets apart from it.
_UNBROKEN: Final = r"[\S\u00a0\u202f\u2007]+"
_CHUNK: Final = re.compile(rf"(?:[«‹][ \t])?{_UNBROKEN}(?:[ \t][»›!?:;)\]}}…]+(?=\s|$))*")
_CLAUSE: Final = re.compile(r"[,;:.!?…–—，、；：。！？。、][\"'”’»)\]」』）]*$")
