"""Numbers of outlets: they outlive the program, and whatever stands in the file, there are some."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.core.errors import StorageError
from fishcaption.store.journal import Writer
from fishcaption.store.outlets.sequence_numbers import SequenceNumbers


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sequence-numbers.json"


def fail(error: StorageError) -> None:
    pytest.fail(str(error))


def test_they_are_there_at_the_next_start(path: Path, writer: Writer) -> None:
    numbers = SequenceNumbers(path, writer, fail)
    assert numbers.get("a") == 0
    numbers.set("a", 7)
    numbers.set("b", 1)
    numbers.set("a", 8)
    assert numbers.get("a") == 8
    assert writer.flush(10)
    again = SequenceNumbers(path, writer, fail)
    assert (again.get("a"), again.get("b"), again.get("c")) == (8, 1, 0)
    assert path.stat().st_mode & 0o077 == 0


def test_two_processes_that_count_at_the_same_time_lose_nothing_of_each_other(
    path: Path, writer: Writer
) -> None:
    SequenceNumbers(path, writer, fail).set("before", 3)
    assert writer.flush(10)
    window, say = (SequenceNumbers(path, writer, fail) for _ in range(2))
    for number in range(1, 4):
        window.set("meeting", number)
        assert writer.flush(10)
        say.set("stream", 10 * number)
        assert writer.flush(10)
    assert json.loads(path.read_bytes()) == {"before": 3, "meeting": 3, "stream": 30}


def test_the_oldest_are_forgotten(path: Path, writer: Writer) -> None:
    numbers = SequenceNumbers(path, writer, fail)
    numbers.set("first", 1)
    for number in range(499):
        numbers.set(str(number), 1)
    numbers.set("first", 2)
    numbers.set("one more", 1)
    assert (numbers.get("first"), numbers.get("0"), numbers.get("1")) == (2, 0, 1)
    assert writer.flush(10)
    assert len(json.loads(path.read_bytes())) == 500


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_file_is_put_aside_and_told(path: Path, writer: Writer, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    told: list[str] = []
    numbers = SequenceNumbers(path, writer, lambda error: told.append(str(error)))
    assert numbers.get("a") == 0
    assert len(told) == 1
    assert path.with_name(path.name + ".broken").read_bytes() == content


def test_what_is_no_number_counts_as_none(path: Path, writer: Writer) -> None:
    path.parent.mkdir()
    wrong = {"b": -1, "c": 1.5, "d": "7", "e": True, "f": None, "x" * 200: 1, "g": 2**60}
    path.write_text(json.dumps(wrong | {"a": 5}))
    numbers = SequenceNumbers(path, writer, fail)
    assert {name: numbers.get(name) for name in (*wrong, "a")} == dict.fromkeys(wrong, 0) | {"a": 5}
