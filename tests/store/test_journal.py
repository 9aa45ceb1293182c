"""The journal: on disk soon, whole at every moment, back after a kill, and a full disk is told once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import StorageError
from fishcaption.store import journal as module
from fishcaption.store import places
from fishcaption.store.journal import Journal, Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "draft.txt"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def test_nothing_kept_is_nothing_restored(journal: Journal) -> None:
    assert journal.restore() == ""


def test_what_was_kept_last_is_restored(journal: Journal, path: Path) -> None:
    for text in ("H", "He", "Hello, 魚 👋🏽\n\nworld"):
        journal.keep(text)
    assert journal.flush(5)
    assert Journal(path).restore() == "Hello, 魚 👋🏽\n\nworld"


def test_a_lone_surrogate_does_not_stop_the_journal(journal: Journal, path: Path) -> None:
    journal.keep("a\ud83dz")
    assert journal.flush(5)
    assert Journal(path).restore() == "a?z"


def test_closing_writes_what_is_waiting(path: Path) -> None:
    journal = Journal(path)
    journal.keep("last words")
    journal.close()
    assert Journal(path).restore() == "last words"


def test_keeping_a_megabyte_does_not_hold_the_window(journal: Journal) -> None:
    text = "word " * 200_000
    began = perf_counter()
    journal.keep(text)
    assert perf_counter() - began < 0.02
    assert journal.flush(5)


def test_overtaken_texts_are_skipped_and_the_newest_wins(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    hold = threading.Event()

    def slow(target: Path, content: bytes) -> None:
        written.append(content)
        hold.wait(5)

    monkeypatch.setattr("fishcaption.store.journal.write_whole", slow)
    journal.keep("0")
    while not written:
        threading.Event().wait(0.001)
    for number in range(1, 50):
        journal.keep(str(number))
    hold.set()
    assert journal.flush(5)
    assert written == [b"0", b"49"]


def test_a_full_disk_is_told_once_until_it_works_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[StorageError] = []
    real = places.write_whole
    is_full = True

    def write(target: Path, content: bytes) -> None:
        if is_full:
            raise StorageError("The disk is full.")
        real(target, content)

    monkeypatch.setattr("fishcaption.store.journal.write_whole", write)
    journal = Journal(path, told.append)
    for text in ("a", "ab"):
        journal.keep(text)
        assert journal.flush(5)
    assert len(told) == 1
    is_full = False
    journal.keep("abc")
    assert journal.flush(5)
    assert journal.restore() == "abc"
    is_full = True
    journal.keep("abcd")
    assert journal.flush(5)
    assert len(told) == 2
    assert journal.restore() == "abc"
    journal.close()


def test_another_in_step_is_written_in_the_order_of_giving(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, bytes]] = []
    hold = threading.Event()

    def slow(target: Path, content: bytes) -> None:
        written.append((target.name, content))
        hold.wait(5)

    monkeypatch.setattr("fishcaption.store.journal.write_whole", slow)
    journal = Journal(path)
    other = journal.another(path.with_name("other.txt"))
    journal.keep("held up")
    while not written:
        threading.Event().wait(0.001)
    journal.keep("text")
    other.keep("text")  # it goes over
    journal.keep("")
    hold.set()
    other.close()
    journal.close()
    assert written == [("draft.txt", b"held up"), ("other.txt", b"text"), ("draft.txt", b"")]


CHILD = """
import sys
from pathlib import Path
from fishcaption.store import journal as module
from fishcaption.store.journal import Journal, Writer
journal = Journal(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    journal.keep(f"{number} " * 5000 + "end")
    if number == 1:
        journal.flush()
    print(number, flush=True)
    sys.stdin.readline()
"""


def test_after_a_kill_the_draft_is_whole(path: Path) -> None:
    """Killed again and again in the middle of writing, what is found is always one whole text."""
    for rounds in range(1, 6):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            for _ in range(rounds * 31):
                child.stdout.readline()
                child.stdin.write(b"\n")
                child.stdin.flush()
            child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        text = Journal(path).restore()
        words = text.split()
        assert words[-1] == "end"
        assert len(words) == 5001
        assert len(set(words[:-1])) == 1


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "draft.txt"
    journal = Journal(path)
    journal.keep(text)
    journal.close()
    assert Journal(path).restore() == text


# -- whatever goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        OSError(5, "Input/output error"),
        pytest.param(
            UnicodeEncodeError("utf-8", "secret", 0, 1, "why"), marks=pytest.mark.logs("draft.txt could")
        ),
        pytest.param(MemoryError(), marks=pytest.mark.logs("draft.txt could not be saved: MemoryError")),
        pytest.param(KeyError("secret"), marks=pytest.mark.logs("draft.txt could not be saved: KeyError")),
    ],
)
def test_whatever_fails_is_told_and_the_next_text_is_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    told: list[StorageError] = []
    journal = Journal(path, told.append)
    other = journal.another(path.with_name("other.txt"))

    def fail(target: Path, content: bytes) -> None:
        if target.name == "draft.txt":
            raise error
        places.write_whole(target, content)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", fail)
        journal.keep("lost?")
        other.keep("beside it")
        assert journal.flush(5)
        journal.keep("lost again?")
        assert journal.flush(5)
    assert len(told) == 1
    assert "secret" not in str(told[0])
    assert path.with_name("other.txt").read_text() == "beside it"
    journal.keep("kept")
    other.close()
    journal.close()
    assert path.read_text() == "kept"


def test_it_goes_on_trying_without_another_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    written = threading.Event()
    failures = [OSError(5, "Input/output error"), OSError(116, "Stale file handle")]

    def fail_twice(target: Path, content: bytes) -> None:
        if failures:
            raise failures.pop()
        places.write_whole(target, content)
        written.set()

    monkeypatch.setattr(module, "write_whole", fail_twice)
    journal = Journal(path, lambda error: None)
    journal.keep("kept")
    assert written.wait(5)
    journal.close()


def test_whoever_is_told_may_be_gone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(target: Path, content: bytes) -> None:
        raise StorageError("The disk is full.")

    def gone(error: StorageError) -> None:
        raise RuntimeError("Internal C++ object already deleted.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", fail)
        journal = Journal(path, gone)
        journal.keep("lost?")
        assert journal.flush(5)
    journal.keep("kept")
    journal.close()
    assert path.read_text() == "kept"


def test_a_disk_that_does_not_answer_does_not_hold_up_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three who end do not wait one after the other."""
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.2)
    answer = threading.Event()
    monkeypatch.setattr(module, "write_whole", lambda target, content: answer.wait(10))
    writer = Writer()
    journals = [Journal(path.with_name(f"{number}.txt"), writer=writer) for number in range(3)]
    for journal in journals:
        journal.keep("text")
    began = perf_counter()
    for journal in journals:
        journal.close()
    assert not writer.close()
    assert perf_counter() - began < 1.0
    answer.set()
    assert writer._thread is not None
    writer._thread.join(5)
    assert writer.close()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (bytes(4096), ""),
        (b"Hello" + bytes(3000), "Hello"),
        (b"Gr\xfc\xdfe", "Gr��e"),
        (b"caf\xc3", "caf�"),
    ],
)
def test_a_draft_that_is_damaged_comes_back_as_far_as_it_can_be_read(
    path: Path, content: bytes, text: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    told: list[StorageError] = []
    journal = Journal(path, told.append)
    assert journal.restore() == text
    assert "Your draft" in str(told[0])
    assert path.with_name("draft.txt.broken").read_bytes() == content
    journal.keep("new")
    journal.close()
    assert path.with_name("draft.txt.broken").read_bytes() == content


def test_off_the_record_a_damaged_draft_stays_aside_until_its_text_is_gone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"my text\xfc")
    journal = Journal(path)
    journal.off_record = True
    text = journal.restore()
    journal.keep(text)
    assert journal.flush(5)
    assert path.read_bytes() == b""
    assert path.with_name("draft.txt.broken").read_bytes() == b"my text\xfc"
    journal.keep("")
    journal.close()
    assert b"my text" not in path.with_name("draft.txt.broken").read_bytes()
