"""Presets in the window: saved as the voice is, used by a command, by a key, with a workspace."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from fishcaption.core.voices.presets import Preset
from fishcaption.ui.voices.presets_dialog import PresetsDialog
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI


@pytest.fixture
def dialog(desk: Desk) -> PresetsDialog:
    desk.services.settings.change(voice=FISH, model="s2-pro", speed=1.5)
    desk.window.commands.run("voice.presets")
    dialog = desk.window.findChild(PresetsDialog)
    assert isinstance(dialog, PresetsDialog)
    QTest.keyClicks(dialog._name, "Show")
    dialog._save.click()
    return dialog


def saved(desk: Desk) -> Preset:
    return desk.services.settings.current.presets.presets[0]


def test_the_voice_as_it_is_is_saved_and_used_again(desk: Desk, dialog: PresetsDialog) -> None:
    assert dialog.listed() == ["Show: Energetic, Fish Audio, s2-pro, speed 1.5 × — used now"]
    desk.services.settings.change(voice=HIBARI, speed=1.0)
    assert "used now" not in dialog.listed()[0]
    dialog._use.click()
    settings = desk.services.settings.current
    assert (settings.voice, settings.model, settings.speed) == (FISH, "s2-pro", 1.5)
    assert "“Show” speaks from now on: Energetic" in desk.status
    assert "s2-pro costs 1.5 ¢ a thousand letters." in desk.status, "it was free before"
    dialog._use.click()
    assert "costs" not in desk.status, "nothing new"


def test_a_preset_has_a_command_that_the_user_can_give_a_key(desk: Desk, dialog: PresetsDialog) -> None:
    command = f"voice.preset.{saved(desk).id}"
    desk.services.settings.change(voice=HIBARI, keys={command: ("Ctrl+F6",)})
    assert desk.window.commands.spelled(command) == "Ctrl+F6"
    desk.window.commands.run(command)
    assert desk.services.settings.current.voice == FISH


def test_a_preset_is_updated_renamed_and_deleted_when_that_is_confirmed(
    desk: Desk, dialog: PresetsDialog
) -> None:
    desk.services.settings.change(volume=0.5)
    dialog._update.click()
    assert saved(desk).volume == 0.5
    QTest.keyClicks(dialog._name, "Stage")
    dialog._rename.click()
    assert saved(desk).name == "Stage"
    choice = dialog._of_workspace["present"]
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    assert desk.services.settings.current.workspace_presets == {"present": (saved(desk).id,)}
    dialog._delete.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert len(dialog.listed()) == 1
    next(button for button in box.buttons() if button.text() == "Delete").click()
    settings = desk.services.settings.current
    assert (settings.presets.presets, settings.workspace_presets) == ((), {})


def test_a_workspace_brings_its_preset(desk: Desk, dialog: PresetsDialog) -> None:
    settings = desk.services.settings
    settings.change(voice=HIBARI, workspace_presets={"elsewhere": (saved(desk).id,)})
    assert settings.current.voice == HIBARI, "not while another is shown"
    settings.change(workspace="elsewhere")
    assert settings.current.voice == FISH


def test_a_style_is_chosen_by_its_name(desk: Desk, dialog: PresetsDialog) -> None:
    place = dialog._style.findText("whispering")
    dialog._style.setCurrentIndex(place)
    dialog._style.activated.emit(place)
    assert desk.services.settings.current.style == dialog._style.itemData(place)
