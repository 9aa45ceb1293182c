"""Kept audio as the program has it: its key in a keyring, its files, erasing, Repeat after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import keyring
import pytest
from keyring.backends import null

from fishcaption.app.services.models import Models
from fishcaption.app.services.rendering.kept_audio import KeptAudioDesk
from fishcaption.app.services.rendering.renderer import Renderer, Wanted
from fishcaption.app.services.rendering.sound import render_voice_of
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.models import no_day
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.phrases.bank import Ahead
from fishcaption.core.speech import Fate
from fishcaption.store.history import History
from fishcaption.store.kept_audio import keyring_key
from fishcaption.store.kept_audio.kept_audio import kept_audio_dir
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from tests.app.services.rendering.speaking import FISH, FREE, PAID, Speaking, speaking
from tests.memory_keyring import LockedKeyring, MemoryKeyring


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


class Program:
    """What speaks and keeps."""

    def __init__(self, made: Speaking, desk: KeptAudioDesk, settings: SettingsStore) -> None:
        self.made, self.desk, self.settings = made, desk, settings
        self.errors: list[FishCaptionError] = []

    async def hear(self, text: str) -> None:
        view = await self.made.system.reader.ended(self.made.system.reader.speak(text))
        assert view.fate is Fate.HEARD

    async def erased(self) -> int | FishCaptionError:
        answers: asyncio.Queue[int | FishCaptionError] = asyncio.Queue()
        self.desk.erase(answers.put_nowait)
        async with asyncio.timeout(10):
            return await answers.get()


@asynccontextmanager
async def program(monkeypatch: pytest.MonkeyPatch, model: str = FREE) -> AsyncIterator[Program]:
    settings = SettingsStore(Settings(voice=FISH, model=model))
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        errors: list[FishCaptionError] = []
        desk = KeptAudioDesk(settings, tasks, on_error=errors.append, rules=Rules)
        async with speaking(monkeypatch, kept=desk.store) as made:
            made.system.choose(FISH, model)
            tasks.start(desk.run)
            async with asyncio.timeout(10):
                await desk.opened.wait()
            opened = Program(made, desk, settings)
            opened.errors = errors
            yield opened
        tasks.cancel()
        await desk.close()


def files() -> list[Path]:
    return [path for path in kept_audio_dir().glob("??/*") if path.is_file()]


async def eventually(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        for _ in range(100_000):
            if is_true():
                return
            await asyncio.sleep(0.001)


async def test_what_was_heard_costs_nothing_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(monkeypatch, PAID) as one:
        models = Models(one.settings, no_day, unkept=one.desk.unkept)
        assert models.price_of("Hello there.") > 0
        await one.hear("Hello there.")
        assert models.price_of("Hello there.") == 0
        assert models.price_of("Hello there. And you?") == models.price_of("And you?") > 0
        await eventually(lambda: len(files()) == 1)
    async with program(monkeypatch, PAID) as two:
        await two.hear("Hello there.")
        assert two.made.said() == []


async def test_repeat_says_the_last_text_of_yesterday(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    history = History(tmp_path / "history.jsonl")
    async with program(monkeypatch) as one:
        await one.hear("Hello there. How are you?")
        history.add("Hello there. How are you?", 25, Fate.HEARD)
    async with program(monkeypatch) as two:
        reader = two.made.system.reader
        assert two.desk.repeat_last(reader, history)
        current = reader.snapshot().current
        assert current is not None
        assert (await reader.ended(current.id)).text == "Hello there. How are you?"
        assert two.made.said() == []
        history.add("Never heard.", 0, Fate.CUT)
        assert not two.desk.repeat_last(reader, history), "it would cost"
    history.close()


async def test_erased_is_gone_with_its_key(memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(monkeypatch) as made:
        await made.hear("Hello there.")
        await eventually(lambda: len(files()) == 1)
        (before,) = memory.kept.values()
        used = await made.erased()
        assert isinstance(used, int)
        assert used > 0
        assert files() == []
        assert list(memory.kept.values()) != [before], "another key from now on"
        await made.hear("Hello there.")
        assert len(made.made.said()) == 2
        await eventually(lambda: len(files()) == 1)


async def test_without_a_keyring_it_is_in_memory_or_plain_by_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]  # keyring's
    async with program(monkeypatch) as made:
        await made.hear("Hello there.")
        await made.hear("Hello there.")
        assert made.made.said() == ["Hello there."], "in memory"
        assert files() == []
        made.settings.change(kept_audio_plain=True)
        await eventually(lambda: made.desk.store.is_lasting)
        await made.hear("Hello there.")
        await eventually(lambda: len(files()) == 1)
        assert await made.erased()
        assert files() == []


async def test_a_locked_keyring_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(LockedKeyring())
    async with program(monkeypatch) as made:
        await made.hear("Hello there.")
        assert not made.desk.store.is_lasting
        assert made.errors == [], "it is told where the service's key is asked for"
        assert await made.erased() == 0


async def test_a_disk_that_refuses_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_audio_dir().parent.mkdir(parents=True)
    kept_audio_dir().write_text("no folder")
    async with program(monkeypatch) as made:
        await made.hear("Hello there.")
        await made.hear("Hello there.")
        assert [type(error) for error in made.errors] == [StorageError]
        assert made.made.said() == ["Hello there."]


async def test_off_the_record_and_off_by_the_switch_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(monkeypatch) as made:
        for switch in ({"off_record": True}, {"off_record": False, "kept_audio": False}):
            made.settings.change(**switch)
            await made.hear("Hello there.")
        assert made.made.said() == ["Hello there."] * 2
        made.settings.change(kept_audio=True)
        await made.hear("Hello there.")
        await eventually(lambda: len(files()) == 1)


async def test_nothing_is_paid_for_that_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]  # keyring's
    async with program(monkeypatch, PAID) as made:
        from fishcaption.app.services.rendering.kept_audio import not_lasting

        renderer = Renderer.beside(
            made.made.system,
            made.made.system.reader,
            made.desk.store,
            owner="phrases",
            today=no_day,
            on_change=lambda: None,
            quiet_seconds=0.0,
        )
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(renderer.run())
            voice = render_voice_of(made.settings.current)
            refused = lambda: not_lasting(made.settings.current)  # noqa: E731  as the services do
            renderer.want((Wanted("1", "Yes.", voice),), limit=1.0, refused=refused)
            await eventually(lambda: renderer.progress().state is Ahead.FAILED)
            assert "keyring" in str(renderer.progress().error)
            assert made.made.said() == []
            task.cancel()


def test_each_profile_has_a_key_of_its_own(memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    one = keyring_key.find_or_make()
    assert one is not None
    assert len(one) == keyring_key.KEY_BYTES
    monkeypatch.setenv("FISHCAPTION_PROFILE", "work")
    other = keyring_key.find_or_make()
    assert other not in (None, one)
    keyring_key.forget()
    monkeypatch.delenv("FISHCAPTION_PROFILE")
    assert keyring_key.find_or_make() == one
    keyring_key.forget()
    keyring_key.forget()
    assert memory.kept == {}
