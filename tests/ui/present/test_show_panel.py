"""The right side of Present and the row of preparing: what the operator is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QDateTime, QTime

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.speech import Voice
from fishcaption.ui.audience_ports import CueCheck, Preparation
from fishcaption.ui.present.clock_row import clock, seconds_until, time_of
from fishcaption.ui.present.workspace import PresentWorkspace
from fishcaption.ui.voices.picker.dialog import VoicePicker
from fishcaption.ui.widgets.speakers_dialog import SpeakersDialog
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI
from tests.ui.present.fake_audience import FakeAudienceService
from tests.ui.present.fake_script import FakeScript, script

PLAY = script("ANNA: Good evening.", "BEN: Welcome.")


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    desk = open_desk(has_show=True, workspace="present")
    service(desk).set_script(PLAY)
    return desk


def service(desk: Desk) -> FakeScript:
    found = desk.services.script_service
    assert isinstance(found, FakeScript)
    return found


def present(desk: Desk) -> PresentWorkspace:
    assert isinstance(desk.window.workspace, PresentWorkspace)
    return desk.window.workspace


def test_the_next_cue_is_told_with_its_speaker(desk: Desk) -> None:
    told = present(desk).show_panel.next
    assert told.text() == "Next: ANNA: Good evening."
    cues = (PLAY.cues[0], replace(PLAY.cues[1], note="Wait for\nthe light"))
    service(desk).checks[2] = CueCheck(True, 3.6)
    service(desk).set_script(replace(PLAY, cues=cues))
    service(desk).show(following=2)
    assert told.text() == "Next: BEN: Welcome.\n0:04 · Wait for the light"
    service(desk).show(following=None)
    assert told.text() == "Next: nothing; this is the end."


def test_the_preview_shows_what_the_audience_sees(desk: Desk) -> None:
    audience = desk.services.audience_service
    assert isinstance(audience, FakeAudienceService)
    preview = present(desk).show_panel.preview
    audience.audience.show_text("Welcome, everybody.")
    cue = preview.canvas.display().cue
    assert cue is not None
    assert cue.lines == ("Welcome, everybody.",)
    desk.window.commands.run("show.black")
    assert preview.canvas.display().is_black
    assert preview._title.text() == "The audience sees: black"
    desk.window.commands.run("show.black")
    service(desk).set_rehearsal(is_rehearsal=True)
    assert preview._title.text().startswith("Rehearsal")
    audience.audience.show_text("Only tried.")
    cue = preview.canvas.display().cue
    assert cue is not None
    assert cue.lines == ("Only tried.",)


def test_black_from_elsewhere_is_seen(desk: Desk) -> None:
    audience = desk.services.audience_service
    assert isinstance(audience, FakeAudienceService)
    audience.audience.set_black(True)
    assert present(desk).show_panel._toggles["show.black"].isChecked()


def test_what_is_not_in_sight_is_not_drawn(desk: Desk) -> None:
    preview = present(desk).show_panel.preview
    assert preview._unsubscribe is not None
    desk.window.commands.run("workspace.speak")
    assert preview._unsubscribe is None


@pytest.mark.parametrize(
    ("state", "words", "buttons"),
    [
        (Preparation.OFF, "Prepare: all is made ready ahead", ["Prepare"]),
        (Preparation.WORKING, "Preparing: 1 of 2 cues.", ["Cancel"]),
        (Preparation.WAITING, "Preparing waits: 1 of 2 cues. It goes on by itself.", ["Cancel"]),
        (Preparation.ASKING, "Preparing this script costs about $0.34.", ["Pay $0.34 and prepare", "Cancel"]),
        (Preparation.READY, "Ready: all 2 cues are on this computer.", ["Prepare"]),
        (Preparation.FAILED, "The disk is full. Delete something.", ["Prepare"]),
    ],
)
def test_how_far_preparing_is(desk: Desk, state: Preparation, words: str, buttons: list[str]) -> None:
    error = StorageError("The disk is full.", hint="Delete something.")
    service(desk).show(preparation=state, prepared=1, price_dollars=0.34, error=error)
    row = present(desk).script.prepare
    assert row._words.text().startswith(words)
    shown = [button.text() for button in (row.prepare, row.agree, row.cancel) if button.isVisible()]
    assert shown == buttons


def test_what_costs_money_is_agreed_to_first(desk: Desk) -> None:
    row = present(desk).script.prepare
    service(desk).show(price_dollars=0.34)
    row.prepare.click()
    assert service(desk).agreed_dollars == [0.0]
    row.agree.click()
    assert service(desk).agreed_dollars == [0.0, 0.34]
    assert service(desk).view().preparation is Preparation.WORKING
    row.cancel.click()
    assert service(desk).view().preparation is Preparation.OFF


def test_a_speaker_gets_a_voice_of_their_own(desk: Desk) -> None:
    desk.window.commands.run("show.speakers")
    (dialog,) = desk.window.findChildren(SpeakersDialog)
    assert list(dialog.choices) == ["ANNA", "BEN"]
    heart = Voice("embedded", "heart", "Heart", ("en",))
    assert dialog.choices["BEN"].text() == "The chosen voice"
    dialog.choices["BEN"].click()
    (picker,) = dialog.findChildren(VoicePicker)
    desk.services.answer("embedded_voices", (HIBARI, heart))
    picker._list.chosen.emit(picker._table.entry(2))
    assert service(desk).speakers() == {"BEN": heart}
    assert dialog.choices["BEN"].text() == "Heart, on this computer"
    dialog.resets["BEN"].click()
    assert service(desk).speakers() == {}
    assert not dialog.resets["BEN"].isEnabled()


def test_a_voice_that_was_chosen_before_is_shown(desk: Desk) -> None:
    service(desk).set_speaker("ANNA", FISH)
    desk.window.commands.run("show.speakers")
    (dialog,) = desk.window.findChildren(SpeakersDialog)
    assert dialog.choices["ANNA"].text() == "Energetic, Fish Audio"
    assert dialog.choices["ANNA"].accessibleName() == "Voice of ANNA: Energetic, Fish Audio"
    assert dialog.choices["BEN"].text() == "The chosen voice"


def test_too_many_voices_are_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, voice: Voice | None) -> None:
        raise InputError("There are too many.", hint="Take one away.")

    monkeypatch.setattr(service(desk), "set_speaker", refuse)
    desk.window.commands.run("show.speakers")
    (dialog,) = desk.window.findChildren(SpeakersDialog)
    dialog.choices["ANNA"].click()
    (picker,) = dialog.findChildren(VoicePicker)
    desk.services.answer("embedded_voices", (HIBARI,))
    picker._on_choose()
    assert dialog.told() == "There are too many. Take one away."
    assert dialog.choices["ANNA"].text() == "The chosen voice"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (59.6, "1:00"), (725, "12:05"), (3723, "1:02:03"), (-5, "0:00")]
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("15:30", (15, 30)), ("15.30", (15, 30)), ("1530", (15, 30)), ("915", (9, 15)), ("9", (9, 0)),
        ("9 : 05", (9, 5)), ("24:00", None), ("12:60", None), ("noon", None), ("", None), ("1:2:3", None),
        ("٣:٠٥", (3, 5)), ("1" * 9, None),
    ],
)  # fmt: skip
def test_times_of_day(text: str, time: tuple[int, int] | None) -> None:
    assert time_of(text) == (None if time is None else QTime(*time))


@pytest.mark.parametrize(
    ("now", "target", "seconds"),
    [("14:00", "15:30", 5400), ("15:31", "15:30", -60), ("23:50", "00:10", 1200), ("00:10", "23:50", -1200)],
)
def test_the_end_may_be_past_midnight(now: str, target: str, seconds: int) -> None:
    assert seconds_until(QTime.fromString(now, "HH:mm"), QTime.fromString(target, "HH:mm")) == seconds


def test_whether_the_time_is_enough(desk: Desk) -> None:
    clocks = present(desk).show_panel.clocks
    clocks._now = lambda: QDateTime.fromString("2026-11-30 14:00:00", "yyyy-MM-dd HH:mm:ss")
    service(desk).show(spoken_seconds=61, left_seconds=1800)
    assert (clocks._spoken.text(), clocks._left.text(), clocks._time.text()) == ("1:01", "30:00", "14:00:00")
    clocks._end.setText("14.40")
    clocks._end.editingFinished.emit()
    assert clocks._end.text() == "14:40"
    assert clocks._rest.text() == "10:00 to spare at this pace."
    service(desk).show(left_seconds=3000)
    assert clocks._rest.text() == "10:00 too long at this pace."
    clocks._end.setText("soon")
    clocks._end.editingFinished.emit()
    assert desk.status == "“soon” is not a time. Write hours and minutes: 15:30."
