"""Frames and words: exact where the voice told, monotone everywhere, never taken back once heard."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fishcaption.core.speech import Span, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.timeline import SpeechRate, Timeline

RATE = 24_000
TEXT = "Hello there, my dear friend. How are you today? I am well."


def timeline(*pieces: str, pace: SpeechRate | None = None) -> Timeline:
    made = Timeline(RATE, pace or SpeechRate())
    for piece in pieces:
        made.text(piece)
    return made


def lit(of: Timeline, frame: int, text: str = TEXT) -> str:
    span = of.word_at(frame)
    return text[span.start : span.end] if span else ""


def starts(of: Timeline, text: str = TEXT) -> dict[str, int]:
    return {text[word.span.start : word.span.end]: word.start_frame for word in of.word_times()}


def test_nothing_yet() -> None:
    empty = timeline()
    assert (empty.word_at(0), empty.heard_end(0), empty.frame_of(0), empty.expected_frames) == (None, 0, 0, 0)
    assert (empty.sentence_at(0), empty.previous(0), empty.next(0), empty.word_times()) == (0, 0, None, ())
    empty.finish()
    assert empty.heard_end(0) == 0


def test_estimates_follow_the_text() -> None:
    made = timeline(TEXT)
    assert 0.5 * RATE * 12 / 3 < made.expected_frames < 2 * RATE * 12 / 3  # three words a second or so
    found = made.word_times()
    assert [TEXT[word.span.start : word.span.end] for word in found] == [
        TEXT[span.start : span.end] for span in words(TEXT)
    ]
    assert found[2].start_frame - found[1].end_frame > RATE / 5  # a pause at the comma
    assert found[3].start_frame - found[2].end_frame < RATE / 20  # none between words


def test_the_word_before_stays_lit_in_a_pause() -> None:
    made = timeline("Hello, you.")
    made.align([WordTime(Span(0, 5), 1000, 9000), WordTime(Span(7, 10), 15_000, 20_000)])
    assert [lit(made, frame, "Hello, you.") for frame in (0, 999, 1000, 14_999, 15_000, 99_999)] == [
        *("", "", "Hello", "Hello", "you", "you")
    ]
    assert [made.heard_end(frame) for frame in (0, 1000, 8999, 9000, 15_000, 20_000)] == [0, 0, 0, 6, 7, 11]


def test_aligned_words_are_exact_and_replaced() -> None:
    made = timeline(TEXT)
    made.align([WordTime(Span(13, 15), 30_000, 33_000)])
    made.align([WordTime(Span(0, 5), 2_000, 9_000), WordTime(Span(13, 15), 31_000, 34_000)])
    assert starts(made)["Hello"] == 2_000
    assert starts(made)["my"] == 31_000
    assert 9_000 <= starts(made)["there"] < 31_000
    assert lit(made, 31_000) == "my"
    assert lit(made, 30_999) == "there"


def test_alignment_may_see_other_words() -> None:
    """A service that cuts "well-known" in two, or gives two words in one, is believed."""
    text = "A well-known New York café."
    made = timeline(text)
    made.align([WordTime(Span(2, 6), 5_000, 8_000), WordTime(Span(7, 12), 8_000, 12_000)])
    made.align([WordTime(Span(13, 21), 13_000, 20_000)])
    assert [text[word.span.start : word.span.end] for word in made.word_times()] == [
        *("A", "well", "known", "New York", "café")
    ]
    assert lit(made, 15_000, text) == "New York"


def test_times_of_no_known_text_are_ignored() -> None:
    made = timeline("Hello")
    made.align([WordTime(Span(3, 9), 1, 2), WordTime(Span(2, 2), 1, 2)])
    assert len(made.word_times()) == 1


def test_a_cover_is_exact_and_corrects_both_sides() -> None:
    first, second = "Hello there, my dear friend. ", "How are you today? I am well."
    made = timeline(first, second)
    made.cover(len(first), 50_000)
    assert starts(made)["friend"] < 50_000 <= starts(made)["How"] < 55_000
    made.sound(120_000)
    made.finish()
    assert made.word_times()[-1].end_frame <= 120_000
    assert lit(made, 49_000) == "friend"
    assert made.heard_end(49_000) < len(first)
    assert made.heard_end(120_000) == len(TEXT)


def test_a_cover_after_an_alignment_and_an_alignment_after_a_cover() -> None:
    made = timeline(TEXT)
    made.cover(29, 50_000)
    made.align([WordTime(Span(6, 11), 20_000, 25_000), WordTime(Span(29, 32), 60_000, 70_000)])
    found = starts(made)
    assert found["Hello"] < 20_000 == found["there"]
    assert 25_000 <= found["my"] < 50_000 <= 60_000 == found["How"]
    assert found["are"] >= 70_000


def test_a_voice_slower_than_thought_stretches_what_is_unheard() -> None:
    made = timeline(TEXT)
    thought = made.expected_frames
    made.sound(2 * thought)
    assert made.expected_frames == 2 * thought
    assert made.word_times()[-1].start_frame > thought
    assert lit(made, thought) not in ("well", "")


def test_what_was_lit_is_not_taken_back() -> None:
    made = timeline(TEXT)
    at = starts(made)["friend"]
    assert lit(made, at) == "friend"
    made.cover(29, 4 * at)  # all was slower than thought
    assert starts(made)["friend"] > at
    assert lit(made, at) == "friend"
    assert lit(made, at + 1) == "friend"
    assert made.heard_end(at + 1) >= TEXT.index("friend")
    assert lit(made, at - 1) in ("Hello", "there")  # heard again after Back: by the best times


def test_places_to_play_from() -> None:
    made = timeline(TEXT)
    made.align([WordTime(Span(24 - 3, 27), 40_000, 45_000), WordTime(Span(29, 32), 60_000, 66_000)])
    assert made.frame_of(29) == made.frame_of(28) == made.frame_of(31) == 60_000
    assert made.seek_frame(29) == 60_000 - RATE // 10
    made.align([WordTime(Span(21, 27), 40_000, 59_500)])
    assert made.seek_frame(29) == 59_500  # not into the word before
    assert made.frame_of(len(TEXT)) == made.expected_frames


def test_back_and_forward_go_by_sentences() -> None:
    first, second, third = 0, TEXT.index("How"), TEXT.index("I am")
    made = timeline(TEXT[:20], TEXT[20:])
    assert made.next(0) == second
    middle = made.frame_of(TEXT.index("today"))
    assert made.sentence_at(middle) == second
    assert made.next(middle) == third
    assert made.previous(middle) == (second if middle - made.frame_of(second) >= RATE else first)
    assert made.previous(made.frame_of(second) + RATE // 2) == first
    assert made.previous(made.frame_of(third) + RATE) == third
    assert made.next(made.frame_of(third)) is None
    assert made.previous(0) == 0


def test_blank_text_is_no_sentence() -> None:
    made = timeline("\n\n  ", "Hello. ", "\n\n", "You.")
    hello, you = made.frame_of(4), made.frame_of(13)
    assert hello < you
    assert made.next(hello) is not None
    assert made.frame_of(made.next(hello) or 0) == you
    assert made.next(you) is None
    assert made.frame_of(made.previous(you)) == hello


# -- the pace ---------------------------------------------------------------------------------------


def test_a_pace_is_learned_and_kept() -> None:
    pace = SpeechRate()
    before = pace.seconds(TEXT)
    for _ in range(5):
        made = timeline(TEXT, pace=pace)
        made.sound(round(before * 1.5 * RATE))
        made.finish()
    assert pace.seconds(TEXT) == pytest.approx(1.5 * before, rel=0.01)
    assert SpeechRate(pace.learned).seconds(TEXT) == pytest.approx(1.5 * before, rel=0.01)


@pytest.mark.parametrize(
    "learned", [(), (1.0,), (99.0, 10.0), (0.2, -1.0), (float("nan"), 10.0), (0.2, 1.0, 3.0)]
)
def test_a_pace_that_makes_no_sense_is_ignored(learned: tuple[float, ...]) -> None:
    assert SpeechRate(learned).seconds(TEXT) == SpeechRate().seconds(TEXT)


def test_a_changed_speed_is_learned_within_a_few_sentences() -> None:
    pace = SpeechRate((0.19, 1e9))
    before = pace.seconds(TEXT)
    for _ in range(20):
        made = timeline(TEXT, pace=pace)
        made.sound(round(before / 2 * RATE))
        made.finish()
    assert pace.seconds(TEXT) == pytest.approx(before / 2, rel=0.15)


def test_a_long_text_is_measured_by_its_beginning() -> None:
    assert SpeechRate().seconds(f"{TEXT} " * 20_000) == pytest.approx(
        20_000 * SpeechRate().seconds(TEXT), rel=0.1
    )


def test_nonsense_teaches_nothing() -> None:
    pace = SpeechRate()
    for frames in (0, 10, 100 * RATE * 60):
        made = timeline("Hello there you.", pace=pace)
        made.sound(frames)
        made.finish()
    assert pace.learned == SpeechRate().learned


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("The birch canoe slid on the smooth planks.", 2.2),  # these four as hibari says them
        ("Four hours of steady work faced us.", 2.2),
        ("The United Nations and the FBI agreed.", 3.0),
        ("In room 207 on March 14.", 3.0),
        ("今天天气很好。", 1.6),
        ("Сегодня очень хорошая погода.", 2.0),
        ("안녕하세요 여러분.", 2.1),
        ("आज मौसम बहुत अच्छा है।", 2.0),
        ("", 0.0),
        ("…", 0.0),
    ],
)
def test_how_long_a_text_takes(text: str, seconds: float) -> None:
    assert SpeechRate().seconds(text) == pytest.approx(seconds, rel=0.35)


# What hibari 0.2.1 was measured to do: start of each word and length, in ms.
HIBARI = [
    ("The birch canoe slid on the smooth planks.", [90, 190, 490, 820, 990, 1090, 1220, 1590], 2235),
    ("Glue the sheet to the dark blue background.", [110, 310, 430, 680, 760, 860, 1160, 1380], 2243),
    ("It's easy to tell the depth of a well.", [90, 370, 690, 820, 1040, 1140, 1390, 1470, 1540], 2072),
    (
        "The meeting begins at 9:30 on Tuesday, 14 March 2023, in room 207.",
        [90, 220, 540, 990, 1140, 1820, 2040, 2920, 3670, 3970, 5290, 5440, 5720],
        6860,
    ),
]


def test_estimates_are_near_what_a_voice_does() -> None:
    errors: list[float] = []
    for text, truth, length in HIBARI:
        made = timeline(text)
        made.sound(length * RATE // 1000)
        made.finish()
        errors += [
            abs(word.start_frame * 1000 / RATE - start)
            for word, start in zip(made.word_times(), truth, strict=True)
        ]
    assert sorted(errors)[len(errors) // 2] <= 75
    assert sorted(errors)[len(errors) * 9 // 10] <= 250


# -- whatever arrives, in whatever order ------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    kind: str
    a: int = 0
    b: int = 0
    text: str = ""


EVENTS = st.lists(
    st.one_of(
        st.builds(
            Event,
            st.just("text"),
            text=st.sampled_from(["Hello you. ", "a, b ", "你好。", "\n", "🙂", "x-y z"]),
        ),
        st.builds(Event, st.just("sound"), st.integers(0, 50_000)),
        st.builds(Event, st.just("align"), st.integers(0, 40), st.integers(0, 90_000)),
        st.builds(Event, st.just("cover"), st.integers(0, 60), st.integers(0, 90_000)),
        st.builds(Event, st.just("ask"), st.integers(0, 90_000)),
    ),
    max_size=30,
)


def feed(made: Timeline, event: Event, length: int) -> None:
    match event.kind:
        case "text":
            made.text(event.text)
        case "sound":
            made.sound(event.a)
        case "align":
            made.align([WordTime(Span(event.a, event.a + 3), event.b, event.b + 5_000)])
        case "cover":
            made.cover(min(event.a, length), event.b)
        case "ask":
            made.word_at(event.a)


@given(EVENTS)
def test_words_rise_in_text_and_time(events: list[Event]) -> None:
    made, length = timeline(), 0
    for event in events:
        feed(made, event, length)
        length += len(event.text)
        place, frame = 0, 0
        for word in made.word_times():
            assert place <= word.span.start < word.span.end <= length
            assert 0 <= frame <= word.start_frame <= word.end_frame
            place, frame = word.span.end, word.end_frame
        assert made.expected_frames >= max(frame, made.delivered_frames)


@given(EVENTS)
def test_answers_rise_with_the_frame_and_with_what_is_known(events: list[Event]) -> None:
    """Asked in order of frames, the word and what was heard never go back, whatever arrives between."""
    made, length, frame, place = timeline(), 0, 0, -1
    for event in events:
        if event.kind == "ask":
            continue  # it is asked below
        feed(made, event, length)
        length += len(event.text)
        frame += event.b // 10
        span = made.word_at(frame)
        assert (span.end if span else 0) > place  # an alignment may give two words in one
        place = span.start if span else -1
        assert made.heard_end(frame) <= length


@given(EVENTS)
def test_every_word_is_lit_at_its_start_unless_another_starts_there(events: list[Event]) -> None:
    made, length = timeline(), 0
    for event in events:
        if event.kind != "ask":
            feed(made, event, length)
            length += len(event.text)
    times = made.word_times()
    for index in reversed(range(len(times))):  # from the end: asking is hearing
        at = times[index].start_frame
        last = max(word.span.start for word in times if word.start_frame == at)
        assert made.frame_of(times[index].span.start) == at
        fresh = made.word_at(at)
        assert fresh is not None
        assert fresh.start >= last


@given(EVENTS)
@example([Event("text", text="Hello you. "), Event("cover", 7, 1), Event("text", text="Hello you. "),
          Event("align", 7, 0)])  # fmt: skip
def test_what_is_worked_out_step_by_step_is_what_is_worked_out_at_once(events: list[Event]) -> None:
    pace, other_pace = SpeechRate(), SpeechRate()
    asked, unasked, length = timeline(pace=pace), timeline(pace=other_pace), 0
    for event in events:
        if event.kind in ("ask", "sound"):
            continue
        feed(asked, event, length)
        feed(unasked, event, length)
        length += len(event.text)
        if event.kind != "cover":
            asked.word_times()
    length_frames = 200_000
    asked.cover(length, length_frames)
    unasked.cover(length, length_frames)
    assert asked.word_times() == unasked.word_times()


@given(st.lists(st.sampled_from(["Hello you. ", "a, b ", "你好。", "e.g. this "]), min_size=1), st.data())
def test_aligned_words_are_exact(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    made = timeline(text)
    frame, exact = 0, []
    for span in words(text):
        start = frame + data.draw(st.integers(0, 5_000))
        frame = start + data.draw(st.integers(0, 9_000))
        exact.append(WordTime(span, start, frame))
    made.align(data.draw(st.permutations(exact)))
    assert made.word_times() == tuple(exact)


@pytest.mark.slow
def test_half_a_megabyte_is_cheap() -> None:
    made = timeline()
    piece = "Sixty characters of text are what a sentence has on average. "
    for index in range(8_000):
        made.text(piece)
        made.sound(80_000)
        if index % 3 == 0:
            made.cover((index + 1) * len(piece), (index + 1) * 80_000)
        made.word_at(index * 80_000)
        made.heard_end(index * 80_000)
    made.finish()
    assert len(made.word_times()) == 8_000 * 11


def test_an_hour_without_any_exact_time_is_cheap() -> None:
    made = timeline()
    for index in range(1_000):
        made.text("Nobody tells when a word of this sentence is heard, nor when all of it was. ")
        for _ in range(10):
            made.sound(13_000)
            made.word_at(index * 130_000)
    assert made.expected_frames >= 130_000_000


# -- cutting ------------------------------------------------------------------------------------------


def told(text: str, frames: int = 300) -> Timeline:
    """A timeline whose words were all told, one after the other, with 100 frames of silence behind each."""
    timeline = Timeline(1000, SpeechRate())
    timeline.text(text)
    spans = words(text)
    timeline.sound((frames + 100) * len(spans))
    timeline.align(
        WordTime(span, (frames + 100) * index, (frames + 100) * index + frames)
        for index, span in enumerate(spans)
    )
    return timeline


def test_a_cut_is_made_between_two_words() -> None:
    timeline = told("one two three")
    assert [timeline.cut_frame(point) for point in (0, 4, 8, 13)] == [0, 350, 750, 1200]
    assert timeline.cut_frame(1) == 350  # inside a word: behind it
    assert [timeline.has_words(point) for point in (0, 8, 9)] == [True, True, False]
    assert timeline.is_exact(4)
    assert timeline.is_voiced


def test_what_has_begun_and_what_may_have() -> None:
    timeline = told("one two three")
    assert [timeline.begun_end(frame) for frame in (0, 1, 400, 401, 9999)] == [0, 3, 3, 7, 13]
    unsure = Timeline(1000, SpeechRate())
    unsure.text("one two three")
    unsure.sound(2000)
    start = unsure.frame_of(4)
    assert unsure.begun_end(start - 200) == 3
    assert unsure.begun_end(start - 100) == 7
    assert not unsure.is_exact(4)
    assert not unsure.is_voiced


def test_to_ask_what_has_begun_is_not_to_hear_it() -> None:
    timeline = told("one two three")
    assert timeline.begun_end(900) == 13
    assert timeline.heard_end(0) == 0
    timeline.word_at(500)
    assert timeline.begun_end(0) == 7  # what was lit has begun


def test_when_the_next_word_begins_and_where_a_pause_is() -> None:
    made = timeline("One two three")
    made.sound(6000)
    frames = {Span(0, 3): (100, 500), Span(4, 7): (520, 900), Span(8, 13): (3000, 3400)}
    made.align([WordTime(span, start, end) for span, (start, end) in frames.items()])
    made.finish()
    begins = [made.next_start(frame) for frame in (0, 99, 100, 519, 520, 2999, 3000)]
    assert begins == [100, 100, 520, 520, 3000, 3000, None]
    pauses = [made.next_pause(frame) for frame in (0, 100, 520, 899, 900, 3000, 3400)]
    assert pauses == [None, None, 900, 900, None, 3400, None]


def test_asking_for_what_comes_is_not_hearing() -> None:
    made = timeline("One two three")
    made.sound(4000)
    made.next_start(3000)
    made.next_pause(3000)
    made.next_begun(3000)
    made.align([WordTime(Span(8, 13), 3500, 3900)])
    assert made.word_at(3000) != Span(8, 13)
