"""Files for television, made from a caption file after the show: TTML (IMSC Text) and SCC (CEA-608).

TTML is written by ttconv, an extra. It is given the captions as a document: its reader of SubRip takes words
for tags. SCC is our own (`core.cues.scc`): ttconv writes blanks for all extended letters (“ö”, “Ü”, “À”) and
leaves out captions that come too fast.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fishcaption.core.cea608 import folded, screens
from fishcaption.core.cues.scc import SccCaption, to_scc
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.script.subtitles import TimedText, timed_texts
from fishcaption.core.text.incoming import cleaned, encoding_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element, ElementTree

SOURCES: Final = (".srt", ".vtt", ".jsonl")
TARGETS: Final = (".ttml", ".scc")

_MOST_BYTES: Final = 64 << 20
_TIME_BASE: Final = 1000
_MOST_SECONDS: Final = 100 * 3600  # a time code has two digits of hours
_TOLD_LATE_SECONDS: Final = 0.1


def convert(source: Path, target: Path) -> list[str]:
    """Make a file for television of a caption file, by the endings of their names. Blocks.

    Return sentences about what is not as it was. Raises InputError for files that cannot be used, and where
    ttconv is not installed; StorageError for a file that cannot be read or written.
    """
    kind = target.suffix.casefold()
    if kind not in TARGETS:
        raise InputError(f"{target.name} must end in .ttml or .scc.")
    if kind == ".ttml" and find_spec("ttconv") is None:
        raise InputError(
            "TTML needs a package that is not installed.",
            hint="Install it: pip install 'fishcaption[broadcast]'",
        )
    captions = _in_order(_read(source))
    if not captions:
        raise InputError(
            f"{source.name} has no captions.", hint="Choose a file that fishcaption has written."
        )
    told: list[str] = []
    content = _scc(captions, told) if kind == ".scc" else _ttml(captions)
    _write(target, content)
    return told


def _read(source: Path) -> list[TimedText]:
    kind = source.suffix.casefold()
    if kind not in SOURCES:
        raise InputError(f"{source.name} must end in .srt, .vtt or .jsonl.")
    try:
        with source.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise StorageError(
            f"{source} cannot be read: {error.strerror or error}.", hint="Choose another file."
        ) from error
    if len(content) > _MOST_BYTES:
        raise InputError(f"{source.name} is too large: it has more than {_MOST_BYTES >> 20} MB.")
    text = cleaned(content.decode(encoding_of(content, is_whole=True) or "utf-8", "replace"))
    if kind == ".jsonl":
        return list(_of_json(text))
    return timed_texts(text, "vtt" if kind == ".vtt" else "srt")


def _of_json(text: str) -> Iterator[TimedText]:
    """Yield the captions of JSON Lines; a line that is none is passed over."""
    for line in text.split("\n"):
        with suppress(ValueError, TypeError, KeyError, RecursionError, OverflowError):
            found: Any = json.loads(line)
            start, end = float(found["start"]), float(found["end"])
            lines = tuple(shown for raw in found["lines"] if (shown := " ".join(str(raw).split())))
            if lines and 0 <= start < end < math.inf:
                yield TimedText(start, end, lines)


def _in_order(captions: Iterable[TimedText]) -> list[TimedText]:
    """Return the captions that a time code can be given to, by their times, none over another one."""
    found: list[TimedText] = []
    usable = (caption for caption in captions if caption.end_seconds < _MOST_SECONDS)
    for caption in sorted(usable, key=lambda caption: caption.start_seconds):
        if found and found[-1].end_seconds > caption.start_seconds:
            found[-1] = found[-1]._replace(end_seconds=caption.start_seconds)
        found.append(caption)
    return [caption for caption in found if caption.end_seconds > caption.start_seconds]


def _ttml(captions: Sequence[TimedText]) -> bytes:
    from ttconv.imsc import writer

    out = BytesIO()
    tree: ElementTree[Element] = writer.from_model(_document(captions))
    tree.write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _scc(captions: Sequence[TimedText], told: list[str]) -> bytes:
    made = to_scc(_folded(captions, told))
    if made.late_seconds > _TOLD_LATE_SECONDS:
        told.append(
            f"Some captions come up to {made.late_seconds:.1f} s later: line 21 carries two letters a frame."
        )
    return made.text.encode("ascii")


def _folded(captions: Iterable[TimedText], told: list[str]) -> list[SccCaption]:
    """Return the captions in the characters and rows of CEA-608; a large one becomes several."""
    found: list[SccCaption] = []
    lost = 0
    for caption in captions:
        lines = [folded(line) for line in caption.lines]
        lost += not all(is_whole for _, is_whole in lines)
        rows = screens(line for line, _ in lines)
        letters = sum(len(row) for screen in rows for row in screen) or 1
        start = caption.start_seconds
        for screen in rows:
            share = sum(map(len, screen)) / letters
            end = start + share * (caption.end_seconds - caption.start_seconds)
            found.append(SccCaption(start, end, screen))
            start = end
    if lost:
        told.append(f"{lost} captions have letters that CEA-608 lacks. They are question marks there.")
    return found


def _document(captions: Iterable[TimedText]) -> Any:
    """Return the captions as ttconv's document: centred lines at the bottom."""
    from ttconv import model
    from ttconv.style_properties import (
        CoordinateType,
        DisplayAlignType,
        ExtentType,
        LengthType,
        StyleProperties,
        TextAlignType,
    )

    def percent(value: int) -> Any:
        return LengthType(value, LengthType.Units.pct)

    document = model.ContentDocument()
    region = model.Region("bottom", document)
    region.set_style(StyleProperties.Origin, CoordinateType(x=percent(10), y=percent(10)))
    region.set_style(StyleProperties.Extent, ExtentType(height=percent(80), width=percent(80)))
    region.set_style(StyleProperties.DisplayAlign, DisplayAlignType.after)
    region.set_style(StyleProperties.TextAlign, TextAlignType.center)
    document.put_region(region)
    body = model.Body(document)
    body.set_region(region)
    document.set_body(body)
    division = model.Div(document)
    body.push_child(division)
    for caption in captions:
        paragraph = model.P(document)
        paragraph.set_begin(Fraction(round(caption.start_seconds * _TIME_BASE), _TIME_BASE))
        paragraph.set_end(Fraction(round(caption.end_seconds * _TIME_BASE), _TIME_BASE))
        for number, line in enumerate(caption.lines):
            if number:
                paragraph.push_child(model.Br(document))
            span = model.Span(document)
            span.push_child(model.Text(document, line))
            paragraph.push_child(span)
        division.push_child(paragraph)
    return document


def _write(target: Path, content: bytes) -> None:
    """Write the file so that it is never there by halves."""
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StorageError(
            f"{target} cannot be written: {error.strerror or error}.",
            hint="Choose another place, or make room on the disk.",
        ) from error
