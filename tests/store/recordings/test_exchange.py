"""Collections that are exported and imported: as they were, bounded, and never half."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.store.recordings import collection, exchange
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.consent import Consent
from tests.store.recordings.test_collection import SOUND, record


@pytest.fixture
def mary(tmp_path: Path) -> CollectionView:
    folder = collection.create(tmp_path / "here" / "Mary").folder
    record(folder, "One.")
    record(folder, "Two.")
    return collection.agree(folder, Consent("Mary", True, "2026-11-30"))


def test_an_export_is_on_another_computer_what_it_was(mary: CollectionView, tmp_path: Path) -> None:
    path = exchange.export(mary.folder, tmp_path / "stick")
    assert path.name == "stick.zip"
    there = exchange.take_in(path, tmp_path / "there")
    assert (there.takes, there.consent) == (mary.takes, mary.consent)
    assert there.path(there.takes[0]).read_bytes() == SOUND
    again = exchange.take_in(path, tmp_path / "there")
    assert (there.name, again.name) == ("stick", "stick 2"), "it takes the place of nothing"


def test_a_folder_is_imported_and_stays(mary: CollectionView, tmp_path: Path) -> None:
    (mary.folder / "notes.docx").write_text("something else")
    there = exchange.take_in(mary.folder, tmp_path / "there")
    assert there.takes == mary.takes
    assert not (there.folder / "notes.docx").exists()
    assert collection.load(mary.folder).takes == mary.takes


def test_a_folder_of_old_recordings_without_a_list_is_imported(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "message 1.ogg").write_bytes(SOUND)
    there = exchange.take_in(tmp_path / "old", tmp_path / "there")
    assert [take.file for take in there.takes] == ["message 1.ogg"]


def test_nothing_leaves_the_folder_and_nothing_else_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.flac", SOUND)
        archive.writestr("a/b/run.exe", b"MZ")
        link = zipfile.ZipInfo("link.flac")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
    there = exchange.take_in(path, tmp_path / "there")
    assert {file.name for file in there.folder.iterdir()} == {"outside.flac", "takes.csv"}
    assert not (tmp_path / "outside.flac").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no collection"),
        (b"just a text", "no collection"),
        (b"PK\x03\x04" + b"\0" * 60, "no collection"),
    ],
)
def test_what_is_no_collection_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match=words):
        exchange.take_in(tmp_path / "x.zip", tmp_path / "there")
    with pytest.raises(InputError, match="not there"):
        exchange.take_in(tmp_path / "y.zip", tmp_path / "there")
    with pytest.raises(InputError, match="no recordings"):
        exchange.take_in(tmp_path, tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == [], "and nothing is left of it"


def test_a_damaged_archive_leaves_nothing_behind(mary: CollectionView, tmp_path: Path) -> None:
    path = exchange.export(mary.folder, tmp_path / "stick")
    content = path.read_bytes()
    for place in range(0, len(content), 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        with contextlib.suppress(FishCaptionError):
            exchange.take_in(path, tmp_path / "there")
    assert not [half for half in (tmp_path / "there").iterdir() if half.name.startswith(".")]


def test_too_much_is_refused_before_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.flac", b"\0" * 100_000)
    monkeypatch.setattr(exchange, "MOST_BYTES", 50_000)
    with pytest.raises(InputError, match="too large"):
        exchange.take_in(path, tmp_path / "there")


def test_an_export_that_fails_leaves_the_old_one(mary: CollectionView, tmp_path: Path) -> None:
    target = tmp_path / "stick.zip"
    exchange.export(mary.folder, target)
    before = target.read_bytes()
    mary.path(mary.takes[0]).unlink()
    mary.path(mary.takes[0]).mkdir()  # it cannot be read
    exchange.export(mary.folder, target)
    assert target.read_bytes() != before
    with pytest.raises(StorageError):
        exchange.export(mary.folder, tmp_path / "no such folder" / "x.zip")
