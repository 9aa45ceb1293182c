"""The key, the settings: what they ask, what they show, what they choose."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDoubleSpinBox, QLineEdit, QMessageBox, QWidget

from fishcaption.core.account.named_keys import NamedKey, NamedKeys
from fishcaption.core.errors import ConnectionLost, StorageError, Unauthorized
from fishcaption.core.speech import Voice
from fishcaption.store.keys import KeyPlace
from fishcaption.ui.account_ports import KeyReport
from fishcaption.ui.settings.dialog import SettingsDialog
from fishcaption.ui.voices.keys import KeysDialog
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI

ENTER = Qt.Key.Key_Return
GERMAN = Voice("embedded", "thorsten", "Thorsten", ("de",))
OWN = Voice("fish", "own", "My own", ("en",))
KEY = "0123456789abcdef0123456789abcdef"


# -- the key -----------------------------------------------------------------------------------------------


@pytest.fixture
def dialog(desk: Desk) -> KeysDialog:
    desk.window.commands.run("window.key")
    dialog = desk.window.findChild(KeysDialog)
    assert isinstance(dialog, KeysDialog)
    desk.services.answer("key_place", KeyPlace.NOWHERE)
    return dialog


def test_a_key_is_checked_then_saved(desk: Desk, dialog: KeysDialog) -> None:
    QTest.keyClicks(dialog._key, KEY)
    QTest.keyClick(dialog._key, ENTER)
    assert desk.services.pending("check_key") == [(KEY,)]
    desk.services.answer("check_key", KeyReport(12.5))
    assert "$12.50" in dialog.status()
    assert desk.services.pending("add_key") == [("", KEY, True)]
    desk.services.answer("add_key", KeyPlace.KEYRING)
    assert not dialog.isVisible()


def test_a_wrong_key_is_told_and_not_saved(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(KEY)
    dialog._save.click()
    desk.services.answer(
        "check_key", Unauthorized("Fish Audio does not know this key.", hint="Copy it again.")
    )
    assert "does not know" in dialog.status()
    assert dialog.isVisible()
    assert desk.services.pending("add_key") == []
    assert dialog._save.isEnabled()


@pytest.mark.parametrize("key", ["", "two words", "schlüssel"])
def test_a_malformed_key_is_not_even_asked_about(desk: Desk, dialog: KeysDialog, key: str) -> None:
    dialog._key.setText(key)
    dialog._save.click()
    assert dialog.status()
    assert desk.services.pending("check_key") == []


def test_blanks_and_line_feeds_around_a_pasted_key_are_forgiven(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(f"  {KEY}\n")
    dialog._save.click()
    assert desk.services.pending("check_key") == [(KEY,)]


def test_without_a_network_a_key_can_be_saved_unchecked(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(KEY)
    dialog._save.click()
    desk.services.answer("check_key", ConnectionLost("Fish Audio cannot be reached."))
    assert dialog._save.text() == "Save without checking"
    dialog._save.click()
    assert desk.services.pending("add_key") == [("", KEY, True)]


def test_without_a_keyring_the_key_is_used_and_it_is_told(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(KEY)
    dialog._save.click()
    desk.services.answer("check_key", KeyReport())
    desk.services.answer(
        "add_key", StorageError("No keyring.", hint="The key is used until the program ends.")
    )
    assert "until the program ends" in dialog.status()
    assert dialog.isVisible()


def test_the_key_is_hidden_until_asked_for_and_gone_afterwards(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(KEY)
    assert dialog._key.echoMode() == QLineEdit.EchoMode.Password
    dialog._show.click()
    assert dialog._key.echoMode() == QLineEdit.EchoMode.Normal
    dialog.reject()
    assert dialog._key.text() == ""


def two_keys(desk: Desk) -> KeysDialog:
    keys = NamedKeys((NamedKey("", "Home"), NamedKey("ab12", "Work")))
    desk.services.settings.change(fish_keys=keys)
    desk.window.commands.run("window.key")
    dialog = desk.window.findChild(KeysDialog)
    assert isinstance(dialog, KeysDialog)
    desk.services.answer("key_place", KeyPlace.KEYRING)
    return dialog


def test_another_key_is_used_renamed_and_replaced(desk: Desk) -> None:
    dialog = two_keys(desk)
    assert dialog.listed() == ["Home — used now", "Work"]
    assert not dialog._use.isEnabled(), "it is used already"
    dialog._list.setCurrentRow(1)
    dialog._use.click()
    assert desk.services.pending("use_key") == [("ab12",)]
    QTest.keyClicks(dialog._name, "Office")
    dialog._rename.click()
    assert dialog.listed() == ["Home — used now", "Office"]
    assert dialog._list.currentRow() == 1
    dialog._replace.click()
    QTest.keyClicks(dialog._key, KEY)
    QTest.keyClick(dialog._key, ENTER)
    desk.services.answer("check_key", KeyReport())
    assert desk.services.pending("replace_key") == [("ab12", KEY)]


def test_a_key_is_removed_only_when_that_is_confirmed(desk: Desk) -> None:
    dialog = two_keys(desk)
    dialog._forget.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert "“Home”" in box.text()
    assert desk.services.pending("forget_key") == []
    next(button for button in box.buttons() if button.text() == "Remove").click()
    assert desk.services.pending("forget_key") == [("",)]
    desk.services.settings.change(fish_keys=NamedKeys((NamedKey("ab12", "Work"),), "ab12"))
    desk.services.answer("forget_key", KeyPlace.NOWHERE)
    assert dialog.listed() == ["Work — used now"]
    assert "No key" in dialog.status()


def test_a_key_need_not_be_saved(desk: Desk, dialog: KeysDialog) -> None:
    dialog._is_kept.setChecked(False)
    QTest.keyClicks(dialog._name, "Guest")
    dialog._key.setText(KEY)
    dialog._save.click()
    desk.services.answer("check_key", KeyReport())
    assert desk.services.pending("add_key") == [("Guest", KEY, False)]


def test_an_answer_to_a_closed_key_dialog_does_no_harm(desk: Desk, dialog: KeysDialog) -> None:
    dialog._key.setText(KEY)
    dialog._save.click()
    dialog.reject()
    desk.services.answer("check_key", KeyReport())


# -- the settings ------------------------------------------------------------------------------------------


@pytest.fixture
def chosen(desk: Desk) -> SettingsDialog:
    desk.window.voice_bar.settings.click()
    dialog = desk.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    return dialog


def named(dialog: QDialog, kind: type[QWidget], name: str) -> list[QWidget]:
    return [widget for widget in dialog.findChildren(kind) if name in widget.accessibleName()]


@pytest.mark.parametrize(
    ("label", "value", "field"),
    [
        ("Colours", "dark", "theme"),
        ("Enter", False, "enter_speaks"),
        ("While another", "replace", "while_speaking"),
        ("sound device open", 0, "linger_seconds"),
        ("a limit is reached", "stop", "at_limit"),
    ],
)
def test_a_choice_is_used_at_once(
    desk: Desk, chosen: SettingsDialog, label: str, value: object, field: str
) -> None:
    (box,) = named(chosen, QComboBox, label)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())
    assert getattr(desk.services.applied[-1], field) == value
    assert getattr(desk.window.settings, field) == value


def test_numbers_and_ticks_are_used_at_once(desk: Desk, chosen: SettingsDialog) -> None:
    (lead_in,) = named(chosen, QDoubleSpinBox, "Silence before")
    assert isinstance(lead_in, QDoubleSpinBox)
    lead_in.setValue(400)
    assert desk.services.applied[-1].lead_in_ms == 400
    assert type(desk.services.applied[-1].lead_in_ms) is int
    (cost,) = named(chosen, QDoubleSpinBox, "costs more")
    assert isinstance(cost, QDoubleSpinBox)
    cost.setValue(2.5)
    assert desk.services.applied[-1].cost_limit == 2.5
    for box in chosen.findChildren(QCheckBox):
        box.click()
    assert not desk.services.applied[-1].empty_on_speak
    assert not desk.services.applied[-1].join_pasted_lines
    assert desk.services.applied[-1].cost_limit == 2.5


def test_what_is_changed_in_the_window_meanwhile_is_not_undone(desk: Desk, chosen: SettingsDialog) -> None:
    desk.window.commands.run("window.larger")
    (box,) = named(chosen, QComboBox, "Colours")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    assert desk.window.settings.theme == "dark"
    assert desk.window.settings.text_size == 110


def test_every_setting_has_a_name(chosen: SettingsDialog) -> None:
    for kind in (QComboBox, QDoubleSpinBox):
        assert all(widget.accessibleName() for widget in chosen.findChildren(kind))


def test_a_fish_voice_brings_its_model_in_sight(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.change(voice=FISH)
    assert desk.window.voice_bar.model.isVisible()
    desk.change(voice=HIBARI)
    assert not desk.window.voice_bar.model.isVisible()
