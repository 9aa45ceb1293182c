"""The settings dialog: all settings in groups, with a search. Each change is used at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import FISH_AUDIO, GROUPS, Row, options
from fishcaption.store.settings_file import imported, save
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine, Tick
from fishcaption.ui.widgets.dialog_parts import FileExchange, long_form, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import KeptAudioService, SettingsService


_tr = partial(QCoreApplication.translate, "Settings")  # the words of the declarations


class _Shown(NamedTuple):
    """A setting with its row; a number within ``low`` and ``high``."""

    name: str
    row: Row
    is_number: bool
    low: float
    high: float


def _shown_settings() -> dict[str, list[_Shown]]:
    """Return the settings with a row by their group, in the order in which they are shown."""
    groups: dict[str, list[_Shown]] = {group: [] for group in GROUPS}
    for entry in options():
        row: Row | None = entry.metadata["row"]
        if row is not None:
            low = entry.metadata["low"] if row.low is None else row.low
            high = entry.metadata["high"] if row.high is None else row.high
            is_number = row.choices is None and not isinstance(entry.default, bool)
            groups[row.group].append(_Shown(entry.name, row, is_number, low, high))
    return groups


class SettingsDialog(QDialog):
    """Shows the settings that are changed rarely; those changed often are in the main window."""

    replaced = Signal(object)  # Settings from a file, instead of all there are
    try_signal_asked = Signal()  # let the attention sound be heard
    command_asked = Signal(str)  # open what belongs to this command

    def __init__(
        self,
        settings: SettingsService,
        parent: QWidget,
        *,
        commands: Sequence[tuple[str, str]],
        kept_audio: KeptAudioService,
    ) -> None:
        """`commands` open other dialogs from here: (label, command id)."""
        super().__init__(parent)
        self._kept_audio = kept_audio
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._settings = settings
        self._group = ""
        self._rows: list[tuple[int, str, str]] = []  # row of the form, group, words; a group's head has none
        self._erase = text_button(self.tr("Delete the saved sound"), self._on_erase)
        self._is_erasing_asked = False
        self._is_closed = False
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search the settings"))
        self._search.setAccessibleName(self._search.placeholderText())
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search)
        self._status = StatusLine()
        inner = QWidget()
        self._form = long_form(inner)
        self._add_groups()
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
        self._settings.change(**{name: value})

    # -- building ----------------------------------------------------------------------------------

    def _add_groups(self) -> None:
        """Add what the settings' declarations say, and the few rows that are no setting."""
        key = text_button(self.tr("Fish Audio keys…"), _Asker(self, "window.key"))
        making = text_button(self.tr("Fish Audio options…"), _Asker(self, "voice.options"))
        hear = text_button(self.tr("Play the attention sound"), self.try_signal_asked.emit)
        for group, entries in _shown_settings().items():
            self._head(_tr(group))
            if group == FISH_AUDIO:
                self._add_row(key.text(), None, key)
                self._add_row(making.text(), None, making)
            for entry in entries:
                self._add_setting(entry)
                if entry.name == "attention_sound":
                    self._add_row(hear.text(), None, hear)
                if entry.name == "kept_audio_plain":
                    self._add_row(self._erase.text(), None, self._erase)

    def _add_setting(self, entry: _Shown) -> None:
        if entry.row.choices is not None:
            self._add_choice(entry, entry.row.choices)
        elif entry.is_number:
            self._add_number(entry)
        else:
            self._add_tick(entry)

    def _head(self, words: str) -> None:
        self._group = words
        head = Label(words)
        head.setProperty("role", "title")
        self._rows.append((self._form.rowCount(), words, ""))
        self._form.addRow(head)

    def _add_choice(self, entry: _Shown, choices: Mapping[Any, str]) -> None:
        combo = QComboBox()
        for value, words in choices.items():
            combo.addItem(_tr(words), value)
        if entry.name == "large_type_screen":
            for screen in QGuiApplication.screens():
                combo.addItem(screen.name(), screen.name())
        combo.setCurrentIndex(max(0, combo.findData(getattr(self._settings.current, entry.name))))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(12)
        combo.activated.connect(_ComboSetter(self, entry.name, combo))
        self._row(_tr(entry.row.label), combo)

    def _add_number(self, entry: _Shown) -> None:
        row, label = entry.row, _tr(entry.row.label)
        box = NumberBox(
            label,
            entry.low,
            entry.high,
            row.step,
            decimals=row.decimals,
            prefix=row.prefix,
            suffix=row.suffix,
        )
        box.setValue(getattr(self._settings.current, entry.name))
        box.valueChanged.connect((_Setter if row.decimals else _WholeSetter)(self, entry.name))
        box.told.connect(self._status.tell)
        self._row(label, box)

    def _add_tick(self, entry: _Shown) -> None:
        label = _tr(entry.row.label)
        tick = Tick(label)
        tick.box.setChecked(getattr(self._settings.current, entry.name))
        tick.toggled.connect(_Setter(self, entry.name))
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

    def done(self, result: int) -> None:
        """Close."""
        self._is_closed = True
        super().done(result)

    def _on_erase(self) -> None:
        """Ask once, in the button's own words: sound that cost money would cost again."""
        if self._is_erasing_asked:
            self._erase.setEnabled(False)
            self._kept_audio.erase(self._on_erased)
            return
        self._is_erasing_asked = True
        megabytes = self._kept_audio.used_bytes() / 1e6
        self._erase.setText(self.tr("Really delete {0:.1f} MB of sound?").format(megabytes))
        self._status.tell(self.tr("What is spoken again would cost again. Press the button again to delete."))

    def _on_erased(self, result: int | FishCaptionError) -> None:
        if self._is_closed:
            return
        self._is_erasing_asked = False
        self._erase.setText(self.tr("Delete the saved sound"))
        self._erase.setEnabled(True)
        self._status.tell(
            f"{result} {result.hint}".strip()
            if isinstance(result, FishCaptionError)
            else self.tr("The saved sound is deleted, and its key.")
        )

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
    services = host.services
    dialog = SettingsDialog(services.settings, host.window, commands=commands, kept_audio=services.kept_audio)
    dialog.replaced.connect(host.replace_settings)
    dialog.command_asked.connect(host.commands.run)
    dialog.try_signal_asked.connect(partial(host.commands.run_if_there, "speak.signal"))
    dialog.open()
