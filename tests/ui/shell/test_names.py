"""What can be reached has a name that a screen reader can say, in every window and at every moment of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fishcaption.core.errors import ConnectionLost
from fishcaption.ui.widgets.dialog_parts import ask
from tests import accessible, desktop
from tests.checkout import ROOT
from tests.desktop import Desktop
from tests.ui import opened
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH

_Role = QAccessible.Role
# what is pressed, chosen, read or written in, whether or not the focus can come there
SPEAKING = {
    _Role.Button, _Role.ButtonDropDown, _Role.ButtonMenu, _Role.CheckBox, _Role.RadioButton, _Role.Slider,
    _Role.SpinBox, _Role.ComboBox, _Role.EditableText, _Role.MenuItem, _Role.PageTab, _Role.Link,
    _Role.ListItem, _Role.TreeItem, _Role.Dial, _Role.Graphic, _Role.Dialog, _Role.Window,
}  # fmt: skip
# what only holds others
HOLDING = {_Role.List, _Role.Tree, _Role.Table, _Role.Client, _Role.Pane, _Role.ScrollBar, _Role.Cell}


def walk(interface: QAccessibleInterface, path: str = "") -> Iterator[tuple[QAccessibleInterface, str]]:
    """It and all that is seen in it."""
    name = interface.text(QAccessible.Text.Name)
    path = f"{path}/{interface.role().name}[{name}]"
    yield interface, path
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None and not child.state().invisible:
            yield from walk(child, path)


def nameless() -> list[str]:
    """The paths of what is shown and should have a name."""
    found: list[str] = []
    for window in QApplication.topLevelWidgets():
        if not window.isVisible():
            continue
        for interface, path in walk(QAccessible.queryAccessibleInterface(window)):
            role, state = interface.role(), interface.state()
            speaks = role in SPEAKING or (state.focusable and role not in HOLDING)
            labels = interface.relations(QAccessible.RelationFlag.Label) if speaks else []
            name = interface.text(QAccessible.Text.Name)
            if speaks and not any(map(str.isalnum, name)) and not labels:
                found.append(path)
    return found


def fail_all(desk: Desk) -> None:
    """Every service says that it cannot."""
    error = ConnectionLost("It cannot be reached.", hint="Try again.")
    while desk.services.asked:
        desk.services.answer(desk.services.asked[0][0], error)
    while desk.services.call_service.waiting:
        desk.services.call_service.answer(error)


_HOLDS = {
    "scroll bar",
    "filler",
    "panel",
    "scroll pane",
    "viewport",
    "separator",
    "list",
    "tree",
    "table cell",
}
_SPEAKS = {"push button", "button", "toggle button", "check box", "radio button", "slider", "spin button",
           "combo box", "text", "entry", "password text", "menu item", "check menu item", "page tab", "link",
           "list item", "tree item", "image", "icon", "frame", "dialog"}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(
    bool(desktop.missing() or accessible.missing()), reason=desktop.missing() or accessible.missing()
)
def test_assistive_technology_is_told_a_name_of_everything(tmp_path: Path) -> None:
    with Desktop(tmp_path / "screen", width=1280, height=900) as screen:
        environment = {**screen.environment, **accessible.ALWAYS_ON}
        program = [sys.executable, "-m", "tests.ui.opened_app", str(tmp_path), "130"]
        with subprocess.Popen(
            program, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:  # it ends when its standard input does
            assert process.stdin is not None
            assert process.stdout is not None
            screen.wait_for_window("fishcaption")
            screen.wait(lambda: len(accessible.shown(process.pid, environment)) > 20, "the accessible tree")
            for command in ("phrases.show", *opened.COMMANDS, "menu"):
                process.stdin.write(f"{command}\n")
                process.stdin.flush()
                assert process.stdout.readline() == "done\n"
                seen = accessible.shown(process.pid, environment)
                unnamed = [
                    node
                    for node in seen
                    if (node.role in _SPEAKS or (node.can_focus and node.role not in _HOLDS))
                    and not any(map(str.isalnum, node.name))
                ]
                assert unnamed == [], command


@pytest.mark.slow
@pytest.mark.parametrize("command", ["", "menu", *opened.COMMANDS])
def test_everything_has_a_name(open_desk: Callable[..., Desk], command: str) -> None:
    desk = opened.furnished(open_desk)
    if command != "calls.window":
        opened.show(desk, command)
        assert nameless() == []
    else:
        desk.window.commands.run(command)
        assert nameless() == [], "before it is answered"
    fail_all(desk)
    QTest.qWait(0)
    assert nameless() == [], "after a failure"
    opened.close(desk)


def test_the_phrases_come_behind_the_text_as_they_stand(open_desk: Callable[..., Desk]) -> None:
    desk = opened.furnished(open_desk)
    for width in (1180, 560, 1180):  # beside the text, a page in its workspace, and beside it again
        desk.window.resize(width, 760)
        QTest.qWait(0)
    splitter = QAccessible.queryAccessibleInterface(desk.window._sides)
    told = [splitter.child(index).object() for index in range(splitter.childCount())]
    assert told.index(desk.workspace) < told.index(desk.phrases)


def test_what_comes_and_goes_has_a_name(open_desk: Callable[..., Desk]) -> None:
    desk = opened.furnished(open_desk, voice=FISH)
    desk.type("A thought")
    desk.window.commands.run("text.hold")
    desk.reader.fail(ConnectionLost("It cannot be reached.", hint="Try again."))
    desk.look()
    QTest.qWait(0)
    assert desk.banner.text()
    assert nameless() == []
    desk.workspace._ask_price(1.0, None, lambda: None)
    ask("Held texts", "Forget all?", "Forget them", desk.window, lambda: None)
    QTest.qWait(0)
    assert nameless() == []
    opened.close(desk)
