"""The audience's window on real screens: place, clicks, words, and a screen that is unplugged in mid-cue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import accessible, desktop
from tests.checkout import ROOT
from tests.desktop import Desktop
from tests.screen import Pixels, Screen

LEFT, RIGHT = (0, 0, 960, 540), (960, 0, 960, 540)
PLAIN = {"background": "none", "text_color": "#ffff00", "mode": "word", "size_percent": 12.0}
SHOWY = {"backdrop_color": "#ff00ff", "backdrop_opacity_percent": 100, **PLAIN}
MAGENTA, YELLOW, SLIDES = 0xFF00FF, 0xFFFF00, 0x204060
LINE = ("One two three",)

on_a_screen = pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())


class Program:
    """The window in a process of its own; each method of `tests.ui.present.audience_app.Program`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.state: dict[str, Any] = {}
        self._read()

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        def call(*arguments: Any, **options: Any) -> dict[str, Any]:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps([name, *arguments, *([options] if options else [])]) + "\n")
            self._process.stdin.flush()
            return self._read()

        return call

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        self.state = json.loads(self._process.stdout.readline())
        return self.state


@contextmanager
def program(environment: Mapping[str, str]) -> Iterator[Program]:
    command = [sys.executable, "-m", "tests.ui.present.audience_app"]
    with subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:  # it ends when its standard input does
        try:
            yield Program(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(20) == 0


class Hall:
    """A desktop with two monitors side by side, of which the right one is the audience's."""

    def __init__(self, desk: Desktop) -> None:
        self.desk = desk
        self.eye = Screen(desk.environment["DISPLAY"])
        desk._run("xrandr", "--setmonitor", "L", "960/250x540/140+0+0", "screen")
        self.plug()

    def plug(self) -> None:
        self.desk._run("xrandr", "--setmonitor", "R", "960/250x540/140+960+0", "none")

    def unplug(self) -> None:
        self.desk._run("xrandr", "--delmonitor", "R")

    def colors(self, area: tuple[int, int, int, int], step: int = 6) -> Pixels:
        x, y, width, height = area
        return np.concatenate([self.eye.line(x, row, width) for row in range(y, y + height, step)])

    def has(self, color: int, area: tuple[int, int, int, int]) -> bool:
        return bool((self.colors(area) == color).any())


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with Desktop(tmp_path / "screen", width=1920, height=540) as desk:
        made = Hall(desk)
        with made.eye:
            yield made


@pytest.mark.slow
@on_a_screen
def test_it_stands_on_the_other_screen_and_takes_no_key(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        hall.desk.wait_for_window("operator")
        shown.set_style(**SHOWY)
        state = shown.appear()
        assert state["visible"]
        assert tuple(state["geometry"]) == RIGHT
        assert state["on"] == "R"
        hall.eye.wait(lambda: hall.has(MAGENTA, RIGHT))
        assert not hall.has(MAGENTA, LEFT)
        hall.desk.type("typed")
        state = shown.look()
        assert state["field"] == "typed"
        assert not state["active"]


@pytest.mark.slow
@on_a_screen
def test_words_come_one_by_one_where_they_stand(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        shown.set_style(**PLAIN)
        shown.appear("R")
        shown.words(0, *LINE)
        before = hall.colors(RIGHT, 2) == YELLOW
        assert not before.any()
        edges: list[int] = []
        for heard in (1, 2, 3):
            shown.words(heard, *LINE)
            now = hall.colors(RIGHT, 2) == YELLOW
            assert not (before & ~now).any(), "a word that was heard stays"
            columns = np.nonzero((now & ~before).reshape(-1, 960).any(axis=0))[0]
            edges += [int(columns.min()), int(columns.max())]
            before = now
        assert edges == sorted(edges)
        shown.clear()
        assert not hall.has(YELLOW, RIGHT)


@pytest.mark.slow
@on_a_screen
def test_the_slides_are_seen_around_the_captions_without_a_compositor(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        shown.set_style(**PLAIN)
        shown.appear("R")
        assert set(np.unique(hall.colors(RIGHT)).tolist()) == {SLIDES}
        shown.words(1, *LINE)
        one = (hall.colors(RIGHT) != SLIDES).sum()
        shown.words(3, *LINE)
        three = (hall.colors(RIGHT) != SLIDES).sum()
        assert hall.has(YELLOW, RIGHT)
        assert 0 < one < three < 960 * 540 / 6 / 6
        shown.vanish()
        shown.appear("L")
        shown.appear("R")
        assert (hall.colors(RIGHT) != SLIDES).sum() == three
        assert hall.has(YELLOW, RIGHT)
        shown.set_style(backdrop_opacity_percent=100, backdrop_color="#ff00ff")
        assert hall.has(MAGENTA, (960, 0, 100, 100))
        shown.set_style(backdrop_opacity_percent=0)
        shown.clear()
        assert set(np.unique(hall.colors(RIGHT)).tolist()) == {SLIDES}


@pytest.mark.slow
@on_a_screen
def test_clicks_go_through_it_if_they_are_to(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        click = ("xdotool", "mousemove", "1440", "270", "click", "1")
        shown.set_style(**SHOWY, is_click_through=True)
        shown.appear("R")
        hall.eye.wait(lambda: hall.has(MAGENTA, RIGHT))
        hall.desk._run(*click)
        assert shown.look()["clicks"] == 1
        hall.eye.wait(lambda: hall.has(MAGENTA, RIGHT))
        shown.raise_slides()
        shown.words(1, *LINE)  # a new caption brings it above what came over it
        hall.eye.wait(lambda: hall.has(YELLOW, RIGHT))
        shown.set_style(is_click_through=False)
        hall.desk._run(*click)
        assert shown.look()["clicks"] == 1
        hall.eye.wait(lambda: hall.has(YELLOW, RIGHT))


@pytest.mark.slow
@on_a_screen
def test_a_strip_leaves_the_rest_of_the_screen(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        shown.set_style(**SHOWY, area="strip")
        left, top, width, height = shown.appear("R")["geometry"]
        hall.eye.wait(lambda: hall.has(MAGENTA, RIGHT))
        assert hall.has(SLIDES, RIGHT)
        assert (width, left) == (864, 960 + 48)
        assert height < 360
        assert top + height == 540 - 27
        shown.words(3, *LINE)
        assert hall.has(YELLOW, (left, top, width, height))


@pytest.mark.slow
@on_a_screen
def test_a_screen_that_is_unplugged_and_comes_back(hall: Hall) -> None:
    with program(hall.desk.environment) as shown:
        hall.desk.wait_for_window("operator")
        shown.set_style(**SHOWY)
        shown.appear()
        shown.words(1, *LINE)
        hall.eye.wait(lambda: hall.has(YELLOW, RIGHT))
        with watched(hall.desk, LEFT) as seen:
            hall.unplug()
            hall.desk.wait(lambda: shown.look()["screens"] == ["L"], "the screen to be gone")
            shown.words(2, *LINE)
        assert seen.looks > 20
        assert MAGENTA not in seen.colors, "it was on the operator's screen"
        state = shown.look()
        assert not state["visible"]
        assert state["on"] == ""
        told = [words for words in state["told"] if "not there" in words]
        assert told == [
            "The audience's screen R is not there: the captions are hidden. "
            "They come back with it, or choose another screen."
        ]
        hall.plug()
        hall.desk.wait(lambda: bool(shown.look()["visible"]), "the window to come back")
        assert tuple(shown.state["geometry"]) == RIGHT
        assert shown.state["told"][-1] == "The captions are on the screen R."
        hall.eye.wait(lambda: hall.has(YELLOW, RIGHT))
        assert not hall.has(MAGENTA, LEFT)
        hall.desk.type("still typing")
        assert shown.look()["field"] == "still typing"


@pytest.mark.slow
@on_a_screen
def test_a_screen_that_comes_later_is_waited_for(hall: Hall) -> None:
    hall.unplug()
    with program(hall.desk.environment) as shown:
        shown.set_style(**SHOWY)
        state = shown.appear()
        assert not state["visible"]
        assert "There is no second screen" in state["told"][0]
        hall.plug()
        hall.desk.wait(lambda: bool(shown.look()["visible"]), "the window to come")
        assert tuple(shown.state["geometry"]) == RIGHT
        shown.vanish()
        hall.unplug()
        hall.desk.wait(lambda: shown.look()["screens"] == ["L"], "the screen to be gone")
        hall.plug()
        hall.desk.wait(lambda: len(shown.look()["screens"]) == 2, "the screen to be back")
        assert not shown.look()["visible"], "it was hidden by its user"


@pytest.mark.slow
@on_a_screen
def test_the_operators_screen_is_used_if_it_was_chosen(hall: Hall) -> None:
    hall.unplug()
    with program(hall.desk.environment) as shown:
        shown.set_style(**SHOWY, area="strip")
        assert shown.appear("L")["visible"]
        hall.eye.wait(lambda: hall.has(MAGENTA, LEFT))


@pytest.mark.slow
@pytest.mark.skipif(
    bool(desktop.missing() or accessible.missing()), reason=desktop.missing() or accessible.missing()
)
def test_assistive_technology_can_read_the_caption(hall: Hall) -> None:
    environment = {**hall.desk.environment, **accessible.ALWAYS_ON}
    with program(environment) as shown:
        shown.appear("R")
        shown.words(2, *LINE)
        hall.desk.wait(lambda: bool(accessible.shown(shown.pid, environment)), "the accessible tree")
        names = [node.name for node in accessible.shown(shown.pid, environment)]
        assert names.count("Captions for the audience") >= 1


class _Seen:
    def __init__(self) -> None:
        self.colors: set[int] = set()
        self.looks = 0


@contextmanager
def watched(desk: Desktop, area: tuple[int, int, int, int]) -> Iterator[_Seen]:
    """Look at a part of the screen as often as possible meanwhile."""
    seen, is_over = _Seen(), threading.Event()
    x, y, width, height = area

    def look() -> None:
        with Screen(desk.environment["DISPLAY"]) as eye:
            while not is_over.is_set():
                for row in (y + height // 3, y + height // 2):
                    seen.colors.update(np.unique(eye.line(x, row, width)).tolist())
                seen.looks += 1

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


# -- two screens without a server --------------------------------------------------------------------------


@pytest.fixture
def two_screens(tmp_path: Path) -> Mapping[str, str]:
    """What makes Qt's offscreen platform have two screens, the second one of twice the density."""
    usual = {"y": 0, "width": 960, "height": 540, "logicalDpi": 96, "logicalBaseDpi": 96}
    screens = [{"name": "L", "x": 0, "dpr": 1, **usual}, {"name": "R", "x": 960, "dpr": 2, **usual}]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}), "utf-8")
    return {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"}


def test_it_takes_the_screen_that_is_not_the_operators(two_screens: Mapping[str, str]) -> None:
    with program(two_screens) as shown:
        assert shown.state["screens"] == ["L", "R"]
        state = shown.appear()
        assert (state["on"], tuple(state["geometry"])) == ("R", RIGHT)
        state = shown.appear("L")
        assert (state["on"], tuple(state["geometry"])) == ("L", LEFT)
        state = shown.appear("HDMI-9")
        assert (state["on"], state["visible"]) == ("", False)
        assert "HDMI-9 is not there" in state["told"][-1]
        state = shown.appear()
        assert state["told"][-1] == "The captions are on the screen R."
