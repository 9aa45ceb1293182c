"""A microphone for calls that hears the voice and nothing else, and the devices that take it there.

On Linux the sound server makes it: a sink called "fishcaption", and a source "fishcaption microphone" that
hears what the sink is given (PulseAudio's modules, which PipeWire's pulse server has, too). Both last until
they are taken down or the server ends. On Windows and macOS another program has to bring such a cable;
`cables` finds the ones we know in the list of devices.

PortAudio, with ALSA alone below it, knows none of the server's sinks. A device whose host API is
`PULSE` is such a sink, by its name: `routed` tells what PortAudio is to open for it.

All of it blocks on `pactl`, for some 20 ms: a thread's work.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fishcaption.audio.child import answer
from fishcaption.audio.devices import Device, DeviceChoice
from fishcaption.core.errors import AudioDeviceError
from fishcaption.core.secrecy import without_keys

PULSE = "PulseAudio"
"""The host API of a sink of the sound server, PulseAudio's or PipeWire's."""

SINK, SOURCE = "fishcaption", "fishcaption_microphone"
MICROPHONE = "fishcaption microphone"
"""The name of the microphone in a call program's list."""

_SECONDS = 5.0
_SETTINGS = ("PULSE_SINK", "PIPEWIRE_NODE")
"""The environment variables that name the device of a stream, for clients of PulseAudio and of PipeWire."""

_WAYS = ("pulse", "pipewire", "default")
"""ALSA's devices that lead to the sound server, the best known first."""

CABLES = ("CABLE Input", "VB-Audio", "VoiceMeeter Input", "Virtual Audio Cable", "BlackHole", "Loopback")
"""Parts of the names of the virtual cables that are in use; VB-Cable's and BlackHole's are the free ones."""


@dataclass(frozen=True, slots=True)
class PulseSink:
    """A device of the sound server: its name, and what people call it."""

    name: str
    words: str

    @property
    def choice(self) -> DeviceChoice:
        """The choice that means this device."""
        return DeviceChoice(self.name, PULSE)


# -- the sound server -------------------------------------------------------------------------------------


def has_server() -> bool:
    """Return whether this system may have a sound server that can be told to make a microphone."""
    return shutil.which("pactl") is not None


def sinks() -> tuple[PulseSink, ...]:
    """Return the sound server's devices. Raises AudioDeviceError."""
    found = []
    for block in re.split(r"^Sink #\d+\n", _pactl("list", "sinks"), flags=re.MULTILINE)[1:]:
        name = re.search(r"^\s*Name: (.+)$", block, re.MULTILINE)
        words = re.search(r"^\s*Description: (.+)$", block, re.MULTILINE)
        if name is not None:
            found.append(PulseSink(name[1], words[1] if words else name[1]))
    return tuple(found)


def is_made() -> bool:
    """Return whether all of the microphone is there. Raises AudioDeviceError."""
    modules = _ours()
    return "module-null-sink" in modules and "module-remap-source" in modules


def default_sink() -> str:
    """Return the name of the server's default device; empty if it does not say. Raises AudioDeviceError."""
    return _default("sink")


def make() -> DeviceChoice:
    """Make the microphone, or what is missing of it; return the device that speaks into it.

    The system's default devices stay as they were. Raises AudioDeviceError.
    """
    modules = _ours()
    defaults = [(kind, _default(kind)) for kind in ("sink", "source")]
    if "module-null-sink" not in modules:
        # the source of a sink that was made anew would hear the old one
        _unload(modules.get("module-remap-source", ()))
        modules.pop("module-remap-source", None)
        _load("module-null-sink", f"sink_name={SINK}", f"sink_properties=device.description={SINK}")
    if "module-remap-source" not in modules:
        try:
            _load(
                "module-remap-source",
                f"master={SINK}.monitor",
                f"source_name={SOURCE}",
                "source_properties=device.description='" + MICROPHONE.replace(" ", "\\ ") + "'",
            )
        except AudioDeviceError:
            remove()
            raise
    for kind, before in defaults:
        if before and _default(kind) in (SINK, SOURCE) and before != _default(kind):
            _pactl(f"set-default-{kind}", before)
    return DeviceChoice(SINK, PULSE)


def remove() -> None:
    """Take the microphone down; nothing happens if there is none. Raises AudioDeviceError."""
    modules = _ours()
    for name in ("module-remap-source", "module-null-sink"):
        _unload(modules.get(name, ()))


def _ours() -> dict[str, list[str]]:
    """Return the numbers of our modules by name; several if two programs made one at the same moment."""
    found: dict[str, list[str]] = {}
    marks = {"module-null-sink": f"sink_name={SINK}", "module-remap-source": f"source_name={SOURCE}"}
    for line in _pactl("list", "short", "modules").splitlines():
        number, name, arguments = (*line.split("\t"), "", "")[:3]
        if name in marks and marks[name] in arguments.split():
            found.setdefault(name, []).append(number)
    return found


def _default(kind: str) -> str:
    label = f"Default {kind.capitalize()}: "
    for line in _pactl("info").splitlines():
        if line.startswith(label):
            return line.removeprefix(label)
    return ""


def _load(module: str, *arguments: str) -> None:
    try:
        _pactl("load-module", module, *arguments)
    except AudioDeviceError as error:
        raise AudioDeviceError(
            "The sound server does not make the microphone.",
            hint="It needs PulseAudio's modules, or PipeWire's pulse server (pipewire-pulse).",
        ) from error


def _unload(numbers: Iterable[str]) -> None:
    for number in numbers:
        _pactl("unload-module", number)


def _pactl(*command: str) -> str:
    """Ask the sound server, and return what it says, in English."""
    try:
        done = answer(["pactl", *command], {**without_keys(os.environ), "LC_ALL": "C.UTF-8"}, _SECONDS)
    except FileNotFoundError as error:
        raise AudioDeviceError(
            "The program pactl is not there, which talks to the sound server.",
            hint="Install it: on Debian and Ubuntu, apt install pulseaudio-utils.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise AudioDeviceError(
            "The sound server does not answer.", hint="Log out and in again, or restart the computer."
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        if "onnection" in said:  # "Connection failure: Connection refused", "Connection terminated"
            raise AudioDeviceError(
                "There is no sound server (PulseAudio or PipeWire) that answers.",
                hint="Start it: log out and in again, or install pipewire-pulse.",
            )
        raise AudioDeviceError(f"The sound server refuses: {said or 'it does not say why'}.")
    return done.stdout.decode(errors="replace")


# -- the engine's side ------------------------------------------------------------------------------------


def routed(choice: DeviceChoice | None, listed: Sequence[Device]) -> DeviceChoice | None:
    """Return what PortAudio is to open for a choice: for a sink of the server, a device that leads to it.

    Sets this process's environment, which the clients below PortAudio read when a stream is opened: to be
    called in the engine's process, before every opening.
    """
    sink = choice.name if choice is not None and choice.hostapi == PULSE else None
    for name in _SETTINGS:
        kept = f"FISHCAPTION_{name}"  # what stood there before, for the device after this one
        if sink is not None:
            os.environ.setdefault(kept, os.environ.get(name, ""))
            os.environ[name] = sink
        elif kept in os.environ:
            if before := os.environ.pop(kept):
                os.environ[name] = before
            else:
                del os.environ[name]
    if sink is None:
        return choice
    names = {device.name: device for device in listed}
    way = next((names[name] for name in _WAYS if name in names), None)
    return way.choice if way is not None else choice


# -- other systems ----------------------------------------------------------------------------------------


def cables(devices: Iterable[Device]) -> tuple[DeviceChoice, ...]:
    """Return the virtual cables among the devices, the best known first."""
    there = tuple(devices)
    known = [(mark.casefold(), device) for mark in CABLES for device in there]
    found = [device.choice for mark, device in known if mark in device.name.casefold()]
    return tuple(dict.fromkeys(found))
