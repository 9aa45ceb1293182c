"""What was said, as a WAV file, at the speed of the voice or of the ear."""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fishcaption.audio.clips import Clips
from fishcaption.audio.player import SoundPlayer
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.speech import Heard, PlayerState

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST_BYTES = 0xFFFF_FFFF - _HEADER.size


class Recorder:
    """A player that writes all it is given to a file; `reader.Player` says what its methods do.

    With an ``inner`` player, which is not the recorder's to enter or leave, it is heard there; without one
    everything is heard at once, as fast as the voice makes it. The file is right after every write, however
    the program ends: 16 bits, one channel, the rate of the first clip. An async context manager. Entering it,
    `begin` and `write` raise StorageError where the file cannot be written.
    """

    def __init__(self, path: Path, inner: SoundPlayer | SilentPlayer | None = None) -> None:
        self._path = path
        self._inner = inner
        self._clips = Clips()  # used where there is no inner player, and for what belongs to which clip
        self._file: BinaryIO | None = None
        self._rate = 0
        self._bytes = 0
        self._starts: dict[int, int] = {}  # where in the sound each clip begins, in bytes

    async def __aenter__(self) -> Self:
        """Create the file, or empty the one that is there."""
        try:
            self._file = self._path.open("wb", buffering=0)
        except OSError as error:
            raise self._complaint(error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clips.flush()
        if self._file is not None:
            if not self._rate:
                self._write_header(24_000)
            self._file.close()

    def warm(self) -> None:
        """Open the inner player's device if it is closed."""
        if self._inner is not None:
            self._inner.warm()

    def begin(self, rate: int, gain: float = 1.0) -> int:
        """Open the next clip and return its number; the file keeps the voice's own level.

        Raises InputError for what nothing can play, or a rate other than the file's.
        """
        if self._rate not in (0, rate):
            raise InputError(
                "Two voices with different sample rates cannot be in one recording.",
                hint="Record them one by one.",
            )
        clip = self._clips.begin(rate, gain)
        if not self._rate:
            self._rate = rate
            self._write_header(rate)
        number = clip.number if self._inner is None else self._inner.begin(rate, gain)
        self._starts[number] = self._bytes
        return number

    async def write(self, pcm: bytes) -> None:
        """Append to the file and to the newest clip."""
        clip = self._clips.newest
        if clip is None:
            return
        self._append(self._clips.add(clip, pcm))
        self._hear()
        if self._inner is not None:
            await self._inner.write(pcm)

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        self._clips.end()
        if self._inner is not None:
            self._inner.end()

    def pause(self) -> None:
        """Hold the inner player; what is written is recorded all the same."""
        if self._inner is not None:
            self._inner.pause()

    def resume(self) -> None:
        """Let the inner player go on."""
        if self._inner is not None:
            self._inner.resume()

    def flush(self) -> None:
        """Drop every clip begun so far; what was written stays in the file."""
        self._clips.flush()
        if self._inner is not None:
            self._inner.flush()

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it ends.

        The file ends there, too, to within what the inner player's estimate is off. Without an inner player
        all was heard when it was written: nothing is dropped.
        """
        if self._inner is None:
            return self._clips.cut(clip, frame, self._clips.heard)
        end = self._inner.cut(clip, frame)
        self._clips.end()
        self._shorten(self._starts[clip] + 2 * end)
        return end

    def lead_frames(self) -> int:
        """The inner player's; without one nothing is given ahead."""
        return 0 if self._inner is None else self._inner.lead_frames()

    def speed(self, factor: float) -> None:
        """Change the inner player's speed; the file keeps the voice's own."""
        if self._inner is not None:
            self._inner.speed(factor)

    def volume(self, gain: float) -> None:
        """Change the inner player's volume; the file keeps the voice's own."""
        if self._inner is not None:
            self._inner.volume(gain)

    def heard(self) -> Heard:
        """Where the ear is now: the inner player's, or all that was written."""
        return self._clips.heard if self._inner is None else self._inner.heard()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard; False when it was flushed away."""
        if self._inner is not None:
            return await self._inner.reach(clip, frame)
        return await self._clips.reach(clip, frame)

    def state(self) -> PlayerState:
        """The inner player's condition; no device without one."""
        return PlayerState("", False, None) if self._inner is None else self._inner.state()

    def _hear(self) -> None:
        clip = self._clips.newest
        if clip is not None:
            self._clips.hear(Heard(clip.number, clip.written))

    def _append(self, frames: bytes) -> None:
        if self._file is None or not frames:
            return
        if self._bytes + len(frames) > _MOST_BYTES:
            raise StorageError(f"{self._path.name} is full: a WAV file holds 4 GB.")
        self._write(frames, _HEADER.size + self._bytes)
        self._bytes += len(frames)
        self._write_header(self._rate)

    def _shorten(self, size: int) -> None:
        if self._file is None or size >= self._bytes:
            return
        self._bytes = size
        self._write_header(self._rate)  # first: whoever reads it finds whole frames at every moment
        try:
            self._file.truncate(_HEADER.size + size)
        except OSError as error:
            raise self._complaint(error) from error

    def _write_header(self, rate: int) -> None:
        sizes = _HEADER.size - 8 + self._bytes, self._bytes
        self._write(
            _HEADER.pack(
                *(b"RIFF", sizes[0], b"WAVE", b"fmt ", 16),
                *(1, 1, rate, 2 * rate, 2, 16, b"data", sizes[1]),
            ),
            0,
        )

    def _write(self, data: bytes, position: int) -> None:
        file = self._file
        if file is None:
            return
        try:
            file.seek(position)
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
        except OSError as error:
            raise self._complaint(error) from error

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self._path} cannot be written: {error.strerror or error}.",
            hint="Choose another file, or make room on the disk.",
        )
