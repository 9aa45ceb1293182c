"""Recordings: made one at a time, measured, cut, read; each in a process that lives as long as that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.takes import RECORDED
from fishcaption.ui.recording_ports import InputDevice, Level, Recorded

if TYPE_CHECKING:
    from fishcaption.audio.recorder.capture import CapturedLevel, RecordingProcess
    from fishcaption.core.voices.takes import TakeMeasures
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

    def check(self, path: Path, on_done: Callable[[TakeMeasures | FishCaptionError], None]) -> None:
        """Measure a recording, of an hour at most."""

        async def check() -> TakeMeasures:
            from fishcaption.audio.recorder import jobs

            return await asyncio.to_thread(jobs.check, path)

        self._tasks.answer(check, on_done)

    def cut(
        self,
        path: Path,
        target: Path,
        on_done: Callable[[Recorded | FishCaptionError], None],
        *,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        trims: bool = False,
        levels: bool = False,
    ) -> None:
        """Write a part of a recording to another file."""

        async def cut() -> Recorded:
            from fishcaption.audio.recorder import jobs

            work = partial(jobs.cut, path, target, start_seconds, end_seconds, trims=trims, levels=levels)
            return Recorded(target, await asyncio.to_thread(work))

        self._tasks.answer(cut, on_done)

    def read(self, path: Path, on_done: Callable[[Rendered | FishCaptionError], None]) -> None:
        """Answer with the sound of a recording, of 15 minutes at most."""

        async def read() -> Rendered:
            from fishcaption.audio.recorder import jobs

            return Rendered(RECORDED, *await asyncio.to_thread(jobs.read, path))

        self._tasks.answer(read, on_done)

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
