"""The machine's clock as a device."""

from __future__ import annotations

import asyncio
import time

import pytest

from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import InputError
from fishcaption.core.speech import Heard

RATE = 10_000


def frames(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


async def say(player: SilentPlayer, seconds: float) -> int:
    clip = player.begin(RATE)
    await player.write(frames(seconds))
    player.end()
    return clip


async def took(player: SilentPlayer, clip: int, frame: int | None = None) -> float:
    began = time.perf_counter()
    assert await player.reach(clip, frame)
    return time.perf_counter() - began


async def test_it_takes_as_long_as_the_sound_would() -> None:
    async with SilentPlayer() as player:
        assert player.heard() == Heard(0, 0)
        first, second = await say(player, 0.1), await say(player, 0.1)
        assert await took(player, second, RATE // 20) == pytest.approx(0.15, abs=0.03)
        assert await took(player, first) < 0.01
        assert await took(player, second) == pytest.approx(0.05, abs=0.03)
        assert player.heard() == Heard(second, RATE // 10)


async def test_it_waits_for_sound_that_has_not_come() -> None:
    async with SilentPlayer() as player:
        clip = player.begin(RATE)
        await player.write(frames(0.05))
        await player.reach(clip, RATE // 20)
        await asyncio.sleep(0.1)
        await player.write(frames(0.1))
        player.end()
        assert await took(player, clip) == pytest.approx(0.1, abs=0.03)


async def test_a_pause_holds() -> None:
    async with SilentPlayer() as player:
        clip = await say(player, 0.2)
        await player.reach(clip, RATE // 20)
        player.pause()
        held = player.heard()
        await asyncio.sleep(0.1)
        assert player.heard() == held
        player.resume()
        assert await took(player, clip) == pytest.approx(0.15, abs=0.04)


async def test_a_speed_takes_effect_now() -> None:
    async with SilentPlayer() as player:
        clip = await say(player, 0.3)
        await player.reach(clip, RATE // 10)
        player.speed(2.0)
        assert await took(player, clip) == pytest.approx(0.1, abs=0.03)
        with pytest.raises(InputError):
            player.speed(0.1)


async def test_a_flush_ends_the_wait_and_the_pause() -> None:
    async with SilentPlayer() as player:
        clip = await say(player, 5.0)
        player.pause()
        async with asyncio.TaskGroup() as group:
            end = group.create_task(player.reach(clip))
            await asyncio.sleep(0.01)
            player.flush()
        assert not end.result()
        assert await player.reach(await say(player, 0.01))


async def test_more_than_twenty_seconds_wait_for_the_clock() -> None:
    async with SilentPlayer() as player:
        player.begin(RATE)
        began = time.perf_counter()
        await player.write(frames(20.1))
        assert 0.05 < time.perf_counter() - began < 5, "what is too much for the clock, and no more"


async def test_there_is_nothing_to_complain_of() -> None:
    async with SilentPlayer() as player:
        player.warm()
        player.volume(0.5)
        state = player.state()
        assert (state.device, state.open, state.error) == ("", False, None)


async def test_leaving_ends_the_wait() -> None:
    async with asyncio.TaskGroup() as group, SilentPlayer() as player:
        end = group.create_task(player.reach(await say(player, 5.0)))
        await asyncio.sleep(0.01)
    assert not end.result()


async def test_a_cut_ends_the_clip_and_the_next_follows() -> None:
    async with SilentPlayer() as player:
        first, dropped = await say(player, 5.0), await say(player, 5.0)
        await player.reach(first, RATE // 20)
        assert player.cut(first, RATE // 4) == RATE // 4
        await asyncio.sleep(0.05)
        assert player.cut(first, 0) >= RATE // 20 + RATE // 25
        assert not await player.reach(dropped)
        assert not await player.reach(first, RATE // 4)
        assert await took(player, await say(player, 0.1)) == pytest.approx(0.1, abs=0.03)
        assert await player.reach(first)
        assert player.lead_frames() == 0


async def test_it_tells_when_a_frame_will_be_heard() -> None:
    async with SilentPlayer() as player:
        first, second = await say(player, 0.05), await say(player, 0.1)
        player.speed(2.0)
        moment = player.moment(second, RATE // 20)
        assert moment is not None
        assert await player.reach(second, RATE // 20)
        assert moment - 0.02 < time.perf_counter() < moment + 2
        assert player.moment(first, 0) is None
        player.pause()
        assert player.moment(second, RATE // 10) is None


async def test_what_changes_when_frames_are_heard_is_told() -> None:
    async with SilentPlayer() as player:
        clip = player.begin(RATE)
        for change in (player.pause, player.resume, lambda: player.speed(1.5)):
            told = asyncio.get_running_loop().create_task(player.retimed())
            await asyncio.sleep(0)
            change()
            await told
        assert player.moment(clip, RATE) is None
        told = asyncio.get_running_loop().create_task(player.retimed())
        await asyncio.sleep(0)
        await player.write(frames(1.0))
        await told
        assert player.moment(clip, RATE) is not None
