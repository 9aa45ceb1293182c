"""One Stop: from every window and by every way, for everything that would still speak by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from fishcaption.app.instance import LaunchRequest
from fishcaption.app.program import GivenAtStart
from fishcaption.core.errors import ConnectionLost
from fishcaption.ui.calls.strip import Strip
from tests.ui.calls.test_window import FakeCalls
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH

ESC = Qt.Key.Key_Escape
OWN_KEY = Qt.Key.Key_F12


# -- what would speak by itself ------------------------------------------------------------------------


def another_try(desk: Desk) -> Callable[[], bool]:
    """It waits for another try; whether it was tried."""
    desk.type("Hello there.\n")
    desk.reader.fail(ConnectionLost("Fish Audio cannot be reached."))
    desk.look()
    return lambda: "retry" in desk.reader.calls


def typed_before_the_voice(desk: Desk) -> Callable[[], bool]:
    """It is typed to be spoken as it is typed, and what speaks is still being imported."""
    desk.services.is_ready = lambda: False  # type: ignore[method-assign]  # of this one only
    desk.change(speak_mode="type")
    desk.type("Hello there")
    return lambda: "begin_live" in desk.reader.calls


def the_text_of_the_start(desk: Desk) -> Callable[[], bool]:
    """The program was started with a text to be spoken, and is not ready for it."""
    start = GivenAtStart(LaunchRequest("Good morning.", speak=True))
    desk.window.add_later(start)
    return lambda: start.take().speak


LATER = [another_try, typed_before_the_voice, the_text_of_the_start]


# -- where Stop is -------------------------------------------------------------------------------------


def in_the_window(desk: Desk) -> None:
    desk.press(ESC)


def by_its_button(desk: Desk) -> None:
    desk.window.transport.stop.click()


def in_a_dialog(desk: Desk) -> None:
    desk.window.voice_bar.settings.click()
    dialog = desk.window.findChild(QDialog)
    assert isinstance(dialog, QDialog)
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    desk.press(ESC)
    assert dialog.isVisible(), "Esc stops before it closes anything"
    dialog.close()


def in_a_dialog_by_its_own_key(desk: Desk) -> None:
    desk.change(keys={"speak.stop": ("F12",)})
    desk.window.voice_bar.settings.click()
    dialog = desk.window.findChild(QDialog)
    assert isinstance(dialog, QDialog)
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    desk.press(OWN_KEY)
    dialog.close()


def in_a_menu(desk: Desk) -> None:
    desk.window.voice_bar.menu.click()
    menu = desk.window.findChild(QMenu)
    assert isinstance(menu, QMenu)
    QTest.qWait(1)  # it has been shown
    desk.press(ESC)
    assert menu.isVisible()
    menu.close()


def in_a_list(desk: Desk) -> None:
    desk.window.voice_bar.sound.device.showPopup()
    QTest.qWait(1)
    desk.press(ESC)
    desk.window.voice_bar.sound.device.hidePopup()


def in_the_large_type(desk: Desk) -> None:
    desk.window.voice_bar.large.click()
    large = desk.large
    assert large is not None
    QTest.keyClick(large, ESC)
    large.close()


def in_the_quick_box(desk: Desk) -> None:
    desk.window.commands.run("calls.quick_box")
    box = desk.calls._box
    assert box is not None
    QTest.keyClick(box, ESC)


def on_the_strip(desk: Desk) -> None:
    desk.window.commands.run("calls.strip")
    strip = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Strip))
    strip._stop.click()
    strip.close()


def by_a_global_key(desk: Desk) -> None:
    desk.calls._on_pressed("stop")


WAYS = [
    in_the_window, by_its_button, in_a_dialog, in_a_dialog_by_its_own_key, in_a_menu, in_a_list,
    in_the_large_type, in_the_quick_box, on_the_strip, by_a_global_key,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("later", LATER)
def test_stop_ends_all_that_would_speak_by_itself(
    open_desk: Callable[..., Desk],
    later: Callable[[Desk], Callable[[], bool]],
    way: Callable[[Desk], None],
) -> None:
    desk = open_desk(voice=FISH, unreachable="wait", calls=FakeCalls())
    speaks = later(desk)
    assert not desk.composer.is_idle()
    way(desk)
    assert desk.composer.is_idle()
    assert not desk.services.retrying.is_pending()
    desk.services.is_ready = lambda: True  # type: ignore[method-assign]  # of this one only
    desk.look()
    QTest.qWait(60)  # longer than typed text waits for its voice
    assert not speaks()


def test_what_was_typed_before_there_was_a_voice_waits_for_enter(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    typed_before_the_voice(desk)
    desk.press(ESC)
    desk.services.is_ready = lambda: True  # type: ignore[method-assign]  # of this one only
    desk.type(", you")
    assert "begin_live" not in desk.reader.calls
    desk.type("\n")
    assert [entry.text for entry in desk.reader.utterances.values()] == ["Hello there, you"]


def test_the_end_of_the_waiting_is_told_and_it_can_be_tried_by_key(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, unreachable="wait")
    another_try(desk)
    desk.press(ESC)
    assert "not be tried again" in desk.status
    desk.window.commands.run("speak.retry")
    assert desk.reader.calls[-1] == "retry"
