"""What the window of calls asks for, in a real sound server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.services.calls import Calls, Signaller, microphone, tones
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Heard
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.settings import OutputDevice
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.feature_ports import Answer, CallRoute
from tests import rig
from tests.rig import Rig


async def ask(question: Callable[[Calls], Callable[[Answer], None]]) -> Any:
    """Ask the service in the program's kind of tasks, and wait for its answer."""
    answered: asyncio.Future[CallRoute | FishCaptionError] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        question(Calls(ServiceTasks(tasks).answer, _no_reader))(answered.set_result)
    return await answered


def _no_reader() -> Signaller:
    raise AssertionError("nothing is to be played")


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if reason := rig.missing():
        pytest.skip(reason)
    with Rig(tmp_path_factory.mktemp("rig")) as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.mark.slow
async def test_a_microphone_is_made_found_and_taken_down(server: Rig) -> None:
    before = await ask(lambda calls: calls.look)
    assert (before.can_make, before.is_made, before.device) == (True, False, None)
    assert (OutputDevice("Speakers", "PulseAudio"), "Null Output") in before.devices
    made = await ask(lambda calls: calls.make_microphone)
    assert made.is_made
    assert made.device == OutputDevice("fishcaption", "PulseAudio")
    assert made.microphone == "fishcaption microphone"
    assert (made.device, "fishcaption") in made.devices
    assert await ask(lambda calls: calls.make_microphone) == made
    assert await ask(lambda calls: calls.remove_microphone) == before


async def test_without_pactl_nothing_is_promised(
    server: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    way = await ask(lambda calls: calls.look)
    assert (way.can_make, way.is_made, way.device) == (False, False, None)
    assert way.devices


async def test_a_server_that_is_gone_is_told(server: Rig) -> None:
    server.kill()
    assert isinstance(await ask(lambda calls: calls.make_microphone), FishCaptionError)
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
    way = await ask(lambda calls: calls.look)
    assert way.system == ("windows" if system == "win32" else "mac")
    assert way.device == (OutputDevice(listed, "X") if device else None)
    assert way.microphone == name
    assert not way.can_make


def test_the_other_end_of_a_cable_has_its_own_name() -> None:
    assert microphone("CABLE Input") == "CABLE Output"
    assert microphone("VoiceMeeter Input (VB-Audio)") == "VoiceMeeter Output (VB-Audio)"
    assert microphone("BlackHole 16ch") == "BlackHole 16ch"


async def test_keys_are_played_at_once() -> None:
    player = SilentPlayer()
    async with SpeechSystem(player) as system, asyncio.TaskGroup() as tasks:
        calls = Calls(ServiceTasks(tasks).answer, lambda: system.reader)
        with pytest.raises(InputError):
            calls.dial("hello")
        assert player.heard() == Heard(0, 0), "nothing was played"
        calls.dial("1-2 #")
        frames = len(tones("12#").pcm) // 2
        for _ in range(2000):
            if player.heard() == Heard(1, frames):
                break
            await asyncio.sleep(0.005)
        assert player.heard() == Heard(1, frames)
    assert frames / tones("12#").rate == pytest.approx(0.6, abs=0.05)
