"""The process that works on a recording: one order on its standard input, one answer on its output.

    python -m fishcaption.audio.recorder.work

An order is a JSON object: `work` (check, cut, read), `path`, `scratch` (a folder of its own), and for
cut `target`, `start`, `end`, `trims`, `levels`. The answer is a line with the result and an error's fields
(see `told_errors`); the sound of read follows it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fishcaption.audio.recorder.flac_file import RATE, FlacFile
from fishcaption.audio.recorder.measuring import Blocks, measured
from fishcaption.audio.recorder.sound_file import (
    LONGEST_SECONDS,
    Samples,
    SoundFile,
    at_rate,
)
from fishcaption.audio.recorder.told_errors import fields_of
from fishcaption.core.errors import FishCaptionError, InputError, StorageError

LONGEST_READ_SECONDS = 900.0
KEPT_SILENCE_SECONDS = 0.15
"""Trimming leaves so much: the breath before a word, and its echo."""

LOUDNESS_LUFS = -20.0
PEAK_DB = -1.0
MOST_GAIN_DB = 40.0
FADE_SECONDS = 0.005
FULL_SCALE = 32_768
NICE = 10
MOST_MEMORY_BYTES = 4 * 1024**3
"""No hostile file makes us larger; numpy and onnxruntime alone reserve most of a gigabyte."""

Answer = tuple[dict[str, Any], bytes]


def check(order: Mapping[str, Any]) -> Answer:
    """Measure a recording."""
    with _opened(order) as sound:
        return measured(_part(sound, 0.0, None), sound.rate).measures._asdict(), b""


def cut(order: Mapping[str, Any]) -> Answer:
    """Write a part of a recording to another file, which appears when it is whole."""
    target = Path(order["target"])
    start, end = max(0.0, float(order["start"])), order["end"]
    if end is not None and end <= start:
        raise InputError("The end of the part is not after its start.")
    gain = 1.0
    with _opened(order) as sound:
        whole = sound.seconds
        is_cut_before, is_cut_after = start > 0, end is not None and (whole is None or end < whole)
        if order["trims"] or order["levels"]:
            heard = measured(_part(sound, start, end), sound.rate)
            found = heard.measures
            if order["levels"] and found.speech_seconds:
                gain = _gain(found.loudness_lufs, heard.peak)
            if order["trims"] and found.speech_seconds:
                begin, finish = (
                    max(0.0, found.speech_start - KEPT_SILENCE_SECONDS),
                    min(found.seconds, found.speech_end + KEPT_SILENCE_SECONDS),
                )
                is_cut_before = is_cut_before or begin > 0
                is_cut_after = is_cut_after or finish < found.seconds
                start, end = start + begin, start + finish
        samples = at_rate(_part(sound, start, end)(), sound.rate, RATE)
        faded = _faded(samples, is_cut_before=is_cut_before, is_cut_after=is_cut_after)
        return {"frames": _written(target, (block * np.float32(gain) for block in faded))}, b""


def read(order: Mapping[str, Any]) -> Answer:
    """Return the sound, at 48 kHz."""
    with _opened(order) as sound:
        if sound.seconds is not None and sound.seconds > LONGEST_READ_SECONDS:
            raise _too_long(sound.name, "15 minutes")
        part = _part(sound, 0.0, None, longest=LONGEST_READ_SECONDS)
        parts = [_int16(block) for block in at_rate(part(), sound.rate, RATE)]
    return {"rate": RATE}, b"".join(parts)


WORKS: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
    "check": check, "cut": cut, "read": read,
}  # fmt: skip


def _opened(order: Mapping[str, Any]) -> SoundFile:
    return SoundFile(Path(order["path"]), Path(order["scratch"]))


def _part(sound: SoundFile, start: float, end: float | None, *, longest: float = LONGEST_SECONDS) -> Blocks:
    """Return a reader of a part. Raises InputError if it is too long, also while it reads."""
    last = sound.seconds if end is None else min(end, sound.seconds or end)
    if last is not None and last - start > longest:
        raise _too_long(sound.name, "one hour")

    def blocks() -> Iterator[Samples]:
        frames = 0
        for block in sound.blocks(start, end):
            frames += len(block)
            if frames > longest * sound.rate:
                raise _too_long(sound.name, f"{longest / 60:.0f} minutes")
            yield block

    return blocks


def _too_long(name: str, most: str) -> InputError:
    return InputError(f"{name} is longer than {most}.", hint="Choose a part of it, or cut it first.")


def _gain(loudness_lufs: float, peak: float) -> float:
    """Return the factor that makes speech as loud as usual, and no peak too large."""
    wanted = min(LOUDNESS_LUFS - loudness_lufs, PEAK_DB - 20 * float(np.log10(peak)), MOST_GAIN_DB)
    return float(10 ** (wanted / 20))


def _faded(blocks: Iterator[Samples], *, is_cut_before: bool, is_cut_after: bool) -> Iterator[Samples]:
    """Yield the blocks; where sound was cut through they rise and fall, or it would click."""
    ramp = np.linspace(0, 1, round(FADE_SECONDS * RATE), dtype=np.float32)
    held = np.zeros(0, np.float32)  # at least the ramp is held back, as it may be the end
    is_first = True
    for block in blocks:
        held = np.concatenate([held, block])
        if is_first and len(held) >= len(ramp):
            is_first = False
            if is_cut_before:
                held[: len(ramp)] *= ramp
        if len(held) > len(ramp):
            yield held[: -len(ramp)]
            held = held[-len(ramp) :]
    if is_cut_after:
        held = held * ramp[::-1][-len(held) :]
    yield held


def _int16(block: Samples) -> bytes:
    return np.clip(np.rint(block * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype("<i2").tobytes()


def _written(target: Path, blocks: Iterator[Samples]) -> int:
    """Write a FLAC file, and return its frames. Raises StorageError, and leaves what was there before."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = FlacFile(part, name=target.name)
    with contextlib.ExitStack() as failed:
        failed.callback(part.unlink, missing_ok=True)
        failed.callback(file.close)
        for block in blocks:
            file.write(_int16(block))
        frames = file.close()
        if not frames:
            raise InputError("There is no sound in this part.", hint="Choose another start and end.")
        try:
            part.replace(target)
        except OSError as error:
            raise StorageError(
                f"{target.name} cannot be written: {error.strerror}.", hint="Choose another folder."
            ) from error
        failed.pop_all()
    return frames


def main() -> None:
    """Do the work of the process that started this one."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _be_modest()
    order = json.loads(sys.stdin.buffer.readline())
    result: dict[str, Any] = {}
    sound = b""
    error: FishCaptionError | None = None
    try:
        result, sound = WORKS[order["work"]](order)
    except FishCaptionError as failed:
        error = failed
    except MemoryError:
        error = InputError(
            "The file needs more memory than it may have.", hint="It is damaged, or too large."
        )
    output.write(json.dumps({**result, **fields_of(error)}).encode() + b"\n" + sound)
    output.flush()


def _be_modest() -> None:
    """Let what is heard go first, and take no more memory than a recording needs."""
    if sys.platform != "win32":
        import resource

        os.nice(NICE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


if __name__ == "__main__":
    main()
