"""The service of recording that windows need: microphones, takes, what is heard in them.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.takes import TakeMeasures


class InputDevice(NamedTuple):
    """A microphone as it is chosen: by name and host API, never by index. Both empty: the default."""

    name: str = ""
    host_api: str = ""


class Level(NamedTuple):
    """Loudness of the last moment, each linear, 0 to 1. ``is_clipped``: it reached the end of the scale.

    ``has_signal`` is false once a recording has held nothing but zeros for 2 s: the system keeps the
    microphone from us, or it is switched off. The recording goes on, as it may begin to hear.
    """

    peak: float
    rms: float
    is_clipped: bool
    has_signal: bool = True


class Recorded(NamedTuple):
    """A recording on disk: FLAC, 48 kHz, 16 bit, mono. ``lost_frames`` were not recorded: 0 in a good one."""

    path: Path
    frames: int
    lost_frames: int = 0


class RecorderService(Protocol):
    """Records from a microphone, one recording at a time, and works on recordings. Nothing blocks."""

    def microphones(self, on_done: Callable[[tuple[InputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the current microphones, without the system's default."""
        ...

    def record(
        self,
        path: Path,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: Callable[[Recorded | FishCaptionError], None],
    ) -> None:
        """Record to this file until `stop`; then, or after a failure, answer with what was recorded.

        What was recorded is in the file at every moment: a kill of the program loses a second at most. After
        a failure the file holds what was recorded until then, and is not there if nothing was. A file that
        is there already is refused. ``on_level`` is called some 30 times a second, and not after `on_done`.
        """
        ...

    def stop(self) -> None:
        """End the recording; nothing happens if there is none."""
        ...

    def check(self, path: Path, on_done: Callable[[TakeMeasures | FishCaptionError], None]) -> None:
        """Measure a recording: any file that can be read as sound, and is not longer than an hour."""
        ...

    def cut(
        self,
        path: Path,
        target: Path,
        on_done: Callable[[Recorded | FishCaptionError], None],
        *,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        trims: bool = False,
        levels: bool = False,
    ) -> None:
        """Write a part of a recording to another file, as FLAC at 48 kHz, mono.

        ``trims``: the silence before and after the voice is cut off, but for 150 ms. ``levels``: it is made
        as loud as speech usually is. ``target`` may be the file itself: it is replaced once the new one is
        whole. An hour at most.
        """
        ...

    def length(self, path: Path, on_done: Callable[[float | FishCaptionError], None]) -> None:
        """Answer with the seconds of a file of sound, also of an M4A, MP4 or MOV that cannot be read here.

        Nothing is decoded. Such a file can still be sent as it is.
        """
        ...

    def read(self, path: Path, on_done: Callable[[Rendered | FishCaptionError], None]) -> None:
        """Answer with the sound of a recording, to be played: 48 kHz, 15 minutes at most."""
        ...
