"""Messages between the app and its sound engine, over the engine's standard input and output.

To the engine go messages: a head (kind, length), then a clip's number and its int16 frames, or a command as a
JSON object. Back come events, a JSON object a line. Both ends are of one version: nothing is negotiated.

    open     device (name, host API or ""; null: the default), latency, linger, lead_in, rate, is_silent,
             holds, has_device: see `output.Wish`
    rest     linger, lead_in: as of `open`, from the next silence on
    begin    clip, rate, gain, pace, first: the frame to begin with
    end      clip
    cut      clip, frame, newest: the last clip there is; see `reader.Player.cut`
    flush, warm
    pause    at: when, at the ear; absent or past: at once
    resume   at
    hold     at: no sound before that moment, if none waits
    follow   runs: the other device's, to keep in step with
    gain     to
    speed    to
    ping     answered by `pong`, which says that all before it was done

    heard    at: when it was sent; runs: see `Run`; lead: seconds that the device is given ahead of the ear
    ends     ends: (clip, frame) of clips that were cut, where they have ended or will
    lead     seconds: see `heard`; told while there is silence
    device   name, rate, latency, is_open, is_clock, error; lead, as it will be
    hung     the device has not answered for too long: only a new process helps

Times are `time.perf_counter` in seconds, which all processes of a machine share.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any, BinaryIO, NamedTuple

_HEAD = struct.Struct("<cI")
_CLIP = struct.Struct("<I")

AUDIO = b"A"
COMMAND = b"C"


SAME_SECONDS = 0.002
"""A report that differs by less from what was foretold is no news: each reads the device's clock anew."""

SAME_SPEED = 0.01


class Run(NamedTuple):
    """Sound of one clip without a break: frames ``frame`` to ``end``, the first heard at ``at``."""

    at: float
    clip: int
    frame: int
    frames_per_second: float
    end: int

    def frame_at(self, moment: float) -> int:
        """Return the frame that is heard at ``moment``, which is not before the run."""
        return min(self.end, self.frame + int((moment - self.at) * self.frames_per_second))

    def moment_of(self, frame: int) -> float:
        """Return when a frame is heard, if the run reaches it or goes on as it is."""
        frames = frame - self.frame
        return self.at + (frames / self.frames_per_second if frames else 0.0)

    def foretells(self, later: Run, now: float) -> bool:
        """Return whether a later report says nothing new: the same clip, its pace, and no break."""
        if later.clip != self.clip or self.frames_per_second <= 0 or now >= self.moment_of(self.end):
            return False
        if abs(self.frames_per_second - later.frames_per_second) > SAME_SPEED * self.frames_per_second:
            return False
        return abs(self.moment_of(later.frame) - later.at) < SAME_SECONDS


def audio(clip: int, pcm: bytes) -> bytes:
    """Return the message that carries a clip's next frames."""
    return _HEAD.pack(AUDIO, _CLIP.size + len(pcm)) + _CLIP.pack(clip) + pcm


def command(do: str, **fields: object) -> bytes:
    """Return the message of a command."""
    payload = json.dumps({"do": do, **fields}).encode()
    return _HEAD.pack(COMMAND, len(payload)) + payload


def receive(stream: BinaryIO) -> tuple[int, bytes] | dict[str, Any] | None:
    """Read one message: a clip's audio, a command, or None where the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    payload = stream.read(length)
    if len(payload) < length:
        return None
    if kind == AUDIO:
        return _CLIP.unpack_from(payload)[0], payload[_CLIP.size :]
    fields: dict[str, Any] = json.loads(payload)
    return fields


def event(ev: str, **fields: object) -> bytes:
    """Return the line of an event."""
    return json.dumps({"ev": ev, **fields}).encode() + b"\n"


def runs(values: Iterable[Iterable[Any]]) -> tuple[Run, ...]:
    """Read the runs of a `heard` event."""
    return tuple(Run(*value) for value in values)
