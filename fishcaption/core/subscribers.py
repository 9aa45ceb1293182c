"""Callbacks of those who want to be told of a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

_Told = ParamSpec("_Told")


class Subscribers(Generic[_Told]):
    """Whoever has subscribed, in that order. A callback may subscribe others, or end its own subscription."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[_Told, object]] = []

    def __len__(self) -> int:
        """How many there are."""
        return len(self._callbacks)

    def add(self, callback: Callable[_Told, object]) -> Callable[[], None]:
        """Call back at every change; the returned function ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self, *args: _Told.args, **kwargs: _Told.kwargs) -> None:
        """Call back everybody."""
        for callback in tuple(self._callbacks):
            callback(*args, **kwargs)
