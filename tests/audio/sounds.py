"""Frames that say which they are, and what a recording shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.rig import Samples

RATE = 24_000
CYCLE = 30_011  # prime, and below what an int16 holds


def counted(frames: int, start: int = 0) -> bytes:
    """Return int16 frames of which each tells its number, modulo `CYCLE`."""
    return (np.arange(start, start + frames) % CYCLE + 1).astype("<i2").tobytes()


def tone(seconds: float, rate: int = RATE, hertz: float = 200.0, level: float = 0.3) -> bytes:
    """Return a sine of which no sample is zero."""
    wave = 32767 * level * np.sin(2 * np.pi * hertz * (np.arange(round(seconds * rate)) + 0.5) / rate)
    return wave.astype("<i2").tobytes()


def exact(pcm: bytes) -> Samples:
    """Return what a device is given for int16 frames at full volume."""
    return (np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Counted frames [first, last] that were heard without a break, from a sample of the recording on."""

    at: int
    first: int
    last: int


def stretches(samples: Samples, near: int = 0, shortest: int = 48) -> list[Stretch]:
    """Find the unaltered stretches of counted frames in a recording; ramps and silence are not among them.

    Of the frames with the same number one is taken that lies next to the end of the stretch before; for the
    first, next to ``near``.
    """
    numbers = np.rint(samples * 32768).astype(np.int64) - 1
    is_exact = (numbers >= 0) & (np.abs(samples * 32768 - 1 - numbers) < 1e-3)
    follows = is_exact[1:] & is_exact[:-1] & ((numbers[1:] - numbers[:-1]) % CYCLE == 1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], follows.astype(np.int8), [0]))))
    found: list[Stretch] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start + 1 < shortest:
            continue
        expected = found[-1].last + 1 if found else near
        number = int(numbers[start])
        first = expected + (number - expected + CYCLE // 2) % CYCLE - CYCLE // 2
        found.append(Stretch(int(start), first, first + int(end - start)))
    return found


def lost(found: list[Stretch], frames: int) -> int:
    """Count the frames of 0 … frames - 1 that no stretch holds."""
    heard = np.zeros(frames, bool)
    for stretch in found:
        heard[max(0, stretch.first) : stretch.last + 1] = True
    return int(frames - heard.sum())


def twice(found: list[Stretch]) -> int:
    """Count the frames that were heard again."""
    return sum(max(0, one.last + 1 - other.first) for one, other in pairwise(found))
