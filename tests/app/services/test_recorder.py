"""Recordings as windows ask for them, with a microphone of a real sound server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from fishcaption.app.services.recorder import Recorder
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.takes import TakeMeasures
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.recording_ports import InputDevice, Level, Recorded
from tests import rig
from tests.audio.sounds import counted
from tests.rig import Rig

MICROPHONE = InputDevice("Microphone", "ALSA")

pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Rig:
    made = Rig(tmp_path_factory.mktemp("rig"))
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())
async def test_a_recording_is_made_and_nothing_runs_beside_it(running: Rig, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Recorded | FishCaptionError] = loop.create_future()
    refused: asyncio.Future[Recorded | FishCaptionError] = loop.create_future()
    listed: asyncio.Future[tuple[InputDevice, ...] | FishCaptionError] = loop.create_future()
    levels: asyncio.Queue[Level] = asyncio.Queue()
    path = tmp_path / "take.flac"
    with running, running.plug_microphone("Microphone", counted(480_000)):
        before = {child.pid for child in psutil.Process().children()}
        async with asyncio.TaskGroup() as tasks:
            recorder = Recorder(ServiceTasks(tasks))
            recorder.microphones(listed.set_result)
            recorder.record(path, MICROPHONE, levels.put_nowait, done.set_result)
            recorder.record(tmp_path / "other.flac", MICROPHONE, levels.put_nowait, refused.set_result)
            assert not refused.done(), "never before the call has returned"
            for _ in range(30):
                await levels.get()
            recorder.stop()
        assert {child.pid for child in psutil.Process().children()} <= before
        recorder.stop()
    found = await listed
    assert isinstance(found, tuple)
    assert MICROPHONE in found
    assert isinstance(await refused, InputError)
    made = await done
    assert isinstance(made, Recorded)
    assert (made.path, made.lost_frames) == (path, 0)
    assert made.frames == soundfile.info(path).frames > 20_000


@pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())
async def test_a_program_that_closes_finishes_the_recording(running: Rig, tmp_path: Path) -> None:
    path = tmp_path / "take.flac"
    levels: asyncio.Queue[Level] = asyncio.Queue()
    answers: list[Recorded | FishCaptionError] = []
    with running, running.plug_microphone("Microphone", counted(480_000)):
        async with asyncio.TaskGroup() as group:
            tasks = ServiceTasks(group)
            Recorder(tasks).record(path, MICROPHONE, levels.put_nowait, answers.append)
            for _ in range(30):
                await levels.get()
            children = psutil.Process().children()
            tasks.cancel()
        await asyncio.to_thread(
            psutil.wait_procs, [child for child in children if "recorder" in str(child.cmdline())]
        )
    assert answers == []
    assert soundfile.info(path).frames > 20_000


async def test_recordings_are_measured_cut_and_read(tmp_path: Path) -> None:
    path, part, text = tmp_path / "take.wav", tmp_path / "part.flac", tmp_path / "text.wav"
    soundfile.write(path, np.full(48_000, 0.25), 48_000)
    text.write_text("A letter.")
    answers: dict[str, object] = {}

    def keep(name: str) -> Callable[[object], None]:
        return partial(answers.__setitem__, name)

    async with asyncio.TaskGroup() as tasks:
        recorder = Recorder(ServiceTasks(tasks))
        recorder.check(path, keep("check"))
        recorder.cut(path, part, keep("cut"), start_seconds=0.25, end_seconds=0.75)
        recorder.read(path, keep("read"))
        recorder.check(text, keep("text"))
        assert answers == {}, "never before the call has returned"
    assert isinstance(answers["check"], TakeMeasures)
    assert answers["check"].seconds == 1.0
    assert answers["cut"] == Recorded(part, 24_000)
    assert isinstance(answers["read"], Rendered)
    assert (answers["read"].rate, len(answers["read"].pcm)) == (48_000, 96_000)
    assert isinstance(answers["text"], InputError)
