"""Chords under other keyboard layouts: by what stands on the key, else by its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

from fishcaption.ui.platform.keyboard_layouts import meant
from fishcaption.ui.settings.dialog import SettingsDialog
from tests import desktop
from tests.desktop import Desktop
from tests.ui.conftest import Desk
from tests.ui.editor.test_input_methods import Typed

CTRL, ALT, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
GROUP = Qt.KeyboardModifier.GroupSwitchModifier
OFFSET = 8 if sys.platform == "linux" else 0
R, V, ONE, COMMA, A = (OFFSET + code for code in (19, 47, 2, 51, 30))  # as the kernel counts keys

counts_keys = pytest.mark.skipif(sys.platform == "darwin", reason="macOS tells no places of keys")


def key(code: int, char: str, modifiers: Qt.KeyboardModifier, text: str | None = None) -> QKeyEvent:
    """A key that writes this sign on some keyboard, pressed with others."""
    number = ord(char.upper())
    return QKeyEvent(QEvent.Type.KeyPress, number, modifiers, code, 0, 0, char if text is None else text)


@counts_keys
@pytest.mark.parametrize(
    ("event", "chord"),
    [
        (key(R, "к", CTRL), CTRL | Qt.Key.Key_R),
        (key(R, "К", CTRL | SHIFT), CTRL | SHIFT | Qt.Key.Key_R),
        (key(R, "ρ", CTRL | SHIFT), CTRL | SHIFT | Qt.Key.Key_R),
        (key(R, "R", CTRL | SHIFT), CTRL | SHIFT | Qt.Key.Key_R),  # Hebrew: Latin with Shift only
        (key(COMMA, "б", ALT), ALT | Qt.Key.Key_Comma),
        (key(ONE, "&", CTRL), CTRL | Qt.Key.Key_1),  # French
        (key(ONE, "+", ALT), ALT | Qt.Key.Key_1),  # Czech
        (key(A, "q", CTRL), None),  # French: what stands on the key
        (key(R, "r", CTRL), None),
        (key(ONE, "1", CTRL), None),
        (key(COMMA, ";", CTRL), None),
        (key(R, "к", NONE), None),
        (key(R, "К", SHIFT), None),
        (key(R, "®", CTRL | ALT), None),  # AltGr, as Windows tells of it
        (key(R, "®", CTRL | GROUP), None),
        (key(0, "к", CTRL), None),  # typed by a program
    ],
)  # fmt: skip
def test_a_chord_is_known_by_its_place_where_it_has_no_letter_of_ours(
    event: QKeyEvent, chord: object
) -> None:
    found = meant(event)
    assert found == chord


def press(desk: Desk, event: QKeyEvent) -> None:
    window = QApplication.focusWindow()
    assert isinstance(window, QWindow)
    QApplication.sendEvent(window, event)


@counts_keys
def test_chords_of_russian_keys_act_and_fields_take_them(desk: Desk) -> None:
    desk.type("One.\n")
    desk.reader.hear_all()
    desk.look()
    press(desk, key(R, "К", CTRL | SHIFT))
    press(desk, key(R, "к", CTRL))
    assert desk.reader.gains == [1.6, 1.0]
    QGuiApplication.clipboard().setText("pasted")
    press(desk, key(V, "м", CTRL))
    assert desk.editor.text() == "pasted"
    press(desk, key(R, "к", NONE))
    assert desk.editor.text() == "pastedк"


@counts_keys
def test_a_chord_does_nothing_behind_a_dialog(desk: Desk) -> None:
    desk.type("One.\n")
    desk.reader.hear_all()
    desk.look()
    desk.window.voice_bar.settings.click()
    desk.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    press(desk, key(R, "к", CTRL))
    assert desk.reader.gains == []
    (dialog,) = desk.window.findChildren(SettingsDialog)
    dialog.close()


@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_chords_act_under_every_layout(tmp_path: Path) -> None:
    layouts = [
        "us",
        "de",
        "fr",
        "ru",
        "gr",
        "il",
        "ua",
        "cz",
        "tr",
        "ru,us",
        "us,ru",
        "rs",
        "jp",
        "us -variant dvorak",
    ]
    with (
        Desktop(tmp_path / "screen") as screen,
        Typed(screen, tmp_path, screen.environment) as typed,
    ):
        gains: list[float] = []
        screen.type("One.")
        screen.key("Return")
        typed.wait(spoken=["One."])
        for layout in layouts:
            subprocess.run(["setxkbmap", *layout.split()], env=screen.environment, check=True)
            code = 32 if "dvorak" in layout else 27  # where the R stands, or the letter at its place
            screen.key(f"ctrl+shift+{code}")
            gains.append(1.6)
            typed.wait(gains=gains)
            screen.key(f"ctrl+{code}")
            gains.append(1.0)
            typed.wait(gains=gains)
