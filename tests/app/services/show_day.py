"""A day of shows: the real program without its window, a voice that is never late, and those who listen.

Services, reader, caption track, outlets and files are the program's own, on one loop. There is no sound
device: the machine's clock is the ear.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect

from fishcaption.app.services.audience import AudienceOutlets
from fishcaption.app.services.script_show import ScriptShow
from fishcaption.captions.alarm import LoopAlarm
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState
from fishcaption.captions.outlets import outlet_kind
from fishcaption.captions.track import CaptionTrack
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import (
    Aligned,
    Covered,
    Piece,
    Snapshot,
    Sound,
    Span,
    UtteranceView,
    Voice,
    WordTime,
)
from fishcaption.core.text.segmentation import words
from fishcaption.reader import Reader, Sink
from fishcaption.store.settings import Settings
from tests.app.test_used_at_once import Program, program

PATIENCE_SECONDS = 20.0
RATE = 24_000
WORD_SECONDS = 0.12
VOICE = Voice("embedded", "", "")


class SteadyVoice:
    """Says each word for as long, and never lets anybody wait."""

    voice = VOICE
    rate = RATE

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        frame, length = 0, round(WORD_SECONDS * RATE)
        async for piece in pieces:
            for span in words(piece.text):
                here = Span(piece.start + span.start, piece.start + span.end)
                await sink(Aligned((WordTime(here, frame, frame + length),)))
                await sink(Sound(b"\1\0" * length))
                frame += length
            await sink(Covered(piece.start + len(piece.text), frame))


class Day:
    """The program, what its track showed and when, and what its audience saw."""

    def __init__(self, made: Program) -> None:
        self._made = made
        self.service: AudienceOutlets = made.services.audience()
        self.show: ScriptShow = made.services.script()
        self.words: list[tuple[float, int, int]] = []  # moment, utterance, place of the word
        self.captions: list[str] = []
        self._caption = 0  # id of the last one
        self._track = CaptionTrack(made.reader, LoopAlarm())
        self._track.subscribe(self._look)
        self.service.follow(self._track)
        self.service.audience.subscribe(OutletConfig("", "", "").layout, self._see)

    @property
    def reader(self) -> Reader:
        return self._made.speech.system.reader

    def state(self, outlet: str) -> OutletState:
        return next(row.state for row in self.service.rows() if row.config.id == outlet)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until this is so, woken by the rows and by the audience."""
        news = asyncio.Event()
        end = self.service.subscribe(news.set)
        gone = self.service.audience.subscribe(
            OutletConfig("", "", "").layout, lambda _display: news.set(), is_preview=True
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not condition():
                    await news.wait()
                    news.clear()
        except TimeoutError:
            raise TimeoutError(f"not in the rows {self.service.rows()}") from None
        gone()
        end()

    async def light(self, outlet: str, wanted: Light, words: str = "") -> OutletState:
        """Wait until a row has this light, and these words in it; return its state."""
        await self.until(lambda: self.state(outlet).light is wanted and words in self.state(outlet).words)
        return self.state(outlet)

    async def last_line(self, outlet: str, text: str) -> None:
        """Wait until a row tells that this was shown or sent last."""
        await self.until(lambda: self.state(outlet).last_line == text)

    async def shows(self, count: int) -> None:
        """Wait until the audience has seen so many captions."""
        await self.until(lambda: len(self.captions) >= count)

    def set_up(
        self, outlet: str, kind: str, secrets: Mapping[str, str] | None = None, **options: str
    ) -> None:
        """Set an outlet up as its form does, and switch it on."""
        self.service.set_up(outlet_config(outlet, kind, **options), secrets or {})

    def open(self, *texts: str) -> None:
        """Have a script of these cues."""
        cues = tuple(ScriptCue(number, text) for number, text in enumerate(texts, 1))
        self.show.set_script(Script("day.txt", cues))

    def next(self) -> int:
        """Speak the next cue; return its utterance's number."""
        self.show.speak_next()
        current = self.reader.snapshot().current
        assert current is not None
        return current.id

    async def heard(self) -> UtteranceView:
        """Speak the next cue, and wait until it was heard."""
        return await self.reader.ended(self.next())

    def lateness(self) -> list[float]:
        """How late each word was shown after its moment, from the first word of its utterance on."""
        late: list[float] = []
        for number in {number for _, number, _ in self.words}:
            moments = [moment for moment, of, _ in self.words if of == number]
            late += [moment - moments[0] - at * WORD_SECONDS for at, moment in enumerate(moments)]
        return late

    def _look(self, snapshot: Snapshot) -> None:
        view = snapshot.current
        if view is None or view.word is None:
            return
        if not self.words or self.words[-1][1:] != (view.id, view.word.start):
            self.words.append((time.perf_counter(), view.id, view.word.start))

    def _see(self, display: Display) -> None:
        if display.cue is not None and display.cue.id > self._caption:
            self._caption = display.cue.id
            self.captions.append(" ".join(display.cue.lines))


def outlet_config(outlet: str, kind: str, **options: str) -> OutletConfig:
    """Return an outlet that is on, with the default of what is not given."""
    entry = outlet_kind(kind)
    assert entry is not None
    given = {**entry.new(outlet).options, **options}
    return OutletConfig(outlet, kind, entry.name, is_on=True, layout=entry.layout, options=given)


@asynccontextmanager
async def day(**settings: Any) -> AsyncIterator[Day]:
    """Open the program; at the end it is closed as its user would, and nothing was told that has no row."""
    told: list[FishCaptionError] = []
    async with program(Settings(**{"voice": VOICE, **settings})) as made, made.speech.system as system:
        made.speech.on_error = told.append
        system.reader.use(SteadyVoice(), "embedded")
        yield Day(made)
        system.reader.stop()
        await made.services.close(told.append)
    assert told == []


class PageReader:
    """A reader of the page: the captions that it was sent, each once, and what it shows now."""

    def __init__(self) -> None:
        self.captions: list[str] = []
        self.took: dict[tuple[int, int], float] = {}  # when it had so many words of a caption
        self._last = 0
        self.now = ""
        self._news = asyncio.Condition()

    async def read(self, address: str) -> None:
        """Read until cancelled."""
        async with connect(address.replace("http", "ws", 1) + "/live", proxy=None) as socket_:
            async for message in socket_:
                cue = json.loads(message).get("cue")
                self.now = " ".join("".join(line) for line in cue["lines"]) if cue else ""
                if cue:
                    self.took.setdefault((cue["id"], cue["heard"]), time.perf_counter())
                if cue and cue["id"] > self._last:
                    self._last = cue["id"]
                    self.captions.append(self.now)
                async with self._news:
                    self._news.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until this is so, after some message."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(condition)

    async def shows(self, caption: str) -> None:
        """Wait until this is what it shows."""
        await self.until(lambda: self.now == caption)


@asynccontextmanager
async def page_reader(address: str) -> AsyncIterator[PageReader]:
    """Have a reader of the page while in the block."""
    reader = PageReader()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reader.read(address))
        await reader.until(lambda: True)  # the state that everybody is sent when they join
        yield reader
        task.cancel()


def stuck_reader(address: str) -> socket.socket:
    """Join the page as a reader who then takes nothing: not even a ping."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect((parts.hostname, parts.port or 80))
    made.sendall(
        f"GET {parts.path}/live HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return made
