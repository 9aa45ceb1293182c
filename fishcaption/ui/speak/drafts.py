"""An exchange of the editor's text with a held one: one undo takes it back whole, one redo does it again."""

from __future__ import annotations

from fishcaption.store.parked import Parked, ParkedText
from fishcaption.ui.speak.editor import Editor


class Exchange:
    """`before` made way for `after`, in one step of the editor's undo.

    `kept` is what `before` is held as since then; `is_taken`: `after` was held, and is not any more. Whatever
    the user undoes, each text stands in the editor or is held, and not both.
    """

    def __init__(
        self, parked: Parked | None, before: str, after: str, *, kept: ParkedText | None, is_taken: bool
    ) -> None:
        self._parked = parked
        self._before = before
        self._after = after
        self._kept = kept
        self._is_taken = is_taken
        self._given_back: ParkedText | None = None
        self._is_undone = False
        self.is_over = False  # it can neither be undone nor redone any more

    def look(self, editor: Editor) -> bool:
        """The editor's text has changed; whether the exchange was undone or redone by that."""
        if not self._is_undone:
            if not editor.document().isRedoAvailable() or editor.text() != self._before:
                return False
            self._undo()
        elif editor.text() == self._after:
            self._redo()
        else:
            # what is written instead of a redo ends it
            self.is_over = not editor.document().isRedoAvailable()
            return False
        self._is_undone = not self._is_undone
        return True

    def _undo(self) -> None:
        if self._parked is None:
            return
        if self._kept is not None:
            self._parked.remove(self._kept.id)
        if self._is_taken and self._after.strip():
            self._given_back = self._parked.park(self._after)

    def _redo(self) -> None:
        if self._parked is None:
            return
        if self._given_back is not None:
            self._parked.remove(self._given_back.id)
        if self._kept is not None:
            self._kept = self._parked.park(self._before)
