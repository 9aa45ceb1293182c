"""The voices of the script's speakers: each has the chosen voice, or one of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice
from fishcaption.ui.widgets.controls import FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.state_words import voice_words

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import ScriptService
    from fishcaption.ui.feature import Host

_MOST_SPEAKERS = 50


class SpeakersDialog(QDialog):
    """A voice for each speaker. What is chosen is used at once."""

    def __init__(self, script: ScriptService, host: Host) -> None:
        super().__init__(host.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Speakers"))
        self._script = script
        self._host = host
        self.choices: dict[str, QPushButton] = {}  # each shows the speaker's voice, and opens the picker
        self.resets: dict[str, QPushButton] = {}
        about = Label(self.tr("Each speaker of the script can have a voice of their own."))
        about.setWordWrap(True)
        page = QWidget()
        form = QFormLayout(page)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._status = StatusLine()
        for name in script.view().script.speakers()[:_MOST_SPEAKERS]:
            choice = self.choices[name] = text_button("", partial(self._on_pick, name))
            reset = self.resets[name] = text_button(
                self.tr("Use the chosen voice"), partial(self._on_chosen, name, None)
            )
            words = self.tr("Use the chosen voice for {name}")
            reset.setAccessibleName(words.format(name=showable(name)))
            row = FlowRow()
            row.addWidget(choice)
            row.addWidget(reset)
            form.addRow(Label(showable(name)), row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(scrolled(page), 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        self._fill()
        points = self.font().pointSizeF()
        room = host.window.screen().availableSize() * 0.9
        self.resize(min(round(44 * points), room.width()), min(round(36 * points), room.height()))

    def told(self) -> str:
        """Return what is told of a voice that cannot be had."""
        return self._status.text()

    def _fill(self) -> None:
        have = self._script.speakers()
        for name, choice in self.choices.items():
            own = have.get(name)
            words = self.tr("The chosen voice") if own is None else showable(voice_words(own, self.tr))
            choice.setText(words)
            told = self.tr("Voice of {name}: {voice}")
            choice.setAccessibleName(told.format(name=showable(name), voice=words))
            self.resets[name].setEnabled(own is not None)

    def _on_pick(self, name: str) -> None:
        current = self._script.speakers().get(name, self._host.settings.voice)
        self._host.pick_voice(current, self, partial(self._on_chosen, name))

    def _on_chosen(self, name: str, voice: Voice | None) -> None:
        try:
            self._script.set_speaker(name, voice)
            self._status.tell("")
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
        self._fill()


def open_speakers(host: Host, script: ScriptService) -> None:
    """Open the dialog of the speakers."""
    SpeakersDialog(script, host).open()
