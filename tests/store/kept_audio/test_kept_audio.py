"""Kept audio: real files, a real index, the real FLAC and AES."""

from __future__ import annotations

import math
import os
import stat
import threading
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.core.protocol.requests import Pronunciation
from fishcaption.core.speech import Rendered, Span, Voice, WordTime
from fishcaption.core.synthesis_options import STANDARD_OPTIONS
from fishcaption.store.kept_audio import kept_audio
from fishcaption.store.kept_audio.entry_file import packed, unpacked
from fishcaption.store.kept_audio.flac import decoded, encoded
from fishcaption.store.kept_audio.identity import SoundShape
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from tests.kept_sound import STORE_KEY, opened_store

HEART = Voice("embedded", "heart", "Heart", ("en",))
SHAPE = SoundShape(HEART, "", 24_000)
NAME = SHAPE.identity("Yes.")


def sound(frames: int = 1000, seed: int = 7) -> Rendered:
    pcm = array("h", (round(9000 * math.sin(seed + n * n / 50)) for n in range(frames))).tobytes()
    return Rendered(HEART, 24_000, pcm, (WordTime(Span(0, 3), 10, frames - 10),))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("??/*") if path.is_file())


# -- FLAC and one entry -----------------------------------------------------------------------------------


@given(samples=st.lists(st.integers(-32768, 32767), min_size=1, max_size=300), rate=st.integers(8000, 48000))
def test_flac_is_lossless(samples: list[int], rate: int) -> None:
    pcm = array("h", samples).tobytes()
    assert decoded(encoded(pcm, rate), len(samples)) == (pcm, rate)
    assert decoded(encoded(pcm, rate), len(samples) - 1) is None, "longer than may be"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"fLaC" + bytes(200), bytes(500)])
def test_what_is_no_flac_is_none(content: bytes) -> None:
    assert decoded(content, 1000) is None


@given(at=st.integers(0, 5000), value=st.integers(0, 255), key=st.sampled_from([STORE_KEY, None]))
def test_a_damaged_entry_is_none(at: int, value: int, key: bytes | None) -> None:
    content = bytearray(packed("name", sound(300), key))
    at %= len(content)
    is_same = content[at] == value
    content[at] = value
    assert unpacked("name", bytes(content), key) == (sound(300) if is_same else None)


def test_an_entry_is_of_its_name_and_key_only() -> None:
    content = packed("name", sound(), STORE_KEY)
    assert unpacked("name", content, STORE_KEY) == sound()
    assert unpacked("other", content, STORE_KEY) is None
    assert unpacked("name", content, bytes(32)) is None
    assert unpacked("name", content, None) is None
    assert unpacked("name", content[: len(content) // 2], STORE_KEY) is None
    assert unpacked("other", packed("name", sound(), None), None) is None


# -- the store --------------------------------------------------------------------------------------------


def test_sound_is_there_after_a_restart_with_its_words(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    assert store.load(NAME) is None
    assert store.save(NAME, sound())
    store.pin("phrases", [NAME])
    store.ready([NAME])
    assert store.load(NAME) is store.load(NAME), "from memory"
    store.close()
    assert NAME not in store
    store.open(STORE_KEY)
    assert NAME in store
    assert store.load(NAME) == sound()


def test_a_kill_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    opened_store(tmp_path).save(NAME, sound())  # never closed
    (tmp_path / NAME[:2]).mkdir(exist_ok=True)
    (tmp_path / NAME[:2] / "half.part").write_bytes(b"half")
    store = opened_store(tmp_path)
    assert store.load(NAME) == sound()
    assert len(files(tmp_path)) == 1, "halves are gone"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_reads_it_and_it_tells_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "kept"
    opened_store(folder).save(NAME, sound())
    (path,) = files(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"Heart" not in path.read_bytes()
    assert b"fLaC" not in path.read_bytes()
    assert path.name not in NAME
    plain = KeptAudio(tmp_path / "plain")
    plain.open(None, plain=True)
    plain.save(NAME, sound())
    (path,) = files(tmp_path / "plain")
    assert b"fLaC" in path.read_bytes(), "the user's choice"


def test_without_a_key_nothing_is_on_disk(tmp_path: Path) -> None:
    store = KeptAudio(tmp_path, most_in_memory_bytes=4500)
    store.open(None)
    assert not store.is_lasting
    assert store.save("a", sound())
    assert store.save("b", sound())
    assert store.load("a") == sound()
    store.pin("phrases", ["a", "b"])
    assert not store.save("c", sound()), "what is pinned is the only copy"
    assert files(tmp_path) == []


def test_another_key_deletes_what_it_cannot_read(tmp_path: Path) -> None:
    opened_store(tmp_path).save(NAME, sound())
    other = KeptAudio(tmp_path)
    other.open(bytes(32))
    assert NAME not in other
    assert files(tmp_path) == []


def test_damage_vanishes_and_is_made_anew(tmp_path: Path) -> None:
    opened_store(tmp_path).save(NAME, sound())
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    store = opened_store(tmp_path)
    assert store.load(NAME) is None
    assert NAME not in store
    assert not path.exists()
    assert store.save(NAME, sound())


@pytest.mark.parametrize("content", [b"", b"no database", bytes(5000)])
def test_a_broken_index_is_made_anew_from_the_files(tmp_path: Path, content: bytes) -> None:
    store = opened_store(tmp_path)
    store.save(NAME, sound())
    store.close()
    (tmp_path / "index").write_bytes(content)
    again = opened_store(tmp_path)
    assert again.load(NAME) == sound()
    again.close()
    (tmp_path / "index").write_bytes(content)
    other = KeptAudio(tmp_path)
    other.open(bytes(32))
    assert files(tmp_path) == [], "of another key"


def test_what_was_not_used_for_longest_makes_room_but_nothing_pinned(tmp_path: Path) -> None:
    one = len(packed("", sound(), STORE_KEY))
    store = opened_store(tmp_path, most_bytes=3 * one + 100, most_in_memory_bytes=0)
    for name in "abc":
        store.save(name, sound())
    store.load("a")
    store.save("d", sound())
    assert [name in store for name in "abcd"] == [True, False, True, True]
    store.pin("script", ["a", "c"])
    store.save("e", sound())
    assert [name in store for name in "acde"] == [True, True, False, True]
    store.pin("phrases", ["e"])
    assert not store.save("f", sound())
    assert "f" not in store
    store.pin("phrases", [])
    store.most_bytes = one + 100
    store.trim()
    assert [name in store for name in "ace"] == [True, True, False], "what is pinned stays"
    assert len(files(tmp_path)) == 2


def test_erased_is_gone_from_disk_and_memory(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    store.save(NAME, sound())
    store.keep_soon("soon", sound())
    store.erase()
    assert NAME not in store
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    store.open(STORE_KEY)
    assert store.used_bytes == 0


@pytest.mark.parametrize("key", [STORE_KEY, None])
def test_what_was_being_written_is_not_there_after_it_was_erased(
    tmp_path: Path, key: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a sound is packed all is erased, and the store is opened again."""
    store = KeptAudio(tmp_path)
    store.open(key, plain=True)

    def erased_meanwhile(name: str, rendered: Rendered, used: bytes | None) -> bytes:
        store.erase()
        store.open(key, plain=True)
        return packed(name, rendered, used)

    monkeypatch.setattr(kept_audio, "packed", erased_meanwhile)
    store.save(NAME, sound())
    assert files(tmp_path) == []
    assert store.load(NAME) is None
    store.close()


def test_what_is_kept_soon_waits_for_no_disk(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    with store._disk:  # a file is being written
        store.keep_soon(NAME, sound())
        assert NAME in store
    store.close()


def test_while_off_nothing_is_written(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    store.save("before", sound())
    store.is_on = False
    store.keep_soon("later", sound())
    store.write_waiting()
    assert store.save("ahead", sound()), "in memory, for this start"
    assert len(files(tmp_path)) == 1
    assert store.load("before") == sound()
    assert "later" not in store


def test_what_waits_is_found_and_written(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    rung: list[int] = []
    store.on_waiting = lambda: rung.append(1)
    store.keep_soon(NAME, sound())
    assert rung == [1]
    assert store.load(NAME) == sound()
    assert files(tmp_path) == []
    store.write_waiting()
    (written,) = files(tmp_path)
    made = written.stat().st_mtime_ns
    store.keep_soon(NAME, sound())
    store.write_waiting()
    assert written.stat().st_mtime_ns == made, "it is kept already"


def test_a_full_disk_is_told_and_the_sound_is_still_in_memory(tmp_path: Path) -> None:
    store = opened_store(tmp_path)
    (tmp_path / store._name(NAME)[:2]).write_text("no folder")
    with pytest.raises(StorageError):
        store.save(NAME, sound())
    assert store.load(NAME) == sound()


def test_threads_share_it(tmp_path: Path) -> None:
    store = opened_store(tmp_path, most_bytes=30_000, most_in_memory_bytes=10_000)
    wrong: list[str] = []

    def use(seed: int) -> None:
        for number in range(30):
            name = f"{(seed * 7 + number) % 11}"
            store.save(name, sound(400, int(name)))
            found = store.load(name)
            if found is not None and found != sound(400, int(name)):
                wrong.append(name)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# -- the name ---------------------------------------------------------------------------------------------


def test_a_sound_is_named_by_all_that_shapes_it() -> None:
    fish = Voice("fish", "heart", "Heart")
    said = (Pronunciation("yes", "jes"),)
    shapes = [
        SHAPE,
        SHAPE._replace(voice=fish, model="s1"),
        SHAPE._replace(voice=fish, model="s2"),
        SHAPE._replace(rate=44_100),
        SHAPE._replace(voice=Voice("embedded", "other", "Heart")),
        SHAPE._replace(voice=fish, model="s2", options=STANDARD_OPTIONS._replace(temperature=0.2)),
        SHAPE._replace(references="1"),
        SHAPE._replace(pronunciations=said),
    ]
    assert len({shape.identity("Yes.") for shape in shapes} | {SHAPE.identity("Yes")}) == 9
    assert SHAPE.identity("Yes.", "Oh, ") != NAME
    assert SHAPE.identity(" Yes.\n") == NAME, "blanks at the ends are not said"
    assert SHAPE._replace(voice=Voice("embedded", "heart", "Herz", ("de",))).identity("Yes.") == NAME
    assert SHAPE._replace(pronunciations=said).identity("No.") == SHAPE.identity("No.")
    knobs = STANDARD_OPTIONS._replace(temperature=0.2)
    assert SHAPE._replace(options=knobs).identity("Yes.") == NAME, "an embedded voice has none"
    assert "Yes" not in NAME
