"""The services of recording that windows need: microphones, takes and their collections, what is in them.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.takes import TakeMeasures

if TYPE_CHECKING:
    from fishcaption.core.voices.reading_texts import ReadingText
    from fishcaption.store.recordings.collection import CollectionView
    from fishcaption.store.recordings.consent import Consent
    from fishcaption.store.recordings.take_list import Take


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

    def read(self, path: Path, on_done: Callable[[Rendered | FishCaptionError], None]) -> None:
        """Answer with the sound of a recording, to be played: 48 kHz, 15 minutes at most."""
        ...


class Checked(NamedTuple):
    """A take, what was measured in it, and the collection: the take's length may have been learned."""

    take: Take
    measures: TakeMeasures
    view: CollectionView


class Added(NamedTuple):
    """Takes that were made, and the collection with them. ``problems``: of the files that could not be used.

    ``lost_frames`` were not recorded, because the computer was too busy: 0 in a good recording.
    """

    view: CollectionView
    takes: tuple[Take, ...]
    problems: tuple[FishCaptionError, ...] = ()
    lost_frames: int = 0


OnView = Callable[["CollectionView | FishCaptionError"], None]
OnAdded = Callable[["Added | FishCaptionError"], None]


class RecordingsService(Protocol):
    """Collections of takes on disk, and what is recorded into them. Nothing blocks.

    Each collection is a folder that the user sees. A take is listed before it is recorded, and after a
    failure what was recorded until then is there: `open` shows it.
    """

    def microphones(self, on_done: Callable[[tuple[InputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the current microphones, without the system's default."""
        ...

    def collections(self, on_done: Callable[[tuple[str, ...] | FishCaptionError], None]) -> None:
        """Answer with the names of the collections, the one that was changed last first."""
        ...

    def open(self, name: str, on_done: OnView) -> None:
        """Answer with a collection as it is on disk."""
        ...

    def create(self, name: str, on_done: OnView) -> None:
        """Make a new collection; where there is one of this name, the new one has a number behind it."""
        ...

    def languages(self) -> tuple[str, ...]:
        """Return the languages (two letters) that there are texts to read in."""
        ...

    def texts(
        self, language: str, on_done: Callable[[tuple[ReadingText, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with the texts to read aloud in this language; none if there are none."""
        ...

    def record(
        self,
        folder: Path,
        text: str,
        language: str,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: OnAdded,
    ) -> None:
        """Record a text that is read aloud into a collection, until `stop`."""
        ...

    def try_microphone(
        self,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: Callable[[TakeMeasures | FishCaptionError], None],
    ) -> None:
        """Record until `stop`, measure it, and delete it."""
        ...

    def stop(self) -> None:
        """End the recording; nothing happens if there is none."""
        ...

    def check(self, folder: Path, take: Take, on_done: Callable[[Checked | FishCaptionError], None]) -> None:
        """Measure a take."""
        ...

    def sound(self, path: Path, on_done: Callable[[Rendered | FishCaptionError], None]) -> None:
        """Answer with the sound of a recording, to be played."""
        ...

    def waveform(
        self, path: Path, count: int, on_done: Callable[[tuple[float, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with ``count`` peaks (0 to 1) of equally long parts of a recording."""
        ...

    def change(self, folder: Path, take: Take, on_done: OnView) -> None:
        """Replace what the list says about this take: its text, whether it is kept."""
        ...

    def remove(self, folder: Path, take: Take, on_done: OnView) -> None:
        """Delete a take and its sound."""
        ...

    def cut(
        self,
        folder: Path,
        take: Take,
        on_done: OnAdded,
        *,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        trims: bool = False,
    ) -> None:
        """Make a new take of a part of this one, which stays but is no longer kept.

        ``trims``: the silence before and after the voice is cut off.
        """
        ...

    def add_files(self, folder: Path, files: tuple[Path, ...], language: str, on_done: OnAdded) -> None:
        """Make takes of files that have sound; each file stays as it is."""
        ...

    def agree(self, folder: Path, consent: Consent | None, on_done: OnView) -> None:
        """Write down whose voice it is and that they agree; None: they no longer do."""
        ...

    def export(self, folder: Path, target: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Write the collection to one file, and answer its path."""
        ...

    def take_in(self, source: Path, on_done: OnView) -> None:
        """Make a collection of an exported file, or of a folder with recordings."""
        ...
