"""Work on recordings, as the app asks for it: each in a process that ends with its answer. All blocks."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fishcaption.audio.child import answer, command, environment
from fishcaption.audio.recorder.told_errors import error_of
from fishcaption.core.errors import InputError
from fishcaption.core.voices.takes import TakeMeasures

LONGEST_SECONDS = 600.0
"""An hour of sound is measured in a minute, on a machine that has nothing else to do."""


def check(path: Path) -> TakeMeasures:
    """Measure a recording of an hour at most. Raises InputError."""
    return TakeMeasures(**_done("check", path)[0])


def cut(
    path: Path,
    target: Path,
    start_seconds: float,
    end_seconds: float | None,
    *,
    trims: bool,
    levels: bool,
) -> int:
    """Write a part of an hour at most to a FLAC file, and return its frames at 48 kHz.

    A file that was there is replaced once the new one is whole; it may be the same one. Raises InputError,
    StorageError.
    """
    wishes = {
        "target": str(target.absolute()),
        "start": start_seconds,
        "end": end_seconds,
        "trims": trims,
        "levels": levels,
    }
    return int(_done("cut", path, **wishes)[0]["frames"])


def read(path: Path) -> tuple[int, bytes]:
    """Return (rate, int16 mono frames) of a recording of 15 minutes at most. Raises InputError."""
    result, pcm = _done("read", path)
    return result["rate"], pcm


def _done(work: str, path: Path, **wishes: Any) -> tuple[dict[str, Any], bytes]:
    order = {"work": work, "path": str(path.absolute()), **wishes}
    with tempfile.TemporaryDirectory(prefix="fishcaption-", ignore_cleanup_errors=True) as scratch:
        order["scratch"] = scratch
        try:
            done = answer(
                command("fishcaption.audio.recorder.work"),
                environment(),
                LONGEST_SECONDS,
                given=json.dumps(order).encode() + b"\n",
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"{path.name} takes too long to read.", hint="Cut it into parts first."
            ) from error
        except OSError as error:
            raise InputError(
                f"{path.name} cannot be read now: {error.strerror}.", hint="Close other programs."
            ) from error
    head, _, sound = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise InputError(f"{path.name} cannot be read: it may be damaged.", hint="Use another file.")
    fields = json.loads(head)
    if (failed := error_of(fields)) is not None:
        raise failed
    return {name: value for name, value in fields.items() if name not in ("kind", "words", "hint")}, sound
