"""The process that decodes sound files: each comes over standard input, and goes out as int16 mono.

In: the length (4 bytes, little-endian) and the file. Out: the rate and the length of the sound in bytes (4
bytes each), and the sound; a rate of 0 for a file that cannot be decoded. It ends when its input closes.
"""

from __future__ import annotations

import io
import signal
import struct
import sys
from contextlib import suppress
from typing import BinaryIO

MOST_SECONDS = 60
"""Of a file; what is longer is cut there."""

_MOST_CHANNELS = 8
_RATES = (8_000, 192_000)
_MOST_MEMORY = 2 << 30
HEAD = struct.Struct("<I")
ANSWER = struct.Struct("<II")


def decoded(content: bytes) -> tuple[int, bytes]:
    """Return the rate and the sound; a rate of 0 for what cannot be decoded."""
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if not _RATES[0] <= file.samplerate <= _RATES[1] or not 1 <= file.channels <= _MOST_CHANNELS:
                return 0, b""
            samples = file.read(MOST_SECONDS * file.samplerate, dtype="float32", always_2d=True)
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, TypeError, ValueError, MemoryError):
        return 0, b""
    mono = np.nan_to_num(samples.mean(axis=1))
    return rate, (np.clip(mono, -1, 1) * 32767).astype("<i2").tobytes()


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Decode what comes until the input closes."""
    while len(head := incoming.read(HEAD.size)) == HEAD.size:
        (length,) = HEAD.unpack(head)
        rate, pcm = decoded(incoming.read(length))
        outgoing.write(ANSWER.pack(rate, len(pcm)) + pcm)
        outgoing.flush()


def _bound_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's, which ends us
    _bound_memory()
    import soundfile  # noqa: F401  now, and not when the first file waits

    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
