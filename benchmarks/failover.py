"""A service that is gone in mid-sentence, and voices that change between two texts, as the ear has them.

    python -m benchmarks.failover [ROW...] [--rounds N]

The real program on a private X server and a private sound server; what is heard is read off the sound card's
monitor. The service's voice can be read back sample by sample, the embedded one is read by a recogniser. All
rows: about six minutes; they are kept in results/failover.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.ear import Ear, said
from benchmarks.hands import WIDTH, warm
from benchmarks.live import service
from benchmarks.table import Row, measuring, named, report
from benchmarks.window import FAR, FAR_RATE, App, Stage, app, pause, set_up
from tests.listen import recognise, words
from tests.rig import Samples

# little more than real time: hardly anything is ahead of the ear when the network is gone
SLOW = ("--first", "0.05", "--frame", "0.1", "--pace", "1.2", "--speed", "15")
FAST = ("--first", "0.05", "--frame", "0.1", "--pace", "8", "--speed", "15")
STORY = (
    "The children were running along the garden wall when a man with a wooden cart came slowly up the road "
    "and asked whether anybody wanted to buy some bread or a bottle of fresh milk. Nobody answered him, "
    "because everybody was looking at the station and waiting for the evening train."
)
FIRST = "We sat down on the steps and waited."
SECOND = "My sister wants to paint the kitchen."
LIMIT_SECONDS = 1.5
_LOUD = 0.003  # of what is heard: below it a voice's own pauses are silence
_BLOCK = 441  # frames: 10 ms
_NEAR = 4  # words at the joint by which the place is found

Rows = list[Row]


def _service_end(samples: Samples) -> int:
    """Where the readable voice ends: its samples are whole int16 of letters, another's are so by chance."""
    scaled = samples.astype(np.float64) * 32768
    whole = np.rint(scaled)
    is_letter = (np.abs(scaled - whole) < 1e-3) & (whole > 0) & (whole < 0x100)
    blocks = is_letter[: len(is_letter) // _BLOCK * _BLOCK].reshape(-1, _BLOCK).mean(axis=1) > 0.5
    end = (int(np.flatnonzero(blocks)[-1]) + 2) * _BLOCK
    return int(np.flatnonzero(is_letter[:end])[-1]) + 1


def _shift(said_words: int, text: str, heard: str) -> int:
    """By how many words the voice that took over began too late (lost) or too early (said twice)."""
    wanted, found = words(text), words(heard)[:_NEAR]

    def agreeing(shift: int) -> int:
        there = wanted[max(0, said_words + shift) :][:_NEAR]
        return sum(one == other for one, other in zip(found, there, strict=False))

    best = max(agreeing(shift) for shift in range(-3, 4))
    return min(abs(shift) for shift in range(-3, 4) if agreeing(shift) == best)


def cut(stage: Stage, rounds: int) -> Rows:
    """The service is killed in mid-sentence: until the embedded voice goes on, and with which word."""
    waits: list[float] = []
    wrong = parts = 0
    for number in range(rounds):
        with service(*SLOW) as server:
            environment = stage.environment(
                device=FAR, fish=server.url, unreachable="embedded", phrases_shown=False, phrases_ahead=False
            )
            with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
                ear = Ear(recording)
                warm(window, ear)
                since = ear.now
                window.order("speak", text=STORY)
                recording.wait_for_sound(since, 20)
                pause(1.0 + 5.0 * number / rounds)
                gone = server.cut()
                window.wait(lambda state: state["fate"] == "heard", 60)
                recording.wait_frames(ear.now + FAR_RATE // 2)
                waits.append(_wait(ear, since, gone))
                heard = ear.samples(since)
                end = _service_end(heard)
                text = said(heard[:end], WIDTH)
                rest = recognise(heard[end:], FAR_RATE, stage.folder())
                whole = words(text)
                if whole != words(STORY)[: len(whole)]:  # a part of a word was at the ear: it is said again
                    whole.pop()
                    parts += 1
                wrong += _shift(len(whole), STORY, rest)
                print(f"  {waits[-1]:.2f} s; …{text[-30:]!r} | {rest[:40]!r}", file=sys.stderr)
    return [
        Row(
            f"network gone in mid-sentence → on from the first unheard word, worst of {rounds}",
            max(waits),
            LIMIT_SECONDS,
            "s",
        ),
        Row("the same, median", statistics.median(waits), None, "s"),
        Row("words lost or said twice", wrong, 0, ""),
        Row(
            "times that a part of a word was at the ear already, and the word was said whole", parts, None, ""
        ),
    ]


def _wait(ear: Ear, since: int, gone: float) -> float:
    """The seconds of silence between the first voice and the other, as far as the network was gone."""
    heard = ear.samples(since)
    end = _service_end(heard)
    other = end + int(np.flatnonzero(np.abs(heard[end:]) > _LOUD)[0])
    silent_from = max(gone, ear.seconds_of(since + end - 1))
    return max(0.0, ear.seconds_of(since + other) - silent_from)


def switch(stage: Stage, rounds: int) -> Rows:
    """Two texts in a row by one voice or by two: the silence between them beyond the voices' own."""
    gaps: dict[tuple[str, str], list[float]] = {}
    with service(*FAST) as server:
        environment = stage.environment(
            device=FAR, fish=server.url, phrases_shown=False, phrases_ahead=False, while_speaking="wait"
        )
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            warm(window, ear)
            for _ in range(rounds):
                for pair in (
                    ("fish", "fish"),
                    ("fish", "embedded"),
                    ("embedded", "fish"),
                    ("embedded", "embedded"),
                ):
                    gaps.setdefault(pair, []).append(_gap(window, ear, pair))
    middle = {pair: statistics.median(found) for pair, found in gaps.items()}
    own = middle["fish", "fish"] + middle["embedded", "embedded"]
    switched = middle["fish", "embedded"] + middle["embedded", "fish"]
    rows = [
        Row(f"silence between two texts, {one} then {other}, median of {rounds}", seconds * 1e3, None, "ms")
        for (one, other), seconds in middle.items()
    ]
    # two switches against two texts without one: each voice's own silence is in both
    more = (switched - own) / 2 * 1e3
    return [
        *rows,
        Row("silence of a switch longer than without, to a millisecond", max(0, round(more)), 0, "ms"),
    ]


def _gap(window: App, ear: Ear, pair: tuple[str, str]) -> float:
    """The seconds of the longest silence between the first text's middle and the second's."""
    since = ear.now
    for provider, text in zip(pair, (FIRST, SECOND), strict=True):
        window.order("voice", provider=provider, id="a-voice" if provider == "fish" else "")
        window.order("speak", text=text)
    window.wait(lambda state: state["fate"] == "heard" and state["state"] == "idle", 60)
    ear._recording.wait_for_silence(0.5, since)
    loud = np.flatnonzero(np.abs(ear.samples(since)) > _quiet(pair))
    return float(np.diff(loud).max()) / ear.rate


def _quiet(pair: tuple[str, str]) -> float:
    """The readable voice is very soft, and never silent."""
    return 0.0 if pair == ("fish", "fish") else _LOUD / 6


ROWS: dict[str, Callable[[Stage, int], Rows]] = {function.__name__: function for function in (cut, switch)}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=8)
    options = named(parser, ROWS)
    rows: Rows = []
    with set_up() as stage:
        for name in options.rows or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](stage, options.rounds)
    return report("failover", "When the voice changes", rows, is_kept=not options.rows)


if __name__ == "__main__":
    sys.exit(main())
