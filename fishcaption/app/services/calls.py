"""Calls, as the window has them (`CallService`): the microphone, the devices, the telephone's tones.

    calls = Calls(tasks.answer, lambda: speech.system.reader)

`answer(work, on_done)` runs a coroutine function in the program's group of tasks and gives its result, or an
error of our tree, to `on_done` in the loop's thread.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, Protocol

from fishcaption.core.errors import AudioDeviceError, FishCaptionError
from fishcaption.store.settings import OutputDevice
from fishcaption.ui.feature_ports import Answer, CallRoute

if TYPE_CHECKING:
    from fishcaption.audio.devices import Device, DeviceChoice
    from fishcaption.core.speech import Rendered

_SYSTEMS: dict[str, Literal["linux", "windows", "mac"]] = {"win32": "windows", "darwin": "mac"}
_MICROPHONES = (("CABLE In", "CABLE Output"), ("VoiceMeeter Input", "VoiceMeeter Output"))
"""Virtual cables whose two ends have different names: (what is played into, what the call chooses)."""


class Signaller(Protocol):
    """The part of the reader that plays a sound at once."""

    def signal(self, rendered: Rendered, /) -> None:
        """First and at once; what is being spoken goes on after it."""
        ...


Work = Callable[[], Awaitable[CallRoute]]


class Calls:
    """`ui.feature_ports.CallService`."""

    def __init__(self, answer: Callable[[Work, Answer], object], reader: Callable[[], Signaller]) -> None:
        self._answer = answer
        self._reader = reader

    def look(self, on_done: Answer) -> None:
        """Answer with the state of the microphone and the devices."""
        self._answer(lambda: asyncio.to_thread(_way), on_done)

    def make_microphone(self, on_done: Answer) -> None:
        """Make the virtual microphone."""
        self._answer(lambda: asyncio.to_thread(_made), on_done)

    def remove_microphone(self, on_done: Answer) -> None:
        """Take it down."""
        self._answer(lambda: asyncio.to_thread(_removed), on_done)

    def dial(self, keys: str) -> None:
        """Play the telephone's tones of these keys. Raises FishCaptionError."""
        self._reader().signal(tones(keys))


def tones(keys: str) -> Rendered:
    """The telephone's tones of these keys, ready to be played. Raises InputError for what is no key."""
    from fishcaption.core.speech import Rendered, Voice
    from fishcaption.core.tones import dial

    rate, pcm = dial(keys)
    return Rendered(Voice("embedded", "dial", "Telephone"), rate, pcm, ())


def _made() -> CallRoute:
    from fishcaption.audio import call_devices as calls

    calls.make()
    return _way()


def _removed() -> CallRoute:
    from fishcaption.audio import call_devices as calls

    calls.remove()
    return _way()


def _way() -> CallRoute:
    from fishcaption.audio import call_devices as calls
    from fishcaption.audio.devices import DeviceChoice, outputs

    listed: tuple[Device, ...] = ()
    failed: FishCaptionError | None = None
    try:
        listed = outputs()
    except AudioDeviceError as error:
        failed = error
    system = _SYSTEMS.get(sys.platform, "linux")
    if system == "linux":
        if not calls.has_server():
            return CallRoute("linux", False, False, None, "", _choices(listed))
        sinks = calls.sinks()
        is_made = calls.is_made()
        own = _device(DeviceChoice(calls.SINK, calls.PULSE)) if is_made else None
        named = tuple((_device(sink.choice), sink.words) for sink in sinks)
        return CallRoute("linux", True, is_made, own, calls.MICROPHONE, named + _choices(listed))
    if failed is not None:
        raise failed
    cable = next(iter(calls.cables(listed)), None)
    return CallRoute(
        system,
        False,
        False,
        _device(cable) if cable else None,
        microphone(cable.name) if cable else "",
        _choices(listed),
    )


def microphone(cable: str) -> str:
    """Return the name of a virtual cable's other end in the call's list of microphones."""
    for end, other in _MICROPHONES:
        if cable.casefold().startswith(end.casefold()):
            rest = cable[cable.find("(") :] if "(" in cable else ""
            return f"{other} {rest}".strip()
    return cable


def _choices(listed: tuple[Device, ...]) -> tuple[tuple[OutputDevice, str], ...]:
    return tuple((_device(device.choice), str(device.choice)) for device in listed)


def _device(choice: DeviceChoice) -> OutputDevice:
    return OutputDevice(choice.name, choice.hostapi)
