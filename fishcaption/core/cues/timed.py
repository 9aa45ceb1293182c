"""Timed cues: captions with the frames at which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fishcaption.core.cues.layout import Caption, CaptionLayout, word_start
from fishcaption.core.speech import WordTime

_LEAST_SECONDS: Final = 1.0  # EAD: a caption is shown for at least 1 s, and split beyond 7 s
_MOST_SECONDS: Final = 7.0
_LINGER_SECONDS: Final = 0.5  # after the last word, if nothing follows
_GAP_SECONDS: Final = 0.5  # a shorter gap would flicker: the caption before it stays


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption and its time: [start_frame, end_frame) in frames of the utterance."""

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    start: int
    end: int


def timed_cues(
    text: str, captions: Sequence[Caption], times: Sequence[WordTime], rate: int, layout: CaptionLayout
) -> tuple[Cue, ...]:
    """Return the cues of captions whose words sound at ``times``: see `Captions.cues`."""
    spoken: list[tuple[Caption, Sequence[WordTime]]] = []
    first = 0
    for caption in captions:
        last = first
        while last < len(times) and times[last].span.start < caption.end:
            last += 1
        if first < last:
            spoken += _not_too_long(text, caption, times[first:last], rate, layout)
        first = last
    starts = [heard[0].start_frame for _, heard in spoken]
    made: list[Cue] = []
    for index, (caption, heard) in enumerate(spoken):
        start = starts[index]
        end = max(heard[-1].end_frame + round(_LINGER_SECONDS * rate), start + round(_LEAST_SECONDS * rate))
        end = min(end, max(start + round(_MOST_SECONDS * rate), heard[-1].end_frame))
        if index + 1 < len(spoken) and starts[index + 1] < end + _GAP_SECONDS * rate:
            end = max(start, starts[index + 1])
        if start < end:
            made.append(Cue(start, end, caption.lines, caption.start, caption.end))
    return tuple(made)


def _not_too_long(
    text: str, caption: Caption, heard: Sequence[WordTime], rate: int, layout: CaptionLayout
) -> list[tuple[Caption, Sequence[WordTime]]]:
    """Return the caption with its words, cut before the first word that would end too late for a cue."""
    latest = heard[0].start_frame + _MOST_SECONDS * rate
    count = next((index for index, word in enumerate(heard) if index and word.end_frame > latest), len(heard))
    if count == len(heard):
        return [(caption, heard)]
    cut = word_start(text, heard[count - 1].span.end, heard[count].span.start)
    first, rest = (
        Caption(start, end, tuple(line for part in layout.captions(text, start, end) for line in part.lines))
        for start, end in ((caption.start, cut), (cut, caption.end))
    )
    return [(first, heard[:count]), *_not_too_long(text, rest, heard[count:], rate, layout)]
