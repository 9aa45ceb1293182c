"""Cues at the times at which they were heard: each once, at its end, with the silences."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.heard_cues import HeardCues, TimedCue
from fishcaption.core.speech import Fate, Span, UtteranceView, WordTime

RATE = 1000
WORD_FRAMES = 300
TEXT = (
    "Here is the first sentence, which is long enough to be a caption. "
    "Here is the second one, which came later and is long as well. "
    "And a third one that ends what is said here, with a few more words."
)
WORDS = [Span(*match.span()) for match in re.finditer(r"\w+", TEXT)]


class Voice:
    """Says the text, every word in 0.3 s; silences as the test will have them."""

    def __init__(self, *, is_played: bool = True) -> None:
        self.now = 50.0
        self.heard = 0
        self.cues = HeardCues(self, RATE, is_played=is_played, clock=lambda: self.now)
        self.given: list[TimedCue] = []

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        starts = range(0, len(WORDS) * WORD_FRAMES, WORD_FRAMES)
        return RATE, tuple(
            WordTime(span, start, start + WORD_FRAMES) for span, start in zip(WORDS, starts, strict=True)
        )

    def heard_frames(self, number: int, /) -> int:
        return self.heard

    def view(self) -> UtteranceView:
        count = self.heard // WORD_FRAMES
        end = len(TEXT) if count == len(WORDS) else WORDS[count].start
        return UtteranceView(1, TEXT, False, Fate.SPEAKING, len(TEXT), end, None, None)

    def look(self, *, is_final: bool = False) -> None:
        self.given += self.cues.take(self.view(), is_final=is_final)

    def word(self) -> None:
        """The next word is heard: the track looks when it begins."""
        self.now += WORD_FRAMES / RATE
        self.heard += WORD_FRAMES
        self.look()

    def silence(self, seconds: float) -> None:
        """The sound broke off a moment ago, and goes on."""
        self.look()
        self.now += seconds
        self.look()


def test_a_cue_is_given_once_when_it_is_settled_and_the_last_at_the_end() -> None:
    voice = Voice()
    counts = []
    for _ in WORDS:
        voice.word()
        counts.append(len(voice.given))
    assert counts == sorted(counts)
    assert counts[-1] > 0
    assert counts[8] == 0
    voice.look(is_final=True)
    assert len(voice.given) > counts[-1]
    assert " ".join(line for cue in voice.given for line in cue.lines).split() == TEXT.split()
    assert voice.given[0].start_seconds == 0
    assert voice.given[-1].end_seconds == pytest.approx(len(WORDS) * 0.3, abs=0.6)


def test_silences_move_what_follows() -> None:
    voice = Voice()
    second = TEXT[: TEXT.index("Here is the second")].count(" ")
    for index in range(len(WORDS)):
        if index == second:
            voice.silence(4.0)
        voice.word()
    voice.look(is_final=True)
    starts = [cue.start_seconds for cue in voice.given if cue.lines[0].startswith("Here is the second")]
    assert starts == [pytest.approx(second * 0.3 + 4.0, abs=0.03)]


def test_of_a_recording_one_frame_follows_the_other() -> None:
    voice = Voice(is_played=False)
    for _ in WORDS:
        voice.silence(1.0)
        voice.word()
    voice.look(is_final=True)
    assert voice.given[-1].end_seconds <= len(WORDS) * 0.3 + 1.0


def test_what_was_not_heard_is_in_no_cue() -> None:
    voice = Voice()
    for _ in range(5):
        voice.word()
    voice.look(is_final=True)
    assert [cue.lines for cue in voice.given] == [("Here is the first sentence,",)]


@given(st.lists(st.floats(0.0, 3.0), min_size=len(WORDS), max_size=len(WORDS)))
def test_cues_follow_each_other_whatever_the_silences(silences: list[float]) -> None:
    voice = Voice()
    for seconds in silences:
        if seconds > 1:
            voice.silence(seconds)
        voice.word()
    voice.look(is_final=True)
    assert " ".join(line for cue in voice.given for line in cue.lines).split() == TEXT.split()
    assert all(cue.start_seconds < cue.end_seconds for cue in voice.given)
    assert all(one.end_seconds <= other.start_seconds + 1e-9 for one, other in pairwise(voice.given))


class LongVoice:
    """Says a long text with marks in it, a word in each 0.3 s of a recording."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked = 0
        self.spans = [Span(*match.span()) for match in re.finditer(r"[a-z]+", text)]
        times = range(0, len(self.spans) * WORD_FRAMES, WORD_FRAMES)
        self.times = tuple(
            WordTime(span, start, start + WORD_FRAMES) for span, start in zip(self.spans, times, strict=True)
        )

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        self.asked += 1
        return RATE, self.times

    def heard_frames(self, number: int, /) -> int:
        return 0

    def take(self, cues: HeardCues, index: int, *, is_final: bool = False) -> list[TimedCue]:
        end = len(self.text) if is_final else self.spans[index].end
        view = UtteranceView(1, self.text, False, Fate.SPEAKING, len(self.text), end, None, None)
        return cues.take(view, is_final=is_final)


def test_cues_show_no_marks_and_are_those_of_the_whole_text_however_often_it_is_looked() -> None:
    voice = LongVoice("- **the** boats *came* in `late` that day, and nobody was there.\n# an end\n\n" * 20)
    looked, at_once = HeardCues(voice, RATE, is_played=False), HeardCues(voice, RATE, is_played=False)
    found: list[TimedCue] = []
    for index in range(len(voice.spans)):
        found += voice.take(looked, index)
    found += voice.take(looked, 0, is_final=True)
    assert voice.asked < len(found) * 3, "the times are asked for when there is something to give"
    assert found == voice.take(at_once, 0, is_final=True)
    shown = " ".join(line for cue in found for line in cue.lines)
    assert shown == " ".join(["the boats came in late that day, and nobody was there. an end"] * 20)
    assert all(one.end_seconds <= other.start_seconds for one, other in pairwise(found))


def test_slow_words_are_given_in_several_cues_of_one_caption() -> None:
    voice = LongVoice(
        "one two three four five six seven eight nine ten. and more of it is to come here. so it is."
    )
    voice.times = tuple(
        WordTime(span, index * 2500, index * 2500 + 2000) for index, span in enumerate(voice.spans)
    )
    cues = HeardCues(voice, RATE, is_played=False)
    found = [cue for index in range(len(voice.spans)) for cue in voice.take(cues, index)]
    found += voice.take(cues, 0, is_final=True)
    assert " ".join(line for cue in found for line in cue.lines) == voice.text
    assert all(one.end_seconds <= other.start_seconds for one, other in pairwise(found))
    assert all(cue.end_seconds - cue.start_seconds <= 7 for cue in found)
