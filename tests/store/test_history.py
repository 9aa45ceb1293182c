"""The history: what is added comes back, what is deleted does not, and a broken line costs itself only."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Fate
from fishcaption.core.text.tags import TAGS
from fishcaption.store import places
from fishcaption.store.history import Entry, History


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "history.jsonl"


def reopened(path: Path, *, limit: int = 10_000) -> tuple[Entry, ...]:
    history = History(path, limit=limit)
    entries = history.entries()
    history.close()
    return entries


def filled(path: Path, *texts: str, limit: int = 10_000) -> History:
    history = History(path, limit=limit)
    for text in texts:
        history.add(text, len(text), Fate.HEARD, "Hibari")
    return history


def texts(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.text for entry in entries]


def test_what_was_added_comes_back_the_newest_first(path: Path) -> None:
    history = History(path)
    history.add("Hello there", 11, Fate.HEARD, "Hibari")
    history.add("Please wait for me", 11, Fate.CUT, "魚")
    history.add("Never", 0, Fate.FAILED)
    history.close()
    assert reopened(path) == (
        Entry(3, "Never", 0, Fate.FAILED, "", None),
        Entry(2, "Please wait for me", 11, Fate.CUT, "魚", None),
        Entry(1, "Hello there", 11, Fate.HEARD, "Hibari", None),
    )


def test_no_time_is_kept_unless_it_is_wanted(path: Path) -> None:
    history = filled(path, "without")
    history.keep_times = True
    history.add("with", 4, Fate.HEARD)
    history.close()
    newest, oldest = reopened(path)
    assert newest.at is not None
    assert newest.at > 1_700_000_000
    assert oldest.at is None
    assert b"at" not in path.read_bytes().splitlines()[0].replace(b"fate", b"")


def test_off_the_record_nothing_is_written(path: Path) -> None:
    history = History(path)
    history.off_record = True
    assert history.add("a secret", 8, Fate.HEARD) is None
    history.close()
    assert history.entries() == ()
    assert not path.exists()


def test_tags_are_not_remembered(path: Path) -> None:
    history = History(path)
    whisper = TAGS[0].char
    history.add(f"{whisper} Hello {whisper} there.{whisper}", 9, Fate.CUT)
    history.add(f"All.{whisper}", 5, Fate.HEARD)
    history.add(whisper, 1, Fate.HEARD)
    history.close()
    newest, oldest = history.entries()
    assert (newest.text, newest.heard_end) == ("All.", 4)
    assert oldest.text.split() == ["Hello", "there."]
    assert oldest.text[: oldest.heard_end].strip() == "Hello"


def test_an_empty_text_is_not_remembered(path: Path) -> None:
    history = filled(path, "", " \n ")
    history.close()
    assert history.entries() == ()


def test_one_a_stretch_and_all_can_be_deleted_and_are_gone_from_the_disk(path: Path) -> None:
    history = filled(path, *"abcdefgh")
    history.delete([3])
    history.delete([3, 99])
    assert texts(history.entries()) == list("hgfedba")
    history.delete_between(7, 5)
    assert texts(history.entries()) == list("hdba")
    assert history.flush(5)
    assert texts(reopened(path)) == list("hdba")
    history.clear()
    history.close()
    assert path.read_bytes() == b""


def test_clearing_takes_the_broken_copy_too(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"text": "one"}\nsecret, cut o')
    history = History(path)
    assert texts(history.entries()) == ["one"]
    assert history.mended == 1
    history.clear()
    history.close()
    assert b"secret" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_ids_are_not_given_twice(path: Path) -> None:
    filled(path, "a", "b", "c").close()
    history = filled(path, "d")
    history.close()
    assert [entry.id for entry in reopened(path)] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    "broken",
    [b'{"id": 2, "text": "cut of', b"\x00\x00\x00", b"[1]", b'{"id": 2}', b'{"text": 7}', b"\xff", b"null"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_broken_line_is_repaired_and_nothing_else_is_lost(path: Path, broken: bytes, place: int) -> None:
    good = [b'{"id": 1, "text": "one"}', b'{"id": 3, "text": "three"}']
    good.insert(place, broken)
    path.parent.mkdir()
    path.write_bytes(b"\n".join(good))
    history = filled(path, "four")
    history.close()
    assert history.mended == 1
    assert texts(reopened(path)) == ["four", "three", "one"]
    assert path.with_name("history.jsonl.broken").read_bytes() == b"\n".join(good)
    for line in path.read_bytes().splitlines():
        json.loads(line)
    again = History(path)
    again.load()
    again.close()
    assert again.mended == 0


def test_wrong_values_beside_a_text_are_mended(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"id": "x", "text": "one", "heard_end": 99, "fate": [], "voice": 3, "at": "noon"}\n')
    assert reopened(path) == (Entry(1, "one", 3, Fate.CUT, "", None),)


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("at", "100000000000000000"),
        ("at", "-1"),
        ("at", "1e300"),
        ("id", "1" + "0" * 30),
        ("id", "-1" + "0" * 5000),
        ("heard_end", "1" + "0" * 400),
    ],
)
def test_a_number_that_nothing_can_hold_is_mended(path: Path, name: str, digits: str) -> None:
    path.parent.mkdir()
    path.write_text(f'{{"text": "one", "{name}": {digits}}}\n{{"text": "two"}}\n')
    two, one = reopened(path)
    assert (one.id, one.at, two.id) == (1, None, 2)
    assert one.heard_end in (0, 3)
    assert history_words(one)


def history_words(entry: Entry) -> str:
    """What the page says of it."""
    from fishcaption.ui.history.page import _HistoryModel

    return _HistoryModel(str).words(entry)


def test_its_texts_are_bounded_and_the_oldest_go_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fishcaption.store.history._MOST_LETTERS", 100)
    history = filled(path, *(str(number) * 30 for number in range(8)))
    assert history.add("x" * 101, 0, Fate.CUT) is None
    history.close()
    assert [entry.text[0] for entry in reopened(path)] == ["7", "6", "5"]


def test_it_is_bounded(path: Path) -> None:
    history = filled(path, *map(str, range(700)), limit=100)
    history.close()
    assert len(history.entries()) <= 600
    assert texts(reopened(path, limit=100)) == [str(number) for number in range(699, 599, -1)]


def test_a_search_finds_all_its_words_in_any_case(path: Path) -> None:
    history = filled(path, "The green garden", "a GARDEN wall", "Straße")
    assert texts(history.search("garden")) == ["a GARDEN wall", "The green garden"]
    assert texts(history.search("den GREEN")) == ["The green garden"]
    assert texts(history.search("STRASSE")) == ["Straße"]
    assert len(history.search(" ")) == 3
    history.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_only_this_user_may_read_it(path: Path) -> None:
    filled(path, "mine").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_is_told_once_and_costs_nothing_once_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[StorageError] = []
    is_full = True

    def append(target: Path, content: bytes) -> None:
        if is_full:
            with target.open("ab") as file:
                file.write(content[: len(content) // 2])
            raise StorageError("The disk is full.")
        places.append_whole(target, content)

    def whole(target: Path, content: bytes) -> None:
        if is_full:
            raise StorageError("The disk is full.")
        places.write_whole(target, content)

    monkeypatch.setattr("fishcaption.store.history.append_whole", append)
    monkeypatch.setattr("fishcaption.store.history.write_whole", whole)
    path.parent.mkdir()
    history = History(path, told.append)
    for text in ("one", "two", "three"):
        history.add(text, 3, Fate.HEARD)
        assert history.flush(5)
    assert len(told) == 1
    assert len(history.entries()) == 3
    is_full = False
    history.add("four", 4, Fate.HEARD)
    history.close()
    assert texts(reopened(path)) == ["four", "three", "two", "one"]


def test_a_full_history_is_quick(path: Path) -> None:
    line = {"id": 0, "text": "What someone says in a day is about this long, more or less.", "heard_end": 5}
    path.parent.mkdir()
    path.write_text("".join(json.dumps({**line, "id": number}) + "\n" for number in range(1, 10_001)))
    history = History(path)
    began = perf_counter()
    history.load()
    loaded = perf_counter()
    history.add("one more", 8, Fate.HEARD)
    added = perf_counter()
    history.search("longer less")
    searched = perf_counter()
    history.close()
    assert loaded - began < 1.0  # about 0.05 s; in a thread, after the first paint
    assert added - loaded < 0.016
    assert searched - added < 0.1


@given(
    entries=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Co"]), min_size=1).filter(str.strip),
            st.integers(0, 50),
            st.sampled_from([Fate.HEARD, Fate.CUT]),
        )
    )
)
@example(entries=[("\ud800 half", 3, Fate.CUT), ("\ud83d\ude42 a pair", 2, Fate.CUT)])
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, int, Fate]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "history.jsonl"
    path.unlink(missing_ok=True)
    history = History(path)
    for text, end, fate in entries:
        history.add(text, end, fate, "voice")
    history.close()
    assert reopened(path) == history.entries()


def test_a_listener_hears_of_changes(path: Path) -> None:
    seen: list[int] = []
    history = History(path)
    end = history.subscribe(lambda: seen.append(len(history.entries())))
    history.add("one", 3, Fate.HEARD)
    history.clear()
    end()
    history.add("two", 3, Fate.HEARD)
    history.close()
    assert seen == [1, 0]
