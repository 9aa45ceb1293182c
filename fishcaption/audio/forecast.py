"""A forecast of when frames will be heard, from the sound engine's reports; and changes of it."""

from __future__ import annotations

import asyncio

from fishcaption.audio.wire import Run
from fishcaption.core.speech import Heard

_SAME_SECONDS = 0.002
"""A report that differs by less from what was foretold is no news: each reads the device's clock anew."""

_SAME_SPEED = 0.01


class Retimed:
    """A change that tasks wait for; the next one wakes all of them."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Wake the tasks: something has changed."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next change."""
        await self._next.wait()


class Forecast:
    """The moments of frames, by the runs of the engine's last report. All times are `time.perf_counter`.

    What follows the newest run is taken to follow it without a break, as long as that run is being heard.
    """

    def __init__(self) -> None:
        self._runs: tuple[Run, ...] = ()

    def take(self, runs: tuple[Run, ...], now: float) -> bool:
        """Go by this report from now on; return True if it says otherwise than the last one foretold."""
        is_same = self._foretells(runs[-1], now) if runs else not self._runs
        self._runs = runs
        return not is_same

    def moment(self, clip: int, frame: int, now: float) -> float | None:
        """Return when a frame of a clip will be heard, or was; None where the report does not tell."""
        reported = self.reported_moment(Heard(clip, frame))
        if reported is not None:
            return reported
        newest = self._runs[-1] if self._runs else None
        if newest is None or newest.clip != clip or frame < newest.end or newest.frames_per_second <= 0:
            return None
        return newest.at + _seconds(newest, frame) if now < newest.at + _seconds(newest, newest.end) else None

    @property
    def runs(self) -> tuple[Run, ...]:
        """The report: what sounds when."""
        return self._runs

    def heard_at(self, moment: float) -> Heard:
        """Return what sounds at a moment; (0, 0) before the first run."""
        place = Heard(0, 0)
        for run in self._runs:
            if run.at > moment:
                break
            place = Heard(run.clip, run.frame_at(moment))
        return place

    def given_by(self, moment: float) -> Heard:
        """Return what sounds at a moment, if the newest run goes on beyond what was told of it."""
        place = self.heard_at(moment)
        newest = self._runs[-1] if self._runs else None
        if newest is not None and place.clip == newest.clip:
            ahead = int((moment - newest.at) * newest.frames_per_second)
            place = Heard(place.clip, max(place.frame, newest.frame + ahead))
        return place

    def reported_moment(self, place: Heard) -> float | None:
        """Return when a place is heard; None where the report does not reach it."""
        for run in self._runs:
            if run.clip == place.clip and run.frame <= place.frame <= run.end:
                return run.at + _seconds(run, place.frame)
        return None

    def _foretells(self, run: Run, now: float) -> bool:
        newest = self._runs[-1] if self._runs else None
        if newest is None or newest.clip != run.clip or now >= newest.at + _seconds(newest, newest.end):
            return False
        if abs(newest.frames_per_second - run.frames_per_second) > _SAME_SPEED * newest.frames_per_second:
            return False
        expected = self.moment(run.clip, run.frame, now)
        return expected is not None and abs(expected - run.at) < _SAME_SECONDS


def _seconds(run: Run, frame: int) -> float:
    frames = frame - run.frame
    return frames / run.frames_per_second if frames else 0.0
