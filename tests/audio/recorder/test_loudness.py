"""Loudness by BS.1770, against values that the recommendation and EBU Tech 3341 give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from fishcaption.audio.recorder.loudness import SILENCE_LUFS, LoudnessMeter
from fishcaption.audio.recorder.measuring import FlatTops
from fishcaption.audio.recorder.voice_activity import spoken

RATE = 48_000


def sine(level_db: float, seconds: float, hertz: float = 997.0) -> npt.NDArray[np.float32]:
    phase = 2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE
    return np.asarray(10 ** (level_db / 20) * np.sin(phase), np.float32)


def loudness(*parts: npt.NDArray[np.float32], block: int = RATE) -> float:
    meter, whole = LoudnessMeter(), np.concatenate(parts)
    for at in range(0, len(whole), block):
        meter.take(whole[at : at + block])
    return meter.loudness()


@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        ([sine(0, 5)], -3.01),  # the recommendation's own check: one channel, 997 Hz, full scale
        ([sine(-20, 5)], -23.01),
        # quiet parts are gated: the loudness is that of the loud one
        ([sine(-56, 10), sine(-20, 10), sine(-56, 10)], -23.01),
        ([sine(-20, 5), np.zeros(5 * RATE, np.float32)], -23.0),
        ([np.zeros(RATE, np.float32)], SILENCE_LUFS),
        ([sine(-20, 0.2)], -23.01),
    ],
)
def test_loudness_is_what_the_recommendation_says(parts: list[npt.NDArray[np.float32]], lufs: float) -> None:
    assert loudness(*parts) == pytest.approx(lufs, abs=0.15)


def test_blocks_of_any_size_are_heard_alike() -> None:
    sound = np.concatenate([sine(-20, 1.0), sine(-30, 1.5, 120.0)])
    assert loudness(sound, block=777) == pytest.approx(loudness(sound, block=100_000), abs=1e-6)


def test_only_what_counts_is_heard() -> None:
    meter = LoudnessMeter()
    meter.take(np.concatenate([sine(-20, 2), sine(-23, 2)]))
    assert meter.loudness(lambda seconds: seconds > 2.3) == pytest.approx(-26.01, abs=0.1)


@pytest.mark.parametrize("block", [100, 4_800, 1_000_000])
def test_flat_tops_are_counted_and_round_ones_are_not(block: int) -> None:
    voice = sine(-3, 1.0, 200.0) + sine(-20, 1.0, 1_300.0)
    for sound, least in [(np.clip(voice, -0.5, 0.5), 350), (voice, 0)]:
        tops = FlatTops(float(np.abs(sound).max()), RATE)
        for at in range(0, len(sound), block):
            tops.take(sound[at : at + block, None])
        assert least <= tops.count <= (450 if least else 3)


@pytest.mark.parametrize(
    ("windows", "stretches"),
    [
        ([], []),
        ([0.4] * 50, []),
        ([0.9] * 2 + [0.0] * 20, []),  # a click
        ([0.0] * 10 + [0.9] * 10 + [0.0] * 20, [(10, 20)]),
        ([0.9] * 10 + [0.0] * 5 + [0.9] * 10, [(0, 25)]),  # a pause within
        ([0.9] * 10 + [0.0] * 15 + [0.9] * 10, [(0, 10), (25, 35)]),
        ([0.9] * 10 + [0.4] * 50 + [0.9] * 10, [(0, 70)]),
    ],
)
def test_speech_is_found_with_its_pauses(windows: list[float], stretches: list[tuple[int, int]]) -> None:
    assert [(round(begin / 0.032), round(end / 0.032)) for begin, end in spoken(windows)] == stretches
