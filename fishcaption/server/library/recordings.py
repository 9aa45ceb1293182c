"""Recordings that clients send: their kind, whatever their name says, and what is found in them.

All but M4A and WebM are decoded, so the same sound is the same recording as WAV and as FLAC.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from fishcaption.server.library.character import digest

MOST_SECONDS: Final = 600.0
"""Of a recording, this much is looked at."""
LEAST_SECONDS: Final = 10.0
"""A recording for a voice should be as long as that, by the service's documents."""
_BLOCK: Final = 1 << 16
_LOUDEST: Final = 32_700  # of 32,767: flat tops
_QUIET_DB: Final = -45.0
_MAGIC: Final = (
    (b"fLaC", 0, "flac"),
    (b"OggS", 0, "ogg"),
    (b"ID3", 0, "mp3"),
    (b"ftyp", 4, "m4a"),
    (b"\x1aE\xdf\xa3", 0, "webm"),
    (b"FORM", 0, "aiff"),
)
_UNDECODED: Final = ("m4a", "webm")


@dataclass(frozen=True, slots=True)
class Heard:
    """Findings in a recording. ``seconds`` is 0 and ``level`` (dB of full scale) None where unknown."""

    digest: bytes
    kind: str
    seconds: float = 0.0
    level: float | None = None
    clipped: int = 0

    @property
    def objection(self) -> str:
        """The reason for which the recording is not good for a voice; empty if it is."""
        if self.level is None:
            return ""
        if self.level < _QUIET_DB:
            return "The recording is silent or too quiet"
        if self.clipped:
            return "The recording is clipped"
        if self.seconds < LEAST_SECONDS:
            return f"The recording is shorter than {LEAST_SECONDS:g} seconds"
        return ""


def kind_of(data: bytes) -> str:
    """Return the kind of sound file by its first bytes; empty if it is none."""
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return "wav"
    for magic, at, kind in _MAGIC:
        if data[at : at + len(magic)] == magic:
            return kind
    return "mp3" if len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 else ""


def listen(data: bytes) -> Heard:
    """Return what is in a recording. Raises ValueError if it is none. Slow: for a worker thread."""
    kind = kind_of(data)
    if not kind:
        raise ValueError("no sound file")
    return Heard(digest(data), kind) if kind in _UNDECODED else _decoded(data, kind)


def _decoded(data: bytes, kind: str) -> Heard:
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate, channels = file.samplerate, file.channels
            hashed = blake2b(f"{rate} {channels}".encode(), digest_size=16)
            frames = clipped = 0
            power = 0.0
            most = round(MOST_SECONDS * rate)
            while frames < most and len(
                block := file.read(min(_BLOCK, most - frames), "int16", always_2d=True)
            ):
                frames += len(block)
                hashed.update(block.astype("<i2").tobytes())
                clipped += int(np.count_nonzero(np.abs(block.astype(np.int32)) >= _LOUDEST))
                power += float(np.square(block.astype(np.float64)).sum())
    except (soundfile.SoundFileError, OSError, RuntimeError):
        raise ValueError("a sound file that cannot be read") from None
    if not frames:
        raise ValueError("a sound file without sound")
    level = 10 * math.log10(max(1e-12, power / (frames * channels) / 32768**2))
    return Heard(hashed.digest(), kind, frames / rate, level, clipped)
