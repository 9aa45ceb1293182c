"""Subtitle files: SubRip and WebVTT, whole at every moment.

A cue is written when it has been heard; until then nobody knows how long it stands. What was written is never
changed, so a file that is being written can be read, and a process that is killed leaves a good one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal

from fishcaption.core.cues import VTT_HEADER, Cue, to_srt, to_vtt
from fishcaption.core.errors import StorageError


class SubtitleFile:
    """One file, new from its first byte; a context manager.

    Times are seconds from the first sample that was heard in this run. Raises StorageError where the file
    cannot be written; no more of it is written then.
    """

    def __init__(self, path: Path, kind: Literal["srt", "vtt"]) -> None:
        self._path = path
        self._kind = kind
        self._number = 0
        self._end = 0.0
        try:
            # Every cue goes out at once: the file is read while it grows.
            self._file = path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise _not_written(path, error) from error
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
        """Write the next cue. It does not begin before the one before it ends, and takes some time."""
        start = max(start_seconds, self._end)
        end = max(end_seconds, start + 0.001)
        self._number += 1
        self._end = end
        if self._kind == "srt":
            self._write(to_srt(self._number, start, end, lines))
        else:
            self._write(to_vtt(start, end, lines))

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        try:
            self._file.close()
        except OSError as error:
            raise _not_written(self._path, error) from error

    def _write(self, text: str) -> None:
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            raise _not_written(self._path, error) from error


def write(path: Path, cues: Iterable[Cue], rate: int, kind: Literal["srt", "vtt"]) -> None:
    """Write the cues of one utterance at once, times counted from its first frame. Raises StorageError."""
    with SubtitleFile(path, kind) as file:
        for cue in cues:
            file.append(cue.start_frame / rate, cue.end_frame / rate, cue.lines)


def _not_written(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The subtitles cannot be written to {path}: {error.strerror or error}.",
        hint="Choose another place, or make room on the disk.",
    )
