"""The pressing side of the phrases' benchmark: a house, a phrase desk, keys at random moments.

    python -m benchmarks.phrases_app '{"count": 20, "closed": 3}'

Its phrase is a tone that was kept as a render of the embedded voice: what is measured is the way from the key
to the ear. Prints one JSON object with when keys were pressed (`time.perf_counter`); `benchmarks.phrases`
starts it and listens.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.core.phrases import Bank
from fishcaption.core.speech import Rendered, State, Voice
from fishcaption.house import House
from fishcaption.rendering import PhraseDesk, chosen_of
from fishcaption.store.phrases import Renders, save
from fishcaption.store.settings import Settings
from tests.audio.sounds import RATE, tone

HEART = Voice("embedded", "heart", "Heart", ("en",))
SECONDS = 0.3
"""Of the phrase."""

SETTLED_SECONDS = 3.0
"""A stream that has run so long is not late any more."""


def main() -> None:
    """Press the keys that the command line asks for."""
    import qasync
    from PySide6.QtWidgets import QApplication

    options = json.loads(sys.argv[1])
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner,
    ):
        print(json.dumps(runner.run(_press(Path(folder), options["count"], options["closed"]))))


async def _press(folder: Path, count: int, closed: int) -> dict[str, list[float]]:
    settings = Settings(voice=HEART, phrases_ahead=False)
    bank, phrase = Bank().add("A tone.", key="F1")
    save(folder / "phrases.json", bank)
    renders, chosen = Renders(folder / "sound"), chosen_of(settings)
    rendered = Rendered(HEART, RATE, tone(SECONDS))
    renders.save(chosen.name(phrase.spoken, chosen.said(phrase.spoken)), rendered)
    player = SoundPlayer(DeviceChoice("Speakers", "ALSA"), rate=RATE, linger_seconds=1.0)
    house = House(player)
    pressed: dict[str, list[float]] = {"open": [], "closed": []}
    async with house:
        house.choose(HEART, settings.model)
        desk = PhraseDesk(house.reader, settings, path=folder / "phrases.json", renders=renders)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(desk.run(house))
            player.warm()
            await _until_open(player, is_open=True)
            for _ in range(closed):
                await _until_open(player, is_open=False)
                await asyncio.sleep(0.5)
                await _key(house, desk, phrase.id, pressed["closed"])
            await _keep_open(player)
            for _ in range(count):
                await _key(house, desk, phrase.id, pressed["open"])
                player.warm()
                await asyncio.sleep(random.uniform(0.1, 0.2))
            task.cancel()
        await desk.close()
    return pressed


async def _key(house: House, desk: PhraseDesk, phrase: str, pressed: list[float]) -> None:
    pressed.append(time.perf_counter())
    number = desk.speak(phrase)
    await house.reader.ended(number)
    assert house.reader.snapshot().state is State.IDLE


async def _until_open(player: SoundPlayer, *, is_open: bool) -> None:
    for _ in range(10_000):
        if player.state().open == is_open:
            return
        await asyncio.sleep(0.01)


async def _keep_open(player: SoundPlayer) -> None:
    end = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < end:
        player.warm()
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    main()
