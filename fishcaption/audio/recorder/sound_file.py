"""Files of sound, whatever they are: opened, read in blocks of a second, mixed down and resampled.

libsndfile reads WAV, FLAC, MP3, Ogg (Vorbis, Opus), AIFF, CAF and more. M4A, MP4 and MOV are decoded by a
program of the user's own, if there is one: ffmpeg, or afconvert, which macOS has.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from fishcaption.audio.child import answer
from fishcaption.audio.recorder.mp4 import movie_of
from fishcaption.core.errors import InputError

Samples = npt.NDArray[np.float32]

LONGEST_SECONDS = 3600.0
LARGEST_BYTES = 4 * 1024**3

_MOST_CHANNELS = 32
_RATES = range(1_000, 768_001)
_DECODE_SECONDS = 300.0
_MOST_DECODED_BYTES = 400_000_000
_UNKNOWN_FRAMES = 2**62  # libsndfile has its largest number for a stream whose head tells none


class SoundFile:
    """An open file of sound. ``scratch`` is a folder for what another program decodes.

    Raises InputError for what is no sound, too large, or cannot be decoded here.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        self.name = path.name
        _look(path)
        self._path = path
        sound = _opened(path)
        if sound is None:
            self._path = _decoded(path, scratch)
            sound = _opened(self._path)
        if sound is None:
            raise InputError(f"{self.name} holds no sound that can be read.")
        self._sound: soundfile.SoundFile = sound
        self.rate = int(self._sound.samplerate)
        if self._sound.channels > _MOST_CHANNELS or self.rate not in _RATES:
            self._sound.close()
            raise InputError(f"{self.name} is no recording of a voice: its rate or its channels are unusual.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sound.close()

    @property
    def seconds(self) -> float | None:
        """The length, as the head tells it; None if it does not."""
        frames = self._sound.frames
        return float(frames / self.rate) if frames < _UNKNOWN_FRAMES else None

    def blocks(self, start_seconds: float = 0.0, end_seconds: float | None = None) -> Iterator[Samples]:
        """Yield a part in blocks of (frames, channels), -1 to 1. Raises InputError if it cannot be read.

        A file that is damaged further on ends there.
        """
        at = round(start_seconds * self.rate)
        end = round(end_seconds * self.rate) if end_seconds is not None else _UNKNOWN_FRAMES
        try:
            self._go_to(at)
        except (soundfile.SoundFileError, ValueError) as error:
            raise InputError(f"{self.name} does not reach to {start_seconds:.1f} s.") from error
        is_first = True
        while at < end:
            try:
                block = self._sound.read(min(self.rate, end - at), dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                if is_first:
                    raise InputError(f"{self.name} is damaged: it cannot be read.") from error
                return
            if not len(block):
                return
            is_first = False
            at += len(block)
            yield np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)

    def _go_to(self, frame: int) -> None:
        if isinstance(self._sound, _EndlessFile):
            self._sound.close()
            self._sound = _EndlessFile(self._path)
            while frame > 0 and (skipped := len(self._sound.read(min(self.rate, frame), dtype="int16"))):
                frame -= skipped
        else:
            self._sound.seek(frame)


class _EndlessFile(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A file whose head tells no length, as what wrote it was killed: libsndfile cannot seek in it."""

    def seekable(self) -> bool:
        """Return that it is not: soundfile then leaves it alone after each read."""
        return False


def at_rate(blocks: Iterator[Samples], rate: int, wanted: int) -> Iterator[Samples]:
    """Yield the blocks mixed down to one channel, at another rate; exact where nothing is to do."""
    stream = soxr.ResampleStream(rate, wanted, 1, dtype="float32") if rate != wanted else None
    for block in blocks:
        mono = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)
        yield mono if stream is None else stream.resample_chunk(np.ascontiguousarray(mono))
    if stream is not None:
        yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _look(path: Path) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: {error.strerror}.") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path.name} is no file.")
    if not status.st_size:
        raise InputError(f"{path.name} is empty.")
    if status.st_size > LARGEST_BYTES:
        raise InputError(f"{path.name} is larger than 4 GB.", hint="Cut it into parts first.")


def _opened(path: Path) -> soundfile.SoundFile | None:
    """Open a file with libsndfile; None if that does not know it. Raises InputError."""
    try:
        sound = soundfile.SoundFile(path)
        if sound.frames < _UNKNOWN_FRAMES:
            return sound
        sound.close()
        return _EndlessFile(path)
    except (soundfile.SoundFileError, TypeError, ValueError):  # a name that ends in .raw is a TypeError
        if not os.access(path, os.R_OK):
            raise InputError(f"{path.name} cannot be opened: you may not read it.") from None
        return None


def _decoded(path: Path, scratch: Path) -> Path:
    """Decode what libsndfile does not know to a WAV file. Raises InputError with what to do instead."""
    movie = movie_of(path)
    if movie is None:
        raise InputError(
            f"{path.name} is no sound that can be read.",
            hint="Use a WAV, FLAC, MP3, M4A, Ogg or Opus file.",
        )
    if not movie.has_sound:
        raise InputError(f"{path.name} has no sound.", hint="It has pictures only, or is damaged.")
    if movie.seconds is not None and movie.seconds > LONGEST_SECONDS:
        raise InputError(f"{path.name} is longer than one hour.", hint="Cut it into parts first.")
    target = scratch / "decoded.wav"
    command = _decoder(path, target)
    if command is None:
        length = f" It is {movie.seconds:.0f} s long." if movie.seconds is not None else ""
        raise InputError(
            f"{path.name} can be sent as it is, but not be heard, checked or cut here.{length}",
            hint="To do that, install ffmpeg, or save it as a WAV or MP3 file with another program.",
        )
    try:
        done = answer(command, os.environ, _DECODE_SECONDS)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise InputError(f"{path.name} takes too long to decode.", hint="Cut it into parts first.") from error
    if done.returncode or not target.exists():
        raise InputError(f"{path.name} cannot be decoded: it is damaged, or protected against copying.")
    return target


def _decoder(source: Path, target: Path) -> list[str] | None:
    """Return the command that decodes; None if there is none. Only this file is read, whatever it names."""
    if (ffmpeg := shutil.which("ffmpeg")) is not None:
        return [
            *(ffmpeg, "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", "mov"),
            *("-i", f"file:{source}", "-map", "0:a:0", "-vn", "-ac", "1", "-ar", "48000"),
            *("-t", str(LONGEST_SECONDS), "-fs", str(_MOST_DECODED_BYTES), f"file:{target}"),
        ]
    if (afconvert := shutil.which("afconvert")) is not None:
        return [afconvert, "-f", "WAVE", "-d", "LEI16@48000", "-c", "1", str(source), str(target)]
    return None
