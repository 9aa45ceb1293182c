"""The page that says whose voice it is, and that they agree; without it no recording is sent anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.recordings.consent import Consent
from fishcaption.ui.voices.studio.words import error_words
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine, Tick
from fishcaption.ui.widgets.dialog_parts import ask, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.store.recordings.collection import CollectionView
    from fishcaption.ui.recording_ports import RecordingsService


class ConsentPage(QWidget):
    """The person whose voice a collection is."""

    changed = Signal(object)  # the CollectionView

    def __init__(self, service: RecordingsService, today: Callable[[], date] = date.today) -> None:
        super().__init__()
        self._service = service
        self._today = today
        self._view: CollectionView | None = None
        self._is_gone = False
        why = Label(
            self.tr(
                "A voice belongs to a person. Say whose voice this is, and that they agree. It is written "
                "into the folder of the recordings. Without it, no recording is sent to a service."
            )
        )
        why.setWordWrap(True)
        self._own = QRadioButton(self.tr("It is my own voice"))
        self._other = QRadioButton(self.tr("It is the voice of somebody else, who has given me permission"))
        kinds = QButtonGroup(self)
        kinds.addButton(self._own)
        kinds.addButton(self._other)
        name = Label(self.tr("Name of the person whose voice it is:"))
        self._name = LineField()
        self._name.setAccessibleName(name.text())
        self._name.setMaxLength(120)
        self._agrees = Tick(
            self.tr(
                "This person knows that an artificial voice is made from the recordings, and agrees to it."
            )
        )
        self._save = text_button(self.tr("Save this"), self._on_save)
        self._take_back = text_button(self.tr("Take the permission back…"), self._on_take_back)
        self._status = StatusLine()
        row = FlowRow()
        row.addWidget(self._save)
        row.addWidget(self._take_back)
        column = QVBoxLayout(self)
        for widget in (
            why,
            self._own,
            self._other,
            name,
            self._name,
            self._agrees,
            FlowBox(row),
            self._status,
        ):
            column.addWidget(widget)
        column.addStretch(1)

    def show_view(self, view: CollectionView) -> None:
        """Show whose voice this collection is."""
        is_other = self._view is None or self._view.folder != view.folder
        has_changed = is_other or self._view is None or self._view.consent != view.consent
        self._view = view
        consent = view.consent
        self._take_back.setEnabled(consent is not None)
        if not has_changed:
            return
        self._own.setChecked(consent is None or consent.is_own)
        self._other.setChecked(consent is not None and not consent.is_own)
        self._agrees.box.setChecked(consent is not None)
        self._name.setText(consent.speaker if consent is not None else "")
        if consent is None:
            self._status.tell(self.tr("Nobody has agreed yet."))
        else:
            words = self.tr("{name} has agreed on {day}. It is saved with the recordings.")
            self._status.tell(words.format(name=consent.speaker, day=consent.day))

    def leave(self) -> None:
        """The window is closed."""
        self._is_gone = True

    def _on_save(self) -> None:
        if self._view is None:
            return
        if not self._agrees.box.isChecked():
            self._status.tell(
                self.tr("Please tick that this person agrees. Without it, nothing is sent anywhere.")
            )
            self._agrees.box.setFocus()
            return
        consent = Consent(self._name.text(), self._own.isChecked(), self._today().isoformat())
        self._service.agree(self._view.folder, consent, self._on_view)

    def _on_take_back(self) -> None:
        if self._view is None:
            return
        words = self.tr(
            "Take the permission back? The recordings stay. A voice that was made of them stays, too, "
            "until you delete it: in “My voices”, or in “More voices on this computer”."
        )
        act = partial(self._service.agree, self._view.folder, None, self._on_view)
        ask(self.tr("Take the permission back"), words, self.tr("Take it back"), self, act)

    def _on_view(self, answer: CollectionView | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._status.tell(error_words(answer))
            self._name.setFocus()
        else:
            self.changed.emit(answer)
