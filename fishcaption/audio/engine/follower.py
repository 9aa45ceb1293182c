"""Keeping in step with another device: what sounds there has to sound here at the same moment.

Two devices have two clocks, which part by some milliseconds a minute, and a device that was gone for a while
lags behind. The other engine's runs tell which frame is heard there; ours is compared with it, for half a
second or for three, and the difference is left out or put in where the voice is quiet. A device that is far
behind skips.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from fishcaption.audio.engine.feed import SoundFeed
from fishcaption.audio.engine.line import Line
from fishcaption.audio.engine.source import Place
from fishcaption.audio.wire import Run

SOON_READINGS = 12
"""One with each step of the pump: half a second."""

SOON_SECONDS = 0.02
"""A difference too large for an error of a reading: it is corrected soon."""

SURE_READINGS = 75
"""Three seconds. On a busy machine a device errs for a second about when its frames sound."""

STEP_SECONDS = 0.003
"""A difference that is worth a correction, if three of four readings agree: a third of what is promised."""

FAR_SECONDS = 1.0
"""Sound that is so late is of no use to anybody."""

STALE_SECONDS = 0.5


class Follower:
    """Keeps a feed in step with the runs of another engine. The caller holds the engine's lock."""

    def __init__(self, feed: SoundFeed, line: Line) -> None:
        self._feed = feed
        self._line = line
        self._runs: tuple[Run, ...] = ()
        self._told_at = 0.0
        self._readings: deque[float] = deque(maxlen=SURE_READINGS)

    def follow(self, runs: Iterable[Run], now: float) -> None:
        """Take note of what the other device plays when."""
        self._runs = tuple(runs)
        self._told_at = now

    def forget(self) -> None:
        """Begin to compare anew: the sound has stopped, or begins."""
        self._readings.clear()

    def place(self, moment: float) -> Place | None:
        """Return the place that is heard on the other device; None before the first."""
        run = _at(self._runs, moment)
        return None if run is None else Place(run.clip, run.frame_at(moment))

    def step(self, now: float) -> None:
        """Compare, and correct."""
        lag = self._lag(now)
        if lag is None:
            return
        rate = self._line.rate
        self._readings.append(lag - self._feed.shift_to_come(self._line.heard(now)) / rate)
        correction = self._correction()
        if correction:
            self._readings.clear()
            there = self.place(now + self._line.lead_seconds)
            if correction > FAR_SECONDS and there is not None:
                self._feed.skip_to(there)
            else:
                self._feed.shift(round(correction * rate), now)

    def _correction(self) -> float:
        """Return by how many seconds this device is late; 0 if that is too little, or not sure."""
        count = len(self._readings)
        if count >= SOON_READINGS:
            newest = sorted(list(self._readings)[-SOON_READINGS:])[SOON_READINGS // 2]
            if abs(newest) > SOON_SECONDS:
                return newest
        if count == SURE_READINGS:
            ordered = sorted(self._readings)
            if ordered[count // 4] > STEP_SECONDS or ordered[3 * count // 4] < -STEP_SECONDS:
                return ordered[count // 2]
        return 0.0

    def place_to_join(self, here: Place, moment: float) -> Place | None:
        """Return where to go on at ``moment`` if ``here`` is far behind; None: it is not, so go on there."""
        there = self.place(moment)
        if there is None or there <= here:
            return None
        seconds = self._feed.seconds_between(here, there)
        return there if seconds is None or seconds / self._feed.speed > FAR_SECONDS else None

    def _lag(self, now: float) -> float | None:
        """Return how long after the other device a frame sounds here; None while one of them is silent."""
        if now - self._told_at > STALE_SECONDS:
            return None
        there, here = _sounding(self._runs, now), _sounding(self._feed.heard(now), now)
        if there is None or here is None:
            return None
        places = Place(here.clip, here.frame_at(now)), Place(there.clip, there.frame_at(now))
        seconds = self._feed.seconds_between(*places)
        return None if seconds is None else seconds / self._feed.speed


def _at(runs: Iterable[Run], moment: float) -> Run | None:
    found = None
    for run in runs:
        if run.at <= moment:
            found = run
    return found


def _sounding(runs: Iterable[Run], moment: float) -> Run | None:
    run = _at(runs, moment)
    if run is None or run.frame + (moment - run.at) * run.frames_per_second > run.end:
        return None
    return run if run.frames_per_second > 0 else None
