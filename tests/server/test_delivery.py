"""Cues in brackets: what they do to a sentence, by the text and by the sound; and that none is read aloud."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.tags import TAGS
from fishcaption.server.delivery import Delivery, Manner
from fishcaption.server.request import BadRequest, Request
from fishcaption.server.session import Chunker
from tests.server.conftest import Said, Served, say

QUIET, SOFT, LOUD = Manner(decibels=-10.0), Manner(decibels=-5.0), Manner(decibels=6.0)
SLOW, FAST, PLAIN = Manner(speed=0.8), Manner(speed=1.2), Manner()


def read(*chunks: str) -> list[tuple[str, Manner, float]]:
    """What is said, in which manner, after how long a pause."""
    delivery = Delivery("en")
    found = []
    for chunk in chunks:
        text, stretches = delivery.read(chunk)
        found += [(" ".join(text[one.start : one.end].split()), one.manner, one.pause) for one in stretches]
    return [one for one in found if one[0] or one[2]]


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        (["No cue. None."], [("No cue. None.", PLAIN, 0.0)]),
        (["[whispering] Hello. You."], [("Hello.", QUIET, 0.0), ("You.", PLAIN, 0.0)]),
        (["Hi. [soft tone] So."], [("Hi.", PLAIN, 0.0), ("So.", SOFT, 0.0)]),
        (["I [shouting] love you. So."], [("I", PLAIN, 0.0), ("love you.", LOUD, 0.0), ("So.", PLAIN, 0.0)]),
        (["One [break] two"], [("One", PLAIN, 0.0), ("two", PLAIN, 0.35)]),
        (["One [break][long-break] two"], [("One", PLAIN, 0.0), ("two", PLAIN, 1.25)]),
        (["[long-break] One"], [("One", PLAIN, 0.9)]),
        (["One [break]"], [("One", PLAIN, 0.0), ("", PLAIN, 0.35)]),
        (["[break]" * 50], [("", PLAIN, 3.0)]),
        (["[speaking slowly] One. [in a hurry tone] Two."], [("One.", SLOW, 0.0), ("Two.", FAST, 0.0)]),
        (["[whispering][speaking slowly] One."], [("One.", Manner(-10.0, 0.8), 0.0)]),
        (["[whispering] A, ", "b. ", "C."], [("A,", QUIET, 0.0), ("b.", QUIET, 0.0), ("C.", PLAIN, 0.0)]),
        (["One. [whispering] ", "Two."], [("One.", PLAIN, 0.0), ("Two.", QUIET, 0.0)]),
        (["[whispering] One\n", "Two."], [("One", QUIET, 0.0), ("Two.", PLAIN, 0.0)]),
        (["[laughing] Ha. <|speaker:0|> [sad] So."], [("Ha. So.", PLAIN, 0.0)]),
    ],
)  # fmt: skip
def test_what_a_cue_is_for(chunks: list[str], expected: list[tuple[str, Manner, float]]) -> None:
    assert read(*chunks) == expected


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        (["One. <|speaker:1|>Two. ", "Three. <|speaker:0|>"], [("One.", 0), ("Two.", 1), ("Three.", 1)]),
        (["<|speaker:2|>", "One."], [("", 2), ("One.", 2)]),
        (["I<|speaker:1|>you [break] she"], [("I", 0), ("you", 1), ("she", 1)]),
        (["[whispering] I <|speaker:1|>you."], [("I", 0), ("you.", 1)]),
        (["One. <|speaker:0|> Two."], [("One.  Two.", 0)]),
        (["One <|speaker:1000|> <|phoneme_start|>two"], [("One two", 0)]),
    ],
)
def test_who_speaks(chunks: list[str], expected: list[tuple[str, int]]) -> None:
    delivery = Delivery("en", 3)
    found = []
    for text, stretches in map(delivery.read, chunks):
        for one in stretches:
            said = text[one.start : one.end].strip()
            found += [(said, one.speaker)] if said or len(stretches) == 1 else []
    assert [(" ".join(said.split()), who) for said, who in found] == [
        (" ".join(said.split()), who) for said, who in expected
    ]


def test_a_speaker_who_is_not_there_is_refused_and_a_manner_ends_with_its_speaker() -> None:
    with pytest.raises(BadRequest, match="no voice for speaker 2"):
        Delivery("en", 2).read("<|speaker:2|>One.")
    _, stretches = Delivery("en", 2).read("[whispering] I <|speaker:1|>you.")
    assert [one.manner for one in stretches] == [QUIET, PLAIN]


@given(
    st.lists(st.text("ab. ![]<|>\n") | st.sampled_from([*(f"[{tag.s2}]" for tag in TAGS), "<|speaker:1|>"]))
)
def test_stretches_tile_the_chunk_and_keep_its_length(parts: list[str]) -> None:
    delivery = Delivery("en", 2)
    for chunk in ("".join(parts), "".join(reversed(parts))):
        text, stretches = delivery.read(chunk)
        assert len(text) == len(chunk)
        at = 0
        for stretch in stretches:
            assert stretch.start == at
            at = stretch.end
        assert at == len(text)


def test_the_palette_s_effects_are_what_is_done() -> None:
    for tag in TAGS:
        ((_, manner, pause),) = read(f"[{tag.s2}] Word")
        done = {
            "pause": pause > 0,
            "softer": manner.decibels < 0,
            "louder": manner.decibels > 0,
            "slower": manner.speed < 1,
            "faster": manner.speed > 1,
        }
        assert [effect for effect, is_done in done.items() if is_done] == ([tag.effect] if tag.effect else [])


def test_a_cue_is_never_cut_in_two() -> None:
    for lead in range(60, 100):
        chunker = Chunker(Request(chunk_length=100, min_chunk_length=50))
        given_ = "a " * (lead // 2) + "x" * (lead % 2) + "[speaking slowly] and so on it goes " * 4
        chunks = [*chunker.push(given_), *chunker.flush()]
        assert "".join(chunks) == given_
        assert all(chunk.count("[") == chunk.count("]") for chunk in chunks)


# --- by the sound ----------------------------------------------------------------------------------------


def samples(said: Said) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(said.audio, "<i2").astype(np.float64)


def loudness(said: Said, start: float, end: float) -> float:
    part = samples(said)[round(start * 24000) : round(end * 24000)]
    return float(np.sqrt((part**2).mean()))


async def spoken(served: Served, text: str) -> Said:
    async with served.socket() as socket:
        return await say(socket, text)


async def test_a_pause_is_silence_where_it_stands_and_word_times_stay_true(served: Served) -> None:
    said = await spoken(served, "We wait here [long-break] and go on now.")
    assert [word for word, _, _ in said.words()] == ["We", "wait", "here", "and", "go", "on", "now"]
    here, after = said.words()[2], said.words()[3]
    assert 0.9 < after[1] - here[2] < 1.4
    assert loudness(said, here[2] + 0.2, after[1] - 0.15) < 1
    assert loudness(said, after[1], after[2]) > 300


async def test_manners_are_heard_and_end_with_their_sentence(served: Served) -> None:
    sentence = "The boats come home tonight."
    said = await spoken(served, f"[whispering] {sentence} {sentence} [shouting] {sentence}")
    words = said.words()
    assert len(words) == 15
    quiet, plain, loud = (loudness(said, words[5 * n][1], words[5 * n + 4][2]) for n in range(3))
    assert quiet < 0.4 * plain
    assert loud > 1.4 * plain
    assert np.abs(samples(said)).max() < 32767


async def test_speed_is_heard_and_told(served: Served) -> None:
    sentence = "The boats come home tonight."
    said = await spoken(served, f"[speaking slowly] {sentence} [in a hurry tone] {sentence}")
    words = said.words()
    slow, fast = words[4][2] - words[0][1], words[9][2] - words[5][1]
    assert 1.35 < slow / fast < 1.65


async def test_what_cannot_be_done_changes_nothing(served: Served) -> None:
    plain = await spoken(served, "We won. It is true.")
    tagged = await spoken(served, "[excited][laughing] We won. [sad] It is true.")
    assert [word for word, _, _ in tagged.words()] == [word for word, _, _ in plain.words()]
    assert len(tagged.audio) == pytest.approx(len(plain.audio), rel=0.02)
