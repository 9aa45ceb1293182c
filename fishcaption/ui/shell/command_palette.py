"""The command palette: type a few letters of what is wanted, see its key, press Enter or click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.ui.commands import Action, Actions, Match, match
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_ACTION = Qt.ItemDataRole.UserRole
_KEYS = Qt.ItemDataRole.UserRole + 1
_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_GAP = 24  # between the words and their keys


class Palette(QDialog):
    """All commands, to be searched. The chosen one runs when the palette is closed."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Commands"))
        self._actions = actions
        self._chosen = ""
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("What do you want to do?"))
        self._search.setAccessibleName(self.tr("Search the commands"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._fill)
        self._search.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setItemDelegate(_Row(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemActivated.connect(self._on_chosen)
        self._list.itemClicked.connect(self._on_chosen)
        self._list.currentItemChanged.connect(self._on_moved)
        self._none = Label(self.tr("No command matches these words."))
        self._none.hide()
        column = QVBoxLayout(self)
        for widget in (self._search, self._list, self._none):
            column.addWidget(widget)
        self._list.ensurePolished()  # rows that are measured before that are too low for the style
        self._fill("")
        points = self.font().pointSizeF()
        room = parent.window().size() * 0.95
        self.resize(QSize(round(54 * points), round(40 * points)).boundedTo(room))

    def shown(self) -> list[str]:
        """Return the ids of the commands that are listed now."""
        return [self._list.item(row).data(_ACTION) for row in range(self._list.count())]

    def _fill(self, wanted: str) -> None:
        found: list[tuple[Match, Action]] = []
        for action in self._actions:
            fit = match(wanted, action.words) if action.is_listed else None
            if fit is None and wanted.strip() and action.is_listed:
                # who knows the key and looks for what it does
                keys = self._actions.spelled(action.id).casefold()
                fit = Match(5, 0) if wanted.strip().casefold() in keys else None
            if fit is not None:
                found.append((fit, action))
        if wanted.strip():
            found.sort(key=lambda pair: pair[0])
        with QSignalBlocker(self._list):  # what is chosen is said once, when all of them are there
            self._show([action for _, action in found])
        self._none.setVisible(not found)
        self._on_moved(self._list.currentItem())

    def _show(self, found: list[Action]) -> None:
        self._list.clear()
        for action in found:
            item = QListWidgetItem(action.words, self._list)
            keys = self._actions.spelled(action.id)
            item.setData(_ACTION, action.id)
            item.setData(_KEYS, keys)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{action.words}, {keys}" if keys else action.words
            )
            if not action.enabled():
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
        for row in range(self._list.count()):
            if self._list.item(row).flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentRow(row)
                break

    def _on_moved(self, item: QListWidgetItem | None) -> None:
        # the hands are in the search field: what is chosen beside it must be said
        if item is not None and self._search.hasFocus() and self._search.text():
            announce(self._list, item.data(Qt.ItemDataRole.AccessibleTextRole))

    def _on_chosen(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self._chosen = item.data(_ACTION)
            self.accept()

    # -- Qt ----------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        super().done(result)
        if self._chosen in self._actions:
            self._actions.run(self._chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, arrows move in the list and Enter takes what is selected."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if (item := self._list.currentItem()) is not None:
                    self._on_chosen(item)
                return True
        return super().eventFilter(watched, event)


class _Row(QStyledItemDelegate):
    """The words at the left, their keys at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        keys = index.data(_KEYS)
        if not keys:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        # a style sheet makes a grey of its own of the list's palette
        palette = QApplication.palette()
        role = palette.ColorRole
        painter.save()
        painter.setPen(
            palette.color(role.HighlightedText)
            if state & QStyle.StateFlag.State_Selected
            else palette.color(role.PlaceholderText)
        )
        painter.drawText(
            rect.adjusted(0, 0, -12, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys
        )
        painter.restore()

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        metrics = option.fontMetrics
        room = option.rect.width() - 2 * _GAP - metrics.horizontalAdvance(index.data(_KEYS) or "")
        option.text = metrics.elidedText(option.text, Qt.TextElideMode.ElideRight, max(room, _GAP))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, super().sizeHint(option, index).height())


def open_palette(host: Host) -> None:
    """Open the command palette."""
    Palette(host.commands, host.window).open()
