"""Measures of a recording: speech and pauses, noise, clipping, loudness, band.

Read twice, in blocks: memory does not grow with the file beyond some numbers for every 32 ms. Takes 12 ms for
each second of sound.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fishcaption.audio.recorder import flac_file
from fishcaption.audio.recorder.loudness import LoudnessMeter
from fishcaption.audio.recorder.sound_file import Samples, at_rate
from fishcaption.audio.recorder.voice_activity import RATE, WINDOW, VoiceActivity, spoken
from fishcaption.core.voices.takes import TakeMeasures

Blocks = Callable[[], Iterator[Samples]]
"""Reads the part that is measured, from its start, as often as it is called."""

SURE_SPEECH, SURE_PAUSE = 0.6, 0.1
"""Windows that are surely the one or the other tell the noise; between them are starts and ends of words."""

FEWEST_PAUSES = 8  # windows, a quarter of a second
HIGH_HERTZ, LOW_HERTZ = 3_800, 80
FLAT_SECONDS = 1 / 12_000
"""A top that stays within `FLAT_SHARE` for so long, 4 frames at 48 kHz, was cut off; no voice has such."""

FLAT_SHARE = 2e-4
LOUD_ENOUGH = 0.1
"""Below this peak the steps of 16 bits alone make tops flat."""

QUIETEST_DB = -120.0


class Measured(NamedTuple):
    """The measures, and the largest sample of the part, mixed down at 48 kHz."""

    measures: TakeMeasures
    peak: float


class FlatTops:
    """Counts tops that were cut off at the largest sample, in any channel."""

    def __init__(self, peak: float, rate: int) -> None:
        self.count = 0
        self._limit = peak * (1 - FLAT_SHARE)
        self._length = max(2, round(rate * FLAT_SECONDS))
        self._before: npt.NDArray[np.bool_] | None = None

    def take(self, block: Samples) -> None:
        """Look at the next frames."""
        near = np.abs(block) >= self._limit
        if self._before is None:
            self._before = np.zeros((self._length, near.shape[1]), bool)
        whole = np.concatenate([self._before, near])
        end = len(whole) - self._length + 1
        flat = np.logical_and.reduce([whole[at : at + end] for at in range(self._length)])
        self.count += int((flat[1:] & ~flat[:-1]).any(axis=1).sum())
        self._before = whole[-self._length :]


class _Windows:
    """Speech, level and band of each window of 32 ms."""

    def __init__(self) -> None:
        self._activity = VoiceActivity()
        self._rest = np.zeros(0, np.float32)
        self._hann = np.hanning(WINDOW)
        hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
        self._is_high, self._is_heard = hertz > HIGH_HERTZ, hertz > LOW_HERTZ
        self.probabilities: list[float] = []
        self.powers: list[float] = []
        self.high: list[float] = []
        self.all: list[float] = []

    def take(self, samples: Samples) -> None:
        whole = np.concatenate([self._rest, samples])
        count = len(whole) // WINDOW
        self._rest = whole[count * WINDOW :]
        for window in whole[: count * WINDOW].reshape(count, WINDOW):
            self.probabilities.append(self._activity.probability(window))
            self.powers.append(float(np.square(window, dtype=np.float64).mean()))
            spectrum = np.abs(np.fft.rfft(window * self._hann)) ** 2
            self.high.append(float(spectrum[self._is_high].sum()))
            self.all.append(float(spectrum[self._is_heard].sum()))

    def snr_db(self) -> float | None:
        """Return how far speech stands above the pauses; None if there are none, or no speech."""
        levels = np.array([_db(power) for power in self.powers])
        chances = np.array(self.probabilities)
        speech, pauses = levels[chances > SURE_SPEECH], levels[chances < SURE_PAUSE]
        if not len(speech) or len(pauses) < FEWEST_PAUSES:
            return None
        return float(np.median(speech) - np.median(pauses))

    def high_band_db(self) -> float:
        """Return the share of what is above `HIGH_HERTZ`, of speech where there is some."""
        chosen = np.array(self.probabilities) > SURE_SPEECH
        if not chosen.any():
            chosen[:] = True
        high, whole = np.array(self.high)[chosen].sum(), np.array(self.all)[chosen].sum()
        return _db(float(high / whole)) if whole else QUIETEST_DB


def measured(blocks: Blocks, rate: int) -> Measured:
    """Measure a part of a file. Raises InputError."""
    loudest, frames = 0.0, 0
    for block in blocks():
        frames += len(block)
        loudest = max(loudest, float(np.abs(block).max(initial=0.0)))
    if not loudest:
        nothing = TakeMeasures(
            frames / rate, 0.0, 0.0, 0.0, None, 0, QUIETEST_DB, QUIETEST_DB, has_signal=False
        )
        return Measured(nothing, 0.0)
    tops, windows, meter = FlatTops(loudest, rate), _Windows(), LoudnessMeter()
    peak = 0.0

    def looked_at() -> Iterator[Samples]:
        for block in blocks():
            if loudest >= LOUD_ENOUGH:
                tops.take(block)
            yield block

    for samples in at_rate(looked_at(), rate, flac_file.RATE):
        meter.take(samples)
        peak = max(peak, float(np.abs(samples).max(initial=0.0)))
    for samples in at_rate(blocks(), rate, RATE):
        windows.take(samples)
    stretches = list(spoken(windows.probabilities))
    begins = [begin for begin, _ in stretches]

    def is_speech(seconds: float) -> bool:
        place = bisect_right(begins, seconds) - 1
        return place < 0 if not stretches else place >= 0 and seconds <= stretches[place][1]

    length = frames / rate
    measures = TakeMeasures(
        length,
        min(length, math.fsum(end - begin for begin, end in stretches)),
        min(length, stretches[0][0]) if stretches else 0.0,
        min(length, stretches[-1][1]) if stretches else 0.0,
        windows.snr_db(),
        tops.count,
        meter.loudness(is_speech),
        windows.high_band_db(),
    )
    return Measured(measures, peak)


def _db(power: float) -> float:
    return max(QUIETEST_DB, 10 * math.log10(max(power, 1e-12)))
