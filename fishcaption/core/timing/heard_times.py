"""Heard times: the time at which each frame of an utterance was heard."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

_SAME_SECONDS: Final = 0.02  # the precision of a look; times that differ by less count as equal


class _Point(NamedTuple):
    frame: int
    seconds: float


class HeardTimes:
    """Seconds from the first heard frame, with all silences, for the frames of one utterance.

    ``frames_per_second`` is the voice's rate times the speed. `look` is called with rising times while the
    utterance is heard, whenever a word begins and where the sound breaks off or goes on: between two looks,
    the sound counts as unbroken. Frames beyond the last look are expected to follow at once.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._per_second = frames_per_second
        self._points: list[_Point] = [_Point(0, 0.0)]
        self._begun_at: float | None = None
        self._looked_at = 0.0
        self._was_still = True

    def look(self, now: float, frame: int) -> None:
        """Note that ``frame`` is the next to be heard at ``now``, in seconds of a clock that only grows."""
        last = self._points[-1]
        needed = (frame - last.frame) / self._per_second
        if needed > 0:
            if self._begun_at is None:
                self._begun_at = now - needed
            start = last.seconds
            if self._was_still:  # the sound has begun since the last look
                start = max(start, self._looked_at - self._begun_at, now - needed - self._begun_at)
                if start - last.seconds > _SAME_SECONDS:
                    self._points.append(_Point(last.frame, start))
            self._add(_Point(frame, min(start + needed, max(start, now - self._begun_at))))
        self._was_still = needed <= 0
        self._looked_at = now

    def seconds(self, frame: int) -> float:
        """Return when the frame was heard; for the first frame after a silence, the end of the silence."""
        index = bisect_right(self._points, frame, key=_frame) - 1
        last = self._points[max(0, index)]
        if index + 1 < len(self._points):
            following = self._points[index + 1]
            share = (frame - last.frame) / (following.frame - last.frame)
            return last.seconds + share * (following.seconds - last.seconds)
        return last.seconds + (frame - last.frame) / self._per_second

    def _add(self, point: _Point) -> None:
        """Append a point; one on the line of the two before it replaces the last."""
        if len(self._points) > 1:
            before, last = self._points[-2:]
            expected = before.seconds + (point.frame - before.frame) / self._per_second
            if last.frame > before.frame and abs(expected - point.seconds) < _SAME_SECONDS:
                self._points.pop()
        self._points.append(point)


def _frame(point: _Point) -> int:
    return point.frame
