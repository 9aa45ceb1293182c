"""Whatever never answers: each question has its time, is told by name when that passes, holds up no exit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fishcaption import blocking
from fishcaption.blocking import answer, use_daemons
from fishcaption.core.errors import FishCaptionError, StorageError
from tests import desktop, silent
from tests.accessible import shown
from tests.checkout import ROOT
from tests.desktop import Desktop
from tests.silent import KEYRING, Bus, SilentService
from tests.test_end_to_end import Program

needs_bus = pytest.mark.skipif(bool(silent.MISSING), reason=silent.MISSING)
MOST_SECONDS = 25.0
"""A keyring's time, and what starts a Python here."""


_LOOPS = {
    "asyncio": "asyncio.run(main())",
    "the window's": """
import os
from PySide6.QtCore import QCoreApplication
os.environ["QT_API"] = "pyside6"
import qasync
application = QCoreApplication([])
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
    runner.run(main())
""",
}
_PROGRAM = """
import asyncio, os, socket, sys, threading
from fishcaption.blocking import use_daemons
from fishcaption.audio.child import answer

def never(*_, **__):
    threading.Event().wait()

async def main():
    use_daemons()
    socket.getaddrinfo = never
    child = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    command = [sys.executable, "-c", child, sys.argv[1]]
    asyncio.get_running_loop().run_in_executor(None, answer, command, os.environ, 60.0)
    while not os.path.exists(sys.argv[1]) or not os.path.getsize(sys.argv[1]):
        await asyncio.sleep(0.01)
    for work in (asyncio.to_thread(never), asyncio.open_connection("a.name", 80)):
        try:
            async with asyncio.timeout(0.3):
                await work
        except TimeoutError:
            print("given up", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("loop", _LOOPS)
def test_what_hangs_holds_up_no_exit_and_leaves_no_child(loop: str, tmp_path: Path) -> None:
    program = [sys.executable, "-c", _PROGRAM + _LOOPS[loop], str(tmp_path / "child")]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"given up\ngiven up\n", b"")
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def _late() -> StorageError:
    return StorageError("The oracle does not answer.")


async def test_who_asks_is_told_that_it_takes_long_and_then_that_it_took_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_daemons()
    monkeypatch.setattr(blocking, "SLOW_SECONDS", 0.05)
    released = threading.Event()
    told: list[str] = []

    def work() -> str:
        released.wait(10)
        return "late"

    with pytest.raises(StorageError, match="oracle"):
        await answer(work, _late, seconds=0.1)
    with pytest.raises(StorageError, match="oracle"):
        await answer(work, _late, seconds=0.2, on_slow=lambda: told.append("slow"))
    assert told == ["slow"]
    # who is only told goes on waiting, and gets it
    assert await answer(work, _late, seconds=10, on_slow=released.set) == "late"


async def test_an_answer_in_time_is_the_works_own() -> None:
    use_daemons()

    def fail() -> None:
        raise FishCaptionError("its own words")

    assert await answer(lambda: 7, _late, seconds=10, on_slow=lambda: pytest.fail("it was quick")) == 7
    with pytest.raises(FishCaptionError, match="its own words"):
        await answer(fail, _late, seconds=10)


@pytest.fixture
def bus() -> Iterator[Bus]:
    with Bus() as bus:
        yield bus


@pytest.fixture
def keyring(bus: Bus) -> Iterator[SilentService]:
    with SilentService(bus.address, KEYRING) as service:
        yield service


@pytest.fixture
def home(tmp_path: Path, bus: Bus) -> dict[str, str]:
    names = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    return {**os.environ, **bus.environment, **{name: str(tmp_path / name.lower()) for name in names}}


@needs_bus
@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "out"),
    [
        (["voices"], 1, b"heart"),
        (["voices", "--search", "calm"], 1, b"heart"),
        (["say", "--voice", "fish:abc", "--wav", os.devnull, "Hello"], 1, b""),
        (["doctor"], 0, b"keyring"),
    ],
)
def test_the_command_line_goes_on_without_a_keyring_that_is_silent(
    home: dict[str, str], keyring: SilentService, arguments: list[str], code: int, out: bytes
) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "fishcaption", *arguments],
        env=home,
        capture_output=True,
        timeout=40,
        check=False,
    )
    assert keyring.asked.is_set()
    assert out in done.stdout.lower(), done
    if arguments != ["doctor"]:  # it says what this machine lacks, as well
        assert time.monotonic() - began < MOST_SECONDS
        assert done.returncode == code, done
        assert b"keyring" in done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_a_clipboard_that_is_silent_holds_the_window_once_and_is_told(tmp_path: Path) -> None:
    with Desktop(tmp_path / "screen") as screen, Program(screen, tmp_path, {}) as program:
        subprocess.run(
            ["xclip", "-selection", "clipboard"],
            input=b"lost",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=screen.environment,
            timeout=10,
            check=True,
        )  # it lives on, to be asked
        (holder,) = (
            process
            for process in psutil.process_iter(["name", "environ"])
            if process.info["name"] == "xclip"
            and (process.info["environ"] or {}).get("DISPLAY") == screen.environment["DISPLAY"]
        )
        holder.suspend()
        try:
            screen.key("ctrl+v")
            began = time.monotonic()
            screen.type("typed")
            screen.wait(lambda: program.draft() == "typed", "the keys", seconds=30)
            assert time.monotonic() - began < 8.0  # Qt's own 5 s, once
            screen.wait(lambda: "Nothing was pasted" in program.words(), "the window to say so")
        finally:
            holder.kill()


@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_a_start_beside_a_window_that_hangs_says_so_in_time(tmp_path: Path) -> None:
    with Desktop(tmp_path / "screen") as screen, Program(screen, tmp_path, {}) as first:
        screen.wait(lambda: bool(first.words()), "the window")
        first.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            second = first.start()
            screen.wait(lambda: "waiting for its window" in first.complaints(), "the first word", seconds=8)
            screen.wait(lambda: shown(second.pid, first.environment) != [], "a message")
            assert time.monotonic() - began < 20
            words = " ".join(node.name for node in shown(second.pid, first.environment))
            assert "does not answer" in words
            screen.key("Escape")
            assert second.wait(10) == 1
        finally:
            first.process.send_signal(signal.SIGCONT)
        assert "Nothing was handed over" in first.complaints()


@needs_bus
@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_who_speaks_with_a_key_that_does_not_come_is_told_why_and_what_now(tmp_path: Path) -> None:
    voice = {"provider": "fish", "id": "a" * 32, "name": "Mine", "languages": ["en"]}
    with (
        Desktop(tmp_path / "screen") as screen,
        SilentService(screen.environment["DBUS_SESSION_BUS_ADDRESS"], KEYRING),
        Program(screen, tmp_path, {"PYTHON_KEYRING_BACKEND": Bus.KEYRING}, voice=voice) as program,
    ):
        screen.type("Hello there.")
        screen.key("Return")
        screen.wait(lambda: "keyring does not answer" in program.words(), "the window to say so")
        words = program.words()
        assert "not spoken to the end" in words
        assert "F4" in words  # with the voice on this computer
        began = time.monotonic()
        assert program.close() == (0, "")
        assert time.monotonic() - began < 5


@pytest.mark.slow
@needs_bus
def test_the_window_ends_though_the_keyring_is_silent(home: dict[str, str], keyring: SilentService) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "fishcaption"], env=home, cwd=ROOT, stderr=subprocess.PIPE
    )
    with process:
        assert keyring.asked.wait(20)
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(6) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.stderr is not None
        assert process.stderr.read() == b""
