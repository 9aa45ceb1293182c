"""Captions for outlets that cannot revise: each word once, corrected as long as there is time for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.audience import Audience
from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.held_back import HeldBack
from fishcaption.core.audience import Layout
from fishcaption.core.speech import WordTime
from tests.captions import outlets


class Typist:
    """Captions of a text that is typed into a real `Audience`, as an outlet that holds back gives them."""

    def __init__(self, words: int = 0, seconds: float = 0.0) -> None:
        self.now = 100.0
        self.audience = Audience(Silence(), NoAlarm(), clock=lambda: self.now)
        self.held = HeldBack(words, seconds, clock=lambda: self.now)
        self.given: list[str] = []
        self.audience.subscribe(Layout(20, 1), self._show)

    def _show(self, display: Display) -> None:
        self.given += [" ".join(line.lines) for line in self.held.put(display)]

    def types(self, *texts: str, number: int = 1) -> list[str]:
        """Type these texts, a second apart; return what is given by then."""
        for text in texts:
            self.now += 1.0
            self.audience.type_text(number, text)
        return self.look()

    def look(self) -> list[str]:
        self.given += [" ".join(line.lines) for line in self.held.take()]
        given, self.given = self.given, []
        return given


class Silence:
    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        raise KeyError(number)

    def heard_frames(self, number: int, /) -> int:
        raise KeyError(number)


class NoAlarm:
    def set(self, moment: float, act: Callable[[], object], /) -> None: ...

    def clear(self) -> None: ...


def cue(number: int, text: str, start: int = 0, **rest: Any) -> AudienceCue:
    return outlets.cue(number, text, start=start, **{"moment": 50.0, "text_id": "heard 1", **rest})


def given_of(held: HeldBack, *displays: Display) -> list[str]:
    return [" ".join(line.lines) for display in displays for line in held.put(display)]


def test_a_text_that_is_known_is_given_with_its_first_word_and_once() -> None:
    held = HeldBack(5, 5.0)
    one, two = cue(1, "Good morning."), cue(2, "Sleep well.", 14, speaker="ANNA", language="de")
    paused = Display(one, is_paused=True)
    assert given_of(held, Display(one), Display(one._replace(heard=1)), paused) == ["Good morning."]
    (line,) = held.put(Display(two))
    assert line == (("Sleep well.",), 50.0, "ANNA", "de")
    assert held.put(Display()) == []
    assert given_of(held, Display(one._replace(id=3))) == ["Good morning."], "Back says it once more"
    again = (Display(two._replace(id=4)), Display(one._replace(id=5)), Display(two._replace(id=6)))
    assert given_of(held, *again) == ["Sleep well.", "Good morning.", "Sleep well."]
    assert held.due() is None


def test_a_typed_caption_is_given_when_the_next_one_begins() -> None:
    typist = Typist()
    assert typist.types("We meet", "We meet tomorrow at") == []
    assert typist.types("We meet tomorrow at noon, or later") == ["We meet tomorrow"]
    typist.audience.clear()
    assert typist.look() == ["at noon, or later"]


def test_a_burst_that_is_longer_than_a_caption_is_given_whole() -> None:
    typist = Typist()
    text = "We meet tomorrow at noon, or later. Bring everything along that you may need"
    given = typist.types("We", text)
    typist.audience.clear()
    assert " ".join(given + typist.look()) == text


def test_what_is_corrected_in_time_is_given_as_corrected() -> None:
    typist = Typist(words=4)
    assert typist.types("We meet tomorow at", "We meet tomorow at noon, or") == [], (
        "three words have followed"
    )
    assert typist.types("We meet tomorow at", "We meet tom") == []
    text = "We meet tomorrow at noon, or maybe later"
    assert typist.types("We meet tomorrow at", text) == ["We meet tomorrow"]


def test_words_that_are_corrected_too_late_are_given_once_more_and_the_others_are_not() -> None:
    typist = Typist()
    assert typist.types("We meet tomorow at", "We meet tomorow at noon, or") == ["We meet tomorow"]
    assert typist.types("We meet tomorrow", "We meet tomorrow at") == []
    assert typist.types("We meet tomorrow at noon, or later") == ["tomorrow"]


def test_it_is_held_back_for_so_many_seconds() -> None:
    typist = Typist(seconds=5.0)
    assert typist.types("We meet tomorrow at", "We meet tomorrow at noon,") == []
    assert typist.held.due() == typist.now + 5.0
    typist.now += 4.9
    assert typist.look() == []
    typist.now += 0.1
    assert typist.look() == ["We meet tomorrow"]


def test_after_a_pause_everything_is_given_and_what_is_typed_then_is_only_the_rest() -> None:
    typist = Typist(words=20)
    assert typist.types("We meet tomorrow at", "We meet tomorrow at noon,") == []
    assert typist.held.due() == typist.now + 10.0
    typist.now += 10.0
    assert typist.look() == ["We meet tomorrow", "at noon,"]
    assert typist.held.due() is None
    assert typist.types("We meet tomorrow at noon, or later") == []
    typist.audience.clear()
    assert typist.look() == ["or later"]


def test_after_a_silence_in_which_it_was_cleared_only_the_rest_is_given() -> None:
    typist = Typist()
    assert typist.types("We meet") == []
    typist.audience.clear()
    assert typist.look() == ["We meet"]
    assert typist.types("We meet tomorrow at") == []
    typist.audience.clear()
    assert typist.look() == ["tomorrow at"]
    typist.types("We meet tomorrow at noon,")
    typist.audience.set_black(True)
    typist.audience.set_black(False)
    typist.audience.clear()
    assert typist.look() == ["noon,"]


def test_a_correction_far_back_gives_only_what_is_written_anew() -> None:
    typist = Typist()
    text = "We meet tomorow at noon, or later in the day, at the old harbour"
    typist.types(*(text[:end] for end in range(1, len(text) + 1) if text[end - 1] != " "))
    typist.types("We meet tomorow", "We meet tom")
    given = typist.types("We meet tomorrow at noon, or later in the day, at the old harbour")
    typist.audience.clear()
    assert " ".join(given + typist.look()) == text.replace("We meet tomorow", "tomorrow")


def test_a_pause_of_the_sound_is_no_word_and_seconds_are_no_longer_than_anybody_corrects() -> None:
    typist = Typist(seconds=15.0)
    typist.types("We meet tomorrow at", "We meet tomorrow at noon,")
    typist.now += 6.0
    typist.audience.set_typing(True)
    typist.now += 4.0
    assert typist.look() == ["We meet tomorrow", "at noon,"]


def test_another_text_gives_what_was_held() -> None:
    typist = Typist(words=20)
    assert typist.types("We meet tomorrow at", "We meet tomorrow at noon,") == []
    assert typist.types("Hello", number=2) == ["We meet tomorrow", "at noon,"]
    typist.audience.show_text("And now a script.")
    assert typist.look() == ["Hello", "And now a script."]


def test_of_a_caption_that_was_cut_what_was_heard() -> None:
    held = HeldBack()
    cut = cue(1, "Hello brave world", heard=2, is_settled=False)
    assert given_of(held, Display(cut)) == []
    assert given_of(held, Display()) == ["Hello brave"]


def test_a_word_that_was_heard_while_nobody_looked_is_given() -> None:
    held = HeldBack()
    first = cue(1, "Hello brave world", heard=2, is_settled=False)
    second = cue(2, "good morning", 18, heard=1, is_settled=False)
    assert given_of(held, Display(first), Display(second)) == ["Hello brave world"]


def test_an_utterance_that_ends_gives_its_last_captions_at_once_and_no_word_twice() -> None:
    held = HeldBack(10, 10.0)
    first = cue(1, "Hello brave", is_settled=False)
    second = cue(2, "new world", 12, is_settled=False)
    assert given_of(held, Display(first), Display(second)) == []
    ended = cue(2, "new world.", 12)
    assert given_of(held, Display(ended), Display(ended), Display()) == ["Hello brave", "new world."]


@given(
    words=st.lists(st.text("abcdefg", min_size=1, max_size=9), min_size=1, max_size=60),
    hold=st.integers(0, 10),
    seconds=st.floats(0, 8),
    gaps=st.lists(st.floats(0.0, 4.0), min_size=60, max_size=60),
)
def test_every_typed_word_is_given_once_and_in_order(
    words: list[str], hold: int, seconds: float, gaps: list[float]
) -> None:
    typist = Typist(hold, seconds)
    given: list[str] = []
    for count, gap in zip(range(1, len(words) + 1), gaps, strict=False):
        typist.now += gap
        given += typist.types(" ".join(words[:count]))
    typist.audience.clear()
    given += typist.look()
    assert " ".join(given).split() == words
