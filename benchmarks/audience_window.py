"""The audience's window: how soon a heard word is painted in it, and what painting captions costs.

    python -m benchmarks.audience_window [ROW...]

The real program on a private X server with two monitors and a private sound server: what is heard is read off
the sound card's monitor, what is shown off the audience's screen, both on one clock. Captions come word by
word, with an outline, on a screen of 1920 × 1080. All rows: about four minutes; they are kept in
results/audience_window.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from typing import Any, Final

import numpy as np
import psutil

from benchmarks.ear import Ear
from benchmarks.live import service
from benchmarks.table import Row, measuring, named, report
from benchmarks.window import (
    FAR,
    PROSE,
    ROOT,
    TEXT_ALONE,
    App,
    Rows,
    Stage,
    app,
    marked,
    milliseconds,
    pause,
    percentile,
    set_up,
)
from fishcaption.captions.outlets import WINDOW
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.audience_style import PRESETS, plain
from fishcaption.store.outlets.configs import as_plain

STYLE: Final = PRESETS["outline"]._replace(
    mode="word",
    text_color="#ffff00",
    backdrop_color="#204060",
    backdrop_opacity_percent=100,  # there is no other ground on this screen
    area="screen",
)
YELLOW: Final = 0xFFFF00
OPERATOR: Final = (1280, 1080)
HALL: Final = (1920, 1080)
_FRAME_MS: Final = 16.0
_EARLY_SECONDS: Final = 0.06  # a word may be painted before it is heard
_SAME_SECONDS: Final = 0.03  # words are further apart
_PACE: Final = 300  # words a minute
_SECONDS: Final = 60.0
_ROWS_OF_PIXELS: Final = range(780, 1040, 14)  # two lines of captions stand there


def heard(stage: Stage) -> Rows:
    """From a word at the monitor to the same word on the audience's screen."""
    late: list[float] = []
    missed = 0
    hall = OutletConfig("window", WINDOW, "Hall", True, Layout(STYLE.columns, STYLE.lines), STYLE.mode)
    with service("--first", "0.1", "--frame", "0.464", "--pace", "7.7", "--speed", "15") as server:
        environment = stage.environment(
            device=FAR, fish=server.url, audience_style=plain(STYLE), outlets=[as_plain(hall)], **TEXT_ALONE
        )
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            for text in PROSE:
                since, seen = ear.now, _shown(stage, window, text)
                moments = marked(ear, since, text)
                ends = [*list(moments.values())[1:], math.inf]
                for moment, end in zip(moments.values(), ends, strict=True):
                    its = [shown - moment for shown in seen if moment <= shown + _EARLY_SECONDS < end]
                    late += its[:1]
                    missed += not its
    if not late:
        raise AssertionError("no word was seen to be painted")
    return [
        Row(f"word heard → painted, 95 % of {len(late)}", percentile(late, 0.95) * 1e3, 30, "ms"),
        Row("the same, median", milliseconds(late), None, "ms"),
        Row("the same, worst", max(late) * 1e3, None, "ms"),
        Row("the same, earliest: negative is early", min(late) * 1e3, None, "ms"),
        Row("words that were not seen to be painted", missed, 0, ""),
    ]


def _shown(stage: Stage, window: App, text: str) -> list[float]:
    """Have it spoken, look at the audience's screen until its end; when each new word was seen."""
    window.order("speak", text=text)
    window.wait(lambda state: state["state"] in ("connecting", "speaking"))
    found: list[float] = []
    before = _yellow(stage)
    quiet_since = time.perf_counter()
    while time.perf_counter() - quiet_since < 2.0:
        now = time.perf_counter()
        letters = _yellow(stage)
        if not np.array_equal(letters, before):
            quiet_since = now
            # the lines of pixels are not all of one instant: a paint may be seen in two looks
            is_same = bool(found) and now - found[-1] < _SAME_SECONDS
            if letters.any() and not is_same:  # else it is the end of the captions
                found.append(now)
            before = letters
        pause(0.002)
    window.wait(lambda state: state["state"] == "idle")
    return found


def _yellow(stage: Stage) -> Any:
    left, width = OPERATOR[0], HALL[0]
    lines = [stage.screen.line(left, row, width) == YELLOW for row in _ROWS_OF_PIXELS]
    return np.concatenate(lines)


def _server_cpu(stage: Stage) -> float:
    times = psutil.Process(stage.server).cpu_times()
    return times.user + times.system


def cost(stage: Stage) -> Rows:
    """CPU and the longest paints of the window at 300 words a minute."""
    before = _server_cpu(stage)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.audience_window_app", str(_PACE), str(_SECONDS),
         json.dumps(plain(STYLE))],
        cwd=ROOT, env=stage.environment(), capture_output=True, text=True, check=True,
        timeout=2 * _SECONDS,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["on"] == "R", told["on"]
    paints, ahead, looks = told["paints"], told["ahead"], told["looks"]
    late = sum(paint > _FRAME_MS for paint in paints)
    expected = _PACE * _SECONDS / 60
    return [
        Row(f"{_PACE} words a minute: CPU of one core", told["cpu"] / told["seconds"] * 100, 3, "%"),
        Row("the same, of the X server", (_server_cpu(stage) - before) / told["seconds"] * 100, None, "%"),
        Row(f"paints over {_FRAME_MS:g} ms in {_SECONDS:g} s", late, 0, ""),
        Row(f"longest of {len(paints)} paints", max(paints), None, "ms"),
        Row("the same, 99 %", percentile(paints, 0.99), None, "ms"),
        Row(f"longest of {len(ahead)} turns of the loop that draw ahead", max(ahead), None, "ms"),
        Row("the same, 99 %", percentile(ahead, 0.99), None, "ms"),
        Row("the same, CPU of the longest", max(told["ahead_cpu"]), None, "ms"),
        Row("longest turn that finds the caption of a word", max(looks), None, "ms"),
        Row("the same, 99 %", percentile(looks, 0.99), None, "ms"),
        Row("words that were not painted", max(0.0, expected * 0.99 - len(paints)), 0, ""),
    ]


ROWS = {function.__name__: function for function in (heard, cost)}


def main() -> int:
    """Measure, print, keep."""
    names = named(argparse.ArgumentParser(description="the audience's window"), ROWS).rows
    rows: Rows = []
    with set_up(width=OPERATOR[0] + HALL[0], height=HALL[1]) as stage:
        desktop = stage.desktop
        for name, left, width, output in (
            ("L", 0, OPERATOR[0], "screen"),
            ("R", OPERATOR[0], HALL[0], "none"),
        ):
            subprocess.run(
                ["xrandr", "--setmonitor", name, f"{width}/340x{HALL[1]}/285+{left}+0", output],
                env=desktop.environment, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        for name in names or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](stage)
    load = os.getloadavg()[1]
    notes = [f"Load of the machine (5 minutes) at the end: {load:.1f} on {os.cpu_count()} cores."]
    return report("audience_window", "The audience's window", rows, notes, is_kept=not names)


if __name__ == "__main__":
    sys.exit(main())
