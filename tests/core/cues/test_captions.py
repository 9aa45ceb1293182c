"""Captions: broken where it reads well, shown as long as it takes, and never changed once shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cues.audience_text import audience_text
from fishcaption.core.cues.captions import COLUMNS, LINES, Captions
from fishcaption.core.cues.columns import width
from fishcaption.core.cues.layout import Caption
from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.cues.timed import Cue
from fishcaption.core.speech import WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.text.tags import TAGS

RATE = 1000  # a frame is a millisecond


def times(text: str, word_frames: int = 400) -> list[WordTime]:
    """A voice that says a word each 400 ms."""
    return [
        WordTime(span, index * word_frames, (index + 1) * word_frames)
        for index, span in enumerate(words(text))
    ]


def cues(
    text: str, times: list[WordTime], rate: int, *, columns: int = COLUMNS, lines: int = LINES
) -> tuple[Cue, ...]:
    return Captions(columns, lines).cues(text, times, rate)


def shown(text: str, columns: int = 42, lines: int = 2) -> list[tuple[str, ...]]:
    return [caption.lines for caption in Captions(columns, lines).all(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("Hello there.", [("Hello there.",)]),
        # as few lines as it takes, of one length rather than one long and one short
        (
            "They have not said a word about it to any of us.",
            [("They have not said a word", "about it to any of us.")],
        ),
        # behind a clause, not behind an article
        (
            "When it had stopped raining, we all went out to the garden.",
            [("When it had stopped raining,", "we all went out to the garden.")],
        ),
        # two sentences have a caption each, a short one shares
        (
            "The boats came in late that day. Nobody was there to meet them.",
            [("The boats came in late that day.",), ("Nobody was there to meet them.",)],
        ),
        ("No. Yes! I am coming with you.", [("No. Yes! I am coming with you.",)]),
        ("No.\nYes.", [("No.",), ("Yes.",)]),
        # a long sentence is cut behind a clause, into parts of one length
        (
            "It was a quiet morning, and most of the boats had not yet come back from the sea when it began.",
            [
                ("It was a quiet morning,", "and most of the boats"),
                ("had not yet come back", "from the sea when it began."),
            ],
        ),
        ("今天天气很好，我们去公园吧！", [("今天天气很好，我们去公园吧！",)]),
        (
            "他们在那里等了很久，然后回家吃了一顿很丰盛的晚餐。",
            [("他们在那里等了很久，", "然后回家吃了一顿很丰盛的晚餐。")],
        ),
        ("「はい」と、彼は言った。", [("「はい」と、彼は言った。",)]),
        ("x" * 100, [("x" * 42,), ("x" * 42, "x" * 16)]),
    ],
)
def test_captions(text: str, expected: list[tuple[str, ...]]) -> None:
    assert shown(text) == expected


def test_closing_marks_stay_with_what_they_close() -> None:
    text = "「今日は、とても良い天気ですね」と彼女は言いました。「そうですね」と私は答えた（本当に）。" * 3
    for lines in shown(text, columns=10, lines=3):
        for line in lines:
            assert line[0] not in "、。」）ゃっー"
            assert line[-1] not in "「（"


PARTS = [
    "Hello ",
    "a ",
    "word, ",
    "sentence. ",
    "No. ",
    "漢字",
    "、",
    "。",
    "かな",
    "「",
    "」",
    "🙂 ",
    "สวัสดี",
    "\n",
    "(",
    ") ",
    "the ",
    "in ",
    "5 ",
    "km ",
    "**bold** ",
    "*",
    "[link](http://a.example/b) ",
    "\n- ",
    "\n```\n",
    "&amp; ",
    f"{TAGS[0].char} ",
]
TEXTS = st.lists(
    st.sampled_from([*PARTS, "x" * 60, "e\u0301" * 50, "well-known ", "\u2028", "  "]), max_size=60
).map("".join)
SHAPES = st.sampled_from([(42, 2), (32, 2), (32, 3), (20, 1), (10, 4)])


@given(TEXTS, SHAPES)
def test_captions_show_all_words_in_lines_that_fit(text: str, shape: tuple[int, int]) -> None:
    columns, lines = shape
    captions = Captions(columns, lines).all(text)
    plain = audience_text(text).text
    assert "".join("".join(caption.lines).replace(" ", "") for caption in captions) == "".join(plain.split())
    for caption in captions:
        assert 1 <= len(caption.lines) <= lines
        assert all(0 < width(line) <= columns for line in caption.lines)
        for line, places in zip(caption.lines, caption.places, strict=True):
            assert len(line) == len(places)
            assert list(places) == sorted(places)
            assert all(
                text[place] == character or text[place] in "&|"
                for character, place in zip(line, places, strict=True)
                if character != " "
            )
            assert caption.start <= places[0] <= places[-1] < caption.end
    for before, after in pairwise(captions):
        assert before.end == after.start


@given(TEXTS, st.data())
def test_a_caption_is_not_changed_by_what_comes_after_the_next(text: str, data: st.DataObject) -> None:
    """Appending text leaves all captions as they were but for the end of what there was."""
    end = data.draw(st.integers(0, len(text)))
    before, after = Captions().all(text[:end]), Captions().all(text)
    settled = [caption for caption in before if caption.end < end - 3 * 2 * 42 * 2]
    assert list(after[: len(settled)]) == settled


@given(TEXTS, SHAPES, st.sampled_from(["en", "de", "ja"]), st.data())
def test_settled_captions_stay_however_the_text_comes(
    text: str, shape: tuple[int, int], language: str, data: st.DataObject
) -> None:
    growing, whole = (Captions(*shape, language=language) for _ in range(2))
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    for end in ends:
        growing.cues(text[:end], [], RATE)
        settled = [one for one in growing.all(text[:end]) if one.end <= growing.settled_end]
        assert list(whole.all(text)[: len(settled)]) == settled
    assert growing.all(text) == whole.all(text)


@given(TEXTS, st.lists(st.integers(0, 400), max_size=12))
def test_captions_of_a_growing_text_are_those_of_the_whole(text: str, points: list[int]) -> None:
    whole = Captions().all(text)
    asked = Captions()
    for point in sorted(points):
        if point < len(text):
            found = asked.at(text, point)
            expected = next((caption for caption in whole if caption.end > point), None)
            assert found == expected


def test_a_far_place_is_found_without_reading_all_before_it() -> None:
    text = "One more sentence is here for you. " * 30_000
    captions = Captions()
    found = captions.at(text, 600_010)
    assert found is not None
    assert found.start <= 600_010 < found.end
    assert found.lines == ("One more sentence is here for you.",)
    near = captions.at(text + "And more.", 600_040)
    assert near is not None
    assert near.start >= found.end
    first = captions.at(text, 0)
    assert first == Caption(0, 35, ("One more sentence is here for you.",))
    assert captions.at("Other.", 0) == Caption(0, 6, ("Other.",))
    assert captions.at("Other.", 6) is None


# -- when -------------------------------------------------------------------------------------------


def test_a_cue_begins_with_its_first_word_and_lingers() -> None:
    text = "Hello there you. The second sentence of it is here."
    made = cues(text, times(text), RATE)
    assert [(cue.start_frame, cue.end_frame, cue.lines) for cue in made] == [
        (0, 4000 + 500, ("Hello there you.", "The second sentence of it is here."))
    ]
    assert (made[0].start, made[0].end) == (0, len(text))


def test_a_cue_stands_a_second_unless_the_next_one_needs_the_place() -> None:
    assert cues("No.", times("No.", 100), RATE)[0].end_frame == 1000
    text = "Nobody.\nSomebody."
    assert [(cue.start_frame, cue.end_frame) for cue in cues(text, times(text, 300), RATE)] == [
        (0, 300),
        (300, 1300),
    ]


def test_what_is_said_faster_than_it_is_read_stands_longer_where_there_is_room() -> None:
    text = "Seventeen letters, and so many more that this is read for over three seconds."
    fast = times(text, 80)
    said, read = fast[-1].end_frame, round(len(text) / 17 * RATE)
    assert cues(text, fast, RATE)[0].end_frame == min(read, said + 1500)
    assert said + 500 < min(read, said + 1500)
    two = f"{text}\nAnd the next."
    first, second = cues(two, times(two, 80), RATE)
    assert first.end_frame == second.start_frame


def test_short_gaps_are_closed_and_long_ones_kept() -> None:
    text = "Nobody.\nSomebody."
    first, second = words(text)
    for start, end in ((1900, 1900), (2100, 1500)):
        made = cues(text, [WordTime(first, 0, 1000), WordTime(second, start, start + 500)], RATE)
        assert made[0].end_frame == end


def test_slow_words_are_shown_in_more_cues() -> None:
    text = "Eight (very) slow words are being said here."
    made = cues(text, times(text, 2000), RATE)
    assert [cue.lines for cue in made] == [
        ("Eight (very) slow",),
        ("words are being",),
        ("said here.",),
    ]
    assert all(cue.end_frame - cue.start_frame <= 7000 for cue in made)


@given(TEXTS, st.data())
def test_settled_cues_stay_as_more_is_heard(text: str, data: st.DataObject) -> None:
    """What a subtitle file is written by: only what was heard is known, and what was written stays."""
    spoken = times(text, data.draw(st.sampled_from([100, 400, 3000])))
    growing = Captions()
    written: list[Cue] = []
    ends = [0, *(span.end for span in words(text))]
    for end in [*sorted(data.draw(st.lists(st.sampled_from(ends), max_size=5))), len(text)]:
        heard = [time for time in spoken if time.span.end <= end]
        made = growing.cues(text[:end], heard, RATE)
        assert made == cues(text[:end], heard, RATE)
        assert [(cue.start_frame, cue.lines) for cue in made[: len(written)]] == [
            (cue.start_frame, cue.lines) for cue in written
        ]
        assert list(made[: len(written)])[:-1] == written[:-1]
        written = [cue for cue in made if cue.end <= growing.settled_end]


@pytest.mark.parametrize("unit", ["\u0301", "\u200d", "\u202e"])
def test_a_text_without_any_width_is_cut_into_captions_all_the_same(unit: str) -> None:
    text = unit * 20_000
    captions = Captions().all(text)
    assert len(captions) > 20
    assert (captions[0].start, captions[-1].end) == (0, len(text))


def test_a_link_that_is_still_open_settles_nothing() -> None:
    """Its words vanish when it turns out to be a note; its address is not shown while it is written."""
    captions = Captions(20, 1)
    text = "A sentence begins with [a link](http://a.example/" + "part/" * 30
    for end in range(text.index("]") + 1, len(text)):
        captions.cues(text[:end], [], RATE)
        assert captions.settled_end == 0
        lines = [caption.lines[0].rstrip("]") for caption in captions.all(text[:end])]
        assert lines in (["A sentence begins", "with [a link"], ["A sentence begins", "with a link"])
    assert [caption.lines for caption in captions.all(f"{text}).")] == [
        ("A sentence begins",),
        ("with a link.",),
    ]


def test_words_without_a_time_are_not_awaited() -> None:
    text = "One two three. Four five six."
    assert cues(text, [], RATE) == ()
    assert cues(text, times(text)[:2], RATE)[0].lines == ("One two three. Four five six.",)
    assert cues("🙂", times("🙂"), RATE) == ()


@given(TEXTS, st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1), SHAPES)
def test_cues_never_overlap(text: str, gaps: list[tuple[int, int]], shape: tuple[int, int]) -> None:
    columns, lines = shape
    frame, spoken = 0, []
    for index, span in enumerate(words(text)):
        pause, length = gaps[index % len(gaps)]
        spoken.append(WordTime(span, frame + pause, frame + pause + length))
        frame += pause + length
    made = cues(text, spoken, RATE, columns=columns, lines=lines)
    assert made == cues(text, spoken, RATE, columns=columns, lines=lines)
    for cue in made:
        assert 0 <= cue.start_frame < cue.end_frame
        assert all(width(line) <= columns for line in cue.lines)
    for before, after in pairwise(made):
        assert before.end_frame <= after.start_frame
        assert before.end <= after.start
    starts = {cue.start_frame for cue in made}
    assert starts <= {time.start_frame for time in spoken}


# -- files ------------------------------------------------------------------------------------------


def test_srt() -> None:
    assert to_srt(1, 0.0, 1.5, ["Hello you & me,", "1 < 2 > 1."]) == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello you & me,\n1 ‹ 2 › 1.\n\n"
    )
    assert to_srt(12, 3599.9996, 360_000.25, ["x"]).startswith("12\n01:00:00,000 --> 100:00:00,250\n")


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("MyList<Text>", "MyList‹Text›"),
        ("a <b>bold</b> word", "a ‹b›bold‹/b› word"),
        ("1 < 2", "1 < 2"),
        ("if a<b: {x}", "if a<b: ｛x｝"),
        ("{\\an8}top", "｛\\\u2060an8｝top"),
        ("C:\\New", "C:\\\u2060New"),
        ("ends with \\", "ends with \\"),
        ("&lt; & co", "&\u2060lt; & co"),
        ("a --> b", "a --\u2060> b"),
    ],
)
def test_players_eat_nothing_of_a_subrip_text(line: str, written: str) -> None:
    assert to_srt(1, 0, 1, [line]).splitlines()[2] == written


def test_no_line_is_broken_at_a_no_break_space() -> None:
    text = "It is a distance of about 10\u00a0000\u00a0km from here to there, and 5\u202fkg of luggage."
    for columns in range(12, 60):
        found = [line for caption in Captions(columns).all(text) for line in caption.lines]
        assert any("10\u00a0000\u00a0km" in line for line in found), found
        assert any("5\u202fkg" in line for line in found), found


@pytest.mark.parametrize(
    "text",
    ["x" * 42 + '")', "「" + "こ" * 60 + "」。それから", "a" * 41 + "e\u0301?!", "(" + "-" * 41 + ")."],
)
def test_no_line_begins_with_a_closing_mark(text: str) -> None:
    found = [line for caption in Captions().all(text) for line in caption.lines]
    assert not [line for line in found if line[0] in "\"')]」。?!.\u0301"]
    assert "".join(found) == text


def test_captions_know_how_sentences_end_in_a_language() -> None:
    text = "Wir kommen alle am kommenden Freitag, den 5. November, zu dir."
    english, german = Captions(42, 1), Captions(42, 1, language="de")
    assert [caption.lines[0][-6:] for caption in english.all(text)] == ["eitag,", "den 5.", "zu dir."[-6:]]
    assert german.all(text)[1].lines == ("den 5. November, zu dir.",)
    assert english.at(text, 40, language="de") == german.at(text, 40, language="de") == german.all(text)[1]


def test_a_closing_mark_behind_a_blank_stays_with_its_sentence() -> None:
    found = Captions(20, 1).all("Il dit « Bonjour ! » puis « Non ! » Elle rit « Oui ! »")
    assert not [caption for caption in found if caption.lines[0].startswith("»")], found


def test_vtt_escapes() -> None:
    assert VTT_HEADER == "WEBVTT\n\n"
    assert to_vtt(61.25, 62, ["a < b & c --> d"]) == (
        "00:01:01.250 --> 00:01:02.000\na &lt; b &amp; c --&gt; d\n\n"
    )


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_no_line_ends_an_entry(lines: list[str]) -> None:
    for entry in (to_srt(1, 0, 1, lines), to_vtt(0, 1, lines)):
        head, *rest = entry.removesuffix("\n\n").split("\n")
        assert all(line.strip(" ") for line in (head, *rest))
        assert len(entry.splitlines()) == len(entry.split("\n")) - 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("漢字", 4), ("e\u0301", 1), ("ｱ", 1), ("🙂", 2), ("ก็", 1), ("한", 2)],
)
def test_width(text: str, expected: int) -> None:
    assert width(text) == expected
