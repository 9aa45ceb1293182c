"""The sound devices that the voice can be heard on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import OutputDevice

if TYPE_CHECKING:
    from fishcaption.tasks import ServiceTasks


class SoundDevices:
    """`ui.ports.SoundDeviceService`."""

    def __init__(self, tasks: ServiceTasks) -> None:
        self._tasks = tasks

    def devices(self, on_done: Callable[[tuple[OutputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the sound devices there are now."""
        self._tasks.answer(_outputs, on_done)


async def _outputs() -> tuple[OutputDevice, ...]:
    from fishcaption.audio.devices import outputs

    found = await asyncio.to_thread(outputs)
    return tuple(OutputDevice(device.name, device.hostapi) for device in found)
