"""The words that stand with an own voice: the form for them, and the dialog that changes them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.cloning import DESCRIPTION_LENGTH, TITLE_LENGTH, VoiceDetails, checked
from fishcaption.ui.voice_ports import OwnVoice, OwnVoiceService
from fishcaption.ui.widgets.controls import Choice, StatusLine
from fishcaption.ui.widgets.dialog_parts import long_form
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label


class DetailsForm(QWidget):
    """Name, description, tags, and who may use the voice."""

    def __init__(self, details: VoiceDetails) -> None:
        super().__init__()
        self.title = LineField()
        self.title.setMaxLength(TITLE_LENGTH)
        self._description = LineField()
        self._description.setMaxLength(DESCRIPTION_LENGTH)
        self._tags = LineField()
        self._tags.setPlaceholderText(self.tr("with commas between: calm, English"))
        self._visibility = Choice()
        self._visibility.addItem(self.tr("Only I, with my account"), "private")
        self._visibility.addItem(self.tr("Everybody who gets its id from me"), "unlist")
        form = long_form(self)
        form.setContentsMargins(0, 0, 0, 0)
        for words, field in (
            (self.tr("Name of the voice"), self.title),
            (self.tr("Description"), self._description),
            (self.tr("Tags"), self._tags),
            (self.tr("Who may use it"), self._visibility),
        ):
            field.setAccessibleName(words)
            label = Label(words)
            label.setBuddy(field)
            form.addRow(label, field)
        self.show_details(details)

    def show_details(self, details: VoiceDetails) -> None:
        """Show these."""
        self.title.setText(details.title)
        self._description.setText(details.description)
        self._tags.setText(", ".join(details.tags))
        self._visibility.setCurrentIndex(self._visibility.findData(details.visibility))

    def details(self) -> VoiceDetails:
        """Return what is in the form. Raises InputError for what cannot be sent."""
        tags = tuple(self._tags.text().split(","))
        return checked(
            VoiceDetails(
                self.title.text(), self._description.text(), tags, self._visibility.currentData() or "private"
            )
        )


class DetailsDialog(QDialog):
    """Renames and describes an own voice."""

    changed = Signal()

    def __init__(self, own: OwnVoiceService, voice: OwnVoice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Rename and describe"))
        self._own = own
        self._id = voice.voice.id
        self._is_gone = False
        self.form = DetailsForm(voice.details)
        about = Label(self.tr("The sound of the voice stays: for another one, make another voice."))
        about.setWordWrap(True)
        about.setProperty("role", "hint")
        self._status = StatusLine()
        self._save = QPushButton(self.tr("Save"))
        self._save.setDefault(True)
        self._save.clicked.connect(self._on_save)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.form, about, self._status, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(round(46 * self.font().pointSizeF()))
        self.form.title.setFocus()

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def _on_save(self) -> None:
        try:
            details = self.form.details()
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            return
        self._save.setEnabled(False)
        self._status.tell(self.tr("Telling Fish Audio…"))
        self._own.change(self._id, details, self._on_changed)

    def _on_changed(self, answer: OwnVoice | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._save.setEnabled(True)
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        self.changed.emit()
        self.accept()

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)
