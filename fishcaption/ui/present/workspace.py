"""The workspace Present: a script on the left, the show on the right, and the keys of a presenter's remote.

It shows what the script's service and the audience's say, and gives them commands; `show_commands` has those.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script.model import Script
from fishcaption.core.speech import Snapshot
from fishcaption.ui.commands import Action
from fishcaption.ui.present.script.panel import ScriptPanel
from fishcaption.ui.present.show_actions import SCOPE
from fishcaption.ui.present.show_commands import ShowCommands
from fishcaption.ui.present.show_panel import ShowPanel
from fishcaption.ui.widgets.controls import TransportButton
from fishcaption.ui.widgets.dialog_parts import scrolled
from fishcaption.ui.widgets.menus import open_at
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_SHARES = (62, 38)  # of the width: the script, the show
_LEAST_LINES = 13  # of the script and what is around it


class PresentWorkspace(QWidget):
    """The workspace for a script that is spoken to an audience: see `ui.workspace.Workspace`."""

    begun = Signal()
    failed = Signal(object)  # a FishCaptionError that the reader does not know of
    noticed = Signal(str)
    resized = Signal()
    buttons_changed = Signal()

    def __init__(self, host: Host) -> None:
        super().__init__()
        script, audience = host.services.script(), host.services.audience()
        assert script is not None
        assert audience is not None
        self._host = host
        self._service = script
        self._recent = host.services.recent_scripts()
        self._is_open = True
        self.script = ScriptPanel(script, host.commands)
        self.show_panel = ShowPanel(host, script, audience)
        self.commands = ShowCommands(script, audience, self.script.cues, self.isVisible)
        self._below = QHBoxLayout()  # the status line
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(self.script)
        scroll = scrolled(self.show_panel)
        scroll.installEventFilter(self)
        self._sides.addWidget(scroll)
        self._sides.setChildrenCollapsible(False)
        self._sides.setHandleWidth(10)
        kept = host.settings.present_split
        self._sides.setSizes(list(kept) if any(kept) else [10 * share for share in _SHARES])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sides, 1)
        column.addLayout(self._below)
        self._connect()
        self._unsubscribe = script.subscribe(self.show_view)
        self.show_view()

    def _connect(self) -> None:
        commands, script = self.commands, self.script
        commands.begun.connect(self.begun)
        commands.failed.connect(self.failed)
        commands.noticed.connect(self.noticed)
        commands.find_asked.connect(script.search.begin)
        commands.speakers_asked.connect(self._on_speakers)
        commands.as_text_asked.connect(self._on_as_text)
        commands.recent_asked.connect(partial(script.open_recent, self._recent))
        script.noticed.connect(self.noticed)
        script.file_dropped.connect(self.open_file)
        script.text_dropped.connect(commands.add_text)
        script.cues.pressed.connect(self._host.commands.run)
        script.cues.customContextMenuRequested.connect(self._on_menu)
        script.model.edited.connect(commands.take_edit)
        self.show_panel.noticed.connect(self.noticed)
        self._host.commands.changed.connect(self._tell_keys)

    def show_view(self) -> None:
        """Show the script and where it is."""
        view = self._service.view()
        self.script.show_view(view)
        self.script.model.show_checks()
        self.show_panel.show_view(view)

    # -- what the shell asks -----------------------------------------------------------------------

    @property
    def view(self) -> QWidget:
        """Return the widget that the shell shows."""
        return self

    def own_actions(self) -> tuple[Action, ...]:
        """Return the commands of the show."""
        return self.commands.actions()

    def buttons(self) -> Mapping[str, TransportButton | None]:
        """Return the transport's buttons: Next in place of Speak, and others."""
        return self.commands.buttons()

    def controls(self) -> tuple[tuple[QWidget, ...], tuple[QWidget, ...]]:
        """Return the widgets before and after the transport's buttons in the order of the Tab key."""
        return self.script.controls(), self.show_panel.controls()

    def place_status(self, line: QWidget) -> None:
        """Show the status line below the script."""
        self._below.addWidget(line, 1)

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self.script.set_look(look)
        self.show_panel.set_look(look)

    def draw(self, snapshot: Snapshot) -> None:
        """Show the times as they are now."""
        self.show_panel.clocks.show_times()

    def set_crowding(self, degree: int) -> None:
        """Hide nothing: what has no room is scrolled to."""

    def least_height(self, width: int) -> int:
        """Return the height it needs at this width."""
        return _LEAST_LINES * self.fontMetrics().lineSpacing()

    def uses_key(self, event: QKeyEvent) -> bool:
        """Return whether the key belongs to a command of the script, and the script has the focus."""
        return self.script.cues.hasFocus() and bool(self._host.commands.scoped(event, SCOPE))

    def focus(self) -> None:
        """Give the focus to the script."""
        self.script.focus()

    def file_kinds(self) -> str:
        """Return the kinds of scripts that can be opened."""
        scripts = self.tr("Scripts (*.txt *.md *.srt *.vtt *.docx *.pptx *.fountain)")
        return scripts + ";;" + self.tr("All files (*)")

    def open_file(self, path: Path) -> None:
        """Open a script; what is wrong with it is told."""
        self._service.open_file(path, partial(self._on_opened, path, self._service.view().script))

    def kept_settings(self) -> dict[str, Any]:
        """Return the settings of the layout."""
        return {"present_split": tuple(self._sides.sizes())}

    def leave(self) -> None:
        """Stop drawing: the window is closed."""
        self._is_open = False
        with ExitStack() as ending:
            ending.callback(self._unsubscribe)
            ending.callback(self.show_panel.leave)

    # -- inside ------------------------------------------------------------------------------------

    def _on_opened(self, path: Path, before: Script, answer: Script | FishCaptionError) -> None:
        if not self._is_open:
            return
        if isinstance(answer, FishCaptionError):
            self.failed.emit(answer)
            return
        self._recent.add(path)
        self.commands.forget_changes(before)
        self.begun.emit()
        self.show_view()
        self.focus()
        if answer.problems:
            self.noticed.emit(" ".join(answer.problems))
        elif not answer.cues:
            self.noticed.emit(self.tr("There is no text in this file."))

    def _on_speakers(self) -> None:
        from fishcaption.ui.widgets.speakers_dialog import Speakers, SpeakersDialog

        about = self.tr("Each speaker of the script can have a voice of their own.")
        script = self._service
        names = script.view().script.speakers()
        rows = Speakers(names, "{name}", script.speakers, script.set_speaker, script.silent_speakers)
        SpeakersDialog(about, (rows,), self._host).open()

    def _on_as_text(self) -> None:
        from fishcaption.ui.present.script.text_dialog import ScriptTextDialog

        ScriptTextDialog(self.commands.text(), self.commands.take_text, self._host.window).open()

    def _on_menu(self, place: QPoint) -> None:
        """Open the menu of what can be done with the selected cues."""
        commands, cues = self._host.commands, self.script.cues
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("go_to", "mark", "edit", "as_text", "insert", "paste", "delete", "undo"):
            command = commands[f"show.{name}"]
            keys = commands.spelled(command.id)
            entry = menu.addAction(command.words + (f"\t{keys}" if keys else ""))
            entry.triggered.connect(partial(commands.run_if_there, command.id))
        open_at(menu, cues.viewport().mapToGlobal(place))

    def _tell_keys(self) -> None:
        self.script.tell_keys(self._host.commands)
        self.show_panel.tell_keys(self._host.commands)

    # -- Qt ----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # keys of a remote act wherever the focus is in this workspace, but for those that write something
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a remote's keys before the show is scrolled by them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._meant(event):
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self._meant(event)
        if not name:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._host.commands.run(name)

    def _meant(self, event: QKeyEvent) -> str:
        """Return the command of a key that no widget has used, unless it is one that writes something."""
        focus = self._host.window.focusWidget()
        writes = event.text().isprintable() and event.text() != ""
        if writes or isinstance(focus, QLineEdit | QPlainTextEdit):
            return ""
        return self._host.commands.scoped(event, SCOPE)
