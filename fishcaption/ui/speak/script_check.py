"""Before a text is spoken its letters are looked at: those that the voice cannot say are told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fishcaption.core.errors import FishCaptionError, UnreadableText

if TYPE_CHECKING:
    from fishcaption.ui.cast_ports import CastService, Unreadable
    from fishcaption.ui.ports import SettingsService


class ScriptCheck(QObject):
    """Finds letters that would be left out, and offers a voice that can say them."""

    def __init__(self, settings: SettingsService, parent: QObject) -> None:
        super().__init__(parent)
        self.cast: CastService | None = None  # until it is there, nothing is looked at
        self._settings = settings
        self._told = ""  # the text of which it was told: who speaks it all the same is not told again
        self._offer: Unreadable | None = None

    def refusal(self, text: str) -> FishCaptionError | None:
        """Return the reason to ask before the text is spoken; None: all of it can be said, or it was told."""
        self._offer = None
        if self.cast is None or text.isascii() or text == self._told:
            return None
        found = self.cast.unreadable(text, self._settings.current.voice)
        if found is None:
            return None
        self._told, self._offer = text, found
        words = self.tr("{voice} cannot say the {script} letters in this text.")
        return UnreadableText(
            words.format(voice=found.voice.name or found.voice.kind.name, script=found.script),
            hint=self._hint(found),
        )

    def can_switch(self) -> bool:
        """Return whether a voice is offered."""
        return self._offer is not None and self._offer.instead is not None

    def use_offer(self) -> bool:
        """Have the offered voice say these letters, in this text and later ones; False: there is none."""
        offer, self._offer = self._offer, None
        if self.cast is None or offer is None or offer.instead is None:
            return False
        self.cast.set_script(offer.script, offer.instead)
        return True

    def _hint(self, found: Unreadable) -> str:
        again = self.tr("Speak it again to leave them out.")
        if found.instead is None:
            return f"{self.tr('No voice on this computer can; one of Fish Audio may.')} {again}"
        return f"{self.tr('{voice} can.').format(voice=found.instead.name)} {again}"
