"""Entries and searches of a library: what a pasted address is, what matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import (
    VoiceEntry,
    VoiceQuery,
    VoiceState,
    narrowed,
    pasted_id,
    searched_words,
)

ID = "802e3bc2b27e49c2995d23ef70e6ac89"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ID, ID),
        (f"  {ID.upper()}\n", ID),
        (f"fish:{ID}", ID),
        (f"https://fish.audio/m/{ID}/", ID),
        (f"https://fish.audio/m/{ID}", ID),
        (f"https://www.fish.audio/de/m/{ID}?tab=samples", ID),
        (f"https://fish.audio/app/text-to-speech/?modelId={ID}&version=s2", ID),
        (f"https://api.fish.audio/model/{ID}", ID),
        (f"https://evil.example/m/{ID}", ""),
        (f"https://fish.audio.evil.example/m/{ID}", ""),
        (f"voice {ID}", ""),
        (ID[:-1], ""),
        (ID + "0", ""),
        ("narrator", ""),
        ("", ""),
        (f"https://fish.audio/{'m/' * 2000}{ID}", ""),
    ],
)
def test_an_id_or_the_address_of_a_page_is_known(text: str, found: str) -> None:
    assert pasted_id(text) == found


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert len(pasted_id(text)) in (0, 32)


def entry(name: str, *tags: str, languages: tuple[str, ...] = ()) -> VoiceEntry:
    return VoiceEntry(Voice("fish", name, name, languages), tags=tags)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        (VoiceQuery(), "abcd"),
        (VoiceQuery(gender="female"), "ac"),
        (VoiceQuery(gender="female", tags=("calm",)), "ac"),
        (VoiceQuery(age="old"), "c"),
        (VoiceQuery(languages=("en",)), "acd"),
        (VoiceQuery(languages=("de", "fr")), "bcd"),
    ],
)
def test_what_an_entry_tells_is_compared_and_what_it_does_not_tell_is_not(
    query: VoiceQuery, left: str
) -> None:
    entries = (
        entry("a", "Female", "Calm", languages=("en-US",)),
        entry("b", "male", languages=("de",)),
        entry("c", languages=()),
        entry("d", "male", languages=("fr", "en")),
    )
    assert "".join(one.id for one in narrowed(entries, query)) == left


def test_the_words_that_are_searched_are_small_and_all() -> None:
    words = searched_words(entry("ANNA", "Calm", languages=("en",)))
    assert all(word in words for word in ("anna", "calm", "en"))


def test_only_what_is_ready_or_goes_some_day_speaks() -> None:
    assert [state for state in VoiceState if state.can_speak] == [VoiceState.READY, VoiceState.RETIRING]
