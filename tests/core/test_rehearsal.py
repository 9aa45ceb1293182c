"""What a voice would be given, without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.rehearsal import Rehearsal, Rehearsed, rehearsed
from fishcaption.core.timing.flush_policy import Kind


def whole(text: str, language: str = "en", rules: Rules | None = None) -> tuple[Rehearsed, ...]:
    return rehearsed(text, rules or Rules(), language=language, voice_id="v", family="embedded")


def piped(parts: list[tuple[float, str]]) -> list[tuple[float, Rehearsed]]:
    """The segments of tokens that come so many seconds apart, and when each was told."""
    rehearsal = Rehearsal(Kind.PIPED, Rules(), language="en", voice_id="v", family="embedded")
    now, told = 100.0, list[tuple[float, Rehearsed]]()
    for seconds, part in parts:
        until = now + seconds
        while (wait := rehearsal.wake_seconds(now)) is not None and now + wait < until:
            now += wait
            told += [(now - 100, segment) for segment in rehearsal.take(now)]
        now = until
        rehearsal.push(part, now)
        told += [(now - 100, segment) for segment in rehearsal.take(now)]
    rehearsal.close(now)
    told += [(now - 100, segment) for segment in rehearsal.take(now)]
    assert rehearsal.is_done
    return told


def test_each_sentence_is_told_with_what_is_spoken_for_it() -> None:
    assert whole("Dr. Ng has 5 kg. And,\nthen") == (
        Rehearsed("Dr. Ng has 5 kg. ", "Dr. Ng has five kilograms. ", "en", 250),
        Rehearsed("And,\n", "And,\n", "en", 250),
        Rehearsed("then", "then", "en", 0),
    )


def test_it_is_read_by_the_language_and_the_replacements() -> None:
    rules = Rules(replacements=(Replacement("Nguyen", "win", "de"),))
    (segment,) = whole("Frau Nguyen hat 5 kg.", "de", rules)
    assert segment == Rehearsed("Frau Nguyen hat 5 kg.", "Frau win hat fünf Kilogramm.", "de", 250)


@pytest.mark.parametrize("text", ["\n\nOne.\n\n---\n\nTwo. ", "", "  \n", "**One.**\n\n\n```\ncode\n```\n"])
def test_what_no_voice_can_say_goes_with_what_follows(text: str) -> None:
    segments = whole(text)
    assert "".join(segment.shown for segment in segments) == text
    assert all(segment.spoken.strip() for segment in segments[:-1])


def test_a_sentence_is_told_when_a_voice_would_have_it() -> None:
    told = piped([(0.0, "Can you"), (0.1, " hear me?"), (5.0, " Good. And")])
    assert [segment.shown for _, segment in told] == ["Can you hear me?", " Good. ", "And"]
    assert told[0][0] < 1.5
    assert told[1][0] == pytest.approx(5.1)


@given(st.lists(st.tuples(st.floats(0, 4), st.text("ab .?!\n5$kg", max_size=6)), max_size=30))
def test_all_that_is_shown_is_told_once_in_order(parts: list[tuple[float, str]]) -> None:
    told = piped(parts)
    assert "".join(segment.shown for _, segment in told) == "".join(part for _, part in parts)
