"""The voices as windows ask for them: the real services, a library that lies, a clock instead of sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.services import Services
from fishcaption.app.settings import SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    Forbidden,
    InputError,
    StorageError,
    Unauthorized,
)
from fishcaption.core.speech import State, Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, VoiceState
from fishcaption.store.settings import Settings
from fishcaption.store.voices.seen import Shelf, voices_path
from fishcaption.ui.voice_ports import Hearing
from tests.lying_server import Lying, lying

KEY = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.usefixtures("qapp")  # pictures are decoded


@asynccontextmanager
async def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> AsyncIterator[Services]:
    """The services with their speech, which the machine's clock plays."""
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")
    monkeypatch.setenv("FISHCAPTION_FISH_URL", url)
    user_data = UserData(Settings())
    speech = LazySpeech(SettingsStore(Settings(voice=Voice("fish", f"{1:032x}", "Voice 1"))))
    try:
        async with asyncio.TaskGroup() as tasks:
            services = Services(speech, LazyReader(speech, user_data.unheard), user_data, tasks)
            services.speech.system.key = KEY
            async with services.speech.system:
                services.speech.is_entered = True
                yield services
                await services.close(lambda error: None)
    finally:
        user_data.journal.close()
        user_data.close()


async def answer(ask: Callable[..., object], *arguments: Any) -> Any:
    """Ask a service, and wait for its answer."""
    answers: asyncio.Queue[Any] = asyncio.Queue()
    ask(*arguments, answers.put_nowait)
    assert answers.empty(), "never before the call has returned"
    return await asyncio.wait_for(answers.get(), 20)


class Heard:
    """What `hear` tells."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        self.all: list[Any] = []

    def __call__(self, state: Hearing | FishCaptionError) -> None:
        self.all.append(state)
        self.told.put_nowait(state)

    async def until(self, wanted: Hearing) -> None:
        async with asyncio.timeout(20):
            while (got := await self.told.get()) is not wanted:
                assert not isinstance(got, FishCaptionError), got

    async def end(self) -> Any:
        """The last state."""
        async with asyncio.timeout(20):
            while (got := await self.told.get()) in (Hearing.PREPARING, Hearing.SOUNDING):
                pass
        return got


def files(service: Lying) -> list[str]:
    """The files and voices that were asked for; the live sockets are another matter."""
    return [one.path for one in service.asked if one.path.startswith(("/model", "/sample"))]


def voice(number: int) -> Voice:
    return Voice("fish", f"{number:032x}", f"Voice {number}")


async def test_what_was_found_is_found_again_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying(count=70) as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            voices = made.voices
            first = await answer(voices.search, VoiceQuery())
            assert isinstance(first, VoicePage)
            assert (len(first.entries), first.has_more, first.total) == (50, True, 70)
            rest = await answer(voices.search, VoiceQuery(page=2))
            assert (len(rest.entries), rest.has_more) == (20, False)
            assert await answer(voices.account_voices, VoiceQuery()) == ()
            assert await answer(voices.set_favourite, first.entries[3], True) is None
            voices.used(first.entries[4])
            voices.leave()
    async with opened(tmp_path, monkeypatch, service.url) as made:
        assert isinstance(await answer(made.voices.search, VoiceQuery()), ConnectionLost)
        seen = await answer(made.voices.seen_voices, VoiceQuery("voice 6"))
        assert {entry.voice.name for entry in seen} == {f"Voice {n}" for n in range(70) if "6" in str(n)}
        shelf = await answer(made.voices.shelf)
        assert isinstance(shelf, Shelf)
        assert [entry.id for entry in shelf.favourites] == [first.entries[3].id]
        assert [entry.id for entry in shelf.recent] == [first.entries[4].id]


async def test_a_cancelled_question_is_never_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying("slow") as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            answers: list[Any] = []
            cancel = made.voices.search(VoiceQuery("old"), answers.append)
            await asyncio.sleep(0)
            cancel()
            service.stop_telling("slow")
            assert isinstance(await answer(made.voices.search, VoiceQuery("voice 1")), VoicePage)
            assert answers == []


async def test_without_a_key_the_library_is_there_and_own_voices_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            made.speech.system.key = ""
            assert isinstance(await answer(made.voices.search, VoiceQuery()), VoicePage)
            assert isinstance(await answer(made.voices.account_voices, VoiceQuery()), Unauthorized)
            service.tell("unauthorized")
            assert isinstance(await answer(made.voices.search, VoiceQuery()), Unauthorized)


@pytest.mark.parametrize("lie", ["voice_gone", "refuse GET /model/ 400"])
async def test_a_voice_that_is_gone_is_told_and_stays_a_favourite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            entry = await answer(made.voices.look_up, voice(1))
            assert entry.state is VoiceState.READY
            await answer(made.voices.set_favourite, entry, True)
            service.tell(lie)
            mine = Voice("fish", "takes:Mine", "Mine")
            assert await answer(made.voices.look_up, mine) == VoiceEntry(mine), "it is at no service"
            gone = await answer(made.voices.look_up, voice(1))
            assert (gone.state, gone.tags) == (VoiceState.GONE, entry.tags)
            made.voices.leave()
            shelf = await answer(made.voices.shelf)
            assert [one.state for one in shelf.favourites] == [VoiceState.GONE]
            heard = Heard()
            made.voices.hear(VoiceEntry(voice(2)), heard)
            assert isinstance(await heard.end(), Forbidden)


async def test_covers_are_small_pictures_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            entry = (await answer(made.voices.search, VoiceQuery())).entries[0]
            image = await answer(made.voices.cover, entry, 8)
            assert isinstance(image, QImage)
            assert (image.width(), image.height()) == (8, 8)
            asked = len(service.asked)
            assert isinstance(await answer(made.voices.cover, entry, 8), QImage)
            assert len(service.asked) == asked


@pytest.mark.parametrize("lie", ["cover_large", "cover_html", "cover_huge", "cover_strange_address"])
async def test_a_cover_that_is_none_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    with lying(lie) as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            for entry in (await answer(made.voices.search, VoiceQuery())).entries[:5]:
                assert isinstance(await answer(made.voices.cover, entry, 8), FishCaptionError)


@pytest.mark.slow
async def test_a_sample_sounds_is_kept_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lying("sample_expired") as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            entry = (await answer(made.voices.search, VoiceQuery())).entries[5]
            first = Heard()
            made.voices.hear(entry, first)
            await first.until(Hearing.SOUNDING)
            assert made.speech.system.reader.snapshot().state is State.SPEAKING
            assert await first.end() is Hearing.ENDED
            made.voices.leave()
        asked = files(service)
        async with opened(tmp_path, monkeypatch, service.url) as made:
            for _ in range(2):  # from the disk, from memory
                heard = Heard()
                made.voices.hear(entry, heard)
                await heard.until(Hearing.SOUNDING)
                assert await heard.end() is Hearing.ENDED
        assert files(service) == asked


async def test_the_next_sample_stop_and_hush_end_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            one, other = (await answer(made.voices.search, VoiceQuery())).entries[:2]
            first, second, third = Heard(), Heard(), Heard()
            made.voices.hear(one, first)
            await first.until(Hearing.SOUNDING)
            made.voices.hear(other, second)
            assert first.all[-1] is Hearing.ENDED
            await second.until(Hearing.SOUNDING)
            made.speech.system.reader.stop()
            assert await second.end() is Hearing.ENDED
            assert made.speech.system.reader.snapshot().state is State.IDLE
            made.voices.hear(one, third)
            await third.until(Hearing.SOUNDING)
            made.voices.hush()
            assert third.all[-1] is Hearing.ENDED


@pytest.mark.parametrize(
    ("lie", "error"),
    [("sample_gone", Forbidden), ("sample_html", InputError), ("sample_large", FishCaptionError),
     ("samples_null", InputError)],
)  # fmt: skip
async def test_a_sample_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str, error: type[FishCaptionError]
) -> None:
    with lying(lie) as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            entry = (await answer(made.voices.search, VoiceQuery())).entries[0]
            heard = Heard()
            made.voices.hear(entry, heard)
            assert isinstance(await heard.end(), error)


async def test_a_broken_file_of_seen_voices_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            told: list[FishCaptionError] = []
            made.speech.on_error = told.append
            voices_path().parent.mkdir(parents=True, exist_ok=True)
            voices_path().write_bytes(b"this is no database " * 300)
            assert isinstance(await answer(made.voices.search, VoiceQuery()), VoicePage)
            assert isinstance(await answer(made.voices.shelf), Shelf)
            await asyncio.sleep(0)
            assert [type(error) for error in told] == [StorageError]
            assert "put aside" in str(told[0])


@pytest.mark.slow
async def test_the_users_own_text_is_tried_with_an_embedded_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying() as service:
        async with opened(tmp_path, monkeypatch, service.url) as made:
            voices = await answer(made.voices.embedded_voices)
            entry = VoiceEntry(voices[0])
            assert made.voices.price_of(entry.voice, "Hello.") == 0
            heard = Heard()
            made.voices.try_text(entry, "One. Two.", heard)
            await heard.until(Hearing.SOUNDING)
            await heard.until(Hearing.SOUNDING)
            assert await heard.end() is Hearing.ENDED
            heard = Heard()
            made.voices.hear(entry, heard)
            await heard.until(Hearing.SOUNDING)
            made.speech.system.reader.stop()
            assert await heard.end() is Hearing.ENDED
            heard = Heard()
            made.voices.try_text(entry, "…", heard)
            assert isinstance(await heard.end(), InputError)
