"""The dialog that makes a voice of recordings: at Fish Audio, or kept nowhere."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QRadioButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.cloning import VoiceDetails
from fishcaption.ui.voice_ports import Collected, OwnVoiceService
from fishcaption.ui.voices.own_voices_details import DetailsForm
from fishcaption.ui.voices.own_voices_words import collected_words, facts
from fishcaption.ui.widgets.controls import Choice, StatusLine, Tick
from fishcaption.ui.widgets.dialog_parts import scrolled
from fishcaption.ui.widgets.labels import Label


class CreateVoiceDialog(QDialog):
    """Asks for the recordings, the name, and where the voice is to be kept."""

    chosen = Signal(object)  # a Voice that is kept nowhere
    record_asked = Signal()

    def __init__(self, own: OwnVoiceService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Make a voice of recordings"))
        self._own = own
        self._is_gone = False
        self._found: tuple[Collected, ...] = ()
        self._is_decided = False  # the user has said whether noise is to be removed
        self._named = ""  # the name that was filled in, not typed
        self.which = Choice()
        self.which.setAccessibleName(self.tr("Recordings"))
        self.which.currentIndexChanged.connect(self._on_collection)
        self._caption = Label(self.tr("Recordings"))
        self._caption.setBuddy(self.which)
        self._facts = self._words()
        self.kept = QRadioButton(self.tr("Make a voice at Fish Audio"))
        self.nowhere = QRadioButton(self.tr("Do not keep a voice there: send recordings with each text"))
        self.kept.setChecked(True)
        self.kept.toggled.connect(self._show)
        self.form = DetailsForm(VoiceDetails(""))
        self.cleans = Tick(self.tr("Have Fish Audio clean the recordings of noise"))
        self.cleans.box.setChecked(True)
        self.cleans.box.clicked.connect(self._on_cleans)
        self._about = self._words()
        self._status = StatusLine()
        self.make = QPushButton()
        self.make.setDefault(True)
        self.make.setProperty("role", "primary")
        self.make.clicked.connect(self._on_make)
        self._record = QPushButton(self.tr("Record my voice…"))
        self._record.setAutoDefault(False)
        self._record.clicked.connect(self._on_record)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._record, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        for widget in (self._caption, self.which, self._facts, self.kept, self.nowhere, self.form,
                       self.cleans, self._about):  # fmt: skip
            inner.addWidget(widget)
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(scrolled(page), 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        points = self.font().pointSizeF()
        room = self.screen().availableSize() * 0.9
        self.resize(min(round(56 * points), room.width()), min(round(52 * points), room.height()))
        self._status.tell(self.tr("Looking for your recordings…"))
        self._show()
        own.collections(self._on_found)

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def _words(self) -> Label:
        label = Label()
        label.setWordWrap(True)
        label.setProperty("role", "hint")
        return label

    def _on_found(self, answer: tuple[Collected, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        self._found = answer
        self.which.clear()
        for one in answer:
            self.which.addItem(collected_words(one, self.tr), one.name)
        self._status.tell(
            ""
            if answer
            else self.tr("There are no recordings yet. Record your voice, or bring files, first.")
        )
        self._show()

    def _collection(self) -> Collected | None:
        place = self.which.currentIndex()
        return self._found[place] if 0 <= place < len(self._found) else None

    def _on_collection(self) -> None:
        found = self._collection()
        if found is not None and self.form.title.text() in ("", self._named):
            self._named = found.name
            self.form.title.setText(found.name)
        self._show()
        if found is not None and not self._is_decided:
            self._own.is_noisy(found.name, partial(self._on_noise, found.name))

    def _on_cleans(self) -> None:
        self._is_decided = True

    def _on_noise(self, name: str, answer: bool | FishCaptionError) -> None:
        if self._is_gone or self._is_decided:
            return
        found = self._collection()
        if found is None or found.name != name:
            return
        # where nothing can be measured it stays on, as at the service
        self.cleans.box.setChecked(answer is not False)

    def _show(self) -> None:
        found, is_kept = self._collection(), self.kept.isChecked()
        self._facts.setText("" if found is None else " ".join(facts(found, not is_kept, self.tr)))
        self._facts.setVisible(found is not None)
        self.form.setVisible(is_kept)
        self.cleans.setVisible(is_kept)
        self.make.setText(self.tr("Make the voice") if is_kept else self.tr("Speak with these recordings"))
        self._about.setText(
            self.tr(
                "The recordings are sent to Fish Audio and stay there, as this voice, until you delete it. "
                "To make it costs nothing now; to speak with it costs what the model costs. Fish Audio’s "
                "terms say what else it may do with them. Your own recordings stay in your folder."
            )
            if is_kept
            else self.tr(
                "Your account gets no voice. The recordings are sent again with each text that you speak, so "
                "speech begins a little later, and needs the network. What Fish Audio may do with what it is "
                "sent, its terms say; a model that costs nothing may learn from it."
            )
        )
        can = (
            found is not None
            and bool(found.speaker)
            and bool(found.takes if is_kept else found.sent_each_time)
        )
        self.make.setEnabled(can)

    def _on_make(self) -> None:
        found = self._collection()
        if found is None:
            return
        if self.nowhere.isChecked():
            self.chosen.emit(found.voice)
            self.accept()
            return
        try:
            details = self.form.details()
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            self.form.title.setFocus()
            return
        self._own.create(found.name, details, enhances=self.cleans.box.isChecked())
        self.accept()

    def _on_record(self) -> None:
        self.record_asked.emit()
        self.reject()

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)
