"""Recordings: from a microphone, one at a time, each in a process that lives as long as the recording."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.ui.recording_ports import InputDevice, Level, Recorded

if TYPE_CHECKING:
    from fishcaption.audio.recorder.capture import CapturedLevel, RecordingProcess
    from fishcaption.tasks import ServiceTasks


class Recorder:
    """`ui.recording_ports.RecorderService`. Cancelled, it finishes a recording as `stop` does."""

    def __init__(self, tasks: ServiceTasks) -> None:
        self._tasks = tasks
        self._recording: RecordingProcess | None = None

    def microphones(self, on_done: Callable[[tuple[InputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the current microphones."""
        self._tasks.answer(_microphones, on_done)

    def record(
        self,
        path: Path,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: Callable[[Recorded | FishCaptionError], None],
    ) -> None:
        """Record to this file until `stop`."""
        from fishcaption.audio.devices import DeviceChoice
        from fishcaption.audio.recorder.capture import RecordingProcess

        if self._recording is not None:
            self._tasks.answer(_refuse, on_done)
            return
        loop = asyncio.get_running_loop()

        def tell(level: CapturedLevel) -> None:  # in the recording's thread
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell_here, level)

        def tell_here(level: CapturedLevel) -> None:
            if self._recording is recording:  # not after the end was told
                on_level(Level(*level))

        choice = DeviceChoice(*device) if device.name else None
        self._recording = recording = RecordingProcess(path, choice, tell)
        self._tasks.answer(partial(self._record, recording, path), on_done)

    def stop(self) -> None:
        """End the recording."""
        if self._recording is not None:
            self._recording.stop()

    async def _record(self, recording: RecordingProcess, path: Path) -> Recorded:
        try:
            captured = await asyncio.to_thread(recording.run)
        finally:
            recording.stop()
            self._recording = None
        return Recorded(path, captured.frames, captured.lost_frames)


async def _microphones() -> tuple[InputDevice, ...]:
    from fishcaption.audio.devices import inputs

    found = await asyncio.to_thread(inputs)
    return tuple(InputDevice(device.name, device.hostapi) for device in found)


async def _refuse() -> Recorded:
    raise InputError("A recording is being made already.", hint="Stop it first.")
