"""A display as plain text: whole, word by word, or rolling up."""

from __future__ import annotations

import pytest

from fishcaption.captions.display import AudienceCue, CueWord, Display
from fishcaption.captions.revealed import RevealedText
from fishcaption.core.audience import Mode


def shown(number: int, heard: int) -> Display:
    lines = (f"Cue {number}", "goes on")
    words = (CueWord(0, 0, 4), CueWord(0, 4, 5), CueWord(1, 0, 5), CueWord(1, 5, 7))
    return Display(AudienceCue(number, lines, words, heard, True, 0.0))


@pytest.mark.parametrize(
    ("mode", "first", "second", "third"),
    [
        ("pop-on", ("Cue 1", "goes on"), ("Cue 1", "goes on"), ("Cue 2", "goes on")),
        ("word", ("Cue",), ("Cue 1", "goes on"), ("Cue",)),
        ("roll-up", ("Cue",), ("Cue 1", "goes on"), ("Cue 1", "goes on", "Cue")),
    ],
)
def test_the_modes(
    mode: Mode, first: tuple[str, ...], second: tuple[str, ...], third: tuple[str, ...]
) -> None:
    revealed = RevealedText(mode, 3)
    assert revealed.take(shown(1, 1)) == first
    assert revealed.take(shown(1, 4)) == second
    assert revealed.take(shown(2, 1)) == third
    assert revealed.take(Display()) == ()


def test_rolling_up_keeps_as_many_lines_as_there_is_room() -> None:
    revealed = RevealedText("roll-up", 2)
    revealed.take(shown(1, 4))
    assert revealed.take(shown(2, 1)) == ("goes on", "Cue")
    assert revealed.take(shown(2, 4)) == ("Cue 2", "goes on")
    revealed.take(Display())
    assert revealed.take(shown(3, 1)) == ("Cue",)
