"""The history as a feature: it shows its page in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.store.history import History
    from fishcaption.ui.history.page import HistoryPage


class HistoryController(Feature):
    """Shows the history, and switches “off the record” on and off."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.page: HistoryPage | None = None
        self._history: History | None = host.stores.history if host.stores is not None else None
        if self._history is None:
            return
        self._unsubscribe = host.services.settings.subscribe(
            lambda settings: settings.off_record, self._on_record
        )
        tr = self.tr
        host.commands.add(
            Action("text.history", tr("History"), self._on_history, Group.TEXT, ("Ctrl+H",), in_menu=True),
            Action("window.off_record", tr("Off the record: save nothing"), self._on_off_record,
                   Group.WINDOW, ("Ctrl+Shift+O",), in_menu=True, checked=self._is_off_record),
        )  # fmt: skip

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        if self.page is not None:
            self.page.set_look(look)

    def leave(self) -> None:
        """Clean up: the window is closed."""
        if self._history is not None:
            self._unsubscribe()
        if self.page is not None:
            self.page.leave()

    def _is_off_record(self) -> bool:
        return self.host.settings.off_record

    def _on_off_record(self) -> None:
        is_off = not self._is_off_record()
        self.host.services.settings.change(off_record=is_off)
        self.host.notice(
            self.tr(
                "Off the record: nothing that you type or say is saved. Text that is not spoken is lost "
                "when you close the window."
            )
            if is_off
            else self.tr("What you type is saved again, and what is spoken is added to the history.")
        )

    def _on_record(self, _before: bool, is_off: bool) -> None:
        if self.page is not None:
            self.page.show_record(is_off)

    def _on_history(self) -> None:
        workspace = self.host.text_workspace
        if self.page is None:
            from fishcaption.ui.history.page import HistoryPage

            assert self._history is not None
            page = self.page = HistoryPage(self._history, self.host.look)
            page.say_asked.connect(workspace.playback.say)
            page.edit_asked.connect(workspace.bring)
            page.phrase_asked.connect(self._on_phrase)
            page.record_asked.connect(self._on_off_record)
            page.closed.connect(self._on_history)
            page.show_record(self._is_off_record())
        if self.host.show_text() and workspace.shown_page() is self.page:
            return
        workspace.show_page(self.page)

    def _on_phrase(self, text: str) -> None:
        self.host.ask("phrases.keep", text)
