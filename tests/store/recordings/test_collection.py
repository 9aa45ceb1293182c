"""A collection of recordings: nothing is lost, and what is wrong on disk is told."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.store.recordings import collection, take_list
from fishcaption.store.recordings.collection import FOUND
from fishcaption.store.recordings.consent import CONSENT_NAME, Consent
from fishcaption.store.recordings.places import collections, free_folder, recordings_root
from fishcaption.store.recordings.take_list import LIST_NAME, Take
from tests.checkout import ROOT

SOUND = b"fLaC and so on"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return collection.create(tmp_path / "Mary").folder


def record(folder: Path, text: str, seconds: float = 17.0) -> Take:
    take = collection.begin(folder, text, "en")
    (folder / take.file).write_bytes(SOUND)
    return collection.end(folder, take, seconds, is_kept=True).takes[-1]


def test_a_take_is_listed_before_it_is_recorded_and_complete_afterwards(folder: Path) -> None:
    take = collection.begin(folder, "Come in.", "en")
    assert "Come in." in (folder / LIST_NAME).read_text("utf-8")
    assert collection.load(folder).takes == (), "there is no sound yet"
    (folder / take.file).write_bytes(SOUND)
    assert collection.load(folder).takes == (take,), "as after a kill in the middle of it"
    view = collection.end(folder, take, 17.5, is_kept=True)
    assert view.takes == (take._replace(seconds=17.5, is_kept=True),)
    assert (view.kept_seconds, view.told, view.name) == (17.5, "", "Mary")


def test_a_take_that_has_begun_survives_other_changes(folder: Path) -> None:
    first = record(folder, "One.")
    begun = collection.begin(folder, "Two.", "en")
    collection.change(folder, first._replace(is_kept=False))
    (folder / begun.file).write_bytes(SOUND)
    assert [take.text for take in collection.load(folder).takes] == ["One.", "Two."]


def test_the_newest_recording_of_a_text_is_the_kept_one_and_the_others_stay(folder: Path) -> None:
    record(folder, "One.")
    record(folder, "Two.")
    record(folder, "One.")
    view = collection.load(folder)
    assert [(take.text, take.is_kept) for take in view.takes] == [
        ("One.", False),
        ("Two.", True),
        ("One.", True),
    ]
    view = collection.change(folder, view.takes[0]._replace(is_kept=True))
    assert [take.is_kept for take in view.takes] == [True, True, False]


def test_a_take_without_sound_is_taken_back_and_one_with_some_stays(folder: Path) -> None:
    silent, cut = collection.begin(folder, "One.", "en"), collection.begin(folder, "Two.", "en")
    (folder / silent.file).touch()
    (folder / cut.file).write_bytes(SOUND)
    collection.drop(folder, silent)
    view = collection.drop(folder, cut)
    assert view.takes == (cut,)
    assert not (folder / silent.file).exists()


def test_removing_deletes_the_sound(folder: Path) -> None:
    take = record(folder, "One.")
    assert collection.remove(folder, take.file).takes == ()
    assert not (folder / take.file).exists()
    assert record(folder, "Two.").file != "", "and its number may be used again"


def test_sound_that_somebody_has_put_into_the_folder_is_a_take(folder: Path) -> None:
    (folder / "birthday 1998.mp3").write_bytes(SOUND)
    (take,) = collection.load(folder).takes
    assert (take.file, take.source, take.is_kept) == ("birthday 1998.mp3", FOUND, False)
    view = collection.change(folder, take._replace(text="Happy birthday", is_kept=True))
    assert view.kept[0].text == "Happy birthday"


def test_a_recording_that_is_not_there_is_told_and_its_line_stays(folder: Path) -> None:
    take = record(folder, "One.")
    (folder / take.file).rename(folder.parent / "away.flac")
    assert "not in the folder (take-001.flac)" in collection.load(folder).told
    record(folder, "Two.")
    (folder.parent / "away.flac").rename(folder / take.file)
    assert [take.text for take in collection.load(folder).takes] == ["One.", "Two."]


@pytest.mark.parametrize("damage", [b"", b"\0" * 50, b"no list at all", os.urandom(200)])
def test_a_damaged_list_is_put_aside_and_the_recordings_are_still_there(folder: Path, damage: bytes) -> None:
    record(folder, "One.")
    (folder / LIST_NAME).write_bytes(damage)
    view = collection.load(folder)
    assert "put aside" in view.told
    assert [(take.file, take.source) for take in view.takes] == [("take-001.flac", FOUND)]
    assert (folder / f"{LIST_NAME}.broken").read_bytes() == damage
    assert collection.load(folder).told == "", "it is told once"


def test_bad_lines_cost_only_themselves_and_the_list_as_it_was_is_kept(folder: Path) -> None:
    record(folder, "One.")
    path = folder / LIST_NAME
    content = path.read_bytes() + b"nonsense,without a file\r\n"
    path.write_bytes(content)
    view = collection.load(folder)
    assert [take.text for take in view.takes] == ["One."]
    assert "could not be read" in view.told
    assert (folder / f"{LIST_NAME}.broken").read_bytes() == content


def test_a_full_collection_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MOST_TAKES", 2)
    record(folder, "One.")
    record(folder, "Two.")
    with pytest.raises(InputError, match="2 recordings, which is the most"):
        collection.begin(folder, "Three.", "en")


def test_consent_is_a_text_that_a_person_can_read_and_take_back(folder: Path) -> None:
    own = Consent("Mary  Smith\n", True, "2026-11-30")
    assert collection.agree(folder, own).consent == Consent("Mary Smith", True, "2026-11-30")
    text = (folder / CONSENT_NAME).read_text("utf-8")
    assert "I, Mary Smith, recorded my own voice." in text
    other = Consent("Jürgen", False, "2026-12-01")
    assert collection.agree(folder, other).consent == other
    assert "given\npermission" in (folder / CONSENT_NAME).read_text("utf-8")
    assert collection.agree(folder, None).consent is None
    with pytest.raises(InputError, match="no name"):
        collection.agree(folder, Consent(" . ", True, "2026-11-30"))


@pytest.mark.parametrize(
    "text", ["", "Voice of: Mary", "Voice of: M\nWhose voice: yes\nAgreed on: 2026-11-30"]
)
def test_a_consent_that_does_not_say_all_is_none_and_told(folder: Path, text: str) -> None:
    (folder / CONSENT_NAME).write_text(text)
    view = collection.load(folder)
    assert view.consent is None
    assert "say it again" in view.told


def test_collections_are_listed_the_last_changed_first(tmp_path: Path) -> None:
    for number, name in enumerate(("Old", "New")):
        folder = collection.create(tmp_path / name).folder
        os.utime(folder / LIST_NAME, (number, number))
    (tmp_path / "something else").mkdir()
    assert collections(tmp_path) == ("New", "Old")
    assert collections(tmp_path / "none") == ()
    assert free_folder(tmp_path, "New").name == "New 2"
    with pytest.raises(InputError, match="collection of recordings"):
        free_folder(tmp_path, "a/b")


def test_each_profile_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_RECORDINGS_DIR", str(tmp_path / "voices"))
    assert recordings_root() == tmp_path / "voices"
    monkeypatch.setenv("FISHCAPTION_PROFILE", "Clinic")
    assert recordings_root() == tmp_path / "voices (Clinic)"
    monkeypatch.delenv("FISHCAPTION_RECORDINGS_DIR")
    assert recordings_root().name == "fishcaption voices (Clinic)"


@pytest.mark.skipif(sys.platform != "linux", reason="the full disk is Linux's")
def test_a_full_disk_is_told_and_the_list_stays_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(folder, "One.")
    before = (folder / LIST_NAME).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full"):
        collection.begin(folder, "Two.", "en")
    assert (folder / LIST_NAME).read_bytes() == before
    assert not list(folder.glob(".*.new"))


_WORKER = """
import sys
from pathlib import Path
from fishcaption.store.recordings import collection
folder = Path(sys.argv[1])
for number in range(10_000):
    take = collection.begin(folder, f"Text {sys.argv[2]}-{number}.", "en")
    (folder / take.file).write_bytes(b"fLaC")
    print("begun", take.text, flush=True)
    collection.end(folder, take, 17.0, is_kept=True)
    print("ended", take.text, flush=True)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_costs_nothing_that_was_recorded(folder: Path) -> None:
    rng = random.Random(11)
    for kill in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(folder), str(kill)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as worker:
            assert worker.stdout is not None
            lines = [worker.stdout.readline() for _ in range(rng.randint(1, 40))]
            worker.send_signal(signal.SIGKILL)
            lines += worker.stdout.read().splitlines()
        view = collection.load(folder)
        assert view.told == ""
        texts = {take.text: take for take in view.takes}
        for line in filter(None, map(str.strip, lines)):
            word, _, text = line.partition(" ")
            assert text in texts, line
            assert word == "begun" or texts[text].is_kept, line


def test_what_the_user_has_put_in_place_of_the_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FishCaptionError):
        collection.begin(tmp_path / "file", "One.", "en")
    assert take_list.LIST_NAME == "takes.csv"
