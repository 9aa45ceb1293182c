"""Help: the check of this computer, the folder of the log, and what the program is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel

import fishcaption
from fishcaption import doctor
from fishcaption.ui.help.about import About
from fishcaption.ui.help.computer_check import ComputerCheck
from tests.ui.conftest import Desk


class FileManager(QObject):
    """Stands for the system's: what it was asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def file_manager() -> Iterator[FileManager]:
    manager = FileManager()
    QDesktopServices.setUrlHandler("file", manager, "open")  # type: ignore[arg-type]  # it takes a str, whatever its stubs say
    yield manager
    QDesktopServices.unsetUrlHandler("file")


def checked(desk: Desk, program: str) -> ComputerCheck:
    """The dialog, with this Python in the place of the doctor."""
    dialog = ComputerCheck(desk.window, (sys.executable, "-c", program))
    dialog.open()
    return dialog


def test_what_the_check_finds_is_shown_and_can_be_copied(desk: Desk) -> None:
    dialog = checked(desk, "print('ok    Sound     <b>Speakers</b>')")
    desk.qtbot.waitUntil(lambda: dialog.status().startswith("Done: speaking works"), timeout=20_000)
    assert dialog.report() == "ok    Sound     <b>Speakers</b>\n"
    dialog._copy.click()
    assert QGuiApplication.clipboard().text() == dialog.report()
    dialog.reject()


def test_what_is_missing_is_said(desk: Desk) -> None:
    dialog = checked(desk, "import sys; sys.stderr.write('FIX   Sound'); sys.exit(1)")
    desk.qtbot.waitUntil(lambda: "something is missing" in dialog.status(), timeout=20_000)
    assert dialog.report() == "FIX   Sound"
    dialog.reject()


def test_closing_ends_a_check_that_still_runs(desk: Desk) -> None:
    dialog = checked(desk, "import sys; print('begun', flush=True); sys.stdin.read()")
    desk.qtbot.waitUntil(lambda: dialog.report() == "begun\n", timeout=20_000)
    process = dialog._process
    with desk.qtbot.waitSignal(process.finished, timeout=20_000):
        dialog.reject()


def test_a_check_that_cannot_start_says_so(desk: Desk, tmp_path: Path) -> None:
    dialog = ComputerCheck(desk.window, (str(tmp_path / "nothing"),))
    desk.qtbot.waitUntil(lambda: "could not be started" in dialog.status())
    dialog.reject()


@pytest.mark.slow
def test_the_command_runs_the_doctor(desk: Desk) -> None:
    desk.window.commands.run("help.check")
    (dialog,) = desk.window.findChildren(ComputerCheck)
    desk.qtbot.waitUntil(lambda: dialog.status().startswith("Done"), timeout=60_000)
    assert doctor._verdict([])[:11] in dialog.report()
    assert "Python" in dialog.report()
    dialog.reject()


def test_the_log_s_folder_is_opened(
    desk: Desk, file_manager: FileManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishcaption.logs.folder", lambda: tmp_path / "log")
    desk.window.commands.run("help.log")
    assert desk.status == "There is no log: nothing has gone wrong yet."
    (tmp_path / "log").mkdir()
    desk.window.commands.run("help.log")
    assert file_manager.opened == [str(tmp_path / "log")]
    assert str(tmp_path / "log") in desk.status


def test_about_tells_version_licence_and_where_the_documentation_is(
    desk: Desk, file_manager: FileManager
) -> None:
    desk.window.commands.run("help.about")
    (dialog,) = desk.window.findChildren(About)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    docs = Path(fishcaption.__file__).parents[1] / "docs"
    assert fishcaption.__version__ in words
    assert "Apache License 2.0" in words
    assert str(docs) in words
    dialog._on_docs()
    assert file_manager.opened == [str(docs)]
    dialog.reject()
