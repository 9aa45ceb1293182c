"""What sounds, as the settings have it: the devices, how loud and fast, how long they stay open.

One owner for all of it: a player is made with the settings of the moment and changed with them, before it has
started as after, so that no setting waits for another start.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.pair import PairPlayer
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.errors import AudioDeviceError
from fishcaption.store.settings import OutputDevice, Settings


class Sounding:
    """The player of the window, and its settings. ``on_change``: its state may be another one.

    ``on_error`` is told where the second device is not heard: nothing waits for it, but who is in a call must
    know.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_change: Callable[[], None],
        on_error: Callable[[AudioDeviceError], None],
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._on_error = on_error
        self._told_of_second = ""
        main = SoundPlayer(
            device_choice(settings.device),
            rate=settings.voice.kind.rate,
            linger_seconds=_linger(settings),
            lead_in_ms=settings.lead_in_ms,
            holds=True,
            on_change=on_change,
        )
        self.player = PairPlayer(main, self._second())
        self.player.volume(settings.volume)
        self.player.speed(settings.speed)

    def use(self, settings: Settings) -> None:
        """Sound as these say from now on."""
        before, self._settings = self._settings, settings
        player = self.player
        if before.volume != settings.volume:
            player.volume(settings.volume)
        if before.speed != settings.speed:
            player.speed(settings.speed)
        if before.device != settings.device:
            player.use(device_choice(settings.device))
        if has_second(settings) != (player.second is not None):
            player.put_second(self._second())
        elif player.second is not None:
            if before.second_device != settings.second_device:
                player.second.use(device_choice(settings.second_device))
            if before.second_volume != settings.second_volume:
                player.second.volume(settings.second_volume)
        if (_linger(before), before.lead_in_ms) != (_linger(settings), settings.lead_in_ms):
            player.main.rest(_linger(settings), settings.lead_in_ms)
            if player.second is not None:
                player.second.rest(_linger(settings), 0)

    def _second(self) -> SoundPlayer | None:
        """The player of the second device, where there is to be one."""
        settings = self._settings
        if not has_second(settings):
            return None
        player = SoundPlayer(
            device_choice(settings.second_device),
            rate=settings.voice.kind.rate,
            linger_seconds=_linger(settings),
            on_change=self._on_second_changed,
        )
        player.volume(settings.second_volume)
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


def has_second(settings: Settings) -> bool:
    """Whether the voice goes to a second device, one that the first is not."""
    is_chosen = bool(settings.second_device.name) and settings.second_device != settings.device
    return settings.second_on and is_chosen


def device_choice(device: OutputDevice) -> DeviceChoice | None:
    """The device as the sound knows it; None: the system's default."""
    return DeviceChoice(device.name, device.host_api) if device.name else None


def _linger(settings: Settings) -> float:
    return settings.linger_seconds or math.inf
