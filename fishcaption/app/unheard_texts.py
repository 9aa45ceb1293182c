"""The texts that were given to the voice and not heard, on disk: the next start holds them."""

from __future__ import annotations

from fishcaption.core.speech import Fate, UtteranceView
from fishcaption.reader import Reader
from fishcaption.store.held_texts import Unheard


class UnheardTexts:
    """Keeps the file of unheard texts in step with a reader; `look` is called whenever the reader tells.

    A text stands there while it waits or is spoken, and after a failure while it can be tried again. Text
    that is being typed live stands in the draft.
    """

    def __init__(self, reader: Reader, unheard: Unheard) -> None:
        self._reader = reader
        self._unheard = unheard
        self._on_disk: tuple[int, ...] = ()  # numbers of the utterances whose text stands there

    def look(self) -> None:
        """Write what is unheard now."""
        snapshot = self._reader.snapshot()
        views = {view.id: view for view in map(self._view, (*self._on_disk, *snapshot.waiting)) if view}
        if snapshot.current is not None:
            views[snapshot.current.id] = snapshot.current
        texts = {
            number: view.text
            for number, view in sorted(views.items())
            if not view.live
            and (
                view.fate in (Fate.WAITING, Fate.SPEAKING)
                or (view.error is not None and snapshot.error is not None)
            )
        }
        self._on_disk = tuple(texts)
        self._unheard.keep(tuple(texts.items()))

    def _view(self, number: int) -> UtteranceView | None:
        try:
            return self._reader.utterance(number)
        except KeyError:  # the reader remembers only so many
            return None
