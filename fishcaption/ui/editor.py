"""The editor: where text is written, pasted, and, if it is a document, lit in place while it is heard.

It knows keys, input methods, pasting and which part of the text is fixed. What an Enter does to the voice, it
does not: it says `speak_asked`.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDropEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from fishcaption.core.speech import Span
from fishcaption.ui.longtext import LongText, Units
from fishcaption.ui.theme import Colors

BOUNCE_SECONDS = 0.2
"""A second Enter so soon after the first, no other key between, is a bouncing key or a trembling hand."""

_DOCUMENT_LENGTH = 300  # a pasted text of that length, or of several paragraphs, is read in place
_JOIN_GROUP = 8_000  # code points of pasted lines that are looked at in one go

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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_speaks = True
        self.join_pasted_lines = True
        self._placeholder = ""
        self._entered_at: float | None = None  # the last Enter, until another key
        self._pasted = 0  # code points that were pasted since the editor was last empty
        self._joining: Iterator[tuple[str, str]] | None = (
            None  # groups of pasted lines, as they are and joined
        )
        self._join_at = QTextCursor()
        self._has_joined = False
        # what is fixed: given to the voice while it is typed (`sent`), or as a whole (`reading`)
        self._sent_text = ""
        self._units = Units()
        self._fixed = QTextCursor(self.document())
        self._fixed.setKeepPositionOnInsert(True)
        self._is_reading = False
        self._is_broken_into = False
        self._has_split = False
        self._lit: Span | None = None
        self._lit_format = QTextCharFormat()
        self._sent_format = QTextCharFormat()
        self.document().contentsChange.connect(self._on_contents_change)
        self.textChanged.connect(self._on_text_changed)

    # -- what the composer asks --------------------------------------------------------------------

    def is_document(self) -> bool:
        """Whether the text is one to be read in place: mostly pasted, and more than a remark."""
        if self.is_empty() or not self._pasted:
            return False
        length = self.document().characterCount()
        return 2 * self._pasted >= length and (length > _DOCUMENT_LENGTH or self.document().blockCount() > 1)

    def set_text(self, text: str, *, pasted: bool = False) -> None:
        """Have this text and nothing to undo; the cursor stands at its end."""
        self.clear()
        self.insert(self.textCursor(), text)
        self._pasted = len(text) if pasted else 0
        self.moveCursor(QTextCursor.MoveOperation.End)

    def take_text(self, start: str | None = None) -> None:
        """Remove this start of the text, or all of it; only that can be undone. Nothing is fixed then."""
        self.settle()
        end = self.document().characterCount() - 1
        if start is not None:
            end = min(end, self.place(Units(start).before(len(start))))
        self.release()
        self.range(0, end).removeSelectedText()
        if start is not None:
            self.document().clearUndoRedoStacks()

    def fix(self, text: str, end: int) -> None:
        """What is sent of the text while it is typed: its first `end` code points. They only grow."""
        if end <= len(self._sent_text):
            return
        more = text[len(self._sent_text) : end]
        self._units.append(more)
        self._sent_text += more
        self._fixed.setPosition(self.place(self._units.before(end)))
        # an undo must not reach into what was sent
        self.document().clearUndoRedoStacks()
        self._draw()

    def begin_reading(self, text: str) -> None:
        """Protect the whole text, which the voice is reading. `text` is what `text()` returned."""
        self._release()
        self._is_reading = True
        self._units = Units(text)
        # the cursor stays, and can select and copy
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.follow_again()

    def release(self) -> None:
        """Nothing is fixed or lit any more: all of it is a draft again."""
        self._release()
        self._draw()

    def is_reading(self) -> bool:
        """Whether the whole text is being read in place."""
        return self._is_reading

    def light(self, word: Span | None) -> None:
        """Light this word of the fixed text, and only it."""
        if word == self._lit:
            return
        self._lit = word
        self._draw()
        if word is not None and self._is_reading:
            self.follow(self.place(self._units.before(word.start)))

    def set_colors(self, colors: Colors) -> None:
        """Draw what is lit and what is sent in these colours."""
        self._lit_format = QTextCharFormat()
        self._lit_format.setBackground(QColor(colors.lit))
        self._lit_format.setForeground(QColor(colors.on_lit))
        self._lit_format.setFontUnderline(True)
        self._sent_format = QTextCharFormat()
        self._sent_format.setBackground(QColor(colors.sent))
        self._sent_format.setForeground(QColor(colors.on_sent))
        self._sent_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self._draw()

    def set_placeholder(self, text: str) -> None:
        """What stands in the empty editor."""
        self._placeholder = text
        self.setPlaceholderText("" if self._is_composing else text)
        if self.isVisible():
            self.viewport().update()  # which Qt forgets if one text takes the other's place

    def settle(self) -> None:
        super().settle()
        while self._joining is not None:
            self._join_group()

    def is_settled(self) -> bool:
        return super().is_settled() and self._joining is None

    # -- inside ------------------------------------------------------------------------------------

    def _release(self) -> None:
        self._sent_text = ""
        self._units = Units()
        self._fixed.setPosition(0)
        self._lit = None
        self.follow(None)
        if self._is_reading:
            self._is_reading = False
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)

    def _draw(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        if self._sent_text:
            marks.append(self._mark(0, self._fixed.position(), self._sent_format))
        if self._lit is not None:
            start, end = (self.place(self._units.before(point)) for point in (self._lit.start, self._lit.end))
            marks.append(self._mark(start, end, self._lit_format))
        self.setExtraSelections(marks)

    def _mark(self, start: int, end: int, style: QTextCharFormat) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = self.range(start, end)
        cursor.setKeepPositionOnInsert(True)  # what is typed at its end is not part of it
        mark.cursor = cursor
        mark.format = style
        return mark

    def _step_out(self) -> None:
        """Move the cursor or its selection to where text may be changed."""
        fixed, cursor = self._fixed.position(), self.textCursor()
        if cursor.selectionStart() >= fixed:
            return
        if cursor.selectionEnd() > fixed:
            self.setTextCursor(self.range(fixed, cursor.selectionEnd()))
        else:
            self.moveCursor(QTextCursor.MoveOperation.End)

    def _new_line(self) -> None:
        self._step_out()
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

    def _start_joining(self, start: int, text: str) -> None:
        """Look in the pasted text for lines and hyphens that a page layout broke; a few at a time."""
        self._join_at = self.range(start, start)
        self._join_at.setKeepPositionOnInsert(True)
        self._joining = _joined_groups(text)
        self._has_joined = False

    def _join_group(self) -> None:
        """Join the lines of the next group, in the text. All that is joined is one step of undo."""
        assert self._joining is not None
        lines, joined = next(self._joining, ("", ""))
        if not lines:
            self._joining = None
            self.textChanged.emit()  # for whoever waited for the text to settle
            return
        start, block = self._join_at.position(), self._join_at.block()
        end = self._place(start - block.position() + Units(lines).before(len(lines)), block)
        if joined != lines:
            # begun as a step of its own: one undo gives back what was pasted
            self._insert(self.range(start, end), joined, joins=self._has_joined)
            self._has_joined = True
            self._pasted += len(joined) - len(lines)
            end = self._coming_at.position()
        self._join_at.setPosition(end)

    def _on_coming(self) -> None:
        if not super().is_settled():
            super()._on_coming()
        elif self._joining is not None:
            self._join_group()
        if self.is_settled():
            self._coming_timer.stop()
        elif not self._coming_timer.isActive():
            self._coming_timer.start()

    def _break(self, cursor: QTextCursor, before: str) -> None:
        self._has_split = self._has_split or before != "\n"
        super()._break(cursor, before)

    def _on_contents_change(self, position: int, removed: int, _added: int) -> None:
        if self._has_split:
            # a soft break in the text that was sent changes nothing of it
            self._has_split = False
            if self._sent_text:
                self._fixed.setPosition(self._place(self._units.before(len(self._sent_text))))
            return
        # the last guard: whatever way a change took (dragging out, assistive tools), what was sent stays
        if removed and self._sent_text and position < self._fixed.position():
            self._is_broken_into = True

    def _on_text_changed(self) -> None:
        if self._is_broken_into:
            self._is_broken_into = False
            # Qt also reports a block as changed that an input method has only drawn in
            now = self._joined(self.document().toRawText(), self.document().begin())
            if not now.startswith(self._sent_text):
                self.undo()
                self.refused.emit()
        if self.is_empty():
            self._pasted = 0

    # -- Qt ----------------------------------------------------------------------------------------

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
        if self._sent_text and not self._may(event):
            event.accept()
            self.refused.emit()
            return
        super().keyPressEvent(event)

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
        """Whether the key may go on; where it writes into what is sent, the cursor steps out first."""
        fixed, cursor = self._fixed.position(), self.textCursor()
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
            if self._sent_text:
                self._step_out()
        self.setPlaceholderText("" if event.preeditString() else self._placeholder)
        super().inputMethodEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if self._is_reading or not source.hasText():
            return
        self.settle()
        self._step_out()
        text = source.text().replace("\r\n", "\n").replace("\r", "\n")
        start = self.textCursor().selectionStart()
        self.insert(self.textCursor(), text)
        self._pasted += len(text)
        if self.join_pasted_lines and "\n" in text:
            self._start_joining(start, text)
            if len(text) <= _JOIN_GROUP:
                self.settle()
            else:
                self._coming_timer.start()
        self.ensureCursorVisible()

    def dropEvent(self, event: QDropEvent) -> None:
        if not self._is_reading:
            super().dropEvent(event)


_SHIFT = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def _joined_groups(text: str) -> Iterator[tuple[str, str]]:
    """The text a group of paragraphs at a time, as it is and with its broken lines joined."""
    from fishcaption.core.markup import unwrap

    start = 0
    while start < len(text):
        end = _group_end(text, start)
        yield text[start:end], unwrap(text[start:end])
        start = end


def _group_end(text: str, start: int) -> int:
    """The end of the lines to look at together: a blank line, else a short one, which ends a paragraph."""
    if len(text) - start <= _JOIN_GROUP:
        return len(text)
    end = text.find("\n\n", start + _JOIN_GROUP // 2, start + _JOIN_GROUP)
    if end >= 0:
        while end < len(text) and text[end] == "\n":
            end += 1
        return end
    lines = text[start : start + _JOIN_GROUP].split("\n")[:-1]
    if not lines:
        found = text.find("\n", start + _JOIN_GROUP)
        return len(text) if found < 0 else found + 1
    longest = max(map(len, lines))
    ends = [
        index for index, line in enumerate(lines) if len(line) < 0.6 * longest and index > len(lines) // 4
    ]
    kept = lines[: ends[-1] + 1] if ends else lines
    return start + sum(map(len, kept)) + len(kept)
