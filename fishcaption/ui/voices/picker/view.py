"""The list of voices as it is drawn, and its keys.

A table with rows of one height: a list view would take 400 ms for each page of a long list.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from fishcaption.core.voices.catalog import VoiceEntry
from fishcaption.ui.voices.picker.covers import Covers
from fishcaption.ui.voices.picker.table import VoiceTable
from fishcaption.ui.voices.picker.words import about_words
from fishcaption.ui.widgets.longtext import showable

_Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STAR = "★"
_ROOM = 6  # pixels around what is in a row


class VoiceView(QTableView):
    """The list. `wants_more` when its end comes near."""

    chosen = Signal(object)  # a VoiceEntry: Enter, or a double click
    heard = Signal()  # Space
    typed = Signal(str)  # letters, which belong into the search field
    moved = Signal(object)  # a VoiceEntry, or None: the current row is another one
    wants_more = Signal()

    def __init__(self, table: VoiceTable, covers: Covers, faint: QColor) -> None:
        """`faint` is the colour of what is said beside a name."""
        super().__init__()
        self._table = table
        self._covers = covers
        self.setModel(table)
        self.setItemDelegate(_VoiceDelegate(table, covers, faint, self))
        self.setAccessibleName(self.tr("Voices"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._on_double_click)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_scrolled)
        covers.arrived.connect(self.viewport().update)
        self._fit_rows()

    def current(self) -> VoiceEntry | None:
        """Return the voice of the current row."""
        index = self.currentIndex()
        return self._table.entry(index.row()) if index.isValid() else None

    def select(self, row: int) -> None:
        """Make this row the current one."""
        self.setCurrentIndex(self._table.index(row, 0))

    def step(self, rows: int) -> None:
        """Go so many rows on, or back; headings are passed over, and stay in sight."""
        at = self.currentIndex().row()
        target = at
        left = abs(rows)
        way = 1 if rows > 0 else -1
        row = at
        while left and 0 <= row + way < self._table.rowCount():
            row += way
            if self._table.entry(row) is not None:
                target = row
                left -= 1
        if target >= 0 and self._table.entry(target) is not None:
            self.select(target)
            if target > 0 and self._table.entry(target - 1) is None:
                self.scrollTo(self._table.index(target - 1, 0))
        if way < 0 and target == at:
            self.verticalScrollBar().setValue(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        page = max(1, self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize()) - 1)
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_End: self._table.rowCount(),
            Qt.Key.Key_Home: -self._table.rowCount(),
        }
        entry = self.current()
        has_command = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
            | Qt.KeyboardModifier.AltModifier
            | Qt.KeyboardModifier.MetaModifier
        )
        if has_command:
            super().keyPressEvent(event)
        elif key in steps:
            self.step(steps[Qt.Key(key)])
        elif key in _ENTER:
            if entry is not None:
                self.chosen.emit(entry)
        elif key == Qt.Key.Key_Space:
            self.heard.emit()
        elif event.text().isprintable() and event.text():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()

    def _fit_rows(self) -> None:
        metrics = self.fontMetrics()
        height = 2 * metrics.lineSpacing() + 2 * _ROOM + 2
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self._covers.set_side(round((height - 2 * _ROOM) * self.devicePixelRatioF()))

    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.moved.emit(self._table.entry(index.row()))

    def _on_double_click(self, index: QModelIndex) -> None:
        entry = self._table.entry(index.row())
        if entry is not None:
            self.chosen.emit(entry)

    def _on_scrolled(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() + 2 * bar.pageStep() >= bar.maximum():
            self.wants_more.emit()


class _VoiceDelegate(QStyledItemDelegate):
    """Draws a voice in two lines beside its cover, and a heading in one."""

    def __init__(self, table: VoiceTable, covers: Covers, faint: QColor, parent: QObject) -> None:
        super().__init__(parent)
        self._faint = faint
        self._table = table
        self._covers = covers

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = self._table.entry(index.row())
        painter.save()
        if entry is None:
            self._paint_heading(painter, option, str(index.data()))
        else:
            self._paint_voice(painter, option, entry)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, 2 * option.fontMetrics.lineSpacing() + 2 * _ROOM + 2)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, title: str) -> None:
        rect = option.rect
        font = QFont(option.font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._faint)
        room = rect.adjusted(_ROOM, 0, -_ROOM, -_ROOM)
        words = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading, words)

    def _paint_voice(self, painter: QPainter, option: QStyleOptionViewItem, entry: VoiceEntry) -> None:
        rect, palette, direction = option.rect, option.palette, option.direction
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole
        if is_selected:
            painter.fillRect(rect, palette.color(role.Highlight))
        ink = palette.color(role.HighlightedText if is_selected else role.Text)
        faint = ink if is_selected else self._faint
        if not entry.state.can_speak:
            ink = faint

        def placed(area: QRect) -> QRect:
            return QStyle.visualRect(direction, rect, area)

        side = rect.height() - 2 * _ROOM
        cover = QRect(rect.left() + _ROOM, rect.top() + _ROOM, side, side)
        self._paint_cover(painter, placed(cover), entry, palette)
        left = cover.right() + 2 * _ROOM
        half = side // 2
        metrics = option.fontMetrics
        remark = self._table.remark_words(entry)
        remark_width = min(metrics.horizontalAdvance(remark) + _ROOM, rect.width() // 3)
        right = rect.right() - _ROOM - remark_width
        painter.setPen(faint)
        painter.setFont(option.font)
        self._line(painter, placed(QRect(right, cover.top(), remark_width, half)), remark, metrics)
        whole = rect.right() - _ROOM - left
        self._line(painter, placed(QRect(left, cover.top() + half, whole, half)), about_words(entry), metrics)
        font = QFont(option.font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(ink)
        star = f" {_STAR}" if self._table.is_favourite(entry) else ""
        name = showable(entry.voice.name) + star
        room = QRect(left, cover.top(), right - left - _ROOM, half)
        self._line(painter, placed(room), name, QFontMetrics(font))

    def _line(self, painter: QPainter, rect: QRect, words: str, metrics: QFontMetrics) -> None:
        if words:
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)

    def _paint_cover(self, painter: QPainter, rect: QRect, entry: VoiceEntry, palette: QPalette) -> None:
        pixmap = self._covers.pixmap(entry)
        if pixmap is not None:
            size = pixmap.size()
            size.scale(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            corner = rect.center() - QPoint(size.width() // 2, size.height() // 2)
            painter.drawPixmap(QRect(corner, size), pixmap)
            return
        ground = QColor(palette.color(QPalette.ColorRole.Mid))
        painter.fillRect(rect, ground)
        letter = next((one for one in entry.voice.name if one.isalnum()), "?").upper()
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letter)
