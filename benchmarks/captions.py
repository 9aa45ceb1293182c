"""The audience's captions as the program serves them: their times in files, and who waits for whom.

    python -m benchmarks.captions [ROW...] [--seconds N] [--hours N]

``start``: the times of words in the caption files beside what a private sound server played, and beside the
recording that the program makes itself. ``hours``: a show of three hours on a simulated clock, with stalls of
the event loop and of every network; the true moments are those of the simulation. ``hang``: the real program
without its window, real outlets and sockets, in turns with and without an outlet that hangs, one that is not
there, and a reader who takes nothing. There "heard" is the moment that the program's player gives.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import keyring
import numpy as np
import psutil

from benchmarks import simulated_loop
from benchmarks.simulated_loop import SimulatedLoop, replaced
from benchmarks.table import Row, measuring, named, report
from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.forecast import HeardSound
from fishcaption.audio.player import SoundPlayer
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.audience import Audience
from fishcaption.captions.delayed import Delayed
from fishcaption.captions.display import Display
from fishcaption.captions.files.caption_files import CaptionFiles
from fishcaption.captions.files.current_text import CurrentText
from fishcaption.captions.obs import outlet as obs_outlet
from fishcaption.captions.obs.client import ANSWER_SECONDS, ObsGone
from fishcaption.captions.obs.outlet import ObsOutlet
from fishcaption.captions.outlet import Light, Outlet, OutletState, Tell
from fishcaption.captions.outlets import outlet_kind
from fishcaption.captions.senders import sender
from fishcaption.captions.senders.web import Answer, Failure, Request
from fishcaption.captions.track import CaptionTrack
from fishcaption.core.audience import TWO_LINES, Layout, OutletConfig
from fishcaption.core.speech import Fate, PlayerState, Snapshot, State, UtteranceView, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.reader import Reader
from fishcaption.store.audio_buffer import StoredAudio
from tests.app.services.show_day import Day, PageReader, day, outlet_config, page_reader, stuck_reader
from tests.captions.files.test_in_sync import spoken, words_in, written_in
from tests.captions.obs.fake_obs import FakeObs
from tests.captions.outlets import config
from tests.captions.senders.peer import TOKEN, ZoomService, serving
from tests.captions.senders.stage import Numbers
from tests.memory_keyring import MemoryKeyring
from tests.ports import free_port
from tests.rig import Rig, missing
from tests.server.conftest import end_shared
from tests.speech.test_shown_when_heard import RATE, TEXT, CountingVoice, onsets

TIMES = 8
"""So often the text is spoken for ``start``: half a minute in all."""
STATIONS = ("zoom", "youtube", "teams", "streamtext", "vmix")
LATENCY_SECONDS = 0.08
"""Of the simulated network."""
WORD_SECONDS = 0.4
GAP_SECONDS = 1.0
QUIET_SECONDS = 600.0
"""At both ends of the hours nothing stalls: these two parts are compared."""
SPEECH = (
    "The station was warm, and nobody seemed to mind that the train was late again this evening. "
    "She wants to paint the kitchen yellow, and to put a bench under the window."
)
PART = "is one in which nobody minds that the talk goes on and on until somebody stops it all at once."


@contextmanager
def home(folder: Path) -> Iterator[None]:
    """Have the program's folders and its keyring here, and no sound device."""
    places = {
        f"FISHCAPTION_{name}_DIR": str(folder / name) for name in ("RUNTIME", "CONFIG", "DATA", "CACHE")
    }
    before, kept = dict(os.environ), keyring.get_keyring()
    os.environ.update(places, ALSA_CONFIG_PATH="/dev/null")
    keyring.set_keyring(MemoryKeyring())
    try:
        yield
    finally:
        end_shared(folder / "RUNTIME")
        keyring.set_keyring(kept)
        os.environ.clear()
        os.environ.update(before)


# -- at the start, with sound -------------------------------------------------------------------------------


async def _recorded(rig: Rig, folder: Path) -> tuple[list[float], list[float]]:
    """Return how far the files' words are from the server's sound, and from the program's own recording."""
    moments: list[float] = []

    def clock() -> float:
        moments.append(time.perf_counter())
        return moments[-1]

    options = {"folder": str(folder), "words": "yes", "sound": "yes"}
    sound = HeardSound()
    async with SoundPlayer(DeviceChoice("Speakers", "ALSA")) as player, asyncio.TaskGroup() as tasks:
        reader = Reader(player, make_buffer=StoredAudio, rate_of_voice=lambda voice: SpeechRate())
        reader.use(CountingVoice(), "embedded")
        reading = tasks.create_task(reader.run())
        track = CaptionTrack(reader, LoopAlarm())
        audience = Audience(reader, LoopAlarm())
        track.subscribe(audience.look)
        player.heard_sound = sound
        files = CaptionFiles(config("files", options), {}, lambda state: None, sound, clock=clock)
        writing = tasks.create_task(files.run())
        end = audience.subscribe(Layout(42, 1), files.show)
        with rig.listen("Speakers") as recording:
            for _ in range(TIMES):
                await reader.ended(reader.speak(TEXT))
            await asyncio.to_thread(recording.wait_for_silence, 0.5, recording.frames - RATE)
            numbers = np.rint(recording.samples() * 32768).astype(int)
            played = [recording.began_at + at for at, _ in spoken(onsets(numbers))]
        end()
        writing.cancel()
        track.close()
        reading.cancel()
    cues, _ = written_in(folder)
    written = [word["start"] for cue in cues for word in cue["words"]]
    own = [at for at, _ in words_in(folder)]
    return (
        [moments[0] + at - there for at, there in zip(written, played, strict=True)],
        [at - there for at, there in zip(written, own, strict=True)],
    )


def start(_: argparse.Namespace) -> list[Row]:
    """Compare the files with the sound."""
    if reason := missing():
        raise RuntimeError(reason)
    with tempfile.TemporaryDirectory(prefix="fc-") as folder, Rig(Path(folder) / "rig") as rig:
        before = dict(os.environ)
        os.environ.update(rig.variables)
        try:
            played, own = asyncio.run(_recorded(rig, Path(folder) / "captions"))
        finally:
            os.environ.clear()
            os.environ.update(before)
    return [
        Row(f"at the start: times of {len(played)} words in the files, from the sound played, the farthest",
            max(map(abs, played)) * 1e3, 40, "ms"),
        Row("the same, the middle one", statistics.median(map(abs, played)) * 1e3, None, "ms"),
        Row("the same, from the program's own recording, the farthest", max(map(abs, own)) * 1e3, 40, "ms"),
    ]  # fmt: skip


# -- three hours, simulated ---------------------------------------------------------------------------------


@dataclass
class Network:
    """It answers after a while, or not at all until a moment."""

    loop: SimulatedLoop
    hangs_until: float = 0.0
    sent: int = 0

    async def answers(self, timeout_seconds: float) -> bool:
        """Wait as long as an answer takes; False: none came in time."""
        wait = max(0.0, self.hangs_until - self.loop.time()) + LATENCY_SECONDS
        await asyncio.sleep(min(wait, timeout_seconds))
        self.sent += 1
        return wait <= timeout_seconds

    def web(self, _url: str, *, timeout_seconds: float) -> _Web:
        """Stand for `senders.web.Web`."""
        return _Web(self, timeout_seconds)

    @asynccontextmanager
    async def conversation(self, *_where: object) -> AsyncIterator[_Obs]:
        """Stand for the conversation with OBS."""
        if not await self.answers(ANSWER_SECONDS):
            raise ObsGone
        yield _Obs(self)


class _Web(NamedTuple):
    network: Network
    timeout_seconds: float

    async def __aenter__(self) -> _Web:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Nothing is open."""

    async def send(self, request: Request) -> Answer | Failure:
        is_answered = await self.network.answers(self.timeout_seconds)
        return Answer(200, "") if is_answered else Failure.UNANSWERED


class _Obs(NamedTuple):
    network: Network
    is_closed: bool = False

    async def closed(self) -> None:
        await asyncio.Event().wait()

    async def request(self, kind: str, **data: object) -> Mapping[str, Any]:
        if not await self.network.answers(ANSWER_SECONDS):
            raise ObsGone
        return {}


class Talk:
    """A voice that says the same text again and again, each word in its time; its clock is the loop's."""

    def __init__(self, loop: SimulatedLoop, hours: float) -> None:
        self._loop = loop
        self._began = loop.time() + 1.0
        self.spans = words(SPEECH)
        self._frames = round(WORD_SECONDS * RATE)
        self._length = len(self.spans) * WORD_SECONDS + GAP_SECONDS
        self.count = int(hours * 3600 / self._length)

    def moment(self, number: int, word: int) -> float:
        """When a word of a text begins."""
        return self._began + number * self._length + word * WORD_SECONDS

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        """See `captions.audience.TimedWords`."""
        times = (
            WordTime(span, at * self._frames, (at + 1) * self._frames) for at, span in enumerate(self.spans)
        )
        return RATE, tuple(times)

    def heard_frames(self, number: int, /) -> int:
        """See `captions.audience.TimedWords`."""
        seconds = self._loop.time() - self.moment(number, 0)
        return round(min(max(0.0, seconds), len(self.spans) * WORD_SECONDS) * RATE)

    def snapshot(self, number: int) -> Snapshot:
        """Return where it is now."""
        word = int((self._loop.time() - self.moment(number, 0)) / WORD_SECONDS + 1e-6)
        span = self.spans[word] if word < len(self.spans) else None
        fate = Fate.SPEAKING if span else Fate.SHOWN
        end = span.start if span else len(SPEECH)
        view = UtteranceView(number, SPEECH, False, fate, len(SPEECH), end, span, None)
        state = State.SPEAKING if span else State.IDLE
        return Snapshot(state, None, view, (), 0.0, None, PlayerState("", True, None))


class Hours(NamedTuple):
    """What was measured in a long show."""

    first_off: float
    last_off: float
    lags: Mapping[str, tuple[float, float]]  # the most in the first and in the last quiet part
    words: int
    lost: int
    stalls: int


def _outlets(
    loop: SimulatedLoop, network: Network, folder: Path, tell: Callable[[str], Tell]
) -> dict[str, Outlet]:
    made: dict[str, Outlet] = {}
    for kind in STATIONS:
        entry = outlet_kind(kind)
        assert entry is not None
        defaults = {option.name: option.default for option in entry.options if not option.is_secret}
        made[kind] = entry.load()(
            OutletConfig(kind, kind, kind, mode=entry.mode, options=defaults | {"input": "Captions"}),
            {"link": f"http://{kind}.example/captions?token={TOKEN}"},
            tell(kind),
            Numbers(),
            clock=loop.time,
        )  # type: ignore[call-arg]  # all of them are senders
    files = config("files", {"folder": str(folder), "words": "yes"})
    made["files"] = CaptionFiles(files, {}, tell("files"), clock=loop.time)
    text = config("current-text", {"folder": str(folder)}, "word")
    made["text"] = CurrentText(text, {}, tell("text"), clock=loop.time)
    made["obs"] = ObsOutlet(config("obs", {}, "word"), {}, tell("obs"))
    return made


async def _show(loop: SimulatedLoop, folder: Path, hours: float) -> Hours:
    chance = random.Random(10)
    network, talk = Network(loop), Talk(loop, hours)
    audience = Audience(talk, LoopAlarm(), clock=loop.time)
    told: dict[str, list[tuple[float, float]]] = defaultdict(list)
    begin, origin = loop.time(), loop.time()
    end = talk.moment(talk.count, 0)
    stalls = 0

    def tell(kind: str) -> Tell:
        def note(state: OutletState) -> None:
            if state.light is Light.ON and state.last_line:
                told[kind].append((loop.time(), state.lag_seconds))

        return note

    with replaced(sender, "Web", network.web), replaced(obs_outlet, "conversation", network.conversation):
        async with asyncio.TaskGroup() as tasks:
            outlets = _outlets(loop, network, folder, tell)
            running = [tasks.create_task(outlet.run()) for outlet in outlets.values()]
            for outlet in outlets.values():
                shown = Delayed(outlet.show, LoopAlarm(), clock=loop.time)
                audience.subscribe(TWO_LINES, shown.put)
            for number in range(talk.count):
                word = 0
                while word <= len(talk.spans):
                    await asyncio.sleep(max(0.0, talk.moment(number, word) - loop.time()))
                    is_quiet = not begin + QUIET_SECONDS < loop.time() < end - QUIET_SECONDS
                    if not is_quiet and chance.random() < 0.01:
                        loop.hold(chance.uniform(0.1, 2.0))
                        stalls += 1
                    if not is_quiet and chance.random() < 0.001:
                        network.hangs_until = loop.time() + 60.0
                        stalls += 1
                    audience.look(talk.snapshot(number))
                    word = max(word + 1, int((loop.time() - talk.moment(number, 0)) / WORD_SECONDS) + 1)
            await asyncio.sleep(10.0)
            for task in running:
                task.cancel()
    return _judged(talk, folder, origin, told, (begin + QUIET_SECONDS, end - QUIET_SECONDS), stalls)


def _judged(
    talk: Talk,
    folder: Path,
    origin: float,
    told: Mapping[str, list[tuple[float, float]]],
    quiet: tuple[float, float],
    stalls: int,
) -> Hours:
    cues, _ = written_in(folder)
    written = [word["start"] for cue in cues for word in cue["words"]]
    true = [talk.moment(number, at) - origin for number in range(talk.count) for at in range(len(talk.spans))]
    lost = abs(len(true) - len(written))
    off = [abs(at - there) for at, there in zip(written, true, strict=False)]
    part = int(QUIET_SECONDS / (talk.moment(1, 0) - talk.moment(0, 0))) * len(talk.spans)
    lags = {
        kind: (
            max(lag for at, lag in found if at < quiet[0]),
            max(lag for at, lag in found if at > quiet[1] + 120.0),
        )
        for kind, found in told.items()
    }
    return Hours(max(off[:part]), max(off[-part:]), lags, len(true), lost, stalls)


def hours(options: argparse.Namespace) -> list[Row]:
    """Three hours in a minute."""
    with tempfile.TemporaryDirectory(prefix="fc-") as folder:
        found = simulated_loop.run(lambda loop: _show(loop, Path(folder), options.hours))
    more = {kind: last - first for kind, (first, last) in found.lags.items()}
    worst = max(more, key=lambda kind: more[kind])
    length = f"{options.hours:g} h, {found.stalls} stalls"
    return [
        Row(f"simulated {length}: times in the files, last 10 minutes, the farthest from the moments given",
            found.last_off * 1e3, 40, "ms"),
        Row("the same, first 10 minutes", found.first_off * 1e3, 40, "ms"),
        Row(f"the same: words of {found.words} that are not in the files", found.lost, 0, ""),
        Row(f"the same: most lag of an outlet at the end less at the start; worst of {len(more)}: {worst}",
            more[worst] * 1e3, 1, "ms"),
        Row("the same: outlets that told no lag", len(STATIONS) + 3 - len(more), 0, ""),
    ]  # fmt: skip


# -- one that hangs -----------------------------------------------------------------------------------------


class TimedObs(FakeObs):
    """It notes when it was first told each text."""

    def __init__(self) -> None:
        super().__init__()
        self.took: dict[str, float] = {}

    def _do(self, kind: str, data: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if kind == "SetInputSettings":
            self.took.setdefault(data["inputSettings"]["text"], time.perf_counter())
        return super()._do(kind, data)


@dataclass
class Heard:
    """How late each word was where it is shown, and how long Stop took, in seconds."""

    page: list[float] = field(default_factory=list)
    obs: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    emptied: list[float] = field(default_factory=list)


async def _speak(show: Day, page: PageReader, obs: TimedObs, seconds: float, heard: Heard) -> None:
    moments: dict[tuple[int, int], tuple[float, str]] = {}

    def see(display: Display) -> None:
        cue = display.cue
        if cue is not None and 0 < cue.heard <= len(cue.words):
            moment = cue.moment + cue.words[cue.heard - 1].offset_seconds
            moments.setdefault((cue.id, cue.heard), (moment, "\n".join(cue.heard_lines())))

    done = show.service.audience.subscribe(TWO_LINES, see, is_preview=True)
    until, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        turn += 1
        begun = len(show.words)
        show.reader.speak(f"Part {turn} {PART}", replace=True)
        await show.until(lambda begun=begun: len(show.words) > begun + 14)  # type: ignore[misc]  # has a default
        before = time.perf_counter()
        show.reader.stop()
        heard.stops.append(time.perf_counter() - before)
        await page.shows("")
        heard.emptied.append(time.perf_counter() - before)
    done()
    heard.page += [page.took[key] - moment for key, (moment, _) in moments.items() if key in page.took]
    once = {text: moment for moment, text in moments.values() if text.startswith("Part ")}
    heard.obs += [obs.took[text] - moment for text, moment in once.items() if text in obs.took]


async def _run(folder: Path, seconds: float, heard: Heard, *, is_hanging: bool) -> None:
    zoom = ZoomService()
    zoom.faults.extend(["hang"] * (1000 if is_hanging else 0))
    async with serving(zoom) as meeting, TimedObs() as obs, day() as show:
        show.service.set_up(outlet_config("page", "page", port=str(free_port()))._replace(mode="word"), {})
        show.service.set_up(outlet_config("obs", "obs", port=str(obs.port))._replace(mode="word"), {})
        show.set_up("files", "files", folder=str(folder))
        show.set_up("zoom", "zoom", {"link": f"{meeting}/closedcaption?id=1&signature={TOKEN}"})
        await show.until(lambda: bool(show.state("page").address))
        await show.light("obs", Light.ON)
        address = show.state("page").address
        async with page_reader(address) as page:
            if not is_hanging:
                await _speak(show, page, obs, seconds, heard)
                return
            show.set_up("no obs", "obs", port=str(free_port()))
            with stuck_reader(address):
                await _speak(show, page, obs, seconds, heard)


def hang(options: argparse.Namespace) -> list[Row]:
    """With and without, in turns."""
    without, with_one = Heard(), Heard()
    for turn in range(2):
        for heard, is_hanging in ((without, False), (with_one, True)):
            with tempfile.TemporaryDirectory(prefix="fc-") as folder, home(Path(folder)):
                seconds = options.seconds / 2 if turn or not is_hanging else options.seconds
                asyncio.run(_run(Path(folder) / "captions", seconds, heard, is_hanging=is_hanging))
    late = {"a reader of the page": (without.page, with_one.page), "OBS": (without.obs, with_one.obs)}
    rows: list[Row] = []
    for name, (before, after) in late.items():
        rows += [
            Row(f"word heard → at {name}, 95 % of {len(before)}", _part(before, 0.95) * 1e3, 60, "ms"),
            Row("the same, the middle one", statistics.median(before) * 1e3, None, "ms"),
            Row("more while one hangs, one is not there, a reader takes nothing; the middle one",
                (statistics.median(after) - statistics.median(before)) * 1e3, 5, "ms"),
            Row("the same, 95 % less 95 %", (_part(after, 0.95) - _part(before, 0.95)) * 1e3, 5, "ms"),
        ]  # fmt: skip
    return [
        *rows,
        Row(f"Stop's call then, slowest of {len(with_one.stops)}", max(with_one.stops) * 1e3, None, "ms"),
        Row("the same, the middle one less that without them",
            (statistics.median(with_one.stops) - statistics.median(without.stops)) * 1e3, 5, "ms"),
        Row("Stop → the page is empty, more than without them, the middle one",
            (statistics.median(with_one.emptied) - statistics.median(without.emptied)) * 1e3, 5, "ms"),
    ]  # fmt: skip


def _part(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


ROWS: dict[str, Callable[[argparse.Namespace], list[Row]]] = {
    function.__name__: function for function in (start, hours, hang)
}


def main() -> int:
    """Run the rows that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="so long something hangs")
    parser.add_argument("--hours", type=float, default=3.0, help="length of the simulated show")
    options = named(parser, ROWS)
    rows: list[Row] = []
    for name in options.rows or ROWS:
        with measuring(name, rows):
            rows += ROWS[name](options)
    load = ", ".join(f"{one:.1f}" for one in psutil.getloadavg())
    return report(
        "captions", "Captions of the program", rows, [f"Load while it was measured: {load}.", ""],
        is_kept=not options.rows,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
