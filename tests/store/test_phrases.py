"""The phrase bank and its sound on disk: real files."""

from __future__ import annotations

import json
import os
import stat
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.core.phrases.bank import Bank, starting
from fishcaption.core.phrases.files import to_json
from fishcaption.core.speech import Rendered, Span, Voice, WordTime
from fishcaption.store.phrases import LoadedBank, Renders, load, render_name, renders_dir, save

HEART = Voice("embedded", "heart", "Heart", ("en",))
NAME = render_name(HEART, "", 24_000, "Yes.", "Yes.")


def sound(frames: int = 1000, value: int = 7) -> Rendered:
    return Rendered(
        HEART, 24_000, value.to_bytes(2, "little") * frames, (WordTime(Span(0, 3), 10, frames - 10),)
    )


# -- the bank ---------------------------------------------------------------------------------------------


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


# -- the sound --------------------------------------------------------------------------------------------


def test_sound_is_kept_over_a_restart_with_its_words(tmp_path: Path) -> None:
    assert Renders(tmp_path).load(NAME) is None
    assert Renders(tmp_path).save(NAME, sound())
    renders = Renders(tmp_path)
    assert NAME in renders
    assert renders.load(NAME) == sound()
    assert renders.load(NAME) is renders.load(NAME), "from memory"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_sound_is_private_and_holds_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "phrases"
    Renders(folder).save(NAME, sound())
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"Yes" not in path.read_bytes()
    assert "Yes" not in path.name


@given(at=st.integers(0, 2200), value=st.integers(0, 255))
def test_damaged_sound_is_not_played(tmp_path_factory: pytest.TempPathFactory, at: int, value: int) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    Renders(folder).save(NAME, sound())
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    at %= len(content)
    is_same = content[at] == value
    content[at] = value
    path.write_bytes(content)
    renders = Renders(folder)
    assert renders.load(NAME) == (sound() if is_same else None)
    assert is_same or (NAME not in renders and not path.exists())


@pytest.mark.parametrize("end", [0, 3, 12, 40, 500])
def test_half_a_file_is_not_played(tmp_path: Path, end: int) -> None:
    Renders(tmp_path).save(NAME, sound())
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:end])
    assert Renders(tmp_path).load(NAME) is None


GOOD: dict[str, Any] = {
    "voice": ["embedded", "heart", "Heart", ["en"]],
    "rate": 24_000,
    "words": [[0, 1, 0, 9]],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 10**9},
        {"rate": -1},
        {"rate": "24000"},
        {"words": [[0, 1, 0, 10**400]]},
        {"words": [[0, 1]]},
        {"words": [[0, -1, 0, 9]]},
        {"words": 3},
        {"voice": []},
        {"voice": None},
        {"more": 0, "voice": ["embedded", "heart", "Heart", 5]},
    ],
)
def test_sound_that_somebody_made_up_is_not_played(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Its checksum is right: it is no damage."""

    def write(header: dict[str, Any]) -> Renders:
        head = json.dumps(header).encode()
        body = head + b"\1\0" * 100
        checksum = zlib.crc32(body, len(head))
        (tmp_path / f"{NAME}.sound").write_bytes(struct.pack("<4sII", b"FCR1", len(head), checksum) + body)
        return Renders(tmp_path)

    assert write(GOOD).load(NAME) is not None
    assert write({**GOOD, **wrong}).load(NAME) is None


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_a_pipe_in_the_place_of_sound_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{NAME}.sound")
    assert Renders(tmp_path).load(NAME) is None


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    renders = Renders(tmp_path, most_bytes=7000)
    for number, name in enumerate("abc"):
        assert renders.save(name, sound())
        os.utime(tmp_path / f"{name}.sound", (number, number))
    assert Renders(tmp_path).load("a") == sound()  # used again: "b" is the oldest now
    assert renders.save("d", sound())
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "c", "d"]
    assert "b" not in renders
    assert renders.load("b") is None
    assert not renders.save("e", sound(), keep={"a", "c", "d"}), "what is in use is not given up"
    assert renders.save("e", sound(), keep={"a", "d"})
    assert "c" not in renders


def test_memory_is_bounded_too(tmp_path: Path) -> None:
    renders = Renders(tmp_path, most_in_memory_bytes=4500)
    for name in "abc":
        renders.save(name, sound())
    assert list(renders._memory) == ["b", "c"]
    renders.ready("abc")
    assert list(renders._memory) == ["a", "b"], "the first ones, as far as there is room"
    assert renders.save("big", sound(5000))
    assert "big" not in renders._memory
    assert renders.load("big") == sound(5000)


def test_sound_that_another_program_took_away_is_none(tmp_path: Path) -> None:
    Renders(tmp_path).save(NAME, sound())
    renders = Renders(tmp_path)
    assert NAME in renders
    Renders(tmp_path).forget_others([])
    assert renders.load(NAME) is None
    assert NAME not in renders


def test_the_sound_of_a_phrase_that_is_gone_is_forgotten_in_every_voice(tmp_path: Path) -> None:
    fish = Voice("fish", "x", "X")
    names = [
        render_name(voice, "", 24_000, text, spoken)
        for voice in (HEART, fish)
        for text, spoken in (("Yes.", "Yes."), ("Dr. No", "Doctor No"))
    ]
    renders = Renders(tmp_path)
    for name in names:
        renders.save(name, sound())
    renders.forget_others(["Dr. No"])
    assert [name in renders for name in names] == [False, True, False, True]
    assert [Renders(tmp_path).load(name) is not None for name in names] == [False, True, False, True]


def test_sound_is_named_by_all_it_depends_on() -> None:
    fish = Voice("fish", "heart", "Heart")
    names = {
        render_name(HEART, "", 24_000, "Yes.", "Yes."),
        render_name(fish, "s1", 24_000, "Yes.", "Yes."),
        render_name(fish, "s2", 24_000, "Yes.", "Yes."),
        render_name(HEART, "", 44_100, "Yes.", "Yes."),
        render_name(HEART, "", 24_000, "Yes.", "Yes"),
        render_name(Voice("embedded", "other", "Heart"), "", 24_000, "Yes.", "Yes."),
    }
    assert len(names) == 6
    assert NAME in names
    assert render_name(Voice("embedded", "heart", "Herz", ("de",)), "", 24_000, "Yes.", "Yes.") == NAME


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_CACHE_DIR", str(tmp_path))
    assert renders_dir() == tmp_path / "phrases"
    monkeypatch.setenv("FISHCAPTION_PROFILE", "work")
    assert renders_dir() == tmp_path / "profiles" / "work" / "phrases"
    monkeypatch.delenv("FISHCAPTION_PROFILE")
    monkeypatch.delenv("FISHCAPTION_CACHE_DIR")
    assert renders_dir().name == "phrases"
