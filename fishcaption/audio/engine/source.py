"""The audio of clips as it came to the engine, in source frames: int16 at the voice's own rate and speed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from fishcaption.audio.engine.line import Samples


class Place(NamedTuple):
    """A frame of a clip (source frames)."""

    clip: int
    frame: int


@dataclass(slots=True)
class SourceClip:
    """A clip's audio, as far as it has come and is still needed."""

    number: int
    rate: int
    first: int  # the frame it begins with: not 0 where an earlier engine has played some of it
    gain: float = 1.0
    pace: float = 1.0
    is_ended: bool = False
    limit: int | None = None  # where it was cut
    _kept_from: int = field(init=False)
    _pcm: bytearray = field(default_factory=bytearray, init=False)

    def __post_init__(self) -> None:
        self._kept_from = self.first

    @property
    def end(self) -> int:
        """The frame after the last that has come."""
        return self._kept_from + len(self._pcm) // 2

    def add(self, pcm: bytes) -> None:
        """Append whole int16 frames; those beyond where it was cut are dropped."""
        self._pcm += pcm
        self._keep_limit()

    def cut(self, frame: int) -> None:
        """End at a frame, whatever has come or will come beyond it."""
        self.limit = frame if self.limit is None else min(frame, self.limit)
        self._keep_limit()

    def _keep_limit(self) -> None:
        if self.limit is not None and self.end >= self.limit:
            del self._pcm[2 * max(0, self.limit - self._kept_from) :]
            self.is_ended = True

    def take(self, start: int, frames: int) -> Samples:
        """Copy frames out as floats."""
        at = 2 * (start - self._kept_from)
        return np.frombuffer(bytes(self._pcm[at : at + 2 * frames]), "<i2").astype(np.float32) / np.float32(
            32768
        )

    def forget(self, before: int) -> None:
        """Drop the frames before ``before``."""
        count = min(before, self.end) - self._kept_from
        if count > 0:
            del self._pcm[: 2 * count]
            self._kept_from += count

    def is_over_at(self, frame: int) -> bool:
        """Return whether nothing of it comes after ``frame``, now or later."""
        return self.is_ended and frame >= self.end

    def clamp(self, frame: int) -> int:
        """Return the nearest frame that is kept."""
        return max(self._kept_from, min(frame, self.end))
