"""Timed cues: captions with the frames at which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fishcaption.core.cues.audience_text import NOTHING, AudienceText
from fishcaption.core.cues.layout import Caption, CaptionLayout, word_start
from fishcaption.core.cues.reading_speed import reading_seconds
from fishcaption.core.speech import WordTime

_LEAST_SECONDS: Final = 1.0  # EAD: a caption is shown for at least 1 s, and split beyond 7 s
_MOST_SECONDS: Final = 7.0
_LINGER_SECONDS: Final = 0.5  # after the last word, if nothing follows (Netflix)
_MOST_LINGER_SECONDS: Final = 1.5  # for what takes longer to read than to say (BBC)
_GAP_SECONDS: Final = 0.5  # a shorter gap would flicker: the caption before it stays


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption and its time: [start_frame, end_frame) in frames of the utterance.

    ``plain`` is its text on one line: see `Caption`.
    """

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    start: int
    end: int
    plain: AudienceText = field(default=NOTHING, compare=False, repr=False)


def timed_cues(
    captions: Sequence[Caption], times: Sequence[WordTime], rate: int, layout: CaptionLayout, language: str
) -> tuple[Cue, ...]:
    """Return the cues of captions whose words sound at ``times``: see `Captions.cues`."""
    spoken: list[tuple[Caption, Sequence[WordTime]]] = []
    first = 0
    for caption in captions:
        last = first
        while last < len(times) and times[last].span.start < caption.end:
            last += 1
        if first < last:
            spoken += _not_too_long(caption, times[first:last], rate, layout)
        first = last
    made: list[Cue] = []
    for index, (caption, heard) in enumerate(spoken):
        start = heard[0].start_frame
        end = _last_frame(caption, heard, rate, language)
        if index + 1 < len(spoken):
            following = spoken[index + 1][1][0].start_frame
            if following < end + _GAP_SECONDS * rate:
                end = max(start, following)
        if start < end:
            made.append(Cue(start, end, caption.lines, caption.start, caption.end, caption.plain))
    return tuple(made)


def _last_frame(caption: Caption, heard: Sequence[WordTime], rate: int, language: str) -> int:
    """Return the frame until which a caption stands if nothing follows."""
    start, said = heard[0].start_frame, heard[-1].end_frame
    read = start + round(reading_seconds(" ".join(caption.lines), language) * rate)
    end = max(
        said + round(_LINGER_SECONDS * rate),
        start + round(_LEAST_SECONDS * rate),
        min(read, said + round(_MOST_LINGER_SECONDS * rate)),
    )
    return min(end, max(start + round(_MOST_SECONDS * rate), said))


def _not_too_long(
    caption: Caption, heard: Sequence[WordTime], rate: int, layout: CaptionLayout
) -> list[tuple[Caption, Sequence[WordTime]]]:
    """Return the caption with its words, cut before the first word that would end too late for a cue."""
    latest = heard[0].start_frame + _MOST_SECONDS * rate
    count = next((index for index, word in enumerate(heard) if index and word.end_frame > latest), len(heard))
    if count == len(heard):
        return [(caption, heard)]
    plain = caption.plain
    point = plain.plain(heard[count].span.start)
    point = word_start(plain.text, plain.plain(heard[count - 1].span.end), point)
    cut = max(caption.start, min(plain.shown(point), caption.end))
    first = _relaid(layout, plain.part(0, point), caption.start, cut)
    rest = _relaid(layout, plain.part(point, len(plain.text)), cut, caption.end)
    return [(first, heard[:count]), *_not_too_long(rest, heard[count:], rate, layout)]


def _relaid(layout: CaptionLayout, plain: AudienceText, start: int, end: int) -> Caption:
    """Return a part of a caption as a caption of its own."""
    parts = layout.captions(plain, start, end)
    lines = tuple(line for part in parts for line in part.lines)
    places = tuple(line for part in parts for line in part.places)
    return Caption(start, end, lines, places, plain)
