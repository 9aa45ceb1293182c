"""The commands and their keys: one owner for each key, conflicts, the user's own, and the palette."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.ui.commands import Action, Actions, Group, match, portable, spelled, types
from fishcaption.ui.shell.command_palette import Palette
from tests.ui.conftest import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


class Bench:
    """A window with commands that tell what was done."""

    def __init__(self) -> None:
        self.window = QWidget()
        self.done: list[str] = []
        self.actions = Actions(self.window, {})
        self.actions.wake()

    def action(self, name: str, *keys: str, **more: Any) -> Action:
        def act() -> None:
            self.done.append(name)

        words = name.capitalize().replace(".", " ")
        return Action(name, words, act, Group.SPEAK, keys, **more)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifier)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench()
    qtbot.addWidget(bench.window)
    bench.window.show()
    bench.window.activateWindow()
    qtbot.waitUntil(bench.window.isActiveWindow)
    return bench


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ctrl+Enter", "Ctrl+Return"),
        ("ctrl+shift+r", "Ctrl+Shift+R"),
        ("Alt+,", "Alt+,"),
        ("Ctrl++", "Ctrl++"),
        ("ß", "ß"),
        ("", ""),
        ("no such key", ""),
        ("Ctrl+K, S", ""),
    ],
)
def test_a_key_has_one_spelling(text: str, key: str) -> None:
    assert portable(text) == key
    assert portable(portable(text)) == key


def test_people_read_enter(qapp: QApplication) -> None:
    assert spelled("Alt+Return") == "Alt+Enter"


@pytest.mark.parametrize(
    ("key", "is_text"), [("A", True), ("Shift+1", True), ("Space", True), ("F1", False), ("Ctrl+A", False)]
)
def test_which_keys_write(key: str, is_text: bool) -> None:
    assert types(key) is is_text


def test_a_key_does_its_command_and_both_enters_are_one(bench: Bench) -> None:
    bench.actions.add(bench.action("one", "F8", "Ctrl+R"), bench.action("two", "Alt+Return"))
    bench.press(Qt.Key.Key_F8)
    bench.press(Qt.Key.Key_R, CTRL)
    bench.press(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    bench.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.AltModifier)
    assert bench.done == ["one", "one", "two", "two"]


def test_what_the_user_chose_goes_before_ours_and_a_phrase_s_key_too(bench: Bench) -> None:
    actions = bench.actions
    actions.add(bench.action("pause", "F8", "Ctrl+Space"), bench.action("other"))
    actions.add(bench.action("phrase", "F8", is_given=True))
    bench.press(Qt.Key.Key_F8)
    assert bench.done == ["phrase"]
    assert actions.keys("pause") == ("Ctrl+Space",)
    actions.use({"other": ("F8",)})
    bench.press(Qt.Key.Key_F8)
    assert bench.done[1:] == ["other"]
    assert actions.keys("phrase") == ()
    actions.use({})
    actions.remove("phrase", "never was")
    bench.press(Qt.Key.Key_F8)
    assert bench.done[2:] == ["pause"]


def test_a_command_can_have_no_key_at_all(bench: Bench) -> None:
    bench.actions.add(bench.action("one", "F8"))
    bench.actions.use({"one": ()})
    bench.press(Qt.Key.Key_F8)
    assert bench.done == []
    assert bench.actions.told("one") == "One"


def test_a_key_that_never_changes_cannot_be_given_away(bench: Bench) -> None:
    actions = bench.actions
    actions.add(bench.action("stop", always=("Esc",)), bench.action("one"))
    assert actions.is_fixed("Esc")
    assert actions.given("one", ("Esc", "F3")) == {"one": ("F3",)}
    actions.use({"one": ("Esc",), "stop": ("F3",)})  # as a file may say that was written by hand
    bench.press(Qt.Key.Key_Escape)
    bench.press(Qt.Key.Key_F3)
    assert bench.done == ["stop", "stop"]
    assert actions.told("stop") == "Stop (F3 or Esc)"


def test_a_conflict_is_shown_and_resolved(bench: Bench) -> None:
    actions = bench.actions
    actions.add(bench.action("one", "F3"), bench.action("two", "F4"))
    holder = actions.holder("F3")
    assert holder is not None
    assert holder.id == "one"
    actions.use(actions.given("two", ("F3",)))
    assert actions.keys("two") == ("F3",)
    assert actions.keys("one") == ()
    actions.use(actions.given("one", ("F3", "F4")))
    assert (actions.keys("one"), actions.keys("two")) == (("F3", "F4"), ())
    actions.use(actions.given("one", ("F3",)))
    assert actions.given("two", ("F4",)) == {}, "who has our keys is not in the settings"


def test_bare_letters_act_only_where_nobody_wants_them(bench: Bench) -> None:
    actions = bench.actions
    actions.add(bench.action("one"))
    actions.use({"one": ("S",)})
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "s")
    bench.press(Qt.Key.Key_S)
    assert bench.done == [], "no shortcut of Qt's, which would go before a text"
    assert actions.plain_key(event)
    assert bench.done == ["one"]
    other = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
    assert not actions.plain_key(other)


def test_a_prefix_is_replaced_whole(bench: Bench) -> None:
    actions = bench.actions
    actions.add(bench.action("phrase.1", "F1"), bench.action("one"))
    actions.replace("phrase.", (bench.action("phrase.2", "F1"),))
    bench.press(Qt.Key.Key_F1)
    assert bench.done == ["phrase.2"]
    assert [action.id for action in actions] == ["one", "phrase.2"]


KEYS = st.lists(st.sampled_from(["F1", "F2", "F3", "Ctrl+R", "Esc", "S"]), max_size=3).map(tuple)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), KEYS), st.sampled_from(["a", "b", "c"]), KEYS)
def test_whatever_is_chosen_a_key_has_one_owner(
    keymap: dict[str, tuple[str, ...]], name: str, keys: tuple[str, ...]
) -> None:
    bench = Bench()
    bench.actions.add(bench.action("a", "F1", always=("Esc",)), bench.action("b", "F2"), bench.action("c"))
    bench.actions.use(keymap)
    bench.actions.use(bench.actions.given(name, keys))
    held = [key for action in bench.actions for key in bench.actions.keys(action.id)]
    assert len(held) == len(set(held))
    assert set(bench.actions.keys(name)) - {"Esc"} == set(keys) - {"Esc"}
    assert "Esc" in bench.actions.keys("a")


# -- the palette -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "words", "fits"),
    [
        ("", "Repeat", True),
        ("rep", "Repeat", True),
        ("loud", "Repeat louder", True),
        ("lou rep", "Repeat louder", True),
        ("rl", "Repeat louder", True),
        ("peat", "Repeat louder", True),
        ("zz", "Repeat louder", False),
    ],
)
def test_what_is_typed_finds_the_command(wanted: str, words: str, fits: bool) -> None:
    assert (match(wanted, words) is not None) is fits


@pytest.fixture
def palette(bench: Bench) -> Palette:
    bench.actions.add(
        bench.action("repeat", "Ctrl+R"),
        bench.action("repeat.louder"),
        bench.action("stop", always=("Esc",)),
        bench.action("asleep", enabled=lambda: False),
        bench.action("hidden", is_listed=False),
    )
    palette = Palette(bench.actions, bench.window)
    palette.open()
    return palette


def test_the_palette_lists_and_does(bench: Bench, palette: Palette) -> None:
    assert palette.shown() == ["repeat", "repeat.louder", "stop", "asleep"]
    QTest.keyClicks(palette._search, "repea")
    assert palette.shown() == ["repeat", "repeat.louder"]
    QTest.keyClick(palette._search, Qt.Key.Key_Down)
    assert bench.done == []
    QTest.keyClick(palette._search, Qt.Key.Key_Return)
    assert bench.done == ["repeat.louder"]
    assert not palette.isVisible()


def test_the_palette_can_be_clicked_and_finds_keys(bench: Bench, palette: Palette) -> None:
    QTest.keyClicks(palette._search, "ctrl+r")
    assert palette.shown() == ["repeat"]
    palette._list.itemClicked.emit(palette._list.item(0))
    assert bench.done == ["repeat"]


def test_what_cannot_be_done_now_is_not_done(bench: Bench, palette: Palette) -> None:
    QTest.keyClicks(palette._search, "asleep")
    QTest.keyClick(palette._search, Qt.Key.Key_Return)
    assert bench.done == []
    QTest.keyClicks(palette._search, "zzz")
    assert palette._none.isVisible()
    QTest.keyClick(palette._search, Qt.Key.Key_Return)
    palette.reject()
    assert bench.done == []


# --- scopes: parts of the window with keys of their own


def key_of(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifier)


def test_a_key_of_a_scope_is_free_everywhere_else(bench: Bench) -> None:
    bench.actions.add(
        bench.action("show.next", "Space", "F5", scope="script"),
        bench.action("speak.pause", "Space"),
        bench.action("speak.retry", "F5"),
    )
    assert bench.actions.keys("show.next") == ("Space", "F5")
    assert bench.actions.keys("speak.pause") == ("Space",)
    assert bench.actions.scoped(key_of(Qt.Key.Key_F5), "script") == "show.next"
    assert bench.actions.scoped(key_of(Qt.Key.Key_F6), "script") == ""
    assert bench.actions.called_by(key_of(Qt.Key.Key_F5)) == "speak.retry"
    bench.press(Qt.Key.Key_F5)
    assert bench.done == ["speak.retry"]


def test_esc_can_be_learned_in_a_scope_and_nowhere_else(bench: Bench) -> None:
    bench.actions.add(bench.action("show.next", scope="script"), bench.action("speak.stop", always=("Esc",)))
    assert bench.actions.is_fixed("Esc")
    assert not bench.actions.is_fixed("Esc", "script")
    bench.actions.use(bench.actions.given("show.next", ("Esc",)))
    assert bench.actions.scoped(key_of(Qt.Key.Key_Escape), "script") == "show.next"
    assert bench.actions.keys("speak.stop") == ("Esc",)
    assert bench.actions.called_by(key_of(Qt.Key.Key_Escape)) == "speak.stop"


def test_a_key_is_taken_from_commands_of_the_same_scope_only(bench: Bench) -> None:
    keymap: dict[str, tuple[str, ...]] = {}
    bench.actions.add(
        bench.action("show.next", scope="script"),
        bench.action("show.back", scope="script"),
        bench.action("speak.pause"),
    )
    for name in ("show.back", "speak.pause", "show.next"):
        keymap = bench.actions.given(name, ("F9",))
        bench.actions.use(keymap)
    assert keymap == {"show.next": ("F9",), "speak.pause": ("F9",)}
    assert bench.actions.holder("F9") == bench.actions["speak.pause"]
    assert bench.actions.holder("F9", "script") == bench.actions["show.next"]


def test_rows_that_are_measured_early_are_as_high_as_the_style_wants(desk: Desk) -> None:
    """Assistive technology asks for them before the palette is shown."""
    palette = Palette(desk.window.commands, desk.window)
    rows = palette._list
    heights = [rows.visualItemRect(rows.item(row)).height() for row in range(2)]
    palette.open()
    desk.qtbot.waitExposed(palette)
    assert heights == [rows.sizeHintForRow(row) for row in range(2)]
    palette.close()
