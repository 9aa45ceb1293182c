"""The voices of speakers, of a script or of a text: each has the chosen voice, or one of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice
from fishcaption.core.voices.presets import Preset, voice_in
from fishcaption.ui.widgets.controls import FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.state_words import voice_words

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_MOST_SPEAKERS = 50


class Speakers(NamedTuple):
    """Rows of a dialog: names, the words for one of them (`{name}`), their voices, and how one gets another.

    ``set_voice`` is called with None for the chosen voice; it may raise FishCaptionError. ``silent`` gives
    the names whose preset is gone; None: these cannot have presets.
    """

    names: Sequence[str]
    words: str
    voices: Callable[[], Mapping[str, Voice | Preset] | Mapping[str, Voice]]
    set_voice: Callable[[str, Any], None]
    silent: Callable[[], frozenset[str]] | None = None


class SpeakersDialog(QDialog):
    """A voice for each speaker. What is chosen is used at once."""

    def __init__(
        self,
        about: str,
        speakers: Sequence[Speakers],
        host: Host,
        says_names: tuple[bool, Callable[[bool], None]] | None = None,
    ) -> None:
        """`about` says whose voices they are; `says_names`: if names are spoken, and how to change that."""
        super().__init__(host.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Speakers"))
        self._host = host
        self._groups: dict[str, Speakers] = {}  # by the words of the row
        self._names: dict[str, str] = {}
        self.choices: dict[str, QPushButton] = {}  # each shows the speaker's voice, and opens the picker
        self.resets: dict[str, QPushButton] = {}
        self.presets: dict[str, QPushButton] = {}  # each has a menu of the presets
        told = Label(about)
        told.setWordWrap(True)
        page = QWidget()
        form = QFormLayout(page)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._status = StatusLine()
        for group in speakers:
            for name in group.names[:_MOST_SPEAKERS]:
                self._add_row(form, group, name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(told)
        column.addWidget(scrolled(page), 1)
        self.says_names = QCheckBox(self.tr("Speak the names, too"))
        self.says_names.setHidden(says_names is None)
        if says_names is not None:
            self.says_names.setChecked(says_names[0])
            self.says_names.toggled.connect(says_names[1])
        column.addWidget(self.says_names)
        column.addWidget(self._status)
        column.addWidget(buttons)
        self._fill()
        points = self.font().pointSizeF()
        room = host.window.window().screen().availableSize() * 0.9
        self.resize(min(round(44 * points), room.width()), min(round(36 * points), room.height()))

    def told(self) -> str:
        """Return what is told of a voice that cannot be had."""
        return self._status.text()

    def _add_row(self, form: QFormLayout, group: Speakers, name: str) -> None:
        row_words = group.words.format(name=showable(name))
        self._groups[row_words], self._names[row_words] = group, name
        choice = self.choices[row_words] = text_button("", partial(self._on_pick, row_words))
        reset = self.resets[row_words] = text_button(
            self.tr("Use the chosen voice"), partial(self._on_chosen, row_words, None)
        )
        words = self.tr("Use the chosen voice for {name}")
        reset.setAccessibleName(words.format(name=row_words))
        row = FlowRow()
        row.addWidget(choice)
        row.addWidget(reset)
        if group.silent is not None and self._host.settings.presets.presets:
            row.addWidget(self._preset_button(row_words))
        form.addRow(Label(row_words), row)

    def _preset_button(self, row: str) -> QPushButton:
        button = self.presets[row] = text_button(self.tr("Preset"))
        button.setAccessibleName(self.tr("Preset for {name}").format(name=row))
        menu = QMenu(button)
        for preset in self._host.settings.presets.presets:
            menu.addAction(preset.name.replace("&", "&&"), partial(self._on_chosen, row, preset))
        button.setMenu(menu)
        return button

    def _words_of(self, row: str) -> str:
        group, name = self._groups[row], self._names[row]
        own = group.voices().get(name)
        if group.silent is not None and name in group.silent():
            return self.tr("The preset is gone: choose another")
        if own is None:
            return self.tr("The chosen voice")
        words = showable(voice_words(voice_in(own), self.tr))
        return f"{own.name}: {words}" if isinstance(own, Preset) else words

    def _fill(self) -> None:
        for row, choice in self.choices.items():
            own = self._groups[row].voices().get(self._names[row])
            words = self._words_of(row)
            choice.setText(words)
            told = self.tr("Voice of {name}: {voice}")
            choice.setAccessibleName(told.format(name=row, voice=words))
            self.resets[row].setEnabled(own is not None)

    def _on_pick(self, row: str) -> None:
        current = self._groups[row].voices().get(self._names[row], self._host.settings.voice)
        self._host.pick_voice(voice_in(current), self, partial(self._on_chosen, row))

    def _on_chosen(self, row: str, voice: Voice | Preset | None) -> None:
        try:
            self._groups[row].set_voice(self._names[row], voice)
            self._status.tell("")
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
        self._fill()
