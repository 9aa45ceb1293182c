"""The sound, as it is heard: read off the monitor of a device made of software, never off our own word.

    python -m benchmarks.sound [--seconds 60] [--stops 1000] [--only WORD]

It brings its own sound server (Linux). The player lives in a process of its own in Qt's loop, as in the
window; this one only listens. "device latency" is the median from write to monitor of a bare callback stream
at our latency and block size, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sound_app import STRESSES
from benchmarks.table import Row, measuring, report
from tests.audio.sounds import RATE, counted, exact, lost, stretches, tone, twice
from tests.rig import Recording, Rig, Samples, Sink

ROOT = Path(__file__).parent.parent
MS = 1000.0

LEAN = """
import json, random, sys, threading, time
import numpy as np, sounddevice
pending = np.zeros(0, np.float32)
passed = threading.Condition()
place = 0  # frames that the device has asked for
def play(out, frames, times, status):
    global pending, place
    with passed:
        place += frames
        passed.notify()
    taken, pending = pending[:frames], pending[frames:]
    out[: len(taken), 0] = taken
    out[len(taken):] = 0
rate, count = 24000, int(sys.argv[1])
tone = (0.3 * np.sin(2 * np.pi * 200 * (np.arange(2400) + 0.5) / rate)).astype(np.float32)
stream = sounddevice.OutputStream(rate, rate // 50, "Speakers", 1, "float32", 0.1, callback=play)
def wait(seconds):
    with passed:
        end = place + seconds * rate
        passed.wait_for(lambda: place >= end)
stream.start()
wait(3)
moments = []
for _ in range(count):
    wait(random.uniform(0.4, 0.6))
    threading.Event().wait(random.uniform(0, 0.02))  # anywhere between two of the device's calls
    moments.append(time.perf_counter())
    pending = tone.copy()
wait(0.5)
print(json.dumps({"moments": moments}))
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a scenario did, and what was recorded meanwhile."""

    did: dict[str, Any]
    samples: Samples
    recording: Recording

    def first_after(self, moment: float) -> float:
        """Milliseconds from a moment to the first sample that is not silence."""
        start = self.recording.frame_at(moment)
        loud = np.flatnonzero(self.samples[start:])
        return MS * (self.recording.time_of(start + int(loud[0])) - moment)

    def last_after(self, moment: float, until: float) -> float:
        """Milliseconds from a moment to the last sample before another that is not silence."""
        start, end = self.recording.frame_at(moment), self.recording.frame_at(until)
        loud = np.flatnonzero(self.samples[start:end])
        return MS * (self.recording.time_of(start + int(loud[-1])) - moment) if len(loud) else 0.0


class Bench:
    """A rig, and the scenarios that are played on it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def play(self, scenario: str, **options: object) -> Heard:
        """Run a scenario to its end and listen."""
        return self._run([sys.executable, "-m", "benchmarks.sound_app", scenario, json.dumps(options)])

    def lean(self, count: int) -> Heard:
        """Write tones to a bare stream."""
        return self._run([sys.executable, "-c", LEAN, str(count)])

    def _run(self, command: list[str]) -> Heard:
        with self.rig.listen("Speakers") as recording:
            done = subprocess.run(
                command, cwd=ROOT, env=self._environment(), stdout=subprocess.PIPE, check=True
            )
            recording.wait_for_silence()
        return Heard(json.loads(done.stdout.splitlines()[-1]), recording.samples(), recording)

    @contextmanager
    def running(
        self, scenario: str, **options: object
    ) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
        """Run a scenario beside what is done here; yields it and the first line it printed."""
        command = [sys.executable, "-m", "benchmarks.sound_app", scenario, json.dumps(options)]
        with subprocess.Popen(
            command, cwd=ROOT, env=self._environment(), stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
            if process.wait() != 0:
                raise subprocess.CalledProcessError(process.returncode, command)

    def _environment(self) -> dict[str, str]:
        return {**self.rig.environment, "QT_QPA_PLATFORM": "offscreen"}


def bit_exact(bench: Bench) -> list[Row]:
    """Every sample, written in odd sizes, the last one too."""
    pcm = counted(10 * RATE)
    heard = bench.play("exact", frames=10 * RATE)
    loud = np.flatnonzero(heard.samples)
    got = heard.samples[loud[0] : loud[-1] + 1]
    wanted = exact(pcm)
    same = min(len(got), len(wanted))
    wrong = int((got[:same] != wanted[:same]).sum()) + abs(len(got) - len(wanted))
    end = heard.recording.time_of(int(loud[-1]))
    seconds = end - heard.recording.time_of(int(loud[0]))
    return [
        Row("samples heard that are not the voice's, odd chunks, tail included", wrong, 0, "of 240,000"),
        Row("frames consumed a second, off by", abs(10 * RATE / seconds - RATE) / RATE * 100, 2, "%"),
        Row("end told, after the last sample was heard", MS * (heard.did["told"] - end), 30, "ms"),
        Row("player made → device open", MS * heard.did["opened"], 1000, "ms"),
    ]


def gaps(bench: Bench, seconds: float) -> list[Row]:
    """Silence between the frames, under everything that keeps an app busy."""
    rows = []
    for stress in STRESSES:
        heard = bench.play("stressed", stress=stress, seconds=seconds)
        found = stretches(heard.samples)
        missing = lost(found, round(seconds * RATE))
        name = f"gaps in {seconds:.0f} s, {stress}"
        rows.append(Row(name, len(found) - 1 + (missing > 0), 0, "gaps"))
        if stress == "nothing":
            rows.append(Row("engine's CPU while it plays", heard.did["cpu"], 2, "% of a core"))
            rows.append(Row("engine's own memory", heard.did["megabytes"], 25, "MB"))
    return rows


def latencies(bench: Bench) -> tuple[float, list[Row]]:
    """Return the device latency, and what we add to it."""
    lean = bench.lean(30)
    device = statistics.median(lean.first_after(moment) for moment in lean.did["moments"])
    ours = bench.play("writes", count=30)
    delays = sorted(ours.first_after(moment) for moment in ours.did["moments"])
    return device, [
        Row("device latency: write → monitor, bare stream, median", device, None, "ms"),
        Row("the same through the player, median", statistics.median(delays), device + 10, "ms"),
        Row("the same, slowest of 30", delays[-1], None, "ms"),
    ]


def pausing(bench: Bench, device: float) -> list[Row]:
    """Pause and resume: how fast, what is lost, does it click."""
    count = 20
    heard = bench.play("pauses", count=count)
    paused, resumed = heard.did["paused"], heard.did["resumed"]
    silent = [heard.last_after(at, until) for at, until in zip(paused, resumed, strict=True)]
    again = [heard.first_after(at + 0.001) for at in resumed]
    # The silence before a resume may still be the pause's own last sound: look from when it was silent.
    sounding = heard.samples[heard.samples != 0]
    wanted = len(tone(count * 1.0 + 2.0)) // 2
    own = float(np.abs(np.diff(exact(tone(1.0)))).max())
    step = float(np.abs(np.diff(heard.samples)).max()) / own
    # each pause ends in one frame of level 0, which is silence and heard all the same
    missing = abs(wanted - len(sounding) - count)
    return [
        Row("pause → silent, median", statistics.median(silent), device + 30, "ms"),
        Row("resume → sound, median", statistics.median(again), device + 30, "ms"),
        Row(f"frames lost in {count} pauses", missing, 0, "frames"),
        Row("largest step ÷ the signal's own", step, 1.1, ""),
    ]


def stopping(bench: Bench, device: float, count: int) -> list[Row]:
    """Stop at random moments: until when something is heard, and is anything ever heard later."""
    heard = bench.play("stops", count=count)
    delays, calls, late = _last_old_samples(heard, device)
    return [
        Row("Stop → last old sample, median", statistics.median(delays), device + 30, "ms"),
        Row("the same, slowest", max(delays), None, "ms"),
        Row("the call itself, slowest", max(calls), 5, "ms"),
        Row(f"stops of {count} with a sample 100 ms late or more", late, 0, "stops"),
    ]


def cutting(bench: Bench, device: float, count: int) -> list[Row]:
    """Edits of what was given and not heard: until when the old words sound, and do clips end where told."""
    delays, calls, late = _last_old_samples(bench.play("cuts", count=count), device)
    planned = bench.play("planned_cuts", count=count // 2)
    return [
        Row("cut where the ear is → last old sample, median", statistics.median(delays), device + 60, "ms"),
        Row("the same, slowest", max(delays), device + 60, "ms"),
        Row("the call itself, slowest", max(calls), 5, "ms"),
        Row(f"cuts of {count} with a sample 100 ms late or more", late, 0, "cuts"),
        Row(
            f"of {count // 2} cuts `lead_frames` ahead: not at their very frame",
            count // 2 - planned.did["exact"],
            None,
            "cuts",
        ),
    ]


def together(bench: Bench, device: float) -> list[Row]:
    """Two devices: by how much one is heard later than the other, and what waiting for it costs."""
    with bench.rig.listen("Headphones") as other:
        heard = bench.play("together", count=40)
        other.wait_for_silence()
    began, other_began = heard.recording.began_at, other.began_at
    starts = [began + one.at / RATE for one in stretches(heard.samples)]
    other_starts = [other_began + one.at / RATE for one in stretches(other.samples())]
    skews = [MS * (two - one) for one, two in zip(starts, other_starts, strict=True)]
    delays = [MS * (start - moment) for start, moment in zip(starts, heard.did["moments"], strict=True)]
    return [
        Row("two devices, skew of 40 clips: median", statistics.median(map(abs, skews)), None, "ms"),
        Row("the same, largest", max(map(abs, skews)), 10, "ms"),
        Row("two devices: write → monitor, median", statistics.median(delays), device + 40, "ms"),
    ]


def _last_old_samples(heard: Heard, device: float) -> tuple[list[float], list[float], int]:
    """Return how long each clip that was stopped sounded on, how long the calls took, how many were late."""
    values = np.rint(heard.samples * 32768).astype(np.int64)
    # A ramp passes through any level once: three equal samples are a clip's own.
    plateau = np.zeros(len(values), bool)
    plateau[1:-1] = (values[1:-1] == values[:-2]) & (values[1:-1] == values[2:]) & (values[1:-1] != 0)
    delays, calls, late = [], [], 0
    for began, took, level in heard.did["stops"]:
        calls.append(MS * took)
        start = heard.recording.frame_at(began)
        # The same level comes back a hundred clips later; they are 15 s away at least.
        own = np.flatnonzero(plateau[start : start + 8 * RATE] & (values[start : start + 8 * RATE] == level))
        if not len(own):
            continue
        delay = MS * (heard.recording.time_of(start + int(own[-1])) - began)
        delays.append(delay)
        late += delay > device + 100
    return delays, calls, late


def faulty(bench: Bench, device: float) -> list[Row]:
    """Devices and engines that die: how long until sound, what is lost, what is heard twice."""
    seconds = 6.0
    rows = []

    def fault(name: str, limit: float | None, act: Callable[[int], object], after: float = 0.0) -> None:
        with bench.rig.listen("Speakers") as recording:
            with bench.running("faults", seconds=seconds) as (_, said):
                start = recording.frame_at(said["now"])
                recording.wait_for_sound(start)
                recording.wait_frames(recording.frames + 2 * RATE)
                act(said["engine"])
            recording.wait_for_silence()
        found = stretches(recording.samples())
        # by the clock, not by the recording: a device that is frozen has no monitor either
        when = recording.time_of
        quiet = [MS * (when(two.at) - when(one.at + one.last - one.first)) for one, two in pairwise(found)]
        rows.append(Row(f"{name} → sound again", max(quiet, default=0.0) - after, limit, "ms of silence"))
        rows.append(Row(f"{name}: lost", lost(found, round(seconds * RATE)), 0, "frames"))
        rows.append(Row(f"{name}: heard twice", MS * twice(found) / RATE, None, "ms"))

    def freeze(engine: int) -> None:
        bench.rig.freeze("Speakers")
        threading.Event().wait(0.7)
        bench.rig.thaw("Speakers")

    fault("stream killed", 300, lambda engine: bench.rig.end_streams("Speakers"))
    fault("device frozen for 0.7 s, then", 800 - 700, freeze, after=700)
    fault("engine killed", None, lambda engine: os.kill(engine, 9))
    return rows


def resting(bench: Bench, device: float) -> list[Row]:
    """The engine with the device closed."""
    heard = bench.play("rest", seconds=10.0)
    delays = [heard.first_after(moment) for moment in heard.did["moments"]]
    return [
        Row("engine's CPU, device closed", heard.did["cpu"], 0.1, "% of a core"),
        Row("engine's wake-ups, device closed", heard.did["wakeups"], 5, "a second"),
        Row("app's wake-ups by the player, device closed", heard.did["own_wakeups"], None, "a second"),
        Row("write → monitor, device closed before, median", statistics.median(delays), None, "ms"),
    ]


def main() -> int:
    """Measure everything; the exit code is 1 where a limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each stress lasts")
    parser.add_argument("--stops", type=int, default=1000)
    parser.add_argument("--only", default="", help="part of the name of what is to be measured")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as where,
        Rig(Path(where), [Sink("Speakers", RATE), Sink("Headphones", RATE)]) as rig,
    ):
        bench = Bench(rig)
        device, rows = latencies(bench)
        parts: dict[str, Callable[[], list[Row]]] = {
            "exact": lambda: bit_exact(bench),
            "pauses": lambda: pausing(bench, device),
            "stops": lambda: stopping(bench, device, arguments.stops),
            "cuts": lambda: cutting(bench, device, arguments.stops // 5),
            "two": lambda: together(bench, device),
            "faults": lambda: faulty(bench, device),
            "rest": lambda: resting(bench, device),
            "gaps": lambda: gaps(bench, arguments.seconds),
        }
        for name, part in parts.items():
            if arguments.only in name:
                with measuring(name, rows):
                    rows += part()
    notes = ["Latency 0.1 s asked, blocks of 20 ms, 24 kHz; the device is a null sink of PulseAudio."]
    return report("sound", "The sound", rows, notes, is_kept=not arguments.only)


if __name__ == "__main__":
    sys.exit(main())
