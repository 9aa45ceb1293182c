"""The two pages of the editor of phrases: a list each, and the form of what is chosen in it.

A text is taken over when the hands leave its field; everything else at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import COLORS, KEYS, Bank, Category, Phrase, excerpt
from fishcaption.ui.commands import spelled
from fishcaption.ui.phrases.cards import line, swatch_icon
from fishcaption.ui.phrases.panel import color_words
from fishcaption.ui.widgets.controls import Choice, Tool
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.phrases.editor import PhraseEditor

_ID = Qt.ItemDataRole.UserRole
_LINES = 2  # of a text that is written
_NARROW = 46  # ems: below it the form stands under the list


class _Page(QWidget):
    """A page whose parts keep their height: the style sheet's least heights know nothing of large text."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


def _fill_colors(choice: QComboBox, first: str, look: Look, tr: Callable[[str], str]) -> None:
    """All colours with their names; `first` is what none is called."""
    side = look.icon_size()
    for color in ("", *COLORS):
        icon = swatch_icon(color, look.colors, side, choice.devicePixelRatioF())
        choice.addItem(icon, color_words(color, tr) if color else first, color)
    choice.setIconSize(QSize(side, side))


class _Order(QWidget):
    """A list with the buttons that change its order: add, remove, sooner, later."""

    add_asked = Signal()
    remove_asked = Signal()
    move_asked = Signal(int)  # by so many places
    chosen = Signal()

    def __init__(self, look: Look, names: tuple[str, str, str]) -> None:
        """`names` are those of the list, of Add and of Remove."""
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
        """These (id, words, colour), with `wanted` chosen."""
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
        """The id that is chosen; empty for none."""
        item = self.list.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def choose(self, number: str) -> bool:
        """Choose this one; whether it is there."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == number:
                self.list.setCurrentRow(row)
                return True
        return False

    def neighbour(self) -> str:
        """Who is chosen when the chosen one goes."""
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
        """Del removes, Ctrl with an arrow moves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.list:
            is_ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_Delete and self.current():
                self.remove_asked.emit()
                return True
            if is_ctrl and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.move_asked.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
        return super().eventFilter(watched, event)


class PhrasePage(_Page):
    """The list of phrases, and the form of the chosen one."""

    def __init__(self, editor: PhraseEditor) -> None:
        super().__init__()
        self._editor = editor
        self._shown_bank: Bank | None = None
        self._number = ""  # whose form it is
        self._is_new = False  # it is not in the bank yet
        self._filter = LineField()
        self._filter.setPlaceholderText(self.tr("Find a phrase"))
        self._filter.setAccessibleName(self.tr("Find a phrase to edit"))
        self._order = _Order(
            editor.look, (self.tr("All phrases"), self.tr("New phrase"), self.tr("Remove the phrase"))
        )
        self._shown = self._text(self.tr("Text that is shown"))
        self._said = self._text(self.tr("Text that is spoken, if it is different"))
        self._said.setPlaceholderText(self.tr("Same as shown"))
        self._category = QComboBox()
        self._category.setEditable(True)
        self._category.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._color = Choice()
        _fill_colors(self._color, self.tr("Same as its category"), editor.look, self.tr)
        self._key = Choice()
        self._key.setMinimumContentsLength(12)
        self._taken = Label()
        self._taken.setWordWrap(True)
        self._taken.setProperty("role", "hint")
        self._say = text_button(self.tr("Say it"), big=True)
        side = editor.look.icon_size()
        self._say.setIcon(editor.look.icon("speech", room=side // 3))
        self._say.setIconSize(QSize(side + side // 3, side))
        self._form = QWidget()
        self._build()
        self._filter.textChanged.connect(self._on_filter)
        self._order.add_asked.connect(self._on_add)
        self._order.remove_asked.connect(self._on_remove)
        self._order.move_asked.connect(self._on_move)
        self._order.chosen.connect(self._on_chosen)
        self._category.activated.connect(self.commit)
        line_edit = self._category.lineEdit()
        assert line_edit is not None  # it is editable
        line_edit.editingFinished.connect(self.commit)
        self._color.activated.connect(self.commit)
        self._key.activated.connect(self._on_key)
        self._say.clicked.connect(self._on_say)

    def _text(self, name: str) -> QPlainTextEdit:
        text = TextField()
        text.setTabChangesFocus(True)
        text.setAccessibleName(name)
        text.setFixedHeight(round((1.6 * _LINES) * QFontMetrics(self.font()).lineSpacing()) + 18)
        text.installEventFilter(self)
        return text

    def _build(self) -> None:
        form = QFormLayout(self._form)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setContentsMargins(4, 0, 4, 4)
        for words, widget in (
            (self.tr("&Shown text"), self._shown),
            (self.tr("S&poken text"), self._said),
            (self.tr("&Category"), self._category),
            (self.tr("C&olour"), self._color),
            (self.tr("&Key"), self._key),
        ):
            label = Label(words)
            label.setBuddy(widget)
            form.addRow(label, widget)
            if not widget.accessibleName():
                widget.setAccessibleName(words.replace("&", ""))
            if widget is self._said:
                form.addRow(self._say)
        entry = self._category.lineEdit()
        assert entry is not None  # it is editable
        entry.setAccessibleName(self._category.accessibleName())
        form.addRow(self._taken)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._filter)
        column.addWidget(self._order, 1)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.addWidget(left, 1)
        self._both.addWidget(self._form, 1)

    # -- what the editor asks ----------------------------------------------------------------------

    def take_focus(self) -> None:
        """The hands begin in the list."""
        self._order.list.setFocus()

    def choose(self, number: str) -> None:
        """Show this phrase."""
        self.commit()
        if not self._order.choose(number):
            self._filter.clear()
            self._order.choose(number)
        self._shown.setFocus()

    def category(self) -> str:
        """The category of the phrase that is shown: a new one most likely belongs there, too."""
        bank = self._editor.bank()
        return bank.phrase(self._number).category if self._number in bank else ""

    def commit(self) -> None:
        """What stands in the form becomes the phrase."""
        bank = self._editor.bank()
        shown = self._shown.toPlainText()
        if self._is_new and not shown.strip():
            return
        fields = {
            "shown": shown,
            "said": self._said.toPlainText(),
            "category": self._category.currentText(),
            "color": str(self._color.currentData() or ""),
        }
        try:
            if self._is_new:
                grown, phrase = bank.add(**fields)
                self._is_new, self._number = False, phrase.id
                self._editor.set_bank(grown)
            elif self._number in bank:
                edited = bank.edit(self._number, **fields)
                if edited != bank:
                    self._editor.set_bank(edited)
        except InputError as error:
            self._editor.tell_error(error)

    def draw(self) -> None:
        """The bank may be another."""
        bank = self._editor.bank()
        if bank is self._shown_bank:
            return
        self._shown_bank = bank
        self._fill(self._number)
        if not self._is_new and not self._has_hands():
            self._show(self._order.current())
        self._show_choices()

    # -- drawing -----------------------------------------------------------------------------------

    def _has_hands(self) -> bool:
        return self._shown.hasFocus() or self._said.hasFocus()

    def _fill(self, wanted: str) -> None:
        bank = self._editor.bank()
        query = self._filter.text()
        found = bank.search(query) if query.strip() else bank.phrases
        rows = [
            (
                phrase.id,
                (f"{spelled(phrase.key)}   " if phrase.key else "") + line(phrase.shown),
                bank.color_of(phrase),
            )
            for phrase in found
        ]
        if wanted not in bank and rows and not self._is_new:
            wanted = rows[0][0]
        self._order.show_rows(rows, self._editor.look, "" if self._is_new else wanted)
        is_sorted = not query.strip()
        for tool in (self._order.sooner, self._order.later):
            tool.setEnabled(tool.isEnabled() and is_sorted)

    def _show(self, number: str) -> None:
        bank = self._editor.bank()
        phrase = bank.phrase(number) if number in bank else Phrase("", "")
        self._number = phrase.id
        for field, text in ((self._shown, phrase.shown), (self._said, phrase.said)):
            if field.toPlainText() != text:
                field.setPlainText(text)
        self._form.setEnabled(bool(phrase.id) or self._is_new)
        self._show_choices()

    def _show_choices(self) -> None:
        bank = self._editor.bank()
        phrase = bank.phrase(self._number) if self._number in bank else Phrase("", "")
        side = self._editor.look.icon_size()
        entry = self._category.lineEdit()
        if not (entry is not None and entry.hasFocus()):
            with QSignalBlocker(self._category):
                self._category.clear()
                self._category.setIconSize(QSize(side, side))
                self._category.addItem("")
                none = self.tr("No category")
                self._category.setItemData(0, none, Qt.ItemDataRole.AccessibleTextRole)
                for category in bank.categories:
                    icon = swatch_icon(
                        category.color, self._editor.look.colors, side, self.devicePixelRatioF()
                    )
                    self._category.addItem(icon, category.name)
                self._category.setCurrentText(phrase.category)
        self._color.setCurrentIndex(max(0, self._color.findData(phrase.color)))
        with QSignalBlocker(self._key):
            self._key.clear()
            self._key.addItem(self.tr("No key"), "")
            for key in KEYS:
                self._key.addItem(self._key_words(key, phrase), key)
            self._key.setCurrentIndex(max(0, self._key.findData(phrase.key)))
        self._tell_taken(phrase)

    def _key_words(self, key: str, phrase: Phrase) -> str:
        other = self._editor.bank().holder(key)
        if other is not None and other.id != phrase.id:
            return self.tr("{key}: says “{text}”").format(
                key=spelled(key), text=excerpt(line(other.shown), 24)
            )
        if does := self._editor.does_elsewhere(key):
            return self.tr("{key}: now “{words}”").format(key=spelled(key), words=does)
        return spelled(key)

    def _tell_taken(self, phrase: Phrase, taken_from: Phrase | None = None) -> None:
        words = ""
        if taken_from is not None:
            words = self.tr("“{text}” has no key now.").format(text=excerpt(line(taken_from.shown)))
        self._taken.setText(words)
        self._taken.setVisible(bool(words))

    # -- slots -------------------------------------------------------------------------------------

    def _on_chosen(self) -> None:
        number = self._order.current()
        if number != self._number or self._is_new:
            self.commit()
            self._is_new = False
            self._show(number)

    def _on_filter(self) -> None:
        self.commit()
        self._fill(self._number)
        if self._order.current() != self._number and self._filter.text().strip():
            self._order.list.setCurrentRow(0)

    def _on_add(self) -> None:
        self.commit()
        category = self.category()
        self._filter.clear()
        with QSignalBlocker(self._order.list):  # what stands in the form is not to become a phrase twice
            self._order.list.setCurrentRow(-1)
        self._is_new = True
        self._show("")
        self._category.setCurrentText(category)
        self._shown.setFocus()
        self._editor.tell(self.tr("Type the text of the phrase."))

    def _on_remove(self) -> None:
        bank, number = self._editor.bank(), self._order.current()
        if number not in bank:
            return
        gone, next_one = bank.phrase(number), self._order.neighbour()
        self._number = next_one
        self._editor.set_bank(bank.remove(number), undo=self.tr("Put the phrase back"))
        self._show(next_one)
        self._editor.tell(
            self.tr("“{text}” was removed. Undo puts it back.").format(text=excerpt(line(gone.shown)))
        )

    def _on_move(self, by: int) -> None:
        self.commit()
        bank, number = self._editor.bank(), self._order.current()
        if number in bank and not self._filter.text().strip():
            place = bank.phrases.index(bank.phrase(number)) + by
            if 0 <= place < len(bank.phrases):
                self._editor.set_bank(bank.move(number, place))

    def _on_key(self) -> None:
        key = str(self._key.currentData() or "")
        self.commit()
        bank = self._editor.bank()
        if self._number not in bank:
            self._editor.tell(self.tr("Type the text of the phrase first."))
            self._show_choices()
            return
        other = bank.holder(key)
        does = self._editor.does_elsewhere(key)
        if self._editor.is_refused(key):
            self._editor.tell(
                self.tr("You gave {key} to “{words}”. Change that under Keys first.").format(
                    key=spelled(key), words=does
                )
            )
            self._show_choices()
            return
        self._editor.set_bank(bank.give_key(self._number, key))
        taken = other if other is not None and other.id != self._number else None
        self._tell_taken(self._editor.bank().phrase(self._number), taken)
        if does:
            self._taken.setText(
                self.tr("{key} speaks this phrase now, and no longer does “{words}”.").format(
                    key=spelled(key), words=does
                )
            )
            self._taken.show()

    def _on_say(self) -> None:
        self.commit()
        shown = self._shown.toPlainText().strip()
        if shown:
            self._editor.say(shown, self._said.toPlainText().strip())

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A text is taken over when the hands leave it; Ctrl+Enter says it."""
        if event.type() == QEvent.Type.FocusOut:
            self.commit()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._on_say()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW * 1.6 * QFontMetrics(self.font()).averageCharWidth()
        directions = QBoxLayout.Direction
        self._both.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._order.list.scrollToItem(self._order.list.currentItem())


class CategoryPage(_Page):
    """The list of categories, and the name and colour of the chosen one."""

    def __init__(self, editor: PhraseEditor) -> None:
        super().__init__()
        self._editor = editor
        self._shown_bank: Bank | None = None
        self._chosen = ""
        self._order = _Order(
            editor.look,
            (self.tr("All categories"), self.tr("New category"), self.tr("Remove the category")),
        )
        self._name = LineField()
        self._name.setAccessibleName(self.tr("Name of the category"))
        self._color = Choice()
        self._color.setAccessibleName(self.tr("Colour of the category"))
        _fill_colors(self._color, self.tr("No colour"), editor.look, self.tr)
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for words, widget in ((self.tr("&Name"), self._name), (self.tr("C&olour"), self._color)):
            label = Label(words)
            label.setBuddy(widget)
            form.addRow(label, widget)
        row = QHBoxLayout(self)
        row.addWidget(self._order, 1)
        row.addWidget(self._form, 1)
        self._order.add_asked.connect(self._on_add)
        self._order.remove_asked.connect(self._on_remove)
        self._order.move_asked.connect(self._on_move)
        self._order.chosen.connect(self._on_chosen)
        self._name.editingFinished.connect(self.commit)
        self._color.activated.connect(self.commit)

    def draw(self) -> None:
        """The bank may be another."""
        bank = self._editor.bank()
        if bank is not self._shown_bank:
            self._shown_bank = bank
            names = [category.name for category in bank.categories]
            if self._chosen not in names:
                self._chosen = names[0] if names else ""
            self._order.show_rows(
                [(category.name, category.name, category.color) for category in bank.categories],
                self._editor.look,
                self._chosen,
            )
            if not self._name.hasFocus():
                self._show()

    def commit(self) -> None:
        """What stands in the form becomes the category."""
        bank = self._editor.bank()
        if bank.category(self._chosen) is None:
            return
        try:
            edited = bank.edit_category(
                self._chosen, new_name=self._name.text(), color=str(self._color.currentData() or "")
            )
        except InputError as error:
            self._editor.tell_error(error)
            self._show()
            return
        if edited != bank:
            place = [category.name for category in bank.categories].index(self._chosen)
            self._chosen = edited.categories[place].name
            self._editor.set_bank(edited)

    def _show(self) -> None:
        category = self._editor.bank().category(self._chosen) or Category("")
        self._name.setText(category.name)
        self._color.setCurrentIndex(max(0, self._color.findData(category.color)))
        self._form.setEnabled(bool(category.name))

    def _on_chosen(self) -> None:
        if self._order.current() != self._chosen:
            self.commit()
            self._chosen = self._order.current()
            self._show()

    def _on_add(self) -> None:
        self.commit()
        bank = self._editor.bank()
        base = self.tr("New category")
        names = {category.name for category in bank.categories}
        name = next(
            name for name in (base, *(f"{base} {number}" for number in range(2, 10_000))) if name not in names
        )
        used = {category.color for category in bank.categories}
        self._chosen = name
        self._editor.set_bank(
            bank.add_category(name, next((color for color in COLORS if color not in used), ""))
        )
        self._show()
        self._name.setFocus()
        self._name.selectAll()

    def _on_remove(self) -> None:
        bank, name = self._editor.bank(), self._order.current()
        if bank.category(name) is None:
            return
        self._chosen = self._order.neighbour()
        self._editor.set_bank(bank.remove_category(name), undo=self.tr("Put the category back"))
        self._show()
        self._editor.tell(
            self.tr("The category “{name}” was removed; its phrases stay. Undo puts it back.").format(
                name=name
            )
        )

    def _on_move(self, by: int) -> None:
        self.commit()
        bank, names = self._editor.bank(), [category.name for category in self._editor.bank().categories]
        if self._chosen in names and 0 <= names.index(self._chosen) + by < len(names):
            self._editor.set_bank(bank.move_category(self._chosen, names.index(self._chosen) + by))
