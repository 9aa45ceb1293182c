"""A voice of one's own: from twenty recordings on disk to the trained voice that is chosen.

    python -m benchmarks.cloning [ROW...] [--takes 20]

The service is our own server in a process of its own, so what is measured is the program: reading, sending,
looking, choosing. Fish Audio itself takes longer to receive 20 MB than all of this.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from benchmarks.table import Row, measuring, named, report
from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.services.own_voices.voices import OwnVoices
from fishcaption.app.settings import SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.audio.recorder import jobs
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.cloning import Step, VoiceDetails
from fishcaption.core.voices.takes import TakeMeasures
from fishcaption.speech.takes_voice import TakesReferences
from fishcaption.store.recordings.places import FOLDER
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.voice_ports import Collected, Making
from tests.own_takes import agree, record

RATE = 48_000
SECONDS = 16.0
ROUNDS = 5


def collect(folder: Path, count: int) -> int:
    """Record so many takes, each of them 16 s of noise as loud as speech; return their bytes."""
    noise = np.random.default_rng(7)
    for number in range(count):
        envelope = 0.5 + 0.5 * np.sin(np.arange(round(SECONDS * RATE)) / RATE * 2 * np.pi * 3)
        sound = (noise.normal(0, 900, len(envelope)) * envelope).astype(np.int16)
        path = record(folder, f"This is the text number {number} of the recordings.", SECONDS)
        soundfile.write(path, sound, RATE, format="FLAC", subtype="PCM_16")
    agree(folder)
    return sum(path.stat().st_size for path in folder.glob("*.flac"))


@contextmanager
def server() -> Iterator[None]:
    """Our own server in a process of its own; the program speaks to it."""
    command = [sys.executable, "-m", "tests.voice_service"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        os.environ["FISHCAPTION_FISH_URL"] = process.stdout.readline().strip()
        os.environ["FISH_API_KEY"] = process.stdout.readline().strip()
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(20)


async def measured(path: Path) -> TakeMeasures:
    """Listen to a recording."""
    return await asyncio.to_thread(jobs.check, path)


async def over(own: OwnVoices, begin: Callable[[], None]) -> dict[Step, float]:
    """Make a voice; return the moment at which each step began, and fail if there is no voice."""
    done = asyncio.Event()
    steps: dict[Step, float] = {}

    def look() -> None:
        making = own.making()
        assert making is not None
        steps.setdefault(making.progress.step, time.perf_counter())
        if making.is_over:
            done.set()

    end = own.subscribe(look)
    begin()
    await asyncio.wait_for(done.wait(), 60)
    end()
    making = own.making()
    assert isinstance(making, Making)
    if making.error is not None:
        raise making.error
    return steps


async def making(folder: Path, count: int) -> list[Row]:
    """Twenty takes on disk → the voice is made, listed and chosen, again and again."""
    sent = collect(folder / "recordings" / "Mine", count)
    data = UserData(Settings())
    settings = SettingsStore(Settings())
    speech = LazySpeech(settings)
    told: list[FishCaptionError] = []
    wholes: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        own = OwnVoices(
            speech,
            LazyReader(speech, data.unheard),
            ServiceTasks(tasks),
            on_error=told.append,
            measure=measured,
        )
        speech.system.key = os.environ["FISH_API_KEY"]
        found: asyncio.Future[tuple[Collected, ...] | FishCaptionError] = asyncio.Future()
        own.collections(found.set_result)
        listed = await found
        assert not isinstance(listed, FishCaptionError)
        assert listed[0].takes == count
        for number in range(ROUNDS):
            start = time.perf_counter()
            await over(own, partial(own.create, "Mine", VoiceDetails(f"Voice {number}"), enhances=False))
            made = own.making()
            assert made is not None
            assert made.made is not None
            settings.change(voice=made.made.voice)
            wholes.append(time.perf_counter() - start)
            assert settings.current.voice.id == made.made.voice.id
    assert told == [], told
    data.journal.close()
    data.close()
    return [
        Row(f"{count} takes of 16 s → trained voice chosen, first", wholes[0], 3.0, "s"),
        Row(f"the same, median of {ROUNDS}", median(wholes), 3.0, "s"),
        Row("sent each time", sent / 1e6, None, "MB"),
    ]


async def references(folder: Path, count: int) -> list[Row]:
    """Recordings that travel with a text: read first, and again."""
    collect(folder / "recordings" / "Mine", count)
    takes = TakesReferences()
    voice = Collected("Mine", count, SECONDS * count).voice
    times = []
    sent = 0
    for _ in range(20):
        start = time.perf_counter()
        found = await takes.of(voice)
        times.append(1000 * (time.perf_counter() - start))
        sent = sum(len(one.audio) for one in found)
    return [
        Row("recordings for a text, read the first time", times[0], 100.0, "ms"),
        Row("the same, later", median(times[1:]), 30.0, "ms"),
        Row("sent with each text", sent / 1e6, None, "MB"),
    ]


def main() -> int:
    """Measure, print, judge."""
    rows_of = {"making": making, "references": references}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=20)
    options = named(parser, rows_of)
    rows: list[Row] = []
    for name in options.rows or rows_of:
        with measuring(name, rows), tempfile.TemporaryDirectory() as folder, server():
            home = Path(folder)
            for part in ("CONFIG", "DATA", "CACHE", "RUNTIME"):
                os.environ[f"FISHCAPTION_{part}_DIR"] = str(home / part)
            os.environ[FOLDER] = str(home / "recordings")
            rows += asyncio.run(rows_of[name](home, options.takes))
    notes = ["The service is our own server, on the same machine."]
    return report("cloning", "A voice of one's own", rows, notes, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
