"""A file becomes a script: its content, and where that says nothing, its name's ending, tell the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from fishcaption.core.errors import InputError
from fishcaption.core.script import fountain, markdown, plain_text, subtitles
from fishcaption.core.script.model import Script
from fishcaption.core.text.incoming import cleaned
from fishcaption.core.text.tags import without_tags
from fishcaption.documents import docx, pptx
from fishcaption.documents.archives import Archive
from fishcaption.documents.text_files import MOST_BYTES, decoded, opened, unreadable

_COPY: Final = "Copy its text, and paste that into the script."
_SAVE_DOCX: Final = "Open it in LibreOffice or Word, and save it as Word 2007 (.docx)."
_SAVE_PPTX: Final = "Open it in LibreOffice or PowerPoint, and save it as PowerPoint 2007 (.pptx)."
_BEGINNINGS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is locked, or of an Office before 2007", _SAVE_DOCX),
    (b"%PDF", "is a PDF", _COPY),
    (b"{\\rtf", "is in Rich Text Format", _SAVE_DOCX),
    (b"\x1f\x8b", "is compressed", "Unpack it, and open the file in it."),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive", "Unpack it, and open the file in it."),
    (b"Rar!", "is a RAR archive", "Unpack it, and open the file in it."),
    (b"\x89PNG", "is a picture", "Open a file with a text."),
    (b"\xff\xd8\xff", "is a picture", "Open a file with a text."),
)
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE: Final = frozenset({"docx", "pptx"})
_SUBRIP: Final = re.compile(r"\s*\d+[ \t]*\n[ \t]*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->")


def read_script(path: Path, *, language: str = "en") -> Script:
    """Return the script in a file. Blocks. ``language`` is the two-letter code by whose rules sentences end.

    Raises InputError for a file without a usable text, StorageError for one that cannot be read.
    """
    name = path.name
    with opened(path) as file:
        try:
            content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise unreadable(path, error) from error
        if content.startswith(_ZIP):
            with Archive(file, name) as archive:
                script = _from_archive(archive, name, language)
        else:
            script = _from_text(content, name, language)
    if not script.cues:
        raise InputError(f"{name} has no text to speak.", hint="Choose a file with a text.")
    return script


def _from_text(content: bytes, name: str, language: str) -> Script:
    for beginning, words, hint in _BEGINNINGS:
        if content.startswith(beginning):
            raise InputError(f"{name} {words}.", hint=hint)
    ending = name.casefold().rpartition(".")[2]
    if ending in _OFFICE and content:
        raise InputError(
            f"{name} is not a {'Word document' if ending == 'docx' else 'PowerPoint presentation'}.",
            hint="Open it in the program that it comes from, and save it again; or give it its right ending.",
        )
    if len(content) > MOST_BYTES:
        raise InputError(
            f"{name} is too large to be a script: it has more than {MOST_BYTES >> 20} MB.",
            hint="Divide it into several files.",
        )
    text, told = decoded(content, name)
    script = _format_of(text, ending)(text, name, language)
    return replace(script, problems=(told, *script.problems)) if told else script


def _format_of(text: str, ending: str) -> Callable[[str, str, str], Script]:
    if text.startswith("WEBVTT") or ending == "vtt":
        return lambda text, name, language: subtitles.script_of(text, "vtt", name, language=language)
    if ending == "srt" or _SUBRIP.match(text):
        return lambda text, name, language: subtitles.script_of(text, "srt", name, language=language)
    if ending in ("fountain", "spmd"):
        return lambda text, name, language: fountain.script_of(text, name, language=language)
    if ending in ("md", "markdown"):
        return lambda text, name, language: markdown.script_of(text, name, language=language)
    return lambda text, name, language: plain_text.script_of(text, name, language=language)


def _from_archive(archive: Archive, name: str, language: str) -> Script:
    if archive.has_folder("word"):
        return _from_paragraphs(docx.paragraphs(archive), name, language)
    if archive.has_folder("ppt"):
        return _from_slides(pptx.slides(archive), name, language)
    words, hint = "is a ZIP archive", "Unpack it, and open the file in it."
    if "mimetype" in archive:
        kind = archive.beginning("mimetype")
        if b"opendocument" in kind:
            is_slides = b"presentation" in kind
            words, hint = "is an OpenDocument file", _SAVE_PPTX if is_slides else _SAVE_DOCX
        elif b"epub" in kind:
            words, hint = "is an electronic book", _COPY
    elif archive.has_folder("xl"):
        words, hint = "is an Excel workbook", _COPY
    elif archive.has_folder("Index"):
        words, hint = (
            "is a Pages or Keynote document",
            "In Pages or Keynote: File, Export To, Word… or PowerPoint…",
        )
    raise InputError(f"{name} {words}.", hint=hint)


def _from_paragraphs(paragraphs: Iterable[docx.Paragraph], name: str, language: str) -> Script:
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += ["", *_lines(paragraph.text, paragraph.level)]
    return plain_text.parse("\n".join(lines), name, language=language)


def _from_slides(slides: list[pptx.Slide], name: str, language: str) -> Script:
    lines: list[str] = []
    without: list[int] = []
    hidden: list[int] = []
    for slide in slides:
        notes = [line for paragraph in slide.notes for line in ("", *_lines(paragraph, 0))]
        if slide.is_hidden:
            hidden.append(slide.number)
        elif not any(notes):
            without.append(slide.number)
        else:
            title = f"Slide {slide.number}: {slide.title}" if slide.title else f"Slide {slide.number}"
            lines += ["", *_lines(title, 1), *notes]
    if not lines:
        raise InputError(
            f"{name} has no notes to speak.",
            hint="Write what you say below the slides, as notes, and save it.",
        )
    script = plain_text.parse("\n".join(lines), name, language=language)
    told = [
        f"{'Slide' if len(numbers) == 1 else 'Slides'} {_listed(numbers)} {words}"
        for numbers, words in ((without, "without notes."), (hidden, "hidden: the notes are left out."))
        if numbers
    ]
    return replace(script, problems=(*script.problems, *told))


def _lines(text: str, level: int) -> list[str]:
    """Return the lines of a paragraph as lines of a script's text."""
    lines = [stripped for line in without_tags(cleaned(text)).split("\n") if (stripped := line.strip())]
    if level and lines:
        return [f"{'#' * min(level, 6)} {' '.join(lines)}"]
    return [
        line if plain_text.opens_cue(line) and not line.startswith("#") else plain_text.as_text(line)
        for line in lines
    ]


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{shown} and {len(numbers) - 10} more:" if len(numbers) > 10 else f"{shown}:"
