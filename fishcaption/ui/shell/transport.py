"""The transport: Speak, Stop, Pause, Say so far, Back, Forward, Repeat … as buttons and as commands.

What they do in a workspace is that workspace's `Playback`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from fishcaption.core.speech import Snapshot, State
from fishcaption.store.settings import SpeakMode
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.widgets.controls import Tool, ToolRow, command_button, dress_button
from fishcaption.ui.widgets.labels import as_written
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.ports import SettingsService
    from fishcaption.ui.workspace import Workspace

_BUSY = (State.CONNECTING, State.SPEAKING, State.PAUSED)
_LOUDER = 1.6  # "repeat louder"; what that would clip is limited


class Transport(ToolRow):
    """The row of buttons below the text.

    Stop is the second, behind what never changes its width: it is always in the same place.
    """

    begun = Signal()  # something new is to be spoken: what was told before is over

    def __init__(self, workspace: Workspace, settings: SettingsService, *, can_hold: bool) -> None:
        super().__init__()
        self._workspace = workspace
        self._look: Look | None = None
        self._is_paused = False
        self.speak = command_button(self.tr("Speak"), role="primary", big=True)
        self.stop = command_button(self.tr("Stop"), role="danger", big=True)
        self.pause = command_button(self.tr("Pause"), big=True)
        self.so_far = command_button(self.tr("Say so far"), big=True)
        tr = self.tr
        self.back = Tool(tr("Back one sentence"), "skip-back", big=True, label=tr("Back"))
        self.forward = Tool(tr("Forward one sentence"), "skip-forward", big=True, label=tr("Forward"))
        self.repeat = Tool(tr("Repeat"), "rotate-ccw", big=True, label=tr("Repeat"))
        self.louder = Tool(tr("Repeat louder"), "megaphone", big=True, label=tr("Louder"))
        self.signal = Tool(tr("Attention sound"), "bell-ring", big=True, label=tr("Attention"))
        self.hold = Tool(tr("Hold this text for later"), "bookmark", big=True, label=tr("Hold"))
        for button in self._buttons():
            self.row.addWidget(button)
        for tool in self.labelled():
            self.row.add_right(tool)
        self.so_far.setHidden(settings.current.speak_mode == "enter")
        self.hold.setHidden(not can_hold)
        settings.subscribe(lambda settings: settings.speak_mode, self._on_speak_mode)

    def connect_commands(self, commands: Actions) -> None:
        """Have the buttons do what their commands do."""
        for button, name in self._named():
            button.clicked.connect(partial(commands.run_if_there, name))

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.speak, self.stop, self.pause, self.so_far, *self.labelled())

    def own_actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        tr, group, play = self.tr, Group.SPEAK, self._workspace.playback
        return (
            Action("speak.speak", tr("Speak the text"), self._on_speak, group,
                   always=("Return", "Ctrl+Return"), where=tr("in the text")),
            Action("speak.other", tr("Speak at once instead of waiting, or the other way round"),
                   self._on_speak_other, group, ("Alt+Return",)),
            Action("speak.stop", tr("Stop at once"), self._workspace.stop, group, always=("Esc",)),
            Action("speak.pause", tr("Pause or resume"), play.pause_or_resume, group,
                   ("F8", "Ctrl+Space", "Space")),
            Action("speak.repeat", tr("Repeat the last text"), play.repeat, group, ("Ctrl+R",)),
            Action("speak.louder", tr("Repeat the last text louder"), partial(play.repeat, _LOUDER), group,
                   ("Ctrl+Shift+R",)),
            Action("speak.back", tr("Back one sentence"), play.back, group, ("Alt+,",)),
            Action("speak.forward", tr("Forward one sentence"), play.forward, group, ("Alt+.",)),
            Action("speak.so_far", tr("Speak what is typed so far"), play.say_so_far, group,
                   ("Ctrl+Shift+Return",)),
            Action("speak.retry_embedded", tr("Speak the failed text with the voice on this computer"),
                   partial(self.retry, embedded=True), group, ("F4",), enabled=self._has_failed),
            Action("speak.retry", tr("Try the failed text again"), self.retry, group, ("F5",),
                   enabled=self._has_failed),
        )  # fmt: skip

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        colors = look.colors
        # the primary button is turned inside out while it has the focus, its icon too
        dress_button(self.speak, look, "speech", colors.on_accent, colors.accent)
        dress_button(self.stop, look, "square", colors.danger)
        dress_button(self.so_far, look, "step-forward", colors.text)
        for tool in self.labelled():
            tool.dress(look)
        # "Resume" is wider than "Pause": nothing moves when they change places
        self.pause.setMinimumWidth(0)
        widths = []
        for is_paused in (not self._is_paused, self._is_paused):
            self._show_pause(is_paused)
            widths.append(self.pause.sizeHint().width())
        self.pause.setMinimumWidth(max(widths))

    def set_crowding(self, degree: int) -> None:
        """Hide what is seldom used: it has its keys, and its place in the menu."""
        self.allow_labels(degree < 1)  # they make the row higher
        for tool in (self.back, self.forward, self.louder):
            tool.setVisible(degree < 4)

    def _on_speak_mode(self, _before: SpeakMode, mode: SpeakMode) -> None:
        self.so_far.setVisible(mode != "enter")

    def draw(self, snapshot: Snapshot) -> None:
        """Show what can be done now."""
        is_paused = snapshot.state is State.PAUSED
        if is_paused != self._is_paused:
            self._show_pause(is_paused)
        self.pause.setEnabled(snapshot.state in _BUSY)
        for button in (self.back, self.repeat, self.louder, self.forward):
            button.setEnabled(snapshot.current is not None)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        for button, name in self._named():
            if name not in commands:
                continue
            if isinstance(button, Tool):
                button.tell(button.accessibleName(), commands.told(name, button.accessibleName()))
            else:
                button.setToolTip(as_written(commands.told(name)))

    def retry(self, *, embedded: bool = False) -> None:
        """Speak what the last failure left unsaid; `embedded`: with the voice on this computer."""
        if self._has_failed():
            self.begun.emit()
            self._workspace.playback.retry(embedded=embedded)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.speak, self.stop, self.pause, self.so_far)

    def labelled(self) -> tuple[Tool, ...]:
        """The tools at the right."""
        return (self.back, self.forward, self.repeat, self.louder, self.signal, self.hold)

    def _named(self) -> tuple[tuple[QPushButton | Tool, str], ...]:
        return (
            (self.speak, "speak.speak"),
            (self.stop, "speak.stop"),
            (self.pause, "speak.pause"),
            (self.so_far, "speak.so_far"),
            (self.back, "speak.back"),
            (self.forward, "speak.forward"),
            (self.repeat, "speak.repeat"),
            (self.louder, "speak.louder"),
            (self.signal, "speak.signal"),
            (self.hold, "text.hold"),
        )

    def _show_pause(self, is_paused: bool) -> None:
        self._is_paused = is_paused
        self.pause.setText(self.tr("Resume") if is_paused else self.tr("Pause"))
        if self._look is not None:
            color = self._look.colors.text
            dress_button(self.pause, self._look, "play" if is_paused else "pause", color)

    def _has_failed(self) -> bool:
        return self._workspace.playback.snapshot().error is not None

    def _on_speak(self) -> None:
        self.begun.emit()
        self._workspace.playback.speak()

    def _on_speak_other(self) -> None:
        self.begun.emit()
        self._workspace.playback.speak_other()
