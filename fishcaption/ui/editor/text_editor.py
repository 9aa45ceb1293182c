"""The editor: text is typed and pasted here; a document is lit in place while it is heard.

It handles keys, input methods, pasting and tags. `given_text` draws and protects what the voice was given of
the text. What Enter does to the voice is not decided here: the editor emits `speak_asked`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from fishcaption.core.speech import Span
from fishcaption.ui.editor.given_text import GivenText
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.fields import pasted_text, plain
from fishcaption.ui.widgets.longtext import OWN_FORMAT, LongText, Units
from fishcaption.ui.widgets.theme import Colors

if TYPE_CHECKING:
    from fishcaption.ui.editor.line_joiner import LineJoiner
    from fishcaption.ui.widgets.chips import ChipsAtCursor

BOUNCE_SECONDS = 0.2
"""A second Enter within this time, with no other key between, is a bouncing key or a trembling hand."""

_DOCUMENT_LENGTH = 300  # a pasted text of that length, or of several paragraphs, is read in place
_LATE_SECONDS = 0.3  # an input method that is reset answers sooner
_CLOSING = ".,;:!?…)]}”»"  # they replace the blank after an inserted suggestion

_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETES = (
    QKeySequence.StandardKey.Delete,
    QKeySequence.StandardKey.DeleteStartOfWord,
    QKeySequence.StandardKey.DeleteEndOfWord,
    QKeySequence.StandardKey.DeleteEndOfLine,
    QKeySequence.StandardKey.DeleteCompleteLine,
)


class Editor(LongText):
    """A plain text editor that can light words, and protect what was given to the voice."""

    speak_asked = Signal()
    pause_asked = Signal()
    refused = Signal()  # a key would have changed what is fixed
    nothing_came = Signal()  # the clipboard is empty, or its program did not answer
    word_ended = Signal()  # a blank or a mark was typed behind a word
    line_ending = Signal()  # a new line is about to be begun

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_speaks = True
        self.join_pasted_lines = True
        self.walk: Callable[[int], bool] | None = (
            None  # 1: an older text, -1: a newer one; returns whether there was one
        )
        self.take_suggestion: Callable[[], bool] | None = (
            None  # Tab: insert the first suggestion; returns whether there was one
        )
        self._is_program_change = False
        self._placeholder = ""
        self._entered_at: float | None = None  # the last Enter, until another key
        self._pasted = 0  # code points that were pasted since the editor was last empty
        self._joiner: LineJoiner | None = None  # while it joins the lines of a pasted text
        self._given = GivenText(self)
        self._is_reading = False  # the voice reads the whole text
        self._composition = _Composition(self)
        self._blank_at = -1  # the position after the blank of an inserted suggestion
        self.document().contentsChange.connect(self._given.on_contents_change)
        self.textChanged.connect(self._on_text_changed)

    # -- what the composer asks --------------------------------------------------------------------

    @contextmanager
    def program_change(self) -> Iterator[None]:
        """Mark all changes of the text within it as made by the program, not by the user."""
        before, self._is_program_change = self._is_program_change, True
        try:
            yield
        finally:
            self._is_program_change = before

    def is_program_change(self) -> bool:
        """Return whether the current change is the program's own."""
        return self._is_program_change

    def is_document(self) -> bool:
        """Return whether the text is read in place: it is mostly pasted, and not short."""
        if self.is_empty() or not self._pasted:
            return False
        length = self.document().characterCount()
        return 2 * self._pasted >= length and (length > _DOCUMENT_LENGTH or self.document().blockCount() > 1)

    def set_text(self, text: str, *, pasted: bool = False) -> None:
        """Replace all text; nothing can be undone. The cursor goes to the end."""
        self.clear()
        self.insert(self.textCursor(), text)
        self._pasted = len(text) if pasted else 0
        self.moveCursor(QTextCursor.MoveOperation.End)

    def exchange(self, text: str, *, pasted: bool = False) -> None:
        """Replace all text as one step of undo; nothing is protected then."""
        self.settle()
        self.release()
        self.insert(self.range(0, self.document().characterCount() - 1), text)
        self._pasted = len(text) if pasted else 0
        self.moveCursor(QTextCursor.MoveOperation.End)

    def take_text(self, start: str | None = None) -> None:
        """Remove this start of the text, or all of it; only that can be undone. Nothing is protected then."""
        self.settle()
        end = self.document().characterCount() - 1
        if start is not None:
            end = min(end, self.place(Units(start).before(len(start))))
        self.release()
        self.range(0, end).removeSelectedText()
        if start is not None:
            self.document().clearUndoRedoStacks()

    def mark_given(self, text: str, fixed_end: int, given_end: int) -> None:
        """Show what the voice has of the text while it is typed, and protect its start: `GivenText.mark`."""
        self._given.mark(text, fixed_end, given_end)

    def begin_reading(self, text: str) -> None:
        """Protect the whole text, which the voice is reading. `text` is what `text()` returned."""
        self._release()
        self._is_reading = True
        self._given.read(text)
        # the cursor stays, and can select and copy
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.follow_again()

    def before_cursor(self) -> str:
        """Return the text before the cursor in its line, or in a bounded part of the line."""
        cursor = self.textCursor()
        text, units = cursor.block().text(), cursor.positionInBlock()
        if not text.isascii():
            return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace")
        return text[:units]

    def replace_before(self, length: int, text: str) -> bool:
        """Replace `length` code points before the cursor in its line, as one step of undo.

        False where they cannot be changed.
        """
        before, end = self.before_cursor(), self.textCursor().position()
        start = end - _units_of(before[max(0, len(before) - length) :])
        if length > len(before) or start < self._given.fixed_at or not self.is_writable():
            return False
        self.insert(self.range(start, end), _cleaned(text))
        return True

    def complete(self, begun: int, word: str) -> bool:
        """Replace the beginning of a word by the word and a blank. A mark typed next removes the blank."""
        if not self.replace_before(begun, f"{word} "):
            return False
        self._blank_at = self.textCursor().position()
        self.ensureCursorVisible()
        return True

    def insert_tag(self, char: str) -> None:
        """Insert an expression tag at the cursor; a screen reader says its name."""
        if not self.is_writable():
            self.refused.emit()
            return
        self._step_out()
        self.insert(self.textCursor(), char)
        self.ensureCursorVisible()
        if self._chips is not None:
            announce(self, self._chips.name(char))

    def is_composing(self) -> bool:
        """Return whether an input method is composing letters that are not in the text yet."""
        return self._is_composing

    def settle_composition(self) -> None:
        """Put the letters that are being composed into the text, as shown."""
        if not self._is_composing:
            return
        # Qt's way to do it is to reset the input method: some then give the letters, some drop them
        composed = self._composition.text()
        event = QInputMethodEvent()
        event.setCommitString(composed)
        self.inputMethodEvent(event)
        self._composition.note_taken(composed)
        QGuiApplication.inputMethod().reset()

    def is_writable(self) -> bool:
        """Return whether text can be inserted now: it is not being read, and nothing is being composed."""
        return not self._is_reading and not self._is_composing

    def release(self) -> None:
        """Make all text a draft again: nothing is protected or lit."""
        self._release()
        self._given.draw()

    def is_reading(self) -> bool:
        """Return whether the whole text is being read in place."""
        return self._is_reading

    def light(self, word: Span | None) -> None:
        """Light this word of the text that the voice has, and only it."""
        place = self._given.light(word)
        if place is not None and self._is_reading:
            self.follow(place)

    def set_colors(self, colors: Colors) -> None:
        """Draw what is lit, what is sent and the tags in these colours."""
        self.color_chips(colors)
        self._given.set_colors(colors)

    def set_placeholder(self, text: str) -> None:
        """Set the words that the empty editor shows."""
        self._placeholder = text
        self.setPlaceholderText("" if self._is_composing else text)
        if self.isVisible():
            self.viewport().update()  # which Qt forgets when the words change

    def settle(self) -> None:
        super().settle()
        while self._joiner is not None:
            self._join_lines(self._joiner)

    def is_settled(self) -> bool:
        return super().is_settled() and self._joiner is None

    # -- inside ------------------------------------------------------------------------------------

    def _first_open(self) -> int:
        return self._given.fixed_at

    def _release(self) -> None:
        self._given.release()
        self.follow(None)
        if self._is_reading:
            self._is_reading = False
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)

    def _step_out(self) -> None:
        """Move the cursor or its selection to where text can be changed."""
        fixed, cursor = self._given.fixed_at, self.textCursor()
        if cursor.selectionStart() >= fixed:
            return
        if cursor.selectionEnd() > fixed:
            self.setTextCursor(self.range(fixed, cursor.selectionEnd()))
        else:
            self.moveCursor(QTextCursor.MoveOperation.End)

    def _new_line(self) -> None:
        self._step_out()
        self.line_ending.emit()
        self._break(self.textCursor(), "\n")
        self.ensureCursorVisible()

    def _enter(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        speaks = modifiers == Qt.KeyboardModifier.ControlModifier or (
            self.enter_speaks and modifiers == Qt.KeyboardModifier.NoModifier
        )
        if not speaks:
            if not self._is_reading:
                self._new_line()
            return
        now = monotonic()
        bounces = self._entered_at is not None and now - self._entered_at < BOUNCE_SECONDS
        self._entered_at = now
        if not event.isAutoRepeat() and not bounces:
            self.speak_asked.emit()

    def _join_lines(self, joiner: LineJoiner) -> None:
        grown = joiner.join_group()
        if grown is None:
            self._joiner = None
            self.textChanged.emit()  # for those who wait for the whole text
        else:
            self._pasted += grown

    def _on_coming(self) -> None:
        if not super().is_settled():
            super()._on_coming()
        elif self._joiner is not None:
            self._join_lines(self._joiner)
        if self.is_settled():
            self._coming_timer.stop()
        elif not self._coming_timer.isActive():
            self._coming_timer.start()

    def _break(self, cursor: QTextCursor, before: str) -> None:
        if before != "\n":
            self._given.expect_soft_break()
        super()._break(cursor, before)

    def _on_text_changed(self) -> None:
        if self._given.mend():
            self.refused.emit()
        if self.is_empty():
            self._pasted = 0

    def _tell_chips(self, key: int, chips: ChipsAtCursor) -> None:
        """Tell a screen reader which tag the key has passed or removed."""
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            words = chips.passed(self.textCursor().position())
        else:
            removed = chips.removed(backwards=key == Qt.Key.Key_Backspace)
            words = self.tr("{tag} removed").format(tag=removed) if removed else ""
        if words:
            announce(self, words)

    # -- Qt ----------------------------------------------------------------------------------------

    def focusNextPrevChild(self, next: bool) -> bool:
        if next and self.is_writable() and self.take_suggestion is not None and self.take_suggestion():
            return True
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTERS:
            event.accept()
            # an Enter that ends or edits a composition is the input method's, not ours
            if not self._is_composing:
                self.settle()
                self._enter(event)
            return
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self._entered_at = None
        if self._is_reading:
            self._read_key(event)
            return
        if self._given.is_fixed() and not self._may(event):
            event.accept()
            self.refused.emit()
            return
        if self._own_key(event):
            event.accept()
            return
        self._type_key(event)

    def _own_key(self, event: QKeyEvent) -> bool:
        """Up and Down at the edge of the text go through the history."""
        modifiers, key = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.key()
        if self._is_composing:
            return False
        if modifiers == Qt.KeyboardModifier.NoModifier and self.walk is not None:
            if key == Qt.Key.Key_Up and _is_on_edge_line(self.textCursor(), QTextCursor.MoveOperation.Up):
                return self.walk(1)
            if key == Qt.Key.Key_Down and _is_on_edge_line(self.textCursor(), QTextCursor.MoveOperation.Down):
                return self.walk(-1)
        return False

    def _type_key(self, event: QKeyEvent) -> None:
        text = event.text()
        if text != (untagged := _without_tags(text)):
            event.accept()  # no key is a tag
            self.insert(self.textCursor(), untagged)
            return
        chips = None
        if self._chips is not None:
            from fishcaption.ui.widgets.chips import ChipsAtCursor

            chips = ChipsAtCursor(self._chips, self.textCursor().position())
        if text and self._blank_at >= 0:
            if text in _CLOSING and self.textCursor().position() == self._blank_at:
                self.replace_before(1, "")
            self._blank_at = -1
        super().keyPressEvent(event)
        if chips is not None:
            self._tell_chips(event.key(), chips)
        self._tell_word_end(text)

    def _tell_word_end(self, typed: str) -> None:
        if typed and typed.isprintable() and not typed[-1].isalnum():
            self.word_ended.emit()

    def _read_key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            event.accept()
            self.pause_asked.emit()
        elif event.text().isprintable() and event.text() and not event.modifiers() & ~_SHIFT:
            event.accept()
            self.refused.emit()
        else:
            super().keyPressEvent(event)

    def _may(self, event: QKeyEvent) -> bool:
        """Return whether the key may act. If it writes into protected text, the cursor moves out first."""
        fixed, cursor = self._given.fixed_at, self.textCursor()
        if event.key() == Qt.Key.Key_Backspace or any(event.matches(key) for key in _DELETES):
            if cursor.hasSelection():
                self._step_out()
                return self.textCursor().hasSelection()
            backwards = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_U, Qt.Key.Key_W)
            if cursor.position() < fixed or (backwards and cursor.position() == fixed):
                return False
            if backwards and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                cursor.movePosition(QTextCursor.MoveOperation.PreviousWord)
                return cursor.position() >= fixed
            return True
        if event.matches(QKeySequence.StandardKey.Cut):
            self._step_out()
            return self.textCursor().hasSelection()
        if event.matches(QKeySequence.StandardKey.Paste) or (event.text() and event.text().isprintable()):
            self._step_out()
        return True

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if self._is_reading:
            event.accept()
            return
        if event.preeditString() or event.commitString():
            self._entered_at = None
            if self._given.is_fixed():
                self._step_out()
        committed = event.commitString()
        if (committed or event.preeditString()) and self._composition.is_given_again(committed):
            event.setCommitString("")
            committed = ""
        if committed != (clean := plain(committed)):
            event.setCommitString(clean, event.replacementStart(), event.replacementLength())
        self.setPlaceholderText("" if event.preeditString() else self._placeholder)
        super().inputMethodEvent(event)
        self._tell_word_end(committed)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._is_composing and not self._composition.is_at(event.position()):
            self.settle_composition()
        super().mousePressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return super().canInsertFromMimeData(source) or source.hasFormat(OWN_FORMAT)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if self._is_reading:
            return
        if not source.formats():  # no further question: see `pasted_text`
            self.nothing_came.emit()
            return
        if source.hasFormat(OWN_FORMAT):
            text = _cleaned(bytes(source.data(OWN_FORMAT).data()).decode("utf-8", "replace"))
        else:
            text = pasted_text(source)
        if not text:
            return
        self.settle()
        self._step_out()
        start = self.textCursor().selectionStart()
        self.insert(self.textCursor(), text)
        self._pasted += len(text)
        if self.join_pasted_lines and "\n" in text:
            from fishcaption.ui.editor.line_joiner import GROUP_LENGTH, LineJoiner

            self._joiner = LineJoiner(self, start, text)
            if len(text) <= GROUP_LENGTH:
                self.settle()
            else:
                self._coming_timer.start()
        self.ensureCursorVisible()

    def dropEvent(self, event: QDropEvent) -> None:
        if not self._is_reading:
            super().dropEvent(event)


class _Composition:
    """The letters of an input method that stand at the cursor and are not of the text yet."""

    def __init__(self, view: Editor) -> None:
        self._view = view
        self._taken = ("", 0.0)  # what was put into the text without the input method, and when

    def text(self) -> str:
        """Return the letters as they are shown."""
        return self._view.textCursor().block().layout().preeditAreaText()

    def note_taken(self, text: str) -> None:
        """Remember that the letters were put into the text: the input method may still give them again."""
        self._taken = (text, monotonic())

    def is_given_again(self, text: str) -> bool:
        """Return whether the input method repeats the text that was just taken; true only once."""
        (taken, at), self._taken = self._taken, ("", 0.0)
        return bool(text) and text == taken and monotonic() - at < _LATE_SECONDS

    def is_at(self, point: QPointF) -> bool:
        """Return whether a letter is drawn at this point of the viewport."""
        view = self._view
        block, place = view.textCursor().block(), view.textCursor().positionInBlock()
        line = block.layout().lineForTextPosition(place)
        ends = (place, place + len(self.text()))
        # the stubs do not know that the second of the pair comes back, too
        first, last = sorted(cast("tuple[float, int]", line.cursorToX(at))[0] for at in ends)
        box = view.blockBoundingGeometry(block).translated(view.contentOffset())
        top = box.top() + line.y()
        return first <= point.x() - box.left() <= last and top <= point.y() <= top + line.height()


def _is_on_edge_line(cursor: QTextCursor, towards: QTextCursor.MoveOperation) -> bool:
    """Return whether there is no line above, or below, the one that the cursor is in."""
    if cursor.hasSelection():
        return False
    block = cursor.block()
    line = block.layout().lineForTextPosition(cursor.positionInBlock())
    number = line.lineNumber() if line.isValid() else 0
    if towards == QTextCursor.MoveOperation.Up:
        return number == 0 and not block.previous().isValid()
    return number >= block.layout().lineCount() - 1 and not block.next().isValid()


_SHIFT = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def _without_tags(text: str) -> str:
    if text.isascii():
        return text
    from fishcaption.core.text.tags import without_tags

    return without_tags(text)


def _cleaned(text: str) -> str:
    """Return the cleaned text; it is ours, so its tags stay."""
    if text.isascii() and text.isprintable():
        return text
    from fishcaption.core.text.incoming import cleaned

    return cleaned(text)


def _units_of(text: str) -> int:
    return Units(text).before(len(text))
