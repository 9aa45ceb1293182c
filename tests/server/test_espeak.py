"""eSpeak NG: its languages, its words' times, its process; and the server's voices that are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.text.segmentation import words
from fishcaption.server.engines import espeak_voices
from fishcaption.server.engines.base import EngineText, read_whole, shared_out
from fishcaption.server.engines.espeak import EspeakEngine
from fishcaption.server.engines.espeak_process import RATE
from fishcaption.server.voice_registry import installed_voices


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    engine.load()
    yield engine
    engine.close()


def test_some_hundred_languages_are_listed_without_the_library() -> None:
    found = {language.voice: language for language in espeak_voices.languages()}
    assert len(found) > 100
    assert found["ru"] == ("ru", "ru", "Russian")
    assert found["en-US"].code == "en-us"
    assert "piqd" not in found, "Klingon"


def test_the_voices_have_ids_of_their_own_after_the_others() -> None:
    voices = [entry.voice for entry in installed_voices()]
    assert voices[0].id == "heart"
    assert len({voice.id for voice in voices}) == len(voices)
    assert any(voice.id == "espeak-ar" and voice.languages == ("ar",) for voice in voices)


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("ru", "Привет, как дела сегодня?"),
        ("ar", "مرحبا كيف حالك اليوم"),
        ("hi", "नमस्ते, आप कैसे हैं?"),
        ("ja", "こんにちは、元気ですか。"),
        ("th", "สวัสดีครับ คุณสบายดีไหม"),
        ("cmn", "你好，今天天气很好。"),
        ("en-US", "Hello, 42 cats and a\x07 bell."),
    ],
)
def test_each_word_has_its_time_in_order(engine: EspeakEngine, voice: str, text: str) -> None:
    made = engine.render(voice, read_whole(text), 1.0)
    assert [word.span for word in made.words] == list(words(text.replace("\x07", " ")))
    assert np.abs(made.samples).max() > 0.1
    for word, following in pairwise(made.words):
        assert word.start_frame <= word.end_frame <= following.start_frame + 1
    assert made.words[-1].end_frame <= len(made.samples)


def test_speed_is_taken(engine: EspeakEngine) -> None:
    slow, quick = (
        len(engine.render("de", read_whole("Guten Morgen zusammen, wie geht es?"), s).samples)
        for s in (0.5, 2)
    )
    assert slow > 2 * quick > RATE / 2


def test_a_process_that_is_gone_is_told_and_started_anew() -> None:
    engine = EspeakEngine()
    try:
        engine.load()
        assert engine._process is not None
        engine._process._child.kill()
        with pytest.raises(OSError, match=r"eSpeak NG|[Pp]ipe"):
            engine.render("de", read_whole("Hallo."), 1.0)
        assert len(engine.render("de", read_whole("Hallo."), 1.0).samples) > 0
        with pytest.raises(OSError, match="no such voice"):
            engine.render("never", read_whole("Hallo."), 1.0)
        assert len(engine.render("de", read_whole("Hallo."), 1.0).samples) > 0
    finally:
        engine.close()


@given(
    st.text("ab cd, é", max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1000)), max_size=6),
)
def test_words_share_the_sound_between_two_places(text: str, places: list[tuple[int, int]]) -> None:
    reading = read_whole(text)
    starts = [
        (at, frame)
        for (at, _), frame in zip(
            sorted(dict(places).items()), sorted(frame for _, frame in places), strict=False
        )
    ]
    found = shared_out(reading, starts, 1000)
    if starts:
        assert [word.span for word in found] == [span for _, (span,) in reading.words]
        assert all(first.end_frame <= then.start_frame for first, then in pairwise(found))
    else:
        assert found == ()


def test_nothing_is_read_of_an_empty_text() -> None:
    assert read_whole(" \x00\ue100 ") == EngineText("    ", ())
