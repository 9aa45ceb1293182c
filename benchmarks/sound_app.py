"""The app's side of the sound benchmark: one process, one scenario, in Qt's loop as the window has it.

    python -m benchmarks.sound_app SCENARIO '{"option": value}'

Prints one JSON object with what the scenario did and when (`time.perf_counter`, which the process that
listens shares). `benchmarks.sound` starts it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.pair import PairPlayer
from fishcaption.audio.player import SoundPlayer
from tests.audio.sounds import RATE, counted, tone

SETTLED_SECONDS = 3.0
"""A stream that has run so long is not late any more."""

Result = dict[str, Any]


def main() -> None:
    """Run the scenario that the command line names."""
    import qasync
    from PySide6.QtWidgets import QApplication

    options = json.loads(sys.argv[2])
    run = _run_pair(options) if sys.argv[1] == "together" else _run(SCENARIOS[sys.argv[1]], options)
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        result = runner.run(run)
    print(json.dumps(result))


async def _run(scenario: Callable[..., Awaitable[Result]], options: dict[str, Any]) -> Result:
    began = time.perf_counter()
    device = DeviceChoice("Speakers", "ALSA")
    async with SoundPlayer(device, latency=options.pop("latency", 0.1), linger_seconds=1.0) as player:
        player.warm()
        await _until_open(player)
        opened = time.perf_counter() - began
        result = await scenario(player, **options)
    return {"opened": opened, **result}


async def _run_pair(options: dict[str, Any]) -> Result:
    second = SoundPlayer(DeviceChoice("Headphones", "ALSA"))
    async with PairPlayer(SoundPlayer(DeviceChoice("Speakers", "ALSA")), second) as pair:
        pair.warm()
        await _until_open(pair.main)
        await _until_open(second)
        return await together(pair, **options)


async def _until_open(player: SoundPlayer, *, is_open: bool = True) -> None:
    while True:
        if player.state().open == is_open:
            return
        await asyncio.sleep(0.005 if is_open else 0.1)


async def _say(player: SoundPlayer, pcm: bytes) -> int:
    clip = player.begin(RATE)
    await player.write(pcm)
    player.end()
    return clip


async def _keep_open(player: SoundPlayer, seconds: float = SETTLED_SECONDS) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        player.warm()
        await asyncio.sleep(0.25)


# --- scenarios -------------------------------------------------------------------------------------------


async def exact(player: SoundPlayer, frames: int) -> Result:
    """Say counted frames, written in odd sizes."""
    pcm = counted(frames)
    clip = player.begin(RATE)
    at = 0
    sizes = random.Random(1)
    while at < len(pcm):
        size = sizes.choice((1, 7, 333, 1023, 4001, 30_011))
        await player.write(pcm[at : at + size])
        at += size
    player.end()
    await player.reach(clip)
    return {"told": time.perf_counter()}


async def stressed(player: SoundPlayer, stress: str, seconds: float) -> Result:
    """Say counted frames while something keeps this process, or the machine, busy."""
    stop = STRESSES[stress]()
    try:
        engine = _Usage(player.engine_pid)
        clip = await _say(player, counted(round(seconds * RATE)))
        await player.reach(clip)
        cpu, megabytes = engine.percent(), engine.megabytes()
    finally:
        stop()
    return {"cpu": cpu, "megabytes": megabytes}


async def writes(player: SoundPlayer, count: int) -> Result:
    """Write short tones at random moments of a running stream."""
    await _keep_open(player)
    moments = []
    for _ in range(count):
        await asyncio.sleep(random.uniform(0.3, 0.5))
        moments.append(time.perf_counter())
        await player.reach(await _say(player, tone(0.1)))
    return {"moments": moments}


async def pauses(player: SoundPlayer, count: int) -> Result:
    """Pause and resume a long tone."""
    await _keep_open(player)
    clip = player.begin(RATE)
    await player.write(tone(count * 1.0 + 2.0))
    player.end()
    paused, resumed = [], []
    await player.reach(clip, RATE // 2)
    for _ in range(count):
        await asyncio.sleep(random.uniform(0.3, 0.5))
        paused.append(time.perf_counter())
        player.pause()
        await asyncio.sleep(random.uniform(0.3, 0.5))
        resumed.append(time.perf_counter())
        player.resume()
    await player.reach(clip)
    return {"paused": paused, "resumed": resumed}


async def stops(player: SoundPlayer, count: int) -> Result:
    """Stop clips at random moments, in all states: nothing written yet, waiting, sounding, paused, ending."""
    await _keep_open(player)
    done = []
    for number in range(count):
        clip = player.begin(RATE)
        level = level_of(number)
        if number % 10:
            await player.write(np.full(RATE // 2, level, "<i2").tobytes())
        if number % 3 == 0:
            player.end()
        await asyncio.sleep(random.uniform(0.0, 0.3))
        if number % 7 == 0:
            player.pause()
            await asyncio.sleep(random.uniform(0.0, 0.1))
        began = time.perf_counter()
        player.flush()
        done.append((began, time.perf_counter() - began, level))
        await player.write(bytes(2 * RATE))
        is_empty = not (number % 10 or number % 3)
        if await player.reach(clip) != is_empty:
            raise AssertionError(f"clip {clip} was not stopped, or not heard")
    await asyncio.sleep(0.5)
    return {"stops": done}


async def cuts(player: SoundPlayer, count: int) -> Result:
    """Cut clips where the ear is, at random moments: what sounds is dropped as soon as it can be."""
    await _keep_open(player)
    done = []
    for number in range(count):
        level = level_of(number)
        clip = await _say(player, np.full(RATE, level, "<i2").tobytes())
        await asyncio.sleep(random.uniform(0.2, 0.5))
        heard = player.heard()
        began = time.perf_counter()
        player.cut(clip, heard.frame if heard.clip == clip else 0)
        done.append((began, time.perf_counter() - began, level))
    await asyncio.sleep(0.5)
    return {"stops": done}


async def planned_cuts(player: SoundPlayer, count: int) -> Result:
    """Cut clips as near as `lead_frames` allows: how many end at the very frame."""
    await _keep_open(player)
    exact_ends = 0
    for _ in range(count):
        clip = await _say(player, tone(2.0))
        await player.reach(clip, random.randint(1, RATE // 2))
        frame = player.heard().frame + player.lead_frames()
        player.cut(clip, frame)
        await player.reach(clip)
        exact_ends += player.heard().frame == frame
    return {"exact": exact_ends}


async def together(pair: PairPlayer, count: int) -> Result:
    """Write counted clips at random moments to two running streams."""
    await asyncio.sleep(SETTLED_SECONDS)
    moments = []
    for _ in range(count):
        pair.warm()
        await asyncio.sleep(random.uniform(0.3, 0.6))
        moments.append(time.perf_counter())
        clip = pair.begin(RATE)
        await pair.write(counted(RATE // 4))
        pair.end()
        await pair.reach(clip)
    return {"moments": moments}


def level_of(number: int) -> int:
    """Return the sample value that a stopped clip is made of; the next hundred clips have others."""
    return 2_000 + 211 * (number % 100)


async def faults(player: SoundPlayer, seconds: float) -> Result:
    """Say counted frames, while the other side does something to the device or the engine."""
    await _keep_open(player)
    print(json.dumps({"engine": player.engine_pid, "now": time.perf_counter()}), flush=True)
    clip = await _say(player, counted(round(seconds * RATE)))
    await player.reach(clip)
    return {}


async def rest(player: SoundPlayer, seconds: float) -> Result:
    """Say something, let the device close, and measure how the engine rests."""
    await player.reach(await _say(player, tone(0.2)))
    await _until_open(player, is_open=False)
    await asyncio.sleep(0.5)
    engine = _Usage(player.engine_pid)
    own = _Usage(None)
    await asyncio.sleep(seconds)
    closed = {
        "cpu": engine.percent(),
        "wakeups": engine.wakeups(),
        "own_cpu": own.percent(),
        "own_wakeups": own.wakeups(),
    }
    moments = []
    for _ in range(5):
        await _until_open(player, is_open=False)
        await asyncio.sleep(0.3)
        moments.append(time.perf_counter())
        await player.reach(await _say(player, tone(0.1)))
    return {**closed, "moments": moments}


class _Usage:
    """What a process (None: this one) has used since this was made."""

    def __init__(self, pid: int | None) -> None:
        import psutil

        from tests.rig import wakeups

        self._process = psutil.Process(pid)
        self._count = wakeups
        self._began = time.perf_counter()
        self._cpu = sum(self._process.cpu_times()[:2])
        self._woken = self._count(self._process.pid)

    def percent(self) -> float:
        return 100 * (sum(self._process.cpu_times()[:2]) - self._cpu) / (time.perf_counter() - self._began)

    def wakeups(self) -> float:
        return (self._count(self._process.pid) - self._woken) / (time.perf_counter() - self._began)

    def megabytes(self) -> float:
        return float(self._process.memory_full_info().uss / 1e6)


# --- what keeps the process busy -------------------------------------------------------------------------


def _every(milliseconds: int, work: Callable[[], object]) -> Callable[[], None]:
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.timeout.connect(work)
    timer.start(milliseconds)
    return timer.stop


def _spin() -> None:
    end = time.perf_counter() + 0.02
    while time.perf_counter() < end:
        pass


def _hold(milliseconds: int) -> Callable[[], Callable[[], None]]:
    """Keep the interpreter's lock in a C call, three times a second."""
    library = ctypes.PyDLL(None)
    return lambda: _every(350, lambda: library.usleep(1000 * milliseconds))


def _collect() -> Callable[[], None]:
    objects = [[number] for number in range(3_000_000)]
    stop = _every(400, gc.collect)

    def end() -> None:
        stop()
        objects.clear()

    return end


def _paste() -> Callable[[], None]:
    from PySide6.QtGui import QSyntaxHighlighter
    from PySide6.QtWidgets import QPlainTextEdit

    class Highlighter(QSyntaxHighlighter):
        def highlightBlock(self, text: str) -> None:
            self.setFormat(0, len(text) // 2, self.format(0))

    editor = QPlainTextEdit()
    highlighter = Highlighter(editor.document())
    editor.show()
    text = "\n".join("some words of a line that is pasted here now" for _ in range(10_000))
    stop = _every(1000, lambda: editor.setPlainText(text))

    def end() -> None:
        stop()
        highlighter.setDocument(None)
        editor.close()

    return end


def _processes() -> Callable[[], None]:
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]

    def end() -> None:
        for process in busy:
            process.kill()
            process.wait()

    return end


STRESSES: dict[str, Callable[[], Callable[[], None]]] = {
    "nothing": lambda: lambda: None,
    "a busy loop": lambda: _every(0, _spin),
    "the GIL held 50 ms": _hold(50),
    "the GIL held 100 ms": _hold(100),
    "the GIL held 200 ms": _hold(200),
    "the GIL held 500 ms": _hold(500),
    "gc of 3 M objects": _collect,
    "100,000 words pasted": _paste,
    "4 busy processes": _processes,
}

SCENARIOS: dict[str, Callable[..., Awaitable[Result]]] = {
    "exact": exact,
    "stressed": stressed,
    "writes": writes,
    "pauses": pauses,
    "stops": stops,
    "cuts": cuts,
    "planned_cuts": planned_cuts,
    "faults": faults,
    "rest": rest,
}

if __name__ == "__main__":
    main()
