"""Displays become entries with the right words and times."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.display import Display
from fishcaption.captions.files.shown_entries import Entry, ShownEntries
from fishcaption.core.cues.transcript_formats import TimedWord
from tests.captions.files.shows import NOTHING, WORD_SECONDS, cue, shown


def told(*displays: tuple[float, Display], until: float = 100.0, origin: float | None = 0.0) -> list[Entry]:
    """The entries of displays with their moments."""
    entries = ShownEntries(origin)
    return [entry for now, display in displays for entry in entries.take(display, now)] + entries.finish(
        until
    )


def short(entries: list[Entry]) -> list[tuple[float, float, str]]:
    return [(entry.start_seconds, round(entry.end_seconds, 3), "/".join(entry.lines)) for entry in entries]


def test_a_caption_stands_until_the_next_one_or_until_it_is_cleared() -> None:
    entries = told(
        (1.01, shown(1, "Hello brave\nworld", moment=1.0, heard=1)),
        (2.0, shown(1, "Hello brave\nworld", moment=1.0)),
        (3.02, shown(2, "Next", moment=3.0)),
        (5.0, NOTHING),
        (9.0, shown(3, "Last", moment=9.0)),
        until=12.0,
    )
    assert short(entries) == [(1.0, 3.0, "Hello brave/world"), (3.0, 5.0, "Next"), (9.0, 12.0, "Last")]


def test_words_have_the_times_at_which_they_are_heard() -> None:
    (entry,) = told(
        *((1.0 + at / 2 + 0.004, shown(1, "a b\nc", moment=1.0, heard=at + 1)) for at in range(3))
    )
    assert entry.words == (TimedWord("a", 1.0), TimedWord("b", 1.5), TimedWord("c", 2.0))


def test_a_pause_makes_the_words_behind_it_later() -> None:
    (entry,) = told(
        (1.0, shown(1, "a b c", moment=1.0, heard=1)),
        (1.5, shown(1, "a b c", moment=1.0, heard=2)),
        (12.0, shown(1, "a b c", moment=1.0, heard=3)),  # ten seconds late
        until=13.0,
    )
    assert [word.start_seconds for word in entry.words] == [1.0, 1.5, 12.0]


def test_a_word_that_is_shown_late_behind_a_pause_has_the_time_of_those_behind_it() -> None:
    (entry,) = told(
        (1.0, shown(1, "a b c d", moment=1.0, heard=1)),
        (11.6, shown(1, "a b c d", moment=1.0, heard=2)),  # 0.1 s later than it was heard
        (12.0, shown(1, "a b c d", moment=1.0, heard=3)),
        (12.55, shown(1, "a b c d", moment=1.0, heard=4)),
        until=13.0,
    )
    assert [word.start_seconds for word in entry.words] == pytest.approx([1.0, 11.5, 12.0, 12.5])


def test_what_was_cut_is_written_as_far_as_it_was_heard() -> None:
    entries = told((1.0, shown(1, "a b\nc d", moment=1.0, heard=1)), (1.2, NOTHING))
    assert short(entries) == [(1.0, 1.2, "a")]
    assert told((1.0, shown(1, "a b", moment=1.0, heard=0)), (1.2, NOTHING)) == []


def test_a_caption_that_was_hidden_meanwhile_is_written_once() -> None:
    black = Display(is_black=True)
    entries = told(
        (1.0, shown(1, "a b c d", moment=1.0, heard=2)),
        (2.0, black),
        (4.0, shown(1, "a b c d", moment=1.0, heard=3)),
        (5.0, shown(2, "e", moment=5.0)),
    )
    assert short(entries) == [(1.0, 2.0, "a b"), (4.0, 5.0, "c"), (5.0, 100.0, "e")]
    entries = told((1.0, shown(1, "a b", moment=1.0)), (2.0, black), (4.0, shown(1, "a b", moment=1.0)))
    assert short(entries) == [(1.0, 2.0, "a b")]


def test_times_may_begin_at_the_first_caption() -> None:
    displays = ((50.0, shown(1, "a", moment=49.5)), (51.0, shown(2, "b", moment=51.0)))
    assert short(told(*displays, origin=None))[:2] == [(0.0, 1.5, "a"), (1.5, 50.5, "b")]
    assert short(told(*displays, origin=40.0))[0] == (9.5, 11.0, "a")


def test_a_text_that_is_revised_is_written_as_it_was_last() -> None:
    entries = told(
        (1.0, shown(1, "Helo", moment=1.0)),
        (1.5, shown(1, "Hello", moment=1.0)),
        (2.0, shown(1, "Hello there", moment=1.0)),
        (3.0, NOTHING),
    )
    assert short(entries) == [(1.0, 3.0, "Hello there")]


def test_three_hours_do_not_drift() -> None:
    """Times are differences of moments, and nothing is added up."""
    entries = ShownEntries(1_000_000.1)
    found: list[Entry] = []
    moments = [1_000_000.1 + 3.7 * number for number in range(2919)]
    for number, moment in enumerate(moments, 1):
        found += entries.take(shown(number, "one two", moment=moment), moment + 0.005)
    found += entries.finish(1_000_000.1 + 10_800)
    worst = max(abs(entry.start_seconds - 3.7 * number) for number, entry in enumerate(found))
    assert len(found) == 2919
    assert worst < 0.001


STEPS = st.lists(
    st.tuples(st.floats(0.0, 3.0), st.sampled_from(["next", "word", "clear", "black"])), max_size=30
)


@given(STEPS)
def test_entries_follow_one_another_and_hold_each_word_that_was_heard_once(
    steps: list[tuple[float, str]],
) -> None:
    entries = ShownEntries(0.0)
    found: list[Entry] = []
    now, number, heard, moment = 0.0, 0, 0, 0.0
    counts: dict[int, int] = {}
    for wait, step in steps:
        now += wait
        if step == "next":
            number, heard, moment = number + 1, 1, now
        elif step == "word":
            heard = min(3, heard + 1)
        display = Display(is_black=step == "black")
        if step in ("next", "word") and number:
            display = Display(cue(number, f"a{number} b{number} c{number}", moment=moment, heard=heard))
            counts[number] = heard
        found += entries.take(display, now)
    found += entries.finish(now + 1)
    written = [word for entry in found for line in entry.lines for word in line.split()]
    assert written == [f"{'abc'[at]}{number}" for number, count in counts.items() for at in range(count)]
    assert [word.text for entry in found for word in entry.words] == written
    assert all(entry.start_seconds < entry.end_seconds for entry in found)
    assert all(before.end_seconds <= after.start_seconds for before, after in pairwise(found))
    for entry in found:
        times = [entry.start_seconds, *(word.start_seconds for word in entry.words)]
        assert times == sorted(times)


def test_the_word_times_of_a_caption_are_those_of_the_voice() -> None:
    assert cue(1, "a b", moment=0.0).words[1].offset_seconds == pytest.approx(WORD_SECONDS)
