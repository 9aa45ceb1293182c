"""Tags are one character each, are never put on show, and reach each voice in its own form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.speech import Family
from fishcaption.core.text.tags import (
    FIRST,
    RESERVED,
    TAGS,
    is_tag,
    literal,
    marks,
    marks_before,
    tag_of,
    visible,
    without_tags,
    words_only,
)

BY_NAME = {tag.name: tag.char for tag in TAGS}
WHISPER, BREAK, SLOW = BY_NAME["whispering"], BY_NAME["break"], BY_NAME["slowly"]


def test_the_palette_has_a_name_a_letter_and_a_mark_for_each() -> None:
    assert [tag.char for tag in TAGS] == [chr(FIRST + index) for index in range(len(TAGS))]
    assert len({tag.name for tag in TAGS}) == len({tag.key for tag in TAGS}) == len(TAGS) <= RESERVED
    for tag in TAGS:
        assert len(tag.key) == 1
        assert tag.key.isascii()
        assert tag.key.islower()
        assert tag.s2
        assert tag_of(tag.char) is tag


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello.", "Hello."),
        (f"{WHISPER} Hello", "Hello"),
        (f"{WHISPER}Hello{BREAK}", "Hello"),
        (f"so {BREAK} then", "so then"),
        (f"so{BREAK} then", "so then"),
        (f"so {BREAK}then", "so then"),
        (f"a {WHISPER}{BREAK} b", "a b"),
        ("a  b", "a  b"),
        (f"newer {chr(FIRST + RESERVED - 1)}one", "newer one"),
    ],
)
def test_what_is_put_on_show_has_no_tags(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "index", "family", "mark"),
    [
        (f"{WHISPER}Hello", 0, "s2", "[whispering] "),
        (f"{WHISPER} Hello", 0, "s1", "(whispering)"),
        (f"so{BREAK}then", 2, "embedded", " [break] "),
        (f"so{BREAK}{WHISPER}then", 2, "s2", " [break]"),
        (f"so {SLOW}", 3, "s2", "[speaking slowly]"),
        (f"so {SLOW}", 3, "s1", ""),
        (chr(FIRST + RESERVED - 1), 0, "s2", ""),
    ],
)
def test_each_model_is_given_its_own_form(text: str, index: int, family: Family, mark: str) -> None:
    assert marks(text, index, family) == mark


@given(st.text(st.sampled_from([WHISPER, BREAK, "a", " ", ".", "é", chr(FIRST + 99)])))
def test_nothing_from_outside_is_a_tag(text: str) -> None:
    safe = without_tags(text)
    assert len(safe) == len(text)
    assert not any(map(is_tag, safe))
    assert not any(map(is_tag, visible(text)))
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("spoken", "family", "words"),
    [
        ("[sad] Hello (you)", "s2", "      Hello (you)"),
        ("(sad) Hello [you]", "s1", "      Hello [you]"),
        ("[break]", "embedded", "       "),
        ("A <|phoneme_start|>K AE1 T<|phoneme_end|> is", "s2", "A " + 39 * " " + " is"),
        ("plain < | > text", "s2", "plain < | > text"),
    ],
)
def test_what_word_times_are_of(spoken: str, family: Family, words: str) -> None:
    assert words_only(spoken, family) == words


@pytest.mark.parametrize(
    ("spoken", "place", "start"),
    [
        ("So [sad] [whispering] bye", 22, 3),
        ("So [sad]bye", 8, 3),
        ("So (x) bye", 7, 7),
        ("[sad] So bye", 9, 9),
        ("So bye", 0, 0),
    ],
)
def test_marks_directly_before_a_word_go_with_it(spoken: str, place: int, start: int) -> None:
    assert marks_before(spoken, place, "s2") == start


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("See [12] and (p. 3).", "s2", "See (12) and (p. 3)."),
        ("See [12] and (laugh).", "s1", "See [12] and [laugh]."),
        ("[word](/wɜːd/)", "embedded", "(word)(/wɜːd/)"),
        ("<|speaker:0|>Hi", "s2", "< speaker:0 >Hi"),
        ("<|phoneme_start|>", "s1", "< phoneme_start >"),
        ("［笑］", "s2", "（笑）"),
        ("（笑）", "s1", "［笑］"),
        ("a\0b\x1bc\ud800d\tе\n\ufeff", "s2", "a b c d\tе\n "),
        ("Fine — “as is” 😀", "s2", "Fine — “as is” 😀"),
    ],
)
def test_what_a_voice_would_act_on_is_read(text: str, family: Family, expected: str) -> None:
    assert literal(text, family) == expected


@given(st.text(), st.text(), st.sampled_from(["s2", "s1", "embedded"]))
def test_literal_keeps_positions_however_the_text_is_cut(first: str, second: str, family: Family) -> None:
    whole = literal(first + second, family)
    assert whole == literal(first, family) + literal(second, family)
    assert len(whole) == len(first + second)
    assert literal(whole, family) == whole
    assert "<|" not in whole
    assert not {"s1": {"(", ")"}}.get(family, {"[", "]"}) & set(whole)
    whole.encode()
