"""When frames will be heard, by the reports of an engine whose clock is known."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.audio.forecast import Forecast, Retimed
from fishcaption.audio.wire import Run

RATE = 24_000.0
LEAD_SECONDS = 0.12


def sounding(at: float, now: float, frames_per_second: float = RATE, clip: int = 1) -> tuple[Run, ...]:
    """The report, at a moment, of a clip that began at another and is all that sounds."""
    first = max(0, round((now - 0.1 - at) * frames_per_second))
    end = round((now + LEAD_SECONDS - at) * frames_per_second)
    return (Run(at + first / frames_per_second, clip, first, frames_per_second, end),)


def test_frames_in_the_device_and_behind_it_have_a_moment() -> None:
    forecast = Forecast()
    assert forecast.moment(1, 0, 5.0) is None
    assert forecast.take(sounding(10.0, 10.0), 10.0)
    assert forecast.moment(1, 0, 10.0) == pytest.approx(10.0)
    assert forecast.moment(1, 2400, 10.0) == pytest.approx(10.1)
    assert forecast.moment(1, 24_000, 10.0) == pytest.approx(11.0)
    assert forecast.moment(2, 0, 10.0) is None


def test_what_goes_on_as_foretold_is_no_news() -> None:
    forecast = Forecast()
    forecast.take(sounding(10.0, 10.0), 10.0)
    assert not any(
        forecast.take(sounding(10.0, 10.0 + step * 0.04), 10.0 + step * 0.04) for step in range(1, 50)
    )


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(sounding(10.05, 10.2), id="a gap"),
        pytest.param(sounding(10.0, 10.2, 2 * RATE), id="another speed"),
        pytest.param(sounding(10.1, 10.2, clip=2), id="the next clip"),
        pytest.param((Run(10.1, 1, 2400, 0.0, 2400),), id="it holds"),
        pytest.param((), id="the engine is gone"),
    ],
)
def test_what_does_not_is(later: tuple[Run, ...]) -> None:
    forecast = Forecast()
    forecast.take(sounding(10.0, 10.16), 10.16)
    assert forecast.take(later, 10.2)
    assert forecast.take(sounding(10.0, 10.24), 10.24) or later == ()


def test_where_the_device_has_run_dry_nobody_can_tell() -> None:
    """The next frames come after a gap whose length is not known; that they sound again is told."""
    forecast = Forecast()
    forecast.take(sounding(10.0, 10.0), 10.0)
    assert forecast.moment(1, 24_000, 10.0 + LEAD_SECONDS + 0.001) is None
    assert forecast.take(sounding(10.0, 10.2), 10.2)  # only the report was late


@given(
    steps=st.lists(st.floats(0.01, 0.1), min_size=1, max_size=20),
    speed=st.floats(0.5, 3.0),
    frame=st.integers(0, 100_000),
)
def test_a_frame_s_moment_stays_while_sound_does_not_break(
    steps: list[float], speed: float, frame: int
) -> None:
    forecast = Forecast()
    now = 10.0
    forecast.take(sounding(10.0, now, speed * RATE), now)
    first = forecast.moment(1, frame, now)
    assert first is not None
    for step in steps:
        now += step
        forecast.take(sounding(10.0, now, speed * RATE), now)
        moment = forecast.moment(1, frame, now)
        assert moment is None or moment == pytest.approx(first, abs=1e-6)
        assert moment is not None or first < now  # long past: the report tells no more of it


async def test_a_change_wakes_who_waits_and_each_waits_for_the_next() -> None:
    retimed, woken = Retimed(), []

    async def wait() -> None:
        for number in (1, 2):
            await retimed.wait()
            woken.append(number)

    task = asyncio.get_running_loop().create_task(wait())
    await asyncio.sleep(0)
    assert not woken
    retimed.tell()
    retimed.tell()
    await asyncio.sleep(0)
    assert woken == [1]
    retimed.tell()
    await task
    assert woken == [1, 2]
