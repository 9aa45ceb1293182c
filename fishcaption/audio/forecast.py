"""When frames are heard, from the sound engine's reports: a forecast, changes of it, and what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.audio.wire import Run
from fishcaption.core.audience import HeardPart
from fishcaption.core.speech import Heard

if TYPE_CHECKING:
    from fishcaption.audio.clips import UnheardAudio


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
        newest = self._runs[-1] if self._runs else None
        is_same = newest is not None and newest.foretells(runs[-1], now) if runs else newest is None
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
        return newest.moment_of(frame) if now < newest.moment_of(newest.end) else None

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
                return run.moment_of(place.frame)
        return None


_GIVEN_SECONDS: Final = 0.3
"""The device may have been given so much more than its engine has told."""


class _Given(NamedTuple):
    """Frames of a clip from its frame ``first`` on."""

    rate: int
    first: int
    pcm: bytes


Hear = Callable[[HeardPart], None]


class HeardSound:
    """Tells what one player's device has played: pauses, Stop and Back are in it as they were.

    The player calls `take` whenever the engine has told what sounds when. Listeners return at once. Clips are
    heard in the order of their numbers, and their frames too, so no frame is told twice.
    """

    def __init__(self) -> None:
        self._listeners: list[Hear] = []
        self._told = Heard(0, 0)  # all before this place
        # to the device, of clips that were flushed: it sounds on a little
        self._given: dict[int, _Given] = {}

    def subscribe(self, hear: Hear) -> Callable[[], None]:
        """Call `hear` with each part that was heard; the returned function ends that."""
        self._listeners.append(hear)

        def end() -> None:
            if hear in self._listeners:
                self._listeners.remove(hear)

        return end

    def take(self, runs: Iterable[Run], audio: UnheardAudio, now: float) -> None:
        """Tell the parts of these runs that were heard by now."""
        for run in runs:
            if run.at > now or run.frames_per_second <= 0:
                continue
            end = Heard(run.clip, run.frame_at(now))
            start = max(Heard(run.clip, run.frame), self._told)
            if end <= start:
                continue
            if self._listeners:
                self._tell(run, start.frame, end.frame, audio)
            self._told = end

    def flush(self, runs: Iterable[Run], audio: UnheardAudio, now: float) -> None:
        """Tell the parts that were heard by now; keep what the device has, which is heard all the same."""
        runs = tuple(runs)
        self.take(runs, audio, now)
        self._given.clear()
        for run in runs if self._listeners else ():
            clip = audio.clip(run.clip)
            if clip is not None:
                last = run.end + round(_GIVEN_SECONDS * clip.rate)
                self._given[run.clip] = _Given(clip.rate, *audio.frames(run.clip, run.frame, last))

    def _tell(self, run: Run, start: int, end: int, audio: UnheardAudio) -> None:
        clip = audio.clip(run.clip)
        given = self._given.get(run.clip)
        if clip is not None:
            first, pcm = audio.frames(run.clip, start, end)
            rate = clip.rate
        elif given is not None:
            first = max(start, given.first)
            pcm = given.pcm[2 * (first - given.first) : 2 * max(0, end - given.first)]
            rate = given.rate
        else:
            return
        if not pcm:
            return
        moment = run.at + (first - run.frame) / run.frames_per_second
        part = HeardPart(moment, rate, run.frames_per_second / rate, pcm)
        for hear in tuple(self._listeners):
            hear(part)
