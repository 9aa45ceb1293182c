"""A third engine: eSpeak NG, some hundred languages, each word's time exact. An extra, in its own process.

It is a formant synthesizer: clear, quick, and plainly a machine. Its library is under GPL-3.0-or-later, so
`espeak_child` is a process of its own on a pipe, and nothing of it is loaded here. Some languages tell one
place for a whole run of words, or skip some: the words of one place share its sound by their letters.
"""

from __future__ import annotations

import threading
from typing import Final

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    moved,
    shared_out,
    trim,
)
from fishcaption.server.engines.child_voice import Word
from fishcaption.server.engines.espeak_process import RATE, EspeakProcess

_GAIN: Final = 1.0
_NORMAL_WORDS_A_MINUTE: Final = 165
_SLOWEST, _FASTEST = 80, 450  # words a minute that it takes


class EspeakEngine:
    """eSpeak NG as a `base.VoiceEngine`. Its voices are named as its files: "ru", "en-US"."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: EspeakProcess | None = None  # guarded by the lock

    def load(self) -> None:
        """Start its process, in some 50 ms."""
        with self._one_at_a_time:
            self._running()

    def close(self) -> None:
        """End its process."""
        with self._one_at_a_time:
            if self._process is not None:
                self._process.close()
                self._process = None

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it. Raises OSError if its process ends or does not answer; the next piece starts another."""
        pace = min(max(round(_NORMAL_WORDS_A_MINUTE * speed), _SLOWEST), _FASTEST)
        with self._one_at_a_time:
            process = self._running()
            try:
                pcm, events = process.speak(own_name, reading.text, pace)
            except OSError:
                self._process = None
                process.close()
                raise
        raw = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        sound = trim(raw, RATE, _GAIN, pause_after(reading.text, speed))
        end = sound.first + sound.speech_end
        starts = [(event.start, event.frame) for event in merged(events)]
        times = shared_out(reading, starts, end)
        return RenderedPiece(sound.samples, moved(times, -sound.first, sound.speech_end))

    def _running(self) -> EspeakProcess:
        if self._process is None:
            self._process = EspeakProcess()
        return self._process


def merged(events: list[Word]) -> list[Word]:
    """Return the first event of each place, in the order of the text; those that go back are left out."""
    found: list[Word] = []
    for event in events:
        if not found or event.start > found[-1].start:
            found.append(event)
    return found
