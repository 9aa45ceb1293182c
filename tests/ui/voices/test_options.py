"""Fish Audio's options: within their limits, used at once, brought back to normal."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox

from fishcaption.core.synthesis_options import OPTION_LIMITS, STANDARD_OPTIONS, SynthesisOptions
from fishcaption.ui.voices.options import OptionsDialog
from fishcaption.ui.widgets.controls import Choice
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.number_box import NumberBox
from tests.ui.conftest import Desk


@pytest.fixture
def dialog(desk: Desk) -> OptionsDialog:
    desk.window.commands.run("voice.options")
    dialog = desk.window.findChild(OptionsDialog)
    assert isinstance(dialog, OptionsDialog)
    return dialog


def test_each_option_has_a_control_with_a_name(dialog: OptionsDialog) -> None:
    for name in SynthesisOptions._fields:
        assert dialog.field(name).accessibleName()
        assert not dialog.normal(name).isEnabled()


@pytest.mark.parametrize("name", OPTION_LIMITS)
def test_no_number_outside_its_limits_can_be_set(desk: Desk, dialog: OptionsDialog, name: str) -> None:
    box = dialog.field(name)
    assert isinstance(box, NumberBox)
    for wanted, limit in zip((-5, 10_000_000), OPTION_LIMITS[name], strict=True):
        box.setValue(wanted)
        assert getattr(desk.services.settings.current.options, name) == pytest.approx(limit)
    dialog.normal(name).click()
    assert desk.services.settings.current.options == STANDARD_OPTIONS


def test_ticks_choices_and_texts_are_used_at_once(desk: Desk, dialog: OptionsDialog) -> None:
    tick, latency, line = (dialog.field(name) for name in ("normalize", "latency", "dictionary_id"))
    assert isinstance(tick, QCheckBox)
    assert isinstance(latency, Choice)
    assert isinstance(line, LineField)
    tick.click()
    latency.setCurrentIndex(latency.findData("low"))
    latency.activated.emit(latency.currentIndex())
    QTest.keyClicks(line, " d1 ")
    line.editingFinished.emit()
    wanted = SynthesisOptions(latency="low", normalize=False, dictionary_id="d1")
    assert desk.services.settings.current.options == wanted
    assert dialog.normal("latency").isEnabled()
    dialog._all.click()
    assert desk.services.settings.current.options == STANDARD_OPTIONS
    assert (tick.isChecked(), latency.currentData(), line.text()) == (True, "balanced", "")
