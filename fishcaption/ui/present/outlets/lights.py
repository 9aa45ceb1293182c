"""The lights of all outlets in one line: what the operator has to see without scrolling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from fishcaption.captions.outlet import Light
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService

SIGNS: Final = {Light.OFF: "○", Light.WAITING: "◐", Light.ON: "●", Light.TROUBLE: "▲"}
"""Each light has a shape of its own: its colour says nothing that the shape does not say."""

_MOST_NAMES: Final = 3  # of outlets in trouble, or that wait; their rows say more
_LONGEST_NAME: Final = 40


class OutletLights(Label):
    """Says which outlets are in trouble or wait, and how many work; hidden where none is switched on."""

    def __init__(self, audience: AudienceService) -> None:
        super().__init__()
        self._audience = audience
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._unsubscribe = audience.subscribe(self.show_rows)
        self.show_rows()

    def show_rows(self) -> None:
        """Show the outlets as they are now."""
        found: dict[Light, list[str]] = {light: [] for light in Light}
        for row in self._audience.rows():
            found[row.state.light].append(showable(row.config.name[:_LONGEST_NAME]))
        parts = []
        for light, words in (
            (Light.TROUBLE, self.tr("Trouble: {names}")),
            (Light.WAITING, self.tr("Waiting: {names}")),
        ):
            if found[light]:
                names = found[light][:_MOST_NAMES] + ["…"] * (len(found[light]) > _MOST_NAMES)
                parts.append(f"{SIGNS[light]}\N{NO-BREAK SPACE}{words.format(names=', '.join(names))}")
        if found[Light.ON]:
            words = self.tr("Outlets on: {count}").format(count=len(found[Light.ON]))
            parts.append(f"{SIGNS[Light.ON]}\N{NO-BREAK SPACE}{words}")
        self.setText("   ".join(parts))
        self.setVisible(bool(parts))

    def leave(self) -> None:
        """Show nothing any more."""
        self._unsubscribe()
