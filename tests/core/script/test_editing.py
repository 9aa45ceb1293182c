"""A script whose text is changed while a show runs."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.script.editing import edited
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.plain_text import parse, to_text


def script(*cues: str) -> Script:
    return parse("\n\n".join(cues))


FOUR = script("one is here now", "two is there then", "three is far away", "four is the last one")


@pytest.mark.parametrize(
    ("new", "ids"),
    [
        (["one is here now", "two is there then", "three is far away", "four is the last one"], [1, 2, 3, 4]),
        (["one is here now", "three is far away", "four is the last one"], [1, 3, 4]),  # deleted
        (
            ["one is here now", "new", "two is there then", "three is far away", "four is the last one"],
            [1, 5, 2, 3, 4],
        ),  # added
        (
            ["one is here now", "two is there, then", "three is far away", "four is the last one"],
            [1, 2, 3, 4],
        ),  # changed a little
        (
            ["one is here now", "new words", "three is far away", "four is the last one"],
            [1, 5, 3, 4],
        ),  # replaced
        (
            ["four is the last one", "one is here now", "two is there then", "three is far away"],
            [4, 1, 2, 3],
        ),  # moved
        (
            ["one is here now and two is there then", "three is far away", "four is the last one"],
            [1, 3, 4],
        ),  # joined: the first stays
        (
            ["one is", "here now", "two is there then", "three is far away", "four is the last one"],
            [1, 5, 2, 3, 4],
        ),  # parted: the first part stays
        (
            ["one is here now", "ANNA: two is there then", "four is the last one"],
            [1, 2, 4],
        ),  # another speaker
        ([], []),
    ],
)
def test_cues_that_stay_keep_their_ids(new: list[str], ids: list[int]) -> None:
    assert [cue.id for cue in edited(FOUR, "\n\n".join(new)).cues] == ids


def test_an_id_is_never_used_again() -> None:
    shorter = edited(FOUR, "one is here now")
    again = edited(shorter, "one is here now\n\nsomething else")
    assert [cue.id for cue in again.cues] == [1, 5]


def test_equal_cues_keep_their_order() -> None:
    song = script("la", "la", "verse", "la")
    assert [cue.id for cue in edited(song, "la\n\nla\n\nnew\n\nverse\n\nla").cues] == [1, 2, 5, 3, 4]


def test_lengths_and_the_name_stay_and_markers_are_those_of_the_text() -> None:
    old = Script("a.srt", (ScriptCue(1, "Hello there", seconds=2.0), ScriptCue(2, "Bye", is_marked=True)))
    new = edited(old, "# Start\nHello, there\n\nBye")
    assert new.name == "a.srt"
    assert new.cues == (
        ScriptCue(1, "Hello, there", note="Start", seconds=2.0, is_marked=True),
        ScriptCue(2, "Bye"),
    )


def test_a_known_speaker_needs_no_second_line() -> None:
    old = parse("Anna: a\n\nAnna: b")
    assert [cue.speaker for cue in edited(old, "Anna: a").cues] == ["Anna"]


WORDS = st.sampled_from(["a", "b", "c", "d", "e", "ANNA:", "Ben:", "#", "[[n]]"])
CUES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
TEXTS = st.lists(CUES, max_size=8).map("\n\n".join)


@given(TEXTS)
def test_a_script_whose_text_is_not_changed_stays_the_same(text: str) -> None:
    old = parse(text)
    assert edited(old, to_text(old)) == old


@given(TEXTS, TEXTS)
def test_any_change_gives_the_cues_of_the_new_text_with_ids_of_their_own(before: str, after: str) -> None:
    old = parse(before)
    new = edited(old, after)
    assert [cue.text for cue in new.cues] == [cue.text for cue in parse(after, known=old.speakers()).cues]
    ids = [cue.id for cue in new.cues]
    assert len(set(ids)) == len(ids)
    assert new.last_id >= max([*ids, old.last_id], default=0)
    # whatever has the same words and the same speaker has kept its id
    kept = {cue.id: (cue.text, cue.speaker) for cue in old.cues}
    fresh = [(cue.text, cue.speaker) for cue in new.cues if cue.id not in kept]
    left = [key for number, key in kept.items() if number not in ids]
    assert not set(fresh) & set(left)


@pytest.mark.slow  # seconds
def test_a_hundred_thousand_cues_are_edited_in_seconds() -> None:
    """About a second each; the limit finds a cost that grows with the square."""
    old = script(*(f"This is line number {number} of the script." for number in range(100_000)))
    blocks = to_text(old).strip().split("\n\n")
    random.Random(1).shuffle(blocks)
    began = time.process_time()
    moved = edited(old, "\n\n".join(blocks))
    changed = edited(old, to_text(old).replace("line", "row"))
    assert time.process_time() - began < 30
    assert sorted(cue.id for cue in moved.cues) == list(range(1, 100_001))
    assert [cue.id for cue in changed.cues] == list(range(1, 100_001))
