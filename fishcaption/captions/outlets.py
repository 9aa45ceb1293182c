"""The outlets that whole cues are written to: each is an option of `fishcaption say`, `--srt` for instance.

To add one, write a class with `append` in a file of its own, and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.captions.cue_writer import CueFile


class CueOutlet(NamedTuple):
    """An outlet by the name of its option, and what the command line says of it.

    ``open`` begins to write to a path, or to an open binary stream that is the outlet's to close; it raises
    StorageError where that is not possible.
    """

    name: str
    help: str
    open: Callable[[Path | BinaryIO], AbstractContextManager[CueFile]]


def _subrip(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "srt")


def _webvtt(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "vtt")


CUE_OUTLETS = (
    CueOutlet("srt", "write the captions as they were heard, as SubRip; '-': standard output", _subrip),
    CueOutlet("vtt", "the same as WebVTT", _webvtt),
)
