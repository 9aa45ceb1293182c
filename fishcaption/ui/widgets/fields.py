"""Text fields whose keys work as people expect in every script.

Delete removes one grapheme cluster, and Backspace one emoji: Qt's Backspace removes only a part of a family
emoji. Of a letter with marks, Backspace removes the mark that was typed last, as in other programs: people
who write Hebrew or Hindi correct their text that way. An arrow that is held passes every place of the text:
in Qt, it turns back between right-to-left and left-to-right paragraphs, and at empty lines.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextBlock,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

_BEHIND = 32  # code points after a place that decide whether it is inside a cluster
_NEAR_BLOCKS = 100  # paragraphs around an empty one that give it a direction

_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # two of them are a flag

_Key = QKeySequence.StandardKey
# (key, to the right, by words, selects)
_SIDEWAYS = (
    (_Key.MoveToNextChar, True, False, False),
    (_Key.MoveToPreviousChar, False, False, False),
    (_Key.SelectNextChar, True, False, True),
    (_Key.SelectPreviousChar, False, False, True),
    (_Key.MoveToNextWord, True, True, False),
    (_Key.MoveToPreviousWord, False, True, False),
    (_Key.SelectNextWord, True, True, True),
    (_Key.SelectPreviousWord, False, True, True),
)


class _Walk(NamedTuple):
    """Arrow keys pressed one after the other: all mean the same direction as the first."""

    place: int  # the last position; elsewhere, or in a changed text, a new walk begins
    revision: int
    right_is_on: bool  # the right arrow goes towards the end of the text


def pasted_text(source: QMimeData) -> str:
    """Return pasted or dropped text without control characters and without our tags.

    It is empty where the data has no format: the clipboard is empty, or its program did not answer. Qt has
    then waited 5 s, and would wait again at every further question.
    """
    if not source.formats():
        return ""
    text = source.text()
    if not text.strip() and source.hasHtml():
        from fishcaption.core.text.html import html_text

        text = html_text(source.html())
    return plain(text)


def plain(text: str) -> str:
    """Return text from outside without control characters and tags, which are never shown, kept or spoken."""
    if text.isascii() and text.isprintable():
        return text
    from fishcaption.core.text.incoming import cleaned
    from fishcaption.core.text.tags import without_tags

    return without_tags(cleaned(text))


def sign_break(text: str, start: int, place: int) -> int:
    """Return the last place up to `place` (code points) that is not inside a grapheme cluster.

    A cluster begins at `start`, which is the least that is returned.
    """
    near = text[start : place + _BEHIND]
    layout = QTextLayout(near)
    while place > start and is_inside_sign(near, layout, _units(text[start:place])):
        place -= 1
    return place


def is_inside_sign(text: str, layout: QTextLayout, units: int) -> bool:
    """Return whether this place (UTF-16 units) is inside a grapheme cluster; `layout` is the text's."""
    # Qt's layout and its QTextBoundaryFinder are both wrong for emoji that follow Indian letters, and for
    # flags that follow other flags
    encoded = text.encode("utf-16-le", "surrogatepass")
    before = encoded[: 2 * units].decode("utf-16-le", "surrogatepass")
    behind = encoded[2 * units : 2 * units + 4].decode("utf-16-le", "surrogatepass")
    if not before or not behind:
        return False
    if behind[0] in _FLAG_LETTERS:
        return (len(before) - len(before.rstrip(_FLAG_LETTERS))) % 2 == 1
    return not layout.isValidCursorPosition(units) or _joins(before, behind[0])


def _joins(before: str, char: str) -> bool:
    """Return whether the character is drawn together with the one before it, in any script."""
    return (
        "\ud800" <= before[-1] < "\udc00"  # half of a character that has two units
        or char == _JOINER
        or (before[-1] == _JOINER and unicodedata.category(char) in ("So", "Sm"))  # pictures
        or unicodedata.category(char)[0] == "M"  # accents, variation selectors
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # the letters of some flags
    )


def _is_picture(sign: str) -> bool:
    return any(char in "\ufe0f\u20e3" or unicodedata.category(char) == "So" for char in sign)


def _units(text: str) -> int:
    """Return the number of UTF-16 units of the text, which Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _one_line(text: str) -> str:
    return plain(text).replace("\n", " ")


def _is_backspace(event: QKeyEvent) -> bool:
    others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return event.key() == Qt.Key.Key_Backspace and not others


class LineField(QLineEdit):
    """A field for one line of text. Pasted lines are joined by blanks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textEdited.connect(self._on_edited)

    def _on_edited(self, text: str) -> None:
        if text.isprintable() or (clean := _one_line(text)) == text:
            return
        behind = len(_one_line(text[self.cursorPosition() :]))
        self.setText(clean)
        self.setCursorPosition(_units(clean) - behind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.hasSelectedText() and not self.isReadOnly():
            if _is_backspace(event):
                self._select_sign(-1)
            elif event.matches(QKeySequence.StandardKey.Delete):
                self._select_sign(1)
        if event.matches(QKeySequence.StandardKey.Paste) and not self.isReadOnly():
            self.insert(_one_line(pasted_text(QGuiApplication.clipboard().mimeData())))
            return
        super().keyPressEvent(event)

    def _select_sign(self, step: int) -> None:
        """Select what Backspace or Delete must remove: both remove a whole selection."""
        text, start = self.text(), self.cursorPosition()
        layout, end, last = QTextLayout(text), start + step, _units(text)
        while 0 < end < last and is_inside_sign(text, layout, end):
            end += step
        if not 0 <= end <= last or abs(end - start) < 2:
            return
        encoded = text.encode("utf-16-le", "surrogatepass")[2 * min(start, end) : 2 * max(start, end)]
        if step > 0 or _is_picture(encoded.decode("utf-16-le", "surrogatepass")):
            self.setSelection(start, end - start)


class TextField(QPlainTextEdit):
    """A field for paragraphs of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._walk: _Walk | None = None

    def _first_open(self) -> int:
        """Return the first position that Backspace may reach."""
        return 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._go_sideways(event):
            event.accept()
            return
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self._walk = None
        if not self.isReadOnly():
            if _is_backspace(event):
                self._select_sign(-1)
            elif event.matches(QKeySequence.StandardKey.Delete):
                self._select_sign(1)
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not self.isReadOnly():
            self.textCursor().insertText(pasted_text(source))
            self.ensureCursorVisible()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._walk = None
        super().mousePressEvent(event)

    def _select_sign(self, step: int) -> None:
        """Select what Backspace or Delete must remove: both remove a whole selection."""
        cursor = self.textCursor()
        if cursor.hasSelection() or cursor.block().layout().preeditAreaText():
            return
        start = cursor.position()
        _move_by_sign(cursor, step, QTextCursor.MoveMode.KeepAnchor)
        if abs(cursor.position() - start) > 1 and (step > 0 or _is_picture(cursor.selectedText())):
            if cursor.position() < self._first_open() <= start:
                cursor.setPosition(self._first_open(), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    # -- arrows ------------------------------------------------------------------------------------

    def _go_sideways(self, event: QKeyEvent) -> bool:
        """Move the caret for an arrow to the left or right; False for other keys, and while composing."""
        if event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return False
        meant = next((rest for key, *rest in _SIDEWAYS if event.matches(key)), None)
        cursor = self.textCursor()
        if (
            meant is None
            or cursor.block().layout().preeditAreaText()
            or not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
        ):
            return False
        is_right, by_word, selects = meant
        here = (cursor.position(), self.document().revision())
        if self._walk is None or self._walk[:2] != here:
            self._walk = _Walk(*here, not _is_leftwards(cursor.block()))
        right_is_on = self._walk.right_is_on
        mode = QTextCursor.MoveMode.KeepAnchor if selects else QTextCursor.MoveMode.MoveAnchor
        move, is_on = QTextCursor.MoveOperation, is_right == right_is_on
        if by_word:
            cursor.movePosition(move.NextWord if is_on else move.PreviousWord, mode)
        else:
            _move_by_sign(cursor, 1 if is_on else -1, mode)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._walk = _Walk(cursor.position(), here[1], right_is_on)
        return True


def _move_by_sign(cursor: QTextCursor, step: int, mode: QTextCursor.MoveMode) -> None:
    """Move to the next grapheme cluster (`step` is 1) or the previous one (-1), across paragraphs."""
    place, last = cursor.position() + step, cursor.document().characterCount() - 1
    while 0 <= place <= last:
        block = cursor.document().findBlock(place)
        if not is_inside_sign(block.text(), block.layout(), place - block.position()):
            cursor.setPosition(place, mode)
            return
        place += step


def _is_leftwards(block: QTextBlock) -> bool:
    """Return whether the paragraph runs right to left; one without letters is like those around it."""
    around = block
    for _ in range(_NEAR_BLOCKS):
        if (known := _direction(around.text())) is not None:
            return known
        if not (around := around.previous()).isValid():
            break
    around = block
    for _ in range(_NEAR_BLOCKS):
        if not (around := around.next()).isValid():
            break
        if (known := _direction(around.text())) is not None:
            return known
    return False


def _direction(text: str) -> bool | None:
    """Return whether the first letter with a direction runs right to left; None if there is none."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), None)
