"""Kept audio: from a hit to the ear, one entry of ten thousand, phrases made ahead, a start with all that.

    python -m benchmarks.kept_audio [ROW...]

Sound is the embedded voice's or, for ten thousand entries, noise at 44.1 kHz of which FLAC makes 30 %, as of
speech.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from array import array
from collections.abc import Callable
from pathlib import Path

from benchmarks.ear import Ear
from benchmarks.hands import latency
from benchmarks.speech import REACTION, SETTLE_SECONDS
from benchmarks.table import Row, measuring, named, report
from benchmarks.window import NEAR, Stage, app, pause, percentile, set_up
from fishcaption.app.services.phrases import Phrases
from fishcaption.app.services.rendering.sound import render_voice_of
from fishcaption.app.settings import SettingsStore
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.phrases.bank import Bank
from fishcaption.core.speech import FISH, Rendered, Span, Voice, WordTime
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.kept_audio.identity import SoundShape
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from fishcaption.store.phrases import save
from fishcaption.store.settings import Settings

ENTRIES = 10_000
PHRASES = 500
SECONDS = 3.0
HITS = 16
STARTS = 5
QUIET_SECONDS = 0.5
TYPED_SECONDS = 0.8  # of four letters at 60 words a minute
KEY = bytes(range(32))
SHAPE = SoundShape(Voice("fish", "a-voice", "a voice"), DEFAULT_MODEL, FISH.rate)

Rows = list[Row]


def sound(seconds: float = SECONDS) -> Rendered:
    """A sentence's sound, with the times of ten words."""
    chance = random.Random(3)
    frames = round(seconds * FISH.rate)
    level, samples = 0.0, array("h", bytes(2 * frames))
    for frame in range(frames):
        level = 0.9 * level + chance.uniform(-14, 14)
        samples[frame] = round(level)
    step = frames // 10
    words = tuple(WordTime(Span(5 * n, 5 * n + 4), n * step, (n + 1) * step) for n in range(10))
    return Rendered(SHAPE.voice, SHAPE.rate, samples.tobytes(), words)


def fill(folder: Path, entries: int, key: bytes | None = KEY) -> None:
    """Keep so many entries in this folder."""
    store = KeptAudio(folder, most_bytes=1 << 40)
    store.open(key, plain=key is None)
    made = sound()
    for number in range(entries):
        store.save(SHAPE.identity(f"Sentence {number}."), made)
    store.close()


def entries(stage: Stage) -> Rows:
    """Choosing, reading, decrypting and decoding an entry of ten thousand; opening them; making room."""
    folder = stage.folder() / "kept"
    began = time.perf_counter()
    fill(folder, ENTRIES)
    written = (time.perf_counter() - began) / ENTRIES
    store = KeptAudio(folder, most_bytes=1 << 40)
    began = time.perf_counter()
    store.open(KEY)
    opened = time.perf_counter() - began
    chance = random.Random(5)
    read: list[float] = []
    spent: list[float] = []
    for _ in range(2000):
        identity = SHAPE.identity(f"Sentence {chance.randrange(ENTRIES)}.")
        began, before = time.perf_counter(), time.process_time()
        assert store.load(identity) is not None
        read.append(time.perf_counter() - began)
        spent.append(time.process_time() - before)
    store.most_bytes = store.used_bytes - 500 * store.used_bytes // ENTRIES
    began = time.perf_counter()
    store.trim()
    trimmed = time.perf_counter() - began
    store.close()
    return [
        Row(f"{ENTRIES} entries of {SECONDS:.0f} s: choose, read, decrypt, decode, 99 %",
            percentile(read, 0.99) * 1e3, 10, "ms"),
        Row("the same, median", statistics.median(read) * 1e3, None, "ms"),
        Row("the same, processor time, 99 %", percentile(spent, 0.99) * 1e3, 10, "ms"),
        Row("the same: writing one, mean", written * 1e3, None, "ms"),
        Row("the same: opening the store, in a thread", opened * 1e3, None, "ms"),
        Row("the same: choosing and deleting 500", trimmed * 1e3, None, "ms"),
    ]  # fmt: skip


def hit(stage: Stage) -> Rows:
    """From Speak to the first sound of a sentence that is kept on the disk."""
    limit = (REACTION + latency(stage, NEAR)) * 1e3
    readings = asyncio.run(_hits(stage))
    return [
        Row(f"Speak → first sound of a kept sentence, median of {len(readings)}",
            statistics.median(readings) * 1e3, limit, "ms"),
        Row("the same, worst", max(readings) * 1e3, None, "ms"),
    ]  # fmt: skip


async def _hits(stage: Stage) -> list[float]:
    store = KeptAudio(stage.folder() / "kept")
    store.open(KEY)
    readings: list[float] = []
    with stage.rig.listen(NEAR) as recording:
        ear = Ear(recording)
        speech = SpeechSystem(SoundPlayer(DeviceChoice(NEAR)), kept=store)
        speech.choose(speech.find_voice(""), DEFAULT_MODEL)
        texts = [f"This is sentence number {number}." for number in range(HITS)]
        async with speech:
            speech.warm()
            for text in texts:
                await speech.reader.ended(speech.reader.speak(text))
            store.write_waiting()
            await asyncio.sleep(SETTLE_SECONDS)
            for text in texts:
                start, began = ear.now, time.perf_counter()
                speech.reader.speak(text)
                frame = await ear.sound(start)
                speech.reader.stop()
                await ear.silence(frame)
                await ear.listen(0.5)
                readings.append(ear.seconds_of(frame) - began)
    store.close()
    return readings


def ahead(stage: Stage) -> Rows:
    """Live speech while 500 phrases are made ready; what is made again after a kill."""
    with stage.rig.listen(NEAR) as recording:
        alone, beside, again = asyncio.run(_ahead(stage.folder(), Ear(recording)))
    return [
        Row(f"live speech while {PHRASES} phrases are made ready: later by, medians of {len(alone)}",
            (statistics.median(beside) - statistics.median(alone)) * 1e3, 20, "ms"),
        Row("the same: Speak → first sound, nothing made ready", statistics.median(alone) * 1e3, None, "ms"),
        Row("phrases made again of those that were ready when the program was killed", again, 0, ""),
    ]  # fmt: skip


async def _ahead(folder: Path, ear: Ear) -> tuple[list[float], list[float], int]:
    bank = Bank()
    for number in range(PHRASES):
        bank, _ = bank.add(f"Phrase {number}.")
    save(folder / "phrases.json", bank)
    store = KeptAudio(folder / "kept")
    store.open(KEY)
    speech = SpeechSystem(SoundPlayer(DeviceChoice(NEAR)), kept=store)
    voice = speech.find_voice("")
    speech.choose(voice, DEFAULT_MODEL)
    settings = SettingsStore(Settings(voice=voice))
    phrases = Phrases(
        speech.reader, settings, path=folder / "phrases.json", kept=store, quiet_seconds=QUIET_SECONDS
    )
    alone: list[float] = []
    beside: list[float] = []
    async with speech:
        speech.warm()
        await speech.reader.ended(speech.reader.speak("Ready."))
        await asyncio.sleep(SETTLE_SECONDS)
        async with asyncio.TaskGroup() as tasks:
            for readings in (alone, beside):
                task = tasks.create_task(phrases.run(speech)) if readings is beside else None
                for number in range(HITS):
                    await asyncio.sleep(QUIET_SECONDS + 0.5)  # a phrase is just being made
                    phrases.stirred()  # the first key of a short word
                    await asyncio.sleep(TYPED_SECONDS)
                    start, began = ear.now, time.perf_counter()
                    # as long in both series, and never said before
                    series = "later" if readings is beside else "first"
                    speech.reader.speak(f"Live text number {number} of the {series} series.")
                    frame = await ear.sound(start)
                    speech.reader.stop()
                    await ear.silence(frame)
                    readings.append(ear.seconds_of(frame) - began)
            ready = phrases.progress().ready
            assert task is not None
            task.cancel()
    # the store is left as a kill leaves it
    other = KeptAudio(folder / "kept")
    other.open(KEY)
    made = render_voice_of(settings.current)
    kept = sum(made.name(made.said(phrase.shown)) in other for phrase in bank.phrases)
    other.close()
    store.close()
    assert ready > HITS // 2, ready
    return alone, beside, max(0, ready - kept)


def start(stage: Stage) -> Rows:
    """A start, and the memory then, with 10,000 entries beside none."""
    painted: dict[int, list[float]] = {0: [], ENTRIES: []}
    memory: dict[int, list[float]] = {0: [], ENTRIES: []}
    environments: dict[int, dict[str, str]] = {}
    for count in painted:
        made = stage.environment(kept_audio=True, kept_audio_plain=True, kept_audio_megabytes=100_000)
        made["FISHCAPTION_CACHE_DIR"] = str(Path(made["FISHCAPTION_DATA_DIR"]) / "cache")
        fill(Path(made["FISHCAPTION_CACHE_DIR"]) / "kept-audio", count, None)
        environments[count] = made
    for _ in range(STARTS):
        for count, made in environments.items():
            began = time.perf_counter()
            with app(stage, made) as window:
                painted[count].append(time.perf_counter() - began)
                window.settle()
                pause(2.0)
                memory[count].append(window.process.memory_info().rss)
    times, sizes = (
        [statistics.median(values[count]) for count in (0, ENTRIES)] for values in (painted, memory)
    )
    return [
        Row(f"start with {ENTRIES} entries ÷ with none, medians of {STARTS}", times[1] / times[0], 1.05, ""),
        Row("the same, with none", times[0] * 1e3, None, "ms"),
        Row(f"memory of the app with {ENTRIES} entries ÷ with none", sizes[1] / sizes[0], 1.05, ""),
        Row("the same, with none", sizes[0] / 1e6, None, "MB"),
    ]


ROWS: dict[str, Callable[[Stage], Rows]] = {"entries": entries, "hit": hit, "ahead": ahead, "start": start}


def main() -> int:
    """Run the rows that are named, or all."""
    options = named(argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None), ROWS)
    load = os.getloadavg()[0]
    rows: Rows = []
    with tempfile.TemporaryDirectory(prefix="fishcaption-") as folder, set_up() as stage:
        own = {name: str(Path(folder, name)) for name in ("RUNTIME_DIR", "CONFIG_DIR", "DATA_DIR")}
        os.environ |= {f"FISHCAPTION_{name}": path for name, path in own.items()}
        os.environ |= {**stage.rig.variables, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        for name in options.rows or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](stage)
    notes = [f"Processes that wanted a core when it began (load): {load:.1f}.", ""]
    return report("kept_audio", "Kept audio", rows, notes, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
