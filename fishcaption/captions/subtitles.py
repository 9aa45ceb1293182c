"""Files of the captions of one utterance, whole at every moment: SubRip, WebVTT, plain text, JSON Lines.

A cue is written when it has been heard; until then nobody knows how long it stands. What was written is never
changed: a file that is being written can be read, and a process that is killed leaves a good one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from fishcaption.captions.files.growing_file import GrowingFile
from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.cues.transcript_formats import TimedWord, to_json_line, to_text_line

Kind = Literal["srt", "vtt", "txt", "jsonl"]


class SubtitleFile:
    """One file, new from its first byte; a context manager.

    ``file`` is a path, or an open binary stream that is this file's to close. Times are seconds from the
    first sample that was heard in this run. Raises StorageError where the file cannot be written; it then
    ends with the last cue that could be.
    """

    def __init__(self, file: Path | BinaryIO, kind: Kind) -> None:
        self._kind = kind
        self._number = 0
        self._end = 0.0
        header = VTT_HEADER.encode() if kind == "vtt" else b""
        self._file = GrowingFile(file, header, what="captions" if kind in ("txt", "jsonl") else "subtitles")
        if header:
            self._file.append(b"")

    def __enter__(self) -> SubtitleFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def append(
        self,
        start_seconds: float,
        end_seconds: float,
        lines: Iterable[str],
        words: Sequence[TimedWord] = (),
    ) -> None:
        """Write the next cue. It is made to begin where the one before ended, or later, and to take time."""
        start = max(start_seconds, self._end)
        end = max(end_seconds, start + 0.001)
        self._file.append(self._entry(start, end, lines, words).encode("utf-8", "replace"))
        self._number += 1
        self._end = end

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._file.close()

    def _entry(self, start: float, end: float, lines: Iterable[str], words: Sequence[TimedWord]) -> str:
        if self._kind == "vtt":
            return to_vtt(start, end, lines)
        if self._kind == "srt":
            return to_srt(self._number + 1, start, end, lines)
        if self._kind == "txt":
            return to_text_line(lines)
        return to_json_line(start, end, lines, words)
