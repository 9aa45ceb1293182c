"""“Make your own voice” from the first minute on, by keys; nothing is refused, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QScrollArea, QWidget

from fishcaption.core.errors import AudioDeviceError, InputError, StorageError
from fishcaption.core.voices.takes import TakeMeasures
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.consent import Consent
from fishcaption.ui.recording_ports import InputDevice, Level
from fishcaption.ui.voices.picker.dialog import VoicePicker
from fishcaption.ui.voices.studio import session as sessions
from fishcaption.ui.voices.studio.cut_dialog import CutDialog
from fishcaption.ui.voices.studio.own_text import TextDialog
from fishcaption.ui.voices.studio.session import Phase
from fishcaption.ui.voices.studio.window import StudioWindow
from fishcaption.ui.voices.studio.words import advice_words, amount_words, no_signal_words, room_words
from tests.ui import opened
from tests.ui.conftest import Desk
from tests.ui.voices.studio.fake_recordings import GOOD, FakeRecordings

SPACE = Qt.Key.Key_Space


class Studio:
    """The window, and a hand on it."""

    def __init__(self, desk: Desk, service: FakeRecordings) -> None:
        self.desk, self.service = desk, service
        desk.window.commands.run("voice.record")
        (window,) = [made for made in desk.window.findChildren(StudioWindow) if made.isVisible()]
        self.window = window
        service.settle()
        desk.qtbot.waitUntil(window.isActiveWindow)

    def press(self, key: Qt.Key = SPACE) -> None:
        """Press a key where the focus is, some time after the last."""
        self.window.session._since.invalidate()
        QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def begun(self) -> Studio:
        """With a collection."""
        if self.window.view is None:
            self.window._begin.click()
            self.service.settle()
        return self

    def record(self, count: int = 1) -> None:
        """Read so many texts aloud."""
        for _ in range(count):
            self.press()
            self.service.hear()
            self.press()
            self.service.settle()
            if self.window.session.phase is Phase.DONE and count > 1:
                self.press()

    @property
    def status(self) -> str:
        return self.window.read._status.text()

    def phase(self) -> Phase:
        """The step of the session."""
        return self.window.session.phase


@pytest.fixture
def service(tmp_path: Path) -> FakeRecordings:
    return FakeRecordings(tmp_path / "voices")


@pytest.fixture
def studio(desk: Desk, service: FakeRecordings) -> Iterator[Studio]:
    desk.services.recordings_service = service
    made = Studio(desk, service)
    yield made
    service.waiting.clear()


def test_space_alone_leads_from_the_first_minute_through_all_texts(studio: Studio) -> None:
    assert isinstance(QApplication.focusWidget(), QPushButton), "the first page needs one key, too"
    studio.press()
    studio.service.settle()
    session = studio.window.session
    count = len(session.texts)
    assert count >= 6
    for place in range(count):
        assert (studio.phase(), session.place) == (Phase.READY, place)
        studio.press()
        assert studio.phase() is Phase.RECORDING
        studio.service.hear(times=40)
        studio.press()
        studio.service.settle()
        assert studio.phase() is Phase.DONE
        assert "17 s are saved. Good" in studio.status
        studio.press()
    assert studio.phase() is Phase.FINISHED
    view = collection.load(studio.service.root / "My voice")
    assert [take.text for take in view.kept] == [text.text for text in session.texts]
    assert "2 min 16 s are kept" in studio.window._amount.text()


def test_enter_is_a_switch_too_and_a_double_hit_counts_once(studio: Studio) -> None:
    studio.begun()
    studio.press(Qt.Key.Key_Return)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)  # type: ignore[arg-type]  # there is one
    assert studio.phase() is Phase.RECORDING, "a trembling hand does not stop it"
    assert sessions.STEADY_MS < 500
    studio.press(Qt.Key.Key_Return)
    studio.service.settle()
    assert studio.phase() is Phase.DONE


def test_it_goes_on_another_day_where_it_was_left(studio: Studio) -> None:
    studio.begun().record(2)
    studio.window.close()
    again = Studio(studio.desk, studio.service)
    again.service.settle()
    assert again.window.session.place == 2
    assert "34 s are kept; 1 to 2 minutes are enough." in again.window._amount.text()


def test_closing_while_recording_keeps_what_was_said(studio: Studio) -> None:
    studio.begun()
    studio.press()
    studio.press(Qt.Key.Key_Escape)
    assert studio.window.isVisible(), "Esc ends the recording first"
    studio.service.settle()
    assert studio.phase() is Phase.DONE
    studio.press()
    studio.press()
    studio.window.done(0)
    studio.service.settle()
    assert len(collection.load(studio.service.root / "My voice").kept) == 2


def test_a_recording_that_nobody_ends_ends_and_is_kept(studio: Studio) -> None:
    studio.begun()
    studio.press()
    assert studio.window.session._end_soon.isActive()
    studio.window.session._end_soon.timeout.emit()
    studio.service.settle()
    assert studio.phase() is Phase.DONE
    assert not studio.window.session._end_soon.isActive()
    assert len(collection.load(studio.service.root / "My voice").kept) == 1


def test_esc_stops_what_is_played_and_then_closes(studio: Studio) -> None:
    studio.begun().record()
    reader = studio.desk.reader
    for is_heard in (False, True):
        studio.press(Qt.Key.Key_P)
        studio.service.settle()
        assert reader.on_signal_end is not None
        if is_heard:
            reader.on_signal_end(True)
        studio.press(Qt.Key.Key_Escape)
        assert studio.window.isVisible() is not is_heard
    assert reader.calls.count("stop") == 2, "before the recording, and by Esc"


def test_playback_stops_before_a_recording_and_nothing_plays_meanwhile(studio: Studio) -> None:
    studio.begun().record()
    reader = studio.desk.reader
    studio.press(Qt.Key.Key_P)
    studio.service.settle()
    assert [len(sound.pcm) for sound in reader.signals] == [2 * 17 * 48_000]
    reader.calls.clear()
    studio.press(Qt.Key.Key_R)
    assert reader.calls == ["stop"]
    assert studio.phase() is Phase.RECORDING
    studio.window._play_last()
    studio.service.settle()
    assert reader.calls == ["stop"]


def test_a_text_that_is_recorded_again_replaces_what_is_kept_and_loses_nothing(studio: Studio) -> None:
    studio.begun().record()
    studio.press(Qt.Key.Key_R)
    studio.press()
    studio.service.settle()
    view = collection.load(studio.service.root / "My voice")
    assert [take.is_kept for take in view.takes] == [False, True]


def test_a_bad_take_is_warned_of_and_kept_all_the_same(studio: Studio) -> None:
    studio.begun()
    studio.service.measures["take-001.flac"] = GOOD._replace(clipped_peaks=90, snr_db=9.0)
    studio.record()
    assert "Move a little away" in studio.status
    assert "You can use it as it is." in studio.status
    assert len(collection.load(studio.service.root / "My voice").kept) == 1
    studio.press()
    assert studio.window.session.place == 1, "and the next text comes by the same key"


def test_silence_around_the_voice_is_trimmed_by_a_button(studio: Studio) -> None:
    studio.begun()
    studio.service.measures["take-001.flac"] = GOOD._replace(speech_start=3.0)
    studio.record()
    assert studio.window.read._trim.isEnabled()
    studio.window.read._trim.click()
    studio.service.settle()
    assert studio.service.calls[-1] == "trim"
    assert studio.window.session.take is not None
    assert studio.window.session.take.file == "take-002.flac"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AudioDeviceError("The microphone is gone.", hint="Plug it in again."), "Plug it in again"),
        (StorageError("The disk is full.", hint="Free some space."), "Free some space"),
    ],
)
def test_what_was_recorded_until_a_failure_stays(studio: Studio, error: AudioDeviceError, words: str) -> None:
    studio.begun()
    studio.press()
    studio.service.hear()
    studio.service.fail(error)
    studio.service.settle()
    assert words in studio.status + studio.window._status.text()
    (take,) = studio.window.takes._view.takes if studio.window.takes._view else ()
    assert not take.is_kept
    assert studio.phase() is Phase.READY, "and it can be recorded again"


def test_a_microphone_without_a_sound_is_told_at_once_with_what_to_do(studio: Studio) -> None:
    studio.begun()
    studio.press()
    studio.service.hear(Level(0.0, 0.0, False, has_signal=False))
    assert studio.window.read._meter.words() == "No sound at all"
    assert "gives no sound at all" in studio.status
    assert "Privacy" in no_signal_words("darwin")
    assert "desktop apps" in no_signal_words("win32")
    assert "muted" in no_signal_words("linux")


def test_without_a_microphone_files_can_be_added(desk: Desk, service: FakeRecordings) -> None:
    service.devices = ()
    desk.services.recordings_service = service
    studio = Studio(desk, service).begun()
    assert "No microphone was found" in studio.status or "Press Space" in studio.status
    studio.window.pages.setCurrentIndex(1)
    studio.window.takes.add(["/old/message.m4a", "/old/letter.txt"])
    studio.service.settle()
    told = studio.window.takes._status.text()
    assert "1 added." in told
    assert "letter.txt is no sound. Choose another." in told
    assert studio.window.takes.current().source == "message.m4a"  # type: ignore[union-attr]  # there is one
    assert "Write what is said in it" in studio.window.takes._details.text()


def test_files_are_dropped(studio: Studio) -> None:
    studio.begun()
    studio.window.pages.setCurrentIndex(1)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/old/a.mp3"), QUrl("https://example.org/b.mp3")])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.NoButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    studio.window.takes.dropEvent(drop)
    studio.service.settle()
    assert [take.source for take in studio.window.view.takes] == ["a.mp3"]  # type: ignore[union-attr]  # there is one


def test_the_microphone_is_tested_in_words_and_nothing_is_kept(studio: Studio) -> None:
    studio.begun()
    studio.window.read._on_microphone(2)
    studio.window.read._test.click()
    studio.service.hear(times=40)
    assert studio.service.device == InputDevice("Webcam", "ALSA")
    studio.window.read._test.click()
    studio.service.settle()
    assert "the room is quiet. You can begin." in studio.status
    assert collection.load(studio.service.root / "My voice").takes == ()


def test_the_microphone_is_remembered_and_one_that_is_gone_is_told(studio: Studio) -> None:
    studio.begun()
    studio.window.read._on_microphone(1)
    studio.window.done(0)
    studio.window.deleteLater()
    again = Studio(studio.desk, studio.service)
    assert again.window.session.device == InputDevice("Headset", "ALSA")
    assert again.window.read._microphone.currentText() == "Headset"
    again.service.devices = (InputDevice("Webcam", "ALSA"),)
    again.window.read.refresh_microphones()
    again.service.settle()
    assert "“Headset” is not connected" in again.status
    assert again.window.session.device == InputDevice()


def test_it_goes_on_in_the_language_of_the_last_take(studio: Studio) -> None:
    studio.begun()
    studio.window.read.language_chosen.emit("de")
    studio.service.settle()
    studio.record()
    studio.window.done(0)
    again = Studio(studio.desk, studio.service)
    assert again.window.session.language == "de"
    assert again.window.session.place == 1


def test_the_users_own_text_is_read_in_parts(studio: Studio) -> None:
    studio.begun()
    studio.window.read._own.click()
    dialog = studio.window.findChild(TextDialog)
    assert dialog is not None
    dialog.field.setPlainText("Once there was a fish. " * 30)
    dialog._on_chosen()
    assert len(studio.window.session.texts) == 3
    studio.record()
    assert studio.window.view.kept[0].text.startswith("Once there was a fish.")  # type: ignore[union-attr]  # there is one


def test_another_language_brings_its_texts(studio: Studio) -> None:
    studio.begun()
    studio.window.read.language_chosen.emit("de")
    studio.service.settle()
    assert "durchgefroren" in studio.window.read._text.toPlainText()
    studio.record()
    assert studio.window.view.kept[0].language == "de"  # type: ignore[union-attr]  # there is one


def test_takes_are_kept_corrected_cut_and_deleted_by_keys(studio: Studio) -> None:
    studio.begun().record(2)
    studio.window.pages.setCurrentIndex(1)
    takes = studio.window.takes
    takes._list.setFocus()
    studio.press()
    studio.service.settle()
    assert [take.is_kept for take in studio.window.view.takes] == [False, True]  # type: ignore[union-attr]  # there is one
    studio.press(Qt.Key.Key_F2)
    dialog = studio.window.findChild(TextDialog)
    assert dialog is not None
    dialog.field.setPlainText("Come in, you are freezing.")
    dialog._on_chosen()
    studio.service.settle()
    assert takes.current().text == "Come in, you are freezing."  # type: ignore[union-attr]  # there is one
    takes._cut.click()
    studio.service.settle()
    cut = studio.window.findChild(CutDialog)
    assert cut is not None
    for _ in range(3):
        QTest.keyClick(cut.waveform, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(cut.waveform, Qt.Key.Key_S)
    QTest.keyClick(cut.waveform, Qt.Key.Key_End)
    QTest.keyClick(cut.waveform, Qt.Key.Key_Left)
    QTest.keyClick(cut.waveform, Qt.Key.Key_E)
    assert (cut.start.value(), cut.end.value()) == (3.0, 16.95)
    cut._on_cut()
    studio.service.settle()
    assert takes.current().seconds == pytest.approx(13.95)  # type: ignore[union-attr]  # there is one
    takes._remove.click()
    box = studio.window.findChild(QMessageBox)
    assert box is not None
    box.buttons()[0].click()
    studio.service.settle()
    assert len(studio.window.view.takes) == 2  # type: ignore[union-attr]  # there is one


def test_a_cut_that_makes_no_sense_is_told(studio: Studio) -> None:
    studio.begun().record()
    studio.window._ask_cut(studio.window.view.takes[0])  # type: ignore[union-attr]  # there is one
    cut = studio.window.findChild(CutDialog)
    assert cut is not None
    cut.on_peaks(InputError("It cannot be read."))
    cut.start.setValue(9.0)
    cut.end.setValue(3.0)
    cut._on_cut()
    assert cut.isVisible()
    assert "behind the start" in cut._status.text()
    cut.reject()
    studio.service.settle()


def test_whose_voice_it_is_is_said_and_can_be_taken_back(studio: Studio) -> None:
    studio.begun()
    studio.window.pages.setCurrentIndex(2)
    page = studio.window.consent
    page._today = lambda: date(2026, 11, 30)
    page._save.click()
    assert "tick that this person agrees" in page._status.text()
    page._agrees.box.setChecked(True)
    page._save.click()
    studio.service.settle()
    assert "Write the name" in page._status.text()
    page._name.setText("Mary Smith")
    page._other.setChecked(True)
    page._save.click()
    studio.service.settle()
    assert studio.window.view.consent == Consent("Mary Smith", False, "2026-11-30")  # type: ignore[union-attr]  # there is one
    assert "Mary Smith has agreed on 2026-11-30" in page._status.text()
    page._take_back.click()
    box = studio.window.findChild(QMessageBox)
    assert box is not None
    box.buttons()[0].click()
    studio.service.settle()
    assert studio.window.view.consent is None  # type: ignore[union-attr]  # there is one


def test_a_collection_goes_to_another_computer(studio: Studio, tmp_path: Path) -> None:
    studio.begun().record()
    studio.window.export_to(str(tmp_path / "Mary.zip"))
    studio.service.settle()
    assert "Saved:" in studio.window._status.text()
    studio.window.import_from(str(tmp_path / "Mary.zip"))
    studio.service.settle()
    assert studio.window._collections.currentText() == "Mary"
    assert len(studio.window.view.kept) == 1  # type: ignore[union-attr]  # there is one
    (tmp_path / "x.zip").write_text("no")
    studio.window.import_from(str(tmp_path / "x.zip"))
    studio.service.settle()
    assert "no collection" in studio.window._status.text()


def test_what_was_wrong_on_disk_is_told(desk: Desk, service: FakeRecordings) -> None:
    view = collection.create(service.root / "Mary")
    (view.folder / "takes.csv").write_bytes(b"\0\0")
    (view.folder / "old.flac").write_bytes(b"fLaC")
    desk.services.recordings_service = service
    studio = Studio(desk, service)
    assert "put aside" in studio.window._status.text()
    assert [take.seconds for take in studio.window.view.takes] == [17.0], "and it was checked"  # type: ignore[union-attr]  # there is one


def test_answers_that_come_after_the_window_is_closed_do_nothing(studio: Studio) -> None:
    studio.begun().record()
    studio.press()
    studio.press()
    studio.window.takes.add(["/a.wav"])
    studio.window.read.refresh_microphones()
    studio.window._play_last()
    studio.window.done(0)
    studio.service.settle()


def test_the_list_of_voices_leads_to_a_recording(desk: Desk, service: FakeRecordings) -> None:
    desk.services.recordings_service = service
    desk.window.commands.run("voice.choose")
    picker = desk.window.findChild(VoicePicker)
    assert picker is not None
    picker._record.click()
    assert not picker.isVisible()
    studio = desk.window.findChild(StudioWindow)
    assert studio is not None
    service.settle()
    studio.done(0)
    opened.close(desk)


def test_words_of_amounts() -> None:
    assert amount_words(0, 0).startswith("Nothing is recorded yet")
    assert amount_words(80, 5) == "1 min 20 s are kept. That is enough; up to 2 minutes may sound better."
    assert amount_words(120, 7).startswith("2 min are kept")
    assert amount_words(300, 20).endswith("That is plenty.")


@pytest.mark.parametrize(
    ("measures", "words"),
    [
        (GOOD._replace(has_signal=False), "no sound at all"),
        (GOOD._replace(speech_seconds=0.0), "No voice was found"),
        (GOOD._replace(snr_db=9.0), "Close windows"),
        (GOOD._replace(speech_seconds=4.0), "15 to 20 seconds are best"),
        (GOOD._replace(loudness_lufs=-52.0), "Move closer"),
        (GOOD._replace(high_band_db=-38.0), "telephone"),
        (GOOD._replace(snr_db=20.0), "some noise"),
    ],
)
def test_each_advice_says_what_would_help(measures: TakeMeasures, words: str) -> None:
    assert words in advice_words(measures)
    if "seconds are best" not in words:
        assert words in room_words(measures)


def test_at_200_per_cent_everything_can_be_reached_and_read(
    open_desk: Callable[..., Desk], service: FakeRecordings
) -> None:
    desk = open_desk(text_size=200)
    desk.services.recordings_service = service
    studio = Studio(desk, service).begun()
    studio.window.resize(760, 640)
    QTest.qWait(0)
    reached: set[QWidget] = set()
    for _ in range(40):
        QTest.keyClick(studio.window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is not None:
            reached.add(focus)
    assert studio.window.read.button in reached
    assert {studio.window.read._own, studio.window.read._test, studio.window._new} <= reached
    page = studio.window.pages.currentWidget()
    assert isinstance(page, QScrollArea)
    assert page.horizontalScrollBar().maximum() == 0, "nothing is beside the page"
