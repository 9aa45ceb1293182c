"""What happens where the service cannot be reached: ask, wait and try again, or the voice on this computer.

The voice is never swapped in silence: the window says who speaks instead. Stop ends the waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fishcaption.core.errors import ConnectionLost, FishCaptionError
from fishcaption.core.speech import Snapshot, State
from fishcaption.store.settings import Unreachable

if TYPE_CHECKING:
    from fishcaption.ui.workspace import Playback

_WAITS = (2, 4, 8, 15, 30)  # seconds before each try; the last one again and again


class Retrying(QObject):
    """Looks at snapshots and tries again what failed for want of the service."""

    noticed = Signal(str)  # a sentence for the status line
    failed = Signal(object)  # a FishCaptionError, to be shown

    def __init__(self, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._playback = playback
        self._policy: Unreachable = "ask"
        self._seen: FishCaptionError | None = None  # the failure that was dealt with
        self._tries = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        playback.later.append(self)

    def use(self, policy: Unreachable) -> None:
        """Do this from the next failure on; asking ends a wait."""
        self._policy = policy
        if policy != "wait":
            self._timer.stop()

    def is_pending(self) -> bool:
        """Whether another try is to come."""
        return self._timer.isActive()

    def end(self) -> None:
        """Stop: wait no more."""
        self._timer.stop()
        self.noticed.emit(self.tr("It is not tried again by itself."))

    def look(self, snapshot: Snapshot) -> None:
        """Deal with a failure that is new."""
        error = snapshot.error
        if error is None:
            self._timer.stop()
            self._seen = None
            if snapshot.state is State.SPEAKING or snapshot.state is State.IDLE:
                self._tries = 0
            return
        is_from_service = snapshot.voice is not None and snapshot.voice.kind.is_remote
        if error is self._seen or not isinstance(error, ConnectionLost) or not is_from_service:
            return
        self._seen = error
        if self._policy == "embedded":
            self._timer.start(0)
        elif self._policy == "wait":
            seconds = _WAITS[min(self._tries, len(_WAITS) - 1)]
            self._tries += 1
            self._timer.start(round(1000 * seconds))
            self.noticed.emit(self.tr("Trying again in {seconds} s; Esc ends it.").format(seconds=seconds))

    def _on_time(self) -> None:
        if self._policy == "embedded":
            self._playback.retry(embedded=True)
            self.failed.emit(
                ConnectionLost(
                    self.tr("Fish Audio cannot be reached: the voice on this computer speaks instead."),
                    hint=self.tr("The next text is tried with your own voice again."),
                )
            )
        else:
            self._playback.retry()
