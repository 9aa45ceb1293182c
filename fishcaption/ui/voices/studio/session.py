"""A session of reading aloud: one key records, stops, and goes to the next text.

It begins at the first text of which nothing is kept: it can be left at any moment and taken up on any day.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.recording_ports import Added, InputDevice, Level

if TYPE_CHECKING:
    from fishcaption.core.voices.reading_texts import ReadingText
    from fishcaption.core.voices.takes import TakeMeasures
    from fishcaption.store.recordings.collection import CollectionView
    from fishcaption.store.recordings.take_list import Take
    from fishcaption.ui.recording_ports import RecordingsService

STEADY_MS = 350
"""A switch that is hit twice in so short a time was meant once."""


LONGEST_MS = 600_000
"""A recording that nobody ends, ends by itself after so long; it is kept."""


class Phase(Enum):
    """A step of a session."""

    READY = "ready"  # a text is shown; the key records
    RECORDING = "recording"  # the key stops
    SAVING = "saving"
    DONE = "done"  # the take can be heard; the key goes on
    FINISHED = "finished"  # all texts are read


class Session(QObject):
    """The flow. `on_start` is called before anything is recorded: playback must stop."""

    changed = Signal()
    saved = Signal(object)  # the CollectionView
    leveled = Signal(object)  # a Level
    failed = Signal(object)  # a FishCaptionError; what was recorded until then is in the collection

    def __init__(
        self, service: RecordingsService, on_start: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._on_start = on_start
        self._since = QElapsedTimer()
        self._end_soon = QTimer(self)
        self._end_soon.setSingleShot(True)
        self._end_soon.setInterval(LONGEST_MS)
        self._end_soon.timeout.connect(self.stop)
        self._is_gone = False
        self.phase = Phase.READY
        self.device = InputDevice()
        self.language = "en"
        self.texts: tuple[ReadingText, ...] = ()
        self.place = 0
        self.view: CollectionView | None = None
        self.take: Take | None = None  # the last one, while it is DONE
        self.measures: TakeMeasures | None = None  # of it; None while it is being checked
        self.is_unchecked = False  # it could not be checked
        self.lost_frames = 0

    @property
    def text(self) -> ReadingText | None:
        """The text that is to be read."""
        return self.texts[self.place] if self.place < len(self.texts) else None

    @property
    def is_busy(self) -> bool:
        """True while something is recorded or saved."""
        return self.phase in (Phase.RECORDING, Phase.SAVING)

    def use(self, view: CollectionView | None) -> None:
        """Record into this collection from now on."""
        is_other = view is None or self.view is None or view.folder != self.view.folder
        self.view = view
        if is_other:
            self.begin()

    def set_texts(self, texts: tuple[ReadingText, ...], language: str) -> None:
        """Read these texts."""
        self.texts, self.language = texts, language
        self.begin()

    def begin(self) -> None:
        """Go to the first text of which nothing is kept."""
        if not self.is_busy:
            self._go(self._unread(0))

    def press(self) -> None:
        """The one key: record, stop, or go on. A second hit in a moment counts as one."""
        if self._since.isValid() and self._since.elapsed() < STEADY_MS:
            return
        self._since.start()
        match self.phase:
            case Phase.READY:
                self.record()
            case Phase.RECORDING:
                self.stop()
            case Phase.DONE:
                self._go(self._unread(self.place + 1))
            case Phase.FINISHED:
                self._go(0)
            case Phase.SAVING:
                pass

    def record(self) -> None:
        """Record the text that is shown, again if it was recorded before."""
        if self.is_busy or self.view is None or self.text is None:
            return
        self._on_start()
        self.phase, self.take, self.measures = Phase.RECORDING, None, None
        self._end_soon.start()
        self._service.record(
            self.view.folder, self.text.text, self.language, self.device, self._on_level, self._on_recorded
        )
        self.changed.emit()

    def stop(self) -> None:
        """End the recording; what was recorded is kept."""
        if self.phase is Phase.RECORDING:
            self.phase = Phase.SAVING
            self._end_soon.stop()
            self._service.stop()
            self.changed.emit()

    def step(self, steps: int) -> None:
        """Go to another text, read or not."""
        if not self.is_busy and self.texts:
            self._go(max(0, min(len(self.texts) - 1, self.place + steps)))

    def trim(self) -> None:
        """Cut off the silence before and after the voice of the last take."""
        if self.phase is Phase.DONE and self.take is not None and self.view is not None:
            self.phase, self.measures = Phase.SAVING, None
            self._service.cut(self.view.folder, self.take, self._on_recorded, trims=True)
            self.changed.emit()

    def note_check(self, file: str, found: TakeMeasures | FishCaptionError) -> None:
        """A take was measured, or could not be; it may be the last one."""
        if self.take is None or file != self.take.file or self.is_busy:
            return
        if isinstance(found, FishCaptionError):
            self.is_unchecked = True
        else:
            self.measures = found
        self.changed.emit()

    def leave(self) -> None:
        """The window is closed: what is being recorded ends, and is kept."""
        self._is_gone = True
        self._end_soon.stop()
        self._service.stop()

    # -- inside ------------------------------------------------------------------------------------

    def _unread(self, start: int) -> int:
        """Return the place of the first text from here on of which nothing is kept; else the end."""
        read = {take.text for take in self.view.kept} if self.view is not None else set()
        for place in range(start, len(self.texts)):
            if self.texts[place].text.strip() not in read:
                return place
        return len(self.texts)

    def _go(self, place: int) -> None:
        self.place = place
        self.take = self.measures = None
        self.phase = Phase.READY if place < len(self.texts) or not self.texts else Phase.FINISHED
        self.changed.emit()

    def _on_level(self, level: Level) -> None:
        if not self._is_gone and self.phase is Phase.RECORDING:
            self.leveled.emit(level)

    def _on_recorded(self, answer: Added | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._end_soon.stop()
        if isinstance(answer, FishCaptionError):
            self.phase = Phase.DONE if self.take is not None else Phase.READY
            self.changed.emit()
            self.failed.emit(answer)
            return
        self.view = answer.view
        self.take = answer.takes[0] if answer.takes else None
        self.lost_frames = answer.lost_frames
        self.is_unchecked = False
        self.phase = Phase.DONE
        self.saved.emit(answer.view)
        self.changed.emit()
