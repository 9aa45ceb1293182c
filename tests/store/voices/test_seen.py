"""The database of voices: what comes back, what goes, and what a broken file does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoiceQuery, VoiceSample, VoiceState
from fishcaption.store.voices import seen as seen_module
from fishcaption.store.voices.entry_json import from_json, to_json
from fishcaption.store.voices.seen import MOST_RECENT, SeenVoices, Shelf


def entry(number: int, **changes: object) -> VoiceEntry:
    voice = Voice("fish", f"id{number}", f"Voice {number}", ("en",))
    return VoiceEntry(voice, **changes)  # type: ignore[arg-type]  # of the entry's own fields


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opened(tmp_path: Path, told: list[str]) -> Iterator[Callable[[], SeenVoices]]:
    """Opens the database, as often as is wanted."""
    made: list[SeenVoices] = []

    def opened() -> SeenVoices:
        made.append(SeenVoices(tmp_path / "data" / "voices.sqlite3", told.append))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def test_an_entry_comes_back_whole() -> None:
    whole = VoiceEntry(
        Voice("fish", "a", "Ännä “A”", ("de", "en-US")),
        VoiceState.RETIRING,
        description="d",
        tags=("calm", "old"),
        author="Ann",
        author_id="x",
        cover_url="https://fish.audio/c",
        samples=(VoiceSample("t", "words", "https://fish.audio/s"),),
        visibility="public",
        is_own=True,
        is_licensed=True,
        likes=3,
        uses=4,
        created="2026-01-01T00:00:00Z",
        retires_on=date(2026, 12, 31),
    )
    assert from_json(to_json(whole)) == whole


@pytest.mark.parametrize(
    "change", [('"fish"', '"elsewhere"'), ('"ready"', '"happy"'), ("0", "true"), ("[]", "{}"), ("}", "")]
)
def test_what_is_no_entry_is_none(change: tuple[str, str]) -> None:
    assert from_json(to_json(entry(1)).replace(*change)) is None


def test_what_was_seen_is_found_after_a_restart_the_last_first(opened: Callable[[], SeenVoices]) -> None:
    first = opened()
    first.see([entry(1), entry(2, tags=("calm",)), entry(3, is_own=True)])
    first.see([entry(1, description="A “calm” one; 50% off_")])
    first.close()
    again = opened()
    ids = [
        [one.id for one in again.find(query, 10)]
        for query in (
            VoiceQuery(),
            VoiceQuery("CALM"),
            VoiceQuery("voice 3"),
            VoiceQuery("50% off_"),
            VoiceQuery("%"),
            VoiceQuery(is_own=True),
            VoiceQuery(tags=("Calm",)),
            VoiceQuery(is_licensed=True),
            VoiceQuery("' OR 1=1 --"),
        )
    ]
    everything = ["id1", "id3", "id2"]
    untagged = everything  # what tells no tags may have any
    assert ids == [everything, ["id1", "id2"], ["id3"], ["id1"], ["id1"], ["id3"], untagged, [], []]
    assert len(again.find(VoiceQuery(), 2)) == 2


def test_the_oldest_go(opened: Callable[[], SeenVoices], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_module, "MOST_SEEN", 5)
    voices = opened()
    for number in range(12):
        voices.see([entry(number)])
    assert [one.id for one in voices.find(VoiceQuery(), 100)] == [f"id{n}" for n in range(11, 6, -1)]


def test_favourites_and_recent_voices_are_kept_with_what_is_known_of_them(
    opened: Callable[[], SeenVoices],
) -> None:
    voices = opened()
    for number in range(MOST_RECENT + 5):
        voices.use(entry(number))
    voices.use(entry(MOST_RECENT))
    voices.set_favourite(entry(1), True)
    voices.set_favourite(entry(2), True)
    voices.set_favourite(entry(1), False)
    voices.see([entry(2, state=VoiceState.TAKEN_DOWN)])
    shelf = voices.shelf()
    assert [(one.id, one.state) for one in shelf.favourites] == [("id2", VoiceState.TAKEN_DOWN)]
    assert len(shelf.recent) == MOST_RECENT
    assert [one.id for one in shelf.recent[:2]] == [f"id{MOST_RECENT}", f"id{MOST_RECENT + 4}"]


@pytest.mark.parametrize(
    "content",
    [
        b"this is no database, and was never one" * 100,
        b"SQLite format 3\x00" + b"\xff" * 5000,
        b"",
    ],
)
def test_a_broken_file_is_put_aside_and_a_new_one_begun(
    opened: Callable[[], SeenVoices], told: list[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "voices.sqlite3").write_bytes(content)
    voices = opened()
    voices.see([entry(1)])
    assert [one.id for one in voices.find(VoiceQuery(), 9)] == ["id1"]
    asides = list((tmp_path / "data").glob("*.broken"))
    assert [aside.read_bytes() for aside in asides] == ([content] if content else [])
    assert len(told) == len(asides)


def test_a_file_that_breaks_while_it_is_used_is_put_aside(
    opened: Callable[[], SeenVoices], told: list[str], tmp_path: Path
) -> None:
    voices = opened()
    voices.see([entry(number, description="x" * 500) for number in range(500)])
    voices.close()
    path = tmp_path / "data" / "voices.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x07" * (len(whole) - 8192))
    again = opened()
    again.see([entry(1)])
    assert [one.id for one in again.find(VoiceQuery(), 9)][:1] == ["id1"]
    assert told


def test_a_file_of_a_newer_program_or_another_one_is_put_aside(
    opened: Callable[[], SeenVoices], told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "voices.sqlite3"
    for made in ("PRAGMA user_version = 9", "CREATE TABLE seen (x)"):
        with sqlite3.connect(path) as other:
            other.execute(made)
        other.close()
        voices = opened()
        voices.use(entry(1))
        assert len(voices.shelf().recent) == 1
        voices.close()
        path.unlink()
    assert len(told) == 2


def test_a_disk_that_cannot_be_written_is_told(opened: Callable[[], SeenVoices], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        opened().see([entry(1)])


def test_a_closed_one_keeps_and_finds_nothing(opened: Callable[[], SeenVoices]) -> None:
    voices = opened()
    voices.close()
    voices.see([entry(1)])
    assert voices.find(VoiceQuery(), 5) == ()
    assert voices.shelf() == Shelf((), ())


def test_several_threads_may_use_it(opened: Callable[[], SeenVoices]) -> None:
    voices = opened()

    def see(start: int) -> None:
        for number in range(start, start + 20):
            voices.see([entry(number)])

    threads = [Thread(target=see, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(voices.find(VoiceQuery(), 100)) == 60
