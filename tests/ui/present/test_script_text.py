"""The whole script is edited as one text: a cue that stays keeps its id, and nothing is lost by a slip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox

from fishcaption.core.script import cue_list
from fishcaption.ui.present.script.text_dialog import ScriptTextDialog
from tests.ui.conftest import Desk
from tests.ui.present.fake_script import FakeScript, script

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    desk = open_desk(has_show=True)
    desk.press(Qt.Key.Key_2, CTRL_SHIFT)
    service(desk).set_script(script("ANNA: Good evening.", "BEN: Welcome.", "ANNA: We begin."))
    return desk


def service(desk: Desk) -> FakeScript:
    found = desk.services.script_service
    assert isinstance(found, FakeScript)
    return found


def opened(desk: Desk) -> ScriptTextDialog:
    desk.window.commands.run("show.as_text")
    (dialog,) = desk.window.findChildren(ScriptTextDialog)
    return dialog


def cues(desk: Desk) -> list[tuple[int, str, str]]:
    return [(cue.id, cue.speaker, cue.text) for cue in service(desk).view().script.cues]


def test_cues_that_stay_keep_their_ids_and_the_change_can_be_undone(desk: Desk) -> None:
    before = cues(desk)
    dialog = opened(desk)
    assert dialog.field.toPlainText() == "ANNA: Good evening.\n\nBEN: Welcome.\n\nANNA: We begin.\n"
    dialog.field.selectAll()
    QTest.keyClicks(dialog.field, "ANNA: We begin.")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.field, "The lights go down.")
    dialog.save.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert cues(desk) == [(3, "ANNA", "We begin."), (4, "", "The lights go down.")]
    desk.window.commands.run("show.undo")
    assert cues(desk) == before


def test_what_was_not_changed_is_no_change(desk: Desk) -> None:
    service(desk).calls.clear()
    opened(desk).save.click()
    assert service(desk).calls == []


def test_changes_are_discarded_only_if_that_is_wanted(desk: Desk) -> None:
    before = cues(desk)
    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "More. ")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    (question,) = dialog.findChildren(QMessageBox)
    assert dialog.isVisible()
    question.escapeButton().click()
    assert dialog.field.toPlainText().startswith("More. ")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    (question,) = (box for box in dialog.findChildren(QMessageBox) if box.isVisible())
    next(button for button in question.buttons() if button.text() == "Discard").click()
    assert not dialog.isVisible()
    assert cues(desk) == before


def test_a_text_with_too_many_cues_is_told_and_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cues(desk)
    monkeypatch.setattr(cue_list, "MOST_CUES", 2)
    dialog = opened(desk)
    QTest.keyClicks(dialog.field, "More.")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    dialog.save.click()
    assert dialog.isVisible()
    assert dialog.told() != ""
    assert cues(desk) == before
