"""The delay of an outlet: measured from each display's own moment, so that nothing adds up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.delayed import MOST_WAITING, Delayed
from fishcaption.captions.display import AudienceCue, Display


def display(number: int, moment: float = 0.0, *, is_black: bool = False) -> Display:
    cue = AudienceCue(number, (str(number),), (), 0, True, moment)
    return Display(None if is_black else cue, is_black=is_black)


class Clock:
    """A clock and its alarm: `go_to` moves it on, and rings as a loop does, `late` seconds too late."""

    def __init__(self) -> None:
        self.now = 100.0
        self.late = 0.0
        self._set: tuple[float, Callable[[], object]] | None = None

    def __call__(self) -> float:
        self.now += 1e-9  # as every clock does
        return self.now

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        self._set = (moment, act)

    def clear(self) -> None:
        self._set = None

    def go_to(self, moment: float) -> None:
        while self._set is not None and self._set[0] + self.late <= moment:
            due, act = self._set
            self._set = None
            self.now = max(self.now, due + self.late)
            act()
        self.now = moment


class Shown:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.all: list[tuple[float, Display]] = []

    def __call__(self, shown: Display) -> None:
        self.all.append((round(self.clock.now, 3), shown))

    def numbers(self) -> list[tuple[float, int]]:
        return [(moment, shown.cue.id if shown.cue else 0) for moment, shown in self.all]


def made(delay_seconds: float) -> tuple[Clock, Shown, Delayed]:
    clock = Clock()
    shown = Shown(clock)
    return clock, shown, Delayed(shown, clock, delay_seconds, clock=clock)


def test_each_is_shown_by_its_own_moment_and_never_from_within_put() -> None:
    for delay in (0.0, 3.0):
        clock, shown, delayed = made(delay)
        for number, moment in ((1, 100.0), (2, 100.5), (3, 103.2)):
            clock.go_to(moment)
            delayed.put(display(number))
        clock.go_to(110.0)
        assert shown.numbers() == [
            (round(moment + delay, 3), number) for number, moment in ((1, 100.0), (2, 100.5), (3, 103.2))
        ]
    _, shown, delayed = made(0.0)
    delayed.put(display(1))
    assert shown.all == []


def test_stalls_do_not_add_up_in_three_hours() -> None:
    """The loop is up to two seconds late every now and then; the last display is as late as the first."""
    clock, shown, delayed = made(3.0)
    for number in range(1, 10_801):
        clock.late = 2.0 if number % 100 < 3 else 0.0
        clock.go_to(100.0 + number)
        delayed.put(display(number))
    clock.late = 0.0
    clock.go_to(20_000.0)
    lags = [moment - 100.0 - number - 3.0 for moment, number in shown.numbers()]
    assert [number for _, number in shown.numbers()] == list(range(1, 10_801))
    assert max(lags) <= 2.0
    assert max(lags[-60:-10]) <= 0.001 >= max(lags[10:60])


def test_captions_have_moments_that_are_as_much_later() -> None:
    clock, shown, delayed = made(2.5)
    waits = AudienceCue(8, ("next",), (), 0, True, 0.0)
    delayed.put(Display(display(7, 99.5).cue, waits))
    clock.go_to(105.0)
    ((_, later),) = shown.all
    assert later.cue is not None
    assert later.cue.moment == 102.0
    assert later.following == waits, "it has no moment yet"


def test_a_changed_delay_is_used_for_what_waits() -> None:
    clock, shown, delayed = made(10.0)
    delayed.put(display(1))
    clock.go_to(101.0)
    delayed.put(display(2))
    delayed.delay_seconds = 2.0
    clock.go_to(104.0)
    assert shown.numbers() == [(102.0, 1), (103.0, 2)]


def test_black_is_at_once_and_what_it_hides_is_never_shown() -> None:
    clock, shown, delayed = made(3.0)
    delayed.put(display(1))
    clock.go_to(101.0)
    delayed.put(display(2, is_black=True))
    clock.go_to(101.5)
    delayed.put(display(3))
    clock.go_to(110.0)
    assert shown.numbers() == [(101.0, 0), (104.5, 3)]


def test_nothing_is_shown_after_the_end() -> None:
    clock, shown, delayed = made(1.0)
    delayed.put(display(1))
    delayed.close()
    delayed.put(display(2))
    delayed.delay_seconds = 0.0
    clock.go_to(200.0)
    assert shown.all == []


def test_a_flood_is_bounded_and_loses_nothing() -> None:
    clock, shown, delayed = made(60.0)
    for number in range(1, MOST_WAITING + 101):
        delayed.put(display(number))
        clock.go_to(clock.now)
    assert [number for _, number in shown.numbers()] == list(range(1, 101))
    clock.go_to(200.0)
    assert [number for _, number in shown.numbers()] == list(range(1, MOST_WAITING + 101))


def test_one_that_cannot_be_shown_holds_up_no_other() -> None:
    clock = Clock()
    shown: list[int] = []

    def show(one: Display) -> None:
        assert one.cue is not None
        if one.cue.id == 1:
            raise ZeroDivisionError
        shown.append(one.cue.id)

    delayed = Delayed(show, clock, 1.0, clock=clock)
    delayed.put(display(1))
    clock.go_to(100.5)
    delayed.put(display(2))
    with pytest.raises(ZeroDivisionError):
        clock.go_to(101.2)
    clock.go_to(105.0)
    assert shown == [2]


@given(
    gaps=st.lists(st.floats(0.0, 5.0), max_size=30),
    late=st.floats(0.0, 3.0),
    delay=st.floats(0.0, 60.0),
)
def test_all_are_shown_in_order_never_early_and_late_only_by_the_loop(
    gaps: list[float], late: float, delay: float
) -> None:
    clock, shown, delayed = made(delay)
    clock.late = late
    put: list[float] = []
    for number, gap in enumerate(gaps, 1):
        clock.go_to(clock.now + gap)
        put.append(clock.now)
        delayed.put(display(number))
    clock.go_to(clock.now + 200.0)
    assert [number for _, number in shown.numbers()] == list(range(1, len(gaps) + 1))
    for moment, number in shown.numbers():
        assert -0.001 <= moment - put[number - 1] - delay <= late + 0.001
