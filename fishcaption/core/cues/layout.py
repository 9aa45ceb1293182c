"""Layout: sentences become captions, and captions become lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from fishcaption.core.cues.columns import forced_cuts, width
from fishcaption.core.text.segmentation import OPENERS, is_dense, marks_end, words

_SHORT_WORD: Final = 3  # columns: an article or a preposition, which belongs to the next word
_CLAUSE_WORTH: Final = 14  # a break behind a clause may make lines this many columns uneven
_LEAN_COST: Final = 6


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that are shown together: [start, end) in code points of the text, and their lines."""

    start: int
    end: int
    lines: tuple[str, ...]


class _Atom(NamedTuple):
    """A part of a line that is never broken: a word with its marks."""

    start: int
    end: int
    text: str
    columns: int
    is_apart: bool  # a blank stands before it
    ends_clause: bool


class CaptionLayout:
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


def word_start(text: str, before: int, start: int) -> int:
    """Return the start of a word with the marks that open it."""
    while start > before and text[start - 1] in OPENERS:
        start -= 1
    return start


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
                cuts += [word_start(text, before, first), marks_end(text, last, end)]
            before = last
    return forced_cuts(text, [start, *sorted({cut for cut in cuts if start < cut < end}), end], columns)[1:-1]
