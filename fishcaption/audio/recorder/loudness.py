"""Loudness as people hear it: ITU-R BS.1770-5, of one channel at 48 kHz, block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fishcaption.audio.recorder.flac_file import RATE

Samples = npt.NDArray[np.float32]

HOP_SECONDS = 0.1
SILENCE_LUFS = -70.0
"""The absolute gate: quieter blocks do not count. Also the loudness of what has none that count."""

_HOP = round(RATE * HOP_SECONDS)
_HOPS = 4  # a block of 400 ms, overlapping by three quarters
_GATE_LU = -10.0  # below the loudness of what the absolute gate lets through
_OFFSET = -0.691

# table 1 and 2 of the recommendation, for 48 kHz: a shelf for the head, a high-pass
_STAGES = (
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (-1.69065929318241, 0.73248077421585),
    ),
    ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
)
_TAPS = 4_800  # the response has fallen below 1e-10 by then


class LoudnessMeter:
    """Takes frames, and tells the loudness of those parts of them that are asked for."""

    def __init__(self) -> None:
        self._response = _impulse_response()
        self._before = np.zeros(_TAPS - 1)
        self._rest = np.zeros(0)
        self._powers: list[float] = []  # mean square of each hop

    def take(self, samples: Samples) -> None:
        """Hear the next frames."""
        if not len(samples):
            return
        whole = np.concatenate([self._before, samples])
        size = 1 << (len(whole) + _TAPS - 2).bit_length()
        spectrum = np.fft.rfft(whole, size) * np.fft.rfft(self._response, size)
        heard = np.fft.irfft(spectrum, size)[_TAPS - 1 : len(whole)]
        self._before = whole[-(_TAPS - 1) :]
        heard = np.concatenate([self._rest, heard])
        count = len(heard) // _HOP
        hops = heard[: count * _HOP].reshape(count, _HOP)
        self._powers += np.square(hops).mean(axis=1).tolist()
        self._rest = heard[count * _HOP :]

    def loudness(self, is_counted: Callable[[float], bool] = lambda seconds: True) -> float:
        """Return the loudness in LUFS of the blocks that mostly count, as ``is_counted`` says of a moment."""
        if not self._powers:
            return SILENCE_LUFS
        powers = np.array(self._powers)
        counted = np.array([is_counted((place + 0.5) * HOP_SECONDS) for place in range(len(powers))], float)
        length = min(_HOPS, len(powers))
        window = np.full(length, 1 / length)
        blocks = np.convolve(powers, window, "valid")
        share = np.convolve(counted, window, "valid")
        chosen = blocks[share >= 0.5 - 1e-9]
        loud = chosen[_lufs(chosen) > SILENCE_LUFS]
        if not len(loud):
            return SILENCE_LUFS
        gated = loud[_lufs(loud) > float(_lufs(loud.mean())) + _GATE_LU]
        return float(_lufs(gated.mean()))


def _lufs(power: npt.NDArray[np.float64] | np.floating) -> npt.NDArray[np.float64]:
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(power, 1e-20)), np.float64)


def _impulse_response() -> npt.NDArray[np.float64]:
    """Return the response of both stages; a filter of a finite length needs no loop over the frames."""
    response: Sequence[float] = [1.0] + [0.0] * (_TAPS - 1)
    for (b0, b1, b2), (a1, a2) in _STAGES:
        x1 = x2 = y1 = y2 = 0.0
        filtered = []
        for x in response:
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x1, x2, y1, y2 = x, x1, y, y1
            filtered.append(y)
        response = filtered
    return np.array(response)
