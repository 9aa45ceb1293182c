"""The sound devices, as the window asks for them: those of a real sound server, or why there are none."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from fishcaption.app.services.sound_devices import SoundDevices
from fishcaption.core.errors import AudioDeviceError, FishCaptionError
from fishcaption.store.settings import OutputDevice
from fishcaption.tasks import ServiceTasks
from tests import rig
from tests.rig import Rig, Sink


async def asked() -> tuple[OutputDevice, ...] | FishCaptionError:
    answer: asyncio.Future[tuple[OutputDevice, ...] | FishCaptionError]
    answer = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        SoundDevices(ServiceTasks(tasks)).devices(answer.set_result)
        assert not answer.done(), "never before the call has returned"
    return await answer


@pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())
async def test_the_devices_of_the_system_are_there_by_name_and_host(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Rig(tmp_path_factory.mktemp("rig"), [Sink("Desk", 48_000), Sink("Head", 44_100)]) as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        found = await asked()
    assert isinstance(found, tuple)
    assert {OutputDevice("Desk", "ALSA"), OutputDevice("Head", "ALSA")} <= set(found)


async def test_why_there_are_none_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(Path("/bin/false")))
    assert isinstance(await asked(), AudioDeviceError)
