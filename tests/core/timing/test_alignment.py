"""Word times find their words in the text, whatever the service writes differently."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.protocol.frames import pack
from fishcaption.core.protocol.requests import TTSRequest
from fishcaption.core.protocol.session import Audio, Chunk, Finish, Session
from fishcaption.core.speech import Span, WordTime
from fishcaption.core.timing.alignment import AlignmentTracker, _Letters, letters_of

RATE = 1000
Segments = tuple[tuple[str, float, float], ...]


def segments(words: str, step: float = 0.1) -> Segments:
    """The words, one after another, each as long."""
    return tuple((word, index * step, (index + 1) * step) for index, word in enumerate(words.split()))


def found(text: str, words: str, **options: Any) -> list[tuple[str, int]]:
    """(the text's words that got times, their first frames), in one snapshot."""
    tracker = AlignmentTracker(RATE, **options)
    tracker.extend(text)
    start = options.get("text_start", 0)
    times = tracker.observe(Chunk(0, 0.0, "", segments(words)))
    return [(text[time.span.start - start : time.span.end - start], time.start_frame) for time in times]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Hello, brave world!", "Hello brave world", ["Hello", "brave", "world"]),
        ("It's what I've, can't I?", "Its what Ive can't I", ["It's", "what", "I've", "can't", "I"]),
        ("It’s naïve café talk", "its naive CAFÉ talk", ["It’s", "naïve", "café", "talk"]),
        ("cafe\u0301 now", "café now", ["cafe\u0301", "now"]),
        ("你好，世界。", "你 好 世 界", ["你", "好", "世", "界"]),
        ("日本へ行く。", "日本 へ 行く", ["日本", "へ", "行く"]),
        ("สวัสดีครับ", "สวัสดี ครับ", ["สวัสดี", "ครับ"]),
        ("안녕 세계", "안녕 세계", ["안녕", "세계"]),
        ("the New-York times", "the New York times", ["the", "New", "York", "times"]),
        ("the New-York times", "the New-York times", ["the", "New-York", "times"]),
        ("at 3.14 or e.g. U.S.A. now", "at 3.14 or eg USA now", ["at", "3.14", "or", "e.g", "U.S.A", "now"]),
        ("It costs $15 at most", "It costs fifteen dollars at most", ["It", "costs", "at", "most"]),
        ("$15 is many dollars", "fifteen dollars is many dollars", ["is", "many", "dollars"]),
        ("Dr. Who met Mr. Bean", "Doctor Who met mister Bean", ["Who", "met", "Bean"]),
        ("one 👋🏽 two", "one two", ["one", "two"]),
        ("so so so good", "so so so good", ["so", "so", "so", "good"]),
        ("an apple a day", "an apple a day", ["an", "apple", "a", "day"]),
        ("apple", "a", []),
        ("", "never said", []),
        ("?!", "what", []),
    ],
)  # fmt: skip
def test_words_are_found_by_their_letters(text: str, words: str, expected: list[str]) -> None:
    """Punctuation, apostrophes, accents, scripts without blanks, what is spoken otherwise than written."""
    assert [word for word, _ in found(text, words)] == expected


def test_a_word_in_two_parts_gives_each_its_place() -> None:
    """Segments need not be the text's words, as long as their letters are."""
    assert found("don't stop", "don t stop") == [("don", 0), ("t", 100), ("stop", 200)]


def test_positions_are_the_utterances() -> None:
    """The session began later, in its text and in its audio."""
    tracker = AlignmentTracker(44100, text_start=100, first_frame=5000)
    tracker.extend(" Hi you")
    times = tracker.observe(Chunk(0, 1.0, "", (("Hi", 0.0, 0.08), ("you", 0.08, 0.08))))
    assert times == (
        WordTime(Span(101, 103), 49100, 52628),
        WordTime(Span(104, 107), 52628, 52628),
    )


def test_snapshots_replace_and_null_keeps() -> None:
    """Only what is new or has changed is told again."""
    tracker = AlignmentTracker(RATE)
    tracker.extend("one two three")
    assert len(tracker.observe(Chunk(0, 0.0, "", segments("one two")))) == 2
    assert tracker.observe(Chunk(0, 0.0, "", None)) == ()
    assert tracker.observe(Chunk(0, 0.0, "", segments("one two"))) == ()
    (three,) = tracker.observe(Chunk(0, 0.0, "", segments("one two three")))
    assert three.span == Span(8, 13)
    (two,) = tracker.observe(Chunk(0, 0.0, "", (("one", 0.0, 0.1), ("two", 0.15, 0.2), ("three", 0.2, 0.3))))
    assert two == WordTime(Span(4, 7), 150, 200)


def test_chunks_follow_one_another_and_are_corrected_late() -> None:
    """A trailing frame may still correct a chunk when the next one has begun; one long past is ignored."""
    tracker = AlignmentTracker(RATE)
    tracker.extend("yes, yes. ")
    tracker.extend("yes.")
    assert [
        time.span.start for time in tracker.observe(Chunk(0, 0.0, "yes, yes. ", segments("yes yes")))
    ] == [0, 5]
    assert [time.span.start for time in tracker.observe(Chunk(1, 0.2, "yes.", segments("yes")))] == [10]
    (late,) = tracker.observe(Chunk(0, 0.0, "yes, yes. ", (("yes", 0.0, 0.1), ("yes", 0.12, 0.2))))
    assert late == WordTime(Span(5, 8), 120, 200)
    tracker.extend("no")
    tracker.observe(Chunk(2, 0.3, "no", segments("no")))
    assert tracker.observe(Chunk(0, 0.0, "yes, yes. ", segments("yes yes"))) == ()


def test_a_documented_conversation_from_end_to_end() -> None:
    """Frames as the published schema has them: written by hand, and by nobody's server.

    Snapshots grow and repeat; null keeps; a frame carries the next chunk's audio under the old number; a last
    frame without audio corrects; after `finish` a new `start` counts from zero again.
    """
    first = {
        "segments": [{"text": "It", "start": 0, "end": 0.16}, {"text": "its", "start": 0.16, "end": 0.4}]
    }
    grown = [
        *first["segments"],
        {"text": "can't", "start": 0.4, "end": 0.8},
        {"text": "wait", "start": 0.8, "end": 1.2},
    ]
    second = [
        {"text": text, "start": index * 0.16, "end": index * 0.16 + 0.16}
        for index, text in enumerate("明天见")
    ]
    better = [*grown[:3], {"text": "wait", "start": 0.88, "end": 1.2}]

    def audio(content: str, seq: int, offset: float, segments: Any, payload: bytes = b"\0\0") -> bytes:
        return pack(
            {
                "event": "audio",
                "audio": payload,
                "content": content,
                "alignment": None if segments is None else {"segments": segments, "audio_duration": 1.24},
                "chunk_seq": seq,
                "chunk_audio_offset_sec": offset,
                "time": None,
            }
        )

    frames = [
        audio("It, it's: can't wait! ", 0, 0, None),
        audio("It, it's: can't wait! ", 0, 0, first["segments"]),
        audio("It, it's: can't wait! ", 0, 0, first["segments"]),
        audio("It, it's: can't wait! ", 0, 0, None),
        audio("It, it's: can't wait! ", 0, 0, grown),
        audio("It, it's: can't wait! ", 0, 0, None),  # the first audio of chunk 1
        audio("明天见。", 1, 1.24, second),
        audio("It, it's: can't wait! ", 0, 0, better, b""),
        pack({"event": "log", "message": "ignored"}),
        pack({"event": "finish", "reason": "stop", "time": 2100}),
    ]
    expected = {
        "It": (0, 160),
        "it's": (160, 400),
        "can't": (400, 800),
        "wait": (880, 1200),
        "明": (1240, 1400),
        "天": (1400, 1560),
        "见": (1560, 1720),
    }
    session = Session()
    text = "It, it's: can't wait! 明天见。"
    for first_frame in (0, 5000):
        session.start(TTSRequest(format="pcm"))
        session.text(text)
        session.stop()
        tracker = AlignmentTracker(RATE, first_frame=first_frame)
        tracker.extend(text)
        times: dict[str, tuple[int, int]] = {}
        for frame in frames[:-1]:
            event = session.receive(frame)
            if isinstance(event, Audio) and event.chunk is not None:
                for time in tracker.observe(event.chunk):
                    word = text[time.span.start : time.span.end]
                    times[word] = (time.start_frame - first_frame, time.end_frame - first_frame)
        assert times == expected
        assert session.receive(frames[-1]) == Finish()


def test_the_content_says_where_a_chunk_stands() -> None:
    """Even where none of the earlier chunk's words were found."""
    tracker = AlignmentTracker(RATE)
    tracker.extend("$1 $2 $3. ")
    tracker.extend("The the.")
    assert (
        tracker.observe(Chunk(0, 0.0, "$1 $2 $3. ", segments("one dollar two dollars three dollars"))) == ()
    )
    times = tracker.observe(Chunk(1, 0.6, "The the.", segments("The the")))
    assert [time.span.start for time in times] == [10, 14]


@pytest.mark.parametrize(
    ("frames", "rest"),
    [
        (0, "One two. Three four."),
        (99, "One two. Three four."),
        (100, "two. Three four."),
        (250, "Three four."),
    ],
)
def test_what_had_no_sound_yet_begins_at_a_word(frames: int, rest: str) -> None:
    """From the first word whose sound had not come to its end."""
    text = "One two. Three four."
    tracker = AlignmentTracker(RATE)
    tracker.extend(text)
    tracker.observe(Chunk(0, 0.0, text, segments("One two Three four")))
    assert text[tracker.sounded(frames) :] == rest


def test_the_newest_word_is_said_again_unless_silence_has_followed() -> None:
    """Its end may still move, so after a sudden loss it is not trusted."""
    text = "One two."
    tracker = AlignmentTracker(RATE)
    tracker.extend(text)
    tracker.observe(Chunk(0, 0.0, text, segments("One two")))
    assert text[tracker.sounded(200) :] == "two."
    assert tracker.sounded(300) == len(text)
    assert tracker.sounded(200, settled=True) == len(text)


def test_a_chunk_before_the_newest_is_complete_with_all_its_words() -> None:
    """Also those that have no times of their own."""
    text = "It costs $15. And more."
    tracker = AlignmentTracker(RATE)
    tracker.extend(text)
    tracker.observe(Chunk(0, 0.0, "It costs $15. ", segments("It costs fifteen dollars")))
    tracker.observe(Chunk(1, 0.4, "And more.", None))
    assert text[tracker.sounded(399) :] == "15. And more."
    assert text[tracker.sounded(400) :] == "And more."


def test_without_any_word_the_session_is_said_again() -> None:
    """Nothing is known, so nothing is left out."""
    tracker = AlignmentTracker(RATE, text_start=7)
    tracker.extend("One two.")
    assert not tracker.informed
    assert tracker.sounded(10_000) == 7
    tracker.observe(Chunk(0, 0.0, "", None))
    assert not tracker.informed
    assert tracker.sounded(10_000) == 7


def test_a_finish_too_soon_is_seen() -> None:
    """Words are missing, and there is no audio that could hold them."""
    text = "One two three four five six seven."
    tracker = AlignmentTracker(RATE)
    tracker.extend(text)
    tracker.observe(Chunk(0, 0.0, text, segments("One two")))
    assert tracker.is_cut_short(250)
    assert not tracker.is_cut_short(250 + 23 * 30)
    tracker.observe(Chunk(0, 0.0, text, segments("One two three four five six seven")))
    assert not tracker.is_cut_short(700)


# --- any text --------------------------------------------------------------------------------------------

words = st.lists(
    st.sampled_from(
        ["a", "I", "the", "one", "so", "it's", "don't", "$15", "3.14", "naïve", "你好", "New-York"]
    ),
    max_size=40,
)


@given(words, st.lists(st.integers(1, 5), max_size=40), st.randoms(use_true_random=False))
def test_a_faithful_service_gives_every_word_its_place(
    text: list[str], growth: list[int], chance: Any
) -> None:
    """However the snapshots grow: every word that is said as written is found where it stands."""
    source = " ".join(word + chance.choice(["", ",", ".", " —"]) for word in text)
    tracker = AlignmentTracker(RATE)
    tracker.extend(source)
    said = segments(" ".join(word.replace("'", "") for word in text))
    places: dict[Span, int] = {}
    for count in [*growth, len(said)]:
        for time in tracker.observe(Chunk(0, 0.0, "", said[:count])):
            places[time.span] = time.start_frame
    expected = {}
    at = 0
    for index, word in enumerate(text):
        at = source.index(word, at)
        core = word.lstrip("$")
        start = at + len(word) - len(core)
        expected[Span(start, start + len(core))] = index * 100
        at += len(word)
    assert places == expected


@given(
    st.lists(st.text(max_size=30), max_size=4),
    st.lists(
        st.builds(
            Chunk,
            st.integers(0, 4),
            st.floats(0, 1e6),
            st.text(max_size=20),
            st.none()
            | st.lists(
                st.tuples(st.text("abcd '日$5", max_size=4), st.floats(0, 1e6), st.floats(0, 1e6)),
                max_size=20,
            ).map(tuple),
        ),
        max_size=6,
    ),
    st.integers(0, 10**9),
)
def test_whatever_it_is_told_positions_stay_in_the_text(
    texts: list[str], chunks: list[Chunk], frames: int
) -> None:
    """Chunks in any order with any words: no exception, spans within the text, in order of their letters."""
    tracker = AlignmentTracker(RATE, text_start=3)
    length = 0
    for index in range(max(len(texts), len(chunks))):
        if index < len(texts):
            tracker.extend(texts[index])
            length += len(texts[index])
        if index < len(chunks):
            for time in tracker.observe(chunks[index]):
                assert 3 <= time.span.start < time.span.end <= 3 + length
        assert 3 <= tracker.sounded(frames) <= 3 + length
        assert 3 <= tracker.sounded(frames, settled=True) <= 3 + length
        tracker.is_cut_short(frames)


@given(st.text(max_size=40))
def test_letters_are_the_same_whole_and_one_by_one(text: str) -> None:
    """The text is folded by the character and a segment in one: they must meet."""
    assert letters_of(text) == "".join(map(letters_of, text))


@given(
    st.lists(
        st.sampled_from(["It's", "a", "'x'", "b`c", "d''e", "--", "3.14", "A-B", "'", "''"]), max_size=20
    )
)
def test_plain_text_is_read_as_any_other(parts: list[str]) -> None:
    """The short way that ASCII takes gives what the long one does."""
    text = " ".join(parts)
    short, long = _Letters(5), _Letters(5)
    short.extend(text)
    long._extend_any(text)
    long.text_end += len(text)
    long._edge()
    assert vars(short) | {"_text": short._joined(), "_letters": []} == vars(long) | {
        "_text": long._joined(),
        "_letters": [],
    }


def test_a_long_session_stays_small() -> None:
    """What lies behind is forgotten: an hour of reading does not grow, nor slow down."""
    tracker = AlignmentTracker(RATE)
    for index in range(2000):
        text = f"This is sentence number {index} of many. "
        tracker.extend(text)
        times = tracker.observe(Chunk(index, index * 1.0, text, segments(text.replace(".", ""))))
        assert len(times) == 7
    assert len(tracker._letters._text) < 200
    assert len(tracker._letters._edges) < 50
