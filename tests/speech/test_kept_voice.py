"""A voice beside kept audio: what is said anew, what is heard from the store, and what is never kept."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Aligned, Covered, Delivery, Piece, Sound, Span, Voice, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.reader import Sink
from fishcaption.speech.kept_voice import KeptVoice, Parts, kept_sound, unkept
from fishcaption.store.kept_audio.identity import SoundShape
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from tests.app.services.rendering.speaking import speaking
from tests.kept_sound import opened_store

RATE = 1000
SHAPE = SoundShape(Voice("embedded", "heart", "Heart", ("en",)), "", RATE)
FRAMES = 40  # of a letter


def level(letter: str) -> int:
    return 100 + ord(letter) % 1000


class Service:
    """Says each letter with a level of its own, a blank with silence, and tells where each word sounds."""

    def __init__(self, *, is_aligned: bool = True, fails_after: int | None = None) -> None:
        self.said: list[str] = []
        self.is_aligned = is_aligned
        self.fails_after = fails_after  # letters

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        text, frames = "", 0
        self.said.append("")
        async for piece in pieces:
            assert piece.start == len(text)
            self.said[-1] += piece.text
            pcm = b"".join(_sound(letter) for letter in piece.text)
            if self.fails_after is not None and len(text) + len(piece.text) > self.fails_after:
                await sink(Sound(pcm[: len(pcm) // 4 * 2]))
                raise ConnectionLost("cut")
            await sink(Sound(pcm))
            times = tuple(
                WordTime(
                    Span(piece.start + span.start, piece.start + span.end),
                    frames + FRAMES * span.start,
                    frames + FRAMES * span.end,
                )
                for span in words(piece.text)
            )
            if self.is_aligned:
                await sink(Aligned(times))
            text += piece.text
            frames += FRAMES * len(piece.text)
        await sink(Covered(len(text), frames))


def _sound(letter: str) -> bytes:
    value = 0 if letter.isspace() else level(letter)
    return array("h", [value] * FRAMES).tobytes()


def heard(pcm: bytes) -> str:
    """Return the letters that sound in it, each once."""
    return "".join(chr(value - 100) for value in array("h", pcm)[FRAMES // 2 :: FRAMES] if value)


class Heard:
    """What a sink was given."""

    def __init__(self) -> None:
        self.pcm = b""
        self.times: dict[Span, WordTime] = {}
        self.covered: list[tuple[int, int]] = []

    async def __call__(self, delivery: Delivery) -> None:
        match delivery:
            case Sound(pcm):
                self.pcm += pcm
            case Aligned(times):
                self.times.update({time.span: time for time in times})
            case Covered(end, frame):
                assert frame == len(self.pcm) // 2
                self.covered.append((end, frame))


async def pieces_of(text: str, unheard: float = 0.0, kind: Kind = Kind.CERTAIN) -> AsyncIterator[Piece]:
    feed = Feed(kind)
    feed.push(text, 0.0)
    feed.close(0.0)
    while (piece := feed.take(0.0, unheard)) is not None:
        yield piece


async def typed(*fragments: str) -> AsyncIterator[Piece]:
    start = 0
    for fragment in fragments:
        yield Piece(start, fragment)
        start += len(fragment)


async def say(store: KeptAudio, service: Service, pieces: AsyncIterator[Piece]) -> Heard:
    sink = Heard()
    await KeptVoice(SHAPE, store, service.speak).speak(pieces, sink)
    return sink


@pytest.fixture
def store(tmp_path: Path) -> KeptAudio:
    return opened_store(tmp_path)


TEXT = "Good morning, Anna. How are you today? It is warm outside. I like that."


async def test_the_same_text_is_not_asked_for_again_however_it_is_cut(store: KeptAudio) -> None:
    service = Service()
    first = await say(store, service, pieces_of(TEXT))
    assert service.said == [TEXT]
    for unheard in (0.0, 5.0, 15.0):
        again = await say(store, service, pieces_of(TEXT, unheard))
        assert len(service.said) == 1
        assert heard(again.pcm) == heard(first.pcm) == TEXT.replace(" ", "")
        assert again.times.keys() == first.times.keys()
        for span, time in again.times.items():
            assert heard(again.pcm[2 * time.start_frame : 2 * time.end_frame]).startswith(TEXT[span.start])
        assert again.covered[-1][0] == len(TEXT)


async def test_only_what_is_new_is_said_live(store: KeptAudio) -> None:
    service = Service()
    await say(store, service, pieces_of(TEXT))
    text = TEXT.replace("It is warm outside.", "It rains.")
    sink = await say(store, service, pieces_of(text, 5.0))
    assert service.said[1:] == ["It rains. "]
    assert heard(sink.pcm) == text.replace(" ", "")
    assert {text[span.start : span.end] for span in sink.times} == {
        text[span.start : span.end] for span in words(text)
    }


async def test_a_sentence_is_found_after_a_restart(store: KeptAudio, tmp_path: Path) -> None:
    await say(store, Service(), pieces_of(TEXT))
    store.write_waiting()
    store.close()
    service = Service()
    await say(opened_store(tmp_path), service, pieces_of("How are you today?"))
    assert service.said == []


async def test_what_is_typed_is_kept_by_whole_sentences_only(store: KeptAudio) -> None:
    service = Service()
    await say(store, service, typed("I would ", "like tea. ", "And a bun. ", "Or"))
    kept = [text for text in ("I would", "like tea.", "And a bun.", "Or") if SHAPE.identity(text) in store]
    assert kept == ["And a bun.", "Or"]


async def test_what_is_cut_off_is_not_kept(store: KeptAudio) -> None:
    with pytest.raises(ConnectionLost):
        await say(store, Service(fails_after=30), pieces_of(TEXT))
    assert "Good morning, Anna." in TEXT
    assert SHAPE.identity("Good morning, Anna.") not in store, "nobody knows where the next one began"
    assert SHAPE.identity("How are you today?") not in store


async def test_without_times_of_words_nothing_is_known_and_nothing_kept(store: KeptAudio) -> None:
    service = Service(is_aligned=False)
    await say(store, service, pieces_of(TEXT))
    await say(store, service, pieces_of(TEXT))
    assert service.said == [TEXT, TEXT]


async def test_a_sentence_that_was_begun_twice_is_not_kept(store: KeptAudio) -> None:
    async def spliced(pieces: AsyncIterator[Piece], sink: Sink) -> None:
        text = "".join([piece.text async for piece in pieces])
        await sink(Sound(bytes(_sound("x") * 10)))
        await sink(Aligned((WordTime(Span(0, 3), 0, 3 * FRAMES),)))
        await sink(Covered(0, 10 * FRAMES))
        await sink(Sound(b"".join(map(_sound, text))))
        times = [WordTime(span, (10 + span.start) * FRAMES, (10 + span.end) * FRAMES) for span in words(text)]
        await sink(Aligned(tuple(times)))
        await sink(Covered(len(text), (10 + len(text)) * FRAMES))

    await KeptVoice(SHAPE, store, spliced).speak(pieces_of("Yes, I do. No."), Heard())
    assert SHAPE.identity("Yes, I do.") not in store
    assert SHAPE.identity("No.") in store


async def test_a_mark_between_sentences_belongs_to_neither_for_sure(store: KeptAudio) -> None:
    await say(store, Service(), typed("That is it. ", "[laughs] Really? ", "Yes."))
    kept = [text for text in ("That is it.", "[laughs] Really?", "Yes.") if SHAPE.identity(text) in store]
    assert kept == ["Yes."]


async def test_a_text_is_put_together_and_what_is_missing_of_it_is_told(store: KeptAudio) -> None:
    await say(store, Service(), pieces_of(TEXT))
    whole = kept_sound(SHAPE, store, f" {TEXT}")
    assert whole is not None
    assert heard(whole.pcm) == TEXT.replace(" ", "")
    assert whole.words[0].span == Span(1, 5)
    assert kept_sound(SHAPE, store, f"{TEXT} And more.") is None
    assert unkept(SHAPE, store, TEXT) == ""
    assert unkept(SHAPE, store, f"{TEXT} And more.") == "And more."
    assert unkept(SHAPE, store, "Other.") == "Other."


async def test_a_sentence_longer_than_a_piece_is_kept_in_its_parts(store: KeptAudio) -> None:
    service = Service()
    text = "and so on, " * 60 + "at last."
    await say(store, service, pieces_of(text))
    await say(store, service, pieces_of(text))
    assert service.said == [text]


async def test_off_the_record_nothing_is_kept(store: KeptAudio) -> None:
    store.is_on = False
    service = Service()
    await say(store, service, pieces_of("Yes."))
    await say(store, service, pieces_of("Yes."))
    assert service.said == ["Yes.", "Yes."]


@given(
    st.lists(
        st.sampled_from(["Yes. ", "no ", "Dr. ", "(a) ", "3.5 ", "\n", "、", "。", "x" * 120]), max_size=12
    )
)
def test_parts_are_the_whole_text(texts: list[str]) -> None:
    text = "".join(texts)
    parts = Parts(SHAPE).of(Piece(3, text))
    assert "".join(part.text for part in parts) == text
    assert [part.start for part in parts] == [
        3 + sum(len(part.text) for part in parts[:place]) for place in range(len(parts))
    ]


# -- the real system --------------------------------------------------------------------------------------


async def test_live_speech_of_yesterday_costs_nothing_and_needs_no_network(
    store: KeptAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with speaking(monkeypatch, kept=store) as made:
        await made.system.reader.ended(made.system.reader.speak("Hello there. How are you?"))
        assert made.said() == ["Hello there. How are you?"]
        store.write_waiting()
    async with speaking(monkeypatch, key="", kept=store) as made:
        made.server.be(status=503)
        number = made.system.reader.speak("How are you? Hello there.")
        view = await made.system.reader.ended(number)
        assert view.error is None
        assert made.said() == []
        _, times = made.system.reader.word_times(number)
        said = [view.text[time.span.start : time.span.end] for time in times]
        assert said == ["How", "are", "you", "Hello", "there"]
