"""The screen of the audience's window: which of those that are there is the one that was chosen.

A screen is remembered by what it says of itself. It may come back at another socket, two may be of one model,
and many say nothing but the name of their socket. The operator's own screen is never taken by mistake: only
where exactly that one was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fishcaption.core.audience_style import ScreenIdentity
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_NOWHERE = ScreenIdentity()


def identity(screen: QScreen) -> ScreenIdentity:
    """Return what a screen says of itself."""
    area = screen.geometry()
    return ScreenIdentity(
        screen.name()[:200],
        screen.manufacturer()[:200],
        screen.model()[:200],
        screen.serialNumber()[:200],
        area.x(),
        area.y(),
        area.width(),
        area.height(),
    )


def best_screen(chosen: ScreenIdentity, present: Sequence[ScreenIdentity], own: int) -> int | None:
    """Return the place of the chosen screen among those that are present; None if it is not there.

    ``own`` is the place of the operator's screen. Nothing chosen: any other than that one.
    """
    if chosen == _NOWHERE:
        return next((place for place in range(len(present)) if place != own), None)
    ranks = [
        (_likeness(chosen, screen), -place)
        for place, screen in enumerate(present)
        if place != own or _is_surely(chosen, screen)
    ]
    best, place = max(ranks, default=(0, 0))
    return -place if best else None


def _likeness(chosen: ScreenIdentity, screen: ScreenIdentity) -> int:
    """Return how sure it is that two are one screen; 0: they are not."""
    is_model = bool(chosen.model) and _maker(chosen) == _maker(screen)
    is_name = bool(chosen.name) and chosen.name == screen.name
    is_serial = bool(chosen.serial) and chosen.serial == screen.serial
    if chosen == screen:
        return 16
    if not (is_name or is_model):
        return 0
    # two devices at one socket, one after the other: the later one stands in for the earlier
    return 8 * (is_serial and is_model) + 4 * is_model + 2 * is_name + (_area(chosen) == _area(screen))


def _is_surely(chosen: ScreenIdentity, screen: ScreenIdentity) -> bool:
    """Return whether nothing that they say differs, but for the place where the screen stands."""
    return (chosen.name, _maker(chosen), chosen.serial) == (screen.name, _maker(screen), screen.serial)


def _maker(screen: ScreenIdentity) -> tuple[str, str]:
    return screen.manufacturer, screen.model


def _area(screen: ScreenIdentity) -> tuple[int, int, int, int]:
    return screen.left, screen.top, screen.width, screen.height


class ScreenDialog(QDialog):
    """Lets the operator choose the audience's screen. `chosen` is its identity, after it was accepted."""

    def __init__(
        self, screens: Sequence[ScreenIdentity], own: int, current: int | None, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Screen for the audience"))
        self._screens = tuple(screens)
        self._list = QListWidget()
        self._list.setAccessibleName(self.windowTitle())
        for place, screen in enumerate(self._screens):
            self._list.addItem(QListWidgetItem(self._words(screen, place == own)))
        wanted = current if current is not None else next((p for p in range(len(screens)) if p != own), own)
        self._list.setCurrentRow(wanted)
        self._list.itemActivated.connect(self.accept)
        self._list.setMinimumWidth(self._list.sizeHintForColumn(0) + 2 * self._list.frameWidth() + 12)
        note = Label(
            self.tr("Captions stand on the screen that you choose, and come back there if it was unplugged.")
            if len(screens) > 1
            else self.tr("There is no second screen. Captions can stand in a strip on this one.")
        )
        note.setWordWrap(True)
        buttons = QDialogButtonBox()
        show = buttons.addButton(self.tr("Show captions there"), QDialogButtonBox.ButtonRole.AcceptRole)
        show.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(note)
        column.addWidget(self._list, 1)
        column.addWidget(buttons)

    def chosen(self) -> ScreenIdentity:
        """Return the screen that is chosen in the list."""
        return self._screens[max(0, self._list.currentRow())]

    def is_own(self, own: int) -> bool:
        """Return whether the operator's own screen is chosen."""
        return self._list.currentRow() == own

    def _words(self, screen: ScreenIdentity, is_own: bool) -> str:
        words = self.tr("{name}, {width} × {height}").format(
            name=screen.title(), width=screen.width, height=screen.height
        )
        return self.tr("{screen} (this screen: a strip)").format(screen=words) if is_own else words


def present_screens(window: QWidget) -> tuple[list[ScreenIdentity], int]:
    """Return all screens, and the place of the one that this window is on."""
    screens = QGuiApplication.screens()
    return [identity(screen) for screen in screens], max(0, screens.index(window.screen()))


def open_screens(host: Host) -> None:
    """Open the choice of the audience's screen."""
    screens, own = present_screens(host.window)
    dialog = ScreenDialog(screens, own, best_screen(host.settings.audience_screen, screens, own), host.window)

    def use() -> None:
        settings = host.services.settings
        if dialog.is_own(own):
            settings.change(audience_style=host.settings.audience_style._replace(area="strip"))
        settings.change(audience_screen=dialog.chosen())
        host.ask("audience.show", "")

    dialog.accepted.connect(use)
    dialog.open()
