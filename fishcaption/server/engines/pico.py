"""A second engine: SVOX Pico through py-nanotts, small and quick, in five languages.

It has no macOS wheel, tells no word times, holds the interpreter's lock while it works (30 ms a piece) and
makes wrong sound when two threads use it at once: so it has one at a time, and short pieces. 16 kHz.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    estimated,
    spaced,
    trim,
)

_RATE: Final = 16000
_GAIN: Final = 0.8  # it peaks at full scale
_MARKUP: Final = str.maketrans(
    {"<": " ", ">": " ", "&": " ", "\\": " "}
)  # it obeys <volume level="…"> and such


class PicoEngine:
    """Pico as a `base.VoiceEngine`. Its voices are named by language: "de-DE"."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._pico: Any = None  # guarded by the lock

    def load(self) -> None:
        """Import it; voices are read when they first speak, in 10 ms."""
        with self._one_at_a_time:
            self._loaded()

    def _loaded(self) -> Any:
        if self._pico is None:
            from py_nanotts import NanoTTS

            self._pico = NanoTTS()
        return self._pico

    def close(self) -> None:
        """Nothing runs beside this process."""

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it; word times are estimated by letters."""
        text = spaced(reading.text.translate(_MARKUP))
        with self._one_at_a_time:
            pcm = self._loaded().speak(text.rstrip("\n"), voice=own_name, speed=speed)
        raw = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        sound = trim(raw, _RATE, _GAIN, pause_after(text, speed))
        return RenderedPiece(sound.samples, estimated(reading, sound))
