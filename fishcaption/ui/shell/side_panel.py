"""A panel beside the workspace, such as the phrases; in a narrow window it is a page in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_WIDE = 820  # pixels, at the usual text size, from which on the panel stands beside the text
_SHARE = 0.36  # of the width is the panel's


class Side(QObject):
    """Places one panel. The setting of the name `setting` says whether it is shown."""

    placed = Signal(bool)  # True if it is in sight

    def __init__(self, host: Host, splitter: QSplitter, panel: QWidget, setting: str) -> None:
        super().__init__(panel)
        self._host = host
        self._splitter = splitter
        self._panel = panel
        self._setting = setting
        self._is_page = False

    def is_shown(self) -> bool:
        """Return whether the panel is in sight."""
        if self._host.workspace is not self._host.text_workspace:
            return False
        if self._is_page:
            return self._host.text_workspace.shown_page() is self._panel
        return not self._panel.isHidden()

    def toggle(self) -> None:
        """Show the panel, or hide it."""
        if self._host.show_text() and self.is_shown():
            return
        if self._is_page:
            self._host.text_workspace.show_page(self._panel)
        else:
            self._host.services.settings.change(**{self._setting: not self._is_wanted()})

    def place(self, width: int) -> None:
        """Place the panel in a window of this width in pixels."""
        is_wide = width >= round(_WIDE * self._host.look.scale)
        workspace = self._host.text_workspace
        if is_wide and self._is_page:
            self._is_page = False
            if workspace.shown_page() is self._panel:
                workspace.show_page(self._panel)
            workspace.remove_page(self._panel)
        elif not is_wide and not self._is_page:
            self._is_page = True
            workspace.add_page(self._panel)
        if is_wide:
            if self._splitter.indexOf(self._panel) < 0:
                self._stand_beside()
            self._panel.setVisible(self._is_wanted())
        self.placed.emit(self.is_shown())

    def width(self) -> int:
        """Return the pixels that the panel takes beside the workspace."""
        index = self._splitter.indexOf(self._panel)
        return self._splitter.sizes()[index] if index >= 0 and self.is_shown() else 0

    def least_height(self) -> int:
        """Return the height in pixels that the panel needs beside the workspace."""
        is_beside = self._splitter.indexOf(self._panel) >= 0 and not self._panel.isHidden()
        return self._panel.minimumSizeHint().height() if is_beside else 0

    def _is_wanted(self) -> bool:
        return bool(getattr(self._host.settings, self._setting))

    def _stand_beside(self) -> None:
        splitter = self._splitter
        splitter.addWidget(self._panel)
        # a splitter puts what is added last first, and screen readers read it in that order
        for index in reversed(range(splitter.count())):
            if (part := splitter.widget(index)) is not None:
                part.lower()
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([round((1 - _SHARE) * splitter.width()), round(_SHARE * splitter.width())])
