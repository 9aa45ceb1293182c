"""Spoken text of whole texts, with the map between shown and spoken checked."""

from __future__ import annotations

from itertools import pairwise

from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.speech import Family

PIPED = Rules(markdown=False, code=False, emoji=False)


def spoken(text: str, language: str = "en", rules: Rules = PIPED, family: Family = "s2") -> str:
    normalized = Normalizer(rules, language=language, voice_id="v", family=family).normalize(text)
    check_map(text, normalized)
    return normalized.text


def check_map(text: str, said: Normalized) -> None:
    shown = spoken = 0
    for shown_start, shown_end, start, end in said.spans:
        assert (shown_start, start) == (shown, spoken)
        assert shown_end > shown_start
        assert end >= start
        shown, spoken = shown_end, end
    assert (shown, spoken) == (len(text), len(said.text))
    places = [said.shown(point) for point in range(len(said.text) + 1)]
    points = [said.spoken(place) for place in range(len(text) + 1)]
    assert all(before <= after for before, after in pairwise([0, *places]))
    assert all(before <= after for before, after in pairwise([0, *points]))
    assert not text or points[-1] == len(said.text)
    assert not said.text or places[-1] == len(text)
    for start in range(0, len(said.text), 7):
        first, last = said.shown_span(start, min(start + 3, len(said.text)))
        assert 0 <= first <= last <= len(text)
