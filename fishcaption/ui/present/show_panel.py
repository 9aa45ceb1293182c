"""The right side of Present: what the audience sees, the next cue, the times, and the states of the show."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from fishcaption.core.text.tags import visible
from fishcaption.ui.audience_ports import ShowView
from fishcaption.ui.commands import Actions
from fishcaption.ui.present.clock_row import ClockRow, clock
from fishcaption.ui.present.outlets.lights import OutletLights
from fishcaption.ui.present.outlets.panel import OutletsPanel
from fishcaption.ui.present.preview import Preview
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, command_button
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService, ScriptService
    from fishcaption.ui.feature import Host

_MOST_SHOWN = 300  # code points of the next cue


class ShowPanel(QWidget):
    """Shows the show to its operator."""

    noticed = Signal(str)

    def __init__(self, host: Host, script: ScriptService, audience: AudienceService) -> None:
        super().__init__()
        self._audience = audience
        self._script = script
        self._is_rehearsal = False
        self.preview = Preview(audience.audience, host.services.settings)
        self.next = Label()
        self.next.setWordWrap(True)
        self.next.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.clocks = ClockRow(script.view)
        self.lights = OutletLights(audience)
        self.outlets = OutletsPanel(host, audience)
        tr = self.tr
        self._toggles: dict[str, QPushButton] = {}
        row = FlowRow()
        for command, words in (
            ("show.black", tr("Black")),
            ("show.freeze", tr("Freeze")),
            ("show.hold", tr("Hold")),
            ("show.mute", tr("A person speaks")),
            ("show.rehearse", tr("Rehearse")),
        ):
            button = self._toggles[command] = command_button(words)
            button.setCheckable(True)
            button.clicked.connect(partial(self._run, host.commands, command))
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        for widget in (self.preview, self.lights, self.next, FlowBox(row), self.clocks, self.outlets):
            column.addWidget(widget)
        column.addStretch(1)
        self.clocks.noticed.connect(self.noticed)
        # black and frozen are commanded from elsewhere, too: from a tablet, by a key in any workspace
        self._unsubscribe = audience.audience.operated.add(self.show_audience)

    def show_view(self, view: ShowView) -> None:
        """Show where the show is."""
        place = view.script.places.get(view.following) if view.following is not None else None
        if place is None:
            words = self.tr("Next: nothing; this is the end.") if view.script.cues else ""
        else:
            cue = view.script.cues[place]
            text = " ".join(visible(showable(cue.text[:_MOST_SHOWN])).split())
            name = f"{showable(cue.speaker)}: " if cue.speaker else ""
            words = self.tr("Next: {text}").format(text=name + text)
            seconds = self._script.check(cue.id).seconds
            more = [clock(seconds)] if seconds is not None else []
            if cue.note:
                more.append(" ".join(showable(cue.note[:_MOST_SHOWN]).split()))
            words = "\n".join((words, " · ".join(more))) if more else words
        self.next.setText(words)
        self.next.setVisible(bool(words))
        for command, is_on in (
            ("show.hold", view.is_held),
            ("show.mute", view.is_muted),
            ("show.rehearse", view.is_rehearsal),
        ):
            self._toggles[command].setChecked(is_on)
        self.clocks.show_times()
        self._is_rehearsal = view.is_rehearsal
        self.show_audience()

    def show_audience(self) -> None:
        """Show whether the display is black or frozen."""
        audience = self._audience.audience
        self._toggles["show.black"].setChecked(audience.is_black)
        self._toggles["show.freeze"].setChecked(audience.is_frozen)
        self.preview.show_state(is_rehearsal=self._is_rehearsal)

    def leave(self) -> None:
        """Stop following: the window is closed."""
        with ExitStack() as ending:
            ending.callback(self._unsubscribe)
            ending.callback(self.lights.leave)
            ending.callback(self.outlets.leave)
            ending.callback(self.preview.leave)

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self.outlets.set_look(look)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        for command, button in self._toggles.items():
            if command in commands:
                button.setToolTip(as_written(commands.told(command)))

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (
            *self._toggles.values(), *self.clocks.controls(),
            *self.outlets.controls(),
        )  # fmt: skip

    def _run(self, commands: Actions, command: str, _is_checked: bool = False) -> None:
        commands.run_if_there(command)
        self._toggles[command].setChecked(self._is_on(commands, command))

    @staticmethod
    def _is_on(commands: Actions, command: str) -> bool:
        checked = commands[command].checked
        return checked is not None and checked()
