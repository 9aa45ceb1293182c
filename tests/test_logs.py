"""The logs: what stands in them of what went wrong, who can read them, and how large they become."""

from __future__ import annotations

import io
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption import logs

ROOT = Path(__file__).resolve().parents[1]
SECRET = "my PIN is 4711"


def raised() -> BaseException:
    """An exception of every kind of nesting, each with the user's words."""
    try:
        try:
            try:
                raise KeyError(SECRET)
            except KeyError as error:
                raise ValueError(SECRET) from error
        except ValueError:
            raise ExceptionGroup(SECRET, [OSError(2, SECRET, SECRET), TypeError(SECRET)])  # noqa: B904  a context
    except ExceptionGroup as group:
        group.add_note(SECRET)
        return group


def test_of_an_exception_its_types_and_places_are_told_and_none_of_its_words() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.WithoutWords("%(levelname)s %(message)s"))
    error = raised()
    info = (type(error), error, error.__traceback__)
    handler.handle(logging.LogRecord("one", logging.ERROR, "", 0, "a bug", (), info))
    handler.handle(logging.LogRecord("one", logging.ERROR, "", 0, "none", (), (None, None, None)))
    told = stream.getvalue()
    assert SECRET.split()[-1] not in told
    assert told.startswith("ERROR a bug\n")
    for kind in ("KeyError", "ValueError", "ExceptionGroup", "FileNotFoundError", "TypeError"):
        assert f"builtins.{kind}" in told
    assert "in raised" in told


def test_on_the_terminal_no_words_are_told_either() -> None:
    program = f"""
import logging
from fishcaption import logs
logs.on_terminal()
try:
    raise ValueError({SECRET!r})
except ValueError:
    logging.getLogger("one").exception("a bug ended an utterance")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.startswith("a bug ended an utterance\nbuiltins.ValueError\n")
    assert "4711" not in done.stderr.replace(f"raise ValueError({SECRET!r})", "")


def test_another_formatter_s_words_are_not_taken_over() -> None:
    record = logging.LogRecord("one", logging.ERROR, "", 0, "a bug", (), sys.exc_info())
    record.exc_info = (error := raised()).__class__, error, error.__traceback__
    assert "4711" in logging.Formatter().format(record)
    assert "4711" not in logs.WithoutWords().format(record)


def test_an_exception_that_is_its_own_cause_is_told_once() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert logs.WithoutWords().formatException((ValueError, one, None)).count("builtins.") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("way", ["rotating", "opened"])
def test_only_this_user_can_read_a_log(tmp_path: Path, way: str) -> None:
    """Also where an earlier version has made it for everybody, and after it was put aside."""
    path = tmp_path / "fishcaption" / "log" / "one.log"
    path.parent.mkdir(mode=0o755, parents=True)
    above = stat.S_IMODE(tmp_path.stat().st_mode)
    path.write_bytes(b"x" * (logs.LARGEST + 1))
    path.chmod(0o644)
    for _ in range(2):
        if way == "rotating":
            handler = logs.rotating(path)
            for _ in range(3):
                handler.emit(logging.LogRecord("one", logging.ERROR, "", 0, "x" * 300_000, (), None))
            handler.close()
        else:
            with logs.opened(path) as file:
                file.write(b"x" * (logs.LARGEST + 1))
    found = sorted(path.parent.iterdir())
    assert len(found) == 2
    assert {stat.S_IMODE(one.stat().st_mode) for one in found} == {0o600}
    folders = [stat.S_IMODE(place.stat().st_mode) for place in path.parents[:3]]
    assert folders == [0o700, 0o700, above]


def test_a_log_that_is_written_to_without_end_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    with logs.opened(path) as file, io.TextIOWrapper(file, "utf-8", write_through=True) as stream:
        handler = logs.Paced(stream, most_a_minute=1_000_000)
        for number in range(30_000):
            handler.emit(logging.LogRecord("one", logging.ERROR, "", 0, f"{number} " + "x" * 90, (), None))
        assert path.stat().st_size < logs.LARGEST + 200
    assert "29999" in path.read_text()


def test_so_many_records_are_written_in_a_minute_and_then_how_many_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(logs, "monotonic", lambda: now)
    stream = io.StringIO()
    handler = logs.Paced(stream, most_a_minute=3)
    for number in range(10):
        handler.emit(logging.LogRecord("one", logging.ERROR, "", 0, f"record {number}", (), None))
    now = 61.0
    handler.emit(logging.LogRecord("one", logging.ERROR, "", 0, "y" * 100_000, (), None))
    lines = stream.getvalue().splitlines()
    assert lines[:4] == ["record 0", "record 1", "record 2", "(7 more messages in that minute)"]
    assert len(lines[4]) < 10_000
