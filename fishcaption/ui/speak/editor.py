"""The editor: where text is written, pasted, and, if it is a document, lit in place while it is heard.

It knows keys, input methods, pasting, tags, and which part of the text is fixed. What an Enter does to the
voice, it does not: it says `speak_asked`.

Text that is spoken while it is typed has three looks: plain is what nobody has yet, a dotted line under a
ground is what the voice was given and can still be changed, a thin whole line under fainter letters is what
was heard, or is so near the ear that nothing can be done about it. An undo may go back into what was given,
never into what was heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import cast

from PySide6.QtCore import QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from fishcaption.core.speech import Span
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.fields import pasted_text, plain
from fishcaption.ui.widgets.longtext import OWN_FORMAT, LongText, Units
from fishcaption.ui.widgets.theme import Colors

BOUNCE_SECONDS = 0.2
"""A second Enter so soon after the first, no other key between, is a bouncing key or a trembling hand."""

_DOCUMENT_LENGTH = 300  # a pasted text of that length, or of several paragraphs, is read in place
_JOIN_GROUP = 8_000  # code points of pasted lines that are looked at in one go
_LATE_SECONDS = 0.3  # an input method that is told to begin anew answers sooner
_CLOSING = ".,;:!?…)]}”»"  # the blank behind an offered word gives way to them

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
    nothing_came = Signal()  # of the clipboard: it is empty, or its program did not answer
    word_ended = Signal()  # a blank or a mark was typed behind a word
    line_ending = Signal()  # a new line is about to be begun

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_speaks = True
        self.join_pasted_lines = True
        self.walk: Callable[[int], bool] | None = None  # 1: an older text, -1: a newer; whether there was one
        self.take_offer: Callable[[], bool] | None = None  # Tab: write the offered word, if there is one
        self._is_program_change = False
        self._placeholder = ""
        self._entered_at: float | None = None  # the last Enter, until another key
        self._pasted = 0  # code points that were pasted since the editor was last empty
        self._joining: Iterator[tuple[str, str]] | None = (
            None  # groups of pasted lines, as they are and joined
        )
        self._join_at = QTextCursor()
        self._has_joined = False
        # what the voice has: while it is typed (`known`, of which `fixed` stays), or as a whole (`reading`)
        self._known_text = ""
        self._fixed_text = ""
        self._units = Units()
        self._fixed_at = 0  # the document's position behind it
        self._undo_steps = 0  # before the change that is looked at
        self._is_reading = False
        self._is_broken_into = False
        self._is_mending = False
        self._has_split = False
        self._settled = ("", 0.0)  # what was taken out of a composition, and when
        self._blank_at = -1  # behind a blank that was written with an offered word
        self._lit: Span | None = None
        self._lit_format = QTextCharFormat()
        self._sent_format = QTextCharFormat()
        self._heard_format = QTextCharFormat()
        self.document().contentsChange.connect(self._on_contents_change)
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
        """Return whether the change that is being told is the program's own."""
        return self._is_program_change

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

    def exchange(self, text: str, *, pasted: bool = False) -> None:
        """Have this text instead, as one step of undo; nothing is fixed then."""
        self.settle()
        self.release()
        self.insert(self.range(0, self.document().characterCount() - 1), text)
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

    def hold(self, text: str, fixed_end: int, given_end: int) -> None:
        """What the voice has of the text while it is typed: code points of `text`, the text as it knows it.

        What is before `fixed_end` stays as it is; from there to `given_end` it can still be changed. To the
        user's eyes nothing else says so. `fixed_end` only grows until the text is released.
        """
        given_end = max(fixed_end, given_end)
        known = text[:given_end]
        if known == self._known_text and fixed_end == len(self._fixed_text):
            return
        if known.startswith(self._known_text):
            self._units.append(known[len(self._known_text) :])
        else:
            self._units = Units(known)
        self._known_text = known
        if fixed_end > len(self._fixed_text):
            self._fixed_text = text[:fixed_end]
        self._fix()
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

    def before_cursor(self) -> str:
        """What stands before the cursor in its line, or in a bounded part of it."""
        cursor = self.textCursor()
        text, units = cursor.block().text(), cursor.positionInBlock()
        if not text.isascii():
            return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace")
        return text[:units]

    def replace_before(self, length: int, text: str) -> bool:
        """Put text in place of `length` code points of the line before the cursor, as one step of undo.

        False where they are not to be changed.
        """
        before, end = self.before_cursor(), self.textCursor().position()
        start = end - _units_of(before[max(0, len(before) - length) :])
        if length > len(before) or start < self._fixed_at or not self.is_writable():
            return False
        self.insert(self.range(start, end), _cleaned(text))
        return True

    def complete(self, begun: int, word: str) -> bool:
        """Write a word and a blank in place of its beginning; a mark that is typed next takes the blank's."""
        if not self.replace_before(begun, f"{word} "):
            return False
        self._blank_at = self.textCursor().position()
        self.ensureCursorVisible()
        return True

    def insert_tag(self, char: str) -> None:
        """Put an expression tag where the cursor is; a screen reader is told its name."""
        if not self.is_writable():
            self.refused.emit()
            return
        self._step_out()
        self.insert(self.textCursor(), char)
        self.ensureCursorVisible()
        if self._chips is not None:
            announce(self, self._chips.name(char))

    def is_composing(self) -> bool:
        """Whether an input method has letters that are not of the text yet."""
        return self._is_composing

    def settle_composition(self) -> None:
        """Have what is being composed in the text, as it is shown."""
        if not self._is_composing:
            return
        # Qt's way to ask for it is to have the input method begin anew: some then give it, some drop it
        composed = self.textCursor().block().layout().preeditAreaText()
        event = QInputMethodEvent()
        event.setCommitString(composed)
        self.inputMethodEvent(event)
        self._settled = (composed, monotonic())
        QGuiApplication.inputMethod().reset()

    def is_writable(self) -> bool:
        """Whether text can be put in now: it is not being read, and nothing is being composed."""
        return not self._is_reading and not self._is_composing

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
        self._heard_format = QTextCharFormat()
        self._heard_format.setForeground(QColor(colors.muted))
        self._heard_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        self._heard_format.setUnderlineColor(QColor(colors.border))
        self.color_chips(colors)
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

    def _first_open(self) -> int:
        return self._fixed_at

    def _release(self) -> None:
        self._known_text = self._fixed_text = ""
        self._units = Units()
        self._fixed_at = 0
        self._lit = None
        self.follow(None)
        if self._is_reading:
            self._is_reading = False
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)

    def _draw(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        if self._known_text:
            fixed = self._fixed_at
            # more was given, perhaps, than there is now: the reader's answer to a change is still to come
            most = self.document().characterCount() - 1
            given = min(most, self.place(self._units.before(len(self._known_text))))
            if fixed:
                marks.append(self._mark(0, fixed, self._heard_format))
            if given > fixed:
                ends = [*self._chips_given(given), given]
                starts = [fixed, *(end + 1 for end in ends[:-1])]
                marks += [
                    self._mark(start, end, self._sent_format)
                    for start, end in zip(starts, ends, strict=True)
                    if end > start
                ]
        if self._lit is not None:
            start, end = (self.place(self._units.before(point)) for point in (self._lit.start, self._lit.end))
            marks.append(self._mark(start, end, self._lit_format))
        self.setExtraSelections(marks)

    def _chips_given(self, end: int) -> list[int]:
        """Where chips stand in what was given and not heard: Qt would paint the ground over their faces."""
        if self._chips is None:
            return []
        found = self._chips.places(self._known_text, len(self._fixed_text))
        return [at for at in map(self.place, map(self._units.before, found)) if at < end]

    def _mark(self, start: int, end: int, style: QTextCharFormat) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = self.range(start, end)
        cursor.setKeepPositionOnInsert(True)  # what is typed at its end is not part of it
        mark.cursor = cursor
        mark.format = style
        return mark

    def _fix(self) -> None:
        """Know by a place in the document what is fixed."""
        self._fixed_at = self._place(self._units.before(len(self._fixed_text)))

    def _step_out(self) -> None:
        """Move the cursor or its selection to where text may be changed."""
        fixed, cursor = self._fixed_at, self.textCursor()
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

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        if self._has_split:
            # a soft break in what the voice has changes nothing of it
            self._has_split = False
            if self._fixed_text:
                self._fix()
            return
        # the last guard: whatever way a change took (undo, dragging, assistive tools), what was heard stays
        if (removed or added) and self._fixed_text and position < self._fixed_at:
            self._is_broken_into = True

    def _on_text_changed(self) -> None:
        if self._is_broken_into:
            self._is_broken_into = False
            # Qt also reports a block as changed that an input method has only drawn in
            if not self._is_mending and not self._is_fixed_there():
                self._is_mending = True
                self._mend()
                self._is_mending = False
                self.refused.emit()
        self._undo_steps = self.document().availableUndoSteps()
        if self.is_empty():
            self._pasted = 0

    def _is_fixed_there(self) -> bool:
        return self._joined(self.document().toRawText()).startswith(self._fixed_text)

    def _mend(self) -> None:
        """Take a change back that has broken into what is fixed."""
        if self.document().availableUndoSteps() < self._undo_steps:
            self.redo()
        else:
            self.undo()
        self._is_broken_into = False
        if not self._is_fixed_there():  # it was one step with others: then put the fixed text in again
            now = self._joined(self.document().toRawText())
            same = _same(now, self._fixed_text)
            at = self.place(Units(now).before(same))
            self.insert(self.range(at, at), self._fixed_text[same:])
        self._fix()
        self._draw()

    def _is_on_composition(self, point: QPointF) -> bool:
        block = self.textCursor().block()
        layout, place = block.layout(), self.textCursor().positionInBlock()
        line = layout.lineForTextPosition(place)
        ends = (place, place + len(layout.preeditAreaText()))
        # the stubs do not know that the second of the pair comes back, too
        first, last = sorted(cast("tuple[float, int]", line.cursorToX(at))[0] for at in ends)
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        top = box.top() + line.y()
        return first <= point.x() - box.left() <= last and top <= point.y() <= top + line.height()

    def _chips_beside(self) -> tuple[str, str]:
        """The tags before and behind the cursor."""
        if self._chips is None:
            return "", ""
        place = self.textCursor().position()
        return self._chips.at(place - 1), self._chips.at(place)

    def _tell_chips(self, key: int, before: tuple[str, str], place: int) -> None:
        """Say the name of a chip that the cursor has passed from `place` on, or that a key has removed."""
        if self._chips is None or not any(before):
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            after = self._chips_beside()
            passed = after[1] if self.textCursor().position() < place else after[0]
            if passed and passed in before:
                announce(self, self._chips.name(passed))
            return
        gone = before[0] if key == Qt.Key.Key_Backspace else before[1]
        if gone:
            announce(self, self.tr("{tag} removed").format(tag=self._chips.name(gone)))

    # -- Qt ----------------------------------------------------------------------------------------

    def focusNextPrevChild(self, next: bool) -> bool:
        if next and self.is_writable() and self.take_offer is not None and self.take_offer():
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
        if self._fixed_text and not self._may(event):
            event.accept()
            self.refused.emit()
            return
        if self._own_key(event):
            event.accept()
            return
        self._type_key(event)

    def _own_key(self, event: QKeyEvent) -> bool:
        """Keys that walk through the history."""
        modifiers, key = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.key()
        if self._is_composing:
            return False
        if modifiers == Qt.KeyboardModifier.NoModifier and self.walk is not None:
            if key == Qt.Key.Key_Up and self._is_on_edge_line(QTextCursor.MoveOperation.Up):
                return self.walk(1)
            if key == Qt.Key.Key_Down and self._is_on_edge_line(QTextCursor.MoveOperation.Down):
                return self.walk(-1)
        return False

    def _is_on_edge_line(self, towards: QTextCursor.MoveOperation) -> bool:
        """Whether there is no line above, or below, the one that the cursor is in."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            return False
        line = cursor.block().layout().lineForTextPosition(cursor.positionInBlock())
        number = line.lineNumber() if line.isValid() else 0
        if towards == QTextCursor.MoveOperation.Up:
            return number == 0 and not cursor.block().previous().isValid()
        return number >= cursor.block().layout().lineCount() - 1 and not cursor.block().next().isValid()

    def _type_key(self, event: QKeyEvent) -> None:
        text = event.text()
        if text != (untagged := _without_tags(text)):
            event.accept()  # no key is a tag
            self.insert(self.textCursor(), untagged)
            return
        beside, place = self._chips_beside(), self.textCursor().position()
        if text and self._blank_at >= 0:
            if text in _CLOSING and self.textCursor().position() == self._blank_at:
                self.replace_before(1, "")
            self._blank_at = -1
        super().keyPressEvent(event)
        if beside != ("", ""):
            self._tell_chips(event.key(), beside, place)
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
        """Whether the key may go on; where it writes into what is sent, the cursor steps out first."""
        fixed, cursor = self._fixed_at, self.textCursor()
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
            if self._fixed_text:
                self._step_out()
        committed = event.commitString()
        settled, at = self._settled
        if committed or event.preeditString():
            self._settled = ("", 0.0)
        if committed and committed == settled and monotonic() - at < _LATE_SECONDS:
            event.setCommitString("")  # the input method has given it, too
            committed = ""
        if committed != (clean := plain(committed)):
            event.setCommitString(clean, event.replacementStart(), event.replacementLength())
        self.setPlaceholderText("" if event.preeditString() else self._placeholder)
        super().inputMethodEvent(event)
        self._tell_word_end(committed)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._is_composing and not self._is_on_composition(event.position()):
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


def _without_tags(text: str) -> str:
    if text.isascii():
        return text
    from fishcaption.core.text.tags import without_tags

    return without_tags(text)


def _cleaned(text: str) -> str:
    """A text of ours, whose tags stay."""
    if text.isascii() and text.isprintable():
        return text
    from fishcaption.core.text.incoming import cleaned

    return cleaned(text)


def _same(one: str, other: str) -> int:
    """How many code points two texts have in common from their start on."""
    same, most = 0, min(len(one), len(other))
    while same < most and one[same] == other[same]:
        same += 1
    return same


def _units_of(text: str) -> int:
    return Units(text).before(len(text))


def _joined_groups(text: str) -> Iterator[tuple[str, str]]:
    """The text a group of paragraphs at a time, as it is and with its broken lines joined."""
    from fishcaption.core.normalization.markup import unwrap

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
