"""The window: how soon it is there, how soon it lights a heard word, what a key costs, what idling costs.

    python -m benchmarks.window [ROW...]

The real program on a private X server and a private sound server. Keys are sent by the X server, what is
shown is read off its screen, what is heard off the sound card's monitor; all on one clock. "Bare" is a window
with an editor, a toolbar and a status line on a loop of qasync. All rows: about twelve minutes; they are kept
in results/window.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks import hidden_times
from benchmarks.ear import Ear, place, values
from benchmarks.live import service
from benchmarks.table import Row, measuring, named, report
from benchmarks.window_app import longest, starved
from fishcaption.core.text.segmentation import words
from fishcaption.ui.widgets.theme import colors
from tests.desktop import Desktop
from tests.live_server import voice
from tests.rig import Rig, Samples, Sink, wakeups
from tests.screen import Screen

ROOT = Path(__file__).parent.parent
NEAR, FAR = "Near", "Far"  # devices at the embedded voice's rate and at the service's
NEAR_RATE, FAR_RATE = 24_000, 44_100
SETTLE_SECONDS = 3.0  # a null sink that has just been opened takes so long to be punctual
LIT = int(colors("light").lit.removeprefix("#"), 16)

SENTENCE = "The quick brown fox jumps over the lazy dog, and nobody minds. "
MEGABYTE = (SENTENCE * 16_000)[:1_000_000]
PROSE = (
    "The first thing I noticed about the garden was the smell of wet leaves and old wood. "
    "Children were running along the wall, and a man sold bread from a wooden cart.",
    "We sat down on the steps and waited for the evening train to come in. "
    "It was late again, but nobody seemed to mind, and the station was warm.",
    "My sister says that the new house needs more light than the old one did. "
    "She wants to paint the kitchen yellow, put a bench under the window and sell the piano.",
)
# nothing scrolls while words are looked for, and the voice says nothing else
TEXT_ALONE: dict[str, Any] = {"phrases_shown": False, "phrases_ahead": False}

Rows = list[Row]


# --- the stage -------------------------------------------------------------------------------------------


class Stage:
    """A sound card, a screen, and a hand and an eye on it."""

    def __init__(self, rig: Rig, desktop: Desktop, screen: Screen, folder: Path) -> None:
        self.rig = rig
        self.desktop = desktop
        self.screen = screen
        self._folder = folder
        self._homes = 0
        ours = psutil.Process().children()
        self.server = next(process.pid for process in ours if process.name() == "Xvfb")

    def folder(self) -> Path:
        """A new one."""
        self._homes += 1
        made = self._folder / str(self._homes)
        made.mkdir()
        return made

    def environment(self, *, device: str = NEAR, fish: str = "", **settings: Any) -> dict[str, str]:
        """Of a user who has nothing but these settings; `fish` is Fish Audio's address, where it is used."""
        home = self.folder()
        content: dict[str, Any] = {
            "theme": "light",
            "device": {"name": device, "host_api": "ALSA"},
            "kept_audio": False,  # a text that is said twice is made twice
            **settings,
        }
        environment = {**self.desktop.environment, **self.rig.variables}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in ("CONFIG", "DATA", "RUNTIME"):
            environment[f"FISHCAPTION_{name}_DIR"] = str(home / name.lower())
        for name in ("STATE", "CACHE"):
            environment[f"XDG_{name}_HOME"] = str(home / name.lower())
        environment["SCREEN_PROCESS"] = str(self.server)
        environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        if fish:
            environment |= {"FISHCAPTION_FISH_URL": fish, "FISH_API_KEY": hidden_times.KEY}
            content["voice"] = {"provider": "fish", "id": "a-voice", "name": "a voice"}
        (home / "config").mkdir()
        (home / "config" / "settings.json").write_text(json.dumps(content))
        return environment


@contextmanager
def set_up(*more: Sink, width: int = 1280, height: int = 800) -> Iterator[Stage]:
    """A stage with the near and the far device, and more; what other programs do is not to be in its way."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    with (
        tempfile.TemporaryDirectory(prefix="stage-", ignore_cleanup_errors=True) as name,
        Rig(Path(name, "rig"), [Sink(NEAR, NEAR_RATE), Sink(FAR, FAR_RATE), *more]) as rig,
        Desktop(Path(name, "screen"), width=width, height=height) as desktop,
        Screen(desktop.environment["DISPLAY"]) as screen,
    ):
        yield Stage(rig, desktop, screen, Path(name))


class App:
    """A program of `benchmarks.window_app` on the screen."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.process = psutil.Process(process.pid)

    def order(self, do: str, **fields: Any) -> Any:
        """Have it done; the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the window is gone")
        value = json.loads(answer)
        if isinstance(value, str):
            raise RuntimeError(value)
        return value

    def wait(self, is_so: Callable[[dict[str, Any]], bool], seconds: float = 30.0) -> dict[str, Any]:
        """Look every 20 ms until its state is so."""
        end = time.perf_counter() + seconds
        while True:
            state: dict[str, Any] = self.order("state")
            if is_so(state):
                return state
            if time.perf_counter() > end:
                raise TimeoutError(f"it stays {state}")
            pause(0.02)

    def settle(self) -> None:
        """Have the device open, and as punctual as it will be."""
        self.wait(lambda state: bool(state["is_open"]))
        pause(SETTLE_SECONDS)


@contextmanager
def app(stage: Stage, environment: Mapping[str, str], program: str = "fishcaption") -> Iterator[App]:
    """The program, its window in front."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.window_app", program, "--watch"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        stage.desktop.wait_for_window(f"^{program}$")
        running = App(process)
        yield running
        running.order("end")
        process.wait(20)
    finally:
        process.kill()
        process.communicate()


def pause(seconds: float) -> None:
    """Let time pass: what is measured is what happens in it."""
    time.sleep(seconds)  # noqa: TID251  see above


def percentile(readings: Sequence[float], share: float) -> float:
    """The reading below which that share of them lies."""
    return sorted(readings)[min(len(readings) - 1, int(len(readings) * share))]


def milliseconds(readings: Sequence[float]) -> float:
    """The median of readings in seconds."""
    return statistics.median(readings) * 1e3


# --- the start -------------------------------------------------------------------------------------------


def start(stage: Stage) -> Rows:
    """From the command to the painted window, and to the first sound of what is typed at once."""
    installed = _install(stage.folder())
    commands = {
        "ours": [str(installed)],
        "bare": [sys.executable, str(ROOT / "benchmarks" / "window_app.py"), "bare"],
    }
    painted: dict[str, list[float]] = {name: [] for name in commands}
    environment = stage.environment()
    for _ in range(21):
        for name, command in commands.items():
            began = time.perf_counter()
            with _opened(command, environment) as process:
                painted[name].append(_painted(stage) - began)
                _close(stage, process)
    ready = []
    with stage.rig.listen(NEAR) as recording:
        ear = Ear(recording)
        for _ in range(7):
            heard_before, began = ear.now, time.perf_counter()
            with _opened(commands["ours"], environment) as process:
                _painted(stage)
                stage.screen.wait(stage.screen.has_focus)
                for key in ("h", "i", "Return"):
                    stage.screen.press(key)
                frame = recording.wait_for_sound(heard_before, 20)
                recording.wait_for_silence(0.5, frame)
                ready.append(ear.seconds_of(frame) - began)
                _close(stage, process)
    ours, bare = (statistics.median(painted[name]) for name in ("ours", "bare"))
    pairs = [one / other for one, other in zip(painted["ours"], painted["bare"], strict=True)]
    return [
        Row("installed `fishcaption` → window painted ÷ bare, of the medians of 21", ours / bare, 1.3, ""),
        Row("the same, median of the pairs", statistics.median(pairs), None, ""),
        Row("the same, of the quickest", min(painted["ours"]) / min(painted["bare"]), None, ""),
        Row("the same, ours, median", ours * 1e3, None, "ms"),
        Row("the same, bare, median", bare * 1e3, None, "ms"),
        Row(
            "installed `fishcaption` → first sound of “hi” typed at once, median of 7",
            milliseconds(ready),
            2000,
            "ms",
        ),
    ]


def _install(folder: Path) -> Path:
    """The program as pip installs it, beside the libraries that are here."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    (packages / "libraries.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", "install", *options, str(ROOT)], check=True)
    return folder / "bin" / "fishcaption"


@contextmanager
def _opened(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is to be closed; it is killed where something fails before."""
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def _painted(stage: Stage) -> float:
    """Wait until a window covers the middle of the empty screen; when that was."""
    return stage.screen.wait(lambda: bool(stage.screen.line(640, 300, 1)[0]))


def _close(stage: Stage, process: subprocess.Popen[bytes]) -> None:
    stage.screen.wait(stage.screen.has_focus)
    stage.screen.press("Alt_L", "F4")
    process.wait(20)
    stage.screen.wait(lambda: not stage.screen.line(640, 300, 1)[0])


# --- the word at the ear ---------------------------------------------------------------------------------


def lit(stage: Stage) -> Rows:
    """From a word at the monitor to the same word in the colour of the lit one on the screen."""
    exact: list[float] = []
    missed = 0
    with service("--first", "0.1", "--frame", "0.464", "--pace", "7.7", "--speed", "15") as server:
        environment = stage.environment(device=FAR, fish=server.url, **TEXT_ALONE)
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            for text in PROSE:
                since, seen = ear.now, _spoken(stage, window, text)
                heard = marked(ear, since, text)
                missed += sum(index not in seen for index in heard)
                exact += [seen[index] - heard[index] for index in heard if index in seen]
    estimated, lost = _estimated(stage)
    late, guessed = [abs(seconds) for seconds in exact], [abs(seconds) for seconds in estimated]
    return [
        Row(f"word heard → word lit, exact times, median of {len(late)}", milliseconds(late), 8, "ms"),
        Row("the same, 95 %", percentile(late, 0.95) * 1e3, 18, "ms"),
        Row("the same, signed median: positive is late", milliseconds(exact), None, "ms"),
        Row("words never lit", missed + lost, 0, ""),
        Row(
            f"word heard → word lit, estimated times, median of {len(guessed)}",
            milliseconds(guessed),
            150,
            "ms",
        ),
        Row("the same, 95 %", percentile(guessed, 0.95) * 1e3, None, "ms"),
        Row("the same, signed median", milliseconds(estimated), None, "ms"),
    ]


def _estimated(stage: Stage) -> tuple[list[float], int]:
    """The same for a voice that speaks as people do and tells no times, the first of its utterances, too."""
    folder = stage.folder()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hidden_times", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        environment = stage.environment(device=FAR, fish=url, **TEXT_ALONE)
        spoken = []
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            for text in PROSE:
                since, seen = ear.now, _spoken(stage, window, text)
                spoken.append((since, ear.samples(since), seen))
            output, _ = process.communicate(timeout=30)
            sessions = [json.loads(line) for line in output.splitlines()]
            made = _samples((folder / "voice.s16").read_bytes())
            late: list[float] = []
            lost = 0
            for text, (since, samples, seen) in zip(PROSE, spoken, strict=True):
                left = sum(session["frames"] for session in sessions)
                moments = _placed(text, samples, sessions, made[-left:])
                heard = {index: ear.seconds_of(since + frame) for index, frame in moments.items()}
                lost += sum(index not in seen for index in heard)
                late += [seen[index] - heard[index] for index in heard if index in seen]
    finally:
        process.kill()
        process.communicate()
    return late, lost


def _spoken(stage: Stage, window: App, text: str) -> dict[int, float]:
    """Have it spoken, look at the screen until its end; when each word was first seen lit."""
    window.order("speak", text=text)
    window.wait(lambda state: state["state"] == "connecting" or state["state"] == "speaking")
    boxes = np.array(window.order("words"))
    lines = np.unique(boxes[:, 4]).tolist()
    seen: dict[int, float] = {}
    quiet_since = time.perf_counter()
    while time.perf_counter() - quiet_since < 2.0:
        for top in lines:
            # above the letters, where the ground of the lit word is whole
            columns = np.flatnonzero(stage.screen.line(0, top + 2, 1280) == LIT)
            if len(columns):
                quiet_since = now = time.perf_counter()
                middle = (columns[0] + columns[-1]) / 2
                found = np.flatnonzero(
                    (boxes[:, 4] == top) & (boxes[:, 2] <= middle) & (middle <= boxes[:, 3])
                )
                for index in found.tolist():
                    seen.setdefault(index, now)
        pause(0.002)
    window.wait(lambda state: state["state"] == "idle")
    return seen


def marked(ear: Ear, since: int, text: str) -> dict[int, float]:
    """When each word was heard of a voice whose samples are the numbers of its characters."""
    heard = ear.samples(since)
    first = int(np.flatnonzero(heard)[0])
    width = FAR_RATE // 15
    numbers = values(heard[first : first + width * len(text)])
    if not (numbers[::width][: len(text)] == [ord(sign) for sign in text]).all():
        raise AssertionError("what was heard is not what the voice made")
    return {
        index: ear.seconds_of(since + first + span.start * width) for index, span in enumerate(words(text))
    }


def _placed(text: str, heard: Samples, sessions: list[dict[str, Any]], made: Samples) -> dict[int, int]:
    """The frame of each word of an utterance; takes its sessions off the list, whose audio `made` is."""
    spoken: list[tuple[str, int]] = []
    frames, said = 0, ""
    while said.strip() != text.strip():
        session = sessions.pop(0)
        spoken += [(word, frames + first) for word, first, _ in session["words"]]
        frames += session["frames"]
        said += session["text"]
    placed = place(made[:frames], heard)
    if not placed.is_exact:
        raise AssertionError(f"what was heard is not what the voice made: {placed}")
    if [word.lower() for word, _ in spoken] != [text[span.start : span.end].lower() for span in words(text)]:
        raise AssertionError(f"other words than in the text: {spoken}")
    return {index: placed.begins + frame for index, (_, frame) in enumerate(spoken)}


def _samples(pcm: bytes) -> Samples:
    return (np.frombuffer(pcm, "<i2") / np.float32(32768)).astype(np.float32)


# --- a key -----------------------------------------------------------------------------------------------

KEYS = 250


def keys(stage: Stage) -> Rows:
    """From a key to the painted letter, while another text is spoken."""
    lines = MEGABYTE.replace("minds. ", "minds.\n")
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(3):
        for name, text, spoken in (
            ("empty editor", "", SENTENCE * 40),
            ("1 MB in lines, at its end", lines, SENTENCE * 40),
            ("1 MB in lines, in its middle", lines, SENTENCE * 40),
            ("1 MB in one paragraph, at its end", MEGABYTE, SENTENCE * 40),
            ("1 MB in one paragraph, in its middle", MEGABYTE, SENTENCE * 40),
            ("empty editor, an utterance of 1 MB being spoken", "", MEGABYTE),
        ):
            found.setdefault(name, []).extend(_typed(stage, text, spoken, is_middle="middle" in name))
    rows = []
    for name, readings in found.items():
        own, clock = [one for one, _ in readings], [other for _, other in readings]
        rows += [
            Row(f"key → painted, 99 %, while speaking: {name}", percentile(own, 0.99) * 1e3, 16, "ms"),
            Row("the same, median", milliseconds(own), None, "ms"),
            Row(
                "the same, 99 %, with the time without a processor", percentile(clock, 0.99) * 1e3, None, "ms"
            ),
        ]
    return rows


def _typed(stage: Stage, text: str, spoken: str, *, is_middle: bool) -> list[tuple[float, float]]:
    """For each key the seconds until it was painted: less those without a processor, and all."""
    with app(stage, stage.environment()) as window:
        if text:
            window.order("clipboard", text=text)
            stage.screen.press("Control_L", "v")
            window.wait(lambda state: state["editor"] == len(text))
        if is_middle:
            window.order("middle")
        window.order("speak", text=spoken)
        window.wait(lambda state: state["state"] == "speaking")
        pause(1.0)
        window.order("keys")
        watched = (window.process.pid, stage.server)
        pressed = []
        for number in range(KEYS):
            before = starved(*watched)
            pressed.append(
                (stage.screen.press("space" if number % 6 == 5 else "abcdefgh"[number % 8]), before)
            )
            pause(0.035 + 0.001 * (number % 17))
        pause(0.5)
        painted = window.order("keys")
        if len(painted) != len(pressed):
            raise AssertionError(f"{len(painted)} keys of {len(pressed)} were painted")
        window.order("stop")
    return [
        (then - when - longest(before, after), then - when)
        for (when, before), (then, after) in zip(pressed, painted, strict=True)
    ]


# --- a paste ---------------------------------------------------------------------------------------------


def paste(stage: Stage) -> Rows:
    """1 MB is pasted and spoken: how long the window stood still, when it sounds, what can be taken back."""
    texts = {"1 kB": MEGABYTE[:1000], "1 MB": MEGABYTE}
    firsts: dict[str, list[float]] = {size: [] for size in texts}
    stalls: list[tuple[float, float]] = []
    foreign: list[float] = []
    kept, given = 0, 0
    with stage.rig.listen(NEAR) as recording, app(stage, stage.environment()) as window:
        ear = Ear(recording)
        window.settle()
        for _ in range(7):
            for size, text in texts.items():
                window.order("clipboard", text=text)
                window.order("beat", on=True)
                stage.screen.press("Control_L", "v")
                window.wait(lambda state, text=text: state["editor"] == len(text))  # type: ignore[misc]  # a loop's
                since = ear.now
                began = stage.screen.press("Return")
                frame = recording.wait_for_sound(since, 20)
                pause(1.0)
                stalls += [window.order("beat", on=False)] if size == "1 MB" else []
                window.order("stop")
                state = window.wait(lambda state: state["state"] == "idle")
                recording.wait_for_silence(0.5, frame)
                firsts[size].append(ear.seconds_of(frame) - began)
                kept = max(kept, len(text) - state["editor"] if size == "1 MB" else 0, state["is_reading"])
                given = max(given, state["sent_end"])
                window.order("clear")
        for _ in range(3):
            with _owner_of_clipboard(stage, MEGABYTE):
                window.order("beat", on=True)
                stage.screen.press("Control_L", "v")
                window.wait(lambda state: state["editor"] == len(MEGABYTE))
                foreign.append(window.order("beat", on=False)[1])
                window.order("clear")
    one, other = (milliseconds(firsts[size]) for size in texts)
    return [
        Row(
            "paste of 1 MB, Enter, first sound: longest stall of the window, median of 7",
            milliseconds([stall for stall, _ in stalls]),
            50,
            "ms",
        ),
        Row("the same, worst", max(stall for stall, _ in stalls) * 1e3, None, "ms"),
        Row("the same, CPU in the longest, median", milliseconds([cpu for _, cpu in stalls]), None, "ms"),
        Row("the same, pasted from another program, median of 3", milliseconds(foreign), None, "ms"),
        Row("paste of 1 MB: Enter → first sound ÷ that of 1 kB", other / one, 1.2, ""),
        Row("the same, 1 kB, median", one, None, "ms"),
        Row("the same, 1 MB, median", other, None, "ms"),
        Row("characters that are not the draft again after Stop", kept, 0, ""),
        Row("characters given to the voice 1 s after the first sound, at most", given, None, ""),
    ]


@contextmanager
def _owner_of_clipboard(stage: Stage, text: str) -> Iterator[None]:
    with subprocess.Popen(
        ["xclip", "-selection", "clipboard", "-quiet"],
        env=stage.desktop.environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as owner:
        assert owner.stdin is not None
        owner.stdin.write(text.encode())
        owner.stdin.close()
        pause(0.5)
        try:
            yield
        finally:
            owner.terminate()


# --- tokens ----------------------------------------------------------------------------------------------


def pipe(stage: Stage) -> Rows:
    """A language model's tokens, spoken and shown as they come."""
    with service("--first", "0.1", "--frame", "0.464", "--pace", "7.7", "--speed", "150") as server:
        environment = stage.environment(device=FAR, fish=server.url)
        with app(stage, environment) as window:
            window.settle()
            before = window.process.memory_info().rss
            told = window.order("pipe", token="token", count=10_000, a_second=200, window=200)
            grown = window.process.memory_info().rss - before
            window.order("stop")
    cpu: list[float] = told["cpu"]
    shown, text = told["shown"]
    return [
        Row(
            "10,000 tokens at 200/s: CPU of the window's loop, last 200 ÷ first 200", cpu[-1] / cpu[0], 2, ""
        ),
        Row("the same, last 1,000 ÷ second 1,000", sum(cpu[-5:]) / sum(cpu[5:10]), None, ""),
        Row("the same, of one core", sum(cpu) / (10_000 / 200) * 100, None, "%"),
        Row("characters of the text that are not shown", text - shown, 0, ""),
        Row("growth of the process, with the audio it keeps", grown / 1e6, None, "MB"),
    ]


# --- idle, speaking --------------------------------------------------------------------------------------


def idle(stage: Stage) -> Rows:
    """Connected and silent, the stream closed, the window in front."""
    with app(stage, stage.environment()) as window:
        window.wait(lambda state: bool(state["is_open"]))
        window.order("speak", text="Hi.")
        window.wait(lambda state: state["fate"] == "heard")
        window.wait(lambda state: not state["is_open"], 90)
        pause(5)
        every = [window.process, *window.process.children(recursive=True)]
        before = [_spent(process) for process in every]
        pause(30)
        spent = [
            [(after - sooner) / 30 for sooner, after in zip(first, _spent(process), strict=True)]
            for first, process in zip(before, every, strict=True)
        ]
    own, total = spent[0], [sum(column) for column in zip(*spent, strict=True)]
    return [
        Row("connected and silent, stream closed: app process, CPU", own[0] * 100, 0.5, "%"),
        Row("the same, wake-ups", own[1], 10, "/s"),
        Row(f"connected and silent, stream closed: all {len(every)} processes, CPU", total[0] * 100, 1, "%"),
        Row("the same, wake-ups", total[1], 30, "/s"),
    ]


def _spent(process: psutil.Process) -> list[float]:
    """CPU seconds and wake-ups of a process until now."""
    times = process.cpu_times()
    return [times.user + times.system, wakeups(process.pid)]


def speaking(stage: Stage) -> Rows:
    """Memory and CPU while the embedded voice speaks, beside a bare window."""
    memory = {"bare": 0.0, "ours": 0.0}
    with app(stage, stage.environment(), "bare") as window:
        pause(2)
        memory["bare"] = window.process.memory_info().rss
    with app(stage, stage.environment()) as window:
        window.settle()
        window.order("speak", text=SENTENCE * 30)
        window.wait(lambda state: state["state"] == "speaking")
        every = {
            _name(process): process for process in (window.process, *window.process.children(recursive=True))
        }
        pause(5)
        before = {name: _spent(process)[0] for name, process in every.items()}
        for _ in range(12):
            pause(5)
            memory["ours"] = max(memory["ours"], window.process.memory_info().rss)
        cpu = {name: _spent(process)[0] - before[name] for name, process in every.items()}
        sizes = {name: process.memory_info().rss for name, process in every.items()}
        assert window.order("state")["state"] == "speaking"
        window.order("stop")
    return [
        Row("memory of the app process while speaking ÷ bare", memory["ours"] / memory["bare"], 1.6, ""),
        Row("the same, ours", memory["ours"] / 1e6, None, "MB"),
        Row("the same, bare", memory["bare"] / 1e6, None, "MB"),
        Row("CPU a minute of speech, embedded voice, all processes", sum(cpu.values()), None, "s"),
        *(
            Row(f"the same: {name}", seconds, 1.5 if name == "app" else None, "s")
            for name, seconds in cpu.items()
        ),
        *(Row(f"memory: {name}", size / 1e6, None, "MB") for name, size in sizes.items()),
    ]


def _name(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    names = {"fishcaption.audio": "sound engine", "fishcaption.server": "embedded voice", "window_app": "app"}
    return next((name for part, name in names.items() if part in line), f"process {process.pid}")


# --- gaps ------------------------------------------------------------------------------------------------


def gaps(stage: Stage) -> Rows:
    """60 s of speech while 100,000 words are pasted again and again, and keys are typed."""
    text = (SENTENCE * 20)[:900]
    document = "word " * 100_000
    with service("--first", "0.1", "--frame", "0.464", "--pace", "7.7", "--speed", "15") as server:
        environment = stage.environment(device=FAR, fish=server.url)
        with stage.rig.listen(FAR) as recording, app(stage, environment) as window:
            ear = Ear(recording)
            window.settle()
            window.order("clipboard", text=document)
            since = ear.now
            window.order("speak", text=text)
            frame = recording.wait_for_sound(since, 20)
            pastes = 0
            while ear.now < frame + 58 * FAR_RATE:
                stage.screen.press("Control_L", "v")
                pastes += 1
                for _ in range(20):
                    stage.screen.press("a")
                    pause(0.05)
                if pastes % 4 == 0:
                    window.order("clear")
            recording.wait_for_silence(1.0, frame, 90)
            placed = place(_samples(voice(text, FAR_RATE // 15)), ear.samples(since))
    return [
        Row(
            f"60 s of speech, {pastes} pastes of 100,000 words, keys: frames heard beyond the voice's",
            placed.inserted,
            0,
            "",
        ),
        Row("the same: frames of the voice that were lost or altered", placed.altered, 0, ""),
    ]


ROWS: dict[str, Callable[[Stage], Rows]] = {
    function.__name__: function for function in (start, lit, keys, paste, pipe, idle, speaking, gaps)
}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    names = named(parser, ROWS).rows
    rows: Rows = []
    with set_up() as stage:
        for name in names or ROWS:
            with measuring(name, rows):
                rows += ROWS[name](stage)
    return report("window", "The window", rows, is_kept=not names)


if __name__ == "__main__":
    sys.exit(main())
