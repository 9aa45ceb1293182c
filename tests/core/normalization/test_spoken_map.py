"""The way between what is shown and what is spoken, over the pieces of one text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.normalization.spoken_map import SpokenMap
from fishcaption.core.speech import Span, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.text.tags import TAGS

TAG = TAGS[0].char


def appended(*pieces: str) -> tuple[SpokenMap, str]:
    """The pieces given to an English voice; what it got."""
    made, said = SpokenMap(), ""
    normalizer = Normalizer(Rules(), language="en", voice_id="v", family="s2")
    for piece in pieces:
        voiced = made.append(piece, normalizer.normalize(piece))
        if voiced is not None:
            assert voiced.piece.start == len(said)
            assert len(voiced.timed) == len(voiced.piece.text)
            said += voiced.piece.text
    return made, said


def test_a_number_is_lit_as_it_is_shown_and_fixed_as_a_whole() -> None:
    made, said = appended("Take 12 kg ", "of it.")
    assert said == "Take twelve kilograms of it."
    twelve, kilograms, of = (words(said)[index] for index in (1, 2, 3))
    assert made.shown_span(twelve) == made.shown_span(kilograms) == Span(5, 10)
    assert made.shown_span(of) == Span(11, 13)
    assert made.shown_behind(twelve.start + 1) == 10
    assert made.spoken(6) == twelve.start
    assert made.shown(twelve.start + 2) == 5
    assert made.spoken(11) == of.start


def test_a_mark_for_the_voice_is_no_word_and_its_times_are_dropped() -> None:
    made = SpokenMap()
    text = f"Go {TAG} on."
    said = Normalizer(Rules(), language="en", voice_id="v", family="s2").normalize(text)
    voiced = made.append(text, said)
    assert voiced is not None
    assert voiced.piece.text == "Go [whispering] on."
    assert [voiced.timed[span.start : span.end] for span in words(voiced.timed)] == ["Go", "on"]
    times = [WordTime(span, 0, 1) for span in words(voiced.piece.text)]
    assert [voiced.piece.text[time.span.start : time.span.end] for time in made.without_marks(times)] == [
        "Go",
        "on",
    ]


def test_what_no_voice_can_say_goes_with_the_next_piece() -> None:
    made = SpokenMap()
    waiting = [
        made.append("```\n", Normalized("", ((0, 4, 0, 0),))),
        made.append("… ", Normalized("… ", ((0, 2, 0, 2),))),
    ]
    assert (waiting, made.has_words) == ([None, None], False)
    voiced = made.append("One.", Normalized("One.", ((0, 4, 0, 4),)))
    assert voiced is not None
    assert (voiced.piece.start, voiced.piece.text) == (0, "… One.")
    assert made.shown_span(Span(2, 5)) == Span(6, 9)
    assert made.shown(len(voiced.piece.text)) == 10


PARTS = ["a", "b", " ", "12", "1,", ".", " kg", "$5", "50 %", "**", "`", "\n", "🙂", "x@y.org", TAG]
TEXTS = st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=10).map("".join), max_size=6)


@given(TEXTS)
def test_the_way_is_monotone_and_its_ends_meet(pieces: list[str]) -> None:
    made, said = appended(*pieces)
    text = "".join(pieces)
    shown = [made.shown(point) for point in range(len(said) + 1)]
    behind = [made.shown_behind(point) for point in range(len(said) + 1)]
    spoken = [made.spoken(point) for point in range(len(text) + 1)]
    for way in (shown, behind, spoken):
        assert way == sorted(way)
    assert all(0 <= point <= len(text) for point in (*shown, *behind))
    for span in words(said):
        lit = made.shown_span(span)
        assert lit is None or 0 <= lit.start < lit.end <= len(text)
