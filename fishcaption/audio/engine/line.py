"""The line of sound to one device: a ring of frames, and the callback that plays it.

A line counts the frames it has been given, of whatever clip, at the device's rate: *line frames*, which only
grow. Only `feed` knows which frame of a clip each is. One rule: the callback copies, ramps, fills with
silence and counts; it takes no lock, calls nothing, never raises, and moves `read`, which nobody else does
while a stream runs. Three parties share a line, each writes its own fields: the feeder (which holds the
engine's lock), the callback, and control.

The level jumps only in ramps of 5 ms: at pause, resume, flush, cut, a change of gain, and where the sound
runs dry. For the last, the newest 5 ms are held back until more comes or the clip ends. A clip's own start
and end are not ramped: they are as the voice made them.

Frames that are no longer wanted are a *gap*, over which the callback leaps; only the callback knows how far
it is. Frames further ahead than a few blocks are taken back instead, so that gaps stay short.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

CAPACITY = 1 << 17
"""Frames of the ring: 0.3 s at 384 kHz, 5.5 s at 24 kHz. A power of two, so that a wrap is a mask."""

RAMP_SECONDS = 0.005
BLOCK_SECONDS = 0.02
"""The frames of one call of the callback, as time: every stream is opened with this block size."""

BLOCKS_KEPT = 128
"""2.5 s of blocks of 20 ms: more than any device holds between the callback and the ear."""


CLOCK_CALLS = 16

SPLICE_BLOCKS = 3
"""So many blocks ahead of the callback, frames that were given can be changed: see `Line.retract`."""


class Block(NamedTuple):
    """Sound that one call of the callback handed over. Device frames count everything, silence too."""

    device_frame: int
    line_frame: int
    frames: int

    @property
    def line_end(self) -> int:
        """The line frame after its last."""
        return self.line_frame + self.frames


class Gap(NamedTuple):
    """Line frames that are not wanted any more: the sound fades out before the first, and goes on after."""

    start: int
    end: int
    fades_in: bool = False  # what follows is from the middle of a clip


class LineRun(NamedTuple):
    """Frames that sound without a break, the first of them at ``at`` (`time.perf_counter`)."""

    at: float
    line_frame: int
    frames: int


class Line:
    """One device's sound. `start` it for each stream; hand `play` to the stream's callback."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._ring: Samples = np.zeros(capacity, np.float32)
        self._steps: Samples = np.arange(1, 1 << 14, dtype=np.float32)
        # changed only while no stream runs
        self.rate = 0  # frames a second of the device; 0 before the first stream
        self.block_frames = 0  # of one call of the callback
        self._first = 0  # what this stream begins with
        self._ramp_frames = 1
        # written by the feeder
        self.write = 0  # frames given so far
        self.natural = (
            -1
        )  # where a clip ends in the line: `write` where nothing of the newest clip is to come
        self.gaps: tuple[Gap, ...] = ()  # in order; those that the callback has passed may be among them
        # written by control
        self.is_paused = False
        self.pause_at = 0.0  # when, at the ear, a pause begins; past: at once
        self.start_at = 0.0  # when, at the ear, sound may begin after silence
        self.is_parting = False  # the stream will be closed: hold, whatever `is_paused` says
        self.gain = 1.0
        # written by the callback
        self.read = 0
        self.starved = 0  # how often the sound ran dry before a clip's end
        self.called_at = 0.0  # `time.perf_counter` of the last call
        self.calls = 0
        self.blocks: list[Block | None] = [
            None
        ] * BLOCKS_KEPT  # the newest is at (block_count - 1) % BLOCKS_KEPT
        self.block_count = 0
        self.audible = [
            0.0
        ] * BLOCKS_KEPT  # when device frame 0 would have sounded, by each of the last calls
        self._called = [0.0] * BLOCKS_KEPT  # each of the last calls, less what it and all before it gave
        self._device_frame = 0
        self._lead_in = 0  # frames of silence still to come before any sound
        self._level = 1.0  # of the ramp, 0 to 1
        self._gain = 1.0
        self._is_sounding = False  # the last sample was one in the middle of a clip

    # what the feeder and the engine do

    @property
    def unread(self) -> int:
        """The number of frames that wait for the callback."""
        read = self.read
        unwanted = (gap.end - max(read, gap.start) for gap in self.gaps if gap.end > read)
        return self.write - read - sum(unwanted)

    def append(self, samples: Samples, *, ends_clip: bool = False, fades: bool = False) -> None:
        """Give the next frames; at most what `room` says.

        ``ends_clip``: no more of this clip will come. ``fades``: and it is not the clip's own end.
        """
        self._put(self.write, samples)
        # The marks first: without the frames they say nothing, while frames without them would be ramped out.
        if ends_clip:
            self.natural = self.write + len(samples)
            if fades:
                self._add_gap(Gap(self.natural, self.natural))
        self.write += len(samples)

    @property
    def room(self) -> int:
        """The number of frames that can be given now."""
        return self.capacity - (self.write - self.read)

    def ahead(self, frames: int) -> int:
        """Return the line frame that the callback gets to with so many frames of sound."""
        at = self.read
        for gap in self.gaps:
            if gap.end <= at:
                continue
            sound = max(0, gap.start - at)
            if sound > frames:
                break
            frames -= sound
            at = gap.end
        return at + frames

    def retract(self, end: int) -> bool:
        """Take back everything from frame ``end`` on. False, and nothing was done, where it is too late.

        It is in time at least three of the device's blocks before the callback gets there. What was taken
        back stays readable (`peek`) until something is appended.
        """
        old = self.write
        self.write = end
        # A call that began before may still believe in the old end; it takes one block at most.
        if self.ahead(self.block_frames) > end:
            self.write = old
            return False
        if self.natural > end:
            self.natural = -1
        self.gaps = tuple(gap for gap in self.gaps if gap.end <= end)
        return True

    def cut(self, start: int, *, fades_in: bool = False) -> Gap | None:
        """Let the sound end at frame ``start``, faded out; where the callback is past it, fade out at once.

        What is appended follows; ``fades_in``: it is from the middle of a clip. None where the sound will end
        right there; else it is the callback that knows where (see `ended_before`), once it has come to the
        end of what is returned.
        """
        start = min(start, self.write)
        soonest = self.ahead(SPLICE_BLOCKS * self.block_frames)
        end = max(start, soonest)
        if end < self.write:
            self.retract(end)
        gap = Gap(start, self.write, fades_in)
        self._add_gap(gap)
        return None if start >= soonest else gap

    def ended_before(self, frame: int) -> int:
        """Return the frame after the last that the device was given of those before ``frame``."""
        for block in self._latest_blocks():
            if block.line_frame < frame:
                return min(block.line_end, frame)
        return self._first

    def _add_gap(self, gap: Gap) -> None:
        read = self.read
        kept = (one for one in self.gaps if one.end > read and one.start < gap.start)
        self.gaps = (*kept, gap)

    def peek(self, start: int, frames: int) -> Samples:
        """Copy frames out that were given before and not overwritten since."""
        out = np.empty(frames, np.float32)
        self._get(start, out)
        return out

    def flush(self) -> None:
        """Drop what was given so far: the callback fades out from where it is and goes on at what follows."""
        self.gaps = (Gap(0, self.write),)

    # while no stream runs

    def start(self, rate: int, *, lead_in_frames: int = 0, is_inside: bool = False) -> None:
        """Prepare for a new stream: what was given and not read is forgotten.

        ``is_inside``: what comes first is from the middle of a clip, and fades in.
        """
        self.rate = rate
        self.block_frames = round(rate * BLOCK_SECONDS)
        self._ramp_frames = max(1, round(rate * RAMP_SECONDS))
        self._first = self.read = self.write = self.ahead(0)
        self.gaps = ()
        self.natural = -1
        self._device_frame = 0
        self.block_count = self.calls = 0
        self.called_at = time.perf_counter()
        self._lead_in = lead_in_frames
        self._is_sounding = False
        self._level = 0.0 if is_inside else 1.0
        self._gain = self.gain

    # where the ear is

    def runs(self, since: float = -math.inf) -> list[LineRun]:
        """Return when sound is audible, oldest first, one run for each that silence parts.

        All of it that ends after ``since``, and at least the latest.
        """
        origin = self._origin()
        runs: list[LineRun] = []
        following: Block | None = None
        for block in self._latest_blocks():
            end = block.device_frame + block.frames
            if runs and origin + end / self.rate <= since:
                break
            at = origin + block.device_frame / self.rate
            if (
                following is not None
                and end == following.device_frame
                and block.line_end == following.line_frame
            ):
                runs[-1] = LineRun(at, block.line_frame, runs[-1].frames + block.frames)
            else:
                runs.append(LineRun(at, block.line_frame, block.frames))
            following = block
        return runs[::-1]

    @property
    def last(self) -> int:
        """The frame after the last that the device was given; what is dropped is not."""
        block = next(self._latest_blocks(), None)
        return self._first if block is None else block.line_end

    def heard(self, moment: float) -> int:
        """Return the frame at the ear: those before it have sounded. Silence does not move it."""
        now = (moment - self._origin()) * self.rate  # in device frames
        oldest = self._first
        for block in self._latest_blocks():
            if block.device_frame <= now:
                return block.line_frame + min(block.frames, int(now) - block.device_frame)
            oldest = block.line_frame
        return oldest

    @property
    def lead_seconds(self) -> float:
        """The longest time, in the last calls, from giving the device a frame to its being heard."""
        calls = self.calls
        if calls == 0:
            return 0.0
        recent = range(max(0, calls - BLOCKS_KEPT + 7), calls)
        return max(0.0, self._origin() - min(self._called[call % BLOCKS_KEPT] for call in recent))

    def _latest_blocks(self) -> Iterator[Block]:
        """Yield the blocks, the newest first, but for those about to be overwritten."""
        count = self.block_count
        for index in range(count - 1, max(-1, count - BLOCKS_KEPT + 7), -1):
            block = self.blocks[index % BLOCKS_KEPT]
            if block is not None:
                yield block

    def _origin(self) -> float:
        """Return when the device's first frame would have sounded.

        What one call tells is wrong by up to 100 ms on a busy machine; the median of many is right to 5 ms.
        """
        calls = self.calls
        recent = sorted(
            self.audible[call % BLOCKS_KEPT] for call in range(max(0, calls - CLOCK_CALLS), calls)
        )
        return recent[len(recent) // 2] if recent else math.inf

    # the callback

    def play(self, out: Samples, delay_seconds: float) -> None:
        """Fill ``out``; its first frame sounds in ``delay_seconds``. The device calls, in its own thread."""
        now = time.perf_counter()
        frames = len(out)
        self.audible[self.calls % BLOCKS_KEPT] = now + delay_seconds - self._device_frame / self.rate
        self._called[self.calls % BLOCKS_KEPT] = now - (self._device_frame + frames) / self.rate
        self.calls += 1
        done = 0
        if self._lead_in > 0:
            done = min(frames, self._lead_in)
            out[:done] = 0
            self._lead_in -= done
        begins, pauses = self._frame_of(self.start_at, now), self._frame_of(self.pause_at, now)
        while done < frames:
            if not self._is_sounding and done < begins:
                skipped = min(begins, frames) - done
                out[done : done + skipped] = 0
                done += skipped
                continue
            is_paused = self.is_paused and done >= pauses
            end = frames if is_paused or not self.is_paused else min(frames, pauses)
            taken = self._take(out[done:end], is_paused)
            if taken == 0:
                if end < frames:  # nothing sounds before the pause
                    begins = end
                    continue
                break
            block = Block(self._device_frame + done, self.read - taken, taken)
            self.blocks[self.block_count % BLOCKS_KEPT] = block
            self.block_count += 1
            done += taken
        out[done:] = 0
        self._device_frame += frames
        self.called_at = now

    def _frame_of(self, moment: float, now: float) -> int:
        """Return the frame of this call that sounds at a moment; not above 0 where it is past."""
        if moment <= now:
            return 0
        return round((moment - self._origin()) * self.rate) - self._device_frame

    def _take(self, out: Samples, is_paused: bool) -> int:
        """Take the next run of frames of one kind; 0 where silence is due to the block's end."""
        while (gap := self._next_gap()) is not None and self.read >= gap.start - self._ramp_frames:
            if self._is_sounding:
                return self._fall(out, gap.end - self.read)
            if self.read < gap.start:
                return self._skip(out, gap.start - self.read)
            self.read = gap.end
            self._level = 0.0 if gap.fades_in else 1.0
        available = self.write - self.read  # read before the mark: see `append`
        is_open = self.natural != self.read + available
        if is_paused or self.is_parting:
            left = available if gap is None else gap.end - self.read
            return self._fall(out, left) if self._is_sounding else 0
        steady = available - self._ramp_frames if is_open else available
        if gap is not None and gap.start - self._ramp_frames - self.read <= available:
            steady = gap.start - self._ramp_frames - self.read
        elif is_open and steady <= 0:
            if not self._is_sounding:
                return 0
            taken = self._fall(out, available)
            self.starved += not self._is_sounding
            return taken
        return self._rise(out, steady) if steady > 0 else 0

    def _next_gap(self) -> Gap | None:
        for gap in self.gaps:
            if gap.end > self.read:
                return gap
        return None

    def _skip(self, out: Samples, frames: int) -> int:
        """Pass frames in silence: the few before a gap, where nothing sounds that could fade out in them."""
        frames = min(frames, len(out))
        out[:frames] = 0
        self.read += frames
        return frames

    def _rise(self, out: Samples, available: int) -> int:
        """Play at full level, or rise to it."""
        if not self._is_sounding:
            self._gain = self.gain  # there is no level that could jump
        frames = min(len(out), available)
        run = out[:frames]
        self._get(self.read, run)
        if self._level < 1.0:
            count = min(frames, math.ceil((1.0 - self._level) * self._ramp_frames))
            run[:count] *= np.minimum(self._level + self._steps[:count] / self._ramp_frames, 1.0)
            self._level = min(1.0, self._level + count / self._ramp_frames)
        self._amplify(run)
        self.read += frames
        self._is_sounding = self.read != self.natural
        if not self._is_sounding:
            self._level = 1.0
        return frames

    def _fall(self, out: Samples, available: int) -> int:
        """Fall to silence; once there, nothing sounds any more."""
        frames = min(len(out), available, math.ceil(self._level * self._ramp_frames))
        if frames > 0:
            run = out[:frames]
            self._get(self.read, run)
            run *= np.maximum(self._level - self._steps[:frames] / self._ramp_frames, 0.0)
            self._level = max(0.0, self._level - frames / self._ramp_frames)
            self._amplify(run)
            self.read += frames
        if self._level <= 0.0 or frames == available:
            self._is_sounding = False
            is_at_an_end = self.read == self.natural
            for gap in self.gaps:
                if gap.end == self.read:
                    is_at_an_end = not gap.fades_in
            self._level = 1.0 if is_at_an_end else 0.0
        return frames

    def _amplify(self, run: Samples) -> None:
        goal = self.gain
        if self._gain != goal:
            step = math.copysign(1.0 / self._ramp_frames, goal - self._gain)
            count = min(len(run), math.ceil(abs(goal - self._gain) * self._ramp_frames))
            reached = self._gain + step * count
            if (goal - reached) * step <= 0:
                reached = goal
            ramp = self._gain + step * self._steps[:count]
            run[:count] *= np.minimum(ramp, goal) if step > 0 else np.maximum(ramp, goal)
            run[count:] *= goal
            self._gain = reached
        elif goal != 1.0:
            run *= goal

    # the ring

    def _put(self, start: int, samples: Samples) -> None:
        at = start & (self.capacity - 1)
        first = min(len(samples), self.capacity - at)
        self._ring[at : at + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]

    def _get(self, start: int, out: Samples) -> None:
        at = start & (self.capacity - 1)
        first = min(len(out), self.capacity - at)
        out[:first] = self._ring[at : at + first]
        out[first:] = self._ring[: len(out) - first]
