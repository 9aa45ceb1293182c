"""What is said does not depend on how the text was cut on its way, nor on how slowly it came."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.rehearsal import Rehearsal, rehearsed
from fishcaption.core.text.open_forms import may_go_on
from fishcaption.core.timing.flush_policy import Kind
from tests.core.normalization.test_readings import READINGS

RULES = Rules(
    markdown=False,
    code=False,
    emoji=False,
    replacements=(Replacement("Saint Nowhere", "home"), Replacement("we go home", "they leave")),
)
FRAMES = {
    "en": ("{}", "It is {} now and we go.", "He said {}. Then he went home.", "Well, {} is it"),
    "de": ("{}", "Es ist {} und wir gehen.", "Er sagte {}. Dann ging er.", "Also, {} ist es"),
    "es": ("{}", "Es {} y nos vamos.", "Dijo {}. Luego se fue.", "Pues, {} es"),
    "fr": ("{}", "C'est {} et nous partons.", "Il dit {}. Puis il part.", "Oui, {} voilà"),
    "it": ("{}", "È {} e andiamo.", "Disse {}. Poi andò via.", "Bene, {} è così"),
}
PACES = (0.0, 0.05, 0.2, 0.6, 1.0, 2.0, 3.0)  # seconds a token


def whole(text: str, language: str) -> str:
    segments = rehearsed(text, RULES, language=language, voice_id="v", family="embedded")
    return "".join(segment.spoken for segment in segments)


def streamed(parts: Iterable[tuple[float, str]], language: str, kind: Kind = Kind.PIPED) -> str:
    """What is spoken for parts, each so many seconds after the one before, by a clock and an ear."""
    rehearsal = Rehearsal(kind, RULES, language=language, voice_id="v", family="embedded")
    now, spoken = 100.0, list[str]()
    for seconds, part in parts:
        until = now + seconds
        while (wait := rehearsal.wake_seconds(now)) is not None and now + wait < until:
            now += wait
            spoken += [segment.spoken for segment in rehearsal.take(now)]
        now = until
        rehearsal.push(part, now)
        spoken += [segment.spoken for segment in rehearsal.take(now)]
    rehearsal.close(now)
    return "".join(spoken + [segment.spoken for segment in rehearsal.take(now)])


def bare(text: str) -> str:
    """Without blanks, and without marks at the end: a mark that comes late is not said."""
    return re.sub(r"\s|[!?.,:]+$", "", text)


def cut(text: str, chance: random.Random) -> list[str]:
    """As models cut, by words with the blank before or behind, by letters, anyhow."""
    match chance.randrange(5):
        case 0:
            return list(text)
        case 1:
            return re.findall(r"\s?\w{1,6}|\s?[^\w\s]|\s", text)
        case 2:
            return re.findall(r"\s*\S+|\s+$", text)
        case 3:
            return re.findall(r"\S+\s*|^\s+", text)
        case _:
            ends = sorted({*chance.sample(range(len(text)), len(text) // 3), len(text)})
            return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def paced(parts: list[str], chance: random.Random) -> list[tuple[float, str]]:
    """At one pace, or each part at its own."""
    pace = chance.choice(PACES)
    is_uneven = chance.random() < 0.2
    return [(chance.choice(PACES) if is_uneven else pace, part) for part in parts]


def differing(frames: int, seed: int) -> list[tuple[str, str, str]]:
    """The readings that a stream says otherwise than the whole: each in so many sentences, cut anyhow."""
    chance = random.Random(seed)
    found = []
    for language, shown, _ in READINGS:
        for frame in chance.sample(FRAMES[language], frames):
            text = frame.format(shown)
            parts = paced(cut(text, chance), chance)
            spoken, expected = streamed(parts, language), whole(text, language)
            if bare(spoken) != bare(expected):
                found.append((f"{parts}", spoken, expected))
    return found


@pytest.mark.slow
def test_readings_are_the_same_for_every_split_and_pace() -> None:
    assert differing(1, 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_readings_are_the_same_for_very_many_splits_and_paces(seed: int) -> None:
    assert differing(4, seed) == []


WORDS = """
a I so we costs the and in 5 12 2024 3.14 $4.75 $5.3 €20 10:30 1/2 +49 50% #3 00117 555-0199 billion
million km kg p.m. am Uhr sq ft h November Nov. Dr. No. Mr. Smith U.S. e.g. etc. code is PIN: a@b.org
www.example.org Saint Nowhere we go home USA NASA IT well-known don't (yes) “so”
"""
SENTENCES = st.lists(
    st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", "", "", "", ",", ".", "?", "!", ":"])),
    max_size=14,
).map(lambda words: " ".join(word + mark for word, mark in words))


@settings(deadline=None)
@given(SENTENCES, st.integers(0, 1 << 30), st.sampled_from(["en", "de"]))
def test_any_text_is_said_the_same_however_it_comes(text: str, seed: int, language: str) -> None:
    chance = random.Random(seed)
    parts = paced(cut(text, chance), chance) if text else []
    assert bare(streamed(parts, language)) == bare(whole(text, language))


@pytest.mark.parametrize("pace", [0.05, 0.3, 1.0, 3.0])
def test_a_host_is_read_as_a_whole_at_every_even_pace(pace: float) -> None:
    """Its first dot might end a sentence: only the pace of what came before tells that more may come."""
    text = "See docs.example.org for it. It costs $4.75, no. 5 is 3.14159."
    for parts in (re.findall(r"\s?(?:\w+|\S)", text), list(text)):
        assert bare(streamed([(pace, part) for part in parts], "en")) == bare(whole(text, "en"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.TYPED, Kind.SENTENCES])
def test_typed_forms_are_read_as_a_whole_while_hands_go_on(kind: Kind) -> None:
    """Whoever rests long inside of a form hears its beginning; `Kind.WORDS` waits for one word only."""
    chance = random.Random(7)
    wrong = []
    for language, shown, _ in READINGS:
        text = chance.choice(FRAMES[language]).format(shown)
        pace = chance.choice((0.08, 0.15, 0.3))
        spoken = streamed([(pace, key) for key in text], language, kind)
        if bare(spoken) != bare(whole(text, language)):
            wrong.append((text, pace, spoken))
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "opens", "stands"),
    [
        (
            "en",
            "It costs $4 |$5.3 |+49 |+49 30 |November |on Nov. |MAY |Dr. |Dr |“Mr. |10:30 |1 |10 ",
            "is |I |may ",
        ),
        (
            "en",
            "5 sq |2 + |3 of |docs.example |USD |the U.S. |No. |No |Nov 5, |§ |#|5 fl oz |€ ",
            "Well, |Hello – ",
        ),
        (
            "en",
            "a@b |between 5 and |Vol. II |10 – |costs -|the '|5,|p|Hello 🙂 ",
            "1, 2, |I have 5, and |well-known ",
        ),
        (
            "en",
            "10 million ",
            "“Hello” |(yes) |don't |2 dogs, and |Hello * |I have 2 dogs and they |HE WAS |HELLO ",
        ),
        ("de", "am 5. |5. November |14 h |ca. |z. B. |Mai |Nr. |10 ", "das ist |Er ging, "),
        ("fr", "3 de |mars |M. ", "je vais "),
        ("ja", "今日は5", "今日は|5時に"),
    ],
)
def test_where_a_form_may_go_on(language: str, opens: str, stands: str) -> None:
    assert [text for text in opens.split("|") if not may_go_on(text, language)] == []
    assert [text for text in stands.split("|") if may_go_on(text, language)] == []
