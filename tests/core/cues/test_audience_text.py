"""The audience's text: no tags, no marks, every word, and the place of each character in the shown text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cues.audience_text import AudienceReader, audience_text
from fishcaption.core.text.segmentation import segments
from fishcaption.core.text.tags import TAGS, visible

TAG = TAGS[0].char


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        ("", ""),
        ("Plain words.", "Plain words."),
        ("**Bold** and *light* and ~~gone~~ and `code`.", "Bold and light and gone and code."),
        ("2 * 3, snake_case, f*ck, 5 > 3, #tag", "2 * 3, snake_case, f*ck, 5 > 3, #tag"),
        ("# A heading\nText", "A heading\nText"),
        ("A [link](http://a.example/b) here.", "A link here."),
        ("![A picture](x.png) there", "A picture there"),
        ("- milk\n- bread\n1. first\n", "milk\nbread\n1. first\n"),
        ("> quoted\n", "quoted\n"),
        ("```python\nx = a_b\n```\nafter", "\nx = a_b\n\nafter"),
        ("| a | b |\n|---|---|\n| c | d |\n", "a, b\n\nc, d\n"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("a <b>bold</b> word<br>next", "a bold word\nnext"),
        (f"Hello {TAG} there {TAG}.", "Hello there ."),
        (f"{TAG}Hi", "Hi"),
        ("\\*not\\* marked", "*not* marked"),
    ],
)
def test_what_an_audience_sees(shown: str, plain: str) -> None:
    assert audience_text(shown).text == plain


def test_places_lead_both_ways() -> None:
    shown = "Say **bold** [words](http://x.example) &amp; more."
    plain = audience_text(shown)
    assert plain.text == "Say bold words & more."
    for word in ("Say", "bold", "words", "more"):
        assert plain.shown(plain.text.index(word)) == shown.index(word)
        assert plain.plain(shown.index(word)) == plain.text.index(word)
    assert plain.plain(shown.index("http")) == plain.text.index(" &")  # a mark: what follows it
    assert plain.shown(plain.text.index("&")) == shown.index("&amp;")
    assert plain.plain(len(shown)) == len(plain.text)
    assert plain.shown(len(plain.text)) == len(shown)


PARTS = st.sampled_from(
    [
        "word ",
        "two. ",
        "**",
        "*",
        "_",
        "`",
        "[",
        "](x) ",
        "\n",
        "- ",
        "# ",
        "|",
        "&amp;",
        TAG,
        "```\n",
        "<b>",
        "é ",
    ]
)


@given(st.lists(PARTS, max_size=40).map("".join))
def test_places_never_fall_and_point_at_the_same_character(shown: str) -> None:
    plain = audience_text(shown)
    places = list(plain.places)
    assert len(places) == len(plain.text) + 1
    assert places == sorted(places)
    assert places[-1] == len(shown)
    for character, place in zip(plain.text, places, strict=False):
        assert shown[place] == character or shown[place] in "&|<\n" or character in " ,"
    for place in range(len(shown) + 1):
        assert 0 <= plain.plain(place) <= len(plain.text)
        assert plain.places[plain.plain(place)] >= place or plain.plain(place) == len(plain.text)


@given(st.lists(PARTS, max_size=40).map("".join))
def test_a_copy_goes_on_alone(shown: str) -> None:
    """The end of a text that grows is read by a copy: what comes is read as if nobody had looked ahead."""
    reader, start, texts = AudienceReader(), 0, []
    for piece in segments(shown):
        reader.copy().take(piece + "**x** ```\n", start)
        texts.append(reader.take(piece, start).text)
        start += len(piece)
    assert "".join(texts) == audience_text(shown).text


@given(st.text(alphabet=f"ab {TAG}", max_size=30))
def test_tags_vanish_as_everywhere_else(shown: str) -> None:
    assert audience_text(shown).text == visible(shown)
