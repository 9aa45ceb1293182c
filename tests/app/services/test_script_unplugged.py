"""A show with everything unplugged: the script is prepared, and after another start the voice is dead."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from fishcaption.app.services.script_show import ScriptShow
from fishcaption.core.errors import ConnectionLost, VoiceProcessError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Fate, Voice
from fishcaption.store.settings import Settings
from fishcaption.ui.audience_ports import Preparation
from tests.app.test_used_at_once import program
from tests.memory_keyring import MemoryKeyring
from tests.server.conftest import end_shared

pytestmark = pytest.mark.slow
LINES = (
    "Good evening, ladies and gentlemen.",
    "It is 8:30, and the hall is full.",
    "We thank the USB of NASA.",
    "*Please* switch off your telephones.",
    "The first piece is by Bach.",
    "It was written in 1723.",
    "It takes about 12 minutes.",
    "Then there is a break.",
    "Drinks are 5 € each.",
    "Enjoy the evening!",
)
SCRIPT = Script("evening.txt", tuple(ScriptCue(number, text) for number, text in enumerate(LINES, 1)))


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    for name in ("RUNTIME", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device: the machine's clock is the sound
    yield
    keyring.set_keyring(before)
    end_shared(tmp_path / "RUNTIME")


async def until(show: ScriptShow, is_so: Callable[[], bool]) -> None:
    news = asyncio.Event()
    end = show.subscribe(news.set)
    async with asyncio.timeout(120):
        while not is_so():
            news.clear()
            await news.wait()
    end()


async def test_ten_cues_are_prepared_and_spoken_with_the_voice_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    settings = Settings(voice=Voice("embedded", "", ""), speed=3.0)
    async with program(settings) as made, made.speech.system:
        made.services.open()
        show = made.services.script()
        show.set_script(SCRIPT)
        show.prepare()
        await until(show, lambda: show.view().preparation is Preparation.READY)
        assert show.view().prepared == len(LINES)
        lengths = [show.check(cue.id).seconds for cue in SCRIPT.cues]
        assert all(seconds is not None and 0.2 < seconds < 3 for seconds in lengths)  # at speed 3
        left = show.view().left_seconds
    async with program(settings) as made, made.speech.system as system:
        made.services.open()
        show = made.services.script()
        await until(show, lambda: show.view().prepared == len(LINES))
        assert show.view().script == SCRIPT
        assert show.view().left_seconds == pytest.approx(left)
        spoken: list[tuple[str, Fate, int]] = []
        for cue in SCRIPT.cues:
            if cue.id == 2:  # the sound device is there by now
                monkeypatch.setattr(sys, "executable", "/bin/false")  # no other one can be started
                end_shared(tmp_path / "RUNTIME")
                view = await system.reader.ended(system.reader.speak("Is anybody there?"))
                assert isinstance(view.error, VoiceProcessError | ConnectionLost)
            show.speak_next()
            current = made.reader.snapshot().current
            assert current is not None
            ended = await system.reader.ended(current.id)
            spoken.append((ended.text, ended.fate, ended.heard_end))
        assert spoken == [(text, Fate.SHOWN, len(text)) for text in LINES]
        assert show.view().following is None
        assert show.view().left_seconds == 0.0
