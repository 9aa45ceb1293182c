"""Drafts: the text in the editor that was not given to the voice yet, and the texts that take its place.

The draft is on disk a moment after every key. It can be held (put aside) and taken back, and the texts of the
history can be brought into an empty editor, one after the other.

A text that comes into the editor from elsewhere (the draft of last time, a held text, one of the history)
waits there for Enter in every mode, however it is changed: nothing is spoken that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak.live_typing import LiveTyping

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.store.held_texts import HeldText, HeldTexts
    from fishcaption.store.journal import Journal

_SAVE_MS = 40  # after a key the draft goes to the journal: on disk within 250 ms also if the window is busy
_SAVE_LONG_MS = 150  # the same for a long draft, which takes some ms to read
_LONG = 100_000  # UTF-16 units
_DOCUMENT_LENGTH = 1000  # code points; a longer text that comes back is taken for a document


class Drafts(QObject):
    """The draft; the only class that writes its file and holds texts."""

    noticed = Signal(str)  # a sentence for the status line
    failed = Signal(object)  # a FishCaptionError of the journal; emitted from its thread

    def __init__(self, editor: Editor, live: LiveTyping, journal: Journal) -> None:
        super().__init__()
        self.held: HeldTexts | None = None
        self.history: Callable[[int], str | None] = _no_history  # 0 is the newest text
        self._editor = editor
        self._live = live
        self._journal = journal
        self._exchange: Exchange | None = None  # the last one, while it can be undone or redone
        self._history_place: int | None = None  # the editor shows this text of the history, unchanged
        self._save_soon = QTimer(self, singleShot=True)
        self._save_soon.timeout.connect(self._on_save)
        journal.on_error = self.failed.emit

    def close(self) -> None:
        """Save the draft, and close the journal."""
        self._save()
        self._journal.close()

    # -- on disk -----------------------------------------------------------------------------------

    def restore(self) -> bool:
        """Put the draft of last time into the empty editor; return whether there was one."""
        text = self._journal.restore()
        if text:
            self._show(text)
        return bool(text)

    def another_journal(self, path: Path) -> Journal:
        """Return a journal for a text that is written elsewhere; one thread writes both, in order."""
        return self._journal.another(path)

    def save_soon(self) -> None:
        """Save the draft soon, because it has changed. While the user types it is saved at the same pace."""
        if not self._save_soon.isActive():
            is_long = self._editor.document().characterCount() > _LONG
            self._save_soon.start(_SAVE_LONG_MS if is_long else _SAVE_MS)

    def _on_save(self) -> None:
        if self._editor.is_settled():
            self._save()
        else:  # a long paste is not hurried for it
            self._save_soon.start()

    def _save(self) -> None:
        self._save_soon.stop()
        self._journal.keep(self._editor.text())

    # -- where the text came from ------------------------------------------------------------------

    def is_from_history(self) -> bool:
        """Return whether the editor shows a text of the history, unchanged."""
        return self._history_place is not None

    def was_spoken(self) -> None:
        """The draft was given to the voice: the next text is a new draft."""
        self._history_place = None
        self._live.wait_for_enter(False)

    def was_written_on(self) -> bool:
        """The user has changed the text; return whether that has undone or redone an exchange.

        Then the text waits for Enter, as it did before.
        """
        self._history_place = None
        if self._exchange is None:
            return False
        has_exchanged = self._exchange.look(self._editor)
        if self._exchange.is_over:
            self._exchange = None
        if has_exchanged:
            self._came_from_elsewhere(self._editor.text())
        return has_exchanged

    # -- other texts -------------------------------------------------------------------------------

    def walk(self, step: int) -> bool:
        """Put an older text of the history (1) or a newer one (-1) into the editor, and empty it at the end.

        False where the editor holds a draft, which is not touched, or where there is no such text.
        """
        if self._editor.is_reading() or self._live.number() is not None:
            return False
        if self._history_place is None and not self._editor.is_empty():
            return False
        place = (-1 if self._history_place is None else self._history_place) + step
        if place < -1 or step == 0:
            return False
        text = "" if place == -1 else self.history(place)
        if text is None:
            return False
        self._show(text)
        self._history_place = place if place >= 0 else None
        return True

    def hold(self) -> bool:
        """Hold the draft: put it aside. A text typed live ends where it can no longer be stopped.

        False where there is no draft, or nowhere to hold it.
        """
        draft = self._live.unheard_text()
        if self.held is None or not draft.strip() or self._editor.is_reading():
            self.noticed.emit(
                self.tr("This text is being read. Press Esc to stop and change it.")
                if self._editor.is_reading()
                else self.tr("There is no draft to hold: type something first.")
            )
            return False
        self._replace(draft, "", held_draft=self.held.hold(draft))
        return True

    def take(self, number: int) -> bool:
        """Put the held text with this id back into the editor; a draft there is held instead.

        False where it is gone, or a text is being read in the editor.
        """
        if self.held is None or self._editor.is_reading():
            return False
        try:
            text = self.held.take(number)
        except KeyError:
            return False
        self.bring(text, is_taken=True)
        return True

    def bring(self, text: str, *, is_taken: bool = False) -> None:
        """Put a text into the editor, to be edited, or spoken with Enter; a draft there is held.

        One undo takes both back. `is_taken`: the text exists nowhere else, and an undo holds it.
        """
        draft = self._live.unheard_text()
        held_draft = None
        if draft.strip() and self._history_place is None:
            if self.held is not None:
                held_draft = self.held.hold(draft)
            else:
                text = f"{text}\n{draft}"
        self._replace(draft, text, held_draft=held_draft, is_taken=is_taken)

    def hold_incoming(self, text: str) -> bool:
        """Hold a text that cannot come into the editor now; False where there is nowhere to hold it."""
        if self.held is None:
            return False
        self.held.hold(text)
        self.noticed.emit(self.tr("A new text has arrived. It is among the held texts."))
        return True

    def _replace(self, draft: str, text: str, *, held_draft: HeldText | None, is_taken: bool = False) -> None:
        """Replace the draft by this text, as one step of undo."""
        self._live.end()
        with self._editor.program_change():
            if self._editor.text() != draft:  # an undo does not bring back what was heard of it
                self._editor.set_text(draft)
            self._editor.exchange(text, pasted=len(text) > _DOCUMENT_LENGTH)
        self._exchange = Exchange(self.held, draft, text, held_draft=held_draft, is_taken=is_taken)
        self._came_from_elsewhere(text)

    def _show(self, text: str) -> None:
        with self._editor.program_change():
            self._editor.set_text(text, pasted=len(text) > _DOCUMENT_LENGTH)
        self._exchange = None
        self._came_from_elsewhere(text)

    def _came_from_elsewhere(self, text: str) -> None:
        self._history_place = None
        self._live.wait_for_enter(bool(text))


class Exchange:
    """A text that replaced another in the editor: one undo takes it back, one redo does it again.

    `after` replaced `before` in one step of the editor's undo. `held_draft` is the held text of `before`;
    `is_taken`: `after` was held until then. Whatever the user undoes, each text is in the editor or held, and
    not both.
    """

    def __init__(
        self, held: HeldTexts | None, before: str, after: str, *, held_draft: HeldText | None, is_taken: bool
    ) -> None:
        self._held = held
        self._before = before
        self._after = after
        self._held_draft = held_draft
        self._is_taken = is_taken
        self._given_back: HeldText | None = None
        self._is_undone = False
        self.is_over = False  # it can neither be undone nor redone any more

    def look(self, editor: Editor) -> bool:
        """Follow a change of the editor's text; return whether it has undone or redone the exchange."""
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
        if self._held is None:
            return
        if self._held_draft is not None:
            self._held.remove(self._held_draft.id)
        if self._is_taken and self._after.strip():
            self._given_back = self._held.hold(self._after)

    def _redo(self) -> None:
        if self._held is None:
            return
        if self._given_back is not None:
            self._held.remove(self._given_back.id)
        if self._held_draft is not None:
            self._held_draft = self._held.hold(self._before)


def _no_history(_place: int) -> None:
    return None
