"""The pitch and pace by which the default voice becomes another one, taken from the recordings' hash."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from fishcaption.core.speech import WordTime
from fishcaption.server.engines.base import RenderedPiece

LOW: Final = (0.74, 0.90)
HIGH: Final = (1.12, 1.36)
PACE: Final = (0.88, 1.12)
_DIGEST_BYTES: Final = 16


class Character(NamedTuple):
    """A voice's ``pitch`` and ``pace`` beside those of the embedded voice, where both are 1."""

    pitch: float = 1.0
    pace: float = 1.0

    def engine_speed(self, speed: float) -> float:
        """Return the speed to ask the engine for; raising the pitch afterwards makes the sound shorter."""
        return speed * self.pace / self.pitch

    def of(self, piece: RenderedPiece, rate: int) -> RenderedPiece:
        """Return the piece, made at `engine_speed`, at this pitch. Slow: for a worker thread."""
        if self.pitch == 1.0 or not len(piece.samples):
            return piece
        import soxr

        samples = soxr.resample(piece.samples, rate * self.pitch, rate, quality="HQ")
        words = tuple(
            WordTime(word.span, round(word.start_frame / self.pitch), round(word.end_frame / self.pitch))
            for word in piece.words
        )
        return RenderedPiece(np.asarray(samples, np.float32), words)


AS_IT_IS: Final = Character()


def digest(data: bytes) -> bytes:
    """Return the hash of which a character is made."""
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()


def together(digests: Iterable[bytes]) -> bytes:
    """Return one digest for several; their order does not matter."""
    return digest(b"".join(sorted(digests)))


def character_of(digest_: bytes) -> Character:
    """Return the character of a digest: its pitch is never near the embedded voice's own."""
    pitch, pace = (int.from_bytes(digest_[at : at + 4], "big") / (1 << 32) for at in (0, 4))
    low, high = LOW if digest_[8] & 1 else HIGH
    return Character(round(low + (high - low) * pitch, 6), round(PACE[0] + (PACE[1] - PACE[0]) * pace, 6))
