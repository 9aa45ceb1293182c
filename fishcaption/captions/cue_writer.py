"""Cues on their way to where writing may take long: a disk, a pipe that nobody reads. Nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue
from typing import Protocol

from fishcaption.captions.heard_cues import TimedCue
from fishcaption.core.cues.transcript_formats import TimedWord
from fishcaption.core.errors import FishCaptionError

_STOP_SECONDS = 1.0


class CueFile(Protocol):
    """Somewhere to write cues; `captions.subtitles.SubtitleFile` is one."""

    def append(
        self,
        start_seconds: float,
        end_seconds: float,
        lines: Iterable[str],
        words: Sequence[TimedWord] = (),
        /,
    ) -> None:
        """Write the next cue, whose words are timed as it is. Raises an error of our tree."""
        ...


class CueWriter:
    """Writes cues to files in order, in a thread of its own.

    The first error ends it: later cues go nowhere, ``on_error`` is called in that thread, and `error` is it.
    """

    def __init__(self, files: Sequence[CueFile], *, on_error: Callable[[], None]) -> None:
        self.error: FishCaptionError | None = None
        self._files = files
        self._on_error = on_error
        self._is_stopped = False
        self._cues: SimpleQueue[TimedCue | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="captions", daemon=True)
        self._thread.start()

    def put(self, cues: Iterable[TimedCue]) -> None:
        """Have these written; returns at once."""
        for cue in cues:
            self._cues.put(cue)

    def finish(self) -> None:
        """Wait until all is written. Raises the error that ended it."""
        self._cues.put(None)
        self._thread.join()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """Write no more; what is being written has a second to end. Nothing happens after `finish`."""
        self._is_stopped = True
        self._cues.put(None)
        self._thread.join(_STOP_SECONDS)

    def _write(self) -> None:
        try:
            while (cue := self._cues.get()) is not None and not self._is_stopped:
                for file in self._files:
                    file.append(*cue)
        except FishCaptionError as error:
            self.error = error
            self._on_error()
