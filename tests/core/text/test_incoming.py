"""Bytes become the text that a person wrote, however they were cut."""

from __future__ import annotations

import codecs
import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.incoming import Cleaner, Incoming, cleaned

ESC, BEL = "\x1b", "\x07"


def text_of(data: bytes, cuts: list[int] | None = None) -> str:
    incoming = Incoming()
    parts = []
    at = 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts or ()), len(data)]:
        parts.append(incoming.push(data[at:cut]))
        at = max(at, cut)
    return "".join([*parts, incoming.close()])


@pytest.mark.parametrize(
    "text",
    [
        "Hello there.",
        "Hi",
        "5",
        "Über alles – „ja“, sagte sie.",
        "“Hi,” he said.",
        "…und so weiter",
        "€5 is enough",
        "¿Qué tal, señor?",
        "L’été à Orléans",
        "Perché no?",
        "😀 hi",
        "Привет, мир",
        "Ω is a letter",
        "שלום עולם",
        "مرحبا",
        "- one\n- two\n",
    ],
)
@pytest.mark.parametrize("width", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_an_encoding_is_known_with_its_mark_and_without(text: str, width: str) -> None:
    data = text.encode(width)
    assert text_of(data) == text
    assert text_of("\ufeff".encode(width) + data) == text
    assert text_of(data, list(range(len(data)))) == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f"{ESC}[1;31mError:{ESC}[0m no {ESC}[38;2;1;2;3mfile{ESC}[K", "Error: no file"),
        (f"{ESC}]0;a title{BEL}one {ESC}]8;;https://a.b/c{ESC}\\two{ESC}]8;;{ESC}\\", "one two"),
        (f"{ESC}]2;title{ESC}[1mbold", "bold"),  # a terminal takes the second escape for the first one's end
        (f"{ESC}P1;2|17/ab{ESC}\\x{ESC}_Gf=100;iVBORw0KGgo={ESC}\\y", "xy"),
        (f"{ESC}(Bone{ESC}7 two{ESC}8{ESC}=three{ESC}c", "one twothree"),
        (f"{ESC}[?25lon{ESC}[2 qe{ESC}[?25h", "one"),
        ("\x9b1mbold\x9b0m", "bold"),
        (f"{ESC}]0;never ended\nnext", "0;never ended\nnext"),
        (f"{ESC}]1337;File=:{'QUJD' * 2000}\nnext", "\nnext"),
        (f"one{ESC}", "one"),
        (f"one{ESC}[3", "one3"),
        ("Hel\0lo\0 there\x01\x02\x7f", "Hello there"),
        ("one\rtwo\r\nthree\n\rfour\r\r\nfive", "one\ntwo\nthree\n\nfour\n\nfive"),
        ("one\x85two\u2028three\u2029four\vfive\fsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("one\r\0\ntwo\r\x1b[K\nthree", "one\ntwo\nthree"),
        ("\ufeffone\ufeff two\ufffe\U0001ffff\ufdd0", "one two"),
        ("a\tb \u00adc\u200d\u200f", "a\tb \u00adc\u200d\u200f"),
        ("a \ud800 b", "a \ufffd b"),
    ],
)
def test_nothing_stays_that_no_person_wrote(written: str, expected: str) -> None:
    assert cleaned(written) == expected
    cleaner = Cleaner()
    assert "".join([*map(cleaner.push, written), cleaner.close()]) == expected
    assert cleaned(expected) == expected


def test_a_zero_in_a_text_does_not_make_it_wide() -> None:
    assert text_of(b"\0Hello\0 there") == "Hello there"
    assert text_of(b"\0Hi\n") == "Hi\n"
    assert text_of(b"caf\xe9 \xff") == "caf\ufffd \ufffd"
    assert text_of(codecs.BOM_UTF8) == ""
    assert text_of(b"\xef\xbbx") == "\ufffdx"


def test_hardly_more_than_the_first_byte_is_kept_back() -> None:
    incoming = Incoming()
    assert incoming.push(b"I") == ""
    assert incoming.push(b" ") == "I "
    assert incoming.push(b"a") == "a"
    assert incoming.push(b"\r") == "\n"
    assert incoming.push(b"\n") == ""
    assert incoming.push("é".encode()[:1]) == ""
    assert incoming.push("é".encode()[1:]) == "é"


SIGNS = st.lists(
    st.sampled_from(
        [ESC, BEL, "\\", "[", "]", "0;", "1", "m", "P", "\x9b", "\r", "\n", "\0", "\ufeff", "a", "é", "\x85"]
    )
    | st.characters(),
    max_size=30,
).map("".join)


@given(SIGNS, st.sampled_from(["utf-8", "utf-16", "utf-16-le"]), st.lists(st.integers(0, 200), max_size=8))
def test_any_split_of_the_bytes_gives_the_same(text: str, encoding: str, cuts: list[int]) -> None:
    data = text.encode(encoding, "surrogatepass")
    whole = text_of(data)
    assert text_of(data, cuts) == whole
    assert text_of(data, list(range(len(data)))) == whole
    kinds = {unicodedata.category(character) for character in whole.replace("\n", "").replace("\t", "")}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}


def test_what_nothing_ends_is_a_title_or_data_wherever_it_is_cut() -> None:
    for length in (4090, 4094, 4095, 4100):
        data = f"{ESC}]0;{'x' * length}\nz".encode()
        whole = text_of(data)
        assert whole == ("\nz" if length + 2 > 4096 else f"0;{'x' * length}\nz")
        for cut in range(4085, len(data)):
            assert text_of(data, [cut]) == whole


@pytest.mark.slow
@pytest.mark.parametrize("sign", [ESC, f"{ESC}]", f"{ESC}[", "\0", "\r", "\x9b", "\ufeff", "é", f"{ESC}[1"])
def test_a_megabyte_of_one_sign_takes_no_time(sign: str) -> None:
    text = sign * (1_000_000 // len(sign))
    began = perf_counter()
    cleaned(text)
    text_of(text.encode(), list(range(0, len(text), 4096)))
    assert perf_counter() - began < 2.0
