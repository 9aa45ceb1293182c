"""What the window of calls asks for, in a real sound server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.services.calls import Calls, microphone, tones
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Rendered
from fishcaption.store.settings import OutputDevice
from fishcaption.ui.feature_ports import CallRoute
from tests import rig
from tests.rig import Rig


class Desk:
    """Runs what it is asked as the program does, in a group of tasks."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self.played: list[Rendered] = []
        self.calling = Calls(self.answer, lambda: self)

    def signal(self, rendered: Rendered, /) -> None:
        self.played.append(rendered)

    def answer(self, work: Any, on_done: Any) -> None:
        async def run() -> None:
            try:
                result = await work()
            except FishCaptionError as error:
                result = error
            on_done(result)

        self._tasks.create_task(run())

    async def ask(self, question: Any) -> CallRoute:
        answered: asyncio.Future[CallRoute] = asyncio.get_running_loop().create_future()
        question(answered.set_result)
        return await answered


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if reason := rig.missing():
        pytest.skip(reason)
    with Rig(tmp_path_factory.mktemp("rig")) as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        yield running


async def test_a_microphone_is_made_found_and_taken_down(server: Rig) -> None:
    async with asyncio.TaskGroup() as tasks:
        desk = Desk(tasks)
        before = await desk.ask(desk.calling.look)
        assert (before.can_make, before.is_made, before.device) == (True, False, None)
        assert (OutputDevice("Speakers", "PulseAudio"), "Null Output") in before.devices
        made = await desk.ask(desk.calling.make_microphone)
        assert made.is_made
        assert made.device == OutputDevice("fishcaption", "PulseAudio")
        assert made.microphone == "fishcaption microphone"
        assert (made.device, "fishcaption") in made.devices
        assert await desk.ask(desk.calling.make_microphone) == made
        assert await desk.ask(desk.calling.remove_microphone) == before


async def test_without_pactl_nothing_is_promised(
    server: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with asyncio.TaskGroup() as tasks:
        desk = Desk(tasks)
        way = await desk.ask(desk.calling.look)
    assert (way.can_make, way.is_made, way.device) == (False, False, None)
    assert way.devices


async def test_a_server_that_is_gone_is_told(server: Rig) -> None:
    server.kill()
    async with asyncio.TaskGroup() as tasks:
        desk = Desk(tasks)
        answer: Any = await desk.ask(desk.calling.make_microphone)
    assert isinstance(answer, FishCaptionError)
    server.start()


@pytest.mark.parametrize(
    ("system", "listed", "device", "name"),
    [
        ("win32", "CABLE Input (VB-Audio Virtual Cable)", True, "CABLE Output (VB-Audio Virtual Cable)"),
        ("darwin", "BlackHole 2ch", True, "BlackHole 2ch"),
        ("win32", "Speakers (Realtek)", False, ""),
    ],
)
async def test_on_other_systems_a_cable_is_found_in_the_list(
    monkeypatch: pytest.MonkeyPatch, system: str, listed: str, device: bool, name: str
) -> None:
    from fishcaption.audio import devices

    def outputs() -> tuple[devices.Device, ...]:
        return (
            devices.Device("Elsewhere", "X", True, 2, 48_000),
            devices.Device(listed, "X", False, 2, 48_000),
        )

    monkeypatch.setattr(devices, "outputs", outputs)
    monkeypatch.setattr(sys, "platform", system)
    async with asyncio.TaskGroup() as tasks:
        desk = Desk(tasks)
        way = await desk.ask(desk.calling.look)
    assert way.system == ("windows" if system == "win32" else "mac")
    assert way.device == (OutputDevice(listed, "X") if device else None)
    assert way.microphone == name
    assert not way.can_make


def test_the_other_end_of_a_cable_has_its_own_name() -> None:
    assert microphone("CABLE Input") == "CABLE Output"
    assert microphone("VoiceMeeter Input (VB-Audio)") == "VoiceMeeter Output (VB-Audio)"
    assert microphone("BlackHole 16ch") == "BlackHole 16ch"


async def test_keys_are_played_at_once() -> None:
    async with asyncio.TaskGroup() as tasks:
        desk = Desk(tasks)
        desk.calling.dial("0-12 #")
        with pytest.raises(InputError):
            desk.calling.dial("hello")
    assert desk.played == [tones("012#")]
    assert len(desk.played[0].pcm) / 2 / desk.played[0].rate == pytest.approx(0.8, abs=0.05)
