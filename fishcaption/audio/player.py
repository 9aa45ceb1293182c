"""The app's side of the sound: a player whose device is an engine process.

It keeps what was written until it has been heard, so that an engine that dies is started again with nothing
lost. Where the ear is follows from what the engine said last, by arithmetic: the engine tells when which
frames will sound, before they do.

Without a device the engine's clock takes the frames and `state` says what is wrong, so captions run on; the
sound comes back with the device. A player that `holds` keeps the sound for a device that was chosen by name
until it is there, or another is used. A program that is only to be heard asks for
`is_silent_without_device=False` and gets an AudioDeviceError instead.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from fishcaption.audio import wire
from fishcaption.audio.clips import Clip, Clips, UnheardAudio, parts
from fishcaption.audio.device_state import DeviceState
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.dummy import DummyWatch
from fishcaption.audio.forecast import Forecast, HeardSound, Retimed
from fishcaption.audio.process import EngineProcess, Event
from fishcaption.audio.supervisor import EngineDeath, EngineSupervisor
from fishcaption.core.errors import AudioDeviceError, InputError
from fishcaption.core.speech import Heard, PlayerState

MESSAGE_BYTES = 16_384
KEPT_SECONDS = 0.5
"""This much of what was heard is kept, for an engine that follows one that died."""

LEAD_SPARE_SECONDS = 0.015
"""The ramp before a cut, and the time that a command takes to reach the engine."""

MISSED_SECONDS = 2.0
"""If a device that follows another was gone for longer, what it missed is not played when it comes back."""

WARM_SECONDS = 0.5

SLOWEST, FASTEST = 0.5, 3.0
LOUDEST = 2.0


class SoundPlayer:
    """One line of sound to one device; `reader.Player` says what its methods do.

    An async context manager; leave it to end the engine. ``device`` None follows the system's default.
    ``latency`` in seconds is asked of the device: less reacts quicker and breaks sooner. It stays open for
    ``linger_seconds`` after the last sound (math.inf: always). ``lead_in_ms`` of silence are played after
    opening, for devices that swallow the beginning. ``rate`` is what `warm` opens before any clip has begun.
    ``on_change`` is called after `state` has changed. ``log_file`` gets what the engine has to say.
    """

    def __init__(
        self,
        device: DeviceChoice | None = None,
        *,
        latency: float = 0.1,
        linger_seconds: float = 60.0,
        lead_in_ms: int = 0,
        rate: int = 24_000,
        is_silent_without_device: bool = True,
        holds: bool = False,
        on_change: Callable[[], None] | None = None,
        log_file: Path | None = None,
    ) -> None:
        self._device = device
        self._latency = latency
        self._linger_seconds = max(1.0, linger_seconds)
        self._lead_in_seconds = lead_in_ms / 1000
        self._rate = rate
        self._is_silent = is_silent_without_device
        self._holds = holds
        self._loop: asyncio.AbstractEventLoop
        self.on_heard: Callable[[], None] | None = None  # called when the engine has told where the ear is
        self.heard_sound: HeardSound | None = None  # told what has been heard
        self._clips = Clips()
        self._unheard = UnheardAudio()
        self._device_state = DeviceState(on_change, is_default=device is None)
        self._is_paused = False
        self._speed = 1.0
        self._gain = 1.0
        self._warmed_at = -math.inf
        self._engine = EngineSupervisor(
            self._opening,
            self._on_engine_start,
            self._on_event,
            self._on_engine_death,
            lambda: bool(self._clips.live) and not self._is_paused,
            log_file,
        )
        # what the engine has told
        self._forecast = Forecast()
        self._retimed = Retimed()
        self._lead_seconds = latency  # that the device is given ahead of the ear
        self._surely_heard = Heard(0, 0)  # when the engine last spoke
        self._alarm: asyncio.TimerHandle | None = None  # when the next place that somebody waits for is heard
        self._dummy_watch: DummyWatch | None = None

    async def __aenter__(self) -> Self:
        """Start the engine; it is ready within a second, and takes everything until then."""
        self.start()
        return self

    def start(self) -> None:
        """Start the engine on the running loop, as entering the context does. `close` ends it."""
        self._loop = asyncio.get_running_loop()
        self._engine.start()
        if self._holds:
            self._dummy_watch = DummyWatch(self._on_dummy)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End: what sounds fades out. Nothing that hangs is waited for longer than `CLOSE_SECONDS`."""
        self.leave()
        await self._engine.close()

    def leave(self) -> None:
        """Let the engine end; `close` waits for it."""
        if self._dummy_watch is not None:
            self._dummy_watch.close()
        if not self._engine.leave():
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._clips.flush()
        self._unheard.clear()

    # commands: see `reader.Player`

    def warm(self) -> None:
        """Open the device if it is closed; cheap enough for every key."""
        now = time.monotonic()
        if now - self._warmed_at > WARM_SECONDS:
            self._warmed_at = now
            self._revive()
            self._engine.command("warm", rate=self._rate)

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        """Open the next clip and return its number. Raises InputError for what nothing can play."""
        before = self._clips.newest
        clip = self._clips.begin(rate, gain, pace)
        if before is not None:
            self._engine.send(wire.command("end", clip=before.number))
        self._revive()
        self._rate = rate
        self._unheard.begin(clip)
        self._engine.send(_beginning(clip, 0))
        self._engine.expect()
        return clip.number

    async def write(self, pcm: bytes) -> None:
        """Append to the newest clip; waits while too much is unheard."""
        clip = self._clips.newest
        if clip is None:
            return
        for part in parts(pcm, MESSAGE_BYTES):
            await self._clips.room()
            self._add(clip, part)
        self._engine.expect()

    def _add(self, clip: Clip, pcm: bytes) -> None:
        first = clip.written
        frames = self._clips.add(clip, pcm)
        if frames:
            self._unheard.add(clip.number, first, frames)
            self._engine.send(wire.audio(clip.number, frames))

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        clip = self._clips.end()
        if clip is not None:
            self._engine.send(wire.command("end", clip=clip.number))
            self._arm()

    def pause(self, at: float = 0.0) -> None:
        """Fade out and hold; ``at``: from that moment of `time.perf_counter` at the ear."""
        self._is_paused = True
        self._engine.command("pause", at=at)

    def resume(self, at: float = 0.0) -> None:
        """Go on at the next frame; ``at``: at that moment at the ear."""
        self._is_paused = False
        self._engine.command("resume", at=at)

    def flush(self) -> None:
        """Fade out and drop every clip begun so far."""
        self.heard()
        if self.heard_sound is not None:
            self.heard_sound.flush(self._forecast.runs, self._unheard, time.perf_counter())
        self._is_paused = False
        self._engine.drop_ordered()
        self._engine.command("flush")
        self._clips.flush()
        self._unheard.clear()

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it will end."""
        self.heard()
        frame = max(0, frame)
        end = self._clips.cut(clip, frame, self._given())
        self._unheard.drop_after(clip)
        self._engine.command("cut", clip=clip, frame=frame, newest=self._clips.count)
        self._arm()
        return end

    def lead_frames(self) -> int:
        """Return how far ahead of the ear sound can no longer be taken back."""
        pace = max((clip.pace for clip in self._clips.live), default=1.0)
        return math.ceil((self._lead_seconds + LEAD_SPARE_SECONDS) * self._speed * pace * self._rate)

    def speed(self, factor: float) -> None:
        """Speak at 0.5 to 3.0 of the voice's own speed from now on."""
        if not SLOWEST <= factor <= FASTEST:
            raise InputError(f"A speed of {factor} is not between {SLOWEST} and {FASTEST}.")
        self._speed = factor
        self._engine.command("speed", to=factor)

    def volume(self, gain: float) -> None:
        """Play at 0.0 to 2.0 of the voice's own level."""
        if not 0.0 <= gain <= LOUDEST:
            raise InputError(f"A volume of {gain} is not between 0 and {LOUDEST}.")
        self._gain = gain
        self._engine.command("gain", to=gain)

    def use(self, device: DeviceChoice | None) -> None:
        """Play on another device from here on; nothing is lost. None: the system's default."""
        self._device = device
        self._device_state.is_default = device is None
        self._engine.reopen()

    def rest(self, linger_seconds: float, lead_in_ms: int) -> None:
        """Use these for the next silence and the next opening of the device. What sounds goes on."""
        self._linger_seconds = max(1.0, linger_seconds)
        self._lead_in_seconds = lead_in_ms / 1000
        self._engine.command("rest", linger=self._linger_seconds, lead_in=self._lead_in_seconds)

    def heard(self) -> Heard:
        """Return the place that is being heard now."""
        self._clips.hear(self._forecast.heard_at(time.perf_counter()))
        return self._clips.heard

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when a frame will be heard, or was; None where nobody can tell."""
        return self._forecast.moment(clip, frame, time.perf_counter())

    async def retimed(self) -> None:
        """Wait until `moment` has another answer."""
        await self._retimed.wait()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard; False when it was flushed away.

        Raises AudioDeviceError if there is no hope of a device, and the player must have one.
        """
        reaching = self._clips.reach(clip, frame)
        self._loop.call_soon(self._arm)
        return await reaching

    def state(self) -> PlayerState:
        """The device's condition now."""
        return self._device_state.state

    @property
    def engine_pid(self) -> int | None:
        """The engine's process id; None where there is none."""
        return self._engine.pid

    # beside another player, which `pair` has

    @property
    def runs(self) -> tuple[wire.Run, ...]:
        """The engine's last report of when what sounds."""
        return self._forecast.runs

    @property
    def lead_seconds(self) -> float:
        """The time by which the device is given sound before it is heard."""
        return self._lead_seconds

    @property
    def unheard_seconds(self) -> float:
        """The length of what was written and not heard."""
        return self._clips.unheard_seconds

    @property
    def count(self) -> int:
        """The number of clips that were begun."""
        return self._clips.count

    def count_from(self, count: int) -> None:
        """Number the next clip as one after so many."""
        self._clips.count_from(count)

    def give(self, pcm: bytes) -> None:
        """Append to the newest clip without waiting: the caller limits how much is unheard."""
        clip = self._clips.newest
        if clip is not None:
            for part in parts(pcm, MESSAGE_BYTES):
                self._add(clip, part)
            self._engine.expect()

    def hold(self, at: float) -> None:
        """Let what is written next be heard at this moment, not before, if nothing sounds until then."""
        self._engine.send(wire.command("hold", at=at))

    def follow(self, other: SoundPlayer) -> None:
        """Keep in step with another player that is given the same; called when it has been heard on."""
        self._engine.send_urgent(wire.command("follow", runs=other.runs))
        heard = other.heard()
        clip = self._unheard.clip(heard.clip)
        if clip is not None and self._surely_heard < heard:
            # A device that is gone hears nothing: without this all would be kept that it ever missed.
            missed = Heard(heard.clip, heard.frame - round(MISSED_SECONDS * clip.rate))
            if self._surely_heard < missed:
                self._surely_heard = missed
                self._clips.hear(missed)
                self._unheard.forget(self._surely_heard, KEPT_SECONDS)

    # the engine

    def _opening(self) -> bytes:
        device = self._device
        return wire.command(
            "open",
            device={"name": device.name, "hostapi": device.hostapi} if device else None,
            latency=self._latency,
            linger=self._linger_seconds,
            lead_in=self._lead_in_seconds,
            rate=self._rate,
            is_silent=self._is_silent,
            holds=self._holds,
            has_device=self._engine.has_device,
        )

    def _on_engine_start(self, engine: EngineProcess) -> None:
        """Tell a new engine everything that the one before was told and that still matters."""
        if self._speed != 1.0:
            engine.send_urgent(wire.command("speed", to=self._speed))
        if self._gain != 1.0:
            engine.send_urgent(wire.command("gain", to=self._gain))
        if self._is_paused:
            engine.send_urgent(wire.command("pause"))
        for clip, first, chunks in self._unheard.since(self._surely_heard):
            number = clip.number
            engine.send(_beginning(clip, first))
            for pcm in chunks:
                engine.send(wire.audio(number, pcm))
            if clip.is_cut:
                engine.send(wire.command("cut", clip=number, frame=clip.written, newest=number))
            elif clip.is_ended:
                engine.send(wire.command("end", clip=number))
        if not self._unheard.is_empty:
            self._engine.expect()

    def _on_engine_death(self, death: EngineDeath) -> None:
        # What the runs foretold after the engine last spoke may not have come about.
        self._take_runs(())
        error = AudioDeviceError(
            "The sound stopped working.", hint="Choose another sound device, or start the program again."
        )
        match death:
            case EngineDeath.NEXT:
                self._device_state.change(PlayerState("", False, self.state().error))
            case EngineDeath.NEXT_WITHOUT_DEVICE:
                is_silent = self._is_silent and not (self._holds and self._device is not None)
                self._device_state.change(PlayerState("", False, error, is_silent))
                if not self._is_silent:
                    self._clips.fail(error)
            case EngineDeath.NONE:
                self._clips.fail(error)
                self._device_state.change(PlayerState("", False, error))

    def _revive(self) -> None:
        if self._engine.revive():
            self._clips.fail(None)

    def _on_event(self, event: Event) -> None:
        match event["ev"]:
            case "heard":
                self._take_runs(wire.runs(event["runs"]))
                self._lead_seconds = event["lead"]
                self._surely_heard = max(self._surely_heard, self._forecast.heard_at(event["at"]))
                self.heard()
                if self.heard_sound is not None:
                    self.heard_sound.take(self._forecast.runs, self._unheard, event["at"])
                self._unheard.forget(self._surely_heard, KEPT_SECONDS)
                self._arm()
                if self.on_heard is not None:
                    self.on_heard()
            case "lead":
                self._lead_seconds = event["seconds"]
            case "ends":
                for clip, frame in event["ends"]:
                    self._clips.end_at(clip, frame)
                self._arm()
            case "device":
                self._lead_seconds = event["lead"]
                if self._engine.has_device:
                    error = self._device_state.report(event)
                    if not self._is_silent:
                        self._clips.fail(error if event["is_hopeless"] else None)
            case "hung":
                error = AudioDeviceError(
                    "The sound device does not answer.", hint="Unplug it, or choose another device."
                )
                self._device_state.change(PlayerState("", False, error))
                self._engine.kill_hung()

    def _on_dummy(self, is_dummy: bool) -> None:
        shows = self._engine.has_device and self._engine.is_running
        self._device_state.notice_dummy(is_dummy, shows=shows)

    # where the ear is

    def _take_runs(self, runs: tuple[wire.Run, ...]) -> None:
        if self._forecast.take(runs, time.perf_counter()):
            self._retimed.tell()

    def _given(self) -> Heard:
        """Return what the device has been given by now, as far as can be told from here."""
        moment = time.perf_counter() + self._lead_seconds
        return self._forecast.heard_at(moment) if self._is_paused else self._forecast.given_by(moment)

    def _arm(self) -> None:
        """Set the alarm to when the next place that somebody waits for is heard."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        moments = [self._forecast.reported_moment(target) for target in self._clips.targets()]
        known = [moment for moment in moments if moment is not None]
        if known and self._engine.is_running:
            self._alarm = self._loop.call_later(max(0.0, min(known) - time.perf_counter()), self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = None
        self.heard()
        self._arm()


def _beginning(clip: Clip, first: int) -> bytes:
    return wire.command(
        "begin", clip=clip.number, rate=clip.rate, gain=clip.gain, pace=clip.pace, first=first
    )
