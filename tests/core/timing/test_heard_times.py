"""When frames were heard, told from looks at the ear."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.timing.heard_times import HeardTimes

RATE = 1000


def looked_at(runs: list[tuple[float, float]], every: float, speed: float = 1.0) -> HeardTimes:
    """Of sound that begins at these moments, for so many seconds each."""
    times = HeardTimes(RATE * speed)
    end = runs[-1][0] + runs[-1][1]
    steps = int(end / every) + 2
    for step in range(steps):
        now = step * every
        heard = sum(min(max(0.0, now - start), seconds) for start, seconds in runs)
        times.look(now, round(heard * RATE * speed))
    return times


def test_sound_without_a_break_is_a_line() -> None:
    times = looked_at([(0.33, 10.0)], 0.05)
    assert [times.seconds(frame) for frame in (0, 5000, 10_000)] == pytest.approx([0, 5, 10], abs=0.002)
    assert len(times._points) == 2


def test_silences_are_in_the_times() -> None:
    times = looked_at([(0.5, 2.0), (8.0, 3.0), (20.01, 1.0)], 0.05)
    assert times.seconds(1000) == pytest.approx(1.0, abs=0.002)
    assert times.seconds(2000) == pytest.approx(7.5, abs=0.002)
    assert times.seconds(1999) == pytest.approx(2.0, abs=0.05)
    assert times.seconds(5000) == pytest.approx(19.51, abs=0.002)
    assert times.seconds(6000) == pytest.approx(20.51, abs=0.002)


def test_another_speed_takes_another_time() -> None:
    assert looked_at([(0.5, 2.0)], 0.05, speed=2.0).seconds(3000) == pytest.approx(1.5, abs=0.002)


def test_before_anything_was_heard_all_follows_at_once() -> None:
    assert HeardTimes(RATE).seconds(2500) == 2.5


@given(
    st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.06, 5.0)), min_size=1, max_size=6),
    st.floats(0.02, 0.06),
)
def test_times_never_go_back_and_are_as_exact_as_the_looks(
    gaps: list[tuple[float, float]], every: float
) -> None:
    runs: list[tuple[float, float]] = []
    at = 0.0
    for gap, seconds in gaps:
        runs.append((at + gap, seconds))
        at += gap + seconds
    times = looked_at(runs, every)
    begun = runs[0][0]
    before = 0.0
    for start, seconds in runs:
        for part in (0.25, 0.5, 0.75):
            frame = round((before + part * seconds) * RATE)
            assert times.seconds(frame) == pytest.approx(start - begun + part * seconds, abs=2 * every + 0.05)
        before += seconds
    told = [times.seconds(frame) for frame in range(0, round(before * RATE), 37)]
    assert all(first <= second for first, second in pairwise(told))
