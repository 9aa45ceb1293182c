"""Kept audio: what a voice has said, so that Repeat and Back need no network, no money and no wait.

The samples lie in an unnamed temporary file of this user (nothing of what was said is left behind), in memory
while they are few, or if the disk is full.
"""

from __future__ import annotations

import tempfile
from io import BytesIO
from typing import IO

FRAME_BYTES = 2
_IN_MEMORY_BYTES = 1 << 18  # about five seconds; most spoken sentences never touch the disk


class StoredAudio:
    """Int16 mono frames in the order in which they arrived. Any part can be read again."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  closed by close()
        self.frames = 0

    def append(self, pcm: bytes) -> None:
        """Add whole frames at the end."""
        if len(pcm) % FRAME_BYTES:
            raise ValueError("kept audio takes whole frames")
        try:
            self._write(pcm)
        except OSError:  # the disk is full: go on in memory, speech matters more
            whole = BytesIO(self.read(0, self.frames))
            self._file.close()
            self._file = whole
            self._write(pcm)
        self.frames += len(pcm) // FRAME_BYTES

    def read(self, frame: int, frames: int) -> bytes:
        """Return at most `frames` frames from `frame` on; empty if there are none."""
        frames = min(frames, self.frames - frame)
        if frames <= 0:
            return b""
        self._file.seek(frame * FRAME_BYTES)
        return self._file.read(frames * FRAME_BYTES)

    def close(self) -> None:
        """Forget the samples."""
        self._file.close()
        self.frames = 0

    def _write(self, pcm: bytes) -> None:
        self._file.seek(self.frames * FRAME_BYTES)
        self._file.write(pcm)
