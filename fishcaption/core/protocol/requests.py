"""Requests of Fish Audio's speech service, with the limits of the service's reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Latency
from fishcaption.core.synthesis_options import OPTION_LIMITS

Format = Literal["pcm", "wav", "mp3", "opus"]

RATES: Mapping[str, tuple[int, ...]] = {
    "pcm": (8000, 16000, 24000, 32000, 44100),
    "wav": (8000, 16000, 24000, 32000, 44100),
    "mp3": (32000, 44100),
    "opus": (48000,),
}
"""Frames a second that each format can have."""

DEFAULT_RATES: Mapping[str, int] = {"pcm": 44100, "wav": 44100, "mp3": 44100, "opus": 48000}
"""Frames a second of each format if the request does not say."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A recording of a voice (WAV, MP3 or FLAC, 10 to 30 s) and the exact text that it says."""

    audio: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """``key`` is spoken as ``value``. Keys are plain substrings; the leftmost and longest match first."""

    key: str
    value: str
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class DictionaryVersion:
    """A pronunciation dictionary that the service stores."""

    id: str
    version: int


Dictionary = tuple[Pronunciation, ...] | DictionaryVersion

_FIELD_LIMITS: Mapping[str, tuple[float, float, str]] = {
    "temperature": (*OPTION_LIMITS["temperature"], "The temperature"),
    "top_p": (*OPTION_LIMITS["top_p"], "Top-p"),
    "speed": (0.5, 2.0, "The speed"),
    "volume": (-20, 20, "The volume (in dB)"),
    "chunk_length": (*OPTION_LIMITS["chunk_length"], "The chunk length"),
    "min_chunk_length": (*OPTION_LIMITS["min_chunk_length"], "The shortest chunk length"),
    "max_new_tokens": (*OPTION_LIMITS["max_new_tokens"], "The number of new tokens"),
    "repetition_penalty": (*OPTION_LIMITS["repetition_penalty"], "The repetition penalty"),
    "early_stop_threshold": (*OPTION_LIMITS["early_stop_threshold"], "The early stop threshold"),
}
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "format": tuple(RATES),
    "latency": get_args(Latency),
    "mp3_bitrate": (64, 128, 192),
    "opus_bitrate": (-1000, 24000, 32000, 48000, 64000),
}
_MAX_DICTIONARIES = 3
_MAX_PRONUNCIATIONS = 5000


@dataclass(frozen=True, slots=True)
class TTSRequest:
    """Request of ``start`` and of ``POST /v1/tts``: how a session speaks. The defaults are the service's.

    ``speed``, ``volume`` (dB) and ``normalize_loudness`` travel as ``prosody``. ``sample_rate`` is frames a
    second, ``mp3_bitrate`` kbit/s, ``opus_bitrate`` bit/s (-1000: the service chooses). Raises InputError
    for a value that the service's reference does not allow.
    """

    text: str = ""
    reference_id: str | tuple[str, ...] | None = None
    references: tuple[Reference, ...] = ()
    temperature: float = 0.7
    top_p: float = 0.7
    speed: float = 1.0
    volume: float = 0.0
    normalize_loudness: bool = True
    chunk_length: int = 300
    min_chunk_length: int = 50
    normalize: bool = True
    format: Format = "mp3"
    sample_rate: int | None = None
    mp3_bitrate: int = 128
    opus_bitrate: int = -1000
    latency: Latency = "normal"
    max_new_tokens: int = 1024
    repetition_penalty: float = 1.2
    condition_on_previous_chunks: bool = True
    early_stop_threshold: float = 1.0
    features: tuple[str, ...] = ()
    pronunciation_dictionary: tuple[Dictionary, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high, what) in _FIELD_LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not low <= value <= high:  # not-a-number compares false
                raise InputError(f"{what} must be between {low:g} and {high:g}, not {value}.")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(str(choice) for choice in choices)
                raise InputError(f"{name} must be one of {known}, not {str(getattr(self, name))[:40]!r}.")
        if self.sample_rate is not None and self.sample_rate not in RATES[self.format]:
            known = ", ".join(str(rate) for rate in RATES[self.format])
            raise InputError(f"{self.format} can have {known} frames a second, not {self.sample_rate}.")
        self._check_dictionaries()

    def _check_dictionaries(self) -> None:
        dictionaries = self.pronunciation_dictionary
        if len(dictionaries) > _MAX_DICTIONARIES:
            raise InputError(f"At most {_MAX_DICTIONARIES} pronunciation dictionaries can be used at once.")
        if len({isinstance(dictionary, DictionaryVersion) for dictionary in dictionaries}) > 1:
            raise InputError(
                "Pronunciations and dictionaries that the service stores cannot be used together."
            )
        for dictionary in dictionaries:
            if isinstance(dictionary, DictionaryVersion):
                continue
            if len(dictionary) > _MAX_PRONUNCIATIONS:
                raise InputError(
                    f"A pronunciation dictionary can have {_MAX_PRONUNCIATIONS} entries at most."
                )
            for entry in dictionary:
                if not 1 <= len(entry.key) <= 256 or not 1 <= len(entry.value) <= 1024:
                    raise InputError(
                        "A pronunciation needs a word of 1 to 256 characters and a spoken form of 1 to 1024."
                    )

    @property
    def rate(self) -> int:
        """Frames a second of the audio that comes."""
        return self.sample_rate or DEFAULT_RATES[self.format]

    def to_wire(self) -> dict[str, Any]:
        """Return the map to send: values on which the service's documents disagree, and all but defaults."""
        request: dict[str, Any] = {
            "text": self.text,
            "format": self.format,
            "sample_rate": self.rate,
            "latency": self.latency,
            "chunk_length": self.chunk_length,
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in request and field.name not in _PROSODY and value != field.default:
                request[field.name] = _PLAIN[field.name](value) if field.name in _PLAIN else value
        prosody = {name: getattr(self, name) for name in _PROSODY}
        if any(prosody[field.name] != field.default for field in fields(self) if field.name in prosody):
            request["prosody"] = prosody
        return request


_PROSODY = ("speed", "volume", "normalize_loudness")


def _plain_dictionary(dictionary: Dictionary) -> dict[str, Any]:
    if isinstance(dictionary, DictionaryVersion):
        return {"id": dictionary.id, "version": dictionary.version}
    return {
        "items": [
            {"key": entry.key, "value": entry.value, "case_sensitive": entry.case_sensitive}
            for entry in dictionary
        ]
    }


_PLAIN: Mapping[str, Any] = {
    "reference_id": lambda ids: ids if isinstance(ids, str) else list(ids),
    "references": lambda all_: [{"audio": one.audio, "text": one.text} for one in all_],
    "features": list,
    "pronunciation_dictionary": lambda all_: [_plain_dictionary(one) for one in all_],
}
