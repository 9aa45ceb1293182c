"""Word documents: their paragraphs, and which of them are headings."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fishcaption.documents.archives import Archive, Attributes, Handlers

_WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",  # strict
)
_FALLBACK: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_SIGNS: Final = {"tab": " ", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_LEFT_OUT: Final = frozenset({"del", "moveFrom"})  # what was deleted, and where something was moved from
_HEADING: Final = re.compile(r"heading (\d)$", re.I)
_BODY_LEVEL: Final = 9  # of an outline: no heading
_MOST_STEPS: Final = 10  # from a style to those on which it rests


class Paragraph(NamedTuple):
    """A paragraph; ``level`` is that of a heading: 1 for the title, 2 and more below it, 0 for other text."""

    text: str
    level: int = 0


def paragraphs(archive: Archive) -> list[Paragraph]:
    """Return the paragraphs of the document, also of tables and boxes, in their order. Raises InputError."""
    entry = next(
        (target for _, kind, target in archive.targets("") if kind == "officeDocument"), "word/document.xml"
    )
    styles = next((target for _, kind, target in archive.targets(entry) if kind == "styles"), "")
    reading = _Document(_levels(archive, styles) if styles else {})
    archive.read_xml(entry, Handlers(reading.start, reading.end, reading.text))
    return reading.found


class _Open:
    """A paragraph that is being read; boxes have paragraphs inside a paragraph."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.level = 0


class _Document:
    """Takes the parts of the main document."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.found: list[Paragraph] = []
        self._levels = levels
        self._open: list[_Open] = []
        self._skipped = 0  # depth inside a part that is left out
        self._is_text = self._is_hidden = False

    def start(self, name: str, values: Attributes) -> None:
        local = _local(name)
        if self._skipped or name == _FALLBACK or local in _LEFT_OUT:
            self._skipped += 1
        elif local == "p":
            self._open.append(_Open())
        elif self._open:
            self._inside(local, values)

    def _inside(self, local: str, values: Attributes) -> None:
        paragraph = self._open[-1]
        if local == "r":
            self._is_hidden = False
        elif local == "vanish":
            self._is_hidden = _value(values) not in ("0", "false", "off")
        elif local == "t":
            self._is_text = True
        elif local == "pStyle":
            paragraph.level = paragraph.level or self._levels.get(_value(values), 0)
        elif local == "outlineLvl":
            paragraph.level = _level(_value(values))
        elif not self._is_hidden and local in _SIGNS:
            paragraph.parts.append(_SIGNS[local])
        elif local == "br":
            paragraph.parts.append("\n")

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        local = _local(name)
        if local == "t":
            self._is_text = False
        elif local == "p" and self._open:
            paragraph = self._open.pop()
            self.found.append(Paragraph("".join(paragraph.parts), paragraph.level))

    def text(self, data: str) -> None:
        if self._is_text and not self._skipped and not self._is_hidden and self._open:
            self._open[-1].parts.append(data)


def _levels(archive: Archive, entry: str) -> dict[str, int]:
    """Return the levels of the styles that are headings, by their ids."""
    found: dict[str, int] = {}
    bases: dict[str, str] = {}
    style = ""

    def start(name: str, values: Attributes) -> None:
        nonlocal style
        local = _local(name)
        if local == "style":
            style = _value(values, "styleId")
        elif local == "name" and (match := _HEADING.match(_value(values))):
            found[style] = int(match[1]) + 1  # below the title
        elif local == "name" and _value(values).casefold() == "title":
            found[style] = 1
        elif local == "outlineLvl" and (level := _level(_value(values))):
            found.setdefault(style, level)
        elif local == "basedOn":
            bases[style] = _value(values)

    archive.read_xml(entry, Handlers(start, lambda name: None, lambda data: None))
    for derived in bases:
        base = derived
        for _ in range(_MOST_STEPS):
            if base in found or base not in bases:
                break
            base = bases[base]
        if base in found:
            found.setdefault(derived, found[base])
    return found


def _level(outline: str) -> int:
    return int(outline) + 2 if outline.isdecimal() and len(outline) == 1 and int(outline) < _BODY_LEVEL else 0


def _local(name: str) -> str:
    """Return the name of an element of Word's; empty for others."""
    for space in _WORD:
        if name.startswith(space):
            return name[len(space) :]
    return ""


def _value(values: Attributes, name: str = "val") -> str:
    return next((values[space + name] for space in _WORD if space + name in values), "")
