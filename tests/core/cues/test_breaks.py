"""Break places: what belongs together stays together, in five languages; lines end where it reads well."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fishcaption.core.cues.breaks import INSEPARABLE, NEVER, Breaks
from fishcaption.core.cues.captions import Captions

ROWS = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("break_sentences.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
SHAPES = [(42, 2), (37, 2), (32, 2), (32, 3), (42, 1)]
LANGUAGES = ("en", "de", "fr", "es", "it")


def read(marked: str) -> tuple[str, str]:
    """Return the sentence, and for each blank its mark: "~" never broken, "/" a good place, " " neither."""
    marks = marked.replace(" / ", "/")
    joints = "".join(character for character in marks if character in "~/ ")
    return marks.replace("~", " ").replace("/", " "), joints


def broken_at(text: str, language: str, columns: int, lines: int) -> list[int]:
    """Return the blanks at which the sentence is broken, by number."""
    ends: list[int] = []
    for caption in Captions(columns, lines, language=language).all(text):
        for line in caption.lines:
            ends.append((ends[-1] + 1 if ends else 0) + line.count(" "))
    return ends[:-1]


def counts(language: str, columns: int, lines: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for code, marked in ROWS:
        if code == language:
            text, joints = read(marked)
            found.update(joints[blank] for blank in broken_at(text, language, columns, lines))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_sentences(language: str) -> None:
    assert sum(code == language for code, _ in ROWS) >= 25


@pytest.mark.parametrize(("language", "marked"), ROWS)
def test_what_belongs_together_is_not_parted(language: str, marked: str) -> None:
    text, joints = read(marked)
    words = text.split(" ")
    for columns, lines in SHAPES[:3]:
        parted = [
            f"{words[blank]} | {words[blank + 1]}"
            for blank in broken_at(text, language, columns, lines)
            if joints[blank] == "~"
        ]
        assert parted == [], (columns, lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("columns", "lines"), SHAPES)
def test_most_lines_end_at_a_good_place(language: str, columns: int, lines: int) -> None:
    found = counts(language, columns, lines)
    assert found["/"] >= 0.7 * found.total()
    assert found["~"] <= 0.04 * found.total()


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("en", "3 kg"),
        ("en", "10 000"),
        ("en", "300 000"),
        ("en", "000 km"),
        ("en", "§ 5"),
        ("en", "Dr. Smith"),
        ("en", "J. Smith"),
        ("en", "No. 5"),
        ("en", "8 p.m."),
        ("en", "5 %"),
        ("en", "12.5 °C"),
        ("en", "$ 5"),
        ("en", "e.g. this"),
        ("de", "z. B."),
        ("de", "z.B. Hunde"),
        ("de", "5. November"),
        ("de", "20 Uhr"),
        ("de", "Nr. 5"),
        ("de", "3 Millionen"),
        ("fr", "20 h"),
        ("fr", "h 30"),
        ("fr", "n° 5"),
        ("fr", "M. Dupont"),
        ("es", "Sr. Pérez"),
        ("es", "5 km"),
        ("it", "sig. Rossi"),
        ("it", "5 €"),
        ("pl", "5 kg"),
        ("ar", "5 kg"),
    ],
)
def test_a_form_is_never_broken(language: str, form: str) -> None:
    first, second = form.split(" ")
    assert Breaks(language).costs(["x", first, second, "y"])[1] == INSEPARABLE


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "said Angela Merkel yesterday"),
        ("en", "the 5 November is"),
        ("en", "on May 5"),
        ("en", "John's brother"),
        ("en", "I'm going"),
        ("en", "doesn't know"),
        ("pl", "powiedział Jan Kowalski wczoraj"),
        ("he", "אמר Tim Cook אתמול"),
        ("fr", "j'ai mangé"),
        ("fr", "n'est pas"),
        ("it", "l'ho visto"),
        ("de", "gestern an."),
    ],
)
def test_words_that_need_each_other(language: str, words: str) -> None:
    parts = words.split(" ")
    middle = (len(parts) - 1) // 2
    assert Breaks(language).costs(parts)[middle] >= NEVER


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "the old house", "in the garden"),
        ("en", "we gave up", "because it rained"),
        ("de", "das alte Haus", "hinter der Kirche"),
        ("fr", "la vieille maison", "qui est fermée"),
        ("es", "la casa vieja", "y el jardín"),
        ("it", "la vecchia casa", "perché è bella"),
    ],
)
def test_a_phrase_begins_a_line(language: str, before: str, after: str) -> None:
    costs = Breaks(language).costs(f"{before} {after}".split(" "))
    place = before.count(" ")
    assert costs[place] < 0
    assert costs[place] == min(costs)


def test_a_time_of_day_ends_its_phrase() -> None:
    costs = Breaks("en").costs(["starts", "at", "8", "p.m.", "and", "ends"])
    assert costs[2] == INSEPARABLE
    assert costs[3] < 0


def test_names_in_capitals_and_titles_are_no_chain() -> None:
    costs = Breaks("en").costs(["THE", "NEW", "MUSEUM", "OPENS", "TODAY", "WITH", "MUSIC"])
    assert costs[2] < NEVER
    assert costs[3] < NEVER


def test_what_does_not_fit_otherwise_is_broken() -> None:
    text = "the very beautiful international"
    lines = [line for caption in Captions(14, 1).all(text) for line in caption.lines]
    assert " ".join(lines) == text
    long = Captions(12, 2).all("10 000 000 000 000 km")
    assert all(len(line) <= 12 for caption in long for line in caption.lines)
