"""Subscribers: functions that are called when something changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

_Told = ParamSpec("_Told")


class Subscribers(Generic[_Told]):
    """Callbacks in the order of subscription. A callback may add others, or end its own subscription."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[_Told, object]] = []

    def __len__(self) -> int:
        """Return the number of callbacks."""
        return len(self._callbacks)

    def add(self, callback: Callable[_Told, object]) -> Callable[[], None]:
        """Add a callback; return a function that removes it."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self, *args: _Told.args, **kwargs: _Told.kwargs) -> None:
        """Call all callbacks."""
        for callback in tuple(self._callbacks):
            callback(*args, **kwargs)
