"""The page of the phrase editor for categories: their list, and the form of the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from fishcaption.core.errors import InputError
from fishcaption.core.phrases.bank import COLORS, Bank, Category
from fishcaption.ui.phrases.ordered_list import EditorPage, OrderedList, fill_colors
from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.phrases.editor import PhraseEditor


class CategoryPage(EditorPage):
    """The list of categories, and the name and colour of the chosen one."""

    def __init__(self, editor: PhraseEditor) -> None:
        super().__init__()
        self._editor = editor
        self._shown_bank: Bank | None = None
        self._chosen = ""
        self._order = OrderedList(
            editor.look,
            (self.tr("All categories"), self.tr("New category"), self.tr("Remove the category")),
        )
        self._name = LineField()
        self._name.setAccessibleName(self.tr("Name of the category"))
        self._color = Choice()
        self._color.setAccessibleName(self.tr("Colour of the category"))
        fill_colors(self._color, self.tr("No colour"), editor.look, self.tr)
        self._preset = Choice()
        self._preset.setAccessibleName(self.tr("Preset of the category"))
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for words, widget in (
            (self.tr("&Name"), self._name),
            (self.tr("C&olour"), self._color),
            (self.tr("Spoken &with"), self._preset),
        ):
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
        self._preset.activated.connect(self.commit)

    def draw(self) -> None:
        """Draw the bank if it has changed."""
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
        """Save the form as the category."""
        bank = self._editor.bank()
        if bank.category(self._chosen) is None:
            return
        try:
            edited = bank.edit_category(
                self._chosen,
                new_name=self._name.text(),
                color=str(self._color.currentData() or ""),
                preset=str(self._preset.currentData() or ""),
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
        self._fill_presets(category.preset)
        self._form.setEnabled(bool(category.name))

    def _fill_presets(self, chosen: str) -> None:
        names = [preset.name for preset in self._editor.presets().presets]
        self._preset.clear()
        self._preset.addItem(self.tr("The chosen voice"), "")
        for name in names:
            self._preset.addItem(name, name)
        known = self._editor.presets().named(chosen)
        if chosen and known is None:  # it stays, until the user chooses another
            self._preset.addItem(self.tr("“{name}”, which is not there").format(name=chosen), chosen)
        self._preset.setCurrentIndex(
            max(0, self._preset.findData(known.name if known is not None else chosen))
        )

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
