"""One window for each profile: what a second start was given reaches the first, whole, and nobody else."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fishcaption.app import instance
from fishcaption.app.instance import InstanceServer, LaunchRequest, hold_or_give
from fishcaption.core.errors import FishCaptionError
from fishcaption.store.profiles import Claim

SECOND = """
import json, sys
from pathlib import Path
from fishcaption.core.errors import FishCaptionError
from fishcaption.app.instance import LaunchRequest, hold_or_give
from fishcaption.store.profiles import Claim
given = LaunchRequest(**json.loads(sys.stdin.read()))
print("looks", flush=True)
try:
    print(hold_or_give(Claim(Path(sys.argv[1])), given))
except FishCaptionError as error:
    print(error)
"""
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="sockets are files on POSIX only")


@pytest.fixture
def claim(tmp_path: Path) -> Iterator[Claim]:
    with Claim(tmp_path) as claim:
        assert claim.take()
        yield claim


def second(folder: Path, **given: object) -> subprocess.Popen[str]:
    """A second start that has come as far as to look for the first."""
    process = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    assert process.stdout is not None
    assert process.stdout.readline() == "looks\n"
    return process


def answer(qtbot: QtBot, process: subprocess.Popen[str]) -> str:
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=30_000)
    assert process.stdout is not None
    with process.stdout:
        return process.stdout.read().strip()


def test_what_the_second_was_given_reaches_the_first(qtbot: QtBot, claim: Claim, tmp_path: Path) -> None:
    taken: list[LaunchRequest] = []
    text = "Hello, 魚 👋🏽\nand more " * 20_000
    with InstanceServer(claim, taken.append):
        assert answer(qtbot, second(tmp_path, text=text, speak=True)) == "False"
        assert answer(qtbot, second(tmp_path)) == "False"
    assert taken == [LaunchRequest(text, speak=True), LaunchRequest()]


def test_it_waits_for_a_window_that_is_about_to_listen(qtbot: QtBot, claim: Claim, tmp_path: Path) -> None:
    taken: list[LaunchRequest] = []
    process = second(tmp_path, text="early")
    qtbot.wait(300)  # it has found nobody, several times
    assert process.poll() is None
    with InstanceServer(claim, taken.append):
        assert answer(qtbot, process) == "False"
    assert taken == [LaunchRequest("early")]


def test_it_is_the_first_once_the_first_has_ended(qtbot: QtBot, claim: Claim, tmp_path: Path) -> None:
    process = second(tmp_path, text="mine")
    qtbot.wait(300)
    claim.release()
    assert answer(qtbot, process) == "True"


def test_a_window_that_does_not_answer_is_told(
    claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(FishCaptionError, match="does not answer"):
        hold_or_give(Claim(tmp_path), LaunchRequest("lost?"))


@posix_only
def test_a_window_that_hangs_has_one_time_for_everything_and_that_is_told(
    claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(instance, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(instance, "SLOW_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()  # and takes nobody
        claim.leave(str(tmp_path / "s"))
        began = time.monotonic()
        with pytest.raises(FishCaptionError, match="does not answer"):
            hold_or_give(Claim(tmp_path), LaunchRequest("lost?" * 1_000_000))
    assert time.monotonic() - began < 1.5
    assert capsys.readouterr().err.count("waiting for its window") == 1


def test_each_folder_has_its_own(claim: Claim, tmp_path: Path) -> None:
    with Claim(tmp_path / "other") as other:
        assert hold_or_give(other, LaunchRequest())


@posix_only
def test_only_this_user_can_come_in(qtbot: QtBot, claim: Claim, tmp_path: Path) -> None:
    with InstanceServer(claim, lambda given: None):
        place = Path(claim.note())
        assert stat.S_ISSOCK(place.stat().st_mode)
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0
    assert not place.exists()
    assert claim.note() == ""


@posix_only
def test_a_socket_of_somebody_else_is_given_nothing(
    claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        listening.setblocking(False)
        claim.leave(str(place))
        user = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: user + 1)
        monkeypatch.setattr(instance, "PATIENCE_SECONDS", 0.2)
        with pytest.raises(FishCaptionError):
            hold_or_give(Claim(tmp_path), LaunchRequest("private"))
        with pytest.raises(BlockingIOError):
            listening.accept()


@posix_only
@pytest.mark.parametrize(
    "line",
    [b"\n", b"7\n", b'{"text": 7}\n', b'{"no": 1}\n', b"\xff\n", b'{"speak": 2}\n', b"[" * 100_000 + b"\n"],
)
def test_what_no_start_of_ours_has_said_is_not_taken(qtbot: QtBot, claim: Claim, line: bytes) -> None:
    taken: list[LaunchRequest] = []
    with InstanceServer(claim, taken.append), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(claim.note())
        connection.sendall(line)
        connection.setblocking(False)
        received: list[bytes] = []

        def is_answered() -> bool:
            try:
                received.append(connection.recv(100))
            except BlockingIOError:
                return False
            return True

        qtbot.waitUntil(is_answered)
    assert received == [b""]
    assert taken == []


@posix_only
def test_what_a_killed_window_left_is_taken_away(qtbot: QtBot, claim: Claim, tmp_path: Path) -> None:
    place = tmp_path / "left"
    place.write_bytes(b"")
    claim.leave(str(place))
    with InstanceServer(claim, lambda given: None):
        assert not place.exists()
