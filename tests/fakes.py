"""Honest fakes of the reader's plugs: a voice that says each word in 300 frames, an ear that a test moves on.

They keep the plugs' contracts (order, back-pressure, what a flush drops) and count in frames, so that a test
never waits for time.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import (
    Aligned,
    Covered,
    Heard,
    Piece,
    PlayerState,
    Sound,
    Span,
    Voice,
    WordTime,
)
from fishcaption.core.text.segmentation import words
from fishcaption.reader import Sink

RATE = 1000
WORD_FRAMES = 300


@dataclass
class FakeVoice:
    """A synthesizer: every word is `WORD_FRAMES` frames, each sample the number of its word (from 1)."""

    voice: Voice = field(default_factory=lambda: Voice("embedded", "fake", "Fake"))
    rate: int = RATE
    exact: bool = True
    pieces: list[Piece] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # that have a sound
    fails: dict[int, BaseException] = field(
        default_factory=dict
    )  # raised instead of the piece of that number
    open: asyncio.Event | None = None  # from piece `hangs_from` on, sound comes only while it is set
    hangs_from: int = 0
    leave: asyncio.Semaphore | None = None  # to voice one more word
    abandoned: int = 0

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        frame = 0
        try:
            async for piece in pieces:
                number = len(self.pieces)
                self.pieces.append(piece)
                if number in self.fails:
                    raise self.fails.pop(number)
                if self.open is not None and number >= self.hangs_from:
                    await self.open.wait()
                for span in words(piece.text):
                    if self.leave is not None:
                        await self.leave.acquire()
                    start = frame
                    frame += WORD_FRAMES
                    self.words.append(piece.text[span.start : span.end])
                    mark = len(self.words).to_bytes(2, "little", signed=True)
                    if self.exact:
                        here = Span(piece.start + span.start, piece.start + span.end)
                        await sink(Aligned((WordTime(here, start, frame),)))
                    await sink(Sound(mark * WORD_FRAMES))
                await sink(Covered(piece.start + len(piece.text), frame))
        except asyncio.CancelledError:
            self.abandoned += 1
            raise

    @property
    def said(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass
class _Clip:
    rate: int
    frames: int = 0
    heard: int = 0
    gain: float = 1.0
    pace: float = 1.0
    pcm: bytearray = field(default_factory=bytearray, repr=False)
    ended: bool = False
    flushed: bool = False

    @property
    def over(self) -> bool:
        return self.flushed or (self.ended and self.heard >= self.frames)


class FakeEar:
    """A player whose device is the test: `hear(frames)` moves the ear on."""

    def __init__(self) -> None:
        self.clips: list[_Clip] = []
        self.heard_samples: list[int] = []
        self.lead = 0  # frames that a cut comes too late for
        self.cuts: list[tuple[int, int]] = []
        self.paused = False
        self.broken: FishCaptionError | None = None
        self.warmed = 0
        self.device = PlayerState(
            "fake", True, None
        )  # the reader has to be told of another: `player_changed`
        self.now = 0.0  # seconds that it has played
        self._moved = asyncio.Event()
        self._retimed = asyncio.Event()
        self._at = Heard(0, 0)

    def warm(self) -> None:
        self.warmed += 1

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> int:
        self.clips.append(_Clip(rate, gain=gain, pace=pace))
        return len(self.clips)

    async def write(self, pcm: bytes) -> None:
        if self.broken is not None:
            raise self.broken
        clip = self.clips[-1]
        if clip.flushed or clip.ended:
            return
        clip.frames += len(pcm) // 2
        clip.pcm += pcm
        await self._until(lambda: clip.flushed or clip.ended or clip.frames - clip.heard < 20 * clip.rate)
        if self.broken is not None:
            raise self.broken

    def end(self) -> None:
        self.clips[-1].ended = True
        self.hear(0)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def flush(self) -> None:
        for clip in self.clips:
            if not clip.over:
                clip.flushed = True
        self.paused = False
        self.hear(0)

    def cut(self, clip: int, frame: int) -> int:
        self.cuts.append((clip, frame))
        cut = self.clips[clip - 1]
        begun = cut.heard + self.lead if cut.heard and not self.paused else cut.heard
        cut.frames = min(max(frame, begun), cut.frames)
        cut.ended = True
        for later in self.clips[clip:]:
            later.flushed = later.flushed or not later.over
        self.hear(0)
        return cut.frames

    def lead_frames(self) -> int:
        return self.lead

    def speed(self, factor: float) -> None:
        pass

    def volume(self, gain: float) -> None:
        pass

    def heard(self) -> Heard:
        return self._at

    def moment(self, clip: int, frame: int) -> float | None:
        if self.paused:
            return None
        seconds = self.now
        for number, each in enumerate(self.clips, 1):
            if each.over:
                continue
            if number == clip:
                return seconds + (frame - each.heard) / each.rate
            if not each.ended:
                return None
            seconds += (each.frames - each.heard) / each.rate
        return None

    async def retimed(self) -> None:
        await self._retimed.wait()
        self._retimed.clear()

    def retime(self) -> None:
        """Sound goes on otherwise than was foretold."""
        self._retimed.set()

    async def reach(self, clip: int, frame: int | None = None) -> bool:
        wanted = self.clips[clip - 1]
        await self._until(lambda: wanted.over or (frame is not None and wanted.heard >= frame))
        return not wanted.flushed

    def state(self) -> PlayerState:
        return self.device

    def hear(self, frames: int) -> None:
        """Let the device play so many frames, as far as there are some and it is not paused."""
        if not self.paused:
            for number, clip in enumerate(self.clips, 1):
                if clip.over:
                    continue
                step = min(frames, clip.frames - clip.heard)
                samples = array("h", bytes(clip.pcm[2 * clip.heard : 2 * (clip.heard + step)]))
                self.heard_samples += samples
                clip.heard += step
                frames -= step
                if step:
                    self._at = Heard(number, clip.heard)
                    self.now += step / clip.rate
                if not clip.over:
                    break
        self._moved.set()
        self._moved = asyncio.Event()

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            await self._moved.wait()
