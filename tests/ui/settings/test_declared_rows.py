"""The settings dialog is built from the settings' declarations: each row shows and changes its setting."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.app.settings import SettingsStore
from fishcaption.core.tones import SIGNALS
from fishcaption.store.settings import GROUPS, Row, Settings, options
from fishcaption.ui.settings.dialog import SettingsDialog
from fishcaption.ui.widgets.controls import Tick
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox
from tests.ui.fakes import FakeServices

ROWS: dict[str, Row] = {
    entry.name: entry.metadata["row"] for entry in options() if entry.metadata["row"] is not None
}


@pytest.fixture
def store() -> SettingsStore:
    return SettingsStore(Settings())


@pytest.fixture
def dialog(qtbot: QtBot, store: SettingsStore) -> Iterator[SettingsDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = SettingsDialog(store, window, commands=(), kept_audio=FakeServices())
    dialog.show()
    yield dialog
    dialog.close()


def fields(dialog: SettingsDialog) -> dict[str, tuple[str, QWidget]]:
    """Return (group, field) by the words of the field, from top to bottom."""
    form, role = dialog._form, QFormLayout.ItemRole
    found: dict[str, tuple[str, QWidget]] = {}
    group = ""
    for row in range(form.rowCount()):
        across, label, field = (
            item and item.widget()
            for item in (
                form.itemAt(row, place) for place in (role.SpanningRole, role.LabelRole, role.FieldRole)
            )
        )
        if isinstance(label, Label) and field is not None:
            assert label.buddy() is field
            assert field.accessibleName() == label.text()
            found[label.text()] = (group, field)
        elif isinstance(across, Tick):
            found[across.box.accessibleName()] = (group, across)
        elif isinstance(across, Label):
            group = across.text()
    return found


def test_every_declared_row_is_there_in_its_group_and_order(dialog: SettingsDialog) -> None:
    wanted = [(group, row.label) for group in GROUPS for row in ROWS.values() if row.group == group]
    assert [(group, label) for label, (group, _) in fields(dialog).items()] == wanted
    assert {row.group for row in ROWS.values()} == set(GROUPS), "no group is empty"


@pytest.mark.parametrize("name", ROWS)
def test_a_row_shows_its_setting_and_changes_it(
    dialog: SettingsDialog, store: SettingsStore, name: str
) -> None:
    before, (_, field) = getattr(store.current, name), fields(dialog)[ROWS[name].label]
    changed: list[Any] = []
    store.subscribe(lambda settings: getattr(settings, name), lambda _, after: changed.append(after))
    if isinstance(field, Tick):
        (box,) = field.findChildren(QCheckBox)
        assert box.isChecked() is before
        box.click()
        box.click()
        assert changed == [not before, before]
    elif isinstance(field, NumberBox):
        assert field.value() == before
        field.setValue(field.maximum() + 1)
        field.setValue(field.minimum() - 1)
        limits = next(entry.metadata for entry in options() if entry.name == name)
        row = ROWS[name]
        assert changed == [row.high or limits["high"], limits["low"] if row.low is None else row.low]
        assert all(type(value) is type(before) for value in changed)
    else:
        assert isinstance(field, QComboBox)
        assert before in (field.currentData(), ""), "empty: the first one"
        values = [field.itemData(index) for index in reversed(range(field.count()))]
        for value in values:
            field.setCurrentIndex(field.findData(value))
            field.activated.emit(field.currentIndex())
        assert changed == [after for old, after in pairwise((before, *values)) if after != old]
        choices = ROWS[name].choices or {}
        assert [field.itemText(index) for index in range(len(choices))] == list(choices.values())
        screens = [screen.name() for screen in QGuiApplication.screens()]
        assert values[::-1] == [*choices, *(screens if name == "large_type_screen" else ())]
    assert sum(old != new for old, new in zip(_values(Settings()), _values(store.current), strict=True)) <= 1


def _values(settings: Settings) -> list[Any]:
    return [getattr(settings, entry.name) for entry in options()]


def test_each_row_is_found_by_its_words(dialog: SettingsDialog) -> None:
    for row in ROWS.values():
        dialog._search.setText(row.label)
        shown = [label for label, (_, field) in fields(dialog).items() if not field.isHidden()]
        assert row.label in shown
        assert len(shown) < len(ROWS) / 2


def test_every_attention_sound_has_words() -> None:
    assert tuple(ROWS["attention_sound"].choices or ()) == SIGNALS
