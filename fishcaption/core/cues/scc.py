"""SCC (Scenarist): pop-on captions of CEA-608 with drop-frame time codes, as television stations take them.

A caption is loaded unseen, two bytes a frame, and shown at once by a last code. So loading begins before the
caption is due, and one that comes too soon behind another is shown later. Control codes are sent twice, as
the standard wants it; a decoder takes the second one for a repetition.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from fishcaption.core.cea608 import BASIC, COLUMNS, EXTENDED, SPECIAL

FRAMES_PER_SECOND: Final = Fraction(30_000, 1001)

_LOAD: Final = ((0x14, 0x20), (0x14, 0x2E))  # pop-on; erase what was loaded
_SHOW: Final = (0x14, 0x2F)
_ERASE: Final = (0x14, 0x2C)
_TAB: Final = (0x17, 0x20)  # and so many columns, up to three
_LAST_ROW: Final = 15
# Rows from 12 on: the first byte, and the second one for column 0; two more for each four columns.
_ROWS: Final = {12: (0x13, 0x50), 13: (0x13, 0x70), 14: (0x14, 0x50), 15: (0x14, 0x70)}
_PADDING: Final = 0x00

_Pair = tuple[int, int]
_Unit = list[_Pair]
"""Pairs that nothing may come between."""


class SccCaption(NamedTuple):
    """A caption of at most four rows of CEA-608's characters (`core.cea608`)."""

    start_seconds: float
    end_seconds: float
    rows: tuple[str, ...]


class Scc(NamedTuple):
    """The text of a file, and by how much its latest caption comes too late."""

    text: str
    late_seconds: float


def to_scc(captions: Iterable[SccCaption]) -> Scc:
    """Return captions, in their order, as an SCC file."""
    lines: list[tuple[int, list[_Pair]]] = []
    late = 0
    free_from = 0  # frame: what was sent before has ended
    erase_at: int | None = None  # frame at which the caption before goes
    for caption in captions:
        units = _units(caption.rows)
        wanted = _frame(caption.start_seconds)
        count = sum(map(len, units))
        shown = max(wanted, free_from + count - 2)
        if erase_at is not None and erase_at + 2 < shown:
            begin = shown - count + 2
            if erase_at + 2 <= begin:
                lines.append((erase_at, [_ERASE, _ERASE]))
            else:  # in the middle of loading
                shown = max(shown, free_from + count)
                begin = shown - count
                _insert(units, [_ERASE, _ERASE], erase_at - begin)
                count += 2
        lines.append((shown - count + 2, [pair for unit in units for pair in unit]))
        late = max(late, shown - wanted)
        free_from = shown + 2
        erase_at = max(_frame(caption.end_seconds), free_from)
    if erase_at is not None:
        lines.append((erase_at, [_ERASE, _ERASE]))
    text = "".join(f"\n{_time_code(frame)}\t{' '.join(map(_hex, pairs))}\n" for frame, pairs in lines)
    return Scc(f"Scenarist_SCC V1.0\n{text}", float(late / FRAMES_PER_SECOND))


def _units(rows: Sequence[str]) -> list[_Unit]:
    """Return the codes that load a caption, centred at the bottom, and show it."""
    units: list[_Unit] = [[code, code] for code in _LOAD]
    for at, row in enumerate(rows):
        indent = (COLUMNS - len(row)) // 2
        first, second = _ROWS[_LAST_ROW - len(rows) + 1 + at]
        units.append([(first, second + 2 * (indent // 4))] * 2)
        if indent % 4:
            units.append([(_TAB[0], _TAB[1] + indent % 4)] * 2)
        units += _letters(row)
    return [*units, [_SHOW, _SHOW]]


def _letters(row: str) -> list[_Unit]:
    units: list[_Unit] = []
    waiting: int | None = None  # a letter that another one joins to a pair
    for sign in row:
        if sign in BASIC:
            if waiting is None:
                waiting = BASIC[sign]
            else:
                units.append([(waiting, BASIC[sign])])
                waiting = None
            continue
        # a decoder replaces the letter before it by an extended one: there a similar letter stands
        similar = _similar(sign) if sign in EXTENDED else None
        code = EXTENDED.get(sign) or SPECIAL[sign]
        if similar is None:
            units += [[(waiting, _PADDING)]] if waiting is not None else []
            units.append([code, code])
        elif waiting is None:
            units.append([(similar, _PADDING), code, code])
        else:
            units.append([(waiting, similar), code, code])
        waiting = None
    return units + ([[(waiting, _PADDING)]] if waiting is not None else [])


def _similar(sign: str) -> int:
    """Return the letter that a decoder without extended characters shows."""
    return BASIC.get(unicodedata.normalize("NFKD", sign)[0], BASIC[" "])


def _insert(units: list[_Unit], codes: _Unit, place: int) -> None:
    """Insert codes so many frames behind the beginning, or right behind the unit that is being sent then."""
    frames = 0
    for index, unit in enumerate(units):
        if frames >= place or index == len(units) - 1:
            units.insert(index, codes)
            return
        frames += len(unit)


def _frame(seconds: float) -> int:
    return round(seconds * FRAMES_PER_SECOND)


def _time_code(frame: int) -> str:
    """Return a drop-frame time code: two numbers go each minute, but not in each tenth one."""
    tens, rest = divmod(frame, 17_982)
    number = frame + 18 * tens + (2 * ((rest - 2) // 1798) if rest > 1 else 0)
    seconds, frames = divmod(number, 30)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02};{frames:02}"


def _hex(pair: _Pair) -> str:
    """Return two bytes with odd parity."""
    return "".join(f"{code | (0x80 if code.bit_count() % 2 == 0 else 0):02x}" for code in pair)
