"""Louder: nothing clips, nothing clicks, and the chunks do not matter."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.audio.engine.limiter import CEILING, Limiter
from fishcaption.audio.engine.line import Samples

RATE = 24_000


def limited(samples: Samples, gain: float, chunks: list[int] | None = None) -> Samples:
    limiter = Limiter(RATE, gain)
    given_out, at = [], 0
    for size in chunks or []:
        given_out.append(limiter.run(samples[at : at + size]))
        at += size
    given_out += [limiter.run(samples[at:]), limiter.drain()]
    return np.concatenate(given_out)


def voice(seconds: float = 1.0, level: float = 0.5) -> Samples:
    """Something with peaks: syllables of harmonics over 120 Hz."""
    at = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * 120 * harmonic * at + harmonic) / harmonic for harmonic in range(1, 9))
    shape = np.maximum(0, np.sin(2 * np.pi * 4 * at)) ** 2
    whole: Samples = (level * wave * shape / np.abs(wave).max()).astype(np.float32)
    return whole


waves = st.lists(st.floats(-1, 1, width=32), max_size=400).map(lambda one: np.array(one, np.float32))


@given(waves, st.floats(1.0, 4.0), st.lists(st.integers(0, 150), max_size=6))
def test_no_sample_is_above_the_ceiling_however_it_comes(
    wave: Samples, gain: float, chunks: list[int]
) -> None:
    heard = limited(wave, gain, chunks)
    assert len(heard) == len(wave)
    assert np.abs(heard).max(initial=0.0) <= CEILING + 1e-6
    assert np.allclose(heard, limited(wave, gain), atol=1e-6)


def test_what_fits_is_louder_by_exactly_the_gain() -> None:
    quiet = voice(level=0.2)
    assert np.allclose(limited(quiet, 3.0), 3.0 * quiet, atol=1e-6)


@pytest.mark.parametrize("gain", [1.6, 2.5, 4.0])
def test_the_gain_never_steps(gain: float) -> None:
    wave = voice(level=0.95)
    heard = limited(wave, gain)
    gains = np.where(np.abs(wave) > 0.01, heard / np.where(wave == 0, 1, wave), np.nan)
    assert np.nanmax(np.abs(np.diff(gains))) <= gain / (0.005 * RATE) + 1e-3
    assert np.nanmin(gains) < gain - 0.1  # it had something to do


def test_a_steady_tone_is_held_down_without_being_bent() -> None:
    wave = (0.9 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)).astype(np.float32)
    heard = limited(wave, 2.0)[RATE // 2 :]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    fundamental = spectrum[49:52].max()
    assert spectrum[60:].max() < 0.01 * fundamental  # 1 % of distortion


def test_a_peak_is_foreseen_and_let_go_slowly() -> None:
    wave = np.full(RATE, 0.2, np.float32)
    wave[RATE // 2] = 1.0
    gains = limited(wave, 4.0) / wave
    ducked = np.flatnonzero(gains < 3.999)
    assert (RATE // 2 - ducked[0]) / RATE == pytest.approx(0.005 * 0.75, abs=0.001)
    assert (ducked[-1] - RATE // 2) / RATE == pytest.approx(0.3 * 0.75, abs=0.01)


def test_it_is_cheap() -> None:
    """A second of sound, as it is made: in chunks of 40 ms."""
    limiter = Limiter(RATE, 1.6)
    chunks = np.array_split(voice(level=0.9), 25)
    began = time.perf_counter()
    for chunk in chunks:
        limiter.run(chunk)
    assert time.perf_counter() - began < 0.05
