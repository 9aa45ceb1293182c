"""The one owner of the settings: who needs some of them names these, and is told when they are others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import imported, save, settings_path

if TYPE_CHECKING:
    from fishcaption.store.journal import OnError, Writer

_SAVE_AFTER_SECONDS = 0.5  # settings that change by the dozen (a slider) are written once

Slice = TypeVar("Slice")


class SettingsStore:
    """The settings as they are now. Nobody else stores a copy that can go stale.

        store.subscribe(lambda settings: settings.volume, self._on_volume)   # called with (before, after)
        store.change(volume=0.5)

    Subscribers are called in the order in which they came, after `current` has changed; all of them, even if
    one fails. A subscriber may change settings itself: each is told what it knew, and what is so now.
    ``save`` is called with what is to be on disk.
    """

    def __init__(self, settings: Settings, save: Callable[[Settings], None] | None = None) -> None:
        self._current = settings
        self._save = save
        self._subscriptions: list[_Subscription[Any]] = []

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._current

    def subscribe(
        self, select: Callable[[Settings], Slice], callback: Callable[[Slice, Slice], None]
    ) -> Callable[[], None]:
        """Call `callback(before, after)` whenever what `select` takes of the settings has changed.

        The returned function ends that.
        """
        subscription = _Subscription(select, callback, select(self._current))
        self._subscriptions.append(subscription)
        return partial(self._end, subscription)

    def change(self, **changes: Any) -> None:
        """Use these settings from now on, everywhere, and save them."""
        self.replace(replace(self._current, **changes))

    def replace(self, settings: Settings) -> None:
        """Use and save other settings in the place of all there are."""
        if settings == self._current:
            return
        self._current = settings
        with ExitStack() as telling:  # it calls the last one first
            self._push_all(telling)
            if self._save is not None:
                telling.callback(self._save, settings)

    def fill_in(self, **changes: Any) -> None:
        """Use these where the user has chosen nothing; they are saved with the next change."""
        self._current = replace(self._current, **changes)
        with ExitStack() as telling:
            self._push_all(telling)

    def take_file(self, text: str) -> tuple[str, ...]:
        """Use the settings of an exported file; return a sentence for each thing that had to be mended.

        Raises InputError for a text that holds no settings.
        """
        loaded = imported(text)
        self.replace(loaded.settings)
        return loaded.mended

    def _push_all(self, telling: ExitStack) -> None:
        for subscription in reversed(self._subscriptions):
            telling.callback(self._tell, subscription)

    def _tell(self, subscription: _Subscription[Any]) -> None:
        if subscription in self._subscriptions:  # else it was ended by one that was told before it
            subscription.look(self._current)

    def _end(self, subscription: _Subscription[Any]) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)


class _Subscription(Generic[Slice]):
    """A slice of the settings, and who is told of it."""

    def __init__(
        self, select: Callable[[Settings], Slice], callback: Callable[[Slice, Slice], None], told: Slice
    ) -> None:
        self._select = select
        self._callback = callback
        self._told = told

    def look(self, settings: Settings) -> None:
        before, self._told = self._told, self._select(settings)
        if before != self._told:
            self._callback(before, self._told)


class SettingsFile:
    """Saves settings in the writer's thread, half a second after the last change.

    A save that fails is told through `on_error`, from that thread, and tried again.
    """

    def __init__(self, writer: Writer, on_error: OnError, path: Path | None = None) -> None:
        self._writer = writer
        self._on_error = on_error
        self._path = path or settings_path()

    def save(self, settings: Settings) -> None:
        """Have these on disk soon."""
        write = partial(save, self._path, settings)
        self._writer.soon(str(self._path), write, self._on_error, after=_SAVE_AFTER_SECONDS)
