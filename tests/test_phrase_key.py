"""A phrase's key is heard though nothing else can be: a real voice, a real player, a real sound server."""

from __future__ import annotations

import asyncio
import sys
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from fishcaption.app.services.phrases import Phrases
from fishcaption.app.services.rendering.sound import render_voice_of
from fishcaption.app.settings import SettingsStore
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.errors import ConnectionLost, VoiceProcessError
from fishcaption.core.phrases.bank import Ahead, Bank, starting
from fishcaption.core.speech import Fate, Rendered, Voice
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.kept_audio.entry_file import unpacked
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from fishcaption.store.phrases import save
from fishcaption.store.settings import Settings
from tests import desktop, rig
from tests.desktop import Desktop
from tests.kept_sound import opened_store
from tests.live_server import LiveServer, Manner
from tests.rig import Rig, Sink
from tests.test_end_to_end import Program, trimmed

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())]

HEART = Voice("embedded", "heart", "Heart", ("en",))
FISH = Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic", ("en",))


def bank() -> Bank:
    made, _ = Bank().add("I need help, please.", key="F1")
    made, _ = made.add("Doctor", "I would like to see a doctor.", key="F2")
    return made


@pytest.fixture
def speakers(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    sinks = [Sink("Embedded", 24_000), Sink("Fish", 44_100)]
    with Rig(tmp_path_factory.mktemp("rig"), sinks) as speakers:
        for name, value in speakers.variables.items():
            monkeypatch.setenv(name, value)
        yield speakers


class Stage:
    """A house, a phrase desk, and what is heard of them."""

    def __init__(
        self, speech: SpeechSystem, desk: Phrases, renders: KeptAudio, settings: Settings, ear: Rig
    ) -> None:
        self.speech = speech
        self.desk = desk
        self.renders = renders
        self.settings = settings
        self.ear = ear

    async def until(self, state: Ahead) -> None:
        changed = asyncio.Event()
        unsubscribe = self.desk.subscribe(changed.set)
        async with asyncio.timeout(60):
            while self.desk.progress().state is not state:
                changed.clear()
                await changed.wait()
        unsubscribe()

    def kept(self, key: str) -> Rendered:
        phrase = self.desk.bank().holder(key)
        assert phrase is not None
        chosen = render_voice_of(self.settings)
        found = self.renders.load(chosen.name(chosen.said(phrase.spoken)))
        assert found is not None
        return found

    async def heard(self, key: str) -> tuple[np.ndarray, float]:
        """Press the key: all that is heard, and after how many seconds the first of it."""
        phrase = self.desk.bank().holder(key)
        assert phrase is not None
        name = "Fish" if self.settings.voice.provider == "fish" else "Embedded"
        with self.ear.listen(name) as recording:
            loop = asyncio.get_running_loop()
            start = recording.frames
            pressed = loop.time()
            number = self.desk.speak(phrase.id)
            began = await asyncio.to_thread(recording.wait_for_sound, start, 10.0)
            view = await self.speech.reader.ended(number)
            assert (view.text, view.fate) == (phrase.shown, Fate.HEARD)
            await asyncio.to_thread(recording.wait_for_silence, 0.3, began)
            samples = recording.samples()
        loud = np.flatnonzero(samples)
        return samples[loud[0] : loud[-1] + 1], recording.time_of(int(loud[0])) - pressed


def wanted(rendered: Rendered) -> np.ndarray:
    """What the device must be given of it, without the silence at its ends."""
    samples = np.frombuffer(array("h", rendered.pcm).tobytes(), "<i2").astype(np.float32) / 32768
    loud = np.flatnonzero(samples)
    return samples[loud[0] : loud[-1] + 1]


@asynccontextmanager
async def staged(folder: Path, ear: Rig, voice: Voice, *, linger: float = 30.0) -> AsyncIterator[Stage]:
    settings = Settings(voice=voice, model="s2.1-pro-free")
    device = DeviceChoice("Fish" if voice.provider == "fish" else "Embedded", "ALSA")
    speech = SpeechSystem(SoundPlayer(device, rate=voice.kind.rate, linger_seconds=linger), key="a-key")
    renders = opened_store(folder / "sound")
    save(folder / "phrases.json", bank())
    async with speech:
        speech.choose(voice, settings.model)
        desk = Phrases(
            speech.reader,
            SettingsStore(settings),
            path=folder / "phrases.json",
            kept=renders,
            quiet_seconds=0.1,
        )
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(desk.run(speech))
            yield Stage(speech, desk, renders, settings, ear)
            task.cancel()
        await desk.close()


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))


async def test_with_the_voice_process_dead_a_phrase_key_is_heard(
    speakers: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path, speakers, HEART) as stage:
        await stage.until(Ahead.READY)
        monkeypatch.setattr(sys, "executable", "/bin/false")  # nor can another one be started
        for child in psutil.Process().children(recursive=True):
            if "fishcaption.server" in child.cmdline():
                child.kill()
        number = stage.speech.reader.speak("Is anybody there?")
        view = await stage.speech.reader.ended(number)
        assert isinstance(view.error, VoiceProcessError | ConnectionLost)
        for key in ("F1", "F2", "F1"):
            samples, _ = await stage.heard(key)
            assert len(samples) > 12_000
            np.testing.assert_array_equal(samples, wanted(stage.kept(key)))
        assert stage.desk.progress().ready == 2


async def test_without_a_network_a_phrase_sounds_in_the_users_own_fish_voice(
    speakers: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as network:
        server = await network.enter_async_context(LiveServer(Manner(frame_seconds=0.2)))
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with staged(tmp_path, speakers, FISH) as stage:
            await stage.until(Ahead.READY)
            await network.aclose()
            number = stage.speech.reader.speak("Is anybody there?")
            view = await stage.speech.reader.ended(number)
            assert isinstance(view.error, ConnectionLost)
            for key in ("F1", "F2"):
                samples, _ = await stage.heard(key)
                np.testing.assert_array_equal(samples, wanted(stage.kept(key)))
            bank, _ = stage.desk.bank().add("A new one.")
            stage.desk.set_bank(bank)
            await stage.until(Ahead.FAILED)
            assert stage.desk.progress().ready == 2


async def test_after_a_long_silence_nothing_of_a_phrase_is_clipped(speakers: Rig, tmp_path: Path) -> None:
    async with staged(tmp_path, speakers, HEART, linger=1.0) as stage:
        await stage.until(Ahead.READY)
        for key in ("F1", "F2"):
            async with asyncio.timeout(20):
                for _ in range(10_000):
                    if not stage.speech.player.state().open:
                        break
                    await asyncio.sleep(0.01)
            assert not stage.speech.player.state().open
            samples, _ = await stage.heard(key)
            np.testing.assert_array_equal(samples, wanted(stage.kept(key)))


@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_f1_in_the_window_is_heard_though_the_voice_was_killed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path / "cache" / "kept-audio"
    with (
        Desktop(tmp_path_factory.mktemp("screen")) as screen,
        Rig(tmp_path_factory.mktemp("rig"), [Sink("Speakers", 24_000)]) as speakers,
    ):
        program = Program(screen, tmp_path, speakers.variables, kept_audio_plain=True)
        program.environment["FISHCAPTION_CACHE_DIR"] = str(cache.parent)
        with program, speakers.listen("Speakers") as recording:
            screen.wait(lambda: len(list(cache.glob("??/*"))) >= len(starting().phrases), "the phrases", 60)
            for child in psutil.Process(program.process.pid).children(recursive=True):
                if "fishcaption.server" in child.cmdline():
                    child.kill()
            since = recording.frames
            screen.key("F1")
            began = recording.wait_for_sound(since, 10.0)
            recording.wait_for_silence(0.5, began)
            heard = trimmed(recording.samples(since))
            assert program.close() == (0, "")
            files = list(cache.glob("??/*"))
            kept = [unpacked(path.name, path.read_bytes(), None) for path in files]
            assert any(np.array_equal(heard, wanted(sound)) for sound in kept if sound is not None)
