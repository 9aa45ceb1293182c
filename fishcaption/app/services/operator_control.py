"""The show in the hands of an operator elsewhere: on a tablet, or at a control surface, through an outlet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from fishcaption.captions.outlet import Outlet
from fishcaption.captions.page.control import Command, Controllable, OperatorView, OutletLine
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.script.model import ScriptCue
from fishcaption.core.text.tags import visible

if TYPE_CHECKING:
    from fishcaption.app.services.audience import AudienceOutlets
    from fishcaption.ui.audience_ports import ShowView

AGAIN_SECONDS: Final = 0.4
"""A Next that comes so soon after another one is the same press: it skips no cue."""


class OperatedScript(Protocol):
    """The script, as far as an operator elsewhere is concerned: see `ui.audience_ports.ScriptService`."""

    def view(self) -> ShowView:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def speak_next(self) -> None:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def back(self) -> None:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def repeat(self) -> None:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def go_to(self, cue: int) -> None:
        """See `ui.audience_ports.ScriptService`."""
        ...

    def find(self, wanted: str) -> ScriptCue | None:
        """See `ui.audience_ports.ScriptService`."""
        ...


class OperatorControl:
    """Shows the operators of all outlets how the show stands, and does what they command.

    ``script`` finds the script; it is asked once, when the first outlet with an operator's page is there.
    ``stop`` is the program's one Stop. ``on_error`` is told what a command could not do; so is the operator.
    """

    def __init__(
        self,
        outlets: AudienceOutlets,
        script: Callable[[], OperatedScript],
        *,
        stop: Callable[[], object],
        on_error: Callable[[FishCaptionError], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outlets = outlets
        self._audience = outlets.audience
        self._stop = stop
        self._on_error = on_error
        self._clock = clock
        self._find_script = script
        self._script: OperatedScript | None = None
        self._words = ""
        self._last_next = -AGAIN_SECONDS
        outlets.on_outlet = self._on_outlet
        outlets.subscribe(self._look)
        self._audience.operated.add(self._look)

    def do(self, command: Command) -> None:
        """Do what an operator commands."""
        self._words = ""
        try:
            self._do(command)
        except FishCaptionError as error:
            self._words = f"{error} {error.hint}".strip()
            self._on_error(error)
        self._look()

    # -- inside ------------------------------------------------------------------------------------

    def _do(self, command: Command) -> None:
        audience, value = self._audience, command.value
        match command.action:
            case "black":
                audience.set_black(_switched(value, audience.is_black))
            case "freeze":
                audience.set_frozen(_switched(value, audience.is_frozen))
            case "stop":
                self._stop()
            case _:
                if self._script is not None:
                    self._go_on(command, self._script)

    def _go_on(self, command: Command, script: OperatedScript) -> None:
        match command.action:
            case "next":
                if script.view().is_held:
                    raise InputError("Hold is on: Next does nothing.", hint="Take Hold back at the computer.")
                now = self._clock()
                if now - self._last_next >= AGAIN_SECONDS:
                    self._last_next = now
                    script.speak_next()
            case "previous":
                script.back()
            case "repeat":
                script.repeat()
            case "jump":
                cue = script.find(command.value)
                if cue is None:
                    raise InputError("No cue has this number or these words.")
                script.go_to(cue.id)

    def _on_outlet(self, outlet: Outlet) -> None:
        if isinstance(outlet, Controllable):
            if self._script is None:  # it is read from its file now, if Present was not shown yet
                self._script = self._find_script()
                self._script.subscribe(self._look)
            outlet.on_command = self.do
            outlet.show_operator(self._view())

    def _look(self) -> None:
        found = [outlet for outlet in self._outlets.running() if isinstance(outlet, Controllable)]
        if found:
            view = self._view()
            for outlet in found:
                outlet.show_operator(view)

    def _view(self) -> OperatorView:
        rows = self._outlets.rows()
        shown = OperatorView(
            is_black=self._audience.is_black,
            is_frozen=self._audience.is_frozen,
            is_rehearsal=self._audience.is_rehearsal,
            words=self._words,
            outlets=tuple(
                OutletLine(row.config.name, row.state.light.value, row.state.words) for row in rows
            ),
        )
        if self._script is None:
            return shown
        show = self._script.view()
        script = show.script
        return shown._replace(
            is_open=bool(script.cues),
            script=script.name,
            current=_text(show, show.current),
            following=_text(show, show.following),
            number=script.places[show.current] + 1 if show.current in script.places else 0,
            total=len(script.cues),
            left_seconds=float(round(show.left_seconds)),
        )


def _switched(value: str, is_on: bool) -> bool:
    return value == "on" if value else not is_on


def _text(show: ShowView, cue: int | None) -> str:
    """Return what is shown of a cue, with its speaker; empty if there is none."""
    place = show.script.places.get(cue) if cue is not None else None
    if place is None:
        return ""
    found = show.script.cues[place]
    return f"{found.speaker}: {visible(found.text)}" if found.speaker else visible(found.text)
