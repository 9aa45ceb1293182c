"""Two devices whose clocks part, on a clock that a test moves on: minutes in a second."""

from __future__ import annotations

import numpy as np
import pytest

from fishcaption.audio.engine.feed import SoundFeed
from fishcaption.audio.engine.follower import Follower
from fishcaption.audio.engine.line import Line, Samples
from tests.audio.sounds import CYCLE, RATE, Stretch, stretches

WORD, PAUSE = round(0.45 * RATE), round(0.15 * RATE)


def speech(seconds: float) -> bytes:
    """Words of counted frames, and pauses that are all but silent."""
    frames = np.arange(round(seconds * RATE))
    is_word = frames % (WORD + PAUSE) < WORD
    return np.where(is_word, frames % CYCLE + 1, -1 - frames % 3).astype("<i2").tobytes()


class Clock:
    """Takes the place of `time` in the line."""

    now = 100.0

    def perf_counter(self) -> float:
        return self.now


class Device:
    """A device that plays by a clock of its own: ``parts_per_million`` faster than the world's."""

    def __init__(self, clock: Clock, parts_per_million: float = 0.0, latency: float = 0.1) -> None:
        self.clock = clock
        self.line = Line()
        self.feed = SoundFeed(self.line)
        self.feed.restart(0, 0.0, RATE, 0.0)
        self.period = 0.02 / (1 + parts_per_million * 1e-6)
        self.latency = latency
        self.due = clock.now
        self.heard: list[Samples] = []
        self.began_at = clock.now + latency

    def play(self, jitter: float) -> None:
        out = np.zeros(RATE // 50, np.float32)
        self.line.play(out, self.latency + jitter)
        self.heard.append(out)
        self.due += self.period

    def words(self) -> list[tuple[float, Stretch]]:
        """When each stretch of counted frames was heard, in the world's time."""
        scale = self.period / 0.02 / RATE
        return [(self.began_at + one.at * scale, one) for one in stretches(np.concatenate(self.heard))]

    def moments(self) -> dict[int, float]:
        """When every hundredth frame was heard."""
        scale = self.period / 0.02 / RATE
        return {
            frame: at + (frame - one.first) * scale
            for at, one in self.words()
            for frame in range(-(-one.first // 100) * 100, one.last + 1, 100)
        }


class Two:
    """A device and one that follows it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, parts_per_million: float = 0.0) -> None:
        self.clock = Clock()
        monkeypatch.setattr("fishcaption.audio.engine.line.time", self.clock)
        self.main = Device(self.clock)
        self.second = Device(self.clock, parts_per_million, latency=0.17)
        self.follower = Follower(self.second.feed, self.second.line)
        self.random = np.random.default_rng(5)

    def begin(self, seconds: float) -> None:
        pcm = speech(seconds)
        for device in (self.main, self.second):
            device.feed.begin(1, RATE)
            device.feed.add(1, pcm, self.clock.now)
            device.feed.end(1)

    def play(self, seconds: float, *, follows: bool = True) -> None:
        clock, end = self.clock, self.clock.now + seconds
        looks_at = clock.now
        while clock.now < end:
            device = min(self.main, self.second, key=lambda one: one.due)
            clock.now = min(device.due, looks_at)
            if device.due <= clock.now:
                device.play(float(self.random.normal(0, 0.002)))
                continue
            looks_at += 0.04
            self.main.feed.fill(clock.now)
            self.second.feed.fill(clock.now)
            if follows:
                self.follower.follow(self.main.feed.heard(clock.now), clock.now)
                self.follower.step(clock.now)

    def skews(self) -> list[tuple[int, float]]:
        """By how much each frame was heard later on the second device."""
        one, other = self.main.moments(), self.second.moments()
        return [(frame, other[frame] - one[frame]) for frame in sorted(one.keys() & other.keys())]

    def last_skews(self) -> list[float]:
        """The same of the frames after the eighth second; whoever skips a cycle of numbers is not seen."""
        cycle = CYCLE / RATE
        late = [skew for frame, skew in self.skews() if frame > 8 * RATE]
        return [(skew + cycle / 2) % cycle - cycle / 2 for skew in late]


@pytest.mark.slow
@pytest.mark.parametrize("parts_per_million", [-200.0, 80.0, 200.0])
def test_devices_that_drift_stay_together_and_every_word_is_whole(
    monkeypatch: pytest.MonkeyPatch, parts_per_million: float
) -> None:
    two = Two(monkeypatch, parts_per_million)
    two.begin(120.0)
    two.play(125.0)
    late = [abs(skew) for frame, skew in two.skews() if frame > 5 * RATE]
    assert max(late) < 0.008
    words = {one.first // (WORD + PAUSE) for _, one in two.second.words() if one.last - one.first == WORD - 1}
    assert words == set(range(120 * RATE // (WORD + PAUSE)))


@pytest.mark.slow
def test_without_following_they_part(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(monkeypatch, 200.0)
    two.begin(120.0)
    two.play(125.0, follows=False)
    skews = [skew for _, skew in two.skews()]
    assert skews[0] - skews[-1] == pytest.approx(120 * 200e-6, abs=0.002)


def test_who_is_late_catches_up_in_the_pauses_and_loses_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(monkeypatch)
    two.begin(20.0)
    two.second.due += 0.3
    two.second.began_at += 0.3
    two.play(25.0)
    skews = two.skews()
    assert skews[0][1] > 0.3
    assert max(abs(skew) for frame, skew in skews if frame > 8 * RATE) < 0.006
    assert len(two.second.words()) == 20 * RATE // (WORD + PAUSE) + 1


def test_who_is_ahead_waits_in_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(monkeypatch)
    two.begin(20.0)
    two.main.due += 0.9
    two.main.began_at += 0.9
    two.play(25.0)
    skews = two.skews()
    assert skews[0][1] < -0.7
    assert max(abs(skew) for frame, skew in skews if frame > 8 * RATE) < 0.006


def test_who_is_far_behind_skips_without_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(monkeypatch)
    two.begin(20.0)
    two.second.due += 2.0
    two.second.began_at += 2.0
    two.play(25.0)
    assert max(map(abs, two.last_skews())) < 0.006
    first = two.second.words()[0][1]
    assert first.first < RATE < first.last + 2 * RATE


def test_who_comes_back_joins_where_the_other_is(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(monkeypatch)
    two.begin(20.0)
    two.play(2.0)
    here = two.second.feed.place(two.second.line.heard(two.clock.now))
    assert two.follower.place_to_join(here, two.clock.now) is None
    gone, two.second.due = two.second, two.clock.now + 100.0
    two.play(3.0, follows=False)
    two.follower.follow(two.main.feed.heard(two.clock.now), two.clock.now)
    there = two.follower.place_to_join(here, two.clock.now + 0.1)
    assert there is not None
    assert there.frame == pytest.approx(5.0 * RATE, abs=0.05 * RATE)
    gone.feed.restart(gone.line.heard(two.clock.now), 0.02, RATE, 0.0, there)
    gone.heard.clear()
    gone.due, gone.began_at = two.clock.now, two.clock.now + gone.latency
    two.play(20.0)
    first = two.second.words()[0][1]
    assert (first.first - there.frame) % CYCLE < 0.2 * RATE
    assert max(map(abs, two.last_skews())) < 0.006
