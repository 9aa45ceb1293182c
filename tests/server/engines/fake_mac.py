"""A double of AVFoundation as far as `macos_child` and `macos` need it; each letter is 100 frames.

It is put on the path under the names AVFoundation and Foundation, so the real child process imports it.
"""

from __future__ import annotations

import struct
from typing import Any, ClassVar

AVSpeechUtteranceDefaultSpeechRate = 0.5
AVSpeechUtteranceMinimumSpeechRate = 0.0
AVSpeechUtteranceMaximumSpeechRate = 1.0
_RATE = 48_000
_FRAMES = 100


class _Told:
    """Values that are asked for as methods, as PyObjC has them."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, lambda value=value: value)


class _Channel:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def as_buffer(self, count: int) -> memoryview:
        return memoryview(self.data)[: 4 * count]


class AVSpeechSynthesisVoice:
    @classmethod
    def speechVoices(cls) -> list[_Told]:
        return [_Told(identifier="com.voice.Anna", name="Anna", language="de-DE")]

    @classmethod
    def voiceWithIdentifier_(cls, identifier: str) -> Any:
        return object() if identifier == "com.voice.Anna" else None


class AVSpeechUtterance:
    text = ""

    @classmethod
    def speechUtteranceWithString_(cls, text: str) -> AVSpeechUtterance:
        made = cls()
        made.text = text
        return made

    def setVoice_(self, voice: Any) -> None:
        assert voice is not None

    def setRate_(self, rate: float) -> None:
        assert 0 <= rate <= 1


class AVSpeechSynthesizer:
    asked = 0

    @classmethod
    def alloc(cls) -> type[AVSpeechSynthesizer]:
        return cls

    @classmethod
    def init(cls) -> AVSpeechSynthesizer:
        return cls()

    @classmethod
    def personalVoiceAuthorizationStatus(cls) -> int:
        return 0

    @classmethod
    def requestPersonalVoiceAuthorizationWithCompletionHandler_(cls, handler: Any) -> None:
        cls.asked += 1
        handler(3)

    def writeUtterance_toBufferCallback_toMarkerCallback_(
        self, utterance: AVSpeechUtterance, on_buffer: Any, on_markers: Any
    ) -> None:
        _Loop.waiting += [lambda: _say(utterance.text, on_buffer, on_markers)]


def _say(text: str, on_buffer: Any, on_markers: Any) -> None:
    units = len(text.encode("utf-16-le")) // 2
    data = struct.pack("f", 0.5) * (_FRAMES * units)
    form = _Told(commonFormat=1, sampleRate=float(_RATE))
    on_buffer(_Told(frameLength=_FRAMES * units, format=form, floatChannelData=[_Channel(data)]))
    unit = 0
    for word in text.split(" "):
        length = len(word.encode("utf-16-le")) // 2
        place = _Told()
        place.location, place.length = unit, length  # type: ignore[attr-defined]  # a structure, not an object
        if text != "Nothing told.":
            on_markers([_Told(mark=1, textRange=place, byteSampleOffset=4 * _FRAMES * unit)])
        unit += length + 1
    on_buffer(_Told(frameLength=0))


class _Loop:
    waiting: ClassVar[list[Any]] = []

    def runUntilDate_(self, _date: Any) -> None:
        while self.waiting:
            self.waiting.pop(0)()


class NSRunLoop:
    @classmethod
    def currentRunLoop(cls) -> _Loop:
        return _Loop()


class NSDate:
    @classmethod
    def dateWithTimeIntervalSinceNow_(cls, _seconds: float) -> None:
        return None
