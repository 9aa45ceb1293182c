"""Safe hands: the real program is killed, the disk is full, the power fails; nothing that was typed is lost.

Two hundred kills take five minutes: `python -m tests.kills 200`. Here are a few of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Fate
from fishcaption.store.held_texts import HeldTexts
from fishcaption.store.history import History
from fishcaption.store.journal import Journal
from fishcaption.store.places import append_whole, write_whole
from tests import accessible, desktop, kills
from tests.desktop import Desktop

screen_only = [
    pytest.mark.slow,
    *(pytest.mark.skipif(bool(why), reason=why) for why in (desktop.missing(), accessible.missing())),
]


def screened(test: Any) -> Any:
    """The test needs a screen, and takes long."""
    for mark in screen_only:
        test = mark(test)
    return test


@screened
@pytest.mark.timeout(300)
def test_nothing_is_lost_when_it_is_killed_while_somebody_types(tmp_path: Path) -> None:
    # a machine that tests much else at the same time takes its time; the benchmark has the 250 ms
    report = kills.run(8, tmp_path, seed=8, grace_seconds=1.0)
    assert report.kills == 8
    assert report.due > 50
    assert str(report).splitlines() == [str(report).splitlines()[0]]
    assert report.lost == 0


class Program:
    """The program on a screen, with a service that never answers."""

    def __init__(self, screen: Desktop, home: Path, port: int) -> None:
        self._screen = screen
        self.data = home / "data"
        config = home / "config"
        config.mkdir(parents=True, exist_ok=True)
        voice = {"provider": "fish", "id": "0" * 32, "name": "Nobody"}
        (config / "settings.json").write_text(json.dumps({"voice": voice}))
        self.environment = {
            **screen.environment,
            **accessible.ALWAYS_ON,
            "FISHCAPTION_RUNTIME_DIR": str(home / "runtime"),
            "FISHCAPTION_CONFIG_DIR": str(config),
            "FISHCAPTION_DATA_DIR": str(self.data),
            "FISHCAPTION_FISH_URL": f"http://127.0.0.1:{port}",
            "FISH_API_KEY": "0123456789abcdef",
            "PULSE_SERVER": str(home / "nobody"),
        }

    @contextmanager
    def runs(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """The program with its window in front; killed at the end if it is still there."""
        with self.started(*arguments) as process:
            try:
                self._screen.wait_for_window("^fishcaption$")
                yield process
            finally:
                process.kill()

    def started(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "fishcaption", *arguments],
            cwd=kills.ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def words(self, process: subprocess.Popen[bytes]) -> str:
        return "\n".join(
            f"{node.name} {node.text}" for node in accessible.shown(process.pid, self.environment)
        )

    def draft(self) -> str:
        path = self.data / "draft.txt"
        return path.read_text("utf-8") if path.exists() else ""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def program(screen: Desktop, tmp_path: Path) -> Iterator[Program]:
    with kills.deaf() as port:
        yield Program(screen, tmp_path / "home", port)


@screened
def test_all_comes_back_with_a_word_about_it(screen: Desktop, program: Program) -> None:
    unheard = program.data / "unheard.jsonl"
    parked = program.data / "parked.jsonl"
    with program.runs() as process:
        screen.type("Please wait for me.")
        screen.key("Return")
        screen.wait(lambda: unheard.exists() and "wait for me" in unheard.read_text(), "the queue on disk")
        screen.type("That reminds me")
        screen.wait(lambda: "Phrases" in program.words(process), "all commands to be there")
        screen.key("ctrl+d")
        screen.wait(lambda: parked.exists() and "reminds" in parked.read_text(), "the held draft on disk")
        screen.type("of something")
        screen.wait(lambda: program.draft() == "of something", "the draft on disk")
        process.send_signal(signal.SIGKILL)
    with program.runs() as process:
        screen.wait(lambda: "when the program ended" in program.words(process), "a word about it")
        words = program.words(process)
        assert "Your unsent text is back." in words
        for text in ("Please wait for me.", "That reminds me", "of something"):
            assert text in words


@screened
def test_what_closing_cuts_off_is_in_the_history_and_does_not_come_back(
    screen: Desktop, program: Program
) -> None:
    history, unheard = program.data / "history.jsonl", program.data / "unheard.jsonl"
    with program.runs() as process:
        for text in ("Please wait for me.", "I am coming."):
            screen.type(text)
            screen.key("Return")
        screen.wait(lambda: unheard.exists() and "coming" in unheard.read_text(), "the queue on disk")
        screen.key("alt+F4")
        assert process.wait(20) == 0
    assert unheard.read_text() == ""
    said = [json.loads(line) for line in history.read_text().splitlines()]
    assert [(entry["text"], entry["heard_end"]) for entry in said] == [
        ("Please wait for me.", 0),
        ("I am coming.", 0),
    ]


@screened
def test_a_full_disk_is_told_and_what_was_typed_meanwhile_is_kept_once_there_is_room(
    screen: Desktop, program: Program
) -> None:
    import resource  # not there on Windows

    with program.runs() as process:
        screen.type("before ")
        screen.wait(lambda: program.draft() == "before ", "the draft on disk")
        before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        screen.type("and after")
        screen.wait(lambda: "could not be saved" in program.words(process), "the window to say so")
        assert program.draft() == "before "
        assert "before and after" in program.words(process)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
        screen.wait(lambda: program.draft() == "before and after", "the draft on disk, without another key")


@screened
def test_a_second_start_hands_its_text_to_the_first(
    screen: Desktop, program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear aunt,\r\nthank you for the 魚.", "utf-8")
    with program.runs("--text", "Good morning") as process:
        screen.wait(lambda: program.draft() == "Good morning", "the text of the first start")
        with program.started("open", str(file)) as second:
            assert second.wait(20) == 0
        screen.wait(lambda: program.draft() == "Dear aunt,\nthank you for the 魚.", "the text of the second")
        assert "Good morning" in (program.data / "parked.jsonl").read_text()
        with program.started("--text", "Spoken at once", "--speak") as third:
            assert third.wait(20) == 0
        unheard = program.data / "unheard.jsonl"
        screen.wait(lambda: unheard.exists() and "Spoken at once" in unheard.read_text(), "it to be spoken")
        assert program.draft().startswith("Dear aunt")
        assert process.poll() is None


@screened
def test_each_profile_has_a_window_and_a_draft_of_its_own(screen: Desktop, program: Program) -> None:
    work = program.data / "profiles" / "work" / "draft.txt"
    with program.runs("--profile", "work", "--text", "at work"), program.runs("--text", "at home") as home:
        screen.wait(lambda: program.draft() == "at home", "the draft of one")
        screen.wait(lambda: work.exists() and work.read_text() == "at work", "the draft of the other")
        with program.started("--profile", "work", "--text", "more work") as second:
            assert second.wait(20) == 0
        screen.wait(lambda: work.read_text() == "more work", "it to reach its profile")
        assert program.draft() == "at home"
        home.terminate()
        assert home.wait(20) == 0


@screened
def test_settings_are_imported_into_the_open_window(
    screen: Desktop, program: Program, tmp_path: Path
) -> None:
    config = Path(program.environment["FISHCAPTION_CONFIG_DIR"], "settings.json")

    def run(*arguments: str) -> int:
        with program.started("settings", *arguments) as process:
            return process.wait(20)

    mine = tmp_path / "mine.json"
    assert run("export", str(mine)) == 0
    assert "0123456789abcdef" not in mine.read_text()
    mine.write_text(mine.read_text().replace('"text_size": 100', '"text_size": 150'))
    with program.runs() as process:
        assert run("import", str(mine)) == 0
        screen.wait(lambda: '"text_size": 150' in config.read_text(), "the window to save them")
        process.terminate()
        assert process.wait(20) == 0
    mine.write_text(mine.read_text().replace('"text_size": 150', '"text_size": 200'))
    assert run("import", str(mine)) == 0
    assert '"text_size": 200' in config.read_text()
    mine.write_text("{}")
    assert run("import", str(mine)) == 2


# --- a disk that is full ---------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can make a small disk, on Linux")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_on_a_full_disk_the_old_files_stay_whole(small_disk: Path) -> None:
    filler, path = small_disk / "filler", small_disk / "draft.txt"
    told: list[StorageError] = []
    journal, history = Journal(path, told.append), History(small_disk / "history.jsonl", told.append)
    parked = HeldTexts(small_disk / "parked.jsonl", told.append)
    journal.keep("old")
    parked.hold("held")
    history.add("said", 4, Fate.HEARD)
    assert all([journal.flush(5), history.flush(5), parked._file._file.writer.flush(5)])
    with filler.open("wb", 0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))
    journal.keep("new " * 2000)
    for number in range(300):
        history.add(f"said in vain, number {number}", 4, Fate.HEARD)
    parked.hold("held too " * 1000)
    assert all([journal.flush(5), history.flush(5), parked._file._file.writer.flush(5)])
    assert len(told) == 3
    assert all("disk is full" in str(error) for error in told)
    assert Journal(path).restore() == "old"
    filler.unlink()
    for kept in (journal, history, parked):
        kept.close()
    assert Journal(path).restore() == "new " * 2000
    assert len(HeldTexts(small_disk / "parked.jsonl").texts()) == 2
    again = History(small_disk / "history.jsonl")
    assert len(again.entries()) == 301
    assert again.mended == 0


# --- the power fails -------------------------------------------------------------------------------------


class Medium:
    """What of some folders is on the medium: a file's bytes once it, a name once its folder, was synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moments: list[dict[str, bytes]] = []  # what a power cut would leave, after each step
        self._bytes: dict[int, bytes] = {}  # inode -> what was synced of it
        self._names: dict[str, int] = {}
        sync, rename = os.fsync, os.replace

        def fsync(handle: int) -> None:
            sync(handle)
            path = Path(f"/proc/self/fd/{handle}").readlink()
            if path.is_dir():
                self._names = {entry.name: entry.stat().st_ino for entry in path.iterdir()}
            else:
                self._bytes[path.stat().st_ino] = path.read_bytes()
            self._note()

        def replace(source: Any, target: Any) -> None:
            rename(source, target)
            self._names[Path(target).name] = Path(target).stat().st_ino  # it may be, without a sync, too
            self._note()

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "replace", replace)

    def _note(self) -> None:
        self.moments.append({name: self._bytes.get(inode, b"") for name, inode in self._names.items()})


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells which file a handle is of")


@linux_only
def test_a_power_cut_leaves_the_old_or_the_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    medium = Medium(monkeypatch)
    versions = [f"version {number} ".encode() * 1000 for number in range(5)]
    for version in versions:
        write_whole(tmp_path / "draft.txt", version)
        assert medium.moments[-1]["draft.txt"] == version, "it is there when the call returns"
    for moment in medium.moments:
        assert moment.get("draft.txt", versions[0]) in versions


@linux_only
def test_a_power_cut_leaves_what_was_added_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    medium = Medium(monkeypatch)
    for number in range(5):
        append_whole(tmp_path / "history.jsonl", f"line {number}\n".encode())
        assert medium.moments[-1]["history.jsonl"].count(b"\n") == number + 1
