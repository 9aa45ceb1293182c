"""Menus that open below a button or at the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu


def open_at(menu: QMenu, place: QPoint) -> None:
    """Open the menu at a place of the screen, wide enough for its longest entry.

    In large type, Qt's style draws wider margins than it makes room for, and would leave out letters there.
    """
    menu.ensurePolished()
    menu.setMinimumWidth(menu.sizeHint().width() + menu.fontMetrics().height())
    menu.popup(place)
