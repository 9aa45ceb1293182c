"""Other tries, with the real reader on a silent player, a voice that cannot be reached, and the real loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.lazy_reader import LazySpeech
from fishcaption.app.services.speaking import retrying
from fishcaption.app.services.speaking.retrying import Retrying
from fishcaption.app.settings import SettingsStore
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import FISH, Fate, Voice
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.settings import Settings, Unreachable
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.retry_ports import StandIn
from tests.live_server import LiveServer, Manner
from tests.server.conftest import end_shared

VOICE = Voice(FISH.provider, "a-voice", "A voice", ("en",))


@dataclass
class Tries:
    """What was asked for, and the reader that it is about."""

    speech: SpeechSystem
    settings: SettingsStore
    service: Retrying
    waits: list[float] = field(default_factory=list)
    due: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    stood_in: asyncio.Queue[StandIn | None] = field(default_factory=asyncio.Queue)

    def on_wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def on_due(self) -> None:
        self.due.put_nowait(None)

    def on_stand_in(self, stand_in: StandIn | None) -> None:
        self.stood_in.put_nowait(stand_in)

    async def fail(self) -> None:
        reader = self.speech.reader
        has_failed = asyncio.Event()  # everybody has been told: this one comes last
        error = reader.snapshot().error
        leave = reader.subscribe(
            lambda: has_failed.set() if reader.snapshot().error not in (None, error) else None
        )
        view = await reader.ended(reader.speak("Good morning."))
        assert isinstance(view.error, ConnectionLost)
        await asyncio.wait_for(has_failed.wait(), 5)
        leave()


@asynccontextmanager
async def tries(policy: Unreachable, **settings_given: Any) -> AsyncIterator[Tries]:
    settings = SettingsStore(Settings(voice=VOICE, unreachable=policy, **settings_given))
    lazy = LazySpeech(settings)
    lazy.rules = None
    async with SpeechSystem(SilentPlayer(), key="a-key") as speech, asyncio.TaskGroup() as group:
        lazy._built = speech
        speech.on_stood_in = lazy._on_stood_in
        speech.choose(VOICE, settings.current.model)
        tasks = ServiceTasks(group)
        loop = asyncio.get_running_loop()
        service = Retrying(settings, speech.reader, lazy, loop.call_later, tasks.answer)
        made = Tries(speech, settings, service)
        service.follow(made)
        yield made
        service.close()
        tasks.cancel()


@pytest.fixture(autouse=True)
def _unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("FISHCAPTION_FISH_URL", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setattr("fishcaption.speech.system.RETRY_DELAYS", (0.0,))
    monkeypatch.setattr(retrying, "WAITS_SECONDS", (0.01, 0.02))
    yield
    end_shared(tmp_path / "run")


async def test_it_waits_longer_each_time() -> None:
    async with tries("wait") as made:
        await made.fail()
        await asyncio.wait_for(made.due.get(), 5)
        made.speech.reader.retry()
        await asyncio.wait_for(made.due.get(), 5)
        assert made.waits == [0.01, 0.02]


async def test_the_embedded_voice_takes_over_and_the_chosen_one_is_back_by_a_command() -> None:
    async with tries("embedded") as made:
        reader = made.speech.reader
        view = await asyncio.wait_for(reader.ended(reader.speak("Good morning.")), 20)
        assert (view.fate, view.error) == (Fate.HEARD, None)
        stand_in = await made.stood_in.get()
        assert stand_in is not None
        assert (stand_in.voice, stand_in.instead_of) == (view.voice, VOICE)
        assert isinstance(stand_in.why, ConnectionLost)
        assert not made.service.is_pending()
        made.service.go_back()
        assert await made.stood_in.get() is None
        assert reader.snapshot().voice == VOICE


@pytest.mark.slow
async def test_it_is_back_by_itself_once_the_service_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "LOOKS_SECONDS", (0.05,))
    async with tries("embedded", unreachable_returns=True) as made:
        reader = made.speech.reader
        await asyncio.wait_for(reader.ended(reader.speak("Good morning.")), 20)
        assert await made.stood_in.get() is not None
        async with LiveServer(Manner(characters_a_second=300)) as server:
            monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
            assert await asyncio.wait_for(made.stood_in.get(), 10) is None
            assert [talk.text for talk in server.talks] == [""], "it was looked for, and told nothing"
            view = await reader.ended(reader.speak("Here again."))
            assert view.voice == VOICE
            assert "".join(talk.text for talk in server.talks) == "Here again."


@pytest.mark.slow
async def test_each_workspace_has_its_own_rule() -> None:
    async with tries("ask", unreachable_present="embedded") as made:
        await made.fail()
        made.settings.change(workspace="present")
        view = await made.speech.reader.ended(made.speech.reader.speak("Good evening."))
        assert view.fate is Fate.HEARD
        assert await made.stood_in.get() is not None
        made.settings.change(workspace="speak")  # where nobody is to stand in
        assert await made.stood_in.get() is None


async def test_nothing_is_tried_where_the_user_is_asked() -> None:
    async with tries("ask") as made:
        await made.fail()
        assert not made.service.is_pending()


async def test_stop_another_setting_and_the_end_call_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "WAITS_SECONDS", (60,))
    async with tries("wait") as made:
        await made.fail()
        assert made.service.is_pending()
        made.service.end()
        assert not made.service.is_pending()
        await made.fail()
        assert made.service.is_pending()
        made.settings.change(unreachable="ask")
        assert not made.service.is_pending()
        made.settings.change(unreachable="wait")
        await made.fail()
        assert made.service.is_pending()
        made.service.close()
        assert not made.service.is_pending()
        await made.fail()
        assert not made.service.is_pending()
