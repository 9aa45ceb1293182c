"""A style: one expression tag before each sentence, which is no part of what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.speech import Family
from fishcaption.core.text.tags import TAGS

WHISPER = next(tag.char for tag in TAGS if tag.name == "whispering")


def normalizer(family: Family = "s2", style: str = WHISPER) -> Normalizer:
    return Normalizer(Rules(style=style), language="en", voice_id="", family=family)


@pytest.mark.parametrize(
    ("family", "pieces", "spoken"),
    [
        ("s2", ["Come here."], "[whispering] Come here."),
        ("s1", ["Come here."], "(whispering) Come here."),
        ("s2", ["Come here. Sit down. "], "[whispering] Come here. [whispering] Sit down. "),
        ("s2", ["Come here, ", "and sit. ", "Now."], "[whispering] Come here, and sit. [whispering] Now."),
        ("s2", ["  ", "Yes."], "  [whispering] Yes."),
        ("s2", ["5 kg"], "[whispering] five kilograms"),
        ("s2", ["… "], "… "),
    ],
)
def test_each_sentence_begins_with_it(family: Family, pieces: list[str], spoken: str) -> None:
    voice = normalizer(family)
    assert "".join(voice.normalize(piece).text for piece in pieces) == spoken


def test_the_first_word_is_lit_without_the_mark() -> None:
    said = normalizer().normalize("Come here.")
    at = said.text.index("Come")
    assert said.shown_span(at, at + 4) == (0, 4)
    assert said.shown_span(at + 5, at + 9) == (5, 9)
    assert (said.spoken(0), said.spoken(5), said.shown(len(said.text))) == (0, at + 5, 10)


@given(st.lists(st.text("Ab5. !\n*", max_size=12), max_size=4))
def test_it_changes_nothing_but_that(pieces: list[str]) -> None:
    styled, plain = normalizer(), normalizer(style="")
    for piece in pieces:
        with_style, without = styled.normalize(piece), plain.normalize(piece)
        assert with_style.text.replace("[whispering] ", "") == without.text
        assert [span[1] for span in with_style.spans][-1:] == [span[1] for span in without.spans][-1:]
        assert with_style.shown(len(with_style.text)) == len(piece)
        for shown_start, shown_end, start, end in with_style.spans:
            assert shown_end > shown_start
            assert end >= start
