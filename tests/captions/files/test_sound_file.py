"""A recording in which each sound stands where it was heard."""

from __future__ import annotations

import os
import signal
import struct
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fishcaption.captions.files.sound_file import SoundFile
from fishcaption.core.audience import HeardPart
from fishcaption.core.errors import StorageError

RATE = 8000


def part(
    moment: float, seconds: float, value: int = 1000, *, rate: int = RATE, speed: float = 1.0
) -> HeardPart:
    return HeardPart(moment, rate, speed, struct.pack("<h", value) * round(seconds * rate))


def read(path: Path, start: float = 0.0, seconds: float | None = None) -> list[int]:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        file.setpos(round(start * RATE))
        count = file.getnframes() if seconds is None else round(seconds * RATE)
        data = file.readframes(count)
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def length(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


def test_sound_stands_at_its_time_and_between_it_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = SoundFile(path, 100.0, RATE)
    file.append(part(101.0, 0.5))
    assert length(path) == 1.5  # it is right after every part
    file.append(part(101.5, 0.5, 2000))
    file.append(part(105.0, 0.25, 3000))
    file.finish(106.0)
    samples = read(path)
    assert samples == [0] * RATE + [1000] * 4000 + [2000] * 4000 + [0] * 24_000 + [3000] * 2000 + [0] * 6000


def test_sound_from_before_the_beginning_is_left_out(tmp_path: Path) -> None:
    file = SoundFile(tmp_path / "a.wav", 100.0, RATE)
    file.append(part(99.0, 1.5))
    file.append(part(100.5, 0.5, 2000))
    file.finish(101.0)
    assert read(tmp_path / "a.wav") == [1000] * 4000 + [2000] * 4000


def test_small_errors_of_the_moments_make_no_steps(tmp_path: Path) -> None:
    file = SoundFile(tmp_path / "a.wav", 0.0, RATE)
    for number in range(20):
        file.append(part(number * 0.1 + (0.004 if number % 2 else -0.004), 0.1))
    file.finish(2.0)
    samples = read(tmp_path / "a.wav")
    assert samples.count(1000) >= 2 * RATE - 40
    assert len(samples) == 2 * RATE
    inside = "".join("x" if sample else "." for sample in samples).strip(".")
    assert "." not in inside


@pytest.mark.parametrize("drift", [80e-6, -80e-6])
def test_a_device_with_another_clock_stays_in_time(tmp_path: Path, drift: float) -> None:
    """Ten minutes without a break: the sound is never off by more than 11 ms."""
    file = SoundFile(tmp_path / "a.wav", 0.0, RATE)
    parts = 1200
    for number in range(parts):
        file.append(part(number * 0.5 * (1 + drift), 0.5, number % 30_000 + 1))
    file.finish(600.0)
    samples = read(tmp_path / "a.wav")
    for number in range(0, parts, 50):
        onset = samples.index(number + 1) / RATE
        assert abs(onset - number * 0.5 * (1 + drift)) < 0.011


def test_three_hours_are_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = SoundFile(path, 1_000_000.25, RATE)
    moments = [7.0 + 60.037 * number for number in range(180)]
    for number, moment in enumerate(moments, 1):
        file.append(part(1_000_000.25 + moment, 0.05, number))
    file.finish(1_000_000.25 + 10_800)
    assert length(path) == 10_800
    for number, moment in enumerate(moments, 1):
        near = read(path, moment - 0.01, 0.08)
        assert abs(near.index(number) - 0.01 * RATE) <= 1
    assert path.stat().st_blocks * 512 < 20 << 20 or sys.platform == "win32"  # silence takes no room


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_another_speed_and_another_rate_keep_their_time(tmp_path: Path, speed: float) -> None:
    file = SoundFile(tmp_path / "a.wav", 0.0, RATE)
    file.append(part(0.0, 1.0))
    for number in range(10):
        file.append(part(2.0 + number * 0.1 / speed, 0.1, rate=12_000, speed=speed))
    file.append(part(6.0, 1.0))
    file.finish(8.0)
    samples = read(tmp_path / "a.wav")
    assert samples[:RATE] == [1000] * RATE
    assert samples[6 * RATE : 7 * RATE] == [1000] * RATE
    loud = [at / RATE for at in range(RATE + 1, 6 * RATE) if abs(samples[at]) > 500]
    assert loud[0] == pytest.approx(2.0, abs=0.03)
    assert loud[-1] == pytest.approx(2.0 + 1.0 / speed, abs=0.04)


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("somebody's")
    with pytest.raises(FileExistsError):
        SoundFile(tmp_path / "a.wav", 0.0, RATE)
    with pytest.raises(StorageError):
        SoundFile(tmp_path / "none" / "a.wav", 0.0, RATE)


@pytest.fixture
def limit() -> Iterator[Callable[[], None]]:
    """A limit of a file's size, to stand for a full disk; given is what ends it."""
    import resource  # POSIX's

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.skipif(
    os.name != "posix", reason="Windows has no limit of a file's size to stand for a full disk"
)
def test_a_full_disk_leaves_a_whole_file_and_silence(tmp_path: Path, limit: Callable[[], None]) -> None:
    path = tmp_path / "a.wav"
    file = SoundFile(path, 0.0, RATE)
    file.append(part(0.0, 1.0))
    with pytest.raises(StorageError, match="cannot be written"):
        file.append(part(1.0, 1.0, 2000))
    assert read(path) == [1000] * RATE
    limit()
    file.append(part(2.0, 1.0, 3000))
    file.finish(3.0)
    assert read(path) == [1000] * RATE + [0] * RATE + [3000] * RATE
