"""Displays that are shown later by a delay, for a stream that is behind the voice."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.track import Alarm

MOST_WAITING: Final = 5000
"""Displays that wait at once: a minute of them at eighty a second. Beyond that the oldest is shown early."""

Show = Callable[[Display], object]


class _Waiting(NamedTuple):
    moment: float
    display: Display


class Delayed:
    """Calls ``show`` with each display at its moment and the delay: every one is measured from its own
    moment, so that nothing adds up. Its captions' moments are then so much later, too.

    ``show`` is called by the alarm only, which is this object's alone. Black is shown at once, and what
    waits is dropped: whoever hides a mistake does not want it shown three seconds later.
    """

    def __init__(
        self,
        show: Show,
        alarm: Alarm,
        delay_seconds: float = 0.0,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._show = show
        self._alarm = alarm
        self._clock = clock
        self._delay_seconds = delay_seconds
        self._waiting: deque[_Waiting] = deque()
        self._is_closed = False

    @property
    def delay_seconds(self) -> float:
        """The delay; a change is used for what waits already."""
        return self._delay_seconds

    @delay_seconds.setter
    def delay_seconds(self, seconds: float) -> None:
        self._delay_seconds = seconds
        self._set_alarm()

    @property
    def is_waiting(self) -> bool:
        """True while something is still to be shown."""
        return bool(self._waiting)

    def put(self, display: Display) -> None:
        """Show this when the delay is over. Returns at once."""
        if self._is_closed:
            return
        moment = self._clock()
        if display.is_black:
            self._waiting.clear()
            moment -= self._delay_seconds
        self._waiting.append(_Waiting(moment, display))
        if len(self._waiting) == 1 or len(self._waiting) > MOST_WAITING:  # else it is set
            self._set_alarm()

    def close(self) -> None:
        """Show nothing more."""
        self._is_closed = True
        self._waiting.clear()
        self._alarm.clear()

    def _set_alarm(self) -> None:
        if not self._waiting:
            self._alarm.clear()
        else:
            self._alarm.set(self._due(), self._ring)

    def _due(self) -> float:
        delay = self._delay_seconds if len(self._waiting) <= MOST_WAITING else 0.0
        return self._waiting[0].moment + delay

    def _ring(self) -> None:
        due: list[Display] = []
        now = self._clock()
        while self._waiting and self._due() <= now:
            due.append(_later(self._waiting.popleft().display, self._delay_seconds))
        self._set_alarm()  # first: one that cannot be shown holds up no other
        for display in due:
            self._show(display)


def _later(display: Display, seconds: float) -> Display:
    if seconds == 0:
        return display
    return display._replace(
        cue=_cue_later(display.cue, seconds), following=_cue_later(display.following, seconds)
    )


def _cue_later(cue: AudienceCue | None, seconds: float) -> AudienceCue | None:
    """Return the caption so much later; one that was not heard yet has no moment."""
    return cue if cue is None or cue.moment == 0 else cue._replace(moment=cue.moment + seconds)
