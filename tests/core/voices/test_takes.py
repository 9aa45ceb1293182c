"""What is advised about a recording, by what was measured in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.voices.takes import SHORTEST_SECONDS, Advice, TakeMeasures, advice_of

GOOD = TakeMeasures(
    seconds=18.0,
    speech_seconds=15.0,
    speech_start=0.5,
    speech_end=17.0,
    snr_db=40.0,
    clipped_peaks=0,
    loudness_lufs=-22.0,
    high_band_db=-15.0,
)

measures = st.builds(
    TakeMeasures,
    seconds=st.floats(0, 3600),
    speech_seconds=st.floats(0, 3600),
    speech_start=st.floats(0, 3600),
    speech_end=st.floats(0, 3600),
    snr_db=st.none() | st.floats(-20, 120),
    clipped_peaks=st.integers(0, 10_000),
    loudness_lufs=st.floats(-120, 0),
    high_band_db=st.floats(-120, 0),
    has_signal=st.booleans(),
)


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({}, []),
        ({"clipped_peaks": 3}, []),
        ({"clipped_peaks": 4}, [Advice.CLIPPED]),
        ({"snr_db": 25.0}, []),
        ({"snr_db": 24.9}, [Advice.NOISY]),
        ({"snr_db": 15.0}, [Advice.NOISY]),
        ({"snr_db": 14.9}, [Advice.VERY_NOISY]),
        ({"snr_db": None}, []),
        ({"speech_seconds": 10.0}, []),
        ({"speech_seconds": 9.9}, [Advice.SHORT]),
        ({"speech_seconds": 0.2}, [Advice.NO_SPEECH]),
        ({"loudness_lufs": -40.1}, [Advice.QUIET]),
        ({"high_band_db": -38.0}, [Advice.NARROW]),
        ({"has_signal": False}, [Advice.NO_SIGNAL]),
        ({"snr_db": 9.0, "clipped_peaks": 2140, "speech_seconds": 4.0},
         [Advice.CLIPPED, Advice.VERY_NOISY, Advice.SHORT]),
        ({"snr_db": 17.0, "high_band_db": -38.0, "loudness_lufs": -52.0},
         [Advice.QUIET, Advice.NARROW, Advice.NOISY]),
    ],
)  # fmt: skip
def test_what_would_make_it_better(changes: dict[str, Any], advice: list[Advice]) -> None:
    assert list(advice_of(GOOD._replace(**changes))) == advice


@given(measures)
def test_the_gravest_comes_first_and_each_once(take: TakeMeasures) -> None:
    places = [list(Advice).index(advice) for advice in advice_of(take)]
    assert places == sorted(set(places))


@given(measures)
def test_what_holds_no_voice_is_told_alone(take: TakeMeasures) -> None:
    found = advice_of(take)
    if Advice.NO_SIGNAL in found or Advice.NO_SPEECH in found:
        assert len(found) == 1
    else:
        assert take.has_signal
        assert not {Advice.NOISY, Advice.VERY_NOISY} <= set(found)


@given(measures, st.integers(0, 1_000), st.floats(0, 100), st.floats(0, 3600))
def test_a_better_recording_is_given_no_other_advice(
    take: TakeMeasures, unclipped: int, decibels: float, seconds: float
) -> None:
    """But for what only shows once it is heard at all: noise that was very loud is still noise."""
    better = take._replace(
        clipped_peaks=max(0, take.clipped_peaks - unclipped),
        snr_db=None if take.snr_db is None else take.snr_db + decibels,
        loudness_lufs=take.loudness_lufs + decibels,
        high_band_db=take.high_band_db + decibels,
        speech_seconds=max(take.speech_seconds, SHORTEST_SECONDS) + seconds,
    )
    before, after = set(advice_of(take)), set(advice_of(better))
    if before & {Advice.NO_SIGNAL, Advice.NO_SPEECH}:
        return
    if Advice.VERY_NOISY in before:
        after.discard(Advice.NOISY)
    assert after <= before
