"""The phrases in the window, and their editor: real widgets, the bank in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import ConnectionLost, InputError, StorageError
from fishcaption.core.phrases.bank import COLORS, Ahead, Bank, Progress, starting
from fishcaption.core.phrases.files import from_csv
from fishcaption.core.speech import Voice
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.store.settings import Settings, Theme
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.phrases.cards import PHRASE, swatch
from fishcaption.ui.phrases.editor import PhraseEditor
from fishcaption.ui.phrases.panel import PhrasePanel, dollars, progress_words
from fishcaption.ui.widgets.theme import Look, colors
from tests.ui.fake_phrases import FakePhrases
from tests.ui.recorded_settings import recorded

FISH = Voice("fish", "x", "Energetic")


@dataclass
class Stage:
    """A window with the panel, and what it told."""

    panel: PhrasePanel
    service: FakePhrases
    window: QMainWindow
    commands: Actions
    qtbot: QtBot
    spoken: list[int] = field(default_factory=list)
    failed: list[object] = field(default_factory=list)
    settings: list[tuple[str, Any]] = field(default_factory=list)
    left: list[bool] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [phrase.shown for phrase in self.panel.shown()]

    def middle(self, row: int) -> QPoint:
        cards = self.panel._cards
        return cards.visualRect(self.panel._model.index(row, 0)).center()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.panel._soon.isActive())


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    service = FakePhrases()
    window = QMainWindow()
    qtbot.addWidget(window)
    store = SettingsStore(Settings())
    panel = PhrasePanel(service, store)
    window.setCentralWidget(panel)
    commands = Actions(window, {})
    made = Stage(panel, service, window, commands, qtbot)
    panel.spoken.connect(made.spoken.append)
    panel.failed.connect(made.failed.append)
    made.settings = recorded(store)
    panel.left.connect(lambda: made.left.append(True))
    panel.set_look(Look("light", 100))
    panel.add_keys(commands)
    commands.wake()
    window.resize(900, 420)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    panel.leave()


# -- the panel --------------------------------------------------------------------------------------------


def test_one_click_speaks_and_leaves_the_hands_where_they_were(stage: Stage) -> None:
    stage.panel._search.setFocus()
    QTest.mouseClick(stage.panel._cards.viewport(), Qt.MouseButton.LeftButton, pos=stage.middle(1))
    assert stage.service.spoken == [stage.texts()[1]]
    assert stage.spoken == [1]
    assert stage.panel._search.hasFocus()


def test_cards_do_not_move_under_the_hands_that_use_them(stage: Stage) -> None:
    before = stage.texts()
    for _ in range(3):
        QTest.mouseClick(stage.panel._cards.viewport(), Qt.MouseButton.LeftButton, pos=stage.middle(2))
    stage.settle()
    assert stage.texts() == before
    assert stage.service.spoken == [before[2]] * 3
    stage.panel._search.setText("x")
    stage.panel._search.setText("")
    assert stage.texts()[0] == before[2], "but when the search is over, the most used are first"


def test_how_often_each_was_used_can_be_forgotten(stage: Stage) -> None:
    stage.panel.speak("9")
    stage.commands.run("phrases.forget_uses")
    assert stage.service.kept == starting()


def test_search_as_you_type_then_enter_speaks_the_best(stage: Stage) -> None:
    stage.commands.run("phrases.find")
    assert stage.panel._search.hasFocus()
    QTest.keyClicks(stage.panel._search, "hay")
    assert stage.texts() == ["How are you?"]
    QTest.keyClick(stage.panel._search, Qt.Key.Key_Return)
    assert stage.service.spoken == ["How are you?"]
    assert stage.panel._search.text() == ""
    assert stage.left == [True]


def test_who_looks_for_a_phrase_gets_to_see_them(stage: Stage) -> None:
    stage.panel.hide()
    stage.panel.show_asked.connect(stage.panel.show)
    stage.commands.run("phrases.find")
    assert stage.panel.isVisible()
    assert stage.panel._search.hasFocus()


def test_enter_in_an_empty_search_speaks_nothing(stage: Stage) -> None:
    QTest.keyClick(stage.panel._search, Qt.Key.Key_Return)
    assert stage.service.spoken == []


def test_everything_by_the_keyboard(stage: Stage) -> None:
    cards = stage.panel._cards
    QTest.keyClick(stage.panel._search, Qt.Key.Key_Down)
    assert cards.hasFocus()
    QTest.keyClick(cards, Qt.Key.Key_Right)
    QTest.keyClick(cards, Qt.Key.Key_Return)
    QTest.keyClick(cards, Qt.Key.Key_Space)
    assert stage.service.spoken == [stage.texts()[1]] * 2
    QTest.keyClicks(cards, "y")
    assert stage.panel._search.hasFocus()
    assert stage.panel._search.text() == "y"
    QTest.keyClick(stage.panel._search, Qt.Key.Key_Escape)
    assert stage.panel._search.text() == ""
    assert stage.left == [True]


def test_what_matches_nothing_says_so(stage: Stage) -> None:
    stage.panel._search.setText("zebra")
    assert stage.texts() == []
    assert stage.panel._cards._nothing == "No phrase matches."


def test_a_category_narrows_and_is_told_by_its_name(stage: Stage) -> None:
    names = [button.text() for button in stage.panel._category_buttons]
    assert names == ["All", "To begin", "Answers", "Talk", "Needs", "Telephone"]
    QTest.mouseClick(stage.panel._category_buttons[4], Qt.MouseButton.LeftButton)
    assert {phrase.category for phrase in stage.panel.shown()} == {"Needs"}
    stage.service.set_bank(stage.service.kept.remove_category("Needs"))
    stage.settle()
    assert len(stage.texts()) == len(stage.service.kept.phrases)


def test_what_is_being_written_brings_phrases_like_it_to_the_front(stage: Stage) -> None:
    stage.panel.follow("tha")
    assert stage.texts()[0] == "Thank you."
    assert len(stage.texts()) == len(stage.service.kept.phrases)
    stage.panel.follow("")
    assert stage.texts()[0] == stage.service.kept.phrases[0].shown


def test_phrases_have_their_keys_and_a_key_speaks(stage: Stage) -> None:
    opener = stage.service.kept.holder("F1")
    assert opener is not None
    QTest.keyClick(stage.window, Qt.Key.Key_F1)
    assert stage.service.spoken == [opener.shown]
    held = stage.commands.holder("F1")
    assert held is not None
    assert held.group is Group.PHRASES
    stage.service.set_bank(stage.service.kept.give_key(opener.id, "Ctrl+9"))
    stage.settle()
    assert stage.commands.holder("F1") is None
    QTest.keyClick(stage.window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert stage.service.spoken == [opener.shown] * 2


def test_a_phrase_takes_a_key_from_a_command_and_gives_it_back(stage: Stage) -> None:
    done: list[bool] = []
    stage.commands.add(
        Action("window.large_type", "Large type", lambda: done.append(True), Group.WINDOW, ("F11",))
    )
    QTest.keyClick(stage.window, Qt.Key.Key_F11)
    assert done == [True]
    stage.service.set_bank(stage.service.kept.give_key("1", "F11"))
    stage.settle()
    QTest.keyClick(stage.window, Qt.Key.Key_F11)
    assert (len(done), len(stage.service.spoken)) == (1, 1)
    stage.service.set_bank(stage.service.kept.remove("1"))
    stage.settle()
    QTest.keyClick(stage.window, Qt.Key.Key_F11)
    assert (len(done), len(stage.service.spoken)) == (2, 1)


def test_a_key_that_the_user_gave_elsewhere_is_struck_out(stage: Stage) -> None:
    stage.commands.add(Action("window.history", "History", lambda: None, Group.WINDOW))
    model = stage.panel._model
    opener = model.phrases[0]
    assert model.has_key(opener)
    stage.commands.use({"window.history": ("F1",)})
    assert not model.has_key(opener)
    assert "History" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "F1" not in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    stage.panel.grab()
    stage.commands.use({})
    assert model.has_key(opener)


def test_what_cannot_be_spoken_is_told(stage: Stage) -> None:
    stage.service.refuse = InputError("No voice is chosen.")
    stage.panel.speak("1")
    assert stage.failed == [stage.service.refuse]
    stage.service.refuse = None
    stage.panel.speak("gone")
    assert stage.spoken == []
    error = StorageError("full")
    assert stage.service.on_error is not None
    stage.service.on_error(error)
    assert stage.failed[1] is error


def test_how_many_are_ready_is_told(stage: Stage) -> None:
    total = len(stage.service.kept.phrases)
    stage.service.tell(Progress(Ahead.WORKING, 12, total, FISH), frozenset({"1"}))
    stage.settle()
    assert stage.panel.told() == f"12 of {total} phrases ready in this voice"
    ready = stage.panel._model.index(0, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    waits = stage.panel._model.index(1, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert "spoken at once" in ready
    assert "Not ready yet" in waits
    assert not stage.panel._offer.isVisible()


def test_money_is_agreed_to_up_to_the_cent_that_was_shown(stage: Stage) -> None:
    stage.service.tell(Progress(Ahead.ASKING, 0, 30, FISH, price=0.0123, offer="s2.1-pro/x"))
    stage.settle()
    assert stage.panel._offer.text() == "Prepare them for about $0.02"
    QTest.mouseClick(stage.panel._offer, Qt.MouseButton.LeftButton)
    assert stage.settings == [("phrases_paid", "s2.1-pro/x"), ("phrases_paid_dollars", 0.02)]


@pytest.mark.parametrize(
    ("price", "told"), [(0.0001, "$0.01"), (0.0100, "$0.01"), (0.0101, "$0.02"), (2.5, "$2.50")]
)
def test_prices_are_rounded_up(price: float, told: str) -> None:
    assert dollars(price) == told


def test_a_failure_is_told_and_can_be_tried_again(stage: Stage) -> None:
    stage.service.tell(
        Progress(Ahead.FAILED, 3, 30, FISH, error=ConnectionLost("Fish Audio cannot be reached."))
    )
    stage.settle()
    assert "Fish Audio cannot be reached." in stage.panel.told()
    QTest.mouseClick(stage.panel._offer, Qt.MouseButton.LeftButton)
    assert stage.service.retried == 1


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(Ahead.LOOKING, 0, 30), ""),
        (Progress(Ahead.READY, 0, 0), ""),
        (Progress(Ahead.READY, 30, 30), "All 30 phrases ready in this voice"),
        (
            Progress(Ahead.READY, 29, 30),
            "29 of 30 phrases ready in this voice; this voice cannot say the others",
        ),
        (Progress(Ahead.FULL, 29, 30), "29 of 30 phrases ready in this voice; there is no room for more"),
        (Progress(Ahead.OFF, 2, 30), "2 of 30 phrases ready in this voice"),
    ],
)
def test_progress_in_words(progress: Progress, words: str) -> None:
    assert progress_words(progress, str) == words


def test_a_phrase_has_a_menu(stage: Stage) -> None:
    asked: list[str] = []
    stage.panel.into_text_asked.connect(asked.append)
    stage.panel.edit_asked.connect(asked.append)
    stage.panel._on_menu(stage.middle(0))
    menu = stage.panel.findChild(QMenu)
    assert menu is not None
    say, into, edit = menu.actions()
    for action in (say, into, edit):
        action.trigger()
    assert stage.service.spoken == [stage.texts()[0]]
    assert asked == [stage.texts()[0], stage.panel.shown()[0].id]
    menu.close()


@pytest.mark.parametrize("size", [80, 100, 200, 300])
def test_every_card_is_a_target_of_44_pixels(stage: Stage, size: int) -> None:
    stage.panel.set_look(Look("light", size))
    stage.panel._cards.fit()
    grid = stage.panel._cards.gridSize()
    assert grid.width() >= 44 + 6
    assert grid.height() >= 44 + 6
    assert stage.panel._cards.visualRect(stage.panel._model.index(0, 0)).width() <= stage.panel._cards.width()


def test_every_control_has_a_name(stage: Stage) -> None:
    for widget in stage.panel.controls():
        if widget.isVisible():
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface is not None
            assert interface.text(QAccessible.Text.Name), widget
    assert stage.panel._model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "I speak by computer. Please give me a moment., To begin, F1"
    )


def test_a_large_bank_is_shown_and_searched_at_once(stage: Stage) -> None:
    rows = "\n".join(f"Phrase number {number} about a thing,C{number % 7}" for number in range(5000))
    stage.service.set_bank(from_csv(f"shown,category\n{rows}".encode()).bank)
    stage.settle()
    stage.panel._search.setText("number 4999")
    assert stage.texts() == ["Phrase number 4999 about a thing"]


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return sum(
        weight * linear(part)
        for weight, part in ((0.2126, color.redF()), (0.7152, color.greenF()), (0.0722, color.blueF()))
    )


@pytest.mark.parametrize("theme", ["light", "dark", "high-contrast"])
@pytest.mark.parametrize("color", COLORS)
def test_colours_stand_out_from_the_cards(theme: Theme, color: str) -> None:
    found = colors(theme)
    for ground in (found.button, found.hover, found.base):
        light, dark = sorted((luminance(swatch(color, found)), luminance(QColor(ground))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, (color, ground)


# -- the editor -------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """The editor of a bank."""

    editor: PhraseEditor
    service: FakePhrases
    settings: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def page(self) -> object:
        return self.editor._page

    @property
    def status(self) -> str:
        return self.editor._status.text()

    def rows(self) -> list[str]:
        items = self.editor._page._order.list
        return [items.item(row).text() for row in range(items.count())]

    def press(self, words: str) -> None:
        button = next(
            one
            for one in self.editor.findChildren(QAbstractButton)
            if one.text() == words and one.isVisible()
        )
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def open_bench(qtbot: QtBot) -> Iterator[Callable[..., Bench]]:
    opened: list[PhraseEditor] = []
    parent = QWidget()
    qtbot.addWidget(parent)

    def open_bench(bank: Bank | None = None, commands: Actions | None = None) -> Bench:
        service = FakePhrases(bank if bank is not None else starting())
        store = SettingsStore(Settings())
        editor = PhraseEditor(service, store, Look("light", 100), parent, commands=commands)
        bench = Bench(editor, service, settings=recorded(store))
        opened.append(editor)
        editor.open()
        editor.activateWindow()
        qtbot.waitUntil(editor.isActiveWindow)
        return bench

    yield open_bench
    for editor in opened:
        if isValid(editor):
            editor.close()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    return open_bench()


def test_a_phrase_is_changed_when_the_hands_leave_its_field(bench: Bench) -> None:
    bench.editor.choose("6")
    page = bench.editor._page
    assert page._shown.toPlainText() == "No."
    page._shown.setPlainText("No, thank you.")
    assert bench.service.kept.phrase("6").shown == "No."
    page._said.setFocus()
    assert bench.service.kept.phrase("6").shown == "No, thank you."
    page._said.setPlainText("No, but thanks")
    bench.press("Say it")
    assert bench.service.said == [("No, thank you.", "No, but thanks")]
    assert bench.service.kept.phrase("6").said == "No, but thanks"
    assert page._shown.toPlainText() == "No, thank you."


def test_what_was_typed_is_kept_when_the_dialog_is_closed(bench: Bench) -> None:
    bench.editor.choose("6")
    bench.editor._page._shown.setPlainText("Nope.")
    bench.editor.close()
    assert bench.service.kept.phrase("6").shown == "Nope."


def test_a_new_phrase_goes_to_the_category_at_hand(bench: Bench) -> None:
    bench.editor.choose("6")
    bench.press("New phrase")
    page = bench.editor._page
    assert page._shown.hasFocus()
    QTest.keyClicks(page._shown, "Perhaps.")
    page._key.setFocus()
    added = bench.service.kept.phrases[-1]
    assert (added.shown, added.category) == ("Perhaps.", "Answers")
    assert bench.rows()[-1] == "Perhaps."
    bench.press("New phrase")
    page._key.setFocus()
    assert bench.service.kept.phrases[-1] is added, "one without a text is none"


def test_what_was_removed_can_be_put_back(bench: Bench) -> None:
    before = bench.service.kept
    bench.editor.choose("6")
    bench.press("Remove")
    assert "6" not in bench.service.kept
    assert "was removed" in bench.status
    assert bench.editor._page._shown.toPlainText() == before.phrases[6].shown
    bench.press("Undo")
    assert bench.service.kept == before


def test_phrases_are_moved_by_buttons_and_keys(bench: Bench) -> None:
    bench.editor.choose("2")
    order = bench.editor._page._order
    QTest.mouseClick(order.later, Qt.MouseButton.LeftButton)
    assert [phrase.id for phrase in bench.service.kept.phrases[:3]] == ["1", "3", "2"]
    QTest.keyClick(order.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(order.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert [phrase.id for phrase in bench.service.kept.phrases[:3]] == ["2", "1", "3"]
    assert order.current() == "2"
    assert not order.sooner.isEnabled()


def test_a_key_that_is_taken_says_from_whom(bench: Bench) -> None:
    bench.editor.choose("6")
    page = bench.editor._page
    place = page._key.findData("F1")
    assert "I speak by computer" in page._key.itemText(place)
    page._key.setCurrentIndex(place)
    page._key.activated.emit(place)
    assert bench.service.kept.phrase("6").key == "F1"
    assert bench.service.kept.phrase("1").key == ""
    assert "has no key now" in page._taken.text()


def test_a_key_of_the_window_says_what_it_does(qtbot: QtBot, open_bench: Callable[..., Bench]) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    commands = Actions(window, {})
    commands.wake()
    commands.add(Action("speak.pause", "Pause or resume", lambda: None, Group.SPEAK, ("F8",)))
    bench = open_bench(commands=commands)
    bench.editor.choose("6")
    page = bench.editor._page
    place = page._key.findData("F8")
    assert page._key.itemText(place) == "F8: now “Pause or resume”"
    page._key.setCurrentIndex(place)
    page._key.activated.emit(place)
    assert "no longer does “Pause or resume”" in page._taken.text()
    assert bench.service.kept.phrase("6").key == "F8"


def test_a_key_that_the_user_gave_elsewhere_is_refused(
    qtbot: QtBot, open_bench: Callable[..., Bench]
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    commands = Actions(window, {"speak.pause": ("F8",)})
    commands.wake()
    commands.add(Action("speak.pause", "Pause or resume", lambda: None, Group.SPEAK))
    bench = open_bench(commands=commands)
    bench.editor.choose("6")
    page = bench.editor._page
    place = page._key.findData("F8")
    page._key.setCurrentIndex(place)
    page._key.activated.emit(place)
    assert bench.service.kept.phrase("6").key == "F3"
    assert page._key.currentData() == "F3"
    assert "Change that under Keys" in bench.status


def test_another_category_and_colour(bench: Bench) -> None:
    bench.editor.choose("6")
    page = bench.editor._page
    page._category.setEditText("Short words")
    entry = page._category.lineEdit()
    assert entry is not None
    entry.editingFinished.emit()
    page._color.setCurrentIndex(page._color.findData("red"))
    page._color.activated.emit(page._color.currentIndex())
    phrase = bench.service.kept.phrase("6")
    assert (phrase.category, phrase.color) == ("Short words", "red")
    assert bench.service.kept.category("Short words") is not None


def test_the_list_is_searched(bench: Bench) -> None:
    bench.editor._page._filter.setText("hay")
    assert bench.rows() == ["How are you?"]
    assert bench.editor._page._shown.toPlainText() == "How are you?"
    bench.editor.choose("1")
    assert bench.editor._page._filter.text() == ""
    assert bench.editor._page._order.current() == "1"


def test_a_text_is_kept_as_a_phrase_once(bench: Bench) -> None:
    bench.editor.choose("6")
    bench.editor.keep("See you at the garden gate.")
    kept = bench.service.kept.phrases[-1]
    assert (kept.shown, kept.category) == ("See you at the garden gate.", "Answers")
    assert bench.editor._page._shown.toPlainText() == kept.shown
    bench.editor.keep(" See you at the garden gate. ")
    assert bench.service.kept.phrases[-1] is kept
    assert "already have" in bench.status
    bench.editor.keep("   ")
    assert "needs a text" in bench.status


def test_categories_are_made_renamed_coloured_moved_and_removed(bench: Bench) -> None:
    bench.editor._tabs.setCurrentIndex(1)
    page = bench.editor._categories
    page._order.choose("Answers")
    page._name.setText("Replies")
    page._name.editingFinished.emit()
    assert bench.service.kept.phrase("6").category == "Replies"
    page._color.setCurrentIndex(page._color.findData("red"))
    page._color.activated.emit(0)
    assert bench.service.kept.category("Replies").color == "red"  # type: ignore[union-attr]  # it is there
    QTest.mouseClick(page._order.sooner, Qt.MouseButton.LeftButton)
    assert bench.service.kept.categories[0].name == "Replies"
    bench.press("New category")
    assert bench.service.kept.categories[-1].name == "New category"
    page._name.setText("Talk")
    page._name.editingFinished.emit()
    assert "already" in bench.status
    assert page._name.text() == "New category"
    page._order.choose("Replies")
    bench.press("Remove")
    assert bench.service.kept.phrase("6").category == ""
    bench.press("Undo")
    assert bench.service.kept.phrase("6").category == "Replies"


def test_an_import_is_told_line_by_line_and_can_be_taken_back(bench: Bench) -> None:
    before = bench.service.kept
    bench.editor.read_file("/somewhere/list.csv")
    kind, path, answer = bench.service.files.pop()
    assert (kind, path) == ("read", Path("/somewhere/list.csv"))
    answer(from_csv(b"shown,key\nYes.,\nGood night.,F1\nBad key.,F99\n"))
    assert [phrase.shown for phrase in bench.service.kept.phrases[-2:]] == ["Good night.", "Bad key."]
    assert bench.status == (
        "2 phrases added. 1 were already there. 1 lost their key, because another phrase has it. "
        "Line 4: “F99” is no key for a phrase."
    )
    bench.press("Undo")
    assert bench.service.kept == before
    bench.editor.read_file("x.csv")
    bench.service.files.pop()[2](InputError("There is nothing in this file."))
    assert bench.status == "There is nothing in this file."


def test_an_export_is_told_and_an_answer_that_comes_too_late_is_dropped(bench: Bench) -> None:
    bench.editor.write_file("/somewhere/out.csv")
    answer = bench.service.files.pop()[2]
    answer(Path("/somewhere/out.csv"))
    assert bench.status == "The phrases were saved in out.csv."
    bench.editor.write_file("/somewhere/out.csv")
    answer = bench.service.files.pop()[2]
    bench.editor.close()
    answer(StorageError("full"))


def test_making_ready_is_switched(bench: Bench) -> None:
    bench.editor._ahead.setChecked(False)
    assert bench.settings == [("phrases_ahead", False)]


def test_an_empty_bank_can_be_edited(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(Bank())
    assert bench.rows() == []
    bench.press("New phrase")
    QTest.keyClicks(bench.editor._page._shown, "Hello.")
    bench.editor._page._said.setFocus()
    assert bench.rows() == ["Hello."]


def test_the_editor_s_controls_have_names(bench: Bench) -> None:
    for widget in bench.editor.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface is not None
            assert interface.text(QAccessible.Text.Name), widget


def test_cards_know_their_phrase(stage: Stage) -> None:
    assert stage.panel._model.index(0, 0).data(PHRASE) is stage.panel.shown()[0]
    assert stage.panel._model.data(stage.panel._model.index(99_999, 0)) is None


def test_a_category_is_spoken_with_a_preset(bench: Bench) -> None:
    preset = Preset("p", "At home", Voice("embedded", "heart", "Heart"), "")
    bench.editor._settings.change(presets=Presets((preset,)))
    bench.editor._tabs.setCurrentIndex(1)
    page = bench.editor._categories
    page._show()
    choice = page._preset
    choice.setCurrentIndex(choice.findData("At home"))
    choice.activated.emit(choice.currentIndex())
    assert bench.service.kept.categories[0].preset == "At home"
    bench.editor._settings.change(presets=Presets())
    page._show()
    assert choice.currentText() == "“At home”, which is not there"
    page.commit()
    assert bench.service.kept.categories[0].preset == "At home", "it stays until another is chosen"
