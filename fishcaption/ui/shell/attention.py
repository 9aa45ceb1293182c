"""The attention sound, as a command: it comes first and at once, and speech waits for it."""

from __future__ import annotations

from fishcaption.core.speech import Rendered, Voice
from fishcaption.core.tones import SIGNALS, signal
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host


class AttentionSound(Feature):
    """Sounds the signal that is chosen in the settings."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        words = self.tr("Attention sound")
        host.commands.add(Action("speak.signal", words, self._on_signal, Group.SPEAK, ("Ctrl+G",)))
        self.rendered()  # made once: its key is not to wait for it

    def rendered(self) -> Rendered:
        """Return the sound that is chosen."""
        chosen = self.host.settings.attention_sound
        name = chosen if chosen in SIGNALS else SIGNALS[0]
        rate, pcm = signal(name)
        return Rendered(Voice("embedded", name, self.tr("Attention sound")), rate, pcm)

    def _on_signal(self) -> None:
        self.host.reader.signal(self.rendered())
