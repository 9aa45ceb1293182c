"""Texts become scripts, and scripts texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.script import cue_list
from fishcaption.core.script.cue_list import LONGEST_CUE
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.plain_text import LONGEST_LINE, parse, script_of, to_text
from fishcaption.core.text.incoming import cleaned


def texts(script: Script) -> list[str]:
    return [cue.text for cue in script.cues]


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("", []),
        (" \n\n \n", []),
        ("One line", ["One line"]),
        ("One\ntwo\n\nthree", ["One\ntwo", "three"]),
        ("One\n \t\nthree\n\n\n\nfour", ["One", "three", "four"]),
        ("One\ntwo\nthree", ["One", "two", "three"]),  # without blank lines: by line
        ("One\ntwo\nthree\n\n", ["One", "two", "three"]),  # … also before the end of the file
        ("🎉🎊\n\n👩‍👩‍👧", ["🎉🎊", "👩‍👩‍👧"]),
        ("**Bold** and `code`\n\n- item", ["**Bold** and `code`", "- item"]),
        (
            "\\# no marker\n\n\\[[no note]]\n\n\\ANNA: no name",
            ["# no marker", "[[no note]]", "ANNA: no name"],
        ),
    ],
)
def test_cues_of_a_text(text: str, cues: list[str]) -> None:
    assert texts(script_of(text)) == cues


def test_lines_that_a_page_has_broken_are_joined() -> None:
    text = (
        "The quick brown fox jumps over the lazy dog, and then it goes on\n"
        "for some more words until the sentence comes to its end, which is\n"
        "here in the middle of a line. Then another one begins and it also\n"
        "goes on for more than a line.\n\nEnd."
    )
    assert texts(script_of(text)) == [text.split("\n\n")[0].replace("\n", " "), "End."]


def test_a_long_line_without_blank_lines_is_cut_at_sentences() -> None:
    text = "Here is a sentence of a few words. And here, once more, is another one. " * 100
    cues = texts(script_of(text))
    assert " ".join(cues).split() == text.split()
    assert all(cue.endswith(".") and LONGEST_LINE / 2 < len(cue) <= LONGEST_LINE for cue in cues[:-1])


def test_a_speaker_stays_with_all_parts_of_a_long_speech() -> None:
    script = script_of("ANNA: " + "This is a sentence. " * 40 + "\nBEN: Yes.")
    assert [cue.speaker for cue in script.cues] == ["ANNA"] * (len(script.cues) - 1) + ["BEN"]
    assert len(script.cues) > 3


@pytest.mark.slow
def test_a_line_of_a_megabyte_becomes_cues_that_can_be_spoken() -> None:
    for text in ("This goes on. " * 75_000, "a" * 1_000_000, "字" * 1_000_000):
        script = script_of(text)
        assert "".join("".join(texts(script)).split()) == "".join(text.split())
        assert max(map(len, texts(script))) <= LONGEST_CUE


def test_markers_and_notes_belong_to_the_text_behind_them() -> None:
    script = parse("# Opening ##\n[[Wait]]\nHello\n[[Smile]]\n\nyou\n\n#\n\nthere\n\n[[The end]]")
    assert script.cues == (
        ScriptCue(1, "Hello", note="Opening\nWait\nSmile", is_marked=True),
        ScriptCue(2, "you"),
        ScriptCue(3, "there", note="The end", is_marked=True),
    )


def test_a_heading_that_no_text_follows_is_spoken() -> None:
    assert parse("# Talk\n## One\n### Two\n## Three\nText\n# Thanks").cues == (
        ScriptCue(1, "Two", note="Talk\nOne", is_marked=True),
        ScriptCue(2, "Text", note="Three", is_marked=True),
        ScriptCue(3, "Thanks", is_marked=True),
    )


def test_a_name_on_a_line_of_its_own_belongs_to_the_text_below_it() -> None:
    script = parse("ANNA:\nHello.\n\nBEN:\n\nHello, Anna.\n\nCID:")
    assert [(cue.speaker, cue.text) for cue in script.cues] == [
        ("ANNA", "Hello."),
        ("BEN", "Hello, Anna."),
        ("", "CID:"),  # no word is lost
    ]


def test_too_many_cues_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_list, "MOST_CUES", 10)
    assert len(script_of("a\n" * 10).cues) == 10
    with pytest.raises(InputError, match="more than 10 cues"):
        script_of("a\n" * 11)


NAMES = st.sampled_from(
    ["", "", "ANNA", "Anna", "Ben", "Note", "x", "Dr. Who: What", "王", "AN NA (x)", "@B"]
)
MARKS = ["#", "##", "# a", "[[", "]]", "[[n]]", "\\", "\\\\# x", "@x:", "**ANNA:**", "：", "(a):", "\u3000"]
WORDS = st.sampled_from(
    ["Hello", "world.", "ANNA:", "Anna:", "Ben: x", "Note:", "10:30", "—", "🎉", "\ue100", "王：", *MARKS]
)
LINE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).filter(str.strip).map(str.strip)
LINES = st.lists(LINE, max_size=3).map("\n".join)
CUES = st.builds(
    ScriptCue,
    id=st.just(0),
    text=st.lists(LINE, min_size=1, max_size=3).map("\n".join),
    speaker=NAMES.map(lambda name: " ".join(name.replace(":", " ").split())),
    note=LINES,
    is_marked=st.booleans(),
)


def numbered(cues: list[ScriptCue]) -> Script:
    return Script("", tuple(replace(cue, id=number) for number, cue in enumerate(cues, 1)))


@given(st.lists(CUES, max_size=6).map(numbered))
def test_a_script_as_text_is_the_same_script(script: Script) -> None:
    assert parse(to_text(script)) == script


@given(st.lists(LINE | st.just(""), max_size=12).map("\n".join) | st.text(max_size=200).map(cleaned))
def test_the_script_of_any_text_is_the_same_after_being_written(text: str) -> None:
    for script in (script_of(text), parse(text)):
        assert parse(to_text(script)) == script
        assert all(cue.text.strip() == cue.text != "" for cue in script.cues)
        assert [cue.id for cue in script.cues] == list(range(1, len(script.cues) + 1))
        assert script.last_id == len(script.cues)


@given(st.lists(LINE | st.just(""), max_size=12).map("\n".join))
def test_no_letter_is_lost(text: str) -> None:
    script = parse(text)
    kept = "".join(cue.text + cue.note + cue.speaker for cue in script.cues)
    assert sum(map(str.isalpha, kept)) == sum(map(str.isalpha, text)) or not script.cues
