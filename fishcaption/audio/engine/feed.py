"""From clips to the line: speed, the device's rate, the prebuffer, and the map back to clips.

A clip's audio is kept as it came until it has been heard. What goes to the line is made from it a second
ahead, so that anything can be made anew from any frame: after a change of speed, for a device with another
rate, after a device that took frames with it. At speed 1 and at the device's own rate nothing is computed:
int16 divided by 32,768, which floats hold exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from fishcaption.audio.engine.conversion import Conversion
from fishcaption.audio.engine.limiter import Limiter
from fishcaption.audio.engine.line import RAMP_SECONDS, SPLICE_BLOCKS, Gap, Line, LineRun, Samples
from fishcaption.audio.engine.source import Place, SourceClip
from fishcaption.audio.wire import Run

AHEAD_SECONDS = 1.0
CHUNK_SECONDS = 0.04
CROSSFADE_SECONDS = 0.01
KEPT_SECONDS = 1.0
"""This much of what was heard is kept: after the loss of a device, less is said again."""

PREBUFFER_SECONDS = 0.06
PREBUFFER_MOST_SECONDS = 0.6
PREBUFFER_CLEAN_CLIPS = 20
STUTTER_SECONDS = 1.0
"""A gap longer than this is no stutter that a prebuffer could have helped: nobody had typed on."""

DRAIN_SECONDS = 0.06

QUIET = 0.01
"""Of full scale: sound below may be made shorter or longer by some milliseconds, and nobody hears it."""

QUIET_DOUBLES_SECONDS = 2.0
"""The longer there is no such place, the louder it may be."""


@dataclass(frozen=True, slots=True)
class ClipStretch:
    """A part of the line that comes from one clip at one speed, up to the next stretch."""

    line_frame: int
    clip: int
    frame: int
    per_line_frame: float  # source frames
    # known once the clip's last frame is in the line
    line_end: int | None = None
    end: int = 0

    def frame_at(self, line_frame: int) -> int:
        """Return the source frame that sounds at a line frame; the clip's end only once all of it has."""
        if self.line_end is not None and line_frame >= self.line_end:
            return self.end
        frame = self.frame + int((line_frame - self.line_frame) * self.per_line_frame)
        return frame if self.line_end is None else min(frame, max(self.frame, self.end - 1))


@dataclass(frozen=True, slots=True)
class _Cut:
    """A clip that was cut where the callback may have been already."""

    clip: int
    frame: int
    gap: Gap


class SoundFeed:
    """Turns clips into line frames. The caller holds the engine's lock; only the callback runs beside it."""

    def __init__(self, line: Line) -> None:
        self.speed = 1.0
        self.prebuffer_seconds = PREBUFFER_SECONDS
        self._line = line
        self._clips: list[SourceClip] = []  # from the one at the ear on
        self._newest = 0  # the last that has begun
        self._here: SourceClip | None = None  # whose frames go to the line next; None where all are there
        self._frame = 0  # the next of them
        self._conversion: Conversion | None = None  # of `_here`, once it has begun
        self._limiter: Limiter | None = None  # of the conversion before, where the clip rested
        self._stretches: list[ClipStretch] = []
        # what was cut
        self._limits: dict[int, int] = {}  # of clips that have not begun here
        self._dropped: list[tuple[int, int]] = []  # first and last of clips that have not begun here, perhaps
        self._cuts: list[_Cut] = []  # of which the callback has yet to say where they ended
        self._ends: list[Place] = []
        # what is left out or put in, in line frames, to be in step with another device
        self._shift = 0  # to be left out still; negative: to be put in
        self._shift_since = 0.0
        self._shifted: list[tuple[int, int]] = []  # (the line frame after it, how many were left out)
        # the learned prebuffer
        self._came = 0.0  # when the newest audio did
        self._starved = 0
        self._dry_since: float | None = None
        self._clean_clips = 0

    # clips

    def begin(self, number: int, rate: int, first: int = 0, gain: float = 1.0, pace: float = 1.0) -> None:
        """Open the next clip, to be heard from frame ``first`` on; not one that a cut has dropped.

        Where libsonic has no wheel (Macs with an Intel processor) its pace is 1.
        """
        is_dropped = any(low <= number <= high for low, high in self._dropped)
        self._dropped = [(low, high) for low, high in self._dropped if high > number]
        limit = self._limits.pop(number, None)
        if is_dropped:
            return
        has_pace = pace != 1.0 and find_spec("libsonic") is not None
        clip = SourceClip(number, rate, first, gain, pace if has_pace else 1.0)
        if limit is not None:
            clip.cut(limit)
        self._clips.append(clip)
        self._newest = number
        if self._here is None:
            self._go_to(clip, first)

    def add(self, number: int, pcm: bytes, now: float) -> None:
        """Append whole frames to a clip; nothing happens to one that was flushed."""
        if (clip := self._clip(number)) is None:
            return
        clip.add(pcm)
        self._came = now
        if self._dry_since is not None:
            if now - self._dry_since <= STUTTER_SECONDS:
                self.prebuffer_seconds = min(2 * self.prebuffer_seconds, PREBUFFER_MOST_SECONDS)
                self._clean_clips = -1  # this one is not
            self._dry_since = None

    def end(self, number: int) -> None:
        """Say that no more of a clip will come."""
        if (clip := self._clip(number)) is not None:
            clip.is_ended = True

    def flush(self) -> None:
        """Drop every clip, and what is in the line of them."""
        self._line.flush()
        self._clips.clear()
        self._limits.clear()
        self._dropped.clear()
        self._cuts.clear()
        self._here = self._conversion = self._dry_since = None

    def cut(self, number: int, frame: int, newest: int, heard_frame: int | None = None) -> None:
        """Drop a clip from a frame on, and every later clip up to ``newest``, whether begun here yet or not.

        The sound fades out before the frame or, where the device has had it, at once; `take_ends` tells where
        that was. ``heard_frame``: the line frame at the ear, where no stream runs.
        """
        self._dropped.append((number + 1, newest))
        self._clips = [clip for clip in self._clips if clip.number <= number]
        self._cuts = [cut for cut in self._cuts if cut.clip < number]
        clip = self._clip(number)
        if clip is not None:
            clip.cut(frame)
        elif number > self._newest:
            self._limits[number] = frame
        if heard_frame is None:
            self._cut_line(number, frame)
            return
        place = self.place(heard_frame)
        self._ends.append(Place(number, max(frame, place.frame) if place.clip == number else frame))
        if self._here is not None and self._here.number >= number:  # until `restart` says from where
            self._here, self._conversion = clip, None
            self._frame = min(self._frame, clip.end if clip is not None else 0)

    def _cut_line(self, number: int, frame: int) -> None:
        here, line = self._here, self._line
        if number > self._newest or (
            here is not None and (here.number < number or (here.number == number and frame >= self._frame))
        ):
            self._ends.append(Place(number, frame))
            return
        if self._conversion is not None:
            line.append(self._conversion.drain())
        self._here = self._conversion = None
        start = min(self._line_frame(number, frame), line.write)
        gap = line.cut(start)
        self._stretches = [stretch for stretch in self._stretches if stretch.line_frame < line.write]
        if gap is not None:
            self._cuts.append(_Cut(number, frame, gap))
        else:
            self._end_at(Place(number, frame), start)

    def _line_frame(self, number: int, frame: int) -> int:
        """Return where a clip's frame is in the line, or would be; 0 where it is past and forgotten."""
        following = math.inf
        for stretch in reversed(self._stretches):
            if stretch.clip == number and stretch.frame <= frame:
                if stretch.line_end is not None and frame >= stretch.end:
                    return stretch.line_end
                frames = math.ceil((frame - stretch.frame) / stretch.per_line_frame)
                return int(min(following, stretch.line_frame + frames))
            following = stretch.line_frame
        return 0

    def _end_at(self, end: Place, line_end: int) -> None:
        """Take note that a clip ends, and where in the line its sound does."""
        if self._stretches and self._stretches[-1].clip == end.clip:
            self._stretches[-1] = replace(self._stretches[-1], line_end=line_end, end=end.frame)
        self._ends.append(end)

    def _settle_cuts(self) -> None:
        """Find out where clips ended that the callback was playing when they were cut."""
        while self._cuts and self._line.read >= self._cuts[0].gap.end:
            cut = self._cuts.pop(0)
            line_end = self._line.ended_before(cut.gap.end)
            later = [stretch for stretch in self._stretches if stretch.line_frame >= cut.gap.end]
            self._stretches = [stretch for stretch in self._stretches if stretch.line_frame < line_end]
            own = [stretch for stretch in self._stretches if stretch.clip == cut.clip]
            if own and own[-1] is self._stretches[-1]:
                is_exact = line_end <= cut.gap.start
                self._end_at(Place(cut.clip, cut.frame if is_exact else own[-1].frame_at(line_end)), line_end)
            elif own:  # all of it was heard, and some of the next
                self._ends.append(Place(cut.clip, own[-1].end))
            self._stretches += later

    def take_ends(self) -> list[Place]:
        """Return where clips that were cut have ended, or will; each is returned once."""
        self._settle_cuts()
        ends, self._ends = self._ends, []
        return ends

    @property
    def newest_rate(self) -> int | None:
        """The rate of the newest clip that is not wholly heard."""
        return self._clips[-1].rate if self._clips else None

    @property
    def has_more(self) -> bool:
        """True if frames, or a clip's end, wait that are not in the line yet."""
        here, conversion = self._here, self._conversion
        if here is None:
            return False
        return here.end > self._frame or here.is_ended or (conversion is not None and conversion.holds_back)

    @property
    def has_clip(self) -> bool:
        """True if there is a clip of which not all is in the line."""
        return self._here is not None

    def forget(self, line_frame: int) -> None:
        """Drop what was heard before a line frame."""
        place = self.place(line_frame)
        self._clips = [clip for clip in self._clips if clip.number >= place.clip or clip is self._here]
        for clip in self._clips:
            if clip.number == place.clip:
                clip.forget(place.frame - round(KEPT_SECONDS * clip.rate))
        older = sum(stretch.line_frame <= line_frame - self._line.rate for stretch in self._stretches)
        del self._stretches[: max(0, older - 1)]

    # flow

    def fill(self, now: float) -> None:
        """Give the line what is due; nothing while no device's rate is known."""
        line = self._line
        self._settle_cuts()
        if line.starved != self._starved:
            self._starved, self._dry_since = line.starved, now
        wanted = min(line.rate * AHEAD_SECONDS, line.capacity / 2)
        while self._here is not None and line.unread < wanted:
            if line.unread == 0 and not self._is_enough(self._here, now):
                return
            clip = self._here
            made = self._make(clip)
            if made is None:
                break
            samples, ends_clip = made
            if self._shift and not ends_clip:
                samples = self._shift_some(samples, clip, now)
            self._append(samples, ends_clip)
        is_resting = now - self._came > DRAIN_SECONDS and line.unread < line.rate * DRAIN_SECONDS
        if self._conversion is not None and self._conversion.holds_back and is_resting:
            # The voice rests in mid-clip: what is held back is the end of its last word.
            line.append(self._conversion.drain())
            self._limiter, self._conversion = self._conversion.limiter, None

    def _is_enough(self, clip: SourceClip, now: float) -> bool:
        """Return whether the sound may begin, or go on after it ran dry."""
        waiting = clip.end - self._frame
        if clip.is_ended or waiting == 0:
            return clip.is_ended
        is_late = now - self._came > STUTTER_SECONDS
        return is_late or waiting >= self.prebuffer_seconds * self.speed * clip.pace * clip.rate

    def _make(self, clip: SourceClip) -> tuple[Samples, bool] | None:
        """Convert the next chunk; return its line frames and whether the clip ends with them, or None."""
        frames = max(0, min(clip.end - self._frame, round(clip.rate * CHUNK_SECONDS)))
        is_last = clip.is_ended and self._frame + frames >= clip.end
        if frames == 0 and not is_last:
            return None
        if self._conversion is None:
            self._conversion = Conversion(self.speed * clip.pace, clip, self._line, self._limiter)
            per_line_frame = self.speed * clip.pace * clip.rate / self._line.rate
            self._stretches.append(ClipStretch(self._line.write, clip.number, self._frame, per_line_frame))
        samples = self._conversion.run(clip.take(self._frame, frames))
        self._frame += frames
        if is_last:
            samples = np.concatenate((samples, self._conversion.drain()))
        return samples, is_last

    def _append(self, samples: Samples, ends_clip: bool) -> None:
        fades = self._here is not None and self._here.limit is not None
        self._line.append(samples, ends_clip=ends_clip, fades=fades)
        if ends_clip and self._here is not None:
            self._stretches[-1] = replace(self._stretches[-1], line_end=self._line.write, end=self._here.end)
            self._clean_clips += 1
            if self._clean_clips >= PREBUFFER_CLEAN_CLIPS:
                self._clean_clips = 0
                self.prebuffer_seconds = max(self.prebuffer_seconds / 2, PREBUFFER_SECONDS)
            ended = self._here.number
            self._here = self._conversion = None
            later = (clip for clip in self._clips if clip.number > ended)
            if (clip := next(later, None)) is not None:
                self._go_to(clip, clip.first)

    def _go_to(self, clip: SourceClip, frame: int) -> None:
        self._here, self._frame, self._conversion, self._limiter = clip, frame, None, None

    def _clip(self, number: int) -> SourceClip | None:
        return next((clip for clip in self._clips if clip.number == number), None)

    # in step with another device

    def shift(self, frames: int, now: float) -> None:
        """Leave out so many line frames more, where nobody hears it; negative: put in."""
        if self._shift == 0:
            self._shift_since = now
        self._shift += frames

    def shift_to_come(self, line_frame: int) -> int:
        """Return how many line frames are still to be left out after a line frame has sounded."""
        return self._shift + sum(frames for at, frames in self._shifted if at > line_frame)

    def _shift_some(self, samples: Samples, clip: SourceClip, now: float) -> Samples:
        """Make a chunk shorter or longer, if it is quiet enough; its place in the line is the next."""
        fade = round(RAMP_SECONDS * self._line.rate)
        quiet = QUIET * 2 ** ((now - self._shift_since) / QUIET_DOUBLES_SECONDS)
        loudest = np.abs(samples).max(initial=0.0)
        if len(samples) < 4 * fade or loudest > quiet:
            return samples
        length = len(samples)
        most = length - 2 * fade
        count = max(-self._line.rate, min(self._shift, most))
        share = np.arange(1, fade + 1, dtype=np.float32) / np.float32(fade)
        if count > 0:  # fade over to what comes later in the chunk
            joint = samples[:fade] * (1 - share) + samples[count : count + fade] * share
            parts: list[Samples] = [joint, samples[count + fade :]]
        elif count >= -length:  # fade over to what came before
            count = max(count, -most)
            back = length - fade + count
            joint = samples[-fade:] * (1 - share) + samples[back : back + fade] * share
            parts = [samples[:-fade], joint, samples[back + fade :]]
        elif loudest <= QUIET:  # the other one was away: wait for it, between the chunk and its repetition
            rest = np.zeros(-count - length, np.float32)
            out, into = samples[-fade:] * (1 - share), samples[:fade] * share
            parts = [samples[:-fade], out, rest, into, samples[fade:]]
        else:
            return samples
        shifted = np.concatenate(parts)
        line_end = self._line.write + len(shifted)
        old = self._stretches[-1]
        frame = old.frame_at(self._line.write + len(samples))
        self._stretches.append(ClipStretch(line_end, clip.number, frame, old.per_line_frame))
        self._shift -= count
        self._shift_since = now
        self._shifted = [entry for entry in self._shifted if entry[0] > self._line.read - self._line.rate]
        self._shifted.append((line_end, count))
        return np.asarray(shifted, np.float32)

    def skip_to(self, place: Place) -> None:
        """Go on at a place at once; what is before it is dropped."""
        if self._line.write > self._line.read:
            gap = self._line.cut(0, fades_in=True)
            self._stretches = [
                stretch for stretch in self._stretches if stretch.line_frame < self._line.write
            ]
            if gap is not None:
                self._cuts.append(_Cut(0, 0, gap))
        self._clips = [clip for clip in self._clips if clip.number >= place.clip]
        self._here = self._conversion = None
        self._shift = 0
        self._shifted.clear()
        clip = next(iter(self._clips), None)
        if clip is not None:
            self._go_to(clip, clip.clamp(place.frame) if clip.number == place.clip else clip.first)

    def seconds_between(self, one: Place, other: Place) -> float | None:
        """Return the seconds of sound between two places, at speed 1; None where they are not known."""
        if other < one:
            seconds = self.seconds_between(other, one)
            return None if seconds is None else -seconds
        numbers = [clip.number for clip in self._clips]
        if one.clip not in numbers or other.clip not in numbers:
            return None
        seconds = 0.0
        for clip in self._clips:
            if one.clip <= clip.number <= other.clip:
                start = one.frame if clip.number == one.clip else clip.first
                end = other.frame if clip.number == other.clip else clip.end
                seconds += (end - start) / (clip.rate * clip.pace)
        return seconds

    # once more, or in another way

    def restart(
        self,
        line_frame: int,
        back_seconds: float,
        rate: int,
        lead_in_seconds: float,
        skips_to: Place | None = None,
    ) -> None:
        """Go on, on a new stream at ``rate``, from what sounded ``back_seconds`` before a line frame.

        No stream runs now. A clip that was heard to its end is not said again. ``skips_to``: go on from this
        later place instead.
        """
        place = self.place(line_frame)
        clip = self._clip(place.clip)
        frame = place.frame
        for cut in self._cuts:
            is_past = cut.clip == place.clip and cut.frame < frame
            self._ends.append(Place(cut.clip, frame if is_past else cut.frame))
        self._cuts.clear()
        if clip is None:
            clip = next(iter(self._clips), None)
            frame = clip.first if clip is not None else 0
        elif clip.is_over_at(frame):
            if clip.limit is not None:  # of what it was heard beyond the cut, some may have been lost
                self._ends.append(place)
        else:
            frame = clip.clamp(frame - round(back_seconds * clip.rate))
        if skips_to is not None:
            self._clips = [one for one in self._clips if one.number >= skips_to.clip]
            clip = next(iter(self._clips), None)
            if clip is not None:
                frame = clip.clamp(skips_to.frame) if clip.number == skips_to.clip else clip.first
        is_inside = clip is not None and frame > 0 and not clip.is_over_at(frame)
        self._line.start(rate, lead_in_frames=round(lead_in_seconds * rate), is_inside=is_inside)
        self._stretches = [stretch for stretch in self._stretches if stretch.line_frame < self._line.read]
        self._here = self._conversion = None
        self._shift = 0
        self._shifted.clear()
        if clip is not None:
            self._go_to(clip, frame)

    def change_speed(self, speed: float) -> None:
        """Speak faster or slower, from a few blocks ahead of the callback on.

        Where libsonic has no wheel (Macs with an Intel processor) it goes on at speed 1.
        """
        if speed == self.speed or find_spec("libsonic") is None:
            return
        self.speed = speed
        line = self._line
        while (end := line.ahead(SPLICE_BLOCKS * line.block_frames)) < line.write:
            if line.retract(end):
                self._splice(end, line.peek(end, round(CROSSFADE_SECONDS * line.rate)))
                return
        end = line.write
        if self._conversion is not None:  # nearly dry: what it holds back is all there is to fade from
            self._splice(end, self._conversion.drain())

    def _splice(self, line_end: int, old: Samples) -> None:
        """Make anew what sounds from ``line_end`` on, where the line now ends, fading over from ``old``."""
        place = self.place(line_end)
        clip = self._clip(place.clip)
        if clip is None:
            return
        self._stretches = [stretch for stretch in self._stretches if stretch.line_frame < line_end]
        self._go_to(clip, clip.clamp(place.frame))
        samples, ends_clip = np.zeros(0, np.float32), False
        wanted = round(CROSSFADE_SECONDS * self._line.rate)
        while len(samples) < wanted and not ends_clip and (made := self._make(clip)) is not None:
            samples, ends_clip = np.concatenate((samples, made[0])), made[1]
        count = min(len(samples), len(old), wanted)
        if count:
            share = np.arange(1, count + 1, dtype=np.float32) / count
            samples[:count] = old[:count] * (1 - share) + samples[:count] * share
        self._append(samples, ends_clip)

    # where the ear is

    def place(self, line_frame: int) -> Place:
        """Return what sounds at a line frame; (0, 0) before anything."""
        for stretch in reversed(self._stretches):
            if stretch.line_frame <= line_frame:
                return Place(stretch.clip, stretch.frame_at(line_frame))
        return Place(0, 0)

    def heard(self, now: float) -> list[Run]:
        """Return what sounds when: all that the device still holds, and the last run before it."""
        return [heard for run in self._line.runs(since=now - 0.1) for heard in self._in_clips(run)]

    def _in_clips(self, run: LineRun) -> Iterator[Run]:
        rate = self._line.rate
        ends = [stretch.line_frame for stretch in self._stretches[1:]] + [run.line_frame + run.frames]
        for stretch, next_start in zip(self._stretches, ends, strict=True):
            start = max(run.line_frame, stretch.line_frame)
            end = min(run.line_frame + run.frames, next_start)
            if end <= start:
                continue
            at = run.at + (start - run.line_frame) / rate
            last = stretch.frame_at(end)
            is_over = stretch.line_end is not None and stretch.line_end <= end
            first = stretch.frame_at(start)
            per_second = stretch.per_line_frame * rate
            yield Run(at, stretch.clip, first, per_second, max(first, last - 1) if is_over else last)
            if is_over:
                yield Run(at + (end - start) / rate, stretch.clip, last, 0.0, last)
