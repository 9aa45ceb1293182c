"""Two engines on two devices of a real sound server, and when each of them was given what."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.pair import PairPlayer
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.speech import Heard
from tests.audio.sounds import CYCLE, RATE, Stretch, counted, exact, stretches
from tests.audio.waiting import until
from tests.rig import Recording, Rig, Sink

FIRST, SECOND = DeviceChoice("Speakers", "ALSA"), DeviceChoice("Headphones", "ALSA")
RAMP = round(0.005 * RATE)
SKEW_SECONDS = 0.01


def speech(seconds: float) -> bytes:
    """Words of counted frames, half a second each, and pauses that are all but silent."""
    frames = np.arange(round(seconds * RATE))
    is_word = frames % (7 * RATE // 10) < RATE // 2
    return np.where(is_word, frames % CYCLE + 1, -1 - frames % 3).astype("<i2").tobytes()


def pair(latency: float = 0.1) -> PairPlayer:
    return PairPlayer(SoundPlayer(FIRST), SoundPlayer(SECOND, latency=latency))


def second_of(player: PairPlayer) -> SoundPlayer:
    assert player.second is not None
    return player.second


async def ready(player: PairPlayer) -> None:
    """Open both, and let the devices' clocks be known."""
    player.warm()
    await until(lambda: player.state().open and second_of(player).state().open)
    await asyncio.sleep(0.5)


async def say(player: PairPlayer, pcm: bytes, gain: float = 1.0) -> int:
    clip = player.begin(RATE, gain)
    for start in range(0, len(pcm), 16_384):
        await player.write(pcm[start : start + 16_384])
    player.end()
    return clip


async def silence(*recordings: Recording) -> None:
    for recording in recordings:
        await asyncio.to_thread(recording.wait_for_silence)


def heard(recording: Recording, near: int = 0) -> list[tuple[float, Stretch]]:
    """The counted stretches, and when each was heard."""
    began = recording.began_at
    return [(began + one.at / RATE, one) for one in stretches(recording.samples(), near=near)]


def skews(one: Recording, other: Recording, since: float = 0.0) -> list[float]:
    """By how much later each stretch that lasted beyond a moment was heard on the second device.

    Frames that are a cycle of numbers apart are taken for the same: of several the nearest.
    """
    found = []
    both = heard(one)
    for at, stretch in heard(other):
        first, frames = stretch.first % CYCLE, stretch.last - stretch.first
        if at + frames / RATE <= since:
            continue
        began = at - first / RATE
        candidates = [
            began - (same_at - same.first % CYCLE / RATE)
            for same_at, same in both
            if max(first, same.first % CYCLE)
            < min(first + frames, same.first % CYCLE + same.last - same.first)
        ]
        found.append(min(candidates, key=abs))
    assert found
    return found


def mostly(skews: list[float]) -> float:
    """How far apart they are mostly; the worst is for the benchmark, which has a machine to itself."""
    return sorted(map(abs, skews))[len(skews) // 2]


@pytest.mark.parametrize("frames", [RATE // 8, pytest.param(RATE // 2, marks=pytest.mark.slow)])
async def test_both_say_every_sample_at_the_same_moment(rig: Rig, frames: int) -> None:
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            for start in (0, 3_000, 17_000):
                clip = await say(player, counted(frames, start))
                assert await player.reach(clip)
                assert player.heard() == Heard(clip, frames)
            await silence(one, other)
    for recording in (one, other):
        found = [stretch for _, stretch in heard(recording)]
        assert [(stretch.first % CYCLE, stretch.last - stretch.first) for stretch in found] == [
            (start, frames - 1) for start in (0, 3_000, 17_000)
        ]
    assert mostly(skews(one, other)) < SKEW_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("latency", [0.04, 0.2])
async def test_devices_of_other_latencies_start_together(rig: Rig, latency: float) -> None:
    async with pair(latency) as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            for start in range(0, 20_000, 2_500):
                assert await player.reach(await say(player, counted(RATE // 4, start)))
            await silence(one, other)
    assert mostly(skews(one, other)) < SKEW_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("latency", [0.1, 0.2])
async def test_a_pause_holds_both_and_they_go_on_together(rig: Rig, latency: float) -> None:
    async with pair(latency) as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            clip = await say(player, counted(2 * RATE))
            for frame in (RATE // 3, RATE, RATE * 5 // 3):
                await player.reach(clip, frame)
                player.pause()
                await asyncio.sleep(0.5)
                held = one.frames
                await asyncio.sleep(0.1)
                assert not one.samples(held).any()
                assert not other.samples()[-RATE // 20 :].any()
                player.resume()
            assert await player.reach(clip)
            await silence(one, other)
    ends = []
    for recording in (one, other):
        found = [stretch for _, stretch in heard(recording)]
        assert len(found) == 4
        for before, after in pairwise(found):
            assert 0 <= after.first - before.last - 1 <= 2 * RAMP
        assert found[-1].last == 2 * RATE - 1
        ends.append([stretch.last for stretch in found])
    if latency == 0.1:  # else the second has been given more already
        apart = [abs(end - other_end) for end, other_end in zip(*ends, strict=True)]
        assert sorted(apart)[len(apart) // 2] < SKEW_SECONDS * RATE
    assert mostly(skews(one, other)) < SKEW_SECONDS


@pytest.mark.slow
async def test_stop_is_heard_on_both_and_what_comes_next_too(rig: Rig) -> None:
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            old = await say(player, counted(5 * RATE))
            await player.reach(old, RATE // 2)
            player.flush()
            stopped_at = time.perf_counter()
            assert not await player.reach(old)
            assert await player.reach(await say(player, counted(RATE // 2, 20_000)))
            await silence(one, other)
    for recording in (one, other):
        (at, stopped), (_, new) = heard(recording)
        assert at + (stopped.last - stopped.first) / RATE - stopped_at < 0.2
        assert (new.first % CYCLE, new.last % CYCLE) == (20_000, 20_000 + RATE // 2 - 1 - CYCLE)
    assert mostly(skews(one, other)) < SKEW_SECONDS


@pytest.mark.slow
async def test_a_cut_is_at_the_same_frame_on_both(rig: Rig) -> None:
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            old = await say(player, counted(5 * RATE))
            await player.reach(old, RATE // 2)
            end = player.cut(old, 0)
            assert end - player.heard().frame == pytest.approx(player.lead_frames(), abs=0.01 * RATE)
            assert await player.reach(await say(player, counted(RATE // 2, 20_000)))
            assert await player.reach(old)
            await silence(one, other)
    for recording in (one, other):
        (at, first), (next_at, second) = heard(recording)
        assert first.last == end - RAMP - 1
        assert next_at - at == pytest.approx(end / RATE, abs=1e-4)
        assert second.last - second.first == RATE // 2 - 1
    assert mostly(skews(one, other)) < SKEW_SECONDS


@pytest.mark.slow
async def test_each_has_its_own_volume(rig: Rig) -> None:
    async with pair() as player:
        await ready(player)
        player.volume(0.5)
        second_of(player).volume(0.25)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            assert await player.reach(await say(player, counted(RATE // 4)))
            await silence(one, other)
    for recording, volume in ((one, 0.5), (other, 0.25)):
        samples = recording.samples()
        loud = np.flatnonzero(samples)
        wanted = np.float32(volume) * exact(counted(RATE // 4))
        assert np.array_equal(samples[loud[0] : loud[-1] + 1], wanted)


async def test_what_only_the_second_device_plays_is_heard(rig: Rig) -> None:
    rig.unplug("Speakers")
    async with pair() as player:
        player.warm()
        await until(lambda: second_of(player).state().open and player.main.state().silent)
        state = player.state()
        assert (state.device, state.open, state.silent) == ("Headphones", True, False)
        assert "Speakers" in str(state.error)


@pytest.mark.slow
async def test_a_second_device_that_is_not_there_delays_nothing(rig: Rig) -> None:
    rig.unplug("Headphones")
    async with pair() as player:
        player.warm()
        await until(lambda: player.state().open)
        with rig.listen("Speakers") as one:
            began = time.perf_counter()
            clip = await say(player, counted(RATE // 2))
            assert await player.reach(clip)
            await silence(one)
        assert "Headphones" in str(second_of(player).state().error)
        assert player.state().error is None
    ((at, stretch),) = heard(one)
    assert at - began < 0.3
    assert stretch.last == RATE // 2 - 1


async def lose(rig: Rig, fault: Callable[[PairPlayer], None], seconds: float = 9.0) -> tuple[Recording, ...]:
    """Say words, let something happen to the second device after two seconds, and listen to the end."""
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            clip = player.begin(RATE)
            await player.write(speech(seconds))
            player.end()
            await player.reach(clip, 2 * RATE)
            fault(player)
            assert await player.reach(clip)
            await silence(one)
    words = [stretch for _, stretch in heard(one)]
    assert len(words) == seconds * 10 // 7 + 1
    began = heard(one)[0][0]
    for at, word in heard(one):  # not a sample was late
        assert at - began == pytest.approx(word.first / RATE, abs=1e-4)
    return one, other


@pytest.mark.slow
async def test_a_second_device_that_is_lost_comes_back_at_the_right_place(rig: Rig) -> None:
    one, other = await lose(rig, lambda player: rig.end_streams("Headphones"))
    assert mostly(skews(one, other, since=heard(one)[-4][0])) < SKEW_SECONDS


@pytest.mark.slow
async def test_a_second_engine_that_dies_comes_back_at_the_right_place(rig: Rig) -> None:
    def kill(player: PairPlayer) -> None:
        pid = second_of(player).engine_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    one, other = await lose(rig, kill)
    assert mostly(skews(one, other, since=heard(one)[-4][0])) < SKEW_SECONDS


@pytest.mark.slow
async def test_a_second_device_that_is_plugged_in_again_joins_where_the_first_is(rig: Rig) -> None:
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one:
            clip = await say(player, speech(14.0))
            await player.reach(clip, 2 * RATE)
            rig.unplug("Headphones", move_streams=False)
            await player.reach(clip, 5 * RATE)
            rig.plug(Sink("Headphones", RATE))
            with rig.listen("Headphones") as other:
                await until(lambda: second_of(player).state().open)
                assert await player.reach(clip)
                await silence(one, other)
    began = heard(one)[0][0]
    assert all(at - began == pytest.approx(word.first / RATE, abs=1e-4) for at, word in heard(one))
    joined = heard(other)[0][0] - began
    assert 5.0 < joined < 8.5
    assert mostly(skews(one, other, since=joined + began + 3.0)) < SKEW_SECONDS
    assert max(map(abs, skews(one, other))) < 0.5


@pytest.mark.slow
async def test_a_minute_stays_together(rig: Rig) -> None:
    async with pair() as player:
        await ready(player)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            clip = await say(player, speech(60.0))
            assert await player.reach(clip)
            await silence(one, other)
    assert len(heard(other)) == len(heard(one)) == 60 * 10 // 7 + 1
    assert mostly(skews(one, other)) < SKEW_SECONDS / 3


@pytest.mark.slow
async def test_a_second_device_can_come_and_go_while_it_speaks(rig: Rig) -> None:
    async with PairPlayer(SoundPlayer(FIRST)) as player:
        player.warm()
        await until(lambda: player.state().open)
        with rig.listen("Speakers") as one, rig.listen("Headphones") as other:
            first = await say(player, counted(RATE))
            player.put_second(SoundPlayer(SECOND))
            player.warm()
            await until(lambda: second_of(player).state().open)
            assert await player.reach(first)
            second = await say(player, counted(RATE, 10_000))
            assert await player.reach(second, RATE // 2)
            player.put_second(None)
            third = await say(player, counted(RATE // 2, 20_000))
            assert await player.reach(third)
            await silence(one, other)
    assert len(heard(one)) == 3
    ((_, stretch),) = heard(other)
    assert stretch.first % CYCLE == 10_000
    assert stretch.last - stretch.first < RATE - 1
