"""Wayland's way to keys of the whole desktop, against a portal of our own on a real session bus."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fishcaption.ui.platform.global_keys import combination

if sys.platform == "linux":
    from fishcaption.ui.platform import portal_keys
    from fishcaption.ui.platform.portal_keys import PortalKeys, trigger

ROOT = Path(__file__).parents[3]
MISSING = "" if shutil.which("dbus-daemon") else "dbus-daemon missing: apt-get install dbus"

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture
def bus() -> Iterator[str]:
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.kill()


@pytest.fixture
def start_portal(bus: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(manner: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.portal", bus, manner],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


class Held:
    def __init__(self, bus: str) -> None:
        self.pressed: list[str] = []
        self.told: list[Mapping[str, str]] = []
        self.keys = PortalKeys(self.pressed.append, self.told.append, bus)


@pytest.fixture
def held(bus: str, qapp: object) -> Iterator[Held]:
    made = Held(bus)
    yield made
    made.keys.close()


WANTED = {"stop": "Ctrl+Shift+F10", "speak": "Meta+Return"}


def hold(held: Held, **keys: str) -> None:
    assert held.keys.hold({act: combination(key) for act, key in keys.items()}) == {}


def test_the_desktop_is_asked_and_its_keys_are_heard(
    start_portal: Callable[..., subprocess.Popen[str]], held: Held, qtbot: QtBot
) -> None:
    portal = start_portal()
    assert portal.stdin is not None
    assert portal.stdout is not None
    hold(held, **WANTED)
    qtbot.waitUntil(lambda: bool(held.told))
    assert json.loads(portal.stdout.readline()) == {
        "stop": {"description": "Stop speaking", "preferred_trigger": "CTRL+SHIFT+F10"},
        "speak": {"description": "Speak what is typed", "preferred_trigger": "LOGO+Return"},
    }
    # this desktop's user gives one of the two
    assert held.told[0]["stop"] == ""
    assert "no key" in held.told[0]["speak"]
    portal.stdin.write("stop\n")
    portal.stdin.flush()
    qtbot.waitUntil(lambda: held.pressed == ["stop"])
    hold(held)
    assert json.loads(portal.stdout.readline()) == "closed"


def test_a_user_who_says_no_is_told_what_that_means(
    start_portal: Callable[..., subprocess.Popen[str]], held: Held, qtbot: QtBot
) -> None:
    start_portal("refuse")
    hold(held, **WANTED)
    qtbot.waitUntil(lambda: bool(held.told))
    assert "not allowed" in held.told[0]["stop"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_desktop_without_it_is_told_of(
    start_portal: Callable[..., subprocess.Popen[str]], held: Held, qtbot: QtBot, is_there: bool
) -> None:
    if is_there:
        start_portal("none")
    hold(held, **WANTED)
    qtbot.waitUntil(lambda: bool(held.told))
    assert held.keys.why_not
    assert held.told[0] == dict.fromkeys(WANTED, held.keys.why_not)


def test_a_desktop_that_is_silent_is_told_of(
    start_portal: Callable[..., subprocess.Popen[str]],
    held: Held,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portal_keys, "ANSWER_MS", 50)
    start_portal("silent")
    hold(held, **WANTED)
    qtbot.waitUntil(lambda: bool(held.told))
    assert "does not answer" in held.keys.why_not
    assert held.told == [dict.fromkeys(WANTED, held.keys.why_not)]


def test_without_a_session_bus_that_is_told(qapp: object) -> None:
    keys = PortalKeys(print, print, "unix:path=/nowhere/at/all")
    assert "session bus" in keys.why_not
    assert keys.hold({"stop": combination("F9")}) == {"stop": keys.why_not}
    keys.close()


@pytest.mark.parametrize(
    ("key", "name"),
    [("Ctrl+Alt+A", "CTRL+ALT+a"), ("Pause", "Pause"), ("Meta+.", "LOGO+period"), ("Ctrl+Я", "")],
)
def test_keys_are_named_as_the_portal_names_them(key: str, name: str) -> None:
    assert trigger(combination(key)) == name
