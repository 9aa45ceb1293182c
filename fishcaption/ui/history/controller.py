"""What the window keeps: held texts in a row above the text, the history in the place of the transcript.

What has ended is added to the history here. The window lays out `row`, shows the page it is asked for, and
adds `actions` to its commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fishcaption.core.speech import UtteranceView
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.shell.dialog_launcher import DialogLauncher
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.parked import ParkedRow
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.history.page import HistoryPage
    from fishcaption.ui.ports import Speaker, Stores


class HistoryController(QObject):
    """Held texts and history. `leave` comes when the window is closed."""

    noticed = Signal(str)  # a sentence for the status line
    resized = Signal()  # the row has come, gone, or changed its height
    page_asked = Signal(QWidget)  # show this page, or the transcript again if it is shown
    editor_asked = Signal()  # the hands go back to the text
    record_asked = Signal()  # off the record, or on it again

    def __init__(self, stores: Stores, reader: Speaker, composer: Composer, dialogs: DialogLauncher) -> None:
        super().__init__(dialogs)
        self._stores = stores
        self._composer = composer
        self._dialogs = dialogs
        self._look: Look | None = None
        self._is_off_record = False
        self.page: HistoryPage | None = None
        self.row = ParkedRow(stores.parked)
        self.row.take_asked.connect(self._on_take)
        self.row.forget_asked.connect(stores.parked.remove)
        self.row.forget_all_asked.connect(self._on_forget_held)
        composer.drafts.held = stores.parked
        composer.drafts.history = self._older
        self._unsubscribers = [
            stores.parked.subscribe(self._on_parked),
            reader.subscribe_ended(self._on_ended),
        ]

    def actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        tr, text = self.tr, Group.TEXT
        in_empty = tr("in the empty text")
        return (
            Action("text.hold", tr("Hold that thought: put the draft aside"), self.hold, text, ("Ctrl+D",)),
            Action("text.take", tr("Take back the text that was held last"), self._on_take_last, text,
                   ("Ctrl+Shift+D",), enabled=self._has_held, in_menu=True),
            Action("text.older", tr("An older text of the history"), self._on_older, text,
                   always=("Up",), where=in_empty),
            Action("text.newer", tr("A newer text of the history"), self._on_newer, text,
                   always=("Down",), where=in_empty),
            Action("text.history", tr("History"), self._on_history, text, ("Ctrl+H",), in_menu=True),
            Action("window.off_record", tr("Off the record: write nothing down"), self.record_asked.emit,
                   Group.WINDOW, ("Ctrl+Shift+O",), in_menu=True, checked=self._off_record),
        )  # fmt: skip

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._look = look
        self.row.set_look(look)
        if self.page is not None:
            self.page.set_look(look)

    def show_record(self, is_off: bool) -> None:
        """What is said is written down, or not."""
        self._is_off_record = is_off
        if self.page is not None:
            self.page.show_record(is_off)

    def leave(self) -> None:
        """The window is closed."""
        for unsubscribe in self._unsubscribers:
            unsubscribe()
        if self.page is not None:
            self.page.leave()

    def hold(self) -> None:
        """Put the draft aside."""
        if self._composer.drafts.hold():
            self.noticed.emit(
                self.tr("Held until the window is closed: nothing is written down.")
                if self._is_off_record
                else self.tr("Held. Its button stands above the text.")
            )
        self.editor_asked.emit()

    # -- held texts --------------------------------------------------------------------------------

    def _has_held(self) -> bool:
        return bool(self._stores.parked.texts())

    def _on_take(self, number: int) -> None:
        self._composer.drafts.take(number)
        self.editor_asked.emit()

    def _on_take_last(self) -> None:
        if texts := self._stores.parked.texts():
            self._on_take(texts[0].id)
        else:
            self.noticed.emit(self.tr("Nothing is held."))

    def _on_forget_held(self) -> None:
        self._dialogs.ask(
            self.tr("Held texts"),
            self.tr("Forget all held texts for good?"),
            self.tr("Forget them"),
            self._forget_held,
        )

    def _forget_held(self) -> None:
        for text in self._stores.parked.texts():
            self._stores.parked.remove(text.id)

    def _on_parked(self) -> None:
        self.row.fill()
        self.resized.emit()

    # -- the history -------------------------------------------------------------------------------

    def _older(self, place: int) -> str | None:
        entries = self._stores.history.entries()
        return entries[place].text if place < len(entries) else None

    def _on_older(self) -> None:
        self._composer.drafts.walk(1)

    def _on_newer(self) -> None:
        self._composer.drafts.walk(-1)

    def _on_ended(self, view: UtteranceView) -> None:
        name = view.voice.name if view.voice is not None else ""
        self._stores.history.add(view.text, view.sounded_end, view.fate, name)

    def _off_record(self) -> bool:
        return self._is_off_record

    def _on_history(self) -> None:
        if self.page is None:
            from fishcaption.ui.history.page import HistoryPage

            assert self._look is not None
            page = self.page = HistoryPage(self._stores.history, self._look)
            page.say_asked.connect(self._composer.say)
            page.edit_asked.connect(self._on_edit_again)
            page.phrase_asked.connect(self._dialogs.phrase_asked)
            page.record_asked.connect(self.record_asked)
            page.closed.connect(self._on_history)
            page.show_record(self._is_off_record)
        self.page_asked.emit(self.page)

    def _on_edit_again(self, text: str) -> None:
        self._composer.drafts.bring(text)
        self.editor_asked.emit()
