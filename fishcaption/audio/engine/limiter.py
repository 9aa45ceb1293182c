"""Louder sound without clipping: a gain that goes down before every peak that would be too high.

The gain is the largest curve that keeps every sample under the ceiling, never exceeds the wish, rises by its
whole range in no less than `RELEASE_SECONDS` and falls by it in no less than `ATTACK_SECONDS`. So it has no
steps, and a voice's own waves (10 ms at 100 Hz) do not bend it. To fall in time it must see so far ahead; so
much is held back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fishcaption.audio.engine.line import Samples

ATTACK_SECONDS = 0.005
RELEASE_SECONDS = 0.3
CEILING = 0.98
"""Of full scale: what a device's own conversion may add stays below it."""

Curve = npt.NDArray[np.float64]


class Limiter:
    """The limiter of one stretch of sound, which may come in chunks of any size."""

    def __init__(self, rate: int, gain: float, headroom: float = 1.0) -> None:
        """``headroom``: how much of full scale is to be had."""
        self._gain = gain
        self._ceiling = CEILING * headroom
        self._ahead = max(1, round(rate * ATTACK_SECONDS))
        self._attack = gain / self._ahead
        self._release = gain / max(1, round(rate * RELEASE_SECONDS))
        self._held: Samples = np.zeros(0, np.float32)
        self._most: Curve = np.zeros(0)  # the gain each of them may have, rising slowly
        self._last = gain  # of `_most`, even when all was given out

    def run(self, samples: Samples) -> Samples:
        """Take samples in, and return those whose gain is settled by what follows them."""
        self._take(samples)
        return self._give(len(self._held) - self._ahead)

    def drain(self) -> Samples:
        """Return all that was held back."""
        return self._give(len(self._held))

    def _take(self, samples: Samples) -> None:
        if len(samples) == 0:
            return
        steps = self._release * np.arange(1, len(samples) + 1)
        level = np.abs(samples).astype(np.float64)
        fits = np.minimum(self._gain, self._ceiling / np.maximum(level, 1e-9))
        # The largest curve below `fits` that rises by no more than a step from one sample to the next.
        most = np.minimum(np.minimum.accumulate(fits - steps), self._last) + steps
        self._last = float(most[-1])
        self._held = np.concatenate((self._held, samples))
        self._most = np.concatenate((self._most, most))

    def _give(self, count: int) -> Samples:
        if count <= 0:
            return np.zeros(0, np.float32)
        # The same backwards in time. Beyond what is held nothing can matter: the fall is over in `_ahead`.
        steps = self._attack * np.arange(len(self._most))
        gains = np.minimum.accumulate((self._most + steps)[::-1])[::-1] - steps
        given: Samples = (self._held[:count] * gains[:count]).astype(np.float32)
        self._held = self._held[count:]
        self._most = self._most[count:]
        return given
