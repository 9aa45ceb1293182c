"""A script: each Next to its sound and its caption, preparing ahead, and what that costs live speech.

    python -m benchmarks.script [ROW...] [--minutes N]

The real program on a private X server and a private sound server; what is heard is read off the sound card's
monitor, on one clock. Next is a key that the X server sends to the Present workspace, as a presenter's remote
does; the screen is two monitors, and the audience's window is on the second. "Device latency" is that of
`benchmarks.hands`. Preparing is measured with a part of three minutes; an hour with ``--minutes 60``. All
rows: about eight minutes; they are kept in results/script.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ear import Ear
from benchmarks.hands import REACTION, latency, timed, warm
from benchmarks.table import Row, measuring, named, report
from benchmarks.window import NEAR, App, Stage, app, pause, percentile, set_up
from fishcaption.core.text.segmentation import segments

PART_MINUTES = 3.0
LETTERS_A_SECOND = 15.0
NEXTS = 20
LIVES = 15
PROSE = (
    "The first thing I noticed about the garden was the smell of wet leaves and old wood. "
    "Children were running along the wall, and a man sold bread from a wooden cart. "
    "We sat down on the steps and waited for the evening train to come in. "
    "It was late again, but nobody seemed to mind, and the station was warm. "
    "My sister says that the new house needs more light than the old one did. "
    "She wants to paint the kitchen yellow, and put a bench under the window. "
)
QUIET: dict[str, Any] = {"phrases_shown": False, "phrases_ahead": False, "linger_seconds": 1800}

Rows = list[Row]


def script(minutes: float) -> list[str]:
    """Cues of about so many minutes, no two the same."""
    sentences = [sentence.strip() for sentence in segments(PROSE, "en")]
    found: list[str] = []
    letters = 0
    while letters < minutes * 60 * LETTERS_A_SECOND:
        found.append(f"Cue {len(found) + 1}: {sentences[len(found) % len(sentences)]}")
        letters += len(found[-1])
    return found


def environment(stage: Stage, **settings: Any) -> dict[str, str]:
    """Of a user whose cache is in the stage, too."""
    made = stage.environment(**QUIET, **settings)
    made["FISHCAPTION_CACHE_DIR"] = str(Path(made["FISHCAPTION_DATA_DIR"]) / "cache")
    return made


def prepared(window: App, seconds: float) -> dict[str, Any]:
    """Wait until the script is prepared."""
    end = time.perf_counter() + seconds
    while (state := window.order("show"))["preparation"] != "ready":
        if state["preparation"] == "failed" or time.perf_counter() > end:
            raise TimeoutError(f"it stays {state}")
        pause(0.1)
    return dict(state)


@contextmanager
def two_monitors(stage: Stage) -> Iterator[None]:
    """The screen's left is the operator's monitor, its right the audience's."""

    def tell(*words: str) -> None:
        subprocess.run(
            ["xrandr", *words], env=stage.desktop.environment, check=True, stdout=subprocess.DEVNULL
        )

    tell("--setmonitor", "L", "800/210x800/210+0+0", "screen")
    tell("--setmonitor", "R", "480/126x800/210+800+0", "none")
    try:
        yield
    finally:
        tell("--delmonitor", "R")
        tell("--delmonitor", "L")


def next_(stage: Stage) -> Rows:
    """From Next to the first sound of a prepared cue, and to its caption in the audience's window."""
    sounds: list[float] = []
    captions: list[float] = []
    with (
        stage.rig.listen(NEAR) as recording,
        two_monitors(stage),
        app(stage, environment(stage, workspace="present")) as window,
    ):
        ear = Ear(recording)
        window.order("script", texts=script(3.0)[:NEXTS])
        window.order("prepare")
        prepared(window, 300)
        window.order("audience")
        warm(window, ear)
        for _ in range(NEXTS):
            since = ear.now
            window.order("painted")
            pressed = stage.screen.press("Next")  # as X calls the key PageDown
            heard = ear.seconds_of(recording.wait_for_sound(since, 20))
            window.wait(lambda state: state["state"] == "idle")
            recording.wait_for_silence(0.8, ear.now)  # also what is on its way to the monitor
            sounds.append(heard - pressed)
            captions.append(window.order("painted")[0] - heard)
    limit = REACTION + latency(stage, NEAR)
    return [
        *timed("Next → first sound of a prepared cue", sounds, limit),
        Row(f"first sound → its caption painted, median of {len(captions)}: negative is earlier",
            statistics.median(captions) * 1e3, 30, "ms"),
        Row("the same, 95 %", percentile(captions, 0.95) * 1e3, None, "ms"),
    ]  # fmt: skip


def prepare(stage: Stage, minutes: float = PART_MINUTES) -> Rows:
    """How long it takes to prepare a script with the embedded voice, as a share of its length."""
    with app(stage, environment(stage)) as window:
        window.settle()
        window.order("script", texts=script(minutes))
        pause(2.0)
        began = time.perf_counter()
        window.order("prepare")
        state = prepared(window, minutes * 60)
        seconds = time.perf_counter() - began
    length = state["length"]
    return [
        Row(
            f"preparing a script of {length / 60:.1f} minutes, embedded voice ÷ its length",
            seconds / length,
            0.2,
            "",
        ),
        Row("the same", seconds, None, "s"),
    ]


def live(stage: Stage) -> Rows:
    """From a text given to the voice to its first sound, without and with a script that is being prepared."""
    found: dict[bool, list[float]] = {}
    with stage.rig.listen(NEAR) as recording, app(stage, environment(stage)) as window:
        ear = Ear(recording)
        warm(window, ear)
        for is_preparing in (False, True, False, True):
            if is_preparing:
                window.order("script", texts=script(20.0 if is_preparing not in found else 40.0))
                window.order("prepare")
            for number in range(LIVES):
                _until_at_work(window, is_preparing)
                since, given = ear.now, time.perf_counter()
                window.order("speak", text=f"Number {number} is ready.")
                heard = ear.seconds_of(recording.wait_for_sound(since, 20))
                window.wait(lambda state: state["state"] == "idle")
                recording.wait_for_silence(0.5, ear.now)
                found.setdefault(is_preparing, []).append(heard - given)
            window.order("cancel")
    alone, beside = (statistics.median(found[is_preparing]) * 1e3 for is_preparing in (False, True))
    return [
        Row(
            f"live speech while a script is prepared: later by, medians of {len(found[True])}",
            beside - alone,
            20,
            "ms",
        ),
        Row("text given → its first sound, nothing prepared", alone, None, "ms"),
        Row("text given → its first sound, while a script is prepared", beside, None, "ms"),
        Row("the same, worst", max(found[True]) * 1e3, None, "ms"),
        Row("the same, nothing prepared, worst", max(found[False]) * 1e3, None, "ms"),
    ]


def _until_at_work(window: App, is_preparing: bool) -> None:
    """Wait until a cue is just being made; as long where none is."""
    pause(1.3)
    end = time.perf_counter() + 30
    while is_preparing and window.order("show")["preparation"] != "working":
        if time.perf_counter() > end:
            raise TimeoutError("nothing is prepared")
        pause(0.02)
    pause(0.3)


ROWS: dict[str, Callable[[Stage], Rows]] = {"next": next_, "prepare": prepare, "live": live}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=PART_MINUTES, help="length of the prepared script")
    options = named(parser, ROWS)
    load = os.getloadavg()[0]
    rows: Rows = []
    with set_up() as stage:
        for name in options.rows or ROWS:
            with measuring(name, rows):
                rows += prepare(stage, options.minutes) if name == "prepare" else ROWS[name](stage)
    notes = [f"Processes that wanted a core when it began (load): {load:.1f}.", ""]
    return report("script", "A script", rows, notes, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
