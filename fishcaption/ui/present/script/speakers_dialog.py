"""The voices of the script's speakers: each has the chosen voice, or one of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice
from fishcaption.ui.widgets.controls import Choice, StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.state_words import voice_words

if TYPE_CHECKING:
    from fishcaption.ui.audience_ports import ScriptService
    from fishcaption.ui.feature import Host
    from fishcaption.ui.voice_ports import FishVoices, VoiceService

_MOST_SPEAKERS = 50


class SpeakersDialog(QDialog):
    """A list of voices for each speaker. What is chosen is used at once."""

    def __init__(self, script: ScriptService, voices: VoiceService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Speakers"))
        self._script = script
        self._voices: dict[tuple[str, str], Voice] = {}  # by provider and id
        self._is_open = True
        self.choices: dict[str, Choice] = {}
        about = Label(self.tr("Each speaker of the script can have a voice of their own."))
        about.setWordWrap(True)
        page = QWidget()
        form = QFormLayout(page)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._status = StatusLine()
        for name in script.view().script.speakers()[:_MOST_SPEAKERS]:
            choice = self.choices[name] = Choice()
            choice.setMinimumContentsLength(24)
            choice.setAccessibleName(self.tr("Voice of {name}").format(name=showable(name)))
            choice.activated.connect(partial(self._on_chosen, name))
            form.addRow(Label(showable(name)), choice)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addWidget(scrolled(page), 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        self._fill()
        self.finished.connect(self._on_finished)
        voices.embedded_voices(self._on_embedded)
        voices.fish_voices("", 1, self._on_fish)
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(min(round(44 * points), room.width()), min(round(36 * points), room.height()))

    def told(self) -> str:
        """Return what is told of voices that cannot be had."""
        return self._status.text()

    def _fill(self) -> None:
        have = self._script.speakers()
        for name, choice in self.choices.items():
            own = have.get(name)
            choice.clear()
            choice.addItem(self.tr("The chosen voice"), "")
            for voice in dict.fromkeys([*self._voices.values(), *([own] if own is not None else [])]):
                choice.addItem(showable(voice_words(voice, self.tr)), f"{voice.provider}/{voice.id}")
            key = "" if own is None else f"{own.provider}/{own.id}"
            choice.setCurrentIndex(max(0, choice.findData(key)))

    def _add(self, voices: tuple[Voice, ...]) -> None:
        for voice in voices:
            self._voices.setdefault((voice.provider, voice.id), voice)
        self._fill()

    def _on_embedded(self, answer: tuple[Voice, ...] | FishCaptionError) -> None:
        if self._is_open and isinstance(answer, FishCaptionError):
            self._status.tell(str(answer))
        elif self._is_open and not isinstance(answer, FishCaptionError):
            self._add(answer)

    def _on_fish(self, answer: FishVoices | FishCaptionError) -> None:
        # without a key there are only the voices of this computer, and the user knows that
        if self._is_open and not isinstance(answer, FishCaptionError):
            self._add((*answer.own, *answer.public))

    def _on_chosen(self, name: str, index: int) -> None:
        key = str(self.choices[name].itemData(index) or "")
        provider, _, number = key.partition("/")
        own = {(str(voice.provider), voice.id): voice for voice in self._script.speakers().values()}
        try:
            self._script.set_speaker(name, {**own, **self._voices}.get((provider, number)))
        except FishCaptionError as error:
            self._status.tell(f"{error} {error.hint}".strip())
            self._fill()

    def _on_finished(self) -> None:
        self._is_open = False


def open_speakers(host: Host, script: ScriptService) -> None:
    """Open the dialog of the speakers."""
    SpeakersDialog(script, host.services.voices, host.window).open()
