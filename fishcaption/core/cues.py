"""Cues: captions as an audience sees them, made of an utterance's text and the frames of its words.

The same text and times give the same cues. Which words share a cue depends on the text alone and never on the
words after the next two lines, so a cue that was shown stays as it was while text is appended.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fishcaption.core.speech import WordTime
from fishcaption.core.text import Segmenter

_LEAST_SECONDS: Final = 1.0  # EAD: at least 1 s; Netflix 5/6 s
_MOST_SECONDS: Final = 7.0  # Netflix, EAD: 7 s
_LINGER_SECONDS: Final = 0.5  # how long a cue stands after its last word where nothing follows


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: its lines, and when it is shown, in frames of the utterance, [start_frame, end_frame).

    ``start`` and ``end`` are the stretch of the text it shows, in code points.
    """

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    start: int
    end: int


def cues(
    text: str, times: Sequence[WordTime], rate: int, *, columns: int = 42, lines: int = 2
) -> tuple[Cue, ...]:
    """Return the cues of a text whose words sound at ``times`` (rising; words without a time are not waited for).

    A cue has at most ``lines`` lines of ``columns`` columns each (East Asian wide characters take two), begins with
    its first word, lasts 1 to 7 s unless the next one needs the place sooner, and never overlaps the next. A word
    longer than a line is cut.
    """
    parts = [part for part in _parts(text, columns, lines)]
    found: list[tuple[int, int, int, int]] = []
    index = 0
    for start, end in parts:
        first = index
        while index < len(times) and times[index].span.start < end:
            index += 1
        if first < index:
            found.append((start, end, times[first].start_frame, times[index - 1].end_frame))
    result: list[Cue] = []
    for place, (start, end, from_frame, to_frame) in enumerate(found):
        until = max(to_frame + round(_LINGER_SECONDS * rate), from_frame + round(_LEAST_SECONDS * rate))
        if place + 1 < len(found):
            until = min(until, max(from_frame, found[place + 1][2]))
        shown = _lines(text[start:end], columns, lines)
        if shown:
            result.append(Cue(from_frame, max(until, from_frame + 1), shown, start, end))
    return tuple(result)


def cue_at(made: Sequence[Cue], frame: int) -> Cue | None:
    """Return the cue that is shown at the frame."""
    for cue in made:
        if cue.start_frame <= frame < cue.end_frame:
            return cue
    return None


def to_srt(number: int, start_seconds: float, end_seconds: float, lines: Iterable[str]) -> str:
    """Return one SubRip entry, with the blank line after it. ``number`` counts from 1."""
    return (
        f"{number}\n{_time(start_seconds, ',')} --> {_time(end_seconds, ',')}\n" + "\n".join(lines) + "\n\n"
    )


def to_vtt(start_seconds: float, end_seconds: float, lines: Iterable[str]) -> str:
    """Return one WebVTT cue, with the blank line after it; the file begins with `VTT_HEADER`."""
    shown = "\n".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
    return f"{_time(start_seconds, '.')} --> {_time(end_seconds, '.')}\n{shown}\n\n"


VTT_HEADER: Final = "WEBVTT\n\n"


def width(text: str) -> int:
    """Columns a text takes: East Asian wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _parts(text: str, columns: int, lines: int) -> list[tuple[int, int]]:
    segmenter = Segmenter()
    found: list[tuple[int, int]] = []
    for segment in segmenter.push(text) + segmenter.close():
        found += _sentence_parts(text, segment.start, segment.start + len(segment.text), columns, lines)
    return found


def _sentence_parts(text: str, start: int, end: int, columns: int, lines: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    while start < end:
        cut = _fit(text, start, end, columns, lines)
        found.append((start, cut))
        start = cut
    return found


_BREAK: Final = re.compile(r"\s+")


def _fit(text: str, start: int, end: int, columns: int, lines: int) -> int:
    """Where the cue ends that begins at ``start``."""
    if len(_wrap(text[start:end], columns)) <= lines:
        return end
    ends = [start + match.end() for match in _BREAK.finditer(text[start : start + columns * lines + 1])]
    for cut in reversed(ends):
        if cut > start and len(_wrap(text[start:cut], columns)) <= lines:
            return cut
    return min(end, start + columns)


def _wrap(text: str, columns: int) -> list[str]:
    shown: list[str] = []
    for word in text.split():
        if shown and width(shown[-1]) + 1 + width(word) <= columns:
            shown[-1] += " " + word
        else:
            while width(word) > columns:
                shown.append(word[:columns])
                word = word[columns:]
            shown.append(word)
    return shown


def _lines(text: str, columns: int, lines: int) -> tuple[str, ...]:
    return tuple(_wrap(text, columns)[:lines])


def _time(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
