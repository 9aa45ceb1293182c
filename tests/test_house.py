"""The house: who speaks before it is known whether there is a key waits for that, and is not refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.app import _Parts
from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.errors import Unauthorized
from fishcaption.core.speech import Fate, UtteranceView, Voice
from fishcaption.house import House
from fishcaption.store.parked import Unheard
from fishcaption.store.settings import Settings
from tests.live_server import LiveServer, Manner
from tests.server.conftest import end_shared

VOICE = Voice("fish", "a-voice", "A voice", ("en",))


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    yield
    end_shared(tmp_path / "run")


@pytest.mark.parametrize("key", ["a-key", ""])
async def test_who_speaks_at_once_waits_for_the_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with House(SilentPlayer(), key=None) as house:
            house.choose(VOICE, "s2.1-pro-free")
            number = house.reader.speak("Good morning.")
            for _ in range(50):
                await asyncio.to_thread(house.reader.snapshot)  # the loop goes round, and the voice is asked
            assert house.reader.utterance(number).error is None
            house.key = key
            view = await house.reader.ended(number)
        assert [talk.text for talk in server.talks if talk.requests] == (["Good morning."] if key else [])
    if key:
        assert view.fate is Fate.HEARD
    else:
        assert view.fate is Fate.FAILED
        assert isinstance(view.error, Unauthorized)


def test_what_ends_while_nobody_listens_is_told_to_who_comes_next(tmp_path: Path) -> None:
    parts = _Parts(Settings(), Unheard(tmp_path / "unheard.jsonl"))
    views = [
        UtteranceView(
            number, "Hello.", live=False, fate=Fate.CUT, sent_end=0, heard_end=0, word=None, error=None
        )
        for number in range(3)
    ]
    parts._tell_ended(views[0])
    first: list[UtteranceView] = []
    leave = parts.subscribe_ended(first.append)
    parts._tell_ended(views[1])
    leave()
    parts._tell_ended(views[2])
    last: list[UtteranceView] = []
    parts.subscribe_ended(last.append)
    assert (first, last) == (views[:2], views[2:])
