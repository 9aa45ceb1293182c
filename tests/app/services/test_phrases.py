"""The phrase bank as the window has it: the real reader speaks it on a silent player, its files are real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fishcaption.app.services.phrases import Phrases
from fishcaption.app.services.rendering.sound import render_voice_of
from fishcaption.app.settings import SettingsStore
from fishcaption.core.errors import FishCaptionError, InputError, Unauthorized
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.phrases.bank import Ahead, Bank, starting
from fishcaption.core.phrases.files import Imported
from fishcaption.core.speech import Fate, Rendered, Span, WordTime
from fishcaption.store.kept_audio.kept_audio import kept_audio_dir
from fishcaption.store.phrases import load, phrases_path, save
from fishcaption.store.settings import Settings
from tests.app.services.rendering.speaking import FISH, FREE, KEY, PAID, Speaking, speaking
from tests.kept_sound import opened_store


class Program:
    """The parts of the program that speak phrases."""

    def __init__(self, made: Speaking) -> None:
        self.server, self.system, self.said = made.server, made.system, made.said
        self.settings = SettingsStore(Settings(voice=FISH, model=FREE))

    def phrases(self) -> Phrases:
        """The bank as it is on disk."""
        kept = opened_store(kept_audio_dir())
        return Phrases(self.system.reader, self.settings, kept=kept, quiet_seconds=0.0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Phrases]:
        phrases = self.phrases()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(phrases.run(self.system))
            yield phrases
            task.cancel()

    async def heard(self, number: int) -> tuple[str, Fate]:
        view = await self.system.reader.ended(number)
        return view.text, view.fate

    def keep(self, text: str) -> None:
        """Have the sound of a text ready on disk."""
        chosen = render_voice_of(self.settings.current)
        sound = Rendered(FISH, chosen.rate, b"\1\0" * 100, (WordTime(Span(0, 1), 0, 50),))
        opened_store(kept_audio_dir()).save(chosen.name(chosen.said(text)), sound)


@asynccontextmanager
async def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, *, key: str = KEY) -> AsyncIterator[Program]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(folder / name))
    async with speaking(monkeypatch, key=key) as made:
        yield Program(made)


@pytest.fixture
async def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Program]:
    async with opened(tmp_path, monkeypatch) as made:
        yield made


async def eventually(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        for _ in range(100_000):
            if is_true():
                return
            await asyncio.sleep(0.001)


# -- speaking ---------------------------------------------------------------------------------------------


async def test_what_is_not_ready_is_said_as_it_is_to_be_said(program: Program) -> None:
    phrases = program.phrases()
    bank, phrase = phrases.bank().add("Doctor", "I would like to see a doctor.")
    phrases.set_bank(bank)
    assert await program.heard(phrases.speak(phrase.id)) == ("Doctor", Fate.HEARD)
    assert program.said() == ["I would like to see a doctor."]


async def test_before_it_runs_a_key_speaks_what_is_kept(program: Program) -> None:
    opener = program.phrases().bank().holder("F1")
    assert opener is not None
    await program.heard(program.phrases().speak(opener.id))
    assert program.said() == [opener.spoken], "nothing was kept"
    program.keep(opener.spoken)
    assert await program.heard(program.phrases().speak(opener.id)) == (opener.shown, Fate.HEARD)
    assert program.said() == [opener.spoken], "the service was not asked again"
    program.settings.change(model=PAID)
    await program.heard(program.phrases().speak(opener.id))
    assert program.said() == [opener.spoken] * 2, "never the sound of another model"


async def test_a_kept_sound_is_heard_without_a_service(program: Program) -> None:
    opener = program.phrases().bank().holder("F1")
    assert opener is not None
    program.keep(opener.spoken)
    program.server.be(status=503)
    assert await program.heard(program.phrases().speak(opener.id)) == (opener.shown, Fate.HEARD)
    assert program.said() == []


async def test_what_is_spoken_is_counted_and_subscribers_are_told(program: Program) -> None:
    phrases = program.phrases()
    told: list[int] = []
    unsubscribe = phrases.subscribe(lambda: told.append(1))
    phrase = phrases.bank().phrases[3]
    await program.heard(phrases.speak(phrase.id))
    assert phrases.bank().phrase(phrase.id).uses == 1
    assert told == [1]
    unsubscribe()
    assert await program.heard(phrases.say("Try this.", "Trying this.")) == ("Try this.", Fate.HEARD)
    assert program.said()[-1] == "Trying this."
    assert phrases.bank().search()[0].id == phrase.id
    assert told == [1]


async def test_off_the_record_nothing_is_counted(program: Program) -> None:
    program.settings.change(off_record=True)
    phrases = program.phrases()
    await program.heard(phrases.speak("1"))
    assert phrases.bank() == starting()


# -- made ready ahead -------------------------------------------------------------------------------------


async def test_phrases_are_made_ready_those_with_a_key_first_and_sound_at_once(program: Program) -> None:
    bank, _ = Bank().add("Maybe later.")
    bank, keyed = bank.add("Doctor", "I would like to see a doctor.", key="F2")
    save(phrases_path(), bank)
    async with program.running() as phrases:
        await eventually(lambda: phrases.progress().state is Ahead.READY)
        assert program.said() == ["I would like to see a doctor.", "Maybe later."]
        assert phrases.ready() == {phrase.id for phrase in bank.phrases}
        assert await program.heard(phrases.speak(keyed.id)) == ("Doctor", Fate.HEARD)
        assert len(program.said()) == 2


async def test_settings_that_change_by_the_dozen_change_nothing_here(program: Program) -> None:
    program.settings.change(phrases_ahead=False)
    async with program.running() as phrases:
        await eventually(lambda: phrases.progress().state is Ahead.OFF)
        program.settings.change(volume=0.5)
        program.settings.change(volume=0.6)
        phrases.use_rules(Rules())
        await eventually(lambda: phrases.progress().state is Ahead.OFF)
        program.settings.change(volume=0.7)
        phrases.use_rules(Rules())
        assert phrases.progress().state is Ahead.OFF, "nothing is looked for again"


async def test_a_key_that_is_found_later_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, monkeypatch, key="") as program:
        bank, _ = Bank().add("Yes.")
        save(phrases_path(), bank)
        async with program.running() as phrases:
            await eventually(lambda: phrases.progress().state is Ahead.FAILED)
            assert isinstance(phrases.progress().error, Unauthorized)
            phrases.stirred()
            assert phrases.progress().error is not None
            program.system.key = KEY
            phrases.stirred()
            await eventually(lambda: phrases.progress().state is Ahead.READY)
            assert phrases.progress().error is None


# -- the bank's file --------------------------------------------------------------------------------------


async def test_the_bank_is_on_disk_when_it_is_closed(program: Program) -> None:
    phrases = program.phrases()
    bank, _ = phrases.bank().add("Quite.", key="F10")
    phrases.set_bank(bank)
    await phrases.close()
    assert load(phrases_path()).bank == bank


async def test_while_it_runs_it_saves_reads_and_writes_files(program: Program, tmp_path: Path) -> None:
    program.settings.change(phrases_ahead=False)
    errors: list[FishCaptionError] = []
    async with program.running() as phrases:
        phrases.on_error = errors.append
        bank, _ = phrases.bank().add("Quite.")
        phrases.set_bank(bank)
        await eventually(lambda: load(phrases_path()).bank == bank)
        async with asyncio.timeout(10):
            for name in ("out.csv", "out.json"):
                done: asyncio.Queue[object] = asyncio.Queue()
                phrases.write_file(tmp_path / name, done.put_nowait)
                assert await done.get() == tmp_path / name
                phrases.read_file(tmp_path / name, done.put_nowait)
                read = await done.get()
                assert isinstance(read, Imported)
                assert [one.shown for one in read.bank.phrases] == [one.shown for one in bank.phrases]
            phrases.read_file(tmp_path / "nowhere.csv", done.put_nowait)
            assert isinstance(await done.get(), InputError)
        assert errors == []


async def test_a_bank_that_cannot_be_saved_is_told_once(program: Program) -> None:
    async with program.running() as phrases:
        told: asyncio.Queue[FishCaptionError] = asyncio.Queue()
        phrases.on_error = told.put_nowait
        path = phrases_path()
        if path.parent.is_dir():
            path.parent.rename(path.parent.with_name("elsewhere"))
        path.parent.write_text("")
        phrases.set_bank(Bank())
        assert "could not be saved" in str(await asyncio.wait_for(told.get(), 10))
        phrases.set_bank(starting())
        path.parent.unlink()
        bank, _ = starting().add("Quite.")
        phrases.set_bank(bank)
        await eventually(lambda: load(path).bank == bank)
        assert told.empty(), "the second time nothing was told"
