"""The windows of calls and of the global keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QKeySequenceEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import AudioDeviceError, FishCaptionError, InputError
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.calls.global_keys_dialog import GlobalKeysDialog
from fishcaption.ui.calls.window import CallsDialog
from fishcaption.ui.feature_ports import CallRoute
from fishcaption.ui.platform.global_keys import SUGGESTED, GlobalKeys
from fishcaption.ui.widgets.theme import Look
from tests.ui.recorded_settings import recorded

MICROPHONE = OutputDevice("fishcaption", "PulseAudio")
HEADPHONES = OutputDevice("Headphones", "ALSA")
BLACKHOLE = OutputDevice("BlackHole 2ch", "Core Audio")
NONE = CallRoute("linux", True, False, None, "", ((HEADPHONES, "My headphones"),))
MADE = CallRoute(
    "linux",
    True,
    True,
    MICROPHONE,
    "fishcaption microphone",
    ((MICROPHONE, "fishcaption"), (HEADPHONES, "My headphones")),
)


@dataclass
class FakeCalls:
    """Answers with what stands; remembers what was asked."""

    way: CallRoute | FishCaptionError = NONE
    asked: list[str] = field(default_factory=list)
    waiting: list[Callable[[CallRoute | FishCaptionError], None]] = field(default_factory=list)

    def look(self, on_done: Callable[[CallRoute | FishCaptionError], None]) -> None:
        self.asked.append("look")
        self.waiting.append(on_done)

    def make_microphone(self, on_done: Callable[[CallRoute | FishCaptionError], None]) -> None:
        self.asked.append("make")
        self.waiting.append(on_done)

    def remove_microphone(self, on_done: Callable[[CallRoute | FishCaptionError], None]) -> None:
        self.asked.append("remove")
        self.waiting.append(on_done)

    def dial(self, keys: str) -> None:
        self.asked.append(f"dial {keys}")
        if "x" in keys:
            raise InputError("A telephone has no key “x”.")

    def answer(self, way: CallRoute | FishCaptionError) -> None:
        self.waiting.pop(0)(way)


@dataclass
class Open:
    dialog: CallsDialog
    calls: FakeCalls
    parent: QWidget
    changed: list[tuple[str, Any]]

    def press(self, words: str) -> None:
        for button in self.dialog.findChildren(QPushButton):
            if words in (button.text(), button.accessibleName()):
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return
        raise AssertionError(f"there is no button {words}")


@pytest.fixture
def open_calls(qtbot: QtBot) -> Callable[..., Open]:
    def open_calls(way: CallRoute | FishCaptionError = NONE, **settings: Any) -> Open:
        parent = QWidget()
        qtbot.addWidget(parent)
        Look("light", 100)
        calls = FakeCalls()
        store = SettingsStore(Settings(**settings))
        made = Open(CallsDialog(calls, store, parent), calls, parent, recorded(store))
        made.dialog.show()
        calls.answer(way)
        return made

    return open_calls


def test_the_button_makes_a_microphone_and_the_voice_goes_to_it(open_calls: Callable[..., Open]) -> None:
    shown = open_calls()
    shown.press("Create the microphone")
    assert not shown.dialog._make.isEnabled()
    shown.calls.answer(MADE)
    assert shown.changed == [("second_on", True), ("second_device", MICROPHONE)]
    assert shown.dialog._is_on.isChecked()
    assert shown.dialog._device.currentText() == "fishcaption"
    assert "“fishcaption microphone”" in shown.dialog._guide.text()
    shown.press("Remove the microphone")
    shown.calls.answer(NONE)
    assert shown.changed[-1] == ("second_on", False)
    assert shown.calls.asked == ["look", "make", "remove"]


def test_a_failure_is_told_and_the_button_can_be_pressed_again(open_calls: Callable[..., Open]) -> None:
    shown = open_calls()
    shown.press("Create the microphone")
    shown.calls.answer(AudioDeviceError("There is no sound server.", hint="Start it."))
    assert shown.dialog.status() == "There is no sound server. Start it."
    assert shown.dialog._make.isEnabled()
    assert shown.changed == []


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (CallRoute("windows", False, False, None, ""), "VB-CABLE"),
        (CallRoute("mac", False, False, None, ""), "BlackHole 2ch"),
        (CallRoute("linux", False, False, None, ""), "pulseaudio-utils"),
        (CallRoute("mac", False, False, BLACKHOLE, "BlackHole 2ch"), "choose “Bl"),
    ],
)
def test_where_nothing_can_be_made_a_guide_says_what_to_do(
    open_calls: Callable[..., Open], way: CallRoute, words: str
) -> None:
    shown = open_calls(way)
    assert words in shown.dialog._guide.text()
    assert not shown.dialog._make.isVisible()


def test_a_second_device_is_chosen_and_has_its_own_volume(open_calls: Callable[..., Open]) -> None:
    shown = open_calls(MADE)
    shown.dialog._is_on.setChecked(True)
    assert shown.changed == [("second_device", MICROPHONE), ("second_on", True)]
    shown.dialog._device.setCurrentIndex(shown.dialog._device.findText("My headphones"))
    shown.dialog._device.activated.emit(shown.dialog._device.currentIndex())
    shown.dialog._volume.setValue(60)
    assert shown.changed[2:] == [("second_device", HEADPHONES), ("second_volume", 0.6)]


def test_a_device_that_is_not_there_now_stays_chosen(open_calls: Callable[..., Open]) -> None:
    gone = OutputDevice("Old headset", "ALSA")
    shown = open_calls(NONE, second_device=gone, second_on=True)
    assert shown.dialog._device.currentData() == gone


def test_the_opener_is_said_and_kept(open_calls: Callable[..., Open], qtbot: QtBot) -> None:
    shown = open_calls()
    said: list[str] = []
    shown.dialog.say_asked.connect(said.append)
    shown.dialog._opener.setText("I type. Please wait.")
    QTest.keyClick(shown.dialog._opener, Qt.Key.Key_Return)
    assert said == ["I type. Please wait."]
    assert ("opener", "I type. Please wait.") in shown.changed


def test_each_key_dials_and_several_at_once(open_calls: Callable[..., Open]) -> None:
    shown = open_calls()
    for name in ("Dial 1", "Dial Star", "Dial Hash"):
        shown.press(name)
    QTest.keyClicks(shown.dialog._digits, "0123#")
    shown.press("Dial")
    assert shown.calls.asked[1:] == ["dial 1", "dial *", "dial #", "dial 0123#"]
    shown.dialog._digits.setText("x")
    shown.press("Dial")
    assert "no key" in shown.dialog.status()


def test_every_control_is_named_and_what_is_pressed_in_a_call_is_large(
    open_calls: Callable[..., Open],
) -> None:
    shown = open_calls(MADE)
    for button in shown.dialog.findChildren(QPushButton):
        assert button.height() >= 44, button.text()
    for control in shown.dialog.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName()


# -- the global keys --------------------------------------------------------------------------------------


@pytest.fixture
def keys(qtbot: QtBot) -> Iterator[GlobalKeys]:
    held = GlobalKeys()
    yield held
    held.close()


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def open_keys(
    keys: GlobalKeys, parent: QWidget, chosen: dict[str, str]
) -> tuple[GlobalKeysDialog, list[Any]]:
    dialog = GlobalKeysDialog(keys, chosen, parent)
    changed: list[Any] = []
    dialog.changed.connect(changed.append)
    dialog.show()
    return dialog, changed


def test_none_is_set_until_one_is_and_the_suggested_ones_fill_what_is_empty(
    keys: GlobalKeys, parent: QWidget
) -> None:
    dialog, changed = open_keys(keys, parent, {"stop": "Pause"})
    assert [edit.keySequence().toString() for edit in dialog._edits.values()] == ["", "Pause", "", "", ""]
    for button in dialog.findChildren(QPushButton):
        if "suggested" in button.text():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert changed == [{**SUGGESTED, "stop": "Pause"}]


def test_a_key_is_recorded_and_taken_away(keys: GlobalKeys, parent: QWidget) -> None:
    dialog, changed = open_keys(keys, parent, {})
    edit: QKeySequenceEdit = dialog._edits["stop"]
    edit.setKeySequence(QKeySequence("Ctrl+Shift+F10"))
    edit.editingFinished.emit()
    assert changed == [{"stop": "Ctrl+Shift+F10"}]
    for button in dialog.findChildren(QAbstractButton):
        if button.accessibleName() == "Remove the key for: Stop":
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert changed[-1] == {}


def test_what_cannot_be_had_is_said_beside_it(keys: GlobalKeys, parent: QWidget) -> None:
    dialog, _ = open_keys(keys, parent, {})
    dialog._change(stop="A")
    note = dialog._notes["stop"]
    assert note.isVisible()
    assert "could no longer type this" in note.text()
    assert not dialog._notes["speak"].isVisible()
    dialog._change(stop="")
    assert not note.isVisible()
