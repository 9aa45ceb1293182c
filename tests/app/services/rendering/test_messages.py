"""Phrases with recordings: heard instead of a voice, by key and by text; made, imported, exported."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.services.phrases import Phrases
from fishcaption.app.services.rendering import messages
from fishcaption.app.services.rendering.messages import Messages
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import AudioDeviceError, FishCaptionError, InputError, StorageError
from fishcaption.core.phrases.bank import Ahead, Bank
from fishcaption.core.speech import Fate
from fishcaption.store.kept_audio.flac import decoded, encoded
from fishcaption.store.messages.message_folder import MOST_FRAMES
from fishcaption.store.phrases import save
from fishcaption.store.settings import Settings
from fishcaption.ui.recording_ports import InputDevice, Level, Recorded
from tests.app.services.rendering.speaking import FISH, FREE, Speaking, speaking
from tests.kept_sound import opened_store

PCM = array("h", [700, -700] * 2400).tobytes()


class FakeRecorder:
    """Records what the test says, and cuts by copying; it keeps `RecorderService`'s promises."""

    def __init__(self) -> None:
        self.recording: tuple[Path, Callable[[Recorded | FishCaptionError], None]] | None = None
        self.refuses: FishCaptionError | None = None
        self.cuts: list[dict[str, Any]] = []
        self.frames = 1  # of what is cut

    def record(
        self,
        path: Path,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: Callable[[Recorded | FishCaptionError], None],
    ) -> None:
        assert not path.exists()
        assert device == InputDevice()
        self.recording = (path, on_done)

    def stop(self) -> None:
        assert self.recording is not None
        path, on_done = self.recording
        path.write_bytes(encoded(PCM, 48_000))
        asyncio.get_running_loop().call_soon(on_done, Recorded(path, len(PCM) // 2))

    def fail(self) -> None:
        assert self.recording is not None
        self.recording[1](AudioDeviceError("There is no microphone."))

    def cut(
        self, path: Path, target: Path, on_done: Callable[[Recorded | FishCaptionError], None], **how: Any
    ) -> None:
        self.cuts.append(how)
        content = path.read_bytes()
        if self.refuses is not None or decoded(content, 1 << 24) is None:
            refused = self.refuses or InputError("There is no sound in this file.")
            asyncio.get_running_loop().call_soon(on_done, refused)
            return
        target.write_bytes(content)
        asyncio.get_running_loop().call_soon(on_done, Recorded(target, self.frames))

    def microphones(self, on_done: Any) -> None:
        raise NotImplementedError

    def check(self, path: Path, on_done: Any) -> None:
        raise NotImplementedError

    def read(self, path: Path, on_done: Any) -> None:
        raise NotImplementedError


class Desk:
    """Phrases that are running, with a folder of recordings."""

    def __init__(self, folder: Path, made: Speaking) -> None:
        self.root = folder / "messages"
        self.made = made
        self.recorder = FakeRecorder()
        self.settings = SettingsStore(Settings(voice=FISH, model=FREE))
        bank, phrase = Bank().add("I'm so proud of you.", key="F1")
        bank, _ = bank.add("No.")
        self.number = phrase.id
        save(folder / "phrases.json", bank)
        self.errors: list[FishCaptionError] = []
        self.phrases = Phrases(
            made.system.reader,
            self.settings,
            path=folder / "phrases.json",
            kept=opened_store(folder / "kept"),
            messages=Messages(self.recorder, self.root),
            quiet_seconds=0.0,
        )
        self.phrases.on_error = self.errors.append
        self.answers: asyncio.Queue[Any] = asyncio.Queue()

    async def answer(self) -> Any:
        async with asyncio.timeout(10):
            return await self.answers.get()

    async def heard(self, number: int) -> tuple[str, Fate, str]:
        view = await self.made.system.reader.ended(number)
        assert view.voice is not None
        return view.text, view.fate, view.voice.name

    async def recorded(self) -> str:
        self.phrases.record(self.number, lambda level: None, self.answers.put_nowait)
        self.phrases.stop_recording()
        return str(await self.answer())


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    async with speaking(monkeypatch) as made, asyncio.TaskGroup() as tasks:
        desk = Desk(tmp_path, made)
        desk.settings.change(phrases_ahead=False)
        task = tasks.create_task(desk.phrases.run(made.system))
        await eventually(lambda: desk.phrases.progress().state is Ahead.OFF)
        yield desk
        task.cancel()


async def eventually(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        for _ in range(100_000):
            if is_true():
                return
            await asyncio.sleep(0.001)


async def test_a_recorded_phrase_is_heard_by_its_key_and_needs_nobody(desk: Desk) -> None:
    assert await desk.recorded() == "I'm so proud of you.flac"
    assert desk.recorder.cuts == [{"trims": True, "levels": True}]
    assert [path.name for path in desk.root.iterdir()] == ["I'm so proud of you.flac"]
    assert desk.phrases.has_recording(desk.number)
    assert desk.number in desk.phrases.ready()
    desk.made.server.be(status=503)
    heard = await desk.heard(desk.phrases.speak(desk.number))
    assert heard == ("I'm so proud of you.", Fate.HEARD, "Recording")
    assert desk.made.said() == []
    progress = desk.phrases.progress()
    assert (progress.ready, progress.total) == (1, 2)


async def test_it_is_found_by_its_text_and_outlives_a_restart(desk: Desk, tmp_path: Path) -> None:
    assert desk.phrases.recorded("i'm so proud of you") == ""
    await desk.recorded()
    assert desk.phrases.recorded("i'm so proud of you") == desk.number
    await desk.phrases.close()
    again = Messages(desk.recorder, desk.root)
    again.look()
    assert "I'm so proud of you.flac" in again
    assert again.sound("I'm so proud of you.flac").pcm == PCM


async def test_a_recording_that_nobody_ends_ends_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_LONGEST_SECONDS", 0.01)
    desk.phrases.record(desk.number, lambda level: None, desk.answers.put_nowait)
    assert await desk.answer() == "I'm so proud of you.flac"


async def test_a_second_recording_replaces_none(desk: Desk) -> None:
    await desk.recorded()
    assert await desk.recorded() == "I'm so proud of you 2.flac"
    assert len(list(desk.root.iterdir())) == 2
    assert desk.phrases.bank().phrase(desk.number).recording == "I'm so proud of you 2.flac"


async def test_what_cannot_be_trimmed_is_kept_as_it_is(desk: Desk) -> None:
    desk.recorder.refuses = InputError("Nothing is heard in it.")
    assert await desk.recorded() == "I'm so proud of you.flac"
    assert desk.phrases.has_recording(desk.number)


async def test_a_recording_that_fails_changes_nothing(desk: Desk) -> None:
    desk.phrases.record(desk.number, lambda level: None, desk.answers.put_nowait)
    desk.recorder.fail()
    assert isinstance(await desk.answer(), AudioDeviceError)
    assert not desk.phrases.has_recording(desk.number)


async def test_a_recording_that_is_gone_is_told_and_the_voice_says_it(desk: Desk) -> None:
    name = await desk.recorded()
    (desk.root / name).unlink()
    await desk.heard(desk.phrases.speak(desk.number))  # from memory, or said
    fresh = Phrases(
        desk.made.system.reader, desk.settings, messages=Messages(desk.recorder, desk.root), path=Path("x")
    )
    fresh.on_error = desk.errors.append
    fresh.set_bank(desk.phrases.bank())
    text, fate, voice = await desk.heard(fresh.speak(desk.number))
    assert (text, fate, voice) == ("I'm so proud of you.", Fate.HEARD, FISH.name)
    assert "The chosen voice says this phrase." in str(desk.errors[-1])


async def test_a_file_and_a_folder_are_taken(desk: Desk, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    for name in ("Good_night.wav", "broken.wav"):
        (away / name).write_bytes(encoded(PCM, 48_000) if name != "broken.wav" else b"no sound")
    desk.phrases.take_recording(desk.number, away / "Good_night.wav", desk.answers.put_nowait)
    assert await desk.answer() == "I'm so proud of you.flac"
    desk.phrases.take_recording(desk.number, away / "broken.wav", desk.answers.put_nowait)
    assert isinstance(await desk.answer(), InputError)
    desk.phrases.read_folder(away, desk.answers.put_nowait)
    read = await desk.answer()
    assert [(phrase.shown, phrase.recording) for phrase in read.bank.phrases] == [
        ("Good night", "Good night.flac")
    ]
    assert "broken.wav" in str(read.problems[0])
    desk.phrases.set_bank(desk.phrases.bank().join(read.bank).bank)
    desk.phrases.write_folder(tmp_path / "out", desk.answers.put_nowait)
    assert await desk.answer() == tmp_path / "out"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "phrases.csv",
        "Good night.flac",
        "I'm so proud of you.flac",
    }
    desk.recorder.frames = MOST_FRAMES + 1
    desk.phrases.take_recording(desk.number, away / "Good_night.wav", desk.answers.put_nowait)
    assert "five minutes" in str(await desk.answer())
    assert len(list(desk.root.iterdir())) == 2, "what cannot be played is not taken"
    desk.phrases.read_folder(tmp_path / "none", desk.answers.put_nowait)
    assert isinstance(await desk.answer(), StorageError)
