"""The window's caption track, which is made after the first paint, or when something is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fishcaption.core.speech import Snapshot

if TYPE_CHECKING:
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.ui.ports import Speaker


class LazyTrack:
    """The caption track of a reader: see `captions.track.CaptionTrack`.

    The modules of the track are imported when somebody looks for the first time.
    """

    def __init__(self, reader: Speaker, owner: QObject) -> None:
        """`owner` is the window: the track's alarm ends with it."""
        self._reader = reader
        self._owner = owner
        self._made: CaptionTrack | None = None
        self._first: list[Callable[[Snapshot], None]] = []  # subscribers from before it was made
        self._end = reader.subscribe(self.look_soon)

    def made(self) -> CaptionTrack:
        """Return the track, which is made now if it was not."""
        if self._made is None:
            from fishcaption.captions.track import CaptionTrack
            from fishcaption.ui.alarm import QtAlarm

            self._end()
            self._made = CaptionTrack(self._reader, QtAlarm(self._owner))
            self._end = self._made.close
            for show in self._first:
                self._made.subscribe(show)
        return self._made

    def subscribe(self, show: Callable[[Snapshot], None]) -> None:
        """Call `show` whenever something else is to be shown, until the track is closed."""
        if self._made is None:
            self._first.append(show)
        else:
            self._made.subscribe(show)

    def look_soon(self) -> None:
        """Show what is so when the work at hand is done."""
        self.made().look_soon()

    def look(self) -> None:
        """Show what is so now."""
        self.made().look()

    def close(self) -> None:
        """Show nothing more."""
        self._end()
