"""The rows of buttons: their words where there is room, their keys in the tool tips, their order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fishcaption.ui.widgets.controls import Tool
from tests.ui.conftest import Desk

LABELS = ("Back", "Forward", "Repeat", "Louder", "Attention", "Hold")


def labels(tools: tuple[Tool, ...]) -> list[str]:
    """The words that stand on these buttons."""
    alone = Qt.ToolButtonStyle.ToolButtonIconOnly
    return [tool.text() for tool in tools if tool.isVisible() and tool.toolButtonStyle() is not alone]


def resize(desk: Desk, width: int, height: int = 740) -> None:
    desk.window.resize(width, height)
    QTest.qWait(1)


@pytest.mark.parametrize(
    ("width", "size", "has_room"),
    [(1080, 100, True), (640, 100, True), (480, 100, False), (1080, 200, False)],
)
def test_buttons_have_their_words_where_they_cost_no_line(
    open_desk: Callable[..., Desk], width: int, size: int, has_room: bool
) -> None:
    desk = open_desk(text_size=size)
    resize(desk, width)
    transport = desk.window.transport
    assert labels(transport.labelled()) == (list(LABELS) if has_room else [])
    for tool in transport.labelled():
        assert tool.width() >= tool.sizeHint().width()


def test_words_come_and_go_with_the_room(desk: Desk) -> None:
    resize(desk, 1080)
    bar = desk.window.voice_bar
    assert labels(bar.labelled()) == ["Large type", "Settings", "Menu"]
    height = bar.height()
    resize(desk, 480)
    assert labels(bar.labelled()) == []
    desk.qtbot.waitUntil(lambda: bar.height() == height)  # no further line
    resize(desk, 1080)
    assert labels(bar.labelled()) == ["Large type", "Settings", "Menu"]


def test_the_word_on_a_button_is_in_its_name(desk: Desk) -> None:
    """Who speaks to the computer says what is seen."""
    for tool in (*desk.window.transport.labelled(), *desk.window.voice_bar.labelled()):
        assert tool.text().casefold() in tool.accessibleName().casefold()


def test_back_and_forward_stand_together(desk: Desk) -> None:
    row = desk.window.transport
    between = row.forward.x() - row.back.x() - row.back.width()
    assert between == row.row.spacing()
    assert row.back.y() == row.forward.y()


def test_tool_tips_name_the_keys(desk: Desk) -> None:
    row = desk.window.transport
    assert [tool.toolTip() for tool in row.labelled()] == [
        "Back one sentence (Alt+,)",
        "Forward one sentence (Alt+.)",
        "Repeat (Ctrl+R)",
        "Repeat louder (Ctrl+Shift+R)",
        "Attention sound (Ctrl+G)",
        "Hold this text for later (Ctrl+D)",
    ]


def test_words_give_their_height_to_the_text(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(text_size=200)
    transport = desk.window.transport
    resize(desk, 1900, 1000)
    assert labels(transport.labelled()) == list(LABELS)
    resize(desk, 1900, 420)
    assert labels(transport.labelled()) == []
    for view in (desk.editor, desk.transcript):
        assert view.height() >= view.minimumHeight()
