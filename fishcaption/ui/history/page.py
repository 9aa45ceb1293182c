"""The history as a page in the place of the transcript, with a search.

Each text can be spoken again, copied, edited again and deleted. Its fate (heard, cut and where, never spoken)
is shown by an icon, by words, and by how the text is drawn; never by colour alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.speech import Fate
from fishcaption.core.text.tags import visible
from fishcaption.store.history import Entry, History
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, Tool, announce
from fishcaption.ui.widgets.dialog_parts import ask, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.menus import open_at
from fishcaption.ui.widgets.theme import Look

_ENTRY = Qt.ItemDataRole.UserRole
_LONGEST = 300  # code points of a text that its row shows
_SIGNS = {Fate.HEARD: "check", Fate.SHOWN: "eye", Fate.CUT: "square", Fate.FAILED: "triangle-alert"}
_Index = QModelIndex | QPersistentModelIndex


class HistoryPage(QWidget):
    """The list of the history, its search and its buttons."""

    say_asked = Signal(str)
    edit_asked = Signal(str)
    phrase_asked = Signal(str)  # keep this as a phrase
    record_asked = Signal(bool)  # off the record, or on it again
    closed = Signal()

    def __init__(self, history: History, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._model = _HistoryModel(self.tr)
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search spoken texts"))
        self._search.setAccessibleName(self._search.placeholderText())
        self._search.setClearButtonEnabled(True)
        self._search.installEventFilter(self)
        self._list = QListView()
        self._list.setAccessibleName(self.tr("History, the newest first"))
        self._list.setModel(self._model)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.installEventFilter(self)
        self._rows = _EntryPainter(self._list)
        self._list.setItemDelegate(self._rows)
        self._none = Label()
        self._none.setWordWrap(True)
        self._say = text_button(self.tr("Say it again"))
        self._copy = text_button(self.tr("Copy"))
        self._edit = text_button(self.tr("Edit again"))
        self._phrase = text_button(self.tr("Save as a phrase"))
        self._delete = text_button(self.tr("Delete"))
        self._clear = text_button(self.tr("Delete all…"))
        self._several = QCheckBox(self.tr("Select several"))
        self._off = QCheckBox(self.tr("Off the record"))
        self._off.setToolTip(self.tr("While this is on, nothing that you type or say is saved."))
        self._close = Tool(self.tr("Close the history"), "x")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fill)
        self._build()
        self._connect()
        self._unsubscribe = history.subscribe(self._soon.start)
        self.set_look(look)
        self._fill()

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._close.dress(look)
        self._rows.set_look(look)
        self._list.setMinimumHeight(round(4.5 * self.fontMetrics().lineSpacing()) + 30)
        self._list.viewport().update()

    def show_record(self, is_off: bool) -> None:
        """Set the switch “Off the record”."""
        self._off.setChecked(is_off)

    def leave(self) -> None:
        """Stop following the history: the page goes away."""
        self._unsubscribe()
        self._soon.stop()

    def shown(self) -> list[Entry]:
        """Return the listed entries."""
        return self._model.entries

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        head = QHBoxLayout()
        title = Label(self.tr("History"))
        title.setProperty("role", "title")
        head.addWidget(title)
        head.addWidget(self._search, 1)
        head.addWidget(self._close)
        below = FlowRow()
        for widget in (self._say, self._copy, self._edit, self._phrase, self._delete, self._clear):
            below.addWidget(widget)
        below.add_right(self._several)
        below.add_right(self._off)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._none)
        column.addWidget(self._list, 1)
        column.addWidget(FlowBox(below))

    def _connect(self) -> None:
        self._search.textChanged.connect(self._soon.start)
        self._list.activated.connect(self._on_say)
        self._list.customContextMenuRequested.connect(self._on_menu)
        self._list.selectionModel().selectionChanged.connect(self._on_selected)
        for button, act in (
            (self._say, self._on_say),
            (self._copy, self._on_copy),
            (self._edit, self._on_edit),
            (self._phrase, self._on_phrase),
            (self._delete, self._on_delete),
            (self._clear, self._on_clear),
        ):
            button.clicked.connect(act)
        self._several.toggled.connect(self._on_several)
        self._off.clicked.connect(self.record_asked)
        self._close.clicked.connect(self.closed)
        self.setFocusProxy(self._search)

    # -- the list ----------------------------------------------------------------------------------

    def _fill(self) -> None:
        selected = {entry.id for entry in self._chosen()}
        row = self._list.currentIndex().row()
        self._model.show(list(self._history.search(self._search.text())))
        selection = self._list.selectionModel()
        flags = selection.SelectionFlag
        for place, entry in enumerate(self._model.entries):
            if entry.id in selected:
                selection.setCurrentIndex(self._model.index(place, 0), flags.Select)
        if not selection.hasSelection() and self._model.entries:
            place = min(max(0, row), len(self._model.entries) - 1)
            # not by the view, which asks what modifiers are held
            selection.setCurrentIndex(self._model.index(place, 0), flags.ClearAndSelect)
        self._none.setVisible(not self._model.entries)
        self._none.setText(
            self.tr("No spoken text has these words.")
            if self._search.text().strip()
            else self.tr("Nothing has been spoken yet.")
        )
        self._on_selected()

    def _chosen(self) -> list[Entry]:
        """Return the selected entries, in the order of the list."""
        rows = sorted(index.row() for index in self._list.selectionModel().selectedIndexes())
        return [self._model.entries[row] for row in rows if row < len(self._model.entries)]

    def _text(self) -> str:
        """Return the selected entries as one text, the oldest first."""
        return "\n".join(entry.text for entry in reversed(self._chosen()))

    def _on_selected(self) -> None:
        count = len(self._chosen())
        for button in (self._say, self._copy, self._edit, self._phrase, self._delete):
            button.setEnabled(count > 0)
        self._clear.setEnabled(bool(self._model.entries) or bool(self._search.text()))
        self._delete.setText(
            self.tr("Delete {count}…").format(count=count) if count > 1 else self.tr("Delete")
        )

    def _on_several(self, is_on: bool) -> None:
        mode = QAbstractItemView.SelectionMode
        self._list.setSelectionMode(mode.MultiSelection if is_on else mode.ExtendedSelection)

    def _on_menu(self, at: QPoint) -> None:
        if not self._chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button, act in (
            (self._say, self._on_say),
            (self._copy, self._on_copy),
            (self._edit, self._on_edit),
            (self._phrase, self._on_phrase),
            (self._delete, self._on_delete),
        ):
            menu.addAction(button.text()).triggered.connect(act)
        open_at(menu, self._list.viewport().mapToGlobal(at))

    # -- what is done with them --------------------------------------------------------------------

    def _on_say(self) -> None:
        if self._chosen():
            self.say_asked.emit(self._text())

    def _on_copy(self) -> None:
        if self._chosen():
            QGuiApplication.clipboard().setText(visible(self._text()))

    def _on_edit(self) -> None:
        if self._chosen():
            self.edit_asked.emit(self._text())

    def _on_phrase(self) -> None:
        if self._chosen():
            self.phrase_asked.emit(self._text())

    def _on_delete(self) -> None:
        chosen = [entry.id for entry in self._chosen()]
        if len(chosen) == 1:
            self._history.delete(chosen)
            announce(self._list, self.tr("Deleted"))
        elif chosen:
            words = self.tr("Delete these {count} entries? This cannot be undone.").format(count=len(chosen))
            self._ask(words, _Delete(self._history, chosen))

    def _on_clear(self) -> None:
        self._ask(self.tr("Delete the whole history? This cannot be undone."), self._history.clear)

    def _ask(self, words: str, on_yes: Callable[[], None]) -> None:
        ask(self.tr("History"), words, self.tr("Delete"), self, on_yes)

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched is self._search and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._list.setFocus()
            return True
        if watched is self._list:
            if event.key() == Qt.Key.Key_Delete:
                self._on_delete()
                return True
            if event.key() == Qt.Key.Key_C and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                self._on_copy()
                return True
        return super().eventFilter(watched, event)


class _Delete:
    """Deletes these entries when it is called."""

    def __init__(self, history: History, ids: list[int]) -> None:
        self._history = history
        self._ids = ids

    def __call__(self, _is_checked: bool = False) -> None:
        self._history.delete(self._ids)


class _HistoryModel(QAbstractListModel):
    """The entries as a model for a list view."""

    def __init__(self, tr: Callable[[str], str]) -> None:
        super().__init__()
        self._tr = tr
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        """List these entries."""
        if entries != self.entries:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line(entry.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.words(entry)}: {line(entry.text)}"
            case Qt.ItemDataRole.ToolTipRole:
                return as_written(visible(entry.text[:2000]))
            case Qt.ItemDataRole.StatusTipRole:
                return self.words(entry)
        return entry if role == _ENTRY else None

    def words(self, entry: Entry) -> str:
        """Return the fate of the entry in words, with its time if that is known."""
        heard = visible(entry.text[: entry.heard_end]).split()
        if entry.fate is Fate.HEARD:
            words = self._tr("Heard")
        elif entry.fate is Fate.SHOWN and heard:
            words = self._tr("Heard up to “{word}”, then shown without sound").format(word=heard[-1][:20])
        elif entry.fate is Fate.SHOWN:
            words = self._tr("Shown, not heard: there was no sound")
        elif not heard:
            words = self._tr("Never spoken")
        elif entry.fate is Fate.CUT:
            words = self._tr("Stopped after “{word}”").format(word=heard[-1][:20])
        else:
            words = self._tr("Failed after “{word}”").format(word=heard[-1][:20])
        if entry.at is not None:
            when = datetime.fromtimestamp(entry.at)
            words = f"{words}, {when:%d.%m. %H:%M}"
        return words


def line(text: str) -> str:
    """Return a text as one line of a list."""
    return " ".join(visible(text[:_LONGEST]).split()) + ("…" if len(text) > _LONGEST else "")


class _EntryPainter(QStyledItemDelegate):
    """Draws an icon and the text, with the part that was never heard struck out; below it, its fate."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._signs: dict[tuple[Fate, bool], QPixmap] = {}

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._look = look
        self._signs.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, max(44, 2 * option.fontMetrics.lineSpacing() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(_ENTRY)
        assert self._look is not None
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colors = self._look.colors
        painter.save()
        if is_selected:
            painter.fillRect(option.rect, option.palette.brush(QPalette.ColorRole.Highlight))
        side = self._look.icon_size()
        box = option.rect.adjusted(8, 6, -8, -6)
        painter.drawPixmap(box.left(), box.top(), self._sign(entry.fate, is_selected))
        left = box.left() + side + 10
        top = QRect(left, box.top(), box.right() - left, option.fontMetrics.lineSpacing())
        painter.setFont(option.font)
        painter.setPen(option.palette.color(_role(is_selected, QPalette.ColorRole.Text)))
        self._paint_text(painter, top, entry, option.fontMetrics)
        painter.setPen(colors.on_accent if is_selected else colors.muted)
        words = option.fontMetrics.elidedText(
            index.data(Qt.ItemDataRole.StatusTipRole), Qt.TextElideMode.ElideRight, top.width()
        )
        painter.drawText(top.translated(0, top.height()), Qt.AlignmentFlag.AlignVCenter, words)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colors.on_accent if is_selected else colors.focus)
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_text(self, painter: QPainter, box: QRect, entry: Entry, metrics: QFontMetrics) -> None:
        """Draw the heard part normally and the rest struck out; right-to-left text as a whole."""
        whole = line(entry.text)
        is_whole = entry.fate in (Fate.HEARD, Fate.SHOWN)  # what was shown is not struck out
        heard = whole if is_whole else whole[: len(line(entry.text[: entry.heard_end]))]
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, box.width())
        font = painter.font()
        if _is_right_to_left(shown):
            font.setStrikeOut(not heard)
            painter.setFont(font)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            font.setStrikeOut(False)
            painter.setFont(font)
            return
        heard = shown[: len(heard)]
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, heard)
        font.setStrikeOut(True)
        painter.setFont(font)
        rest = box.adjusted(metrics.horizontalAdvance(heard), 0, 0, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, shown[len(heard) :])
        font.setStrikeOut(False)
        painter.setFont(font)

    def _sign(self, fate: Fate, is_selected: bool) -> QPixmap:
        assert self._look is not None
        if (fate, is_selected) not in self._signs:
            colors = self._look.colors
            tint = colors.muted if fate is Fate.HEARD else colors.danger
            self._signs[fate, is_selected] = self._look.pixmap(
                _SIGNS[fate], colors.on_accent if is_selected else tint, self._look.icon_size()
            )
        return self._signs[fate, is_selected]


def _role(is_selected: bool, plain: QPalette.ColorRole) -> QPalette.ColorRole:
    return QPalette.ColorRole.HighlightedText if is_selected else plain


def _is_right_to_left(text: str) -> bool:
    """Return whether any of the text runs from right to left."""
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
