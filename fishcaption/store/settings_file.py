"""The file of the settings: JSON for people to read and mend.

A wrong value is replaced by its default and told about once, what a newer version wrote is kept. No key is
ever in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from fishcaption.core.account.named_keys import LONGEST_NAME, MOST_KEYS, NamedKey, NamedKeys
from fishcaption.core.audience import OutletConfig
from fishcaption.core.audience_style import AudienceStyle, ScreenIdentity, plain, screen_of, style_of
from fishcaption.core.bounded_json import exactly, few, parsed, within
from fishcaption.core.errors import InputError
from fishcaption.core.speech import VOICE_KINDS, Voice
from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions, checked
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.presets import MOST_PRESETS, Preset, Presets
from fishcaption.store import intact
from fishcaption.store.places import config_dir, write_whole
from fishcaption.store.settings import LONGEST, VERSION, OutputDevice, Settings, options

_LATENCY = "latency"
_OUTLETS = "outlets"  # of these, each has its own limits
_MOST_BYTES = 4 << 20
_MOST_LANGUAGES = 100
_MOST_KEYS = 20  # of one command
_MOST_COMMANDS = 1000
_TOLD_ONE_BY_ONE = 3


class Loaded(NamedTuple):
    """Settings as they were on disk, and one sentence for each thing that had to be mended."""

    settings: Settings
    mended: tuple[str, ...] = ()


def settings_path() -> Path:
    """The file of the settings."""
    return config_dir() / "settings.json"


def load(path: Path) -> Loaded:
    """Read the settings. Never raises: what cannot be used becomes its default and is named in `mended`.

    The file as it was is kept beside it, as `….broken`; nothing of it is lost.
    """
    content, told = intact.read(path, "The settings", _MOST_BYTES)
    if content is None:
        return Loaded(Settings(), (told,) if told else ())
    try:
        value = parsed(content)
    except InputError:
        value = None
    if not isinstance(value, dict):
        told = f"The settings file was broken, and the defaults are used. {intact.put_aside(path)}"
        return Loaded(Settings(), (told,))
    loaded = _repaired(value)
    if not loaded.mended:
        return loaded
    *most, last = loaded.mended
    return Loaded(loaded.settings, (*most, f"{last} {intact.copy_aside(path, content)}"))


def save(path: Path, settings: Settings) -> None:
    """Write the settings; the file is whole at every moment. Blocks on the disk. Raises StorageError."""
    write_whole(path, exported(settings).encode("utf-8", "replace"))


def exported(settings: Settings) -> str:
    """All settings as the text of a file, to be given to `imported`. The key is in none."""
    content = {**settings.unknown, "version": settings.version}
    for entry in options():
        content[entry.name] = _plain(getattr(settings, entry.name))
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def imported(text: str) -> Loaded:
    """The settings of such a text, as they replace all there are; what is wrong in it is its default.

    Raises InputError for a text that holds no settings at all.
    """
    try:
        content = parsed(text) if len(text) <= _MOST_BYTES else None
    except InputError:
        content = None
    if not isinstance(content, dict) or not content.keys() & {entry.name for entry in options()}:
        raise InputError(
            "This file holds no settings of fishcaption.", hint="Choose one that was exported from there."
        )
    loaded = _repaired(content)
    from fishcaption.core.models import MODELS  # not by every start

    if (name := loaded.settings.model) in MODELS:
        return loaded
    told = f"There is no model called {name!r} (any more): the window asks which to use in its place."
    return Loaded(loaded.settings, (*loaded.mended, told))


def _repaired(content: dict[str, Any]) -> Loaded:
    known: dict[str, Any] = {}
    wrong: list[str] = []
    left_out: tuple[str, ...] = ()
    for entry in options():
        if entry.name not in content:
            continue
        try:
            if entry.name == _OUTLETS:
                known[entry.name], left_out = _outlets(content.pop(entry.name))
                continue
            default = entry.default if entry.default is not MISSING else entry.default_factory()
            known[entry.name] = _value(content.pop(entry.name), default, entry.metadata)
        except (ValueError, TypeError, LookupError):
            wrong.append(entry.name)
    if _LATENCY in content and "options" not in known:  # as it was before there were more options
        with suppress(ValueError):
            known["options"] = _options({_LATENCY: content.pop(_LATENCY)})
    version = content.pop("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool):
        version = VERSION
    settings = replace(Settings(), **known, unknown=content, version=max(version, VERSION))
    return Loaded(settings, (*_told(wrong), *left_out))


def _outlets(raw: Any) -> tuple[tuple[OutletConfig, ...], tuple[str, ...]]:
    if raw == []:
        return (), ()
    from fishcaption.store.outlets.configs import from_plain  # not by every start

    return from_plain(raw)


def _told(wrong: list[str]) -> list[str]:
    """The sentences about settings that had a wrong value."""
    if len(wrong) <= _TOLD_ONE_BY_ONE:
        return [
            f"The setting “{name}” had a value that cannot be used; it is the default again."
            for name in wrong
        ]
    names = ", ".join(wrong)
    return [f"{len(wrong)} settings had values that cannot be used; they are the defaults again: {names}."]


def _value(raw: Any, default: Any, limits: Mapping[str, Any]) -> Any:
    """The raw JSON value as the option's type; ValueError, TypeError or LookupError where it is none."""
    value: Any
    if (read := _STRUCTURED.get(type(default))) is not None:
        value = read(raw)
    elif isinstance(default, bool):
        value = exactly(raw, bool)
    elif isinstance(default, int):
        value = within(exactly(raw, int), limits)
    elif isinstance(default, float):
        value = within(float(raw if type(raw) is int else exactly(raw, float)), limits)
    elif isinstance(default, dict):
        value = {
            _text(name): _texts(keys, _MOST_KEYS) for name, keys in few(raw, dict, _MOST_COMMANDS).items()
        }
    elif isinstance(default, tuple):
        value = tuple(within(exactly(item, int), limits) for item in few(raw, list, 2))
        if len(value) == 1:
            raise ValueError(value)
    else:
        value = _text(raw, limits["longest"])
    if limits["choices"] and value not in limits["choices"]:
        raise ValueError(value)
    if limits["is_known"] is not None and value != default and not limits["is_known"](value):
        raise LookupError(value)
    return value


def _text(raw: Any, longest: int = LONGEST) -> str:
    return cast(str, few(raw, str, longest))


def _texts(raw: Any, most: int) -> tuple[str, ...]:
    return tuple(_text(item) for item in few(raw, list, most))


def voice_from_plain(raw: Any) -> Voice:
    """Return the voice of a JSON value; ValueError, TypeError or LookupError if it is none."""
    kind = VOICE_KINDS[_text(raw["provider"])]
    languages = _texts(raw.get("languages", []), _MOST_LANGUAGES)
    return Voice(kind.provider, _text(raw["id"]), _text(raw["name"]), languages)


def voice_as_plain(voice: Voice) -> dict[str, Any]:
    """Return the voice as a JSON value for `voice_from_plain`."""
    return {
        "provider": voice.provider,
        "id": voice.id,
        "name": voice.name,
        "languages": list(voice.languages),
    }


def _device(raw: Any) -> OutputDevice:
    return OutputDevice(_text(raw["name"]), _text(raw["host_api"]))


def _named_keys(raw: Any) -> NamedKeys:
    keys = tuple(
        NamedKey(_text(key["id"], LONGEST_NAME), one_line(_text(key["name"]), LONGEST_NAME))
        for key in few(raw["keys"], list, MOST_KEYS)
    )
    used = _text(raw["used"], LONGEST_NAME)
    if len({key.id for key in keys}) < len(keys):
        raise ValueError(keys)
    return NamedKeys(keys, used)


def _options(raw: Any) -> SynthesisOptions:
    try:
        return checked(few(raw, dict, len(SynthesisOptions._fields)))
    except InputError as error:
        raise ValueError(raw) from error


def _presets(raw: Any) -> Presets:
    found = Presets()
    for value in few(raw["presets"], list, MOST_PRESETS):
        found = found.with_preset(_preset(few(value, dict, len(Preset._fields))))
    return found


def _preset(raw: Any) -> Preset:
    """Return a preset; its settings have the limits of the settings of these names."""
    limits = {entry.name: entry for entry in options()}
    values = {
        name: _value(value, limits[name].default, limits[name].metadata)
        for name, value in raw.items()
        if name in limits
    }
    id, name = _text(raw["id"], LONGEST_NAME), one_line(_text(raw["name"]), LONGEST_NAME)
    return Preset(id=id, name=name, **values)


_STRUCTURED: Final[Mapping[type, Callable[[Any], Any]]] = {
    Voice: voice_from_plain,
    OutputDevice: _device,
    NamedKeys: _named_keys,
    SynthesisOptions: _options,
    Presets: _presets,
    AudienceStyle: style_of,
    ScreenIdentity: screen_of,
}
"""Functions that make a setting's value of JSON, by its type."""


def _changed(value: SynthesisOptions) -> list[str]:
    return [name for name in value._fields if getattr(value, name) != getattr(STANDARD_OPTIONS, name)]


def _plain(value: Any) -> Any:
    match value:
        case Voice():
            return voice_as_plain(value)
        case OutputDevice():
            return {"name": value.name, "host_api": value.host_api}
        case OutletConfig():
            from fishcaption.store.outlets.configs import as_plain

            return as_plain(value)
        case AudienceStyle() | ScreenIdentity():
            return plain(value)
        case SynthesisOptions():
            return {name: getattr(value, name) for name in _changed(value)}
        case Presets():
            return {"presets": [_plain(preset) for preset in value.presets]}
        case Preset():
            return {name: _plain(getattr(value, name)) for name in Preset._fields}
        case NamedKeys():
            return {"keys": [key._asdict() for key in value.keys], "used": value.used}
        case tuple():
            return [_plain(item) for item in value]
        case dict():
            return {name: list(keys) for name, keys in value.items()}
    return value
