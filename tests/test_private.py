"""Nothing leaves the machine or is written outside our own folders, by us or by what we are built on.

The program is run as its user runs it, in a home of its own, and without the variables by which a library
knows a test's machine: onnxruntime uploads usage events to its maker, but not where it sees `CI`.

Sockets are looked at from outside, over and over. A name that is looked up and found or not within a
millisecond is gone by the next look; where strace is installed it tells of that one, too.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from fishcaption.audio import child

ROOT = Path(__file__).resolve().parents[1]
_TEST_MACHINES = re.compile(r"(?i)ci$|ci_|.*_ci$|github|gitlab|jenkins|travis|tf_build|pytest|ort_")
_UPLOAD_SECONDS = 13.0
"""onnxruntime looks its collector up ten seconds after it was loaded."""
_LOOK_SECONDS = 0.02  # asking the name server takes longer, and connecting to a collector far longer


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose home is the test's folder."""
    kept = {name: value for name, value in os.environ.items() if not _TEST_MACHINES.match(name)}
    for name in [name for name in kept if name.startswith(("XDG_", "FISHCAPTION_"))]:
        del kept[name]
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "tmp").mkdir()
    places = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(tmp_path / "home"))
    return kept | places | {"TMPDIR": str(tmp_path / "home" / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}


def strange_files(home: dict[str, str]) -> list[str]:
    """The files in the home that lie in no folder of ours."""
    top = Path(home["HOME"])
    found = [path.relative_to(top) for path in top.rglob("*") if path.is_file()]
    return sorted(str(path) for path in found if not any("fishcaption" in part for part in path.parts))


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and what it has started, the shared voice too, which lives in a session of its own."""
    with suppress(psutil.Error):
        return [process, *process.children(recursive=True)]
    return []


class Watch:
    """Looks at the sockets of processes, over and over on a thread, for any that is not of this machine."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._processes = [psutil.Process(process.pid) for process in processes]
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="looking at sockets")
        self.strange: set[str] = set()
        self.looked_at: set[str] = set()

    @contextmanager
    def on(self, seconds: float) -> Iterator[None]:
        """Look for at least so long."""
        self._thread.start()
        try:
            yield
            self._is_over.wait(seconds)
        finally:
            self._is_over.set()
            self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            for process in [one for root in self._processes for one in family(root)]:
                with suppress(psutil.Error):
                    found = process.net_connections("inet")
                    name = " ".join(process.cmdline())
                    self.looked_at.add(name)
                    self.strange |= {f"{name}: {one}" for one in found if not is_ours(one)}


def is_ours(connection: Any) -> bool:
    """Whether a socket's both ends are on this machine, and none is a name server."""
    ends = [end for end in (connection.laddr, connection.raddr) if end]
    return bool(ends) and all(ip_address(end.ip).is_loopback and end.port != 53 for end in ends)


def told_by_strace(folder: Path) -> list[str]:
    """The calls by which a process turned to an address that is not of this machine, or to a name server."""
    found = []
    for line in "".join(path.read_text("utf-8", "replace") for path in folder.glob("*.strace")).splitlines():
        for port, ip in _ADDRESS.findall(line):
            if port == "53" or not ip_address(ip).is_loopback:
                found.append(line)
    return found


_ADDRESS = re.compile(r'port=htons\((\d+)\).*?"([\d.]+|[\da-f:.]*:[\da-f:.]*)"')


def tracing(folder: Path, name: str) -> list[str]:
    """What to put before a command to have its calls told; nothing where strace is not there or may not."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", os.devnull, sys.executable, "-c", ""]).returncode:
        return []
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return [strace, "-f", "-qq", "--seccomp-bpf", "-e", calls, "-o", str(folder / f"{name}.strace")]


def run(home: dict[str, str], *arguments: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    command = [*before, sys.executable, "-m", "fishcaption", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def speak(server: subprocess.Popen[bytes]) -> None:
    """Have `fishcaption serve` say something."""
    assert server.stdout is not None
    url, key = (server.stdout.readline().decode().strip() for _ in range(2))
    with httpx.Client(trust_env=False, timeout=60, verify=False) as http:
        answer = http.post(
            f"{url}/v1/tts",
            headers={"Authorization": f"Bearer {key}"},
            json={"text": "Hello.", "format": "pcm"},
        )
    assert len(answer.content) > 10_000


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End them, and what they have started."""
    everybody = [one for process in processes for one in family(psutil.Process(process.pid))]
    for process in everybody:
        with suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(everybody, timeout=20)
    for popen in processes:
        assert popen.stdin is not None
        assert popen.stdout is not None
        popen.stdin.close()
        popen.stdout.close()
        popen.wait(20)


@pytest.mark.slow
def test_a_voice_leaves_no_file_but_ours(home: dict[str, str]) -> None:
    server = run(home, "serve", "--port", "0")
    try:
        speak(server)
    finally:
        end([server])
    assert strange_files(home) == []


def test_a_file_dialog_leaves_no_file_but_ours(home: dict[str, str]) -> None:
    program = """
from PySide6.QtWidgets import QApplication, QFileDialog
from shiboken6 import delete
from fishcaption.app.event_loop import qt_writes_with_us
qt_writes_with_us()
application = QApplication([])
dialog = QFileDialog()
dialog.open()
delete(dialog)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=home, stderr=subprocess.DEVNULL)
    assert done.returncode == 0
    assert strange_files(home) == []


@pytest.mark.slow
def test_every_child_is_given_an_environment_without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISH_API_KEY", "secret")
    assert "secret" not in child.environment().values()
    started = 0
    for path in (ROOT / "fishcaption").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "subprocess.run",
                "subprocess.Popen",
            ):
                started += 1
                assert "env" in [word.arg for word in node.keywords], f"{path}:{node.lineno}"
    assert started


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_no_process_of_ours_asks_anybody_beyond_this_machine(home: dict[str, str], tmp_path: Path) -> None:
    wav = str(Path(home["TMPDIR"], "fishcaption.wav"))
    window = run(home, before=tracing(tmp_path, "window"))
    # as long as its input is open, so is the shared voice
    saying = run(home, "say", "--wav", wav, "-", before=tracing(tmp_path, "say"))
    server = run(home, "serve", "--port", "0", before=tracing(tmp_path, "serve"))
    doctor = run(home, "doctor", before=tracing(tmp_path, "doctor"))
    processes = [window, saying, server, doctor]
    try:
        watch = Watch(processes)
        with watch.on(_UPLOAD_SECONDS):
            assert saying.stdin is not None
            saying.stdin.write(b"Hello there. ")
            saying.stdin.flush()
            speak(server)
    finally:
        end(processes)
    assert watch.strange == set()
    assert told_by_strace(tmp_path) == []
    assert strange_files(home) == []
    assert any("--shared" in line for line in watch.looked_at)
    assert any(line.endswith("-m fishcaption") for line in watch.looked_at)
