"""A screen that cannot be opened: a sentence that says what to do, an exit code, and no crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import desktop
from tests.checkout import ROOT
from tests.desktop import Desktop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where Qt looks for a screen is Linux's")

_SAYS_WHERE = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_PLUGIN_PATH")


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program where nothing says where the screen is but this."""
    base = {name: value for name, value in os.environ.items() if name not in _SAYS_WHERE}
    program = command or ("-m", "fishcaption")
    return subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env=base | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_told(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    # libwayland writes a line of its own before ours
    assert [line.partition(":")[0] for line in lines if line.startswith(("fishcaption", "  "))] == [
        "fishcaption",
        lines[-1].partition(":")[0],
    ], "one sentence, and one of what to do"
    assert len(lines) <= 3
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, ("no screen", "neither DISPLAY nor WAYLAND_DISPLAY")),
        ({"DISPLAY": ":4077"}, ("cannot be opened", "DISPLAY is “:4077”")),
        ({"DISPLAY": "no display"}, ("DISPLAY is “no display”",)),
        ({"DISPLAY": ":1\x1b[31m"}, ("DISPLAY is “:1\ufffd[31m”",)),
        ({"WAYLAND_DISPLAY": "wayland-77"}, ("WAYLAND_DISPLAY is “wayland-77”",)),
        ({"XDG_SESSION_TYPE": "wayland"}, ("no screen",)),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": ""}, ("XDG_RUNTIME_DIR", "is not set")),
        ({"QT_QPA_PLATFORM": "nonsense"}, ("knows no screen", "QT_QPA_PLATFORM is “nonsense”", "Remove")),
        ({"QT_QPA_PLATFORM": "xcb"}, ("cannot be opened", "QT_QPA_PLATFORM is “xcb”")),
        ({"QT_QPA_PLATFORM": "linuxfb"}, ("cannot be opened", "QT_QPA_PLATFORM is “linuxfb”")),
    ],
    ids=str,
)
def test_a_screen_that_cannot_be_opened_is_told(environment: dict[str, str], told: tuple[str, ...]) -> None:
    assert_told(start(**environment), *told)


def test_opening_a_file_tells_it_too(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ann,")
    assert_told(start("-m", "fishcaption", "open", str(tmp_path / "letter.txt")), "no screen")


def test_start_py_tells_it_too() -> None:
    assert_told(
        start("-c", f"import start; start.become({[sys.executable, '-m', 'fishcaption']})"), "no screen"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),  # Qt's part for this screen wants it
        ("libEGL.so.1", "libegl1"),  # Qt itself does
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ],
)
def test_a_library_that_cannot_be_loaded_is_named_with_its_package(
    tmp_path: Path, library: str, package: str
) -> None:
    (tmp_path / library).touch()  # it is found first, and is none
    done = start(DISPLAY=":4077", LD_LIBRARY_PATH=str(tmp_path))
    assert_told(done, "a part of the system is missing", library)
    if Path("/etc/debian_version").exists():
        assert package in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_a_screen_that_goes_is_told_once(tmp_path: Path) -> None:
    with Desktop(tmp_path) as screen:
        program = [sys.executable, "-m", "fishcaption"]
        with subprocess.Popen(
            program, cwd=ROOT, env=screen.environment, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            screen.wait_for_window("fishcaption")
            screen.leave()
            told = process.stderr.read()
            assert process.wait(20) == 1
    assert told == "fishcaption: The screen is gone, and the window with it. What was typed is kept.\n"
