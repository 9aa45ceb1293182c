"""The page of the phrase editor for phrases: their list, and the form of the chosen one.

A text is used when the focus leaves its field; everything else is used at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFormLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import KEYS, Bank, Phrase, excerpt
from fishcaption.ui.commands import spelled
from fishcaption.ui.phrases.cards import line, swatch_icon
from fishcaption.ui.phrases.ordered_list import EditorPage, OrderedList, fill_colors
from fishcaption.ui.phrases.recording_box import RecordingBox
from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature_ports import PhraseService
    from fishcaption.ui.phrases.editor import PhraseEditor

_LINES = 2  # visible lines of a text field
_NARROW = 46  # ems; in a narrower page the form is below the list


class PhrasePage(EditorPage):
    """The list of phrases, and the form of the chosen one."""

    def __init__(self, editor: PhraseEditor, service: PhraseService) -> None:
        super().__init__()
        self._editor = editor
        self.recording = RecordingBox(editor, service)
        self._shown_bank: Bank | None = None
        self._number = ""  # the id of the phrase in the form
        self._is_new = False  # it is not in the bank yet
        self._filter = LineField()
        self._filter.setPlaceholderText(self.tr("Find a phrase"))
        self._filter.setAccessibleName(self.tr("Find a phrase to edit"))
        self._order = OrderedList(
            editor.look, (self.tr("All phrases"), self.tr("New phrase"), self.tr("Remove the phrase"))
        )
        self._shown = self._text(self.tr("Text that is shown"))
        self._said = self._text(self.tr("Text that is spoken, if it is different"))
        self._said.setPlaceholderText(self.tr("Same as shown"))
        self._category = QComboBox()
        self._category.setEditable(True)
        self._category.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._color = Choice()
        fill_colors(self._color, self.tr("Same as its category"), editor.look, self.tr)
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
                form.addRow(self.recording)
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
        """Give the list the focus."""
        self._order.list.setFocus()

    def choose(self, number: str) -> None:
        """Show this phrase."""
        self.commit()
        if not self._order.choose(number):
            self._filter.clear()
            self._order.choose(number)
        self._shown.setFocus()

    def category(self) -> str:
        """Return the category of the shown phrase; a new phrase most likely belongs there, too."""
        bank = self._editor.bank()
        return bank.phrase(self._number).category if self._number in bank else ""

    def commit(self) -> None:
        """Save the form as the phrase."""
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
                self.recording.show_phrase(phrase.id)
            elif self._number in bank:
                edited = bank.edit(self._number, **fields)
                if edited != bank:
                    self._editor.set_bank(edited)
        except InputError as error:
            self._editor.tell_error(error)

    def draw(self) -> None:
        """Draw the bank if it has changed."""
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
                (f"{spelled(phrase.key)}   " if phrase.key else "")
                + line(phrase.shown)
                + (self.tr(" (recorded)") if phrase.recording else ""),
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
        self.recording.show_phrase(phrase.id)
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
        with QSignalBlocker(self._order.list):  # the form must not become a phrase twice
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
            said = self._said.toPlainText().strip()
            self._editor.say(shown, said, self._category.currentText().strip())

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A text is saved when the focus leaves it; Ctrl+Enter speaks it."""
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
