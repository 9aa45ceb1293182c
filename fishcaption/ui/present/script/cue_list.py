"""The list of the script's cues: what is spoken now and next is seen at a glance, and each can be edited.

Keys come here first, as from a presenter's remote: `pressed` tells the command of a key, digits and Enter go
to a number. While a cue is edited, all keys are the editor's.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fishcaption.ui.commands import Actions
from fishcaption.ui.present.script.model import Column, ScriptModel
from fishcaption.ui.present.show_actions import SCOPE
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.theme import Colors, Look

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LINES = 2  # of a cue that a row shows
_MOST_EDITED_LINES = 6
_MOST_DIGITS = 6
_MOST_NAME = 40  # code points of a speaker's name
_MOST_NAMES = 100  # that a column is fitted to


class ScriptList(QTableView):
    """The table of the cues. It shows what it is told and tells what is asked; it changes nothing."""

    pressed = Signal(str)  # the id of a command whose key was pressed
    number_typed = Signal(str)  # digits so far; empty when they are forgotten
    number_chosen = Signal(str)  # digits and Enter
    row_chosen = Signal(int)  # Enter on a cue: its id

    def __init__(self, model: ScriptModel, commands: Actions) -> None:
        super().__init__()
        self._script = model
        self._commands = commands
        self._digits = ""
        self._colors: Colors | None = None
        self.setModel(model)
        model.dataChanged.connect(self._on_changed)
        self._delegate = _CueDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Script"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.TEXT, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._colors = look.colors
        self.ensurePolished()
        metrics = self.fontMetrics()
        self.verticalHeader().setMinimumSectionSize(metrics.height())
        self.verticalHeader().setDefaultSectionSize(_LINES * metrics.lineSpacing() + 12)
        wide = metrics.horizontalAdvance
        words = [wide(word) for word in (self.tr("Now"), self.tr("Next"), self.tr("State"))]
        self.setColumnWidth(Column.STATE, max(words) + 20)
        self.fit_columns()
        self.setColumnWidth(Column.MARKS, max(3 * (look.icon_size() + 4), wide(self.tr("Marks"))) + 12)
        self._script.set_look(look)

    @property
    def colors(self) -> Colors | None:
        """The colours of the theme."""
        return self._colors

    def fit_columns(self) -> None:
        """Make the columns of numbers and speakers as wide as this script needs them."""
        wide = self.fontMetrics().horizontalAdvance
        names = self._script.script.speakers()
        widest = max((wide(showable(name[:_MOST_NAME])) for name in names[:_MOST_NAMES]), default=0)
        number = max(wide(str(self._script.rowCount())), wide(self.tr("No.")))
        self.setColumnHidden(Column.SPEAKER, not names)
        self.setColumnWidth(Column.NUMBER, number + 16)
        self.setColumnWidth(Column.SPEAKER, min(max(widest, wide(self.tr("Speaker"))), wide("M" * 8)) + 16)

    def follow(self, cue: int | None) -> None:
        """Bring this cue into sight and under the cursor, unless one is being edited."""
        row = self._script.row_of(cue)
        if row is None or self.is_editing():
            return
        self.choose(row)
        height = self.viewport().height()
        top = self.rowViewportPosition(max(0, row - 1))
        bottom = self.rowViewportPosition(row) + 2 * self.rowHeight(row)
        if top < 0 or bottom > height:  # what is spoken now stays in sight above it
            before = self._script.index(max(0, row - 1), Column.TEXT)
            self.scrollTo(before, QAbstractItemView.ScrollHint.PositionAtTop)

    def choose(self, row: int) -> None:
        """Put the cursor into this row."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(
            self._script.index(row, Column.TEXT), flags.ClearAndSelect | flags.Rows
        )

    def chosen(self) -> list[int]:
        """Return the ids of the selected cues, in their order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows(Column.TEXT))
        return [cue.id for row in rows if (cue := self._script.cue_at(row)) is not None]

    def is_editing(self) -> bool:
        """Return whether a cue is being edited."""
        return self.state() is QAbstractItemView.State.EditingState

    def edit_cue(self, cue: int) -> None:
        """Begin to edit the text of a cue."""
        row = self._script.row_of(cue)
        if row is not None:
            self.choose(row)
            self.edit(self._script.index(row, Column.TEXT))

    def digits(self) -> str:
        """Return the digits that were typed so far."""
        return self._digits

    def _on_changed(self, first: QModelIndex) -> None:
        if first.column() == Column.STATE:  # the whole row looks different, not only this cell
            self.viewport().update()

    def _type_digits(self, digits: str) -> None:
        self._digits = digits[:_MOST_DIGITS]
        self.number_typed.emit(self._digits)

    # -- Qt ----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # before a shortcut of the window with the same key
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._commands.scoped(event, SCOPE)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self._commands.scoped(event, SCOPE)
        is_plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        text = event.text()
        if name:
            if not event.isAutoRepeat():
                self._type_digits("")
                self.pressed.emit(name)
        elif is_plain and len(text) == 1 and text.isdecimal():
            self._type_digits(self._digits + text)
        elif is_plain and event.key() in _ENTER:
            self._take_enter()
        elif self._digits and event.key() == Qt.Key.Key_Backspace:
            self._type_digits(self._digits[:-1])
        else:
            super().keyPressEvent(event)

    def _take_enter(self) -> None:
        digits, chosen = self._digits, self.chosen()
        self._type_digits("")
        if digits:
            self.number_chosen.emit(digits)
        elif chosen:
            self.row_chosen.emit(chosen[0])

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are the keys of commands here, and Ctrl+F searches."""

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._type_digits("")
        super().focusOutEvent(event)


class _CueDelegate(QStyledItemDelegate):
    """Paints the cells, and edits texts of several lines."""

    def __init__(self, view: ScriptList) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model, colors = self._view._script, self._view.colors
        state = model.state_of(index.row())
        if colors is not None and state == "now":
            painter.fillRect(option.rect, QColor(colors.lit))
        super().paint(painter, option, index)
        if colors is None:
            return
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if index.column() == Column.MARKS:
            plain = colors.on_lit if state == "now" else colors.text
            color = colors.on_accent if is_selected else plain
            _paint_marks(painter, option.rect, model.marks(index.row(), color))
        if state == "next":
            # in some themes the selection and the current cue have one colour: lines part them
            _paint_lines(painter, option.rect, colors.on_accent if is_selected else colors.accent)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row has it
        state = self._view._script.state_of(index.row())
        colors = self._view.colors
        if state and index.column() == Column.STATE:
            option.font.setBold(True)
        if state == "now" and colors is not None:
            for role in (option.palette.ColorRole.Text, option.palette.ColorRole.WindowText):
                option.palette.setColor(role, QColor(colors.on_lit))

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        if index.column() == Column.SPEAKER:
            line = LineField(parent)
            line.setAccessibleName(self.tr("Speaker of this cue"))
            return line
        editor = _CueEditor(parent)
        editor.done.connect(self._on_done)
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, _CueEditor):
            editor.setPlainText(showable(text))
            editor.selectAll()
        elif isinstance(editor, QLineEdit):
            editor.setText(showable(text))

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(editor, _CueEditor):
            model.setData(index, editor.toPlainText())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = QRect(option.rect)
        if isinstance(editor, _CueEditor):
            height = max(rect.height(), _MOST_EDITED_LINES * editor.fontMetrics().lineSpacing())
            room = self._view.viewport().rect()
            rect.setHeight(min(height, room.height()))
            rect.moveTop(max(0, min(rect.top(), room.bottom() - rect.height())))
        editor.setGeometry(rect)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), self._view.verticalHeader().defaultSectionSize())

    def _on_done(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)


class _CueEditor(TextField):
    """Edits the text of a cue. Enter takes it, Shift+Enter is a new line, Esc gives the old text back."""

    done = Signal(object)  # itself

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "report")
        self.setAccessibleName(self.tr("Text of this cue"))
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.done.emit(self)
            return
        super().keyPressEvent(event)


def _paint_lines(painter: QPainter, rect: QRect, color: str) -> None:
    painter.save()
    painter.setPen(QPen(QColor(color), 2))
    for y in (rect.top() + 1, rect.bottom() - 1):
        painter.drawLine(rect.left(), y, rect.right() + 1, y)
    painter.restore()


def _paint_marks(painter: QPainter, rect: QRect, marks: list[QPixmap]) -> None:
    left = rect.left() + 6
    for mark in marks:
        size = mark.deviceIndependentSize().toSize()
        painter.drawPixmap(QPoint(left, rect.top() + (rect.height() - size.height()) // 2), mark)
        left += size.width() + 4
