"""Ways to speak, what waits, what is held, what was said; louder, attention, the other way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton

from fishcaption.app.services.speaking import retrying
from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Fate
from fishcaption.core.text.tags import TAGS
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.tones import SIGNALS
from fishcaption.store.held_texts import HeldTexts
from fishcaption.store.history import Entry
from fishcaption.ui.history.page import HistoryPage
from fishcaption.ui.speak.queue import QueuePanel
from fishcaption.ui.widgets import controls
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ENTER = Qt.Key.Key_Return


@pytest.fixture
def behind(desk: Desk) -> Desk:
    """One is heard, three wait."""
    for line in ("One two.\n", "Three.\n", "Four.\n", "Five.\n"):
        desk.type(line)
    desk.reader.hear(4)
    desk.reader.behind_seconds = 11.2
    desk.look()
    return desk


def queue(desk: Desk) -> QueuePanel:
    assert desk.queue is not None
    return desk.queue


def waiting(desk: Desk) -> list[str]:
    return [desk.reader.utterances[number].text for number in desk.reader.line[1:]]


# -- ways to speak -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "kind"), [("sentence", Kind.SENTENCES), ("word", Kind.WORDS), ("type", Kind.TYPED)]
)
def test_every_way_to_speak_is_one_click(desk: Desk, mode: str, kind: Kind) -> None:
    button = desk.mode.buttons[mode]
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.services.applied[-1].speak_mode == mode
    assert desk.editor.hasFocus()
    desk.type("Hi")
    assert desk.reader.at_ear.kind is kind


def test_one_key_goes_round_the_ways_and_says_which(desk: Desk) -> None:
    seen = []
    for _ in range(4):
        desk.press(Qt.Key.Key_M, CTRL)
        seen.append(desk.window.settings.speak_mode)
    assert seen == ["sentence", "word", "type", "enter"]
    assert desk.status == "Speak on Enter."


def test_where_there_is_no_room_the_ways_are_a_list(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(text_size=200)
    desk.window.resize(800, 600)
    QTest.qWait(20)
    mode = desk.mode
    assert not mode.buttons["word"].isVisible()
    assert mode._list.isVisible()
    mode._list.setCurrentIndex(2)
    mode._list.activated.emit(2)
    assert desk.window.settings.speak_mode == "word"


def test_stop_stays_in_its_place(desk: Desk) -> None:
    stop = desk.window.transport.stop
    before = stop.mapTo(desk.window, stop.rect().topLeft())
    for mode in ("sentence", "enter"):
        desk.mode.buttons[mode].click()
        desk.type("One two.\n")
        desk.reader.hear(4)
        desk.look()
        desk.press(Qt.Key.Key_F8)
        desk.look()
        QTest.qWait(20)
        assert stop.mapTo(desk.window, stop.rect().topLeft()) == before
        desk.press(Qt.Key.Key_Escape)


# -- what waits --------------------------------------------------------------------------------------------


def test_what_waits_is_in_sight_and_how_far_behind(behind: Desk) -> None:
    panel = queue(behind)
    assert panel.isVisible()
    assert panel.told() == "3 waiting, 12 s behind"
    assert panel.texts() == ["Three.", "Four.", "Five."]
    behind.reader.hear_all()
    behind.look()
    assert not panel.isVisible()


def test_what_comes_to_wait_is_announced(behind: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def record(_widget: object, text: str, *, urgent: bool = False) -> None:
        said.append(text)

    monkeypatch.setattr("fishcaption.ui.speak.queue.announce", record)
    behind.type("Six.\n")
    behind.look()
    behind.reader.behind_seconds = 14
    behind.look()
    assert said == ["4 waiting"], "not every second"


def test_what_waits_is_moved_skipped_and_emptied_by_mouse(behind: Desk) -> None:
    panel = queue(behind)
    panel._list.setCurrentRow(2)
    panel._up.click()
    assert waiting(behind) == ["Three.", "Five.", "Four."]
    behind.look()
    assert panel._list.currentRow() == 1, "the choice goes with its text"
    panel._down.click()
    assert waiting(behind) == ["Three.", "Four.", "Five."]
    behind.look()
    panel._list.setCurrentRow(0)
    panel._skip.click()
    assert waiting(behind) == ["Four.", "Five."]
    behind.look()
    panel._empty.click()
    assert waiting(behind) == []
    assert behind.reader.at_ear.text == "One two."


def test_what_waits_is_moved_and_skipped_by_keys(behind: Desk) -> None:
    behind.press(Qt.Key.Key_Q, ALT)
    assert queue(behind)._list.hasFocus()
    behind.press(Qt.Key.Key_Down)
    behind.press(Qt.Key.Key_Up, CTRL)
    assert waiting(behind) == ["Four.", "Three.", "Five."]
    behind.look()
    behind.press(Qt.Key.Key_Delete)
    assert waiting(behind) == ["Three.", "Five."]
    behind.press(Qt.Key.Key_N, ALT)
    assert behind.reader.calls[-1] == "skip_to_newest"
    assert behind.reader.at_ear.text == "Five."


def test_a_waiting_text_comes_back_into_the_editor(behind: Desk) -> None:
    behind.type("draft")
    queue(behind)._list.setCurrentRow(1)
    queue(behind)._edit.click()
    assert behind.editor.text() == "Four."
    assert waiting(behind) == ["Three.", "Five."]
    assert [text.text for text in behind.stores.held_texts.texts()] == ["draft"]
    behind.press(Qt.Key.Key_E, ALT)
    assert behind.editor.text() == "Five."


def test_speaking_faster_is_one_click(behind: Desk) -> None:
    queue(behind)._faster.click()
    assert behind.services.applied[-1].speed == 1.1


def test_what_is_being_said_can_be_skipped(behind: Desk) -> None:
    behind.press(Qt.Key.Key_S, ALT)
    assert behind.reader.at_ear.text == "Three."
    assert behind.reader.utterances[1].fate is Fate.CUT


def test_what_was_just_heard_does_no_harm(behind: Desk) -> None:
    behind.reader.hear_all()
    queue(behind).skip_asked.emit(2)
    queue(behind).move_asked.emit(2, 0)
    queue(behind).edit_asked.emit(2)
    assert behind.waiting is not None
    behind.waiting.clear()
    assert behind.editor.is_empty()


def test_what_is_typed_live_stands_in_the_editor_and_not_in_the_queue(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(speak_mode="sentence")
    desk.type("One two.\nThree")
    desk.reader.hear(4)
    desk.look()
    assert not queue(desk).isVisible()


def test_esc_silences_all_and_what_waited_can_still_be_said(behind: Desk) -> None:
    panel = queue(behind)
    behind.press(Qt.Key.Key_Escape)
    behind.look()
    assert behind.reader.line == []
    assert panel.told() == "3 stopped before they were spoken"
    assert not panel._body.isVisible()
    panel._say_stopped.click()
    behind.look()
    assert [behind.reader.utterances[number].text for number in behind.reader.line] == [
        "Three.",
        "Four.",
        "Five.",
    ]
    assert panel.told().startswith("2 waiting")


def test_a_second_esc_forgets_what_waited(behind: Desk) -> None:
    panel = queue(behind)
    behind.press(Qt.Key.Key_Escape)
    behind.look()
    assert panel.isVisible()
    behind.press(Qt.Key.Key_Escape)
    behind.qtbot.waitUntil(lambda: not panel.isVisible())


# -- said again, louder, the other way ---------------------------------------------------------------------


def test_repeat_louder_is_louder(behind: Desk) -> None:
    behind.press(Qt.Key.Key_R, CTRL | SHIFT)
    behind.window.transport.louder.click()
    assert [gain for gain in behind.reader.gains if gain > 1] == [1.6, 1.6]


@pytest.mark.parametrize(("chosen", "name"), [("", SIGNALS[0]), ("horn", "horn"), ("gone", SIGNALS[0])])
def test_the_attention_sound_comes_first(open_desk: Callable[..., Desk], chosen: str, name: str) -> None:
    desk = open_desk(attention_sound=chosen)
    desk.qtbot.waitUntil(lambda: desk.window.is_complete())
    desk.press(Qt.Key.Key_G, CTRL)
    desk.window.transport.signal.click()
    assert [rendered.voice.id for rendered in desk.reader.signals] == [name, name]
    assert desk.reader.signals[0].pcm


def test_alt_enter_does_the_other_of_waiting_and_replacing(behind: Desk) -> None:
    behind.type("Now")
    behind.press(ENTER, ALT)
    assert behind.reader.at_ear.text == "Now"
    assert waiting(behind) == []


# -- what is held ------------------------------------------------------------------------------------------


def held_buttons(desk: Desk) -> list[QPushButton]:
    QTest.qWait(1)  # the row lays them out
    return [button for button in desk.held.row._buttons if button.isVisible()]


def test_a_thought_is_held_and_taken_back_by_its_button(desk: Desk) -> None:
    desk.type("One thought")
    desk.press(Qt.Key.Key_D, CTRL)
    assert desk.editor.is_empty()
    assert "is held" in desk.status
    desk.type("An answer.\n")
    (button,) = held_buttons(desk)
    assert button.text() == "One thought"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.editor.text() == "One thought"
    assert desk.editor.hasFocus()
    assert held_buttons(desk) == []


class Shown(QObject):
    """Which windows of the screen are shown while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[QWindow] = []

    def __enter__(self) -> list[QWindow]:
        application().installEventFilter(self)
        return self.windows

    def __exit__(self, *_: object) -> None:
        application().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWindow) and event.type() == QEvent.Type.Show:
            self.windows.append(watched)
        return False


def application() -> QCoreApplication:
    found = QCoreApplication.instance()
    assert found is not None
    return found


def test_who_types_at_once_loses_no_key_to_what_comes_into_the_window(
    open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    """A part that is shown before it has its place is a window for a moment, and takes the focus."""
    parked = HeldTexts(tmp_path / "parked.jsonl")
    parked.hold("held before")
    parked.close()
    with Shown() as shown:
        desk = open_desk()
    assert shown == [desk.window.windowHandle()]
    assert [button.text() for button in held_buttons(desk)] == ["held before"]


def test_several_are_held_and_the_last_one_has_a_key(desk: Desk) -> None:
    for text in ("first", "second"):
        desk.type(text)
        desk.window.transport.hold.click()
    assert [button.text() for button in held_buttons(desk)] == ["second", "first"]
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)
    assert desk.editor.text() == "second"
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)
    assert desk.editor.text() == "first"
    assert [button.text() for button in held_buttons(desk)] == ["second"], "they change places"


def test_what_was_not_heard_says_so_by_a_sign_and_in_words(desk: Desk) -> None:
    desk.stores.held_texts.hold("unheard", is_unheard=True)
    (button,) = held_buttons(desk)
    assert not button.icon().isNull()
    assert button.accessibleName() == "Not spoken yet: unheard"


def test_held_texts_are_forgotten_when_asked(desk: Desk) -> None:
    desk.stores.held_texts.hold("one")
    desk.stores.held_texts.hold("two")
    desk.held.row.forget_asked.emit(1)
    assert [text.text for text in desk.stores.held_texts.texts()] == ["two"]
    desk.held.row.forget_all_asked.emit()
    (box,) = [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.buttons()[0].click()
    assert desk.stores.held_texts.texts() == ()


def test_all_held_texts_are_in_a_menu(desk: Desk) -> None:
    for number in range(9):
        desk.stores.held_texts.hold(f"text {number}")
    desk.held.row._more.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert len([action for action in menu.actions() if action.menu() is not None]) == 9
    menu.close()


def test_nothing_to_take_back_is_told(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)
    assert desk.status == "There is no held text."


# -- what was said -----------------------------------------------------------------------------------------


def entries(desk: Desk) -> list[tuple[str, int, Fate]]:
    return [(entry.text, entry.heard_end, entry.fate) for entry in desk.stores.history.entries()]


@pytest.fixture
def page(desk: Desk) -> HistoryPage:
    for text, end, fate in (
        ("Good morning.", 13, Fate.HEARD),
        ("Cut in the middle.", 7, Fate.CUT),
        ("Never heard.", 0, Fate.CUT),
        ("It failed here.", 3, Fate.FAILED),
    ):
        desk.stores.history.add(text, end, fate, "Hibari")
    desk.press(Qt.Key.Key_H, CTRL)
    found = desk.history.page
    assert found is not None
    return found


def texts(page: HistoryPage) -> list[str]:
    return [entry.text for entry in page.shown()]


def choose(page: HistoryPage, row: int) -> None:
    selection = page._list.selectionModel()
    selection.setCurrentIndex(page._model.index(row, 0), selection.SelectionFlag.ClearAndSelect)


def test_what_has_ended_is_in_the_history_with_what_became_of_it(desk: Desk) -> None:
    desk.type("One two.\nThree.\n")
    desk.reader.hear_all()
    desk.type("Four five.\n")
    desk.reader.hear(5)
    desk.press(Qt.Key.Key_Escape)
    assert entries(desk) == [
        ("Four five.", 5, Fate.CUT),
        ("Three.", 6, Fate.HEARD),
        ("One two.", 8, Fate.HEARD),
    ]
    assert desk.stores.history.entries()[0].voice == "Hibari"


def test_the_history_tells_in_words_what_became_of_each(page: HistoryPage) -> None:
    told = [page._model.words(entry) for entry in page.shown()]
    assert told == ["Failed after “It”", "Never spoken", "Stopped after “in”", "Heard"]


def test_times_are_told_only_where_they_are_kept(page: HistoryPage) -> None:
    entry = Entry(9, "Hello", 5, Fate.HEARD, at=1_700_000_000)
    assert page._model.words(entry).startswith("Heard, ")


def test_the_history_is_searched(desk: Desk, page: HistoryPage) -> None:
    assert page._search.hasFocus()
    QTest.keyClicks(page._search, "heard never")
    desk.qtbot.waitUntil(lambda: texts(page) == ["Never heard."])
    page._search.setText("nothing of it")
    desk.qtbot.waitUntil(lambda: texts(page) == [])
    assert page._none.isVisible()


def test_an_entry_is_said_again_copied_and_edited(desk: Desk, page: HistoryPage) -> None:
    choose(page, 3)
    page._say.click()
    assert desk.reader.at_ear.text == "Good morning."
    page._copy.click()
    assert QApplication.clipboard().text() == "Good morning."
    page._edit.click()
    assert desk.editor.text() == "Good morning."
    assert desk.editor.hasFocus()


def test_tags_are_never_shown_or_copied(desk: Desk, page: HistoryPage) -> None:
    desk.stores.history.add(f"Hello {TAGS[0].char} there", 14, Fate.HEARD)
    desk.qtbot.waitUntil(lambda: len(page.shown()) == 5)
    choose(page, 0)
    assert page._model.index(0, 0).data() == "Hello there"
    page._copy.click()
    assert QApplication.clipboard().text() == "Hello there"


def test_one_is_deleted_at_once_and_a_stretch_after_a_question(desk: Desk, page: HistoryPage) -> None:
    page._list.setFocus()
    choose(page, 0)
    desk.press(Qt.Key.Key_Delete)
    desk.qtbot.waitUntil(lambda: len(page.shown()) == 3)
    choose(page, 0)
    desk.press(Qt.Key.Key_Down, SHIFT)
    assert page._delete.text() == "Delete 2…"
    desk.press(Qt.Key.Key_Delete)
    (box,) = [box for box in page.findChildren(QMessageBox) if box.isVisible()]
    box.buttons()[0].click()
    desk.qtbot.waitUntil(lambda: texts(page) == ["Good morning."])


def test_all_is_deleted_after_a_question_and_no_is_the_default(desk: Desk, page: HistoryPage) -> None:
    page._clear.click()
    (box,) = [box for box in page.findChildren(QMessageBox) if box.isVisible()]
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert len(entries(desk)) == 4
    page._clear.click()
    box = [box for box in page.findChildren(QMessageBox) if box.isVisible()][-1]
    box.buttons()[0].click()
    assert entries(desk) == []


def test_several_are_chosen_without_a_chord(page: HistoryPage) -> None:
    page._several.click()
    for row in (0, 2):
        rect = page._list.visualRect(page._model.index(row, 0))
        page._list.scrollTo(page._model.index(row, 0))
        rect = page._list.visualRect(page._model.index(row, 0))
        QTest.mouseClick(page._list.viewport(), Qt.MouseButton.LeftButton, NONE, rect.center())
    assert len(page._chosen()) in (1, 2)  # the first was chosen already, and a click takes it out


def test_esc_goes_back_to_the_text_and_a_key_closes_the_history(desk: Desk, page: HistoryPage) -> None:
    assert page.isVisible()
    desk.press(Qt.Key.Key_Escape)
    assert desk.transcript.isVisible()
    assert desk.editor.hasFocus()
    desk.press(Qt.Key.Key_H, CTRL)
    assert page.isVisible()
    desk.press(Qt.Key.Key_H, CTRL)
    assert desk.transcript.isVisible()


def test_up_in_the_empty_editor_walks_the_history(desk: Desk, page: HistoryPage) -> None:
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_Up)
    assert desk.editor.text() == "It failed here."
    desk.press(Qt.Key.Key_Up)
    assert desk.editor.text() == "Never heard."


# -- off the record ----------------------------------------------------------------------------------------


def test_off_the_record_is_in_sight_while_it_is_on(desk: Desk) -> None:
    assert not desk.window.voice_bar.off_record.isVisible()
    desk.press(Qt.Key.Key_O, CTRL | SHIFT)
    assert desk.services.applied[-1].off_record
    assert desk.window.voice_bar.off_record.isVisible()
    assert "is saved" in desk.status
    desk.window.voice_bar.off_record.click()
    assert not desk.window.voice_bar.off_record.isVisible()


def test_the_history_s_own_switch_is_the_same(desk: Desk, page: HistoryPage) -> None:
    page._off.click()
    assert desk.window.settings.off_record
    assert desk.window.voice_bar.off_record.isVisible()
    desk.window.voice_bar.off_record.click()
    assert not page._off.isChecked()


# -- the menu, the keys ------------------------------------------------------------------------------------


def test_the_menu_has_what_is_seldom_used(desk: Desk) -> None:
    desk.window.voice_bar.menu.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    told = [action.text() for action in menu.actions()]
    assert "History\tCtrl+H" in told
    assert any(words.startswith("Settings") for words in told)
    next(action for action in menu.actions() if action.text().startswith("Off the record")).trigger()
    assert desk.window.settings.off_record
    menu.close()


def test_a_key_of_the_user_s_own_is_told_by_the_button(desk: Desk) -> None:
    desk.change(keys={"speak.repeat": ("F12",)})
    assert desk.window.transport.repeat.toolTip() == "Repeat (F12)"
    desk.type("One.\n")
    desk.press(Qt.Key.Key_F12)
    assert desk.reader.calls[-1] == "repeat"


def test_speaking_a_text_of_the_history_asks_for_its_price(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, model="s2.1-pro", cost_limit=0.01)
    desk.composer.say("word " * 1000)
    (box,) = [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    assert desk.reader.calls == []
    box.buttons()[0].click()
    assert desk.reader.calls == ["speak"]


def test_announcements_are_made(desk: Desk) -> None:
    controls.announce(desk.window, "Hello")


# -- where the service cannot be reached -------------------------------------------------------------------


def fail(desk: Desk) -> Desk:
    desk.type("Hello there.\n")
    desk.reader.fail(ConnectionLost("Fish Audio cannot be reached.", hint="Check the network."))
    desk.look()
    return desk


def test_it_waits_and_tries_again_where_that_is_chosen(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "WAITS_SECONDS", (0.02, 0.04))
    desk = fail(open_desk(voice=FISH, unreachable="wait"))
    assert desk.status.startswith("Trying again in")
    desk.qtbot.waitUntil(lambda: "retry" in desk.reader.calls)
    desk.reader.fail(ConnectionLost("Fish Audio cannot be reached."))
    desk.look()
    desk.qtbot.waitUntil(lambda: desk.reader.calls.count("retry") == 2)
    assert desk.services.retried_embedded == 0


def test_esc_ends_the_waiting(open_desk: Callable[..., Desk]) -> None:
    desk = fail(open_desk(voice=FISH, unreachable="wait"))
    assert desk.services.retrying.is_pending()
    desk.press(Qt.Key.Key_Escape)
    assert not desk.services.retrying.is_pending()


def test_the_voice_on_this_computer_speaks_where_that_is_chosen_and_says_so(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(voice=FISH, unreachable="embedded")
    desk.services.take_over(ConnectionLost("The connection to the voice broke."))
    words = f"{HIBARI.name} (on this computer) speaks now, in place of {FISH.name}."
    assert words in desk.banner.text()
    desk.type("The next text.\n")  # who speaks stays told
    desk.look()
    assert words in desk.banner.text()
    desk.press(Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    assert not desk.services.stands_in
    assert words not in desk.banner.text()


def test_nothing_is_tried_unasked(open_desk: Callable[..., Desk]) -> None:
    desk = fail(open_desk(voice=FISH, unreachable="ask"))
    assert not desk.services.retrying.is_pending()


def test_where_the_voice_on_this_computer_failed_it_is_not_tried_instead(
    open_desk: Callable[..., Desk],
) -> None:
    desk = fail(open_desk(unreachable="embedded"))
    assert not desk.services.retrying.is_pending()
