"""Cues are written in order by somebody else: a file that takes long is not waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import pytest

from fishcaption.captions.cue_writer import CueWriter
from fishcaption.captions.heard_cues import TimedCue
from fishcaption.core.cues.transcript_formats import TimedWord
from fishcaption.core.errors import StorageError

CUES = [TimedCue(number, number + 0.5, (f"Line {number}",)) for number in range(5)]


class Slow:
    """A file that writes when the test lets it, and may be full."""

    def __init__(self, full_at: int = -1) -> None:
        self.begun, self.may_write = threading.Event(), threading.Event()
        self.written: list[str] = []
        self._full_at = full_at

    def append(
        self,
        start_seconds: float,
        end_seconds: float,
        lines: Iterable[str],
        words: Sequence[TimedWord] = (),
        /,
    ) -> None:
        self.begun.set()
        assert self.may_write.wait(10)
        if len(self.written) == self._full_at:
            raise StorageError("It is full.", hint="Make room.")
        self.written += lines


def nothing() -> None:
    pass


def test_putting_returns_before_it_is_written_and_finishing_waits() -> None:
    file = Slow()
    writer = CueWriter([file], on_error=nothing)
    writer.put(CUES)
    assert file.written == []
    file.may_write.set()
    writer.finish()
    writer.stop()
    assert file.written == [f"Line {number}" for number in range(5)]


def test_an_error_is_told_once_and_raised_at_the_end() -> None:
    told = threading.Event()
    file = Slow(full_at=2)
    file.may_write.set()
    writer = CueWriter([file], on_error=told.set)
    writer.put(CUES)
    assert told.wait(10)
    assert isinstance(writer.error, StorageError)
    writer.put(CUES)
    with pytest.raises(StorageError, match="full"):
        writer.finish()
    assert file.written == ["Line 0", "Line 1"]


def test_stopped_it_writes_what_it_is_at_and_no_more() -> None:
    first, second = Slow(), Slow()
    first.may_write.set()
    writer = CueWriter([first, second], on_error=nothing)
    writer.put(CUES)
    assert second.begun.wait(10)
    stopping = threading.Thread(target=writer.stop)
    stopping.start()
    while not writer._is_stopped:
        pass
    second.may_write.set()
    stopping.join(10)
    assert first.written == second.written == ["Line 0"]
