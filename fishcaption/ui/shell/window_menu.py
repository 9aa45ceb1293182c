"""The menu of what is seldom used; all of it is in the list of commands, too."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from fishcaption.ui.commands import Actions, Group
from fishcaption.ui.widgets.menus import open_at


def open_menu(commands: Actions, button: QWidget) -> None:
    """Open the menu below the button; it deletes itself when it is closed."""
    menu = QMenu(button.window())
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    group: Group | None = None
    for action in commands:
        if not action.in_menu:
            continue
        if group not in (None, action.group):
            menu.addSeparator()
        group = action.group
        keys = commands.spelled(action.id)
        entry = menu.addAction(action.words + (f"\t{keys}" if keys else ""))
        entry.setEnabled(action.enabled())
        if action.checked is not None:
            entry.setCheckable(True)
            entry.setChecked(action.checked())
        entry.triggered.connect(partial(commands.run_if_there, action.id))
    open_at(menu, button.mapToGlobal(QPoint(0, button.height())))
