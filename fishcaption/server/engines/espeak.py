"""A third engine: eSpeak NG, some hundred languages, each word's time exact. An extra, in its own process.

It is a formant synthesizer: clear, quick, and plainly a machine. Its library is under GPL-3.0-or-later, so
`espeak_child` is a process of its own on a pipe, and nothing of it is loaded here. Some languages tell one
place for a whole run of words, or skip some: the words of one place share its sound by their letters.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Final, NamedTuple

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.core.secrecy import without_keys
from fishcaption.core.speech import WordTime
from fishcaption.server.engines.base import EngineText, RenderedPiece, shared_out, trim
from fishcaption.server.engines.espeak_voices import PACKAGE, data_folder

RATE: Final = 22_050
_GAIN: Final = 1.0
_NORMAL_WORDS_A_MINUTE: Final = 165
_SLOWEST, _FASTEST = 80, 450  # words a minute that it takes
_PATIENCE_SECONDS: Final = 20.0
_MOST_BYTES: Final = 1 << 20  # of one part
_MOST_SECONDS: Final = 600  # of one piece, which is a sentence at most


class _Word(NamedTuple):
    """A word event: code points of the text from `start` on, at a frame of the raw sound."""

    start: int
    length: int
    frame: int


class EspeakEngine:
    """eSpeak NG as a `base.VoiceEngine`. Its voices are named as its files: "ru", "en-US"."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: _Process | None = None  # guarded by the lock

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
        starts = [(event.start, event.frame) for event in _merged(events)]
        times = shared_out(reading, starts, end)
        last = sound.speech_end
        return RenderedPiece(
            sound.samples,
            tuple(
                WordTime(
                    word.span,
                    min(max(0, word.start_frame - sound.first), last),
                    min(max(0, word.end_frame - sound.first), last),
                )
                for word in times
            ),
        )

    def _running(self) -> _Process:
        if self._process is None:
            self._process = _Process()
        return self._process


def _merged(events: list[_Word]) -> list[_Word]:
    """Return the first event of each place, in the order of the text; those that go back are left out."""
    found: list[_Word] = []
    for event in events:
        if not found or event.start > found[-1].start:
            found.append(event)
    return found


class _Process:
    """The child. Its output is read by a thread, so that one that hangs is noticed."""

    def __init__(self) -> None:
        found, data = find_spec(PACKAGE), data_folder()
        if found is None or data is None:
            raise OSError("eSpeak NG is not installed")
        library = _library(data.parent)
        command = [sys.executable, "-P", "-m", "fishcaption.server.engines.espeak_child"]
        self._child = subprocess.Popen(
            [*command, str(library), str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=_flags(),
        )
        self._parts: Queue[tuple[bytes, bytes] | None] = Queue()
        assert self._child.stdout is not None
        self._reader = threading.Thread(
            target=_read_parts, args=(self._child.stdout, self._parts), name="espeak", daemon=True
        )
        self._reader.start()
        kind, content = self._next()
        if kind != b"R" or struct.unpack("<I", content) != (RATE,):
            self.close()
            raise OSError("eSpeak NG did not start")

    def speak(self, voice: str, text: str, words_a_minute: int) -> tuple[bytes, list[_Word]]:
        """Return the sound of a text, and its words. Raises OSError."""
        asked = {"voice": voice, "text": text, "words_a_minute": words_a_minute}
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asked).encode() + b"\n")
        self._child.stdin.flush()
        sound, words = bytearray(), list[_Word]()
        while True:
            kind, content = self._next()
            if kind == b"A":
                sound += content
                if len(sound) > 2 * RATE * _MOST_SECONDS:
                    raise OSError("eSpeak NG does not end")
            elif kind == b"W":
                words.append(_Word(*struct.unpack("<iii", content)))
            elif content:
                raise OSError(f"eSpeak NG: {content[:100].decode('ascii', 'replace')}")
            else:
                return bytes(sound), words

    def close(self) -> None:
        """End it now."""
        self._child.kill()
        self._child.wait()
        self._reader.join()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not written yet is not wanted
                    continue

    def _next(self) -> tuple[bytes, bytes]:
        try:
            part = self._parts.get(timeout=_PATIENCE_SECONDS)
        except Empty:
            raise OSError("eSpeak NG does not answer") from None
        if part is None:
            raise OSError("eSpeak NG has ended")
        return part


def _read_parts(pipe: IO[bytes], parts: Queue[tuple[bytes, bytes] | None]) -> None:
    while len(head := pipe.read(5)) == 5:
        length = int.from_bytes(head[1:], "little")
        content = pipe.read(length) if length <= _MOST_BYTES else b""
        if len(content) < length:
            break
        parts.put((head[:1], content))
    parts.put(None)


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    else:  # noqa: RET505  a checker for another platform sees one branch only
        return 0


def _library(package: Path) -> Path:
    names = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}
    return package / names.get(sys.platform, "libespeak-ng.so")


def _environment() -> dict[str, str]:
    import os

    import fishcaption

    root = str(Path(fishcaption.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return {**without_keys(os.environ), "PYTHONPATH": path}
