"""A call, with the real program: the microphone by its button, Stop and the quick box over another window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import accessible, desktop, rig
from tests.audio.test_call_devices import likeness
from tests.desktop import Desktop
from tests.rig import Recording, Rig, Sink
from tests.test_end_to_end import RATE, SENTENCE, STORY, TITLE, Program, altered, trimmed

pytestmark = [
    pytest.mark.slow,
    *(
        pytest.mark.skipif(bool(why), reason=why)
        for why in (rig.missing(), desktop.missing(), accessible.missing())
    ),
]

KEYS = {"stop": ["Ctrl+Shift+F10"], "quick_box": ["Ctrl+Shift+F11"], "attention": ["Ctrl+Shift+F12"]}
CALL = (
    "from PySide6.QtWidgets import QApplication, QPlainTextEdit; app = QApplication();"
    "call = QPlainTextEdit(); call.setWindowTitle('a call'); call.showMaximized(); app.exec()"
)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig"), [Sink("Speakers", RATE)]) as sounds:
        yield sounds


def front(screen: Desktop) -> str:
    asked = subprocess.run(
        ["xdotool", "getactivewindow", "getwindowname"],
        env=screen.environment,
        capture_output=True,
        check=False,
    )
    return asked.stdout.decode().strip()


def microphone(sounds: Rig) -> Recording:
    """What the call hears."""
    process = subprocess.Popen(
        [
            *("parec", "--device=fishcaption_microphone", "--format=float32le", f"--rate={RATE}"),
            *("--channels=1", "--latency-msec=5", "--raw"),
        ],
        env=sounds.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    return Recording(process, RATE, 1)


def test_the_button_makes_a_microphone_and_the_call_hears_what_is_spoken(
    screen: Desktop, sounds: Rig, tmp_path: Path
) -> None:
    def modules() -> str:
        asked = ["pactl", "list", "short", "modules"]
        return subprocess.run(
            asked, env=sounds.environment, capture_output=True, text=True, check=True
        ).stdout

    with Program(screen, tmp_path, sounds.variables) as program:
        screen.wait(lambda: "phrases ready" in program.words(), "what comes after the first paint")
        screen.key("ctrl+shift+j")
        screen.wait_for_window("^Calls$")
        screen.wait(lambda: "Create the microphone" in program.words(), "the button")
        screen.key("space")
        screen.wait(lambda: "your voice goes to it" in program.words(), "the microphone")
        assert modules().count("fishcaption") >= 2
        with microphone(sounds) as far, sounds.listen("Speakers") as near:
            screen.wait_for_window(TITLE)
            screen.type(SENTENCE)
            screen.key("Return")
            for recording in (near, far):
                began = recording.wait_for_sound(timeout=20)
                recording.wait_for_silence(1.0, began)
        voice = program.voice(SENTENCE)
        assert altered(trimmed(near.samples()), voice) == ""
        # resampled on its way: the same sound, not the same samples
        assert likeness(far.samples(), voice) > 0.9
        assert program.close() == (0, "")


def test_stop_and_the_quick_box_work_while_the_call_has_the_focus(
    screen: Desktop, sounds: Rig, tmp_path: Path
) -> None:
    with (
        sounds.listen("Speakers") as recording,
        Program(screen, tmp_path, sounds.variables, global_keys=KEYS, strip_on=True) as program,
    ):
        screen.type(STORY, key_ms=2)
        screen.key("Return")
        began = recording.wait_for_sound(timeout=20)
        with subprocess.Popen([sys.executable, "-c", CALL], env=screen.environment) as call:
            screen.wait_for_window("^a call$")
            screen.key("ctrl+shift+F10")
            recording.wait_for_silence(0.5, recording.frames)
            assert recording.frames - began < 12 * RATE, "it was not stopped, it ended"
            assert front(screen) == "a call"
            screen.key("ctrl+shift+F11")
            screen.wait(lambda: front(screen) == "fishcaption quick box", "the box")
            start = recording.frames
            screen.type(SENTENCE)
            screen.key("Return")
            screen.wait(lambda: front(screen) == "a call", "the call again")
            first = recording.wait_for_sound(start, timeout=20)
            recording.wait_for_silence(1.0, first)
            assert altered(trimmed(recording.samples(start)), program.voice(SENTENCE)) == ""
            screen.key("ctrl+shift+F12")
            recording.wait_for_sound(recording.frames, timeout=5)
            recording.wait_for_silence(0.5, recording.frames)
            call.terminate()
        screen.wait_for_window(TITLE)
        assert program.close() == (0, "")
