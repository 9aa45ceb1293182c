"""The process of eSpeak NG, as its engines see it: texts in, sound or phonemes out.

Its library is under GPL-3.0-or-later: `espeak_child` loads it, and nothing of it is loaded here.
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
from typing import IO, Any, Final, NamedTuple

from fishcaption.core.secrecy import without_keys
from fishcaption.server.engines.espeak_voices import PACKAGE, data_folder

RATE: Final = 22_050
"""Frames a second of its sound."""
_PATIENCE_SECONDS: Final = 20.0
_MOST_BYTES: Final = 1 << 20  # of one part
_MOST_SECONDS: Final = 600  # of one piece, which is a sentence at most
_MOST_CLAUSES: Final = 10_000


class Word(NamedTuple):
    """A word event: code points of the text from `start` on, at a frame of the raw sound."""

    start: int
    length: int
    frame: int


class Clause(NamedTuple):
    """A clause of a text as it is pronounced: where it ends in the text, and its phonemes (IPA)."""

    end: int
    phonemes: str


class EspeakProcess:
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

    def speak(self, voice: str, text: str, words_a_minute: int) -> tuple[bytes, list[Word]]:
        """Return the sound of a text, and its words. Raises OSError."""
        self._ask({"voice": voice, "text": text, "words_a_minute": words_a_minute})
        sound, words = bytearray(), list[Word]()
        while True:
            kind, content = self._next()
            if kind == b"A":
                sound += content
                if len(sound) > 2 * RATE * _MOST_SECONDS:
                    raise OSError("eSpeak NG does not end")
            elif kind == b"W":
                words.append(Word(*struct.unpack("<iii", content)))
            elif _is_end(content):
                return bytes(sound), words

    def phonemes(self, voice: str, text: str) -> list[Clause]:
        """Return the clauses of a text and their phonemes. Raises OSError."""
        self._ask({"voice": voice, "text": text, "phonemes": True})
        clauses: list[Clause] = []
        while True:
            kind, content = self._next()
            if kind == b"P":
                (end,) = struct.unpack_from("<i", content)
                clauses.append(Clause(end, content[4:].decode("utf-8", "replace")))
                if len(clauses) > _MOST_CLAUSES:
                    raise OSError("eSpeak NG does not end")
            elif _is_end(content):
                return clauses

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

    def _ask(self, asked: dict[str, Any]) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asked).encode() + b"\n")
        self._child.stdin.flush()

    def _next(self) -> tuple[bytes, bytes]:
        try:
            part = self._parts.get(timeout=_PATIENCE_SECONDS)
        except Empty:
            raise OSError("eSpeak NG does not answer") from None
        if part is None:
            raise OSError("eSpeak NG has ended")
        return part


def _is_end(content: bytes) -> bool:
    """Return True for the end of a text. Raises OSError if it tells what went wrong."""
    if content:
        raise OSError(f"eSpeak NG: {content[:100].decode('ascii', 'replace')}")
    return True


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
