"""The transport: Speak, Stop, Pause, Say so far, Back, Forward, Repeat … as buttons and as commands.

The commands are those of the text that is typed (`ui.workspace.Playback`). A button runs the command that the
shown workspace gives it: in Present, for instance, the first button is Next.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from fishcaption.core.speech import Snapshot, State
from fishcaption.store.settings import SpeakMode
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.widgets.controls import (
    Tool,
    ToolRow,
    TransportButton,
    command_button,
    dress_button,
)
from fishcaption.ui.widgets.labels import as_written
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.ports import SettingsService
    from fishcaption.ui.workspace import TextWorkspace

_BUSY = (State.CONNECTING, State.SPEAKING, State.PAUSED)
_LOUDER = 1.6  # "repeat louder"; what that would clip is limited


class Transport(ToolRow):
    """The row of buttons below the text.

    Stop is the second, behind what never changes its width: it is always in the same place.
    """

    def __init__(self, text: TextWorkspace, settings: SettingsService, *, can_hold: bool) -> None:
        super().__init__()
        self._text = text
        self._settings = settings
        self._can_hold = can_hold
        self._look: Look | None = None
        self._commands: Actions | None = None  # once they are connected
        self._is_paused = False
        self._is_crowded = False
        tr = self.tr
        self._own = {
            "speak": TransportButton("speak.speak", tr("Speak the text"), tr("Speak"), "speech"),
            "stop": TransportButton("speak.stop", tr("Stop at once"), tr("Stop"), "square"),
            "pause": TransportButton("speak.pause", tr("Pause or resume"), tr("Pause"), "pause"),
            "so_far": TransportButton(
                "speak.so_far", tr("Speak what is typed so far"), tr("Say so far"), "step-forward"
            ),
            "back": TransportButton("speak.back", tr("Back one sentence"), tr("Back"), "skip-back"),
            "forward": TransportButton(
                "speak.forward", tr("Forward one sentence"), tr("Forward"), "skip-forward"
            ),
            "repeat": TransportButton("speak.repeat", tr("Repeat"), tr("Repeat"), "rotate-ccw"),
            "louder": TransportButton("speak.louder", tr("Repeat louder"), tr("Louder"), "megaphone"),
            "signal": TransportButton("speak.signal", tr("Attention sound"), tr("Attention"), "bell-ring"),
            "hold": TransportButton("text.hold", tr("Hold this text for later"), tr("Hold"), "bookmark"),
        }
        self._now: dict[str, TransportButton | None] = dict(self._own)  # in the shown workspace
        self.speak = command_button(self._own["speak"].label, role="primary", big=True)
        self.stop = command_button(self._own["stop"].label, role="danger", big=True)
        self.pause = command_button(self._own["pause"].label, big=True)
        self.so_far = command_button(self._own["so_far"].label, big=True)
        self.back, self.forward, self.repeat, self.louder, self.signal, self.hold = (
            Tool(own.words, own.icon, big=True, label=own.label) for own in tuple(self._own.values())[4:]
        )
        self._by_name: dict[str, QPushButton | Tool] = {name: getattr(self, name) for name in self._own}
        for name, button in self._by_name.items():
            button.clicked.connect(partial(self._run, name))
        for button in self._buttons():
            self.row.addWidget(button)
        for tool in self.labelled():
            self.row.add_right(tool)
        self._show_there()
        settings.subscribe(lambda settings: settings.speak_mode, self._on_speak_mode)

    def connect_commands(self, commands: Actions) -> None:
        """Have the buttons do what their commands do."""
        self._commands = commands

    def use(self, others: Mapping[str, TransportButton | None]) -> None:
        """Have these buttons in place of Speak's with these names; None hides one."""
        self._now = {**self._own, **others}
        for name, now in self._now.items():
            button = self._by_name[name]
            if now is None:
                continue
            if isinstance(button, Tool):
                button.become(now.words, now.icon, now.label)
            elif button is not self.pause:  # it says what it does now
                button.setText(now.label)
        self._show_there()
        if self._look is not None:
            self.set_look(self._look)
        if self._commands is not None:
            self.tell_keys(self._commands)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.speak, self.stop, self.pause, self.so_far, *self.labelled())

    def own_actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        tr, group, play = self.tr, Group.SPEAK, self._text.playback
        return (
            Action("speak.speak", tr("Speak the text"), play.speak, group,
                   always=("Return", "Ctrl+Return"), where=tr("in the text")),
            Action("speak.other", tr("Speak at once instead of waiting, or the other way round"),
                   play.speak_other, group, ("Alt+Return",)),
            Action("speak.stop", tr("Stop at once"), self._text.stop, group, always=("Esc",)),
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
        first = self._now["speak"] or self._own["speak"]
        # the primary button is turned inside out while it has the focus, its icon too
        dress_button(self.speak, look, first.icon, colors.on_accent, colors.accent)
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
        self._is_crowded = degree >= 4
        self._show_there()

    def draw(self, snapshot: Snapshot) -> None:
        """Show what can be done now."""
        is_paused = snapshot.state is State.PAUSED
        if is_paused != self._is_paused:
            self._show_pause(is_paused)
        self.pause.setEnabled(snapshot.state in _BUSY)
        for name in ("speak", "back", "repeat", "louder", "forward"):
            now = self._now[name]
            if now is None:
                continue
            if now is not self._own[name] and self._commands is not None:
                self._by_name[name].setEnabled(self._commands[now.command].enabled())
            else:
                self._by_name[name].setEnabled(name == "speak" or snapshot.current is not None)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        for name, now in self._now.items():
            button = self._by_name[name]
            if now is None or now.command not in commands:
                continue
            if isinstance(button, Tool):
                button.tell(now.words, commands.told(now.command, now.words))
            else:
                button.setToolTip(as_written(commands.told(now.command)))

    def retry(self, *, embedded: bool = False) -> None:
        """Speak what the last failure left unsaid; `embedded`: with the voice on this computer."""
        if self._has_failed():
            self._text.playback.retry(embedded=embedded)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.speak, self.stop, self.pause, self.so_far)

    def labelled(self) -> tuple[Tool, ...]:
        """The tools at the right."""
        return (self.back, self.forward, self.repeat, self.louder, self.signal, self.hold)

    def _run(self, name: str, _is_checked: bool = False) -> None:
        now = self._now[name]
        if now is not None and self._commands is not None:
            self._commands.run_if_there(now.command)

    def _show_there(self) -> None:
        """Show the buttons that this workspace and the mode of speaking have, where there is room."""
        hidden = {name for name, now in self._now.items() if now is None}
        if self._settings.current.speak_mode == "enter":
            hidden.add("so_far")
        if not self._can_hold and self._now["hold"] is self._own["hold"]:
            hidden.add("hold")
        if self._is_crowded:
            hidden |= {"forward", "louder"}
            if self._now["back"] is self._own["back"]:
                hidden.add("back")
        for name, button in self._by_name.items():
            button.setHidden(name in hidden)

    def _show_pause(self, is_paused: bool) -> None:
        self._is_paused = is_paused
        self.pause.setText(self.tr("Resume") if is_paused else self._own["pause"].label)
        if self._look is not None:
            color = self._look.colors.text
            dress_button(self.pause, self._look, "play" if is_paused else "pause", color)

    def _has_failed(self) -> bool:
        return self._text.playback.snapshot().error is not None

    def _on_speak_mode(self, _before: SpeakMode, _after: SpeakMode) -> None:
        self._show_there()
