"""Small Office files, made part by part, as Office writes them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MARKUP = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def archive(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a ZIP archive with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def relations(*targets: tuple[str, str, str]) -> str:
    """The relations of a part: id, kind, target."""
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'


def document(body: str) -> str:
    """A Word document's main part."""
    return f'<w:document xmlns:w="{_WORD}" xmlns:mc="{_MARKUP}"><w:body>{body}</w:body></w:document>'


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word document."""
    looks = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{looks}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


STYLES = f"""<w:styles xmlns:w="{_WORD}">
<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Eigene"><w:name w:val="My heading"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="Gliederung"><w:name w:val="Outline"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/></w:style>
<w:style w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style>
</w:styles>"""


def word(path: Path, body: str, more: Mapping[str, str | bytes] | None = None) -> Path:
    """Write a Word document."""
    return archive(
        path,
        {
            "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(("rId1", "styles", "styles.xml")),
            "word/document.xml": document(body),
            "word/styles.xml": STYLES,
            **(more or {}),
        },
    )


def _shape(kind: str, paragraphs: Sequence[str]) -> str:
    inside = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in paragraphs)
    mark = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{mark}<p:txBody>{inside}</p:txBody></p:sp>"


def presentation(path: Path, slides: Sequence[tuple[str, Sequence[str], bool]]) -> Path:
    """Write a presentation; a slide has a title, paragraphs of notes (or none), and may be hidden.

    Their files are numbered backwards, so that only the presentation's own list has their order.
    """
    spaces = f'xmlns:p="{_SLIDES}" xmlns:a="{_DRAWING}" xmlns:r="{_OFFICE}"'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + at}" r:id="rId{at}"/>' for at in range(len(slides)))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"rId{at}", "slide", f"slides/slide{len(slides) - at}.xml") for at in range(len(slides)))
        ),
    }
    for at, (title, notes, is_hidden) in enumerate(slides):
        number = len(slides) - at
        shapes = _shape("title", [title]) + _shape("body", ["On the slide"]) + _shape("", ["A box"])
        parts[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld {spaces} show="{int(not is_hidden)}"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>'
            "</p:sld>"
        )
        if notes:
            parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(
                ("rId1", "notesSlide", f"../notesSlides/notesSlide{number}.xml")
            )
            shapes = _shape("sldImg", []) + _shape("body", notes) + _shape("sldNum", [str(number)])
            parts[f"ppt/notesSlides/notesSlide{number}.xml"] = (
                f"<p:notes {spaces}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:notes>"
            )
    return archive(path, parts)
