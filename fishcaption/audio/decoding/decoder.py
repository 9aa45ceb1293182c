"""The program's side of the process that decodes sound files."""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from typing import Final, NamedTuple

from fishcaption.audio.child import command, environment, flags
from fishcaption.audio.decoding.main import ANSWER, HEAD, MOST_SECONDS
from fishcaption.core.errors import InputError

_SECONDS: Final = 20.0  # for one file, and for the start of the process before the first
_MOST_RATE: Final = 192_000


class Decoded(NamedTuple):
    """A sound: frames a second, and int16 little-endian mono frames."""

    rate: int
    pcm: bytes


class Decoder:
    """Decodes one file at a time; any thread may ask, and waits. `close` ends it for good."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def warm(self) -> None:
        """Start the process, which takes a moment, without waiting for it."""
        with self._guard, suppress(OSError):
            self._started()

    def decode(self, content: bytes) -> Decoded:
        """Return the sound of a file (WAV, MP3, FLAC, Ogg, Opus …), at most a minute. Blocks.

        Raises InputError for what cannot be decoded, also where the process fails or takes too long.
        """
        with self._guard:
            try:
                process = self._started()
                late = threading.Timer(_SECONDS, process.kill)
                late.daemon = True
                late.start()
                try:
                    rate, pcm = _asked(process, content)
                finally:
                    late.cancel()
            except (OSError, EOFError, ValueError):
                self._end()
                rate, pcm = 0, b""
        if not rate or len(pcm) < 2:
            raise InputError("This sound cannot be played on this computer.", hint="Try another voice.")
        return Decoded(rate, pcm)

    def close(self) -> None:
        """End the process, also while it works; whoever asks later is told that nothing can be decoded."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._guard:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._is_closed:
            raise OSError("it is closed")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                command("fishcaption.audio.decoding.main"),
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags(),
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            process.wait()


def _asked(process: subprocess.Popen[bytes], content: bytes) -> tuple[int, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(HEAD.pack(len(content)) + content)
    process.stdin.flush()
    head = process.stdout.read(ANSWER.size)
    if len(head) < ANSWER.size:
        raise EOFError
    rate, length = ANSWER.unpack(head)
    if rate > _MOST_RATE or length > 2 * MOST_SECONDS * _MOST_RATE:
        raise ValueError(length)
    pcm = process.stdout.read(length)
    if len(pcm) < length:
        raise EOFError
    return rate, pcm
