"""From an engine's samples to the bytes that a client asked for: level, rate and encoding, as one stream.

An encoder belongs to one session and takes the session's pieces in order; what it returns, joined, is one
PCM stream or one WAV, MP3 or Ogg file.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, Final, Protocol

import numpy as np

from fishcaption.server.engines.base import Samples
from fishcaption.server.request import Request

_LOUDEST: Final = 0.97


class Encoder(Protocol):
    """Makes bytes of samples at the request's rate. ``is_slow``: too much work for the event loop."""

    is_slow: bool

    def encode(self, samples: Samples) -> bytes:
        """Return the bytes that are complete now, which may be none."""
        ...

    def finish(self) -> bytes:
        """Return the last bytes; nothing may be encoded afterwards."""
        ...


def encoder(request: Request) -> Encoder:
    """Return the encoder for a request."""
    match request.format:
        case "pcm":
            return _Pcm()
        case "wav":
            return _Wav(request.rate)
        case "mp3":
            return _Mp3(request.rate, request.bitrate)
        case _:
            return _Opus(request.rate, request.bitrate)


def to_pcm(samples: Samples) -> bytes:
    """Return 16-bit little-endian samples of samples between -1 and 1."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()


def wav(pcm: bytes, rate: int) -> bytes:
    """Return a WAV file of 16-bit samples, mono, whose sizes are true."""
    import wave  # for samples alone

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return buffer.getvalue()


class _Pcm:
    is_slow = False

    def encode(self, samples: Samples) -> bytes:
        return to_pcm(samples)

    def finish(self) -> bytes:
        return b""


class _Wav:
    """A WAV whose length is not known when it begins: its sizes are the placeholders that Fish documents."""

    is_slow = False
    _RIFF_SIZE: Final = 4294967076
    _DATA_SIZE: Final = 4294967040

    def __init__(self, rate: int) -> None:
        self._head = (
            struct.pack("<4sI4s", b"RIFF", self._RIFF_SIZE, b"WAVE")
            + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
            + struct.pack("<4sI", b"data", self._DATA_SIZE)
        )

    def encode(self, samples: Samples) -> bytes:
        head, self._head = self._head, b""
        return head + to_pcm(samples)

    def finish(self) -> bytes:
        return b""


class _Out(io.RawIOBase):
    """The file that libsndfile writes to. What was taken is gone: later changes of it are lost."""

    def __init__(self) -> None:
        super().__init__()
        self._fresh = bytearray()
        self._taken = 0
        self._at = 0

    def write(self, data: Any) -> int:
        data = bytes(data)
        kept = max(0, self._taken - self._at)  # bytes of it that were taken, and are gone
        begin = max(0, self._at - self._taken)
        self._fresh[begin : begin + len(data) - kept] = data[kept:]
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._taken + len(self._fresh)}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return 0

    def take(self) -> bytes:
        fresh = bytes(self._fresh)
        self._taken += len(fresh)
        self._fresh.clear()
        return fresh


class _File:
    """An encoder of libsndfile's, as a stream."""

    is_slow = True

    def __init__(self, head: bytes, **settings: Any) -> None:
        import soundfile

        self._out = _Out()
        self._head = head
        self._file = soundfile.SoundFile(self._out, "w", channels=1, **settings)

    def encode(self, samples: Samples) -> bytes:
        self._file.write(samples)
        head, self._head = self._head, b""
        return head + self._out.take()

    def finish(self) -> bytes:
        if self._head:  # nothing was said: a file of nothing would be no file at all
            self._file.close()
            return b""
        self._file.close()
        return self._out.take()


# An ID3v2.4 tag with the name of the encoding program and nothing else: what Fish's MP3 begins with.
_NAME: Final = b"\x03fishcaption"
_ID3: Final = (
    b"ID3\x04\x00\x00"
    + bytes([0, 0, 0, 10 + len(_NAME)])
    + b"TSSE"
    + bytes([0, 0, 0, len(_NAME)])
    + b"\x00\x00"
    + _NAME
)


class _Mp3(_File):
    def __init__(self, rate: int, bits: int) -> None:
        # libsndfile spreads its compression level over MPEG-1's 320 to 32 kbit/s.
        level = (320 - bits / 1000) / 288
        super().__init__(
            _ID3,
            samplerate=rate,
            format="MP3",
            subtype="MPEG_LAYER_III",
            compression_level=level,
            bitrate_mode="CONSTANT",
        )


class _Opus(_File):
    _SET_PAGE_LATENCY: Final = 0x1302  # SFC_SET_OGG_PAGE_LATENCY_MS
    _PAGE_MS: Final = 60.0

    def __init__(self, rate: int, bits: int) -> None:
        # Its level is spread over 256 to 6 kbit/s.
        level = 1 - (bits - 6000) / 250000
        super().__init__(b"", samplerate=rate, format="OGG", subtype="OPUS", compression_level=level)
        self._begun = False
        self._page_often()

    def _page_often(self) -> None:
        """Ask for small Ogg pages: libsndfile's second of sound a page would hold the end of a sentence back.

        soundfile has no name for this command, so it is given through soundfile's own handle of the library.
        """
        import soundfile

        value = soundfile._ffi.new("double *", self._PAGE_MS)
        soundfile._snd.sf_command(self._file._file, self._SET_PAGE_LATENCY, value, 8)

    def encode(self, samples: Samples) -> bytes:
        self._begun = True
        return super().encode(samples)

    def finish(self) -> bytes:
        if self._begun:
            return super().finish()
        self._file.close()
        return b""


def louder(samples: Samples, gain: float, rate: int) -> Samples:
    """Return the samples times the gain, limited where they would clip, over 5 ms: nothing crackles."""
    raised: Samples = samples * np.float32(gain)
    hop = max(1, rate // 200)
    count = -(-len(raised) // hop)
    padded = np.zeros(count * hop, np.float32)
    padded[: len(raised)] = np.abs(raised)
    peaks = padded.reshape(count, hop).max(axis=1, initial=0.0)
    allowed = np.minimum(1.0, _LOUDEST / np.maximum(peaks, _LOUDEST))
    # Between two hops what both allow; along a straight line, a hop never gets more than it allows.
    edges = np.minimum(np.append(allowed, 1.0), np.insert(allowed, 0, 1.0))
    curve = np.interp(np.arange(len(raised)), np.arange(count + 1) * hop, edges)
    raised *= curve.astype(np.float32)
    return raised


def blocks(samples: Samples, rate: int, request: Request, sizes: Iterator[int]) -> Iterator[Samples]:
    """Bring a piece to the request's level and rate, and cut it into blocks of those sizes (in its frames).

    A piece begins and ends in silence, so the resampler begins anew with each and its length changes by
    rounding only.
    """
    if request.volume:
        samples = louder(samples, 10 ** (request.volume / 20), rate)
    resampler = None
    if rate != request.rate:
        import soxr

        resampler = soxr.ResampleStream(rate, request.rate, 1, dtype="float32", quality="HQ")
    at = 0
    while at < len(samples):
        count = max(1, round(next(sizes) * rate / request.rate))
        block = samples[at : at + count]
        at += count
        if resampler is not None:
            block = resampler.resample_chunk(block, last=at >= len(samples))
        if len(block):
            yield block
