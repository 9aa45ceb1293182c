"""The length of an MP4, M4A or MOV file, and whether it has sound: read from its boxes, and nothing decoded.

Boxes are those of ISO/IEC 14496-12: moov holds mvhd (4 bytes of version and flags, then times, time scale and
duration) and a trak for each track, in whose mdia a hdlr tells its kind ("soun" is sound).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_BOXES = 10_000
MOST_SECONDS = 1_000_000.0
_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


class Movie(NamedTuple):
    """A file of sound or pictures. ``seconds`` is what its head says; None: it does not say."""

    seconds: float | None
    has_sound: bool


class _Box(NamedTuple):
    kind: bytes
    start: int  # of what it holds
    end: int


def movie_of(path: Path) -> Movie | None:
    """Return what the boxes tell; None if this is no such file. Raises OSError."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(4)
        if file.read(4) not in _FIRST:
            return None
        budget = iter(range(MOST_BOXES))
        moov = next((box for box in _boxes(file, 0, end, budget) if box.kind == b"moov"), None)
        if moov is None:
            return Movie(None, has_sound=False)
        seconds: float | None = None
        has_sound = False
        for box in _boxes(file, moov.start, moov.end, budget):
            if box.kind == b"mvhd":
                seconds = _seconds(_read(file, box, 32))
            elif box.kind == b"trak":
                has_sound = has_sound or _is_sound(file, box, budget)
        return Movie(seconds, has_sound)


def _is_sound(file: BinaryIO, trak: _Box, budget: Iterator[int]) -> bool:
    for mdia in _boxes(file, trak.start, trak.end, budget):
        if mdia.kind == b"mdia":
            for box in _boxes(file, mdia.start, mdia.end, budget):
                if box.kind == b"hdlr":
                    return _read(file, box, 12)[8:12] == b"soun"
    return False


def _seconds(head: bytes) -> float | None:
    try:
        if head[:1] == b"\x01":
            scale, duration = struct.unpack_from(">IQ", head, 20)
        else:
            scale, duration = struct.unpack_from(">II", head, 12)
    except struct.error:
        return None
    seconds = duration / scale if scale else 0.0
    return seconds if 0 < seconds < MOST_SECONDS else None


def _boxes(file: BinaryIO, start: int, end: int, budget: Iterator[int]) -> Iterator[_Box]:
    """Yield the boxes in [start, end); none that reaches beyond it, and none once the budget is spent."""
    while start + 8 <= end and next(budget, None) is not None:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack_from(">I4s", head)
        body = start + 8
        if size == 1:
            if len(head) < 16:
                return
            (size,) = struct.unpack_from(">Q", head, 8)
            body += 8
        elif size == 0:  # to the end
            size = end - start
        if start + size > end or start + size < body:
            return
        yield _Box(kind, body, start + size)
        start += size


def _read(file: BinaryIO, box: _Box, size: int) -> bytes:
    file.seek(box.start)
    return file.read(min(size, box.end - box.start))
