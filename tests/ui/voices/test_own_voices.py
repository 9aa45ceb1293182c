"""“My voices”: made, compared, renamed, deleted, by keys, and never without being asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMessageBox

from fishcaption.core.account.named_keys import NamedKey, NamedKeys
from fishcaption.core.errors import ConnectionLost, FishCaptionError, StorageError, Unauthorized
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import CloneProgress, Step, VoiceDetails
from fishcaption.store.keys import KeyPlace
from fishcaption.ui.voice_ports import Hearing, Making, OwnVoiceList
from fishcaption.ui.voices.own_voices import OwnVoicesWindow
from fishcaption.ui.voices.own_voices_create import CreateVoiceDialog
from fishcaption.ui.voices.own_voices_design import DesignVoiceDialog
from fishcaption.ui.voices.own_voices_details import DetailsDialog
from fishcaption.ui.voices.picker.dialog import VoicePicker
from tests.ui.conftest import Desk
from tests.ui.fake_own_voices import GONE, MINE, RECORDINGS, WORK, FakeOwnVoices
from tests.ui.fakes import HIBARI

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def own() -> FakeOwnVoices:
    return FakeOwnVoices()


@pytest.fixture
def desk(open_desk: Callable[..., Desk], own: FakeOwnVoices) -> Desk:
    return open_desk(own_voices=own)


@pytest.fixture
def window(desk: Desk) -> OwnVoicesWindow:
    desk.type("A draft of mine")
    desk.window.commands.run("voice.own")
    found = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(found, OwnVoicesWindow)
    QTest.qWait(0)
    return found


def press(window: QDialog, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    """Press a key in a window once it has the focus."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window.windowHandle(), key, modifier)


def texts(window: OwnVoicesWindow) -> list[tuple[str, str]]:
    rows = [window.list.topLevelItem(row) for row in range(window.list.topLevelItemCount())]
    return [(row.text(0), row.text(1)) for row in rows if row is not None]


def select(window: OwnVoicesWindow, row: int) -> None:
    item = window.list.topLevelItem(row)
    assert item is not None
    window.list.setCurrentItem(item)


def child(window: QDialog, kind: type[QDialog]) -> QDialog:
    (found,) = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    return found


def answer(window: QDialog, word: str) -> QMessageBox:
    """Press the button with this word in the question that is asked."""
    (box,) = [found for found in window.findChildren(QMessageBox) if found.isVisible()]
    (button,) = [found for found in box.buttons() if word in found.text()]
    button.click()
    return box


def test_voices_and_recordings_are_listed_with_what_can_be_done(window: OwnVoicesWindow) -> None:
    assert [name for name, _ in texts(window)] == ["My voice", "Old voice", "From work", "Mine"]
    states = [state for _, state in texts(window)]
    assert states[0] == "Ready"
    assert "deleted elsewhere" in states[1]
    assert "another account" in states[2]
    assert "1 of 2 recordings good" in window.detail()
    assert "too noisy" in window.detail()
    can_use, can_edit, delete = [], [], []
    for row in range(4):
        select(window, row)
        can_use.append(window.use.isEnabled())
        can_edit.append(window.edit.isEnabled())
        delete.append(window.delete.text() if window.delete.isEnabled() else "")
    assert can_use == [True, False, False, True]
    assert can_edit == [True, False, False, False]
    assert delete == ["Delete…", "Take it off this list…", "Take it off this list…", ""]


def test_the_users_own_sentence_is_compared_by_one_key_each(window: OwnVoicesWindow, desk: Desk) -> None:
    assert window.compare.sentence.text() == "A draft of mine"
    assert window.compare.voices() == (MINE.voice, RECORDINGS.voice, HIBARI)
    services = desk.services
    press(window, Qt.Key.Key_1, ALT)
    press(window, Qt.Key.Key_3, ALT)
    tried = [args for name, args, _ in services.asked if name == "try_text"]
    assert [(entry.voice, text) for entry, text in tried] == [
        (MINE.voice, "A draft of mine"),
        (HIBARI, "A draft of mine"),
    ]
    assert services.hearing is not None
    for state, words in (
        (Hearing.PREPARING, f"{HIBARI.name}: preparing the sound…"),
        (Hearing.SOUNDING, f"You hear {HIBARI.name}. Esc stops."),
        (Hearing.ENDED, ""),
    ):
        services.hearing(state)
        assert window.told() == words
    services.hearing(ConnectionLost("It broke.", hint="Try again."))
    assert window.told() == "It broke. Try again."
    assert not desk.reader.utterances, "no transcript and no audience has it"
    window.reject()
    assert services.left == 1
    assert not services.is_hearing()


def test_recordings_that_are_read_sooner_do_not_stand_before_the_voice(
    open_desk: Callable[..., Desk],
) -> None:
    class Slow(FakeOwnVoices):
        def voices(self, on_done: Callable[[OwnVoiceList | FishCaptionError], None]) -> None:
            waiting.append(on_done)

    waiting: list[Callable[[OwnVoiceList | FishCaptionError], None]] = []
    desk = open_desk(own_voices=Slow())
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert [name for name, _ in texts(window)] == ["Mine"]
    waiting[0](OwnVoiceList((MINE,)))
    chosen: list[Voice] = []
    window.chosen.connect(chosen.append)
    QTest.keyClick(window.list, Qt.Key.Key_Return)
    assert chosen == [MINE.voice]


def test_a_chosen_voice_that_is_gone_is_not_compared(
    open_desk: Callable[..., Desk], own: FakeOwnVoices
) -> None:
    desk = open_desk(own_voices=own, voice=GONE.voice)
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert GONE.voice not in window.compare.voices()


def test_tab_goes_from_the_sentence_to_the_voices_that_say_it(window: OwnVoicesWindow) -> None:
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.compare.sentence.setFocus()
    said = []
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        assert isinstance(focused, QAbstractButton)
        said.append(focused.text()[:1])
    assert said == ["1", "2", "3", window.make_new.text()[:1]]


def test_without_a_key_the_window_leads_to_one(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    asked: list[bool] = []
    window.key_asked.connect(lambda: asked.append(True))
    assert not window.key.isVisible()
    own.error = Unauthorized("A Fish Audio voice needs a key.")
    window.refresh()
    window.key.click()
    assert asked == [True]
    own.error = None
    window.refresh()
    assert not window.key.isVisible()


def test_a_voice_is_chosen_on_request(window: OwnVoicesWindow) -> None:
    chosen: list[Voice] = []
    window.chosen.connect(chosen.append)
    window.use.click()
    assert chosen == [MINE.voice]
    assert texts(window)[0][0] == "My voice — chosen"


def test_a_voice_is_made_of_recordings_with_progress_and_told_when_ready(
    window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    window.make_new.click()
    dialog = child(window, CreateVoiceDialog)
    assert isinstance(dialog, CreateVoiceDialog)
    assert dialog.form.title.text() == "Mine"
    dialog.form.title.setText("Newest")
    dialog.cleans.box.setChecked(False)
    dialog.make.click()
    assert own.did == [("create", ("Mine", VoiceDetails("Newest"), False))]
    own.be(Making("Newest", CloneProgress(Step.SENDING, 0.42)))
    assert "42 %" in window._making_words.text()
    assert not window.make_new.isEnabled()
    new = MINE._replace(voice=Voice("fish", "id-new", "Newest"))
    own.own = (new, *own.own)
    own.be(Making("Newest", CloneProgress(Step.TRAINING), made=new))
    assert "ready" in window.told()
    assert window.make_new.isEnabled()
    assert window.use.hasFocus() or window.focusWidget() is window.use
    current = window.list.currentItem()
    assert current is not None
    assert current.text(0) == "Newest"
    assert window.compare.voices()[0] == new.voice


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ({"error": ConnectionLost("The connection broke.", hint="Try again.")}, "The connection broke."),
        ({"made": MINE._replace(state=VoiceState.TRAINING)}, "still being made"),
    ],
)
def test_the_end_of_a_making_is_told(
    end: dict[str, object], words: str, window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    own.be(Making("Newest", CloneProgress(Step.WAITING, 1.0)))
    own.be(Making("Newest", CloneProgress(Step.WAITING, 1.0), **end))  # type: ignore[arg-type]  # one of its fields
    assert words in window.told()


def test_a_making_is_cancelled(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    own.be(Making("Newest", CloneProgress(Step.SENDING, 0.1)))
    window._cancel.click()
    assert own.did == [("cancel", None)]
    assert "not made" in window.told()
    assert not window._cancel.isVisible()


def test_recordings_speak_without_a_voice_at_the_service(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    chosen: list[Voice] = []
    window.chosen.connect(chosen.append)
    window.make_new.click()
    dialog = child(window, CreateVoiceDialog)
    assert isinstance(dialog, CreateVoiceDialog)
    dialog.nowhere.click()
    assert not dialog.form.isVisible()
    dialog.make.click()
    assert chosen == [Voice("fish", "takes:Mine", "Mine", ("en",))]
    assert own.did == []


def test_noise_is_removed_where_a_check_hears_some_and_the_user_has_the_last_word(
    window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    own.recordings = (RECORDINGS, RECORDINGS._replace(name="Second"))
    own.noise = False
    window.make_new.click()
    dialog = child(window, CreateVoiceDialog)
    assert isinstance(dialog, CreateVoiceDialog)
    assert not dialog.cleans.box.isChecked()
    own.noise = ConnectionLost("It cannot be listened to.")
    dialog.which.setCurrentIndex(1)
    assert dialog.cleans.box.isChecked()
    dialog.cleans.box.click()
    own.noise = True
    dialog.which.setCurrentIndex(0)
    assert not dialog.cleans.box.isChecked()


def test_an_answer_that_comes_after_the_dialog_is_closed_changes_nothing(
    window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    own.noise = None
    window.make_new.click()
    child(window, CreateVoiceDialog).reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    own.waiting[0](True)


def test_no_voice_is_made_before_somebody_has_agreed(open_desk: Callable[..., Desk]) -> None:
    own = FakeOwnVoices(own=(), recordings=(RECORDINGS._replace(speaker=""),))
    desk = open_desk(own_voices=own)
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert not window.use.isEnabled()
    window.make_new.click()
    dialog = child(window, CreateVoiceDialog)
    assert isinstance(dialog, CreateVoiceDialog)
    assert not dialog.make.isEnabled()
    assert "Nobody has said yet" in dialog._facts.text()


def test_a_voice_is_deleted_after_two_questions_that_name_it(
    window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    window.delete.click()
    assert "“My voice”" in answer(window, "Delete it").text()
    assert own.did == []
    assert "“My voice”" in answer(window, "for ever").text()
    assert own.did == [("delete", "id-mine")]
    assert texts(window)[0][0] == "Old voice"


def test_a_no_to_either_question_deletes_nothing(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    window.delete.click()
    answer(window, "Cancel")
    window.delete.click()
    answer(window, "Delete it")
    answer(window, "Cancel")
    assert own.did == []


def test_what_is_gone_is_taken_off_the_list_only(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    select(window, 1)
    window.delete.click()
    answer(window, "Take it off")
    assert own.did == [("forget", GONE.voice.id)]


def test_deleting_the_chosen_voice_says_that_it_is_still_chosen(
    open_desk: Callable[..., Desk], own: FakeOwnVoices
) -> None:
    desk = open_desk(own_voices=own, voice=MINE.voice)
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    window.delete.click()
    answer(window, "Delete it")
    answer(window, "for ever")
    assert "still the chosen voice" in window.told()
    assert desk.services.settings.current.voice == MINE.voice


def test_a_voice_is_renamed(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    window.edit.click()
    dialog = child(window, DetailsDialog)
    assert isinstance(dialog, DetailsDialog)
    dialog.form.title.setText("")
    QTest.keyClick(dialog.form.title, Qt.Key.Key_Return)
    assert "no name" in dialog.told()
    dialog.form.title.setText("Renamed")
    QTest.keyClick(dialog.form.title, Qt.Key.Key_Return)
    assert own.did == [("change", ("id-mine", MINE.details._replace(title="Renamed")))]
    assert texts(window)[0][0] == "Renamed"


def test_a_design_says_its_price_first_and_one_of_it_becomes_a_voice(
    window: OwnVoicesWindow, own: FakeOwnVoices
) -> None:
    window.design.click()
    dialog = child(window, DesignVoiceDialog)
    assert isinstance(dialog, DesignVoiceDialog)
    dialog._design.click()
    assert "not described" in dialog.told()
    dialog.description.setPlainText("a calm old man")
    dialog.text.setText("Good morning.")
    dialog._design.click()
    assert own.did == []
    assert "$0.01" in answer(dialog, "Design").text()
    assert own.did == [("design", ("a calm old man", "Good morning.", 3))]
    assert "made 2 of them" in dialog.told()
    press(dialog, Qt.Key.Key_2, ALT)
    assert own.did[1:] == [("hear", 2)]
    dialog._group.button(2).click()
    dialog.form.title.setText("Designed")
    dialog.make.click()
    assert own.did[2:] == [("create_designed", (2, VoiceDetails("Designed")))]


def test_offline_the_known_voices_stay_with_the_reason(open_desk: Callable[..., Desk]) -> None:
    own = FakeOwnVoices(own=(MINE,), error=ConnectionLost("It cannot be reached.", hint="Check the network."))
    desk = open_desk(own_voices=own)
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert "cannot be reached" in window.told()
    assert texts(window)[0][0] == "My voice"


def test_the_list_is_exported_and_imported(
    window: OwnVoicesWindow, own: FakeOwnVoices, tmp_path: Path
) -> None:
    buttons: tuple[tuple[QAbstractButton, str], ...] = (
        (window.export, "export_to"),
        (window.take_in, "import_from"),
    )
    for button, name in buttons:
        button.click()
        chooser = window.findChild(QFileDialog)
        assert isinstance(chooser, QFileDialog)
        chooser.fileSelected.emit(str(tmp_path / "voices.json"))
        chooser.setParent(None)
        chooser.deleteLater()
        assert own.did[-1] == (name, tmp_path / "voices.json")
    assert "1 voices were added" in window.told()


def test_a_window_that_is_opened_later_shows_what_is_being_made(open_desk: Callable[..., Desk]) -> None:
    own = FakeOwnVoices()
    own.now = Making("Newest", CloneProgress(Step.TRAINING, 1.0))
    desk = open_desk(own_voices=own)
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert "trains the voice" in window._making_words.text()
    window.reject()
    own.be(replace_making(own.now))
    assert len(own.subscribers) == 0


def replace_making(making: Making) -> Making:
    return making._replace(made=MINE)


def test_the_recording_window_leads_on_to_the_voice(
    open_desk: Callable[..., Desk], own: FakeOwnVoices
) -> None:
    desk = open_desk(own_voices=own)
    desk.window.commands.run("voice.make")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert child(window, CreateVoiceDialog).isVisible()


def test_the_list_of_all_voices_leads_to_ones_own(open_desk: Callable[..., Desk], own: FakeOwnVoices) -> None:
    desk = open_desk(own_voices=own)
    desk.window.commands.run("voice.choose")
    picker = desk.window.findChild(VoicePicker)
    assert isinstance(picker, VoicePicker)
    picker._own.click()
    assert not picker.isVisible()
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    assert window.isVisible()


def test_the_list_is_asked_for_again_by_a_key(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    own.own = (MINE,)
    press(window, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
    assert [name for name, _ in texts(window)] == ["My voice", "Mine"]


def test_recordings_that_cannot_travel_are_told(window: OwnVoicesWindow, own: FakeOwnVoices) -> None:
    own.recordings = (RECORDINGS._replace(sent_each_time=0),)
    window.make_new.click()
    dialog = child(window, CreateVoiceDialog)
    assert isinstance(dialog, CreateVoiceDialog)
    dialog.nowhere.click()
    assert "None of them can be sent" in dialog._facts.text()
    assert not dialog.make.isEnabled()


def test_a_voice_of_another_key_offers_to_use_that_key(desk: Desk, own: FakeOwnVoices) -> None:
    own.own = (MINE, WORK)
    desk.change(fish_keys=NamedKeys((NamedKey("", "Home"), NamedKey("k2", "Work"))))
    desk.window.commands.run("voice.own")
    window = desk.window.findChild(OwnVoicesWindow)
    assert isinstance(window, OwnVoicesWindow)
    select(window, 1)
    assert "It belongs to the key “Work”." in window.detail()
    window.use.click()
    assert "“Work”" in answer(window, "Use that key").text()
    name, given, on_done = desk.services.account.asked[-1]
    assert (name, given) == ("use_key", ("k2",))
    on_done(StorageError("This key is no longer in the system's keyring."))
    assert "no longer" in window.told()
    assert desk.services.settings.current.voice != WORK.voice
    on_done(KeyPlace.KEYRING)
    assert desk.services.settings.current.voice == WORK.voice
    desk.change(fish_keys=NamedKeys((NamedKey("", "Home"), NamedKey("k2", "Work")), "k2"))
    window.use.click()
    answer(window, "Use that key")
    assert "another account now" in window.told(), "the key under this name was replaced"
    window.done(0)
