"""The command for the large-type view; the view is imported when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.speak.large_type import LargeType


class LargeTypeControl(Feature):
    """Opens and closes the large type. `view` is None while it is closed."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.view: LargeType | None = None
        self._unfollow: Callable[[], None]  # ends that the view shows the track
        words = self.tr("Large type for the person in front of you")
        host.commands.add(
            Action("window.large_type", words, self.toggle, Group.WINDOW, ("F11",), in_menu=True,
                   checked=self.is_open),
        )  # fmt: skip

    def is_open(self) -> bool:
        """Return whether the large type is shown."""
        return self.view is not None

    def toggle(self) -> None:
        """Show it, or close it."""
        if self.view is not None:
            self.view.close()
            return
        from fishcaption.ui.speak.large_type import LargeType, other_screen

        host, run = self.host, self.host.commands
        view = self.view = LargeType()
        view.set_colors(host.look.colors)
        view.closed.connect(self._on_closed)
        view.stop_asked.connect(run["speak.stop"].act)
        view.pause_asked.connect(run["speak.pause"].act)
        view.leave_asked.connect(self.toggle)
        view.draw(host.track.snapshot())
        self._unfollow = host.track.subscribe(view.draw)
        view.show_on(other_screen(host.settings.large_type_screen, host.window.screen()))

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        if self.view is not None:
            self.view.set_colors(look.colors)

    def leave(self) -> None:
        """Clean up: the window is closed."""
        if self.view is not None:
            self.view.close()

    def _on_closed(self) -> None:
        if self.view is not None:
            self._unfollow()
            self.view.deleteLater()
            self.view = None
