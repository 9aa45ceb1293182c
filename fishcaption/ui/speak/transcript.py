"""The transcript: all utterances in order, each with its fate; the word being heard is lit.

An utterance's fate is shown by an icon in the margin and by how its text is drawn, never by colour alone.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from fishcaption.core.speech import Fate, Span, UtteranceView
from fishcaption.ui.widgets.longtext import LongText, Units, showable
from fishcaption.ui.widgets.theme import Look

_SIGNS = {
    Fate.WAITING: "clock",
    Fate.SPEAKING: "volume-2",
    Fate.HEARD: "check",
    Fate.SHOWN: "eye",
    Fate.CUT: "square",
    Fate.FAILED: "triangle-alert",
}


class _Entry:
    """One utterance in the document. Only the transcript changes it."""

    def __init__(self, anchor: QTextCursor) -> None:
        self.anchor = anchor  # at the start of its first block
        self.text = ""
        self.units = Units()
        self.fate: Fate | None = None
        self.limit: int | None = None  # no more of its text than that is shown
        self.unheard_from: int | None = None  # drawn as never heard, from this code point on

    def position(self) -> int:
        return self.anchor.position()


class Transcript(LongText):
    """Shows utterances and updates them in place. It is read-only."""

    pause_asked = Signal()
    shows_tags = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._entries: dict[int, _Entry] = {}
        self._order: list[_Entry] = []  # as they stand in the document
        self._unfinished: set[int] = set()
        self._lit: tuple[int, Span] | None = None
        self._lit_format = QTextCharFormat()
        self._unheard_format = QTextCharFormat()
        self._look: Look | None = None
        self._signs: dict[Fate, QPixmap] = {}  # made when they are drawn first
        self._sign_side = 20
        self._margin = _Margin(self)
        self.updateRequest.connect(self._on_update_request)

    def set_look(self, look: Look) -> None:
        """Draw in these colours, with icons of their size."""
        colors = look.colors
        self.color_chips(colors)
        self._lit_format = QTextCharFormat()
        self._lit_format.setBackground(QColor(colors.lit))
        self._lit_format.setForeground(QColor(colors.on_lit))
        self._lit_format.setFontUnderline(True)
        self._unheard_format = QTextCharFormat()
        self._unheard_format.setForeground(QColor(colors.muted))
        self._sign_side = look.icon_size()
        self._look = look
        self._signs.clear()
        self.setViewportMargins(self._sign_side + 16, 0, 0, 0)
        for entry in self._entries.values():
            self._draw_unheard(entry, entry.unheard_from)
        self._draw()

    def has(self, number: int) -> bool:
        """Return whether this utterance is shown."""
        return number in self._entries

    def unfinished(self) -> list[int]:
        """Return the utterances that wait or are being spoken."""
        return sorted(self._unfinished)

    def show_utterance(self, view: UtteranceView, *, end: int | None = None) -> None:
        """Show the utterance, or only its first `end` code points until it is spoken again."""
        entry = self._entries.get(view.id)
        is_new = entry is None
        if entry is None:
            entry = self._entries[view.id] = self._begin()
            self._order.append(entry)
        if end is not None:
            entry.limit = end
        elif view.fate not in (Fate.CUT, Fate.FAILED):
            entry.limit = None
        length = len(view.text) if entry.limit is None else min(entry.limit, len(view.text))
        if length > len(entry.text):
            self._append(entry, showable(view.text[len(entry.text) : length]))
        is_heard = view.heard_end > 0 or view.word is not None
        # the voice may have been given what still waits for the ear
        fate = Fate.WAITING if view.fate is Fate.SPEAKING and not is_heard else view.fate
        if fate is not entry.fate:
            began = fate is Fate.SPEAKING
            entry.fate = fate
            if fate in (Fate.WAITING, Fate.SPEAKING):
                self._unfinished.add(view.id)
            else:
                self._unfinished.discard(view.id)
            never_heard = fate in (Fate.CUT, Fate.FAILED, Fate.SHOWN) and view.sounded_end < len(entry.text)
            self._draw_unheard(entry, view.sounded_end if never_heard else None)
            self._margin.update()
            if began or (is_new and self._lit is None):
                self.follow(entry.anchor.position())

    def light(self, number: int, word: Span | None) -> None:
        """Light this word of this utterance, and only it."""
        lit = (number, word) if word is not None and number in self._entries else None
        if lit == self._lit:
            return
        self._lit = lit
        self._draw()
        if lit is not None:
            self.follow(self._place_of(self._entries[number], lit[1].start))

    # -- inside ------------------------------------------------------------------------------------

    def _begin(self) -> _Entry:
        self.settle()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if self._entries:
            self._break(cursor, "\n")
        anchor = QTextCursor(cursor)
        anchor.setKeepPositionOnInsert(True)
        return _Entry(anchor)

    def _append(self, entry: _Entry, more: str) -> None:
        at = self._place_of(entry, len(entry.text))
        cursor = self.range(at, at)
        entry.text += more
        entry.units.append(more)
        if len(more) > 200:
            self.insert(cursor, more)
            return
        # a token at a time: the block before the place may be full
        for index, line in enumerate(more.split("\n")):
            if index:
                self._break(cursor, "\n")
            self._put(cursor, line)
            self._split(cursor.block())

    def _place_of(self, entry: _Entry, point: int) -> int:
        return self.place(entry.units.before(point), entry.anchor.block())

    def _draw(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        if self._lit is not None:
            number, word = self._lit
            entry = self._entries[number]
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.range(self._place_of(entry, word.start), self._place_of(entry, word.end))
            mark.format = self._lit_format
            marks.append(mark)
        self.setExtraSelections(marks)

    def _draw_unheard(self, entry: _Entry, start: int | None) -> None:
        """Draw the text from `start` on as never heard; None: draw all of it normally."""
        if start is None and entry.unheard_from is None:
            return
        entry.unheard_from = start
        whole = self.range(self._place_of(entry, 0), self._place_of(entry, len(entry.text)))
        plain = QTextCharFormat()
        plain.setForeground(self.palette().text())
        plain.setUnderlineStyle(QTextCharFormat.UnderlineStyle.NoUnderline)
        plain.setFontStrikeOut(False)
        whole.mergeCharFormat(plain)
        if start is not None:
            style = QTextCharFormat(self._unheard_format)
            style.setFontStrikeOut(entry.fate is Fate.CUT)
            if entry.fate is Fate.FAILED:
                style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            self.range(self._place_of(entry, start), whole.selectionEnd()).mergeCharFormat(style)

    def paint_margin(self, painter: QPainter, clip: QRect) -> None:
        """Draw the icons of the utterances that begin in view."""
        first = self.firstVisibleBlock().position()
        shift = max(0, (self.fontMetrics().lineSpacing() - self._sign_side) // 2)
        for entry in islice(self._order, bisect_left(self._order, first, key=_Entry.position), None):
            box = self.blockBoundingGeometry(entry.anchor.block()).translated(self.contentOffset())
            if box.top() > clip.bottom():
                return
            if entry.fate is not None:
                painter.drawPixmap(QPoint(8, int(box.top()) + shift), self._sign(entry.fate))

    def _sign(self, fate: Fate) -> QPixmap:
        if fate not in self._signs:
            assert self._look is not None
            colors = self._look.colors
            tints = {Fate.SPEAKING: colors.accent, Fate.FAILED: colors.danger, Fate.CUT: colors.danger}
            self._signs[fate] = self._look.pixmap(
                _SIGNS[fate], tints.get(fate, colors.muted), self._sign_side
            )
        return self._signs[fate]

    def _on_update_request(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            event.accept()
            self.pause_asked.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        box = self.contentsRect()
        self._margin.setGeometry(QRect(box.left(), box.top(), self._sign_side + 16, box.height()))


class _Margin(QWidget):
    """The margin left of the text, with the icons."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._transcript = transcript

    def sizeHint(self) -> QSize:
        return QSize(36, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._transcript.paint_margin(painter, event.rect())
        painter.end()
