"""All of Present is reached by keys, has a name, and has room on a small screen with large text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from fishcaption.captions.outlet import Light, OutletState
from fishcaption.core.audience import OutletConfig
from fishcaption.ui.present.workspace import PresentWorkspace
from tests.ui.conftest import Desk
from tests.ui.present.fake_script import script
from tests.ui.shell.test_names import nameless

PLAY = script("ANNA: Good evening.", "BEN: Welcome.", "The lights go down.")


def opened(open_desk: Callable[..., Desk], **changes: object) -> Desk:
    """A window with a script and two outlets, one of them in trouble."""
    desk = open_desk(has_show=True, workspace="present", **changes)
    desk.services.script_service.set_script(PLAY)
    audience = desk.services.audience_service
    audience.set_up(OutletConfig("a", "page", "Page for phones", is_on=True), {})
    audience.tell("a", OutletState(Light.TROUBLE, "The port 8765 is in use. Choose another one.", "Welcome"))
    audience.set_up(OutletConfig("b", "window", "Hall screen"), {})
    QTest.qWait(0)
    return desk


def present(desk: Desk) -> PresentWorkspace:
    assert isinstance(desk.window.workspace, PresentWorkspace)
    return desk.window.workspace


@pytest.mark.parametrize(
    "command", ["", "show.find", "show.speakers", "show.edit", "show.as_text", "window.keys"]
)
def test_everything_has_a_name(open_desk: Callable[..., Desk], command: str) -> None:
    desk = opened(open_desk)
    if command:
        desk.window.commands.run(command)
    QTest.qWait(0)
    assert nameless() == []


def test_tab_leads_from_the_script_to_what_is_done_with_it(open_desk: Callable[..., Desk]) -> None:
    desk = opened(open_desk)
    desk.window.resize(1366, 768)
    workspace = present(desk)
    assert workspace.script.cues.hasFocus()
    met: list[QWidget] = []
    for _ in range(80):
        desk.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus is workspace.script.cues:
            break
        met.append(focus)
    names = [widget.text() for widget in met if isinstance(widget, QPushButton) and widget.text()]
    order = ["Open…", "Prepare", "Next", "Stop", "Black", "Add…", "Speak"]
    assert [name for name in names if name in order] == order
    assert {"Set up…", "On", "Off"} <= set(names)
    assert len(met) == len(set(met))


@pytest.mark.parametrize("size", [100, 200])
@pytest.mark.parametrize("has_script", [True, False])
def test_nothing_is_cut_on_a_small_screen(
    open_desk: Callable[..., Desk], size: int, has_script: bool
) -> None:
    desk = opened(open_desk, text_size=size)
    if not has_script:
        desk.services.script_service.set_script(script())
    desk.window.resize(1366, 768)
    QTest.qWait(50)
    whole = QRect(0, 0, 1366, 768)
    assert (desk.window.width(), desk.window.height()) == (1366, 768)
    workspace = present(desk)
    for part in (workspace.script, desk.window.transport, desk.window.voice_bar):
        for widget in part.findChildren(QPushButton):
            if widget.isVisible():
                place = QRect(widget.mapTo(desk.window, widget.rect().topLeft()), widget.size())
                assert whole.contains(place), widget.text()
                assert widget.width() >= widget.sizeHint().width(), widget.text()
    for label in workspace.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    if has_script:
        assert workspace.script.cues.height() >= 3 * workspace.script.cues.rowHeight(0)
