"""The outlet that writes captions to files while the show goes on."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from fishcaption.captions.display import Display
from fishcaption.captions.files.entry_formats import FORMATS, EntryFormat
from fishcaption.captions.files.growing_file import GrowingFile
from fishcaption.captions.files.shown_entries import Entry, ShownEntries
from fishcaption.captions.files.sound_file import SoundFile
from fishcaption.captions.outlet import SILENCE, HeardSound, Light, OutletState, Tell
from fishcaption.captions.outlet_kind import ON
from fishcaption.core.audience import HeardPart, OutletConfig
from fishcaption.core.errors import FishCaptionError, InputError, StorageError

RETRY_SECONDS: Final = 5.0
"""After so long, what a full disk has refused is tried again, if no caption comes before."""

MOST_WAITING: Final = 20_000
"""Captions that wait for room on the disk, at most: a whole day. The oldest are dropped."""

_SOUND: Final = ".wav"
_ENDINGS: Final = (*(kind.ending for kind in FORMATS), _SOUND)
_WRITTEN_SECONDS: Final = 0.5  # of sound, at once: each write is a thread's
_MOST_SOUND_SECONDS: Final = 60.0  # that wait for a disk that hangs
_File = TypeVar("_File")
_MOST_NAMES: Final = 1_000  # files with the same second in their names


class CaptionFiles:
    """Writes each caption when it has left the display, in a thread, to files that are whole at every moment.

    The files are made with the first caption, so that a show without one leaves nothing. Their names begin
    with the date and time; a file that is there is never written over. Raises InputError if no format is
    chosen.
    """

    def __init__(
        self,
        config: OutletConfig,
        secrets: Mapping[str, str],
        tell: Tell,
        sound: HeardSound = SILENCE,
        *,
        clock: Callable[[], float] = time.perf_counter,
        wall_clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        options = config.options
        self._tell = tell
        self._clock = clock
        self._wall_clock = wall_clock
        self._folder = Path(options["folder"]).expanduser()
        self._sound = sound if options["sound"] == ON else SILENCE
        is_in_time = options["origin"] == "on" and config.delay_seconds == 0
        if options["sound"] == ON and not is_in_time:
            raise InputError(
                "The captions would not have the times of the recording.",
                hint="Let times begin when the outlet is switched on, without a delay; or record no sound.",
            )
        origin = clock()
        self._shown = _entries_from(options["origin"], origin, wall_clock)
        formats = [kind for kind in FORMATS if options[kind.option] == ON]
        self._files = _Files(self._folder, formats, origin)
        self._began: datetime | None = None  # the show: at the first caption
        self._news = asyncio.Event()
        self._idle = asyncio.Event()  # all that has ended was written
        self._entries: list[Entry] = []  # ended, and not handed to the thread yet
        self._parts: list[HeardPart] = []  # sound, as well
        self._waiting_seconds = 0.0  # its length
        self._last_line = ""
        self._lag_seconds = 0.0

    def show(self, display: Display, /) -> None:
        """Write what has ended with this display."""
        if display.cue is not None:
            self._begin()
        self._entries += self._shown.take(display, self._clock())
        if self._entries:
            self._idle.clear()
            self._news.set()

    async def flush(self) -> None:
        """See `captions.outlet.Flushing`."""
        await self._idle.wait()

    async def run(self) -> None:
        """Write, and try again what could not be written, until cancelled; then write the rest."""
        end_of_sound = self._sound.subscribe(self._hear)
        try:
            problem = await asyncio.to_thread(self._files.prepare)
            self._tell_state(problem)
            while True:
                await self._wait()
                await self._write()
        finally:
            end_of_sound()
            now = self._clock()
            self._entries += self._shown.finish(now)
            await asyncio.to_thread(self._files.finish, *self._taken(), self._began, now)

    def _hear(self, part: HeardPart) -> None:
        self._begin()
        self._parts.append(part)
        self._waiting_seconds += len(part.pcm) / 2 / part.rate
        while self._waiting_seconds > _MOST_SOUND_SECONDS:
            self._waiting_seconds -= len(self._parts[0].pcm) / 2 / self._parts.pop(0).rate
        if self._waiting_seconds > _WRITTEN_SECONDS:
            self._news.set()

    def _begin(self) -> None:
        if self._began is None:
            self._began = self._wall_clock()

    async def _wait(self) -> None:
        """Return when there is something to write."""
        wait_seconds = RETRY_SECONDS if self._files.is_behind else None
        if wait_seconds is None and not self._entries:
            self._idle.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), wait_seconds)
        self._news.clear()

    async def _write(self) -> None:
        entries, sound = self._taken()
        ended = self._clock()
        problem = await asyncio.to_thread(self._files.write, entries, sound, self._began)
        if entries:
            self._last_line = " ".join(entries[-1].lines)
            self._lag_seconds = self._clock() - ended
        self._tell_state(problem)

    def _taken(self) -> tuple[list[Entry], list[HeardPart]]:
        """Return what is to be written."""
        taken = self._entries, self._parts
        self._entries, self._parts, self._waiting_seconds = [], [], 0.0
        return taken

    def _tell_state(self, problem: FishCaptionError | None) -> None:
        files = self._files
        if problem is None:
            light = Light.ON if files.names else Light.WAITING
            words = (
                f"It writes {files.names} in {self._folder}."
                if files.names
                else f"It waits for the first caption. The folder is {self._folder}."
            )
        else:
            light = Light.TROUBLE
            lost = f" {files.lost} captions are lost." if files.lost else ""
            words = f"{problem} {problem.hint} {files.waiting} captions wait for it.{lost}"
        self._tell(OutletState(light, words, self._last_line, self._lag_seconds))


def _entries_from(begin: str, origin: float, wall_clock: Callable[[], datetime]) -> ShownEntries:
    """Return the entries by the choice of where times begin. The wall clock is asked once, now."""
    if begin == "first":
        return ShownEntries(None)
    if begin == "day":
        now = wall_clock()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return ShownEntries(origin, (now - midnight).total_seconds())
    return ShownEntries(origin)


class _Files:
    """The files of one show that ``began`` at a time, which is in their names.

    What writes is called in threads. What could not be written is kept, and written with what comes next.
    """

    def __init__(self, folder: Path, formats: list[EntryFormat], origin: float) -> None:
        """``origin`` is the moment at which the recording begins."""
        if not formats:
            raise InputError("No kind of file is chosen.", hint="Choose at least one.")
        self._folder = folder
        self._origin = origin
        self._lock = threading.Lock()  # a disk that hangs may keep a call that nobody waits for any more
        self._targets = [_Target(kind) for kind in formats]
        self._sound: SoundFile | None = None
        self._stem = ""
        self._made_names: list[str] = []

    @property
    def is_behind(self) -> bool:
        """True while something waits for room on the disk."""
        return any(target.pending for target in self._targets)

    @property
    def waiting(self) -> int:
        """The number of captions that wait."""
        return max(len(target.pending) for target in self._targets)

    @property
    def lost(self) -> int:
        """The number of captions that have waited in vain."""
        return max(target.lost for target in self._targets)

    @property
    def names(self) -> str:
        """The names of the files, as words; empty before there is one."""
        return ", ".join(self._made_names)

    def prepare(self) -> FishCaptionError | None:
        """Make the folder; return the problem if nothing can be written there."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not os.access(self._folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "you may not write there")
        except OSError as error:
            return StorageError(
                f"No files can be made in {self._folder}: {error.strerror or error}.",
                hint="Choose another folder.",
            )
        return None

    def write(
        self, entries: list[Entry], sound: list[HeardPart], began: datetime | None
    ) -> FishCaptionError | None:
        """Write these and what waits; return the problem that is left.

        Sound does not wait: where it cannot be written, there is silence of its length.
        """
        with self._lock:
            for target in self._targets:
                for entry in entries:
                    target.put(entry)
            problem: FishCaptionError | None = None
            for target in self._targets:
                try:
                    self._write_out(target, began)
                except StorageError as error:
                    problem = error
            try:
                self._record(sound, began)
            except StorageError as error:
                problem = error
            return problem

    def finish(
        self, entries: list[Entry], sound: list[HeardPart], began: datetime | None, moment: float
    ) -> None:
        """Write the rest, as far as the disk takes it, and close the files."""
        self.write(entries, sound, began)
        with self._lock:
            for target in self._targets:
                if target.file is not None:
                    target.file.close()
            if self._sound is not None:
                with suppress(StorageError):  # the file is whole, and as long as it could be
                    self._sound.finish(moment)

    def _record(self, sound: list[HeardPart], began: datetime | None) -> None:
        if self._sound is None and sound and began is not None:
            rate = sound[0].rate
            self._sound = self._made(_SOUND, began, lambda path: SoundFile(path, self._origin, rate))
        for part in sound:
            if self._sound is not None:
                self._sound.append(part)

    def _write_out(self, target: _Target, began: datetime | None) -> None:
        if target.pending and target.file is None and began is not None:
            header = target.kind.header
            target.file = self._made(
                target.kind.ending, began, lambda path: GrowingFile(path, header, is_only_new=True)
            )
        while target.pending and target.file is not None:
            target.file.append(target.pending[0])
            target.pending.popleft()

    def _made(self, ending: str, began: datetime, make: Callable[[Path], _File]) -> _File:
        """Make a file under a name that no file has, the same for all endings as far as possible."""
        first = self._stem or f"captions {began:%Y-%m-%d %H.%M.%S}"
        for number in range(1, _MOST_NAMES):
            stem = first if number == 1 else f"{first} ({number})"
            if not self._stem and any(os.path.lexists(self._folder / f"{stem}{other}") for other in _ENDINGS):
                continue
            try:
                made = make(self._folder / f"{stem}{ending}")
            except FileExistsError:
                continue
            self._stem = stem
            self._made_names.append(f"{stem}{ending}")
            return made
        raise StorageError(
            f"{self._folder} has too many files of this second.", hint="Choose another folder."
        )


class _Target:
    """One file, and the entries that are still to be written to it."""

    def __init__(self, kind: EntryFormat) -> None:
        self.kind = kind
        self.file: GrowingFile | None = None
        self.pending: deque[bytes] = deque(maxlen=MOST_WAITING)
        self.lost = 0
        self._number = 0
        self._speaker = ""

    def put(self, entry: Entry) -> None:
        """Take an entry that is to be written."""
        self._number += 1
        is_new_speaker = entry.speaker != self._speaker
        self._speaker = entry.speaker
        self.lost += len(self.pending) == MOST_WAITING
        self.pending.append(self.kind.encoded(entry, self._number, is_new_speaker=is_new_speaker))
