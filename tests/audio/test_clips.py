"""The book that every player keeps."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.audio.clips import UNHEARD_SECONDS, Clips
from fishcaption.core.errors import AudioDeviceError, InputError
from fishcaption.core.speech import Heard

RATE = 8_000


def frames(count: int) -> bytes:
    return b"\1\2" * count


def clip_of(clips: Clips, count: int, *, ends: bool = True) -> int:
    clip = clips.begin(RATE)
    clips.add(clip, frames(count))
    if ends:
        clips.end()
    return clip.number


@pytest.mark.parametrize("rate", [0, -1, 3_999, 384_001])
def test_a_rate_nothing_can_play_is_refused(rate: int) -> None:
    with pytest.raises(InputError):
        Clips().begin(rate)


@given(st.binary(max_size=200), st.lists(st.integers(0, 40)))
def test_any_split_enters_the_same_frames(pcm: bytes, cuts: list[int]) -> None:
    clips = Clips()
    clip = clips.begin(RATE)
    got, at = b"", 0
    for cut in cuts:
        got += clips.add(clip, pcm[at : at + cut])
        at += cut
    got += clips.add(clip, pcm[at:])
    assert got == pcm[: len(pcm) // 2 * 2]
    assert clip.written == len(pcm) // 2


def test_an_odd_byte_dies_with_its_clip() -> None:
    clips = Clips()
    clips.add(clips.begin(RATE), b"\1")
    assert clips.add(clips.begin(RATE), b"\2\3") == b"\2\3"


async def test_the_end_is_reached_when_all_was_heard() -> None:
    clips = Clips()
    first, second = clip_of(clips, 100), clip_of(clips, 50)
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        end = group.create_task(clips.reach(first, None))
        later = group.create_task(clips.reach(second, 20))
        await asyncio.sleep(0)
        clips.hear(Heard(first, 99))
        await asyncio.sleep(0)
        assert not end.done()
        clips.hear(Heard(second, 19))
        await asyncio.sleep(0)
        assert end.done()
        assert not later.done()
        clips.hear(Heard(second, 20))
    assert end.result()
    assert later.result()


async def test_an_end_that_comes_after_the_last_frame_was_heard_is_reached() -> None:
    clips = Clips()
    clip = clip_of(clips, 10, ends=False)
    clips.hear(Heard(clip, 10))
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        end = group.create_task(clips.reach(clip, None))
        await asyncio.sleep(0)
        assert not end.done()
        clips.end()


async def test_an_empty_clip_is_over_when_those_before_it_are() -> None:
    clips = Clips()
    first, empty = clip_of(clips, 10), clip_of(clips, 0)
    clips.hear(Heard(first, 9))
    assert clips.heard == Heard(first, 9)
    clips.hear(Heard(first, 10))
    assert clips.heard == Heard(empty, 0)
    assert await clips.reach(empty, None)


async def test_what_is_flushed_is_not_reached_but_for_what_was_heard() -> None:
    clips = Clips()
    first, second = clip_of(clips, 100), clip_of(clips, 100)
    clips.hear(Heard(first, 40))
    clips.flush()
    assert await clips.reach(first, 40)
    assert not await clips.reach(first, 41)
    assert not await clips.reach(first, None)
    assert not await clips.reach(second, 1)
    assert clips.unheard_seconds == 0


async def test_a_flush_wakes_those_who_wait() -> None:
    clips = Clips()
    clip = clip_of(clips, 100)
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        end = group.create_task(clips.reach(clip, None))
        await asyncio.sleep(0)
        clips.flush()
    assert not end.result()


async def test_a_clip_that_was_heard_stays_heard_after_a_flush() -> None:
    clips = Clips()
    clip = clip_of(clips, 10)
    clips.hear(Heard(clip, 10))
    clips.flush()
    assert await clips.reach(clip, None)


def test_the_ear_never_goes_back_nor_past_what_was_written() -> None:
    clips = Clips()
    first = clip_of(clips, 100)
    clips.hear(Heard(first, 60))
    clips.hear(Heard(first, 30))
    assert clips.heard == Heard(first, 60)
    clips.hear(Heard(first, 300))
    assert clips.heard == Heard(first, 100)


def test_what_fades_out_after_a_flush_still_moves_the_ear() -> None:
    clips = Clips()
    clip = clip_of(clips, 100)
    clips.hear(Heard(clip, 40))
    clips.flush()
    clips.hear(Heard(clip, 45))
    assert clips.heard == Heard(clip, 45)


async def test_a_cut_clip_is_over_at_its_new_end_and_later_ones_never_are() -> None:
    clips = Clips()
    first, second = clip_of(clips, 100), clip_of(clips, 100)
    clips.hear(Heard(first, 10))
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        waits = {
            place: group.create_task(clips.reach(*place))
            for place in [(first, None), (first, 40), (first, 41), (second, 1), (second, None)]
        }
        await asyncio.sleep(0)
        assert clips.cut(first, 40, Heard(first, 20)) == 40
        await asyncio.sleep(0)
        assert not waits[(first, None)].done()
        assert not waits[(second, None)].result()
        clips.hear(Heard(first, 60))
    assert clips.heard == Heard(first, 40)
    assert [wait.result() for wait in waits.values()] == [True, True, False, False, False]
    assert not await clips.reach(first, 41)
    assert await clips.reach(first, None)


@pytest.mark.parametrize(
    ("frame", "given", "end"),
    [
        (50, Heard(1, 30), 50),
        (50, Heard(1, 70), 70),
        (50, Heard(2, 5), 100),
        (500, Heard(1, 30), 100),
        (0, Heard(0, 0), 20),
    ],
)
def test_a_cut_says_where_it_can_be(frame: int, given: Heard, end: int) -> None:
    clips = Clips()
    first = clip_of(clips, 100)
    clip_of(clips, 100)
    clips.hear(Heard(first, 20))
    assert clips.cut(first, frame, given) == end


def test_what_is_written_after_a_cut_is_dropped() -> None:
    clips = Clips()
    clip = clips.begin(RATE)
    clips.add(clip, frames(100) + b"\1")
    assert clips.cut(clip.number, 500, Heard(0, 0)) == 100
    assert clips.newest is None
    assert clips.add(clip, frames(10)) == b""


async def test_where_a_cut_clip_really_ends_is_learned_later() -> None:
    clips = Clips()
    clip = clip_of(clips, 100)
    clips.cut(clip, 40, Heard(0, 0))
    clips.end_at(clip, 50)
    clips.hear(Heard(clip, 49))
    assert clips.live
    clips.end_at(clip, 30)
    assert await clips.reach(clip, None)
    assert clips.heard == Heard(clip, 49)


def test_a_cut_of_what_was_heard_drops_what_comes_later() -> None:
    clips = Clips()
    first, second = clip_of(clips, 100), clip_of(clips, 100)
    clips.hear(Heard(second, 20))
    assert clips.cut(first, 40, Heard(second, 30)) == 100
    assert clips.live == []
    clips.flush()
    assert clips.cut(second, 10, Heard(second, 30)) == 20


def test_a_cut_of_a_clip_that_never_was_is_refused() -> None:
    with pytest.raises(InputError):
        Clips().cut(1, 0, Heard(0, 0))


@pytest.mark.parametrize("gain", [0.0, -1.0, 4.1, float("nan")])
def test_a_gain_that_cannot_be_is_refused(gain: float) -> None:
    with pytest.raises(InputError):
        Clips().begin(RATE, gain)


async def test_there_is_room_until_twenty_seconds_are_unheard() -> None:
    clips = Clips()
    clip = clips.begin(RATE)
    clips.add(clip, frames(round(UNHEARD_SECONDS * RATE)))
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        waiting = group.create_task(clips.room())
        await asyncio.sleep(0)
        assert not waiting.done()
        clips.hear(Heard(1, 1))


async def test_a_failure_is_raised_to_all_who_wait_and_can_pass() -> None:
    clips = Clips()
    clip = clip_of(clips, round(UNHEARD_SECONDS * RATE), ends=False)
    gone = AudioDeviceError("gone")
    async with asyncio.timeout(1):
        results = asyncio.gather(clips.room(), clips.reach(clip, None), return_exceptions=True)
        await asyncio.sleep(0)
        clips.fail(gone)
        assert list(await results) == [gone, gone]
        with pytest.raises(AudioDeviceError):
            await clips.reach(clip, None)
        clips.fail(None)
        clips.hear(Heard(clip, 5))
        await clips.room()


async def test_a_clip_that_never_was_is_refused() -> None:
    with pytest.raises(InputError):
        await Clips().reach(1, None)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("clip"), st.integers(0, 50)),
            st.tuples(st.just("hear"), st.integers(0, 60)),
            st.tuples(st.just("flush"), st.just(0)),
            st.tuples(st.just("cut"), st.integers(0, 60)),
            st.tuples(st.just("end"), st.integers(0, 60)),
        )
    )
)
def test_heard_only_grows(steps: list[tuple[str, int]]) -> None:
    clips = Clips()
    before = clips.heard
    for what, count in steps:
        if what == "clip":
            clip_of(clips, count)
        elif what == "flush":
            clips.flush()
        elif what == "cut" and clips.count:
            clips.cut(max(1, clips.count - 1), count, clips.heard)
        elif what == "end" and clips.live:
            clips.end_at(clips.live[0].number, count)
        elif clips.live:
            clips.hear(Heard(clips.live[0].number, count))
        assert clips.heard >= before
        before = clips.heard
