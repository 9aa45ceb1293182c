"""Lengths of cues: what is known is kept with its text, the rest is estimated from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script.cue_times import LETTER_SECONDS, CueTimes, given_lengths
from fishcaption.core.script.model import Script, ScriptCue


def script(*texts: str) -> Script:
    return Script("", tuple(ScriptCue(number, text) for number, text in enumerate(texts, 1)))


def test_without_anything_known_letters_tell() -> None:
    times = CueTimes(script("a" * 30, "", "b" * 60))
    assert times.left(0) == pytest.approx(90 * LETTER_SECONDS)
    assert times.left(2) == pytest.approx(60 * LETTER_SECONDS)
    assert times.left(3) == 0.0
    assert CueTimes(script()).left(0) == 0.0


def test_scripts_without_blanks_take_longer_for_a_letter() -> None:
    latin, japanese = CueTimes(script("a" * 40)), CueTimes(script("今日はとても良い天気ですから出かけよう"))
    assert japanese.left(0) > latin.left(0)


def test_what_is_known_tells_of_the_rest() -> None:
    times = CueTimes(script("a" * 100, "b" * 50, "c" * 200), {1: 20.0})
    assert times.seconds(1) == 20.0
    assert times.seconds(2) == pytest.approx(10.0)
    assert times.left(1) == pytest.approx(50.0)
    times.learn(2, 5.0)
    times.learn(2, 7.0)
    assert times.seconds(2) == 7.0
    assert times.left(0) == pytest.approx(27.0 + 200 * 27 / 150)
    assert times.of([1, 2, 99]) == 27.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9, float("nan"), float("inf")])
def test_lengths_that_make_no_sense_are_not_learned(seconds: float) -> None:
    assert CueTimes(script("One."), {1: seconds}).known == {}


def test_a_length_goes_with_its_text() -> None:
    first = script("One.", "Two.", "Three.")
    times = CueTimes(first, {1: 1.0, 2: 2.0, 3: 3.0})
    cues = (
        replace(first.cues[0], is_marked=True),
        replace(first.cues[1], text="Other."),
        ScriptCue(4, "Three."),
    )
    times.use(Script("", cues))
    assert times.known == {1: 1.0}


def test_a_subtitle_file_gives_lengths() -> None:
    cues = (ScriptCue(1, "One.", seconds=2.5), ScriptCue(2, "Two."))
    assert given_lengths(Script("", cues)) == {1: 2.5}


@given(
    st.lists(st.text("ab 今é", max_size=50), max_size=8),
    st.dictionaries(st.integers(1, 9), st.floats(0.01, 100), max_size=8),
)
def test_the_whole_is_its_parts(texts: list[str], known: dict[int, float]) -> None:
    times = CueTimes(script(*texts), known)
    for place in range(len(texts)):
        assert times.left(place) == pytest.approx(times.seconds(place + 1) + times.left(place + 1))
    assert times.of(range(1, len(texts) + 1)) == pytest.approx(times.left(0))
