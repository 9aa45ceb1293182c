"""Parked drafts and what was not heard: at every moment in at least one file, in any order of writing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import held_texts as module
from fishcaption.store.held_texts import HeldText, HeldTexts, Unheard
from fishcaption.store.journal import Journal, Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "parked.jsonl"


def reopened(path: Path) -> list[str]:
    held = HeldTexts(path)
    texts = [entry.text for entry in held.texts()]
    held.close()
    return texts


def test_what_was_parked_comes_back_the_newest_first(path: Path) -> None:
    held = HeldTexts(path)
    for text in ("one", "two\nlines", "魚 👋🏽"):
        held.hold(text)
    held.close()
    assert reopened(path) == ["魚 👋🏽", "two\nlines", "one"]


def test_what_is_taken_or_removed_is_gone(path: Path) -> None:
    held = HeldTexts(path)
    one, two, three = (held.hold(text) for text in ("one", "two", "three"))
    assert held.take(two.id) == "two"
    held.remove(one.id)
    held.remove(one.id)
    with pytest.raises(KeyError):
        held.take(two.id)
    assert held.texts() == (three,)
    held.close()
    assert reopened(path) == ["three"]


def test_an_empty_text_is_not_parked(path: Path) -> None:
    held = HeldTexts(path)
    with pytest.raises(InputError):
        held.hold(" \n")
    held.close()


def test_ids_are_not_given_twice(path: Path) -> None:
    held = HeldTexts(path)
    first = held.hold("one")
    held.remove(first.id)
    assert held.hold("two").id != first.id
    held.close()
    held = HeldTexts(path)
    assert len({held.hold("three").id, *(entry.id for entry in held.texts())}) == 2
    held.close()


def test_a_broken_line_costs_itself_only(path: Path) -> None:
    path.parent.mkdir()
    content = b'{"text": "one"}\n{"text": 7}\n{"text": "three", "unheard": true}\n{"text": "cut o'
    path.write_bytes(content)
    held = HeldTexts(path)
    assert held.texts() == (HeldText(2, "three", is_unheard=True), HeldText(1, "one"))
    assert held.mended == 2
    assert path.with_name("parked.jsonl.broken").read_bytes() == content
    held.close()
    held = HeldTexts(path)
    assert len(held.texts()) == 2
    assert held.mended == 0
    held.close()


def test_a_listener_hears_of_changes(path: Path) -> None:
    held = HeldTexts(path)
    seen: list[int] = []
    end = held.subscribe(lambda: seen.append(len(held.texts())))
    held.remove(held.hold("one").id)
    end()
    held.hold("two")
    held.close()
    assert seen == [1, 0]


def test_a_text_that_is_taken_stays_on_disk_until_it_is_in_the_draft(path: Path) -> None:
    writer = Writer()
    held = HeldTexts(path, writer=writer)
    journal = Journal(path.with_name("draft.txt"), writer=writer)
    taken = held.hold("hold that thought")
    assert writer.flush(5)
    draft = held.take(taken.id)
    assert writer.flush(5)
    assert "hold that thought" in path.read_text("utf-8")  # a kill now brings it back
    journal.keep(draft)
    journal.close()
    held.close()
    writer.close()
    assert path.read_bytes() == b""


def test_it_leaves_the_disk_by_itself_a_little_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER_SECONDS", 0.05)
    writer = Writer()
    held = HeldTexts(path, writer=writer)
    held.remove(held.hold("hold that thought").id)
    assert writer.flush(5)
    waited = threading.Event()
    for _ in range(500):
        if path.read_bytes() == b"":
            break
        waited.wait(0.01)
    assert path.read_bytes() == b""
    writer.close()


def test_what_is_parked_while_another_lingers_loses_neither(path: Path) -> None:
    writer = Writer()
    held = HeldTexts(path, writer=writer)
    held.take(held.hold("first").id)
    held.hold("second")
    assert writer.flush(5)
    assert set(reopened(path)) == {"first", "second"}
    held.close()
    assert reopened(path) == ["second"]
    writer.close()


def test_what_was_not_heard_comes_back(path: Path) -> None:
    unheard = Unheard(path)
    assert unheard.restore() == ()
    unheard.keep([(1, "one"), (2, "two")])
    unheard.keep([(2, "two"), (3, "three")])
    kill(unheard)
    again = Unheard(path)
    # what was heard a moment ago may come back, too
    assert again.restore() == ("one", "two", "three")
    assert again.restore() == ("one", "two", "three")
    again.close()
    assert path.read_bytes() == b""


def test_what_is_given_before_the_last_was_restored_does_not_push_it_out(path: Path) -> None:
    unheard = Unheard(path)
    unheard.keep([(1, "before")])
    kill(unheard)
    again = Unheard(path)
    again.keep([(1, "now")])
    assert again.restore() == ("before",)
    assert again._file._file.writer.flush(5)
    assert path.read_text("utf-8").count("\n") == 2
    again.close()


def test_off_the_record_nothing_is_written_and_what_was_is_taken_away(path: Path) -> None:
    unheard = Unheard(path)
    unheard.keep([(1, "for the record")])
    assert unheard._file._file.writer.flush(5)
    unheard.off_record = True
    unheard.keep([(1, "for the record"), (2, "a secret")])
    unheard.close()
    assert path.read_bytes() == b""


def test_nothing_is_written_where_nothing_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(module, "write_whole", lambda target, content: written.append(content))
    unheard = Unheard(path)
    for _ in range(100):
        unheard.keep([(1, "one")])
    unheard.close()
    assert len(written) <= 3


def test_a_full_disk_is_told_once_and_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[StorageError] = []
    tries = threading.Semaphore(0)

    def write(target: Path, content: bytes) -> None:
        tries.release()
        raise StorageError("The disk is full.")

    monkeypatch.setattr(module, "write_whole", write)
    monkeypatch.setattr("fishcaption.store.journal.RETRY_SECONDS", 0.01)
    held = HeldTexts(path, told.append)
    held.hold("one")
    for _ in range(4):
        assert tries.acquire(timeout=5)
    monkeypatch.undo()
    held.hold("two")
    held.close()
    assert len(told) == 1
    assert reopened(path) == ["two", "one"]


@given(texts=st.lists(st.text(min_size=1).filter(str.strip), max_size=5))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "parked.jsonl"
    path.unlink(missing_ok=True)
    held = HeldTexts(path)
    for text in texts:
        held.hold(text)
    held.close()
    assert reopened(path) == texts[::-1]


def kill(unheard: Unheard) -> None:
    """What was to be written at once is on disk; nothing is tidied."""
    assert unheard._file._file.writer.flush(5)
    unheard._file.close(settled=False)
