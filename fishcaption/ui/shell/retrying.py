"""Other tries where the service cannot be reached, as the window tells of them and makes them.

The voice is never swapped in silence: the window says who speaks instead. Stop ends the waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fishcaption.core.errors import ConnectionLost

if TYPE_CHECKING:
    from fishcaption.ui.ports import RetryService
    from fishcaption.ui.workspace import Playback


class Retrying(QObject):
    """Makes the tries that the service asks for; a `Later` of the playback's."""

    noticed = Signal(str)  # a sentence for the status line
    failed = Signal(object)  # a FishCaptionError, to be shown

    def __init__(self, service: RetryService, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._playback = playback
        playback.later.append(self)
        service.follow(self._on_wait, self._on_due)

    def is_pending(self) -> bool:
        """Return whether another try is to come."""
        return self._service.is_pending()

    def end(self) -> None:
        """Stop: wait no more."""
        self._service.end()
        self.noticed.emit(self.tr("Stopped. It will not be tried again by itself."))

    def close(self) -> None:
        """The window is closed."""
        self._service.close()

    def _on_wait(self, seconds: float) -> None:
        self.noticed.emit(self.tr("Trying again in {seconds} s. Esc stops that.").format(seconds=seconds))

    def _on_due(self, is_embedded: bool) -> None:
        self._playback.retry(embedded=is_embedded)
        if is_embedded:
            self.failed.emit(
                ConnectionLost(
                    self.tr("Fish Audio cannot be reached. The voice on this computer speaks instead."),
                    hint=self.tr("For the next text, your own voice is tried first again."),
                )
            )
