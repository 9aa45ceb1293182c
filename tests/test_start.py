"""start.py: what it decides, with stand-ins for apt; in the full tier one real first run, from nothing."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import start
from fishcaption import doctor

ROOT = Path(__file__).resolve().parents[1]


def test_it_parses_on_old_pythons_so_that_it_can_say_what_it_needs() -> None:
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_needs_nothing(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main([word]) == 0
    assert "python3 start.py test" in capsys.readouterr().out


# --- what has been done already


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with its two locks and an environment that has a Python."""
    root = tmp_path / "a checkout"
    (root / "fishcaption").mkdir(parents=True)
    for name in ("requirements.txt", "requirements-test.txt", "fishcaption/doctor.py"):
        (root / name).write_text(name)
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setattr(start, "ROOT", root)
    monkeypatch.setattr(start, "STAMP", root / ".venv" / "fishcaption.json")
    monkeypatch.setattr(start, "LOCK", root / ".setup.lock")
    monkeypatch.setattr(start, "PYTHON", python)
    locks = {start.PROGRAM: root / "requirements.txt", start.TESTS: root / "requirements-test.txt"}
    monkeypatch.setattr(start, "LOCKS", locks)
    return root


def note(part: str) -> None:
    start.STAMP.write_text(json.dumps(start.finished(start.read_stamp(), part)))


def test_nothing_is_ready_without_a_note(checkout: Path) -> None:
    assert not start.is_ready(start.PROGRAM)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"root": "unfinished"}'])
def test_a_broken_note_is_none(checkout: Path, content: str) -> None:
    start.STAMP.write_text(content)
    assert not start.is_ready(start.PROGRAM)


def test_the_program_is_ready_before_its_tests_are(checkout: Path) -> None:
    note(start.PROGRAM)
    assert start.is_ready(start.PROGRAM)
    assert not start.is_ready(start.TESTS)


def test_who_can_test_can_run_and_goes_on_being_able_to(checkout: Path) -> None:
    note(start.TESTS)
    assert start.is_ready(start.PROGRAM)
    note(start.PROGRAM)
    assert start.is_ready(start.TESTS)


@pytest.mark.parametrize("changed", ["requirements.txt", "fishcaption/doctor.py"])
def test_another_lock_or_list_of_system_packages_is_set_up_again(checkout: Path, changed: str) -> None:
    note(start.TESTS)
    (checkout / changed).write_text("changed")
    assert not start.is_ready(start.PROGRAM)
    note(start.PROGRAM)
    assert not start.is_ready(start.TESTS)


def test_a_lost_environment_is_set_up_again(checkout: Path) -> None:
    note(start.PROGRAM)
    start.PYTHON.unlink()
    assert not start.is_ready(start.PROGRAM)


def test_a_moved_checkout_is_set_up_again(checkout: Path) -> None:
    note(start.PROGRAM)
    start.STAMP.write_text(start.STAMP.read_text().replace("a checkout", "another place"))
    assert not start.is_ready(start.PROGRAM)


def test_another_python_is_set_up_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note(start.PROGRAM)
    monkeypatch.setattr(start, "python_version", lambda: "3.99")
    assert not start.is_ready(start.PROGRAM)


def test_without_a_network_what_was_there_stays(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(lock: Path) -> None:
        raise start.SetupError("no network")

    monkeypatch.setattr(sys, "path", list(sys.path))
    note(start.PROGRAM)
    before = start.STAMP.read_text()
    (checkout / "requirements.txt").write_text("a newer one")
    monkeypatch.setattr(start, "environment", lambda stamp: None)
    monkeypatch.setattr(start, "python_packages", offline)
    with pytest.raises(start.SetupError):
        start.set_up(start.PROGRAM, system=False, ask=True)
    assert start.STAMP.read_text() == before


# --- system packages, with stand-ins for apt, dpkg and sudo that note how they were called

needs_posix = pytest.mark.skipif(os.name == "nt", reason="only Debian and Ubuntu have apt")


class Debian:
    """A Debian made of a few scripts: what is installed, and what was run."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.bin.mkdir()
        self.log.touch()
        self.has("apt-get", f'echo "apt-get $*" >> "{self.log}"')
        self.has("env", 'shift; exec "$@"')
        self.installed()

    def has(self, program: str, body: str) -> None:
        path = self.bin / program
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def installed(self, *names: str) -> None:
        known = "".join(f"{name} installed\n" for name in names)
        self.has("dpkg-query", f"printf '{known}'; exit 1" if names else "exit 1")

    def runs(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Debian:
    machine = Debian(tmp_path)
    monkeypatch.setenv("PATH", str(machine.bin))
    monkeypatch.setattr(doctor, "read_os_release", lambda: {"ID": "debian", "VERSION_CODENAME": "bookworm"})
    monkeypatch.setattr(start, "can_ask", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return machine


@needs_posix
def test_root_installs_what_is_missing_and_no_more(debian: Debian) -> None:
    everything = doctor.debian_packages("bookworm", tests=False)
    debian.installed(*[name for name in everything if name not in ("libgl1", "libportaudio2")])
    start.system_packages(start.PROGRAM, ask=False)
    update, install = debian.runs()
    assert update.endswith("update")
    assert install.endswith("install --yes --no-install-recommends libgl1 libportaudio2")


@needs_posix
def test_nothing_is_run_where_nothing_is_missing(debian: Debian) -> None:
    debian.installed(*doctor.debian_packages("bookworm", tests=False))
    start.system_packages(start.PROGRAM, ask=True)
    assert debian.runs() == []


@needs_posix
def test_where_nobody_can_answer_the_exact_line_is_told(debian: Debian) -> None:
    with pytest.raises(start.SetupError, match=r"sudo apt-get install --no-install-recommends .*libgl1.*"):
        start.system_packages(start.PROGRAM, ask=True)
    assert debian.runs() == []


@needs_posix
def test_what_is_only_good_to_have_stops_nobody(debian: Debian) -> None:
    everything = doctor.debian_packages("bookworm", tests=False)
    debian.installed(*[name for name in everything if name not in doctor.OPTIONAL_PACKAGES])
    start.system_packages(start.PROGRAM, ask=True)
    assert debian.runs() == []


@needs_posix
def test_a_user_installs_with_sudo(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(start.SetupError, match="system packages are missing"):
        start.system_packages(start.PROGRAM, ask=False)  # no sudo here yet
    debian.has("sudo", f'echo "sudo $*" >> "{debian.log}"')
    start.system_packages(start.PROGRAM, ask=False)
    assert [line.split()[:2] for line in debian.runs()] == [["sudo", "-n"]] * 2


@needs_posix
def test_a_failing_apt_is_told_with_the_line(debian: Debian) -> None:
    debian.has("apt-get", "exit 100")
    with pytest.raises(start.SetupError, match=r"(?s)apt could not.*sudo apt-get install"):
        start.system_packages(start.PROGRAM, ask=False)


@needs_posix
def test_a_python_without_pip_gets_its_package(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    start.system_packages(start.PROGRAM, ask=False)
    assert " python3-venv " in debian.runs()[-1]


@needs_posix
def test_elsewhere_nothing_is_installed(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "read_os_release", lambda: {"ID": "fedora"})
    start.system_packages(start.TESTS, ask=False)
    assert debian.runs() == []


@pytest.mark.parametrize(("answer", "agrees"), [("\n", True), ("Y\n", True), ("n\n", False), ("", False)])
def test_return_is_yes_and_the_end_of_input_is_no(
    answer: str, agrees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr(start, "can_ask", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert start.agreed() is agrees


# --- a real first run


def begin(checkout: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """Start it as a person would, from another folder; what it did, and the seconds it took."""
    began = time.perf_counter()
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, str(checkout / "start.py"), "--no-system", *words]
    done = subprocess.run(
        command, cwd=checkout.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done, time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_first_run_sets_everything_up_and_the_second_starts_at_once(tmp_path: Path) -> None:
    """Spaces and other alphabets in the path, a run that was cut off, and a checkout that was moved."""
    checkout = tmp_path / "a cópy of it"
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    (checkout / ".venv" / "bin").mkdir(parents=True)  # a run that was cut off very early
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the user is not a module of ours')")

    first, _ = begin(checkout, "--version")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("fishcaption ")
    assert "Ready." in first.stderr

    again = [begin(checkout, "--version") for _ in range(3)]  # the machine may be busy with other things
    assert all((run.returncode, run.stdout, run.stderr) == (0, first.stdout, "") for run, _ in again)
    assert min(seconds for _, seconds in again) < 1.0

    stamp = checkout / ".venv" / "fishcaption.json"
    stamp.write_text('{"root": "unfinished"}')
    checkout.rename(tmp_path / "moved")
    third, _ = begin(tmp_path / "moved", "--version")
    assert (third.returncode, third.stdout) == (0, first.stdout), third.stderr


# --- somebody else's lock -----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX has such a lock")
def test_another_user_s_lock_on_what_all_can_read_is_not_waited_for(checkout: Path) -> None:
    import fcntl

    readable = [path for path in (Path(start.__file__), *checkout.rglob("*")) if path.is_file()]
    held = [path.open() for path in readable]  # whoever can read a file can lock it
    try:
        for file in held:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with start.one_at_a_time():
            assert start.LOCK.stat().st_mode & 0o777 == 0o600
    finally:
        for file in held:
            file.close()
