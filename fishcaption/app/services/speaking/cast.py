"""The cast: which voice says what stands behind a name, and which says the letters of a script.

It holds for the texts of Speak and, where a script gives a speaker no voice of their own, for Present. Texts
that are still being typed or piped are the chosen voice's: a name may change with the next letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.text.scripts import readable, scripts_in
from fishcaption.core.voices.cast import MOST_SPEAKERS, Cast, names_in, preset_is_gone, voice_of, voiced_parts
from fishcaption.core.voices.presets import Preset, Presets, voice_in
from fishcaption.store.voices import cast_file
from fishcaption.ui.cast_ports import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.core.speech import Voice
    from fishcaption.store.journal import Writer

_LONGEST_TEXT = 200_000  # code points in which names are looked for, for a dialog


class CastService:
    """`ui.cast_ports.CastService`. The cast is read from its file at once."""

    def __init__(
        self,
        path: Path,
        writer: Writer,
        on_error: Callable[[StorageError], None],
        voices: Callable[[], tuple[Voice, ...]],
        presets: Callable[[], Presets] = Presets,
    ) -> None:
        self._path = path
        self._writer = writer
        self._on_error = on_error
        self._voices = voices
        self._presets = presets
        self._subscribers: Subscribers[[]] = Subscribers()
        self._cast, told = cast_file.load(path)
        if told:
            on_error(StorageError(told))

    @property
    def cast(self) -> Cast:
        """The cast as it is now, with its presets."""
        return self._cast.resolved(self._presets())

    def voice_of(self, speaker: str) -> Voice | Preset | None:
        """Return the voice or the preset of a speaker; None: they have none of their own."""
        return voice_of(speaker, self.cast.speakers) if speaker else None

    def check_speaker(self, speaker: str) -> None:
        """Raise InputError if the preset of a speaker is gone: nobody speaks for them."""
        if voice_of(speaker, dict.fromkeys(self.cast.silent, True)):
            raise preset_is_gone(speaker)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the cast is another; the returned function ends it."""
        return self._subscribers.add(callback)

    # -- ui.cast_ports.CastService -----------------------------------------------------------------

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of a text that look like speakers', and those of the cast."""
        return tuple(dict.fromkeys((*names_in(text[:_LONGEST_TEXT]), *self._cast.speakers)))

    def scripts_in(self, text: str) -> tuple[str, ...]:
        """Return the scripts of a text and of the cast, without the Latin letters that stand in all texts."""
        found = (*scripts_in(text), *self._cast.scripts)
        return tuple(dict.fromkeys(script for script in found if script != "Latin"))

    def speakers(self) -> Mapping[str, Voice | Preset]:
        """Return the voices or presets of speakers by name."""
        return dict(self.cast.speakers)

    def silent_speakers(self) -> frozenset[str]:
        """Return the speakers whose preset is gone."""
        return self.cast.silent

    def scripts(self) -> Mapping[str, Voice]:
        """Return the voices of scripts by name."""
        return dict(self._cast.scripts)

    def says_names(self) -> bool:
        """Return whether the names before lines are spoken."""
        return self._cast.says_names

    def set_speaker(self, name: str, voice: Voice | Preset | None) -> None:
        """Let a speaker have this voice or preset from the next text on; None: the chosen voice."""
        self._use(self._cast.with_speaker(name, voice))

    def set_script(self, name: str, voice: Voice | None) -> None:
        """Have the letters of a script spoken with this voice from the next text on; None: the chosen one."""
        self._use(replace(self._cast, scripts=_with(self._cast.scripts, name, voice)))

    def set_says_names(self, says_names: bool) -> None:
        """Speak the names before lines, or not, from the next text on."""
        self._use(replace(self._cast, says_names=says_names))

    def unreadable(self, text: str, chosen: Voice) -> Unreadable | None:
        """Return what of a text the voice that would speak it cannot read; None: nothing."""
        letters = scripts_in(text)
        if not letters or set(letters) == {"Latin"}:
            return None
        for part in voiced_parts(text, self.cast):
            voice = voice_in(part.voice or chosen)
            reads = readable(voice.languages) if not voice.kind.is_remote else frozenset()
            missing = [
                name for name in scripts_in(text[part.start : part.end]) if reads and name not in reads
            ]
            if missing:
                return Unreadable(missing[0], voice, self._reader_of(missing[0]))
        return None

    def models_of(self, text: str) -> frozenset[str]:
        """Return the models with which voices of the cast say parts of the text; empty word: the chosen one.

        They may cost money, also where the chosen voice, or the chosen model, is free.
        """
        cast = self.cast
        voices = (*cast.speakers.values(), *cast.scripts.values())
        if not any(voice_in(who).kind.has_models for who in voices):
            return frozenset()
        return frozenset(
            part.voice.model if isinstance(part.voice, Preset) else ""
            for part in voiced_parts(text, cast)
            if part.voice is not None and voice_in(part.voice).kind.has_models
        )

    # -- inside ------------------------------------------------------------------------------------

    def _reader_of(self, script: str) -> Voice | None:
        """Return a voice of this computer that reads a script."""
        there = (voice for voice in self._voices() if script in readable(voice.languages))
        return next(there, None)

    def _use(self, cast: Cast) -> None:
        self._cast = cast
        self._writer.soon(str(self._path), partial(cast_file.save, self._path, cast), self._on_error)
        self._subscribers.tell()


def _with(voices: Mapping[str, Voice], name: str, voice: Voice | None) -> dict[str, Voice]:
    found = {known: own for known, own in voices.items() if known != name}
    if voice is not None:
        if len(found) >= MOST_SPEAKERS:
            raise InputError(f"At most {MOST_SPEAKERS} speakers can have a voice of their own.")
        found[name] = voice
    return found
