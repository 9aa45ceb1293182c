"""The microphone for calls, made in a real sound server; what is spoken is recorded from it."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fishcaption.audio import call_devices as calls
from fishcaption.audio.devices import Device, DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.errors import AudioDeviceError
from tests.audio.sounds import exact, tone
from tests.audio.test_player import ready, say
from tests.rig import Recording, Rig, Samples, Sink

RATE = 44_100


def modules() -> list[str]:
    """The modules of ours that the server has."""
    listed = subprocess.run(["pactl", "list", "short", "modules"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if "fishcaption" in line.split("\t", 2)[2]]


def info() -> list[str]:
    told = subprocess.run(["pactl", "info"], capture_output=True, text=True, check=True).stdout
    return [line for line in told.splitlines() if line.startswith("Default S") and "Spec" not in line]


def microphone() -> Recording:
    """What a call hears."""
    process = subprocess.Popen(
        [
            *("parec", f"--device={calls.SOURCE}", "--format=float32le", f"--rate={RATE}"),
            *("--channels=1", "--latency-msec=5", "--raw"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    return Recording(process, RATE, 1)


def likeness(one: Samples, other: Samples) -> float:
    """How alike two sounds are, at the place where they are most so; 1.0 is the same."""
    size = 1 << (len(one) + len(other)).bit_length()
    found = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    return float(found.max() / np.sqrt((one**2).sum() * (other**2).sum()))


@pytest.fixture
def made(rig: Rig) -> Iterator[DeviceChoice]:
    yield calls.make()
    calls.remove()


@pytest.mark.slow
async def test_what_is_spoken_is_heard_from_the_microphone_and_nowhere_else(
    rig: Rig, made: DeviceChoice
) -> None:
    pcm = tone(1.0, RATE, 330.0)
    async with SoundPlayer(made, rate=RATE) as player:
        await ready(player)
        with microphone() as heard, rig.listen("Speakers") as speakers:
            clip = await say(player, pcm, RATE)
            assert await player.reach(clip)
            await asyncio.to_thread(heard.wait_for_silence, 0.5)
    samples = heard.samples()
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    assert abs((loud[-1] - loud[0]) / RATE - 1.0) < 0.02
    assert likeness(samples, exact(pcm)) > 0.99
    assert not speakers.samples().any()


@pytest.mark.slow
async def test_the_player_goes_to_the_microphone_and_back(rig: Rig, made: DeviceChoice) -> None:
    async with SoundPlayer(DeviceChoice("Speakers", "ALSA")) as player:
        await ready(player)
        for device, is_call in (
            (made, True),
            (None, False),
            (made, True),
            (DeviceChoice("Headphones"), False),
        ):
            player.use(device)
            await asyncio.sleep(0.3)
            with microphone() as heard:
                clip = await say(player, tone(0.3))
                assert await player.reach(clip)
                await asyncio.sleep(0.3)
            assert heard.samples().any() == is_call, device


def test_a_second_press_makes_no_second_one(rig: Rig, made: DeviceChoice) -> None:
    assert calls.is_made()
    before = modules()
    assert len(before) == 2
    assert calls.make() == made == DeviceChoice("fishcaption", "PulseAudio")
    assert modules() == before


def test_it_is_taken_down_whole_and_twice_is_no_error(rig: Rig) -> None:
    calls.make()
    calls.remove()
    assert modules() == []
    assert not calls.is_made()
    calls.remove()


@pytest.mark.parametrize("half", ["module-null-sink", "module-remap-source"])
def test_half_a_microphone_is_made_whole(rig: Rig, made: DeviceChoice, half: str) -> None:
    number = next(line.split("\t")[0] for line in modules() if half in line)
    subprocess.run(["pactl", "unload-module", number], check=True)
    assert not calls.is_made()
    calls.make()
    assert calls.is_made()
    assert len(modules()) == 2


def test_the_defaults_stay(rig: Rig) -> None:
    before = info()
    calls.make()
    assert info() == before
    calls.remove()


def test_the_servers_devices_are_listed_with_what_people_call_them(rig: Rig, made: DeviceChoice) -> None:
    found = calls.sinks()
    assert {sink.name for sink in found} == {"Speakers", "Headphones", "fishcaption"}
    assert next(sink.words for sink in found if sink.choice == made) == "fishcaption"


async def test_a_device_of_the_server_can_be_chosen_by_its_name(rig: Rig) -> None:
    """PortAudio's list has no name for it where ALSA has none."""
    rig.plug(Sink("Elsewhere", 24_000))
    async with SoundPlayer(DeviceChoice("Elsewhere", calls.PULSE)) as player:
        await ready(player)
        with rig.listen("Elsewhere") as recording:
            await say(player, tone(0.2))
            await asyncio.to_thread(recording.wait_for_sound)


def test_without_a_server_that_is_told(rig: Rig) -> None:
    rig.kill()
    with pytest.raises(AudioDeviceError, match="no sound server") as caught:
        calls.make()
    assert caught.value.hint
    rig.start()


def test_without_pactl_that_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not calls.has_server()
    with pytest.raises(AudioDeviceError, match="pactl is not there"):
        calls.is_made()


def test_a_server_that_makes_no_source_leaves_no_sink_behind(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = next(
        path for folder in os.environ["PATH"].split(os.pathsep) if (path := Path(folder, "pactl")).exists()
    )
    fake = tmp_path / "pactl"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *module-remap-source*) exit 1;; esac\nexec {real} "$@"\n')
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(AudioDeviceError, match="does not make the microphone"):
        calls.make()
    assert modules() == []


def device(name: str, hostapi: str = "ALSA") -> Device:
    return Device(name, hostapi, False, 2, 44_100)


def test_the_way_to_the_server_is_the_one_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SINK", "mine")
    monkeypatch.delenv("PIPEWIRE_NODE", raising=False)
    sink = DeviceChoice("fishcaption", calls.PULSE)
    listed = [device("default"), device("pulse"), device("HDMI")]
    assert calls.routed(sink, listed) == DeviceChoice("pulse", "ALSA")
    assert os.environ["PULSE_SINK"] == os.environ["PIPEWIRE_NODE"] == "fishcaption"
    assert calls.routed(sink, listed[:1]) == DeviceChoice("default", "ALSA")
    assert calls.routed(sink, []) == sink
    assert calls.routed(None, listed) is None
    assert os.environ["PULSE_SINK"] == "mine"
    assert "PIPEWIRE_NODE" not in os.environ
    other = DeviceChoice("HDMI", "ALSA")
    assert calls.routed(other, listed) == other


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Speakers", "CABLE Input (VB-Audio Virtual Cable)"], ["CABLE Input (VB-Audio Virtual Cable)"]),
        (["MacBook Pro Speakers", "BlackHole 2ch"], ["BlackHole 2ch"]),
        (["BlackHole 16ch", "CABLE In 16ch (VB-Audio)", "CABLE Input (VB-Audio)"],
         ["CABLE Input (VB-Audio)", "CABLE In 16ch (VB-Audio)", "BlackHole 16ch"]),
        (["Speakers", "Headphones"], []),
    ],
)  # fmt: skip
def test_the_known_cables_are_found(names: list[str], found: list[str]) -> None:
    assert [choice.name for choice in calls.cables(map(device, names))] == found
