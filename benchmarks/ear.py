"""What a device's monitor shows: when something sounded, and what of a voice's samples was heard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tests.rig import Recording, Samples

Ints = npt.NDArray[np.int64]

_LOOK_SECONDS = 0.4
_LOOKS = 40


class Ear:
    """A recording that is going on, and the times of its frames (`time.perf_counter`).

    A busy machine hands parts of the recording on late, never early: a frame sounded when the earliest of its
    neighbours says so.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.rate = recording.rate

    @property
    def now(self) -> int:
        """The frame that the recording has come to."""
        return self._recording.frames

    def samples(self, start: int = 0) -> Samples:
        """What was heard from a frame on."""
        return self._recording.samples(start)

    def seconds_of(self, frame: int) -> float:
        """When a frame sounded. Ask once half a second more has been recorded."""
        reach = round(_LOOK_SECONDS * self.rate)
        last = self._recording.frames - 1
        looks = np.linspace(max(0, frame - reach), min(last, frame + reach), _LOOKS)
        return min(self._recording.time_of(int(look)) - (int(look) - frame) / self.rate for look in looks)

    async def sound(self, start: int, timeout_seconds: float = 20.0) -> int:
        """Wait for the first sample from a frame on that is not silence; return its frame."""
        return await asyncio.to_thread(self._recording.wait_for_sound, start, timeout_seconds)

    async def silence(self, start: int, seconds: float = 0.4, timeout_seconds: float = 60.0) -> int:
        """Wait until it has been silent for so long; return where that began."""
        return await asyncio.to_thread(self._recording.wait_for_silence, seconds, start, timeout_seconds)

    async def listen(self, seconds: float) -> None:
        """Let so much more be recorded."""
        await asyncio.to_thread(self._recording.wait_frames, self.now + round(seconds * self.rate))


def onsets(samples: Samples, gap_frames: int) -> list[int]:
    """Where sound begins after at least so many silent frames."""
    loud = np.flatnonzero(samples)
    if not len(loud):
        return []
    starts = np.flatnonzero(np.diff(loud) > gap_frames) + 1
    return [int(loud[0]), *(int(loud[start]) for start in starts)]


def values(samples: Samples) -> Ints:
    """The int16 that each sample was made of; a million where a ramp has changed it."""
    scaled = samples.astype(np.float64) * 32768
    whole = np.rint(scaled).astype(np.int64)
    whole[np.abs(scaled - whole) > 1e-3] = 1_000_000
    return whole


def said(samples: Samples, frames_a_character: int) -> str:
    """The text that `tests.live_server` was heard to say; a ramp may have changed a few ms of a character.

    Characters of which half or more is missing are not in it.
    """
    found = values(samples)
    found = found[(found > 0) & (found < 0x8000)]
    if not len(found):
        return ""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(found)) + 1, [len(found)]))
    return "".join(
        chr(int(found[start])) * round((end - start) / (frames_a_character - 1))
        for start, end in pairwise(starts)
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """How a voice's samples were heard, from the first that is not silence to the last. Frames of the voice.

    ``before`` and ``after`` are exact from its start and its end; ``inserted`` were heard beyond what it has.
    """

    before: int
    after: int
    inserted: int
    altered: int  # neither in `before` nor in `after`
    begins: int  # in the recording

    @property
    def is_exact(self) -> bool:
        """Whether it was heard sample by sample and in one stretch."""
        return not self.altered and not self.inserted


def place(voice: Samples, heard: Samples) -> Placed:
    """Lay the voice over what was heard; both begin and end with their first and last sounding sample."""
    made, first = _trimmed(voice)
    played, begins = _trimmed(heard)
    count = min(len(made), len(played))
    differs = np.flatnonzero(made[:count] != played[:count])
    before = int(differs[0]) if len(differs) else count
    differs = np.flatnonzero(made[::-1][:count] != played[::-1][:count])
    after = int(differs[0]) if len(differs) else count
    after = min(after, len(made) - before)
    return Placed(
        before + first,
        after,
        len(played) - len(made),
        len(made) - before - after,
        begins - first,
    )


_SURE_FRAMES = 600


def across(voice: Samples, heard: Samples, last: int, first: int, margin: int) -> tuple[int, int]:
    """The stretch of the voice that a silence cut out or its ramps changed, as frames of the voice.

    ``last`` and ``first`` sounded before and after the silence; ``margin`` frames next to them are not relied
    on. Raises ValueError where what was heard there is not of the voice.
    """
    whole = voice.tobytes()
    width = voice.itemsize
    before = heard[last - margin - _SURE_FRAMES : last - margin]
    after = heard[first + margin : first + margin + _SURE_FRAMES]
    start = whole.index(before.tobytes()) // width + _SURE_FRAMES
    end = whole.index(after.tobytes()) // width
    at = last - margin
    while start < end and voice[start] == heard[at]:
        start, at = start + 1, at + 1
    at = first + margin - 1
    while end > start and voice[end - 1] == heard[at]:
        end, at = end - 1, at - 1
    return start, end


@dataclass(frozen=True, slots=True)
class Jump:
    """Where what was said left the text, and where in the text it went on: before that place or behind it."""

    left: int
    went_on: int


_SURE_CHARACTERS = 12
_SPOILT_CHARACTERS = 2


def jumps(text: str, heard: str) -> list[Jump]:
    """Where what was heard does not follow the text; a character or two spoilt by ramps are no jump."""
    found: list[Jump] = []
    at = spoken = 0
    while spoken < len(heard):
        if at < len(text) and text[at] == heard[spoken]:
            at, spoken = at + 1, spoken + 1
            continue
        ahead = heard[spoken : spoken + _SURE_CHARACTERS]
        places = [place for place in range(len(text)) if text.startswith(ahead, place)]
        if not places:
            spoken += 1
            continue
        went_on = min(places, key=lambda place: abs(place - at))
        if not 0 <= went_on - at <= _SPOILT_CHARACTERS:
            found.append(Jump(at, went_on))
        at = went_on
    if len(text) - at > _SPOILT_CHARACTERS:
        found.append(Jump(at, len(text)))
    return found


def _trimmed(samples: Samples) -> tuple[Samples, int]:
    loud = np.flatnonzero(samples)
    if not len(loud):
        return samples[:0], 0
    return samples[loud[0] : loud[-1] + 1], int(loud[0])
