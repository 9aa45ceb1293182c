"""A name before a colon, and words that stand so and are none."""

from __future__ import annotations

import pytest

from fishcaption.core.script.plain_text import parse
from fishcaption.core.voices.speaker_names import named_line, recognized


def speakers(text: str, *known: str) -> list[str]:
    """The speaker of each cue of a text."""
    return [cue.speaker for cue in parse(text, known=known).cues]


@pytest.mark.parametrize(
    ("line", "speaker", "said"),
    [
        ("ANNA: Good evening.", "ANNA", "Good evening."),
        ("DR. JEAN-LUC O'NEILL: Yes", "DR. JEAN-LUC O'NEILL", "Yes"),
        ("SPEAKER 1: Yes", "SPEAKER 1", "Yes"),
        ("CHORUS: O gods!", "CHORUS", "O gods!"),
        ("ANNA & BEN: Yes", "ANNA & BEN", "Yes"),
        ("ÉLODIE : Oui", "ÉLODIE", "Oui"),
        ("АННА: Да", "АННА", "Да"),
        ("**ANNA:** Yes", "ANNA", "Yes"),
        ("**ANNA**: Yes", "ANNA", "Yes"),
        ("ANNA (softly): Yes", "ANNA", "Yes"),
        ("@anna: Yes", "anna", "Yes"),
        ("@Note: a strange name", "Note", "a strange name"),
        ("@anna and the others:Yes", "anna and the others", "Yes"),
        ("@王先生：你好", "王先生", "你好"),
    ],
)
def test_a_name_gives_the_speaker(line: str, speaker: str, said: str) -> None:
    (cue,) = parse(line).cues
    assert (cue.speaker, cue.text) == (speaker, said)


@pytest.mark.parametrize(
    "line",
    [
        "Note: this is important",
        "NOTE: this is important",
        "**Note:** this is important",
        "Example: one",
        "EXAMPLE 3: one",
        "Step 1: open it",
        "Step 2a: close it",
        "Part II: the end",
        "PRO TIP: press it",
        "PS: bye",
        "Q: why?",
        "Beispiel: eins",
        "Ejemplo: uno",
        "Exemple : un",
        "Esempio: uno",
        "10:30 we begin",
        "At 10:30 we begin",
        "AT 10:30 WE BEGIN",
        "https://example.org is the address",
        "HTTPS://EXAMPLE.ORG",
        "mailto:a@b.org",
        "ISO:9001",
        "C:\\TEMP",
        "Anna: stands here once, and is not in capitals",
        "The rule is simple: speak",
        "THIS IS A LONG LINE IN CAPITALS WHICH GOES ON AND ON AND ON: THE END",
        "I tell you: yes",
        "“ANNA: yes”",
        "- ANNA: yes",
        ": yes",
        "@: yes",
        "X: one letter",
    ],
)
def test_other_words_before_a_colon_stay_text(line: str) -> None:
    (cue,) = parse(line).cues
    assert (cue.speaker, cue.text) == ("", line)


def test_a_name_that_stands_twice_is_one_and_so_is_one_that_is_known() -> None:
    assert speakers("Anna: a\n\nBen: b\n\nAnna: c") == ["Anna", "", "Anna"]
    assert speakers("Anna: a\n\nBen: b\n\nAnna: c", "Ben") == ["Anna", "Ben", "Anna"]
    assert speakers("王先生：你好\n王先生：再见") == ["王先生", "王先生"]
    assert speakers("Ludwig van Ham: a\nLudwig van Ham: b") == ["Ludwig van Ham", "Ludwig van Ham"]


def test_a_label_that_stands_twice_is_none() -> None:
    assert speakers("Note: a\n\nNote: b\n\nand then: c\n\nand then: d") == [""] * 4


def test_words_in_brackets_behind_the_name_are_a_note() -> None:
    (cue,) = parse("ANNA (softly): Yes").cues
    assert cue.note == "softly"


def test_a_name_is_at_most_forty_characters_long() -> None:
    assert speakers(f"{'A' * 40}: yes") == ["A" * 40]
    assert speakers(f"{'A' * 41}: yes") == [""]


def test_names_are_counted_over_the_whole_text() -> None:
    lines = [line for text in ("Anna: a", "BEN: b", "@Note: c") if (line := named_line(text)) is not None]
    assert recognized(lines) == {"BEN", "Note"}
