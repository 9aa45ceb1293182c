"""The embedded voices that can be had on this machine: who they are, what they speak, which engine makes
them.

Light on purpose: the app reads it for its picker before anything slow is imported, and without the voice's
process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, Literal

from fishcaption.core.speech import Voice

EngineName = Literal["hibari", "pico"]

DEFAULT_ID: Final = "heart"


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """One voice. ``own_name`` is what its engine calls it, ``rate`` the frames a second the engine makes."""

    voice: Voice
    engine: EngineName
    own_name: str
    rate: int
    description: str

    @property
    def language(self) -> str:
        """The two-letter code of the language it speaks."""
        return self.voice.languages[0]


def _entry(
    engine: EngineName, own_name: str, rate: int, id_and_name: tuple[str, str], description: str
) -> VoiceEntry:
    voice_id, name = id_and_name
    language = "en" if engine == "hibari" else own_name[:2]
    return VoiceEntry(Voice("embedded", voice_id, name, (language,)), engine, own_name, rate, description)


_ENTRIES: Final = (
    _entry("hibari", "heart", 24000, (DEFAULT_ID, "Heart"), "American English, female, neural"),
    _entry(
        "pico", "en-US", 16000, ("pico-en-us", "Pico (American English)"), "American English, small and quick"
    ),
    _entry(
        "pico", "en-GB", 16000, ("pico-en-gb", "Pico (British English)"), "British English, small and quick"
    ),
    _entry("pico", "de-DE", 16000, ("pico-de", "Pico (Deutsch)"), "German, small and quick"),
    _entry("pico", "es-ES", 16000, ("pico-es", "Pico (español)"), "Spanish, small and quick"),
    _entry("pico", "fr-FR", 16000, ("pico-fr", "Pico (français)"), "French, small and quick"),
    _entry("pico", "it-IT", 16000, ("pico-it", "Pico (italiano)"), "Italian, small and quick"),
)

_MODULES: Final[Mapping[EngineName, str]] = {"hibari": "hibari", "pico": "py_nanotts"}


def installed_voices() -> tuple[VoiceEntry, ...]:
    """The voices whose engine is installed, the default first. Pico has no wheel for macOS."""
    installed = {name for name, module in _MODULES.items() if find_spec(module) is not None}
    return tuple(entry for entry in _ENTRIES if entry.engine in installed)
