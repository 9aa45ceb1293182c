"""“More voices on this computer” in a real window: what is listed, asked, told, by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.voices.downloads import POCKET, Progress, Stage
from fishcaption.ui.download_ports import Imitation
from fishcaption.ui.voices.downloads import DownloadsDialog, LicenceDialog
from tests.ui.conftest import Desk
from tests.ui.fake_downloads import ALAN, ESPEAK, LICENCE, THORSTEN, FakeDownloads

Key = Qt.Key


@pytest.fixture
def service(desk: Desk) -> FakeDownloads:
    return desk.services.downloads


@pytest.fixture
def dialog(desk: Desk, service: FakeDownloads) -> DownloadsDialog:
    desk.window.commands.run("voice.offline")
    dialog = desk.window.findChild(DownloadsDialog)
    assert isinstance(dialog, DownloadsDialog)
    service.answer("voices")
    return dialog


def choose(dialog: DownloadsDialog, words: str) -> None:
    dialog._search.setText(words)


def test_all_is_listed_and_found_by_its_language_in_either_language(dialog: DownloadsDialog) -> None:
    assert [row[:2] for row in dialog.rows()] == [
        ("fr_FR", "fr_FR-mine.onnx (your own)"),
        ("More than a hundred", "eSpeak NG (program)"),
        ("English", "sherpa-onnx (program)"),
        ("English", "Pocket TTS"),
        ("German (Germany)", "Thorsten, medium"),
        ("Arabic (Jordan)", "Kareem, medium"),
        ("English (Great Britain)", "Alan, medium"),
    ]
    choose(dialog, "deutsch")
    assert dialog.rows() == [("German (Germany)", "Thorsten, medium", "63 MB")]
    choose(dialog, "arabic")
    assert len(dialog.rows()) == 1
    choose(dialog, "klingon")
    assert dialog.rows() == []
    assert "No voice matches" in dialog.words()


def test_nothing_is_fetched_before_the_licence_was_agreed_to(
    desk: Desk, dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    choose(dialog, "thorsten")
    QTest.keyClick(dialog._list, Key.Key_Return)
    assert service.asked == [("licence", THORSTEN.id)]
    service.answer("licence", LICENCE)
    shown = dialog.findChild(LicenceDialog)
    assert isinstance(shown, LicenceDialog)
    assert shown.text.toPlainText() == LICENCE
    QTest.keyClick(shown, Key.Key_Escape)
    assert service.asked == [("licence", THORSTEN.id)]
    dialog._download.click()
    service.answer("licence", LICENCE)
    agreed = dialog.findChildren(LicenceDialog)[-1]
    agreed.agree.click()
    assert service.asked[-1] == ("download", THORSTEN.id)
    assert dialog.rows()[0][-1] == "waiting"


def test_the_progress_is_shown_and_its_end_told(
    desk: Desk, dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    choose(dialog, "thorsten")
    service.move(THORSTEN, Progress(Stage.FETCHING, THORSTEN.bytes // 2))
    assert dialog.rows()[0][-1] == "50 %"
    assert dialog._bar.value() == 50
    dialog._cancel.click()
    assert service.asked == [("cancel", THORSTEN.id)]
    service.move(THORSTEN, Progress(Stage.PARTIAL, THORSTEN.bytes // 2))
    assert dialog.rows()[0][-1] == "begun: 50 %"
    assert "gone on with later" in dialog.words()
    service.move(THORSTEN, Progress(Stage.FETCHING, THORSTEN.bytes // 2))
    service.move(THORSTEN, Progress(Stage.PARTIAL, 40_000_000, "The disk is full. Free some space."))
    assert "The disk is full." in dialog.words()
    service.move(THORSTEN, Progress(Stage.FETCHING, 40_000_000))
    service.move(THORSTEN, Progress(Stage.PRESENT, THORSTEN.bytes))
    assert dialog.rows()[0][-1] == "on this computer"
    assert "in the list of voices now" in dialog.words()
    assert not dialog._download.isEnabled()


def test_a_voice_is_removed_after_a_question(
    desk: Desk, dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    choose(dialog, "alan")
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    dialog._list.setFocus()
    QTest.keyClick(dialog._list, Key.Key_Delete)
    assert dialog.findChild(QMessageBox) is None, "it is not here"
    service.move(ALAN, Progress(Stage.PRESENT, ALAN.bytes))
    QTest.keyClick(dialog._list, Key.Key_Delete)
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == "Remove").click()
    assert service.asked == [("remove", ALAN.id)]
    service.states.clear()
    service.answer("remove", None)
    service.answer("voices")
    assert "was removed" in dialog.words()


def test_what_is_missing_is_told_with_the_line_that_installs_it(
    dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    choose(dialog, "pocket")
    assert "pip install 'fishcaption[pocket]'" in dialog.words()
    assert "non-commercial" in POCKET.licence_words
    service.found = service.found._replace(extras=(ESPEAK._replace(is_installed=False),))
    dialog._service.voices(dialog._on_voices)
    service.answer("voices")
    for words in ("espeak", "thorsten"):
        choose(dialog, words)
        assert "pip install 'fishcaption[espeak]'" in dialog.words()


def test_an_error_is_told_and_a_late_answer_is_not_missed(
    desk: Desk, dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    choose(dialog, "thorsten")
    dialog._download.click()
    service.answer("licence", ConnectionLost("No network.", hint="Try again."))
    assert "No network. Try again." in dialog.words()
    dialog._download.click()
    dialog.reject()
    service.answer("licence", LICENCE)
    assert dialog.findChild(LicenceDialog) is None
    assert service.watchers == 0


def test_recordings_are_imitated_and_no_more(
    desk: Desk, dialog: DownloadsDialog, service: FakeDownloads
) -> None:
    service.found = service.found._replace(imitations=(Imitation("Mine", False),))
    dialog._service.voices(dialog._on_voices)
    service.answer("voices")
    choose(dialog, "mine pocket")
    assert dialog.rows() == [("English", "Mine (your recordings, by Pocket TTS)", "not made yet")]
    assert "whose owner has agreed" in dialog.words()
    dialog._download.click()
    assert service.asked == [("imitate", "Mine")]
    service.found = service.found._replace(imitations=(Imitation("Mine", True),))
    service.answer("imitate", None)
    service.answer("voices")
    assert dialog.rows()[0][-1] == "on this computer"
    dialog._remove.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == "Remove").click()
    assert service.asked[-1] == ("stop_imitating", "Mine")
