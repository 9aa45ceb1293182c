"""The list of sound devices, and finding the one that a name means.

PortAudio reads its list once in a process's life, and may abort the process where a system's sound is
misconfigured; so the list is made by a process that lives for it alone (0.1 to 0.2 s, 21 MB).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fishcaption.audio.child import answer, command, environment
from fishcaption.core.errors import AudioDeviceError, InputError

LIST_SECONDS = 10.0

Direction = Literal["output", "input"]
"""Devices that can play, or that can record, in PortAudio's words."""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device as a user chooses it: by name, as an index may mean another one after each plug.

    ``hostapi`` is PortAudio's name of the system's interface ("ALSA", "Core Audio", "Windows WASAPI"), which
    tells apart what several of them call the same; empty where the name is enough.
    """

    name: str
    hostapi: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.hostapi}" if self.hostapi else self.name


@dataclass(frozen=True, slots=True)
class Device:
    """A device that can play, or record. ``rate`` is its own, in frames a second; others may do as well."""

    name: str
    hostapi: str
    is_default: bool
    channels: int
    rate: int

    @property
    def choice(self) -> DeviceChoice:
        """The choice that means this device."""
        return DeviceChoice(self.name, self.hostapi)


def outputs(*, timeout_seconds: float = LIST_SECONDS) -> tuple[Device, ...]:
    """List the devices that can play. Blocks for 0.1 s or more: a thread's work.

    Raises AudioDeviceError where the system's sound does not answer, or PortAudio is missing.
    """
    return _asked("output", timeout_seconds)


def inputs(*, timeout_seconds: float = LIST_SECONDS) -> tuple[Device, ...]:
    """List the microphones, as `outputs` does what can play."""
    return _asked("input", timeout_seconds)


def _asked(direction: Direction, timeout_seconds: float) -> tuple[Device, ...]:
    try:
        done = answer([*command("fishcaption.audio.devices"), direction], environment(), timeout_seconds)
    except subprocess.TimeoutExpired as error:
        raise AudioDeviceError(
            "The system's sound does not answer.", hint="Restart the sound service, or the computer."
        ) from error
    except OSError as error:
        raise AudioDeviceError(f"The sound devices cannot be listed: {error.strerror}.") from error
    if done.returncode != 0:
        raise AudioDeviceError(
            "The sound devices cannot be listed: PortAudio does not start.",
            hint="`fishcaption doctor` says what is missing.",
        )
    return tuple(Device(**fields) for fields in json.loads(done.stdout))


def find(text: str, devices: Sequence[Device]) -> DeviceChoice:
    """Return the device a user means by "Headphones" or "Headphones, ALSA".

    The whole name first, then a part of it; letters' case does not matter. Raises InputError, naming what
    there is, where none or several are meant.
    """
    wanted = text.strip().casefold()
    named = [(str(device.choice).casefold(), device) for device in devices]
    for matches in (
        [device for name, device in named if wanted in (name, device.name.casefold())],
        [device for name, device in named if wanted and wanted in name],
    ):
        if matches and (len(matches) == 1 or any(device.is_default for device in matches)):
            return next((device for device in matches if device.is_default), matches[0]).choice
        if matches:
            raise InputError(f'"{text}" may be any of these sound devices: {_listed(matches)}.')
    there = _listed(devices) if devices else "there is none at all"
    raise InputError(f'There is no sound device "{text}"; these are there: {there}.')


def _listed(devices: Sequence[Device]) -> str:
    return "; ".join(str(device.choice) for device in devices)


def default_device(sounddevice: Any, direction: Direction = "output") -> int | None:
    """Return PortAudio's index of what the system calls the default device; None where there is none.

    On Windows PortAudio's own default is the oldest interface (MME), which cuts names and is slow.
    """
    field = f"default_{direction}_device"
    interfaces = sounddevice.query_hostapis()
    wasapi = next((api for api in interfaces if sys.platform == "win32" and "WASAPI" in api["name"]), None)
    index = wasapi[field] if wasapi else sounddevice.default.hostapi
    if not wasapi:
        index = interfaces[index][field] if 0 <= index < len(interfaces) else -1
    return int(index) if index >= 0 else None


def read_devices(sounddevice: Any, direction: Direction = "output") -> list[tuple[int, Device]]:
    """List the devices that can play, or record, with PortAudio's index of now."""
    interfaces = [api["name"] for api in sounddevice.query_hostapis()]
    default = default_device(sounddevice, direction)
    most = f"max_{direction}_channels"
    return [
        (
            device["index"],
            Device(
                device["name"],
                interfaces[device["hostapi"]],
                device["index"] == default,
                device[most],
                round(device["default_samplerate"]),
            ),
        )
        for device in sounddevice.query_devices()
        if device[most] > 0
    ]


def _main() -> None:
    import sounddevice

    fields = [
        {name: getattr(device, name) for name in ("name", "hostapi", "is_default", "channels", "rate")}
        for _, device in read_devices(sounddevice, "input" if "input" in sys.argv else "output")
    ]
    sys.stdout.write(json.dumps(fields))


if __name__ == "__main__":
    _main()
