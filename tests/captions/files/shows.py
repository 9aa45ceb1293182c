"""A show without a voice: cues and displays with a clock that the test holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from fishcaption.captions.display import AudienceCue, Display
from tests.captions import outlets

WORD_SECONDS = 0.5


def cue(number: int, text: str, *, moment: float, heard: int | None = None, speaker: str = "") -> AudienceCue:
    """A caption whose words come each half a second; all of them were heard if nothing else is said."""
    lines = text.split("\n")
    return outlets.cue(number, *lines, heard=heard, word_seconds=WORD_SECONDS, moment=moment, speaker=speaker)


def shown(number: int, text: str, *, moment: float, heard: int | None = None, speaker: str = "") -> Display:
    return Display(cue(number, text, moment=moment, heard=heard, speaker=speaker))


NOTHING = Display()


class Clocks:
    """A machine's two clocks; the wall clock may be set, the other one only goes on."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall = datetime(2026, 11, 30, 16, 20, 5)

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)

    def moment(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall
