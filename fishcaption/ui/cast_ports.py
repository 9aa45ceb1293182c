"""The service of the cast: which voice says what stands behind a name, and which says a script's letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from fishcaption.core.speech import Voice
from fishcaption.core.voices.presets import Preset


class Unreadable(NamedTuple):
    """Letters of a text that the voice for it cannot say, and a voice that can, if there is one."""

    script: str
    voice: Voice
    instead: Voice | None


class SpeakerVoices(Protocol):
    """The voices of speakers, of a script or of the user's cast."""

    def speakers(self) -> Mapping[str, Voice | Preset]:
        """Return the voices or presets of speakers by name."""
        ...

    def silent_speakers(self) -> frozenset[str]:
        """Return the speakers whose preset is gone: nobody speaks for them."""
        ...

    def set_speaker(self, name: str, voice: Voice | Preset | None) -> None:
        """Let a speaker have this voice or preset; None: the chosen voice.

        Raises InputError where there are too many.
        """
        ...


class CastService(SpeakerVoices, Protocol):
    """The user's cast, for texts and, where a script says nothing else, for scripts."""

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of a text that look like speakers', and those of the cast."""
        ...

    def scripts_in(self, text: str) -> tuple[str, ...]:
        """Return the scripts of a text and of the cast, without Latin."""
        ...

    def scripts(self) -> Mapping[str, Voice]:
        """Return the voices of scripts by name."""
        ...

    def says_names(self) -> bool:
        """Return whether the names before lines are spoken."""
        ...

    def set_script(self, name: str, voice: Voice | None) -> None:
        """Let the letters of a script be spoken with this voice; None: the chosen one."""
        ...

    def set_says_names(self, says_names: bool) -> None:
        """Speak the names before lines, or not."""
        ...

    def unreadable(self, text: str, chosen: Voice) -> Unreadable | None:
        """Return what of a text the voice that would speak it cannot read; None: nothing."""
        ...
