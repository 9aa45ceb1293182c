"""The condition of the device: what the engine says, and whether anybody hears it."""

from __future__ import annotations

from typing import Any

from fishcaption.audio.device_state import DeviceState
from fishcaption.core.errors import AudioDeviceError
from fishcaption.core.speech import PlayerState


def event(
    name: str = "Speakers", *, is_open: bool = True, error: str = "", is_clock: bool = False
) -> dict[str, Any]:
    return {"name": name, "is_open": is_open, "error": error, "hint": "", "is_clock": is_clock}


def test_an_error_stays_until_the_device_is_open() -> None:
    changes: list[PlayerState] = []
    device = DeviceState(lambda: changes.append(device.state), is_default=False)
    device.report(event(is_open=False, error="It is gone."))
    device.report(event(is_open=False))
    assert str(device.state.error) == "It is gone."
    assert len(changes) == 1, "nothing new was told twice"
    device.report(event())
    assert device.state == PlayerState("Speakers", True, None)
    assert len(changes) == 2


def test_a_dummy_in_the_place_of_the_default_device_is_no_device() -> None:
    """And what the engine says of it comes back with a real one."""
    device = DeviceState(None, is_default=True)
    device.report(event("default"))
    device.notice_dummy(True, shows=True)
    assert (device.state.open, device.state.silent) == (False, True)
    assert isinstance(device.state.error, AudioDeviceError)
    device.report(event("default"))
    assert device.state.silent, "the engine cannot tell"
    device.notice_dummy(False, shows=True)
    assert device.state == PlayerState("default", True, None)


def test_a_device_that_was_chosen_is_never_the_dummy() -> None:
    device = DeviceState(None, is_default=False)
    device.report(event("Headphones"))
    device.notice_dummy(True, shows=True)
    assert device.state.open
