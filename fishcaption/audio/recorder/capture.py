"""A recording as the app sees it: a process, started, heard of and stopped."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from fishcaption.audio.child import command, environment, flags
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.recorder.told_errors import error_of
from fishcaption.core.errors import AudioDeviceError

OPEN_SECONDS = 20.0
"""A device that has not opened or failed by then hangs."""

END_SECONDS = 10.0
"""The last frames, and the disk, are waited for so long after `stop`."""


class Captured(NamedTuple):
    """The length of a recording. ``lost_frames`` are not in it: the machine was too busy."""

    frames: int
    lost_frames: int


class CapturedLevel(NamedTuple):
    """Loudness of the last 20 to 40 ms; see `ui.recording_ports.Level`."""

    peak: float
    rms: float
    is_clipped: bool
    has_signal: bool


class RecordingProcess:
    """One recording. `run` in a thread of its own; `stop` may be called by any, at any time.

    ``device``: None is the system's default. ``on_level`` is called in the thread of `run`.
    """

    def __init__(
        self, path: Path, device: DeviceChoice | None, on_level: Callable[[CapturedLevel], None]
    ) -> None:
        self._path = path.absolute()
        self._device = device
        self._on_level = on_level
        # under `_changing`
        self._changing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: threading.Timer | None = None
        self._is_stopped = False
        self._is_opened = self._is_late = False

    @property
    def pid(self) -> int | None:
        """The process's id; None until it has one."""
        return self._process.pid if self._process is not None else None

    def run(self) -> Captured:
        """Record until `stop`. Blocks.

        Raises AudioDeviceError or StorageError for what ended it before, or kept it from beginning; then the
        file holds what was recorded, and is not there if that is nothing.
        """
        try:
            process = subprocess.Popen(
                command("fishcaption.audio.recorder.main"),
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags(is_urgent=True),
            )
        except OSError as error:
            raise AudioDeviceError(
                f"The recorder does not start: {error.strerror}.", hint="Close other programs, and try again."
            ) from error
        assert process.stdin is not None
        assert process.stdout is not None
        order = {"path": str(self._path), "device": [*_fields(self._device)] or None}
        with self._changing:
            self._process = process
            _write(process.stdin, json.dumps(order).encode() + b"\n")
            self._watch(OPEN_SECONDS)
            if self._is_stopped:
                self._end_orders(process)
        try:
            with process.stdout as events:
                return self._follow(events)
        finally:
            with self._changing:
                self._is_stopped = True
                self._end_orders(process)
            process.wait()
            self._unwatch()

    def stop(self) -> None:
        """End the recording, with what is being said now; nothing happens if it has ended."""
        with self._changing:
            if self._is_stopped:
                return
            self._is_stopped = True
            if self._process is not None:
                self._end_orders(self._process)

    def _follow(self, events: IO[bytes]) -> Captured:
        for line in events:
            event = json.loads(line)
            kind = event.pop("event")
            if kind == "level":
                self._on_level(CapturedLevel(**event))
            elif kind == "opened":
                with self._changing:
                    self._is_opened = True
                    if not self._is_stopped:
                        self._unwatch()
            elif kind == "ended":
                if (failed := error_of(event)) is not None:
                    raise failed
                return Captured(event["frames"], event["lost"])
        raise self._unexpected()

    def _unexpected(self) -> AudioDeviceError:
        """Return the error of a process that ended without a word."""
        if self._is_late:
            return AudioDeviceError(
                "The microphone does not answer.", hint="Unplug it and plug it in again, or choose another."
            )
        if not self._is_opened:  # PortAudio aborts where the system's sound is misconfigured
            return AudioDeviceError(
                "The system's sound cannot be used: PortAudio does not start.",
                hint="`fishcaption doctor` says what to do.",
            )
        return AudioDeviceError(
            "The recorder ended unexpectedly.", hint="What was recorded until then is kept. Record again."
        )

    def _end_orders(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        if not process.stdin.closed:
            process.stdin.close()
            self._watch(END_SECONDS)

    def _watch(self, seconds: float) -> None:
        """Kill the process if it is not done by then: a call of the system's sound may never return."""
        self._unwatch()
        assert self._process is not None
        self._watchdog = threading.Timer(seconds, self._give_up, [self._process])
        self._watchdog.daemon = True
        self._watchdog.start()

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        self._is_late = True
        process.kill()

    def _unwatch(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()


def _fields(device: DeviceChoice | None) -> tuple[str, ...]:
    return (device.name, device.hostapi) if device is not None else ()


def _write(pipe: IO[bytes], data: bytes) -> None:
    try:
        pipe.write(data)
        pipe.flush()
    except BrokenPipeError:  # it ended already, which is told by the end of its events
        return
