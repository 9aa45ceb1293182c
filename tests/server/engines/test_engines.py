"""The text that is given to engines, the way back from their words, and what is done to their sound."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.core.speech import Span
from fishcaption.core.text.segmentation import words
from fishcaption.server.engines.base import (
    MOST_WORDS,
    Uttered,
    pieces,
    place,
    proportional,
    read,
    spaced,
    trim,
    unsayable,
)


def cut(text: str, first_words: int = MOST_WORDS) -> list[str]:
    return [text[span.start : span.end] for span in pieces(text, "en", first_words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("😀 … !", []),
        ("Hello there.", ["Hello there."]),
        ("One two. Three four!", ["One two. ", "Three four!"]),
        ("Dr. Who is here. Yes.", ["Dr. Who is here. ", "Yes."]),
        ("No end", ["No end"]),
        ("a " * 30, ["a " * 25, "a " * 5]),
        ("a " * 20 + "b, " + "a " * 10, ["a " * 20 + "b, ", "a " * 10]),
        ("x" * 80, ["x" * 80]),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_the_first_piece_can_be_shorter_so_that_it_is_heard_sooner() -> None:
    assert cut("a " * 60, first_words=8) == ["a " * 8, "a " * 25, "a " * 25, "a " * 2]


@given(st.text(max_size=700))
def test_pieces_have_every_word_once_in_order_and_none_too_many(text: str) -> None:
    spans = list(pieces(text, "en"))
    assert all(before.end <= after.start for before, after in pairwise(spans))
    spoken = "".join(text[span.start : span.end] for span in spans)
    assert "".join(filter(str.isalnum, spoken)) == "".join(filter(str.isalnum, text))
    assert all(len(words(text[span.start : span.end])) <= MOST_WORDS for span in spans)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Plain text, 12.", "Plain text, 12."),
        ("a\x00b\x1bc\ud800d", "a b c d"),
        ("ＡＢ１２ 𝐛𝐨𝐥𝐝 ٣", "AB12 bold 3"),
        ("İstanbul ế ⑦", "Istanbul e 7"),
        ("pre\u00adrequi\u200bsites ﬁne 5㎞", "prerequisites fine 5km"),
        ("one line\n", "one line\n"),
        ("π is 3.14", " pi  is 3.14"),
        ("Say こんにちは now", "Say  Japanese text  now"),
        ("a 太郎 b", "a  Chinese or Japanese text  b"),
        ("Hello世界end", "Hello Chinese or Japanese text end"),
        ("Привет, мир!", " Cyrillic text !"),
        ("x Привет 안녕 y", "x  Cyrillic text  y"),
    ],
)
def test_reading(text: str, spoken: str) -> None:
    assert read(text, "en").text == spoken


def test_other_languages_name_a_script_in_their_own_words() -> None:
    assert read("ja 日本", "de").text == "ja  fremde Schrift "


@given(st.text(alphabet="ab ,.日本Приπ１😀\x00\u0301", max_size=60))
def test_every_word_of_a_reading_stands_for_words_of_the_text(text: str) -> None:
    reading = read(text, "en")
    assert [span for span, _ in reading.words] == list(words(reading.text))
    runs = [run for run, _ in groupby(spans for _, spans in reading.words)]
    sources = [source for run in runs for source in run]
    assert sources == sorted(sources, key=lambda span: span.start)
    assert set(sources) == set(words(text.replace("\x00", " ").replace("１", "1")))


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", None),
        ("😀", None),
        ("123", None),
        ("日本 and", None),
        ("π", None),
        ("日本です", "Japanese"),
        ("日本", "Chinese or Japanese"),
        ("Привет!", "Cyrillic"),
        ("αβγ δεζ", "Greek"),
        ("ไทย", "Thai"),
    ],
)
def test_what_cannot_be_said_at_all(text: str, script: str | None) -> None:
    assert unsayable(text) == script


def test_long_words_and_numbers_are_said_in_parts() -> None:
    assert spaced("a" * 90) == f"{'a' * 40} {'a' * 40} {'a' * 10}"
    assert spaced("4111 1111, 4111111111111111") == "4111 1111, 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"
    assert spaced("1,000,000,000.50") == "1,000,000,000.50"


# --- words back to their places --------------------------------------------------------------------------


def placed(text: str, said: str, expand: list[int] | None = None) -> list[tuple[str, int, int]]:
    """Each word of `said` takes ten frames."""
    reading = read(text, "en")
    uttered = [Uttered(word, 10 * n, 10 * n + 10) for n, word in enumerate(said.split())]
    times = place(reading, uttered, expand or [1] * len(reading.words))
    return [(text[time.span.start : time.span.end], time.start_frame, time.end_frame) for time in times]


@pytest.mark.parametrize(
    ("text", "said", "expand", "expected"),
    [
        ("Hello, world!", "Hello world", None, [("Hello", 0, 10), ("world", 10, 20)]),
        ("It's 9:30am now", "It's nine thirty A.M now", None,
         [("It's", 0, 10), ("9:30am", 10, 40), ("now", 40, 50)]),
        ("at 9:30 or 10:45", "at nine thirty or ten forty-five o'clock", None,
         [("at", 0, 10), ("9:30", 10, 30), ("or", 30, 40), ("10:45", 40, 70)]),
        ("9:30 10:45:12 x", "nine thirty ten forty-five and twelve seconds x", [2, 5, 1],
         [("9:30", 0, 20), ("10:45:12", 20, 70), ("x", 70, 80)]),
        ("for 3 km only", "for 3 kilometers only", None,
         [("for", 0, 10), ("3", 10, 20), ("km", 20, 30), ("only", 30, 40)]),
        ("paid $5 million on", "paid 5 million dollars on", None,
         [("paid", 0, 10), ("$5", 10, 20), ("million", 20, 40), ("on", 40, 50)]),
        ("a 😀 b", "a b", None, [("a", 0, 10), ("b", 10, 20)]),
        ("the the the", "the the the", None, [("the", 0, 10), ("the", 10, 20), ("the", 20, 30)]),
        ("a missing b", "a b", None, [("a", 0, 10), ("b", 10, 20)]),
        ("say 日本 now", "say Chinese or Japanese text now", None,
         [("say", 0, 10), ("日", 10, 30), ("本", 30, 50), ("now", 50, 60)]),
    ],
)  # fmt: skip
def test_uttered_words_are_placed(
    text: str, said: str, expand: list[int] | None, expected: list[tuple[str, int, int]]
) -> None:
    assert placed(text, said, expand) == expected


def test_without_times_a_word_has_its_share_of_the_sound_by_its_letters() -> None:
    reading = read("a abcdefghi", "en")
    first, second = proportional(reading, 1200)
    assert (first.span, first.start_frame, first.end_frame) == (Span(0, 1), 0, 200)
    assert (second.span, second.start_frame, second.end_frame) == (Span(2, 11), 200, 1200)


# --- sound -----------------------------------------------------------------------------------------------


def test_silence_is_trimmed_to_70_ms_before_and_the_pause_after() -> None:
    raw = np.zeros(24000, np.float32)
    raw[7200:16800] = 0.4 * np.sin(np.arange(9600) * 0.1)
    sound = trim(raw, 24000, 2.0, 0.25)
    assert sound.speech_start == pytest.approx(0.07 * 24000, abs=5)
    assert len(sound.samples) - sound.speech_end == pytest.approx(0.25 * 24000, abs=5)
    assert sound.first == pytest.approx(7200 - 1680, abs=5)
    assert np.abs(sound.samples).max() == pytest.approx(0.8, abs=0.01)


def test_the_gain_is_less_where_it_would_clip() -> None:
    raw = np.zeros(4800, np.float32)
    raw[2000:3000] = 0.9
    assert np.abs(trim(raw, 24000, 2.0, 0.1).samples).max() < 0.98


def test_silence_alone_is_nothing() -> None:
    assert len(trim(np.zeros(2400, np.float32), 24000, 2.0, 0.25).samples) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("End.", 0.25),
        ('"Really?"', 0.25),
        ("so,", 0.12),
        ("and", 0.05),
        ("", 0.05),
        ("… ", 0.25),
        ("line\n", 0.25),
        ("so,\n", 0.25),
    ],
)
def test_the_pause_is_by_the_mark_at_the_end(text: str, seconds: float) -> None:
    assert pause_after(text, 1.0) == seconds
    assert pause_after(text, 2.0) == seconds / 2
