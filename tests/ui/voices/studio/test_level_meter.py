"""The level in words: steady enough to be read, and never silent about what matters."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fishcaption.ui.recording_ports import Level
from fishcaption.ui.voices.studio.level_meter import Heard, Judge, LevelMeter, decibels

SILENCE, QUIET, GOOD = (Level(peak, peak / 4, False) for peak in (0.001, 0.02, 0.3))


def judged(*levels: Level) -> Heard:
    judge = Judge()
    for level in levels:
        judge.take(level)
    return judge.now


def test_words_follow_the_level() -> None:
    assert judged(*[SILENCE] * 60) is Heard.SILENCE
    assert judged(*[QUIET] * 60) is Heard.QUIET
    assert judged(*[GOOD] * 60) is Heard.GOOD
    assert judged(*[GOOD] * 60, Level(1.0, 0.5, True)) is Heard.LOUD, "at once"
    assert judged(Level(0.0, 0.0, False, False)) is Heard.NOTHING


def test_a_voice_that_pauses_between_words_stays_good() -> None:
    judge = Judge()
    changes = sum(judge.take(level) for _ in range(40) for level in [*[GOOD] * 15, *[SILENCE] * 15])
    assert (judge.now, changes) == (Heard.GOOD, 1)


def test_words_do_not_flicker_at_the_border() -> None:
    judge = Judge()
    changes = sum(judge.take(Level(0.031 + 0.002 * (place % 2), 0.01, False)) for place in range(900))
    assert changes <= 1


@pytest.mark.parametrize(("linear", "db"), [(1.0, 0), (0.1, -20), (0.0, -60), (1e-9, -60)])
def test_decibels(linear: float, db: float) -> None:
    assert decibels(linear) == pytest.approx(db)


def test_a_change_is_told_once(qtbot: QtBot) -> None:
    meter, told = LevelMeter(), []
    qtbot.addWidget(meter)
    meter.on_changed = lambda heard, words: told.append(words)
    meter.begin()
    for level in [*[GOOD] * 100, *[SILENCE] * 200]:
        meter.show_level(level)
    assert told == ["Good", "Quiet: move closer", "Silence"] or told == ["Good", "Silence"]
    assert meter.words() == "Silence"
    meter.grab()
