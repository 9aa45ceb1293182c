"""Accounts of clips: what a player was given, and how much of it was heard. Every player keeps them.

Clips are numbered from 1 and are heard one after another. A clip is over when all of it was heard and no more
will come, or when it was flushed; a cut ends one clip sooner and flushes those after it. Everything here runs
on one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Heard

UNHEARD_SECONDS = 20.0
"""No more than this is accepted: unheard text must cost nothing, and a pause must stop the stream."""

LOWEST_RATE, HIGHEST_RATE = 4_000, 384_000
LOUDEST = 4.0
SLOWEST_PACE, FASTEST_PACE = 0.1, 6.0


@dataclass(slots=True)
class Clip:
    """One clip's account, in frames."""

    number: int
    rate: int
    gain: float = 1.0
    pace: float = 1.0
    written: int = 0  # of a clip that was cut: where it ends, as far as is known
    heard: int = 0
    is_ended: bool = False
    is_cut: bool = False
    odd: bytes = b""  # the half of a frame that a write ended with

    @property
    def frames_per_second(self) -> float:
        """Frames that are heard in a second, where the player's speed is 1."""
        return self.rate * self.pace

    @property
    def is_over(self) -> bool:
        """True if all of it was heard and no more will come."""
        return self.is_ended and self.heard >= self.written


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    clip: int
    frame: int | None
    is_reached: asyncio.Future[bool]


class Clips:
    """The clips that are not over, the place that is being heard, and the tasks that wait for places."""

    def __init__(self) -> None:
        self._live: dict[int, Clip] = {}
        self._newest = 0
        self._flushed: dict[int, int] = {}  # clip: how much of it was heard
        self._over: dict[int, Clip] = {}  # heard to the end
        self._heard = Heard(0, 0)
        self._waiters: list[_Waiter] = []
        self._room: list[asyncio.Future[None]] = []
        self._failure: FishCaptionError | None = None

    # what comes in

    def begin(self, rate: int, gain: float = 1.0, pace: float = 1.0) -> Clip:
        """Open the next clip; the one before it ends."""
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise InputError(f"A rate of {rate} frames a second cannot be played.")
        if not 0.0 < gain <= LOUDEST:
            raise InputError(f"A gain of {gain} is not above 0 and at most {LOUDEST}.")
        if not SLOWEST_PACE <= pace <= FASTEST_PACE:
            raise InputError(f"A pace of {pace} is not between {SLOWEST_PACE} and {FASTEST_PACE}.")
        self.end()
        self._newest += 1
        clip = self._live[self._newest] = Clip(self._newest, rate, gain, pace)
        return clip

    @property
    def count(self) -> int:
        """The number of clips that were begun, which is the newest one's number."""
        return self._newest

    def count_from(self, count: int) -> None:
        """Count as if so many clips had been begun, and heard; none is live."""
        self._newest = max(self._newest, count)

    @property
    def newest(self) -> Clip | None:
        """The clip that takes audio; None where it was flushed or has ended."""
        clip = self._live.get(self._newest)
        return None if clip is None or clip.is_ended else clip

    def add(self, clip: Clip, pcm: bytes) -> bytes:
        """Count audio of a clip and return its whole frames. It may be split even inside a frame."""
        if self._live.get(clip.number) is not clip or clip.is_ended:
            return b""
        pcm = clip.odd + pcm
        whole = len(pcm) & ~1
        clip.odd = pcm[whole:]
        clip.written += whole // 2
        return pcm[:whole]

    def end(self) -> Clip | None:
        """End the newest clip; return it, or None where nothing was to be ended."""
        clip = self.newest
        if clip is not None:
            clip.is_ended = True
            self._settle()
        return clip

    def flush(self) -> None:
        """Drop every clip."""
        self._flushed |= {clip.number: clip.heard for clip in self._live.values()}
        self._live.clear()
        self._settle()

    def cut(self, number: int, frame: int, given: Heard) -> int:
        """Drop a clip from a frame on, and all later clips; return where it will end.

        ``given`` is how far the device has been given sound, which cannot be taken back.
        """
        if not 1 <= number <= self._newest:
            raise InputError(f"There is no clip {number}.")
        for clip in [clip for clip in self._live.values() if clip.number > number]:
            del self._live[clip.number]
            self._flushed[clip.number] = clip.heard
        cut = self._live.get(number)
        if cut is None:
            self._settle()
            return self._over[number].written if number in self._over else self._flushed[number]
        past = given.frame if given.clip == number else 0
        if given.clip > number:
            past = cut.written
        cut.written = min(cut.written, max(frame, past, cut.heard))
        cut.is_ended = cut.is_cut = True
        end = cut.written
        self._settle()
        return end

    def end_at(self, number: int, frame: int) -> None:
        """Take note where a clip that was cut really ends."""
        clip = self._live.get(number)
        if clip is not None and clip.is_cut:
            clip.written = max(frame, clip.heard)
            self._settle()

    def fail(self, error: FishCaptionError | None) -> None:
        """Let everyone who waits, now or later, raise ``error``; None: there is hope again."""
        self._failure = error
        self._settle()

    # the ear

    @property
    def heard(self) -> Heard:
        """The place that is being heard."""
        return self._heard

    def hear(self, place: Heard) -> None:
        """Take note that everything up to this place was heard; it never moves back."""
        if place <= self._heard:
            return
        for clip in list(self._live.values()):
            if clip.number > place.clip:
                break
            clip.heard = clip.written if clip.number < place.clip else min(place.frame, clip.written)
        if place.clip in self._flushed:  # it fades out
            self._flushed[place.clip] = place.frame
        elif (heard := self._live.get(place.clip)) is not None:
            place = Heard(place.clip, heard.heard)
        else:
            return
        self._heard = max(self._heard, place)
        self._settle()

    @property
    def live(self) -> list[Clip]:
        """The clips that are not over, in order."""
        return list(self._live.values())

    @property
    def unheard_seconds(self) -> float:
        """The length of what was written and not heard, of all clips."""
        return sum((clip.written - clip.heard) / clip.frames_per_second for clip in self._live.values())

    def targets(self) -> Iterator[Heard]:
        """Yield the places that tasks wait for and that have been written."""
        for waiter in self._waiters:
            clip = self._live.get(waiter.clip)
            if clip is None:
                continue
            if waiter.frame is not None and waiter.frame <= clip.written:
                yield Heard(clip.number, waiter.frame)
            elif clip.is_ended:
                yield Heard(clip.number, clip.written)

    def seconds_to_next(self) -> float | None:
        """Return how much sound lies before the next place that a task waits for; None if none does."""
        ahead = []
        before = 0.0
        targets = list(self.targets())
        for clip in self._live.values():
            ahead += [
                before + (target.frame - clip.heard) / clip.frames_per_second
                for target in targets
                if target.clip == clip.number
            ]
            before += (clip.written - clip.heard) / clip.frames_per_second
        if self._room:
            ahead.append(max(0.0, before - UNHEARD_SECONDS) + 1e-3)
        return min(ahead, default=None)

    async def room(self) -> None:
        """Wait until less than `UNHEARD_SECONDS` are unheard."""
        while self._raise_failure() and self.unheard_seconds >= UNHEARD_SECONDS:
            waiting = asyncio.get_running_loop().create_future()
            self._room.append(waiting)
            try:
                await waiting
            finally:
                self._room.remove(waiting)

    async def reach(self, clip: int, frame: int | None) -> bool:
        """Wait until a frame, or the clip's end, is heard; False where the clip was flushed before."""
        if not 1 <= clip <= self._newest:
            raise InputError(f"There is no clip {clip}.")
        fate = self._fate(clip, frame)
        if fate is not None:
            return fate
        self._raise_failure()
        waiter = _Waiter(clip, frame, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            return await waiter.is_reached
        finally:
            self._waiters.remove(waiter)

    def _fate(self, number: int, frame: int | None) -> bool | None:
        """Return True for a place that was reached, False for one that never will be, else None."""
        if number in self._flushed:
            return frame is not None and self._flushed[number] >= frame
        if (over := self._over.get(number)) is not None:
            return frame is None or frame <= over.written or not over.is_cut
        clip = self._live[number]
        return True if frame is not None and clip.heard >= frame else None

    def _settle(self) -> None:
        """Close the clips that are over, and wake the tasks whose place was reached."""
        for clip in list(self._live.values()):
            if not clip.is_over:
                break
            del self._live[clip.number]
            self._over[clip.number] = clip
            self._heard = max(self._heard, Heard(clip.number, clip.written))
        for waiter in self._waiters:
            if waiter.is_reached.done():
                continue
            fate = self._fate(waiter.clip, waiter.frame)
            if fate is not None:
                waiter.is_reached.set_result(fate)
            elif self._failure is not None:
                waiter.is_reached.set_exception(self._failure)
        if self._failure is not None or self.unheard_seconds < UNHEARD_SECONDS:
            for waiting in self._room:
                if not waiting.done():
                    waiting.set_result(None)

    def _raise_failure(self) -> bool:
        if self._failure is not None:
            raise self._failure
        return True


@dataclass(slots=True)
class _ClipAudio:
    clip: Clip
    chunks: deque[tuple[int, bytes]] = field(default_factory=deque)  # (its first frame, frames)

    def forget(self, before: int) -> None:
        while self.chunks and self.chunks[0][0] + len(self.chunks[0][1]) // 2 <= before:
            self.chunks.popleft()

    def since(self, frame: int) -> list[bytes]:
        return [
            pcm[2 * max(0, frame - first) :] for first, pcm in self.chunks if first + len(pcm) // 2 > frame
        ]


class UnheardAudio:
    """The audio that was not surely heard: after an engine has died, the next one is given it again."""

    def __init__(self) -> None:
        self._clips: dict[int, _ClipAudio] = {}

    @property
    def is_empty(self) -> bool:
        """True if no clip is left to be given to an engine."""
        return not self._clips

    def begin(self, clip: Clip) -> None:
        """Open the next clip."""
        self._clips[clip.number] = _ClipAudio(clip)

    def add(self, number: int, first: int, frames: bytes) -> None:
        """Append frames to a clip; ``first`` is the number of the first one."""
        self._clips[number].chunks.append((first, frames))

    def clip(self, number: int) -> Clip | None:
        """Return the clip of this number, if it is one of these."""
        audio = self._clips.get(number)
        return audio.clip if audio is not None else None

    def frames(self, number: int, start: int, end: int) -> tuple[int, bytes]:
        """Return the frames of a clip in [start, end) that are still here, and the number of their first."""
        audio = self._clips.get(number)
        chunks = audio.chunks if audio is not None else ()
        first = max(start, chunks[0][0]) if chunks else start
        parts = [pcm[2 * max(0, first - at) : 2 * max(0, end - at)] for at, pcm in chunks]
        return first, b"".join(parts)

    def since(self, heard: Heard) -> Iterator[tuple[Clip, int, list[bytes]]]:
        """Yield each clip with the frame to begin with, and its frames from there on."""
        for number, audio in self._clips.items():
            first = heard.frame if number == heard.clip else 0
            yield audio.clip, first, audio.since(first)

    def forget(self, heard: Heard, kept_seconds: float) -> None:
        """Drop what was heard, but for the last ``kept_seconds`` of the clip that is being heard."""
        for number, audio in list(self._clips.items()):
            if number < heard.clip or (number == heard.clip and audio.clip.is_over):
                del self._clips[number]
            elif number == heard.clip:
                audio.forget(heard.frame - round(kept_seconds * audio.clip.rate))

    def drop_after(self, number: int) -> None:
        """Drop the clips after the one of this number."""
        self._clips = {one: audio for one, audio in self._clips.items() if one <= number}

    def clear(self) -> None:
        """Drop every clip."""
        self._clips.clear()


def parts(pcm: bytes, size: int) -> Iterator[bytes]:
    """Split audio into parts of at most ``size`` bytes."""
    for start in range(0, len(pcm), size):
        yield pcm[start : start + size]
