"""What was said, as a file."""

from __future__ import annotations

import os
import sys
import wave
from pathlib import Path

import pytest

from fishcaption.audio.recording import Recorder
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.speech import Heard

RATE = 24_000
PCM = bytes(range(256)) * 40


def read(path: Path) -> tuple[int, int, int, bytes]:
    with wave.open(str(path)) as file:
        return (
            file.getframerate(),
            file.getnchannels(),
            file.getsampwidth(),
            file.readframes(file.getnframes()),
        )


async def test_all_that_is_given_is_in_the_file_and_heard_at_once(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with Recorder(path) as recorder:
        first = recorder.begin(RATE)
        for start in range(0, len(PCM), 333):
            await recorder.write(PCM[start : start + 333])
        recorder.end()
        assert recorder.heard() == Heard(first, len(PCM) // 2)
        assert await recorder.reach(first)
        second = recorder.begin(RATE)
        await recorder.write(PCM)
        assert await recorder.reach(second, 100)
        recorder.end()
        assert await recorder.reach(second)
        assert not recorder.state().open
    assert read(path) == (RATE, 1, 2, PCM + PCM)


async def test_the_file_is_right_at_every_moment(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with Recorder(path) as recorder:
        recorder.begin(RATE)
        for count in range(1, 4):
            await recorder.write(PCM)
            assert read(path) == (RATE, 1, 2, count * PCM)


async def test_a_recording_of_nothing_is_an_empty_wav(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with Recorder(path):
        pass
    assert read(path)[3] == b""


async def test_with_a_player_inside_it_is_heard_there(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with SilentPlayer() as player, Recorder(path, player) as recorder:
        recorder.warm()
        recorder.volume(0.5)
        clip = recorder.begin(RATE)
        await recorder.write(PCM)
        recorder.end()
        assert recorder.heard() < Heard(clip, len(PCM) // 2)
        recorder.pause()
        recorder.resume()
        assert await recorder.reach(clip)
        assert recorder.state() == player.state()
    assert read(path)[3] == PCM


async def test_what_was_flushed_unheard_is_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with SilentPlayer() as player, Recorder(path, player) as recorder:
        recorder.begin(RATE)
        await recorder.write(PCM)
        clip = recorder.begin(RATE)
        await recorder.write(10 * PCM)
        assert await recorder.reach(clip, 100)
        recorder.flush()
        heard = recorder.heard()
        await recorder.write(PCM)
        assert not await recorder.reach(clip)
        assert read(path)[3] == (PCM + 10 * PCM)[: len(PCM) + 2 * heard.frame]
    assert heard.clip == clip
    assert 100 <= heard.frame < 5 * len(PCM)


async def test_the_silence_while_no_sound_came_is_in_the_file(tmp_path: Path) -> None:
    now = [100.0]
    path = tmp_path / "said.wav"
    async with SilentPlayer() as player, Recorder(path, player, clock=lambda: now[0]) as recorder:
        recorder.begin(RATE)
        await recorder.write(PCM)
        now[0] += len(PCM) / 2 / RATE + 0.05  # no longer than a machine is late
        await recorder.write(PCM)
        now[0] += len(PCM) / 2 / RATE + 1.5
        await recorder.write(PCM)
        assert read(path)[3] == PCM + PCM + bytes(2 * round(1.5 * RATE)) + PCM
        assert recorder.cut(1, len(PCM) + 100) == len(PCM) + 100
    assert read(path)[3] == PCM + PCM + bytes(2 * round(1.5 * RATE)) + PCM[:200]


@pytest.mark.parametrize("speed", [0.5, 1.5, 3.0])
async def test_the_file_has_the_speed_of_the_ear(tmp_path: Path, speed: float) -> None:
    path = tmp_path / "said.wav"
    async with Recorder(path) as recorder:
        recorder.speed(speed)
        for _ in range(2):
            clip = recorder.begin(RATE)
            for _ in range(10):
                await recorder.write(PCM)
            recorder.end()
            assert recorder.heard() == Heard(clip, 5 * len(PCM))  # frames stay the voice's own
        stretched = len(read(path)[3])
        recorder.speed(1.0)
        recorder.begin(RATE)
        await recorder.write(PCM)
        recorder.end()
    assert stretched == pytest.approx(20 * len(PCM) / speed, rel=0.05)
    assert read(path)[3][stretched:] == PCM


async def test_a_pipe_gets_a_stream_of_unknown_length() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        async with Recorder(os.fdopen(writing, "wb", buffering=0)) as recorder:
            recorder.begin(RATE)
            await recorder.write(PCM[:20_000])
        data = pipe.read()
    assert data[:4] + data[8:12] == b"RIFFWAVE"
    assert data[4:8] == data[40:44] == b"\xff\xff\xff\xff"
    assert data[44:] == PCM[:20_000]


async def test_an_odd_byte_is_carried_and_dies_with_its_clip(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    async with Recorder(path) as recorder:
        recorder.begin(RATE)
        await recorder.write(b"\1")
        await recorder.write(b"\2\3")
        recorder.begin(RATE)
        await recorder.write(b"\4\5")
    assert read(path)[3] == b"\1\2\4\5"


async def test_another_rate_is_refused(tmp_path: Path) -> None:
    async with Recorder(tmp_path / "said.wav") as recorder:
        recorder.begin(RATE)
        with pytest.raises(InputError, match="sample rates"):
            recorder.begin(44_100)


async def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"said\.wav"):
        async with Recorder(tmp_path / "nowhere" / "said.wav"):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a device that is always full")
async def test_a_full_disk_is_told() -> None:
    async with Recorder(Path("/dev/full")) as recorder:
        with pytest.raises(StorageError, match="No space left"):
            recorder.begin(RATE)


async def test_a_cut_is_cut_out_of_the_file(tmp_path: Path) -> None:
    async with SilentPlayer() as inner, Recorder(tmp_path / "cut.wav", inner) as recorder:
        recorder.begin(RATE)
        await recorder.write(PCM)
        clip = recorder.begin(RATE)
        await recorder.write(PCM)
        recorder.begin(RATE)
        await recorder.write(PCM)
        assert recorder.cut(clip, 100) == 100
        assert recorder.lead_frames() == 0
        await recorder.write(PCM)
        recorder.begin(RATE, 2.0)
        await recorder.write(PCM)
    assert read(tmp_path / "cut.wav") == (RATE, 1, 2, PCM + PCM[:200] + PCM)


async def test_what_was_heard_as_it_was_written_cannot_be_cut(tmp_path: Path) -> None:
    async with Recorder(tmp_path / "whole.wav") as recorder:
        clip = recorder.begin(RATE)
        await recorder.write(PCM)
        assert recorder.cut(clip, 100) == len(PCM) // 2
        assert await recorder.reach(clip)
    assert read(tmp_path / "whole.wav") == (RATE, 1, 2, PCM)
