"""The registry of embedded engines and their voices: a new engine is a file in `engines`, and an entry here.

The app reads it for its voice picker, without the voice's process and before anything slow is imported: so an
engine's module is imported only when the engine is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fishcaption.core.speech import Voice

if TYPE_CHECKING:
    from fishcaption.server.engines.base import VoiceEngine
    from fishcaption.server.engines.system.windows import SystemVoice


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """One voice. ``engine`` is its engine's name, ``own_name`` what that calls the voice.

    ``rate`` is how many frames a second the engine makes. ``description`` is for the voice picker.
    ``says_any_script``: the engine is given text of every script, and says what it can of it.
    """

    voice: Voice
    engine: str
    own_name: str
    rate: int
    description: str
    says_any_script: bool = False

    @property
    def language(self) -> str:
        """The two-letter code of the language it speaks."""
        return self.voice.languages[0]


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """One engine. ``make`` imports it and makes it; ``package`` has to be installed for that.

    ``voices`` may read what is installed: call it in a thread.
    """

    package: str
    make: Callable[[], VoiceEngine]
    voices: Callable[[], tuple[VoiceEntry, ...]]


def _hibari() -> VoiceEngine:
    from fishcaption.server.engines.hibari import HibariEngine

    return HibariEngine()


def _pico() -> VoiceEngine:
    from fishcaption.server.engines.pico import PicoEngine

    return PicoEngine()


def _espeak() -> VoiceEngine:
    from fishcaption.server.engines.espeak import EspeakEngine

    return EspeakEngine()


@cache
def _espeak_voices() -> tuple[VoiceEntry, ...]:
    from fishcaption.server.engines.espeak_voices import languages

    return tuple(
        VoiceEntry(
            Voice(
                "embedded", f"espeak-{language.voice.lower()}", f"{language.name} (eSpeak)", (language.code,)
            ),
            "espeak",
            language.voice,
            22_050,
            f"{language.name}, eSpeak NG: a plain machine voice",
            says_any_script=True,
        )
        for language in languages()
    )


def _piper() -> VoiceEngine:
    from fishcaption.server.engines.piper import PiperEngine

    return PiperEngine()


_OTHER_SCRIPTS: Final = frozenset(
    (
        *(
            "am",
            "ar",
            "as",
            "be",
            "bg",
            "bn",
            "el",
            "fa",
            "gu",
            "he",
            "hi",
            "hy",
            "ja",
            "ka",
            "kk",
            "kn",
            "ko",
        ),
        *(
            "ky",
            "mk",
            "ml",
            "mn",
            "mr",
            "my",
            "ne",
            "or",
            "pa",
            "ru",
            "sa",
            "sd",
            "si",
            "sr",
            "ta",
            "te",
            "th",
        ),
        *("uk", "ur", "yue", "zh"),
    )
)
"""Languages that Latin letters alone do not write: their voices are given text of every script."""


def _piper_voices() -> tuple[VoiceEntry, ...]:
    from fishcaption.server.engines.piper_voices import voices

    entries = []
    for found in voices():
        config = found.config
        if config is None:
            continue
        language = config.language.replace("-", "_").partition("_")[0].casefold() or "en"
        told = ", ".join(part for part in (config.language_name, config.country) if part)
        named = config.name[:1].upper() + config.name[1:]
        name = f"{named} (Piper, {told or config.language})"
        quality = f", {config.quality}" if config.quality else ""
        entries.append(
            VoiceEntry(
                Voice("embedded", f"piper-{found.found.key}", name, (language,)),
                "piper",
                found.found.key,
                config.rate,
                f"{told or config.language}, Piper{quality}, neural",
                says_any_script=language in _OTHER_SCRIPTS,
            )
        )
    return tuple(entries)


def _pocket() -> VoiceEngine:
    from fishcaption.server.engines.pocket import PocketEngine

    return PocketEngine()


def _pocket_voices() -> tuple[VoiceEntry, ...]:
    from fishcaption.core.voices.downloads import POCKET
    from fishcaption.server.offline import folder

    if not folder.place(POCKET.engine, POCKET.id).is_dir():
        return ()
    return tuple(
        VoiceEntry(
            Voice("embedded", f"pocket-{name}", f"{name} (your recordings, Pocket TTS)", ("en",)),
            "pocket",
            name,
            24_000,
            "English, in the voice of your own recordings",
        )
        for name in folder.references()
    )


def _windows() -> VoiceEngine:
    from fishcaption.server.engines.system.windows import WindowsEngine

    return WindowsEngine()


def _macos() -> VoiceEngine:
    from fishcaption.server.engines.system.macos import MacEngine

    return MacEngine()


def _windows_voices() -> tuple[VoiceEntry, ...]:
    from fishcaption.server.engines.system.windows import voices

    return tuple(_system_voice("windows", voice) for voice in voices())


def _macos_voices() -> tuple[VoiceEntry, ...]:
    from fishcaption.server.engines.system.macos import voices

    return tuple(_system_voice("macos", voice) for voice in voices())


def _system_voice(system: str, voice: SystemVoice) -> VoiceEntry:
    told = {"windows": "Windows", "macos": "macOS"}[system]
    language = voice.language.partition("-")[0].lower() or "en"
    # the system's ids are paths and names with dots; the last part is the voice's own
    own = voice.id.replace("\\", "/").rpartition("/")[2][-80:].casefold()
    return VoiceEntry(
        Voice("embedded", f"{system}-{own}", f"{voice.name} ({told})", (language,)),
        system,
        voice.id,
        24_000,
        f"{voice.language}, a voice of {told}",
        says_any_script=language in _OTHER_SCRIPTS,
    )


def _pico_voice(own_name: str, voice_id: str, name: str, description: str) -> VoiceEntry:
    voice = Voice("embedded", voice_id, name, (own_name[:2],))
    return VoiceEntry(voice, "pico", own_name, 16000, description)


DEFAULT_ID: Final = "heart"

_HIBARI_VOICES: Final = (
    VoiceEntry(
        Voice("embedded", DEFAULT_ID, "Heart", ("en",)),
        "hibari",
        "heart",
        24000,
        "American English, female, neural",
    ),
)
_PICO_VOICES: Final = (
    _pico_voice("en-US", "pico-en-us", "Pico (American English)", "American English, small and quick"),
    _pico_voice("en-GB", "pico-en-gb", "Pico (British English)", "British English, small and quick"),
    _pico_voice("de-DE", "pico-de", "Pico (Deutsch)", "German, small and quick"),
    _pico_voice("es-ES", "pico-es", "Pico (español)", "Spanish, small and quick"),
    _pico_voice("fr-FR", "pico-fr", "Pico (français)", "French, small and quick"),
    _pico_voice("it-IT", "pico-it", "Pico (italiano)", "Italian, small and quick"),
)

ENGINES: Final = {
    "hibari": EngineEntry("hibari", _hibari, lambda: _HIBARI_VOICES),
    "piper": EngineEntry("espeakng_loader", _piper, _piper_voices),  # which says how words are pronounced
    "pico": EngineEntry("py_nanotts", _pico, lambda: _PICO_VOICES),  # has no wheel for macOS
    "pocket": EngineEntry("sherpa_onnx", _pocket, _pocket_voices),  # an extra
    "windows": EngineEntry("winrt", _windows, _windows_voices),  # extras of their systems
    "macos": EngineEntry("AVFoundation", _macos, _macos_voices),
    "espeak": EngineEntry("espeakng_loader", _espeak, _espeak_voices),  # an extra
}
"""The engines by name. The first has the default voice, and is loaded as soon as the server starts."""


def default_voice() -> Voice:
    """Return the voice that speaks where none is named."""
    return _HIBARI_VOICES[0].voice


def installed_voices() -> tuple[VoiceEntry, ...]:
    """Return the voices whose engine is installed, the default one first."""
    return tuple(
        voice
        for engine in ENGINES.values()
        if find_spec(engine.package) is not None
        for voice in engine.voices()
    )
