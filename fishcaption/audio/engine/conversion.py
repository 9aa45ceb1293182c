"""From a clip's frames to the line's: speed, the device's rate, gain. What need not change is not touched."""

from __future__ import annotations

from typing import Any

import numpy as np

from fishcaption.audio.engine.limiter import Limiter
from fishcaption.audio.engine.line import Line, Samples
from fishcaption.audio.engine.source import SourceClip


class Conversion:
    """Changes a clip's frames on their way to the line, as far as something is to be changed.

    ``limiter`` is that of the clip's conversion before, which goes on; None: there was none.
    """

    def __init__(self, speed: float, clip: SourceClip, line: Line, limiter: Limiter | None) -> None:
        self._stretcher: Any = None
        self._resampler: Any = None
        self.limiter = limiter
        if speed != 1.0:
            import libsonic

            self._stretcher = libsonic.SonicStream(clip.rate, 1)
            self._stretcher.set_speed(speed)
        if clip.rate != line.rate:
            import soxr

            self._resampler = soxr.ResampleStream(clip.rate, line.rate, 1, dtype="float32", quality="HQ")
        if clip.gain != 1.0 and limiter is None:
            self.limiter = Limiter(line.rate, clip.gain, 1.0 / max(1.0, line.gain))

    @property
    def holds_back(self) -> bool:
        """True if some of what went in may not have come out yet."""
        return self._stretcher is not None or self._resampler is not None or self.limiter is not None

    def run(self, samples: Samples) -> Samples:
        """Take samples in, give out what is ready."""
        if self._stretcher is not None:
            self._stretcher.write(samples)
            samples = self._stretched()
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        return samples if self.limiter is None else self.limiter.run(samples)

    def drain(self) -> Samples:
        """Give out all that was held back; nothing goes in afterwards."""
        samples = np.zeros(0, np.float32)
        if self._stretcher is not None:
            self._stretcher.flush()
            samples = self._stretched()
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples, last=True)
        if self.limiter is not None:
            samples = np.concatenate((self.limiter.run(samples), self.limiter.drain()))
        return samples

    def _stretched(self) -> Samples:
        return np.asarray(self._stretcher.read(self._stretcher.available_frames()), np.float32)
