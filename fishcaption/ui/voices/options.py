"""The dialog of Fish Audio's options: each within its limits, with what it does, and a way back to normal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.synthesis_options import (
    LONGEST_DICTIONARY_ID,
    OPTION_LIMITS,
    STANDARD_OPTIONS,
    SynthesisOptions,
)
from fishcaption.ui.widgets.controls import Choice, StatusLine
from fishcaption.ui.widgets.dialog_parts import resize_by_text, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from fishcaption.store.settings import Settings
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import SettingsService


class _Words(NamedTuple):
    """An option in words: its label, what it does, and the step and decimals of a number."""

    label: str
    about: str
    step: float = 1
    decimals: int = 0


class _Field(NamedTuple):
    """An option's control, and how a value is shown in it."""

    widget: QWidget
    show: Callable[[Any], object]


class OptionsDialog(QDialog):
    """Shows the options; each change is used from the next text on."""

    def __init__(self, settings: SettingsService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Fish Audio options"))
        self._settings = settings
        self._status = StatusLine()
        about = Label(
            self.tr(
                "These change how Fish Audio makes speech, from the next text on. Speed and volume are in "
                "the main window. What was made ready with other options is made again."
            )
        )
        about.setWordWrap(True)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(6)
        self._grid.setHorizontalSpacing(12)
        self._fields: dict[str, _Field] = {}
        self._normal: dict[str, QPushButton] = {}
        for name, words in self._options():
            self._add(name, words)
        self._all = text_button(self.tr("All back to normal"), self._on_all_normal)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.addButton(self._all, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        resize_by_text(self, 58, 56)
        self._end = settings.subscribe(_options_of, self._on_options)
        self._show(settings.current.options)

    def field(self, name: str) -> QWidget:
        """Return the control of an option."""
        return self._fields[name].widget

    def normal(self, name: str) -> QPushButton:
        """Return the button that brings an option back to normal."""
        return self._normal[name]

    def _options(self) -> list[tuple[str, _Words]]:
        tr = self.tr
        return [
            ("latency", _Words(tr("Speed or quality"), tr("Fastest: the first sound comes sooner."))),
            ("temperature", _Words(
                tr("Temperature"), tr("Lower: a text sounds more like the last time. Higher: livelier."),
                0.05, 2)),
            ("top_p", _Words(tr("Top-p"), tr("Lower: fewer ways to say a word are tried."), 0.05, 2)),
            ("repetition_penalty", _Words(
                tr("Repetition penalty"), tr("Higher: less stuttering and fewer repeated sounds."), 0.1, 1)),
            ("chunk_length", _Words(
                tr("Letters said at once"), tr("More: a steadier voice, and later sound with gaps."), 10)),
            ("min_chunk_length", _Words(
                tr("Letters said at once, at least"), tr("Fewer: short sentences are said alone."), 10)),
            ("condition_on_previous_chunks", _Words(
                tr("Keep the voice from part to part"), tr("Off: each part is made for itself."))),
            ("normalize_loudness", _Words(
                tr("Even loudness"), tr("Off: the loudness is as the voice has it."))),
            ("normalize", _Words(
                tr("The service reads numbers"),
                tr("For what is not read on this computer: see “Read like a person” in the settings."))),
            ("max_new_tokens", _Words(
                tr("Longest part"), tr("In the model's tokens. Fewer: a part may end too soon."), 64)),
            ("early_stop_threshold", _Words(
                tr("Early stop"), tr("Lower: a part ends sooner when the model is sure."), 0.05, 2)),
            ("dictionary_id", _Words(
                tr("Pronunciation dictionary"),
                tr("Id of a dictionary of your account. Sounds that you entered here are not used then."))),
            ("dictionary_version", _Words(tr("Version of the dictionary"), "")),
        ]  # fmt: skip

    def _add(self, name: str, words: _Words) -> None:
        row = 2 * self._grid.rowCount()
        self._fields[name] = field = self._field(name, words)
        field.widget.setAccessibleName(words.label)
        field.widget.setAccessibleDescription(words.about)
        label = Label(words.label)
        label.setBuddy(field.widget)
        label.setWordWrap(True)
        self._normal[name] = normal = text_button(self.tr("Back to normal"), partial(self._on_normal, name))
        normal.setAccessibleName(self.tr("{option}: back to normal").format(option=words.label))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field.widget, row, 1)
        self._grid.addWidget(normal, row, 2)
        if words.about:
            about = Label(words.about)
            about.setProperty("role", "hint")
            about.setWordWrap(True)
            self._grid.addWidget(about, row + 1, 0, 1, 3)

    def _field(self, name: str, words: _Words) -> _Field:
        standard = getattr(STANDARD_OPTIONS, name)
        if name == "latency":
            return self._latency()
        if isinstance(standard, bool):
            tick = QCheckBox(self.tr("On"))
            tick.toggled.connect(partial(self._on_value, name))
            return _Field(tick, tick.setChecked)
        if isinstance(standard, str):
            line = LineField()
            line.setMaxLength(LONGEST_DICTIONARY_ID)
            line.editingFinished.connect(partial(self._on_text, name, line))
            return _Field(line, line.setText)
        low, high = OPTION_LIMITS[name]
        box = NumberBox(words.label, low, high, words.step, decimals=words.decimals)
        box.valueChanged.connect(partial(self._on_number, name))
        box.told.connect(self._status.tell)
        return _Field(box, box.show_value)

    def _latency(self) -> _Field:
        choice = Choice()
        for value, words in (
            ("low", self.tr("fastest")),
            ("balanced", self.tr("balanced")),
            ("normal", self.tr("best quality")),
        ):
            choice.addItem(words, value)
        choice.activated.connect(partial(self._on_choice, "latency", choice))

        def show(value: str) -> None:
            choice.setCurrentIndex(choice.findData(value))

        return _Field(choice, show)

    # -- slots -------------------------------------------------------------------------------------

    def _on_number(self, name: str, value: float) -> None:
        self._change(name, value if isinstance(getattr(STANDARD_OPTIONS, name), float) else round(value))

    def _on_value(self, name: str, value: bool) -> None:
        self._change(name, value)

    def _on_choice(self, name: str, choice: Choice, _index: int) -> None:
        self._change(name, choice.currentData())

    def _on_text(self, name: str, line: LineField) -> None:
        self._change(name, line.text().strip())

    def _on_normal(self, name: str) -> None:
        self._change(name, getattr(STANDARD_OPTIONS, name))
        self._fields[name].widget.setFocus()

    def _on_all_normal(self) -> None:
        self._settings.change(options=STANDARD_OPTIONS)

    def _change(self, name: str, value: Any) -> None:
        self._settings.change(options=self._settings.current.options._replace(**{name: value}))

    def _on_options(self, _before: SynthesisOptions, after: SynthesisOptions) -> None:
        self._show(after)

    def _show(self, options: SynthesisOptions) -> None:
        for name, field in self._fields.items():
            value = getattr(options, name)
            with QSignalBlocker(field.widget):
                field.show(value)
            self._normal[name].setEnabled(value != getattr(STANDARD_OPTIONS, name))
        self._all.setEnabled(options != STANDARD_OPTIONS)

    def done(self, result: int) -> None:
        self._end()
        super().done(result)


def _options_of(settings: Settings) -> SynthesisOptions:
    return settings.options


def open_options(host: Host) -> None:
    """Open the dialog of Fish Audio's options."""
    OptionsDialog(host.services.settings, host.window).open()
