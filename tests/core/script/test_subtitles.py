"""Subtitle files as scripts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.script.subtitles import script_of


def srt(text: str) -> Script:
    return script_of(text, "srt")


def vtt(text: str) -> Script:
    return script_of(text, "vtt")


def test_entries_of_subrip_with_their_lengths() -> None:
    script = srt(
        "1\n00:00:01,000 --> 00:00:03,500\n<i>Hello</i>,\n{\\an8}world.\n\n"
        "2\n00:00:04,000 --> 00:00:05,000\n- Who?\n- Me.\n\n"
        "3\n00:00:06,000 --> 00:00:07,000\nANNA: Yes. <Applause>\n"
    )
    assert script.cues == (
        ScriptCue(1, "Hello, world.", seconds=2.5),
        ScriptCue(2, "- Who?\n- Me.", seconds=1.0),
        ScriptCue(3, "Yes. <Applause>", "ANNA", seconds=1.0),
    )
    assert script.problems == ()


def test_webvtt_with_voices_comments_styles_and_positions() -> None:
    script = vtt(
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE slowly\nhere\n\n"
        "intro one\n00:01.000 --> 00:02.000 align:start position:10%\n"
        "<v.loud Anna>Hello</v> &amp; <c.x>you</c>\n\n"
        "REGION\nid:a\n\n00:02.000 --> 00:04.000\n<v Anna>Yes</v>\n<v Ben>No<00:03.000> no</v>\n\n"
        "01:00:00.000 --> 01:00:02.000\n<ruby>漢<rt>kan</rt></ruby>\n字 &lt;b&gt;\n"
    )
    assert script.cues == (
        ScriptCue(1, "Hello & you", "Anna", note="slowly\nhere", seconds=1.0),
        ScriptCue(2, "Yes", "Anna"),
        ScriptCue(3, "No no", "Ben"),
        ScriptCue(4, "漢字 <b>", seconds=2.0),
    )
    assert script.problems == ()


@pytest.mark.parametrize(
    ("text", "cues", "problems"),
    [
        # a time that cannot be read
        ("1\n00:00:0x,000 --> 00:00:02,000\nHello", [ScriptCue(1, "Hello")], ["Line 2: its times"]),
        # an end before the beginning
        ("1\n00:00:03,000 --> 00:00:02,000\nHello", [ScriptCue(1, "Hello")], ["Line 2: it ends"]),
        # words in braces are no position
        (
            "1\n00:00:01,000 --> 00:00:02,000\n{you know} {i}yes{/i}{\\b1}",
            [ScriptCue(1, "{you know} yes", seconds=1.0)],
            [],
        ),
        # no empty line between two entries
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHello\n2\n00:00:02,000 --> 00:00:04,000\nyou",
            [ScriptCue(1, "Hello", seconds=1.0), ScriptCue(2, "you", seconds=2.0)],
            [],
        ),
        # an empty line inside an entry
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHello\n\nyou\nthere\n\n2\n00:00:02,000 --> 00:00:04,000\nBye",
            [ScriptCue(1, "Hello", seconds=1.0), ScriptCue(2, "you there"), ScriptCue(3, "Bye", seconds=2.0)],
            ["Line 5: this text"],
        ),
        # no numbers, a short arrow, dots, no hours
        ("00:01.5->00:02.75\nHello", [ScriptCue(1, "Hello", seconds=1.25)], []),
        # text before all entries, and one without any time
        (
            "Hello\n\n1\n00:00:01,000 --> 00:00:02,000\nyou",
            [ScriptCue(1, "Hello"), ScriptCue(2, "you", seconds=1.0)],
            ["Line 1: this text"],
        ),
        (
            "Only words.\n\nMore.",
            [ScriptCue(1, "Only words."), ScriptCue(2, "More.")],
            ["Line 1: this", "Line 3: this"],
        ),
        # an arrow in a text
        (
            "1\n00:00:01,000 --> 00:00:02,000\nfrom here --> to there",
            [ScriptCue(1, "from here --> to there", seconds=1.0)],
            [],
        ),
        ("", [], []),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:01,000 --> 00:00:02,000\n", [], []),
    ],
)
def test_broken_subrip_keeps_its_words_and_is_told(
    text: str, cues: list[ScriptCue], problems: list[str]
) -> None:
    script = srt(text)
    assert list(script.cues) == cues
    assert len(script.problems) == len(problems)
    assert all(map(str.startswith, script.problems, problems))


def test_very_many_problems_are_counted() -> None:
    script = srt("99:99 --> x\nHello\n\n" * 100)
    assert len(script.cues) == 100
    assert len(script.problems) == 21
    assert script.problems[-1] == "80 more places are like these."


def test_an_entity_brings_no_control_and_no_tag_of_ours() -> None:
    (cue,) = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\na&#27;[31mb&#xE100;").cues
    assert cue.text == "a[31mb\ufffd"


LINE = st.text(alphabet="abc <>&{}\\-→字", min_size=1, max_size=12).filter(
    lambda line: any(map(str.isalpha, line))
)
ENTRIES = st.lists(st.lists(LINE, min_size=1, max_size=2), max_size=5)


@given(ENTRIES, st.lists(st.floats(0.05, 100), min_size=6, max_size=6))
def test_files_that_we_write_are_read_in_whole(entries: list[list[str]], gaps: list[float]) -> None:
    moments = [0.0]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    timed = list(zip(entries, pairwise(moments), strict=False))
    as_srt = "".join(to_srt(number, *span, lines) for number, (lines, span) in enumerate(timed, 1))
    as_vtt = VTT_HEADER + "".join(to_vtt(*span, lines) for lines, span in timed)
    for script in (srt(as_srt), vtt(as_vtt)):
        assert len(script.cues) == len(timed)
        assert script.problems == ()
        for cue, (lines, (start, end)) in zip(script.cues, timed, strict=True):
            assert cue.seconds is not None
            assert abs(cue.seconds - (end - start)) < 0.002
            assert "".join(filter(str.isalpha, cue.text)) == "".join(filter(str.isalpha, "".join(lines)))


@given(st.text(alphabet="0123456789:,.-> \nWEBVTNO<v>ab", max_size=80))
def test_anything_is_read(text: str) -> None:
    srt(text)
    vtt(text)
