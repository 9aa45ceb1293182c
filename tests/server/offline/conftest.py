"""A folder of voices, and a server of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.server.offline import folder
from fishcaption.server.offline.download import PIPER_VARIABLE
from tests.server.offline.file_server import FileServer, serving


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path / "voices"))
    return tmp_path / "voices"


@pytest.fixture
def files(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with serving(FileServer()) as server:
        monkeypatch.setenv(PIPER_VARIABLE, server.url)
        yield server
