"""Own voices as a window asks for them: the real service, recordings on disk, a library that lies as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fishcaption.app.lazy_reader import LazySpeech
from fishcaption.app.services.own_voices.voices import OwnVoices
from fishcaption.core.account.spending import Sent
from fishcaption.core.errors import (
    FishCaptionError,
    Forbidden,
    InputError,
    LimitReached,
    StorageError,
    Unauthorized,
)
from fishcaption.core.speech import Rendered, Voice
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import Step, VoiceDetails
from fishcaption.core.voices.takes import TakeMeasures
from fishcaption.fish.cloning import Waits
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.voice_ports import Collected, Making, OwnVoiceList
from tests.app.services.test_account import answer
from tests.fish.test_cloning import QUICK
from tests.lying_server import Lying, lying
from tests.own_takes import agree, collected

DETAILS = VoiceDetails("My voice", "Warm.", ("calm",))


class FakeSpeech:
    """The key in use, and who is spoken as."""

    def __init__(self, key: str = "a-key") -> None:
        self.key = key
        self.sent: list[tuple[str, int]] = []
        self.is_at_limit = False
        self.settings = SimpleNamespace(current=Settings(model="s2.1-pro"))

    @property
    def system(self) -> FakeSpeech:
        return self

    def check_spending(self, model: str) -> None:
        if self.is_at_limit:
            raise LimitReached(f"The limit is reached: {model}.", hint="Set another one.")

    def on_sent(self, model: str, count: int) -> None:
        self.sent.append((model, count))

    async def found_key(self) -> str:
        if not self.key:
            raise Unauthorized("A Fish Audio voice needs a key.", hint="Enter your key.")
        return self.key


class FakeSpeaker:
    """Remembers what was said and played."""

    def __init__(self) -> None:
        self.did: list[tuple[str, Any]] = []

    def stop(self) -> None:
        self.did.append(("stop", None))

    def signal(self, rendered: Rendered) -> None:
        self.did.append(("signal", rendered))


class Desk:
    """The service, and what is around it."""

    def __init__(self, tasks: asyncio.TaskGroup, folder: Path, server: Lying, waits: Waits = QUICK) -> None:
        self.server = server
        self.speech = FakeSpeech()
        self.speaker = FakeSpeaker()
        self.told: list[FishCaptionError] = []
        self.measured: list[str] = []
        self.snr_db = 30.0
        self.tasks = ServiceTasks(tasks)
        self.list = folder / "data" / "own-voices.json"
        self.own = OwnVoices(
            cast(LazySpeech, self.speech),
            cast(Any, self.speaker),
            self.tasks,
            on_error=self.told.append,
            measure=self.measure,
            root=lambda: folder / "recordings",
            path=lambda: self.list,
            waits=waits,
        )

    async def measure(self, path: Path) -> TakeMeasures:
        self.measured.append(path.name)
        return TakeMeasures(15.0, 14.0, 0.5, 14.5, self.snr_db, 0, -20.0, -15.0)

    async def made(self, begin: Callable[[], None]) -> Making:
        """Begin to make a voice, and wait until that is over."""
        over = asyncio.Event()

        def look() -> None:
            making = self.own.making()
            if making is not None and making.is_over:
                over.set()

        end = self.own.subscribe(look)
        begin()
        await asyncio.wait_for(over.wait(), 10)
        end()
        making = self.own.making()
        assert making is not None
        return making

    async def create(self, details: VoiceDetails = DETAILS) -> Making:
        return await self.made(lambda: self.own.create("Mine", details, enhances=True))

    async def listed(self) -> OwnVoiceList:
        found = await answer(self.own.voices)
        assert isinstance(found, OwnVoiceList)
        return found


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    return collected(tmp_path / "recordings" / "Mine")


@asynccontextmanager
async def desk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *lies: str, waits: Waits = QUICK
) -> AsyncIterator[Desk]:
    with lying(*lies, count=0) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with asyncio.TaskGroup() as tasks:
            made = Desk(tasks, folder, server, waits)
            yield made
            made.tasks.cancel()


async def test_a_voice_is_made_of_the_kept_recordings(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        (found,) = await answer(made.own.collections)
        assert found == Collected("Mine", 3, 50.0, "Somebody", "en", 1, 2)
        assert found.voice == Voice("fish", "takes:Mine", "Mine", ("en",))
        making = await made.create()
        assert making.made is not None
        assert making.error is None
        (sent,) = made.server.made
        assert [content for _, _, content in sent.files] == [
            b"fLaCThe first text.",
            b"fLaCThe second text.",
            b"fLaC",
        ]
        assert sent.fields["enhance_audio_quality"] == ["true"]
        (listed,) = (await made.listed()).voices
    assert (listed.voice.name, listed.state, listed.collection) == ("My voice", VoiceState.READY, "Mine")
    assert [quality.passed for quality in listed.quality] == [True] * 3
    assert made.told == []
    assert b"a-key" not in made.list.read_bytes()


@pytest.mark.parametrize("what", ["consent", "kept", "collection"])
async def test_without_consent_or_recordings_nothing_is_sent(
    what: str, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(recordings, what)
    async with desk(tmp_path, monkeypatch) as made:
        making = await made.create()
        assert isinstance(making.error, InputError)
        assert making.error.hint
        assert made.server.asked == []


def spoil(folder: Path, what: str) -> None:
    if what == "consent":
        (folder / "consent.txt").unlink()
    else:
        for file in folder.glob("*.flac"):
            file.unlink()
        if what == "collection":
            (folder / "consent.txt").unlink()
            (folder / "takes.csv").unlink()
            folder.rmdir()
        else:
            agree(folder)


async def test_noise_is_heard_in_some_of_the_recordings(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        assert await answer(made.own.is_noisy, "Mine") is False
        assert made.measured == ["take-001.flac", "take-002.flac", "take-004.flac"]
        made.snr_db = 12.0
        assert await answer(made.own.is_noisy, "Mine") is True
        assert len(made.measured) == 4


async def test_a_making_that_is_cancelled_leaves_no_voice(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was cancelled while it trained: the service has it already, and it is deleted there."""
    async with desk(tmp_path, monkeypatch, "trains_for_ever", waits=QUICK._replace(training=60.0)) as made:
        training = asyncio.Event()

        def look() -> None:
            making = made.own.making()
            if making is not None and making.progress.step is Step.TRAINING:
                training.set()

        made.own.subscribe(look)
        made.own.create("Mine", DETAILS, enhances=False)
        await asyncio.wait_for(training.wait(), 10)
        made.own.cancel()
        making = made.own.making()
        assert making is not None
        assert making.is_cancelled
        async with asyncio.timeout(10):
            while not made.server.deleted:
                await asyncio.to_thread(str)  # the loop goes round
        assert made.server.deleted == [made.server.made[0].id]
    assert made.told == []


async def test_what_is_made_after_a_cancel_is_not_taken_back(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look for the cancelled one goes on for seconds: a new voice of the same name is not that one."""
    async with desk(tmp_path, monkeypatch, waits=QUICK._replace(looks=(0.2, 0.2))) as made:
        asked = asyncio.Event()

        def look() -> None:
            making = made.own.making()
            if making is not None and making.progress.step is Step.WAITING:
                asked.set()

        made.own.subscribe(look)
        made.own.create("Mine", DETAILS, enhances=False)
        await asyncio.wait_for(asked.wait(), 10)
        made.own.cancel()
        making = await made.create()
        assert making.made is not None
        taking_back = made.own._taking_back
        assert taking_back is not None
        await asyncio.wait([taking_back])
        assert making.made.voice.id not in made.server.deleted


async def test_a_second_try_after_an_unknown_end_makes_no_second_voice(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch, "created_unanswered") as made:

        def look() -> None:
            making = made.own.making()
            if making is not None and making.progress.step is Step.WAITING:
                made.server.tell("cut")

        made.own.subscribe(look)
        making = await made.create()
        assert making.error is not None
        assert "not known" in str(making.error)
        made.server.stop_telling("cut", "created_unanswered")
        making = await made.create()
        assert making.made is not None
        assert len(made.server.made) == 1


async def test_voices_that_are_gone_or_of_another_account_stay_in_the_list_and_say_so(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        await made.create()
        await made.create(DETAILS._replace(title="Another"))
        made.server.deleted += [one.id for one in made.server.made]  # on the web page
        assert {one.state for one in (await made.listed()).voices} == {VoiceState.GONE}
        text = made.list.read_text("utf-8").replace('"account": "me"', '"account": "somebody else"', 1)
        made.list.write_text(text, "utf-8")
        found = {one.is_of_other: one.state for one in (await made.listed()).voices}
        assert found == {True: VoiceState.READY, False: VoiceState.GONE}
        made.server.tell("cut")
        offline = await made.listed()
        assert offline.error is not None
        assert len(offline.voices) == 2
        gone = offline.voices[0].voice.id
        assert await answer(made.own.forget, gone) is True
        assert gone not in {one.voice.id for one in (await made.listed()).voices}


async def test_a_voice_is_renamed_deleted_exported_and_imported(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        making = await made.create()
        assert making.made is not None
        number = making.made.voice.id
        changed = await answer(made.own.change, number, VoiceDetails("New name"))
        assert changed.details == VoiceDetails("New name")
        assert await answer(made.own.export_to, tmp_path / "export.json") == 1
        assert await answer(made.own.delete, number) is True
        assert (await made.listed()).voices == ()
        assert await answer(made.own.import_from, tmp_path / "export.json") == 1
        assert [one.details.title for one in (await made.listed()).voices] == ["New name"]
        made.server.tell("voice_gone")
        assert await answer(made.own.delete, number) is False
        assert isinstance(await answer(made.own.change, number, DETAILS), Forbidden)
        (tmp_path / "other.json").write_text("{}", "utf-8")
        assert isinstance(await answer(made.own.import_from, tmp_path / "other.json"), InputError)
        assert isinstance(await answer(made.own.import_from, tmp_path / "none.json"), StorageError)


async def test_a_voice_is_there_though_the_list_cannot_be_written(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", "utf-8")
    async with desk(tmp_path, monkeypatch) as made:
        making = await made.create()
        assert making.made is not None
        assert len(made.told) >= 1
        assert isinstance(made.told[0], StorageError)


async def test_a_design_is_heard_and_becomes_a_voice(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        candidates = await answer(made.own.design, "a calm old man", "Good morning.", 2)
        assert len(candidates) == 2
        assert made.speech.sent == [("voice-design-1", 1)]
        assert Sent(date(2026, 11, 30), "voice-design-1", "", 3).dollars == pytest.approx(0.03)
        made.speech.is_at_limit = True
        assert isinstance(await answer(made.own.design, "a calm old man", "", 2), LimitReached)
        assert len(made.speech.sent) == 1
        seconds = await answer(made.own.hear, candidates[0])
        assert 0.1 < seconds < 5.0
        assert [what for what, _ in made.speaker.did] == ["stop", "signal"]
        assert isinstance(await answer(made.own.hear, candidates[0]._replace(audio=b"RIFF")), InputError)
        making = await made.made(lambda: made.own.create_designed(candidates[1], DETAILS))
        assert making.made is not None
        assert made.server.made[0].fields["voice_design_signatures"] == [candidates[1].signature]


async def test_without_a_key_the_known_voices_are_still_there(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, monkeypatch) as made:
        await made.create()
        made.speech.key = ""
        found = await made.listed()
    assert isinstance(found.error, Unauthorized)
    assert [one.voice.name for one in found.voices] == ["My voice"]
