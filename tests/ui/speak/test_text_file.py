"""Open…: what becomes of a text file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.ui.conftest import Desk


@pytest.mark.parametrize(
    "content",
    [
        "Où est-il?\n".encode(),
        b"\xef\xbb\xbf" + "Où est-il?\n".encode(),
        "Où est-il?\n".encode("utf-16"),
        "Où est-il?\n".encode("cp1252"),
    ],
)
def test_a_text_comes_into_the_editor_however_it_is_encoded(
    desk: Desk, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    desk.workspace.open_file(path)
    assert desk.editor.text().strip() == "Où est-il?"
    assert desk.reader.calls == []
    assert desk.editor.hasFocus()


def test_a_draft_that_stands_there_is_held(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("From a file.")
    desk.type("A draft")
    desk.workspace.open_file(tmp_path / "text.txt")
    assert desk.editor.text() == "From a file."
    assert [text.text for text in desk.stores.held_texts.texts()] == ["A draft"]


def test_what_is_no_text_is_refused_and_what_to_do_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    desk.workspace.open_file(tmp_path / "picture.png")
    assert desk.banner.text().startswith("picture.png is not a text file. Save it as plain text")
    assert desk.editor.text() == ""


def test_what_cannot_be_read_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.workspace.open_file(tmp_path / "gone.txt")
    assert desk.banner.text().startswith("gone.txt could not be read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has such pipes")
def test_a_pipe_is_not_waited_for(desk: Desk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    desk.workspace.open_file(tmp_path / "pipe.txt")
    assert "could not be read" in desk.banner.text()


def test_an_empty_file_is_said_to_be_empty(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    desk.workspace.open_file(tmp_path / "empty.txt")
    assert desk.status == "empty.txt is empty."


def test_the_command_asks_which_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("From a file.")
    desk.window.commands.run("text.open")
    (chooser,) = desk.window.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "text.txt"))
    chooser.close()
    assert desk.editor.text() == "From a file."
