"""Speech as a WAV file: the sound that was heard, at its speed and with its silences."""

from __future__ import annotations

import struct
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, NamedTuple, Self

from fishcaption.audio.clips import Clips
from fishcaption.audio.forecast import Retimed
from fishcaption.audio.player import SoundPlayer
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.speech import Heard, PlayerState

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST_BYTES = 0xFFFF_FFFF - _HEADER.size
_UNKNOWN_BYTES: Final = (
    0xFFFF_FFFF  # in both places of sizes: to the end of the stream, as FFmpeg and SoX write it
)
_LEAST_SILENCE_SECONDS: Final = 0.1  # a shorter one is an error of the estimate, or nobody hears it


class _Mark(NamedTuple):
    """A place of the sound: from a frame of a clip on, up to the next mark, one frame follows the other."""

    clip: int
    frame: int
    byte: int
    speed: float


class Recorder:
    """A player that writes all it is given to a file; `reader.Player` says what its methods do.

    With an ``inner`` player, which is not the recorder's to enter or leave, it is heard there: the file has
    the silences while no sound came, to 0.1 s, and what was flushed unheard is not in it. Without one
    everything is heard at once, as fast as the voice makes it. The file is right after every write, however
    the program ends: 16 bits, one channel, the rate of the first clip.

    ``file`` is a path, or an open binary stream that is the recorder's to close. Where it cannot be wound
    back (a pipe), its header says that the length is unknown, and what was written stays. An async context
    manager. Entering it, `begin`, `write` and `end` raise StorageError where the file cannot be written.
    """

    def __init__(
        self,
        file: Path | BinaryIO,
        inner: SoundPlayer | SilentPlayer | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._path = file if isinstance(file, Path) else None
        self._file: BinaryIO | None = None if isinstance(file, Path) else file
        self._is_whole = False  # the file can be wound back
        self._inner = inner
        self._clips = Clips()  # used where there is no inner player, and for what belongs to which clip
        self._rate = 0
        self._bytes = 0
        self._marks: list[_Mark] = []
        self._speed = 1.0
        self._stretcher: Any = None  # of the newest clip, at another speed than 1
        self._silent_from = 0.0  # when the ear will have heard all that was written
        self._unflushed: StorageError | None = None
        self._written = Retimed()  # where there is no inner player

    async def __aenter__(self) -> Self:
        """Create the file, or empty the one that is there."""
        try:
            if self._path is not None:
                self._file = self._path.open("wb", buffering=0)
                self._is_whole = self._file.seekable()
        except OSError as error:
            raise self._complaint(error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clips.flush()
        if self._file is not None:
            with self._file:
                if kind is None:
                    self._drain()
                if not self._rate:
                    self._write_header(24_000)
        if kind is None and self._unflushed is not None:
            raise self._unflushed

    def warm(self) -> None:
        """Open the inner player's device if it is closed."""
        if self._inner is not None:
            self._inner.warm()

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        """Open the next clip and return its number; the file keeps the voice's own level.

        Raises InputError for what nothing can play, or a rate other than the file's.
        """
        if self._rate not in (0, rate):
            raise InputError(
                "Two voices with different sample rates cannot be in one recording.",
                hint="Record them one by one.",
            )
        self._drain()
        clip = self._clips.begin(rate, gain, pace)
        if not self._rate:
            self._rate = rate
            self._write_header(rate)
        number = clip.number if self._inner is None else self._inner.begin(rate, gain, pace)
        speed = self._speed * pace
        self._marks.append(_Mark(number, 0, self._bytes, speed))
        self._stretcher = None
        if speed != 1.0:
            import libsonic

            self._stretcher = libsonic.SonicStream(rate, 1)
            self._stretcher.set_speed(speed)
        return number

    async def write(self, pcm: bytes) -> None:
        """Append to the file and to the newest clip."""
        clip = self._clips.newest
        if clip is None:
            return
        first = clip.written
        frames = self._clips.add(clip, pcm)
        if self._inner is not None and frames:
            self._be_silent(first, len(frames) // 2)
        self._append(self._stretched(frames))
        if self._inner is None:
            self._clips.hear(Heard(clip.number, clip.written))
            self._written.tell()
        else:
            await self._inner.write(pcm)

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        self._drain()
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
        """Drop every clip begun so far; the file ends where the ear is."""
        self._clips.flush()
        self._stretcher = None
        if self._inner is None:
            return
        self._inner.flush()
        try:
            self._shorten(self._inner.heard())
        except StorageError as error:  # silence goes before everything: it is told at the end
            self._unflushed = error

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it ends.

        The file ends there, too, to within what the inner player's estimate is off. Without an inner player
        all was heard when it was written: nothing is dropped.
        """
        if self._inner is None:
            return self._clips.cut(clip, frame, self._clips.heard)
        end = self._inner.cut(clip, frame)
        self._clips.end()
        self._stretcher = None
        self._shorten(Heard(clip, end))
        return end

    def lead_frames(self) -> int:
        """Return the inner player's lead; 0 without one: nothing is given ahead."""
        return 0 if self._inner is None else self._inner.lead_frames()

    def speed(self, factor: float) -> None:
        """Change the inner player's speed now, and the file's from the next clip on.

        Raises InputError where the machine has no libsonic (Macs with an Intel processor).
        """
        from importlib.util import find_spec

        if factor != 1.0 and find_spec("libsonic") is None:
            raise InputError("The speed cannot be changed on this machine.", hint="Leave --speed out.")
        self._speed = factor
        if self._inner is not None:
            self._inner.speed(factor)

    def volume(self, gain: float) -> None:
        """Change the inner player's volume; the file keeps the voice's own."""
        if self._inner is not None:
            self._inner.volume(gain)

    def heard(self) -> Heard:
        """Return the place that the inner player hears now; without one, the end of what was written."""
        return self._clips.heard if self._inner is None else self._inner.heard()

    def moment(self, clip: int, frame: int) -> float | None:
        """Return the inner player's answer; None without one: all is heard when it is written."""
        return None if self._inner is None else self._inner.moment(clip, frame)

    async def retimed(self) -> None:
        """Wait until the inner player's `moment` has another answer; without one, until more was written."""
        if self._inner is not None:
            await self._inner.retimed()
        else:
            await self._written.wait()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard; False when it was flushed away."""
        if self._inner is not None:
            return await self._inner.reach(clip, frame)
        return await self._clips.reach(clip, frame)

    def state(self) -> PlayerState:
        """Return the inner player's condition; without one, no device."""
        return PlayerState("", False, None) if self._inner is None else self._inner.state()

    def _be_silent(self, frame: int, frames: int) -> None:
        """Write the silence that was heard before the frames that come now."""
        now = self._clock()
        silence = now - self._silent_from if self._bytes else 0.0
        if silence > _LEAST_SILENCE_SECONDS:
            self._drain()
            self._append(bytes(2 * round(silence * self._rate)))
            self._marks.append(_Mark(self._marks[-1].clip, frame, self._bytes, self._marks[-1].speed))
        self._silent_from = max(self._silent_from, now) + frames / self._rate / self._marks[-1].speed

    def _stretched(self, pcm: bytes) -> bytes:
        if self._stretcher is None or not pcm:
            return pcm
        self._stretcher.write([sample / 32768 for sample in array("h", pcm)])
        return self._made()

    def _drain(self) -> None:
        """Write what the change of speed holds back."""
        if self._stretcher is not None:
            self._stretcher.flush()
            self._append(self._made())

    def _made(self) -> bytes:
        samples = self._stretcher.read(self._stretcher.available_frames())
        return array("h", [max(-32768, min(32767, round(sample * 32768))) for sample in samples]).tobytes()

    def _append(self, frames: bytes) -> None:
        if self._file is None or not frames:
            return
        if self._is_whole and self._bytes + len(frames) > _MOST_BYTES:
            raise StorageError(f"{self._name} is full: a WAV file holds 4 GB.")
        self._write(frames, _HEADER.size + self._bytes)
        self._bytes += len(frames)
        if self._is_whole:
            self._write_header(self._rate)

    def _shorten(self, end: Heard) -> None:
        """End the file at a place of a clip: what comes after it was not heard."""
        marks = [mark for mark in self._marks if (mark.clip, mark.frame) <= (end.clip, end.frame)]
        mark = marks[-1] if marks else _Mark(0, end.frame, 0, 1.0)
        size = mark.byte + 2 * round((end.frame - mark.frame) / mark.speed)
        if self._file is None or not self._is_whole or size >= self._bytes:
            return
        self._marks = marks
        self._bytes = size
        self._write_header(self._rate)  # first: whoever reads it finds whole frames at every moment
        try:
            self._file.truncate(_HEADER.size + size)
        except OSError as error:
            raise self._complaint(error) from error

    def _write_header(self, rate: int) -> None:
        sizes = (_HEADER.size - 8 + self._bytes, self._bytes)
        if not self._is_whole:
            sizes = (_UNKNOWN_BYTES, _UNKNOWN_BYTES)
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
            if self._is_whole:
                file.seek(position)
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
        except OSError as error:
            raise self._complaint(error) from error

    @property
    def _name(self) -> str:
        return "Standard output" if self._path is None else str(self._path)

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self._name} cannot be written: {error.strerror or error}.",
            hint="Choose another file, or make room on the disk.",
        )
