"""The device of a sound engine: opened, watched over, lost and found again, by one thread.

All of PortAudio is called in this thread, except the callback. A call may take seconds, or never return where
a device hangs: nobody waits for the thread, and `busy_since` tells for how long it has not come back. A
stream is never stopped, only aborted: `stop` waits for a device that is dead, and loses the end anyway.
Where there is no device the machine's clock takes the frames, if that is wished.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from fishcaption.audio.call_devices import routed
from fishcaption.audio.devices import Device, DeviceChoice, read_devices
from fishcaption.audio.engine import portaudio
from fishcaption.audio.engine.line import BLOCK_SECONDS, Line, Samples
from fishcaption.core.errors import AudioDeviceError

GRACE_SECONDS = 2.0
"""A device that is gone for longer is given up: plugs are pulled and put back."""

RETRY_SECONDS = 0.05
RETRY_MOST_SECONDS = 5.0
RETRY_GROWTH = 1.6
PROVEN_SECONDS = 2.0
"""A stream that lived so long was a good one. A device that is frozen opens, and dies within one."""

TAIL_SECONDS = 0.05
"""Beyond the device's latency: `abort` drops what the device still holds, silence must be all of it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The device that is wanted, and the way it is to be used."""

    choice: DeviceChoice | None  # None: whatever the system's default is at the time
    latency: float
    lead_in_seconds: float
    is_silent: bool  # the machine's clock takes the place of a device that is not there
    holds: bool = False  # but not that of a chosen one: the sound waits for it
    has_device: bool = True  # False: do not even look for one

    @property
    def is_held(self) -> bool:
        """True if only this device will do."""
        return self.holds and self.choice is not None


@dataclass(frozen=True, slots=True)
class OutputState:
    """The condition of the device. ``rate`` is its own, ``asked_rate`` the one that it was opened for."""

    device: str = ""
    rate: int = 0
    asked_rate: int = 0
    latency: float = 0.0
    is_open: bool = False
    is_clock: bool = False
    error: str = ""
    hint: str = ""
    is_hopeless: bool = False


class Owner(Protocol):
    """The engine that a device plays for. Called in the device's thread."""

    def opening(self, rate: int, lead_in_seconds: float) -> None:
        """Prepare the line: a stream at this rate is about to call it."""
        ...

    def released(self, *, is_lost: bool) -> None:
        """Take note that no stream calls the line any more; lost: what the device held was not heard."""
        ...

    def output_changed(self) -> None:
        """Look at `Output.state`."""
        ...


class _NoDevice(Exception):
    """A device cannot be opened: (what happened, what to do)."""


class Output:
    """The device's thread, and the orders to it."""

    def __init__(self, line: Line, owner: Owner, wish: Wish) -> None:
        self._line = line
        self._owner = owner
        self._sounddevice: Any = None
        self._is_initialized = False
        self._is_fresh = False
        # written by the device's thread only
        self.state = OutputState()
        self.busy_since: float | None = None
        self._stream: Any = None
        self._is_releasing = False
        self._opened_at: float | None = None
        self._missing_since: float | None = None
        self._wait_seconds = RETRY_SECONDS
        self._retry_at = 0.0
        # under `_changed`
        self._changed = threading.Condition()
        self._orders = _Orders(wish)
        self._thread = threading.Thread(target=self._run, name="device", daemon=True)
        self._thread.start()

    # orders: they return at once

    def want(self, rate: int | None) -> None:
        """Say which rate should be open; None: nothing."""
        with self._changed:
            if self._orders.rate != rate:
                self._orders.rate = rate
                self._changed.notify()

    def choose(self, wish: Wish) -> None:
        """Change the device; what sounds fades out there and goes on here."""
        with self._changed:
            self._orders.wish = wish
            self._orders.is_stale = True
            self._changed.notify()

    def lead_in(self, seconds: float) -> None:
        """Play so much silence at the next opening; what is open stays so."""
        with self._changed:
            self._orders.wish = replace(self._orders.wish, lead_in_seconds=seconds)

    def reopen(self) -> None:
        """Open the same choice anew: it means another device now."""
        with self._changed:
            self._orders.is_stale = True
            self._changed.notify()

    def lose(self) -> None:
        """Say that the device takes no more sound."""
        with self._changed:
            self._orders.is_lost = True
            self._changed.notify()

    def end(self, timeout_seconds: float) -> None:
        """Fade out, close and end the thread; at most wait so long for it."""
        with self._changed:
            self._orders.is_ending = True
            self._changed.notify()
        self._thread.join(timeout_seconds)

    # the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._is_due():
                    self._changed.wait(self._wait_left())
                orders = self._orders
                self._orders = _Orders(orders.wish, orders.rate)
            if self._stream is not None and self._must_close(orders):
                self._close(is_lost=orders.is_lost)
            if orders.is_ending:
                return
            if orders.rate is not None and self._is_without_device:
                if orders.is_stale or time.perf_counter() >= self._retry_at:
                    self._try_to_open(orders.wish, orders.rate)
                if self._stream is None and self._is_clock_due(orders.wish):
                    self._open_clock(orders.rate)

    def _is_due(self) -> bool:
        orders = self._orders
        if orders.is_ending or orders.is_lost:
            return True
        if orders.rate is None:
            return self._stream is not None
        if self._is_without_device:
            return orders.is_stale or time.perf_counter() >= self._retry_at
        return orders.is_stale or self.state.asked_rate != orders.rate

    @property
    def _is_without_device(self) -> bool:
        return self._stream is None or self.state.is_clock

    def _wait_left(self) -> float | None:
        if self._orders.rate is None or not self._is_without_device:
            return None
        return max(0.0, self._retry_at - time.perf_counter())

    def _must_close(self, orders: _Orders) -> bool:
        if orders.is_ending or orders.is_lost or orders.rate is None:
            return True
        # The clock runs until a device has taken over, and at any rate.
        return not self.state.is_clock and (orders.is_stale or orders.rate != self.state.asked_rate)

    def _is_hopeless(self, wish: Wish) -> bool:
        if not wish.has_device or self._opened_at is None:
            return True
        return self._missing_since is not None and time.perf_counter() - self._missing_since >= GRACE_SECONDS

    def _is_clock_due(self, wish: Wish) -> bool:
        return wish.is_silent and not wish.is_held and self._is_hopeless(wish)

    def _try_to_open(self, wish: Wish, rate: int) -> None:
        try:
            if not wish.has_device:
                raise _NoDevice("The sound is off.", "")
            self._open(wish, rate)
        except _NoDevice as error:
            message, hint = error.args
            if wish.is_held and self.state.is_clock:
                self._close(is_lost=False)  # what was chosen now is waited for
            self._delay_retry()
            is_hopeless = self._is_hopeless(wish)
            self._tell(replace(self.state, error=message, hint=hint, is_hopeless=is_hopeless))

    def _delay_retry(self) -> None:
        now = time.perf_counter()
        if self._missing_since is None:
            self._missing_since = now
        self._retry_at = now + self._wait_seconds
        self._wait_seconds = min(self._wait_seconds * RETRY_GROWTH, RETRY_MOST_SECONDS)

    def _open(self, wish: Wish, rate: int) -> None:
        self.busy_since = time.perf_counter()
        try:
            sounddevice = self._library()
            try:
                self._refresh(sounddevice)
                index, device = _choose(sounddevice, wish.choice)
                extra = None
                if sys.platform == "win32" and "WASAPI" in device.hostapi:
                    extra = sounddevice.WasapiSettings(auto_convert=True)
                own_rate, channels = _agree(sounddevice, index, device, rate, extra)
                callback = _Callback(self._line)
                stream = sounddevice.OutputStream(
                    samplerate=own_rate,
                    blocksize=round(own_rate * BLOCK_SECONDS),
                    device=index,
                    channels=channels,
                    dtype="float32",
                    latency=wish.latency,
                    extra_settings=extra,
                    callback=callback,
                    finished_callback=self._on_finished,
                )
                latency = float(stream.latency) or 2 * BLOCK_SECONDS
                callback.delay_seconds = latency
                self._start(stream, own_rate, wish.lead_in_seconds)
            except sounddevice.PortAudioError as error:
                raise _NoDevice(
                    f"The sound device{_named(wish.choice)} cannot be opened.",
                    "Another program may be using it alone; close that, or choose another device.",
                ) from error
        finally:
            self.busy_since = None
        self._opened_at = time.perf_counter()
        self._tell(OutputState(device.name, own_rate, rate, latency, is_open=True))

    def _start(self, stream: Any, rate: int, lead_in_seconds: float) -> None:
        if self._stream is not None:  # the clock's
            self._release(0.0, is_lost=False)
        self._owner.opening(rate, lead_in_seconds)
        self._stream = stream
        with ExitStack() as failed:
            failed.callback(self._give_up_start)
            stream.start()
            failed.pop_all()

    def _give_up_start(self) -> None:
        self._release(0.0, is_lost=True)
        self.state = OutputState()

    def _open_clock(self, rate: int) -> None:
        self._owner.opening(rate, 0.0)
        self._stream = _Clock(self._line, rate)
        self._tell(
            replace(self.state, rate=rate, asked_rate=rate, is_open=True, is_clock=True, is_hopeless=True)
        )

    def _library(self) -> Any:
        if self._sounddevice is not None:
            return self._sounddevice
        try:
            self._sounddevice = portaudio.imported()
        except AudioDeviceError as error:
            raise _NoDevice(str(error), error.hint) from error
        self._is_fresh = self._is_initialized = True
        return self._sounddevice

    def _refresh(self, sounddevice: Any) -> None:
        """Let PortAudio look again which devices there are; it does so only when it starts."""
        if not self._is_fresh:
            if self._is_initialized:
                self._is_initialized = False
                sounddevice._terminate()  # ends every stream of the process: there is none now
            sounddevice._initialize()
            self._is_initialized = True
        self._is_fresh = False

    def _close(self, *, is_lost: bool) -> None:
        before, state = self.state, OutputState()
        if is_lost:
            state = OutputState(
                error=f'The sound device "{before.device}" is gone.',
                hint="Plug it in again, or choose another device.",
            )
            self._tell(state)  # before the calls that may hang
        elif before.is_clock:
            state = OutputState(error=before.error, hint=before.hint, is_hopeless=True)
        self.busy_since = time.perf_counter()
        self._release(before.latency, is_lost=is_lost)
        self.busy_since = None
        self._retry_at = 0.0
        if is_lost and time.perf_counter() - (self._opened_at or 0.0) < PROVEN_SECONDS:
            self._delay_retry()
        elif is_lost:
            self._missing_since = None
            self._wait_seconds = RETRY_SECONDS
        self._tell(state)

    def _release(self, latency: float, *, is_lost: bool) -> None:
        stream = self._stream
        self._is_releasing = True
        if not is_lost:
            self._line.is_parting = True
            threading.Event().wait(latency + 3 * BLOCK_SECONDS + TAIL_SECONDS)
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)
        self._stream = None
        self._is_releasing = False
        self._owner.released(is_lost=is_lost)
        self._line.is_parting = False

    def _on_finished(self) -> None:
        if not self._is_releasing:
            self.lose()

    def _tell(self, state: OutputState) -> None:
        self.state = state
        self._owner.output_changed()


@dataclass(slots=True)
class _Orders:
    wish: Wish
    rate: int | None = None
    is_stale: bool = False
    is_lost: bool = False
    is_ending: bool = False


class _Callback:
    """The callback that PortAudio calls: the line fills the first channel, and the other is a copy."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.delay_seconds = 0.0

    def __call__(self, out: Samples, frames: int, times: Any, status: object) -> None:
        # Only the difference: the clocks behind the two times are the wall's, none, or the device's.
        delay = times.outputBufferDacTime - times.currentTime
        self._line.play(out[:, 0], delay if 0 < delay < 2 else self.delay_seconds)
        if out.shape[1] > 1:
            out[:, 1:] = out[:, :1]


class _Clock:
    """A device in the place of a missing one: it takes frames at the pace of the machine's clock."""

    def __init__(self, line: Line, rate: int) -> None:
        self._line = line
        self._out = np.zeros(round(rate * BLOCK_SECONDS), np.float32)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        due = time.perf_counter()
        while not self._ended.wait(max(0.0, due - time.perf_counter())):
            self._line.play(self._out, 0.0)
            due = max(due + BLOCK_SECONDS, time.perf_counter() - 1.0)  # the machine may have slept

    def abort(self, *, ignore_errors: bool) -> None:
        self._ended.set()

    def close(self, *, ignore_errors: bool) -> None:
        self._thread.join()


def _choose(sounddevice: Any, choice: DeviceChoice | None) -> tuple[int, Device]:
    devices = read_devices(sounddevice)
    if not devices:
        raise _NoDevice("There is no sound device.", "Plug one in; it is used as soon as it is there.")
    choice = routed(choice, [device for _, device in devices])
    if choice is None:
        return next((entry for entry in devices if entry[1].is_default), devices[0])
    for index, device in devices:
        if device.name == choice.name and choice.hostapi in ("", device.hostapi):
            return index, device
    raise _NoDevice(
        f"The sound device{_named(choice)} is not there.", "Plug it in, or choose another device."
    )


def _named(choice: DeviceChoice | None) -> str:
    return f' "{choice.name}"' if choice else ""


def _agree(sounddevice: Any, index: int, device: Device, rate: int, extra: Any) -> tuple[int, int]:
    """Return the rate and channels that the device takes; `rate` and one if it can."""
    for one in (rate, device.rate):
        for channels in (1, 2):
            try:
                sounddevice.check_output_settings(index, channels, "float32", extra, one)
            except sounddevice.PortAudioError as error:
                refused = error
            else:
                return one, channels
    raise refused
