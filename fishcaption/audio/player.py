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
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from fishcaption.audio import wire
from fishcaption.audio.clips import Clip, Clips, parts
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.dummy import DummyWatch
from fishcaption.audio.forecast import Forecast, Retimed
from fishcaption.audio.process import EngineProcess, Event
from fishcaption.core.errors import AudioDeviceError, InputError
from fishcaption.core.speech import Heard, PlayerState

MESSAGE_BYTES = 16_384
KEPT_SECONDS = 0.5
"""How much of what was heard is kept for an engine that comes after one that died."""

LEAD_SPARE_SECONDS = 0.015
"""The ramp before a cut, and what an order takes to the engine."""

MISSED_SECONDS = 2.0
"""What a device that follows another was without for longer is not played when it comes back."""

ANSWER_SECONDS = 2.0
START_SECONDS = 15.0
"""What an engine may take to answer; the first time it has to be loaded from a disk that sleeps."""

WARM_SECONDS = 0.5
CLOSE_SECONDS = 2.0
DEATHS_SECONDS = 60.0
DEATHS = 3
"""An engine that dies more often has a device that kills it: the next one does without."""

SLOWEST, FASTEST = 0.5, 3.0
LOUDEST = 2.0


@dataclass(slots=True)
class _Kept:
    """The written audio of a clip that an engine may have to be told again."""

    clip: Clip
    chunks: deque[tuple[int, bytes]] = field(default_factory=deque)  # (its first frame, frames)

    def forget(self, before: int) -> None:
        while self.chunks and self.chunks[0][0] + len(self.chunks[0][1]) // 2 <= before:
            self.chunks.popleft()

    def since(self, frame: int) -> list[bytes]:
        return [
            pcm[2 * max(0, frame - first) :] for first, pcm in self.chunks if first + len(pcm) // 2 > frame
        ]


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
        self._on_change = on_change
        self._log_file = log_file
        self._loop: asyncio.AbstractEventLoop
        self.on_heard: Callable[[], None] | None = None  # called when the engine has told where the ear is
        self._clips = Clips()
        self._kept: dict[int, _Kept] = {}
        self._state = PlayerState("", False, None)
        self._told = self._state  # what the engine said last
        self._is_paused = False
        self._speed = 1.0
        self._gain = 1.0
        self._lead_seconds = latency  # that the device is given ahead of the ear
        # of the engine
        self._engine: EngineProcess | None = None
        self._past: list[EngineProcess] = []
        self._deaths: deque[float] = deque()
        self._has_device = True  # False: the engines kept dying of it
        self._warmed_at = -math.inf
        self._runs: tuple[wire.Run, ...] = ()
        self._forecast = Forecast()
        self._retimed = Retimed()
        self._sure = Heard(0, 0)  # what had been heard when the engine last spoke
        self._alarm: asyncio.TimerHandle | None = None  # when the next place that somebody waits for is heard
        self._watch: asyncio.TimerHandle | None = None
        self._dummy: DummyWatch | None = None
        self._is_dummy = False  # the system's default device is one that nobody hears

    async def __aenter__(self) -> Self:
        """Start the engine; it is ready within a second, and takes everything until then."""
        self.start()
        return self

    def start(self) -> None:
        """What entering does; called on the running loop. `close` ends it."""
        self._loop = asyncio.get_running_loop()
        self._start()
        if self._holds:
            self._dummy = DummyWatch(self._on_dummy)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End: what sounds fades out. Nothing that hangs is waited for longer than `CLOSE_SECONDS`."""
        self.leave()
        for past in self._past:
            if not await asyncio.to_thread(past.join, CLOSE_SECONDS):
                past.kill()
                await asyncio.to_thread(past.join, CLOSE_SECONDS)

    def leave(self) -> None:
        """Let the engine end; `close` waits for it."""
        engine, self._engine = self._engine, None
        if self._dummy is not None:
            self._dummy.close()
        if engine is None:
            return
        self._rest()
        if self._alarm is not None:
            self._alarm.cancel()
        self._clips.flush()
        self._kept.clear()
        engine.close()
        self._past.append(engine)

    # commands: see `reader.Player`

    def warm(self) -> None:
        """Open the device if it is closed; cheap enough for every key."""
        now = time.monotonic()
        if now - self._warmed_at > WARM_SECONDS:
            self._warmed_at = now
            self._revive()
            self._command("warm", rate=self._rate)

    def begin(self, rate: int, gain: float = 1.0) -> int:
        """Open the next clip and return its number. Raises InputError for what nothing can play."""
        before = self._clips.newest
        clip = self._clips.begin(rate, gain)
        if before is not None:
            self._order(wire.command("end", clip=before.number))
        self._revive()
        self._rate = rate
        self._kept[clip.number] = _Kept(clip)
        self._order(wire.command("begin", clip=clip.number, rate=rate, gain=gain, first=0))
        self._expect()
        return clip.number

    async def write(self, pcm: bytes) -> None:
        """Append to the newest clip; waits while too much is unheard."""
        clip = self._clips.newest
        if clip is None:
            return
        for part in parts(pcm, MESSAGE_BYTES):
            await self._clips.room()
            self._add(clip, part)
        self._expect()

    def _add(self, clip: Clip, pcm: bytes) -> None:
        first = clip.written
        frames = self._clips.add(clip, pcm)
        if frames:
            self._kept[clip.number].chunks.append((first, frames))
            self._order(wire.audio(clip.number, frames))

    def end(self) -> None:
        """Say that no more audio will come for the newest clip."""
        clip = self._clips.end()
        if clip is not None:
            self._order(wire.command("end", clip=clip.number))
            self._arm()

    def pause(self, at: float = 0.0) -> None:
        """Fade out and hold; ``at``: from that moment of `time.perf_counter` at the ear."""
        self._is_paused = True
        self._command("pause", at=at)

    def resume(self, at: float = 0.0) -> None:
        """Go on at the next frame; ``at``: at that moment at the ear."""
        self._is_paused = False
        self._command("resume", at=at)

    def flush(self) -> None:
        """Fade out and drop every clip begun so far."""
        self.heard()
        self._is_paused = False
        if self._engine is not None:
            self._engine.drop_ordered()
        self._command("flush")
        self._clips.flush()
        self._kept.clear()

    def cut(self, clip: int, frame: int) -> int:
        """Drop all of a clip from a frame on, and every later clip; return where it will end."""
        self.heard()
        frame = max(0, frame)
        end = self._clips.cut(clip, frame, self._given())
        self._kept = {number: kept for number, kept in self._kept.items() if number <= clip}
        self._command("cut", clip=clip, frame=frame, newest=self._clips.count)
        self._arm()
        return end

    def lead_frames(self) -> int:
        """How far ahead of the ear sound cannot be taken back any more."""
        return math.ceil((self._lead_seconds + LEAD_SPARE_SECONDS) * self._speed * self._rate)

    def speed(self, factor: float) -> None:
        """Speak at 0.5 to 3.0 of the voice's own speed from now on."""
        if not SLOWEST <= factor <= FASTEST:
            raise InputError(f"A speed of {factor} is not between {SLOWEST} and {FASTEST}.")
        self._speed = factor
        self._command("speed", to=factor)

    def volume(self, gain: float) -> None:
        """Play at 0.0 to 2.0 of the voice's own level."""
        if not 0.0 <= gain <= LOUDEST:
            raise InputError(f"A volume of {gain} is not between 0 and {LOUDEST}.")
        self._gain = gain
        self._command("gain", to=gain)

    def use(self, device: DeviceChoice | None) -> None:
        """Play on another device from here on; nothing is lost. None: the system's default."""
        self._device = device
        self._has_device = True
        if self._engine is not None:
            self._engine.send_urgent(self._opening())

    def rest(self, linger_seconds: float, lead_in_ms: int) -> None:
        """Stay open for so long from now on, and begin so when opened the next time. What sounds goes on."""
        self._linger_seconds = max(1.0, linger_seconds)
        self._lead_in_seconds = lead_in_ms / 1000
        self._command("rest", linger=self._linger_seconds, lead_in=self._lead_in_seconds)

    def heard(self) -> Heard:
        """Where the ear is now."""
        self._clips.hear(self._place(time.perf_counter()))
        return self._clips.heard

    def moment(self, clip: int, frame: int) -> float | None:
        """Return when a frame will be heard, or was; None where nobody can tell."""
        return self._forecast.moment(clip, frame, time.perf_counter())

    async def retimed(self) -> None:
        """Wait until `moment` has another answer."""
        await self._retimed.wait()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        """Wait until a frame, or a clip's end, is heard; False when it was flushed away.

        Raises AudioDeviceError where there is no hope of a device and none is to be done without.
        """
        reaching = self._clips.reach(clip, frame)
        self._loop.call_soon(self._arm)
        return await reaching

    def state(self) -> PlayerState:
        """The device's condition now."""
        return self._state

    @property
    def engine_pid(self) -> int | None:
        """The engine's process id; None where there is none."""
        return self._engine.pid if self._engine is not None else None

    # beside another player, which `pair` has

    @property
    def runs(self) -> tuple[wire.Run, ...]:
        """When sounds what the device was given last, as the engine has told."""
        return self._runs

    @property
    def lead_seconds(self) -> float:
        """How far ahead of the ear the device is given sound."""
        return self._lead_seconds

    @property
    def unheard_seconds(self) -> float:
        """How much was written and not heard."""
        return self._clips.unheard_seconds

    @property
    def count(self) -> int:
        """How many clips were begun."""
        return self._clips.count

    def count_from(self, count: int) -> None:
        """Number the next clip as one after so many."""
        self._clips.count_from(count)

    def give(self, pcm: bytes) -> None:
        """Append to the newest clip and wait for nothing: somebody else minds how much is unheard."""
        clip = self._clips.newest
        if clip is not None:
            for part in parts(pcm, MESSAGE_BYTES):
                self._add(clip, part)
            self._expect()

    def hold(self, at: float) -> None:
        """Let what is written next not sound before a moment at the ear, if nothing sounds before it."""
        self._order(wire.command("hold", at=at))

    def follow(self, other: SoundPlayer) -> None:
        """Keep in step with another player that is given the same; called when it has been heard on."""
        if self._engine is not None:
            self._engine.send_urgent(wire.command("follow", runs=other.runs))
        heard = other.heard()
        kept = self._kept.get(heard.clip)
        if kept is not None and self._sure < heard:
            # A device that is gone hears nothing: without this all would be kept that it ever missed.
            missed = Heard(heard.clip, heard.frame - round(MISSED_SECONDS * kept.clip.rate))
            if self._sure < missed:
                self._sure = missed
                self._clips.hear(missed)
                self._forget()

    # the engine's life

    def _start(self) -> None:
        engine = self._engine = EngineProcess(self._on_event, self._on_end, self._log_file)
        self._set_runs(())
        engine.send_urgent(self._opening())
        if self._speed != 1.0:
            engine.send_urgent(wire.command("speed", to=self._speed))
        if self._gain != 1.0:
            engine.send_urgent(wire.command("gain", to=self._gain))
        if self._is_paused:
            engine.send_urgent(wire.command("pause"))
        for number, kept in self._kept.items():
            first = self._sure.frame if number == self._sure.clip else 0
            rate, gain = kept.clip.rate, kept.clip.gain
            engine.send(wire.command("begin", clip=number, rate=rate, gain=gain, first=first))
            for pcm in kept.since(first):
                engine.send(wire.audio(number, pcm))
            if kept.clip.is_cut:
                engine.send(wire.command("cut", clip=number, frame=kept.clip.written, newest=number))
            elif kept.clip.is_ended:
                engine.send(wire.command("end", clip=number))
        self._rest()
        if self._kept:
            self._expect()

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
            has_device=self._has_device,
        )

    def _on_end(self, engine: EngineProcess) -> None:
        if engine is not self._engine:
            self._past = [past for past in self._past if past is not engine]
            return
        # What the runs foretold after the engine last spoke may not have come about.
        self._set_runs(())
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > DEATHS_SECONDS:
            self._deaths.popleft()
        error = AudioDeviceError(
            "The sound stopped working.", hint="Choose another sound device, or start the program again."
        )
        if len(self._deaths) > 2 * DEATHS:
            self._engine = None
            self._clips.fail(error)
            self._change(PlayerState("", False, error))
            return
        if len(self._deaths) > DEATHS:
            self._has_device = False
            is_silent = self._is_silent and not (self._holds and self._device is not None)
            self._change(PlayerState("", False, error, is_silent))
            if not self._is_silent:
                self._clips.fail(error)
        else:
            self._change(PlayerState("", False, self._state.error))
        self._start()

    def _revive(self) -> None:
        """Try a device again that killed engines, once it has had time."""
        is_tired = not self._has_device or self._engine is None
        if not is_tired or not self._deaths or time.monotonic() - self._deaths[-1] < DEATHS_SECONDS / 2:
            return
        self._deaths.clear()
        self._has_device = True
        self._clips.fail(None)
        if self._engine is None:
            self._start()
        else:
            self._engine.send_urgent(self._opening())

    # what the engine says

    def _on_event(self, engine: EngineProcess, event: Event) -> None:
        if engine is not self._engine:
            return
        match event["ev"]:
            case "heard":
                self._set_runs(wire.runs(event["runs"]))
                self._lead_seconds = event["lead"]
                self._sure = max(self._sure, self._place(event["at"]))
                self.heard()
                self._forget()
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
                self._on_device(event)
            case "pong":
                self._on_answer()
            case "hung":
                error = AudioDeviceError(
                    "The sound device does not answer.", hint="Unplug it, or choose another device."
                )
                self._change(PlayerState("", False, error))
                self._deaths.append(time.monotonic())  # worth two: it has cost so long
                engine.kill()

    def _on_device(self, event: Event) -> None:
        before = self._told if self._is_dummy else self._state
        error = None if event["is_open"] else before.error  # until it is open, or says otherwise
        if event["error"]:
            error = AudioDeviceError(event["error"], hint=event["hint"])
        if self._has_device:
            self._told = PlayerState(event["name"], event["is_open"], error, event["is_clock"])
            self._change(self._as_heard(self._told))
            if not self._is_silent:
                self._clips.fail(error if event["is_hopeless"] else None)

    def _on_dummy(self, is_dummy: bool) -> None:
        self._is_dummy = is_dummy
        if self._has_device and self._engine is not None:
            self._change(self._as_heard(self._told))

    def _as_heard(self, state: PlayerState) -> PlayerState:
        """What the engine says, and whether anybody hears it."""
        if not (self._is_dummy and self._device is None and state.open):
            return state
        error = AudioDeviceError(
            "There is no sound device.", hint="Plug one in; it is used as soon as it is there."
        )
        return PlayerState("", False, error, silent=True)

    def _change(self, state: PlayerState) -> None:
        old, self._state = self._state, state
        is_same = old._replace(error=None) == state._replace(error=None) and str(old.error) == str(
            state.error
        )
        if not is_same and self._on_change is not None:
            self._on_change()

    def _set_runs(self, runs: tuple[wire.Run, ...]) -> None:
        self._runs = runs
        if self._forecast.take(runs, time.perf_counter()):
            self._retimed.tell()

    def _place(self, moment: float) -> Heard:
        place = Heard(0, 0)
        for run in self._runs:
            if run.at > moment:
                break
            place = Heard(run.clip, run.frame_at(moment))
        return place

    def _given(self) -> Heard:
        """Return what the device has been given by now, as far as can be told from here."""
        moment = time.perf_counter() + self._lead_seconds
        place = self._place(moment)
        newest = self._runs[-1] if self._runs else None
        if newest is not None and place.clip == newest.clip and not self._is_paused:
            # More than was told of has been given since, if there was more.
            ahead = int((moment - newest.at) * newest.frames_per_second)
            place = Heard(place.clip, max(place.frame, newest.frame + ahead))
        return place

    def _forget(self) -> None:
        for number, kept in list(self._kept.items()):
            if number < self._sure.clip or (number == self._sure.clip and kept.clip.is_over):
                del self._kept[number]
            elif number == self._sure.clip:
                kept.forget(self._sure.frame - round(KEPT_SECONDS * kept.clip.rate))

    def _arm(self) -> None:
        """Set the alarm to when the next place that somebody waits for is heard."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        moments = [moment for target in self._clips.targets() if (moment := self._moment(target)) is not None]
        if moments and self._engine is not None:
            self._alarm = self._loop.call_later(max(0.0, min(moments) - time.perf_counter()), self._on_alarm)

    def _moment(self, target: Heard) -> float | None:
        for run in self._runs:
            if run.clip == target.clip and run.frame <= target.frame <= run.end:
                frames = target.frame - run.frame
                return run.at + (frames / run.frames_per_second if frames else 0.0)
        return None

    def _on_alarm(self) -> None:
        self._alarm = None
        self.heard()
        self._arm()

    # what the engine is told

    def _order(self, message: bytes) -> None:
        if self._engine is not None:
            self._engine.send(message)

    def _command(self, do: str, **fields: object) -> None:
        if self._engine is not None:
            self._engine.send_urgent(wire.command(do, **fields))
            self._expect()

    # whether it still answers

    def _expect(self) -> None:
        """Ask for an answer, unless one is still to come or will be asked for."""
        engine = self._engine
        if engine is not None and self._watch is None:
            engine.send_urgent(wire.command("ping"))
            self._look_in(
                START_SECONDS if engine.last_event_at is None else ANSWER_SECONDS, self._on_no_answer
            )

    def _on_answer(self) -> None:
        self._rest()
        if self._clips.live and not self._is_paused:
            self._look_in(ANSWER_SECONDS, self._expect)

    def _on_no_answer(self) -> None:
        # The answer may be here: after a stall of this process its threads are behind this timer.
        self._look_in(ANSWER_SECONDS / 4, self._on_silence)

    def _on_silence(self) -> None:
        if self._engine is not None:
            self._engine.kill()

    def _look_in(self, seconds: float, look: Callable[[], None]) -> None:
        def call() -> None:
            self._watch = None
            look()

        self._watch = self._loop.call_later(seconds, call)

    def _rest(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
