"""A voice that cannot be reached any more, and the one that takes over: every word is heard once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import ConnectionLost, FishCaptionError, PaymentRequired, SynthesisError
from fishcaption.core.speech import Aligned, Fate, Piece, Sound, Span, Voice, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader import Reader, Sink
from fishcaption.store.audio_buffer import StoredAudio
from tests.fakes import RATE, FakeEar

WORD = 300  # frames
TEXT = "One two three four. Five six seven. Eight nine ten eleven twelve."
WORDS = [TEXT[span.start : span.end].casefold() for span in words(TEXT)]
ALL = WORD * len(WORDS)
BEGINS = {0, 4, 7}  # the words that begin a sentence
LOST = ConnectionLost("The connection to the voice broke.")


@dataclass
class Numbers:
    """A voice whose samples are its level and the word's number; after so many frames it waits, and fails."""

    voice: Voice
    level: int
    dies_after: int | None = None
    error: FishCaptionError = LOST
    step: int = 70
    rate: int = RATE
    may_die: asyncio.Event = field(default_factory=asyncio.Event)
    frames: int = 0

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        self.frames = 0
        async for piece in pieces:
            for span in words(piece.text):
                number = WORDS.index(piece.text[span.start : span.end].casefold())
                here = Span(piece.start + span.start, piece.start + span.end)
                end = self.frames + WORD
                await sink(Aligned((WordTime(here, self.frames, end),)))
                while self.frames < end:
                    await self._sound(self.level + number, end, sink)
        if self.dies_after is not None:
            await self._die()

    async def _sound(self, sample: int, end: int, sink: Sink) -> None:
        step = min(self.step, end - self.frames)
        if self.dies_after is not None:
            step = min(step, self.dies_after - self.frames)
            if not step:
                await self._die()
        self.frames += step
        await sink(Sound(sample.to_bytes(2, "little", signed=True) * step))

    async def _die(self) -> None:
        await self.may_die.wait()
        raise self.error


class Stage:
    """A reader with a service's voice, its stand-in, and an ear that the test moves on."""

    def __init__(self, dies_after: int | None, error: FishCaptionError = LOST) -> None:
        self.ear = FakeEar()
        self.own = Numbers(Voice("fish", "own", "Own", ("en",)), 1000, dies_after, error)
        self.other = Numbers(Voice("embedded", "other", "Other", ("en",)), 2000)
        self.stood_in: list[FishCaptionError] = []
        rate = SpeechRate()
        self.reader = Reader(
            self.ear, make_buffer=StoredAudio, rate_of_voice=lambda voice: rate, clock=lambda: 0.0
        )
        self.reader.use(self.own, "s2")
        self.reader.use_stand_ins(lambda voice: (self.other, "embedded"), self.stood_in.append)

    async def hear(self, frames: int) -> None:
        for _ in range(200):
            await asyncio.sleep(0)
        self.ear.hear(frames)
        for _ in range(200):
            await asyncio.sleep(0)

    async def die(self) -> None:
        self.own.may_die.set()
        await self.hear(0)

    async def hear_all(self) -> None:
        for _ in range(6):
            await self.hear(ALL)

    def heard(self) -> list[tuple[str, int, int]]:
        """(voice, number of the word, frames) of each stretch that was heard."""
        runs = [(sample, len(list(run))) for sample, run in groupby(self.ear.heard_samples)]
        return [
            ("own" if sample < self.other.level else "other", sample % 1000, frames)
            for sample, frames in runs
        ]

    def whole(self) -> list[tuple[str, int]]:
        """(voice, number of the word) of the words that were heard from beginning to end."""
        return [(voice, number) for voice, number, frames in self.heard() if frames == WORD]


@asynccontextmanager
async def opened(dies_after: int | None, error: FishCaptionError = LOST) -> AsyncIterator[Stage]:
    stage = Stage(dies_after, error)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stage.reader.run())
        yield stage
        running.cancel()


@given(dies_after=st.integers(0, ALL), ear=st.integers(0, ALL))
@example(ALL, 0)
@example(ALL, ALL)
@example(1, 1)
@settings(max_examples=60, deadline=None)
async def test_every_word_is_heard_once_whatever_is_cut_when(dies_after: int, ear: int) -> None:
    async with opened(dies_after) as stage:
        number = stage.reader.speak(TEXT)
        await stage.hear(min(ear, dies_after))
        at_ear = sum(frames for _, _, frames in stage.heard())
        await stage.die()
        await stage.hear_all()
        view = stage.reader.utterance(number)
        said = stage.whole()
        assert [word for _, word in said] == list(range(len(WORDS)))
        cut = [stretch for stretch in stage.heard() if stretch[2] != WORD]
        assert cut == ([] if not cut else [("own", at_ear // WORD, at_ear % WORD)]), (
            "only what was heard by then"
        )
        voices = [voice for voice, _ in said]
        assert voices == sorted(voices, reverse=True), "it never goes back to the first voice"
        first = voices.index("other") if "other" in voices else len(WORDS)
        sentence = max((place for place in BEGINS if place <= first), default=0)
        assert first in BEGINS | {len(WORDS)} or sentence * WORD < at_ear, "no half of an unheard sentence"
        assert (view.fate, view.error, view.heard_end) == (Fate.HEARD, None, len(TEXT))
        assert stage.stood_in == [LOST]


@pytest.mark.parametrize("kind", [Kind.PIPED, Kind.SENTENCES])
async def test_a_text_that_still_comes_goes_on_with_the_other_voice(kind: Kind) -> None:
    async with opened(5 * WORD) as stage:
        number = stage.reader.begin_live(kind)
        give: Callable[[str], None] = (
            (lambda text: stage.reader.append(number, text[len(stage.reader.utterance(number).text) :]))
            if kind is Kind.PIPED
            else (lambda text: stage.reader.live_text(number, text))
        )
        give("One two three four. Five six ")
        stage.reader.say_so_far()
        await stage.hear(WORD)
        await stage.die()
        give(TEXT)
        stage.reader.finish_live(number)
        await stage.hear_all()
        assert stage.whole() == [("own" if word < 4 else "other", word) for word in range(len(WORDS))]


async def test_what_waits_is_the_other_voices_and_a_phrase_says_its_rest() -> None:
    async with opened(2 * WORD + 10) as stage:
        stage.reader.speak("Numbers.", said="One two three four.")
        stage.reader.speak("Five six seven.")
        await stage.hear(WORD + 10)
        await stage.die()
        await stage.hear_all()
        assert stage.whole() == [("own" if word < 2 else "other", word) for word in range(7)]


@pytest.mark.parametrize(
    ("error", "is_taken_over"),
    [(SynthesisError("The voice's service has gone silent."), True), (PaymentRequired("No credit."), False)],
)
async def test_who_is_refused_is_asked_and_who_hears_nothing_is_not(
    error: FishCaptionError, is_taken_over: bool
) -> None:
    async with opened(0, error) as stage:
        number = stage.reader.speak(TEXT)
        await stage.die()
        await stage.hear_all()
        assert bool(stage.stood_in) == is_taken_over
        assert (stage.reader.utterance(number).error is None) == is_taken_over


async def test_a_stand_in_that_fails_itself_is_told() -> None:
    async with opened(WORD) as stage:
        stage.other.dies_after = 0
        stage.other.may_die.set()
        number = stage.reader.speak(TEXT)
        await stage.die()
        await stage.hear_all()
        view = stage.reader.utterance(number)
        assert (view.fate, view.error) == (Fate.FAILED, LOST)
