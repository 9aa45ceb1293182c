"""From clips to the line and back: what is heard of a clip, at which speed and rate, and where the ear is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fishcaption.audio.engine.feed import PREBUFFER_MOST_SECONDS, PREBUFFER_SECONDS, SoundFeed
from fishcaption.audio.engine.line import Line, Samples
from fishcaption.audio.engine.source import Place

RATE = 24_000
BLOCK = RATE // 50


class Device:
    """A feed, its line and a device that plays as fast as it is asked to."""

    def __init__(self, rate: int = RATE) -> None:
        self.line = Line()
        self.feed = SoundFeed(self.line)
        self.now = 100.0
        self.feed.restart(0, 0.0, rate, 0.0)

    def clip(self, number: int, pcm: bytes, rate: int = RATE, *, ends: bool = True) -> None:
        self.feed.begin(number, rate)
        self.feed.add(number, pcm, self.now)
        if ends:
            self.feed.end(number)

    def play(self, seconds: float) -> Samples:
        """Let the device play so many of its seconds, filling the line between the blocks."""
        rate = self.line.rate
        out = np.zeros(round(seconds * rate), np.float32)
        block = rate // 50
        for start in range(0, len(out), block):
            self.feed.fill(self.now)
            self.line.play(out[start : start + block], 0.0)
            self.now += 0.02
        return out

    def play_out(self) -> Samples:
        """Play until half a second of silence."""
        parts = [self.play(0.5)]
        while parts[-1].any():
            parts.append(self.play(0.5))
        whole = np.concatenate(parts)
        return whole[: int(np.flatnonzero(whole)[-1]) + 1] if whole.any() else whole[:0]


def counted(frames: int, start: int = 0) -> bytes:
    """Frames that say which they are."""
    return ((np.arange(start, start + frames) % 30_011) + 1).astype("<i2").tobytes()


def tone(seconds: float, rate: int = RATE, hertz: float = 200.0) -> bytes:
    return (
        (9000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype("<i2").tobytes()
    )


def exact(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


@settings(max_examples=settings().max_examples * 3 // 10, deadline=None)
@given(st.lists(st.integers(0, 5000), max_size=12), st.booleans())
def test_any_split_is_heard_bit_by_bit(sizes: list[int], ends_later: bool) -> None:
    device = Device()
    device.feed.begin(1, RATE)
    sent = 0
    for size in sizes:
        device.feed.add(1, counted(size, sent), device.now)
        sent += size
    if not ends_later:
        device.feed.end(1)
    device.feed.fill(device.now)
    device.feed.end(1)
    assert np.array_equal(device.play_out(), exact(counted(sent)))


def test_clips_follow_each_other_to_the_last_frame() -> None:
    device = Device()
    for number in (1, 2, 3):
        device.clip(number, counted(10_000))
    assert np.array_equal(device.play_out(), np.tile(exact(counted(10_000)), 3))


def test_an_empty_clip_holds_nothing_up() -> None:
    device = Device()
    device.clip(1, b"")
    device.clip(2, counted(100))
    assert len(device.play_out()) == 100


def test_audio_of_a_flushed_clip_is_not_heard_any_more() -> None:
    device = Device()
    device.clip(1, counted(RATE), ends=False)
    device.play(0.1)
    device.feed.flush()
    device.feed.add(1, counted(RATE), device.now)
    device.feed.end(1)
    heard = device.play(0.5)
    assert not heard[BLOCK:].any()
    device.clip(2, counted(500))
    assert np.array_equal(device.play_out()[-500:], exact(counted(500)))


# --- what to wait for ------------------------------------------------------------------------------------


def test_a_clip_begins_with_the_prebuffer_and_not_before() -> None:
    device = Device()
    device.clip(1, counted(round(0.05 * RATE)), ends=False)
    assert not device.play(0.1).any()
    device.feed.add(1, counted(round(0.01 * RATE)), device.now)
    assert device.play(0.02).any()


def test_nothing_is_waited_for_past_an_end() -> None:
    device = Device()
    device.clip(1, counted(100))
    assert device.play(0.02).any()


def test_a_little_that_nothing_follows_is_heard_all_the_same() -> None:
    device = Device()
    device.clip(1, counted(round(0.05 * RATE)), ends=False)
    assert device.play(1.5).any()


def stutter(device: Device, clip: int, gap_seconds: float) -> None:
    """Let a clip run dry, and go on after a gap."""
    device.clip(clip, counted(round(0.7 * RATE)), ends=False)
    device.play(0.9)
    device.now += gap_seconds
    device.feed.add(clip, counted(RATE), device.now)
    device.feed.end(clip)
    device.play(1.2)


def test_each_stutter_doubles_the_prebuffer_up_to_a_limit() -> None:
    device = Device()
    learned = []
    for clip in range(1, 7):
        stutter(device, clip, 0.1)
        learned.append(device.feed.prebuffer_seconds)
    assert learned == pytest.approx([0.12, 0.24, 0.48, PREBUFFER_MOST_SECONDS, 0.6, 0.6])


def test_hands_that_rest_are_no_stutter() -> None:
    device = Device()
    stutter(device, 1, 5.0)
    assert device.feed.prebuffer_seconds == PREBUFFER_SECONDS


def test_twenty_clean_clips_halve_the_prebuffer() -> None:
    device = Device()
    stutter(device, 1, 0.1)
    stutter(device, 2, 0.1)
    for clip in range(3, 23):
        device.clip(clip, counted(1000))
        device.play(0.1)
    assert device.feed.prebuffer_seconds == pytest.approx(0.12)


# --- rates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_another_rate_is_resampled_to_the_last_frame(rate: int) -> None:
    device = Device(rate=48_000)
    seconds = 1.0
    device.clip(1, tone(seconds, rate), rate)
    heard = device.play_out()
    assert len(heard) == pytest.approx(48_000 * seconds, abs=48)
    wanted = exact(tone(seconds, 48_000))[: len(heard)]
    middle = slice(2_400, -2_400)
    assert np.abs(heard[: len(wanted)] - wanted)[middle].max() < 0.01
    assert np.abs(heard[-480:]).max() > 0.2  # the tail is there


def test_clips_of_different_rates_follow_each_other() -> None:
    device = Device(rate=RATE)
    device.clip(1, tone(0.5, 44_100), 44_100)
    device.clip(2, counted(5_000))
    heard = device.play_out()
    assert np.array_equal(heard[-5_000:], exact(counted(5_000)))
    assert len(heard) == pytest.approx(0.5 * RATE + 5_000, abs=24)


def test_places_are_frames_of_the_clip_whatever_the_devices_rate() -> None:
    device = Device(rate=48_000)
    device.clip(1, tone(1.0))
    device.feed.fill(device.now)
    for line_frame in (0, 100, 4_801, 30_000):
        assert device.feed.place(line_frame) == Place(1, line_frame // 2)


# --- speed -----------------------------------------------------------------------------------------------


def hertz(samples: Samples, rate: int = RATE) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0, 3.0])
def test_a_speed_keeps_the_pitch(speed: float) -> None:
    device = Device()
    device.feed.change_speed(speed)
    device.clip(1, tone(3.0))
    heard = device.play_out()
    assert len(heard) == pytest.approx(3.0 * RATE / speed, rel=0.02)
    assert hertz(heard[: RATE // 2]) == pytest.approx(200, abs=4)


def test_where_the_speed_cannot_be_changed_every_frame_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fishcaption.audio.engine.feed.find_spec", lambda name: None)
    device = Device()
    device.feed.change_speed(2.0)
    pcm = counted(RATE)
    device.clip(1, pcm)
    assert np.array_equal(device.play_out()[:RATE], exact(pcm))


def test_a_speed_is_heard_within_the_next_blocks() -> None:
    device = Device()
    device.clip(1, tone(6.0))
    device.play(0.5)
    before = device.line.read
    device.feed.change_speed(2.0)
    device.feed.fill(device.now)
    assert device.feed.place(before + 4 * BLOCK).frame - before == pytest.approx(5 * BLOCK, abs=2)
    device.play(0.5)
    assert device.feed.place(device.line.read).frame == pytest.approx(
        (0.5 + 2 * 0.44 + 0.06) * RATE, abs=BLOCK
    )


def test_back_at_speed_one_every_frame_is_exact_again() -> None:
    device = Device()
    pcm = counted(4 * RATE)
    device.clip(1, pcm)
    device.play(0.5)
    device.feed.change_speed(1.5)
    device.play(0.5)
    device.feed.change_speed(1.0)
    heard = device.play_out()
    tail = heard[2 * RATE // 10 :]
    assert np.array_equal(tail, exact(pcm)[-len(tail) :])


@pytest.mark.parametrize(
    "speeds", [(1.0, 1.5), (1.5, 1.0), (1.0, 0.5), (2.0, 3.0), (1.1, 1.2, 1.3, 1.4, 1.0)]
)
def test_a_change_of_speed_does_not_click(speeds: tuple[float, ...]) -> None:
    device = Device()
    device.feed.change_speed(speeds[0])
    device.clip(1, tone(6.0))
    heard = [device.play(0.4)]
    for speed in speeds[1:]:
        device.feed.change_speed(speed)
        heard.append(device.play(0.4))
    steps = np.abs(np.diff(np.concatenate(heard)))
    own = 9000 / 32768 * 2 * np.pi * 200 / RATE
    assert steps[240:].max() <= 1.5 * own


def test_the_clip_is_not_over_before_its_last_stretched_frame() -> None:
    device = Device()
    device.feed.change_speed(1.7)
    device.clip(1, tone(1.0))
    device.play_out()
    end = device.line.last
    assert device.feed.place(end) == Place(1, RATE)
    assert device.feed.place(end - 1).frame < RATE


def test_a_change_of_speed_across_a_seam_loses_nothing() -> None:
    device = Device()
    device.clip(1, tone(0.3))
    device.clip(2, tone(0.3))
    device.play(0.2)
    device.feed.change_speed(2.0)
    heard = device.play_out()
    assert len(heard) == pytest.approx((0.06 + 0.34 / 2) * RATE, abs=0.03 * RATE)
    assert device.feed.place(device.line.last) == Place(2, len(tone(0.3)) // 2)


def test_what_a_stretch_holds_back_is_heard_when_the_voice_rests() -> None:
    device = Device()
    device.feed.change_speed(1.5)
    device.clip(1, tone(0.9), ends=False)
    heard = device.play(2.0)
    sounded = int(np.flatnonzero(heard)[-1])
    assert sounded == pytest.approx(0.9 * RATE / 1.5, abs=0.01 * RATE)


# --- cuts ------------------------------------------------------------------------------------------------

RAMP = round(0.005 * RATE)


def cut(device: Device, number: int, frame: int, newest: int | None = None) -> None:
    device.feed.cut(number, frame, newest or number)


@pytest.mark.parametrize("ahead", [2 * BLOCK, 5 * BLOCK, 40 * BLOCK, 60 * BLOCK])
def test_a_cut_ends_the_clip_at_its_frame_and_the_next_follows(ahead: int) -> None:
    device = Device()
    device.clip(1, counted(3 * RATE), ends=False)
    before = device.play(0.5)
    frame = device.line.read + ahead
    cut(device, 1, frame)
    device.feed.add(1, counted(RATE, 3 * RATE), device.now)  # what was on its way
    device.clip(2, counted(5_000, 9_000))
    heard = np.concatenate((before, device.play_out()))
    assert np.array_equal(heard[: frame - RAMP], exact(counted(frame - RAMP)))
    faded = heard[frame - RAMP : frame] / exact(counted(RAMP, frame - RAMP))
    assert np.allclose(faded, np.arange(RAMP - 1, -1, -1) / RAMP, atol=1e-5)
    assert np.array_equal(heard[frame:], exact(counted(5_000, 9_000)))
    assert device.feed.take_ends() == [Place(1, frame)]
    assert device.feed.place(device.line.last) == Place(2, 5_000)


def test_a_cut_that_comes_too_late_fades_out_at_once_and_tells_where() -> None:
    device = Device()
    device.clip(1, counted(3 * RATE))
    before = device.play(0.5)
    cut(device, 1, device.line.read - 3_000)
    assert device.feed.take_ends() == []
    device.clip(2, counted(5_000, 9_000))
    at = len(before)
    heard = np.concatenate((before, device.play_out()))
    assert np.array_equal(heard[:at], exact(counted(at)))
    assert np.array_equal(heard[at + RAMP :], exact(counted(5_000, 9_000)))
    assert device.feed.take_ends() == [Place(1, at + RAMP)]
    runs = device.feed.heard(0.0)
    assert [(run.clip, run.end) for run in runs if run.frames_per_second == 0] == [(1, at + RAMP), (2, 5_000)]


def test_a_cut_drops_the_later_clips_also_those_that_come_after_it() -> None:
    device = Device()
    for number in (1, 2):
        device.clip(number, counted(10_000))
    device.play(0.1)
    cut(device, 1, 6_000, newest=3)
    device.clip(3, counted(10_000))
    device.clip(4, counted(500))
    heard = device.play_out()
    assert len(heard) == 6_000 - round(0.1 * RATE) + 500
    assert np.array_equal(heard[-500:], exact(counted(500)))


def test_a_cut_that_overtakes_its_clip_waits_for_it() -> None:
    device = Device()
    device.clip(1, counted(5_000))
    cut(device, 2, 300)
    assert device.feed.take_ends() == [Place(2, 300)]
    device.clip(2, counted(5_000), ends=False)
    device.clip(3, counted(500))
    assert len(device.play_out()) == 5_000 + 300 + 500


def test_a_cut_that_overtakes_the_audio_before_it_waits_for_that() -> None:
    device = Device()
    device.clip(1, counted(5_000), ends=False)
    device.play(0.1)
    cut(device, 1, 8_000)
    device.feed.add(1, counted(5_000, 5_000), device.now)
    device.clip(2, counted(500))
    heard = device.play_out()
    assert len(heard) == 8_000 - round(0.1 * RATE) + 500


def test_a_clip_that_was_heard_is_cut_where_the_next_sounds() -> None:
    device = Device()
    device.clip(1, counted(5_000))
    device.clip(2, counted(RATE))
    device.play(0.3)
    cut(device, 1, 4_000, newest=2)
    device.clip(3, counted(500))
    heard = device.play_out()
    assert len(heard) == RAMP + 500
    assert device.feed.take_ends() == [Place(1, 5_000)]
    assert device.feed.place(device.line.last) == Place(3, 500)


@pytest.mark.parametrize("speed", [0.5, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100])
def test_a_cut_is_right_at_any_speed_and_rate(speed: float, rate: int) -> None:
    device = Device()
    device.feed.change_speed(speed)
    device.clip(1, tone(6.0, rate), rate)
    device.play(0.5)
    frame = round((0.5 * speed + 0.3) * rate)
    cut(device, 1, frame)
    left = device.play_out()
    assert len(left) == pytest.approx(0.3 / speed * RATE, abs=0.002 * RATE)
    assert device.feed.take_ends() == [Place(1, frame)]
    assert device.feed.place(device.line.last) == Place(1, frame)
    own = 9000 / 32768 * 2 * np.pi * 200 / RATE
    assert np.abs(np.diff(np.concatenate((left, np.zeros(1, np.float32))))).max() <= 1.2 * own


def test_a_change_of_speed_keeps_a_cut_that_is_to_come() -> None:
    device = Device()
    device.clip(1, tone(6.0))
    device.play(0.5)
    cut(device, 1, round(1.2 * RATE))
    device.clip(2, tone(0.5, hertz=100))
    device.feed.change_speed(2.0)
    left = device.play_out()
    assert len(left) == pytest.approx((0.06 + 0.64 / 2 + 0.25) * RATE, abs=0.01 * RATE)
    assert device.feed.place(device.line.last) == Place(2, RATE // 2)


def test_cuts_one_after_another_leave_room_in_the_ring() -> None:
    device = Device(rate=48_000)
    for number in range(1, 60):
        device.clip(number, counted(3 * 48_000), 48_000)
        device.play(0.02)
        assert device.line.room >= 0
        place = device.feed.place(device.line.read)
        cut(device, place.clip, place.frame, number)
    assert len(device.play_out()) <= 0.03 * 48_000


def test_a_cut_holds_on_another_device() -> None:
    device = Device()
    device.clip(1, counted(3 * RATE))
    device.clip(2, counted(500))
    device.play(0.5)
    device.feed.cut(1, RATE, 2)
    device.feed.restart(6_000, 0.0, RATE, 0.0)
    device.clip(3, counted(500, 100))
    heard = device.play_out()
    assert len(heard) == RATE - 6_000 + 500
    assert np.array_equal(heard[-500:], exact(counted(500, 100)))


def test_a_cut_while_no_stream_runs_is_made_in_the_next() -> None:
    device = Device()
    device.clip(1, counted(3 * RATE))
    device.play(0.5)
    device.feed.cut(1, RATE, 1, heard_frame=6_000)
    assert device.feed.take_ends() == [Place(1, RATE)]
    device.feed.restart(6_000, 0.0, RATE, 0.0)
    assert len(device.play_out()) == RATE - 6_000 - 1  # the last of the ramp is silent


def test_a_cut_behind_the_ear_while_no_stream_runs_leaves_nothing() -> None:
    device = Device()
    device.clip(1, counted(3 * RATE))
    device.play(0.5)
    device.feed.cut(1, 100, 1, heard_frame=6_000)
    assert device.feed.take_ends() == [Place(1, 6_000)]
    device.feed.restart(6_000, 0.02, RATE, 0.0)
    assert not device.play(0.5).any()


def test_a_device_lost_beyond_a_cut_tells_where_it_ended() -> None:
    device = Device()
    device.clip(1, counted(3 * RATE))
    device.play(0.5)
    cut(device, 1, 6_000)
    device.play(0.1)
    assert device.feed.take_ends() == [Place(1, RATE // 2 + RAMP)]
    device.feed.restart(9_000, 0.0, RATE, 0.0)  # the device held the rest
    assert device.feed.take_ends() == [Place(1, 9_000)]


# --- louder ----------------------------------------------------------------------------------------------


def test_a_louder_clip_stays_below_full_scale_and_its_neighbours_are_exact() -> None:
    device = Device()
    device.clip(1, counted(5_000))
    device.feed.begin(2, RATE, gain=2.0)
    device.feed.add(2, tone(1.0), device.now)
    device.feed.end(2)
    device.clip(3, counted(5_000))
    heard = device.play_out()
    assert np.array_equal(heard[:5_000], exact(counted(5_000)))
    assert np.array_equal(heard[-5_000:], exact(counted(5_000)))
    louder = heard[5_000:-5_000]
    assert len(louder) == RATE
    assert np.allclose(louder, 2 * exact(tone(1.0)), atol=1e-6)


def test_a_louder_clip_that_rests_goes_on_with_the_gain_it_had() -> None:
    device = Device()
    device.feed.begin(1, RATE, gain=4.0)
    loud = (30_000 * np.sin(np.arange(RATE // 2) / 20)).astype("<i2").tobytes()
    device.feed.add(1, loud, device.now)
    before = device.play(0.46)  # what was held back has been given, and is not heard yet
    device.feed.add(1, np.full(RATE // 2, 3_000, "<i2").tobytes(), device.now)
    device.feed.end(1)
    heard = np.concatenate((before, device.play_out()))
    assert np.abs(heard).max() <= 0.981
    gains = heard[RATE // 2 :] / (3_000 / 32_768)
    assert gains[0] == pytest.approx(0.98 * 32_768 / 30_000, abs=0.15)
    assert np.abs(np.diff(gains)).max() < 0.01
    assert gains[-1] == pytest.approx(4.0, abs=1e-3)


# --- once more -------------------------------------------------------------------------------------------


def test_a_lost_device_is_rewound_and_nothing_is_lost() -> None:
    device = Device()
    pcm = counted(2 * RATE)
    device.clip(1, pcm)
    before = device.play(0.5)
    heard = 5_000  # what the device held of the rest was not heard
    device.feed.restart(heard, 0.02, RATE, 0.0)
    after = device.play_out()
    start = heard - round(0.02 * RATE)
    assert np.array_equal(before[:heard], exact(pcm)[:heard])
    ramp = round(0.005 * RATE)
    assert np.array_equal(after[ramp:], exact(pcm)[start + ramp :])
    assert np.abs(np.diff(after[: ramp + 1])).max() < 0.01


def test_another_device_may_have_another_rate() -> None:
    device = Device()
    device.clip(1, tone(2.0))
    device.play(0.5)
    device.feed.restart(device.line.read, 0.0, 48_000, 0.0)
    assert len(device.play_out()) == pytest.approx(1.5 * 48_000, abs=48)
    assert device.feed.place(device.line.last) == Place(1, 2 * RATE)


def test_what_was_heard_to_its_end_is_not_said_again() -> None:
    device = Device()
    device.clip(1, counted(5_000))
    device.play_out()
    device.feed.restart(device.line.read, 0.02, RATE, 0.0)
    assert not device.play(0.2).any()
    device.clip(2, counted(500))
    assert np.array_equal(device.play_out()[-500:], exact(counted(500)))


def test_a_clip_that_another_engine_began_goes_on_at_its_frame() -> None:
    device = Device()
    device.feed.begin(3, RATE, first=1_000)
    device.feed.add(3, counted(4_000, 1_000), device.now)
    device.feed.end(3)
    device.feed.fill(device.now)
    assert device.feed.place(0) == Place(3, 1_000)
    assert np.array_equal(device.play_out(), exact(counted(4_000, 1_000)))
    assert device.feed.place(device.line.last) == Place(3, 5_000)


def test_what_was_heard_is_forgotten_after_a_while() -> None:
    device = Device()
    device.clip(1, counted(10 * RATE), ends=False)
    device.play(5.0)
    device.feed.forget(device.line.read)
    clip = device.feed._clip(1)
    assert clip is not None
    assert clip.end == 10 * RATE
    assert clip.clamp(0) == 4 * RATE


# --- where the ear is ------------------------------------------------------------------------------------


def test_the_runs_tell_when_each_clip_sounds() -> None:
    device = Device()
    device.clip(1, counted(1_000))
    device.clip(2, counted(1_000))
    device.play(0.06)
    runs = device.feed.heard(0.0)
    assert [(run.clip, run.frame, run.end) for run in runs] == [(1, 0, 999), (1, 1000, 1000), (2, 0, 440)]
    assert runs[1].at - runs[0].at == pytest.approx(1_000 / RATE)
    assert runs[2].at == runs[1].at
    assert runs[0].frame_at(runs[0].at + 0.0101) == 242
    assert runs[0].frame_at(runs[0].at + 1) == 999


def test_a_clip_has_a_pace_of_its_own() -> None:
    device = Device()
    for number, pace in ((1, 1.0), (2, 2.0)):
        device.feed.begin(number, RATE, pace=pace)
        device.feed.add(number, tone(1.0), device.now)
        device.feed.end(number)
    assert device.feed.seconds_between(Place(1, 0), Place(2, RATE)) == pytest.approx(1.5)
    assert len(device.play_out()) / RATE == pytest.approx(1.5, abs=0.05)
