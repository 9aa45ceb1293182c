"""eSpeak NG in a process of its own: texts in, sound and the places of its words out.

Only this process loads its library, which is under GPL-3.0-or-later. It takes one JSON object a line on its
standard input (``voice``, ``text``, and ``words_a_minute``, or ``phonemes`` for no sound), and answers with
parts on its standard output: a letter, the length of the content (4 bytes, little-endian), the content.

    R   ready: frames a second (4 bytes)          A   sound: int16, mono, little-endian
    W   a word: its first character, its length, its frame (three times 4 bytes)
    P   a clause: where it ends in the text (4 bytes), its phonemes as IPA in UTF-8
    E   the end of a text; its content says what went wrong, if anything

It ends when its input ends.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS of speak_lib.h: the callback is called while it speaks
_BUFFER_MS: Final = 60
_DONT_EXIT: Final = 0x8000  # espeakINITIALIZE_DONT_EXIT: an error of its data is told, and not our end
_UTF8: Final = 1
_RATE_PARAMETER: Final = 1
_WORD_EVENT: Final = 1
_LONGEST_LINE: Final = 1 << 20
_LISTED: Final = 0
_IPA: Final = 2  # of espeak_TextToPhonemes: International Phonetic Alphabet, in UTF-8


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h, version 1.52."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Speaker:
    """The library, and what it says written to ``out``."""

    def __init__(self, library: Path, data: Path, out: BinaryIO) -> None:
        self._out = out
        self._espeak: Any = ctypes.CDLL(str(library))
        self._callback = _Callback(self._on_sound)  # kept: the library calls it
        rate = self._espeak.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, str(data).encode(), _DONT_EXIT)
        if rate <= 0:
            raise OSError("eSpeak NG could not read its data")
        self._espeak.espeak_SetSynthCallback(self._callback)
        self._espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._put(b"R", struct.pack("<I", rate))

    def speak(self, voice: str, text: str, words_a_minute: int) -> None:
        if self._espeak.espeak_SetVoiceByName(voice.encode()) != 0:
            self._put(b"E", b"there is no such voice")
            return
        self._espeak.espeak_SetParameter(_RATE_PARAMETER, words_a_minute, 0)
        given = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
        failed = self._espeak.espeak_Synth(given, ctypes.c_size_t(len(given)), 0, 1, 0, _UTF8, None, None)
        self._put(b"E", b"it could not be spoken" if failed else b"")

    def phonemes(self, voice: str, text: str) -> None:
        if self._espeak.espeak_SetVoiceByName(voice.encode()) != 0:
            self._put(b"E", b"there is no such voice")
            return
        given = text.replace("\0", " ").encode("utf-8", "replace")
        buffer = ctypes.create_string_buffer(given)
        at = ctypes.c_void_p(ctypes.addressof(buffer))
        while at.value:
            said = self._espeak.espeak_TextToPhonemes(ctypes.byref(at), _UTF8, _IPA) or b""
            end = len(text)
            if at.value:  # it has read one character of the next clause
                read = given[: at.value - ctypes.addressof(buffer)]
                end = len(read.decode("utf-8", "ignore")) - 1
            self._put(b"P", struct.pack("<i", end) + said)
        self._put(b"E", b"")

    def _on_sound(self, samples: Any, count: int, events: Any) -> int:
        place = _LISTED
        while events[place].type:
            event = events[place]
            if event.type == _WORD_EVENT:
                self._put(b"W", struct.pack("<iii", event.text_position - 1, event.length, event.sample))
            place += 1
        if samples and count:
            self._put(b"A", ctypes.string_at(samples, count * 2))
        return 0

    def _put(self, kind: bytes, content: bytes) -> None:
        self._out.write(kind + struct.pack("<I", len(content)) + content)
        self._out.flush()


def main() -> None:
    """Serve until standard input ends. The arguments are the library's file and the folder of its data."""
    speaker = _Speaker(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdout.buffer)
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        asked = json.loads(line)
        if asked.get("phonemes"):
            speaker.phonemes(asked["voice"], asked["text"])
        else:
            speaker.speak(asked["voice"], asked["text"], asked["words_a_minute"])


if __name__ == "__main__":
    main()
