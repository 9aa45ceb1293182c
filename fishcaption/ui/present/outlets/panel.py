"""The outlets of the show: each with its light, its last line, its lag, and what is wrong in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fishcaption.captions.outlet import Light
from fishcaption.ui.audience_ports import OutletRow
from fishcaption.ui.present.outlets.lights import SIGNS
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, announce, command_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService
    from fishcaption.ui.feature import Host

_MOST_SHOWN = 200  # code points of a sentence or of the last line
_LEAST_LAG_SECONDS = 0.05  # a shorter lag is not worth a word


class OutletsPanel(QWidget):
    """All outlets that are set up, and a button for another one."""

    def __init__(self, host: Host, audience: AudienceService) -> None:
        super().__init__()
        self._host = host
        self._audience = audience
        self._look = host.look
        self._rows: dict[str, _Row] = {}
        title = Label(self.tr("Outlets"))
        title.setProperty("role", "title")
        self._none = Label(self.tr("None yet: choose a screen, or add a page, a stream, a meeting."))
        self._none.setWordWrap(True)
        self._none.setProperty("role", "hint")
        self.add = command_button(self.tr("Add…"))
        self.add.setAccessibleName(self.tr("Add an outlet"))
        self.add.clicked.connect(self._on_add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.screen_button = command_button(self.tr("Screen…"))
        self.screen_button.setAccessibleName(self.tr("Screen for the audience"))
        self.screen_button.clicked.connect(partial(host.commands.run_if_there, "audience.screen"))
        row = FlowRow()
        row.addWidget(title)
        for button in (self.screen_button, self.add):
            row.add_right(button)
        self._column.addWidget(FlowBox(row))
        self._column.addWidget(self._none)
        self._unsubscribe = audience.subscribe(self.show_rows)
        self.show_rows()

    def show_rows(self) -> None:
        """Show all outlets as they are now."""
        rows = self._audience.rows()
        for gone in self._rows.keys() - {row.config.id for row in rows}:
            shown = self._rows.pop(gone)
            shown.hide()
            shown.deleteLater()
        for place, row in enumerate(rows):
            shown_row = self._rows.get(row.config.id)
            if shown_row is None:
                shown_row = self._rows[row.config.id] = self._made(row.config.id)
            if self._column.indexOf(shown_row) != place + 2:
                self._column.insertWidget(place + 2, shown_row)
            shown_row.show_row(row)
        self._none.setVisible(not rows)

    def row(self, outlet: str) -> QWidget:
        """Return the row of an outlet. Raises KeyError for one that there is not."""
        return self._rows[outlet]

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        for row in self._rows.values():
            row.set_look(look)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.screen_button, self.add)

    def leave(self) -> None:
        """Show nothing any more."""
        self._unsubscribe()

    def _made(self, outlet: str) -> _Row:
        row = _Row()
        row.set_look(self._look)
        row.switch.clicked.connect(partial(self._on_switch, outlet))
        row.set_up.clicked.connect(partial(self._on_set_up, outlet))
        row.address.clicked.connect(partial(self._on_address, outlet))
        return row

    def _on_switch(self, outlet: str, _is_checked: bool = False) -> None:
        self._audience.switch(outlet, is_on=self._rows[outlet].switch.isChecked())

    def _on_add(self) -> None:
        from fishcaption.ui.present.outlets.dialog import open_new_outlet

        open_new_outlet(self._host, self._audience)

    def _row_of(self, outlet: str) -> OutletRow | None:
        return next((row for row in self._audience.rows() if row.config.id == outlet), None)

    def _on_address(self, outlet: str, _is_checked: bool = False) -> None:
        from fishcaption.ui.present.outlets.address_dialog import AddressDialog

        row = self._row_of(outlet)
        if row is not None and row.state.address:
            name, state = showable(row.config.name), row.state
            AddressDialog(name, state.address, state.operator_address, self._host.window).open()

    def _on_set_up(self, outlet: str, _is_checked: bool = False) -> None:
        from fishcaption.ui.present.outlets.dialog import open_outlet

        row = self._row_of(outlet)
        if row is not None:
            open_outlet(self._host, self._audience, row.config)


class _Row(QFrame):
    """One outlet."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._light: Light | None = None
        self._look: Look | None = None
        self._sign = Label()
        self._name = Label()
        self._name.setProperty("role", "title")
        self._words = Label()
        self._words.setWordWrap(True)
        self._last = Label()
        self._last.setWordWrap(True)
        self._last.setProperty("role", "hint")
        self.switch = command_button("")
        self.switch.setCheckable(True)
        self.set_up = command_button(self.tr("Set up…"))
        self.address = command_button(self.tr("Address…"))
        row = FlowRow()
        for part in (self._sign, self._name):
            row.addWidget(part)
        for button in (self.address, self.switch, self.set_up):
            row.add_right(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        for shown in (FlowBox(row), self._words, self._last):
            column.addWidget(shown)

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._look = look
        self._show_light()

    def show_row(self, row: OutletRow) -> None:
        """Show this outlet with its state."""
        config, state = row
        name = showable(config.name)
        is_new, self._light = state.light is not self._light, state.light
        self._name.setText(name)
        self.switch.setChecked(config.is_on)
        self.switch.setText(self.tr("On") if config.is_on else self.tr("Off"))
        self.switch.setAccessibleName(self.tr("{name}: on").format(name=name))
        self.set_up.setAccessibleName(self.tr("Set up {name}").format(name=name))
        self.address.setVisible(bool(state.address))
        self.address.setAccessibleName(self.tr("Address of {name}").format(name=name))
        words = showable(state.words[:_MOST_SHOWN])
        self._words.setText(words)
        self._words.setVisible(bool(words))
        last = " ".join(showable(state.last_line[-_MOST_SHOWN:]).split())
        if state.lag_seconds >= _LEAST_LAG_SECONDS and last:
            last = self.tr("{seconds} s late: {line}").format(seconds=f"{state.lag_seconds:.1f}", line=last)
        self._last.setText(last)
        self._last.setVisible(bool(last))
        self._show_light()
        if is_new and state.light is Light.TROUBLE:
            announce(self, f"{name}: {words}", urgent=True)

    def _show_light(self) -> None:
        if self._light is None:
            return
        told = {
            Light.OFF: self.tr("off"),
            Light.WAITING: self.tr("waiting"),
            Light.ON: self.tr("on"),
            Light.TROUBLE: self.tr("trouble"),
        }[self._light]
        self._sign.setText(f"{SIGNS[self._light]} {told}")
        self._sign.setProperty("role", "trouble" if self._light is Light.TROUBLE else "")
        self._sign.style().unpolish(self._sign)
        self._sign.style().polish(self._sign)
