"""A voice in a process of its own, as its engine sees it: texts in, sound and the places of words out.

The parts that come from the process are those that `espeak_child` describes; so a library under another
licence, or one that wants the main thread, is not loaded here.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any, Final, NamedTuple

from fishcaption.core.secrecy import without_keys

_PATIENCE_SECONDS: Final = 20.0
_MOST_BYTES: Final = 1 << 20  # of one part
_MOST_SECONDS: Final = 600  # of one piece, which is a sentence at most


class Word(NamedTuple):
    """A word event: code points of the text from `start` on, at a frame of the raw sound."""

    start: int
    length: int
    frame: int


class ChildVoice:
    """The child. ``rate`` is how many frames a second the sound of its last text had.

    Its output is read by a thread, so that one that hangs is noticed.
    """

    def __init__(self, name: str, command: Sequence[str]) -> None:
        """``command`` starts it, and ``name`` is what the user is told of it. Raises OSError."""
        self._name = name
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=_flags(),
        )
        self._parts: Queue[tuple[bytes, bytes] | None] = Queue()
        assert self._child.stdout is not None
        self._reader = threading.Thread(
            target=_read_parts, args=(self._child.stdout, self._parts), name=name, daemon=True
        )
        self._reader.start()
        try:
            kind, content = self._next()
            if kind != b"R" or len(content) != 4:
                raise OSError(f"{name} did not start")
        except OSError:
            self.close()  # nobody else has it
            raise
        (self.rate,) = struct.unpack("<I", content)

    def speak(self, voice: str, text: str, words_a_minute: int) -> tuple[bytes, list[Word]]:
        """Return the sound of a text, and its words. Raises OSError."""
        return self.say({"voice": voice, "text": text, "words_a_minute": words_a_minute})

    def say(self, asked: dict[str, Any]) -> tuple[bytes, list[Word]]:
        """Return the sound of a request in the child's own words, and its words. Raises OSError."""
        self._ask(asked)
        sound, words = bytearray(), list[Word]()
        while True:
            kind, content = self._next()
            if kind == b"A":
                sound += content
                if len(sound) > 2 * self.rate * _MOST_SECONDS:
                    raise OSError(f"{self._name} does not end")
            elif kind == b"W":
                words.append(Word(*struct.unpack("<iii", content)))
            elif kind == b"R":
                (self.rate,) = struct.unpack("<I", content)
            elif self._is_end(content):
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

    def _is_end(self, content: bytes) -> bool:
        """Return True for the end of a text. Raises OSError if it tells what went wrong."""
        if content:
            raise OSError(f"{self._name}: {content[:100].decode('ascii', 'replace')}")
        return True

    def _ask(self, asked: dict[str, Any]) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asked).encode() + b"\n")
        self._child.stdin.flush()

    def _next(self) -> tuple[bytes, bytes]:
        try:
            part = self._parts.get(timeout=_PATIENCE_SECONDS)
        except Empty:
            raise OSError(f"{self._name} does not answer") from None
        if part is None:
            raise OSError(f"{self._name} has ended")
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


def _environment() -> dict[str, str]:
    import os

    import fishcaption

    root = str(Path(fishcaption.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return {**without_keys(os.environ), "PYTHONPATH": path}
