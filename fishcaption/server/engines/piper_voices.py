"""The voices of Piper that are on this computer, read from the configurations beside their models.

Nothing of a model is read here, so the app can list them. A configuration is a file from elsewhere: it is
read within bounds, and nothing in it is run.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from fishcaption.core.bounded_json import exactly, few, parsed
from fishcaption.core.errors import InputError
from fishcaption.core.untrusted import one_line
from fishcaption.server.engines.espeak_voices import languages
from fishcaption.server.offline import folder

logger = logging.getLogger(__name__)

PHONEME_TYPES: Final = ("espeak", "text")
_MOST_SIGNS: Final = 1000
_MOST_IDS: Final = 8  # of one sign
_MOST_ID: Final = 10_000
_LONGEST_NAME: Final = 60
_RATES: Final = range(8_000, 48_001)


@dataclass(frozen=True, slots=True)
class PiperConfig:
    """The part of a voice's configuration that is used.

    ``ids`` are the model's numbers of each sign (one code point). ``espeak`` is the voice of eSpeak NG that
    gives the phonemes; empty where the signs are letters. ``scales`` are noise, length and noise of lengths.
    """

    name: str
    language: str
    language_name: str
    country: str
    quality: str
    rate: int
    espeak: str
    ids: dict[str, tuple[int, ...]]
    scales: tuple[float, float, float]
    speakers: int


class PiperVoice(NamedTuple):
    """A model that was found. ``config`` is None if it cannot be used, and ``why`` says so."""

    found: folder.FoundModel
    config: PiperConfig | None
    why: str = ""


_read: dict[Path, PiperVoice] = {}  # by the model's file; replaced as a whole


def voices() -> tuple[PiperVoice, ...]:
    """Return all that is found; a configuration that has not changed is not read again. For any thread."""
    global _read
    found = []
    for model in folder.models():
        known = _read.get(model.model)
        if known is None or known.found != model:
            known = _voice(model)
            if known.why:
                logger.warning("A voice cannot be used: %s", known.why)
        found.append(known)
    _read = {voice.found.model: voice for voice in found}
    return tuple(found)


def voice_of(key: str) -> PiperVoice | None:
    """Return the voice with this key; None if it is not here."""
    return next((voice for voice in voices() if voice.found.key == key), None)


def _voice(model: folder.FoundModel) -> PiperVoice:
    try:
        return PiperVoice(model, config_of(folder.small_file(model.config), model.key))
    except (OSError, InputError) as error:
        return PiperVoice(model, None, f"{model.config.name}: {error}")


def config_of(content: bytes, key: str) -> PiperConfig:
    """Return the configuration in a file's content. Raises InputError that says what is wrong with it."""
    value = parsed(content)
    try:
        kind = value.get("phoneme_type", "espeak")
        if kind not in PHONEME_TYPES:
            raise InputError(f"Its phonemes are of a kind that is not known here ({str(kind)[:30]}).")
        language, inference = value.get("language", {}), value.get("inference", {})
        code = str(language.get("code") or key.partition("-")[0])
        rate = exactly(value["audio"]["sample_rate"], int)
        if rate not in _RATES:
            raise InputError("Its sample rate is not one of a voice.")
        told_name = value.get("dataset") or key.partition("-")[2].partition("-")[0] or key
        config = PiperConfig(
            name=one_line(str(told_name).replace("_", " "), _LONGEST_NAME),
            language=one_line(code, 20),
            language_name=one_line(str(language.get("name_english", "")), _LONGEST_NAME),
            country=one_line(str(language.get("country_english", "")), _LONGEST_NAME),
            quality=one_line(str(value["audio"].get("quality", "")), 20),
            rate=int(rate),
            espeak="" if kind == "text" else _espeak(str(value["espeak"]["voice"])),
            ids=_ids(value["phoneme_id_map"]),
            scales=(
                _scale(inference.get("noise_scale", 0.667)),
                _scale(inference.get("length_scale", 1.0)),
                _scale(inference.get("noise_w", 0.8)),
            ),
            speakers=int(value.get("num_speakers", 1)),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("It is no configuration of a Piper voice.") from error
    return config


def _ids(raw: Any) -> dict[str, tuple[int, ...]]:
    found = {}
    for sign, ids in few(raw, dict, _MOST_SIGNS).items():
        numbers = [ids] if isinstance(ids, int) else few(ids, list, _MOST_IDS)
        if any(not 0 <= exactly(number, int) < _MOST_ID for number in numbers):
            raise ValueError(sign)
        found[sign] = tuple(numbers)
    if not found.keys() >= {"_", "^", "$"}:
        raise ValueError("no marks of beginning, end and between")
    return found


def _scale(raw: Any) -> float:
    if not 0 <= float(raw) <= 5:
        raise ValueError(raw)
    return float(raw)


def _espeak(wanted: str) -> str:
    """Return the name in eSpeak NG of a voice that a configuration names, such as "en-us" or "fr"."""
    name = wanted.casefold()
    known = languages()
    for language in known:
        if name in (language.voice.casefold(), language.code):
            return language.voice
    primary = name.partition("-")[0]
    for language in known:
        if primary in (language.voice.casefold(), language.code):
            return language.voice
    raise InputError(f"eSpeak NG, which says how words are pronounced, has no language “{wanted[:20]}”.")
