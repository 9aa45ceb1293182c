"""Parts that both pages of the phrase editor have: a list whose order can be changed, a choice of colours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fishcaption.core.phrases.bank import COLORS
from fishcaption.ui.phrases.cards import swatch_icon
from fishcaption.ui.phrases.panel import color_words
from fishcaption.ui.widgets.controls import Tool
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.theme import Look

_ID = Qt.ItemDataRole.UserRole


class EditorPage(QWidget):
    """A page whose parts keep their height: the style sheet's least heights ignore large text."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


def fill_colors(choice: QComboBox, first: str, look: Look, tr: Callable[[str], str]) -> None:
    """Fill the choice with all colours and their names; `first` is the name for no colour."""
    side = look.icon_size()
    for color in ("", *COLORS):
        icon = swatch_icon(color, look.colors, side, choice.devicePixelRatioF())
        choice.addItem(icon, color_words(color, tr) if color else first, color)
    choice.setIconSize(QSize(side, side))


class OrderedList(QWidget):
    """A list with buttons to add, remove, and move an item up or down."""

    add_asked = Signal()
    remove_asked = Signal()
    move_asked = Signal(int)  # by so many places
    chosen = Signal()

    def __init__(self, look: Look, names: tuple[str, str, str]) -> None:
        """`names`: of the list, of Add and of Remove."""
        super().__init__()
        self.list = QListWidget()
        self.list.setAccessibleName(names[0])
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setMinimumHeight(6 * QFontMetrics(self.font()).lineSpacing())
        self.list.currentRowChanged.connect(self._on_row)
        self.list.installEventFilter(self)
        self.add = text_button(names[1])
        self.remove = text_button(self.tr("Remove"))
        self.remove.setAccessibleName(names[2])
        self.sooner = Tool(self.tr("Move up"), "arrow-up")
        self.later = Tool(self.tr("Move down"), "arrow-down")
        below = QHBoxLayout()
        below.addWidget(self.add, 1)
        for tool in (self.sooner, self.later):
            tool.dress(look)
            below.addWidget(tool)
        below.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(below)
        self.add.clicked.connect(self.add_asked)
        self.remove.clicked.connect(self.remove_asked)
        self.sooner.clicked.connect(partial(self.move_asked.emit, -1))
        self.later.clicked.connect(partial(self.move_asked.emit, 1))

    def show_rows(self, rows: list[tuple[str, str, str]], look: Look, wanted: str) -> None:
        """Show these rows (id, words, colour), with `wanted` chosen."""
        with QSignalBlocker(self.list):
            self.list.clear()
            side = look.icon_size()
            self.list.setIconSize(QSize(side, side))
            for number, words, color in rows:
                item = QListWidgetItem(words, self.list)
                item.setData(_ID, number)
                item.setIcon(swatch_icon(color, look.colors, side, self.devicePixelRatioF()))
                if number == wanted:
                    self.list.setCurrentItem(item)
        self._show_buttons()

    def current(self) -> str:
        """Return the chosen id; empty for none."""
        item = self.list.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def choose(self, number: str) -> bool:
        """Choose this id; return whether it is in the list."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == number:
                self.list.setCurrentRow(row)
                return True
        return False

    def neighbour(self) -> str:
        """Return the id that is chosen when the chosen one is removed."""
        row = self.list.currentRow()
        place = row + 1 if row + 1 < self.list.count() else row - 1
        return str(self.list.item(place).data(_ID)) if place >= 0 else ""

    def _on_row(self) -> None:
        self._show_buttons()
        self.chosen.emit()

    def _show_buttons(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        self.remove.setEnabled(row >= 0)
        self.sooner.setEnabled(row > 0)
        self.later.setEnabled(0 <= row < count - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Del removes the chosen item, Ctrl with an arrow moves it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.list:
            is_ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_Delete and self.current():
                self.remove_asked.emit()
                return True
            if is_ctrl and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.move_asked.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
        return super().eventFilter(watched, event)
