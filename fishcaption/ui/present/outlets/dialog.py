"""The dialog in which an outlet is added or set up: a form made of the options of its kind.

Secrets are typed into fields that hide them. A secret that is kept in the keyring is not shown again: an
empty field leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fishcaption.captions.outlet_kind import OFF, ON, OutletKind, OutletOption
from fishcaption.captions.outlets import AUDIENCE_OUTLETS, WINDOW, outlet_kind
from fishcaption.core.audience import Layout, Mode, OutletConfig
from fishcaption.core.errors import InputError
from fishcaption.ui.widgets.controls import Choice, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import AudienceService
    from fishcaption.ui.feature import Host

_MOST_NAME = 60
_COLUMNS = (12, 60)
_LINES = (1, 3)
_MOST_DELAY_SECONDS = 60.0


def open_new_outlet(host: Host, audience: AudienceService) -> None:
    """Open the list of the kinds of outlets; the chosen one is set up."""
    has_window = any(row.config.kind == WINDOW for row in audience.rows())
    kinds = tuple(kind for kind in AUDIENCE_OUTLETS if kind.kind != WINDOW or not has_window)
    dialog = KindDialog(kinds, host.window)

    def choose(kind: OutletKind) -> None:
        if kind.kind == WINDOW:  # there is one, which has dialogs of its own
            host.commands.run("audience.screen")
            return
        _open(host, audience, kind, kind.new(uuid4().hex[:8]), is_new=True)

    dialog.chosen = choose
    dialog.open()


def open_outlet(host: Host, audience: AudienceService, config: OutletConfig) -> None:
    """Open the form of an outlet that is set up."""
    kind = outlet_kind(config.kind)
    if kind is None:  # one of a newer version: it can only be removed
        kind = OutletKind(config.kind, config.name, "", "", "")
    _open(host, audience, kind, config, is_new=False)


def _open(
    host: Host, audience: AudienceService, kind: OutletKind, config: OutletConfig, *, is_new: bool
) -> None:
    dialog = OutletDialog(kind, config, host.window, is_new=is_new)
    dialog.set_up = audience.set_up
    dialog.remove = partial(audience.remove, config.id)
    if kind.kind == WINDOW:
        dialog.add_button(dialog.tr("Screen…"), partial(host.commands.run, "audience.screen"))
        dialog.add_button(dialog.tr("Style…"), partial(host.commands.run, "audience.style"))
    dialog.open()


class KindDialog(QDialog):
    """The kinds of outlets with a sentence about each. `chosen` is called with the one that is chosen."""

    def __init__(self, kinds: tuple[OutletKind, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Add an outlet"))
        self.chosen: Callable[[OutletKind], None] | None = None
        self._kinds = kinds
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Kinds of outlets"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.ensurePolished()  # rows that are measured before that are too low for the style
        for kind in kinds:
            QListWidgetItem(f"{kind.name}\n{kind.help}", self.list)
        self.list.setCurrentRow(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = buttons.addButton(self.tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setEnabled(bool(kinds))
        column = QVBoxLayout(self)
        column.addWidget(Label(self.tr("Where are captions to be shown or sent?")))
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        buttons.accepted.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(min(round(46 * points), room.width()), min(round(44 * points), room.height()))

    def _on_chosen(self) -> None:
        row = self.list.currentRow()
        if self.chosen is not None and 0 <= row < len(self._kinds):
            self.accept()
            self.chosen(self._kinds[row])


class OutletDialog(QDialog):
    """The form of one outlet. `set_up` is called with what was chosen, `remove` when it is to be removed."""

    def __init__(self, kind: OutletKind, config: OutletConfig, parent: QWidget, *, is_new: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(kind.name)
        self.set_up: Callable[[OutletConfig, dict[str, str]], None] | None = None
        self.remove: Callable[[], None] | None = None
        self._kind = kind
        self._config = config
        self._is_new = is_new
        tr = self.tr
        self.name = LineField()
        self.name.setText(showable(config.name))
        self.name.setMaxLength(_MOST_NAME)
        self.columns = NumberBox(tr("Characters a line"), *_COLUMNS, 1, decimals=0)
        self.columns.setValue(config.layout.columns)
        self.lines = NumberBox(tr("Lines"), *_LINES, 1, decimals=0)
        self.lines.setValue(config.layout.lines)
        self.mode = self._mode_choice(config.mode)
        self.delay = NumberBox(tr("Delay"), 0, _MOST_DELAY_SECONDS, 0.5, decimals=1, suffix=" s")
        self.delay.setValue(config.delay_seconds)
        self.fields = {option.name: _Field(option, config, is_new=is_new) for option in kind.options}
        self._cannot_revise = Label(
            tr("This outlet cannot change what it has sent: its captions come whole.")
        )
        self._status = StatusLine()
        self._lay_out()
        for field in self.fields.values():
            field.chosen.connect(self._show_whether_it_revises)
        self._show_whether_it_revises()

    def _lay_out(self) -> None:
        page = QWidget()
        form = QFormLayout(page)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        tr = self.tr
        form.addRow(Label(tr("Name")), self.name)
        self.name.setAccessibleName(tr("Name"))
        for option, field in zip(self._kind.options, self.fields.values(), strict=True):
            form.addRow(Label(option.label), field)
            _add_hint(form, Label(option.help))
        later = tr("Captions come this much later than the voice, as a stream does.")
        for words, box, hint in (
            (tr("Characters a line"), self.columns, None),
            (tr("Lines"), self.lines, None),
            (tr("Captions come"), self.mode, self._cannot_revise),
            (tr("Delay"), self.delay, Label(later)),
        ):
            form.addRow(Label(words), box)
            if hint is not None:
                _add_hint(form, hint)
        for number in (self.columns, self.lines, self.delay):
            number.told.connect(self._status.tell)
        about = Label(self._kind.help)
        about.setWordWrap(True)
        buttons = self._buttons = QDialogButtonBox()
        save = buttons.addButton(
            tr("Add") if self._is_new else tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        save.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        if not self._is_new:
            remove = text_button(tr("Remove…"), self._on_remove)
            buttons.addButton(remove, QDialogButtonBox.ButtonRole.DestructiveRole)
        column = QVBoxLayout(self)
        for widget in (about, scrolled(page), self._status, buttons):
            column.addWidget(widget, 1 if widget is not about and widget is not buttons else 0)
        column.setStretch(2, 0)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        room = self.screen().availableSize() * 0.9
        around = about.sizeHint().height() + 5 * save.sizeHint().height()
        width = round(48 * self.font().pointSizeF())
        self.resize(QSize(width, page.sizeHint().height() + around).boundedTo(room))

    def add_button(self, words: str, act: Callable[[], None]) -> None:
        """Add a button that saves the form, and opens something else."""

        def go() -> None:
            self._on_save()
            if self.result() == QDialog.DialogCode.Accepted:
                act()

        self._buttons.addButton(text_button(words, go), QDialogButtonBox.ButtonRole.ActionRole)

    def told(self) -> str:
        """Return what is wrong with what was filled in; empty if nothing is."""
        return self._status.text()

    def _mode_choice(self, mode: Mode) -> Choice:
        choice = Choice()
        choice.setAccessibleName(self.tr("Captions come"))
        for value, words in (
            ("pop-on", self.tr("whole, with their first word")),
            ("word", self.tr("word by word")),
            ("roll-up", self.tr("word by word, with the lines before")),
        ):
            choice.addItem(words, value)
        choice.setCurrentIndex(choice.findData(mode))
        # else it would be as narrow as its arrow; where there is no room beside its label, it stands below
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return choice

    def _show_whether_it_revises(self) -> None:
        """Let the mode be chosen where the outlet can change what it has sent, else say that it cannot."""
        options = {option.name: self.fields[option.name].value() for option in self._kind.options}
        can_revise = self._kind.revises(options)
        self.mode.setEnabled(can_revise)
        self._cannot_revise.setVisible(not can_revise)

    def _on_save(self) -> None:
        options: dict[str, str] = {}
        secrets: dict[str, str] = {}
        for option in self._kind.options:
            field = self.fields[option.name]
            value = field.value()
            if option.is_secret:
                if value:
                    secrets[option.name] = value
                if not value and not self._is_new:
                    continue  # it stays as it is
            try:
                option.check(value)
            except InputError as error:
                self._status.tell(f"{error} {error.hint}".strip())
                field.setFocus()
                return
            if not option.is_secret:
                options[option.name] = value
        config = self._config._replace(
            name=self.name.text().strip() or self._kind.name,
            layout=Layout(round(self.columns.value()), round(self.lines.value())),
            mode=cast(Mode, self.mode.currentData()),
            delay_seconds=self.delay.value(),
            options={**self._config.options, **options},
            is_on=self._config.is_on or self._is_new,
        )
        if self.set_up is not None:
            self.set_up(config, secrets)
        self.accept()

    def _on_remove(self) -> None:
        words = self.tr("Remove “{name}”? Its settings and its secrets are deleted.")
        ask(
            self.tr("Remove an outlet"), words.format(name=showable(self._config.name)),
            self.tr("Remove"), self, self._on_remove_agreed,
        )  # fmt: skip

    def _on_remove_agreed(self) -> None:
        if self.remove is not None:
            self.remove()
        self.accept()


def _add_hint(form: QFormLayout, hint: Label) -> None:
    if hint.text():
        hint.setWordWrap(True)
        hint.setProperty("role", "hint")
        form.addRow(hint)


class _Field(QWidget):
    """The field of one option, by its shape."""

    chosen = Signal()  # another value of a choice

    def __init__(self, option: OutletOption, config: OutletConfig, *, is_new: bool) -> None:
        super().__init__()
        self._option = option
        value = "" if option.is_secret else config.options.get(option.name, option.default)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._widget, self._read = self._made(value)
        self._widget.setAccessibleName(option.label)
        if option.help:
            self._widget.setToolTip(as_written(option.help))
            self._widget.setAccessibleDescription(option.help)
        if option.is_secret and not is_new and isinstance(self._widget, LineField):
            tr = partial(QCoreApplication.translate, "OutletDialog")
            self._widget.setPlaceholderText(tr("unchanged"))
        row.addWidget(self._widget, 1)
        if option.shape in ("file", "folder"):
            row.addWidget(text_button(self.tr("Choose…"), self._on_choose))
        self.setFocusProxy(self._widget)

    def value(self) -> str:
        """Return what is filled in."""
        return self._read()

    def _made(self, value: str) -> tuple[QWidget, Callable[[], str]]:
        option = self._option
        match option.shape:
            case "switch":
                box = QCheckBox()
                box.setChecked(value == ON)
                return box, lambda: ON if box.isChecked() else OFF
            case "choice":
                choice = Choice()
                for entry in option.choices:
                    choice.addItem(entry.label, entry.value)
                choice.setCurrentIndex(max(0, choice.findData(value)))
                choice.currentIndexChanged.connect(self.chosen)
                return choice, lambda: str(choice.currentData() or "")
            case "lines":
                text = TextField()
                text.setProperty("role", "report")
                text.setTabChangesFocus(True)
                text.setPlainText(showable(value))
                return text, text.toPlainText
        line = LineField()
        line.setMaxLength(option.longest)
        line.setText(showable(value))
        if option.is_secret:
            line.setEchoMode(LineField.EchoMode.Password)
        return line, lambda: line.text().strip()

    def _on_choose(self) -> None:
        chooser = QFileDialog(self, self._option.label)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._option.shape == "folder":
            chooser.setFileMode(QFileDialog.FileMode.Directory)
        else:
            chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.fileSelected.connect(self._on_file)
        chooser.open()

    def _on_file(self, path: str) -> None:
        if isinstance(self._widget, LineField):
            self._widget.setText(path)
