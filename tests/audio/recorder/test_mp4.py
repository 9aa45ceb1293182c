"""The boxes of MP4 files: right, cut off, and hostile."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fishcaption.audio.recorder.mp4 import Movie, movie_of


def box(kind: bytes, content: bytes, *, is_large: bool = False) -> bytes:
    if is_large:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mvhd(scale: int, duration: int, version: int = 0) -> bytes:
    times = struct.pack(">IIII" if not version else ">QQIQ", 0, 0, scale, duration)
    return box(b"mvhd", bytes([version, 0, 0, 0]) + times + b"\0" * 80)


def trak(kind: bytes) -> bytes:
    return box(b"trak", box(b"tkhd", b"\0" * 84) + box(b"mdia", box(b"hdlr", b"\0" * 8 + kind + b"\0" * 12)))


HEAD = box(b"ftyp", b"M4A \0\0\0\0")
WHOLE = HEAD + box(b"mdat", b"\0" * 50) + box(b"moov", mvhd(1_000, 12_500) + trak(b"soun"))


@pytest.mark.parametrize(
    ("content", "movie"),
    [
        (WHOLE, Movie(12.5, True)),
        (HEAD + box(b"moov", mvhd(600, 1_200, version=1) + trak(b"vide"), is_large=True), Movie(2.0, False)),
        (HEAD + box(b"moov", trak(b"vide") + trak(b"soun") + mvhd(1, 3)), Movie(3.0, True)),
        (HEAD + box(b"moov", mvhd(0, 5) + trak(b"soun")), Movie(None, True)),
        (HEAD + box(b"moov", mvhd(1, 2**32 - 1) + trak(b"soun")), Movie(None, True)),
        (HEAD, Movie(None, False)),
        (HEAD + struct.pack(">I4s", 2**31, b"moov"), Movie(None, False)),
        (HEAD + struct.pack(">I4s", 4, b"moov"), Movie(None, False)),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_length_and_sound_are_read(tmp_path: Path, content: bytes, movie: Movie | None) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(content)
    assert movie_of(path) == movie


@given(st.integers(0, len(WHOLE)), st.binary(max_size=40), st.integers(0, len(WHOLE)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_it_is_no_failure(tmp_path: Path, end: int, noise: bytes, at: int) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes((WHOLE[:at] + noise + WHOLE[at:])[:end] + noise)
    movie_of(path)


def test_very_many_boxes_take_no_long_time(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(HEAD + box(b"free", b"") * 50_000 + box(b"moov", mvhd(1, 1)))
    assert movie_of(path) == Movie(None, False)
