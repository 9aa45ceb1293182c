"""The callback is a plain function of its state: here it is called without any device."""

from __future__ import annotations

import time
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.audio.engine.line import Gap, Line, Samples

RATE = 1000
RAMP = 5  # frames: 5 ms
BLOCK = 20


def started(capacity: int = 1 << 12, **options: bool) -> Line:
    line = Line(capacity)
    line.start(RATE, **options)
    return line


def play(line: Line, frames: int = BLOCK) -> Samples:
    out = np.full(frames, np.nan, np.float32)  # what the callback leaves unfilled is seen
    line.play(out, 0.1)
    assert not np.isnan(out).any()
    return out


def ones(frames: int) -> Samples:
    return np.ones(frames, np.float32)


def ramp_up(level: float = 1.0) -> list[float]:
    return [level * step / RAMP for step in range(1, RAMP + 1)]


def ramp_down(level: float = 1.0) -> list[float]:
    return [level * step / RAMP for step in range(RAMP - 1, -1, -1)]


def near(samples: Samples, wanted: list[float]) -> bool:
    return bool(np.allclose(samples, wanted, atol=1e-6)) and len(samples) == len(wanted)


def test_a_clip_begins_and_ends_as_the_voice_made_it() -> None:
    line = started()
    line.append(ones(30), ends_clip=True)
    heard = np.concatenate([play(line), play(line)])
    assert np.array_equal(heard, [1.0] * 30 + [0.0] * 10)


def test_clips_follow_each_other_without_a_seam() -> None:
    line = started()
    line.append(ones(30), ends_clip=True)
    line.append(ones(30), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(4)])
    assert np.array_equal(heard, [1.0] * 60 + [0.0] * 20)


def test_the_newest_frames_are_held_back_until_more_comes() -> None:
    line = started()
    line.append(ones(40))
    assert np.array_equal(play(line), ones(20))
    assert near(play(line), [1.0] * 15 + ramp_down())
    assert line.starved == 1
    line.append(ones(40))
    assert near(play(line), ramp_up() + [1.0] * 15)


def test_the_newest_frames_are_not_held_back_once_the_clip_has_ended() -> None:
    line = started()
    line.append(ones(40))
    play(line)
    line.append(np.zeros(0, np.float32), ends_clip=True)
    assert np.array_equal(play(line), ones(20))
    assert line.starved == 0


def test_too_little_to_begin_with_waits() -> None:
    line = started()
    line.append(ones(RAMP))
    assert not play(line).any()
    assert line.read == 0


def test_more_that_comes_while_it_runs_dry_turns_the_ramp_around() -> None:
    line = started()
    line.append(ones(22))
    assert near(play(line), [1.0] * 17 + [0.8, 0.6, 0.4])
    line.append(ones(20))
    assert near(play(line), [0.6, 0.8] + [1.0] * 15 + [0.8, 0.6, 0.4])


def test_a_pause_fades_out_and_resuming_goes_on_at_the_next_frame() -> None:
    line = started()
    line.append(ones(200))
    play(line)
    line.is_paused = True
    assert near(play(line), ramp_down() + [0.0] * 15)
    assert not play(line).any()
    assert line.read == 25
    line.is_paused = False
    assert near(play(line), ramp_up() + [1.0] * 15)
    assert line.read == 45


def test_a_pause_between_clips_ramps_nothing() -> None:
    line = started()
    line.append(ones(20), ends_clip=True)
    play(line)
    line.is_paused = True
    line.append(ones(40), ends_clip=True)
    assert not play(line).any()
    line.is_paused = False
    assert np.array_equal(play(line), ones(20))


def test_a_flush_fades_out_and_what_follows_begins_as_it_is() -> None:
    line = started()
    line.append(ones(100))
    play(line)
    line.flush()
    line.append(0.5 * ones(40), ends_clip=True)
    assert near(play(line), ramp_down() + [0.5] * 15)


def test_a_flush_while_paused_is_silent() -> None:
    line = started()
    line.append(ones(100))
    play(line)
    line.is_paused = True
    play(line)
    line.flush()
    line.is_paused = False
    assert not play(line).any()
    assert line.unread == 0


def test_a_flush_never_plays_a_frame_of_what_comes_after_on_its_way_out() -> None:
    line = started()
    line.append(ones(22))
    play(line)  # two frames into the ramp that starving makes
    line.flush()
    line.append(0.25 * ones(40), ends_clip=True)
    assert near(play(line), [0.2, 0.0] + [0.25] * 18)


def test_the_gain_is_ramped_and_one_is_exact() -> None:
    line = started()
    line.append(ones(200))
    play(line)
    line.gain = 0.5
    assert near(play(line), [0.8, 0.6, 0.5] + [0.5] * 17)
    line.gain = 1.0
    assert near(play(line), [0.7, 0.9, 1.0] + [1.0] * 17)
    assert np.array_equal(play(line), ones(20))


def test_a_gain_changed_in_silence_is_there_at_once() -> None:
    line = started()
    line.gain = 0.5
    play(line)
    line.append(ones(40), ends_clip=True)
    assert np.array_equal(play(line), 0.5 * ones(20))


def test_a_stream_that_begins_inside_a_clip_fades_in() -> None:
    line = started(is_inside=True)
    line.append(ones(100))
    assert near(play(line), ramp_up() + [1.0] * 15)


def test_the_lead_in_is_silence_before_the_first_frame() -> None:
    line = Line(1 << 12)
    line.start(RATE, lead_in_frames=30)
    line.append(ones(40), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(4)])
    assert np.array_equal(heard, [0.0] * 30 + [1.0] * 40 + [0.0] * 10)


def test_a_new_stream_forgets_what_was_not_read() -> None:
    line = started()
    line.append(ones(100))
    play(line)
    line.start(2 * RATE)
    assert line.unread == 0
    assert line.read == 20
    assert line.heard(time.perf_counter() + 1) == 20


def test_what_is_taken_back_can_be_given_anew() -> None:
    line = started()
    line.append(np.arange(200, dtype=np.float32), ends_clip=True)
    play(line)
    assert line.retract(100)
    assert line.write == 100
    assert np.array_equal(line.peek(100, 5), [100, 101, 102, 103, 104])
    line.append(0.5 * ones(20), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(5)])
    assert np.array_equal(heard[:80], np.arange(20, 100))
    assert np.array_equal(heard[80:], 0.5 * ones(20))


def test_nothing_is_taken_back_where_the_callback_may_be_already() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    assert not line.retract(30)
    assert line.write == 200
    assert line.unread == 180


def test_the_place_at_the_ear_follows_the_blocks_that_had_sound() -> None:
    line = started()
    line.append(ones(30), ends_clip=True)
    before = time.perf_counter()
    play(line)
    play(line)
    (run,) = line.runs()
    assert (run.line_frame, run.frames) == (0, 30)
    assert 0.1 <= run.at - before < 0.15
    assert line.heard(run.at - 1.0) == 0
    assert line.heard(run.at + 0.0205) == 20
    assert line.heard(run.at + 9.0) == 30
    assert line.last == 30


def test_silence_parts_the_runs() -> None:
    line = started()
    line.append(ones(20), ends_clip=True)
    play(line)
    play(line)
    line.append(ones(20), ends_clip=True)
    play(line)
    first, second = line.runs()
    assert (first.line_frame, first.frames, second.line_frame, second.frames) == (0, 20, 20, 20)
    assert second.at - first.at == pytest.approx(0.04, abs=0.02)
    # between the two the ear stands still
    assert line.heard((first.at + 0.02 + second.at) / 2) == 20


def test_a_flushed_end_is_not_waited_for() -> None:
    line = started()
    line.append(ones(100))
    play(line)
    line.flush()
    play(line)
    assert line.read == 100
    assert line.last == 25
    assert line.heard(time.perf_counter() + 1) == 25


def test_a_cut_far_ahead_ends_there_with_the_ramp_before_it() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    assert line.cut(110) is None
    assert line.write == 110
    line.append(0.5 * ones(40), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(7)])
    assert near(heard, [1.0] * 85 + ramp_down() + [0.5] * 40 + [0.0] * 10)


def test_a_cut_near_the_callback_ends_there_all_the_same() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    gap = line.cut(32)
    assert gap == Gap(32, 80)  # three blocks on, where it can be taken back
    line.append(0.5 * ones(40), ends_clip=True)
    assert line.unread == 12 + 40
    heard = np.concatenate([play(line) for _ in range(3)])
    assert near(heard, [1.0] * 7 + ramp_down() + [0.5] * 40 + [0.0] * 8)
    assert line.ended_before(gap.end) == 32


@pytest.mark.parametrize("start", [0, 10, 20])
def test_a_cut_behind_the_callback_fades_out_at_once(start: int) -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    gap = line.cut(start)
    assert gap is not None
    line.append(0.5 * ones(40), ends_clip=True)
    assert near(play(line), ramp_down() + [0.5] * 15)
    assert line.ended_before(gap.end) == 25


def test_a_cut_inside_the_ramp_before_it_fades_from_there() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    gap = line.cut(22)
    assert gap is not None
    assert near(play(line), ramp_down() + [0.0] * 15)
    assert line.ended_before(gap.end) == 25


def test_a_cut_while_paused_holds_and_counts_what_is_before_it() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    line.is_paused = True
    play(line)
    assert line.read == 25
    gap = line.cut(28)
    assert gap is not None
    assert not play(line).any()
    assert line.ended_before(gap.end) == 28
    line.append(0.5 * ones(40), ends_clip=True)
    assert not play(line).any()
    line.is_paused = False
    assert np.array_equal(play(line), 0.5 * ones(20))


def test_a_pause_just_before_a_cut_goes_on_with_its_ramp() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    line.cut(28)
    line.is_paused = True
    assert near(play(line), ramp_down() + [0.0] * 15)
    line.append(0.5 * ones(40), ends_clip=True)
    line.is_paused = False
    assert near(play(line), [0.5] * 20)


def test_a_later_cut_further_back_replaces_one_that_has_not_come() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    line.cut(60)
    line.append(0.5 * ones(100), ends_clip=True)
    line.cut(40)
    line.append(0.25 * ones(20), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(3)])
    assert near(heard, [1.0] * 15 + ramp_down() + [0.25] * 20 + [0.0] * 20)


def test_two_cuts_one_after_the_other_are_both_made() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    line.cut(40)
    line.append(0.5 * ones(100))
    line.cut(100)  # 20 frames of the second
    line.append(0.25 * ones(20), ends_clip=True)
    heard = np.concatenate([play(line) for _ in range(4)])
    assert near(heard, [1.0] * 15 + ramp_down() + [0.5] * 15 + ramp_down(0.5) + [0.25] * 20 + [0.0] * 20)


def test_a_stream_that_ends_before_a_cut_forgets_it() -> None:
    line = started()
    line.append(ones(200), ends_clip=True)
    play(line)
    line.cut(30)
    line.start(RATE)
    line.append(ones(40), ends_clip=True)
    assert line.unread == 40
    assert np.array_equal(play(line), ones(20))


class Clock:
    """A clock that a test moves on; the device's frames sound a tenth of a second after they are given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 50.0
        monkeypatch.setattr("fishcaption.audio.engine.line.time", self)

    def perf_counter(self) -> float:
        return self.now

    def play(self, line: Line, blocks: int) -> Samples:
        heard = []
        for _ in range(blocks):
            heard.append(play(line))
            self.now += BLOCK / RATE
        return np.concatenate(heard)


def test_sound_after_silence_begins_at_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    line = started()
    clock.play(line, 5)
    line.append(ones(60), ends_clip=True)
    line.start_at = clock.now + 0.1 + 0.033
    assert np.array_equal(clock.play(line, 5), [0.0] * 33 + [1.0] * 60 + [0.0] * 7)


def test_a_moment_that_has_passed_delays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    line = started()
    clock.play(line, 5)
    line.append(ones(60), ends_clip=True)
    line.start_at = clock.now + 0.09
    assert np.array_equal(clock.play(line, 3), ones(60))


def test_sound_that_has_begun_waits_for_no_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    line = started()
    line.append(ones(60), ends_clip=True)
    clock.play(line, 1)
    line.start_at = clock.now + 1.0
    assert np.array_equal(clock.play(line, 2), ones(40))


def test_a_pause_begins_at_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    line = started()
    line.append(ones(200), ends_clip=True)
    clock.play(line, 2)
    line.pause_at = clock.now + 0.1 + 0.033
    line.is_paused = True
    assert near(clock.play(line, 3), [1.0] * 33 + ramp_down() + [0.0] * 22)
    assert line.read == 40 + 33 + RAMP
    line.start_at = clock.now + 0.1 + 0.007
    line.is_paused = False
    assert near(clock.play(line, 1), [0.0] * 7 + ramp_up() + [1.0] * 8)


def test_a_pause_in_silence_is_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    line = started()
    clock.play(line, 2)
    line.pause_at = clock.now + 0.1 + 0.01
    line.is_paused = True
    assert not clock.play(line, 1).any()
    line.append(ones(40), ends_clip=True)
    assert not clock.play(line, 3).any()
    assert line.read == 0


Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 60)),
        st.tuples(st.just("end"), st.integers(0, 60)),
        st.tuples(st.just("play"), st.integers(1, 40)),
        st.tuples(st.just("cut"), st.integers(-20, 80)),
        st.tuples(st.sampled_from(["pause", "resume", "flush"]), st.just(0)),
    ),
    max_size=60,
)


def run(steps: list[Step], line: Line, signal: Samples | None = None) -> list[Samples]:
    """Carry the steps out; sample n of what is appended is n + 1, or taken from ``signal``."""
    heard = []
    for what, count in steps:
        match what:
            case "append" | "end":
                count = min(count, line.room)
                wave = np.arange(line.write + 1, line.write + 1 + count, dtype=np.float32)
                line.append(wave if signal is None else signal[:count], ends_clip=what == "end")
            case "play":
                heard.append(play(line, count))
            case "pause":
                line.is_paused = True
            case "resume":
                line.is_paused = False
            case "cut":
                line.cut(max(0, line.read + count))
            case "flush":
                line.flush()
    return heard


@given(st.lists(st.tuples(st.sampled_from(["end", "play"]), st.integers(1, 60)), max_size=60))
def test_the_ring_is_a_queue(steps: list[Step]) -> None:
    line = started(capacity=1 << 8)  # wraps often
    model: deque[float] = deque()
    given_frames = 0
    for what, count in steps:
        if what == "end":
            count = min(count, line.room)
            wave = np.arange(given_frames, given_frames + count, dtype=np.float32)
            model.extend(wave.tolist())
            given_frames += count
            line.append(wave, ends_clip=True)
        else:
            out = play(line, count)
            wanted = [model.popleft() if model else 0.0 for _ in range(count)]
            assert out.tolist() == wanted
        assert line.unread == len(model)


@given(STEPS)
def test_every_frame_is_played_once_and_in_order(steps: list[Step]) -> None:
    line = started(capacity=1 << 8)
    flushed: list[tuple[int, int]] = []
    for index, (what, count) in enumerate(steps):
        before, given = line.read, line.write
        run(steps[index : index + 1], line)
        if what == "flush":
            flushed.append((before, line.write))
        if what == "cut":
            flushed.append((min(given, max(0, before + count)), line.write))
    blocks = [block for block in line.blocks[: line.block_count] if block is not None]
    end = 0
    for block in blocks:
        skipped = range(end, block.line_frame)
        assert all(any(start <= frame < stop for start, stop in flushed) for frame in skipped)
        assert block.line_frame >= end
        end = block.line_frame + block.frames
    assert end <= line.write


@given(STEPS)
def test_no_level_jumps_but_at_a_clips_own_start_and_end(steps: list[Step]) -> None:
    line = started(capacity=1 << 8)
    heard: list[float] = [0.0]
    edges = {0}  # of the clips, in line frames
    frames = [-1]  # the line frame behind each sample that was heard; -1: silence
    for step in steps:
        played = run([step], line, signal=ones(60))
        if step[0] in ("end", "flush", "cut"):
            edges.add(line.write)
        for out in played:
            heard += out.tolist()
            count = line.block_count
            frames += [-1] * len(out)
            for block in line.blocks[max(0, count - 8) : count]:
                if block is None:
                    continue
                at = 1 + block.device_frame
                frames[at : at + block.frames] = range(block.line_frame, block.line_frame + block.frames)
    for index in range(1, len(heard)):
        jump = abs(heard[index] - heard[index - 1])
        begins, ends = frames[index] in edges, frames[index - 1] + 1 in edges and frames[index - 1] >= 0
        assert jump <= 1 / RAMP + 1e-6 or begins or ends, (index, heard[index - 1 : index + 1])
