"""Captions over a NATS server: how soon 2,000 readers have one, and what a killed server costs.

    python -m benchmarks.captions_brokers [ROW...] [--readers N] [--captions N]

The outlet is the real one, the server Debian's, with the configuration that the documentation gives. The
readers are in a third process on the same cores, so their work is in the times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.table import Row, measuring, named, report
from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.outlet import Light, Outlet
from tests.captions.brokers.servers import NatsServer
from tests.captions.brokers.test_outlets import lines, reading, to_nats
from tests.captions.outlets import Row as OutletRow
from tests.captions.outlets import running

CAPTION_SECONDS = 0.5
"""Between two captions: four times as many as anybody speaks."""


class Stage(NamedTuple):
    """A server with its outlet."""

    server: NatsServer
    outlet: Outlet
    row: OutletRow


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Run both."""
    row = OutletRow()
    with NatsServer(folder) as server:
        (folder / "nats.conf").write_text(
            (folder / "nats.conf").read_text("utf-8").replace("https://captions.example", _origin(server)),
            "utf-8",
        )
        server.kill()
        server.start()
        outlet = to_nats(server, row)
        async with running(outlet):
            await row.until(lambda state: state.light is Light.ON)
            yield Stage(server, outlet, row)


def _origin(server: NatsServer) -> str:
    return f"http://127.0.0.1:{server.web_port}"


def caption(number: int) -> Display:
    """A caption of two lines, as long as they are."""
    text = (f"This is caption number {number} of the talk,", "and it has a second line as most have.")
    words = tuple(CueWord(line, 0, len(part)) for line, part in enumerate(text))
    return Display(AudienceCue(number, text, words, 1, True, time.perf_counter()))


@asynccontextmanager
async def joined(port: int, count: int) -> AsyncIterator[Process]:
    """So many readers that have joined."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.broker_readers",
        str(port),
        str(count),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"joined"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def _server_process() -> psutil.Process:
    return next(child for child in psutil.Process().children() if child.name() == "nats-server")


def _busy_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def readers(folder: Path, arguments: argparse.Namespace) -> list[Row]:
    """Publish to many readers."""
    async with stage(folder) as (server, outlet, _):
        process = _server_process()
        memory = process.memory_info().rss
        async with joined(server.web_port, arguments.readers) as reading_process:
            memory = process.memory_info().rss - memory
            busy = _busy_seconds(process)
            shown: list[float] = []
            begin = time.perf_counter()
            for number in range(1, arguments.captions + 1):
                await asyncio.sleep(max(0.0, begin + number * CAPTION_SECONDS - time.perf_counter()))
                shown.append(time.perf_counter())
                outlet.show(caption(number))
            await asyncio.sleep(2)
            busy = _busy_seconds(process) - busy
            told, _ = await reading_process.communicate(b"")
    took = json.loads(told)
    by_message = [took["took"][key] for key in sorted(took["took"], key=int)]
    delays = sorted(at - moment for moment, times in zip(shown, by_message, strict=True) for at in times)
    missing = arguments.readers * arguments.captions - len(delays)
    return [
        Row(f"show → in {arguments.readers} readers, 95 %", _part(delays, 0.95) * 1e3, 150, "ms"),
        Row("the same, median", statistics.median(delays) * 1e3, None, "ms"),
        Row("the same, worst", delays[-1] * 1e3, None, "ms"),
        Row("captions that a reader did not get", missing, 0, ""),
        Row("CPU of the server, a delivery", busy / max(1, len(delays)) * 1e6, None, "µs"),
        Row("memory of the server, a reader", memory / arguments.readers / 1024, None, "kB"),
    ]


async def killed(folder: Path, arguments: argparse.Namespace) -> list[Row]:
    """Kill the server between captions; a reader comes as soon as it is there again."""
    worst, missed = 0.0, 0
    async with stage(folder) as (server, outlet, row):
        for turn in range(5):
            first = turn * 10 + 1
            outlet.show(caption(first))
            await asyncio.to_thread(server.kill)
            await row.until(lambda state: state.light is Light.WAITING)
            for number in range(first + 1, first + 10):
                outlet.show(caption(number))
            await asyncio.to_thread(server.start)
            begin = time.perf_counter()
            wanted = "".join(caption(first + 9).cue.lines)  # type: ignore[union-attr]  # it has one
            async with reading(server, _origin(server)) as reader:
                while True:
                    message = await reader.newest("now")
                    if message and message["cue"] and "".join(lines(message)) == wanted:
                        break
                history = await reader.newest("history")
            worst = max(worst, time.perf_counter() - begin)
            missed += first + 8 - len(history["cues"])
    return [
        Row("server started again → all caught up, worst of 5", worst, 5, "s"),
        Row("finished captions that are not in the history", missed, 0, ""),
    ]


def _part(values: list[float], part: float) -> float:
    return values[min(len(values) - 1, int(part * len(values)))]


ROWS: dict[str, Callable[[Path, argparse.Namespace], Coroutine[Any, Any, list[Row]]]] = {
    function.__name__: function for function in (readers, killed)
}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--readers", type=int, default=2_000)
    parser.add_argument("--captions", type=int, default=40)
    arguments = named(parser, ROWS)
    rows: list[Row] = []
    for name in arguments.rows or ROWS:
        with measuring(name, rows), tempfile.TemporaryDirectory(prefix="fishcaption-broker-") as folder:
            rows += asyncio.run(ROWS[name](Path(folder), arguments))
    return report("captions_brokers", "Captions over a broker", rows, is_kept=not arguments.rows)


if __name__ == "__main__":
    sys.exit(main())
