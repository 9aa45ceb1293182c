"""The player of the window, with its settings: the devices, how loud and fast, how long they stay open.

One owner for all of it: a player is made with the settings of the moment and changed with them, before it has
started as after, so that no setting waits for another start.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.pair import PairPlayer
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.errors import AudioDeviceError
from fishcaption.store.settings import OutputDevice, Settings

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.audio.forecast import HeardSound


class Sounding:
    """The player of the window, and its settings. ``on_change``: its state may be another one.

    ``on_error`` is told where the second device is not heard: nothing waits for it, but who is in a call must
    know. ``heard_sound`` is told what the first device has played.
    """

    def __init__(
        self,
        settings: SettingsStore,
        *,
        on_change: Callable[[], None],
        on_error: Callable[[AudioDeviceError], None],
        heard_sound: HeardSound | None = None,
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._on_error = on_error
        self._told_of_second = ""
        now = settings.current
        main = SoundPlayer(
            device_choice(now.device),
            rate=now.voice.kind.rate,
            linger_seconds=_linger(now),
            lead_in_ms=now.lead_in_ms,
            holds=True,
            on_change=on_change,
        )
        main.heard_sound = heard_sound
        self.player = PairPlayer(main, self._second())
        self.player.volume(now.volume)
        self.player.speed(now.speed)
        settings.subscribe(lambda settings: settings.volume, self._on_volume)
        settings.subscribe(lambda settings: settings.speed, self._on_speed)
        settings.subscribe(lambda settings: settings.device, self._on_device)
        settings.subscribe(_second_of, self._on_second)
        settings.subscribe(_rest_of, self._on_rest)

    def _on_volume(self, _before: float, gain: float) -> None:
        self.player.volume(gain)

    def _on_speed(self, _before: float, speed: float) -> None:
        self.player.speed(speed)

    def _on_device(self, _before: OutputDevice, device: OutputDevice) -> None:
        self.player.use(device_choice(device))

    def _on_second(self, before: SecondDevice | None, after: SecondDevice | None) -> None:
        second = self.player.second
        if second is None or before is None or after is None:
            self.player.put_second(self._second())
            return
        if before.device != after.device:
            second.use(device_choice(after.device))
        if before.volume != after.volume:
            second.volume(after.volume)

    def _on_rest(self, _before: tuple[float, int], after: tuple[float, int]) -> None:
        linger_seconds, lead_in_ms = after
        self.player.main.rest(linger_seconds, lead_in_ms)
        if self.player.second is not None:
            self.player.second.rest(linger_seconds, 0)

    def _second(self) -> SoundPlayer | None:
        """Return a player for the second device, where there is to be one."""
        settings = self._settings.current
        second = _second_of(settings)
        if second is None:
            return None
        player = SoundPlayer(
            device_choice(second.device),
            rate=settings.voice.kind.rate,
            linger_seconds=_linger(settings),
            on_change=self._on_second_changed,
        )
        player.volume(second.volume)
        return player

    def _on_second_changed(self) -> None:
        second = self.player.second
        error = second.state().error if second is not None else None
        if error is not None and str(error) != self._told_of_second:
            self._on_error(
                AudioDeviceError(f"The second device, for calls, is not heard. {error}", hint=error.hint)
            )
        self._told_of_second = str(error) if error is not None else ""
        self._on_change()  # whether anybody hears it may depend on it


class SecondDevice(NamedTuple):
    """The second device, and its linear gain."""

    device: OutputDevice
    volume: float


def _second_of(settings: Settings) -> SecondDevice | None:
    """Return the second device that the voice goes to; None: to none that the first is not."""
    is_chosen = bool(settings.second_device.name) and settings.second_device != settings.device
    if not (settings.second_on and is_chosen):
        return None
    return SecondDevice(settings.second_device, settings.second_volume)


def device_choice(device: OutputDevice) -> DeviceChoice | None:
    """The device as the sound knows it; None: the system's default."""
    return DeviceChoice(device.name, device.host_api) if device.name else None


def _linger(settings: Settings) -> float:
    return settings.linger_seconds or math.inf


def _rest_of(settings: Settings) -> tuple[float, int]:
    """Return how many seconds a silent device stays open, and the silence before the first word in ms."""
    return _linger(settings), settings.lead_in_ms
