"""The voices of Windows (`Windows.Media.SpeechSynthesis`), with each word's time. An extra.

Not run: it is written against Microsoft's documentation and the type stubs of PyWinRT 4, and tested with a
double of them. Word boundaries need Windows 10, version 1703. A voice tells its rate with its sound (it is
a WAV file), so all of it is brought to one rate.
"""

from __future__ import annotations

import asyncio
import io
import threading
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np

from fishcaption.server.engines.base import EngineText, RenderedPiece, Samples
from fishcaption.server.engines.system.word_places import nothing, piece_of

PACKAGE: Final = "winrt"
RATE: Final = 24_000
"""Frames a second of its sound."""

_SLOWEST, _FASTEST = 0.5, 6.0  # of SpeechSynthesizerOptions.SpeakingRate
_MOST_BYTES: Final = 64 << 20  # of one piece


class SystemVoice(NamedTuple):
    """A voice of the system. ``id`` is the system's, ``language`` a code as "de-DE"."""

    id: str
    name: str
    language: str


@cache
def voices() -> tuple[SystemVoice, ...]:
    """Return the voices of Windows; none elsewhere, or where the extra is not installed."""
    if find_spec(PACKAGE) is None:
        return ()
    try:
        from winrt.windows.media.speechsynthesis import SpeechSynthesizer
    except ImportError:
        return ()
    return tuple(
        SystemVoice(voice.id, voice.display_name, voice.language) for voice in SpeechSynthesizer.all_voices
    )


class WindowsEngine:
    """The voices of Windows as a `base.VoiceEngine`. They are named by the system's ids."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def load(self) -> None:
        """Nothing is read ahead: the system has its voices."""

    def close(self) -> None:
        """Nothing runs beside this process."""

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it. Raises OSError for a voice that is not there any more, or a sound that is none."""
        if not reading.words:
            return nothing()
        with self._one_at_a_time:
            # an event loop of this thread's own: the system's operations are awaited
            content, cues = asyncio.run(_spoken(own_name, reading.text, speed))
        raw, rate = _decoded(content)
        starts = [(unit, round(seconds * RATE)) for unit, seconds in cues]
        return piece_of(reading, at_our_rate(raw, rate), RATE, starts, speed)


async def _spoken(voice_id: str, text: str, speed: float) -> tuple[bytes, list[tuple[int, float]]]:
    """Return the WAV file of a text, and (UTF-16 unit, seconds) of each word."""
    from winrt.windows.media.speechsynthesis import SpeechSynthesizer
    from winrt.windows.storage.streams import DataReader

    voice = next((one for one in SpeechSynthesizer.all_voices if one.id == voice_id), None)
    if voice is None:
        raise OSError("This voice of Windows is not there any more.")
    with SpeechSynthesizer() as synthesizer:
        synthesizer.voice = voice
        synthesizer.options.include_word_boundary_metadata = True
        synthesizer.options.speaking_rate = min(max(speed, _SLOWEST), _FASTEST)
        with await synthesizer.synthesize_text_to_stream_async(text) as stream:
            size = int(stream.size)
            if size > _MOST_BYTES:
                raise OSError("The voice of Windows made too much sound.")
            content = bytearray(size)
            with DataReader(stream.get_input_stream_at(0)) as reader:
                await reader.load_async(size)
                reader.read_bytes(content)
            return bytes(content), _cues(stream.timed_metadata_tracks)


def _cues(tracks: Any) -> list[tuple[int, float]]:
    found = []
    for track in tracks:
        if track.id != "SpeechWord":
            continue
        for cue in track.cues:
            unit = getattr(cue, "start_position_in_input", None)
            if unit is not None:
                found.append((int(unit), cue.start_time.total_seconds()))
    return found


def _decoded(content: bytes) -> tuple[Samples, int]:
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise OSError("The voice of Windows made no sound that is known here.") from error
    return np.ascontiguousarray(samples.mean(axis=1), np.float32), int(rate)


def at_our_rate(raw: Samples, rate: int) -> Samples:
    """Return sound at `RATE`."""
    if rate == RATE or not len(raw):
        return raw
    import soxr

    resampled: Samples = soxr.resample(raw, rate, RATE).astype(np.float32)
    return resampled
