"""A show without a voice: cues and displays with a clock that the test holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import Mode, OutletConfig

WORD_SECONDS = 0.5


def cue(number: int, text: str, *, moment: float, heard: int | None = None, speaker: str = "") -> AudienceCue:
    """A caption whose words come each half a second; all of them were heard if nothing else is said."""
    words: list[CueWord] = []
    lines = tuple(text.split("\n"))
    for at, line in enumerate(lines):
        start = 0
        for word in line.split(" "):
            end = min(len(line), start + len(word) + 1)
            words.append(CueWord(at, start, end, len(words) * WORD_SECONDS))
            start = end
    return AudienceCue(
        number, lines, tuple(words), len(words) if heard is None else heard, True, moment, speaker
    )


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


def config(kind: str, options: Mapping[str, str], mode: Mode = "pop-on") -> OutletConfig:
    """The configuration of an outlet, with the default of every option that is not given."""
    entry = outlet_kind(kind)
    assert entry is not None
    assert {option.name for option in entry.options} >= set(options)
    defaults = {option.name: option.default for option in entry.options}
    return OutletConfig("a", kind, "A", is_on=True, mode=mode, options={**defaults, **options})
