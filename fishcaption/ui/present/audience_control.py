"""The commands for the audience's window. It is one of the outlets: its row says whether it is on.

The style is the owner of the window's lines, columns and mode; the row has the same, so that one is changed
with the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fishcaption.captions.delayed import Delayed
from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.captions.outlets import WINDOW, outlet_kind
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.audience_style import LIMITS, AudienceStyle, ScreenIdentity
from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.alarm import QtAlarm
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService, OutletRow
    from fishcaption.ui.present.audience_window import AudienceWindow

_FIRST: Final = "window"  # id of the outlet, where there was none of its kind


class AudienceWindowControl(Feature):
    """Opens and closes the audience's window. `window` is None until it is first shown."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.window: AudienceWindow | None = None
        self._ends: list[Callable[[], None]] = []
        self._end_captions: Callable[[], None] | None = None
        self._delayed = Delayed(self._on_display, QtAlarm(self))
        self._told = OutletState(Light.OFF, "")
        self._cue: AudienceCue | None = None  # the last one that was shown
        self._is_asked = False  # by the user, since the start
        self._service: AudienceService | None = host.services.audience()
        if self._service is None:
            return
        self._add_commands(self._service)
        settings = host.services.settings
        self._ends = [
            settings.subscribe(lambda settings: settings.audience_style, self._on_style),
            settings.subscribe(lambda settings: settings.audience_screen, self._on_screen),
            self._service.subscribe(self._on_rows),
        ]
        self._on_rows()

    def _add_commands(self, service: AudienceService) -> None:
        tr, group, audience = self.tr, Group.AUDIENCE, service.audience
        self.host.commands.add(
            Action("audience.window", tr("Captions on the audience's screen"), self.toggle, group,
                   ("Ctrl+Shift+A",), in_menu=True, checked=self.is_on),
            Action("audience.black", tr("Black for the audience"),
                   lambda: audience.set_black(not audience.is_black), group, ("Ctrl+Shift+B",),
                   checked=lambda: audience.is_black),
            Action("audience.freeze", tr("Freeze the audience's captions"),
                   lambda: audience.set_frozen(not audience.is_frozen), group, ("Ctrl+Shift+F",),
                   checked=lambda: audience.is_frozen),
        )  # fmt: skip
        self.host.offer("audience.show", lambda _text: self.show())

    # -- commands ----------------------------------------------------------------------------------

    def is_on(self) -> bool:
        """Return whether the window is shown, or will be when its screen is there."""
        row = self._row()
        return row is not None and row.is_on

    def toggle(self) -> None:
        """Show the window, or hide it."""
        row = self._row()
        if self._service is not None and row is not None and row.is_on:
            self._service.switch(row.id, is_on=False)
        else:
            self.show()

    def show(self) -> None:
        """Show the window."""
        self._is_asked = True
        row, service = self._row(), self._service
        if service is None:
            return
        if row is None:
            kind = outlet_kind(WINDOW)
            assert kind is not None
            new = _mirrored(kind.new(_FIRST), self.host.settings.audience_style)
            service.set_up(new._replace(is_on=True), {})
        elif not row.is_on:
            service.switch(row.id, is_on=True)
        self._on_rows()

    # -- what is told ------------------------------------------------------------------------------

    def leave(self) -> None:
        """Clean up: the program's window is closed."""
        for end in self._ends:
            end()
        self._hide()
        self._delayed.close()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def _rows(self) -> list[OutletRow]:
        """Return the outlets of the window's kind."""
        rows = self._service.rows() if self._service is not None else ()
        return [row for row in rows if row.config.kind == WINDOW]

    def _row(self) -> OutletConfig | None:
        """Return the outlet that is this window: the first of its kind."""
        return next((row.config for row in self._rows()), None)

    def _on_rows(self) -> None:
        none = OutletState(
            Light.TROUBLE, self.tr("The captions stand on one screen only. Remove this outlet.")
        )
        for other in self._rows()[1:]:
            if self._service is not None and other.config.is_on and other.state != none:
                self._service.tell(other.config.id, none)
        row = self._row()
        if row is None or not row.is_on:
            self._hide()
            return
        style = self.host.settings.audience_style
        if row.delay_seconds != self._delayed.delay_seconds:
            self._delayed.delay_seconds = row.delay_seconds
            if self._end_captions is not None:
                self._follow()
        if row != _mirrored(row, style):  # it was changed in the row
            self.host.services.settings.change(audience_style=_styled(style, row))
        self._show()

    def _on_style(self, _before: AudienceStyle, after: AudienceStyle) -> None:
        row = self._row()
        if self._service is not None and row is not None and row != _mirrored(row, after):
            self._service.set_up(_mirrored(row, after), {})
        if self.window is not None and self.window.is_wanted():
            self.window.set_style(after)
            self._follow()

    def _on_screen(self, _before: ScreenIdentity, after: ScreenIdentity) -> None:
        if self.window is not None and self.window.is_wanted():
            self.window.appear(after)

    # -- the window --------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.window is None:
            from fishcaption.ui.present.audience_window import AudienceWindow

            self.window = AudienceWindow(self.host.window)
            self.window.lost.connect(self._on_lost)
            self.window.found.connect(self._on_found)
            self.window.closed.connect(self._on_closed)
        if not self.window.is_wanted():
            self.window.set_style(self.host.settings.audience_style)
            self.window.appear(self.host.settings.audience_screen)
            self._follow()

    def _follow(self) -> None:
        """Show the captions in the layout of the style, with the delay of the row."""
        assert self._service is not None
        assert self.window is not None
        end, layout = self._end_captions, self.window.audience_style().layout()
        # without a delay at once: an alarm would come a turn of the loop later
        show = self._delayed.put if self._delayed.delay_seconds else self._on_display
        if end is not None:
            end()
        self._end_captions = self._service.audience.subscribe(layout, show)

    def _hide(self) -> None:
        if self._end_captions is not None:
            self._end_captions()
            self._end_captions = None
        if self.window is not None and self.window.is_wanted():
            self.window.vanish()
            self.window.show_display(Display())

    def _on_display(self, display: Display) -> None:
        if self.window is None:
            return
        self.window.show_display(display)
        before, self._cue = self._cue, display.cue or self._cue
        if display.cue is not None and (before is None or before.id != display.cue.id):
            lag = max(0.0, time.perf_counter() - display.cue.moment)
            line = " ".join(display.cue.lines if display.cue.is_settled else display.cue.heard_lines())
            self._tell(self._told._replace(last_line=line, lag_seconds=lag))

    def _on_lost(self, words: str, hint: str) -> None:
        self._tell(OutletState(Light.TROUBLE, f"{words} {hint}"))
        if self._is_asked:
            self.host.tell(FishCaptionError(words, hint=hint))

    def _on_found(self, words: str) -> None:
        self._tell(OutletState(Light.ON, words))
        self._is_asked = True  # from now on it is missed
        self.host.notice(words)

    def _on_closed(self) -> None:
        """The system has closed the window: it is off."""
        row = self._row()
        if self._service is not None and row is not None:
            self._service.switch(row.id, is_on=False)

    def _tell(self, state: OutletState) -> None:
        self._told = state
        row = self._row()
        if self._service is not None and row is not None:
            self._service.tell(row.id, state)


def _mirrored(row: OutletConfig, style: AudienceStyle) -> OutletConfig:
    """Return the row with what the style says of it, too."""
    return row._replace(layout=Layout(style.columns, style.lines), mode=style.mode)


def _styled(style: AudienceStyle, row: OutletConfig) -> AudienceStyle:
    """Return the style with what the row says, within the style's limits."""
    columns, lines = LIMITS["columns"], LIMITS["lines"]
    return style._replace(
        columns=int(min(max(row.layout.columns, columns.low), columns.high)),
        lines=int(min(max(row.layout.lines, lines.low), lines.high)),
        mode=row.mode,
    )
