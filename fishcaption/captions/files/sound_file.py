"""A recording of the show beside its captions: each sound stands at the time at which it was heard."""

from __future__ import annotations

import struct
from array import array
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

from fishcaption.core.audience import HeardPart
from fishcaption.core.errors import StorageError

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST_BYTES: Final = 0xFFFF_FFFF - _HEADER.size
_TOLERANCE_SECONDS: Final = 0.01
"""Sound that is off by less goes on where it is: the device's clock is not the system's, and each step is a
click. The captions' limit is 40 ms."""

_SAME_SPEED: Final = 0.001


class SoundFile:
    """A WAV file, new from its first byte, of 16 bits and one channel.

    ``origin`` is the moment of its first frame. Silence is in it as it was, also for what could not be
    written. Raises FileExistsError for a file that is there, StorageError where it cannot be written; the
    file is whole all the same, and the next part may be tried.
    """

    def __init__(self, path: Path, origin: float, rate: int) -> None:
        self._path = path
        self._origin = origin
        self._rate = rate
        try:
            self._file: BinaryIO = path.open("xb", buffering=0)
        except FileExistsError:
            raise
        except OSError as error:
            raise self._complaint(error) from error
        self._frames = 0  # in the file
        self._due = 0.0  # frame at which the sound that goes on without a break stands
        self._stretcher: Any = None
        self._stretched_by = 1.0

    def append(self, part: HeardPart) -> None:
        """Write sound at its time; what is before the origin is left out."""
        place = (part.moment - self._origin) * self._rate
        try:
            if abs(place - self._due) > _TOLERANCE_SECONDS * self._rate:
                self._write(self._rest())
                self._due = place
                self._be_silent(round(place))
            pcm = self._at_rate(part)
            over = self._frames - round(self._due) if self._stretcher is None else 0
            self._due += len(part.pcm) / 2 / part.speed * self._rate / part.rate
            self._write(pcm[2 * max(0, over) :])
        except StorageError:
            self._due = float(self._frames)  # what comes next is at its own time
            self._stretcher = None
            raise

    def finish(self, moment: float) -> None:
        """End the file at this moment, and close it."""
        try:
            self._write(self._rest())
            self._be_silent(round((moment - self._origin) * self._rate))
        finally:
            with suppress(OSError):  # nothing is held back that could be lost now
                self._file.close()

    def _at_rate(self, part: HeardPart) -> bytes:
        """Return the part at the file's rate, as fast as it was heard."""
        speed = 1.0 if abs(part.speed - 1.0) < _SAME_SPEED else part.speed
        if speed != self._stretched_by:
            self._write(self._rest())
            self._stretched_by = speed
        pcm = part.pcm if part.rate == self._rate else _converted(part.pcm, self._rate / part.rate)
        if speed == 1.0:
            return pcm
        if self._stretcher is None:
            if find_spec("libsonic") is None:  # Macs with an Intel processor, where no speed can be chosen
                return bytes(2 * round(len(pcm) / 2 / speed))
            import libsonic

            self._stretcher = libsonic.SonicStream(self._rate, 1)
            self._stretcher.set_speed(speed)
        self._stretcher.write([sample / 32768 for sample in array("h", pcm)])
        return self._made()

    def _rest(self) -> bytes:
        """Return what the stretcher holds back, and let it go."""
        if self._stretcher is None:
            return b""
        self._stretcher.flush()
        rest = self._made()
        self._stretcher = None
        return rest

    def _made(self) -> bytes:
        samples = self._stretcher.read(self._stretcher.available_frames())
        return array("h", [max(-32768, min(32767, round(sample * 32768))) for sample in samples]).tobytes()

    def _be_silent(self, until: int) -> None:
        """Have the file last until this frame."""
        if until > self._frames:
            self._change(lambda size: self._file.truncate(size), until)

    def _write(self, pcm: bytes) -> None:
        def write(_size: int) -> None:
            self._file.seek(_HEADER.size + 2 * self._frames)
            view = memoryview(pcm)
            while view:
                view = view[self._file.write(view) :]

        if pcm:
            self._change(write, self._frames + len(pcm) // 2)

    def _change(self, change: Any, frames: int) -> None:
        """Make the file longer, then say so in its header: it is right whenever the program ends."""
        if 2 * frames > _MOST_BYTES:
            raise StorageError(f"{self._path.name} is full.", hint="Switch the outlet off and on.")
        try:
            change(_HEADER.size + 2 * frames)
            self._file.seek(0)
            self._file.write(self._header(frames))
        except OSError as error:
            with suppress(OSError):  # giving back room works on a full disk
                self._file.truncate(_HEADER.size + 2 * self._frames)
            raise self._complaint(error) from error
        self._frames = frames

    def _header(self, frames: int) -> bytes:
        return _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + 2 * frames, b"WAVE", b"fmt ", 16),
            *(1, 1, self._rate, 2 * self._rate, 2, 16, b"data", 2 * frames),
        )

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"The sound cannot be written to {self._path}: {error.strerror or error}.",
            hint="Choose another folder, or make room on the disk.",
        )


def _converted(pcm: bytes, factor: float) -> bytes:
    """Return sound at so many times its rate, on straight lines: a second voice of another rate is rare."""
    samples = array("h", pcm)
    last = len(samples) - 1
    made = array("h")
    for number in range(round(len(samples) * factor)):
        place = number / factor
        before = min(int(place), last)
        after = min(before + 1, last)
        made.append(round(samples[before] + (samples[after] - samples[before]) * min(1.0, place - before)))
    return made.tobytes()
