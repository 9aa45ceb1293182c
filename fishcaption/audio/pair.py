"""Two devices that say the same at the same moment: headphones, and the microphone of a call.

The first is what the program hears by: its clock is `heard`, what waits waits for it, and nothing that the
second does or fails to do holds it up. The second is an engine of its own with its own volume. Sound that
begins after silence begins at one moment of the system's clock that both can keep; from there the second
follows the first (`follower`).
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.speech import Heard, PlayerState

SPARE_SECONDS = 0.01
"""The time that a command takes to reach an engine."""

RESUME_SPARE_SECONDS = 0.03
"""The same after a pause, when nobody waits for a word: it is safer that both begin together."""

WAIT_MOST_SECONDS = 0.3
"""A second device that needs longer is late by the rest: the first does not wait for it."""

NEARLY_DRY_SECONDS = 1.0


class PairPlayer:
    """One line of sound to one device or to two; `reader.Player` says what its methods do.

    An async context manager; it enters and leaves both players, which must not have begun anything.
    """

    def __init__(self, main: SoundPlayer, second: SoundPlayer | None = None) -> None:
        self._main = main
        self._second = second
        self._past: list[SoundPlayer] = []
        self._is_entered = False
        self._is_paused = False
        self._speed = 1.0

    async def __aenter__(self) -> Self:
        """Start the engines."""
        self._main.start()
        self._main.on_heard = self._on_heard
        self._is_entered = True
        if self._second is not None:
            self._second.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._main.on_heard = None
        self.put_second(None)
        self._main.leave()
        await self._main.close()
        for past in self._past:
            await past.close()

    # the second device

    def put_second(self, second: SoundPlayer | None) -> None:
        """Have another second player from the next clip on, one that has not been entered; None: no second.

        What sounds on the one before fades out.
        """
        past, self._second = self._second, second
        if past is not None and self._is_entered:
            past.leave()
            self._past.append(past)
        if second is not None:
            second.count_from(self._main.count)
            if self._speed != 1.0:
                second.speed(self._speed)
            if self._is_paused:
                second.pause()
            if self._is_entered:
                second.start()

    @property
    def main(self) -> SoundPlayer:
        """The first device's player."""
        return self._main

    @property
    def second(self) -> SoundPlayer | None:
        """The second device's player: its `use`, `volume` and `state` are its own."""
        return self._second

    # commands: see `reader.Player`

    def warm(self) -> None:
        """Open the devices that are closed."""
        for player in self._both():
            player.warm()

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        """Open the next clip and return its number. Raises InputError for what nothing can play."""
        number = self._main.begin(rate, gain, pace)
        if self._second is not None:
            self._second.begin(rate, gain, pace)
        return number

    async def write(self, pcm: bytes) -> None:
        """Append to the newest clip; waits while too much is unheard on the first device."""
        if self._second is not None:
            if self._main.unheard_seconds < NEARLY_DRY_SECONDS and (moment := self._moment()):
                self._main.hold(moment)
                self._second.hold(moment)
            self._second.give(pcm)
        await self._main.write(pcm)

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        for player in self._both():
            player.end()

    def pause(self) -> None:
        """Fade out and hold, both at the same frame where the second can."""
        self._is_paused = True
        at = time.perf_counter() + self._main.lead_seconds if self._are_both_open() else 0.0
        for player in self._both():
            player.pause(at)

    def resume(self) -> None:
        """Go on at the next frame."""
        self._is_paused = False
        moment = self._moment(RESUME_SPARE_SECONDS)
        self._main.resume(moment)
        if self._second is not None:
            self._second.resume(moment + self._ahead_seconds() if moment else 0.0)

    def flush(self) -> None:
        """Fade out and drop every clip begun so far."""
        self._is_paused = False
        for player in self._both():
            player.flush()

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it will end."""
        heard = self._main.heard()
        if self._second is not None and heard.clip == clip and not self._is_paused:
            frame = max(frame, heard.frame + self._main.lead_frames())  # so that both end there
        end = self._main.cut(clip, frame)
        if self._second is not None:
            self._second.cut(clip, end)
        return end

    def lead_frames(self) -> int:
        """Return how far ahead of the ear sound can no longer be taken back."""
        return self._main.lead_frames()

    def speed(self, factor: float) -> None:
        """Speak at 0.5 to 3.0 of the voice's own speed from now on."""
        for player in self._both():
            player.speed(factor)
        self._speed = factor

    def volume(self, gain: float) -> None:
        """Play at 0.0 to 2.0 of the voice's own level on the first device."""
        self._main.volume(gain)

    def use(self, device: DeviceChoice | None) -> None:
        """Play on another first device from here on; nothing is lost. None: the system's default."""
        self._main.use(device)

    def heard(self) -> Heard:
        """Return the place that is heard on the first device now."""
        return self._main.heard()

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when a frame will be heard on the first device, or was; None where nobody can tell."""
        return self._main.moment(clip, frame)

    async def retimed(self) -> None:
        """Wait until `moment` has another answer."""
        await self._main.retimed()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard on the first device; False when it was flushed."""
        return await self._main.reach(clip, frame)

    def state(self) -> PlayerState:
        """The first device's condition now; where only the second is heard, it is open all the same."""
        state = self._main.state()
        if state.silent and self._second is not None and self._second.state().open:
            return PlayerState(self._second.state().device, True, state.error)
        return state

    # how

    def _both(self) -> tuple[SoundPlayer, ...]:
        return (self._main,) if self._second is None else (self._main, self._second)

    def _are_both_open(self) -> bool:
        return self._second is not None and self._main.state().open and self._second.state().open

    def _moment(self, spare_seconds: float = SPARE_SECONDS) -> float:
        """Return the next moment at which both devices can begin; 0 where there are not two to wait for."""
        if self._second is None or not self._are_both_open():
            return 0.0
        first, second = self._main.lead_seconds, self._second.lead_seconds
        lead = max(first, min(second, first + WAIT_MOST_SECONDS))
        return time.perf_counter() + lead + spare_seconds

    def _ahead_seconds(self) -> float:
        """Say by how much the second device has been given more before a pause."""
        second = self._second
        if second is None or not self._main.runs or not second.runs:
            return 0.0
        one, other = self._main.runs[-1], second.runs[-1]
        if one.clip != other.clip or one.frames_per_second <= 0:
            return 0.0
        return max(0.0, (other.end - one.end) / one.frames_per_second)

    def _on_heard(self) -> None:
        if self._second is not None:
            self._second.follow(self._main)
