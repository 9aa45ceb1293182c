"""The flush policy through a `Feed`: a table, a simulation of its numbers, and what holds for any typist."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Piece
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import DRY_SECONDS, Kind

EVEN = 0.2  # seconds a key: 60 words a minute


def typed(text: str) -> tuple[Feed, float]:
    """A feed with the text typed evenly, nothing taken; and the time of the last key."""
    feed = Feed(Kind.TYPED)
    for index, key in enumerate(text):
        feed.push(key, index * EVEN)
    return feed, (len(text) - 1) * EVEN


def after_opening(text: str, *, seconds_a_key: float = EVEN) -> tuple[Feed, float]:
    """As `typed`, with a first piece of four words gone before it."""
    feed = Feed(Kind.TYPED)
    feed.push("Listen all of you. ", 0.0)
    assert pieces(feed, 0.0) == ["Listen all of you. "]
    for index, key in enumerate(text):
        feed.push(key, (index + 1) * seconds_a_key)
    return feed, len(text) * seconds_a_key


def pieces(feed: Feed, now: float, unheard: float = 0.0) -> list[str]:
    taken: list[str] = []
    while piece := feed.take(now, unheard):
        taken.append(piece.text)
    return taken


# -- certain text -----------------------------------------------------------------------------------


def test_certain_text_goes_a_sentence_at_a_time() -> None:
    feed = Feed(Kind.CERTAIN)
    feed.push("One here. Two there! And three", 0.0)
    assert feed.take(0.0, 0.0) == Piece(0, "One here. ")
    assert feed.take(0.0, 0.0) == Piece(10, "Two there! ")
    assert feed.take(0.0, 0.0) is None
    assert feed.wake_seconds(0.0, 0.0) is None
    is_done_early = feed.done
    feed.close(0.0)
    assert feed.take(0.0, 0.0) == Piece(21, "And three")
    assert (is_done_early, feed.done) == (False, True)
    assert feed.sent_end == 30
    assert feed.unsent == ""


@pytest.mark.parametrize(
    ("unheard", "expected"),
    [
        (0.0, ["One is here. "]),
        (3.0, ["One is here. " * 13]),
        (9.0, ["One is here. " * 12]),
        (19.0, ["One is here. "]),
    ],
)
def test_the_more_is_unheard_the_longer_the_pieces(unheard: float, expected: list[str]) -> None:
    feed = Feed(Kind.CERTAIN)
    feed.push("One is here. " * 40, 0.0)
    assert pieces(feed, 0.0, unheard)[:1] == expected


def test_paragraphs_are_not_joined() -> None:
    feed = Feed(Kind.CERTAIN)
    feed.push("A first line.\nAnd a second.\n", 0.0)
    assert pieces(feed, 0.0, 5.0) == ["A first line.\n", "And a second.\n"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n\n ", []),
        ("🙂 … !!", []),
        ("\n\n🙂\n\nHello. 🙂", ["\n\n🙂\n\nHello. 🙂"]),
        ("Hello.\n\n\n🙂\n\nYou.", ["Hello.\n\n\n🙂\n", "\nYou."]),
    ],
)
def test_nothing_is_flushed_that_no_voice_can_say(text: str, expected: list[str]) -> None:
    feed = Feed(Kind.CERTAIN)
    feed.push(text, 0.0)
    feed.close(0.0)
    assert pieces(feed, 0.0) == expected
    assert feed.done
    assert feed.sent_end == len(text)


def test_a_megabyte_is_cut_as_it_is_spoken() -> None:
    """The first piece does not wait for the last sentence to be found: only a little of the text was read."""
    feed = Feed(Kind.CERTAIN)
    feed.push("Nobody reads so much at once. " * 33_000, 0.0)
    feed.close(0.0)
    assert feed.take(0.0, 0.0) == Piece(0, "Nobody reads so much at once. ")
    assert len(feed.unsent) == 33_000 * 30 - 30


# -- text a program writes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rested", "unheard", "expected"),
    [
        # a sentence goes with the first letter of the next one, however much is unheard
        ("It is so. N", 0.0, 15.0, ["It is so. "]),
        ("It is so. ", 0.0, 15.0, ["It is so. "]),
        ("It is so.\n", 0.0, 15.0, ["It is so.\n"]),
        ("It is so?", 0.1, 15.0, []),
        ("It is so?", 0.2, 15.0, ["It is so?"]),
        # a full stop with nothing behind it may stand in "docs.org": no hurry before the ear runs dry …
        ("It is so.", 0.1, 0.0, []),
        ("It is so.", 0.2, 0.0, ["It is so."]),
        ("It is so.", 5.0, 15.0, []),
        # … and behind a number, an abbreviation, in an address, longer still
        ("It costs 3.", 3.1, 0.0, ["It costs "]),
        ("See www.docs.", 3.1, 0.0, ["See "]),
        ("Come at 5 p.m.", 3.1, 0.0, ["Come at "]),
        ("It costs.", 1.4, 0.0, ["It costs."]),
        ("See Dr. ", 0.1, 0.0, []),
        # a clause goes when the ear runs dry
        ("As I have said, y", 0.0, 0.5, ["As I have said, "]),
        ("As I have said, y", 0.0, 1.5, []),
        ("As I have said before now, y", 0.0, 1.5, ["As I have said before now, "]),
        # what stands goes when nothing comes, up to the last blank, and then all of it
        ("one two thr", 0.6, 0.0, []),
        ("one two thr", 0.8, 0.0, ["one two "]),
        ("one two thr", 0.8, 1.0, []),
        ("thr", 2.9, 0.0, []),
        ("thr", 3.1, 0.0, ["thr"]),
        ("one two ", 0.8, 0.0, ["one two "]),
        # the first sound does not wait for the sentence
        ("a b c d e f g h", 0.0, 0.0, []),
        ("a b c d e f g h", 0.5, 0.0, ["a b c d e f g "]),
    ],
)
def test_piped(text: str, rested: float, unheard: float, expected: list[str]) -> None:
    feed = Feed(Kind.PIPED)
    feed.push(text, 0.0)
    assert pieces(feed, rested, unheard) == expected


# -- text that hands write --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rested", "unheard", "expected"),
    [
        # the first piece may be one word, but not the beginning of one
        ("Hell", 0.0, 0.0, []),
        ("Hello ", 0.0, 0.0, ["Hello "]),
        ("Hello t", 0.0, 0.0, ["Hello "]),
        ("I ", 0.0, 0.0, []),  # a short one waits for company …
        ("I a", 0.6, 0.0, ["I "]),  # … until a second after the first key
        ("I am ", 0.2, 0.0, ["I am "]),
        ("Well, ", 0.0, 0.0, ["Well, "]),
        ("No.", 0.0, 0.0, []),
        ("No.", 0.3, 0.0, ["No."]),
        ("No. ", 0.0, 9.0, []),  # "No. 5"
        ("No. ", 0.3, 0.0, ["No. "]),
        ("No\n", 0.0, 9.0, ["No\n"]),
        ("Hello t", 0.0, DRY_SECONDS + 0.1, []),
        ("你好", 0.0, 0.0, []),
        ("你好", 0.8, 0.0, ["你好"]),
        ("你好。", 0.0, 0.0, ["你好。"]),
    ],
)
def test_typed_first_piece(text: str, rested: float, unheard: float, expected: list[str]) -> None:
    feed, now = typed(text)
    assert pieces(feed, now + rested, unheard) == expected


@pytest.mark.parametrize(
    ("text", "rested", "unheard", "expected"),
    [
        # a run goes when enough words stand, but for the last; it ends on a long word
        ("some words come here", 0.0, 0.0, []),
        ("some words come here ", 0.0, 0.0, ["some words come "]),
        ("some words of it ", 0.0, 0.0, ["some words "]),
        ("some words come here ", 0.0, 1.0, []),
        ("some words come here and then they go on ", 0.0, 3.0, ["some words come here and then they "]),
        # a clause goes as soon as three words stand before its end
        ("yes, so ", 0.0, 0.0, []),
        ("if you want, s", 0.0, 0.0, ["if you want, "]),
        ("if you want, s", 0.0, 2.0, []),
        ("if you really want this here, s", 0.0, 2.0, ["if you really want this here, "]),
        # a sentence goes at once, however much is unheard
        ("so it is. ", 0.0, 15.0, ["so it is. "]),
        ("so it is.", 0.2, 0.0, []),
        ("so it is.", 0.3, 0.0, ["so it is."]),
        ("so it is.", 9.0, 15.0, []),
        ("so it is?", 0.3, 15.0, ["so it is?"]),
        ("2 tsp.", 1.1, 0.0, []),  # "of salt"
        ("2 tsp.", 1.2, 0.0, ["2 tsp."]),
        ("e.g. ", 0.4, 0.0, []),
        # resting hands: whole words but for the last, then the last word, then even one without a blank
        ("two words mor", 0.4, 0.0, []),
        ("two words mor", 0.5, 0.0, ["two words "]),
        ("two words ", 0.5, 0.0, []),
        ("two words ", 1.2, 0.0, ["two words "]),
        ("so mor", 1.7, 0.0, []),
        ("so mor", 1.8, 0.0, ["so mor"]),
        ("two words mor", 1.8, 2.0, []),
    ],
)
def test_typed_later_pieces(text: str, rested: float, unheard: float, expected: list[str]) -> None:
    feed, now = after_opening(text)
    assert pieces(feed, now + rested, unheard) == expected


def test_two_words_do_not_wait_long_for_slow_hands() -> None:
    feed, now = after_opening("two", seconds_a_key=0.9)
    feed.push(" ", now)  # since now a word waits
    for key in "word":
        now += 0.9
        feed.push(key, now)
        assert feed.take(now, 0.0) is None
    feed.push(" ", now + 0.1)
    assert feed.wake_seconds(now + 0.1, 0.0) == pytest.approx(4.0 - 4 * 0.9 - 0.1)
    assert pieces(feed, now + 0.4) == ["two word "]


@pytest.mark.parametrize(("seconds_a_key", "rest"), [(0.1, 0.35), (0.2, 0.5), (0.3, 0.75)])
def test_a_rest_is_measured_by_the_rhythm_of_the_hands(seconds_a_key: float, rest: float) -> None:
    feed = Feed(Kind.TYPED)
    feed.push("Listen all of you. ", 0.0)
    assert feed.take(0.0, 0.0)
    now = 0.0
    for key in "two words more":
        now += seconds_a_key
        feed.push(key, now)
        assert feed.take(now, 5.0) is None
    assert feed.take(now + rest - 0.01, 0.0) is None
    assert feed.take(now + rest, 0.0) == Piece(19, "two words ")


def test_hands_that_begin_again_are_heard_as_soon_as_at_first() -> None:
    feed, now = after_opening("Good so. ")
    assert pieces(feed, now) == ["Good so. "]
    now += 10
    for key in "Hello ":
        now += EVEN
        feed.push(key, now)
    assert pieces(feed, now) == ["Hello "]


def test_say_so_far_gives_even_half_a_word_and_goes_on() -> None:
    feed, now = typed("Hello the")
    feed.say_so_far(now)
    assert pieces(feed, now, 15.0) == ["Hello the"]
    feed.push("re you", now)
    feed.close(now)
    assert pieces(feed, now, 15.0) == ["re you"]
    assert feed.done


def test_what_is_unsent_can_be_written_anew() -> None:
    feed, now = typed("Hello th")
    assert pieces(feed, now) == ["Hello "]
    feed.set_text("Hello th", now)
    feed.set_text("Hello ", now)
    feed.set_text("Hello you", now)
    assert feed.unsent == "you"
    with pytest.raises(InputError):
        feed.set_text("Hullo you", now)
    with pytest.raises(InputError):
        feed.set_text("Hello", now)
    assert feed.unsent == "you"
    feed.close(now)
    assert pieces(feed, now) == ["you"]
    with pytest.raises(InputError):
        feed.push("more", now)
    with pytest.raises(InputError):
        feed.set_text("Hello you all", now)


@pytest.mark.parametrize("before", ["", "we are th", "we xxx th"])
def test_short_pieces_do_not_follow_each_other_after_an_edit_either(before: str) -> None:
    feed, now, sent = Feed(Kind.TYPED), 0.0, ""
    for word in ("Yes ", "no ", "so "):
        feed.set_text(sent + word, now)
        feed.say_so_far(now)
        sent += "".join(pieces(feed, now))
        now += EVEN
    feed.set_text(sent + before, now)
    feed.set_text(f"{sent}we are th", now)
    assert pieces(feed, now + 1.0) == [], "pieces would be shorter than two words"
    feed.set_text(f"{sent}we are there now th", now + 1.0)
    assert pieces(feed, now + 2.0) == ["we are there now "]


def test_what_was_said_to_go_goes_in_its_corrected_form() -> None:
    feed = Feed(Kind.TYPED)
    feed.push("One fish", 0.0)
    feed.say_so_far(0.0)
    feed.set_text("One dish and", 0.0)
    assert pieces(feed, 0.0) == ["One dish and"]


def test_what_is_put_in_does_not_make_certain_what_stands_before_it() -> None:
    feed, now = after_opening("so")
    feed.set_text("Listen all of you. something", now)
    feed.set_text("Listen all of you. anything", now)
    assert pieces(feed, now + 0.1, 15.0) == []


# -- by the sentence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds", "expected"),
    [
        # a mark speaks the sentence, a moment later
        ("It is so.", 0.49, []),
        ("It is so.", 0.5, ["It is so."]),
        ("Is it? ", 0.5, ["Is it? "]),
        ("你好。", 0.5, ["你好。"]),
        ("One. Two.", 0.5, ["One. ", "Two."]),
        # so does a line's end
        ("a line\n", 0.49, []),
        ("a line\n", 0.5, ["a line\n"]),
        # nothing else does, however long hands rest
        ("It is so, ", 60.0, []),
        ("It is", 60.0, []),
        ("See Dr. ", 60.0, []),
        ("1. ", 60.0, []),
    ],
)
def test_a_sentence_at_a_time(text: str, seconds: float, expected: list[str]) -> None:
    feed = Feed(Kind.SENTENCES)
    feed.push(text, 0.0)
    assert pieces(feed, seconds, 15.0) == expected


def test_the_moment_counts_from_the_mark_on_however_fast_the_hands_go_on() -> None:
    feed = Feed(Kind.SENTENCES)
    taken = []
    for index, key in enumerate("Yes. And so it"):
        feed.push(key, index * 0.1)
        taken += [(index, piece) for piece in pieces(feed, index * 0.1)]
    assert taken == [(8, "Yes. ")]  # 0.3 s the mark, 0.8 s


def test_an_edit_in_that_moment_replaces_the_sentence() -> None:
    feed = Feed(Kind.SENTENCES)
    feed.push("It is so.", 0.0)
    feed.set_text("It was so.", 0.4)
    assert pieces(feed, 0.8) == []
    assert pieces(feed, 0.9) == ["It was so."]
    feed.push(" No.", 2.0)
    feed.set_text("It was so. No", 2.1)  # the mark is gone
    assert pieces(feed, 60.0) == []
    feed.set_text("It was so. Now!", 60.0)
    assert pieces(feed, 60.5) == [" Now!"]


def test_the_moment_is_a_setting() -> None:
    feed = Feed(Kind.SENTENCES, hold_seconds=2.0)
    feed.push("It is so.", 0.0)
    assert feed.wake_seconds(0.5, 0.0) == pytest.approx(1.5)
    assert pieces(feed, 2.0) == ["It is so."]


def test_enter_says_the_rest_at_once() -> None:
    feed = Feed(Kind.SENTENCES)
    feed.push("It is so. And", 0.0)
    feed.close(0.0)
    assert pieces(feed, 0.0) == ["It is so. ", "And"]
    assert feed.done


# -- by the word --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rested", "expected"),
    [
        ("I", 60.0, []),
        ("I ", 0.0, ["I "]),
        ("Hello, ", 0.0, ["Hello, "]),
        ("one two thr", 60.0, ["one two "]),
        ("what?", 0.0, ["what?"]),
        ("so.", 0.1, []),  # or "so.so"
        ("so.", 0.3, ["so."]),
        ("3.5 ", 1.1, []),  # "kg"
        ("3.5 ", 1.2, ["3.5 "]),
        ("3.5 kg ", 0.0, ["3.5 kg "]),
        ("It costs 3.", 0.1, ["It costs "]),
        ("你好", 0.0, ["你好"]),
        (", ", 60.0, []),
    ],
)
def test_a_word_at_a_time(text: str, rested: float, expected: list[str]) -> None:
    feed = Feed(Kind.WORDS)
    feed.push(text, 0.0)
    assert pieces(feed, rested, 15.0) == expected


@given(st.text(st.sampled_from("ab. ,?\n你"), max_size=30))
def test_a_word_goes_with_the_blank_behind_it(text: str) -> None:
    feed, taken = Feed(Kind.WORDS), ""
    for index, key in enumerate(text):
        feed.push(key, index * 0.2)
        taken += "".join(pieces(feed, index * 0.2, 5.0))
        if key.isspace() and words(text[: index + 1]):
            assert not words(text[len(taken) : index + 1])
    assert text.startswith(taken)


# -- what is being changed ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.WORDS, Kind.SENTENCES, Kind.TYPED])
def test_what_is_changed_in_its_middle_waits_for_the_hands(kind: Kind) -> None:
    feed = Feed(kind)
    feed.push("a big word. ", 0.0)
    feed.set_text("a bi word. ", 0.1)
    feed.set_text("a b word. ", 0.3)
    assert pieces(feed, 0.79) == []
    assert feed.wake_seconds(0.7, 0.0) == pytest.approx(0.1)
    assert "".join(pieces(feed, 0.8)) == "a b word. "


def test_what_is_cut_back_at_its_end_does_not() -> None:
    feed = Feed(Kind.WORDS)
    feed.push("cofee", 0.0)
    feed.set_text("cof", 0.1)
    feed.set_text("coffee ", 0.2)
    assert pieces(feed, 0.2) == ["coffee "]


def test_a_feed_that_is_parted_forgets_what_it_did_not_give() -> None:
    feed = Feed(Kind.WORDS)
    feed.push("one two. Three", 0.0)
    assert feed.take(0.0, 0.0) == Piece(0, "one two. ")
    feed.part()
    assert feed.done
    assert (feed.sent_end, feed.unsent) == (9, "")
    assert feed.take(9.0, 0.0) is None


# -- the numbers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """What a simulated ear got of it."""

    pieces: list[str]
    first_sound: float
    gaps: int


def simulate(text: str, keys: list[float], *, first_audio: float = 0.3, word_seconds: float = 0.35) -> Heard:
    """Hands press keys at the given times; the voice's sound comes a while after each piece, and is heard."""
    feed, now, key, heard_until, first = Feed(Kind.TYPED), 0.0, 0, 0.0, -1.0
    taken: list[str] = []
    gaps = 0
    while not feed.done:
        wake = feed.wake_seconds(now, max(0.0, heard_until - now))
        if key < len(text) and (wake is None or keys[key] <= now + wake):
            now = keys[key]
            feed.push(text[key], now)
            key += 1
            if key == len(text):
                feed.close(now)
        else:
            assert wake is not None
            now += wake
        while piece := feed.take(now, max(0.0, heard_until - now)):
            sounds_at = max(heard_until, now + first_audio)
            gaps += 0 < heard_until < sounds_at
            first = sounds_at if first < 0 else first
            heard_until = sounds_at + word_seconds * len(words(piece.text))
            taken.append(piece.text)
    assert "".join(taken) == text
    return Heard(taken, first, gaps)


TEXTS = [
    "I went to the shop this morning and bought some bread, but they were out of milk so I came back home "
    "without any of it ag",
    "The quick brown fox jumps over the lazy dog. Then it went home to sleep, because it was very tired, and "
    "hungry again. Ok.",
    ("word " * 24)[:119] + ".",
    "Can you tell me please when the next bus to the station goes, and if I have to pay in cash or may use "
    "my card on the b",
]


@pytest.mark.parametrize("text", TEXTS)
def test_60_words_a_minute_are_heard_after_1_5_s_in_half_as_many_pieces_as_words(text: str) -> None:
    assert 115 <= len(text) <= 125
    heard = simulate(text, [EVEN * index for index in range(len(text))])
    assert heard.first_sound <= 1.5
    assert len(heard.pieces) <= len(text.split()) / 2


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("keys_a_second", [4, 5, 7, 10])
def test_the_same_for_hands_that_are_not_even(text: str, keys_a_second: float) -> None:
    """Lognormal gaps, longer behind blanks and marks, as people type; the median of 40 hands."""
    runs: list[Heard] = []
    for seed in range(40):
        chance = random.Random(seed)
        keys, now = [], 0.0
        for character in text:
            keys.append(now)
            slower = {" ": 1.3, ".": 2.0, ",": 2.0}.get(character, 1.0)
            now += chance.lognormvariate(-0.1, 0.45) * slower / keys_a_second
        runs.append(simulate(text, keys))
    assert sorted(run.first_sound for run in runs)[len(runs) // 2] <= 1.5
    assert max(len(run.pieces) for run in runs) <= len(text.split()) * 0.54
    assert sorted(len(run.pieces) for run in runs)[len(runs) // 2] <= len(text.split()) / 2


def test_hands_faster_than_speech_leave_no_gap_after_the_first_piece() -> None:
    text = "this is what a very fast writer may well put down in one go without any mark between the words"
    heard = simulate(text, [0.04 * index for index in range(len(text))])
    assert heard.gaps <= 1


# -- whatever the hands do --------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["a", "word", "Hello", " ", ". ", ", ", "\n", "!", "你", "。", "🙂", "e.g. ", "3.5", "", "SAY"]
        ),
        st.floats(0, 3),
        st.floats(0, 25),
    ),
    max_size=40,
)


@given(st.sampled_from(Kind), STEPS)
def test_pieces_tile_the_text_and_say_all_of_it(kind: Kind, steps: list[tuple[str, float, float]]) -> None:
    feed, now, text, taken = Feed(kind), 0.0, "", ""
    for part, seconds, unheard in steps:
        now += seconds
        if part == "SAY":
            feed.say_so_far(now)
        else:
            feed.push(part, now)
            text += part
        while piece := feed.take(now, unheard):
            assert piece.start == len(taken) == feed.sent_end - len(piece.text)
            assert words(piece.text)
            taken += piece.text
        assert taken + feed.unsent == text
    feed.close(now)
    while piece := feed.take(now, 19.0):
        taken += piece.text
    assert feed.done
    assert text.startswith(taken)
    assert not words(text[len(taken) :])
    assert feed.sent_end == len(text)


@given(st.sampled_from([Kind.PIPED, Kind.TYPED]), STEPS)
def test_waking_is_exact(kind: Kind, steps: list[tuple[str, float, float]]) -> None:
    """Before the moment `wake_seconds` names there is no piece, at that moment there is one."""
    feed, now = Feed(kind), 0.0
    for part, seconds, unheard in steps:
        now += seconds
        feed.push(part if part != "SAY" else "", now)
        while feed.take(now, unheard):
            pass
        wake = feed.wake_seconds(now, unheard)
        if wake is not None:
            assert wake > 0
            assert feed.take(now + wake * 0.99 - 1e-5, max(0.0, unheard - wake * 0.99 + 1e-5)) is None
            assert feed.take(now + wake, max(0.0, unheard - wake)) is not None


@given(STEPS, st.data())
def test_no_piece_ends_inside_a_word_while_hands_move(
    steps: list[tuple[str, float, float]], data: st.DataObject
) -> None:
    feed, now = Feed(Kind.TYPED), 0.0
    for part, _, unheard in steps:
        for key in part if part != "SAY" else "":
            now += data.draw(st.sampled_from([0.05, 0.1, 0.25]))
            feed.push(key, now)
            while piece := feed.take(now, unheard):
                assert not piece.text[-1].isalnum() or piece.text[-1] == "你"


@given(st.lists(st.text(st.sampled_from("ab. ,\n"), max_size=12), min_size=1, max_size=8))
def test_any_rewriting_of_the_unsent_ends_in_the_last_text(versions: list[str]) -> None:
    feed, now, sent = Feed(Kind.TYPED), 0.0, ""
    for version in versions:
        now += 0.3
        feed.set_text(sent + version, now)
        while piece := feed.take(now, 0.0):
            sent += piece.text
        assert sent + feed.unsent == sent[: len(sent)] + feed.unsent
    rest = feed.unsent
    feed.close(now)
    text = "".join(pieces(feed, now))
    assert rest.startswith(text)
    assert not words(rest[len(text) :])


@given(
    st.sampled_from([Kind.TYPED, Kind.WORDS, Kind.SENTENCES]),
    st.lists(st.tuples(st.sampled_from(["a", "we ", "are", " ", ", ", ". ", "SAY"]), st.floats(0, 3))),
)
def test_a_text_that_is_given_whole_each_time_goes_as_one_whose_keys_are_given(
    kind: Kind, steps: list[tuple[str, float]]
) -> None:
    """A window gives the whole text at each key."""
    keys, wholes, now, text = Feed(kind), Feed(kind), 0.0, ""
    for part, seconds in steps:
        added = part if part != "SAY" else ""
        now, text = now + seconds, text + added
        keys.push(added, now)
        wholes.set_text(text, now)
        if part == "SAY":
            keys.say_so_far(now)
            wholes.say_so_far(now)
        assert pieces(wholes, now) == pieces(keys, now)
        assert wholes.wake_seconds(now, 0.0) == keys.wake_seconds(now, 0.0)


@pytest.mark.slow
def test_ten_thousand_tokens_cost_the_same_each() -> None:
    feed, now = Feed(Kind.PIPED), 0.0
    for index in range(10_000):
        now += 0.005
        feed.push(" token" if index % 12 else ".", now)
        feed.take(now, 30.0 if index % 50 else 0.0)
        feed.wake_seconds(now, 30.0)
    feed.close(now)
    assert pieces(feed, now)
