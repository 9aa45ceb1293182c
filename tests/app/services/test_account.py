"""The key, as the window asks for it: the real services, a real keyring file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import keyring
import pytest
from websockets.http11 import Request

from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.services import Services
from fishcaption.app.settings import SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.core.errors import FishCaptionError, StorageError, Unauthorized
from fishcaption.core.speech import FISH, Voice
from fishcaption.store.keys import KeyPlace
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported
from fishcaption.ui.account_ports import KeyReport, WebPlan
from tests.fish.test_library import entity
from tests.live_server import LiveServer
from tests.memory_keyring import MemoryKeyring

KEY = "0123456789abcdef0123456789abcdef"

_Answer = TypeVar("_Answer")


def rest(request: Request) -> tuple[int, str]:
    """The service: it knows one key, whose account has one voice of its own."""
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        return 401, json.dumps({"status": 401, "message": "Invalid token"})
    if "package" in request.path:
        return 200, json.dumps({"type": "plus", "total": 500_000, "balance": 250_000})
    if "credit" in request.path:
        return 200, json.dumps({"credit": "12.5"})
    is_own = "self=true" in request.path
    return 200, json.dumps({"total": 1, "items": [entity(1 if is_own else 2)], "has_more": not is_own})


@asynccontextmanager
async def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")
    async with LiveServer(rest=rest) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        user_data = UserData(Settings())
        speech = LazySpeech(SettingsStore(Settings(voice=Voice(FISH.provider, "", ""))))
        async with asyncio.TaskGroup() as tasks:
            yield Services(speech, LazyReader(speech, user_data.unheard), user_data, tasks)
        user_data.journal.close()
        user_data.close()


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


async def answer(ask: Callable[..., None], *arguments: Any) -> Any:
    """Ask a service, and wait for its answer."""
    answers: asyncio.Queue[Any] = asyncio.Queue()
    ask(*arguments, answers.put_nowait)
    assert answers.empty(), "never before the call has returned"
    return await asyncio.wait_for(answers.get(), 10)


async def test_a_key_is_checked_used_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with services(tmp_path, monkeypatch) as made:
        account = made.account
        assert await answer(account.key_place) is KeyPlace.NOWHERE
        assert await answer(account.check_key, KEY) == KeyReport(12.5)
        assert isinstance(await answer(account.check_key, KEY[::-1]), Unauthorized)
        assert made.speech.system.key == "", "it was only checked"
        kept = await answer(partial(account.add_key, "Home", KEY))
        assert made.speech.system.key == KEY
        # the tests' keyring keeps nothing: the key is used until the end
        assert isinstance(kept, StorageError)
        assert await answer(account.key_place) is KeyPlace.SESSION
        await answer(partial(account.forget_key, ""))
        assert made.speech.system.key == ""
        assert await answer(account.key_place) is KeyPlace.NOWHERE


async def test_of_several_keys_one_is_used_and_each_has_a_place_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: MemoryKeyring
) -> None:
    async with services(tmp_path, monkeypatch) as made:
        account, settings = made.account, made.settings
        assert await answer(partial(account.add_key, "Home", KEY)) is KeyPlace.KEYRING
        assert await answer(partial(account.add_key, "Work", KEY[::-1])) is KeyPlace.KEYRING
        assert await answer(partial(account.add_key, "Guest", "g" * 32, is_kept=False)) is KeyPlace.SESSION
        home, work, guest = settings.current.fish_keys.keys
        assert [home.name, work.name, guest.name] == ["Home", "Work", "Guest"]
        assert sorted(memory.kept.values()) == sorted([KEY, KEY[::-1]]), "the guest's is in no keyring"
        for named, key in ((home, KEY), (work, KEY[::-1]), (guest, "g" * 32)):
            await answer(partial(account.use_key, named.id))
            assert (made.speech.system.key, settings.current.fish_keys.used) == (key, named.id)
        account.rename_key(work.id, "Office")
        assert settings.current.fish_keys.name_of(work.id) == "Office"
        await answer(partial(account.replace_key, work.id, "n" * 32))
        assert made.speech.system.key == "n" * 32
        assert await answer(partial(account.forget_key, work.id)) is KeyPlace.KEYRING
        assert made.speech.system.key == KEY, "the first of the others"
        assert list(memory.kept.values()) == [KEY]
    for value in (KEY, KEY[::-1], "g" * 32):
        assert value not in exported(settings.current), "an export has names only"


async def test_the_credit_is_told_apart_from_the_web_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with services(tmp_path, monkeypatch) as made:
        made.speech.system.key = KEY
        report = await answer(made.account.credit)
        assert (report.credit, report.plan) == (12.5, WebPlan("plus", 250_000))
        made.speech.system.key = KEY[::-1]
        assert isinstance(await answer(made.account.credit), Unauthorized)


async def test_the_key_of_the_environment_is_found_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FISH_API_KEY", KEY)
    told: list[FishCaptionError] = []
    async with services(tmp_path, monkeypatch) as made:
        made.speech.on_error = told.append
        made.account.find_key()
        assert await asyncio.wait_for(made.speech.system.found_key(), 10) == KEY
    assert told == []


async def test_a_bug_in_one_service_ends_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: reported.append(context))

    async def fail() -> None:
        raise ZeroDivisionError

    async with services(tmp_path, monkeypatch) as made:
        made.tasks.start(fail)
        assert await answer(made.account.key_place) is KeyPlace.NOWHERE
    loop.set_exception_handler(None)
    assert [type(context["exception"]) for context in reported] == [ZeroDivisionError]
