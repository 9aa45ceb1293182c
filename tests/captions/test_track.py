"""The caption track: each word is shown when it is heard, whatever is done to the sound, and nobody polls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.track import ANCHOR_SECONDS, LEAST_SECONDS, CaptionTrack, next_look
from fishcaption.core.speech import Snapshot, Span, State
from tests.captions.sound import TEXT, WORDS, HeldAlarm, Sounding

STEP_SECONDS = 0.001


class Stage:
    """A track on a sound engine, and what an outlet of it was shown."""

    def __init__(self) -> None:
        self.sound = Sounding()
        self.alarm = HeldAlarm()
        self.track = CaptionTrack(self.sound, self.alarm, clock=lambda: self.sound.now)
        self.shown: list[tuple[float, str]] = []
        self.track.subscribe(self.show)

    def show(self, snapshot: Snapshot) -> None:
        assert snapshot.current is not None
        word = snapshot.current.word
        text = TEXT[word.start : word.end] if word is not None else ""
        if not self.shown or self.shown[-1][1] != text:
            self.shown.append((self.sound.now, text))

    def word(self) -> Span | None:
        current = self.track.snapshot().current
        assert current is not None
        return current.word

    def wait(self, seconds: float, check: Callable[[], None] = lambda: None) -> None:
        for _ in range(round(seconds / STEP_SECONDS)):
            self.sound.now += STEP_SECONDS
            self.alarm.ring(self.sound.now)
            check()

    def check(self) -> None:
        """The word on show is the one at the ear, or was so two steps ago; none is shown ahead."""
        right = (self.sound.word(), self.sound.word(-2 * STEP_SECONDS))
        assert self.word() in right


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_each_word_is_shown_once_in_order_and_at_its_moment(stage: Stage) -> None:
    stage.sound.speak()
    stage.wait(5.0)
    words = [TEXT[span.start : span.end] for span in WORDS]
    assert [text for _, text in stage.shown] == [*words, ""]
    for index, (moment, _) in enumerate(stage.shown):
        assert 0 <= moment - 100.0 - index * 0.3 <= 2.5 * STEP_SECONDS


def test_it_looks_once_a_word(stage: Stage) -> None:
    stage.sound.speak()
    before = stage.sound.looks
    stage.wait(len(WORDS) * 0.3)
    assert stage.sound.looks - before <= len(WORDS) + 2


def test_while_nothing_is_heard_it_sleeps(stage: Stage) -> None:
    sleeps = [stage.alarm.moment is None]
    for act in (Sounding.speak, Sounding.pause, Sounding.resume, Sounding.stop):
        act(stage.sound)
        stage.wait(0.5)
        sleeps.append(stage.alarm.moment is None)
    assert sleeps == [True, False, True, False, True]


def test_after_stop_no_word_is_shown(stage: Stage) -> None:
    stage.sound.speak()
    stage.wait(1.0)
    stage.sound.stop()
    stage.wait(3.0)
    assert [text for _, text in stage.shown] == ["Hello", "brave", "new", "world", ""]


def test_back_goes_back(stage: Stage) -> None:
    stage.sound.speak()
    stage.wait(2.0)
    stage.sound.back()
    stage.wait(0.4)
    assert [text for _, text in stage.shown][-4:] == ["morning", "to", "Good", "morning"]


def test_a_break_that_nobody_foretold_shows_no_word_ahead(stage: Stage) -> None:
    stage.sound.speak()
    stage.wait(0.1)
    stage.sound.run_dry()
    stage.wait(3.0, stage.check)
    assert stage.shown[-1][1] == "new"
    stage.sound.feed()
    stage.wait(0.7, stage.check)
    assert stage.shown[-1][1] == "Good"


Act = Callable[[Sounding], None]
ACTS: list[Act] = [
    Sounding.speak,
    Sounding.pause,
    Sounding.resume,
    Sounding.stop,
    Sounding.back,
    Sounding.run_dry,
    Sounding.feed,
    lambda sound: sound.speed(0.5),
    lambda sound: sound.speed(1.0),
    lambda sound: sound.speed(2.5),
]


@given(story=st.lists(st.tuples(st.integers(0, 900), st.sampled_from(ACTS)), max_size=12))
def test_whatever_is_done_the_word_on_show_is_the_one_at_the_ear(story: list[tuple[int, Act]]) -> None:
    stage = Stage()
    stage.sound.speak()
    stage.wait(0.002)
    for milliseconds, act in story:
        stage.wait(milliseconds / 1000, stage.check)
        act(stage.sound)
        stage.wait(0.002)  # what was done is shown when the work at hand is done
    stage.wait(1.0, stage.check)


def test_outlets_are_shown_the_same_in_the_order_in_which_they_came(stage: Stage) -> None:
    calls: list[tuple[str, Snapshot]] = []
    end = stage.track.subscribe(lambda snapshot: calls.append(("first", snapshot)))
    stage.track.subscribe(lambda snapshot: calls.append(("second", snapshot)))
    shown = stage.track.look()
    assert calls == [("first", shown), ("second", shown)]
    end()
    end()
    calls.clear()
    stage.track.look()
    assert [name for name, _ in calls] == ["second"]


def test_a_change_is_shown_from_the_alarm_and_not_from_within_the_engine(stage: Stage) -> None:
    calls: list[Snapshot] = []
    stage.track.subscribe(calls.append)
    stage.sound.speak()
    stage.sound.pause()
    assert not calls
    stage.alarm.ring(stage.sound.now)
    assert [snapshot.state for snapshot in calls] == [State.PAUSED]


def test_an_outlet_that_fails_does_not_end_the_captions(stage: Stage) -> None:
    def fail(_snapshot: Snapshot) -> None:
        raise ValueError("a bug")

    end = stage.track.subscribe(fail)
    stage.sound.speak()
    with pytest.raises(ValueError, match="a bug"):
        stage.wait(0.002)
    assert stage.alarm.moment is not None
    end()
    stage.wait(0.4)
    assert stage.shown[-1][1] == "brave"


def test_closed_it_shows_nothing_and_sets_no_alarm(stage: Stage) -> None:
    stage.sound.speak()
    stage.wait(0.4)
    stage.track.close()
    stage.shown.clear()
    stage.sound.back()
    stage.wait(1.0)
    assert stage.alarm.moment is None
    assert not stage.shown


@pytest.mark.parametrize(
    ("moment", "state", "expected"),
    [
        (10.2, State.SPEAKING, 10.2),
        (10.2, State.CONNECTING, 10.2),
        (None, State.SPEAKING, 10.0 + ANCHOR_SECONDS),
        (17.0, State.SPEAKING, 10.0 + ANCHOR_SECONDS),
        (9.0, State.SPEAKING, 10.0 + LEAST_SECONDS),
        (10.2, State.PAUSED, None),
        (None, State.IDLE, None),
        (None, State.FAILED, None),
    ],
)
def test_when_it_looks_again(moment: float | None, state: State, expected: float | None) -> None:
    assert next_look(10.0, moment, state) == expected
