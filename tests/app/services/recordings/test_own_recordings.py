"""The user's own recordings with the real recorder: files are added, cut, measured; a voice is recorded."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fishcaption.app.services.recorder import Recorder
from fishcaption.app.services.recordings import own_recordings
from fishcaption.app.services.recordings.own_recordings import Recordings, peaks_of
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.speech import Rendered
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.consent import Consent
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.recording_ports import Added, Checked, InputDevice, Level
from tests import rig
from tests.rig import Rig

RATE = 48_000
HAS_FFMPEG = shutil.which("ffmpeg") is not None


class Asked:
    """The service, whose answers are waited for."""

    def __init__(self, service: Recordings) -> None:
        self.service = service

    async def __call__(self, ask: Callable[..., None], *arguments: Any, **named: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        ask(*arguments, future.set_result, **named)
        assert not future.done(), "never before the call has returned"
        answer = await future
        if isinstance(answer, FishCaptionError):
            raise answer
        return answer


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[Asked]:
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        yield Asked(Recordings(tasks, Recorder(tasks), root))


def ffmpeg(*arguments: str | Path) -> None:
    """Have a file made."""
    subprocess.run(["ffmpeg", "-v", "error", *arguments], check=True)


def tone(seconds: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Something that can be heard."""
    moments = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * 220 * moments), np.float32)


async def begun(ask: Asked) -> CollectionView:
    view: CollectionView = await ask(ask.service.create, "Mary")
    return view


async def test_collections_are_made_opened_and_carried_to_another_computer(tmp_path: Path) -> None:
    async with opened(tmp_path / "voices") as ask:
        view = await begun(ask)
        assert (await ask(ask.service.collections)) == ("Mary",)
        assert view.folder == tmp_path / "voices" / "Mary"
        await ask(ask.service.agree, view.folder, Consent("Mary", True, "2026-11-30"))
        soundfile.write(tmp_path / "a.wav", tone(4), RATE)
        await ask(ask.service.add_files, view.folder, (tmp_path / "a.wav",), "en")
        path = await ask(ask.service.export, view.folder, tmp_path / "stick.zip")
        there = await ask(ask.service.take_in, path)
        assert there.consent == Consent("Mary", True, "2026-11-30")
        assert [take.source for take in there.takes] == ["a.wav"]
        assert (await ask(ask.service.open, "stick")) == there
        with pytest.raises(InputError, match="cannot be the name"):
            await ask(ask.service.create, "a/b")


async def test_texts_are_there_in_eight_languages(tmp_path: Path) -> None:
    async with opened(tmp_path) as ask:
        assert len(ask.service.languages()) >= 8
        for language in ask.service.languages():
            assert len(await ask(ask.service.texts, language)) >= 6
        assert (await ask(ask.service.texts, "xx")) == ()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "ogg"])
async def test_files_become_takes_as_flac_and_stay_as_they_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"old message.{suffix}"
    soundfile.write(path, tone(4), RATE)
    before = path.read_bytes()
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        added: Added = await ask(ask.service.add_files, folder, (path,), "de")
    (take,) = added.takes
    assert (take.source, take.language, take.is_kept, added.problems) == (path.name, "de", True, ())
    assert take.seconds == pytest.approx(4, abs=0.1)
    assert soundfile.info(folder / take.file).format == "FLAC"
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.skipif(not HAS_FFMPEG, reason="FFmpeg is not installed")
async def test_the_sound_of_m4a_and_videos_becomes_a_take(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(4), RATE)
    picture = ("-f", "lavfi", "-i", "color=size=64x64:duration=4")
    ffmpeg("-i", tmp_path / "a.wav", "-c:a", "aac", tmp_path / "voice message.m4a")
    ffmpeg("-i", tmp_path / "a.wav", *picture, "-c:a", "aac", tmp_path / "film.mp4")
    ffmpeg(*picture, tmp_path / "silent film.mp4")
    files = tuple(tmp_path / name for name in ("voice message.m4a", "film.mp4", "silent film.mp4"))
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        added: Added = await ask(ask.service.add_files, folder, files, "en")
    assert [take.source for take in added.takes] == ["voice message.m4a", "film.mp4"]
    (problem,) = added.problems
    assert "silent film.mp4" in str(problem)
    assert [path.name for path in folder.iterdir() if path.suffix != ".csv"] == [
        "take-001.flac",
        "take-002.flac",
    ]


@pytest.mark.slow
@pytest.mark.skipif(not HAS_FFMPEG, reason="FFmpeg is not installed")
async def test_without_a_program_that_decodes_it_an_m4a_is_kept_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "a.wav", tone(4), RATE)
    path = tmp_path / "message.m4a"
    ffmpeg("-i", tmp_path / "a.wav", "-c:a", "aac", path)
    (tmp_path / "half.m4a").write_bytes(path.read_bytes()[:60])
    monkeypatch.setenv("PATH", str(tmp_path))
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        added: Added = await ask(ask.service.add_files, folder, (path, tmp_path / "half.m4a"), "en")
    (take,) = added.takes
    assert (take.file.rpartition(".")[2], take.is_kept) == ("m4a", True)
    assert take.seconds == pytest.approx(4, abs=0.2)
    assert (folder / take.file).read_bytes() == path.read_bytes()
    assert "half.m4a" in str(added.problems[0])


@pytest.mark.slow
async def test_what_is_no_sound_is_told_and_the_others_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "good.wav", tone(4), RATE)
    (tmp_path / "text.wav").write_text("This is only a text.")
    (tmp_path / "empty.wav").touch()
    with (tmp_path / "huge.wav").open("wb") as file:
        file.truncate(own_recordings.MOST_FILE_BYTES + 1)
    names = ("text.wav", "empty.wav", "huge.wav", "gone.wav", "", "good.wav")
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        added: Added = await ask(
            ask.service.add_files, folder, tuple(tmp_path / name for name in names), "en"
        )
    assert [take.source for take in added.takes] == ["good.wav"]
    assert [len(added.view.takes), len(added.problems)] == [1, 5], "nothing is left of the others"
    told = " ".join(map(str, added.problems))
    for words in (
        "text.wav",
        "empty.wav is empty",
        "huge.wav is too large (1.1 GB",
        "gone.wav could not be read",
    ):
        assert words in told
    assert all(problem.hint for problem in added.problems[:3])


@pytest.mark.slow
async def test_a_take_is_cut_measured_and_heard(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(6), RATE)
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        added: Added = await ask(ask.service.add_files, folder, (tmp_path / "a.wav",), "en")
        (take,) = added.takes
        cut: Added = await ask(partial(ask.service.cut, folder, take, start_seconds=1.0, end_seconds=3.5))
        assert [(one.is_kept, round(one.seconds, 1)) for one in cut.view.takes] == [(False, 6.0), (True, 2.5)]
        sound: Rendered = await ask(ask.service.sound, folder / cut.takes[0].file)
        assert len(sound.pcm) / 2 / sound.rate == pytest.approx(2.5, abs=0.01)
        assert len(await ask(ask.service.waveform, folder / take.file, 50)) == 50
        (folder / "found.flac").write_bytes((folder / take.file).read_bytes())
        view = await ask(ask.service.open, "Mary")
        found = next(one for one in view.takes if one.file == "found.flac")
        checked: Checked = await ask(ask.service.check, folder, found)
        assert checked.measures.has_signal
        assert checked.take.seconds == pytest.approx(6.0, abs=0.01), "its length was not known before"
        assert collection.load(folder).takes == checked.view.takes
        view = await ask(ask.service.change, folder, found._replace(text="Hello.", is_kept=True))
        view = await ask(ask.service.remove, folder, take)
        assert len(view.takes) == 2


@pytest.mark.slow
async def test_a_cut_that_fails_leaves_the_take_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path / "voices") as ask:
        folder = (await begun(ask)).folder
        (folder / "bad.flac").write_bytes(b"no sound at all")
        view = await ask(ask.service.open, "Mary")
        with pytest.raises(FishCaptionError):
            await ask(partial(ask.service.cut, folder, view.takes[0], trims=True))
        assert collection.load(folder).takes == view.takes


async def test_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "voices").write_text("a file in the way")
    async with opened(tmp_path / "voices") as ask:
        with pytest.raises(StorageError):
            await ask(ask.service.collections)
        with pytest.raises(StorageError):
            await ask(ask.service.create, "Mary")


def test_peaks_of_a_sound() -> None:
    pcm = np.asarray([0, 100, -32768, 5, 16384, 3, 1, 1], np.int16).tobytes()
    assert peaks_of(pcm, 4) == (100 / 32768, 1.0, 0.5, 1 / 32768)
    assert peaks_of(b"", 4) == ()


MICROPHONE = InputDevice("Microphone", "ALSA")


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Rig:
    made = Rig(tmp_path_factory.mktemp("rig"))
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.mark.slow
@pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())
async def test_a_text_is_recorded_into_the_collection_and_unplugging_loses_nothing(
    running: Rig, tmp_path: Path
) -> None:
    pcm = np.asarray(32767 * tone(60), np.int16).tobytes()
    levels: asyncio.Queue[Level] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    with running, running.plug_microphone("Microphone", pcm):
        async with opened(tmp_path / "voices") as ask:
            folder = (await begun(ask)).folder
            assert MICROPHONE in await ask(ask.service.microphones)
            done: asyncio.Future[Any] = loop.create_future()
            ask.service.record(folder, "Come in.", "en", MICROPHONE, levels.put_nowait, done.set_result)
            for _ in range(40):
                await levels.get()
            ask.service.stop()
            made = await done
            assert isinstance(made, Added)
            assert (made.takes[0].text, made.takes[0].is_kept, made.lost_frames) == ("Come in.", True, 0)
            assert made.takes[0].seconds > 0.5
            tried: asyncio.Future[Any] = loop.create_future()
            ask.service.try_microphone(MICROPHONE, levels.put_nowait, tried.set_result)
            for _ in range(40):
                await levels.get()
            ask.service.stop()
            assert (await tried).has_signal
            lost: asyncio.Future[Any] = loop.create_future()
            while not levels.empty():
                levels.get_nowait()
            ask.service.record(folder, "And now?", "en", MICROPHONE, levels.put_nowait, lost.set_result)
            for _ in range(60):
                await levels.get()
            running.unplug_microphone("Microphone")
            assert isinstance(await lost, FishCaptionError)
            view = await ask(ask.service.open, "Mary")
            assert [take.text for take in view.takes] == ["Come in.", "And now?"]
            checked: Checked = await ask(ask.service.check, folder, view.takes[1])
            assert checked.take.seconds > 0.5
