"""The real program, killed at random moments while somebody types into it: what is lost?

    python -m tests.kills [KILLS] [SEED]

Words are typed by the X server into the window, each of them once; Enter gives some to the voice, which never
answers, so that they stay in the queue; some drafts are put aside, some are taken back. All ways to speak
take turns. After a time drawn by lot the program is killed (SIGKILL), the files are read as they are, and it
is started again, with what the round before has left. A letter is lost if it was typed more than
`GRACE_SECONDS` before a kill, and stands neither in the draft nor in what is parked or was not heard.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.desktop import Desktop
from tests.screen import Screen

ROOT = Path(__file__).parent.parent
GRACE_SECONDS = 0.25
LONGEST_SECONDS = 1.75  # of typing before a kill, and the grace
KEY_SECONDS = 0.03  # between two keys, in the mean
ROUNDS = 10  # with the same files, in one way to speak
MODES = ("enter", "sentence", "word", "type")
NAMES = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
LINES = ("parked.jsonl", "unheard.jsonl")
_DIGITS = "abcdefghijklmnoprtuvwxyz"


@dataclass(slots=True)
class Report:
    """What came of it. Letters are counted, blanks are not."""

    grace_seconds: float = GRACE_SECONDS
    kills: int = 0
    typed: int = 0
    due: int = 0  # of these, typed long enough before
    lost: int = 0
    given: int = 0  # times Enter
    parked: int = 0
    taken: int = 0
    faults: list[str] = field(default_factory=list)  # files that were not whole, words that were lost

    def __str__(self) -> str:
        acts = f"{self.given} times Enter, {self.parked} drafts put aside, {self.taken} taken back"
        told = f"{self.lost} of {self.due} letters lost over {self.kills} kills ({self.typed} typed, {acts})"
        return "\n".join([told, *self.faults])


@dataclass(slots=True)
class _Word:
    """A word as it is typed, and when each of its letters was."""

    text: str
    times: list[float] = field(default_factory=list)

    def due(self, killed: float, grace_seconds: float) -> int:
        """How many of its letters must have been kept."""
        return sum(pressed < killed - grace_seconds for pressed in self.times)


class _Typist:
    """Types words that no other round has, and does what people do between them."""

    def __init__(self, hand: Screen, rng: random.Random, number: int, report: Report) -> None:
        self._hand = hand
        self._rng = rng
        self._number = number
        self._report = report
        self._pause = threading.Event()
        self.words: list[_Word] = []

    def type(self, seconds: float) -> None:
        """Type for so long; the hands may rest inside a word."""
        end = perf_counter() + seconds
        self._press(end, "space")
        while perf_counter() < end:
            self.words.append(_Word(_letters(self._number, len(self.words))))
            for letter in self.words[-1].text:
                if (pressed := self._press(end, letter)) is None:
                    return
                self.words[-1].times.append(pressed)
                self._report.typed += 1
            self._press(end, "space")
            act = self._rng.random()
            if act < 0.12 and self._press(end, "Return"):
                self._report.given += 1
            elif act < 0.2 and self._press(end, "Control_L", "d"):
                self._report.parked += 1
            elif act < 0.28 and self._press(end, "Control_L", "Shift_L", "d"):
                self._report.taken += 1

    def _press(self, end: float, *names: str) -> float | None:
        """Press a key unless the time is up by then."""
        rest = self._rng.expovariate(1 / KEY_SECONDS)
        self._pause.wait(min(rest, max(0.0, end - perf_counter())))
        return self._hand.press(*names) if perf_counter() < end else None


def run(kills: int, folder: Path, *, seed: int = 1, grace_seconds: float = GRACE_SECONDS) -> Report:
    """Kill it so many times. The folder is for everything it writes."""
    report = Report(grace_seconds)
    rng = random.Random(seed)
    with Desktop(folder / "screen") as desktop, deaf() as port:
        environment = {
            **desktop.environment,
            "PULSE_SERVER": str(folder / "nobody"),
            "FISH_API_KEY": "0123456789abcdef",
            "FISHCAPTION_FISH_URL": f"http://127.0.0.1:{port}",
        }
        with Screen(desktop.environment["DISPLAY"]) as hand:
            for first in range(0, kills, ROUNDS):
                home = folder / f"home-{first}"
                places = {name: str(home / name.lower()) for name in NAMES}
                places[NAMES[0]] = str(folder / "runtime")  # one embedded voice for all of them
                _prepare(home, MODES[first // ROUNDS % len(MODES)])
                _rounds(range(first, min(first + ROUNDS, kills)), desktop, hand, home,
                        {**environment, **places}, rng, report)  # fmt: skip
    return report


def _rounds(
    numbers: range,
    desktop: Desktop,
    hand: Screen,
    home: Path,
    environment: Mapping[str, str],
    rng: random.Random,
    report: Report,
) -> None:
    due: dict[str, int] = {}  # word -> letters that must be there
    for number in numbers:
        with (
            (home / "stderr").open("ab") as errors,
            subprocess.Popen(
                [sys.executable, "-m", "fishcaption"], cwd=ROOT, env=environment, stderr=errors
            ) as program,
        ):
            try:
                window = desktop.wait_for_window("^fishcaption$")
                desktop.wait(partial(_has_keys, environment, window), "the keys to go to it")
                began = perf_counter()
                typist = _Typist(hand, rng, number, report)
                typist.type(report.grace_seconds + rng.uniform(0.0, LONGEST_SECONDS))
                killed = perf_counter()
            finally:
                program.send_signal(signal.SIGKILL)
        for word in typist.words:
            due[word.text] = word.due(killed, report.grace_seconds)
            report.due += due[word.text]
        report.kills += 1
        data = home / NAMES[2].lower()
        kept = _kept(data, report, number)
        for text, letters in due.items():
            found = max(length for length in range(len(text) + 1) if text[:length] in kept)
            if any(_is_parted(text[:letters], at, kept) for at in range(1, letters)):
                found = letters
            if found < letters:
                report.lost += letters - found
                times = next((word.times for word in typist.words if word.text == text), [])
                ages = ", ".join(f"{killed - time:.2f}" for time in times) or "an earlier kill"
                report.faults.append(
                    f"kill {number}, {killed - began:.2f} s after its first key: of “{text}”, typed {ages} s "
                    f"before, {letters} letters were due, {found} are there"
                )
                due[text] = found  # told once
        desktop.wait(partial(_is_gone, environment, window), "the window to be gone")


def _is_parted(word: str, at: int, kept: str) -> bool:
    """Whether its beginning ends one text and its rest begins another: the one was already being said."""
    return f"{word[:at]}\n" in f"{kept}\n" and f"\n{word[at:]}" in f"\n{kept}"


def _has_keys(environment: Mapping[str, str], window: int) -> bool:
    asked = ["xdotool", "getwindowfocus"]
    return int(subprocess.run(asked, env=environment, capture_output=True, check=True).stdout) == window


def _is_gone(environment: Mapping[str, str], window: int) -> bool:
    asked = ["xdotool", "getwindowname", str(window)]
    return bool(subprocess.run(asked, env=environment, capture_output=True, check=False).returncode)


def _kept(data: Path, report: Report, number: int) -> str:
    """All texts that are on disk."""
    texts = [_text(data / "draft.txt", report, number)]
    for name in LINES:
        for line in _text(data / name, report, number).splitlines():
            try:
                texts.append(json.loads(line)["text"])
            except (ValueError, TypeError, KeyError):
                report.faults.append(f"kill {number}: {name} is not whole")
    history = _text(data / "history.jsonl", report, number).split("\n")
    for line in history[:-1]:  # the last may be cut off: it is added to
        try:
            json.loads(line)
        except ValueError:
            report.faults.append(f"kill {number}: history.jsonl is not whole")
    return "\n".join(texts)


def _text(path: Path, report: Report, number: int) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        report.faults.append(f"kill {number}: {path.name} is not whole")
        return ""


def _letters(number: int, word: int) -> str:
    """A word that no other is like; its first letter is in no other place of any word."""
    value, letters = number * 100 + word, "q"
    for _ in range(4):
        value, digit = divmod(value, len(_DIGITS))
        letters += _DIGITS[digit]
    return f"{letters}s"


def _prepare(home: Path, mode: str) -> None:
    config = home / NAMES[1].lower()
    config.mkdir(parents=True)
    voice = {"provider": "fish", "id": "0" * 32, "name": "Nobody"}
    (config / "settings.json").write_text(json.dumps({"voice": voice, "speak_mode": mode}))


@contextmanager
def deaf() -> Iterator[int]:
    """A server that takes calls and never says a word; its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]


def main(arguments: list[str]) -> int:
    """Kill it, and say what was lost."""
    kills = int(arguments[0]) if arguments else 200
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("WAYLAND_DISPLAY", None)
        report = run(kills, Path(folder), seed=seed)
    sys.stdout.write(f"{report}\n")
    return int(bool(report.lost or report.faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
