"""The player on a real engine, a real sound server and devices that can be pulled out.

What is asserted is what the device was given, sample by sample.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import time
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.errors import AudioDeviceError, InputError
from fishcaption.core.speech import Heard
from tests.audio.sounds import RATE, counted, exact, lost, stretches, tone, twice
from tests.audio.waiting import until
from tests.rig import Recording, Rig, Sink, wakeups

SPEAKERS = DeviceChoice("Speakers", "ALSA")
RAMP = round(0.005 * RATE)


async def ready(player: SoundPlayer) -> None:
    player.warm()
    await until(lambda: player.state().open)


async def say(player: SoundPlayer, pcm: bytes, rate: int = RATE) -> int:
    clip = player.begin(rate)
    await player.write(pcm)
    player.end()
    return clip


async def silence(recording: Recording) -> None:
    await asyncio.to_thread(recording.wait_for_silence)


def sounding(recording: Recording) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What was recorded, from the first sample that is no silence to the last."""
    samples = recording.samples()
    loud = np.flatnonzero(samples)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


@pytest.mark.parametrize("middle", [RATE // 8, pytest.param(RATE, marks=pytest.mark.slow)])
async def test_every_sample_is_heard_bit_by_bit_and_the_end_is_told_then(rig: Rig, middle: int) -> None:
    pcm = counted(2 * middle + 1)
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            clip = player.begin(RATE)
            sent = 0
            for size in (1, 7, 333, 1023, 4001, 20_001, len(pcm)):
                await player.write(pcm[sent : sent + size])
                sent += size
            player.end()
            assert await player.reach(clip, middle)
            half_at = time.perf_counter()
            assert await player.reach(clip)
            end_at = time.perf_counter()
            await silence(recording)
        assert player.heard() == Heard(clip, 2 * middle + 1)
    heard = sounding(recording)
    assert np.array_equal(heard, exact(pcm))
    first = int(np.flatnonzero(recording.samples())[0])
    assert -0.005 <= half_at - recording.time_of(first + middle) <= 0.05
    assert -0.005 <= end_at - recording.time_of(first + len(heard) - 1) <= 0.05


@pytest.mark.slow
async def test_the_device_takes_as_many_frames_a_second_as_it_should(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = await say(player, counted(3 * RATE))
        await player.reach(clip, 1)
        began = time.perf_counter()
        await player.reach(clip)
        assert time.perf_counter() - began == pytest.approx(3.0, abs=0.1)


@pytest.mark.slow
async def test_a_frame_is_heard_when_it_was_foretold(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = await say(player, counted(4 * RATE))
        assert await player.reach(clip, RATE // 2)
        for speed, frame in ((1.0, RATE), (2.0, 3 * RATE)):
            if speed != 1.0:
                player.speed(speed)
                await player.retimed()
            await player.reach(clip, frame - RATE // 4)
            foretold = player.moment(clip, frame)
            assert foretold is not None
            assert await player.reach(clip, frame)
            assert time.perf_counter() == pytest.approx(foretold, abs=0.02)


@pytest.mark.slow
async def test_a_pause_loses_nothing_and_clicks_not(rig: Rig) -> None:
    pcm = tone(2.0)
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            clip = await say(player, pcm)
            await player.reach(clip, RATE // 2)
            player.pause()
            await asyncio.sleep(0.5)
            held = player.heard()
            await asyncio.sleep(0.2)
            assert player.heard() == held
            player.resume()
            assert await player.reach(clip)
            await silence(recording)
    heard = sounding(recording)
    own_step = np.abs(np.diff(exact(pcm))).max()
    assert np.abs(np.diff(heard)).max() <= 1.1 * own_step
    gap = np.flatnonzero(np.convolve(heard == 0, np.ones(200), "valid") == 200)
    without = np.concatenate((heard[: gap[0]], heard[gap[-1] + 200 :]))
    # Every frame but the two ramps is there, in its place.
    assert abs(len(without) - len(exact(pcm))) <= 1
    before, after = without[: gap[0] - RAMP], without[gap[0] + RAMP :]
    assert np.array_equal(before, exact(pcm)[: len(before)])
    assert np.array_equal(after, exact(pcm)[-len(after) :])


@pytest.mark.slow
async def test_stopping_is_faded_and_nothing_of_it_is_heard_later(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            old = await say(player, tone(5.0))
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(player.reach(old))
                await player.reach(old, RATE // 2)
                player.flush()
                stopped_at = time.perf_counter()
                await player.write(counted(RATE))
                new = await say(player, counted(RATE))
            assert not waiting.result()
            assert not await player.reach(old)
            assert await player.reach(old, RATE // 2)
            assert await player.reach(new)
            await silence(recording)
    samples = recording.samples()
    (stretch,) = stretches(samples)
    assert (stretch.first, stretch.last) == (0, RATE - 1)
    before = samples[: stretch.at]
    last_old = int(np.flatnonzero(before)[-1])
    assert recording.time_of(last_old) - stopped_at < 0.3
    assert np.abs(np.diff(before)).max() <= 1.1 * np.abs(np.diff(exact(tone(1.0)))).max()


@pytest.mark.slow
async def test_clips_of_two_rates_follow_each_other_to_their_ends(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            await say(player, counted(RATE // 2))
            last = await say(player, tone(0.5, 44_100), 44_100)
            assert await player.reach(last)
            assert player.heard() == Heard(last, 22_050)
            await silence(recording)
    heard = sounding(recording)
    assert np.array_equal(heard[: RATE // 2], exact(counted(RATE // 2)))
    assert len(heard) == pytest.approx(RATE, abs=30)


@pytest.mark.slow
async def test_a_rate_the_device_refuses_is_resampled_to_the_last_frame(rig: Rig) -> None:
    rate = 240_000  # PulseAudio's ALSA device ends at 192 kHz
    async with SoundPlayer(SPEAKERS, rate=rate) as player:
        await ready(player)
        clip = await say(player, tone(0.5, rate), rate)
        with rig.listen("Speakers") as recording:
            assert await player.reach(clip)
            assert player.heard() == Heard(clip, rate // 2)
            await silence(recording)
    assert np.abs(sounding(recording)[-240:]).max() > 0.2


@pytest.mark.slow
async def test_the_speed_changes_what_is_heard_now(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = await say(player, tone(3.0))
        await player.reach(clip, RATE)
        began = time.perf_counter()
        player.speed(2.0)
        assert await player.reach(clip)
        assert time.perf_counter() - began == pytest.approx(1.0, abs=0.25)
        assert player.heard() == Heard(clip, 3 * RATE)


@pytest.mark.slow
async def test_the_volume_is_linear(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        player.volume(0.5)
        with rig.listen("Speakers") as recording:
            clip = await say(player, counted(RATE // 2))
            assert await player.reach(clip)
            await silence(recording)
    assert np.array_equal(sounding(recording), np.float32(0.5) * exact(counted(RATE // 2)))


@pytest.mark.parametrize("factor", [0.4, 3.1, float("nan")])
async def test_a_speed_that_cannot_be_is_refused(factor: float) -> None:
    with pytest.raises(InputError):
        SoundPlayer().speed(factor)


@pytest.mark.slow
async def test_no_more_than_twenty_seconds_are_taken_in(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = player.begin(RATE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await player.write(counted(25 * RATE))
        player.flush()
        assert not await player.reach(clip)
        async with asyncio.timeout(0.1):
            await say(player, counted(100))


@pytest.mark.slow
async def test_the_place_of_the_ear_never_goes_back(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        places = []
        last = 0
        for _ in range(3):
            last = await say(player, counted(RATE // 4))
        while player.heard() < Heard(last, RATE // 4):
            places.append(player.heard())
            await asyncio.sleep(0.003)
    assert places == sorted(places)
    assert {place.clip for place in places} >= {1, 2, 3}


async def test_commands_return_at_once(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        await say(player, counted(10 * RATE))
        slowest = 0.0
        for command in (player.pause, player.resume, player.heard, player.warm, player.flush) * 20:
            began = time.perf_counter()
            command()
            slowest = max(slowest, time.perf_counter() - began)
        assert slowest < 0.02  # the median is 30 µs; a busy machine may look away


# --- cuts -----------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_cut_ends_at_its_frame_and_what_is_made_anew_follows(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            old = await say(player, counted(5 * RATE))
            late = await say(player, counted(RATE, 15_000))
            await player.reach(old, RATE // 2)
            frame = player.heard().frame + player.lead_frames()
            assert player.cut(old, frame) == frame
            assert player.begin(RATE) == late + 1
            await player.write(counted(RATE, 20_000))
            player.end()
            assert await player.reach(old)
            assert player.heard() >= Heard(old, frame)
            assert not await player.reach(old, frame + 1)
            assert not await player.reach(late)
            assert await player.reach(late + 1)
            await silence(recording)
    heard = sounding(recording)
    first, second = stretches(heard)
    assert (first.first, first.last) == (0, frame - RAMP - 1)
    assert second.at == frame
    assert np.array_equal(heard[frame:], exact(counted(RATE, 20_000)))
    assert np.abs(np.diff(heard[:frame])).max() < 0.02


@pytest.mark.slow
async def test_a_cut_that_is_too_late_fades_at_once_and_says_so(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            old = await say(player, tone(5.0))
            await player.reach(old, RATE // 2)
            heard = player.heard().frame
            cut_at = time.perf_counter()
            estimate = player.cut(old, heard)
            assert await player.reach(old)
            end = player.heard().frame
            new = await say(player, counted(RATE // 2))
            assert await player.reach(new)
            await silence(recording)
    samples = recording.samples()
    began = int(np.flatnonzero(samples)[0])
    (stretch,) = stretches(samples, shortest=1000)
    last_old = int(np.flatnonzero(samples[: stretch.at])[-1])
    assert end == pytest.approx(last_old + 1 - began, abs=2)
    assert estimate == pytest.approx(end, abs=0.06 * RATE)
    assert recording.time_of(last_old) - cut_at < 0.3
    assert np.abs(np.diff(samples[: stretch.at - 1])).max() <= 1.1 * np.abs(np.diff(exact(tone(1.0)))).max()


@pytest.mark.slow
async def test_a_cut_while_paused_stays_paused_and_goes_on_with_what_is_new(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            old = await say(player, counted(5 * RATE))
            await player.reach(old, RATE // 2)
            player.pause()
            await asyncio.sleep(0.4)
            held = player.heard().frame
            player.cut(old, held + 1000)
            new = await say(player, counted(RATE // 2, 20_000))
            await asyncio.sleep(0.3)
            assert player.heard().frame == held
            player.resume()
            assert await player.reach(new)
            await silence(recording)
    found = stretches(recording.samples(), near=0)
    assert found[1].last == held + 1000 - RAMP - 1
    assert (found[2].first, found[2].last) == (20_000, 20_000 + RATE // 2 - 1)
    assert len(found) == 3


@pytest.mark.slow
async def test_an_engine_that_dies_after_a_cut_says_nothing_of_what_was_dropped(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            old = await say(player, counted(5 * RATE))
            await player.reach(old, RATE // 2)
            player.cut(old, RATE)
            new = await say(player, counted(RATE // 2, 20_000))
            assert player.engine_pid is not None
            os.kill(player.engine_pid, signal.SIGKILL)
            assert await player.reach(old)
            assert await player.reach(new)
            await silence(recording)
    found = stretches(recording.samples())
    assert found[-2].last == RATE - RAMP - 1
    assert (found[-1].first, found[-1].last) == (20_000, 20_000 + RATE // 2 - 1)
    assert lost(found, RATE - RAMP) == 0


@pytest.mark.slow
async def test_no_cut_at_any_moment_leaves_a_late_sample(rig: Rig) -> None:
    """Every clip has a level of its own: an old one that sounds after its cut is seen."""
    random = np.random.default_rng(3)
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            cuts: list[tuple[float, float]] = []
            for number in range(60):
                level = (number % 3 + 1) * 0.2
                clip = player.begin(RATE)
                await player.write((np.full(RATE, level) * 32768).astype("<i2").tobytes())
                await asyncio.sleep(float(random.uniform(0.0, 0.3)))
                frame = player.heard().frame if player.heard().clip == clip else 0
                player.cut(clip, frame)
                cuts.append((time.perf_counter(), level))
            await silence(recording)
    samples = recording.samples()
    late = []
    for (cut_at, level), (again_at, _) in zip(cuts, cuts[2:], strict=False):  # the third has that level again
        begin, end = recording.frame_at(cut_at), recording.frame_at(again_at)
        is_old = np.isclose(samples[begin:end], level, atol=1e-4)
        old = np.flatnonzero(np.convolve(is_old, np.ones(20), "valid") == 20)  # a ramp crosses it at once
        late.append(recording.time_of(begin + int(old[-1]) + 19) - cut_at if len(old) else 0.0)
    assert max(late) < 0.2  # a bare stream takes 0.14 from a write to the monitor


# --- devices that go ------------------------------------------------------------------------------------


async def interrupted(rig: Rig, player: SoundPlayer, fault: Callable[[], None]) -> Recording:
    """Say six seconds, let something happen after two, and listen to the end."""
    with rig.listen("Speakers") as recording:
        clip = await say(player, counted(6 * RATE))
        await player.reach(clip, 2 * RATE)
        fault()
        assert await player.reach(clip)
        await silence(recording)
    return recording


@pytest.mark.slow
async def test_a_stream_that_dies_is_opened_again_and_nothing_is_lost(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        recording = await interrupted(rig, player, lambda: rig.end_streams("Speakers"))
    found = stretches(recording.samples())
    assert lost(found, 6 * RATE) == 0
    assert twice(found) < 0.15 * RATE


@pytest.mark.slow
async def test_a_device_that_freezes_is_opened_again_and_nothing_is_lost(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)

        def freeze() -> None:
            rig.freeze("Speakers")
            asyncio.get_running_loop().call_later(1.0, rig.thaw, "Speakers")

        recording = await interrupted(rig, player, freeze)
    found = stretches(recording.samples())
    assert lost(found, 6 * RATE) == 0
    assert twice(found) < 0.5 * RATE


@pytest.mark.slow
async def test_a_sound_server_that_dies_is_waited_for_and_nothing_is_lost(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as first:
            clip = await say(player, counted(6 * RATE))
            await player.reach(clip, 2 * RATE)
            rig.kill()
            await until(lambda: player.state().error is not None)
            assert isinstance(player.state().error, AudioDeviceError)
            rig.start()
        with rig.listen("Speakers") as second:
            await until(lambda: player.state().open)
            assert player.state().error is None
            assert await player.reach(clip)
            await silence(second)
    found = stretches(np.concatenate((first.samples(), np.zeros(1, np.float32), second.samples())))
    assert lost(found, 6 * RATE) <= 0.15 * RATE  # until the second recording runs


@pytest.mark.slow
async def test_a_chosen_device_is_waited_for_and_no_other_is_taken(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as first, rig.listen("Headphones") as other:
            clip = await say(player, counted(6 * RATE))
            await player.reach(clip, 2 * RATE)
            rig.unplug("Speakers", move_streams=False)
            await until(lambda: "not there" in str(player.state().error))
            assert "Speakers" in str(player.state().error)
            rig.plug(Sink("Speakers", RATE))
            with rig.listen("Speakers") as second:
                await until(lambda: player.state().open)
                assert await player.reach(clip)
                await silence(second)
            assert not other.samples().any()
    found = stretches(np.concatenate((first.samples(), np.zeros(1, np.float32), second.samples())))
    assert lost(found, 6 * RATE) <= 0.15 * RATE  # until the second recording runs


@pytest.mark.slow
async def test_a_change_of_the_default_device_is_followed(rig: Rig) -> None:
    rig.make_default("Speakers")
    async with SoundPlayer() as player:
        await ready(player)
        with rig.listen("Headphones") as recording:
            clip = await say(player, counted(3 * RATE))
            await player.reach(clip, RATE)
            rig.make_default("Headphones")
            assert await player.reach(clip)
            await silence(recording)
    assert stretches(recording.samples(), near=RATE)[-1].last == 3 * RATE - 1


@pytest.mark.slow
async def test_another_device_takes_over_where_the_first_stopped(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as first, rig.listen("Headphones") as second:
            clip = await say(player, counted(3 * RATE))
            await player.reach(clip, RATE)
            player.use(DeviceChoice("Headphones"))
            assert await player.reach(clip)
            await silence(second)
        assert player.state().device == "Headphones"
    left = stretches(first.samples())[-1]
    right = stretches(second.samples(), near=left.last)[0]
    assert 0 <= right.first - left.last - 1 <= 2 * RAMP
    assert stretches(second.samples(), near=left.last)[-1].last == 3 * RATE - 1


async def test_without_a_device_the_clock_runs_and_says_why(rig: Rig) -> None:
    rig.unplug("Speakers")
    changes: list[str] = []
    async with SoundPlayer(SPEAKERS, on_change=lambda: changes.append("change")) as player:
        began = time.perf_counter()
        clip = await say(player, counted(RATE))
        assert await player.reach(clip)
        assert time.perf_counter() - began > 1.0
        assert player.heard() == Heard(clip, RATE)
        state = player.state()
        assert not state.open
        assert state.device == ""
        assert "Speakers" in str(state.error)
        assert changes


@pytest.mark.slow
@pytest.mark.parametrize("rescue", ["plug", "default"])
async def test_a_chosen_device_that_is_not_there_holds_the_sound_until_there_is_one(
    rig: Rig, rescue: str
) -> None:
    rig.make_default("Headphones")
    rig.unplug("Speakers")
    async with SoundPlayer(SPEAKERS, holds=True) as player:
        clip = await say(player, counted(RATE))
        await until(lambda: player.state().is_waiting)
        assert "Speakers" in str(player.state().error)
        await asyncio.sleep(0.5)  # the clock would run by now
        assert player.heard() == Heard(0, 0)
        assert not player.state().silent
        if rescue == "plug":
            rig.plug(Sink("Speakers", RATE))
            name = "Speakers"
        else:
            name = "Headphones"
        with rig.listen(name) as recording:
            if rescue == "default":
                player.use(None)
            assert await player.reach(clip)
            await silence(recording)
        assert player.state().error is None
    first = stretches(recording.samples())[0]
    assert (first.first == 0) or rescue == "plug"  # the recorder may come a moment after the device
    assert stretches(recording.samples())[-1].last == RATE - 1


@pytest.mark.slow
async def test_what_was_stopped_while_it_was_held_is_never_heard(rig: Rig) -> None:
    rig.unplug("Speakers")
    async with SoundPlayer(SPEAKERS, holds=True) as player:
        stopped = await say(player, counted(RATE))
        await until(lambda: player.state().is_waiting)
        player.flush()
        assert not await player.reach(stopped)
        kept = await say(player, counted(RATE // 2, 10_000))
        player.pause()
        rig.plug(Sink("Speakers", RATE))
        with rig.listen("Speakers") as recording:
            await until(lambda: player.state().open)
            player.resume()
            assert await player.reach(kept)
            await silence(recording)
    assert stretches(recording.samples())[0].first == 10_000


@pytest.mark.slow
async def test_a_device_that_goes_while_it_speaks_holds_the_sound_where_it_was(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS, holds=True) as player:
        await ready(player)
        with rig.listen("Speakers") as first, rig.listen("Headphones") as other:
            clip = await say(player, counted(3 * RATE))
            await player.reach(clip, RATE)
            rig.unplug("Speakers", move_streams=False)
            await until(lambda: player.state().is_waiting)
            held = player.heard().frame
            await asyncio.sleep(4.0)
            assert player.heard().frame == pytest.approx(held, abs=0.2 * RATE)
            assert not other.samples().any()
            player.use(DeviceChoice("Headphones"))
            assert await player.reach(clip)
            await silence(other)
    found = stretches(np.concatenate((first.samples(), np.zeros(1, np.float32), other.samples())))
    assert lost(found, 3 * RATE) == 0


@pytest.mark.slow
async def test_the_sound_servers_dummy_is_told_as_no_device(rig: Rig) -> None:
    rig.make_default("Speakers")
    async with SoundPlayer(holds=True) as player:
        await ready(player)
        assert not player.state().silent
        rig.plug(Sink("auto_null", RATE))  # what the servers put in the place of the last device
        rig.make_default("auto_null")
        await until(lambda: player.state().silent)
        assert "no sound device" in str(player.state().error)
        clip = await say(player, counted(RATE // 4))
        assert await player.reach(clip)  # captions run
        assert player.state().silent
        player.rest(1.0, 0)
        await until(lambda: not player.state().silent, seconds=5.0)  # closed, as nothing sounds
        rig.make_default("Speakers")
        await until(lambda: player.state().error is None)
        await ready(player)
        assert not player.state().silent


async def test_without_any_device_the_clock_runs_and_tells_that_nobody_hears_it(rig: Rig) -> None:
    for name in ("Speakers", "Headphones"):
        rig.unplug(name)
    async with SoundPlayer(None, holds=True) as player:
        clip = await say(player, counted(RATE // 4))
        assert await player.reach(clip)
        assert player.state().silent
        assert player.state().error is not None


@pytest.mark.slow
async def test_the_sound_comes_back_with_the_device(rig: Rig) -> None:
    rig.unplug("Speakers")
    async with SoundPlayer(SPEAKERS) as player:
        clip = await say(player, counted(15 * RATE))
        await player.reach(clip, RATE)
        rig.plug(Sink("Speakers", RATE))
        with rig.listen("Speakers") as recording:
            await until(lambda: player.state().open)
            assert player.state().error is None
            came_back = player.heard().frame
            await asyncio.to_thread(recording.wait_for_sound)
            await player.reach(clip, came_back + RATE)
            player.flush()
            await silence(recording)
    assert stretches(recording.samples(), near=came_back)[0].first == pytest.approx(came_back, abs=0.3 * RATE)


async def test_a_program_that_is_only_heard_is_told_that_there_is_no_device(rig: Rig) -> None:
    rig.unplug("Speakers")
    async with SoundPlayer(SPEAKERS, is_silent_without_device=False) as player:
        clip = player.begin(RATE)
        with pytest.raises(AudioDeviceError, match="Speakers"):
            await player.reach(clip)
        with pytest.raises(AudioDeviceError, match="Speakers"):
            await player.write(counted(100))


# --- engines that die -----------------------------------------------------------------------------------


@pytest.mark.slow
async def test_an_engine_that_is_killed_is_started_again_and_nothing_is_lost(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)

        def kill() -> None:
            assert player.engine_pid is not None
            os.kill(player.engine_pid, signal.SIGKILL)

        recording = await interrupted(rig, player, kill)
    found = stretches(recording.samples())
    assert lost(found, 6 * RATE) == 0
    assert twice(found) < 0.25 * RATE


@pytest.mark.slow
async def test_an_engine_that_hangs_is_replaced_and_nothing_is_lost(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)

        def stop() -> None:
            assert player.engine_pid is not None
            os.kill(player.engine_pid, signal.SIGSTOP)

        recording = await interrupted(rig, player, stop)
    found = stretches(recording.samples())
    assert lost(found, 6 * RATE) == 0


@pytest.mark.slow
async def test_a_device_that_kills_engines_is_done_without(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        for _ in range(4):
            pid = player.engine_pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            # mypy does not infer a lambda that has a default
            await until(lambda old=pid: player.engine_pid not in (None, old))  # type: ignore[misc]
        clip = await say(player, counted(RATE // 2))
        assert await player.reach(clip)
        assert isinstance(player.state().error, AudioDeviceError)


@pytest.mark.slow
async def test_a_sound_system_that_hangs_delays_no_command_and_is_done_without(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = await say(player, counted(4 * RATE))
        await player.reach(clip, RATE)
        rig.hang()
        try:
            await until(lambda: player.state().error is not None)
            began = time.perf_counter()
            for command in (player.pause, player.resume, player.warm):
                command()
            assert time.perf_counter() - began < 0.02
            assert await player.reach(clip)  # by the clock, after two engines were given up
            assert not player.state().open
            assert isinstance(player.state().error, AudioDeviceError)
        finally:
            rig.wake()


async def test_leaving_while_it_speaks_ends_the_engine_at_once(rig: Rig) -> None:
    with rig.listen("Speakers") as recording:
        async with SoundPlayer(SPEAKERS) as player:
            await ready(player)
            clip = await say(player, tone(10.0))
            await player.reach(clip, RATE // 4)
            engine = psutil.Process(player.engine_pid)
            began = time.perf_counter()
        assert time.perf_counter() - began < 1.0
        assert not engine.is_running()
        await silence(recording)
    steps = np.abs(np.diff(sounding(recording)))
    assert steps.max() <= 1.1 * np.abs(np.diff(exact(tone(1.0)))).max()


# --- rest -----------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_the_device_is_closed_after_a_while_and_the_engine_sleeps(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS, linger_seconds=1.0) as player:
        clip = await say(player, counted(RATE // 2))
        await player.reach(clip)
        assert player.state().open
        await until(lambda: not player.state().open, seconds=3.0)
        assert rig.streams("Speakers") == 0
        assert player.engine_pid is not None
        before = wakeups(player.engine_pid)
        await asyncio.sleep(2.0)
        assert wakeups(player.engine_pid) - before <= 10
        clip = await say(player, counted(RATE // 2))
        with rig.listen("Speakers") as recording:
            assert await player.reach(clip)
            await silence(recording)


@pytest.mark.slow
async def test_how_long_it_stays_open_and_the_lead_in_are_used_at_once(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS, linger_seconds=60.0) as player:
        clip = await say(player, counted(RATE // 4))
        await player.reach(clip)
        assert player.state().open
        player.rest(1.0, 600)
        await until(lambda: not player.state().open, seconds=3.0)
        began = time.perf_counter()
        clip = await say(player, counted(100))
        assert await player.reach(clip)
        assert time.perf_counter() - began > 0.6
        player.rest(60.0, 0)
        await asyncio.sleep(1.5)
        assert player.state().open


@pytest.mark.slow
async def test_a_change_of_the_rest_is_not_heard(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            clip = await say(player, counted(2 * RATE))
            await player.reach(clip, RATE // 2)
            player.rest(math.inf, 300)
            assert await player.reach(clip)
            await silence(recording)
    ((stretch),) = stretches(recording.samples())
    assert (stretch.first, stretch.last) == (0, 2 * RATE - 1)


async def test_a_lead_in_is_heard_before_the_first_sound(rig: Rig) -> None:
    async with SoundPlayer(SPEAKERS, lead_in_ms=600) as player:
        began = time.perf_counter()
        clip = await say(player, counted(100))
        assert await player.reach(clip)
        assert time.perf_counter() - began > 0.7


@pytest.mark.slow
async def test_no_stop_at_any_moment_leaves_a_late_sample(rig: Rig) -> None:
    """The benchmark does a thousand."""
    random = np.random.default_rng(2)
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        with rig.listen("Speakers") as recording:
            stops: list[tuple[float, float]] = []
            for number in range(40):
                wave = np.full(RATE, (number % 2 + 1) * 0.25)
                clip = player.begin(RATE)
                await player.write((wave * 32768).astype("<i2").tobytes())
                await asyncio.sleep(float(random.uniform(0.0, 0.3)))
                player.flush()
                stops.append((time.perf_counter(), (number % 2 + 1) * 0.25))
                assert not await player.reach(clip)
            await silence(recording)
    samples = recording.samples()
    for stopped_at, level in stops:
        late = samples[recording.frame_at(stopped_at + 0.25) :]
        next_stop = min((at for at, _ in stops if at > stopped_at), default=None)
        if next_stop is not None:  # the one after the next has the same level again
            late = late[: max(0, recording.frame_at(next_stop) - recording.frame_at(stopped_at + 0.25))]
        assert not np.isclose(late, level).any()


@pytest.mark.slow
async def test_what_the_last_report_foretold_is_not_told_again(rig: Rig) -> None:
    """Half as many wake-ups while it speaks; where the ear is, is known all the same."""
    told: list[float] = []
    async with SoundPlayer(SPEAKERS) as player:
        await ready(player)
        clip = await say(player, counted(2 * RATE))
        await player.reach(clip, RATE // 4)
        player.on_heard = lambda: told.append(time.perf_counter())
        await player.reach(clip, RATE * 5 // 4)  # a second
        count = len(told)
        player.pause()
        await asyncio.sleep(0.4)  # until the device has played all that it had
        held = player.heard()
        await asyncio.sleep(0.1)
        assert player.heard() == held  # what was left out of the reports before was told at the pause
        player.resume()
        assert await player.reach(clip)
    assert 3 <= count <= 16
