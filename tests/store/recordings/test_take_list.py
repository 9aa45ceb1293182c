"""The list of takes: what was written is read, and what spreadsheets make of it, too."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.text.incoming import cleaned
from fishcaption.store.recordings.take_list import Take, decoded, encoded, is_take_name

TAKE = Take("take-001.flac", 'He said: "Well, really!"', "en", "2026-11-30", 17.25, True, "microphone")


def test_what_was_written_is_read() -> None:
    others = (
        Take("take-002.flac", "Zwei\nZeilen; mit Zeichen", "de-at", "2026-12-01", 0.0, False, "old.m4a"),
    )
    assert decoded(encoded((TAKE, *others))).takes == (TAKE, *others)


@given(st.text(max_size=80))
def test_any_text_is_read_as_it_was_said(text: str) -> None:
    said = cleaned(text.encode("utf-8", "replace").decode()).strip()
    assert decoded(encoded((TAKE._replace(text=text),))).takes[0].text == said


@pytest.mark.parametrize(
    "content",
    [
        b"file;text;language;date;seconds;kept;source\r\ntake-001.flac;Gr\xfc\xdfe;de;2026-11-30;17,25;yes;microphone\r\n",
        "file\ttext\tlanguage\tdate\tseconds\tkept\tsource\ntake-001.flac\tGrüße\tde\t2026-11-30\t17.25\tTRUE\t\n".encode(
            "utf-16"
        ),
        'FILE,Text,Language,Date,Seconds,Kept\n"take-001.flac","Grüße","DE","2026-11-30","17.25","Yes"\n'.encode(),
    ],
    ids=["Excel, German", "Excel, Unicode", "others"],
)
def test_a_list_that_a_spreadsheet_has_saved_is_understood(content: bytes) -> None:
    wanted = Take("take-001.flac", "Grüße", "de", "2026-11-30", 17.25, True, "microphone")
    assert decoded(content).takes == (wanted,)


def test_rows_that_name_no_file_of_the_folder_are_counted_and_left_out() -> None:
    rows = "file,text,seconds\n../../x.flac,a,1\n,b,1\ntake-001.flac,c,nan\nTAKE-001.flac,d,1\nx.exe,e,1\n"
    read = decoded(rows.encode())
    assert [(take.file, take.text, take.seconds) for take in read.takes] == [("take-001.flac", "c", 0.0)]
    assert read.bad == 4


@given(st.binary(max_size=300))
def test_whatever_stands_there_is_a_list_or_told(content: bytes) -> None:
    with contextlib.suppress(InputError):
        decoded(content)


@pytest.mark.parametrize(
    "name", [".a.flac", "a/b.flac", "a\\b.flac", "a.exe", "flac", "a\n.flac", "x" * 250 + ".flac"]
)
def test_what_is_no_take_s_name(name: str) -> None:
    assert not is_take_name(name)
