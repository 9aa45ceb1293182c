"""The three acts in the real program, by keys alone: open a text, choose the screen, Next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import accessible, desktop
from tests.checkout import ROOT
from tests.desktop import Desktop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(desktop.missing() or accessible.missing()), reason=desktop.missing() or accessible.missing()
    ),
]


class Program:
    """The program with its window, as assistive technology sees it."""

    def __init__(self, screen: Desktop, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self._process = process

    def words(self) -> list[str]:
        """The names and texts of all that is shown."""
        nodes = accessible.shown(self._process.pid, self._screen.environment)
        return [f"{node.name} {node.text}".strip() for node in nodes]

    def wait_for(self, words: str) -> None:
        """Wait until these words are shown somewhere."""
        self._screen.wait(lambda: any(words in shown for shown in self.words()), f"{words!r}")


@contextmanager
def running(screen: Desktop, home: Path) -> Iterator[Program]:
    """The program of a user who was in Present last time; nothing on this machine makes a sound for it."""
    names = ("RUNTIME", "CONFIG", "DATA", "CACHE")
    homes = {f"FISHCAPTION_{name}_DIR": str(home / name.lower()) for name in names}
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text(json.dumps({"workspace": "present"}))
    environment = {
        **os.environ, **screen.environment, **accessible.ALWAYS_ON, **homes, "ALSA_CONFIG_PATH": "/dev/null",
        "PULSE_SERVER": str(home / "nobody"), "XDG_STATE_HOME": str(home / "state"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "fishcaption"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    try:
        screen.wait_for_window("^fishcaption$")
        yield Program(screen, process)
    finally:
        process.terminate()
        assert process.wait(20) == 0
    (log,) = (home / "state").rglob("fishcaption.log")
    assert "a bug" not in log.read_text("utf-8")


def test_captions_are_on_the_screen_within_three_acts(tmp_path: Path) -> None:
    play = tmp_path / "play.txt"
    play.write_text("ANNA: Good evening.\n\nThe lights go down.\n\nANNA: We begin.\n")
    with (
        Desktop(tmp_path / "screen", width=1366, height=768) as screen,
        running(screen, tmp_path / "home") as program,
    ):
        program.wait_for("Captions for your audience in three acts")
        screen.key("ctrl+o")
        screen.wait_for_window("^Open a text$")
        screen.type(str(play))
        screen.key("Return")
        program.wait_for("play.txt · 3 cues")
        screen.key("ctrl+shift+a")  # the captions on the audience's screen
        program.wait_for("Audience's screen: on")
        screen.wait_for_window("^fishcaption$")
        screen.key("space")
        program.wait_for("Next: The lights go down.")
        program.wait_for("Good evening.")
        screen.key("Next")  # as a remote sends it
        program.wait_for("Next: ANNA: We begin.")
        screen.key("Escape")
        screen.key("2", "Return")
        program.wait_for("Next: The lights go down.")
