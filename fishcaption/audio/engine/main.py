"""The sound engine: a process of its own, so that nothing the app does can be heard.

    python -m fishcaption.audio.engine.main      messages in, events out: see `wire`

Four threads. The main one takes messages: audio is only put aside and commands only set what the others look
at, so no command waits behind audio or behind a device. The pump, every 40 ms while there is sound and not at
all when there is none, fills the line, says what is heard, and sees whether the device still takes sound. The
device's own thread opens and closes (`output`), and PortAudio's calls the line (`line`).

The process ends when its standard input does: whoever started it is gone.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO

from fishcaption.audio import wire
from fishcaption.audio.default import default_identity
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.engine import portaudio
from fishcaption.audio.engine.feed import SoundFeed
from fishcaption.audio.engine.follower import Follower
from fishcaption.audio.engine.line import BLOCK_SECONDS, Line
from fishcaption.audio.engine.output import Output, OutputState, Wish

TICK_SECONDS = 0.04
IDLE_TICK_SECONDS = 0.25
HUNG_SECONDS = 6.0
"""A Bluetooth device may take seconds to open; one that takes longer has hung."""

HEARTBEAT_SECONDS = 0.5
HEARTBEAT_LATENCIES = 4
REWIND_SECONDS = 0.02
"""A lost device may not have played so much of what it has: the clock is right to 5 ms, a call to 20."""

RATE_CHANGE_SECONDS = 5.0
"""Only in a silence so long is the device opened anew for a clip's other rate; until then it is resampled."""

HOLD_MOST_SECONDS = 1.0
"""No command lets the sound wait longer for its moment: a wrong clock must not make anybody mute."""

OPENING_SECONDS = 0.15
"""About the time from opening a device to its first sound: a second device that joins is right to 0.1 s."""

LEAD_STEP_SECONDS = 0.003

FORETOLD_SECONDS = 0.08
"""A report that says only what is known already is left out as long as the last one reaches so far ahead."""

DEFAULT_SECONDS = 1.0
LONG_SECONDS = 3600.0
END_SECONDS = 1.0
SWITCH_SECONDS = 0.0005
"""Python may keep the callback waiting so long for another thread of ours."""


class SoundEngine:
    """The work of an engine process: messages in by one stream of bytes, events out by another."""

    def __init__(self, messages: BinaryIO, events: BinaryIO) -> None:
        self._messages = messages
        self._events = events
        self._writing = threading.Lock()  # of `_events`
        # all of the following under `_changed`, which every thread but PortAudio's takes
        self._changed = threading.Condition()
        self._line = Line()
        self._feed = SoundFeed(self._line)
        self._follower: Follower | None = None
        self._output: Output | None = None
        self._choice: DeviceChoice | None = None
        self._rate = 0
        self._linger_seconds = 0.0
        self._active_until = 0.0
        self._heard_at: int | None = 0  # the line frame at the ear while no stream runs
        self._back_seconds = 0.0  # how far before it to go on
        self._is_ending = False
        # the pump's
        self._stepped_at = time.perf_counter()
        self._sounded_at = 0.0
        self._told_state = OutputState()
        self._told_read = 0
        self._told_run: wire.Run | None = None
        self._told_lead = 0.0
        self._told_hung = False
        self._default: object = None
        self._default_at = 0.0

    def run(self) -> None:
        """Work until the messages end; the sound that is left fades out."""
        pump = threading.Thread(target=self._pump, name="pump", daemon=True)
        pump.start()
        while (message := wire.receive(self._messages)) is not None:
            if isinstance(message, dict):
                self._do(message)
            else:
                self._take(*message)
        with self._changed:
            self._is_ending = True
            output = self._output
            self._changed.notify()
        if output is not None:
            output.end(END_SECONDS)

    # messages

    def _take(self, clip: int, pcm: bytes) -> None:
        now = time.perf_counter()
        with self._changed:
            self._feed.add(clip, pcm, now)
            if self._heard_at is None:
                self._feed.fill(now)
            self._changed.notify()

    def _do(self, message: dict[str, Any]) -> None:
        with self._changed:
            match message["do"]:
                case "open":
                    self._open(message)
                case "pause" | "resume" | "hold" | "follow":
                    self._do_in_step(message)
                case "begin" | "end" | "cut" | "flush":
                    self._do_with_clips(message)
                case "warm":
                    self._rate = self._feed.newest_rate or message["rate"]
                    self._stay_open()
                case "rest":
                    self._linger_seconds = message["linger"]
                    if time.perf_counter() < self._active_until:
                        self._stay_open()
                    if self._output is not None:
                        self._output.lead_in(message["lead_in"])
                case "gain":
                    self._line.gain = message["to"]
                case "speed":
                    self._compare_anew()
                    self._feed.change_speed(message["to"])
                case "ping":
                    self._say(wire.event("pong"))
            self._changed.notify()

    def _do_in_step(self, message: dict[str, Any]) -> None:
        now = time.perf_counter()
        moment = min(message.get("at", 0.0), now + HOLD_MOST_SECONDS)
        match message["do"]:
            case "pause":
                self._compare_anew()
                self._line.pause_at = moment
                self._line.is_paused = True
            case "resume":
                self._compare_anew()
                self._line.start_at = moment
                self._line.is_paused = False
                self._stay_open()
            case "hold":
                if self._line.unread == 0:
                    self._compare_anew()
                    self._line.start_at = moment
            case "follow":
                if self._follower is None:
                    self._follower = Follower(self._feed, self._line)
                self._follower.follow(wire.runs(message["runs"]), now)

    def _compare_anew(self) -> None:
        if self._follower is not None:
            self._follower.forget()

    def _do_with_clips(self, message: dict[str, Any]) -> None:
        match message["do"]:
            case "begin":
                self._rate = message["rate"]
                self._feed.begin(
                    message["clip"], message["rate"], message["first"], message["gain"], message["pace"]
                )
                self._stay_open()
            case "end":
                self._feed.end(message["clip"])
                if self._heard_at is None:
                    self._feed.fill(time.perf_counter())
            case "cut":
                self._feed.cut(message["clip"], message["frame"], message["newest"], self._heard_at)
                self._tell_ends()
            case "flush":
                self._feed.flush()
                self._line.is_paused = False

    def _open(self, message: dict[str, Any]) -> None:
        device = message["device"]
        self._choice = DeviceChoice(**device) if device else None
        self._rate = self._rate or message["rate"]
        self._linger_seconds = message["linger"]
        wish = Wish(
            self._choice,
            message["latency"],
            message["lead_in"],
            is_silent=message["is_silent"],
            holds=message["holds"],
            has_device=message["has_device"],
        )
        if self._output is None:
            self._output = Output(self._line, self, wish)
        else:
            self._output.choose(wish)

    def _stay_open(self) -> None:
        self._active_until = time.perf_counter() + self._linger_seconds

    # what the device tells, in its thread

    def opening(self, rate: int, lead_in_seconds: float) -> None:
        """Fill the line for a stream at ``rate``, from what was heard on."""
        with self._changed:
            assert self._heard_at is not None
            skips_to = None
            if self._follower is not None:
                here, moment = self._feed.place(self._heard_at), time.perf_counter() + OPENING_SECONDS
                skips_to = self._follower.place_to_join(here, moment)
            self._feed.restart(self._heard_at, self._back_seconds, rate, lead_in_seconds, skips_to)
            self._tell_ends()
            self._heard_at = None
            self._default = default_identity()
            self._feed.fill(time.perf_counter())
            self._changed.notify()

    def released(self, *, is_lost: bool) -> None:
        """Take note how far a stream that has ended was heard."""
        with self._changed:
            line = self._line
            self._tell_ends()
            # The last call came when the device still took sound: what it held then may not have been heard.
            self._heard_at = line.heard(line.called_at) if is_lost else line.read
            self._back_seconds = REWIND_SECONDS if is_lost else 0.0
            place = self._feed.place(self._heard_at)
            now = time.perf_counter()
            run = self._told_run = wire.Run(now, place.clip, place.frame, 0.0, place.frame)
            self._say(wire.event("heard", at=now, runs=[run], lead=0.0))

    def output_changed(self) -> None:
        """Wake the pump, which looks at the state."""
        with self._changed:
            self._changed.notify()

    # the pump

    def _pump(self) -> None:
        with self._changed:
            while not self._is_ending:
                self._step(time.perf_counter())
                self._changed.wait(self._tick(time.perf_counter()))

    def _tick(self, now: float) -> float | None:
        """Do what is due; return for how many seconds nothing will be, None: until something happens."""
        output = self._output
        if output is None:
            return None
        if self._heard_at is None:
            if self._is_busy(now) and not (self._line.is_paused and self._is_settled(now)):
                return TICK_SECONDS
            return IDLE_TICK_SECONDS
        if output.busy_since is not None:
            return IDLE_TICK_SECONDS
        left = self._active_until - now
        return min(left, LONG_SECONDS) if left > 0 else None

    def _heard_frame(self, now: float) -> int:
        return self._line.heard(now) if self._heard_at is None else self._heard_at

    def _is_settled(self, now: float) -> bool:
        """Return whether all that the device was given has been heard."""
        return self._heard_at is not None or self._line.heard(now) >= self._line.last

    def _is_busy(self, now: float) -> bool:
        return self._feed.has_more or self._line.unread > 0 or not self._is_settled(now)

    def _step(self, now: float) -> None:
        output = self._output
        if output is None:
            return
        state = output.state
        slept = now - self._stepped_at
        self._stepped_at = now
        if self._heard_at is None:
            self._feed.fill(now)
            if self._follower is not None and not self._line.is_paused:
                self._follower.step(now)
            if state.is_open and not state.is_clock:
                self._watch(output, state, now, slept)
        self._order(output, state, now)
        self._tell(output, state, now)

    def _watch(self, output: Output, state: OutputState, now: float, slept: float) -> None:
        limit = max(HEARTBEAT_SECONDS, HEARTBEAT_LATENCIES * state.latency)
        if slept > limit:  # so did the machine; the device has as long again
            self._line.called_at = max(self._line.called_at, now - limit / 2)
        elif now - self._line.called_at > limit:
            output.lose()
        if self._choice is None and now - self._default_at > DEFAULT_SECONDS:
            self._default_at = now
            if default_identity() != self._default:
                self._default = default_identity()
                output.reopen()

    def _order(self, output: Output, state: OutputState, now: float) -> None:
        is_busy = self._is_busy(now)
        if is_busy and not self._line.is_paused:
            self._sounded_at = now
            self._stay_open()
        if now >= self._active_until:
            output.want(None)
        elif state.is_open and (self._feed.has_clip or now - self._sounded_at < RATE_CHANGE_SECONDS):
            output.want(state.asked_rate)
        else:
            output.want(self._feed.newest_rate or self._rate)

    def _tell(self, output: Output, state: OutputState, now: float) -> None:
        if state is not self._told_state:
            self._told_state = state
            self._say(
                wire.event(
                    "device",
                    name=state.device,
                    rate=state.rate,
                    latency=state.latency,
                    lead=state.latency + BLOCK_SECONDS,
                    is_open=state.is_open and not state.is_clock,
                    is_clock=state.is_clock,
                    error=state.error,
                    hint=state.hint,
                    is_hopeless=state.is_hopeless,
                )
            )
        self._tell_ends()
        if self._heard_at is None and self._line.read != self._told_read:
            self._feed.forget(self._heard_frame(now))
            self._tell_heard(now)
        elif self._heard_at is None and abs(self._line.lead_seconds - self._told_lead) > LEAD_STEP_SECONDS:
            self._told_lead = self._line.lead_seconds
            self._say(wire.event("lead", seconds=self._told_lead))
        busy_since = output.busy_since
        if busy_since is not None and now - busy_since > HUNG_SECONDS and not self._told_hung:
            self._told_hung = True
            self._say(wire.event("hung"))

    def _tell_heard(self, now: float) -> None:
        """Tell what sounds when, unless the last report foretells it and reaches far enough."""
        read = self._line.read
        runs = self._feed.heard(now)
        told, newest = self._told_run, runs[-1] if runs else None
        if told is not None and newest is not None:
            is_known = told.foretells(newest, now) and newest.end >= told.end
            if is_known and told.moment_of(told.end) - now > FORETOLD_SECONDS:
                return
        self._told_run = newest
        self._told_read = read
        self._told_lead = self._line.lead_seconds
        self._say(wire.event("heard", at=now, runs=runs, lead=self._told_lead))

    def _tell_ends(self) -> None:
        if ends := self._feed.take_ends():
            self._say(wire.event("ends", ends=ends))

    def _say(self, line: bytes) -> None:
        with self._writing:
            self._events.write(line)


def main() -> None:
    """Run the engine of the process that started this one; return the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the app's, which ends us
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is not an event
    sys.setswitchinterval(SWITCH_SECONDS)
    portaudio.hurry()
    threading.excepthook = _die
    engine = SoundEngine(sys.stdin.buffer, events)
    gc.collect()
    gc.freeze()
    gc.disable()
    engine.run()
    os._exit(0)  # a device that hangs would keep the interpreter


def _die(args: threading.ExceptHookArgs) -> None:
    """End after a bug, or when nobody reads the events: a new engine is better than half of one."""
    traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    main()
