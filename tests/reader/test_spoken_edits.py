"""What is heard of an edit and of a signal: the embedded voice, and the samples a real sound server got."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Fate, Rendered
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.speech.system import SpeechSystem
from tests import listen, rig
from tests.rig import Recording, Rig, Samples, Sink

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(rig.missing()), reason=rig.missing()),
]

RATE = 24_000
FADE_FRAMES = RATE * 5 // 1000
BEFORE = "The first thing I noticed about the garden was the smell of wet leaves and old wood. "
AFTER = "The first thing I noticed about the kitchen was the smell of fresh bread and old wood. "
WORDS = (
    "please",
    "tell",
    "all",
    "my",
    "friends",
    "that",
    "we",
    "meet",
    "at",
    "the",
    "old",
    "bridge",
    "today",
)
LOUD = 15_000


@pytest.fixture
def speakers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    made = Rig(tmp_path, sinks=[Sink("Speakers", RATE)])
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    return made


@pytest.fixture
async def speech(speakers: Rig, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SpeechSystem]:
    with speakers:
        for name, value in speakers.variables.items():
            monkeypatch.setenv(name, value)
        speech = SpeechSystem(SoundPlayer(DeviceChoice("Speakers", "ALSA")))
        speech.choose(speech.find_voice(""), DEFAULT_MODEL)
        async with speech:
            speech.warm()
            await speech.reader.ended(speech.reader.speak("Ready."))
            yield speech


async def silence(recording: Recording, start: int) -> int:
    return await asyncio.to_thread(recording.wait_for_silence, 0.4, start)


def noise(seconds: float) -> Samples:
    """Sound of which a few samples tell which ones they are."""
    values: Samples = np.random.default_rng(1).integers(-9000, 9000, round(RATE * seconds)).astype(np.float32)
    return values


def rendered(speech: SpeechSystem, samples: Samples) -> Rendered:
    return Rendered(speech.find_voice(""), RATE, samples.astype("<i2").tobytes())


async def test_an_edited_sentence_is_heard_as_edited(
    speech: SpeechSystem, speakers: Rig, tmp_path: Path
) -> None:
    reader = speech.reader
    with speakers.listen("Speakers") as recording:
        number = reader.begin_live(Kind.SENTENCES)
        reader.live_text(number, BEFORE)
        reader.say_so_far()
        start = await asyncio.to_thread(recording.wait_for_sound)
        await asyncio.to_thread(recording.wait_frames, start + RATE * 2 // 3)
        assert 0 < reader.utterance(number).fixed_end < BEFORE.index("garden")
        assert reader.utterance(number).sent_end == len(BEFORE)
        reader.live_text(number, AFTER)
        reader.finish_live(number)
        view = await reader.ended(number)
        await silence(recording, recording.frames)
        heard = listen.recognise(recording.samples(), RATE, tmp_path)
    assert view.fate is Fate.HEARD
    assert listen.share_heard(AFTER, heard) >= 0.9, heard
    assert "garden" not in heard


async def test_words_are_heard_one_by_one_with_a_slip_taken_back(
    speech: SpeechSystem, speakers: Rig, tmp_path: Path
) -> None:
    reader = speech.reader
    text = ""
    with speakers.listen("Speakers") as recording:
        number = reader.begin_live(Kind.WORDS)
        for word in WORDS:
            text += f"{word} "
            reader.live_text(number, text)
        reader.live_text(number, text.replace("bridge today ", "harbour tomorrow "))
        reader.finish_live(number)
        await reader.ended(number)
        await silence(recording, recording.frames)
        heard = listen.recognise(recording.samples(), RATE, tmp_path)
    assert "bridge" not in heard
    assert "harbo" in heard.lower()
    assert "tomorrow" in heard.lower()


@pytest.mark.parametrize("paused", [False, True])
async def test_what_a_signal_interrupts_goes_on_at_the_very_next_frame(
    speech: SpeechSystem, speakers: Rig, paused: bool
) -> None:
    reader, spoken = speech.reader, noise(2.0)
    with speakers.listen("Speakers") as recording:
        number = reader.speak_ready("Some noise", rendered(speech, spoken))
        start = await asyncio.to_thread(recording.wait_for_sound)
        await asyncio.to_thread(recording.wait_frames, start + RATE // 2)
        if paused:
            reader.pause()
            await silence(recording, recording.frames)
        reader.signal(rendered(speech, np.full(RATE // 4, LOUD, np.float32)))
        if paused:
            ring = await asyncio.to_thread(recording.wait_for_sound, recording.frames)
            await silence(recording, ring)
            reader.resume()
        await reader.ended(number)
        await silence(recording, recording.frames)
    heard = np.round(recording.samples(start) * 32768)
    loud = np.flatnonzero(heard == LOUD)
    ring, behind = int(loud[0]), int(loud[-1]) + 1
    stopped = int(np.flatnonzero(heard[:ring])[-1]) + 1
    went_on = behind + int(np.flatnonzero(heard[behind:])[0])
    rest = heard[went_on:]
    held = 2 * RATE - (int(np.flatnonzero(rest)[-1]) + 1)
    assert abs(held - stopped) <= 2  # a fade's last samples may be 0, and so may the noise be
    sure = slice(2 * FADE_FRAMES, RATE // 4)
    assert np.array_equal(rest[sure], spoken[held:][sure])
    assert np.array_equal(heard[sure], spoken[sure])
    if not paused:
        assert went_on == behind
        assert ring - stopped <= 2
