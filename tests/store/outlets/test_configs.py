"""Outlets in the settings' file: one that cannot be used is left out and told, and costs no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.errors import InputError
from fishcaption.store.outlets.configs import usable
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import load, save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), "utf-8")


OUTLET: dict[str, Any] = {
    "id": "7f",
    "kind": "zoom",
    "name": "Zoom",
    "is_on": True,
    "layout": [32, 2],
    "mode": "pop-on",
    "delay_seconds": 3,
    "options": {"language": "de-DE"},
}


@pytest.mark.parametrize(
    "wrong",
    [
        "zoom",
        None,
        [],
        {},
        {name: value for name, value in OUTLET.items() if name != "options"},
        OUTLET | {"id": ""},
        OUTLET | {"id": 7},
        OUTLET | {"kind": ""},
        OUTLET | {"name": "x" * 300},
        OUTLET | {"is_on": 1},
        OUTLET | {"layout": [32]},
        OUTLET | {"layout": [32, 2, 1]},
        OUTLET | {"layout": [32.0, 2]},
        OUTLET | {"layout": [7, 2]},
        OUTLET | {"layout": [32, 0]},
        OUTLET | {"layout": [32, True]},
        OUTLET | {"mode": "karaoke"},
        OUTLET | {"mode": []},
        OUTLET | {"delay_seconds": -0.1},
        OUTLET | {"delay_seconds": 61},
        OUTLET | {"delay_seconds": float("nan")},
        OUTLET | {"delay_seconds": True},
        OUTLET | {"options": []},
        OUTLET | {"options": {"url": 7}},
        OUTLET | {"options": {"url": "x" * 9000}},
        OUTLET | {"options": {str(number): "x" * 200 for number in range(45)}},
        OUTLET | {"options": {str(number): "" for number in range(51)}},
        OUTLET,  # a second one with that id
    ],
)
def test_an_outlet_that_cannot_be_used_is_left_out_and_told_and_the_others_are_there(
    path: Path, wrong: Any
) -> None:
    write(path, {"outlets": [OUTLET, wrong, OUTLET | {"id": "80"}], "volume": 0.5})
    loaded = load(path)
    good = OutletConfig("7f", "zoom", "Zoom", True, Layout(32, 2), "pop-on", 3.0, {"language": "de-DE"})
    assert loaded.settings.outlets == (good, good._replace(id="80"))
    assert loaded.settings.volume == 0.5
    assert len(loaded.mended) == 1
    assert ": 2." in loaded.mended[0]
    assert "settings.json.broken" in loaded.mended[0]
    save(path, loaded.settings)
    assert load(path) == (loaded.settings, ())


def test_so_many_outlets_as_anybody_sets_up_are_used(path: Path) -> None:
    write(path, {"outlets": [OUTLET | {"id": str(number)} for number in range(60)]})
    loaded = load(path)
    assert [outlet.id for outlet in loaded.settings.outlets] == [str(number) for number in range(50)]
    assert "more than 50" in loaded.mended[0]


def test_the_largest_outlets_that_can_be_set_up_fit_into_the_file(path: Path) -> None:
    large = OutletConfig("x" * 200, "\x01" * 200, "\x01" * 200, options={"o": "\x01" * 8000})
    outlets = tuple(usable(large)._replace(id=str(number)) for number in range(50))
    save(path, Settings(outlets=outlets))
    assert load(path) == (Settings(outlets=outlets), ())
    with pytest.raises(InputError) as raised:
        usable(large._replace(options={"o": "secret" * 2000}))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("wrong", [None, {}, "zoom", 7, True])
def test_what_is_no_list_of_outlets_is_none_and_told(path: Path, wrong: Any) -> None:
    write(path, {"outlets": wrong, "volume": 0.5})
    loaded = load(path)
    assert loaded.settings == Settings(volume=0.5)
    assert "“outlets”" in loaded.mended[0]
