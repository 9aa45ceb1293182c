"""The changes that a store of settings sees, in their order."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

from fishcaption.app.settings import SettingsStore
from fishcaption.store.settings import options


def recorded(store: SettingsStore) -> list[tuple[str, Any]]:
    """Return a list to which (name, new value) is added with each change."""
    changes: list[tuple[str, Any]] = []
    for entry in options():
        store.subscribe(attrgetter(entry.name), partial(_add, changes, entry.name))
    return changes


def _add(changes: list[tuple[str, Any]], name: str, _before: Any, after: Any) -> None:
    changes.append((name, after))
