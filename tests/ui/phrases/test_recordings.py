"""Recordings of phrases in the window: made by one key, shown, asked about before a voice says the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import StorageError
from fishcaption.core.phrases.bank import Bank
from fishcaption.store.settings import Settings
from fishcaption.ui.phrases.editor import PhraseEditor
from fishcaption.ui.phrases.recording_box import RecordingBox
from fishcaption.ui.recording_ports import Level
from fishcaption.ui.widgets.theme import Look
from tests.ui.conftest import Desk
from tests.ui.fake_phrases import FakePhrases


def bank() -> Bank:
    made, _ = Bank().add("I'm so proud of you.", key="F1")
    made, _ = made.add("No.")
    return made


@pytest.fixture
def service() -> FakePhrases:
    return FakePhrases(kept=bank())


@pytest.fixture
def editor(qtbot: QtBot, service: FakePhrases) -> Iterator[PhraseEditor]:
    made = PhraseEditor(service, SettingsStore(Settings()), Look("light", 100))
    made.show()
    made.choose("1")
    yield made
    with suppress(RuntimeError):  # it is closed and gone
        made.close()


def button(editor: PhraseEditor, words: str) -> QPushButton:
    found = [one for one in editor.findChildren(QPushButton) if one.text() == words]
    assert found, words
    return found[0]


def told(editor: PhraseEditor) -> str:
    return editor._status.text()


def test_one_key_begins_a_recording_and_ends_it(
    qtbot: QtBot, editor: PhraseEditor, service: FakePhrases
) -> None:
    record = button(editor, "Record")
    record.setFocus()
    QTest.keyClick(record, Qt.Key.Key_Space)
    assert record.text() == "Stop recording"
    assert service.recording is not None
    service.recording[1](Level(0.5, 0.1, False))
    service.recording[1](Level(0.0, 0.0, False, has_signal=False))
    assert "microphone is silent" in told(editor)
    assert record.hasFocus()
    QTest.keyClick(record, Qt.Key.Key_Space)
    assert record.text() == "Record again"
    assert "Yes.flac" in told(editor)
    button(editor, "Hear it").click()
    assert service.spoken == ["I'm so proud of you."]
    button(editor, "Use the voice again").click()
    assert service.kept.phrase("1").recording == ""
    button(editor, "Undo").click()
    assert service.kept.phrase("1").recording == "Yes.flac"


def test_another_phrase_ends_the_recording(editor: PhraseEditor, service: FakePhrases) -> None:
    button(editor, "Record").click()
    editor.choose("2")
    assert service.recording is None
    assert service.kept.phrase("1").recording == "Yes.flac"
    assert button(editor, "Record").isEnabled()


def test_closing_keeps_what_is_being_recorded(editor: PhraseEditor, service: FakePhrases) -> None:
    button(editor, "Record").click()
    editor.reject()
    assert service.kept.phrase("1").recording == "Yes.flac"


def test_files_and_folders_are_given_to_the_service(editor: PhraseEditor, service: FakePhrases) -> None:
    box = editor.findChild(RecordingBox)
    assert box is not None
    box.take_file("/x/a.wav")
    editor.read_folder("/x")
    editor.write_folder("/y")
    kinds = [(kind, path) for kind, path, _ in service.files]
    assert kinds == [("take", Path("/x/a.wav")), ("read folder", Path("/x")), ("write folder", Path("/y"))]
    service.files[0][2](StorageError("The disk is full.", hint="Free some space."))
    assert told(editor) == "The disk is full. Free some space."


# -- a text that is a recorded phrase ------------------------------------------------------------------------


@pytest.fixture
def desk(open_desk: Callable[..., Desk], service: FakePhrases) -> Desk:
    service.kept = service.kept.edit("1", recording="Yes.flac")
    made = open_desk(has=(service, None))
    service.speaker = made.reader
    return made


def question(desk: Desk) -> QMessageBox:
    (found,) = desk.window.findChildren(QMessageBox)
    return found


def answer(desk: Desk, words: str) -> None:
    box = question(desk)
    next(one for one in box.buttons() if one.text().replace("&", "") == words).click()


def test_a_recorded_text_is_asked_about_and_the_answer_can_stand(desk: Desk, service: FakePhrases) -> None:
    desk.type("i'm so proud of you")
    desk.press(Qt.Key.Key_Return)
    assert service.spoken == []
    assert desk.reader.calls.count("speak") == 0
    question(desk).findChildren(QCheckBox)[0].setChecked(True)
    answer(desk, "My recording")
    assert service.spoken == ["I'm so proud of you."]
    assert desk.services.settings.current.recorded_text == "recording"
    assert desk.editor.text() == ""
    desk.type("I'm so proud of you!")
    desk.press(Qt.Key.Key_Return)
    assert len(service.spoken) == 2


def test_the_voice_may_say_it_all_the_same(desk: Desk, service: FakePhrases) -> None:
    desk.type("I'm so proud of you.")
    desk.press(Qt.Key.Key_Return)
    answer(desk, "Cancel")
    assert desk.editor.text() == "I'm so proud of you."
    desk.qtbot.waitUntil(lambda: not desk.window.findChildren(QMessageBox))
    desk.composer.speak()
    answer(desk, "The voice")
    assert desk.reader.at_ear.text == "I'm so proud of you."
    assert service.spoken == []
