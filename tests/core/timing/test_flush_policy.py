"""The flush policy as a table: where unfinished text may be cut, and on which conditions."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from fishcaption.core.text.open_forms import may_go_on
from fishcaption.core.text.segmentation import speakable
from fishcaption.core.timing.flush_policy import DRY_SECONDS, HOLD_SECONDS, Cut, Kind, Rhythm, Unfinished


def cuts(text: str, kind: Kind = Kind.TYPED, **known: Any) -> dict[str, Cut]:
    """The first cut of each possible piece; ``known`` as for `all_cuts`."""
    found: dict[str, Cut] = {}
    for cut in all_cuts(text, kind, **known):
        found.setdefault(text[: cut.length], cut)
    return found


def all_cuts(
    text: str,
    kind: Kind = Kind.TYPED,
    *,
    begun: str = "",
    opened_at: float | None = None,
    whole_word_at: float | None = None,
    mark_at: float | None = None,
    sent: tuple[int, float] = (1, 6.0),
) -> list[Cut]:
    """Every cut of the text, with the last key just typed, at 3600 s."""
    unfinished = Unfinished(
        text=text,
        begun=begun,
        kind=kind,
        language="en",
        rhythm=Rhythm(kind),
        can_say=speakable,
        may_end=lambda part: not may_go_on(part, "en", words=1),
        pieces=sent[0],
        words=sent[1],
        hold_seconds=HOLD_SECONDS,
        last_at=3600.0,
        opened_at=opened_at,
        whole_word_at=whole_word_at,
        mark_at=mark_at,
    )
    return unfinished.cuts()


@pytest.mark.parametrize(
    ("text", "piece", "conditions"),
    [
        # a sentence's end
        ("We go home! ", "We go home! ", (inf, 0.0, -inf)),
        ("We go home!", "We go home!", (DRY_SECONDS, 1.8, -inf)),
        # a clause, sooner the more words it has
        ("When it rains, we", "When it rains, ", (DRY_SECONDS, 0.0, -inf)),
        ("When it rains here, we", "When it rains here, ", (DRY_SECONDS + 0.5, 0.0, -inf)),
        # a run of words keeps the last complete one
        ("so we all went to the", "so we all went ", (DRY_SECONDS + 0.5, 0.0, -inf)),
        # anything, after a long rest
        ("so w", "so w", (DRY_SECONDS, 1.8, -inf)),
        ("so ", "so ", (DRY_SECONDS, 1.2, -inf)),
    ],
)  # fmt: skip
def test_what_each_piece_waits_for(text: str, piece: str, conditions: tuple[float, float, float]) -> None:
    cut = cuts(text)[piece]
    assert (cut.unheard, cut.rest, cut.at) == conditions


def test_the_first_words_after_silence_wait_at_most_a_second() -> None:
    assert Cut(6, 1.0, DRY_SECONDS, at=3601.0) in all_cuts("Hello t", opened_at=3600.0)
    # no other word will be complete by then
    assert Cut(6, 1.0, DRY_SECONDS) in all_cuts("Hello t", opened_at=3599.9)
    # one short word sounds bad alone
    assert Cut(2, 1.0, DRY_SECONDS, at=3600.5) in all_cuts("I t", opened_at=3599.5)
    assert "Hello " not in cuts("Hello t")


def test_two_words_that_waited_long_go_when_no_sound_is_left() -> None:
    late = Cut(6, 2.0, DRY_SECONDS, at=3601.0)
    assert late not in all_cuts("so we ar")
    assert late in all_cuts("so we ar", whole_word_at=3597.0)


def test_short_pieces_do_not_follow_each_other() -> None:
    assert "so we " not in cuts("so we ar", whole_word_at=3597.0, sent=(4, 4.0))


def test_what_may_be_the_beginning_of_a_form_waits_longer() -> None:
    assert cuts("It costs 5 ")["It costs 5 "].rest == cuts("It costs less ")["It costs less "].rest == 1.2
    piped = cuts("It costs 5 ", Kind.PIPED)["It costs 5 "]
    assert (piped.rest, cuts("It costs less ", Kind.PIPED)["It costs less "].rest) == (6.5, 0.7)


def test_by_the_word_each_complete_word_goes_at_once() -> None:
    assert cuts("one two th", Kind.WORDS) == {"one two ": Cut(8, 2.0)}
    assert cuts("take 5 k", Kind.WORDS)["take 5 "].rest == 1.2


def test_by_the_sentence_a_finished_one_waits_for_a_change() -> None:
    assert cuts("We go home.", Kind.SENTENCES) == {}
    assert cuts("We go home.", Kind.SENTENCES, mark_at=3600.0) == {"We go home.": Cut(11, 3.0, at=3600.5)}
    assert cuts("Take no. 5.", Kind.SENTENCES, mark_at=3600.0)["Take no. 5."].at == 3601.2


def test_what_no_voice_can_say_is_not_cut() -> None:
    assert cuts("… – ") == cuts("") == {}


def test_the_rhythm_is_the_median_gap_of_the_last_keys() -> None:
    rhythm = Rhythm(Kind.TYPED)
    for gap in (0.1, 0.3, 0.5, 2.0, 60.0):  # the last is no rhythm
        rhythm.note(1, gap, lambda: False)
    assert rhythm.seconds == 0.4
    rhythm.note(20, 0.0, lambda: False)  # a paste
    assert rhythm.seconds == 0.4
    assert [rhythm.rest((0.3, 1.0)), rhythm.rest((0.3, 10.0))] == pytest.approx([0.4, 0.9])


def test_of_a_program_the_longest_gap_within_a_sentence_counts() -> None:
    rhythm = Rhythm(Kind.PIPED)
    rhythm.note(40, 2.0, lambda: False)
    assert rhythm.seconds == 0.0
    rhythm.note(40, 2.0, lambda: True)
    assert (rhythm.seconds, rhythm.rest((0.7, 2.0)), rhythm.rest((0.7, 9.0))) == (2.0, 4.0, 8.0)
