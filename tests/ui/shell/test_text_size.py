"""The size of the text that was saved is there from the first paint on, in every window and control."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from shiboken6 import isValid

from fishcaption.ui.settings.dialog import SettingsDialog
from fishcaption.ui.speak.large_type import LargeType
from fishcaption.ui.voices.studio.reading_field import ReadingField
from fishcaption.ui.widgets.menus import open_at
from tests.ui import opened
from tests.ui.conftest import Desk


@pytest.fixture
def as_it_starts(qapp: QApplication) -> None:
    """The application as a program gets it: no window of another test has given it a look."""
    qapp.setStyleSheet("")
    QApplication.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))


def points(widget: QWidget) -> float:
    """The size of the text that it is painted in."""
    widget.ensurePolished()
    return round(widget.font().pointSizeF(), 1)


@pytest.mark.slow
@pytest.mark.parametrize("size", [80, 130, 200])
def test_controls_start_as_a_change_of_the_setting_makes_them(
    as_it_starts: None, open_desk: Callable[..., Desk], size: int
) -> None:
    desk = opened.furnished(open_desk, text_size=size)
    at_start: dict[QWidget, float] = {}
    for command in ("", *opened.COMMANDS, "menu"):
        opened.show(desk, command)
        for widget in opened.on_screen():
            # as large as their words allow
            if isinstance(widget.window(), LargeType) or isinstance(widget, ReadingField):
                continue
            if not widget.objectName().startswith(
                "qt_scrollarea_"
            ):  # Qt's frames of scroll bars, without words
                at_start.setdefault(widget, points(widget))
    usual = round(desk.window.look.font().pointSizeF(), 1)
    assert usual == pytest.approx(desk.window.look._points * size / 100, abs=0.1)
    wrong = [f"{widget} {widget.accessibleName()}" for widget, told in at_start.items()
             if told not in (usual, round(usual * 1.5, 1))]  # fmt: skip
    assert wrong == []
    for other in (size + 20, size):
        desk.change(text_size=other)
        QTest.qWait(0)
    kept = {widget: told for widget, told in at_start.items() if isValid(widget)}
    assert len(kept) > 200
    assert kept == {widget: points(widget) for widget in kept}
    opened.close(desk)


@pytest.mark.parametrize("size", [80, 130, 200])
@pytest.mark.parametrize("width", [0, 560])
def test_no_words_of_the_settings_are_cut(open_desk: Callable[..., Desk], size: int, width: int) -> None:
    desk = open_desk(text_size=size)
    desk.window.voice_bar.settings.click()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    if width:
        dialog.resize(width, 600)
    QTest.qWait(0)
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisible() and label.wordWrap()]
    assert len(labels) > 10
    assert [label.text() for label in labels if label.height() < label.heightForWidth(label.width())] == []


@pytest.mark.parametrize("size", [100, 200])
def test_the_longest_entry_of_a_menu_has_room(open_desk: Callable[..., Desk], size: int) -> None:
    desk = open_desk(text_size=size)
    menu = QMenu(desk.window)
    entry = menu.addAction("A rather long entry of a menu with a long name")
    menu.show()
    drawn = menu.fontMetrics().horizontalAdvance(entry.text()) + 2 * menu.fontMetrics().height()
    menu.hide()
    open_at(menu, QPoint(0, 0))
    assert menu.actionGeometry(entry).width() >= drawn
    menu.close()
