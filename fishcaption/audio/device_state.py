"""The condition of a player's device, as the user is told it.

The engine tells how its device is. Whether anybody hears that device is another question: where the last one
was pulled out, sound servers have a dummy in its place, into which a stream plays on (see `dummy`).
"""

from __future__ import annotations

from collections.abc import Callable

from fishcaption.audio.process import Event
from fishcaption.core.errors import AudioDeviceError, FishCaptionError
from fishcaption.core.speech import PlayerState


class DeviceState:
    """The state that a player shows, and what the engine said of its device last.

    ``is_default``: the system's default device is followed. ``on_change`` is called when `state` is another.
    """

    def __init__(self, on_change: Callable[[], None] | None, *, is_default: bool) -> None:
        self.is_default = is_default
        self._on_change = on_change
        self._state = PlayerState("", False, None)
        self._reported = self._state  # by the engine
        self._is_dummy = False  # the system's default device is one that nobody hears

    @property
    def state(self) -> PlayerState:
        """The condition now."""
        return self._state

    def change(self, state: PlayerState) -> None:
        """Be in this condition, whatever the engine has said."""
        old, self._state = self._state, state
        is_same = old._replace(error=None) == state._replace(error=None) and str(old.error) == str(
            state.error
        )
        if not is_same and self._on_change is not None:
            self._on_change()

    def report(self, event: Event) -> FishCaptionError | None:
        """Go by a `device` event of the engine, and return what it says is wrong.

        What was wrong before stays so until the device is open, or something else is wrong.
        """
        before = self._reported if self._is_dummy else self._state
        error = None if event["is_open"] else before.error
        if event["error"]:
            error = AudioDeviceError(event["error"], hint=event["hint"])
        self._reported = PlayerState(event["name"], event["is_open"], error, event["is_clock"])
        self.change(self._as_heard())
        return error

    def notice_dummy(self, is_dummy: bool, *, shows: bool) -> None:
        """Take note whether the default device is a dummy; ``shows``: the state follows the engine now."""
        self._is_dummy = is_dummy
        if shows:
            self.change(self._as_heard())

    def _as_heard(self) -> PlayerState:
        """Return what the engine has said, or that nobody hears its device."""
        if not (self._is_dummy and self.is_default and self._reported.open):
            return self._reported
        error = AudioDeviceError(
            "There is no sound device.", hint="Plug one in; it is used as soon as it is there."
        )
        return PlayerState("", False, error, silent=True)
