"""Rows of signs, arrows, bars and tabulators part a text, and are no words of it."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.dividers import dividers
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from tests.core.normalization.spoken import PIPED, check_map
from tests.core.normalization.spoken import spoken as normalized


def spoken(text: str, language: str = "en", rules: Rules = PIPED) -> str:
    return normalized(text, language, rules, "embedded")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # rows
        ("en", "=====\nTitle\n-----\nMore", "\nTitle\n\nMore"),
        ("en", "* * *\n~~~~~\n......\n_____\nText", "\n\n\n\nText"),
        ("en", "+----+----+\n-=-=-=-=-\n/////////\nText", "\n\n\nText"),
        ("de", "═════\n━━━━━\nText\n─────", "\n\nText\n"),
        ("en", "===== Title =====", "Title "),
        ("en", "Name: ______ please", "Name: please"),
        ("fr", "Nom ________ prénom", "Nom, prénom"),
        ("en", "one ----- two", "one, two"),
        ("en", "one --- two; three ~~~ four", "one, two; three, four"),
        ("en", "Stop. ***** Go on.", "Stop. Go on."),
        ("en", "word---word and word___word", "word, word and word word"),
        ("en", "card ****1234, **** **** 0042, f***", "card 1 2 3 4, 0 0 4 2, f"),
        ("en", "Wait..... what. Well...", "Wait... what. Well..."),
        ("es", "Capítulo uno ......... cinco", "Capítulo uno, cinco"),
        ("it", "Prefazione.........nove", "Prefazione, nove"),
        ("en", "Yes -- no, x-y, C++, snake_case, foo__bar", "Yes -- no, x-y, C++, snake_case, foo__bar"),
        ("en", "----Hi---- ***you*** ___there___ x", "Hi, you there x"),
        # arrows
        ("en", "a ⟹ ⇄ ↔ b", "a, b"),
        ("en", "Settings -> Privacy → Location", "Settings, Privacy, Location"),
        ("de", "Datei => Sichern ⇒ fertig", "Datei, Sichern, fertig"),
        ("fr", "Paris ==> Lyon ⟶ Nice", "Paris, Lyon, Nice"),
        ("es", "Inicio ➜ Ajustes ➡️ Red", "Inicio, Ajustes, Red"),
        ("it", "causa <- effetto <-> altro", "causa, effetto, altro"),
        ("en", "→ Next\nContinue →\n-> Go", "Next\nContinue \nGo"),
        ("en", "from 5 → 6 and 7 -> 8", "from five to six and seven to eight"),
        ("de", "von 5 → 6", "von fünf auf sechs"),
        ("fr", "de 5 → 6", "de cinq à six"),
        ("es", "de 5 → 6", "de cinco a seis"),
        ("it", "da 5 → 6", "da cinque a sei"),
        ("en", "3.5% → 4%", "three point five percent to four percent"),
        ("en", "↑ 5% and ▼ 3%", "up five percent and down three percent"),
        ("en", "x >= 5, x <= 6, I <3 you", "x is at least five, x is at most six, I <3 you"),
        # cells, boxes, bars
        ("en", "a | b | c", "a, b, c"),
        ("en", "red|green|blue", "red, green, blue"),
        ("en", "Name\tAge\tTown", "Name, Age, Town"),
        ("en", "\tindented", "\tindented"),
        ("en", "│   ├── src\n│   └── main", "src\nmain"),
        ("en", "[████░░░░] half", "( ) half"),
    ],
)
def test_what_parts_the_text_is_a_pause(language: str, text: str, expected: str) -> None:
    assert spoken(text, language) == expected


def test_with_all_off_they_stay() -> None:
    text = "a -> b ===== c"
    off = Rules(markdown=False, code=False, urls=False, emails=False, emoji=False, numbers=False, units=False)
    assert spoken(text, rules=off) == text


def test_an_arrow_at_a_cut_is_the_pause_it_is_in_the_whole() -> None:
    for parts in (("Go to A -> ", "B"), ("from 5 → ", "6"), ("a | ", "b")):
        normalizer = Normalizer(PIPED, language="en", voice_id="v", family="embedded")
        assert "".join(normalizer.normalize(part).text for part in parts) == spoken("".join(parts))


@given(
    st.lists(st.sampled_from([*"=-_*~#+|<>./\\→↑─█\t\n a5", "->", "=>", "<-", ". "]), max_size=30).map(
        "".join
    )
)
def test_edits_are_in_order_and_inside_of_lines(text: str) -> None:
    at = 0
    for start, end, said in dividers(text, "en"):
        assert at <= start < end <= len(text)
        assert "\n" not in text[start:end] + said
        at = end
    check_map(text, Normalizer(Rules(), language="en", voice_id="v", family="embedded").normalize(text))


@pytest.mark.parametrize(
    "sign", ["=", "-", "- ", ". ", ".", "|", "→", "->", "\t", "a\t", "─", "| a ", "*_", "+-", "a|"]
)
def test_the_cost_of_one_sign_is_linear(sign: str) -> None:
    text = sign * (50_000 // len(sign))
    began = process_time()
    dividers(text, "en")
    assert process_time() - began < 1.0
