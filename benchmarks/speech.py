"""From text to the ear: what is heard, and when, read off a private sound server's monitor.

    python -m benchmarks.speech [ROW...] [--quick]

Real processes, real sockets, real devices made of software. The live service is `tests.live_server`, whose
voice can be read back from the samples. "Device latency" is the median from a write to the monitor on a bare
stream of the latency and blocksize that ours asks for; "lean" is `benchmarks.speech_peers`. All rows: about
twelve minutes; they are kept in results/speech.md only if all of them were run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import psutil

from benchmarks.ear import Ear, across, jumps, onsets, place, said, values
from benchmarks.table import Row, measuring, named, report
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.player import SoundPlayer
from fishcaption.audio.recording import Recorder
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import EMBEDDED, FISH, Voice
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.server.process import EmbeddedVoice
from fishcaption.speech.system import OwnedPlayer, SpeechSystem
from tests import desktop
from tests.live_server import voice
from tests.rig import Rig, Samples, Sink

ROOT = Path(__file__).parent.parent
NEAR = "Near"  # the device at the embedded voice's rate
FAR = ("Far1", "Far2", "Far3", "Far4")  # devices at the service's rate
SETTLE_SECONDS = 3.0  # a null sink that has just been opened takes so long to be punctual
REACTION = 0.030
RAMP_SECONDS = 0.005
MARKS = 0x4E00  # characters whose samples tell which utterance they are of

TWELVE_WORDS = (
    "Please tell them that I will be ready in about five minutes.",
    "We could take the early train and have breakfast by the sea.",
    "My sister says the new garden needs more water than the old.",
    "Could you open the window a little, it is warm in here.",
    "The book that you gave me last week is on the table.",
)

Rows = list[Row]


class Stage:
    """What the rows stand on."""

    def __init__(self, rig: Rig, folder: Path, *, is_quick: bool) -> None:
        self.rig = rig
        self.folder = folder
        self.is_quick = is_quick
        self.chance = random.Random(11)
        self._latencies: dict[str, list[float]] = {}

    def some(self, count: int) -> int:
        """How many readings to take in this run of what a whole run takes so many of."""
        return max(2, count // 4) if self.is_quick else count

    @contextmanager
    def ear(self, device: str) -> Iterator[Ear]:
        """What a device is given from now on."""
        with self.rig.listen(device) as recording:
            yield Ear(recording)

    async def latencies(self, device: str) -> list[float]:
        """From write to monitor on a bare stream, in seconds; measured once."""
        if device not in self._latencies:
            rate = EMBEDDED.rate if device == NEAR else FISH.rate
            count = self.some(40)
            with self.ear(device) as ear:
                async with peer("bursts", device, str(rate), str(count)) as process:
                    written = [float(line) for line in (await process.communicate())[0].splitlines()]
                await ear.listen(0.5)
                heard = [ear.seconds_of(frame) for frame in onsets(ear.samples(), rate // 10)]
            self._latencies[device] = [then - when for when, then in zip(written, heard, strict=True)]
        return self._latencies[device]

    async def latency(self, device: str) -> float:
        """Their median."""
        return statistics.median(await self.latencies(device))


@asynccontextmanager
async def peer(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of `benchmarks.speech_peers`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.speech_peers", *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Service:
    """The live service's process. `log` ends it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    async def log(self) -> list[dict[str, Any]]:
        """Its connections, in their order: what they were told, and what they sent."""
        output, _ = await self._process.communicate(b"")
        return [json.loads(line) for line in output.splitlines()]


@asynccontextmanager
async def service(*faults: dict[str, Any] | None, **manner: Any) -> AsyncIterator[Service]:
    """A live service, which is Fish Audio's for all houses that are built meanwhile."""
    async with peer("service", json.dumps(manner), json.dumps(faults)) as process:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        os.environ["FISHCAPTION_FISH_URL"] = url
        yield Service(process, url)


@asynccontextmanager
async def embedded(player: OwnedPlayer | None = None) -> AsyncIterator[SpeechSystem]:
    """A house that speaks with the embedded voice, its stream open and settled."""
    speech = SpeechSystem(player or SoundPlayer(DeviceChoice(NEAR)))
    speech.choose(speech.find_voice(""), DEFAULT_MODEL)
    async with speech:
        speech.warm()
        await speech.reader.ended(speech.reader.speak("Ready."))
        await asyncio.sleep(SETTLE_SECONDS)
        yield speech


@asynccontextmanager
async def live(device: str = FAR[0]) -> AsyncIterator[SpeechSystem]:
    """A house that speaks with the live service, its stream open and settled, its socket ready."""
    speech = SpeechSystem(SoundPlayer(DeviceChoice(device), rate=FISH.rate), key="a-key")
    speech.choose(Voice("fish", "a-voice", "a voice"), DEFAULT_MODEL)
    async with speech:
        speech.warm()
        await asyncio.sleep(SETTLE_SECONDS)
        yield speech


def median_ms(readings: Sequence[float]) -> float:
    """The median of seconds, in milliseconds."""
    return statistics.median(readings) * 1e3


def percentile(readings: Sequence[float], share: float) -> float:
    """The reading that this share of the others does not exceed."""
    return sorted(readings)[min(len(readings) - 1, int(len(readings) * share))]


# --- the yardstick ---------------------------------------------------------------------------------------


async def device(stage: Stage) -> Rows:
    """A bare stream: from the write of a burst to the monitor."""
    rows = []
    for name, rate in ((NEAR, EMBEDDED.rate), (FAR[0], FISH.rate)):
        found = await stage.latencies(name)
        rows.append(
            Row(f"device latency: write → monitor, bare stream, {rate} Hz", median_ms(found), None, "ms")
        )
        rows.append(Row("the same, 95 %", percentile(found, 0.95) * 1e3, None, "ms"))
    return rows


# --- Enter -----------------------------------------------------------------------------------------------


async def enter(stage: Stage) -> Rows:
    """From Speak to the first sample, embedded voice, twelve words."""
    limit = 0.1 + await stage.latency(NEAR)
    with stage.ear(NEAR) as ear:
        async with embedded() as speech:
            opened = [await _first_sound(stage, speech, ear) for _ in range(stage.some(20))]
        changed = asyncio.Event()
        player = SoundPlayer(DeviceChoice(NEAR), linger_seconds=1.0, on_change=changed.set)
        async with embedded(player) as speech:
            closed = []
            for _ in range(stage.some(8)):
                while player.state().open:
                    changed.clear()
                    await changed.wait()
                closed.append(await _first_sound(stage, speech, ear))
    return [
        Row("Enter → first sample, 12 words, stream open, median", median_ms(opened), limit * 1e3, "ms"),
        Row("the same, worst", max(opened) * 1e3, None, "ms"),
        Row("Enter → first sample, 12 words, stream closed, median", median_ms(closed), None, "ms"),
        Row("the same, worst", max(closed) * 1e3, None, "ms"),
    ]


async def _first_sound(stage: Stage, speech: SpeechSystem, ear: Ear) -> float:
    await asyncio.sleep(0.2 + 0.1 * stage.chance.random())
    start, began = ear.now, perf_counter()
    speech.reader.speak(stage.chance.choice(TWELVE_WORDS))
    frame = await ear.sound(start)
    speech.reader.stop()
    await ear.silence(frame)
    await ear.listen(0.5)
    return ear.seconds_of(frame) - began


# --- Stop ------------------------------------------------------------------------------------------------


async def stop(stage: Stage) -> Rows:
    """From Stop to the last old sample, in every state, and at moments of chance."""
    limit = await stage.latency(FAR[0]) + REACTION
    rows = []
    calls: list[float] = []
    for name, faults, manner, until in _STATES:
        async with service(*faults, **manner), live() as speech:
            with stage.ear(FAR[0]) as ear:
                late = [await _stopped(stage, speech, ear, until, calls) for _ in range(stage.some(8))]
        rows.append(
            Row(f"Stop → last old sample, {name}, worst of {len(late)}", max(late) * 1e3, limit * 1e3, "ms")
        )
    count = 100 if stage.is_quick else 1000
    lags = await _stopped_at_random(stage, count, calls)
    return [
        *rows,
        Row(
            f"stops with a late sample, of {count} at random moments", sum(lag > limit for lag in lags), 0, ""
        ),
        Row(f"Stop → last old sample, worst of these {count}", max(lags) * 1e3, limit * 1e3, "ms"),
        Row(
            "the same, median of those that cut a sound",
            median_ms([lag for lag in lags if lag > 0]),
            None,
            "ms",
        ),
        Row(f"the call of Stop, 99 % of {len(calls)}", percentile(calls, 0.99) * 1e3, 5, "ms"),
        Row("the same, worst", max(calls) * 1e3, None, "ms"),
    ]


async def _connecting(stage: Stage, speech: SpeechSystem, ear: Ear) -> None:
    # The spare socket is used up, and its successor is on its way.
    speech.reader.speak("One two three.")
    await asyncio.sleep(0.05)
    speech.reader.stop()
    speech.reader.speak("Four five six seven eight.")
    await asyncio.sleep(0.4 * stage.chance.random())


async def _before_sound(stage: Stage, speech: SpeechSystem, ear: Ear) -> None:
    speech.reader.speak("One two three four five six.")
    await asyncio.sleep(0.1 + 0.4 * stage.chance.random())


async def _speaking(stage: Stage, speech: SpeechSystem, ear: Ear) -> None:
    start = ear.now
    speech.reader.speak("One two three four five six. " * 4)
    await ear.sound(start)
    await asyncio.sleep(0.3 + 0.5 * stage.chance.random())


async def _paused(stage: Stage, speech: SpeechSystem, ear: Ear) -> None:
    await _speaking(stage, speech, ear)
    speech.reader.pause()
    await asyncio.sleep(0.4)


async def _hung_dry(stage: Stage, speech: SpeechSystem, ear: Ear) -> None:
    start = ear.now
    speech.reader.speak("One two three four five six. " * 4)
    await ear.silence(await ear.sound(start))


_State = Callable[[Stage, SpeechSystem, Ear], Awaitable[None]]
_PACED = {"first_seconds": 0.05, "frame_seconds": 0.1, "pace": 4.0}
_STATES: list[tuple[str, list[dict[str, Any] | None], dict[str, Any], _State]] = [
    ("connecting", [], {**_PACED, "handshake_seconds": 0.6}, _connecting),
    ("before the first sound", [], {**_PACED, "first_seconds": 0.7}, _before_sound),
    ("speaking", [], _PACED, _speaking),
    ("paused", [], _PACED, _paused),
    ("hung network, still sounding", [{"what": "deaf", "after": 10}] * 60, _PACED, _speaking),
    ("hung network, silent", [{"what": "silence", "after": 6}] * 60, _PACED, _hung_dry),
]


async def _stopped(stage: Stage, speech: SpeechSystem, ear: Ear, until: _State, calls: list[float]) -> float:
    """How long after Stop the last sample was heard, in seconds; 0 where there was none."""
    await until(stage, speech, ear)
    start, began = ear.now, perf_counter()
    speech.reader.stop()
    calls.append(perf_counter() - began)
    await ear.listen(1.5)
    # What the monitor has not handed on when Stop is pressed sounded before it.
    loud = np.flatnonzero(ear.samples(start))
    return max(0.0, ear.seconds_of(start + int(loud[-1])) - began) if len(loud) else 0.0


async def _stopped_at_random(stage: Stage, count: int, calls: list[float]) -> list[float]:
    """The same for stops at moments of chance, the next utterance following at once or soon.

    Every utterance has samples of its own, which are looked for in all that is heard until the end.
    """
    lags: list[float] = []
    batch = 50
    async with service(first_seconds=0.03, frame_seconds=0.1, pace=8.0), live() as speech:
        for first in range(0, count, batch):
            stopped: list[tuple[int, float]] = []
            with stage.ear(FAR[0]) as ear:
                for mark in range(MARKS + first, MARKS + min(first + batch, count)):
                    speech.reader.speak(chr(mark) * 40)
                    await asyncio.sleep(0.4 * stage.chance.random())
                    began = perf_counter()
                    speech.reader.stop()
                    calls.append(perf_counter() - began)
                    stopped.append((mark, began))
                    await asyncio.sleep(max(0.0, 0.1 * stage.chance.random() - 0.04))
                await ear.listen(1.0)
                heard = ear.samples()
                made_of = values(heard)
                for mark, began in stopped:
                    marked = np.flatnonzero(made_of == mark)
                    lags.append(_end_of(heard, int(marked[-1]), ear) - began if len(marked) else 0.0)
            print(f"  {len(lags)} stops, worst {max(lags) * 1e3:.0f} ms", file=sys.stderr)
    return lags


def _end_of(heard: Samples, frame: int, ear: Ear) -> float:
    """When the ramp had ended that follows a last unaltered sample."""
    ramp = heard[frame : frame + round(RAMP_SECONDS * ear.rate) + 1]
    silent = np.flatnonzero(ramp == 0)
    return ear.seconds_of(frame + (int(silent[0]) if len(silent) else len(ramp)))


# --- Pause -----------------------------------------------------------------------------------------------


async def pause(stage: Stage) -> Rows:
    """From Pause to silence and from Resume to sound; what is lost, and whether it clicks."""
    limit = (await stage.latency(NEAR) + REACTION) * 1e3
    silent, again, steps = [], [], []
    lost = 0
    wav = stage.folder / "pause.wav"
    async with SoundPlayer(DeviceChoice(NEAR)) as inner, embedded(Recorder(wav, inner)) as speech:
        with stage.ear(NEAR) as ear:
            for _ in range(stage.some(8)):
                before, start = len(_samples(wav)), ear.now
                number = speech.reader.speak(" ".join(TWELVE_WORDS[:2]))
                await ear.sound(start)
                await asyncio.sleep(0.5 + 2 * stage.chance.random())
                paused = perf_counter()
                speech.reader.pause()
                await asyncio.sleep(0.7)
                resumed_from, resumed = ear.now, perf_counter()
                speech.reader.resume()
                await speech.reader.ended(number)
                await ear.listen(0.6)
                made, heard = _samples(wav)[before:], ear.samples(start)
                again_at = await ear.sound(resumed_from + ear.rate // 20) - start
                last = int(np.flatnonzero(heard[:again_at])[-1])
                silent.append(ear.seconds_of(start + last) - paused)
                again.append(ear.seconds_of(start + again_at) - resumed)
                ramp = round(RAMP_SECONDS * ear.rate)
                begin, end = across(made, heard, last, again_at, 2 * ramp)
                lost += max(0, end - begin - 2 * ramp)
                near = 10 * ramp
                around = np.concatenate(
                    (heard[last - near : last + 2], heard[again_at - 1 : again_at + near])
                )
                own = made[max(0, begin - near) : end + near]
                steps.append(np.abs(np.diff(around)).max() / np.abs(np.diff(own)).max())
    return [
        Row("Pause → silent, Reader, embedded voice, worst", max(silent) * 1e3, limit, "ms"),
        Row("Resume → sound, worst", max(again) * 1e3, limit, "ms"),
        Row(f"frames lost in {len(silent)} pauses", lost, 0, ""),
        Row("largest step at a pause ÷ the signal's own", max(steps), 1.1, ""),
    ]


def _samples(wav: Path) -> Samples:
    """What a WAV file that is being written holds so far."""
    data = wav.read_bytes()[44:]
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


# --- the first frame -------------------------------------------------------------------------------------


async def first(stage: Stage) -> Rows:
    """From the service's first frame of audio to sound: ours and lean in turns, on the same device."""
    count = stage.some(20)
    readings: dict[str, list[float]] = {"ours": [], "lean": []}
    where = FAR[0]
    manner = {"first_seconds": 0.15, "frame_seconds": 0.464, "pace": 7.7, "characters_a_second": 40.0}
    async with service(**manner) as served:
        heard: list[tuple[str, int]] = []
        with stage.ear(where) as ear:
            async with peer("lean", served.url, where, str(FISH.rate)) as lean, live() as speech:
                assert lean.stdout is not None
                assert lean.stdin is not None
                await lean.stdout.readline()
                for turn in range(2 * count):
                    await asyncio.sleep(0.02 * stage.chance.random())
                    start = ear.now
                    if turn % 2:
                        speech.reader.speak("These are thirty characters...")
                    else:
                        lean.stdin.write(b'[[0, "These are thirty characters..."]]\n')
                    frame = await ear.sound(start)
                    heard.append(("ours" if turn % 2 else "lean", frame))
                    await ear.silence(frame, 0.3)
            await ear.listen(0.5)
            times = [(name, ear.seconds_of(frame)) for name, frame in heard]
        sent = _first_frames(await served.log())
    for name, moment in times:
        readings[name].append(moment - max(when for when in sent if when < moment))
    ours, lean_ms = median_ms(readings["ours"]), median_ms(readings["lean"])
    return [
        Row("first audio frame sent by a server → sound, ours, median", ours, lean_ms + 10, "ms"),
        Row("the same, lean", lean_ms, None, "ms"),
        Row("the same, 95 %, ours", percentile(readings["ours"], 0.95) * 1e3, None, "ms"),
        Row("the same, 95 %, lean", percentile(readings["lean"], 0.95) * 1e3, None, "ms"),
    ]


def _first_frames(log: list[dict[str, Any]]) -> list[float]:
    """When each session's first frame of audio was sent."""
    found = []
    for talk in log:
        for when, event, _ in talk["events"]:
            if event == "start":
                found += [min((sent for sent, _ in talk["sent"] if sent > when), default=float("inf"))]
    return found


# --- typing ----------------------------------------------------------------------------------------------

TYPED = (
    "I wanted to ask you if we could go to the market today because there is no bread left and no fruit",
    "We walked along the river for two hours, and when we came back the soup was cold, but who cares.",
    "My name is Anna. I use this to speak. Please give me a moment to write, my hands are slow, I am not.",
)


def keys(text: str, chance: random.Random) -> list[tuple[float, str]]:
    """Who types 60 words a minute: five keys a second, no two gaps alike; (second, character) of each key."""
    at, found = 0.0, []
    for character in text:
        found.append((at, character))
        at += 0.2 * chance.lognormvariate(-0.06, 0.35)
    return found


async def typing(stage: Stage) -> Rows:
    """As I type at 60 words a minute; the service takes 300 ms to its first audio. All at the same time."""
    texts = TYPED[:1] if stage.is_quick else TYPED
    typed = [keys(text, random.Random(number)) for number, text in enumerate(texts)]
    async with service(first_seconds=0.3, frame_seconds=0.464, pace=7.7) as served, AsyncExitStack() as stack:
        lean_ear, *ears = [stack.enter_context(stage.ear(name)) for name in (FAR[-1], *FAR[: len(texts)])]
        lean = await stack.enter_async_context(peer("lean", served.url, FAR[-1], str(FISH.rate)))
        houses = [await stack.enter_async_context(live(name)) for name in FAR[: len(texts)]]
        assert lean.stdin is not None
        assert lean.stdout is not None
        await lean.stdout.readline()
        async with asyncio.TaskGroup() as tasks:
            typists = [
                tasks.create_task(_typed(speech, ear, hits))
                for speech, ear, hits in zip(houses, ears, typed, strict=True)
            ]
            start = lean_ear.now
            lean.stdin.write(json.dumps(typed[0]).encode() + b"\n")
            lean_began = float(await lean.stdout.readline())
            lean_frame = await lean_ear.sound(start, 60)
        await lean_ear.listen(0.5)
        lean_first = lean_ear.seconds_of(lean_frame) - lean_began
        log = await served.log()
    pieces = [
        sum(event == "flush" for _, event, _ in _told_of(log, text)) / len(text.split()) for text in texts
    ]
    return [
        Row(
            "typed at 60 words a minute: first key → first sound", max(t.result() for t in typists), 1.5, "s"
        ),
        Row("the same: pieces ÷ words, worst text", max(pieces), 0.5, ""),
        Row("the same: first key → first sound, lean without a policy", lean_first, None, "s"),
    ]


async def _typed(speech: SpeechSystem, ear: Ear, hits: list[tuple[float, str]]) -> float:
    """Type; return the seconds from the first key to the first sound."""
    loop = asyncio.get_running_loop()
    number = speech.reader.begin_live(Kind.TYPED)
    start, began, begun = ear.now, perf_counter(), loop.time()
    text = ""
    for second, character in hits:
        await asyncio.sleep(begun + second - loop.time())
        text += character
        speech.reader.live_text(number, text)
    speech.reader.finish_live(number)
    await speech.reader.ended(number)
    await ear.listen(0.5)
    heard = ear.samples(start)
    if (spoken := said(heard, FISH.rate // 15)) != text:
        raise AssertionError(f"typed {text!r}, heard {spoken!r}")
    return ear.seconds_of(start + int(np.flatnonzero(heard)[0])) - began


def _told_of(log: list[dict[str, Any]], text: str) -> list[tuple[float, str, str]]:
    """The events of the connections over which our typist's text went, not lean's letters."""
    told: list[tuple[float, str, str]] = []
    for talk in log:
        texts = [part for _, event, part in talk["events"] if event == "text"]
        if texts and max(map(len, texts)) > 1 and all(part in text for part in texts):
            told += talk["events"]
    return told


# --- on Enter --------------------------------------------------------------------------------------------

WANTED = (
    "I would like a cup of tea, please.",
    "No, the other one.",
    "Can we go home soon? I am tired.",
)
SLIPS = ("Z", "QX", "ZZ", "XQZX")  # letters that stand in no text of ours
SLOW_SECONDS = 1.2  # a key: ten words a minute
KEY_NAMES = {" ": "space", ",": "comma", ".": "period", "?": "question"}


async def slips(stage: Stage) -> Rows:
    """The real window, on Enter: keys of which a fifth are backspaces. What was deleted must not be heard.

    Before Enter nothing waits for time in this mode, so only one text is typed as slowly as such hands are;
    the others are typed thirty times as fast.
    """
    if reason := desktop.missing():
        raise SystemExit(reason)
    folder = stage.folder / "window"
    settings = {
        "voice": {"provider": "fish", "id": "a-voice", "name": "a voice", "languages": []},
        "device": {"name": FAR[0], "host_api": ""},
        "phrases_ahead": False,  # nothing is sent but what is typed
    }
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(settings))
    own = {"FISHCAPTION_CONFIG_DIR": str(folder), "FISH_API_KEY": "a-key"}
    keys_hit = backspaces = 0
    async with service(first_seconds=0.2, frame_seconds=0.464, pace=7.7) as served:
        with desktop.Desktop(folder / "screen") as screen, stage.ear(FAR[0]) as ear:
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "fishcaption"), cwd=ROOT, env={**screen.environment, **own}
            )
            await asyncio.to_thread(screen.wait_for_window, "^fishcaption$")
            await asyncio.sleep(SETTLE_SECONDS)
            start = ear.now
            for number, text in enumerate(WANTED):
                names = _with_slips(text, stage.chance)
                keys_hit += len(names)
                backspaces += names.count("BackSpace")
                if number or stage.is_quick:
                    await asyncio.to_thread(screen.key, *names)
                else:
                    for name in names:
                        await asyncio.sleep(SLOW_SECONDS)
                        await asyncio.to_thread(screen.key, name)
                await asyncio.to_thread(screen.key, "Return")
                sounds = await ear.sound(ear.now)
                await ear.silence(sounds, 0.6)
            heard = said(ear.samples(start), FISH.rate // 15)
            await asyncio.to_thread(screen.key, "alt+F4")
            await program.wait()
        sent = "".join(part for talk in await served.log() for _, event, part in talk["events"])
    if {"".join(WANTED)} != {heard, sent}:
        raise AssertionError(f"sent {sent!r}, heard {heard!r}")
    deleted = sum(letter in "".join(SLIPS) for letter in heard + sent)
    return [
        Row("on Enter, in the window: letters of deleted words sent or heard", deleted, 0, ""),
        Row(f"the same: backspaces, of {keys_hit} keys", 100 * backspaces / keys_hit, None, "%"),
    ]


def _with_slips(text: str, chance: random.Random) -> list[str]:
    """X's names of the keys by which the text is written, with slips that are taken back."""
    names: list[str] = []
    while text:
        if chance.random() < 0.12:
            slip = chance.choice(SLIPS)
            names += [*slip, *["BackSpace"] * len(slip)]
        names.append(KEY_NAMES.get(text[0], text[0]))
        text = text[1:]
    return names


# --- a paste ---------------------------------------------------------------------------------------------


async def paste(stage: Stage) -> Rows:
    """1 MB beside 1 kB: the first sound, and how long the loop stood still."""
    megabyte = ("The quick brown fox jumps over the lazy dog, and nobody minds. " * 17_000)[:1_000_000]
    texts = {"1 kB": megabyte[:1000], "1 MB": megabyte}
    count = stage.some(8)
    stalls: list[float] = []
    rows = []
    async with service(first_seconds=0.1, frame_seconds=0.464, pace=7.7) as served:
        for name, where, house_of in (("embedded voice", NEAR, embedded), ("live service", FAR[0], live)):
            firsts: dict[str, list[float]] = {size: [] for size in texts}
            with stage.ear(where) as ear:
                async with house_of() as speech:
                    for _ in range(count):
                        for size, text in texts.items():
                            seconds, stall = await _pasted(speech, ear, text)
                            firsts[size].append(seconds)
                            if size == "1 MB":
                                stalls.append(stall)
            one, other = (median_ms(firsts[size]) for size in texts)
            rows += [
                Row(f"paste of 1 MB → first sound ÷ that of 1 kB, {name}", other / one, 1.2, ""),
                Row("the same, 1 kB, median", one, None, "ms"),
                Row("the same, 1 MB, median", other, None, "ms"),
            ]
        log = await served.log()
    asked = max(sum(len(text) for _, event, text in talk["events"] if event == "text") for talk in log)
    return [
        *rows,
        Row("paste of 1 MB: longest stall of the event loop, median", median_ms(stalls), 50, "ms"),
        Row("the same, worst", max(stalls) * 1e3, None, "ms"),
        Row("paste of 1 MB: most that was sent in 0.7 s, in characters", asked, None, ""),
    ]


async def _pasted(speech: SpeechSystem, ear: Ear, text: str) -> tuple[float, float]:
    """Seconds to the first sound, and the longest time for which the loop did nothing else."""
    longest = 0.0
    is_over = asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not is_over.is_set():
            before = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - before - 0.001)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        await asyncio.sleep(0.1)
        longest = 0.0
        start, began = ear.now, perf_counter()
        speech.reader.speak(text)
        frame = await ear.sound(start)
        await asyncio.sleep(0.5)
        is_over.set()
    speech.reader.stop()
    await ear.silence(frame)
    await ear.listen(0.5)
    return ear.seconds_of(frame) - began, longest


# --- a lost connection -----------------------------------------------------------------------------------


async def drop(stage: Stage) -> Rows:
    """60 sentences; the first connection is reset after so many frames of audio."""
    # Words that stand nowhere else: what is heard tells its place.
    sentences = [[_word(stage.chance) for _ in range(4)] for _ in range(60)]
    text = "".join(" ".join(words).capitalize() + ". " for words in sentences)
    never = 0
    twice = longest = 0
    late = 0.0
    moments = (1, 7, 40, 77, 101)
    for after in moments[:2] if stage.is_quick else moments:
        for is_piped in (False, True):
            manner = {"first_seconds": 0.02, "frame_seconds": 0.1, "pace": 20.0, "characters_a_second": 120.0}
            async with service({"what": "reset", "after": after}, **manner) as served:
                with stage.ear(FAR[0]) as ear:
                    async with live() as speech:
                        start = ear.now
                        await speech.reader.ended(await _give(speech, text, is_piped=is_piped))
                        await ear.listen(0.4)
                    heard = said(ear.samples(start), round(FISH.rate / 120))
                broken, *others = await served.log()
            found = jumps(text.rstrip(), heard.rstrip())
            never += sum(max(0, jump.went_on - jump.left) for jump in found)
            again = sum(
                end > jump.went_on and begin < jump.left for jump in found for begin, end in _pieces(broken)
            )
            twice = max(twice, again)
            longest = max(longest, *(jump.left - jump.went_on for jump in found), 0)
            starts = [when for talk in others for when, event, _ in talk["events"] if event == "start"]
            late = max(late, min(starts) - broken["closed"])
    return [
        Row("connection dropped in mid-stream, 60 sentences: characters never spoken", never, 0, ""),
        Row("the same: pieces of which some is spoken twice, at most", twice, 1, ""),
        Row("the same: characters spoken twice, at most", longest, None, ""),
        Row("the same: dropped → the next session begins, at most", late * 1e3, 100, "ms"),
    ]


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("aeiou" if place % 2 else "bdfgklmnprst") for place in range(5))


async def _give(speech: SpeechSystem, text: str, *, is_piped: bool) -> int:
    if not is_piped:
        return speech.reader.speak(text)
    number = speech.reader.begin_live(Kind.PIPED)
    for sentence in text.split(". ")[:-1]:
        speech.reader.append(number, f"{sentence}. ")
        await asyncio.sleep(0.05)
    speech.reader.finish_live(number)
    return number


def _pieces(talk: dict[str, Any]) -> list[tuple[int, int]]:
    """The pieces that a connection was given, as stretches of the text."""
    found = []
    begin = end = 0
    for _, event, text in talk["events"]:
        end += len(text) if event == "text" else 0
        if event == "flush":
            found.append((begin, end))
            begin = end
    return found


# --- ten thousand tokens ---------------------------------------------------------------------------------

TOKENS_A_SECOND = 200


async def tokens(stage: Stage) -> Rows:
    """A language model's tokens through `say -`, beside lean with and without its stream.

    All at the same time. Of ours the sound engine is counted, the embedded voice (which does nothing) is not.
    """
    count = 2000 if stage.is_quick else 10_000
    async with service(first_seconds=0.05, frame_seconds=0.1, pace=20.0, piece_seconds=0.1) as served:
        say = await _say("--voice", "fish:a-voice", "--device", FAR[0], "-", FISH_API_KEY="a-key")
        async with (
            peer("tokens", served.url, FAR[1]) as lean,
            peer("tokens", served.url) as deaf,
            peer("nothing") as nothing,
        ):
            for other in (lean, deaf, nothing):
                assert other.stdout is not None
                await other.stdout.readline()
            processes = (say, lean, deaf, nothing)
            with stage.ear(FAR[0]) as ear:
                start = ear.now
                _write(processes, "Ready. ")
                await ear.sound(start)
                await asyncio.sleep(SETTLE_SECONDS)
            (engine,) = [
                child
                for child in psutil.Process(say.pid).children()
                if "fishcaption.audio.engine.main" in child.cmdline()
            ]
            meters = [Meter(pid) for pid in (*(process.pid for process in processes), engine.pid)]
            async with asyncio.TaskGroup() as tasks:
                for meter in meters:
                    tasks.create_task(meter.until_end())
                await _stream(_tokens(count), processes, meters)
                for process in processes:
                    tasks.create_task(process.wait())
        log = await served.log()
    ours, played, dropped, idle, sound = (meter.seconds for meter in meters)
    parts = meters[0].parts
    flushes = [sum(event == "flush" for _, event, _ in talk["events"]) for talk in log]
    return [
        Row(
            f"{count} tokens at 200/s through say -: net CPU of it and its sound engine ÷ lean",
            (ours + sound - idle) / (played - idle),
            1.5,
            "",
        ),
        Row(
            "the same, the network alone: say ÷ lean without a stream",
            (ours - idle) / (dropped - idle),
            None,
            "",
        ),
        Row("the same: CPU of say", ours, None, "s"),
        Row("the same: CPU of its sound engine", sound, None, "s"),
        Row("the same: CPU of lean", played, None, "s"),
        Row("the same: CPU of lean without a stream", dropped, None, "s"),
        Row("the same: CPU of reading alone", idle, None, "s"),
        Row("the same: growth of memory, kept audio on disk", meters[0].growth_bytes / 1e6, 5, "MB"),
        Row("the same: last 200 tokens ÷ first 200, CPU of say", parts[-1] / parts[0], 2, ""),
        Row("the same: pieces of ours", max(flushes), None, ""),
    ]


def _tokens(count: int) -> list[str]:
    """What a language model writes: words with their blank before, commas, full stops, paragraphs."""
    chance = random.Random(5)
    words = ("the", "of", "model", "and", "voice", "in", "that", "is", "speaks", "to", "while", "text", "it")
    found: list[str] = []
    while len(found) < count:
        length = chance.randint(6, 16)
        for place_in in range(length):
            word = chance.choice(words)
            found.append(word.capitalize() if not place_in else f" {word}")
            if chance.random() < 0.1 and place_in < length - 2:
                found.append(",")
        found += [".", "\n\n" if chance.random() < 0.1 else " "]
    return found[:count]


def _write(processes: Sequence[asyncio.subprocess.Process], text: str) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(text.encode())


async def _stream(
    found: list[str], processes: Sequence[asyncio.subprocess.Process], meters: Sequence[Meter]
) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, token in enumerate(found):
        await asyncio.sleep(begun + number / TOKENS_A_SECOND - loop.time())
        if number % 200 == 0:
            for meter in meters:
                meter.note()
        _write(processes, token)
    await asyncio.sleep(begun + len(found) / TOKENS_A_SECOND - loop.time())
    for meter in meters:
        meter.note()
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()


class Meter:
    """CPU seconds and memory of one process, without its children, from the first `note` on."""

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | 2  # Linux: the clock of a process's CPU time
        self._process = psutil.Process(pid)
        self._readings: list[tuple[float, int]] = []
        self._last = 0.0

    def note(self) -> None:
        """Take a reading."""
        self._readings.append((time.clock_gettime(self._clock), self._process.memory_info().rss))

    async def until_end(self) -> None:
        """Go on measuring until the process has ended."""
        with suppress(OSError):
            while True:
                self._last = time.clock_gettime(self._clock)
                await asyncio.sleep(0.02)

    @property
    def seconds(self) -> float:
        """CPU, from the first reading to the end."""
        return self._last - self._readings[0][0]

    @property
    def parts(self) -> list[float]:
        """CPU between readings."""
        return [after - before for (before, _), (after, _) in pairwise(self._readings)]

    @property
    def growth_bytes(self) -> int:
        """Memory, from the second reading to the last."""
        return self._readings[-1][1] - self._readings[1][1]


# --- a program that waits for an answer -------------------------------------------------------------------


async def pipe(stage: Stage) -> Rows:
    """A sentence that a program writes, and nothing behind it: when it is heard, with `--plain` and without.

    The input stays open; every other sentence has no line's end.
    """
    took: dict[tuple[str, str], list[float]] = {}
    for option in ("", "--plain"):
        process = await _say("--device", NEAR, *filter(None, [option]), "-")
        assert process.stdin is not None
        with stage.ear(NEAR) as ear:
            start = ear.now
            _write([process], "Ready.\n")
            await ear.silence(await ear.sound(start))
            for number in range(stage.some(16)):
                end = "\n" if number % 2 else ""
                await ear.listen(0.5 + 0.3 * stage.chance.random())
                start, began = ear.now, perf_counter()
                _write([process], stage.chance.choice(TWELVE_WORDS) + end)
                frame = await ear.sound(start)
                took.setdefault((option, end), []).append(ear.seconds_of(frame) - began)
                await ear.silence(frame)
        process.stdin.close()
        if await process.wait():
            raise AssertionError("say failed")
    rows = []
    for end, name in (("\n", "a line"), ("", "no line's end")):
        bare, plain = median_ms(took["", end]), median_ms(took["--plain", end])
        rows.append(
            Row(f"say --plain from a pipe: sentence written → sound, {name}, median", plain, bare + 300, "ms")
        )
        rows.append(Row("the same, worst", max(took["--plain", end]) * 1e3, None, "ms"))
        rows.append(Row("the same without --plain, median", bare, None, "ms"))
    return rows


# --- say, from cold --------------------------------------------------------------------------------------


async def cold(stage: Stage) -> Rows:
    """`say hi` with no process of ours there, the files in the page cache."""
    stage.rig.make_default(NEAR)
    took = []
    with stage.ear(NEAR) as ear:
        for number in range(stage.some(8) + 1):
            runtime = {"FISHCAPTION_RUNTIME_DIR": str(stage.folder / f"cold{number}")}
            start, began = ear.now, perf_counter()
            process = await _say("hi", **runtime)
            frame = await ear.sound(start)
            await process.wait()
            await ear.listen(1.0)
            took.append(ear.seconds_of(frame) - began)
    return [
        Row(f"say hi, cold → first sample, median of {len(took) - 1}", median_ms(took[1:]) / 1e3, 1.0, "s"),
        Row("the same, worst", max(took[1:]), None, "s"),
    ]


async def _say(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fishcaption", "say", *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
    )


# --- every sample ----------------------------------------------------------------------------------------


async def exact(stage: Stage) -> Rows:
    """What the voice made is what is heard, from the first sample to the last."""
    wav = stage.folder / "exact.wav"
    altered = 0
    frames = 0
    with stage.ear(NEAR) as ear:
        for count in range(1, stage.some(5) + 1):
            start = ear.now
            process = await _say("--device", NEAR, "--wav", str(wav), " ".join(TWELVE_WORDS[:count]))
            if await process.wait():
                raise AssertionError("say failed")
            await ear.listen(0.5)
            placed = place(_samples(wav), ear.samples(start))
            altered += placed.altered + abs(placed.inserted)
            frames += len(_samples(wav))
    text = "Every character of this is read back from its samples. " * 5
    made = np.frombuffer(voice(text, FISH.rate // 15), "<i2").astype(np.float32) / np.float32(32768)
    odd = 0
    async with service(odd=True, frame_seconds=0.0707, pace=8.0, noisy=True):
        with stage.ear(FAR[0]) as ear:
            start = ear.now
            process = await _say("--device", FAR[0], "--voice", "fish:a-voice", text, FISH_API_KEY="a-key")
            if await process.wait():
                raise AssertionError("say failed")
            await ear.listen(0.5)
            placed = place(made, ear.samples(start))
            odd = placed.altered + abs(placed.inserted)
    return [
        Row(f"say → monitor: samples altered, lost or put in, of {frames}", altered, 0, ""),
        Row(f"the same, live service, odd chunks, of {len(made)}", odd, 0, ""),
    ]


# --- one after another -----------------------------------------------------------------------------------


async def queue(stage: Stage) -> Rows:
    """The gap between two utterances of which the second waits for the first."""
    rows = []
    manner = {"first_seconds": 0.15, "frame_seconds": 0.464, "pace": 7.7, "characters_a_second": 30.0}
    async with service(**manner), live() as speech:
        gaps = []
        with stage.ear(FAR[0]) as ear:
            for _ in range(stage.some(6)):
                start = ear.now
                speech.reader.speak("a" * 60)
                await speech.reader.ended(speech.reader.speak("b" * 60))
                await ear.listen(0.4)
                made_of = values(ear.samples(start))
                last, begins = np.flatnonzero(made_of == ord("a"))[-1], np.flatnonzero(made_of == ord("b"))[0]
                gaps.append((int(begins) - int(last) - 2) / FISH.rate)
        rows.append(Row("silence between two utterances in a row, live service", median_ms(gaps), None, "ms"))
        rows.append(Row("the same, worst", max(gaps) * 1e3, None, "ms"))
    wav = stage.folder / "queue.wav"
    async with SoundPlayer(DeviceChoice(NEAR)) as inner, embedded(Recorder(wav, inner)) as speech:
        gaps = []
        with stage.ear(NEAR) as ear:
            for _ in range(stage.some(6)):
                before, start = len(_samples(wav)), ear.now
                speech.reader.speak(TWELVE_WORDS[0])
                await speech.reader.ended(speech.reader.speak(TWELVE_WORDS[1]))
                await ear.listen(0.4)
                gaps.append(place(_samples(wav)[before:], ear.samples(start)).inserted / EMBEDDED.rate)
        rows.append(Row("the same, embedded voice, median", median_ms(gaps), None, "ms"))
        rows.append(Row("the same, worst", max(gaps) * 1e3, None, "ms"))
    return rows


# ---------------------------------------------------------------------------------------------------------

ROWS: dict[str, Callable[[Stage], Awaitable[Rows]]] = {
    row.__name__: row
    for row in (
        device,
        enter,
        stop,
        pause,
        first,
        typing,
        slips,
        paste,
        drop,
        tokens,
        pipe,
        cold,
        exact,
        queue,
    )
}


async def _run(names: Sequence[str], stage: Stage) -> Rows:
    rows: Rows = []
    async with EmbeddedVoice() as held:  # one process for all rows but the cold ones
        await held.endpoint()
        for name in names:
            with measuring(name, rows):
                rows += await ROWS[name](stage)
    return rows


def main() -> int:
    """Run the rows; the exit code: 1 where one misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer readings")
    options = named(parser, ROWS)
    sinks = [Sink(NEAR, EMBEDDED.rate), *(Sink(name, FISH.rate) for name in FAR)]
    with tempfile.TemporaryDirectory(prefix="fishcaption-") as folder, Rig(Path(folder, "rig"), sinks) as rig:
        own = {name: str(Path(folder, name)) for name in ("RUNTIME_DIR", "CONFIG_DIR", "DATA_DIR")}
        os.environ |= {f"FISHCAPTION_{name}": path for name, path in own.items()}
        os.environ |= {**rig.variables, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        os.environ.pop("FISH_API_KEY", None)
        stage = Stage(rig, Path(folder), is_quick=options.quick)
        rows = asyncio.run(_run(options.rows or list(ROWS), stage))
    is_whole = not options.rows and not options.quick
    return report("speech", "From text to the ear", rows, is_kept=is_whole)


if __name__ == "__main__":
    sys.exit(main())
