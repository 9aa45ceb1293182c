"""The windows of calls together, plugged into a main window; on a real X server where the focus matters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fishcaption.app.settings import SettingsStore
from fishcaption.captions.track import CaptionTrack
from fishcaption.store.settings import Settings
from fishcaption.ui.calls.call_tools import CallActions, CallTools
from fishcaption.ui.lazy_track import LazyTrack
from fishcaption.ui.widgets.theme import Look
from tests import desktop
from tests.desktop import Desktop
from tests.ui.calls.test_strip import TEXT
from tests.ui.calls.test_window import FakeCalls
from tests.ui.fakes import FakeReader
from tests.ui.recorded_settings import recorded

ROOT = Path(__file__).parents[3]


@dataclass
class Plugged:
    beside: CallTools
    reader: FakeReader
    track: CaptionTrack
    done: list[str]
    changed: list[tuple[str, Any]]
    noticed: list[str] = field(default_factory=list)


@pytest.fixture
def plug(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Plugged]]:
    monkeypatch.setenv("FISHCAPTION_DATA_DIR", str(tmp_path))
    made: list[Plugged] = []

    def plug(**settings: Any) -> Plugged:
        window = QWidget()
        qtbot.addWidget(window)
        done: list[str] = []
        acts = CallActions(
            speak=lambda text: done.append(f"speak {text}"),
            speak_draft=lambda: done.append("speak the draft"),
            stop=lambda: done.append("stop"),
            pause=lambda: done.append("pause"),
            repeat=lambda: done.append("repeat"),
            attention=lambda: done.append("attention"),
            next_cue=lambda: done.append("next cue"),
        )
        store = SettingsStore(Settings(**settings))
        reader = FakeReader()
        track = LazyTrack(reader, window).made()
        beside = CallTools(acts, FakeCalls(), store, track, parent=window)
        plugged = Plugged(beside, reader, track, done, recorded(store))
        plugged.beside.noticed.connect(plugged.noticed.append)
        plugged.beside.set_look(Look("light", 100))
        made.append(plugged)
        return plugged

    yield plug
    for plugged in made:
        plugged.beside.close()


def test_the_strip_is_shown_hidden_and_kept(plug: Callable[..., Plugged]) -> None:
    plugged = plug()
    plugged.beside.toggle_strip()
    assert plugged.beside.has_strip()
    assert plugged.changed == [("strip_on", True)]
    plugged.beside.toggle_strip()
    plugged.track.look()
    assert not plugged.beside.has_strip()
    assert plugged.changed[-1] == ("strip_on", False)


def test_a_strip_that_was_there_is_there_again(plug: Callable[..., Plugged]) -> None:
    plugged = plug(strip_on=True, strip_place=(30, 40))
    assert not plugged.beside.has_strip()
    plugged.reader.speak(TEXT)
    plugged.reader.hear(TEXT.index("sit"))
    plugged.track.look()
    plugged.beside.begin()
    strip = plugged.beside._strip
    assert strip is not None
    assert (strip.x(), strip.y()) == (30, 40)
    assert strip._heard.lit() == "sit"
    plugged.reader.hear(TEXT.index("brighter"))
    plugged.track.look()
    assert strip._heard.lit() == "brighter"
    plugged.beside.close()
    plugged.track.look()  # a strip that is gone is not drawn
    assert plugged.changed == []


def test_global_keys_are_offered_once_they_would_help(plug: Callable[..., Plugged]) -> None:
    plugged = plug()
    plugged.beside.toggle_strip()
    assert "Global keys" in plugged.noticed[0]
    other = plug(global_keys={"stop": ("F9",)})
    other.beside.toggle_strip()
    assert other.noticed == []


def test_a_key_that_could_not_be_had_is_told(plug: Callable[..., Plugged]) -> None:
    plugged = plug(global_keys={"stop": ("Ctrl+Shift+F10",)})
    plugged.beside.begin()
    assert len(plugged.noticed) == 1
    assert "does not work" in plugged.noticed[0]


def test_each_global_key_does_its_act(plug: Callable[..., Plugged]) -> None:
    plugged = plug()
    for act in ("speak", "stop", "attention", "quick_box", "next"):
        plugged.beside._on_pressed(act)
    assert plugged.done == ["speak the draft", "stop", "attention", "next cue"]
    assert plugged.beside._box is not None
    assert plugged.beside._box.isVisible()


def test_the_opener_is_said(plug: Callable[..., Plugged]) -> None:
    plugged = plug(opener="I type.")
    plugged.beside.say_opener()
    assert plugged.done == ["speak I type."]


def test_words_that_were_left_in_the_quick_box_are_told_of(
    plug: Callable[..., Plugged], tmp_path: Path
) -> None:
    (tmp_path / "quick.txt").write_text("wait for me", "utf-8")
    plugged = plug()
    plugged.beside.begin()
    assert "quick box" in plugged.noticed[0]
    plugged.beside.open_quick_box()
    assert plugged.beside._box is not None
    assert plugged.beside._box.text() == "wait for me"


def test_every_command_has_a_name_of_its_own_and_words(plug: Callable[..., Plugged]) -> None:
    actions = plug().beside.actions()
    assert len({action.id for action in actions}) == len(actions) == 6
    assert all(action.words for action in actions)


# -- with an X server -------------------------------------------------------------------------------------

OTHER = (
    "import sys; from PySide6.QtWidgets import QApplication, QLineEdit; app = QApplication();"
    "line = QLineEdit(); line.setWindowTitle('the call'); line.resize(500, 300); line.show();"
    "line.textChanged.connect(lambda text: print(text, flush=True)); app.exec()"
)


class Program:
    """`tests.ui.calls_app` on the screen, another program in front of it."""

    def __init__(self, screen: Desktop, folder: Path) -> None:
        self._screen = screen
        environment = {**screen.environment, "FISHCAPTION_DATA_DIR": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.calls_app"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        screen.wait_for_window("^main$")
        self.call = subprocess.Popen(
            [sys.executable, "-c", OTHER], env=screen.environment, stdout=subprocess.PIPE, text=True
        )
        self.call_window = screen.wait_for_window("^the call$")
        self.wait_for_front(self.call_window)

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def done(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def typed(self) -> str:
        """What the call has in its field, after one more key."""
        assert self.call.stdout is not None
        return self.call.stdout.readline().strip()

    def front(self) -> int:
        return int(self._screen._run("xdotool", "getactivewindow"))

    def wait_for_front(self, window: int) -> None:
        self._screen.wait(lambda: self.front() == window, "the focus")

    def window(self, title: str) -> int:
        found: list[int] = []

        def is_there() -> bool:
            done = self._screen._try("xdotool", "search", "--onlyvisible", "--name", title)
            found[:] = [int(line) for line in done.stdout.split()]
            return bool(found)

        self._screen.wait(is_there, title)
        return found[-1]

    def end(self) -> None:
        for process in (self.call, self.process):
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("screen")) as made:
        yield made


@pytest.fixture
def program(screen: Desktop, tmp_path: Path) -> Iterator[Program]:
    made = Program(screen, tmp_path)
    yield made
    made.end()


@pytest.mark.slow
@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
class TestOnX:
    def test_the_strip_takes_no_focus_and_its_stop_works_by_mouse(
        self, screen: Desktop, program: Program
    ) -> None:
        program.tell("strip")
        strip = program.window("fishcaption strip")
        assert program.front() == program.call_window
        geometry = screen._run("xdotool", "getwindowgeometry", "--shell", str(strip)).decode()
        place = dict(line.split("=") for line in geometry.split())
        x, y, height = int(place["X"]), int(place["Y"]), int(place["HEIGHT"])
        screen._run("xdotool", "mousemove", str(x + 110), str(y + height // 2), "click", "1")
        assert program.done() == "stop"
        assert program.front() == program.call_window
        screen.key("h")
        assert program.typed() == "h"

    def test_the_strip_can_have_the_keys_and_gives_them_back(self, screen: Desktop, program: Program) -> None:
        program.tell("strip_keys")
        strip = program.window("fishcaption strip")
        program.wait_for_front(strip)
        screen.key("Right")
        assert program.done().startswith("strip_place")
        screen.key("space")
        assert program.done() == "stop"
        screen.key("Escape")
        assert program.done() == "stop"
        program.wait_for_front(program.call_window)

    def test_a_global_key_stops_while_the_call_has_the_focus(self, screen: Desktop, program: Program) -> None:
        program.tell("keys")
        assert program.done() == "held"
        screen.key("ctrl+shift+F10")
        assert program.done() == "stop"
        assert program.front() == program.call_window

    def test_the_quick_box_speaks_and_the_call_has_the_focus_again(
        self, screen: Desktop, program: Program
    ) -> None:
        program.tell("keys")
        assert program.done() == "held"
        screen.key("ctrl+shift+F11")
        program.wait_for_front(program.window("fishcaption quick box"))
        screen.type("Yes, please.")
        screen.key("Return")
        assert program.done() == "speak Yes, please."
        program.wait_for_front(program.call_window)
        screen.key("x")
        assert program.typed() == "x"

    def test_esc_in_the_quick_box_stops_and_the_call_has_the_focus_again(
        self, screen: Desktop, program: Program
    ) -> None:
        program.tell("keys")
        assert program.done() == "held"
        screen.key("ctrl+shift+F11")
        program.wait_for_front(program.window("fishcaption quick box"))
        screen.key("Escape")
        assert program.done() == "stop"
        program.wait_for_front(program.call_window)
