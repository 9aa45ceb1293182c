"""Small pictures of voices: those in sight are fetched, a few at a time; the list never waits for one."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.catalog import VoiceEntry

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from fishcaption.ui.voice_ports import VoiceService

_MOST = 300  # in memory
_AT_ONCE = 4
_MOST_WAITING = 24  # more than are in sight: what has scrolled away is not fetched


class Covers(QObject):
    """The pictures by their addresses; `arrived` tells when another one can be drawn."""

    arrived = Signal()

    def __init__(self, voices: VoiceService, parent: QObject) -> None:
        super().__init__(parent)
        self._voices = voices
        self._pixmaps: OrderedDict[str, QPixmap | None] = OrderedDict()  # None: there is none
        self._waiting: list[VoiceEntry] = []
        self._asked: set[str] = set()
        self._side = 0
        self._is_over = False

    def set_side(self, pixels: int) -> None:
        """Have pictures of so many device pixels."""
        self._side = pixels

    def end(self) -> None:
        """Ask for no more."""
        self._is_over = True
        self._waiting.clear()

    def pixmap(self, entry: VoiceEntry) -> QPixmap | None:
        """Return the picture if it is here; it is fetched if not."""
        url = entry.cover_url
        if not url:
            return None
        if url in self._pixmaps:
            self._pixmaps.move_to_end(url)
            return self._pixmaps[url]
        if url not in self._asked and not self._is_over:
            self._waiting = [one for one in self._waiting if one.cover_url != url][-_MOST_WAITING:]
            self._waiting.append(entry)
            self._ask()
        return None

    def _ask(self) -> None:
        while self._waiting and len(self._asked) < _AT_ONCE:
            entry = self._waiting.pop()  # what was drawn last is in sight
            self._asked.add(entry.cover_url)
            self._voices.cover(entry, self._side, partial(self._on_cover, entry.cover_url))

    def _on_cover(self, url: str, answer: QImage | FishCaptionError) -> None:
        if self._is_over:
            return
        self._asked.discard(url)
        self._pixmaps[url] = None if isinstance(answer, FishCaptionError) else QPixmap.fromImage(answer)
        while len(self._pixmaps) > _MOST:
            self._pixmaps.popitem(last=False)
        self._ask()
        self.arrived.emit()
