"""A text view in which a paragraph of any length stays fast; the only place where positions are converted.

Qt lays out a whole block (its paragraph) at every key: that is slow with 50 kB, and hangs with 500 kB. So a
long paragraph is split into blocks of at most `BLOCK_UNITS` UTF-16 units (4 kB). The break between two of
them is *soft*: it stands for the blank that was there, or for nothing where there was none. It is marked on
the separator itself, so that the mark is undone, redone and deleted with it, and no other break can get it.
Everything that leaves this class (`text`, copied text) has only the paragraphs its author made. Assistive
tools read the document through Qt's own interface: for them a soft break is a line feed in place of the
blank, at the same position. An interface of our own could join the blocks, but PySide would not let it report
selections and display lines, and people who use a screen reader move by lines.

The rest of the program counts positions in code points; Qt counts UTF-16 units. `Units` converts.

Expression tags stand in the text as chips (`ui.widgets.chips`), each one character long in every count. A
copied text has no tags for other programs, and keeps them within this one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from fishcaption.ui.widgets.fields import TextField, sign_break

if TYPE_CHECKING:
    from fishcaption.ui.widgets.chips import Chips
    from fishcaption.ui.widgets.theme import Colors

BLOCK_UNITS = 2000
"""The longest block, in UTF-16 units: 4 kB as Qt stores text."""

_SLICE = 64_000  # code points inserted in one go: about 2 ms
_SOFT = int(QTextFormat.Property.UserProperty)
_MOVES = frozenset(
    (
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    )
)
OWN_FORMAT = "application/x-fishcaption-text"
"""The clipboard format of a text with its tags."""

_SEPARATOR = "\u2029"
# Characters that Qt would act on or lose: a separator or frame mark begins a block, a lone surrogate
# vanishes. Control characters would be drawn as boxes, and copied.
_UNSHOWABLE = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def showable(text: str) -> str:
    """Return the text with each character that Qt cannot hold replaced by one other: positions stay."""
    return _UNSHOWABLE.sub(_stand_in, text)


def _stand_in(match: re.Match[str]) -> str:
    char = match[0]
    if char in "\x0b\x0c\x85\u2028\u2029":
        return "\n"
    return " " if char < "\xa0" or char in "\ufeff\ufffe\uffff" else "\ufffd"


class Units:
    """Converts code points to UTF-16 units, for one text that only grows at its end."""

    def __init__(self, text: str = "") -> None:
        self._length = 0
        self._astral: list[int] = []  # the code points that take two units
        self.append(text)

    def append(self, text: str) -> None:
        """Add text at the end."""
        if len(text.encode("utf-16-le", "surrogatepass")) != 2 * len(text):
            self._astral += [self._length + match.start() for match in _ASTRAL.finditer(text)]
        self._length += len(text)

    def before(self, code_point: int) -> int:
        """Return the number of UTF-16 units before this code point."""
        return code_point + bisect_left(self._astral, code_point)


def _limit(text: str, start: int) -> int:
    """Return how many code points from `start` on surely fit into a block."""
    if text.isascii() or not _ASTRAL.search(text, start, start + BLOCK_UNITS):
        return BLOCK_UNITS
    return BLOCK_UNITS // 2


def _cut(text: str, start: int, longest: int) -> tuple[int, str]:
    """Return where to break a line longer than `longest`, and the blank that the break replaces."""
    least, end = start + longest // 2, start + longest
    for mark in (". ", " "):
        found = text.rfind(mark, least, end)
        if found >= 0:
            return found + len(mark) - 1, " "
    return max(least, sign_break(text, start, end)), ""


def _runs(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield (break before it, run): the break is None, a line feed, or the blank of a soft break, or ""."""
    before: str | None = None
    start = 0
    while True:
        end = _short_lines_end(text, start)
        if end > start:
            yield before, text[start:end]
            if end == len(text):
                return
            before, start = "\n", end + 1
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        while end - start > (limit := _limit(text, start)):
            cut, blank = _cut(text, start, limit * 4 // 5)  # typing in a full block would split it at once
            yield before, text[start:cut]
            before, start = blank, cut + len(blank)
        yield before, text[start:end]
        if end == len(text):
            return
        before, start = "\n", end + 1


def _short_lines_end(text: str, start: int) -> int:
    """Return the end of the lines from `start` on that are inserted in one go: all short, a slice in all."""
    end = start
    while end - start < _SLICE:
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        if line_end - end > BLOCK_UNITS // 2:
            return max(start, end - 1)
        if line_end == len(text):
            return line_end
        end = line_end + 1
    return end - 1


class LongText(TextField):
    """A plain text view for paragraphs of any length, which can follow a place in its text."""

    shows_tags = True  # as chips; the transcript hides them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_composing = False
        self._chips: Chips | None = None  # from the first tag on
        self._colors: Colors | None = None
        self._has_soft = False  # some separator is a soft break
        self._has_hidden = False  # some soft break stands for nothing: positions shift behind it
        self._soft_formats: dict[int, str | None] = {}  # by the separator's format index
        self._followed: int | None = None  # the place that is kept in view
        self._is_following = True  # False after the user has scrolled away from it
        self._coming: Iterator[tuple[str | None, str]] | None = (
            None  # text that is being inserted in slices, and where
        )
        self._coming_at = QTextCursor()
        self._coming_timer = QTimer(self)
        self._coming_timer.setInterval(0)
        self._coming_timer.timeout.connect(self._on_coming)
        self.setTabChangesFocus(True)
        self.verticalScrollBar().actionTriggered.connect(self._on_scrolled)

    # -- the text ----------------------------------------------------------------------------------

    def text(self) -> str:
        """Return the whole text as its author made it: without soft breaks."""
        self.settle()
        return self.text_so_far()

    def text_so_far(self) -> str:
        """Return the text that has been inserted so far, without waiting for the rest."""
        return self._joined(self.document().toRawText())

    def selected_text(self) -> str:
        """Return the selected text, without soft breaks."""
        cursor = self.textCursor()
        return self._joined(cursor.selectedText(), cursor.selectionStart())

    def clear(self) -> None:
        """Remove all text, and all undo steps."""
        self._coming = None
        self._coming_timer.stop()
        super().clear()
        self._has_soft = self._has_hidden = False
        self._soft_formats.clear()  # the document numbers its formats anew

    def color_chips(self, colors: Colors) -> None:
        """Draw expression tags in these colours."""
        self._colors = colors
        if self._chips is not None:
            self._chips.set_colors(colors)
            self.viewport().update()

    def is_empty(self) -> bool:
        """Return whether there is no text at all."""
        return self.document().isEmpty()

    def insert(self, cursor: QTextCursor, text: str) -> None:
        """Put text in place of the cursor's selection, as one step of undo.

        A long text is inserted in slices, so that the window stays responsive; `settle` inserts the rest.
        """
        self.settle()
        self.begin_insert(cursor, text)

    def begin_insert(self, cursor: QTextCursor, text: str, *, joins: bool = False) -> int:
        """Begin to insert; return the document's position behind what is inserted so far.

        `joins`: as a part of the last step of undo.
        """
        self._coming_at = QTextCursor(cursor)
        self._coming = _runs(showable(text))
        if joins:
            self._coming_at.joinPreviousEditBlock()
        else:
            self._coming_at.beginEditBlock()
        self._coming_at.removeSelectedText()
        self._put_slice()
        return self._coming_at.position()

    def settle(self) -> None:
        """Insert the rest of a long text now."""
        while self._coming is not None:
            self._coming_at.joinPreviousEditBlock()
            self._put_slice()

    def is_settled(self) -> bool:
        """Return whether all text is inserted."""
        return self._coming is None

    def place(self, units: int, block: QTextBlock | None = None) -> int:
        """Return the document's position of this UTF-16 unit of the text, from the start of `block`."""
        self.settle()
        return self.place_so_far(units, block)

    def place_so_far(self, units: int, block: QTextBlock | None = None) -> int:
        """Return the same in the text inserted so far, without waiting for the rest."""
        block = self.document().begin() if block is None else block
        if not self._has_hidden:
            return block.position() + units
        while units >= block.length() and (behind := block.next()).isValid():
            units -= block.length() - (self._glue(behind) == "")
            block = behind
        return block.position() + units

    def chip_places(self, text: str, start: int) -> list[int]:
        """Return the code points of `text`, from `start` on, that stand in this view as chips."""
        return [] if self._chips is None else list(self._chips.places(text, start))

    # -- lighting ----------------------------------------------------------------------------------

    def range(self, start: int, end: int) -> QTextCursor:
        """Return a cursor that selects [start, end) of the document."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def follow(self, position: int | None) -> None:
        """Keep this place in view from now on, unless the user has scrolled away from the last one."""
        self._followed = position
        if position is not None and self._is_following:
            self.bring_into_view(position)

    def follow_again(self) -> None:
        """Follow again, even if the user has scrolled away."""
        self._is_following = True

    def is_in_view(self, position: int) -> bool:
        """Return whether this place of the document is in view."""
        self.settle()
        top, line, lines = self.verticalScrollBar().value(), self._line_of(position), self._lines_in_view()
        return top <= line < top + lines

    def bring_into_view(self, position: int) -> None:
        """Scroll if needed, so that this place is in view with some text after it; the cursor stays."""
        self.settle()
        top, line, lines = self.verticalScrollBar().value(), self._line_of(position), self._lines_in_view()
        if not top <= line < top + max(1, lines - 1):
            self.verticalScrollBar().setValue(max(0, line - lines // 4))

    def _line_of(self, position: int) -> int:
        block = self.document().findBlock(position)
        if block.layout().lineCount() == 0:
            self.document().documentLayout().blockBoundingRect(block)  # blocks are laid out when looked at
        line = block.layout().lineForTextPosition(position - block.position())
        return block.firstLineNumber() + (line.lineNumber() if line.isValid() else 0)

    def _lines_in_view(self) -> int:
        return max(1, int(self.viewport().height() / max(1, self.fontMetrics().lineSpacing())))

    def _align(self, bottom: int) -> None:
        """Align right-to-left paragraphs in view, down to this line of pixels, to the right.

        Qt orders right-to-left text correctly here, but aligns every line to the left: its layout has one
        alignment for all. It lays a block out anew at each change, so this is done before each paint.
        """
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= bottom:
            top += self.blockBoundingRect(block).height()
            if block.textDirection() == Qt.LayoutDirection.RightToLeft:
                layout, margin = block.layout(), self.document().documentMargin()
                for index in range(layout.lineCount()):
                    line = layout.lineAt(index)
                    left = margin + line.width() - line.naturalTextWidth()
                    line.setPosition(QPointF(left, line.position().y()))
            block = block.next()

    # -- soft breaks -------------------------------------------------------------------------------

    def _glue(self, block: QTextBlock) -> str | None:
        """Return the text that the soft break before this block stands for; None if it is a real break."""
        index = block.charFormatIndex()
        if index not in self._soft_formats:
            value = block.charFormat().property(_SOFT)
            self._soft_formats[index] = value[1:] if isinstance(value, str) else None
        return self._soft_formats[index]

    def _joined(self, raw: str, start: int = 0) -> str:
        """Return Qt's text, which begins at this position of the document, without soft breaks."""
        if self._chips is not None:
            raw = self._with_tags(raw, start)
        if not self._has_soft:
            return raw.replace(_SEPARATOR, "\n")
        block = self.document().findBlock(start)
        lines = raw.split(_SEPARATOR)
        parts = [lines[0]]
        for line in lines[1:]:
            block = block.next()
            glue = self._glue(block)
            parts.append("\n" if glue is None else glue)
            parts.append(line)
        return "".join(parts)

    def _with_tags(self, raw: str, start: int) -> str:
        from fishcaption.ui.widgets.chips import CHIP

        assert self._chips is not None
        if CHIP not in raw:
            return raw
        units = Units(raw)
        parts = raw.split(CHIP)
        whole, place = [parts[0]], len(parts[0])
        for part in parts[1:]:
            whole.append(self._chips.at(start + units.before(place)) or "\ufffd")
            whole.append(part)
            place += 1 + len(part)
        return "".join(whole)

    def _put(self, cursor: QTextCursor, text: str) -> None:
        """Insert text without breaks, its tags as chips."""
        if text.isascii():
            cursor.insertText(text, QTextCharFormat())
            return
        from fishcaption.ui.widgets.chips import CHIP, TAGS, Chips, chip_format  # only where there may be one

        if not TAGS.search(text):
            cursor.insertText(text, QTextCharFormat())
            return
        if self._chips is None:
            self._chips = Chips(self.document(), self, are_hidden=not self.shows_tags)
            if self._colors is not None:
                self._chips.set_colors(self._colors)
        for index, part in enumerate(TAGS.split(text)):
            if index % 2:
                cursor.insertText(CHIP, chip_format(part))
            elif part:
                cursor.insertText(part, QTextCharFormat())

    def _break(self, cursor: QTextCursor, before: str) -> None:
        mark = QTextCharFormat()
        if before != "\n":
            mark.setProperty(_SOFT, "=" + before)  # an empty property is none
            self._has_soft = True
            self._has_hidden = self._has_hidden or not before
        cursor.insertBlock(QTextBlockFormat(), mark)

    def _put_slice(self) -> None:
        """Insert the next slice and end the edit block that was begun for it."""
        assert self._coming is not None
        cursor, count = self._coming_at, 0
        first = cursor.block()
        while count < _SLICE:
            run = next(self._coming, None)
            if run is None:
                self._coming = None
                break
            before, text = run
            if before is not None:
                self._break(cursor, before)
            self._put(cursor, text)
            count += len(text) + 1
        cursor.endEditBlock()
        self._split(first)
        self._split(cursor.block())
        if self._coming is None:
            self._coming_timer.stop()
        elif not self._coming_timer.isActive():
            self._coming_timer.start()

    def _split(self, block: QTextBlock) -> None:
        """Break a block that has grown too long, as a part of the undo step that made it grow."""
        while block.length() - 1 > BLOCK_UNITS and not self._is_composing:
            text = showable(block.text())
            # in the middle, unless the text grows at its end
            end = self.textCursor().position() >= block.position() + block.length() - 1
            cut, blank = _cut(text, 0, _limit(text, 0) * (4 if end else 3) // 5)
            start = block.position() + Units(text).before(cut)
            cursor, own = self.range(start, start + len(blank)), self.textCursor()
            anchor, position = own.anchor(), own.position()
            cursor.joinPreviousEditBlock()
            cursor.removeSelectedText()
            self._break(cursor, blank)
            cursor.endEditBlock()
            shift = 1 - len(blank)
            own.setPosition(anchor + shift * (anchor >= start))
            own.setPosition(position + shift * (position >= start), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(own)
            block = block.next()

    @contextmanager
    def _one_step(self, grows: int, *, is_own: bool = False) -> Iterator[None]:
        """Make the typed text and the split that it may need one step of undo.

        This is done only where a split is possible (otherwise Qt would undo letter by letter), or where the
        step `is_own`: a blank is, so that an undo takes one word and not all that was typed in one go.
        """
        cursor = self.textCursor()
        if cursor.block().length() - 1 + 2 * grows <= BLOCK_UNITS and not is_own:
            yield
            return
        cursor.beginEditBlock()
        try:
            yield
            self._split(self.textCursor().block())
        finally:
            cursor.endEditBlock()

    def _on_coming(self) -> None:
        self._coming_at.joinPreviousEditBlock()
        self._put_slice()

    def _on_scrolled(self) -> None:
        # the bar has not moved yet: look when it has
        QTimer.singleShot(0, self, self._on_moved)

    def _on_moved(self) -> None:
        if self._followed is not None:
            self._is_following = self.is_in_view(self._followed)

    # -- Qt ----------------------------------------------------------------------------------------

    def createMimeDataFromSelection(self) -> QMimeData:
        from fishcaption.core.text.tags import visible

        data = QMimeData()
        text = self.selected_text()
        shown = visible(text)
        data.setText(shown)
        if shown != text:
            data.setData(OWN_FORMAT, text.encode("utf-8", "replace"))
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.settle()
        cursor = self.textCursor()
        key = event.key()
        if self._has_hidden and not cursor.hasSelection() and not self.isReadOnly():
            # for the user, a break that stands for nothing does not exist
            if key == Qt.Key.Key_Backspace and cursor.atBlockStart() and self._glue(cursor.block()) == "":
                cursor.movePosition(QTextCursor.MoveOperation.Left)
                self.setTextCursor(cursor)
            elif key == Qt.Key.Key_Delete and cursor.atBlockEnd() and self._glue(cursor.block().next()) == "":
                cursor.movePosition(QTextCursor.MoveOperation.Right)
                self.setTextCursor(cursor)
        grows = len(event.text()) + 1
        if key == Qt.Key.Key_Backspace and cursor.atBlockStart():
            grows += cursor.block().previous().length()
        elif key == Qt.Key.Key_Delete and cursor.atBlockEnd():
            grows += cursor.block().next().length()
        with self._one_step(grows, is_own=event.text() == " "):
            super().keyPressEvent(event)
        if key in _MOVES:
            self._on_moved()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.settle()
        with self._one_step(len(event.commitString()) + 1):
            self._is_composing = bool(event.preeditString())
            super().inputMethodEvent(event)
        self.viewport().update()  # the placeholder goes while something is composed

    def paintEvent(self, event: QPaintEvent) -> None:
        # not the viewport's height: creating that object in PySide costs 7 ms of the first paint
        self._align(event.rect().bottom())
        super().paintEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        self._on_moved()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.settle()
        super().mousePressEvent(event)
