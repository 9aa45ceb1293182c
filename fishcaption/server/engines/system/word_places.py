"""Shared by the voices of Windows and macOS: places in a text, in UTF-16 units, become times of words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    Samples,
    estimated,
    moved,
    shared_out,
    trim,
)


def code_points(text: str) -> list[int]:
    """Return the code point at each place in UTF-16 units, and the text's length at the end."""
    found: list[int] = []
    for place, character in enumerate(text):
        found += [place] * (1 + (character > "\uffff"))
    return [*found, len(text)]


def piece_of(
    reading: EngineText, raw: Samples, rate: int, starts: Sequence[tuple[int, int]], speed: float
) -> RenderedPiece:
    """Return the sound of a piece with its words.

    ``starts`` are (UTF-16 unit of the text, frame) of the words that the system tells; where it tells none,
    times are estimated. Those that go back, or are outside the text, are left out.
    """
    sound = trim(raw, rate, 1.0, pause_after(reading.text, speed))
    places = code_points(reading.text)
    known: list[tuple[int, int]] = []
    for unit, frame in starts:
        if not 0 <= unit < len(places):
            continue
        place, at = places[unit], min(max(frame, 0), len(raw))
        if not known or (place > known[-1][0] and at >= known[-1][1]):
            known.append((place, at))
    if not known:
        return RenderedPiece(sound.samples, estimated(reading, sound))
    times = shared_out(reading, known, sound.first + sound.speech_end)
    return RenderedPiece(sound.samples, moved(times, -sound.first, sound.speech_end))


def nothing() -> RenderedPiece:
    """Return the sound of a piece without a word."""
    return RenderedPiece(np.zeros(0, np.float32), ())
