"""The dialog that designs a voice: described in words, heard and compared, made into a voice of one's own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.cloning import (
    DESIGN_PRICE,
    DESIGN_TEXT_LENGTH,
    MOST_DESIGNS,
    Candidate,
    VoiceDetails,
    checked_design,
)
from fishcaption.ui.voice_ports import OwnVoiceService
from fishcaption.ui.voices.own_voices_compare import add_number_key
from fishcaption.ui.voices.own_voices_details import DetailsForm
from fishcaption.ui.voices.own_voices_words import length_words
from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField, TextField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.number_box import NumberBox


class DesignVoiceDialog(QDialog):
    """For those who have no recording: a description becomes voices, and one of them the user's own."""

    def __init__(self, own: OwnVoiceService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Design a voice"))
        self._own = own
        self._is_gone = False
        self._candidates: tuple[Candidate, ...] = ()
        about = Label(
            self.tr(
                "Describe a voice in words. Fish Audio makes some that fit; you hear them, and keep one. "
                "Each request costs ${price:.2f} of your API credit, also if you like none of them."
            ).format(price=DESIGN_PRICE)
        )
        about.setWordWrap(True)
        self.description = TextField()
        self.description.setTabChangesFocus(True)
        self.description.setAccessibleName(self.tr("Description of the voice"))
        self.description.setPlaceholderText(
            self.tr("Such as: a woman of sixty with a low, warm voice, who speaks slowly; northern English.")
        )
        self.description.setFixedHeight(round(7 * self.font().pointSizeF()))
        self.text = LineField()
        self.text.setMaxLength(DESIGN_TEXT_LENGTH)
        self.text.setAccessibleName(self.tr("Sentence that they say"))
        self.text.setPlaceholderText(self.tr("A sentence of yours that each of them says"))
        self.count = NumberBox(self.tr("How many"), 1, MOST_DESIGNS, 1, decimals=0)
        self.count.show_value(3)
        self._design = text_button(
            self.tr("Design, for ${price:.2f}…").format(price=DESIGN_PRICE), self._on_design
        )
        self._heard = QWidget()
        self._grid = QGridLayout(self._heard)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._show)
        self.form = DetailsForm(VoiceDetails(""))
        self._status = StatusLine()
        self.make = QPushButton(self.tr("Make this voice mine"))
        self.make.setAutoDefault(False)
        self.make.clicked.connect(self._on_make)
        self._lay_out(about)
        points = self.font().pointSizeF()
        room = self.screen().availableSize() * 0.9
        self.resize(min(round(54 * points), room.width()), min(round(58 * points), room.height()))
        for number in range(1, MOST_DESIGNS + 1):
            add_number_key(self, number, self._hear_number)
        self._show()
        self.description.setFocus()

    def _lay_out(self, about: Label) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        for words, widget in (
            ("", about),
            (self.tr("Description of the voice"), self.description),
            (self.tr("Sentence that they say"), self.text),
            (self.tr("How many"), self.count),
            ("", self._design),
            ("", self._heard),
            ("", self.form),
        ):
            if words:
                label = Label(words)
                label.setBuddy(widget)
                inner.addWidget(label)
            inner.addWidget(widget)
        inner.addStretch(1)
        column = QVBoxLayout(self)
        self._scroll = scrolled(page)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._status)
        column.addWidget(buttons)

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def _on_design(self) -> None:
        try:
            checked_design(self.description.toPlainText(), self.text.text(), self._wanted())
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            self.description.setFocus()
            return
        words = self.tr("This costs ${price:.2f} of your API credit at Fish Audio.").format(
            price=DESIGN_PRICE
        )
        ask(self.tr("Design a voice"), words, self.tr("Design"), self, self._ask_service)

    def _ask_service(self) -> None:
        self._design.setEnabled(False)
        self._status.tell(self.tr("Fish Audio designs voices. That takes some seconds…"))
        self._own.design(self.description.toPlainText(), self.text.text(), self._wanted(), self._on_designed)

    def _wanted(self) -> int:
        return round(self.count.value())

    def _on_designed(self, answer: tuple[Candidate, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._design.setEnabled(True)
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        self._candidates = answer
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in answer:
            choice = QRadioButton(self.tr("Voice {number}").format(number=one.number))
            self._group.addButton(choice, one.number)
            hear = text_button(
                self.tr("Hear {number}").format(number=one.number), partial(self._on_hear, one)
            )
            hear.setAccessibleName(self.tr("Hear voice {number}").format(number=one.number))
            self._grid.addWidget(choice, one.number, 0)
            self._grid.addWidget(hear, one.number, 1)
        self._grid.setColumnStretch(2, 1)
        first = self._group.button(answer[0].number)
        first.setChecked(True)
        first.setFocus()
        if len(answer) < self._wanted():
            self._status.tell(self.tr("Fish Audio made {count} of them.").format(count=len(answer)))
        else:
            self._status.tell(self.tr("Hear them with Alt+1 and so on, choose one, and give it a name."))
        self._show()
        QTimer.singleShot(0, self._show_heard)  # once the page is as high as they need

    def _show_heard(self) -> None:
        if not self._is_gone:
            self._scroll.ensureWidgetVisible(self.form)
            self._scroll.ensureWidgetVisible(self._heard)

    def _hear_number(self, number: int) -> None:
        for one in self._candidates:
            if one.number == number:
                self._on_hear(one)

    def _on_hear(self, candidate: Candidate) -> None:
        self._own.hear(candidate, partial(self._on_heard, candidate))

    def _on_heard(self, candidate: Candidate, answer: float | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(f"{answer} {answer.hint}".strip())
            return
        words = self.tr("Voice {number}, {length}.")
        self._status.tell(words.format(number=candidate.number, length=length_words(answer, self.tr)))

    def _chosen(self) -> Candidate | None:
        number = self._group.checkedId()
        return next((one for one in self._candidates if one.number == number), None)

    def _show(self) -> None:
        has_chosen = self._chosen() is not None
        self._heard.setVisible(has_chosen)
        self.form.setVisible(has_chosen)
        self.make.setEnabled(has_chosen)

    def _on_make(self) -> None:
        candidate = self._chosen()
        if candidate is None:
            return
        try:
            details = self.form.details()
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            self.form.title.setFocus()
            return
        self._own.create_designed(candidate, details)
        self.accept()

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)
