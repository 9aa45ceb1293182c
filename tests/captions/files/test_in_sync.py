"""The times in caption files, and our own recording, beside what a real sound server played."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.forecast import HeardSound
from fishcaption.audio.player import SoundPlayer
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.audience import Audience
from fishcaption.captions.files.caption_files import CaptionFiles
from fishcaption.captions.outlet import OutletState
from fishcaption.captions.track import CaptionTrack
from fishcaption.core.audience import Layout
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader import Reader
from fishcaption.store.audio_buffer import StoredAudio
from tests.captions.outlets import config
from tests.rig import Rig
from tests.speech.test_shown_when_heard import RATE, TEXT, WORDS, CountingVoice, Shown, onsets, rig

__all__ = ["rig"]  # the fixture

MOST_SECONDS = 0.040


def written_in(folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The captions with their words, and the text of the subtitles."""
    (words,) = folder.glob("*.jsonl")
    (srt,) = folder.glob("*.srt")
    return [json.loads(line) for line in words.read_text().splitlines()], srt.read_text()


def words_in(folder: Path) -> list[tuple[float, str]]:
    """When each word begins in our own recording."""
    (path,) = folder.glob("*.wav")
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    return spoken(onsets(samples))


def spoken(found: list[tuple[int, int]]) -> list[tuple[float, str]]:
    return [(frame / RATE, WORDS[number - 1]) for frame, number in found]


@pytest.mark.slow
async def test_times_in_the_files_are_those_of_the_sound(rig: Rig, tmp_path: Path) -> None:
    """Through a pause in the middle of a caption, and a jump back."""
    moments: list[float] = []

    def clock() -> float:
        moments.append(time.perf_counter())
        return moments[-1]

    def tell(state: OutletState) -> None:
        pass

    shown = Shown()
    options = {"folder": str(tmp_path), "words": "yes", "sound": "yes"}
    sound = HeardSound()
    async with SoundPlayer(DeviceChoice("Speakers", "ALSA")) as player, asyncio.TaskGroup() as tasks:
        reader = Reader(player, make_buffer=StoredAudio, rate_of_voice=lambda voice: SpeechRate())
        reader.use(CountingVoice(), "embedded")
        reading = tasks.create_task(reader.run())
        track = CaptionTrack(reader, LoopAlarm())
        track.subscribe(shown.show)
        audience = Audience(reader, LoopAlarm())
        track.subscribe(audience.look)
        player.heard_sound = sound
        files = CaptionFiles(config("files", options), {}, tell, sound, clock=clock)
        writing = tasks.create_task(files.run())
        end = audience.subscribe(Layout(42, 1), files.show)
        with rig.listen("Speakers") as recording:
            reader.speak(TEXT)
            await shown.until_word("two")
            reader.pause()
            await asyncio.to_thread(recording.wait_frames, recording.frames + RATE)
            reader.resume()
            await shown.until_word("eight")
            before = len(shown.words)
            reader.back()
            await shown.until_word("fifteen", before)
            await asyncio.to_thread(recording.wait_for_silence, 0.5, recording.frames)
            # by the arrival that was delayed least: this machine may be busy
            numbers = np.rint(recording.samples() * 32768).astype(int)
            began = [(recording.began_at + at, word) for at, word in spoken(onsets(numbers))]
        end()
        writing.cancel()
        track.close()
        reading.cancel()
    cues, srt = written_in(tmp_path)
    written = [(word["start"], word["text"].strip(".")) for cue in cues for word in cue["words"]]
    assert [word for _, word in written] == [word for _, word in began]
    off = [moments[0] + start - onset for (start, _), (onset, _) in zip(written, began, strict=True)]
    assert max(map(abs, off)) < MOST_SECONDS, off
    recorded = words_in(tmp_path)
    assert [word for _, word in recorded] == [word for _, word in began]
    off = [start - there for (start, _), (there, _) in zip(written, recorded, strict=True)]
    assert max(map(abs, off)) < MOST_SECONDS, off
    firsts = {cue["start"] for cue in cues}
    assert firsts <= {start for start, _ in written}
    assert srt.count("-->") == len(cues) > 3
