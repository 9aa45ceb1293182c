"""A text that is exactly a recorded phrase: the user says which sound it has, now or in a setting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from fishcaption.ui.widgets.dialog_parts import ask

if TYPE_CHECKING:
    from fishcaption.ui.feature_ports import PhraseService
    from fishcaption.ui.ports import SettingsService


class RecordedPhrases:
    """`ui.workspace.RecordedTexts`."""

    def __init__(self, service: PhraseService, settings: SettingsService, parent: QWidget) -> None:
        self._service = service
        self._settings = settings
        self._parent = parent

    def find(self, text: str) -> str:
        """Return the id of the phrase with a recording that is this text; empty: none."""
        return self._service.recorded(text)

    def speak(self, number: str) -> int:
        """Speak the phrase; return the utterance's number."""
        return self._service.speak(number)

    def ask(self, on_recording: Callable[[], None], on_voice: Callable[[], None]) -> None:
        """Ask which is to be heard; Esc says nothing."""
        parent = self._parent
        again = QCheckBox(parent.tr("Do not ask again"))
        box = ask(
            parent.tr("Your own recording"),
            parent.tr("You have recorded this text as a phrase. Which is to be heard?"),
            parent.tr("My recording"),
            parent,
            partial(self._answer, again, "recording", on_recording),
        )
        box.setCheckBox(again)
        voice = box.addButton(parent.tr("The voice"), QMessageBox.ButtonRole.ActionRole)
        voice.clicked.connect(partial(self._answer, again, "voice", on_voice))
        for button in box.buttons():
            if box.buttonRole(button) is QMessageBox.ButtonRole.AcceptRole:
                button.setFocus()  # Enter, which has asked, answers

    def _answer(
        self, again: QCheckBox, wish: str, act: Callable[[], None], _is_checked: bool = False
    ) -> None:
        if again.isChecked():
            self._settings.change(recorded_text=wish)
        act()
