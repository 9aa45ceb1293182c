"""Keys of the whole desktop, on a real X server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fishcaption.ui.platform.foreground_window import _X11
from fishcaption.ui.platform.global_keys import SUGGESTED, GlobalKeys, X11Keys, combination, problem
from fishcaption.ui.platform.xcb import Connection
from tests import desktop
from tests.desktop import Desktop


@pytest.mark.parametrize("key", ["Ctrl+Shift+F10", "F9", "Pause", "Ctrl+Alt+S", "Meta+.", "Media Stop"])
def test_a_chord_or_a_key_that_types_nothing_is_allowed(key: str) -> None:
    assert problem(key) == ""


@pytest.mark.parametrize("key", ["a", "Shift+A", "Return", "Space", "Esc", "Ctrl+K, Ctrl+S", "nonsense", "."])
def test_a_key_that_would_be_missed_when_typing_is_not(key: str) -> None:
    assert problem(key)


@pytest.mark.parametrize("key", ["PgDown", "PgUp", "Shift+PgDown"])
def test_keys_of_slides_stay_with_the_slides(key: str) -> None:
    assert "Slides" in problem(key)
    assert problem(f"Ctrl+Alt+{key}") == ""


def test_what_is_suggested_is_allowed() -> None:
    assert [problem(key) for key in SUGGESTED.values()] == [""] * 4


def test_a_desktop_without_such_keys_is_told_of(qtbot: QtBot) -> None:
    keys = GlobalKeys()
    assert keys.why_not()
    with qtbot.waitSignal(keys.changed):
        keys.hold({"stop": "Ctrl+Shift+F10"})
    assert keys.problems == {"stop": keys.why_not()}
    with qtbot.waitSignal(keys.changed):
        keys.hold({})
    assert keys.problems == {}
    keys.close()


def test_a_key_that_is_used_twice_is_told_of(qtbot: QtBot) -> None:
    keys = GlobalKeys()
    keys.hold({"stop": "F9", "speak": "F9"})
    assert keys.problems["stop"] == keys.why_not() or "twice" in keys.problems["stop"]
    keys.close()


# -- with an X server -------------------------------------------------------------------------------------

on_x = [pytest.mark.slow, pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("screen"), width=640, height=480) as made:
        yield made


class Held:
    """Keys that are held, and what was pressed of them."""

    def __init__(self, screen: Desktop) -> None:
        self.pressed: list[str] = []
        self.refused: list[Mapping[str, str]] = []
        connection = Connection(screen.environment["DISPLAY"])
        self.keys = X11Keys(connection, self.pressed.append, self.refused.append)

    def hold(self, **keys: str) -> Mapping[str, str]:
        return self.keys.hold({act: combination(key) for act, key in keys.items()})


@pytest.fixture
def held(screen: Desktop, qapp: object) -> Iterator[Held]:
    made = Held(screen)
    yield made
    made.keys.close()


def run(screen: Desktop, *command: str) -> None:
    subprocess.run(command, env=screen.environment, check=True)


class TestOnX:
    pytestmark = on_x

    def test_a_key_is_had_whatever_window_has_the_focus(
        self, screen: Desktop, held: Held, qtbot: QtBot
    ) -> None:
        assert held.hold(stop="Ctrl+Shift+F10", speak="Pause", attention="Ctrl+Alt+.") == {}
        screen.key("ctrl+shift+F10")
        screen.key("Pause")
        screen.key("ctrl+alt+period")
        qtbot.waitUntil(lambda: held.pressed == ["stop", "speak", "attention"])

    def test_the_chord_with_another_modifier_is_another_chord(
        self, screen: Desktop, held: Held, qtbot: QtBot
    ) -> None:
        held.hold(stop="Ctrl+F10", speak="F9")
        screen.key("ctrl+shift+F10", "F9")
        qtbot.waitUntil(lambda: held.pressed == ["speak"])

    @pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock"])
    def test_it_works_under_every_lock(self, screen: Desktop, held: Held, qtbot: QtBot, lock: str) -> None:
        held.hold(stop="Ctrl+F10")
        screen.key(lock, "ctrl+F10")
        qtbot.waitUntil(lambda: held.pressed == ["stop"])
        screen.key(lock)

    def test_a_key_that_is_held_down_is_one_press(self, screen: Desktop, held: Held, qtbot: QtBot) -> None:
        held.hold(stop="F10", speak="F9")
        run(screen, "xset", "r", "rate", "200", "50")
        run(screen, "xdotool", "keydown", "F10", "sleep", "0.6", "keyup", "F10")
        screen.key("F9")
        qtbot.waitUntil(lambda: held.pressed[-1:] == ["speak"])
        assert held.pressed == ["stop", "speak"]

    def test_a_key_of_another_program_is_told_of_and_stays_with_it(
        self, screen: Desktop, held: Held, qtbot: QtBot
    ) -> None:
        other = Held(screen)
        assert other.hold(stop="Ctrl+F10") == {}
        refused = held.hold(stop="Ctrl+F10", speak="F9")
        assert list(refused) == ["stop"]
        assert "Another program" in refused["stop"]
        screen.key("ctrl+F10", "F9")
        qtbot.waitUntil(lambda: held.pressed == ["speak"] and other.pressed == ["stop"])
        other.keys.close()
        assert held.hold(stop="Ctrl+F10") == {}

    def test_what_is_given_back_is_free(self, screen: Desktop, held: Held) -> None:
        held.hold(stop="Ctrl+F10")
        held.hold()
        other = Held(screen)
        assert other.hold(stop="Ctrl+F10") == {}
        other.keys.close()

    def test_another_layout_has_its_keys_elsewhere(self, screen: Desktop, held: Held, qtbot: QtBot) -> None:
        assert held.hold(stop="Ctrl+Z", speak="F9") == {}
        try:
            run(screen, "setxkbmap", "de")  # where Y and Z are exchanged
            qtbot.waitUntil(lambda: bool(held.refused))
            # the key that is Z there is the one to the right of T
            run(screen, "xdotool", "key", "ctrl+z")
            qtbot.waitUntil(lambda: held.pressed == ["stop"])
            run(screen, "xdotool", "key", "ctrl+y", "F9")
            qtbot.waitUntil(lambda: held.pressed == ["stop", "speak"])
        finally:
            run(screen, "setxkbmap", "us")

    def test_the_second_group_of_a_layout_changes_nothing(
        self, screen: Desktop, held: Held, qtbot: QtBot
    ) -> None:
        try:
            run(screen, "setxkbmap", "us,ru", "-option", "grp:menu_toggle")
            qtbot.wait(300)
            assert held.hold(stop="Ctrl+S", speak="F9") == {}
            run(screen, "xdotool", "key", "Menu")  # now the key S types a Cyrillic letter
            code = 39
            run(screen, "xdotool", "keydown", "37", "keydown", str(code), "keyup", str(code), "keyup", "37")
            qtbot.waitUntil(lambda: held.pressed == ["stop"])
        finally:
            run(screen, "setxkbmap", "us", "-option", "")

    def test_a_key_the_keyboard_has_not_is_told_of(self, held: Held) -> None:
        assert "no such key" in held.hold(stop="F35", speak="Ctrl+Я")["speak"]

    def test_the_window_that_was_in_front_comes_back(
        self, screen: Desktop, tmp_path: Path, qtbot: QtBot
    ) -> None:
        program = (
            "import sys; from PySide6.QtWidgets import QApplication, QLineEdit; app = QApplication();"
            "line = QLineEdit(); line.setWindowTitle(sys.argv[1]); line.resize(200, 80);"
            "line.show(); app.exec()"
        )
        front = _X11(Connection(screen.environment["DISPLAY"]))
        started = []
        try:
            for title in ("one", "two"):
                started.append(
                    subprocess.Popen([sys.executable, "-c", program, title], env=screen.environment)
                )
                window = screen.wait_for_window(f"^{title}$")
                if title == "one":
                    one = window
            qtbot.waitUntil(lambda: front.window() == window)
            front.bring(one)
            qtbot.waitUntil(lambda: front.window() == one)
            started[0].kill()
            qtbot.waitUntil(lambda: front.window() == window)
            front.bring(one)
            assert front.window() == window
        finally:
            for process in started:
                process.kill()
                process.wait(5)
