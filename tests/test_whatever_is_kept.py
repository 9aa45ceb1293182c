"""Whatever stands in the files that are kept, the real window opens, closes, and tells what it could not use.

Three hundred homes take ten minutes: `python -m benchmarks.starts`. Here are a few of them, and one that was
made by hand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtWidgets import QApplication

from fishcaption.app.event_loop import event_loop
from tests import kept_files
from tests.kept_files import Content, homes

HARD: dict[str, Content] = {
    "settings.json": json.dumps(
        {
            "model": "s9-pro",
            "voice": {"provider": "fish", "id": "802e3bc2b27e49c2995d23ef70e6ac89", "name": "Energetic"},
            "window_split": [99999999999999, 5],
            "strip_on": True,
            "strip_place": [10**12, -(10**12)],
            "speed": 10**400,
            "newer": 10**400,
        }
    ).encode(),
    "draft.txt": bytes(4096),
    "quick.txt": "half a pair \ud83d".encode("utf-8", "surrogatepass"),
    "history.jsonl": b'{"text": "a", "at": 100000000000000000}\n{"text": "b", "id": 1'
    + b"0" * 5000
    + b"}\n[[",
    "parked.jsonl": "pipe",
    "unheard.jsonl": "folder",
    "phrases.json": b'{"phrases": [{"shown": "Yes.", "uses": 1' + b"0" * 4999 + b"}]}",
    "wording.json": json.dumps(
        {
            "replacements": [
                {"written": "Nguyen", "said": "win"},
                {"written": "Nguyan", "said": "win"},
                {"written": "nguyen", "said": "new-yen"},
            ]
        }
    ).encode(),
    "learned.json": b'{"version": 1, "words": {"a": ' + b"[" * 1010 + b"]" * 1010 + b"}}",
    "paces.json": b'{"embedded:heart": [1' + b"0" * 400 + b', 1], "fish:x": [1e308, 1e308]}',
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ["terminate", pytest.param("close", marks=pytest.mark.slow)])
def test_it_starts_closes_and_tells_where_every_file_is_hard(tmp_path: Path, end: str) -> None:
    kept_files.make(tmp_path / "loaded", HARD)
    told = kept_files.left_out(tmp_path / "loaded")
    assert set(told) == set(HARD)
    words = [kept_files.named(sentence) for sentence in told.values()]
    started = kept_files.start(tmp_path / "started", HARD, end=end, until=words)
    assert kept_files.faults(started, told) == []


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(contents=homes)
def test_it_starts_and_closes_with_whatever_is_there(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, Content]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    kept_files.make(folder / "loaded", contents)
    told = kept_files.left_out(folder / "loaded")
    words = [kept_files.named(sentence) for sentence in told.values()]
    started = kept_files.start(folder / "started", contents, until=words)
    assert kept_files.faults(started, told) == []


@pytest.mark.slow
def test_settings_that_cannot_be_saved_and_a_keyring_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """The latter in the status line: an embedded voice needs no key."""
    (tmp_path / "config").write_text("a file in the place of the folder")
    until = ("settings.json could not be saved", "keyring is locked or not there")
    started = kept_files.start(tmp_path, {}, until=until, PYTHON_KEYRING_BACKEND="no.such.Keyring")
    assert (started.code, started.complaints) == (0, "")


@pytest.mark.slow
def test_a_window_that_ends_with_a_bug_says_so_on_the_terminal(tmp_path: Path) -> None:
    script = """
import sys
from fishcaption.app import program
from fishcaption.cli import main

async def fail(*_):
    raise ZeroDivisionError("my secret")

program._show = fail
sys.exit(main([]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=kept_files.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Something went wrong inside fishcaption" in done.stderr
    assert "secret" not in done.stderr
    log = next((tmp_path / "state").rglob("fishcaption.log"))
    assert "ZeroDivisionError" in log.read_text()
    assert "secret" not in log.read_text()


def test_a_thread_that_comes_back_when_the_loop_is_closed_does_no_harm(qapp: QApplication) -> None:
    loop = event_loop(qapp)
    heard: list[int] = []
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(heard.append, 1))
    thread.start()
    thread.join()
    loop.call_soon(loop.call_later, 0.05, loop.stop)
    loop.run_forever()
    assert heard == [1]
    loop.close()
    loop.call_soon_threadsafe(heard.append, 2)
    assert heard == [1]
