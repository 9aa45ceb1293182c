"""Expression tags in a text view: objects that look like chips, each one character long.

The document has U+FFFC with a format that says which tag it is. So a tag is typed, deleted, selected and
undone like a letter, and counts as one in every position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QObject, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from fishcaption.core.text.tags import FIRST, RESERVED, tag_of
from fishcaption.ui.widgets.theme import Colors

CHIP = "\ufffc"
"""The character that stands for a tag in the document."""

TAGS = re.compile(f"([{chr(FIRST)}-{chr(FIRST + RESERVED - 1)}])")

_OBJECT = int(QTextFormat.ObjectTypes.UserObject) + 1
_TAG = int(QTextFormat.Property.UserProperty) + 1
_SMALLER = 0.8  # of the text's size: a chip is no higher than its line
_PAD = 0.45  # of the chip's text size, at its left and right
_GAP = 2.0


def chip_format(char: str) -> QTextCharFormat:
    """Return the format that makes a chip of `CHIP`."""
    made = QTextCharFormat()
    made.setObjectType(_OBJECT)
    made.setProperty(_TAG, char)
    return made


def chip_name(char: str) -> str:
    """Return the tag's name, as the chip shows it and a screen reader says it."""
    tag = tag_of(char)
    return tag.name if tag is not None else "tag"  # of a newer version


class Chips(QPyTextObject):
    """Draws the chips of one document, and knows where each stands."""

    def __init__(self, document: QTextDocument, parent: QObject, *, are_hidden: bool = False) -> None:
        """`are_hidden`: chips keep their places but are not drawn."""
        super().__init__(parent)
        self._document = document
        document.documentLayout().registerHandler(_OBJECT, self)
        self._are_hidden = are_hidden
        self._ground = QColor("#ffffff")
        self._text = QColor("#000000")
        self._edge = QColor("#000000")

    def set_colors(self, colors: Colors) -> None:
        """Draw in these colours from now on."""
        self._ground, self._text = QColor(colors.button), QColor(colors.text)
        self._edge = QColor(colors.accent)

    def at(self, position: int) -> str:
        """Return the tag at this position of the document; empty if there is none."""
        if not 0 <= position < self._document.characterCount() - 1:
            return ""
        cursor = QTextCursor(self._document)
        cursor.setPosition(position + 1)  # a cursor has the format of what is before it
        char = cursor.charFormat().property(_TAG) if _is_chip(cursor) else None
        return char if isinstance(char, str) else ""

    @staticmethod
    def name(char: str) -> str:
        """Return the tag's name, as the chip shows it and a screen reader says it."""
        return chip_name(char)

    @staticmethod
    def places(text: str, start: int = 0) -> Iterator[int]:
        """Yield the places (code points) of the tags in the text, from `start` on."""
        return (match.start() for match in TAGS.finditer(text, start))

    def intrinsicSize(self, document: QTextDocument, _position: int, style: QTextFormat) -> QSizeF:
        if self._are_hidden:
            return QSizeF(0, 0)
        font = _font(document)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(_words(style)) + 2 * (_PAD * metrics.height() + _GAP)
        return QSizeF(width, QFontMetricsF(document.defaultFont()).ascent())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        document: QTextDocument,
        _position: int,
        style: QTextFormat,
    ) -> None:
        if self._are_hidden:
            return
        below = QFontMetricsF(document.defaultFont()).descent()
        box = QRectF(rect).adjusted(_GAP, 1.0, -_GAP, below - 1.0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge, 1.5))
        painter.setBrush(self._ground)
        painter.drawRoundedRect(box, box.height() / 3, box.height() / 3)
        painter.setPen(self._text)
        painter.setFont(_font(document))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _words(style))
        painter.restore()


class ChipsAtCursor:
    """The chips before and behind a cursor, looked at before a key acts, to tell what the key did to them."""

    def __init__(self, chips: Chips, position: int) -> None:
        """`position` is the cursor's place in the document."""
        self._chips = chips
        self._position = position
        self._before, self._behind = chips.at(position - 1), chips.at(position)

    def passed(self, position: int) -> str:
        """Return the name of the chip that the cursor, now at this position, has passed; empty if none."""
        char = self._chips.at(position) if position < self._position else self._chips.at(position - 1)
        return chip_name(char) if char and char in (self._before, self._behind) else ""

    def removed(self, *, backwards: bool) -> str:
        """Return the name of the chip that a key has removed; empty if none stood there."""
        char = self._before if backwards else self._behind
        return chip_name(char) if char else ""


def _is_chip(cursor: QTextCursor) -> bool:
    # what is typed behind a chip has its format, too, but for the object
    return cursor.charFormat().objectType() == _OBJECT


def _font(document: QTextDocument) -> QFont:
    font = QFont(document.defaultFont())
    if font.pixelSize() > 0:
        font.setPixelSize(max(1, round(font.pixelSize() * _SMALLER)))
    else:
        font.setPointSizeF(font.pointSizeF() * _SMALLER)
    return font


def _words(style: QTextFormat) -> str:
    char = style.property(_TAG)
    return chip_name(char) if isinstance(char, str) else ""
