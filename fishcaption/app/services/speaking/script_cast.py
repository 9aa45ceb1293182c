"""The voices of a script's speakers: the script's own or, where it has none, those of the user's cast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fishcaption.core.voices.cast import Cast, preset_is_gone
from fishcaption.core.voices.presets import voice_in

if TYPE_CHECKING:
    from fishcaption.app.services.speaking.cast import CastService
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.speech import Voice
    from fishcaption.core.voices.presets import Preset


class ScriptCast:
    """``users`` is the user's cast; None: there is none."""

    def __init__(self, settings: SettingsStore, users: CastService | None) -> None:
        self._settings = settings
        self._users = users
        self._own = Cast()

    def open(self, speakers: Mapping[str, Voice], presets: Mapping[str, str]) -> None:
        """Use these voices, and presets by their ids: another script is open."""
        self._own = Cast(dict(speakers), presets=dict(presets))

    def set_speaker(self, name: str, who: Voice | Preset | None) -> None:
        """Let a speaker have this voice or preset; None: no own one.

        Raises InputError where there are too many.
        """
        self._own = self._own.with_speaker(name, who)

    def kept_speakers(self) -> dict[str, Voice]:
        """Return the script's own voices, for its file."""
        return {name: voice_in(who) for name, who in self._own.speakers.items()}

    def kept_presets(self) -> dict[str, str]:
        """Return the ids of the script's own presets, for its file."""
        return dict(self._own.presets)

    def own(self, speaker: str) -> Voice | Preset | None:
        """Return the voice or preset of a speaker; None: the chosen voice speaks."""
        found = self._resolved().speakers.get(speaker)
        return found or (self._users.voice_of(speaker) if self._users is not None else None)

    def voice(self, speaker: str) -> Voice:
        """Return the voice of a speaker, which may be the chosen one."""
        own = self.own(speaker)
        return self._settings.current.voice if own is None else voice_in(own)

    def speakers(self, names: Iterable[str]) -> dict[str, Voice | Preset]:
        """Return the script's own voices, and those that the user's cast has for these names."""
        found = dict(self._resolved().speakers)
        for name in names if self._users is not None else ():
            if name not in found and (who := self.own(name)) is not None:
                found[name] = who
        return found

    def silent_speakers(self) -> frozenset[str]:
        """Return the speakers whose preset is gone."""
        others = self._users.silent_speakers() if self._users is not None else frozenset[str]()
        return self._resolved().silent | (others - self._own.speakers.keys())

    def check(self, speaker: str) -> None:
        """Raise InputError if the preset of a speaker is gone: nobody speaks for them."""
        if speaker in self._resolved().silent:
            raise preset_is_gone(speaker)
        if self._users is not None and speaker and speaker not in self._own.speakers:
            self._users.check_speaker(speaker)

    def _resolved(self) -> Cast:
        return self._own.resolved(self._settings.current.presets)
