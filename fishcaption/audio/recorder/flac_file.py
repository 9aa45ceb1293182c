"""A FLAC file that is whole at every moment while it is written.

The head of a FLAC file tells how many frames follow, and an encoder writes that number when it closes the
file: after a kill it is 0, and libsndfile cannot read such a file to its end. So the number is written again
after every block of the encoder (4,096 frames, 85 ms at 48 kHz): what comes after a kill, or after a disk was
full, is a valid file of all whole blocks. Numbers of the format are from RFC 9639.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import soundfile

from fishcaption.core.errors import StorageError

RATE = 48_000

_SYNC = b"\xff\xf8"  # the first bytes of a frame in a stream of fixed block size (9.1.1)
_BLOCK_SIZE = slice(8, 10)  # of the file: the smallest block, which is every block but the last (8.2)
_TOTAL_AT = 21  # the byte whose lower half begins the 36 bits of the number of frames


class FlacFile:
    """A new file of int16 mono frames at 48 kHz. Raises StorageError if it cannot be made.

    It is never written over another file. ``name`` is what the user knows it by, if not by its path.
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self._name = name or path.name
        try:
            self._target = _Target(path)
        except FileExistsError as error:
            raise StorageError(
                f"There is a file {self._name} already.", hint="Record to another name."
            ) from error
        except OSError as error:
            raise self._complaint(error) from error
        self._sound = soundfile.SoundFile(self._target, "w", RATE, 1, "PCM_16", format="FLAC")
        self._check()

    def write(self, pcm: bytes) -> None:
        """Append frames. Raises StorageError once the disk is full; what was written before stays whole."""
        self._sound.buffer_write(pcm, "int16")
        self._check()

    def close(self) -> int:
        """Finish the file, and return how many frames are in it. Raises StorageError if its end is lost."""
        had_failed = self._target.error is not None
        self._sound.close()
        self._target.close()
        if had_failed:
            return self._target.frames
        self._check()
        return int(self._sound.frames)

    def _check(self) -> None:
        if self._target.error is not None:
            raise self._complaint(self._target.error) from self._target.error

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self._name} cannot be written: {error.strerror or error}.",
            hint="Make room on the disk, or choose another folder.",
        )


class _Target:
    """The file as libsndfile sees it. An error may not be raised there: it is kept, and ends all writing."""

    def __init__(self, path: Path) -> None:
        # for this user alone: it is somebody's voice
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = io.FileIO(os.open(path, flags, 0o600), "r+")
        self._head = bytearray()
        self.frames = 0  # in whole blocks
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of it, and after a block of frames the number of them."""
        if self.error is not None:
            return len(data)
        try:
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            if len(self._head) <= _TOTAL_AT + 5:
                self._head += data
            elif data[:2] == _SYNC:
                self._count()
        except OSError as error:
            self.error = error
        return len(data)

    def read(self, size: int) -> bytes:
        """Read; the encoder does not."""
        return self._file.read(size) or b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Seek, as a file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place, as a file does."""
        return self._file.tell()

    def close(self) -> None:
        """Let what was written reach the disk."""
        if self._file.closed:
            return
        try:
            with self._file:
                os.fsync(self._file.fileno())
        except OSError as error:
            self.error = error

    def _count(self) -> None:
        total = self.frames + int.from_bytes(self._head[_BLOCK_SIZE])
        packed = self._head[_TOTAL_AT] >> 4 << 36 | total
        place = self._file.tell()
        self._file.seek(_TOTAL_AT)
        self._file.write(packed.to_bytes(5))
        self._file.seek(place)
        self.frames = total
