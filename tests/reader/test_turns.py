"""A text that several voices say in turn: order, what is shown, what is heard, and voices that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby

import pytest

from fishcaption.core.errors import ConnectionLost, FishCaptionError, InputError
from fishcaption.core.speech import Fate, Manner, Span, Voice
from fishcaption.core.text.segmentation import words
from fishcaption.core.text.tags import TAGS
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.core.voices.cast import spoken_parts
from fishcaption.reader import Reader, Turn
from fishcaption.store.audio_buffer import StoredAudio
from tests.fakes import RATE, WORD_FRAMES, FakeEar, FakeVoice

TEXT = "It was late. \nANNA: Good morning.\nBOB: Hello there, Anna.\nANNA: Yes."
words_of = str.split
LOST = ConnectionLost("The connection to the voice broke.")


class Stage:
    def __init__(self) -> None:
        self.ear = FakeEar()
        self.narrator = FakeVoice(Voice("embedded", "narrator", "Narrator", ("en",)))
        self.anna = FakeVoice(Voice("fish", "anna", "Anna", ("en",)), rate=2 * RATE)
        self.bob = FakeVoice(Voice("fish", "bob", "Bob", ("en",)))
        self.reader = Reader(
            self.ear, make_buffer=StoredAudio, rate_of_voice=lambda voice: SpeechRate(), clock=lambda: 0.0
        )
        self.reader.use(self.narrator, "embedded")
        voices = {"": self.narrator, "ANNA": self.anna, "BOB": self.bob}
        self.turns = [
            Turn(part.start, part.end, voices[part.speaker], "s2")
            for part in spoken_parts(TEXT, ("ANNA", "BOB"))
        ]

    async def hear(self, count: float) -> None:
        """Hear so many words."""
        for _ in range(round(2 * count)):
            for _ in range(200):
                await asyncio.sleep(0)
            self.ear.hear(WORD_FRAMES // 2)
            for _ in range(200):
                await asyncio.sleep(0)

    def said(self) -> list[list[str]]:
        return [voice.words for voice in (self.narrator, self.anna, self.bob)]


@asynccontextmanager
async def opened() -> AsyncIterator[Stage]:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stage.reader.run())
        yield stage
        running.cancel()


async def test_each_voice_says_its_turns_and_names_are_not_said() -> None:
    async with opened() as stage:
        number = stage.reader.speak_in_turns(TEXT, stage.turns)
        lit = []
        for _ in range(24):
            await stage.hear(0.5)
            view = stage.reader.utterance(number)
            if view.word is not None:
                lit.append(TEXT[view.word.start : view.word.end])
        assert stage.said() == [["It", "was", "late"], ["Good", "morning", "Yes"], ["Hello", "there", "Anna"]]
        assert [word for word, _ in groupby(lit)] == [
            "It",
            "was",
            "late",
            "Good",
            "morning",
            "Hello",
            "there",
            "Anna",
            "Yes",
        ]
        assert (view.fate, view.heard_end, view.sent_end) == (Fate.HEARD, len(TEXT), len(TEXT))
        rate, times = stage.reader.word_times(number)
        assert [TEXT[time.span.start : time.span.end] for time in times] == list(dict.fromkeys(lit))
        assert [round(time.start_frame / rate * RATE) for time in times] == [
            0,
            300,
            600,
            900,
            1050,
            1200,
            1500,
            1800,
            2100,
        ]


async def test_what_is_sent_and_heard_is_told_as_it_stands() -> None:
    async with opened() as stage:
        stage.bob.open = asyncio.Event()
        number = stage.reader.speak_in_turns(TEXT, stage.turns)
        await stage.hear(4)
        view = stage.reader.utterance(number)
        assert view.sent_end == TEXT.index("Yes")
        assert view.heard_end == TEXT.index("morning")
        assert stage.reader.snapshot().voice == stage.anna.voice
        with pytest.raises(InputError):
            stage.reader.speak_in_turns("  ", [])


async def test_back_goes_to_the_turn_before() -> None:
    async with opened() as stage:
        number = stage.reader.speak_in_turns(TEXT, stage.turns)
        await stage.hear(6)
        stage.reader.back()
        stage.reader.back()
        await stage.hear(1)
        view = stage.reader.utterance(number)
        assert view.word is not None
        assert view.word.start <= TEXT.index("Good")
        await stage.hear(12)
        assert stage.reader.utterance(number).fate is Fate.HEARD


@pytest.mark.parametrize("is_for_all", [False, True])
async def test_another_try_keeps_the_voices_unless_it_is_for_all(is_for_all: bool) -> None:
    async with opened() as stage:
        stage.bob.fails[0] = LOST
        number = stage.reader.speak_in_turns(TEXT, stage.turns)
        await stage.hear(7)
        assert stage.reader.utterance(number).error is LOST
        stage.reader.retry(is_for_all=is_for_all)
        await stage.hear(12)
        view = stage.reader.utterance(number)
        assert (view.fate, view.error) == (Fate.HEARD, None)
        if is_for_all:
            assert stage.said() == [
                ["It", "was", "late", "Hello", "there", "Anna", "Yes"], ["Good", "morning"], []
            ]  # fmt: skip
        else:
            assert stage.said() == [
                ["It", "was", "late"],
                ["Good", "morning", "Yes"],
                ["Hello", "there", "Anna"],
            ]


async def test_a_stand_in_says_the_turns_of_who_cannot_be_reached() -> None:
    async with opened() as stage:
        other = FakeVoice(Voice("embedded", "other", "Other", ("en",)))
        told: list[FishCaptionError] = []
        stage.reader.use_stand_ins(lambda voice: (other, "embedded"), told.append)
        stage.anna.fails[0] = LOST
        number = stage.reader.speak_in_turns(TEXT, stage.turns)
        await stage.hear(14)
        assert stage.said() == [["It", "was", "late"], [], []]
        assert other.words == ["Good", "morning", "Hello", "there", "Anna", "Yes"]
        assert stage.reader.utterance(number).fate is Fate.HEARD
        assert told == [LOST]


@pytest.mark.parametrize(
    ("text", "says_names", "parts"),
    [
        ("No names here.", False, [("", "No names here.")]),
        ("ANNA: Yes.\n\n  Bob (softly): No.\nAnd on.", False, [("ANNA", "Yes."), ("Bob", "No.\nAnd on.")]),
        ("Well.\n**Anna:** Yes.", False, [("", "Well."), ("ANNA", "Yes.")]),
        ("@anna: Yes.\nNOTE: No.", False, [("ANNA", "Yes.\nNOTE: No.")]),
        ("ANNA: Yes.\nBob: No.", True, [("ANNA", "ANNA: Yes."), ("Bob", "Bob: No.")]),
        ("ANNA:\nBob: No.", False, [("Bob", "No.")]),
        ("", False, []),
    ],
)
def test_parts_by_speaker(text: str, says_names: bool, parts: Sequence[tuple[str, str]]) -> None:
    found = spoken_parts(text, ("ANNA", "Bob"), says_names=says_names)
    assert [(part.speaker, text[part.start : part.end]) for part in found] == list(parts)


def test_a_span_is_of_the_text() -> None:
    (part,) = spoken_parts("  ANNA: x  ", ("ANNA",))
    assert Span(part.start, part.end) == words("  ANNA: x  ")[1]


async def test_a_turn_has_a_manner_of_its_own_and_repeat_keeps_it() -> None:
    async with opened() as stage:
        softly = Manner(TAGS[0].char, gain=0.5, pace=1.5)
        turn = Turn(0, len("Good morning."), stage.anna, "s2", manner=softly)
        stage.reader.speak_in_turns("Good morning.", [turn])
        await stage.hear(4)
        stage.reader.repeat(gain=2.0)
        await stage.hear(1)
        stage.reader.stop()
        stage.reader.speak("It was late.")
        await stage.hear(1)
        first, again, plain = stage.ear.clips
        assert [(clip.gain, clip.pace) for clip in (first, again, plain)] == [(0.5, 1.5), (1.0, 1.5), (1, 1)]
        assert "".join(piece.text for piece in stage.anna.pieces).startswith("[")
        assert not stage.narrator.pieces[0].text.startswith("[")
