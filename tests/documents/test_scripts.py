"""Files that become scripts, and files that are none."""

from __future__ import annotations

import codecs
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.script.model import ScriptCue
from fishcaption.documents import archives, text_files
from fishcaption.documents.scripts import read_script
from tests.documents.office import archive, document, paragraph, presentation, relations, word


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts(path: Path) -> list[str]:
    return [cue.text for cue in read_script(path).cues]


@pytest.mark.parametrize(
    ("name", "content", "cues"),
    [
        ("a.txt", "One\n\nTwo", ["One", "Two"]),
        ("a.TXT", "One\r\n\r\nTwo\r\n", ["One", "Two"]),
        ("a", "One\rTwo\r", ["One", "Two"]),
        ("a.txt", "One\n\nZwei äöü 字".encode("utf-16"), ["One", "Zwei äöü 字"]),
        ("a.txt", "One line\n\nand another one".encode("utf-16-le"), ["One line", "and another one"]),
        ("a.txt", codecs.BOM_UTF8 + b"One\n\nTwo", ["One", "Two"]),
        ("a.txt", "Grüße\n\nà bientôt".encode("cp1252"), ["Grüße", "à bientôt"]),
        ("a.txt", "Be\x1b[31mware\x07 of \ue100", ["Beware of \ufffd"]),
        ("a.txt", "🎉🎉\n\n👩‍👩‍👧", ["🎉🎉", "👩‍👩‍👧"]),
        ("a.md", "# Hi\n\none\ntwo", ["one two"]),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\none\ntwo\n", ["one two"]),
        ("a.txt", "1\n00:00:01,000 --> 00:00:02,000\none\ntwo\n", ["one two"]),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\none\ntwo\n", ["one two"]),
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\none\ntwo\n", ["one two"]),
        ("a.fountain", "He comes.\n\nANNA\nHi", ["Hi"]),
    ],
)
def test_texts_in_every_format_and_encoding(
    tmp_path: Path, name: str, content: bytes | str, cues: list[str]
) -> None:
    path = written(tmp_path, name, content)
    assert texts(path) == cues
    assert read_script(path).name == name


def test_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    assert "Windows-1252" in read_script(written(tmp_path, "a.txt", b"Gr\xfc\xdfe")).problems[0]
    assert read_script(written(tmp_path, "a.txt", "Grüße")).problems == ()


@pytest.mark.parametrize(
    ("name", "content", "told", "hint"),
    [
        ("a.txt", b"", "no text to speak", "with a text"),
        ("a.txt", b" \r\n\t\n", "no text to speak", "with a text"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n\n", "no text to speak", "with a text"),
        ("a.docx", b"Just text", "not a Word document", "save it again"),
        ("a.pptx", b"\x00\x01", "not a PowerPoint presentation", "save it again"),
        ("a.docx", b"PK\3\4 broken", "damaged or locked", "save it again"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "before 2007", ".docx"),
        ("a.pdf", b"%PDF-1.7", "is a PDF", "paste"),
        ("a.rtf", b"{\\rtf1 Hello}", "Rich Text", ".docx"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "is a picture", "text"),
        ("a.txt", b"One\0two\0three\xff\xfe", "not a text file", ".txt"),
    ],
)
def test_files_that_are_no_script(tmp_path: Path, name: str, content: bytes, told: str, hint: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_script(written(tmp_path, name, content))
    assert str(caught.value).startswith(name)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("entries", "told", "hint"),
    [
        ({"xl/workbook.xml": ""}, "Excel", "paste"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}, "OpenDocument", ".docx"),
        ({"mimetype": "application/vnd.oasis.opendocument.presentation"}, "OpenDocument", ".pptx"),
        ({"mimetype": "application/epub+zip"}, "book", "paste"),
        ({"Index/Document.iwa": ""}, "Pages or Keynote", "Export"),
        ({"a.txt": "Hello"}, "ZIP archive", "Unpack"),
        ({"word/other.xml": ""}, "damaged", "save it again"),
        ({"word/document.xml": "<w:p>"}, "damaged", "save it again"),
        ({"ppt/presentation.xml": "no xml"}, "damaged", "save it again"),
    ],
)
def test_archives_that_are_no_script(tmp_path: Path, entries: dict[str, str], told: str, hint: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_script(archive(tmp_path / "a.docx", entries))
    assert hint in caught.value.hint


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        read_script(tmp_path / "none.txt")
    with pytest.raises(StorageError, match="is not a file"):
        read_script(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(StorageError, match="is not a file"):  # and is not waited for
            read_script(tmp_path / "pipe.txt")


def test_a_text_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fishcaption.documents.scripts.MOST_BYTES", 10)
    assert texts(written(tmp_path, "a.txt", b"0123456789")) == ["0123456789"]
    with pytest.raises(InputError, match="too large"):
        read_script(written(tmp_path, "a.txt", b"0123456789a"))
    assert text_files.MOST_BYTES == 8 << 20


def test_a_word_document(tmp_path: Path) -> None:
    script = read_script(
        word(
            tmp_path / "talk.docx",
            paragraph("My talk", "Titel")
            + paragraph("Opening", "berschrift1")
            + paragraph("ANNA: Good evening.")
            + paragraph("")
            + "<w:p><w:r><w:t>It is </w:t></w:r>"
            "<w:r><w:t>late</w:t><w:br/><w:t>and</w:t><w:tab/><w:t>dark.</w:t></w:r></w:p>"
            + paragraph("# is no marker here")
            + "<w:p><w:del><w:r><w:t>deleted</w:t></w:r></w:del>"
            "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
            + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
            + paragraph("Middle", "Eigene")
            + "<w:tbl><w:tr><w:tc>"
            + paragraph("in a table")
            + "</w:tc></w:tr></w:tbl>"
            + paragraph("Part", "Gliederung")
            + "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent>"
            + paragraph("in a box")
            + "</w:txbxContent></mc:Choice><mc:Fallback>"
            + paragraph("in a box")
            + "</mc:Fallback></mc:AlternateContent></w:p>"
            + paragraph("plain", "A"),
        )
    )
    assert script.cues == (
        ScriptCue(1, "Good evening.", "ANNA", note="My talk\nOpening", is_marked=True),
        ScriptCue(2, "It is late\nand dark."),
        ScriptCue(3, "# is no marker here"),
        ScriptCue(4, "in a table", note="Middle", is_marked=True),
        ScriptCue(5, "in a box", note="Part", is_marked=True),
        ScriptCue(6, "plain"),
    )


def test_a_word_document_whose_main_part_has_another_name(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.docx",
        {
            "_rels/.rels": relations(("rId1", "officeDocument", "/word/document2.xml")),
            "word/document2.xml": document(paragraph("Hello")),
        },
    )
    assert texts(path) == ["Hello"]


def test_the_notes_of_a_presentation(tmp_path: Path) -> None:
    script = read_script(
        presentation(
            tmp_path / "talk.pptx",
            [
                ("Welcome", ["Good evening.", "", "BEN: Hello."], False),
                ("No notes", [], False),
                ("", ["Third."], False),
                ("Secret", ["Not shown."], True),
            ],
        )
    )
    assert script.cues == (
        ScriptCue(1, "Good evening.", note="Slide 1: Welcome", is_marked=True),
        ScriptCue(2, "Hello.", "BEN"),
        ScriptCue(3, "Third.", note="Slide 3", is_marked=True),
    )
    assert script.problems == ("Slide 2: without notes.", "Slide 4: hidden: the notes are left out.")


def test_a_presentation_without_notes(tmp_path: Path) -> None:
    path = presentation(tmp_path / "a.pptx", [("One", [], False), ("Two", [" "], False)])
    with pytest.raises(InputError, match="no notes to speak") as caught:
        read_script(path)
    assert "below the slides" in caught.value.hint


# -- hostile archives


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", paragraph("a" * (16 << 20)))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="too large"):
        read_script(path)


def test_a_document_that_is_too_large_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 3000)
    assert texts(word(tmp_path / "a.docx", paragraph("Hello"))) == ["Hello"]
    with pytest.raises(InputError, match="too large"):
        read_script(word(tmp_path / "b.docx", paragraph("Hello") * 60))


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 100_000 + "</w:p>" * 100_000,
        "<w:sdt>" * 201 + "</w:sdt>" * 201,
    ],
)
def test_a_document_that_is_nested_too_deeply(tmp_path: Path, body: str) -> None:
    with pytest.raises(InputError, match="too large"):
        read_script(word(tmp_path / "a.docx", body))


def test_a_document_of_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ELEMENTS", 100)
    with pytest.raises(InputError, match="too large"):
        read_script(word(tmp_path / "a.docx", paragraph("a") * 100))


def test_entities_are_refused(tmp_path: Path) -> None:
    laughs = "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]>" + document(
        "<w:p><w:r><w:t>&c;</w:t></w:r></w:p>"
    )
    with pytest.raises(InputError, match="damaged"):
        read_script(word(tmp_path / "a.docx", "", {"word/document.xml": laughs}))
    outside = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + document(paragraph("a"))
    with pytest.raises(InputError, match="damaged"):
        read_script(word(tmp_path / "b.docx", "", {"word/document.xml": outside}))


def test_an_archive_of_very_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    path = word(tmp_path / "a.docx", paragraph("Hello"), {f"media/{number}": b"" for number in range(10)})
    with pytest.raises(InputError, match="damaged"):
        read_script(path)


def test_a_locked_archive(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", paragraph("Hello"))
    data = bytearray(path.read_bytes())
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:  # the flag “encrypted” of each entry in the list
        struct.pack_into("<H", data, at + 8, 1)
        at += 4
    with pytest.raises(InputError, match="locked"):
        read_script(written(tmp_path, "b.docx", bytes(data)))


def test_targets_outside_of_the_archive_are_not_read(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.docx",
        {
            "_rels/.rels": relations(("rId1", "officeDocument", "../../../../../../etc/passwd")),
            "word/document.xml": document(paragraph("Hello")),
        },
    )
    assert texts(path) == ["Hello"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_broken_document_ends_in_a_script_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    for path in (
        word(tmp_path / "a.docx", paragraph("Hello", "berschrift1") + paragraph("you")),
        presentation(tmp_path / "a.pptx", [("One", ["Hello"], False)]),
    ):
        content = bytearray(path.read_bytes())
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
            content[place] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(1, len(content)))
        for version in (bytes(content), bytes(content[:cut])):
            path.write_bytes(version)
            assert complaint_about(path).endswith((".", "ok"))


def complaint_about(path: Path) -> str:
    """The sentence and the hint of the error, or “ok”; another exception fails the test."""
    try:
        read_script(path)
    except FishCaptionError as error:
        return f"{error} {error.hint}"
    return "ok"


def test_stored_entries_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("word/document.xml", document(paragraph("Hello")))
    assert texts(path) == ["Hello"]


# -- size


@pytest.mark.slow
def test_a_hundred_thousand_lines(tmp_path: Path) -> None:
    lines = [f"Line {number}." for number in range(100_000)]
    assert texts(written(tmp_path, "a.txt", "\n".join(lines))) == lines


@pytest.mark.slow
def test_one_line_of_a_megabyte(tmp_path: Path) -> None:
    cues = texts(written(tmp_path, "a.txt", "This goes on and on. " * 50_000))
    assert len(" ".join(cues)) == 21 * 50_000 - 1
    assert max(map(len, cues)) <= 240
