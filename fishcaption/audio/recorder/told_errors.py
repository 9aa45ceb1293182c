"""Errors on their way from a process to the app: fields of a JSON object, "" each where all went well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fishcaption.core.errors import AudioDeviceError, FishCaptionError, InputError, StorageError

_KINDS: Mapping[str, type[FishCaptionError]] = {
    kind.__name__: kind for kind in (AudioDeviceError, InputError, StorageError)
}


def fields_of(error: FishCaptionError | None) -> dict[str, str]:
    """Return the fields that `error_of` reads."""
    if error is None:
        return {"kind": "", "words": "", "hint": ""}
    return {"kind": type(error).__name__, "words": str(error), "hint": error.hint}


def error_of(fields: Mapping[str, Any]) -> FishCaptionError | None:
    """Return the error of these fields; None if all went well."""
    if not fields["kind"]:
        return None
    return _KINDS.get(fields["kind"], FishCaptionError)(fields["words"], hint=fields["hint"])
