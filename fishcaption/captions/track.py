"""The caption track: what is heard, presented once for everybody who shows it.

It sleeps until the moment at which the sound engine says that the next word will be heard, looks, and shows
what it finds to every outlet. Nothing looks at the screen's pace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from fishcaption.core.speech import State

if TYPE_CHECKING:
    from fishcaption.core.speech import Snapshot

ANCHOR_SECONDS = 0.5
"""While it speaks it looks at least so often, should a moment not have been told."""

LEAST_SECONDS = 0.001
"""A moment that is past and changed nothing is not waited for again at once."""

Show = Callable[["Snapshot"], None]


class Speech(Protocol):
    """The engine, as `fishcaption.reader.Reader` is."""

    def snapshot(self) -> Snapshot:
        """Return where it is now."""
        ...

    def next_moment(self) -> float | None:
        """Return when the snapshot next changes of itself, by `time.perf_counter`; None until a call back."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when something else changed; the returned function ends that."""
        ...


class Alarm(Protocol):
    """One call at a moment, in the thread that sets it and never from within `set`."""

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        """Call `act` at a moment of `time.perf_counter`, or now if it is past, in place of what was set."""
        ...

    def clear(self) -> None:
        """Do not call."""
        ...


class CaptionTrack:
    """Shows the engine's snapshots to outlets, each when it begins to be so.

    An outlet is a function that takes a snapshot; it returns at once: whoever has to wait for a disk or for a
    network does so elsewhere. They are called one after another, in the order in which they came, from the
    alarm or from `look`, never from within the engine.
    """

    def __init__(
        self, speech: Speech, alarm: Alarm, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._speech = speech
        self._alarm = alarm
        self._clock = clock
        self._outlets: list[Show] = []
        self._snapshot = speech.snapshot()
        self._unsubscribe = speech.subscribe(self.look_soon)

    def close(self) -> None:
        """Show nothing more."""
        self._unsubscribe()
        self._alarm.clear()
        self._outlets.clear()

    def subscribe(self, show: Show) -> Callable[[], None]:
        """Call `show` whenever something else is to be shown; the returned function ends that."""
        self._outlets.append(show)

        def end() -> None:
            if show in self._outlets:
                self._outlets.remove(show)

        return end

    def snapshot(self) -> Snapshot:
        """Return what was shown last."""
        return self._snapshot

    def look_soon(self) -> None:
        """Show what is so when the work at hand is done; called often, it looks once."""
        self._alarm.set(self._clock(), self.look)

    def look(self) -> Snapshot:
        """Show what is so now; return it."""
        snapshot = self._snapshot = self._speech.snapshot()
        wake_up = next_look(self._clock(), self._speech.next_moment(), snapshot.state)
        if wake_up is None:  # set first: an outlet that fails ends no caption
            self._alarm.clear()
        else:
            self._alarm.set(wake_up, self.look)
        for show in tuple(self._outlets):
            show(snapshot)
        return snapshot


def next_look(now: float, moment: float | None, state: State) -> float | None:
    """Return when to look again, where the next change is foretold for a moment; None: when it is told.

    A pause holds what is shown, though the device plays out what it was given.
    """
    if state not in (State.CONNECTING, State.SPEAKING):
        return None
    anchor = now + ANCHOR_SECONDS
    return anchor if moment is None else min(max(moment, now + LEAST_SECONDS), anchor)
