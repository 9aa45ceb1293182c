"""Recordings, as they are in the file: from a microphone made of software, beside a busy machine.

    python -m benchmarks.recording [ROW...] [--minutes 10] [--busy 4]

It brings its own sound server (Linux). Every frame of the microphone tells its number, so what is missing in
the file is counted there, and compared with what the recorder says it lost. The level's lag is from the
moment at which a sound begins at the microphone to the call that draws it, by the service that windows use.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.table import Row, measuring, named, report
from fishcaption.app.services.recorder import Recorder
from fishcaption.core.errors import FishCaptionError
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.recording_ports import InputDevice, Level, Recorded
from tests.audio.sounds import counted, stretches
from tests.rig import Microphone, Rig

MS = 1000.0
RATE = Microphone.RATE
BURSTS = 60
BUSY = "while True: sum(range(10_000))"


async def recorded(path: Path, on_level: Callable[[Level], None], seconds: float) -> Recorded:
    """Record for so long, with the service that windows use."""
    done: asyncio.Future[Recorded | FishCaptionError] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        recorder = Recorder(ServiceTasks(tasks))
        recorder.record(path, InputDevice("Microphone"), on_level, done.set_result)
        await asyncio.wait([done], timeout=seconds)
        recorder.stop()
    result = await done
    if isinstance(result, FishCaptionError):
        raise result
    return result


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep the machine busy with so many processes."""
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def losses(rig: Rig, folder: Path, minutes: float, count: int) -> list[Row]:
    """Every frame, for a long time, beside busy processes."""
    seconds = 60 * minutes
    path = folder / "long.flac"
    with (
        rig.plug_microphone("Microphone", counted(round((seconds + 10) * RATE))),
        busy(count),
    ):
        result = asyncio.run(recorded(path, lambda level: None, seconds))
    numbers = soundfile.read(path, dtype="float32")[0]
    found = stretches(numbers)
    spanned = found[-1].last - found[0].first + 1
    missing = spanned - sum(one.last - one.first + 1 for one in found)
    name = f"frames lost in {minutes:g} min beside {count} busy processes"
    return [
        Row(f"{name}, in the file", float(missing), 0, "frames"),
        Row("the same, as the recorder says", float(result.lost_frames), 0, "frames"),
        Row("recorded of that time", float(100 * result.frames / (seconds * RATE)), None, "%"),
        Row("breaks", float(len(found) - 1), 0, ""),
    ]


def lag(rig: Rig, folder: Path, minutes: float, count: int) -> list[Row]:
    """From a sound at the microphone to the level that is drawn, idle and beside busy processes."""
    rows = []
    for busy_count in (0, count):
        lags = _lags(rig, folder / f"lag-{busy_count}.flac", busy_count)
        where = f"beside {busy_count} busy processes" if busy_count else "idle"
        rows += [
            Row(f"level meter's lag, {where}, median", float(np.median(lags)), None, "ms"),
            Row(f"level meter's lag, {where}, 95 %", float(np.percentile(lags, 95)), 60, "ms"),
        ]
    return rows


def _lags(rig: Rig, path: Path, count: int) -> list[float]:
    starts = np.cumsum(np.random.default_rng(0).uniform(0.4, 0.6, BURSTS)) + 3.0
    pcm = np.ones(round((starts[-1] + 1.0) * RATE), "<i2")
    for start in starts:
        pcm[round(start * RATE) :][: RATE // 10] = 16_000
    drawn: list[tuple[float, float]] = []
    with rig.plug_microphone("Microphone", pcm.tobytes()) as microphone, busy(count):
        draw = partial(_draw, drawn)
        asyncio.run(recorded(path, draw, starts[-1] + 0.5))
        began = microphone.started_at
    rig.unplug_microphone("Microphone")
    moments = [began + start for start in starts]
    found = [next((at for at, peak in drawn if at >= moment and peak > 0.3), None) for moment in moments]
    lags = [MS * (at - moment) for at, moment in zip(found, moments, strict=True) if at is not None]
    if len(lags) < BURSTS - 5:
        raise RuntimeError(f"only {len(lags)} of {BURSTS} bursts were seen")
    return lags


def _draw(drawn: list[tuple[float, float]], level: Level) -> None:
    drawn.append((time.perf_counter(), level.peak))


ROWS: dict[str, Callable[[Rig, Path, float, int], list[Row]]] = {"lag": lag, "losses": losses}


def main() -> int:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--busy", type=int, default=4)
    options = named(parser, ROWS)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Rig(Path(folder, "rig")) as rig:
        os.environ.update(rig.variables)
        for name in options.rows or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](rig, Path(folder), options.minutes, options.busy)
    return report("recording", "Recordings", rows, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
