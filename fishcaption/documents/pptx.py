"""PowerPoint presentations: the notes of their slides."""

from __future__ import annotations

from typing import Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.documents.archives import Archive, Attributes, Handlers

_DRAWING: Final = (
    "http://schemas.openxmlformats.org/drawingml/2006/main ",
    "http://purl.oclc.org/ooxml/drawingml/main ",  # strict
)
_SLIDES: Final = (
    "http://schemas.openxmlformats.org/presentationml/2006/main ",
    "http://purl.oclc.org/ooxml/presentationml/main ",
)
_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships ",
    "http://purl.oclc.org/ooxml/officeDocument/relationships ",
)
_FALLBACK: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_MOST_SLIDES: Final = 5_000


class Slide(NamedTuple):
    """A slide; ``number`` counts from 1, as PowerPoint counts. ``notes`` are paragraphs."""

    number: int
    title: str
    notes: tuple[str, ...]
    is_hidden: bool


def slides(archive: Archive) -> list[Slide]:
    """Return the slides in the order in which they are shown. Raises InputError."""
    entry = next(
        (target for _, kind, target in archive.targets("") if kind == "officeDocument"),
        "ppt/presentation.xml",
    )
    targets = {name: target for name, kind, target in archive.targets(entry) if kind == "slide"}
    order: list[str] = []

    def start(name: str, values: Attributes) -> None:
        if _local(name, _SLIDES) == "sldId":
            order.append(next((values[space + "id"] for space in _RELATIONS if space + "id" in values), ""))

    archive.read_xml(entry, Handlers(start, lambda name: None, lambda data: None))
    if len(order) > _MOST_SLIDES:
        raise InputError(
            f"This presentation has more than {_MOST_SLIDES:,} slides.", hint="Open a part of it."
        )
    return [
        _slide(archive, number, targets[relation])
        for number, relation in enumerate(order, 1)
        if relation in targets
    ]


def _slide(archive: Archive, number: int, entry: str) -> Slide:
    slide = _Shapes(("title", "ctrTitle"))
    archive.read_xml(entry, Handlers(slide.start, slide.end, slide.text))
    notes = _Shapes(("body",))
    for _, kind, target in archive.targets(entry):
        if kind == "notesSlide":
            archive.read_xml(target, Handlers(notes.start, notes.end, notes.text))
    return Slide(number, " ".join(" ".join(slide.found).split()), tuple(notes.found), slide.is_hidden)


class _Shapes:
    """Takes the paragraphs of placeholders of certain kinds."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.found: list[str] = []
        self.is_hidden = False
        self._kinds = kinds
        self._is_wanted = self._is_text = False
        self._skipped = 0
        self._parts: list[str] = []

    def start(self, name: str, values: Attributes) -> None:
        if self._skipped or name == _FALLBACK:
            self._skipped += 1
            return
        shape, mark = _local(name, _SLIDES), _local(name, _DRAWING)
        if shape == "sld":
            self.is_hidden = values.get("show") in ("0", "false")
        elif shape == "sp":
            self._is_wanted = False
        elif shape == "ph":
            self._is_wanted = values.get("type", "obj") in self._kinds
        elif mark == "p":
            self._parts = []
        elif mark == "br":
            self._parts.append("\n")
        elif mark == "tab":
            self._parts.append(" ")
        self._is_text = mark == "t"

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        self._is_text = False
        if self._is_wanted and _local(name, _DRAWING) == "p":
            self.found.append("".join(self._parts))

    def text(self, data: str) -> None:
        if self._is_text and not self._skipped:
            self._parts.append(data)


def _local(name: str, spaces: tuple[str, ...]) -> str:
    for space in spaces:
        if name.startswith(space):
            return name[len(space) :]
    return ""
