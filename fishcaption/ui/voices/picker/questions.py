"""Questions to the service for the list of voices: page by page, and only the newest one counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fishcaption.core.errors import FishCaptionError, Unauthorized
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, VoiceState, pasted_id

if TYPE_CHECKING:
    from fishcaption.ui.voice_ports import VoiceService

_MOST_VAIN_PAGES = 3  # in a row that held nothing new: then the service goes in circles


class Questions(QObject):
    """Asks for a query, and for more of it. Its attributes tell how that stands."""

    begun = Signal()  # another query: what was found for the last one is over
    found = Signal(tuple)  # of VoiceEntry, more of the library
    own_found = Signal(tuple)  # of VoiceEntry, all of the user's own
    changed = Signal()  # the state is another

    def __init__(self, voices: VoiceService, parent: QObject) -> None:
        super().__init__(parent)
        self._voices = voices
        self._query = VoiceQuery()
        self._number = 0  # of the question; an answer to an older one is dropped
        self._cancels: list[Callable[[], None]] = []
        self._vain = 0
        self.is_asking = False
        self.has_more = False
        self.is_cut_short = False
        self.is_offline = False  # what is shown was seen before
        self.needs_key = False
        self.total: int | None = None
        self.error: FishCaptionError | None = None

    def ask(self, query: VoiceQuery) -> None:
        """Ask for this; what is still asked is cancelled."""
        self.drop()
        self._query = query._replace(page=0)
        self._vain = 0
        self.has_more = self.is_cut_short = self.is_offline = self.needs_key = False
        self.total = self.error = None
        self.begun.emit()
        if id_ := pasted_id(query.title):
            self.is_asking = True
            self._voices.look_up(Voice("fish", id_, id_), partial(self._on_looked_up, self._number))
        else:
            own = self._voices.account_voices(query, partial(self._on_own, self._number))
            self._cancels.append(own)
            self._ask_page()
        self.changed.emit()

    def more(self) -> None:
        """Ask for the next page, if there is one and none is asked for."""
        if self.has_more and not self.is_asking:
            self._ask_page()
            self.changed.emit()

    def drop(self) -> None:
        """Cancel what is asked; its answers are not waited for."""
        self._number += 1
        self.is_asking = False
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()

    def note_new(self, count: int) -> None:
        """Take note of how many voices of the last page were new to the list."""
        self._vain = 0 if count else self._vain + 1
        if self._vain >= _MOST_VAIN_PAGES:
            self.has_more = False

    def _ask_page(self) -> None:
        self.is_asking = True
        self._query = self._query._replace(page=self._query.page + 1)
        self._cancels.append(self._voices.search(self._query, partial(self._on_page, self._number)))

    def _on_page(self, number: int, answer: VoicePage | FishCaptionError) -> None:
        if number != self._number:
            return
        if isinstance(answer, FishCaptionError):
            self._fail(answer)
            return
        self.is_asking = False
        self.error = None
        self.has_more = answer.has_more
        self.is_cut_short = answer.is_cut_short
        self.total = answer.total
        self.found.emit(answer.entries)
        self.changed.emit()

    def _fail(self, error: FishCaptionError) -> None:
        self.is_asking = self.has_more = False
        self.error = error
        self.needs_key = self.needs_key or isinstance(error, Unauthorized)
        if self._query.page == 1:
            self.is_asking = self.is_offline = True
            self._voices.seen_voices(self._query, partial(self._on_seen, self._number))
        self.changed.emit()

    def _on_seen(self, number: int, answer: tuple[VoiceEntry, ...] | FishCaptionError) -> None:
        if number != self._number:
            return
        self.is_asking = False
        if not isinstance(answer, FishCaptionError):
            own = tuple(entry for entry in answer if entry.is_own)
            if own:
                self.own_found.emit(own)
            self.found.emit(tuple(entry for entry in answer if not entry.is_own))
        self.changed.emit()

    def _on_own(self, number: int, answer: tuple[VoiceEntry, ...] | FishCaptionError) -> None:
        if number != self._number:
            return
        if isinstance(answer, FishCaptionError):  # the library's answer tells of all others
            self.needs_key = self.needs_key or isinstance(answer, Unauthorized)
        else:
            self.own_found.emit(answer)
        self.changed.emit()

    def _on_looked_up(self, number: int, answer: VoiceEntry | FishCaptionError) -> None:
        if number != self._number:
            return
        self.is_asking = False
        if isinstance(answer, FishCaptionError):
            self.error = answer
            self.needs_key = isinstance(answer, Unauthorized)
        elif answer.state is not VoiceState.GONE:
            self.found.emit((answer,))
        self.changed.emit()
