"""The outlet of files as the program runs it: captions and sound, in files of one name."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import Callable
from pathlib import Path

from fishcaption.app.services.audience import AudienceOutlets
from fishcaption.app.settings import SettingsStore
from fishcaption.audio.forecast import HeardSound
from fishcaption.captions.outlet import Light
from fishcaption.core.audience import HeardPart
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from tests.app.services.test_audience import NoNumbers, Silence
from tests.captions.outlets import config

RATE = 8000


class Sound(HeardSound):
    """Sound that the test makes."""

    def __init__(self) -> None:
        super().__init__()
        self.hears: list[Callable[[HeardPart], None]] = []

    def subscribe(self, hear: Callable[[HeardPart], None]) -> Callable[[], None]:
        self.hears.append(hear)
        return lambda: self.hears.remove(hear)


async def test_captions_and_sound_are_beside_each_other(tmp_path: Path) -> None:
    outlet = config("files", {"folder": str(tmp_path), "sound": "yes"})
    store = SettingsStore(Settings(outlets=(outlet,)))
    sound = Sound()
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        service = AudienceOutlets(
            Silence(), store, tasks, NoNumbers, on_error=lambda error: None, sound=sound
        )
        news = asyncio.Event()
        service.subscribe(news.set)

        async def until(light: Light) -> None:
            async with asyncio.timeout(10):
                while service.rows()[0].state.light is not light or not sound.hears:
                    await news.wait()
                    news.clear()

        await until(Light.WAITING)
        sound.hears[0](HeardPart(time.perf_counter(), RATE, 1.0, b"\1\0" * RATE))
        service.audience.show_text("Good evening.")
        await until(Light.ON)
        await service.close()
        tasks.cancel()
    assert sound.hears == []
    check(tmp_path)


def check(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["srt", "txt", "wav"]
    assert len({name.rpartition(".")[0] for name in names}) == 1
    assert "Good evening." in (folder / names[1]).read_text()
    with wave.open(str(folder / names[2])) as file:
        samples = file.readframes(file.getnframes())
    assert samples.count(b"\1\0") >= RATE - 1
