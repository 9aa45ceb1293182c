"""Captions as SCC, read back by another program's decoder (ttconv's)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ttconv.scc import reader

from fishcaption.core import cea608
from fishcaption.core.cues.scc import FRAMES_PER_SECOND, SccCaption, to_scc

# the decoder writes some signs in another way
SAME = str.maketrans("ʌ•━┏┓┗┛", "^·─┌┐└┘")
FRAME = float(1 / FRAMES_PER_SECOND)


def decoded(text: str) -> list[tuple[float, float, tuple[str, ...]]]:
    """The captions of a file: start, end, rows."""
    found = []
    body = reader.to_model(text).get_body()
    for paragraph in next(iter(body)) if len(body) else ():
        rows = [""]
        for element in paragraph:
            if type(element).__name__ == "Br":
                rows.append("")
            else:
                rows[-1] += "".join(part.get_text() for part in element)
        begin, end = paragraph.get_begin(), paragraph.get_end()
        found.append((float(begin), float(end), tuple(row.strip().translate(SAME) for row in rows)))
    return found


def test_captions_are_shown_at_their_frames() -> None:
    made = to_scc([SccCaption(5.0, 7.5, ("Hello,", "world.")), SccCaption(8.0, 10.0, ("Grüße: ½ ♪♪ “Ö”",))])
    assert made.late_seconds == 0
    found = decoded(made.text)
    assert [rows for _, _, rows in found] == [("Hello,", "world."), ("Grüße: ½ ♪♪ “Ö”",)]
    assert [start for start, _, _ in found] == pytest.approx([5.0, 8.0], abs=FRAME)
    assert [end for _, end, _ in found] == pytest.approx([7.5, 10.0], abs=FRAME)


def test_every_character_of_the_set_comes_back() -> None:
    signs = sorted(cea608.CHARACTERS - {" "})
    for first in range(0, len(signs), 16):
        row = "x".join(signs[first : first + 16])
        ((_, _, rows),) = decoded(to_scc([SccCaption(10.0, 12.0, (row,))]).text)
        assert rows == (row,)


def test_a_caption_without_time_to_be_loaded_comes_later_and_is_told() -> None:
    made = to_scc([SccCaption(0.0, 0.3, ("a" * 32, "b" * 32)), SccCaption(0.3, 4.0, ("c" * 32,))])
    found = decoded(made.text)
    assert [rows for _, _, rows in found] == [("a" * 32, "b" * 32), ("c" * 32,)]
    assert 0 < found[0][0] < found[1][0] < 3
    assert made.late_seconds == pytest.approx(found[1][0] - 0.3, abs=2 * FRAME)


def test_a_caption_goes_while_the_next_one_is_loaded() -> None:
    made = to_scc([SccCaption(5.0, 6.5, ("one",)), SccCaption(7.0, 9.0, ("b" * 32, "c" * 32))])
    assert made.text.count("\t") == 3  # the second caption's loading holds the end of the first
    assert decoded(made.text)[0][1] == pytest.approx(6.5, abs=2 * FRAME)
    assert made.late_seconds == 0


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59.99, "00:00:59;28"), (60.06, "00:01:00;02"), (600.0, "00:10:00;00"), (10_800.0, "03:00:00;00")],
)
def test_time_codes_drop_frames(seconds: float, code: str) -> None:
    made = to_scc([SccCaption(1.0, seconds, ("x",))])
    assert made.text.rstrip().splitlines()[-1].split("\t") == [code, "942c 942c"]


def test_three_hours_do_not_drift() -> None:
    captions = [SccCaption(4.0 * at + 2, 4.0 * at + 5.5, (f"Caption {at}",)) for at in range(0, 2700, 9)]
    found = decoded(to_scc(captions).text)
    assert len(found) == len(captions)
    for (start, end, rows), caption in zip(found, captions, strict=True):
        assert rows == caption.rows
        assert abs(start - caption.start_seconds) < 0.040
        assert abs(end - caption.end_seconds) < 0.040


ROW = st.text(alphabet=sorted(cea608.CHARACTERS), min_size=1, max_size=32).map(str.strip).filter(bool)
TIMES = st.lists(st.tuples(st.floats(0, 3), st.floats(0.1, 3)), min_size=1, max_size=6)


@settings(max_examples=25)
@given(st.lists(st.lists(ROW, min_size=1, max_size=4), min_size=6, max_size=6), TIMES)
def test_any_captions_are_all_there_in_their_order(
    rows: list[list[str]], times: list[tuple[float, float]]
) -> None:
    captions, now = [], 0.0
    for lines, (gap, length) in zip(rows, times, strict=False):
        captions.append(SccCaption(now + gap, now + gap + length, tuple(lines)))
        now += gap + length
    made = to_scc(captions)
    found = decoded(made.text)
    assert [shown for _, _, shown in found] == [tuple(caption.rows) for caption in captions]
    for start, _, _ in found:
        assert start >= 0
    codes = [line.split("\t") for line in made.text.splitlines() if "\t" in line]
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d;\d\d", code) for code, _ in codes)
    ends = 0
    for code, pairs in codes:  # what is sent never overlaps
        hours, minutes, seconds, frames = map(int, re.split("[:;]", code))
        total = hours * 60 + minutes
        begin = (total * 60 + seconds) * 30 + frames - 2 * (total - total // 10)
        assert begin >= ends
        ends = begin + len(pairs.split())
