"""Recordings as clients send them: tones, as the files of several kinds."""

from __future__ import annotations

import io

import numpy as np
import soundfile

RATE = 48_000


def recording(hertz: float = 220.0, kind: str = "wav", seconds: float = 12.0, level: float = 0.3) -> bytes:
    """A tone; the same tone holds the same samples as "wav" and as "flac"."""
    samples = np.sin(np.arange(round(seconds * RATE)) * (2 * np.pi * hertz / RATE)) * level
    buffer = io.BytesIO()
    formats = {"opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III")}
    kind_, subtype = formats.get(kind, (kind.upper(), "PCM_16"))
    soundfile.write(buffer, np.round(samples * 32767).astype(np.int16), RATE, format=kind_, subtype=subtype)
    return buffer.getvalue()
