"""Each word is shown when the device plays it: what is shown, beside a recording of what was heard."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.track import CaptionTrack
from fishcaption.core.speech import Aligned, Covered, Piece, Snapshot, Sound, Span, Voice, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader import Reader, Sink
from fishcaption.store.audio_buffer import StoredAudio
from tests.rig import Recording, Rig, missing

RATE = 24_000
WORD_FRAMES = 6_000
TEXT = "One two three four five. Six seven eight nine ten. Eleven twelve thirteen fourteen fifteen."
WORDS = [TEXT[span.start : span.end] for span in words(TEXT)]


class CountingVoice:
    """Says each word for 0.25 s, with samples that are the word's number."""

    voice = Voice("embedded", "counting", "Counting")
    rate = RATE

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        frame = 0
        async for piece in pieces:
            for span in words(piece.text):
                number = WORDS.index(piece.text[span.start : span.end]) + 1
                here = Span(piece.start + span.start, piece.start + span.end)
                await sink(Aligned((WordTime(here, frame, frame + WORD_FRAMES),)))
                await sink(Sound(number.to_bytes(2, "little") * WORD_FRAMES))
                frame += WORD_FRAMES
            await sink(Covered(piece.start + len(piece.text), frame))


class Shown:
    """An outlet that notes when it was shown which word."""

    def __init__(self) -> None:
        self.words: list[tuple[float, str]] = []
        self._news = asyncio.Event()

    def show(self, snapshot: Snapshot) -> None:
        view = snapshot.current
        span = view.word if view is not None else None
        word = TEXT[span.start : span.end] if span is not None else ""
        if not self.words or self.words[-1][1] != word:
            self.words.append((time.perf_counter(), word))
        self._news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def until_word(self, word: str, since: int = 0) -> None:
        await self.until(lambda: word in [shown for _, shown in self.words[since:]])


@pytest.fixture
def rig(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if reason := missing():
        pytest.skip(reason)
    where: Path = tmp_path_factory.mktemp("rig")
    with Rig(where) as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        yield running


def heard(recording: Recording) -> list[tuple[float, str]]:
    """When each word began to be heard; one that a pause interrupts begins once."""
    numbers = np.rint(recording.samples() * 32768).astype(int)
    return [(recording.time_of(frame), WORDS[number - 1]) for frame, number in onsets(numbers)]


def onsets(numbers: np.ndarray) -> list[tuple[int, int]]:
    """The first frame of each word, and its number, in what `CountingVoice` said."""
    edges = np.concatenate(([0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]))
    found: list[tuple[int, int]] = [
        (int(start), int(numbers[start]))
        for start, end in pairwise(edges)
        if end - start > 200 and 0 < numbers[start] <= len(WORDS)
    ]
    return [next(group) for _, group in groupby(found, key=lambda each: each[1])]


@pytest.mark.slow
async def test_through_pause_and_back_and_stop_words_are_shown_when_they_are_heard(rig: Rig) -> None:
    shown = Shown()
    async with SoundPlayer(DeviceChoice("Speakers", "ALSA")) as player, asyncio.TaskGroup() as tasks:
        reader = Reader(player, make_buffer=StoredAudio, rate_of_voice=lambda voice: SpeechRate())
        reader.use(CountingVoice(), "embedded")
        reading = tasks.create_task(reader.run())
        track = CaptionTrack(reader, LoopAlarm())
        track.subscribe(shown.show)
        with rig.listen("Speakers") as recording:
            reader.speak(TEXT)
            await shown.until_word("four")
            reader.pause()
            await asyncio.to_thread(recording.wait_frames, recording.frames + RATE)
            reader.resume()
            await shown.until_word("eight")
            before = len(shown.words)
            reader.back()
            await shown.until_word("Eleven", before)
            await shown.until_word("thirteen", before)
            reader.stop()
            await asyncio.to_thread(recording.wait_for_silence, 0.5, recording.frames - RATE // 4)
            began = heard(recording)
        track.close()
        reading.cancel()
    words_shown = [(moment, word) for moment, word in shown.words if word]
    assert [word for _, word in words_shown] == [word for _, word in began]
    late = [moment - onset for (moment, _), (onset, _) in zip(words_shown, began, strict=True)]
    assert -0.015 < statistics.median(late) < 0.015
    assert max(late) < 0.05
    assert min(late) > -0.03
    assert shown.words[-1][1] == ""
