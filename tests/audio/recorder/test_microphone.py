"""How a microphone is opened that cannot do what is wanted, and what becomes of its frames; the meter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from fishcaption.audio.devices import Device
from fishcaption.audio.recorder.main import Meter
from fishcaption.audio.recorder.microphone import Converter, way_to_open
from tests.audio.sounds import counted

RATE = 48_000


def wave(rate: int) -> npt.NDArray[np.int16]:
    """A second of 200 Hz, which begins at zero at any rate."""
    sine = 10_000 * np.sin(2 * np.pi * 200 * np.arange(rate) / rate)
    return np.asarray(np.rint(sine), np.int16)


def device(rate: int = 48_000, channels: int = 2) -> Device:
    return Device("Microphone", "ALSA", False, channels, rate)


@pytest.mark.parametrize(
    ("there", "accepted", "way"),
    [
        (device(), {(48_000, 1), (48_000, 2)}, (48_000, 1)),
        (device(), {(48_000, 2), (44_100, 1)}, (48_000, 2)),
        (device(44_100), {(44_100, 1), (16_000, 1)}, (44_100, 1)),
        (device(96_000), {(96_000, 2)}, (96_000, 2)),
        (device(8_000), {(8_000, 1)}, (8_000, 1)),
        (device(48_000, 8), {(48_000, 8)}, (48_000, 8)),
        (device(), {(22_050, 1)}, None),
    ],
)
def test_a_microphone_is_opened_at_what_it_can(
    there: Device, accepted: set[tuple[int, int]], way: tuple[int, int] | None
) -> None:
    assert way_to_open(lambda rate, channels: (rate, channels) in accepted, there) == way


def test_what_needs_no_change_is_exact() -> None:
    pcm = counted(4_800)
    assert Converter(RATE, 1).convert(pcm).tobytes() == pcm


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1), (48_000, 2), (96_000, 3)])
def test_other_rates_and_channels_become_48_khz_mono(rate: int, channels: int) -> None:
    pcm = np.repeat(wave(rate), channels).astype("<i2").tobytes()
    converter = Converter(rate, channels)
    block = rate // 50 * 2 * channels
    parts = [converter.convert(pcm[at : at + block]) for at in range(0, len(pcm), block)]
    whole = np.concatenate([*parts, converter.end()]).astype(float)
    assert len(whole) == pytest.approx(RATE, abs=2)
    wanted = wave(RATE).astype(float)
    middle = slice(RATE // 4, 3 * RATE // 4)
    assert np.abs(whole[middle] - wanted[: len(whole)][middle]).max() < 10


def test_a_rise_is_told_at_once_and_a_fall_after_40_ms() -> None:
    meter = Meter()
    quiet, loud = np.full(960, 100, np.int16), np.full(960, -32_768, np.int16)
    told = [meter.take(block) for block in (quiet, quiet, quiet, loud, quiet, quiet)]
    assert [level is not None for level in told] == [True, False, True, True, False, True]
    assert told[3] is not None
    assert (told[3]["peak"], told[3]["rms"], told[3]["is_clipped"]) == (1.0, 1.0, True)


def test_zeros_since_the_start_are_no_signal() -> None:
    meter = Meter()
    zeros = np.zeros(RATE, np.int16)
    assert [level["has_signal"] for _ in range(3) if (level := meter.take(zeros))] == [True, False, False]
    meter.take(np.ones(960, np.int16))
    assert meter.has_signal
