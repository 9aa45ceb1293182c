"""Outlets of captions as they stand in the settings' file: one that cannot be used costs no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from fishcaption.core.audience import Layout, Mode, OutletConfig
from fishcaption.core.bounded_json import exactly, few, within
from fishcaption.core.errors import InputError

MOST_OUTLETS: Final = 50
"""More outlets than anybody sets up."""

_MOST_OPTIONS: Final = 50  # of an outlet
_LONGEST_OPTIONS: Final = 8000  # code points of their values together: all outlets fit into the file
_LONGEST_NAME: Final = 200  # of an outlet, of its kind, of an option
_COLUMNS: Final = {"low": 8, "high": 200}
_LINES: Final = {"low": 1, "high": 10}
_DELAY_SECONDS: Final = {"low": 0.0, "high": 60.0}


def usable(config: OutletConfig) -> OutletConfig:
    """Return the outlet as the file can hold it. Raises InputError for one that has a value beyond limits."""
    try:
        return _outlet(as_plain(config))
    except (ValueError, TypeError, LookupError) as exc:
        raise InputError("This outlet cannot be set up: a value of it is too long or too large.") from exc


def from_plain(raw: Any) -> tuple[tuple[OutletConfig, ...], tuple[str, ...]]:
    """Return the outlets of a JSON value that can be used, and what is to be told of the others.

    Raises TypeError for a value that is no list.
    """
    found: dict[str, OutletConfig] = {}
    wrong: list[str] = []
    for number, item in enumerate(exactly(raw, list)[:MOST_OUTLETS], 1):
        try:
            outlet = _outlet(item)
            if outlet.id in found:
                raise ValueError(outlet.id)
            found[outlet.id] = outlet
        except (ValueError, TypeError, LookupError):
            wrong.append(str(number))
    told = []
    if wrong:
        told.append(
            f"Of the captions' outlets, these could not be used and are left out: {', '.join(wrong)}."
        )
    if len(raw) > MOST_OUTLETS:
        told.append(f"There are more than {MOST_OUTLETS} outlets of captions; the first ones are used.")
    return tuple(found.values()), tuple(told)


def _outlet(raw: Any) -> OutletConfig:
    """Return one outlet. Raises ValueError, TypeError or LookupError for a value that is none."""
    columns, lines = few(raw["layout"], list, 2)
    options = {
        _text(name, _LONGEST_NAME): _text(value, _LONGEST_OPTIONS)
        for name, value in few(raw["options"], dict, _MOST_OPTIONS).items()
    }
    if sum(map(len, options.values())) > _LONGEST_OPTIONS or not raw["id"] or not raw["kind"]:
        raise ValueError(raw)
    delay = raw["delay_seconds"]
    return OutletConfig(
        _text(raw["id"], _LONGEST_NAME),
        _text(raw["kind"], _LONGEST_NAME),
        _text(raw["name"], _LONGEST_NAME),
        exactly(raw["is_on"], bool),
        Layout(_whole_within(columns, _COLUMNS), _whole_within(lines, _LINES)),
        _mode(raw["mode"]),
        within(float(delay if type(delay) is int else exactly(delay, float)), _DELAY_SECONDS),
        options,
    )


def _mode(raw: Any) -> Mode:
    if raw not in get_args(Mode):
        raise ValueError(raw)
    return cast(Mode, raw)


def _whole_within(raw: Any, limits: Mapping[str, Any]) -> int:
    return int(within(exactly(raw, int), limits))


def as_plain(config: OutletConfig) -> dict[str, Any]:
    """Return the outlet as a JSON value."""
    return config._asdict() | {"layout": list(config.layout), "options": dict(config.options)}


def _text(raw: Any, longest: int) -> str:
    return cast(str, few(raw, str, longest))
