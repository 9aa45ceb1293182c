"""What a device has played, told to whoever records it."""

from __future__ import annotations

from fishcaption.audio.clips import Clip, UnheardAudio
from fishcaption.audio.forecast import HeardSound
from fishcaption.audio.wire import Run
from fishcaption.core.audience import HeardPart

RATE = 1000


def frames(first: int, count: int) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in range(first, first + count))


class Played:
    """Sound whose frames are numbered, and the parts that were told."""

    def __init__(self) -> None:
        self.audio = UnheardAudio()
        self.told: list[HeardPart] = []
        self.sound = HeardSound()

    def listen(self) -> None:
        self.end = self.sound.subscribe(self.told.append)

    def give(self, clip: int, count: int, first: int = 0) -> None:
        if first == 0:
            self.audio.begin(Clip(clip, RATE))
        self.audio.add(clip, first, frames(first, count))

    def pcm(self) -> bytes:
        return b"".join(part.pcm for part in self.told)


def test_each_frame_is_told_once_when_it_was_heard() -> None:
    played = Played()
    played.listen()
    played.give(1, 500)
    played.give(1, 500, first=500)
    run = Run(10.0, 1, 0, 1000.0, 800)
    played.sound.take([run], played.audio, 9.9)
    assert played.told == []
    for now in (10.25, 10.25, 10.75, 11.5):
        played.sound.take([run], played.audio, now)
    assert [(round(part.moment, 6), len(part.pcm) // 2) for part in played.told] == [
        (10.0, 250),
        (10.25, 500),
        (10.75, 50),
    ]
    assert played.pcm() == frames(0, 800)
    assert {(part.rate, part.speed) for part in played.told} == {(RATE, 1.0)}


def test_a_pause_and_the_next_clip_are_told_at_their_moments() -> None:
    played = Played()
    played.listen()
    played.give(1, 300)
    played.give(2, 100)
    runs = [Run(10.0, 1, 0, 1000.0, 100), Run(15.0, 1, 100, 500.0, 300), Run(15.4, 2, 0, 500.0, 100)]
    played.sound.take(runs, played.audio, 20.0)
    assert [(part.moment, part.speed, len(part.pcm) // 2) for part in played.told] == [
        (10.0, 1.0, 100),
        (15.0, 0.5, 200),
        (15.4, 0.5, 100),
    ]


def test_a_run_that_stands_still_is_no_sound() -> None:
    played = Played()
    played.listen()
    played.give(1, 100)
    played.sound.take([Run(10.0, 1, 50, 0.0, 50)], played.audio, 11.0)
    assert played.told == []


def test_who_listens_later_is_told_what_comes_then_as_far_as_it_is_kept() -> None:
    played = Played()
    played.give(1, 100)
    run = Run(10.0, 1, 0, 1000.0, 300)
    played.sound.take([run], played.audio, 10.0625)
    played.listen()
    played.give(1, 200, first=100)
    played.sound.take([run], played.audio, 10.25)
    assert played.pcm() == frames(62, 188)
    played.end()
    played.end()
    played.sound.take([run], played.audio, 10.3125)
    assert played.pcm() == frames(62, 188)


def test_what_is_not_kept_any_more_is_left_out() -> None:
    played = Played()
    played.listen()
    played.audio.begin(Clip(1, RATE))
    played.audio.add(1, 200, frames(200, 100))
    played.sound.take([Run(10.0, 1, 100, 1000.0, 300)], played.audio, 10.0625)
    played.sound.take([Run(10.0, 1, 100, 1000.0, 300)], played.audio, 11.0)
    assert [(round(part.moment, 6), len(part.pcm) // 2) for part in played.told] == [(10.1, 100)]
    played.sound.take([Run(12.0, 7, 0, 1000.0, 300)], played.audio, 13.0)
    assert len(played.told) == 1


def test_what_the_device_still_says_after_stop_is_told() -> None:
    played = Played()
    played.listen()
    played.give(1, 1000)
    played.sound.flush([Run(10.0, 1, 0, 1000.0, 300)], played.audio, 10.25)
    played.audio.clear()
    played.give(2, 100)
    runs = [Run(10.0, 1, 0, 1000.0, 375), Run(10.5, 2, 0, 1000.0, 100)]
    played.sound.take(runs, played.audio, 11.0)
    assert [(part.moment, len(part.pcm) // 2) for part in played.told] == [
        (10.0, 250),
        (10.25, 125),
        (10.5, 100),
    ]
    assert played.pcm() == frames(0, 375) + frames(0, 100)
