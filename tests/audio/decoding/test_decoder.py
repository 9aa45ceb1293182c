"""Sound files decoded in a process of its own: what comes out, and what a bad file does."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from fishcaption.audio.decoding.decoder import Decoder
from fishcaption.core.errors import InputError

RATE = 24_000


def file(kind: str, seconds: float = 0.5, channels: int = 1) -> bytes:
    """A tone of 440 Hz as a file of this kind."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
    buffer = io.BytesIO()
    soundfile.write(buffer, np.stack([tone] * channels, axis=1), RATE, format=kind)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    made = Decoder()
    made.warm()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["WAV", "MP3", "FLAC", "OGG"])
def test_a_file_becomes_mono(decoder: Decoder, kind: str) -> None:
    rate, pcm = decoder.decode(file(kind, channels=2))
    samples = array("h", pcm)
    assert rate == RATE
    assert len(samples) == pytest.approx(RATE / 2, abs=3000)
    crossings = sum(before < 0 <= after for before, after in pairwise(samples))
    assert crossings == pytest.approx(220, abs=25)


def test_a_long_file_is_cut(decoder: Decoder) -> None:
    rate, pcm = decoder.decode(file("MP3", seconds=70))
    assert len(pcm) == 2 * 60 * rate


@pytest.mark.parametrize("content", [b"", b"<html>sign in</html>", file("MP3")[:50], b"RIFF" + bytes(4000)])
def test_what_is_no_sound_is_an_error_and_the_next_file_is_decoded(decoder: Decoder, content: bytes) -> None:
    with pytest.raises(InputError):
        decoder.decode(content)
    assert decoder.decode(file("WAV")).rate == RATE


def test_a_closed_one_starts_nothing() -> None:
    made = Decoder()
    made.close()
    made.warm()
    with pytest.raises(InputError):
        made.decode(file("WAV"))
    assert made._process is None


def test_a_process_that_died_is_started_again(decoder: Decoder) -> None:
    process = decoder._process
    assert process is not None
    process.kill()
    process.wait()
    assert decoder.decode(file("WAV")).rate == RATE
