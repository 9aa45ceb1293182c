"""A day's use: keys, words, phrases, Stop in a call, two outputs, edits, kills, as hands and ears have them.

    python -m benchmarks.hands [ROW...]

The real program on a private X server and a private sound server. Keys are sent by the X server, what is
heard is read off the sound cards' monitors, on one clock. "Device latency" is the median from a write to the
monitor on a bare stream of the latency and blocksize that ours asks for. All rows: about twenty-five minutes;
they are kept in results/hands.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks import window as the_window
from benchmarks.ear import Ear, onsets, place, said, values
from benchmarks.live import service
from benchmarks.table import Row, measuring, named, report
from benchmarks.window import FAR, FAR_RATE, NEAR, NEAR_RATE, ROOT, App, Stage, app, pause, set_up
from fishcaption.core.phrases.bank import Bank, Phrase
from fishcaption.core.phrases.files import to_json
from tests import kills as killing
from tests.rig import Samples, Sink

SECOND = "Second"  # what stands for a call
KEY_SECONDS = 0.06  # between two keys of a fluent typist
REACTION = 0.030
FAR_REACTION = 0.060  # where another program has the focus, or text is to be taken back
WIDTH = FAR_RATE // 15  # frames a character of the readable voice
READABLE = ("--first", "0.05", "--frame", "0.1", "--pace", "8", "--speed", "15")

SENTENCES = (
    "Please tell them that I will be ready in about five minutes.",
    "We could take the early train and have breakfast by the sea.",
    "My sister says the new garden needs more water than the old.",
    "Could you open the window a little, it is warm in here.",
)
WORDS = ("garden", "window", "yellow", "morning", "kitchen", "sister", "bread", "station", "evening", "paper")

STOP_KEYS = ("Control_L", "Shift_L", "F10")
STOP_SETTING = {"stop": ["Ctrl+Shift+F10"]}

Rows = list[Row]

_latencies: dict[str, float] = {}


def latency(stage: Stage, device: str) -> float:
    """Device latency in seconds: a bare stream, from write to monitor, the median; measured once a device."""
    if device not in _latencies:
        rate = NEAR_RATE if device == NEAR else FAR_RATE
        with stage.rig.listen(device) as recording:
            ear = Ear(recording)
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.speech_peers", "bursts", device, str(rate), "40"],
                cwd=ROOT,
                env={**os.environ, **stage.rig.variables},
                capture_output=True,
                text=True,
                check=True,
            )
            recording.wait_frames(ear.now + rate // 2)
            written = [float(line) for line in done.stdout.splitlines()]
            heard = [ear.seconds_of(frame) for frame in onsets(ear.samples(), rate // 10)]
        # on a machine with company a burst may break in two
        first = [min((then - when for then in heard if then > when), default=1.0) for when in written]
        _latencies[device] = statistics.median(first)
    return _latencies[device]


def timed(name: str, readings: Sequence[float], limit_seconds: float | None) -> Rows:
    """The median of readings in seconds beside its limit, if it has one, and the worst."""
    limit = None if limit_seconds is None else limit_seconds * 1e3
    return [
        Row(f"{name}, median of {len(readings)}", statistics.median(readings) * 1e3, limit, "ms"),
        Row("the same, worst", max(readings) * 1e3, None, "ms"),
    ]


def type_text(stage: Stage, text: str, *, seconds: float = KEY_SECONDS) -> None:
    """Type letters, blanks and full stops."""
    names = {" ": ("space",), ".": ("period",), ",": ("comma",)}
    for letter in text:
        stage.screen.press(*names.get(letter, (letter,)))
        pause(seconds)


def warm(window: App, ear: Ear, text: str = "Ready.") -> None:
    """Have the device and the voice as ready as they are after the first words of a day."""
    window.settle()
    since = ear.now
    window.order("speak", text=text)
    window.wait(lambda state: state["fate"] == "heard")
    _silent(ear, since)
    window.settle()


def _silent(ear: Ear, since: int, seconds: float = 0.4) -> None:
    ear._recording.wait_for_silence(seconds, since)


# --- keys ------------------------------------------------------------------------------------------------


def keys(stage: Stage) -> Rows:
    """From a key to the painted letter, while another text is spoken, in drafts of every size."""
    return the_window.keys(stage)


# --- words -----------------------------------------------------------------------------------------------


def word(stage: Stage) -> Rows:
    """In word mode, from the blank that ends a word to the word's sound; embedded voice, warm."""
    found: list[float] = []
    environment = stage.environment(speak_mode="word")
    with stage.rig.listen(NEAR) as recording, app(stage, environment) as window:
        ear = Ear(recording)
        warm(window, ear)
        for text in WORDS * 2:
            type_text(stage, text)
            since = ear.now
            ended = stage.screen.press("space")
            frame = recording.wait_for_sound(since, 20)
            recording.wait_for_silence(0.6, frame)
            found.append(ear.seconds_of(frame) - ended)
        window.order("stop")
    return timed("word mode: word ended → its sound", found, 0.150 + latency(stage, NEAR))


# --- phrases ---------------------------------------------------------------------------------------------

PHRASE = "Yes, thank you, that is very kind of you."


def phrase(stage: Stage) -> Rows:
    """From a phrase's key to its sound, stream open and closed; what is heard of it, sample by sample."""
    limit = REACTION + latency(stage, NEAR)
    environment = stage.environment(linger_seconds=60)
    home = Path(environment["FISHCAPTION_DATA_DIR"])
    environment["FISHCAPTION_CACHE_DIR"] = str(home / "cache")
    home.mkdir()
    (home / "phrases.json").write_bytes(to_json(Bank((), (Phrase("one", PHRASE, key="F1"),))))
    opened: list[float] = []
    closed: list[float] = []
    heard: list[Samples] = []
    with stage.rig.listen(NEAR) as recording, app(stage, environment) as window:
        ear = Ear(recording)

        def press() -> float:
            since = ear.now
            pressed = stage.screen.press("F1")
            frame = recording.wait_for_sound(since, 20)
            recording.wait_for_silence(0.8, frame)
            heard.append(ear.samples(since))
            return ear.seconds_of(frame) - pressed

        stage.desktop.wait(lambda: bool(list((home / "cache").rglob("*.*"))), "the phrase made ahead", 60)
        pause(3.0)
        press()
        warm(window, ear)
        opened = [press() for _ in range(20)]
        for _ in range(3):
            window.wait(lambda state: not state["is_open"], 120)
            pause(1.0)
            closed.append(press())
    first = heard[1]
    clipped = sum(not place(first, other).is_exact for other in heard[2:])
    return [
        *timed("phrase key → its sound, made ahead, stream open", opened, limit),
        *timed(
            "phrase key → its sound, made ahead, the first after a long silence, stream closed", closed, None
        ),
        Row(f"phrases of {len(heard) - 2} that were not heard sample by sample", clipped, 0, ""),
    ]


# --- Stop in a call --------------------------------------------------------------------------------------

CALL = (
    "from PySide6.QtWidgets import QApplication, QPlainTextEdit; app = QApplication();"
    "call = QPlainTextEdit(); call.setWindowTitle('a call'); call.showMaximized(); app.exec()"
)


@contextmanager
def another_program(stage: Stage) -> Iterator[int]:
    """Another program's window has the focus; its number."""
    with subprocess.Popen([sys.executable, "-c", CALL], env=stage.desktop.environment) as call:
        try:
            number = stage.desktop.wait_for_window("^a call$")
            stage.desktop.wait(lambda: _front(stage) == number, "the call in front")
            yield number
        finally:
            call.kill()


def _front(stage: Stage) -> int:
    done = subprocess.run(
        ["xdotool", "getactivewindow"], env=stage.desktop.environment, capture_output=True, check=False
    )
    return int(done.stdout or 0)


def stop(stage: Stage) -> Rows:
    """Another window has the focus: from the global Stop to the last sample."""
    chance = random.Random(5)
    late: list[float] = []
    with service(*READABLE) as server:
        environment = stage.environment(device=FAR, fish=server.url, global_keys=STOP_SETTING)
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            with another_program(stage) as call:
                for _ in range(30):
                    since = ear.now
                    window.order("speak", text="One two three four five six. " * 4)
                    recording.wait_for_sound(since, 20)
                    pause(0.2 + 0.8 * chance.random())
                    start, pressed = ear.now, stage.screen.press(*STOP_KEYS)
                    recording.wait_frames(ear.now + round(1.2 * FAR_RATE))
                    loud = np.flatnonzero(ear.samples(start))
                    late.append(
                        max(0.0, ear.seconds_of(start + int(loud[-1])) - pressed) if len(loud) else 0.0
                    )
                    if _front(stage) != call:
                        raise AssertionError("the call lost the focus")
    limit = latency(stage, FAR) + FAR_REACTION
    return [
        Row(
            f"global Stop, another window has the focus → silence, worst of {len(late)}",
            max(late) * 1e3,
            limit * 1e3,
            "ms",
        ),
        Row("the same, median", statistics.median(late) * 1e3, None, "ms"),
    ]


# --- two outputs -----------------------------------------------------------------------------------------


def outputs(stage: Stage) -> Rows:
    """Two devices at once: how far one is behind the other, and whether both have all of it."""
    second = {"name": SECOND, "host_api": "ALSA"}
    skews: list[float] = []
    differing = 0
    with service(*READABLE) as server:
        environment = stage.environment(
            device=FAR, fish=server.url, second_on=True, second_device=second, linger_seconds=1800
        )
        with (
            stage.rig.listen(FAR) as one,
            stage.rig.listen(SECOND) as other,
            app(stage, environment) as window,
        ):
            ears = Ear(one), Ear(other)
            window.settle()
            for text in SENTENCES * 3:
                since = [ear.now for ear in ears]
                window.order("speak", text=text)
                frames = [
                    ear._recording.wait_for_sound(start, 20) for ear, start in zip(ears, since, strict=True)
                ]
                for ear, frame in zip(ears, frames, strict=True):
                    _silent(ear, frame, 0.8)
                heard = [ear.samples(start) for ear, start in zip(ears, since, strict=True)]
                differing += not place(heard[0], heard[1]).is_exact
                skews += _skews(ears, since, heard)
    return [
        Row(f"two outputs: skew, worst of {len(skews)} places", max(skews) * 1e3, 10, "ms"),
        Row("the same, median", statistics.median(skews) * 1e3, None, "ms"),
        # a gap that a busy machine makes in one of them is made good there, and so is one more difference
        Row("utterances of 12 that differ between the two", differing, None, ""),
    ]


def _skews(ears: Sequence[Ear], since: Sequence[int], heard: Sequence[Samples]) -> list[float]:
    """At each second character of the same samples: the seconds between the one device and the other."""
    numbers = [values(samples) for samples in heard]
    starts = [np.flatnonzero(np.diff(found, prepend=0) > 0) for found in numbers]
    count = min(map(len, starts))
    found = []
    for index in range(0, count, 8):
        moments = [ear.seconds_of(start + int(places[index]))
                   for ear, start, places in zip(ears, since, starts, strict=True)]  # fmt: skip
        found.append(abs(moments[0] - moments[1]))
    return found


# --- Repeat and Back -------------------------------------------------------------------------------------


def repeat(stage: Stage) -> Rows:
    """From Repeat, and from Back while it speaks, to the first sample of what is asked for."""
    chance = random.Random(7)
    again: list[float] = []
    back: list[float] = []
    with service(*READABLE) as server:
        environment = stage.environment(device=FAR, fish=server.url)
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            window.order("speak", text="One two three.")
            window.wait(lambda state: state["fate"] == "heard")
            for _ in range(20):
                recording.wait_for_silence(0.5, ear.now)
                since = ear.now
                pressed = stage.screen.press("Control_L", "r")
                frame = recording.wait_for_sound(since, 20)
                recording.wait_for_silence(0.5, frame)
                again.append(ear.seconds_of(frame) - pressed)
            for _ in range(15):
                back.append(_back(stage, window, ear, 0.4 + 1.2 * chance.random()))
    limit = REACTION + latency(stage, FAR)
    return [
        *timed("Repeat → its sound", again, limit),
        *timed("Back while it speaks → the sentence's first sound", back, limit),
    ]


def _back(stage: Stage, window: App, ear: Ear, after_seconds: float) -> float:
    """Back in a sentence that begins with a letter that is nowhere else."""
    since = ear.now
    window.order("speak", text="Queen and king went on a long way home to the sea and the hills beyond it.")
    frame = ear._recording.wait_for_sound(since, 20)
    ear._recording.wait_frames(frame + round((after_seconds + 0.3) * ear.rate))
    start, pressed = ear.now, stage.screen.press("Alt_L", "comma")
    ear._recording.wait_frames(start + round(1.0 * ear.rate))
    found = np.flatnonzero(values(ear.samples(start)) == ord("Q"))
    window.order("stop")
    if not len(found):
        return float("nan")
    _silent(ear, ear.now)
    return ear.seconds_of(start + int(found[0])) - pressed


# --- edits -----------------------------------------------------------------------------------------------

EDITED = "aaaa aaaa aaaa aaaa. bbbb cccc dddd ffff gggg hhhh."
OLD = "ffff gggg hhhh."  # replaced by NEW
NEW = "xxxx yyyy."


def edit(stage: Stage) -> Rows:
    """Text that was given and not heard is changed: how long after the key an old word is still heard."""
    chance = random.Random(9)
    late: list[float] = []
    refused = wrong = 0
    with service(*READABLE) as server:
        environment = stage.environment(
            device=FAR, fish=server.url, speak_mode="sentence", sentence_hold_seconds=0.0
        )
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            for _ in range(30):
                lag, is_right, is_whole = _edited(stage, window, ear, 1.4 * chance.random())
                late.append(lag)
                wrong += not is_right
                refused += not is_whole
    limit = latency(stage, FAR) + FAR_REACTION
    return [
        Row(
            f"edit of unheard text → old words never heard after, worst of {len(late)}",
            max(late) * 1e3,
            limit * 1e3,
            "ms",
        ),
        Row("the same: edits after which a word was lost, repeated or old", wrong, 0, ""),
        Row("edits of which a part came too late: what was heard stayed in the text", refused, None, ""),
    ]


def _edited(stage: Stage, window: App, ear: Ear, after_seconds: float) -> tuple[float, bool, bool]:
    """One edit, so long after the sentence began to sound.

    The seconds after its key in which words were heard that it had taken away; whether what was heard is what
    stood in the text at the end, no more and no less; whether all of the edit was taken.
    """
    since = ear.now
    for sentence in EDITED.partition(". "):
        type_text(stage, sentence, seconds=0.004)
    # the second sentence's first word is at the ear
    end = ear.now + 30 * ear.rate
    while not (values(ear.samples(since)) == ord("b")).any():
        if ear.now > end:
            raise TimeoutError("the second sentence is not spoken")
        pause(0.02)
    pause(after_seconds)
    for _ in OLD:
        stage.screen.press("Shift_L", "Left")
    edited = stage.screen.press(NEW[0])
    start = ear.now
    type_text(stage, NEW[1:], seconds=0.004)
    pause(0.3)
    kept = EDITED[: window.order("state")["editor"] - len(NEW)]
    stage.screen.press("Return")
    ear._recording.wait_for_silence(2.0, ear.now)
    gone = {ord(letter) for letter in OLD if letter.isalpha() and letter not in kept}
    old = np.flatnonzero(np.isin(values(ear.samples(start)), list(gone)))
    # the blank at the joint is of the ramp
    heard = said(ear.samples(since), WIDTH).replace(" ", "")
    window.order("stop")
    window.order("clear")
    lag = max(0.0, ear.seconds_of(start + int(old[-1])) - edited) if len(old) else 0.0
    return lag, heard == (kept + NEW).replace(" ", ""), kept + OLD == EDITED


# --- kills -----------------------------------------------------------------------------------------------


def kills(stage: Stage) -> Rows:
    """Letters that are lost when the program is killed 200 times while somebody types."""
    told = killing.run(200, stage.folder())
    return [
        Row(f"letters lost over {told.kills} kills, of {told.due} that were due", told.lost, 0, ""),
        Row("files that were not whole, and words that were lost", len(told.faults), 0, ""),
    ]


ROWS: dict[str, Callable[[Stage], Rows]] = {
    function.__name__: function for function in (keys, word, phrase, stop, outputs, repeat, edit, kills)
}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    names = named(parser, ROWS).rows
    rows: Rows = []
    with set_up(Sink(SECOND, FAR_RATE)) as stage:
        for name in names or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](stage)
    rows += [
        Row(f"device latency: write → monitor, bare stream, {device}", seconds * 1e3, None, "ms")
        for device, seconds in _latencies.items()
    ]
    return report("hands", "A day's use", rows, is_kept=not names)


if __name__ == "__main__":
    sys.exit(main())
