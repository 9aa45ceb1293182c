"""The recording of the chosen phrase: made, taken from a file, heard, removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.widgets.controls import FlowBox, FlowRow
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature_ports import PhraseService
    from fishcaption.ui.phrases.editor import PhraseEditor
    from fishcaption.ui.recording_ports import Level

_PARTS = 100  # of the level meter


class RecordingBox(QWidget):
    """One key begins a recording and ends it: a switch is enough. It belongs to the phrase in the form."""

    def __init__(self, editor: PhraseEditor, service: PhraseService) -> None:
        super().__init__()
        self._editor = editor
        self._service = service
        self._number = ""  # of the phrase in the form
        self._recorded = ""  # of the phrase that is being recorded
        self._is_closed = False
        self._state = Label()
        self._state.setWordWrap(True)
        self._level = QProgressBar()
        self._level.setRange(0, _PARTS)
        self._level.setTextVisible(False)
        self._level.setAccessibleName(self.tr("Loudness of the microphone"))
        self._record = text_button(self.tr("Record"), self._on_record, big=True)
        self._hear = text_button(self.tr("Hear it"), self._on_hear)
        self._file = text_button(self.tr("Use a sound file…"), self._on_file)
        self._remove = text_button(self.tr("Use the voice again"), self._on_remove)
        row = FlowRow()
        for button in (self._record, self._hear, self._file, self._remove):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._state, self._level, FlowBox(row)):
            column.addWidget(widget)
        self._draw()

    def show_phrase(self, number: str) -> None:
        """Show the recording of this phrase; empty: there is no phrase in the form."""
        if self._recorded and number != self._recorded:
            self._service.stop_recording()
        self._number = number
        self._draw()

    def close_down(self) -> None:
        """The editor is closed: a recording that is being made is finished and kept."""
        self._is_closed = True
        if self._recorded:
            self._service.stop_recording()

    def _draw(self) -> None:
        bank = self._editor.bank()
        phrase = bank.phrase(self._number) if self._number in bank else None
        is_recording = bool(self._recorded)
        is_there = phrase is not None and self._service.has_recording(phrase.id)
        if is_recording:
            words = self.tr("Say the phrase now. Press the button again when you have said it.")
        elif phrase is not None and phrase.recording and not is_there:
            words = self.tr("{name} is missing: the voice says this phrase.").format(name=phrase.recording)
        elif is_there:
            words = self.tr("This phrase is heard in your recording: at once, and without a network.")
        else:
            words = self.tr("In your own voice: record the phrase, or use a sound file.")
        self._state.setText(words)
        self._level.setVisible(is_recording)
        self._record.setText(
            self.tr("Stop recording")
            if is_recording
            else self.tr("Record again")
            if is_there
            else self.tr("Record")
        )
        self._record.setEnabled(is_recording or phrase is not None)
        self._hear.setEnabled(is_there and not is_recording)
        self._file.setEnabled(phrase is not None and not is_recording)
        self._remove.setEnabled(bool(phrase is not None and phrase.recording) and not is_recording)

    # -- slots -------------------------------------------------------------------------------------

    def _on_record(self) -> None:
        if self._recorded:
            self._service.stop_recording()
            return
        try:
            self._service.record(self._number, self._on_level, self._on_recorded)
        except FishCaptionError as error:
            self._editor.tell_error(error)
            return
        self._recorded = self._number
        self._editor.tell(self.tr("Recording."))
        self._draw()

    def _on_level(self, level: Level) -> None:
        if self._is_closed:
            return
        self._level.setValue(round(_PARTS * level.peak**0.5))
        if not level.has_signal:
            self._editor.tell(
                self.tr("The microphone is silent. Is it switched off, or not allowed for this program?")
            )

    def _on_recorded(self, result: str | FishCaptionError) -> None:
        self._recorded = ""
        if not self._is_closed:
            self._told(result)

    def _on_taken(self, result: str | FishCaptionError) -> None:
        if not self._is_closed:
            self._told(result)

    def _told(self, result: str | FishCaptionError) -> None:
        if isinstance(result, FishCaptionError):
            self._editor.tell_error(result)
        else:
            self._editor.tell(self.tr("The recording is saved as {name}.").format(name=result))
        self._draw()

    def _on_hear(self) -> None:
        try:
            self._service.speak(self._number)
        except FishCaptionError as error:
            self._editor.tell_error(error)

    def _on_file(self) -> None:
        dialog = QFileDialog(self, self.tr("A recording of this phrase"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Sound (*.wav *.flac *.mp3 *.ogg *.opus *.aiff)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def take_file(self, path: str) -> None:
        """Use this file's sound for the phrase."""
        try:
            self._service.take_recording(self._number, Path(path), self._on_taken)
        except FishCaptionError as error:
            self._editor.tell_error(error)

    def _on_remove(self) -> None:
        bank = self._editor.bank()
        if self._number in bank:
            self._editor.set_bank(
                bank.edit(self._number, recording=""), undo=self.tr("Undo: use the recording again")
            )
            self._editor.tell(self.tr("The voice says this phrase now. The recording stays in its folder."))
            self._draw()
