"""The workspaces of a window: the one that is shown, and the switch between them.

The workspace with the text is there from the start. Another one is imported and made when it is first chosen,
or when one of its commands is first run. The setting `workspace` says which is shown.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QPushButton, QWidget

from fishcaption.ui.commands import Action, Group
from fishcaption.ui.shell.registry import TEXT_WORKSPACE, WORKSPACES, WorkspaceEntry
from fishcaption.ui.widgets.labels import as_written

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.workspace import Workspace


class Workspaces(QObject):
    """Makes workspaces and shows one of them. There are only those whose services this program has."""

    made = Signal(object)  # a Workspace: it is to be connected, and gets look and place in the order of Tab
    shown_changed = Signal()

    def __init__(self, host: Host, row: QBoxLayout, text_view: QWidget) -> None:
        """`row` holds the views; `text_view` is the one of the workspace with the text, with its panels."""
        super().__init__(host.window)
        self._host = host
        self._row = row
        self._entries = tuple(entry for entry in WORKSPACES if entry.is_there(host))
        self._made: dict[str, Workspace] = {TEXT_WORKSPACE: host.text_workspace}
        self._views: dict[str, QWidget] = {TEXT_WORKSPACE: text_view}
        self._shown = TEXT_WORKSPACE
        self.switch: WorkspaceSwitch | None = None  # where there is a choice
        words = self.tr("Go to the text")
        host.commands.add(Action("text.go", words, self._focus, Group.TEXT, ("Ctrl+E",)))
        if len(self._entries) > 1:
            self.switch = WorkspaceSwitch(self._entries)
            self.switch.chosen.connect(self._ask)
            host.commands.add(
                *map(self._action, self._entries),
                *(action for entry in self._entries for action in self._actions_before(entry)),
            )
        host.services.settings.subscribe(lambda settings: settings.workspace, self._on_setting)

    @property
    def shown(self) -> Workspace:
        """The workspace that is shown."""
        return self._made[self._shown]

    def begin(self) -> None:
        """Show the workspace that was shown last time."""
        self._show(self._host.settings.workspace)

    def others(self) -> tuple[Workspace, ...]:
        """Return the workspaces that were made, but for the one with the text."""
        return tuple(made for name, made in self._made.items() if name != TEXT_WORKSPACE)

    def _action(self, entry: WorkspaceEntry) -> Action:
        words = QCoreApplication.translate("Workspaces", entry.told)
        return Action(
            f"workspace.{entry.id}", words, partial(self._ask, entry.id), Group.WINDOW, entry.keys,
            in_menu=True, checked=partial(self._is_shown, entry.id),
        )  # fmt: skip

    def _actions_before(self, entry: WorkspaceEntry) -> tuple[Action, ...]:
        """Return the commands of a workspace that is not made yet: their keys can be learned already."""
        if entry.actions is None:
            return ()
        actions: tuple[Action, ...] = entry.actions.load()(partial(self._make_and_run, entry))
        return actions

    def _make_and_run(self, entry: WorkspaceEntry, command: str) -> None:
        """Run a command of a workspace that is not made yet. It need not be shown: the key may be global."""
        self._make(entry)
        self._views[entry.id].hide()
        self._host.commands.run(command)

    def _focus(self) -> None:
        self.shown.focus()

    def _is_shown(self, name: str) -> bool:
        return name == self._shown

    def _ask(self, name: str) -> None:
        self._host.services.settings.change(workspace=name)

    def _on_setting(self, _before: str, after: str) -> None:
        self._show(after)

    def _show(self, name: str) -> None:
        entry = next((entry for entry in self._entries if entry.id == name), self._entries[0])
        if self.switch is not None:
            self.switch.show_chosen(entry.id)
        if entry.id == self._shown:
            return
        if entry.id not in self._made:
            self._make(entry)
        self._views[self._shown].hide()
        self._shown = entry.id
        self._views[self._shown].show()
        self.shown.focus()
        self.shown_changed.emit()

    def _make(self, entry: WorkspaceEntry) -> None:
        workspace: Workspace = entry.made.load()(self._host)
        self._made[entry.id] = workspace
        self._views[entry.id] = workspace.view
        self._row.addWidget(workspace.view, 1)
        actions = workspace.own_actions()
        self._host.commands.remove(*(action.id for action in actions))  # those from before it was made
        self._host.commands.add(*actions)
        self.made.emit(workspace)


class WorkspaceSwitch(QWidget):
    """Buttons for the workspaces; the one of the shown workspace is pressed."""

    chosen = Signal(str)  # the workspace's name in the settings

    def __init__(self, entries: tuple[WorkspaceEntry, ...]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, entry in enumerate(entries):
            button = self.buttons[entry.id] = QPushButton(
                QCoreApplication.translate("Workspaces", entry.words)
            )
            told = QCoreApplication.translate("Workspaces", entry.told)
            button.setCheckable(True)
            button.setAutoDefault(False)
            # a click must not take the focus from the text; Tab reaches every button
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty(
                "role", "left" if index == 0 else "right" if entry is entries[-1] else "middle"
            )
            button.setAccessibleName(told)
            button.setToolTip(as_written(told))
            button.clicked.connect(partial(self._on_clicked, entry.id))
            self._group.addButton(button)
            row.addWidget(button)

    def show_chosen(self, name: str) -> None:
        """Show that this workspace is shown."""
        self.buttons[name].setChecked(True)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return tuple(self.buttons.values())

    def _on_clicked(self, name: str, _is_checked: bool = True) -> None:
        self.chosen.emit(name)
