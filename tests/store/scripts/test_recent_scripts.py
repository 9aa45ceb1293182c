"""The list of recent scripts: short, the newest first, and whatever stands in its file can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.core.errors import StorageError
from fishcaption.store.journal import Writer
from fishcaption.store.scripts.recent_scripts import MOST, RecentScripts


class Disk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[StorageError] = []
        self.writer = Writer()

    def scripts(self) -> RecentScripts:
        self.writer.flush()
        return RecentScripts(self.path, self.writer, self.told.append)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "recent-scripts.json")
    yield made
    made.writer.close()


def test_the_newest_is_first_and_there_are_few(disk: Disk, tmp_path: Path) -> None:
    scripts = disk.scripts()
    for number in range(MOST + 3):
        scripts.add(tmp_path / f"{number}.txt")
    scripts.add(tmp_path / "5.txt")
    numbers = [int(path.stem) for path in disk.scripts().paths()]
    assert numbers == [5, 12, 11, 10, 9, 8, 7, 6, 4, 3]
    scripts.clear()
    assert disk.scripts().paths() == ()
    assert disk.told == []


def test_off_the_record_nothing_is_added(disk: Disk, tmp_path: Path) -> None:
    scripts = disk.scripts()
    scripts.off_record = True
    scripts.add(tmp_path / "secret.txt")
    assert disk.scripts().paths() == ()
    assert not disk.path.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b"\xff", b"[" * 5000])
def test_a_file_that_is_no_list_is_put_aside_and_told(disk: Disk, content: bytes) -> None:
    disk.path.write_bytes(content)
    assert disk.scripts().paths() == ()
    assert "put aside" in str(disk.told[0])


def test_entries_that_are_no_paths_are_left_out(disk: Disk, tmp_path: Path) -> None:
    good = str(tmp_path / "a.txt")
    content = [
        1,
        None,
        "relative.txt",
        "/with\0null",
        "/" + "x" * 5000,
        good,
        good,
        *(f"/{n}" for n in range(50)),
    ]
    disk.path.write_text(json.dumps(content))
    assert [str(path) for path in disk.scripts().paths()] == [good, *(f"/{n}" for n in range(MOST - 1))]
