"""A caption for Qt: its text, and the mark of the lit word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QTextCharFormat, QTextLayout

from fishcaption.core.speech import Span
from fishcaption.ui.widgets.longtext import Units, showable

if TYPE_CHECKING:
    from fishcaption.captions.at_ear import ShownCaption
    from fishcaption.ui.widgets.theme import Colors


def drawable(caption: ShownCaption) -> tuple[str, Span | None]:
    """Return the text with what Qt cannot hold replaced, and the lit word in UTF-16 units of it."""
    text = showable(caption.text).replace("\n", " ")
    if caption.lit is None:
        return text, None
    units = Units(text)
    return text, Span(units.before(caption.lit.start), units.before(caption.lit.end))


def lit_marks(lit: Span | None, colors: Colors, *, underlined: bool = False) -> list[QTextLayout.FormatRange]:
    """Return the mark that lights a word of a layout; none where no word is lit."""
    if lit is None:
        return []
    mark = QTextLayout.FormatRange()
    mark.start, mark.length = lit.start, lit.end - lit.start
    mark.format = QTextCharFormat()
    mark.format.setBackground(QColor(colors.lit))
    mark.format.setForeground(QColor(colors.on_lit))
    mark.format.setFontUnderline(underlined)
    return [mark]
