"""Captions as the audience gets them."""

from __future__ import annotations

from fishcaption.captions.display import AudienceCue, CueWord
from fishcaption.core.text.segmentation import words


def cue(
    *lines: str,
    heard: int | None = None,
    number: int = 1,
    is_settled: bool = True,
    speaker: str = "",
    language: str = "en",
) -> AudienceCue:
    """Return a caption of which so many words were heard; all of them, if it is not said."""
    tiles: list[CueWord] = []
    for place, line in enumerate(lines):
        starts = [0, *(span.start for span in words(line)[1:])]
        ends = [*starts[1:], len(line)]
        tiles += [CueWord(place, start, end) for start, end in zip(starts, ends, strict=True)]
    known = len(tiles) if heard is None else heard
    return AudienceCue(number, lines, tuple(tiles), known, is_settled, 0.0, speaker, language)
