"""Files of phrases as they come: from spreadsheets, from people, from other programs, and damaged."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import MOST, Bank, starting
from fishcaption.core.phrases.files import Imported, from_file, to_csv, to_json
from fishcaption.core.text.tags import TAGS


def texts(read: Imported) -> list[str]:
    return [phrase.shown for phrase in read.bank.phrases]


def told(read: Imported) -> list[str]:
    return [str(problem) for problem in read.problems]


def archive(*names: str, **contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, "x")
        for name, content in contents.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


# -- what a spreadsheet writes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["sep=;", "SEP=;", "sep = ;", '"sep=;"', "sep=;;;", "'sep=;'", 'sep=";"', " Sep=; ", "sep=;,,"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_the_line_that_says_the_separator_is_obeyed(line: str, end: str) -> None:
    read = from_file(end.join([line, "shown;key", "Yes, please;F1", "No;F2"]).encode())
    assert (texts(read), told(read)) == (["Yes, please", "No"], [])
    assert [phrase.key for phrase in read.bank.phrases] == ["F1", "F2"]


@pytest.mark.parametrize(
    ("said", "sign"),
    [("|", "|"), ("\t", "\t"), ("\\t", "\t"), ("tab", "\t"), (",", ","), (":", ":"), ("^", "^"), ("~", "~"),
     (";", ","), (",", ";")],
)  # fmt: skip
def test_every_separator_can_be_said(said: str, sign: str) -> None:
    read = from_file(f"sep={said}\r\nshown{sign}key\r\nYes{sign}F1\r\n".encode())
    assert [(phrase.shown, phrase.key) for phrase in read.bank.phrases] == [("Yes", "F1")]


def test_lines_are_counted_from_the_first_of_the_file() -> None:
    assert told(from_file(b"sep=;\nshown;key\nYes;F1\nNo;F99\n")) == ["Line 4: “F99” is no key for a phrase."]


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "utf-8", "utf-32", "utf-32-le"]
)
@pytest.mark.parametrize(
    "table",
    [
        "shown,key\r\nGrüße,F1\r\n",
        "Grüße\n",
        "shown\tkey\nGrüße\tF1\n",
        '["Grüße"]',
        "sep=;\nshown;key\nGrüße;F1\n",
    ],
)
def test_every_unicode_is_read_with_a_mark_or_without(encoding: str, table: str) -> None:
    read = from_file(table.encode(encoding))
    assert (texts(read), told(read)) == (["Grüße"], [])


@pytest.mark.parametrize("text", ["Привет, мир\nДа\n", "שלום\nכן\n", "你好\n是\n", "مرحبا\n"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_other_alphabets_are_read_without_a_mark_too(text: str, encoding: str) -> None:
    assert texts(from_file(text.encode(encoding))) == text.split("\n")[:-1]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_western_letters_are_guessed_and_that_is_told(encoding: str) -> None:
    read = from_file("shown;key\nGrüße\nÇa va ?\n".encode(encoding))
    assert texts(read) == ["Grüße", "Ça va ?"]
    assert told(read) == ["It is not in UTF-8; it was read with Western letters (Windows-1252)."]


# -- quotation marks ---------------------------------------------------------------------------------------


def test_an_open_quotation_mark_swallows_nothing_and_is_told() -> None:
    rows = "".join(f"Phrase {number},\n" for number in range(5, 200))
    read = from_file(f'shown,key\nYes,F1\n"No,F2\nMaybe,F3\n{rows}'.encode())
    assert texts(read)[:3] == ["Yes", '"No', "Maybe"]
    assert len(texts(read)) == 3 + 195
    assert told(read) == ["Line 3: a quotation mark is not closed; the line is read as it stands"]


@pytest.mark.parametrize(
    ("text", "found", "lines"),
    [
        ('shown,key\n"Open,F1\nNext,F2\n"Closed",F3\n', ['"Open', "Next", "Closed"], [2]),
        ('shown,said\n"a","b\n"c",d\n', ["a", "c"], [2]),
        ('shown\n"Two\nlines"\nOne\n', ["Two\nlines", "One"], []),
        ('shown\n"She said ""no"" to me"\n', ['She said "no" to me'], []),
        ('shown,key\n"Stop!" he said,F1\n', ['"Stop!" he said'], []),
        ('shown, key\n "Yes, please" , F1\n', ["Yes, please"], []),
        ('"Stop!" he said\nHello "you"\n"Well, yes"\n', ['"Stop!" he said', 'Hello "you"', "Well, yes"], []),
        ('"Hello\nyou\n', ['"Hello', "you"], [1]),
    ],
)
def test_quotation_marks_are_those_of_tables_or_of_people(
    text: str, found: list[str], lines: list[int]
) -> None:
    read = from_file(text.encode())
    assert texts(read) == found
    assert [problem.line for problem in read.problems] == lines


def test_a_cell_of_very_many_lines_was_left_open() -> None:
    read = from_file(
        ('shown\n"Open\n' + "Phrase\n" * 3 + "".join(f"P{n}\n" for n in range(80)) + 'end"\n').encode()
    )
    assert len(texts(read)) > 80
    assert next(problem.line for problem in read.problems) == 2


# -- lists -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ["Hello, world", "Yes"],
        ["Yes", "No, thank you", "Well, no, not now"],
        ["Yes, please", "No, thanks"],
        ["Text, please?", "Yes"],
        ["Name, rank and number", "Yes"],
        ["Wait; I am typing", "Yes"],
        ["[laughs] Hello", "Yes"],
        ["[laughs]"],
        ["{whisper} Come here", "[1] One"],
        ["1,5 litres, please", "0,75"],
        ["Say", "Yes"],
        ["a | b", "c"],
        ["sep is a word", "separate, please"],
    ],
)
@pytest.mark.parametrize("name", ["", "list.txt", "list.csv"])
def test_a_list_is_a_list(lines: list[str], name: str) -> None:
    read = from_file("\n".join(lines).encode(), name)
    assert (texts(read), told(read)) == (lines, [])


@pytest.mark.parametrize(
    "table", ["a,b\n1,2\n", "Ja,bitte\nNein,danke\n", "one;two\n3;4\n", "a\tb\nc\td\n", "key,said\nF1,x\n"]
)
def test_a_table_without_names_is_told(table: str) -> None:
    with pytest.raises(InputError, match="names no column “shown”") as raised:
        from_file(table.encode())
    assert "In a list each line is a phrase" in raised.value.hint


@pytest.mark.parametrize(
    "content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0\0", b"\xfe\xff\0\n"]
)
@pytest.mark.parametrize("name", ["", "a.csv", "a.json", "a.obf"])
def test_an_empty_file_says_that_it_is_empty(content: bytes, name: str) -> None:
    with pytest.raises(InputError, match="is empty"):
        from_file(content, name)


@pytest.mark.parametrize(
    "content", [b'{"phrases": ["Yes."', b'[{"shown": "Yes."}, ', b'{"version": 1, "categ']
)
def test_broken_json_of_ours_is_no_list(content: bytes) -> None:
    with pytest.raises(InputError, match="is no JSON"):
        from_file(content)
    with pytest.raises(InputError, match="is no JSON"):
        from_file(b"Hello", "phrases.json")


def test_what_is_too_much_is_counted() -> None:
    read = from_file("\n".join(f"Phrase {number}" for number in range(MOST + 7)).encode())
    assert len(texts(read)) == MOST
    assert told(read) == [f"7 more are left out: there can be {MOST} phrases."]


def test_controls_of_a_file_are_no_text() -> None:
    read = from_file(b"shown\n\x1b[1mHi\x07 there\x00\x1b[0m\n")
    assert texts(read) == ["Hi there"]


def test_tags_are_those_of_our_own_files_only() -> None:
    bank, _ = Bank().add(f"{TAGS[0].char} Come here")
    for content in (to_csv(bank), to_json(bank)):
        assert texts(from_file(content)) == [f"{TAGS[0].char} Come here"]
    for foreign in (f"{TAGS[0].char} Come", f"shown;key\n{TAGS[0].char} Come;F1", f'["{TAGS[0].char} Come"]'):
        assert texts(from_file(foreign.encode())) == ["\ufffd Come"]


# -- other programs ----------------------------------------------------------------------------------------

SHEET = archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>")
WRITER = archive(mimetype=b"application/vnd.oasis.opendocument.text", content_xml=b"<x/>")


@pytest.mark.parametrize(
    ("content", "words", "hint"),
    [
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook", "CSV UTF-8"),
        (SHEET, "a LibreOffice spreadsheet", "Text CSV"),
        (WRITER, "a document for a word processor", "text in UTF-8"),
        (
            archive("[Content_Types].xml", "word/document.xml"),
            "a document for a word processor",
            "text in UTF-8",
        ),
        (archive("Index/Document.iwa", "preview.jpg"), "Numbers", "Export To"),
        (archive("Grids/Home/grid.xml", "Settings0/settings.xml"), "Grid 3", "CSV"),
        (archive("letter.txt"), "a ZIP archive", "Unpack"),
        (archive(), "a ZIP archive", "Unpack"),
        (b"PK\x03\x04 and then nothing of the kind", "damaged", "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook", "CSV UTF-8"),
        (b"SQLite format 3\0" + bytes(100), "TD Snap", "CSV"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "CSV"),
        (b"{\\rtf1\\ansi Hello}", "a word processor", "text in UTF-8"),
        (b"<!DOCTYPE html><html><body>Yes</body>", "a web page", "CSV"),
        (b"\x1f\x8b\x08" + bytes(20), "a compressed file", "Unpack"),
        (b"\x7fELF\x02\x01\x01\0\0" + bytes(range(256)), "not text", "CSV"),
    ],
)
def test_a_file_of_another_program_says_which_and_what_to_do(content: bytes, words: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        from_file(content, "phrases")
    assert words in str(raised.value)
    assert hint in raised.value.hint


BOARD = {
    "format": "open-board-0.1",
    "name": "Food",
    "buttons": [
        {"id": 1, "label": "water", "vocalization": "I would like some water."},
        {"id": 2, "label": "more", "load_board": {"path": "boards/more.obf"}},
        {"id": 3, "label": ""},
        {"id": 4, "label": "tea"},
    ],
}


def test_boards_are_read_one_alone_and_all_of_a_set() -> None:
    one = from_file(json.dumps(BOARD).encode(), "food.obf")
    assert [(phrase.shown, phrase.said, phrase.category) for phrase in one.bank.phrases] == [
        ("water", "I would like some water.", "Food"),
        ("tea", "", "Food"),
    ]
    assert told(one) == ["Food: 2 buttons without words were left out."]
    other = {**BOARD, "name": "Home", "buttons": [{"label": "bed"}]}
    content = archive(
        "images/water.png",
        manifest_json=b"{}",
        boards__food_obf=json.dumps(BOARD).encode(),
        boards__home_obf=json.dumps(other).encode(),
    )
    every = from_file(content, "all.obz")
    assert texts(every) == ["water", "tea", "bed"]
    assert [entry.name for entry in every.bank.categories] == ["Food", "Home"]


def test_boards_that_unpack_to_too_much_are_refused() -> None:
    with pytest.raises(InputError, match="too large"):
        from_file(archive(a_obf=b" " * (33 << 20)), "bomb.obz")


# -- all that can come -------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"shown", b"key", b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"sep=", b"[", b"]", b"{", b"}",
     b"Yes", b" ", b"\0", b"\xff\xfe", b"\xfc", b"PK\x03\x04", b'"phrases":', b"F1", b"'", b"=", b"\x1b["]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map(b"".join), st.sampled_from(["", "a.csv", "a.json", "a.obz"]))
def test_any_file_is_read_or_refused(content: bytes, name: str) -> None:
    try:
        read = from_file(content, name)
    except InputError:
        return
    assert all(phrase.shown.strip() for phrase in read.bank.phrases)


@given(st.lists(st.sampled_from(["a", ",", '"', "\n", ";", " ", "Yes", "shown"]), max_size=40).map("".join))
def test_every_line_of_a_list_or_a_table_is_kept_or_told(text: str) -> None:
    try:
        read = from_file(f"shown\n{text}".encode())
    except InputError:
        return
    kept = "".join(texts(read))
    assert kept.count("Yes") + 10 * len(read.problems) >= text.count("Yes") if "," not in text else True


def test_own_files_come_back_whole() -> None:
    bank = starting()
    for content, name in (
        (to_csv(bank), "a.csv"),
        (to_json(bank), "a.json"),
        (to_csv(bank), ""),
        (to_json(bank), ""),
    ):
        read = from_file(content, name)
        assert texts(read) == [phrase.shown for phrase in bank.phrases]
        assert told(read) == []


def test_the_preset_of_a_category_goes_along() -> None:
    bank, _ = Bank().add("Hello.", category="Family")
    bank = bank.edit_category("Family", preset="At home")
    assert from_file(to_json(bank)).bank == bank
    assert from_file(to_csv(bank)).bank.categories == bank.categories
    joined = Bank().join(bank).bank
    assert joined.preset_of(joined.phrases[0]) == "At home"
