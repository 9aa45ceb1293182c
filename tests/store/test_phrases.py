"""The phrase bank on disk: real files."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.core.phrases.bank import Bank, starting
from fishcaption.core.phrases.files import to_json
from fishcaption.store.phrases import LoadedBank, load, save


def test_who_has_no_bank_begins_with_one(tmp_path: Path) -> None:
    assert load(tmp_path / "phrases.json") == LoadedBank(starting())


def test_a_bank_is_a_round_trip_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "phrases.json"
    bank, _ = starting().add("Ça va ?", "how goes it", category="Français", key="Ctrl+9")
    save(path, bank)
    assert load(path) == LoadedBank(bank)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_emptied_bank_stays_empty(tmp_path: Path) -> None:
    save(tmp_path / "phrases.json", Bank())
    assert load(tmp_path / "phrases.json") == LoadedBank(Bank())


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\xff", b"[1, 2]", b'{"phrases": 3}'])
def test_a_broken_file_is_put_aside_and_nothing_of_it_is_lost(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "phrases.json"
    for name in ("phrases.json.broken", "phrases.json.broken-2"):
        path.write_bytes(content)
        loaded = load(path)
        assert loaded.bank == starting()
        assert any(name in words for words in loaded.mended)
        assert (tmp_path / name).read_bytes() == content


def test_what_can_be_used_of_a_damaged_file_is_used_and_told_once(tmp_path: Path) -> None:
    path = tmp_path / "phrases.json"
    content = json.dumps({"phrases": [{"shown": "Yes.", "key": "F99"}, {"shown": ""}, {"shown": "No."}]})
    path.write_text(content)
    loaded = load(path)
    assert [phrase.shown for phrase in loaded.bank.phrases] == ["Yes.", "No."]
    assert len(loaded.mended) == 3
    assert (tmp_path / "phrases.json.broken").read_text() == content
    assert load(path) == LoadedBank(loaded.bank)


def test_what_a_newer_version_wrote_is_kept_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "phrases.json"
    content = json.dumps({"version": 9, "phrases": [{"shown": "Yes.", "mood": "glad"}]})
    path.write_text(content)
    assert [phrase.shown for phrase in load(path).bank.phrases] == ["Yes."]
    assert (tmp_path / "phrases.json.broken").read_text() == content


@given(st.binary(max_size=300))
def test_any_file_is_loaded(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "phrases.json"
    path.write_bytes(content)
    load(path)


def test_a_bank_cut_short_at_any_byte_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "phrases.json"
    whole = to_json(starting())
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        assert load(path).bank.phrases


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        save(tmp_path / "file" / "phrases.json", starting())
