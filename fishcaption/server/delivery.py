"""Cues in brackets for the embedded voices: pauses, loudness and speed. All other cues are silent.

S2's models take free words in brackets, so a cue is understood by its words: "[whispering]", "[in a soft
tone]". A pause is a pause; every other manner lasts to the end of its sentence, or to the next cue of its
kind, as long as a sentence goes on over the session's chunks. Written from the service's documents, not from
the client's table (`core.text.tags`): a test compares the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from fishcaption.core.text.segmentation import Segmenter
from fishcaption.server.request import BadRequest

_CUE: Final = re.compile(r"\[([^\[\]\n]{1,80})\]|<\|(?:speaker:([0-9]{1,3})|[^|<>\n]{1,40})\|>")
_PAUSES: Final = (
    (re.compile(r"(?i)long[- ](?:break|pause)"), 0.9),
    (re.compile(r"(?i)(?:short[- ])?(?:break|pause)"), 0.35),
)
_DECIBELS: Final = (
    (re.compile(r"(?i)\bwhisper"), -10.0),
    (re.compile(r"(?i)\b(?:soft|quiet|gentl)"), -5.0),
    (re.compile(r"(?i)\b(?:shout|scream|yell|loud)"), 6.0),
)
_SPEEDS: Final = (
    (re.compile(r"(?i)\b(?:slow|drawn)"), 0.8),
    (re.compile(r"(?i)\b(?:hurr|fast|quick|rush)"), 1.2),
)
_LONGEST_PAUSE: Final = 3.0  # seconds in one place, whatever is asked for
_ENDED: Final = re.compile(r"(?:[.!?…][\"'”’»)\]]*|[。！？।؟])\s*$|\n\s*$")


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner of saying a stretch of text, in addition to the request's."""

    decibels: float = 0.0
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) of a chunk, said in one manner after ``pause`` seconds of silence, by one speaker."""

    start: int
    end: int
    manner: Manner
    pause: float
    speaker: int = 0


class Delivery:
    """Reads the cues of one session's chunks, in order; with several ``speakers`` also who speaks."""

    def __init__(self, language: str, speakers: int = 1) -> None:
        self._language = language
        self._speakers = speakers
        self._speaker = 0
        self._manner = Manner()  # of the sentence that the last chunk has left unfinished

    def read(self, chunk: str) -> tuple[str, tuple[Stretch, ...]]:
        """Return the chunk, with blanks in the place of cues, and its stretches with their manners.

        The stretches tile it; the last may be empty and only have a pause before it. Raises BadRequest for a
        speaker who is not there.
        """
        text = _CUE.sub(lambda cue: " " * len(cue.group()), chunk)
        if text == chunk and self._manner == Manner():
            return text, (Stretch(0, len(text), Manner(), 0.0, self._speaker),)
        found: list[Stretch] = []
        start, pause = 0, 0.0
        for at, cue, speaker in self._events(chunk, text):
            manner = Manner() if cue is None else _changed(self._manner, cue)
            more = next((seconds for words, seconds in _PAUSES if cue and words.fullmatch(cue)), 0.0)
            is_other = speaker is not None and speaker != self._speaker
            if text[start:at].strip() and (more or is_other or manner != self._manner):
                found.append(Stretch(start, at, self._manner, pause, self._speaker))
                start, pause = at, 0.0
            pause = min(_LONGEST_PAUSE, pause + more)
            self._manner = manner
            self._speaker = self._speaker if speaker is None else speaker
        found.append(Stretch(start, len(text), self._manner, pause, self._speaker))
        return text, tuple(found)

    def _events(self, chunk: str, text: str) -> list[tuple[int, str | None, int | None]]:
        """Return, in order, the place and the words of each cue, and the end of each sentence (no words).

        A change of speaker ends a sentence, and has the speaker's number.
        """
        segmenter = Segmenter(self._language)
        events: list[tuple[int, str | None, int | None]] = [
            (segment.start + len(segment.text.rstrip()), None, None)
            for segment in [*segmenter.push(text), *segmenter.close()]
            if _ENDED.search(segment.text) and not segment.text.isspace()
        ]
        for cue in _CUE.finditer(chunk):
            if cue[1]:
                events.append((cue.start(), cue[1], None))
            elif cue[2] and self._speakers > 1:
                events.append((cue.start(), None, self._known(int(cue[2]))))
        return sorted(events, key=lambda event: (event[0], event[1] is not None))

    def _known(self, speaker: int) -> int:
        if speaker >= self._speakers:
            raise BadRequest(f"There is no voice for speaker {speaker}: the request has {self._speakers}")
        return speaker


def _changed(manner: Manner, cue: str) -> Manner:
    decibels = next((value for words, value in _DECIBELS if words.search(cue)), manner.decibels)
    speed = next((value for words, value in _SPEEDS if words.search(cue)), manner.speed)
    return replace(manner, decibels=decibels, speed=speed)
