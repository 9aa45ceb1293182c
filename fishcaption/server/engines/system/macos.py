"""The voices of macOS (AVSpeechSynthesizer), a Personal Voice among them. An extra, macOS 13 or newer.

Not run: it is written against Apple's documentation. `macos_child` speaks. The system tells words' places
for some voices; for others their times are estimated. A Personal Voice (macOS 14) is listed once the user has
allowed it; the system asks when the voices are first listed, and the program is started again then.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from fishcaption.server.engines.base import EngineText, RenderedPiece
from fishcaption.server.engines.child_voice import ChildVoice
from fishcaption.server.engines.system.windows import RATE, SystemVoice, at_our_rate
from fishcaption.server.engines.system.word_places import nothing, piece_of

PACKAGE: Final = "AVFoundation"
_NOT_DETERMINED: Final = 0  # AVSpeechSynthesisPersonalVoiceAuthorizationStatus
_CHILD: Final = "fishcaption.server.engines.system.macos_child"


@cache
def voices() -> tuple[SystemVoice, ...]:
    """Return the voices of macOS; none elsewhere, or where the extra is not installed.

    The system is asked once, as the server asks for each request: a voice that comes later needs a restart.
    """
    if find_spec(PACKAGE) is None:
        return ()
    import AVFoundation

    _ask_for_personal_voices(AVFoundation)
    return tuple(
        SystemVoice(str(voice.identifier()), str(voice.name()), str(voice.language()))
        for voice in AVFoundation.AVSpeechSynthesisVoice.speechVoices()
    )


def _ask_for_personal_voices(av: Any) -> None:
    """Have the system ask the user, who is not asked again."""
    synthesizer = av.AVSpeechSynthesizer
    if not hasattr(synthesizer, "personalVoiceAuthorizationStatus"):  # before macOS 14
        return
    if synthesizer.personalVoiceAuthorizationStatus() == _NOT_DETERMINED:
        synthesizer.requestPersonalVoiceAuthorizationWithCompletionHandler_(lambda _status: None)


class MacEngine:
    """The voices of macOS as a `base.VoiceEngine`. They are named by the system's identifiers."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: ChildVoice | None = None  # guarded by the lock

    def load(self) -> None:
        """Its process starts with the first text."""

    def close(self) -> None:
        """End its process."""
        with self._one_at_a_time:
            if self._process is not None:
                self._process.close()
                self._process = None

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it. Raises OSError if the process ends or does not answer; the next piece starts another."""
        if not reading.words:
            return nothing()
        with self._one_at_a_time:
            if self._process is None:
                self._process = ChildVoice("The voice of macOS", [_CHILD])
            process = self._process
            try:
                pcm, words = process.say({"voice": own_name, "text": reading.text, "speed": speed})
            except OSError:
                self._process = None
                process.close()
                raise
        raw = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        starts = [(word.start, round(word.frame * RATE / process.rate)) for word in words]
        return piece_of(reading, at_our_rate(raw, process.rate), RATE, starts, speed)
