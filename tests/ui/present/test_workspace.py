"""The Present workspace in a real window: chosen, worked by keys alone, and left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.ui.present.workspace import PresentWorkspace
from fishcaption.ui.settings.keys_dialog import KeysDialog
from tests.ui.conftest import Desk
from tests.ui.fake_phrases import FakePhrases
from tests.ui.present.fake_audience import FakeAudienceService
from tests.ui.present.fake_script import FakeScript, script

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
PLAY = script("ANNA: Good evening.", "BEN: Welcome.", "The lights go down.", "ANNA: We begin.")


class Show:
    """A window that shows Present, with the clock of its keys."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = 0.0
        assert isinstance(desk.window.workspace, PresentWorkspace)
        self.present = desk.window.workspace
        self.present.commands._clock = lambda: self.now

    @property
    def script(self) -> FakeScript:
        found = self.desk.services.script_service
        assert isinstance(found, FakeScript)
        return found

    @property
    def audience(self) -> FakeAudienceService:
        found = self.desk.services.audience_service
        assert isinstance(found, FakeAudienceService)
        return found

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key a second after the last one."""
        self.now += 1.0
        self.desk.press(key, modifier)

    def write(self, text: str) -> None:
        """Write this in place of what is selected where the focus is."""
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    def states(self) -> dict[str, str]:
        """The words of the rows that are now and next."""
        model = self.present.script.model
        rows = range(model.rowCount())
        return {model.state_of(row): model.index(row, 3).data() for row in rows if model.state_of(row)}


@pytest.fixture
def show(open_desk: Callable[..., Desk]) -> Show:
    desk = open_desk(has_show=True)
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    made = Show(desk)
    made.script.set_script(PLAY)
    made.script.calls.clear()
    return made


def test_present_is_made_when_it_is_first_chosen_and_speak_keeps_its_text(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(has_show=True)
    desk.type("A draft")
    assert desk.window.workspace is desk.workspace
    assert desk.window.workspaces is not None
    assert desk.window.workspaces.others() == ()
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    present = desk.window.workspace
    assert present.view.isVisible()
    assert not desk.editor.isVisible()
    assert desk.services.applied[-1].workspace == "present"
    desk.press(Qt.Key.Key_1, CTRL_SHIFT)
    assert desk.window.workspace is desk.workspace
    assert desk.editor.hasFocus()
    assert desk.editor.text() == "A draft"
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    assert desk.window.workspace is present


def test_the_button_of_the_phrases_is_pressed_only_while_they_are_in_sight(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(has_show=True, has=(FakePhrases(), None))
    desk.window.resize(1200, 740)
    button = next(button for button in desk.window.findChildren(QToolButton) if button.text() == "Phrases")
    assert button.isChecked()
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    assert not button.isChecked()
    desk.press(Qt.Key.Key_1, CTRL_SHIFT)
    assert button.isChecked()


def test_it_is_shown_again_at_the_next_start(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has_show=True, workspace="present")
    assert isinstance(desk.window.workspace, PresentWorkspace)


@pytest.mark.parametrize("name", ["read", "", "<b>"])
def test_a_workspace_that_there_is_not_is_speak(open_desk: Callable[..., Desk], name: str) -> None:
    desk = open_desk(has_show=True, workspace=name)
    assert desk.window.workspace is desk.workspace


def test_without_its_services_there_is_no_present(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(workspace="present")
    assert desk.window.workspace is desk.workspace
    assert desk.window.workspaces is not None
    assert desk.window.workspaces.switch is None
    assert "workspace.present" not in desk.window.commands


def test_the_switch_says_in_words_which_is_shown(show: Show) -> None:
    assert show.desk.window.workspaces is not None
    switch = show.desk.window.workspaces.switch
    assert switch is not None
    assert [button.text() for button in switch.buttons.values()] == ["Speak", "Present"]
    assert [button.isChecked() for button in switch.buttons.values()] == [False, True]
    switch.buttons["speak"].click()
    assert show.desk.window.workspace is show.desk.workspace


def test_everybody_shows_the_same_caption_track(show: Show) -> None:
    (track,) = show.audience.tracks
    assert track is show.desk.window._track.made()


def test_three_acts_by_keys_alone(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    from PySide6.QtWidgets import QDialog, QFileDialog

    from fishcaption.ui.present.outlets.dialog import KindDialog

    desk = open_desk(has_show=True, workspace="present")
    show = Show(desk)
    # open a text
    show.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    (chooser,) = desk.window.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "play.txt"))
    chooser.close()
    assert [path.name for path, _ in show.script.opening] == ["play.txt"]
    show.script.answer(PLAY)
    desk.window.activateWindow()
    desk.qtbot.waitUntil(show.present.script.cues.hasFocus)
    # choose where captions go
    add = show.present.show_panel.outlets.add
    for _ in range(60):
        if add.hasFocus():
            break
        desk.press(Qt.Key.Key_Tab)
    assert add.hasFocus()
    desk.press(Qt.Key.Key_Space)
    (kinds,) = desk.window.findChildren(KindDialog)
    assert isinstance(kinds, QDialog)
    kinds.close()
    desk.window.activateWindow()
    desk.qtbot.waitUntil(add.hasFocus)
    # next
    desk.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    show.press(Qt.Key.Key_Space)
    assert desk.reader.at_ear.text == "Good evening."
    assert show.states() == {"now": "Good evening.", "next": "Welcome."}


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_the_keys_of_remotes_are_next(show: Show, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    show.press(key, modifier)
    assert show.script.calls == ["speak_next"]


@pytest.mark.parametrize(
    ("key", "call"),
    [
        (Qt.Key.Key_Left, "back"),
        (Qt.Key.Key_PageUp, "back"),
        (Qt.Key.Key_R, "repeat"),
        (Qt.Key.Key_S, "skip"),
    ],
)
def test_other_keys_of_the_show(show: Show, key: Qt.Key, call: str) -> None:
    show.press(Qt.Key.Key_Space)
    show.script.calls.clear()
    show.press(key)
    assert show.script.calls == [call]


@pytest.mark.parametrize("after", [0.0, 0.1, 0.39])
def test_a_second_press_too_soon_is_the_same_press(show: Show, after: float) -> None:
    show.press(Qt.Key.Key_PageDown)
    show.now += after
    show.desk.press(Qt.Key.Key_PageDown)
    assert show.script.calls == ["speak_next"]
    show.now += 0.5
    show.desk.press(Qt.Key.Key_PageDown)
    assert show.script.calls == ["speak_next", "speak_next"]


def test_a_key_held_down_is_one_press(show: Show) -> None:
    from PySide6.QtGui import QKeyEvent

    for is_repeat in (False, True, True):
        show.now += 1.0
        none = Qt.KeyboardModifier.NoModifier
        pressed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, none, "", is_repeat)
        QApplication.sendEvent(show.present.script.cues, pressed)
    assert show.script.calls == ["speak_next"]


def test_the_whole_row_is_painted_when_its_state_changes(show: Show) -> None:
    """The cell of the state alone would leave the rest of the row in the colour of the last cue."""
    cues = show.present.script.cues
    painted: list[QRegion] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                painted.append(event.region())
            return False

    show.press(Qt.Key.Key_Space)
    QTest.qWait(50)
    watch = Watch()
    cues.viewport().installEventFilter(watch)
    show.press(Qt.Key.Key_Space)
    show.desk.qtbot.waitUntil(lambda: bool(painted))
    QTest.qWait(50)
    text = cues.visualRect(cues.model().index(0, 3))
    assert any(region.contains(text) for region in painted)


def test_next_behind_the_last_cue_is_told(show: Show) -> None:
    for _ in range(4):
        show.press(Qt.Key.Key_Space)
    show.desk.reader.hear_all()
    show.press(Qt.Key.Key_Space)
    assert show.desk.status == "This was the last cue."


def test_digits_and_enter_go_to_a_number_and_the_audience_sees_nothing(show: Show) -> None:
    seen: list[object] = []
    show.audience.audience.subscribe((42, 2), seen.append)  # type: ignore[arg-type]  # a Layout is a tuple
    for key in (Qt.Key.Key_1, Qt.Key.Key_Backspace, Qt.Key.Key_3):
        show.press(key)
    assert show.present.script.cues.digits() == "3"
    show.press(Qt.Key.Key_Return)
    assert show.states() == {"next": "The lights go down."}
    assert len(seen) == 1
    show.press(Qt.Key.Key_9)
    show.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert show.desk.status == "There is no cue 9."


def test_a_cue_is_found_by_its_words(show: Show) -> None:
    show.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = show.present.script.search.field
    assert field.hasFocus()
    QTest.keyClicks(field, "begin")
    show.press(Qt.Key.Key_Return)
    assert show.states() == {"next": "Good evening."}  # only looked at
    show.press(Qt.Key.Key_Return)
    assert show.states() == {"next": "We begin."}


def test_esc_leaves_the_search(show: Show) -> None:
    show.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    show.press(Qt.Key.Key_Escape)
    assert not show.present.script.search.isVisible()
    assert show.present.script.cues.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_Period])
def test_black_and_back(show: Show, key: Qt.Key) -> None:
    show.press(key)
    assert show.audience.audience.is_black
    assert show.present.show_panel._toggles["show.black"].isChecked()
    show.press(key)
    assert not show.audience.audience.is_black


def test_freeze_hold_mute_and_rehearsal(show: Show) -> None:
    show.press(Qt.Key.Key_F)
    assert show.audience.audience.is_frozen
    show.press(Qt.Key.Key_M)
    assert show.script.view().is_muted
    show.press(Qt.Key.Key_H)
    show.press(Qt.Key.Key_Space)
    assert "speak_next" not in show.script.calls
    assert show.desk.status.startswith("Hold is on")
    show.press(Qt.Key.Key_H)
    show.present.show_panel._toggles["show.rehearse"].click()
    assert show.script.view().is_rehearsal


def test_markers_are_set_and_gone_to(show: Show) -> None:
    show.present.script.cues.choose(2)
    show.press(Qt.Key.Key_F3)
    assert [cue.is_marked for cue in show.script.view().script.cues] == [False, False, True, False]
    show.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert show.states() == {"next": "The lights go down."}
    show.press(Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert show.desk.status == "There is no marker before this cue."


def test_esc_stops_what_is_spoken(show: Show) -> None:
    show.press(Qt.Key.Key_Space)
    show.press(Qt.Key.Key_Escape)
    assert show.desk.reader.calls[-1] == "stop"
    assert show.states() == {"now": "Good evening.", "next": "Welcome."}


def test_esc_that_was_learned_is_what_it_was_learned_as(show: Show) -> None:
    commands = show.desk.window.commands
    show.desk.change(keys=commands.given("show.next", ("Esc",)))
    show.press(Qt.Key.Key_Escape)
    show.press(Qt.Key.Key_Escape)
    assert show.script.calls == ["speak_next", "speak_next"]
    assert show.desk.reader.at_ear.text == "Welcome."
    # elsewhere it stops
    show.desk.press(Qt.Key.Key_1, CTRL_SHIFT)
    show.press(Qt.Key.Key_Escape)
    assert show.desk.reader.calls[-1] == "stop"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_N, Qt.Key.Key_F9, Qt.Key.Key_MediaNext])
def test_a_key_of_a_remote_or_pedal_is_learned_by_pressing_it(show: Show, key: Qt.Key) -> None:
    show.desk.window.commands.run("window.keys")
    (dialog,) = show.desk.window.findChildren(KeysDialog)
    dialog.choose("show.next")
    assert "(in the script)" in dialog.shown()["show.next"]
    dialog._on_add()
    QTest.keyClick(dialog._catch, key)
    assert "now does “Next: speak the next cue”" in dialog.told()
    assert ("does not stop the voice" in dialog.told()) is (key is Qt.Key.Key_Escape)
    dialog.close()
    show.desk.window.activateWindow()
    show.desk.qtbot.waitUntil(show.present.script.cues.hasFocus)
    show.press(key)
    assert show.script.calls == ["speak_next"]


def test_letters_write_in_a_field_and_remotes_act_there_all_the_same(show: Show) -> None:
    show.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = show.present.script.search.field
    show.press(Qt.Key.Key_B)
    show.press(Qt.Key.Key_Space)
    assert field.text() == "b "
    assert not show.audience.audience.is_black
    assert show.script.calls == []


def test_a_remote_acts_while_a_button_has_the_focus(show: Show) -> None:
    show.present.show_panel.outlets.add.setFocus()
    show.press(Qt.Key.Key_PageDown)
    assert show.script.calls == ["speak_next"]
    show.press(Qt.Key.Key_B)
    assert not show.audience.audience.is_black  # a letter acts in the script only


def test_the_transport_acts_on_the_show(show: Show) -> None:
    transport = show.desk.window.transport
    assert transport.speak.text() == "Next"
    assert not transport.louder.isVisible()
    transport.speak.click()
    transport.forward.click()
    transport.back.click()
    assert show.script.calls == ["speak_next", "skip", "back"]
    assert "Space" in transport.speak.toolTip()
    show.desk.press(Qt.Key.Key_1, CTRL_SHIFT)
    assert transport.speak.text() == "Speak"
    assert transport.louder.isVisible()
    show.desk.type("Hello")
    transport.speak.click()
    assert show.desk.reader.utterances[show.desk.reader.line[-1]].text == "Hello"


def test_a_cue_is_edited_while_another_is_spoken(show: Show) -> None:
    show.press(Qt.Key.Key_Space)
    show.present.script.cues.choose(2)
    show.press(Qt.Key.Key_F2)
    show.write("The lights go up.")
    show.script.show(spoken_seconds=3.0)  # the show goes on, and the text that is written stays
    show.press(Qt.Key.Key_Return)
    assert show.script.view().script.cues[2].text == "The lights go up."
    assert show.script.view().script.cues[2].id == 3
    assert show.script.calls == ["speak_next", "set_script"]
    assert show.present.script.cues.hasFocus()
    show.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert show.script.view().script.cues[2].text == "The lights go down."


def test_cues_are_written_pasted_and_deleted(show: Show) -> None:
    show.present.script.cues.choose(3)
    show.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    show.write("The end.")
    show.press(Qt.Key.Key_Return)
    assert [cue.text for cue in show.script.view().script.cues][-1] == "The end."
    QApplication.clipboard().setText("One more.\n\nAnd another.")
    show.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    texts = [cue.text for cue in show.script.view().script.cues]
    assert texts[-2:] == ["One more.", "And another."]
    ids = [cue.id for cue in show.script.view().script.cues]
    assert len(set(ids)) == len(ids)
    show.present.script.cues.choose(0)
    show.press(Qt.Key.Key_Delete)
    assert [cue.text for cue in show.script.view().script.cues] == texts[1:]


def test_the_menu_of_a_cue_does_what_the_keys_do(show: Show) -> None:
    cues = show.present.script.cues
    cues.choose(2)
    cues.customContextMenuRequested.emit(QPoint(10, 10))
    (menu,) = show.present.findChildren(QMenu)
    words = [action.text().partition("\t")[0] for action in menu.actions()]
    assert words[:2] == ["Make the selected cue the next one", "Set or remove a marker"]
    menu.actions()[0].trigger()
    menu.close()
    assert show.states() == {"next": "The lights go down."}


@pytest.mark.parametrize("is_file", [True, False])
def test_files_and_texts_are_dropped(show: Show, tmp_path: Path, is_file: bool) -> None:
    data = QMimeData()
    if is_file:
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "new.txt"))])
    else:
        data.setText("Dropped one.\n\nDropped two.")
    place, button = QPoint(20, 20), Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, button, none)
    QApplication.sendEvent(show.present.script, entered)
    assert entered.isAccepted()
    dropped = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, button, none)
    QApplication.sendEvent(show.present.script, dropped)
    if is_file:
        assert [path.name for path, _ in show.script.opening] == ["new.txt"]
    else:
        texts = [cue.text for cue in show.script.view().script.cues]
        assert texts[1:3] == ["Dropped one.", "Dropped two."]  # below the selected cue


def test_what_is_wrong_with_a_file_is_told(show: Show, tmp_path: Path) -> None:
    show.present.open_file(tmp_path / "broken.docx")
    show.script.answer(InputError("broken.docx is no document.", hint="Save it again."))
    assert show.desk.banner.text() == "broken.docx is no document. Save it again."
    show.press(Qt.Key.Key_Space)  # something new is spoken: it is over
    assert show.desk.banner.text() == ""


def test_a_script_that_was_opened_by_mistake_is_undone(show: Show, tmp_path: Path) -> None:
    before = show.script.view().script
    show.present.open_file(tmp_path / "other.txt")
    show.script.answer(Script("other.txt", (ScriptCue(1, "Something else."),)))
    show.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert show.script.view().script == before


def test_scripts_that_were_opened_before_are_in_a_menu(show: Show, tmp_path: Path) -> None:
    show.desk.window.commands.run("show.recent")
    assert show.desk.status == "No script was opened yet."
    for name in ("first.txt", "A & B.txt", "gone.txt"):
        show.present.open_file(tmp_path / name)
        is_there = name != "gone.txt"
        show.script.answer(Script(name, (ScriptCue(1, "One."),)) if is_there else StorageError("It is gone."))
    show.desk.window.commands.run("show.recent")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [entry.text().partition("  (")[0] for entry in menu.actions() if not entry.isSeparator()]
    assert names == ["A && B.txt", "first.txt", "Clear this list"]
    menu.actions()[1].trigger()
    assert [path for path, _ in show.script.opening] == [tmp_path / "first.txt"]
    menu.actions()[-1].trigger()
    menu.close()
    assert show.desk.services.recent.paths() == ()


def test_the_window_closes_while_a_file_is_read(show: Show, tmp_path: Path) -> None:
    show.present.open_file(tmp_path / "long.txt")
    show.desk.window.close()
    show.script.answer(PLAY)
    assert show.audience.subscribers() == show.script.subscribers() == 0


def test_the_history_is_shown_in_speak(show: Show) -> None:
    show.desk.press(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert show.desk.window.workspace is show.desk.workspace
    assert show.desk.workspace.shown_page() is show.desk.history.page


def test_a_text_that_comes_during_a_show_changes_nothing_of_it(show: Show) -> None:
    show.desk.window.take_text("From elsewhere.")
    assert show.desk.window.workspace is show.present
    assert show.desk.status == "A text has come. It is in Speak."
    assert show.desk.editor.text() == "From elsewhere."


def test_its_commands_are_known_before_it_was_shown_and_keep_learned_keys(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(has_show=True, keys={"show.next": ("Ctrl+F9",)})
    commands = desk.window.commands
    before = {action.id: commands.keys(action.id) for action in commands if action.id.startswith("show.")}
    assert before["show.next"] == ("Ctrl+F9",)
    assert before["show.back"] == ("Left", "PgUp")
    assert not commands["show.next"].enabled()
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    after = {action.id: commands.keys(action.id) for action in commands if action.id.startswith("show.")}
    assert after == before
    assert commands["show.next"].enabled()


def test_a_command_that_is_run_before_it_was_shown_does_its_work_and_shows_nothing(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(has_show=True)
    service = desk.services.script_service
    assert isinstance(service, FakeScript)
    service.set_script(PLAY)
    desk.window.commands.run("show.next")
    assert [one.text for one in desk.reader.utterances.values()] == ["Good evening."]
    assert desk.window.workspace is desk.workspace
    assert desk.editor.hasFocus()
    assert desk.window.workspaces is not None
    (present,) = desk.window.workspaces.others()
    assert not present.view.isVisible()
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    assert desk.window.workspace is present
    assert present.view.isVisible()


def test_a_global_key_speaks_the_next_cue_while_speak_is_shown(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has_show=True)
    service = desk.services.script_service
    assert isinstance(service, FakeScript)
    service.set_script(PLAY)
    desk.calls._on_pressed("next")
    assert [one.text for one in desk.reader.utterances.values()] == ["Good evening."]
    assert desk.window.workspace is desk.workspace
