"""A recording of a voice that is to be cloned: what was measured in it, and what would make it better.

A check warns, it never refuses: people who are losing their speech have given up on tools that kept rejecting
their recordings. The limits are of our own measurements and of the service's guide (clips of 10 s and more,
the best 15 to 20 s).
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from fishcaption.core.speech import Voice

RECORDED: Final = Voice("embedded", "recording", "Recording")
"""The voice of a recording's sound: nobody can be asked to say more in it."""

SHORTEST_SECONDS: Final = 10.0
GOOD_SNR_DB: Final = 25.0
POOR_SNR_DB: Final = 15.0
QUIETEST_LUFS: Final = -40.0
NARROW_BAND_DB: Final = -30.0
MOST_CLIPPED: Final = 3


class TakeMeasures(NamedTuple):
    """Measurements of one recording.

    ``snr_db`` compares speech with its pauses; None where there are no pauses to compare it with.
    ``clipped_peaks`` counts flat tops. ``loudness_lufs`` is of the speech (ITU-R BS.1770).
    ``high_band_db`` compares
    the energy above 3.8 kHz with all: a telephone has almost none. ``has_signal`` is false if all is zero.
    ``speech_start`` and ``speech_end`` are seconds.
    """

    seconds: float
    speech_seconds: float
    speech_start: float
    speech_end: float
    snr_db: float | None
    clipped_peaks: int
    loudness_lufs: float
    high_band_db: float
    has_signal: bool = True


class Advice(Enum):
    """A reason to record again, the gravest first."""

    NO_SIGNAL = "no signal"  # all zeros: the system keeps the microphone from us, or it is switched off
    NO_SPEECH = "no speech"
    CLIPPED = "clipped"
    VERY_NOISY = "very noisy"
    SHORT = "short"
    QUIET = "quiet"
    NARROW = "narrow"  # as from a telephone
    NOISY = "noisy"


def advice_of(measures: TakeMeasures) -> tuple[Advice, ...]:
    """Return what would make the recording better, the gravest first; empty if it is good."""
    if not measures.has_signal:
        return (Advice.NO_SIGNAL,)
    if measures.speech_seconds < 0.3:
        return (Advice.NO_SPEECH,)
    found: list[Advice] = []
    if measures.clipped_peaks > MOST_CLIPPED:
        found.append(Advice.CLIPPED)
    if measures.snr_db is not None and measures.snr_db < POOR_SNR_DB:
        found.append(Advice.VERY_NOISY)
    if measures.speech_seconds < SHORTEST_SECONDS:
        found.append(Advice.SHORT)
    if measures.loudness_lufs < QUIETEST_LUFS:
        found.append(Advice.QUIET)
    if measures.high_band_db < NARROW_BAND_DB:
        found.append(Advice.NARROW)
    if measures.snr_db is not None and POOR_SNR_DB <= measures.snr_db < GOOD_SNR_DB:
        found.append(Advice.NOISY)
    return tuple(found)
