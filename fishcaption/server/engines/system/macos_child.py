"""The voices of macOS in a process of its own: its main thread runs the system's loop, which they need.

Not run: it is written against Apple's documentation of AVSpeechSynthesizer and the metadata of PyObjC. The
parts it answers with are those of `espeak_child`, each text with its own rate first (``R``). A request has
``voice`` (an identifier), ``text`` and ``speed`` (1.0 is the system's normal pace).
"""

from __future__ import annotations

import json
import struct
import sys
from typing import Any, BinaryIO, Final

_LONGEST_LINE: Final = 1 << 20
_START_RATE: Final = 22_050  # told at first; each text tells its own
_WORD: Final = 1  # AVSpeechSynthesisMarkerMarkWord
_FLOAT32, _INT16 = 1, 3  # AVAudioCommonFormat
_TURN_SECONDS: Final = 0.02  # of the system's loop
_MOST_TURNS: Final = 1000  # without any sound
_MOST_PART: Final = 1 << 19


class Speaker:
    """The system's synthesizer, and what it says written to ``out``."""

    def __init__(self, av: Any, foundation: Any, out: BinaryIO) -> None:
        self._av = av
        self._foundation = foundation
        self._out = out
        self._synthesizer = av.AVSpeechSynthesizer.alloc().init()
        self._is_over = False
        self._quiet_turns = 0
        self._rate = 0
        self._bytes_a_frame = 4
        self._put(b"R", struct.pack("<I", _START_RATE))

    def speak(self, voice: str, text: str, speed: float) -> None:
        """Say a text; return when all of it is written."""
        found = self._av.AVSpeechSynthesisVoice.voiceWithIdentifier_(voice)
        if found is None:
            self._put(b"E", b"there is no such voice")
            return
        utterance = self._av.AVSpeechUtterance.speechUtteranceWithString_(text)
        utterance.setVoice_(found)
        wanted = self._av.AVSpeechUtteranceDefaultSpeechRate * speed
        lowest = self._av.AVSpeechUtteranceMinimumSpeechRate
        utterance.setRate_(min(max(wanted, lowest), self._av.AVSpeechUtteranceMaximumSpeechRate))
        self._is_over, self._rate, self._quiet_turns = False, 0, 0
        self._synthesizer.writeUtterance_toBufferCallback_toMarkerCallback_(
            utterance, self._on_buffer, self._on_markers
        )
        loop, date = self._foundation.NSRunLoop.currentRunLoop(), self._foundation.NSDate
        while not self._is_over and self._quiet_turns < _MOST_TURNS:
            self._quiet_turns += 1
            loop.runUntilDate_(date.dateWithTimeIntervalSinceNow_(_TURN_SECONDS))
        self._put(b"E", b"" if self._is_over else b"it does not end")

    def _on_buffer(self, buffer: Any) -> None:
        count = buffer.frameLength()
        if count == 0:  # the last one is empty
            self._is_over = True
            return
        self._quiet_turns = 0
        kind = buffer.format().commonFormat()
        rate = round(buffer.format().sampleRate())
        if rate != self._rate:
            self._rate = rate
            self._put(b"R", struct.pack("<I", rate))
        if kind == _FLOAT32:
            self._bytes_a_frame = 4
            values = struct.unpack(f"{count}f", buffer.floatChannelData()[0].as_buffer(count))
            sound = struct.pack(f"<{count}h", *(round(max(-1.0, min(1.0, one)) * 32767) for one in values))
        elif kind == _INT16:
            self._bytes_a_frame = 2
            values = struct.unpack(f"{count}h", buffer.int16ChannelData()[0].as_buffer(count))
            sound = struct.pack(f"<{count}h", *values)
        else:
            return
        for at in range(0, len(sound), _MOST_PART):
            self._put(b"A", sound[at : at + _MOST_PART])

    def _on_markers(self, markers: Any) -> None:
        for marker in markers:
            if marker.mark() == _WORD:
                place = marker.textRange()
                frame = marker.byteSampleOffset() // self._bytes_a_frame
                self._put(b"W", struct.pack("<iii", place.location, place.length, frame))

    def _put(self, kind: bytes, content: bytes) -> None:
        self._out.write(kind + struct.pack("<I", len(content)) + content)
        self._out.flush()


def main() -> None:
    """Serve until standard input ends."""
    import AVFoundation
    import Foundation

    speaker = Speaker(AVFoundation, Foundation, sys.stdout.buffer)
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        asked = json.loads(line)
        speaker.speak(asked["voice"], asked["text"], asked["speed"])


if __name__ == "__main__":
    main()
