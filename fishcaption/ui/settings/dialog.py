"""The settings dialog: all settings in groups, with a search. Each change is used at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fishcaption.store.settings_file import imported, save
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine, Tick
from fishcaption.ui.widgets.dialog_parts import FileExchange, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import SettingsService


class SettingsDialog(QDialog):
    """Shows the settings that are changed rarely; those changed often are in the main window."""

    changed = Signal(str, object)  # a setting's name, and its value
    replaced = Signal(object)  # Settings from a file, instead of all there are
    try_signal_asked = Signal()  # let the attention sound be heard
    command_asked = Signal(str)  # open what belongs to this command

    def __init__(
        self, settings: SettingsService, parent: QWidget, *, commands: Sequence[tuple[str, str]]
    ) -> None:
        """`commands` open other dialogs from here: (label, command id)."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._settings = settings
        self._group = ""
        self._rows: list[tuple[int, str, str]] = []  # row of the form, group, words; a group's head has none
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search the settings"))
        self._search.setAccessibleName(self._search.placeholderText())
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search)
        self._status = StatusLine()
        inner = QWidget()
        self._form = QFormLayout(inner)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setVerticalSpacing(10)
        self._form.setHorizontalSpacing(16)
        self._add_looks()
        self._add_speaking()
        self._add_said()
        self._add_kept()
        self._add_sound()
        self._add_fish()
        self._none = Label(self.tr("No setting has these words."))
        self._none.hide()
        scroll = scrolled(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.exchange = FileExchange(
            self, self._status, "fishcaption.json", self.tr("Settings (*.json)"), self._save, self._import
        )
        self._lay_out(scroll, commands)
        points = self.font().pointSizeF()
        room = self.screen().availableSize() * 0.9
        wanted = QSize(max(inner.sizeHint().width() + 60, round(56 * points)), round(60 * points))
        self.resize(wanted.boundedTo(room))

    def _lay_out(self, scroll: QScrollArea, commands: Sequence[tuple[str, str]]) -> None:
        others = FlowRow()
        for words, name in commands:
            others.addWidget(text_button(words, _Asker(self, name)))
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        buttons.addButton(text_button(self.tr("Export…"), self.exchange.ask_export), role)
        buttons.addButton(text_button(self.tr("Import…"), self.exchange.ask_import), role)
        buttons.addButton(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._search)
        column.addWidget(self._none)
        column.addWidget(scroll, 1)
        column.addWidget(FlowBox(others))
        column.addWidget(self._status)
        column.addWidget(buttons)

    def told(self) -> str:
        """Return the words of the status line: results of export and import."""
        return self._status.text()

    def set(self, name: str, value: Any) -> None:
        """Change one setting."""
        self.changed.emit(name, value)

    # -- the groups --------------------------------------------------------------------------------

    def _add_looks(self) -> None:
        tr = self.tr
        self._head(tr("Appearance"))
        self._choice(
            tr("Colours"),
            "theme",
            [
                (tr("As the system"), "system"),
                (tr("Light"), "light"),
                (tr("Dark"), "dark"),
                (tr("High contrast"), "high-contrast"),
            ],
        )
        self._number(tr("Text size"), "text_size", low=80, high=300, step=10, suffix=" %")
        screens = [(screen.name(), screen.name()) for screen in QGuiApplication.screens()]
        self._choice(
            tr("Screen for the large type"),
            "large_type_screen",
            [(tr("Another screen than this window"), ""), *screens],
        )
        self._tick(tr("Show the phrases beside the text"), "phrases_shown")

    def _add_speaking(self) -> None:
        tr = self.tr
        self._head(tr("Speaking"))
        self._choice(
            tr("When to speak"),
            "speak_mode",
            [
                (tr("on Enter"), "enter"),
                (tr("sentence by sentence, as it is typed"), "sentence"),
                (tr("word by word, as it is typed"), "word"),
                (tr("a few words at a time, as I type"), "type"),
            ],
        )
        self._number(
            tr("Wait before speaking a finished sentence"),
            "sentence_hold_seconds",
            low=0,
            high=10,
            step=0.5,
            decimals=1,
            suffix=" s",
        )
        self._choice(
            tr("Enter"),
            "enter_speaks",
            [
                (tr("speaks; Shift+Enter is a new line"), True),
                (tr("is a new line; Ctrl+Enter speaks"), False),
            ],
        )
        self._choice(
            tr("While another text is spoken, a new one"),
            "while_speaking",
            [(tr("waits its turn"), "wait"), (tr("replaces it"), "replace")],
        )
        self._tick(tr("Empty the editor when its text is spoken"), "empty_on_speak")
        self._tick(tr("Enter in an empty editor repeats the last text"), "empty_repeats")
        self._tick(tr("When pasting, join lines and words that a PDF has split"), "join_pasted_lines")

    def _add_said(self) -> None:
        tr = self.tr
        self._head(tr("Read like a person"))
        for words, name in (
            (tr("Do not speak Markdown signs"), "say_markdown"),
            (tr("Code"), "say_code"),
            (tr("Web addresses"), "say_urls"),
            (tr("E-mail addresses"), "say_emails"),
            (tr("Emoji"), "say_emoji"),
            (tr("Numbers"), "say_numbers"),
            (tr("Units"), "say_units"),
        ):
            self._tick(words, name)

    def _add_kept(self) -> None:
        tr = self.tr
        self._head(tr("Saved on this computer"))
        self._tick(tr("Off the record: save nothing that is typed or spoken"), "off_record")
        self._tick(tr("Save times in the history"), "keep_times")
        self._tick(tr("Suggest words while I type"), "completion")
        self._tick(tr("Learn suggestions from what I say"), "learning")
        self._tick(tr("Expand abbreviations as I type"), "abbreviations")

    def _add_sound(self) -> None:
        from fishcaption.core.tones import SIGNALS

        tr = self.tr
        self._head(tr("Sound"))
        names = {
            "bell": tr("bell"),
            "chime": tr("chime"),
            "call": tr("two tones in turn"),
            "knock": tr("knocking"),
            "whistle": tr("whistle"),
            "horn": tr("horn"),
        }
        self._choice(
            tr("Attention sound"),
            "attention_sound",
            [(names.get(name, name), name) for name in SIGNALS],
        )
        hear = text_button(tr("Play the attention sound"), self.try_signal_asked.emit)
        self._add_row(hear.text(), None, hear)
        self._choice(
            tr("Keep the sound device open after speaking"),
            "linger_seconds",
            [(tr("for a minute"), 60), (tr("for half an hour"), 1800), (tr("always"), 0)],
        )
        self._number(
            tr("Silence before the first word, for headsets that start late"),
            "lead_in_ms",
            low=0,
            high=5000,
            step=100,
            suffix=" ms",
        )

    def _add_fish(self) -> None:
        tr = self.tr
        self._head(tr("Fish Audio"))
        key = text_button(tr("Fish Audio key…"), _Asker(self, "window.key"))
        self._add_row(key.text(), None, key)
        self._choice(
            tr("If Fish Audio cannot be reached"),
            "unreachable",
            [
                (tr("ask what to do"), "ask"),
                (tr("wait and try again"), "wait"),
                (tr("use the voice on this computer and tell me"), "embedded"),
            ],
        )
        self._choice(
            tr("Fish Audio: speed or quality"),
            "latency",
            [
                (tr("fastest"), "low"),
                (tr("balanced"), "balanced"),
                (tr("best quality"), "normal"),
            ],
        )
        self._number(
            tr("Ask before a text costs more than"),
            "cost_limit",
            low=0,
            high=1000,
            step=0.05,
            decimals=2,
            prefix="$",
        )
        self._tick(tr("Prepare phrases while nothing is spoken"), "phrases_ahead")

    # -- building ----------------------------------------------------------------------------------

    def _head(self, words: str) -> None:
        self._group = words
        head = Label(words)
        head.setProperty("role", "title")
        self._rows.append((self._form.rowCount(), words, ""))
        self._form.addRow(head)

    def _choice(self, label: str, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        combo = QComboBox()
        for words, value in choices:
            combo.addItem(words, value)
        combo.setCurrentIndex(max(0, combo.findData(getattr(self._settings.current, name))))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(12)
        combo.activated.connect(_ComboSetter(self, name, combo))
        self._row(label, combo)

    def _number(
        self,
        label: str,
        name: str,
        *,
        low: float,
        high: float,
        step: float,
        decimals: int = 0,
        prefix: str = "",
        suffix: str = "",
    ) -> None:
        box = NumberBox(label, low, high, step, decimals=decimals, prefix=prefix, suffix=suffix)
        box.setValue(getattr(self._settings.current, name))
        box.valueChanged.connect(_Setter(self, name) if decimals else _WholeSetter(self, name))
        box.told.connect(self._status.tell)
        self._row(label, box)

    def _tick(self, label: str, name: str) -> None:
        tick = Tick(label)
        tick.box.setChecked(getattr(self._settings.current, name))
        tick.toggled.connect(_Setter(self, name))
        self._add_row(label, None, tick)

    def _row(self, label: str, widget: QWidget) -> None:
        widget.setAccessibleName(label)
        named = _RowLabel(label)
        named.setWordWrap(True)
        named.setBuddy(widget)
        self._add_row(label, named, widget)

    def _add_row(self, words: str, label: Label | None, widget: QWidget) -> None:
        self._rows.append((self._form.rowCount(), self._group, words))
        if label is None:
            self._form.addRow(widget)
        else:
            self._form.addRow(label, widget)

    # -- slots -------------------------------------------------------------------------------------

    def _on_search(self, text: str) -> None:
        wanted = text.casefold().split()
        groups: set[str] = set()
        for row, group, words in self._rows:
            told = f"{group} {words}".casefold()
            is_shown = bool(words) and all(word in told for word in wanted)
            self._form.setRowVisible(row, is_shown)
            if is_shown:
                groups.add(group)
        for row, group, words in self._rows:
            if not words:
                self._form.setRowVisible(row, group in groups)
        self._none.setVisible(not groups)

    def _save(self, path: Path) -> None:
        save(path, self._settings.current)  # the key is not among them

    def _import(self, text: str) -> None:
        """Replace all settings by those of a file, and close the dialog."""
        self.replaced.emit(imported(text))
        self.accept()

    def ask(self, name: str) -> None:
        """Close this dialog and open another one."""
        self.reject()
        self.command_asked.emit(name)


class _RowLabel(Label):
    """The label before a field. A form computes its height with more width than it gives it."""

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(min(width, self.sizeHint().width()))


class _Setter:
    """Sets one setting to a widget's value."""

    def __init__(self, dialog: SettingsDialog, name: str) -> None:
        self._dialog = dialog
        self._name = name

    def __call__(self, value: Any) -> None:
        self._dialog.set(self._name, value)


class _WholeSetter(_Setter):
    """Sets one setting to a whole number."""

    def __call__(self, value: float) -> None:
        super().__call__(round(value))


class _ComboSetter:
    """Sets one setting to the choice in a combo box."""

    def __init__(self, dialog: SettingsDialog, name: str, combo: QComboBox) -> None:
        self._dialog = dialog
        self._name = name
        self._combo = combo

    def __call__(self, _index: int) -> None:
        self._dialog.set(self._name, self._combo.currentData())


class _Asker:
    """Opens another dialog by its command."""

    def __init__(self, dialog: SettingsDialog, name: str) -> None:
        self._dialog = dialog
        self._name = name

    def __call__(self, _is_checked: bool = False) -> None:
        self._dialog.ask(self._name)


_LEADS_TO = ("window.keys", "text.pronunciation", "text.abbreviations", "calls.window", "window.profiles")


def open_settings(host: Host) -> None:
    """Open the settings."""
    commands = [(f"{host.commands[name].words}…", name) for name in _LEADS_TO if name in host.commands]
    dialog = SettingsDialog(host.services.settings, host.window, commands=commands)
    dialog.changed.connect(host.change)
    dialog.replaced.connect(host.replace_settings)
    dialog.command_asked.connect(host.commands.run)
    dialog.try_signal_asked.connect(partial(host.commands.run_if_there, "speak.signal"))
    dialog.open()
