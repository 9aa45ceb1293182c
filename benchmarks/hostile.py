"""What those do who mean ill: another user of this machine, and a service.

    python -m benchmarks.hostile [ROW...] [--seconds N]

The other user is one (`nobody`) where this runs as root, else a process of the same user without the key. The
voice is the real one, found and spoken with as the program does it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks import hostile_service
from benchmarks.table import Row, measuring, named, report
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Delivery, Piece, Sound, Voice
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.live import Live
from fishcaption.server.process import EmbeddedVoice
from tests.neighbour import last_word, neighbour

CONNECTIONS = 2_000
OPEN_FILES = 1_024
"""What Linux gives a process that does not ask for more."""
_PROBE_EVERY_SECONDS = 0.2
_ANSWER_SECONDS = 1.0
"""Who waits longer for the first sound has no voice."""
SECRET = "Nobody else may hear this sentence."


class _Spoken(Exception):
    """The first sound is there: the conversation is not needed any more."""


async def first_sound(voice: EmbeddedVoice, text: str) -> float:
    """Seconds from asking, on a connection of its own, to the first sound. Raises FishCaptionError."""

    async def endpoint() -> Endpoint:
        url, key = await voice.endpoint()
        return Endpoint(url, key, DEFAULT_MODEL, shares_key=True)

    async def pieces() -> AsyncIterator[Piece]:
        yield Piece(0, text)

    async def sink(delivery: Delivery) -> None:
        if isinstance(delivery, Sound):
            raise _Spoken

    began = perf_counter()
    try:
        async with Live(endpoint) as live:
            await live.synthesizer(Voice("embedded", "heart", "Heart"), rate=24000).speak(pieces(), sink)
    except _Spoken:
        pass
    return perf_counter() - began


def _server(folder: Path) -> psutil.Process:
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has just ended
            line = process.cmdline()
            if "--shared" in line and any(str(folder) in part for part in line):
                return process
    raise LookupError("the voice's process is not there")


def _logs(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.log"))


async def _crowd(seconds: float) -> list[Row]:
    home = Path(tempfile.mkdtemp(prefix="fishcaption-hostile-"))
    os.environ["XDG_STATE_HOME"] = str(home)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    unreachable = 0.0
    took: list[float] = []
    async with EmbeddedVoice(runtime_dir=home / "run") as voice:
        url, _ = await voice.endpoint()
        await first_sound(voice, "Hello.")
        server = _server(home)
        logged, memory = _logs(home), server.memory_info().rss
        most_memory, cpu = memory, sum(server.cpu_times()[:2])
        with neighbour("crowd", url.rpartition(":")[2], CONNECTIONS) as crowd:
            began = perf_counter()
            while perf_counter() - began < seconds:
                asked = perf_counter()
                try:
                    took.append(await first_sound(voice, "Hello."))
                    unreachable += took[-1] if took[-1] > _ANSWER_SECONDS else 0.0
                except FishCaptionError:
                    unreachable += perf_counter() - asked
                most_memory = max(most_memory, server.memory_info().rss)
                await asyncio.sleep(_PROBE_EVERY_SECONDS)
            crowd_told = await asyncio.to_thread(last_word, crowd)
        busy = (sum(server.cpu_times()[:2]) - cpu) / seconds
        logged = _logs(home) - logged
    shutil.rmtree(home)
    took.sort()
    return [
        Row("another user, 2,000 connections: voice unreachable", unreachable, 0, "s"),
        Row("the same: a connection's first sound, the slowest of all", took[-1] * 1000, 1000, "ms"),
        Row("the same: the middle one", took[len(took) // 2] * 1000, None, "ms"),
        Row("the same: log written", logged / 1000, 1000, "kB"),
        Row("the same: memory above", (most_memory - memory) / 1e6, 64, "MB"),
        Row("the same: the voice's CPU", busy * 100, None, "% of a core"),
        Row("the same: connections that were made", float(str(crowd_told["opened"])), None, ""),
    ]


async def _squat(_: float) -> list[Row]:
    home = Path(tempfile.mkdtemp(prefix="fishcaption-hostile-"))
    found = 0
    async with EmbeddedVoice(runtime_dir=home / "run", restarts=20) as voice:
        for _round in range(5):
            url, key = await voice.endpoint()
            with neighbour("squat", url.rpartition(":")[2]) as squatter:
                assert squatter.stdout is not None
                await asyncio.to_thread(squatter.stdout.readline)  # it tries for the port
                _server(home).send_signal(signal.SIGKILL)
                await first_sound(voice, SECRET)
                told = str((await asyncio.to_thread(last_word, squatter))["told"])
            found += (key in told) + any(word in told for word in SECRET.split())
    shutil.rmtree(home)
    return [Row("another user on the dead voice's port: keys and texts that came there", found, 0, "")]


ROWS: dict[str, Callable[[float], list[Row]]] = {
    "crowd": lambda seconds: asyncio.run(_crowd(seconds)),
    "squat": lambda seconds: asyncio.run(_squat(seconds)),
    "service": lambda _: hostile_service.rows(),
}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each keeps at it")
    options = named(parser, ROWS)
    rows: list[Row] = []
    for name in options.rows or ROWS:
        with measuring(name, rows):
            rows += ROWS[name](options.seconds)
    return report("hostile", "Those who mean ill", rows, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
