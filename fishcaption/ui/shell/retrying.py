"""Other tries where the service cannot be reached, and who speaks instead, as the window tells of them.

The voice is never swapped in silence: the banner says who speaks and why until the chosen voice is back. Stop
ends the waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fishcaption.core.errors import ConnectionLost
from fishcaption.ui.commands import Action, Group

if TYPE_CHECKING:
    from fishcaption.ui.retry_ports import RetryService, StandIn
    from fishcaption.ui.workspace import Playback


class Retrying(QObject):
    """Makes the tries that the service asks for; a `Later` of the playback's, and a `RetryFollower`."""

    noticed = Signal(str)  # a sentence for the status line
    stood_in = Signal(object)  # a ConnectionLost to be shown as long as another voice speaks; None: no more

    def __init__(self, service: RetryService, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._playback = playback
        self._is_stood_in = False
        playback.later.append(self)
        service.follow(self)

    def own_actions(self) -> tuple[Action, ...]:
        """Return its commands."""
        return (
            Action(
                "voice.back",
                self.tr("Speak with the chosen voice again"),
                self._go_back,
                Group.VOICE,
                ("Shift+F4",),
                enabled=lambda: self._is_stood_in,
            ),
        )

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

    # -- ui.retry_ports.RetryFollower --------------------------------------------------------------

    def on_wait(self, seconds: float) -> None:
        """Say when the next try is."""
        self.noticed.emit(self.tr("Trying again in {seconds} s. Esc stops that.").format(seconds=seconds))

    def on_due(self) -> None:
        """Try again now."""
        self._playback.retry()

    def on_stand_in(self, stand_in: StandIn | None) -> None:
        """Say who speaks, and why."""
        self._is_stood_in = stand_in is not None
        self.stood_in.emit(None if stand_in is None else self._notice(stand_in))

    def _notice(self, stand_in: StandIn) -> ConnectionLost:
        chosen, why = stand_in.instead_of, stand_in.why
        name = chosen.name or chosen.kind.name
        words = self.tr("{voice} (on this computer) speaks now, in place of {chosen}. {why}")
        reason = self.tr("Fish Audio cannot be reached.") if isinstance(why, ConnectionLost) else str(why)
        return ConnectionLost(
            words.format(voice=stand_in.voice.name, chosen=name, why=reason),
            hint=self.tr("You can go back from the next text on."),
        )

    def _go_back(self) -> None:
        if self._is_stood_in:
            self._service.go_back()
            self.noticed.emit(self.tr("The next text is spoken with the chosen voice."))
