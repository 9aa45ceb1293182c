"""A player with no sound: the machine's clock is its device.

For a program that only wants the times: captions without a voice, tests. It starts no process; `SoundPlayer`
has a clock of its own for when its device is missing.
"""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self

from fishcaption.audio.clips import Clips
from fishcaption.audio.forecast import Retimed
from fishcaption.core.errors import InputError
from fishcaption.core.speech import Heard, PlayerState


class SilentPlayer:
    """One line of silence; `reader.Player` says what its methods do. An async context manager."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop
        self._clips = Clips()
        self._speed = 1.0
        self._is_paused = False
        self._at = time.perf_counter()  # when `_place` was so
        self._place = (1, 0.0)  # (clip, frames)
        self._alarm: asyncio.TimerHandle | None = None
        self._retimed = Retimed()

    async def __aenter__(self) -> Self:
        """Start the clock."""
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End; whoever waits for something is told that it was flushed."""
        self._clips.flush()
        if self._alarm is not None:
            self._alarm.cancel()

    def warm(self) -> None:
        """Do nothing: there is no device."""

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        """Open the next clip and return its number. Raises InputError for what nothing can play."""
        self.heard()
        return self._clips.begin(rate, gain, pace).number

    async def write(self, pcm: bytes) -> None:
        """Append to the newest clip; waits while too much is unheard."""
        clip = self._clips.newest
        if clip is None:
            return
        self.heard()
        self._clips.add(clip, pcm)
        self._retimed.tell()
        self._loop.call_soon(self._arm)
        await self._clips.room()

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        self.heard()
        self._clips.end()
        self._arm()

    def pause(self) -> None:
        """Stop the clock until `resume`."""
        self.heard()
        self._is_paused = True
        self._retimed.tell()
        self._arm()

    def resume(self) -> None:
        """Go on at the next frame."""
        self.heard()
        self._is_paused = False
        self._retimed.tell()
        self._arm()

    def flush(self) -> None:
        """Drop every clip begun so far."""
        self.heard()
        self._is_paused = False
        self._clips.flush()

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it ends: exact here."""
        end = self._clips.cut(clip, max(0, frame), self.heard())
        self._arm()
        return end

    def lead_frames(self) -> int:
        """Return 0: nothing is given ahead."""
        return 0

    def speed(self, factor: float) -> None:
        """Go at 0.5 to 3.0 of the voice's own speed from now on."""
        if not 0.5 <= factor <= 3.0:
            raise InputError(f"A speed of {factor} is not between 0.5 and 3.0.")
        self.heard()
        self._speed = factor
        self._retimed.tell()
        self._arm()

    def volume(self, gain: float) -> None:
        """Do nothing: there is no sound."""

    def heard(self) -> Heard:
        """Return the place that would be heard now."""
        now = time.perf_counter()
        seconds = 0.0 if self._is_paused else (now - self._at) * self._speed
        self._at = now
        for clip in self._clips.live:
            number, frame = self._place
            if number < clip.number:
                number, frame = clip.number, 0.0
            reached = min(float(clip.written), frame + seconds * clip.frames_per_second)
            seconds -= (reached - frame) / clip.frames_per_second
            self._place = (number, reached)
            if reached < clip.written or not clip.is_ended:
                break
        number, frame = self._place
        self._clips.hear(Heard(number, int(frame)))
        return self._clips.heard

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when a frame would be heard; None where it is paused or sound before it is not written."""
        self.heard()
        if self._is_paused:
            return None
        seconds = 0.0
        for live in self._clips.live:
            played = self._place[1] if live.number == self._place[0] else 0.0
            if live.number == clip:
                is_there = played <= frame <= live.written
                seconds += (frame - played) / live.frames_per_second
                return self._at + seconds / self._speed if is_there else None
            if not live.is_ended:
                return None
            seconds += (live.written - played) / live.frames_per_second
        return None

    async def retimed(self) -> None:
        """Wait until `moment` has another answer."""
        await self._retimed.wait()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard; False when it was flushed away."""
        self.heard()
        reaching = self._clips.reach(clip, frame)
        self._loop.call_soon(self._arm)
        return await reaching

    def state(self) -> PlayerState:
        """Return a state without a device and without an error."""
        return PlayerState("", False, None)

    def _arm(self) -> None:
        """Set the alarm to when the next thing that somebody waits for is heard, or there is room."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._is_paused and (wait := self._clips.seconds_to_next()) is not None:
            self._alarm = self._loop.call_later(wait / self._speed, self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = None
        self.heard()
        self._arm()
