"""A phrase's key → its sound, read off the monitor of a device made of software.

    python -m benchmarks.phrases [--count 30]

`rows` is for a benchmark that has a rig already. The phrase is ready; its key is the command it gives.
"device latency" is what it is in `benchmarks.sound`: write to monitor of a bare stream at our latency, in the
same run. The last rows are of the first phrase after a silence in which the device was closed, as after an
hour: opening it takes its own time, and not a sample may be missing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.phrases_app import SECONDS
from benchmarks.sound import ROOT, Bench, Heard
from benchmarks.table import Row, report
from tests.audio.sounds import RATE, exact, tone
from tests.rig import Rig, Sink

REACTION_MS = 30.0
"""From the key to the sound, beyond the device's own latency."""


def rows(rig: Rig, device_ms: float, *, count: int = 30, closed: int = 4) -> list[Row]:
    """Press a phrase's key so many times; `device_ms` is the latency of the device itself."""
    heard = _heard(rig, count, closed)
    opened, fresh = heard.did["open"], heard.did["closed"]
    delays = sorted(heard.first_after(moment) for moment in opened)
    first = sorted(heard.first_after(moment) for moment in fresh)
    return [
        Row(
            "phrase key → its sound, stream open, median",
            statistics.median(delays),
            device_ms + REACTION_MS,
            "ms",
        ),
        Row(f"the same, slowest of {count}", delays[-1], None, "ms"),
        Row("phrase key → its sound, device closed before, median", statistics.median(first), None, "ms"),
        Row(
            "samples of a phrase that are missing or wrong, device closed before", _wrong(heard, fresh), 0, ""
        ),
        Row("samples of a phrase that are missing or wrong, stream open", _wrong(heard, opened), 0, ""),
    ]


def _wrong(heard: Heard, moments: list[float]) -> int:
    """How many samples are not the phrase's, over all presses."""
    wanted = exact(tone(SECONDS))
    wanted = wanted[np.flatnonzero(wanted)[0] : np.flatnonzero(wanted)[-1] + 1]
    wrong = 0
    for moment in moments:
        start = heard.recording.frame_at(moment)
        found = heard.samples[start : start + 4 * RATE]
        begun = int(np.flatnonzero(found)[0]) if found.any() else 0
        got = found[begun : begun + len(wanted)]
        wrong += len(wanted) - len(got) + int((got != wanted[: len(got)]).sum())
    return wrong


def _heard(rig: Rig, count: int, closed: int) -> Heard:
    command = [sys.executable, "-m", "benchmarks.phrases_app", json.dumps({"count": count, "closed": closed})]
    with tempfile.TemporaryDirectory() as runtime, rig.listen("Speakers") as recording:
        environment = {
            **rig.environment,
            "QT_QPA_PLATFORM": "offscreen",
            "FISHCAPTION_RUNTIME_DIR": runtime,
        }
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        recording.wait_for_silence()
    return Heard(json.loads(done.stdout.splitlines()[-1]), recording.samples(), recording)


def main() -> int:
    """Print the table and keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as where, Rig(Path(where), [Sink("Speakers", RATE)]) as rig:
        lean = Bench(rig).lean(arguments.count)
        device = statistics.median(lean.first_after(moment) for moment in lean.did["moments"])
        found = rows(rig, device, count=arguments.count)
    return report(
        "phrases",
        "Phrases",
        [Row("device latency: write → monitor, bare stream, median", device, None, "ms"), *found],
        ["A phrase that is ready, spoken by its key. After a silence the device is closed and opens anew."],
    )


if __name__ == "__main__":
    sys.exit(main())
