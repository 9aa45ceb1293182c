"""The live client beside its peers: CPU, text to the wire, the first frame, stops, a connection that drops.

    python -m benchmarks.live [--rounds N]

The server runs in a process of its own, each reading in one more, in turns. "lean" is websockets and
ormsgpack without anything else; "vendor" the official asynchronous client, which is installed into an
environment of its own under the user's cache. All clients run in Qt's loop.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.table import Row, measuring, report

VENDOR = "fish-audio-sdk==1.3.0"
ROOT = Path(__file__).parent.parent


def vendor_python() -> str:
    """The interpreter that has the vendor's client, and the loop and Qt of ours."""
    home = user_cache_path("fishcaption") / "benchmarks" / VENDOR
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = home / scripts / ("python.exe" if sys.platform == "win32" else "python")
    marker = home / "complete"
    if not marker.exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--quiet", VENDOR], check=True)
        marker.touch()
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # each time: this checkout may stand in another place than the one that made it
    Path(purelib, "ours.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return str(python)


class Service:
    """The server's process, at ``url``."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    def cut(self) -> float:
        """End it at once, as a network that is gone; return when, by `time.perf_counter`."""
        self._process.kill()
        return time.perf_counter()

    def log(self) -> list[dict[str, Any]]:
        """End it; what each connection was told and did, as `tests.live_server` prints it."""
        output, _ = self._process.communicate(timeout=30)
        return [json.loads(line) for line in output.splitlines()]


@contextmanager
def service(*options: str) -> Iterator[Service]:
    """A server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.live_server", "--log", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Service(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()


def run(client: str, job: str, url: str) -> dict[str, Any]:
    """One reading, in a process of its own."""
    python = vendor_python() if client == "vendor" else sys.executable
    done = subprocess.run(
        [python, "-m", "benchmarks.live_peers", client, job, url],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def percentile(values: list[float], share: float) -> float:
    """The value that so great a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def cpu(rounds: int) -> list[Row]:
    """One minute of audio: frames of 100 ms at ten times real time, words timed for whoever asks for them."""
    found: dict[str, list[float]] = {"ours": [], "ours, plain socket": [], "vendor": [], "lean": []}
    for _ in range(rounds):
        for name, readings in found.items():
            plain = ["--plain"] if name == "ours, plain socket" else []
            with service("--first", "0.1", "--frame", "0.1", "--pace", "10", *plain) as server:
                readings.append(run(name.partition(",")[0], "minute", server.url)["cpu"])
    middle = {name: statistics.median(readings) for name, readings in found.items()}
    share = middle["ours"] / middle["vendor"]
    return [
        Row("CPU a minute of audio, with word times ÷ the vendor's without", share, 1.0, ""),
        *(Row(f"CPU a minute of audio: {name}", value, None, "s") for name, value in middle.items()),
    ]


def to_the_wire(rounds: int) -> list[Row]:
    """From the decision to send a piece to its arrival in the server's process."""
    found: dict[str, list[list[float]]] = {"ours": [], "lean": []}
    lost = 0
    for _ in range(rounds):
        for name, readings in found.items():
            with service("--first", "0.01", "--frame", "0.1", "--pace", "100", "--speed", "150") as server:
                given = run(name, "typing", server.url)["given"]
                came = [
                    (when, text)
                    for talk in server.log()
                    for when, event, text in talk["events"]
                    if event == "text"
                ]
            lost += [text for _, text in given] != [text for _, text in came]
            readings.append(
                [(arrived - left) * 1e3 for (left, _), (arrived, _) in zip(given[1:], came[1:], strict=True)]
            )
    # The machine's other work comes in bursts: each round is judged by itself.
    ours, lean, ours_median, lean_median = (
        statistics.median(percentile(readings, share) for readings in found[name])
        for share in (0.95, 0.5)
        for name in ("ours", "lean")
    )
    return [
        Row("policy decides to send → on the wire, 95 %, ÷ lean", ours / lean, 1.5, ""),
        Row("the same, ours", ours, None, "ms"),
        Row("the same, lean", lean, None, "ms"),
        Row("the same, median, ours", ours_median, None, "ms"),
        Row("the same, median, lean", lean_median, None, "ms"),
        Row("runs in which a piece was lost or came out of order", lost, 0, ""),
    ]


def first_frame(rounds: int) -> list[Row]:
    """From the server's sending of an utterance's first frame of audio to the sink."""
    found: dict[str, list[float]] = {"ours": [], "lean": []}
    for _ in range(rounds):
        for name, readings in found.items():
            with service("--first", "0.02", "--frame", "0.464", "--pace", "7.7", "--speed", "30") as server:
                heard = run(name, "first", server.url)["heard"]
                sent = sorted(when for talk in server.log() for when, _ in talk["sent"])
            readings += [(there - here) * 1e3 for here, there in zip(sent, heard, strict=True)]
    over = percentile(found["ours"], 0.95) - percentile(found["lean"], 0.95)
    return [
        Row("first frame sent → in the sink, 95 %, over lean", over, 2, "ms"),
        Row("the same, ours, median", percentile(found["ours"], 0.5), None, "ms"),
        Row("the same, lean, median", percentile(found["lean"], 0.5), None, "ms"),
    ]


def stops() -> list[Row]:
    """From the cancelling of an utterance to its end, at moments of chance."""
    with service("--first", "0.02", "--frame", "0.1", "--pace", "2") as server:
        result = run("ours", "stops", server.url)
    took, worked = ([seconds * 1e3 for seconds in result[name]] for name in ("took", "cpu"))
    return [
        Row("Stop: the call, 99 % of 200 at random moments", percentile(took, 0.99), 5, "ms"),
        Row("the same, median", percentile(took, 0.5), None, "ms"),
        Row("the same, CPU, 99 %", percentile(worked, 0.99), None, "ms"),
    ]


def dropped() -> list[Row]:
    """60 sentences; the first connection is reset after so many frames of 100 ms."""
    never, twice, late = 0, 0, 0.0
    for after in (1, 7, 40, 101, 222, 333):
        for plain in ([], ["--plain"]):
            options = ("--first", "0.01", "--frame", "0.1", "--pace", "100", "--reset-after", str(after))
            with service(*options, *plain) as server:
                result = run("ours", "sixty", server.url)
                first, *others = server.log()
            never += result["never"]
            twice = max(twice, result["twice"])
            again = min(when for talk in others for when, event, _ in talk["events"] if event == "start")
            late = max(late, (again - first["closed"]) * 1e3)
    return [
        Row("connection dropped in mid-stream, 60 sentences, 12 times: never spoken", never, 0, ""),
        Row("the same: spoken twice, at most", twice, 1, "piece"),
        Row("the same: dropped → spoken on, on another connection, at most", late, 100, "ms"),
    ]


def main() -> int:
    """Measure, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    parts: dict[str, Callable[[], list[Row]]] = {
        "cpu": lambda: cpu(rounds),
        "to the wire": lambda: to_the_wire(2 * rounds),
        "first frame": lambda: first_frame(max(1, rounds // 2)),
        "stops": stops,
        "dropped": dropped,
    }
    rows: list[Row] = []
    for name, part in parts.items():
        with measuring(name, rows):
            rows += part()
    return report(
        "live", "The live client", rows, [f"Median of {rounds} rounds, in turns. Vendor: {VENDOR}.", ""]
    )


if __name__ == "__main__":
    sys.exit(main())
