"""Other tries, with the real reader on a silent player, a voice that cannot be reached, and the real loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fishcaption.app.services import retrying
from fishcaption.app.services.retrying import Retrying
from fishcaption.app.settings import SettingsStore
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import FISH, Voice
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.settings import Settings, Unreachable
from tests.server.conftest import end_shared

VOICE = Voice(FISH.provider, "a-voice", "A voice", ("en",))


@dataclass
class Tries:
    """What was asked for, and the reader that it is about."""

    speech: SpeechSystem
    settings: SettingsStore
    service: Retrying
    waits: list[float] = field(default_factory=list)
    due: asyncio.Queue[bool] = field(default_factory=asyncio.Queue)

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
async def tries(policy: Unreachable) -> AsyncIterator[Tries]:
    settings = SettingsStore(Settings(voice=VOICE, unreachable=policy))
    async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
        speech.choose(VOICE, settings.current.model)
        service = Retrying(settings, speech.reader, asyncio.get_running_loop().call_later)
        made = Tries(speech, settings, service)
        service.follow(made.waits.append, made.due.put_nowait)
        yield made
        service.close()


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
        assert await asyncio.wait_for(made.due.get(), 5) is False
        made.speech.reader.retry()
        assert await asyncio.wait_for(made.due.get(), 5) is False
        assert made.waits == [0.01, 0.02]


async def test_the_embedded_voice_is_asked_for_at_once() -> None:
    async with tries("embedded") as made:
        await made.fail()
        assert await asyncio.wait_for(made.due.get(), 5) is True
        assert made.waits == []


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
