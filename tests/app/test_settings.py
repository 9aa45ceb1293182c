"""The settings have one owner: who names a slice is told when it is another, and only then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.app.settings import SettingsFile, SettingsStore
from fishcaption.core.errors import InputError, StorageError
from fishcaption.store.journal import Writer
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported, load


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def test_who_names_a_slice_is_told_of_it_and_of_nothing_else() -> None:
    store = SettingsStore(Settings())
    told: list[tuple[float, float]] = []
    store.subscribe(lambda settings: settings.volume, lambda before, after: told.append((before, after)))
    store.change(speed=1.5)
    assert told == []
    store.change(volume=0.5, speed=2.0)
    store.change(volume=0.5)
    assert told == [(1.0, 0.5)]
    assert store.current == Settings(volume=0.5, speed=2.0)


def test_a_slice_may_be_of_several_settings() -> None:
    store = SettingsStore(Settings())
    told: list[tuple[float, str]] = []
    store.subscribe(lambda settings: (settings.volume, settings.theme), lambda _, after: told.append(after))
    store.change(theme="dark")
    store.change(volume=0.5)
    assert told == [(1.0, "dark"), (0.5, "dark")]


def test_who_has_left_is_told_nothing_even_if_another_made_it_leave() -> None:
    store = SettingsStore(Settings())
    told: list[str] = []
    leave: list[Callable[[], None]] = []
    store.subscribe(lambda settings: settings.volume, lambda *_: leave[0]())
    leave.append(store.subscribe(lambda settings: settings.volume, lambda *_: told.append("told")))
    store.change(volume=0.5)
    leave[0]()
    assert told == []


def test_a_subscriber_that_changes_settings_leaves_everybody_with_the_last_ones() -> None:
    store = SettingsStore(Settings())
    told: list[tuple[float, float]] = []
    store.subscribe(
        lambda settings: settings.volume, lambda _, volume: store.change(volume=min(volume, 1.0), speed=2.0)
    )
    store.subscribe(lambda settings: settings.volume, lambda before, after: told.append((before, after)))
    store.change(volume=0.5)
    store.change(volume=1.5)
    assert store.current == Settings(volume=1.0, speed=2.0)
    assert told == [(1.0, 0.5), (0.5, 1.0)]


def _fail(before: object, after: object) -> None:
    raise ZeroDivisionError


def test_a_bug_in_one_leaves_none_behind_and_is_not_hidden() -> None:
    told: list[float] = []
    saved: list[Settings] = []
    store = SettingsStore(Settings(), saved.append)
    store.subscribe(lambda settings: settings.volume, _fail)
    store.subscribe(lambda settings: settings.volume, lambda _, volume: told.append(volume))
    with pytest.raises(ZeroDivisionError):
        store.change(volume=0.5)
    assert told == [0.5]
    assert saved == [Settings(volume=0.5)]


CHANGES: list[dict[str, Any]] = [
    {"volume": 0.5},
    {"volume": 1.0},
    {"theme": "dark"},
    {"theme": "light", "speed": 2.0},
    {"speed": 1.0},
]


@given(st.lists(st.sampled_from(CHANGES)))
def test_what_was_told_adds_up_to_what_is_so(changes: list[dict[str, Any]]) -> None:
    store, known = SettingsStore(Settings()), Settings()

    def follow(name: str) -> None:
        def tell(before: object, after: object) -> None:
            nonlocal known
            assert getattr(known, name) == before
            known = replace(known, **{name: after})  # type: ignore[arg-type]  # its own value

        store.subscribe(lambda settings: getattr(settings, name), tell)

    for name in ("volume", "theme", "speed"):
        follow(name)
    for change in changes:
        store.change(**change)
        assert known == store.current


def test_a_change_is_on_disk_and_many_are_written_once(tmp_path: Path, writer: Writer) -> None:
    path = tmp_path / "settings.json"
    errors: list[StorageError] = []
    store = SettingsStore(Settings(), SettingsFile(writer, errors.append, path).save)
    for percent in range(50, 100):
        store.change(volume=percent / 100)
    assert not path.exists(), "a slider is not written at each of its steps"
    writer.close()
    assert load(path).settings == Settings(volume=0.99)
    assert errors == []


def test_what_is_filled_in_is_told_and_saved_with_the_next_change(tmp_path: Path, writer: Writer) -> None:
    path = tmp_path / "settings.json"
    errors: list[StorageError] = []
    store = SettingsStore(Settings(), SettingsFile(writer, errors.append, path).save)
    told: list[str] = []
    store.subscribe(lambda settings: settings.attention_sound, lambda _, name: told.append(name))
    store.fill_in(attention_sound="bell")
    assert told == ["bell"]
    assert writer.close()
    assert not path.exists()
    assert errors == []


def test_a_save_that_fails_is_told(tmp_path: Path, writer: Writer) -> None:
    (tmp_path / "file").write_text("")
    errors: list[StorageError] = []
    has_told = threading.Event()

    def tell(error: StorageError) -> None:
        errors.append(error)
        has_told.set()

    store = SettingsStore(Settings(), SettingsFile(writer, tell, tmp_path / "file" / "settings.json").save)
    store.change(volume=0.5)
    assert has_told.wait(10)
    assert "could not be saved" in str(errors[0])
    assert store.current.volume == 0.5, "it is used all the same"


def test_a_file_that_is_imported_takes_the_place_of_all(tmp_path: Path) -> None:
    store = SettingsStore(Settings(volume=0.5))
    told: list[float] = []
    store.subscribe(lambda settings: settings.speed, lambda _, speed: told.append(speed))
    assert store.take_file(exported(Settings(speed=1.5))) == ()
    assert store.current == Settings(speed=1.5)
    assert told == [1.5]
    (mended,) = store.take_file('{"volume": "loud"}')
    assert "volume" in mended
    with pytest.raises(InputError):
        store.take_file("nothing of ours")
    assert store.current == Settings()
