"""Buttons and keys: they reach the reader from wherever the focus is; Esc first of all."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog
from pytestqt.qtbot import QtBot

from fishcaption.core.speech import Fate
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.large_type_control import LargeTypeControl
from tests.ui.conftest import Desk
from tests.ui.fakes import HIBARI, FakeReader, FakeServices

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
ESC = Qt.Key.Key_Escape


@pytest.fixture
def speaking(desk: Desk) -> Desk:
    desk.type("One two three.\n")
    desk.reader.hear(4)
    desk.look()
    return desk


@pytest.mark.parametrize(
    ("key", "modifier", "call"),
    [
        (ESC, NONE, "stop"),
        (Qt.Key.Key_F8, NONE, "pause"),
        (Qt.Key.Key_Space, CTRL, "pause"),
        (Qt.Key.Key_R, CTRL, "repeat"),
        (Qt.Key.Key_Comma, ALT, "back"),
        (Qt.Key.Key_Period, ALT, "forward"),
    ],
)
def test_a_key_reaches_the_reader_from_the_editor_and_from_a_button(
    speaking: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier, call: str
) -> None:
    speaking.reader.calls.clear()
    speaking.press(key, modifier)
    assert speaking.reader.calls == [call]
    speaking.reader.calls.clear()
    if call == "pause":
        speaking.reader.resume()
        speaking.reader.calls.clear()
    speaking.window.voice_bar.settings.setFocus()
    speaking.press(key, modifier)
    assert speaking.reader.calls == [call]


def test_the_buttons_do_what_they_say(speaking: Desk) -> None:
    window = speaking.window
    speaking.reader.calls.clear()
    for button, call in (
        (window.transport.pause, "pause"),
        (window.transport.pause, "resume"),
        (window.transport.back, "back"),
        (window.transport.forward, "forward"),
        (window.transport.stop, "stop"),
        (window.transport.repeat, "repeat"),
    ):
        button.click()
        speaking.look()
        assert speaking.reader.calls.pop() == call
    speaking.type("More.")
    window.transport.speak.click()
    assert speaking.reader.calls == ["speak"]


def test_a_click_does_not_take_the_hands_off_the_text(speaking: Desk) -> None:
    QTest.mouseClick(speaking.window.transport.pause, Qt.MouseButton.LeftButton)
    assert speaking.editor.hasFocus()


def test_a_choice_does_not_take_the_hands_off_the_text_either(desk: Desk) -> None:
    """What is typed after it must not choose another device by its first letter."""
    desk.window.voice_bar.sound.device.addItem("HDMI")
    QTest.mouseClick(desk.window.voice_bar.sound.device, Qt.MouseButton.LeftButton)
    desk.window.voice_bar.sound.device.hidePopup()
    desk.qtbot.waitUntil(desk.editor.hasFocus)
    desk.press(Qt.Key.Key_H)
    assert desk.editor.text() == "h"
    assert desk.services.applied == []


def test_pause_says_resume_while_paused(speaking: Desk) -> None:
    assert speaking.window.transport.pause.text() == "Pause"
    speaking.press(Qt.Key.Key_F8)
    speaking.look()
    assert speaking.window.transport.pause.text() == "Resume"
    assert speaking.status.startswith("Paused")
    assert speaking.lit(speaking.transcript) == ["two"]
    speaking.press(Qt.Key.Key_F8)
    speaking.look()
    assert speaking.window.transport.pause.text() == "Pause"


def test_space_pauses_outside_the_editor_and_writes_in_it(speaking: Desk) -> None:
    speaking.reader.calls.clear()
    speaking.press(Qt.Key.Key_Space)
    assert speaking.editor.text() == " "
    assert speaking.reader.calls == []
    speaking.transcript.setFocus()
    speaking.press(Qt.Key.Key_Space)
    assert speaking.reader.calls == ["pause"]


def test_what_was_stopped_is_shown_as_far_as_it_was_heard(speaking: Desk) -> None:
    speaking.press(ESC)
    assert speaking.reader.utterances[1].fate is Fate.CUT
    assert speaking.status.startswith("Stopped")
    cursor = speaking.transcript.range(0, 2)
    assert not cursor.charFormat().fontStrikeOut()
    assert speaking.transcript.range(0, 10).charFormat().fontStrikeOut()
    speaking.press(Qt.Key.Key_R, CTRL)
    speaking.look()
    assert not speaking.transcript.range(0, 10).charFormat().fontStrikeOut()


def open_dialogs() -> list[QDialog]:
    widgets = QApplication.topLevelWidgets()
    return [widget for widget in widgets if isinstance(widget, QDialog) and widget.isVisible()]


def open_voices(desk: Desk) -> None:
    desk.window.voice_bar.voice.click()


def open_settings(desk: Desk) -> None:
    desk.window.voice_bar.settings.click()


def open_devices(desk: Desk) -> None:
    desk.window.voice_bar.sound.device.showPopup()


def open_large_type(desk: Desk) -> None:
    desk.window.voice_bar.large.click()


@pytest.mark.parametrize("opener", [open_voices, open_settings, open_devices, open_large_type])
def test_esc_stops_first_and_closes_only_then(speaking: Desk, opener: Callable[[Desk], None]) -> None:
    opener(speaking)
    QTest.qWait(20)
    speaking.reader.calls.clear()
    speaking.press(ESC)
    assert speaking.reader.calls == ["stop"]
    if opener in (open_voices, open_settings):
        assert open_dialogs()
        speaking.press(ESC)
        assert not open_dialogs()
    for combo in speaking.window.findChildren(QComboBox):
        combo.hidePopup()
    if speaking.large is not None:
        speaking.large.close()


def test_esc_while_nothing_is_heard_is_a_stop_all_the_same(desk: Desk) -> None:
    desk.press(ESC)
    assert desk.reader.calls == ["stop"]


def test_every_key_warms_and_so_does_the_focus(desk: Desk) -> None:
    assert desk.services.warmed >= 1
    before = desk.services.warmed
    desk.type("H")
    assert desk.services.warmed > before


def test_the_reader_is_looked_at_when_a_word_is_heard_and_not_in_between(desk: Desk) -> None:
    def looks() -> int:
        before = desk.reader.looks
        QTest.qWait(120)
        return desk.reader.looks - before

    QTest.qWait(20)
    assert looks() == 0
    desk.type("One two three.\n")
    QTest.qWait(20)
    assert looks() == 0
    due = desk.reader.moment = time.perf_counter() + 0.05
    desk.look()
    desk.reader.hear(4)
    assert desk.lit(desk.transcript) == []
    desk.reader.moment = None
    desk.qtbot.waitUntil(lambda: desk.lit(desk.transcript) == ["two"], timeout=120)
    assert time.perf_counter() >= due
    assert looks() == 0
    desk.press(Qt.Key.Key_F8)
    QTest.qWait(20)
    assert looks() == 0
    desk.press(ESC)
    QTest.qWait(20)
    assert looks() == 0


def test_speed_has_keys(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Up, ALT)
    assert desk.services.applied[-1].speed == 1.1
    desk.press(Qt.Key.Key_Down, ALT)
    desk.press(Qt.Key.Key_Down, ALT)
    assert desk.services.applied[-1].speed == 0.9


def test_waiting_utterances_are_counted(speaking: Desk) -> None:
    speaking.type("More.\n")
    speaking.look()
    assert speaking.queue is not None
    assert speaking.queue.told() == "1 waiting"
    assert speaking.queue.texts() == ["More."]
    assert speaking.transcript.text() == "One two three.\nMore."


def test_what_somebody_else_gave_to_the_reader_is_shown_as_it_grows(desk: Desk) -> None:
    """A program that pipes its tokens into the window's reader."""
    number = desk.reader.begin_live()
    text = ""
    for token in ("Hel", "lo 👋 ", "wor", "ld", ".\nNext"):
        text += token
        desk.reader.live_text(number, text)
        desk.look()
        assert desk.transcript.text() == text
    desk.type("Mine.\n")
    desk.reader.live_text(number, text + " line.")
    desk.look()
    assert desk.transcript.text() == text + " line.\nMine."
    desk.reader.send(number)
    desk.reader.hear(text.index("world"))
    desk.look()
    assert desk.lit(desk.transcript) == ["world."]


def test_a_key_that_comes_before_its_command_acts_once_that_is_there(
    qtbot: QtBot, open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready: list[Callable[[], None]] = []
    monkeypatch.setattr(FakeServices, "prepare", lambda _self, on_ready: ready.append(on_ready))
    desk = open_desk(is_complete=False)
    qtbot.waitUntil(lambda: bool(ready))
    desk.type("Not now.")
    assert "text.hold" not in desk.window.commands
    desk.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    desk.window.commands.run_if_there("one that never comes")
    assert desk.editor.text() == "Not now."
    ready[0]()
    assert desk.editor.text() == ""
    assert [held.text for held in desk.stores.held_texts.texts()] == ["Not now."]


def test_keys_act_before_the_furniture_has_come(
    qtbot: QtBot, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeServices, "prepare", lambda *_: None)
    reader = FakeReader(HIBARI)
    window = Window(reader, FakeServices(reader, Settings(voice=HIBARI)), journal)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window._is_painted)
    qtbot.waitUntil(lambda: "window.large_type" in window.commands)  # soon after it was painted
    assert window.commands.keys("window.large_type") == ("F11",)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F11)
    assert window.features is not None
    large = window.features.find(LargeTypeControl).view
    assert large is not None
    large.close()
