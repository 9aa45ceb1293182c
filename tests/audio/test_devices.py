"""Which devices there are, and which one is meant."""

from __future__ import annotations

import pytest

from fishcaption.audio.devices import Device, DeviceChoice, find, outputs
from fishcaption.core.errors import AudioDeviceError, InputError
from tests.rig import Rig

DEVICES = (
    Device("Headphones", "ALSA", False, 2, 44_100),
    Device("Headphones", "JACK", False, 2, 48_000),
    Device("Speakers (USB)", "ALSA", True, 2, 48_000),
    Device("Speakers", "ALSA", False, 8, 48_000),
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Headphones, ALSA", DeviceChoice("Headphones", "ALSA")),
        ("headphones, jack", DeviceChoice("Headphones", "JACK")),
        (" Speakers ", DeviceChoice("Speakers", "ALSA")),
        ("usb", DeviceChoice("Speakers (USB)", "ALSA")),
        ("speak", DeviceChoice("Speakers (USB)", "ALSA")),
    ],
)
def test_a_device_is_found_by_its_name(text: str, choice: DeviceChoice) -> None:
    assert find(text, DEVICES) == choice


@pytest.mark.parametrize("text", ["Beamer", "", "ALSA, Headphones", "7"])
def test_an_unknown_device_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(InputError, match="Headphones, JACK; Speakers"):
        find(text, DEVICES)


def test_a_name_that_several_have_is_refused() -> None:
    with pytest.raises(InputError, match="Headphones, ALSA; Headphones, JACK"):
        find("Headphones", DEVICES)


def test_without_any_device_that_is_said() -> None:
    with pytest.raises(InputError, match="none at all"):
        find("Speakers", ())


def test_the_devices_are_listed(rig: Rig) -> None:
    devices = outputs()
    assert [device.choice for device in devices] == [
        DeviceChoice("Speakers", "ALSA"),
        DeviceChoice("Headphones", "ALSA"),
        DeviceChoice("default", "ALSA"),
    ]
    assert [device.name for device in devices if device.is_default] == ["default"]


def test_a_sound_system_that_does_not_answer_is_told(rig: Rig) -> None:
    with pytest.raises(AudioDeviceError, match="does not answer"):
        outputs(timeout_seconds=0.001)


def test_a_broken_sound_system_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")
    with pytest.raises(AudioDeviceError, match="does not start"):
        outputs()
