"""What a hostile service can do to us: memory above the quiet state, and how long the event loop is held.

A row of `benchmarks.hostile`. The service (`tests.hostile_server`) runs in a process of its own, our client
in one more for each way to be hostile, in Qt's loop, with a beat each millisecond: the longest time from one
beat to the next is the hold. Memory is the highest the kernel saw, above what the client had while quiet.
Nothing may hang, and what comes out is one error of our tree, or speech.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benchmarks.table import Row
from tests.hostile_server import LIVE, RATE, REST, hostile

MEMORY_MB = 64
HELD_MS = 50
_SECONDS = 30.0  # nothing takes longer, with the patience below

ROOT = Path(__file__).parent.parent


def client(url: str, name: str) -> dict[str, Any]:
    """Meet it once, in this process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_API"] = "pyside6"
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    import qasync

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        return runner.run(_meet(url, name))


async def _meet(url: str, name: str) -> dict[str, Any]:
    from fishcaption.core.errors import FishCaptionError
    from fishcaption.core.speech import Delivery, Piece, Sound, Voice
    from fishcaption.fish.endpoint import Endpoint
    from fishcaption.fish.library import Library
    from fishcaption.fish.live import Live, Patience

    patience = Patience(
        open_seconds=3, first_audio_seconds=1, between_audio_seconds=1, retry_delays=(), give_up_seconds=5
    )
    frames = 0

    met = "friendly"  # at first: what is imported and made once is no fault of a hostile one
    asked = "no_voices"

    async def endpoint() -> Endpoint:
        return Endpoint(f"{url}/{met}", "a-key")

    async def asked_endpoint() -> Endpoint:
        return Endpoint(f"{url}/{asked}", "a-key")

    async def pieces() -> AsyncIterator[Piece]:
        yield Piece(0, "Hello there, this is what is said. ")

    async def sink(delivery: Delivery) -> None:
        nonlocal frames
        if isinstance(delivery, Sound):
            frames += len(delivery.pcm) // 2

    async def speak() -> None:
        async with Live(endpoint, patience=patience) as live:
            await live.synthesizer(Voice("fish", "v", "v"), rate=RATE).speak(pieces(), sink)

    async def list_voices() -> None:
        async with Library(asked_endpoint, timeout_seconds=3) as library:
            await library.search()

    async with asyncio.TaskGroup() as tasks:
        beat = _Beat()
        beating = tasks.create_task(beat.run())
        await speak()
        await list_voices()
        met = asked = name
        gc.collect()
        await asyncio.sleep(0.01)  # a beat, so that the collection is in none of ours
        before = _memory_mb(is_reset=True)
        beat.longest = beat.busiest = 0.0
        began = time.perf_counter()
        outcome = "spoken"
        try:
            async with asyncio.timeout(_SECONDS):
                await (speak() if name in LIVE else list_voices())
        except FishCaptionError as error:
            outcome = f"{type(error).__name__}: {error}"
        except TimeoutError:
            outcome = "hangs"
        seconds = time.perf_counter() - began
        beating.cancel()
    return {
        "outcome": outcome,
        "seconds": seconds,
        "held_ms": beat.longest * 1e3,
        "busy_ms": beat.busiest * 1e3,
        "memory_mb": _memory_mb(is_reset=False) - before,
        "audio_seconds": frames / RATE,
    }


class _Beat:
    def __init__(self) -> None:
        self.longest = 0.0
        self.busiest = 0.0  # the same in the thread's own time, which a busy machine does not lengthen

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        last, last_busy = loop.time(), time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now, busy = loop.time(), time.thread_time()
            self.longest = max(self.longest, now - last - 0.001)
            self.busiest = max(self.busiest, busy - last_busy)
            last, last_busy = now, busy


def _memory_mb(*, is_reset: bool) -> float:
    """The highest resident size since the last reset; a reset sets it to that of now."""
    if is_reset:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def rows() -> list[Row]:
    """All ways to be hostile, one after the other."""
    found: list[Row] = []
    hangs = 0
    with hostile() as url:
        for name in (*LIVE, *REST):
            met = _met(url, name)
            label = f"service, {name.replace('_', ' ')}"
            found.append(Row(f"{label}: memory above", met["memory_mb"], MEMORY_MB, "MB"))
            found.append(Row(f"{label}: event loop held", met["held_ms"], HELD_MS, "ms"))
            hangs += met["outcome"] == "hangs"
    return [*found, Row("service, all ways: hang", hangs, 0, "")]


def _met(url: str, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.hostile_service", url, name]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if ran.returncode:
        raise RuntimeError(f"{name}: {ran.stderr[-500:]}")
    met: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    told = textwrap.shorten(met["outcome"], 100)
    print(f"  {name}: {told} ({met['seconds']:.1f} s, {met['busy_ms']:.1f} ms CPU)", file=sys.stderr)
    return met


if __name__ == "__main__":
    print(json.dumps(client(*sys.argv[1:3])))
