"""Subtitle files: SubRip and WebVTT, whole at every moment.

A cue is written when it has been heard; until then nobody knows how long it stands. What was written is never
changed: a file that is being written can be read, and a process that is killed leaves a good one.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.errors import StorageError

Kind = Literal["srt", "vtt"]


class SubtitleFile:
    """One file, new from its first byte; a context manager.

    ``file`` is a path, or an open binary stream that is this file's to close. Times are seconds from the
    first sample that was heard in this run. Raises StorageError where the file cannot be written; it then
    ends with the last cue that could be.
    """

    def __init__(self, file: Path | BinaryIO, kind: Kind) -> None:
        self._name = str(file) if isinstance(file, Path) else "standard output"
        self._kind = kind
        self._number = 0
        self._end = 0.0
        try:
            # Nothing is held back: the file is read while it grows.
            self._file: BinaryIO = file.open("wb", buffering=0) if isinstance(file, Path) else file
        except OSError as error:
            raise self._complaint(error) from error
        if kind == "vtt":
            self._write(VTT_HEADER)

    def __enter__(self) -> SubtitleFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, start_seconds: float, end_seconds: float, lines: Iterable[str]) -> None:
        """Write the next cue. It is made to begin where the one before ended, or later, and to take time."""
        start = max(start_seconds, self._end)
        end = max(end_seconds, start + 0.001)
        entry = (
            to_vtt(start, end, lines) if self._kind == "vtt" else to_srt(self._number + 1, start, end, lines)
        )
        self._write(entry)
        self._number += 1
        self._end = end

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._file.close()

    def _write(self, entry: str) -> None:
        data = entry.encode("utf-8", "replace")
        place = self._file.tell() if self._file.seekable() else None
        try:
            written = self._file.write(data)
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            if place is not None:
                # A cue that is half there would spoil the file; giving back room works on a full disk.
                with suppress(OSError):  # a device has nothing to give back; the first error is told
                    self._file.truncate(place)
                    self._file.seek(place)
            raise self._complaint(error) from error

    def _complaint(self, error: OSError) -> StorageError:
        return StorageError(
            f"The subtitles cannot be written to {self._name}: {error.strerror or error}.",
            hint="Choose another place, or make room on the disk.",
        )
