"""What the signals and the dialling tones are made of, measured."""

from __future__ import annotations

import math
import time
from array import array
from itertools import pairwise

import numpy as np
import pytest

from fishcaption.core.errors import InputError
from fishcaption.core.tones import HIGH_HERTZ, KEYS, LOW_HERTZ, RATE, SIGNALS, dial, signal

Samples = list[float]


def samples(pcm: bytes) -> Samples:
    return [frame / 32768 for frame in array("h", pcm)]


def power(wave: Samples, hertz: float) -> float:
    """How much of one frequency there is; a steady sine of level 1 gives 1."""
    frames = np.arange(len(wave))
    window = 1 - np.cos(2 * np.pi * frames / len(wave))
    found = np.dot(wave * window, np.exp(-2j * np.pi * frames * hertz / RATE))
    return float(abs(found) ** 2 * 4 / len(wave) ** 2)


def loudest_hertz(wave: Samples, around: float) -> float:
    """The strongest frequency within 5 % of one, to 0.1 %."""
    candidates = [around * (1 + step / 1000) for step in range(-50, 51)]
    return max(candidates, key=lambda hertz: power(wave, hertz))


# --- dialling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_its_two_tones_and_no_other(key: str) -> None:
    rate, pcm = dial(key)
    assert rate == RATE
    wave = samples(pcm)[: RATE // 10]
    row, column = divmod("123A456B789C*0#D".index(key), 4)
    low, high = (697, 770, 852, 941)[row], (1209, 1336, 1477, 1633)[column]
    assert loudest_hertz(wave, low) == pytest.approx(low, rel=0.004)  # the norm has 0.015
    assert loudest_hertz(wave, high) == pytest.approx(high, rel=0.004)
    twist = 10 * math.log10(power(wave, high) / power(wave, low))
    assert twist == pytest.approx(2.0, abs=0.3)
    for other in {*LOW_HERTZ, *HIGH_HERTZ} - {low, high}:
        assert power(wave, other) < power(wave, low) / 1000
    for harmonic in (2 * low, 2 * high, 3 * low, low + high, high - low):
        assert power(wave, harmonic) < power(wave, low) / 3000
    assert max(map(abs, wave)) < 0.9


def test_a_number_is_its_keys_each_a_tenth_of_a_second_apart() -> None:
    _, pcm = dial("1 (5.5)-/0*#a")
    assert pcm == b"".join(dial(key)[1] for key in "1550*#A")
    wave = samples(pcm)
    assert len(wave) == 7 * RATE // 5
    for at in range(0, len(wave), RATE // 5):
        tone, pause = wave[at : at + RATE // 10], wave[at + RATE // 10 : at + RATE // 5]
        assert math.sqrt(sum(sample**2 for sample in tone) / len(tone)) > 0.35
        assert not any(pause)


def test_a_tone_neither_begins_nor_ends_with_a_click() -> None:
    wave = [0.0, *samples(dial("D")[1])]
    own = 2 * math.pi * (941 + 1633) / RATE * 0.89  # more than the steady tone's largest step
    assert max(abs(one - other) for one, other in pairwise(wave)) <= own
    assert abs(wave[1]) < 0.001
    assert abs(wave[RATE // 10]) < 0.001


def test_a_comma_waits() -> None:
    one, two = dial("1")[1], dial("2")[1]
    assert dial("1,2")[1] == one + bytes(2 * 2 * RATE) + two


def test_the_times_can_be_longer() -> None:
    assert len(dial("12", tone_seconds=0.25, pause_seconds=0.15)[1]) == 2 * 2 * round(0.4 * RATE)


@pytest.mark.parametrize("keys", ["", " -", "x", "1;2", "٣", "e"])
def test_what_has_no_tone_is_refused(keys: str) -> None:
    with pytest.raises(InputError):
        dial(keys)


# --- signals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_is_short_loud_at_once_and_ends_in_silence(name: str) -> None:
    rate, pcm = signal(name)
    wave = samples(pcm)
    assert 0.4 * rate <= len(wave) <= 1.2 * rate
    assert 0.85 < max(map(abs, wave)) < 0.9
    assert max(map(abs, wave[: rate // 100])) > 0.2
    start = wave[: rate // 3]
    assert 10 * math.log10(sum(sample**2 for sample in start) / len(start)) > -15
    assert abs(wave[0]) < 0.05
    assert max(map(abs, wave[-20:])) < 0.01
    assert abs(sum(wave) / len(wave)) < 0.01


@pytest.mark.parametrize("name", SIGNALS)
def test_most_of_a_signal_is_where_ears_are_keenest(name: str) -> None:
    spectrum = np.abs(np.fft.rfft(samples(signal(name)[1]), RATE)) ** 2  # one a hertz
    assert spectrum[500:4_000].sum() > 0.5 * spectrum.sum()


def test_signals_differ_are_always_alike_and_cheap() -> None:
    made = {}
    began = time.perf_counter()
    for name in SIGNALS:
        made[name] = signal(name)
    assert time.perf_counter() - began < 1.0
    assert len({pcm for _, pcm in made.values()}) == len(SIGNALS) >= 5
    assert made == {name: signal(name) for name in SIGNALS}


def test_a_signal_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        signal("cough")
