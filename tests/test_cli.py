"""The command line: profiles, files that are opened, settings that go out and come in."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.app.instance import LaunchRequest
from fishcaption.cli import main
from fishcaption.store import profiles
from fishcaption.store.profiles import Claim
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import load, save


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FISHCAPTION_CONFIG_DIR", str(tmp_path / "c"))
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path / "d"))
    monkeypatch.setenv("FISHCAPTION_PROFILE", "")
    yield tmp_path
    gc.enable()  # the window's program turns it off while it starts


def test_settings_go_out_and_come_in_by_profile(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(home / "c" / "settings.json", Settings(speed=1.5))
    file = home / "mine.json"
    assert main(["settings", "export", str(file)]) == 0
    assert main(["--profile", "work", "settings", "import", str(file)]) == 0
    assert load(home / "c" / "profiles" / "work" / "settings.json").settings.speed == 1.5
    assert main(["--profile=work", "settings", "export", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["speed"] == 1.5


def test_what_was_wrong_in_an_import_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "mine.json"
    file.write_text('{"speed": 2.0, "theme": "pink"}')
    assert main(["settings", "import", str(file)]) == 0
    assert "theme" in capsys.readouterr().err
    assert load(home / "c" / "settings.json").settings == Settings(speed=2.0)


@pytest.mark.parametrize("content", [b"{}", b"no settings", b"\xff\xff\xff"])
def test_what_is_no_settings_is_refused_and_changes_nothing(
    home: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    save(home / "c" / "settings.json", Settings(speed=1.5))
    (home / "mine.json").write_bytes(content)
    assert main(["settings", "import", str(home / "mine.json")]) == 2
    assert "fishcaption: " in capsys.readouterr().err
    assert load(home / "c" / "settings.json").settings.speed == 1.5


@pytest.mark.parametrize(
    "arguments",
    [
        ["--profile", "../up", "say", "Hello"],
        ["--profile=a/b"],
        ["say", "--profile", "nul", "Hello"],
        ["open", "no such file"],
        ["open", "."],
    ],
)
def test_what_cannot_be_used_is_said_before_a_window_opens(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("fishcaption: ")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hello, 魚".encode(), "Hello, 魚"),
        ("\ufeffHello".encode(), "Hello"),
        ("Hello, 魚".encode("utf-16"), "Hello, 魚"),
        ("Hello, 魚".encode("utf-16-le"), "Hello, 魚"),
        (b"one\r\ntwo\n", "one\ntwo\n"),
        (b"one\rtwo \x1b[1mthree\x1b[0m\0", "one\ntwo three"),
        ("a \ue100 b".encode(), "a \ufffd b"),
    ],
)
def test_a_file_is_opened_in_its_encoding(
    home: Path, content: bytes, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "letter.txt").write_bytes(content)
    opened: list[tuple[str, bool]] = []

    def window(given: LaunchRequest) -> int:
        opened.append((given.text, given.speak))
        return 0

    monkeypatch.setattr("fishcaption.app.program.window", window)
    assert main(["open", str(home / "letter.txt")]) == 0
    assert main(["open", "--speak", str(home / "letter.txt")]) == 0
    assert main(["--text", "Hi", "--speak"]) == 0
    assert main([]) == 0
    assert opened == [(text, False), (text, True), ("Hi", True), ("", False)]


def test_the_profile_of_the_command_line_goes_before_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FISHCAPTION_PROFILE", "one")
    assert main(["settings", "export", "-"]) == 0
    assert profiles.current() == "one"
    assert main(["--profile", "two", "settings", "export", "-"]) == 0
    assert profiles.current() == "two"
    assert main(["--profile", "", "settings", "export", "-"]) == 0
    assert profiles.current() == ""
    capsys.readouterr()


def test_a_window_that_does_not_answer_is_no_silence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fishcaption.app.instance.PATIENCE_SECONDS", 0.1)
    (home / "mine.json").write_text('{"speed": 2.0}')
    with Claim(home / "d") as claim:
        assert claim.take()
        assert main(["settings", "import", str(home / "mine.json")]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_settings_that_cannot_be_read_are_kept_by_an_import_and_told_by_an_export(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "c" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"speed": "fast"')
    assert main(["settings", "export", str(home / "mine.json")]) == 0
    assert "settings.json.broken" in capsys.readouterr().err
    path.mkdir()
    (path / "inside").write_text("old")
    assert main(["settings", "import", str(home / "mine.json")]) == 1
    assert "settings.json could not be saved" in capsys.readouterr().err
    assert (path / "inside").read_text() == "old"


@pytest.mark.parametrize("command", [["settings", "import"], ["open"]])
def test_a_file_without_an_end_is_refused(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fishcaption.cli._MOST_BYTES", 1 << 20)
    assert main([*command, "/dev/zero"]) == 2
    assert "too large" in capsys.readouterr().err
