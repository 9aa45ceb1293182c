"""Words that a voice may say wrongly: those that are left to it as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.script.doubtful_words import MOST, doubtful_words


def doubtful(text: str, language: str = "en", rules: Rules | None = None) -> tuple[str, ...]:
    voice = Normalizer(rules or Rules(), language=language, voice_id="", family="embedded")
    return doubtful_words(text, voice.normalize(text).text, language)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Good evening, ladies and gentlemen.", ()),
        ("The USB of NASA, and an XKCD.", ("XKCD",)),
        ("PLEASE SIT DOWN NOW.", ()),  # caps lock: spoken as words
        ("In 1984 we had 12,345.67 kg, 50 %, at 5:30.", ()),
        ("On 03/04/2025 from B2B to 4K.", ("03/04/2025", "B2B", "4K")),
        ("Müller, naïve café.", ()),
        ("Tolstoy wrote Война и мир.", ("Война", "и", "мир")),
        ("It is done ✓ (really).", ("✓",)),
        ("*Bold* and [a link](https://example.org), x² too.", ()),
        ("", ()),
        ("A1 A2 A3 A4 A5 A6 A7", ("A1", "A2", "A3", "A4", "A5")),
        ("B2B and B2B and B2B", ("B2B",)),
    ],
)
def test_what_is_left_to_the_voice_is_named(text: str, words: tuple[str, ...]) -> None:
    assert doubtful(text) == words


def test_a_word_that_the_user_has_taught_is_not_doubtful() -> None:
    rules = Rules(replacements=(Replacement("XKCD", "ex kay see dee"),))
    assert doubtful("An XKCD.") == ("XKCD",)
    assert doubtful("An XKCD.", rules=rules) == ()


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Это не Tokyo.", "ru", ("Tokyo",)),
        ("今日はとても良い天気です。", "ja", ()),
        ("今天天气非常好。", "zh", ()),
        ("Guten Tag, 今天.", "de", ("今天",)),
        ("Whatever 今天 и.", "", ()),
    ],
)
def test_letters_of_another_script_are_named_where_the_language_is_known(
    text: str, language: str, words: tuple[str, ...]
) -> None:
    assert doubtful(text, language) == words


@given(st.text(max_size=200), st.sampled_from(["en", "de", "ru", "ja", "", "xx"]))
def test_whatever_is_written_few_short_words_are_named(text: str, language: str) -> None:
    words = doubtful_words(text, text, language)
    assert len(words) <= MOST
    assert all(0 < len(word) <= 40 for word in words)
