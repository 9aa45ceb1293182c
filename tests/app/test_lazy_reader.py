"""The reader before there is one: who subscribes early is told like who subscribes late."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fishcaption.app.lazy_reader import LazyReader, LazySpeech
from fishcaption.app.settings import SettingsStore
from fishcaption.app.user_data import UserData
from fishcaption.store.settings import Settings


async def test_a_bug_in_one_subscriber_keeps_no_other_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    loop = asyncio.get_running_loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
    told: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError

    with closing(UserData(Settings())) as user_data:
        speech = LazySpeech(SettingsStore(Settings()))
        reader = LazyReader(speech, user_data.unheard)
        reader.subscribe(fail)
        leave = reader.subscribe(lambda: told.append("early"))
        reader.subscribe(lambda: told.append("never"))()
        reader.speak("Good morning.")  # builds it
        assert told
        assert set(told) == {"early"}
        assert failures
        leave()
        told.clear()
        leave_late = reader.subscribe(lambda: told.append("late"))
        reader.stop()
        assert set(told) == {"late"}
        leave_late()
        told.clear()
        reader.speak("Good evening.")
        assert told == []
        reader.stop()
        running = loop.create_task(speech.system.reader.run())
        await asyncio.sleep(0)
        running.cancel()  # it closes the audio
        await asyncio.wait([running])
        user_data.journal.close()
