"""Comparing voices: one sentence of the user's, and a key for each voice that says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import FISH, Voice
from fishcaption.core.voices.catalog import VoiceEntry
from fishcaption.ui.voice_ports import Hearing, VoiceService
from fishcaption.ui.voices.own_voices_words import dollars
from fishcaption.ui.widgets.controls import FlowBox, FlowRow
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.longtext import showable

MOST_COMPARED = 9
"""One for each of the keys Alt+1 to Alt+9."""

_LONGEST = 300
_PRICED = Voice(FISH.provider, "", "")  # all voices of Fish Audio's cost the same
_NAME = 24


def add_number_key(widget: QWidget, number: int, act: Callable[[int], None]) -> None:
    """Have Alt and this number do it, at once: a button's own key waits for a tenth of a second."""
    QShortcut(QKeySequence(f"Alt+{number}"), widget).activated.connect(partial(act, number))


class CompareRow(QWidget):
    """A sentence, what it costs, and a button for each voice."""

    failed = Signal(object)  # a FishCaptionError
    told = Signal(str)  # who is heard, or will be; empty: nobody any more

    def __init__(self, service: VoiceService, sentence: str) -> None:
        super().__init__()
        self._service = service
        self._voices: tuple[Voice, ...] = ()
        self._is_gone = False
        self.sentence = LineField()
        self.sentence.setMaxLength(_LONGEST)
        self.sentence.setAccessibleName(self.tr("Sentence to compare voices with"))
        self.sentence.setText(sentence or self.tr("Hello. This is how I sound. Do you know me by my voice?"))
        self.sentence.textChanged.connect(self._show_price)
        caption = Label(self.tr("Compare: the same sentence in each voice"))
        caption.setBuddy(self.sentence)
        self._price = Label()
        self._price.setWordWrap(True)
        self._price.setProperty("role", "hint")
        self._row = FlowRow()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (caption, self.sentence, FlowBox(self._row), self._price):
            column.addWidget(widget)
        for number in range(1, MOST_COMPARED + 1):
            add_number_key(self, number, self._hear_number)
        self._show_price()

    def offer(self, voices: Sequence[Voice]) -> None:
        """Offer the first nine of these voices."""
        wanted = tuple(voices[:MOST_COMPARED])
        if wanted == self._voices:
            return
        self._voices = wanted
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        last: QWidget = self.sentence
        for number, voice in enumerate(wanted, 1):
            name = voice.name if len(voice.name) <= _NAME else f"{voice.name[: _NAME - 1]}…"
            if voice.takes:
                name = self.tr("{name} (recordings)").format(name=name)
            button = text_button(f"{number}  {name}".replace("&", "&&"), partial(self.hear, voice))
            button.setAccessibleName(self.tr("Hear it in the voice {name}").format(name=name))
            button.setToolTip(
                as_written(self.tr("{name} (Alt+{number})").format(name=voice.name, number=number))
            )
            self._row.addWidget(button)
            QWidget.setTabOrder(last, button)  # it was made later than all that stands below it
            last = button
        self._show_price()

    def voices(self) -> tuple[Voice, ...]:
        """Return the offered voices."""
        return self._voices

    def hear(self, voice: Voice) -> None:
        """Have the sentence said in this voice, in place of what sounds."""
        text = self.sentence.text().strip()
        if not text:
            self.sentence.setFocus()
            return
        self._service.try_text(VoiceEntry(voice), text, partial(self._on_hearing, voice))

    def leave(self) -> None:
        """The window is closed: nothing is said any more."""
        self._is_gone = True
        self._service.hush()
        self._service.leave()

    def _on_hearing(self, voice: Voice, state: Hearing | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(state, FishCaptionError):
            self.failed.emit(state)
            return
        words = {
            Hearing.PREPARING: self.tr("{name}: preparing the sound…"),
            Hearing.SOUNDING: self.tr("You hear {name}. Esc stops."),
            Hearing.ENDED: "",
        }
        self.told.emit(words[state].format(name=showable(voice.name)))

    def _hear_number(self, number: int) -> None:
        if number <= len(self._voices):
            self.hear(self._voices[number - 1])

    def _show_price(self) -> None:
        is_paid = any(voice.kind.has_models for voice in self._voices)
        price = self._service.price_of(_PRICED, self.sentence.text()) if is_paid else 0.0
        words = self.tr("Alt and the number speaks it, Esc stops. Once in a voice of Fish Audio: {price}.")
        self._price.setText(
            words.format(price=dollars(price, self.tr))
            if is_paid
            else self.tr("Alt and the number speaks it, Esc stops.")
        )
        self._price.setVisible(bool(self._voices))
